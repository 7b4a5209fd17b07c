"""Plant files over Modbus: get, check, put, and the edits of machines and sensors; good ones, bad ones, halves of them."""
import pathlib
import random
import socket
import sqlite3
import struct
import tempfile
import unittest
import zlib

import support
from test_reload import receive, request

INSTRUCTOR = 247
COMMAND_AT, RESULT_AT = 100, 100
CHECK, PUT = 1, 2
IDLE, WORKING, DONE, REFUSED, UNCHANGED = range(5)
LINE = (support.DATA / "line.yaml").read_text() + "instructor: true\n"


class Master:
    """Raw requests to the instructor's unit, one after another."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), support.PATIENCE_S)
        self.transaction = 0

    def close(self):
        self.sock.close()

    def ask(self, pdu, unit=INSTRUCTOR):
        self.transaction = self.transaction + 1 & 0xFFFF
        self.sock.sendall(request(self.transaction, unit, pdu))
        return receive(self.sock)[2]

    def write_words(self, word, data):
        """FC 21 of bytes from a word of file 900 on."""
        at = 0
        while at < len(data):
            here = word + at // 2
            piece = data[at:at + min(238, 2 * (10000 - here % 10000))]
            at += len(piece)
            piece += b"\0" * (len(piece) % 2)
            pdu = struct.pack(">BBBHHH", 21, 7 + len(piece), 6, 900 + here // 10000, here % 10000, len(piece) // 2)
            answer = self.ask(pdu + piece)
            assert answer == pdu + piece, answer.hex()

    def stage(self, text, length=None, crc=None):
        text = text if isinstance(text, bytes) else text.encode()
        header = struct.pack(">II", len(text) if length is None else length, zlib.crc32(text) if crc is None else crc)
        self.write_words(0, header + text)

    def command(self, number, crc=None):
        if crc is None:
            return self.ask(struct.pack(">BHH", 6, COMMAND_AT, number))
        return self.ask(struct.pack(">BHHBHI", 16, COMMAND_AT, 3, 6, number, crc))

    def result(self):
        words = struct.unpack(">10H", self.ask(struct.pack(">BHH", 4, RESULT_AT, 10))[2:])
        return words

    def carry_out(self, number, crc=None):
        """The command's end: (state, its words)."""
        before = self.result()[2]
        assert self.command(number, crc)[0] < 0x80
        support.eventually(lambda: self.result()[2] != before, "the command's end")
        return self.result()[0], self.words()

    def words(self):
        def read(word, count):
            return self.ask(struct.pack(">BBBHHH", 20, 7, 6, 890, word, count))[4:]
        length = struct.unpack(">I", read(0, 4)[:4])[0]
        text = b""
        while len(text) < length:
            text += read(4 + len(text) // 2, min(100, (length + 1) // 2 - len(text) // 2))
        return text[:length].decode()


class Put(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-put-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE)
        self.plant = self.enterContext(support.Plant(self.file))

    def master(self):
        master = Master(self.plant.port)
        self.addCleanup(master.close)
        return master

    def ctl(self, *words):
        return self.plant.ctl(*words, check=False)

    def new(self, text, name="new.yaml"):
        path = self.folder / name
        path.write_text(text)
        return path

    def assert_untouched(self):
        self.assertEqual(self.plant.ctl("plant", "get"), LINE)
        self.assertEqual(self.file.read_text(), LINE)

    def test_get_gives_the_file_and_overwrites_none(self):
        self.assertEqual(self.plant.ctl("plant", "get"), LINE)
        self.plant.ctl("plant", "get", self.folder / "got.yaml")
        self.assertEqual((self.folder / "got.yaml").read_text(), LINE)
        again = self.ctl("plant", "get", self.folder / "got.yaml")
        self.assertEqual(again.returncode, 2)
        self.assertIn("never overwritten", again.stderr)

    def test_put_runs_the_file_and_writes_it_so_that_a_restart_keeps_it(self):
        new = LINE.replace("max: 85", "max: 88", 1)
        said = self.plant.ctl("plant", "put", self.new(new))
        self.assertIn("0 added, 0 removed, 1 changed", said)
        self.assertEqual(self.file.read_text(), new)
        self.assertEqual(pathlib.Path(f"{self.file}~").read_text(), LINE)
        self.assertFalse(pathlib.Path(f"{self.file}.new").exists())
        self.plant.stop()
        self.plant.start()
        self.assertIn("T1.high.limit = 88", self.plant.ctl("read", "T1.high.limit"))

    def test_check_changes_nothing_and_says_what_put_would(self):
        said = self.plant.ctl("plant", "check", self.new(LINE.replace("name: P1", "name: P9")))
        self.assertIn("would add 1 machines and sensors, remove 1", said)
        self.assert_untouched()

    def test_put_of_the_running_file_is_unchanged(self):
        self.assertIn("unchanged", self.plant.ctl("plant", "put", self.new(LINE)))
        self.assertFalse(pathlib.Path(f"{self.file}~").exists())

    def test_put_of_a_bad_file_names_its_errors_by_its_own_name_and_changes_nothing(self):
        bad = self.new(LINE.replace("name: T1", "nam: T1").replace("name: M2", "name: M1"))
        said = self.ctl("plant", "put", bad)
        self.assertEqual(said.returncode, 1)
        lines = [line for line in said.stderr.splitlines() if line.startswith(f"{bad}:")]
        self.assertGreaterEqual(len(lines), 2, said.stderr)
        self.assertRegex(lines[0], r"^\S+:\d+:\d+: ")
        self.assert_untouched()

    def test_put_decides_neither_who_may_do_what_nor_where_nor_how_much_of_the_journal_stays(self):
        new = LINE.replace("max: 85", "max: 88", 1) + ("journal: {keep: 1h, max_size: 1MB}\n"
            "server: {listen: 0.0.0.0:1502, access: [{from: 0.0.0.0/0, allow: all}]}\n")
        keys = ("journal", "server: listen", "server: access")
        path = self.new(new)
        said = self.ctl("plant", "check", path)
        for key in keys:
            self.assertIn(f"'{key}' of a plant that comes over Modbus is not taken over", said.stderr)
        for _ in range(2):  # the second is the running text, and no more welcome
            said = self.ctl("plant", "put", path)
            for key in keys:
                self.assertIn(f"'{key}' of a plant that comes over Modbus is not taken over", said.stderr)
            self.assertIn("stays as it is: a restart begins with that", said.stderr)
            self.assertNotIn("its plant file is this one", said.stdout)
            self.assertIn("T1.high.limit = 88", self.plant.ctl("read", "T1.high.limit"))
            self.assertEqual(self.file.read_text(), LINE)
        self.plant.ctl("sensor", "set", "T1", "max", "89")  # an edit of the running text: the same keys again
        self.assertEqual(self.file.read_text(), LINE)
        self.plant.ctl("plant", "put", self.new(LINE.replace("max: 85", "max: 90", 1), "fine.yaml"))
        self.assertIn("max: 90", self.file.read_text())

    def test_put_of_a_shorter_journal_removes_no_event(self):
        forget = self.new(LINE + "journal: {keep: 1h, max_size: 1MB}\n")
        with support.Plant(self.file) as plant:
            plant.stop()
            with sqlite3.connect(plant.data / "journal.db") as database:
                first, = database.execute("SELECT max(seq) FROM event").fetchone()
                database.executemany("INSERT INTO event SELECT ?, scan, wall_ms - 864000000, code, unit, machine, sensor, value, "
                                     "limit_or_old, actor, flags, detail, 0 FROM event WHERE seq = 1",
                                     ((seq,) for seq in range(first + 1, 40000)))
            database.close()
            plant.start()
            plant.ctl("plant", "put", forget)
            for _ in range(30):  # each commit would take its share of the old ones
                plant.ctl("write", "T1", "50")
                plant.ctl("release", "T1")
            self.assertEqual(plant.ctl("journal", "--until", "1").count("\n"), 1)

    def test_put_of_garbage_changes_nothing(self):
        master = self.master()
        draw = random.Random(5)
        noise = bytes(draw.randrange(256) for _ in range(2000))
        for text in (b"", b"\0" * 100, noise, b"[" * 200000, b"\xff\xfe", b"- 1\n"):
            master.stage(text)
            state, words = master.carry_out(PUT, zlib.crc32(text) or None)
            self.assertEqual(state, REFUSED, text[:20])
            self.assertNotEqual(words, "")
        self.assert_untouched()

    def test_put_of_a_wrong_crc_or_half_a_transfer_changes_nothing(self):
        master = self.master()
        state, words = master.carry_out(PUT)
        self.assertEqual((state, words[:17]), (REFUSED, "nothing is staged"))
        new = LINE.replace("max: 85", "max: 88", 1).encode()
        master.stage(new, crc=zlib.crc32(new) ^ 1)
        state, words = master.carry_out(PUT)
        self.assertEqual(state, REFUSED)
        self.assertIn("CRC-32", words)
        master.write_words(0, struct.pack(">II", len(new) + 5000, zlib.crc32(new)) + new[:300])
        self.assertEqual(master.carry_out(PUT)[0], REFUSED)
        master.stage(new, length=0xFFFFFFFF)
        self.assertEqual(master.carry_out(PUT)[0], REFUSED)
        self.assert_untouched()
        master.stage(new)
        self.assertEqual(master.carry_out(PUT)[0], DONE)

    def test_of_two_masters_staging_at_once_none_gets_the_others_text(self):
        one, two = self.master(), self.master()
        mine = LINE.replace("max: 85", "max: 88", 1).encode()
        theirs = LINE.replace("max: 85", "max: 77", 1).encode()
        one.stage(mine)
        two.stage(theirs)
        state, words = one.carry_out(PUT, zlib.crc32(mine))
        self.assertEqual(state, REFUSED)
        self.assertIn("two masters", words)
        one.write_words(0, struct.pack(">II", len(mine), zlib.crc32(mine)) + mine[:200])  # mixed with the other's rest
        one_state = one.carry_out(PUT, zlib.crc32(mine))[0]
        self.assertEqual(one_state, DONE if mine[200:] == theirs[200:] else REFUSED)

    def test_command_that_is_none_is_exception_04_and_a_file_beyond_02(self):
        master = self.master()
        self.assertEqual(master.command(3), b"\x86\x04")
        self.assertEqual(master.ask(struct.pack(">BBBHHHH", 21, 9, 6, 1000, 0, 1, 0)), b"\x95\x02")
        self.assertEqual(master.ask(struct.pack(">BBBHHHH", 21, 9, 6, 890, 0, 1, 0)), b"\x95\x02")
        self.assertEqual(master.ask(struct.pack(">BBBHHHH", 21, 9, 6, 900, 0, 1, 0), unit=1), b"\x95\x02")

    def test_put_without_an_instructor_is_a_plain_message(self):
        plain = LINE.replace("instructor: true\n", "")
        said = self.plant.ctl("plant", "put", self.new(plain))
        self.assertIn("the last plant file", said)
        again = self.ctl("plant", "put", self.new(LINE))
        self.assertEqual(again.returncode, 1)
        self.assertIn("instructor: true", again.stderr)
        self.assertEqual(self.plant.ctl("plant", "get"), plain)

    def test_put_where_the_file_cannot_be_replaced_runs_and_says_so(self):
        blocked = pathlib.Path(f"{self.file}.new")
        blocked.mkdir()
        said = self.ctl("plant", "put", self.new(LINE.replace("max: 85", "max: 88", 1)))
        self.assertEqual(said.returncode, 0)
        self.assertIn("cannot be replaced", said.stderr)
        self.assertIn("T1.high.limit = 88", self.plant.ctl("read", "T1.high.limit"))
        self.assertEqual(self.file.read_text(), LINE)

    def test_put_of_nearly_two_megabytes(self):
        big = LINE + "# " + "x" * 1_900_000 + "\n"
        self.assertIn("runs it", self.plant.ctl("plant", "put", self.new(big)))
        self.assertEqual(self.plant.ctl("plant", "get"), big)

    def test_edits_change_their_lines_alone(self):
        self.plant.ctl("sensor", "set", "T1", "max", "90")
        self.assertEqual(self.file.read_text(), LINE.replace("max: 85", "max: 90", 1))
        self.plant.ctl("sensor", "add", "M1", "T9", "--kind", "temperature", "--unit", "°C", "--range", "[0, 150]",
                       "--signal.base", "40")
        self.assertIn("T9 = 40 °C", self.plant.ctl("read", "T9"))
        self.plant.ctl("machine", "add", "M3", "--unit", "1", "--label", "Case: packer")
        self.assertIn("Case: packer", self.plant.ctl("machine", "M3"))
        self.plant.ctl("machine", "remove", "M3")
        self.plant.ctl("sensor", "remove", "T9")
        self.plant.ctl("sensor", "set", "T1", "max", "85")
        self.assertEqual(self.file.read_text(), LINE)

    def test_edits_of_a_plant_with_faults_keep_them(self):
        faulty = LINE + "faults: [{name: hot, kind: bias, sensor: T1, amount: 2}]\n"
        self.plant.ctl("plant", "put", self.new(faulty))
        self.plant.ctl("sensor", "set", "T1", "max", "90")
        self.assertEqual(self.file.read_text(), faulty.replace("max: 85", "max: 90", 1))

    def test_edit_with_dry_run_shows_it_and_changes_nothing(self):
        said = self.plant.ctl("sensor", "set", "T1", "max", "90", "--dry-run")
        self.assertRegex(said, r"(?m)^-.*max: 85")
        self.assertRegex(said, r"(?m)^\+.*max: 90")
        self.assert_untouched()

    def test_edit_that_would_make_a_bad_file_changes_nothing(self):
        for words in (("sensor", "set", "T1", "mx", "90"), ("sensor", "set", "T1", "max", "warm"),
                      ("sensor", "set", "NONE", "max", "1"), ("machine", "add", "M1", "--unit", "1")):
            self.assertEqual(self.ctl(*words).returncode, 2, words)
        self.assert_untouched()


if __name__ == "__main__":
    support.main()
