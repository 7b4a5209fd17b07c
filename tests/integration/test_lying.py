"""Every verb of mbplantctl against a slave that lies: it ends in time, with a code of its own, and shows no control.

MBP_LYING_ROUNDS says how often each command line meets each manner; of one round every run takes a part."""
import os
import pathlib
import random
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import zlib

import lying
import support

ROUNDS = int(os.environ.get("MBP_LYING_ROUNDS", "0"))
SEED = int(os.environ.get("MBP_LYING_SEED", "1"))
PATIENCE_S = 60  # of one command: what a lie makes it wait for is bound by --timeout, --count and the slave's budget
PLANTS = sorted((support.ROOT / "config").glob("*.yaml"))
NAMES = {"machine": "FILL1", "sensor": "TT101", "limit": "TT101.high.limit", "coil": "FILL1.shelve"}

COMMANDS = [line.split() for line in """
status
status --all
alarms
alarms --all --format json
alarms --format csv
map
map {sensor} --format json
read {sensor} {limit} {machine}
read {sensor} --format json
read hr:0-9 ir:0-10 di:0-30 coil:0-5
read hr:0-9:float32:CDAB --format csv
learn scan hr:0-20 --rate 1000000 --for 1s
learn scan di:0-20 ir:0-9 --rate 1000000 --for 1s --thorough
write {sensor} 70
write {limit} 80
write hr:0 650 660
write {coil} on
force {sensor} 90 --no-wait
release {sensor}
machine {machine}
machine {machine} maintenance
machine {machine} en_service --no-wait
machine add NEW1 --unit 1 --dry-run
machine remove {machine} --dry-run
sensor set {sensor} max 90 --dry-run
sensor set {sensor} max 90
ack all
ack {sensor}
reset all
reset {machine}
shelve {sensor} --for 5s
shelve {machine}
unshelve {sensor}
suppress {sensor}
unsuppress {machine}
report
report --since 1 --format json
report --since 1h --format html --lang fr
report --format csv
journal
journal --since 1h --format csv
journal --since 3 --until 9 --format jsonl
journal --sensor {sensor} --code alarm
journal --save {folder}/dump
watch --count 1
watch --count 2 --interval 100ms
plant get
plant check {folder}/plant.yaml
plant put {folder}/plant.yaml
sim
sim pause
sim step 3
sim resume
sim speed 10
sim snapshot
sim restore
sim fault
sim fault {sensor} bias 5 for 10s
sim fault all off
""".strip().splitlines()]


def is_harmless(text):
    """Nothing that moves a terminal's cursor; the two spaces at which French lines do not break are ours."""
    return all(letter in "\r\n\t\u00a0\u202f" or letter.isprintable() for letter in text)


def spoilt_plant(dice):
    """Another plant's file, or one with a few bytes changed; its CRC is right."""
    text = bytearray(dice.choice(PLANTS).read_bytes())
    for _ in range(dice.choice((0, 0, 1, 3, 20))):
        at = dice.randrange(len(text))
        text[at:at + dice.randrange(2)] = dice.choice((dice.randbytes(1), b"9", b"-", b"\x1b", b"\xe2\x80\xae", b"0" * 9))
    return bytes(text)


class Lies(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "plant.yaml"
        text = (support.ROOT / "config" / "bottling.yaml").read_text(encoding="utf-8")
        self.file.write_text(text + "\ninstructor: true\n", encoding="utf-8")
        self.plant = self.enterContext(support.Plant(self.file))

    def command(self, slave, words):
        (self.folder / "dump").unlink(missing_ok=True)
        words = [word.format(folder=self.folder, **NAMES) for word in words]
        return subprocess.run([str(support.MBPLANTCTL), "-p", str(slave.port), "--timeout", "100ms", *words],
                              stdin=subprocess.DEVNULL, capture_output=True, env=support.ENVIRONMENT, timeout=PATIENCE_S)

    def check(self, words, seed, **lies):
        begun = time.monotonic()
        with lying.LyingSlave(self.plant.port, seed, **lies) as slave:
            try:
                result = self.command(slave, words)
            except subprocess.TimeoutExpired:
                self.fail(f"not over after {PATIENCE_S} s: {words}, seed {seed}, {lies}")
        what = f"{words}, seed {seed}, {lies}, {time.monotonic() - begun:.1f} s:\n"
        told = result.stderr.decode(errors="surrogateescape")
        self.assertIn(result.returncode, (0, 1, 2), what + told)
        self.assertIsNone(support.SANITIZER_REPORT.search(told), what + told)
        self.assertTrue(is_harmless(told), what + repr(told))
        if words != ["plant", "get"]:  # a pipe: byte for byte
            shown = result.stdout.decode(errors="surrogateescape")
            self.assertTrue(is_harmless(shown), what + repr(shown))
        if result.returncode != 0:
            # watch says on its standard output that nobody answers, among what it sees
            self.assertNotEqual(result.stdout + result.stderr if words[0] == "watch" else result.stderr, b"", what)

    def pairs(self):
        """Command lines and manners: all, so often; or, in a short run, a part that differs from seed to seed."""
        manners = list(lying.MANNERS)
        for turn in range(max(ROUNDS, 1)):
            for number, words in enumerate(COMMANDS):
                mine = manners if ROUNDS else [manners[(SEED + 5 * number) % len(manners)]]
                for manner in mine:
                    yield words, manner, SEED + 1000 * turn + number

    def test_verbs_end_well_when_the_plant_is_told_right_and_nothing_else(self):
        for words, manner, seed in self.pairs():
            self.check(words, seed, manner=manner, share=(1.0, 0.3, 0.05)[seed % 3], text=self.file.read_bytes())

    def test_verbs_end_well_when_the_lies_begin_at_once(self):
        for words, manner, seed in self.pairs():
            if ROUNDS or seed % 4 == 0:
                self.check(words, seed, manner=manner, share=(1.0, 0.1)[seed % 2])

    def test_verbs_end_well_with_another_plant_than_the_slave_has(self):
        for words, _, seed in self.pairs():
            if ROUNDS or seed % 2 == 0:
                self.check(words, seed, text=spoilt_plant(random.Random(seed)))


class ChangedWhileRead(unittest.TestCase):
    """A slave whose plant file becomes another, shorter one while it is read."""

    def serve(self, listener, texts):
        files = [struct.pack(">II", len(text), zlib.crc32(text)) + text + b"\0" * (len(text) % 2) for text in texts]
        headers = 0
        with listener.accept()[0] as peer:
            while True:
                frame = peer.recv(300)
                if not frame:
                    return
                _, _, _, file, record, count = struct.unpack(">BBBHHH", frame[7:16])
                self.assertEqual(file, 900)
                now = files[min(headers, len(files) - 1)]
                if record == 0 and count == 4:
                    now = files[min(headers, len(files) - 1)]
                    headers += 1
                data = now[2 * record:2 * (record + count)]
                pdu = struct.pack(">BBBB", 20, len(data) + 2, len(data) + 1, 6) + data if len(data) == 2 * count else b"\x94\2"
                peer.sendall(frame[:4] + struct.pack(">H", len(pdu) + 1) + frame[6:7] + pdu)

    def test_the_new_one_is_read(self):
        short = b"mbplant: 1\nname: New\nunits: [{id: 1}]\n"
        long = short + b"# " + b"x" * 400 + b"\n"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=self.serve, args=(listener, [long, short]))
            thread.start()
            done = support.run(support.MBPLANTCTL, "-H", "127.0.0.1", "-p", str(listener.getsockname()[1]), "plant", "get", "-")
            thread.join()
        self.assertEqual((done.returncode, done.stdout), (0, short.decode()), done.stderr)


if __name__ == "__main__":
    support.main()
