"""Device maps at their makers' addresses: each file of tests/data/devices says in its `#?` lines what a master that knows
nothing of mbplant asks (unit, request) and what it is to get. x stands for any digit, .. for any rest."""
import pathlib
import re
import socket
import struct
import tempfile
import unittest

import support

DEVICES = pathlib.Path(__file__).parent.parent / "data" / "devices"
READS = {1, 2, 3, 4, 7, 17, 20, 24, 43}


class Master:
    """One connection that sends PDUs as they are written."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.transaction = 0

    def close(self):
        self.socket.close()

    def ask(self, unit, request):
        """The response to a PDU; None where a request that is answered for certain came back first."""
        self.send(unit, request)
        sent = self.transaction
        self.send(*self.fence)
        first = self.receive()
        if first[0] == sent:
            self.receive()
            return first[1]
        return None

    # A unit that every file has answers this, whatever it answers.
    fence = (1, b"\x2b\x0d\x00\x00")

    def send(self, unit, pdu):
        self.transaction = (self.transaction + 1) % 65536
        self.socket.sendall(struct.pack(">HHHB", self.transaction, 0, len(pdu) + 1, unit) + pdu)

    def receive(self):
        head = self._exactly(7)
        transaction, _, length, _ = struct.unpack(">HHHB", head)
        return transaction, self._exactly(length - 1)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("closed by the slave")
            data += more
        return data


def matches(want, got):
    want = want.replace(" ", "").lower()
    got = "none" if got is None else got.hex()
    if want.endswith(".."):
        want, got = want[:-2], got[:len(want) - 2]
    return len(want) == len(got) and all(w in ("x", g) for w, g in zip(want, got))


def lines(text):
    for line in text.splitlines():
        found = re.match(r"#\?\s*(\d+)\s+([0-9a-fA-F ]+?)\s*=>\s*(\S[^#]*?)\s*(#.*)?$", line)
        if found:
            yield int(found[1]), bytes.fromhex(found[2]), found[3], line


class Devices(unittest.TestCase):
    def play(self, file):
        text = file.read_text()
        with support.Plant(file) as plant:
            master = Master(plant.port)
            self.addCleanup(master.close)
            first_unit = re.search(r"- id: (\d+)", text)
            master.fence = (int(first_unit[1]), Master.fence[1])
            for unit, request, want, line in lines(text):
                with self.subTest(line=line):
                    got = master.ask(unit, request)
                    if request[0] in READS and not matches(want, got):
                        support.eventually(lambda: matches(want, master.ask(unit, request)), line)
                    else:
                        self.assertTrue(matches(want, got), f"got {got.hex() if got else None}")

    def test_print_config_of_a_device_loads_to_the_same_device(self):
        for file in sorted(DEVICES.glob("*.yaml")):
            with self.subTest(file=file.name):
                first = support.run(support.MBPLANTD, "--print-config", file, check=True).stdout
                printed = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "printed.yaml"
                printed.write_text(first)
                again = support.run(support.MBPLANTD, "--print-config", printed, check=True).stdout
                self.assertEqual(first, again)


def device_test(file):
    def test(self):
        self.play(file)

    return test


for device in sorted(DEVICES.glob("*.yaml")):
    setattr(Devices, f"test_device_{device.stem.replace('-', '_')}_answers_at_its_makers_addresses", device_test(device))


if __name__ == "__main__":
    support.main()
