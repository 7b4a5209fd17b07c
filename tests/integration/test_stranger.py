"""mbplantctl and slaves that are no mbplant: pymodbus's own server, a web server, one that says nothing."""
import pathlib
import socket
import subprocess
import sys
import threading
import unittest

from support import ENVIRONMENT, MBPLANTCTL, PATIENCE_S, ROOT, eventually, main, run

BOTTLING = ROOT / "config" / "bottling.yaml"
SERVER = pathlib.Path(__file__).with_name("outside.py")


def uncaptured_port():
    """A free one that capture.py does not look at: what these slaves say need not please Wireshark."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stranger:
    """pymodbus's server with so many points in each table, all of them 7."""

    def __init__(self, points):
        self.port = uncaptured_port()
        self.process = subprocess.Popen([sys.executable, "-B", str(SERVER), str(self.port), str(points)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)

    def __enter__(self):
        eventually(self._answers, "pymodbus's server")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), PATIENCE_S).close()
            return True
        except ConnectionRefusedError:
            return False

    def ctl(self, *words):
        return run(MBPLANTCTL, "-p", self.port, "--timeout", f"{PATIENCE_S}s", *words)


class SlaveThatIsNoMbplant(unittest.TestCase):
    def test_read_and_write_work_by_address(self):
        with Stranger(100) as slave:
            self.assertIn("HR 4 = 40005: 7 ", slave.ctl("read", "hr:4").stdout)
            self.assertIn("HR 4 = 40005: 5", slave.ctl("write", "hr:4", "5").stdout)
            self.assertIn("HR 4 = 40005: 5 ", slave.ctl("read", "40005").stdout)

    def test_what_needs_the_plant_says_why_not_and_what_works(self):
        with Stranger(100) as slave:
            for words in (["status"], ["map"], ["read", "TT101"], ["alarms"], ["ack", "all"], ["report"], ["journal"],
                          ["watch"], ["machine", "FILL1"], ["shelve", "TT101"], ["plant", "get"], ["sensor", "remove", "X"]):
                with self.subTest(words=words):
                    result = slave.ctl(*words)
                    self.assertEqual((result.returncode, result.stdout), (1, ""))
                    self.assertIn("does not tell its plant", result.stderr)
                    self.assertIn("read and write work by raw address", result.stderr)

    def test_plant_file_of_another_plant_is_noticed(self):
        # pymodbus 3.8 answers a read of discrete inputs that it does not have with none of them, 3.0 with exception 02.
        for points, what in ((100, "is no mbplant|the reply does not fit the request"),
                             (65536, "is no mbplant, or one of another version")):
            with Stranger(points) as slave:
                for words in (["status"], ["alarms"], ["report"], ["watch", "--count", "1"], ["ack", "all"]):
                    with self.subTest(points=points, words=words):
                        result = slave.ctl("--plant", BOTTLING, *words)
                        self.assertEqual((result.returncode, result.stdout), (1, ""))
                        self.assertRegex(result.stderr, what)
                for words in (["journal"], ["machine", "FILL1", "maintenance"]):
                    result = slave.ctl("--plant", BOTTLING, *words)
                    self.assertEqual((result.returncode, result.stdout), (1, ""))

    def test_instructor_is_not_taken_for_one(self):
        with Stranger(65536) as slave:
            for words in ([], ["pause"], ["speed", "10"], ["snapshot"], ["fault"]):
                with self.subTest(words=words):
                    result = slave.ctl("sim", *words)
                    self.assertEqual((result.returncode, result.stdout), (1, ""))
                    self.assertIn("is no mbplant's instructor", result.stderr)
            self.assertIn(": on", slave.ctl("-u", "247", "read", "coil:2000").stdout)  # 7 counts as on: as it was
            self.assertIn(": 7 ", slave.ctl("-u", "247", "read", "hr:0").stdout)  # the speed's first word


class SlaveThatIsNoModbus(unittest.TestCase):
    def test_web_server_is_told_from_modbus(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()

            def answer():
                for _ in range(2):
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(100)
                        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            thread = threading.Thread(target=answer, daemon=True)
            thread.start()
            port = server.getsockname()[1]
            for words in (["status"], ["read", "hr:0"]):
                result = run(MBPLANTCTL, "-p", port, "--timeout", f"{PATIENCE_S}s", *words)
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                self.assertIn("reply", result.stderr)
            thread.join(PATIENCE_S)

    def test_slave_that_says_nothing_is_told_after_the_timeout(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            result = run(MBPLANTCTL, "-p", server.getsockname()[1], "--timeout", "100ms", "status")
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("no answer within 100ms", result.stderr)


if __name__ == "__main__":
    main()
