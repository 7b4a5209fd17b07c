"""The plant file changes while masters are connected: SIGHUP, good files and bad ones, under load."""
import json
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import unittest

import outside
import support

FORCED_AT, HIGH_AT = 1000, 1002
LINE = (support.DATA / "line.yaml").read_text()
T0_FIRST = "- {name: T1,", "- {name: T0, kind: temperature, range: [0, 150]}\n          - {name: T1,"


def request(transaction, unit, pdu):
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def receive(sock):
    """One response: (transaction, unit, pdu)."""
    head = take(sock, 7)
    transaction, _, length, unit = struct.unpack(">HHHB", head)
    return transaction, unit, take(sock, length - 1)


def take(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise ConnectionError("closed by the slave")
        data += more
    return data


class Reload(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-reload-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE)
        self.plant = self.enterContext(support.Plant(self.file))
        support.eventually(lambda: "plant loaded" in self.codes(), "the start is durable")

    def hang_up(self, said):
        """SIGHUP, and what came of it."""
        before = sum(said in line for line in self.plant.err.lines)
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: sum(said in line for line in self.plant.err.lines) > before, f"'{said}' on stderr")

    def change(self, what, by):
        text = self.file.read_text()
        self.assertIn(what, text)
        self.file.write_text(text.replace(what, by, 1))

    def journal(self):
        return [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl").splitlines()]

    def codes(self):
        return [event["code"] for event in self.journal()]

    def client(self):
        client = outside.Client(self.plant.port)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)
        return client

    def test_connection_stays_open_and_values_limits_and_forces_go_on(self):
        client = self.client()
        client.write_register(0, 345, slave=1)
        client.write_register(HIGH_AT, 500, slave=1)
        support.eventually(lambda: client.read_coils(FORCED_AT, 1, slave=1).bits[0], "T1 is forced")
        self.change("name: P1", "name: P9")
        self.hang_up("the plant has changed")
        self.assertEqual(client.read_holding_registers(0, 1, slave=1).registers, [345])
        self.assertEqual(client.read_holding_registers(HIGH_AT, 1, slave=1).registers, [500])
        self.assertTrue(client.read_coils(FORCED_AT, 1, slave=1).bits[0])
        support.eventually(lambda: "sensor added" in self.codes(), "the change is durable")
        codes = self.codes()
        self.assertLess(codes.index("sensor removed"), codes.index("plant changed"))
        self.assertLess(codes.index("plant changed"), codes.index("sensor added"))
        self.assertIn("P9", self.plant.ctl("map"))

    def test_identical_file_is_unchanged_and_nothing_is_journaled(self):
        before = self.codes()
        self.hang_up("is unchanged")
        self.assertEqual(self.codes(), before)

    def test_missing_file_changes_nothing(self):
        before = self.codes()
        self.file.unlink()
        self.hang_up("the running plant goes on")
        self.assertTrue(any("cannot be read" in line for line in self.plant.err.lines))
        self.assertEqual(self.codes(), before)

    def test_file_with_errors_changes_nothing_and_names_them_all(self):
        before = self.codes()
        self.change("name: T1", "nam: T1")
        self.change("name: P1", "name: 1P")
        self.hang_up("the running plant goes on")
        named = [line for line in self.plant.err.lines if line.startswith(f"{self.file}:")]
        self.assertGreaterEqual(len(named), 2, self.plant.err.lines)
        self.assertEqual(self.codes(), before)
        self.plant.ctl("read", "T1")

    def test_listen_address_is_said_to_need_a_restart_only_when_it_came_from_the_file(self):
        self.file.write_text(LINE + "server: {listen: 127.0.0.1:1}\n")
        self.hang_up("the plant has changed")
        self.assertFalse(any("until it is restarted" in line for line in self.plant.err.lines))

    def test_unit_removed_while_a_connection_talks_to_it_is_exception_0b(self):
        self.file.write_text(LINE + "  - id: 2\n    sensors: [{name: X1, kind: flow, range: [0, 10]}]\n")
        self.hang_up("the plant has changed")
        client = self.client()
        self.assertFalse(client.read_holding_registers(0, 1, slave=2).isError())
        self.file.write_text(LINE)
        self.hang_up("the plant has changed")
        self.assertEqual(client.read_holding_registers(0, 1, slave=2).exception_code, 0x0B)
        self.assertFalse(client.read_holding_registers(0, 1, slave=1).isError())

    def test_moved_point_is_named_in_a_warning(self):
        self.change(*T0_FIRST)
        self.hang_up("T1 of unit 1: its value moved from holding register 0 (40001) to 1 (40002)")

    def test_verbose_names_what_was_removed_by_the_plant_that_had_it(self):
        """Each event is told by the names of the plant that it happened in, also when several changes follow at once."""
        def file(*names):
            return ("mbplant: 1\nname: Names\nunits:\n  - id: 1\n    sensors:\n"
                    + "".join(f"      - {{name: {name}, range: [0, 10]}}\n" for name in names))
        self.plant.stop()
        self.file.write_text(file("A", "B", "C"))
        self.plant.data_flags.append("-v")
        self.plant.start()
        for names in (("A", "C"), ("C", "D"), ("D",), ("E", "D")):
            self.file.write_text(file(*names))
            self.hang_up("the plant has changed")
        self.plant.stop()
        told = re.findall(r"(\w+) sensor (removed|added)", self.plant.out.text())
        began = [("A", "added"), ("B", "added"), ("C", "added")]  # the start found another file than the stop left
        self.assertEqual(told[told.index(began[0]):], began + [("B", "removed"), ("A", "removed"), ("D", "added"), ("C", "removed"), ("E", "added")])

    def test_reload_under_load_answers_every_request_with_one_plant_or_the_other(self):
        """Sixteen in flight on each of four connections; the sensors' values say which plant answered."""
        ends = threading.Event()
        failures = []
        counts = []

        def load():
            with socket.create_connection(("127.0.0.1", self.plant.port), support.PATIENCE_S) as sock:
                sent = 0
                while not ends.is_set():
                    sock.sendall(b"".join(request(sent + i & 0xFFFF, 1, struct.pack(">BHH", 4, 0, 24))
                                          for i in range(16)))
                    for i in range(16):
                        transaction, _, pdu = receive(sock)
                        words = struct.unpack(">24H", pdu[2:]) if len(pdu) == 50 else None
                        if transaction != sent + i & 0xFFFF or words is None or words[5] not in (3, 4):
                            failures.append((transaction, sent + i, pdu.hex()))
                            return
                    sent += 16
                counts.append(sent)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        more = LINE.replace(*T0_FIRST, 1)
        for turn in range(10):
            self.file.write_text(more if turn % 2 == 0 else LINE)
            self.hang_up("the plant has changed")
        ends.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(counts), 4)
        self.assertTrue(all(counts), counts)
        seqs = [event["seq"] for event in self.journal()]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    def test_what_a_reload_kept_is_kept_by_a_restart(self):
        client = self.client()
        client.write_register(0, 345, slave=1)
        support.eventually(lambda: client.read_coils(FORCED_AT, 1, slave=1).bits[0], "T1 is forced")
        self.change(*T0_FIRST)
        self.hang_up("the plant has changed")
        support.eventually(lambda: "plant changed" in self.codes(), "the change is durable")
        self.plant.kill()
        self.plant.start()
        client = self.client()
        self.assertEqual(client.read_holding_registers(1, 1, slave=1).registers, [345])
        self.assertEqual(client.read_coils(FORCED_AT, 2, slave=1).bits[:2], [False, True])



class Listening(unittest.TestCase):
    """What the plant file says of where to listen, without an option that says it."""

    def test_what_is_told_of_listen_is_compared_with_where_it_listens(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        file, ports = folder / "plant.yaml", (support.free_port(), support.free_port())

        def write(port, high):
            file.write_text(f"mbplant: 1\nserver: {{listen: 127.0.0.1:{port}}}\nunits: [{{id: 1, sensors: [{{name: T, range: [0, {high}]}}]}}]\n")
        write(ports[0], 10)
        process = subprocess.Popen([support.MBPLANTD, "--http", "off", "-d", folder / "data", file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=support.ENVIRONMENT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        out, err = support.Output(process.stdout), support.Output(process.stderr)
        self.assertTrue(out.wait_for(support.LISTENING))
        for changes, (port, high) in enumerate(((ports[1], 20), (ports[1], 30), (ports[0], 40)), 1):
            write(port, high)
            process.send_signal(signal.SIGHUP)
            support.eventually(lambda n=changes: sum("the plant has changed" in line for line in out.lines + err.lines) == n, "a changed plant")
        process.terminate()
        process.wait(support.PATIENCE_S)
        told = [line for line in err.text().splitlines() if "'listen'" in line]
        self.assertEqual(len(told), 2)
        self.assertTrue(all(f'is now "127.0.0.1:{ports[1]}": mbplantd stays at "127.0.0.1:{ports[0]}"' in line for line in told), told)


if __name__ == "__main__":
    support.main()
