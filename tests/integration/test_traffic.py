"""The last exchanges with masters over HTTP: in the words of --trace, filtered, and as a capture that tshark reads."""
import pathlib
import re
import socket
import struct
import subprocess
import tempfile
import unittest

import support
from test_web import BOTTLING, Web


def speak(plant, unit, *pdus):
    """One connection that sends these requests and waits for each answer."""
    with socket.create_connection(("127.0.0.1", plant.port), 60) as master:
        for number, pdu in enumerate(pdus, 1):
            master.sendall(struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu)
            head = master.recv(7, socket.MSG_WAITALL)
            master.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL)
        return master.getsockname()[1]


READ = bytes.fromhex("0300000002")
HOLE = bytes.fromhex("03ff000001")
WRITE = bytes.fromhex("060000028a")


class Traffic(unittest.TestCase):
    def test_nothing_is_kept_until_somebody_asks(self):
        with Web(BOTTLING) as plant:
            speak(plant, 1, READ)
            self.assertEqual(plant.get("/traffic"), [])
            speak(plant, 1, READ)
            self.assertEqual(len(plant.get("/traffic")), 1)

    def test_words_are_those_of_trace(self):
        with Web(BOTTLING, "--trace") as plant:
            plant.get("/traffic")
            port = speak(plant, 1, READ, HOLE, WRITE, bytes([0x2B, 14, 1, 0]), bytes([0x63]))
            with socket.create_connection(("127.0.0.1", plant.port), 60) as stranger:
                stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
                stranger.recv(1)
            got = support.eventually(lambda: (lambda all: all if len(all) == 6 else None)(plant.get("/traffic")), "six")
            plant.stop()
            lines = [line for line in plant.out.text().splitlines() if re.match(r"\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1:\d+ |    <", line)]
            told = list(zip(lines[::2], lines[1::2]))
            self.assertEqual(len(told), 6)
            for exchange, (asked, answered) in zip(got, told):
                self.assertEqual(asked.split(" > ", 1)[1], exchange["request"])
                self.assertEqual(answered.split("< ", 1)[1], exchange["response"])
            self.assertEqual([exchange["port"] for exchange in got[:5]], 5 * [port])
            self.assertEqual([exchange["function"] for exchange in got], [3, 3, 6, 43, 99, None])
            self.assertEqual([exchange["exception"] for exchange in got], [None, 2, None, None, 1, None])
            self.assertEqual(got[0]["request_bytes"], READ.hex())
            plant.start()

    def test_filters_choose_and_only_the_newest_are_kept(self):
        with Web(BOTTLING) as plant:
            plant.get("/traffic")
            speak(plant, 1, READ, HOLE, WRITE)
            speak(plant, 2, READ)
            numbers = lambda query: [exchange["number"] for exchange in plant.get("/traffic" + query)]
            for query, wanted in {"?unit=2": [4], "?function=3": [1, 2, 4], "?exception=0": [2], "?exception=2": [2],
                                  "?exception=3": [], "?client=127.0.0.1&limit=2": [3, 4], "?client=127.0.0.2": [],
                                  "?after=2": [3, 4], "?after=1&unit=1&limit=1": [3], "?client=::1": []}.items():
                self.assertEqual(numbers(query), wanted, query)
            speak(plant, 1, *[READ] * 1200)
            self.assertEqual(numbers(""), list(range(205, 1205)))
            self.assertEqual(plant.ask("/api/v1/traffic?client=me")[0], 400)

    def test_a_plant_that_follows_begins_anew(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder) / "plant.yaml"
            file.write_text(BOTTLING.read_text("utf-8"), "utf-8")
            with Web(file) as plant:
                plant.get("/traffic")
                speak(plant, 1, READ)
                file.write_text(BOTTLING.read_text("utf-8").replace("line 3", "line 4"), "utf-8")
                plant.process.send_signal(support.signal.SIGHUP)
                support.eventually(lambda: plant.get("/plant")["name"].endswith("4"), "the changed plant")
                self.assertEqual(plant.get("/traffic"), [])
                speak(plant, 1, READ)
                self.assertEqual([exchange["number"] for exchange in plant.get("/traffic")], [1])


class Capture(unittest.TestCase):
    def tshark(self, capture, *words):
        tshark = support.program("tshark")
        return subprocess.run([tshark, "-r", capture, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", *words],
                              capture_output=True, text=True, check=True, env=support.ENVIRONMENT).stdout

    def test_tshark_reads_every_exchange_and_finds_nothing_wrong(self):
        with Web(BOTTLING) as plant, tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            plant.get("/traffic")
            ports = [speak(plant, 1, READ, HOLE, WRITE), speak(plant, 2, READ, READ)]
            status, bytes_, headers = plant.ask_bytes("/api/v1/traffic?format=pcapng")
            self.assertEqual((status, headers["Content-Type"]), (200, "application/x-pcapng"))
            capture = pathlib.Path(folder) / "traffic.pcapng"
            capture.write_bytes(bytes_)
            fields = ["tcp.srcport", "tcp.dstport", "mbtcp.trans_id", "mbtcp.unit_id", "modbus.func_code",
                      "modbus.exception_code"]
            rows = [line.split("\t") for line in
                    self.tshark(capture, "-T", "fields", *[word for name in fields for word in ("-e", name)]).splitlines()]
            wanted = []
            for port, unit, functions in ((ports[0], 1, (3, 3, 6)), (ports[1], 2, (3, 3))):
                for number, function in enumerate(functions, 1):
                    exception = "2" if (unit, number) == (1, 2) else ""
                    wanted.append([str(port), "502", str(number), str(unit), str(function), ""])
                    wanted.append(["502", str(port), str(number), str(unit), str(function), exception])
            self.assertEqual(rows, wanted)
            wrong = self.tshark(capture, "-Y", "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || "
                                               "ip.checksum.status == 0 || _ws.expert.severity >= 0x600000")
            self.assertEqual(wrong, "")
            self.assertIn("made up by mbplant", bytes_[:200].decode("latin-1"))

    def test_a_capture_of_nothing_is_one(self):
        with Web(BOTTLING) as plant, tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            capture = pathlib.Path(folder) / "traffic.pcapng"
            capture.write_bytes(plant.ask_bytes("/api/v1/traffic?format=pcapng&unit=9")[1])
            self.assertEqual(self.tshark(capture), "")


if __name__ == "__main__":
    support.main()
