"""capture.py itself: beside other programs in the range of its ports, and with a peer that speaks bad Modbus."""
import os
import pathlib
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

import support

CAPTURE_PY = pathlib.Path(__file__).with_name("capture.py")
# What PostgreSQL's clients begin with: the wish for TLS, then protocol 3.0 with the user's name.
POSTGRESQL = (struct.pack(">II", 8, 80877103), struct.pack(">II", 23, 196608) + b"user\0me\0\0\0\0\0\0\0\0")
# An answer to FC 16 that has its address and ends before its count.
CUT_SHORT = bytes.fromhex("0001 0000 0004 01 10 0000")
REQUEST = bytes.fromhex("0001 0000 0006 01 03 0000 0004")


class Service:
    """A TCP service in the captured range. It answers each message of a client with the next of `answers`."""

    def __init__(self, *answers, port=None):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.port = port or support.free_port()
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen()
        self.answers = answers
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        connection, _ = self.socket.accept()
        with connection:
            for answer in self.answers:
                connection.recv(1000)
                connection.sendall(answer)

    def talk(self, *messages):
        with socket.create_connection(("127.0.0.1", self.port), support.PATIENCE_S) as client:
            for message in messages:
                client.sendall(message)
                client.recv(1000)
        self.thread.join(support.PATIENCE_S)
        self.socket.close()


class Ports(unittest.TestCase):
    def test_no_two_calls_get_one_port(self):
        ports = [support.free_port() for _ in range(80)]  # of 1,000: at random, two of 80 are one in 19 of 20 runs
        self.assertEqual(len(set(ports)), len(ports))


class Capture(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-"))) / "capture"
        self.environment = dict(os.environ, MBP_CAPTURE=str(folder))
        self.capture("start")
        if not (folder / "dumpcap.pid").exists() or "File:" not in (folder / "dumpcap.log").read_text(encoding="utf-8"):
            self.skipTest("capturing on lo is not permitted here")
        # Plants of this test count for its own capture.
        self.enterContext(unittest.mock.patch.multiple(support, CAPTURE=folder, SERVED=folder / "ports"))

    def capture(self, word):
        return support.run(sys.executable, "-B", CAPTURE_PY, word, environment=self.environment)

    def test_other_program_in_the_range_is_not_judged(self):
        with support.Plant("idle.yaml") as plant, support.Plant("idle.yaml") as other:
            plant.ctl("read", "hr:0")
            other.ctl("read", "hr:0")
            service = Service(b"N", b"R" * 9, b"\xff" * 400)
            service.talk(*POSTGRESQL, REQUEST)
        result = self.capture("check")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("on the 2 of them where mbplantd served", result.stdout)
        self.assertIn("malformed: 0", result.stdout)

    def test_malformed_frame_of_a_served_port_fails_and_names_the_port(self):
        since = time.time()
        service = Service(CUT_SHORT)
        support.note_served(service.port, since)
        service.talk(REQUEST)
        result = self.capture("check")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(f"malformed at port {service.port};", result.stdout)

    def test_other_program_on_a_port_before_and_after_mbplantd_is_not_judged(self):
        with support.Plant("idle.yaml") as plant:
            plant.ctl("read", "hr:0")
        for _ in range(2):
            service = Service(CUT_SHORT, port=plant.port)
            service.talk(REQUEST)
            begin = time.time()
            support.note_served(plant.port, begin, begin)
        result = self.capture("check")
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_nothing_served_is_skipped_with_the_reason(self):
        Service(b"N").talk(POSTGRESQL[0])
        result = self.capture("check")
        self.assertEqual(result.returncode, support.SKIPPED, result.stdout)
        self.assertIn("skipped: no mbplantd served", result.stdout)


if __name__ == "__main__":
    support.main()
