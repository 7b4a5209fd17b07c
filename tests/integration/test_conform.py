"""mbplantctl conform: mbplantd passes it, a slave that does one thing wrong is found by the case for that, and nothing is
written unless it is asked for."""
import json
import pathlib
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import xml.etree.ElementTree

import support

CONFORMANCE = support.ROOT / "tests" / "conformance"
WORDS, BITS = 40, 40


def conform(port, *words):
    return support.run(support.MBPLANTCTL, "conform", f"127.0.0.1:{port}", *words, timeout=300)


def verdicts(port, *words):
    """{case: verdict}, and the rows."""
    rows = json.loads(conform(port, "--format", "json", *words).stdout)
    return {row["case"]: row["verdict"] for row in rows}, rows


class Slave(socketserver.ThreadingTCPServer):
    """A small slave, right but for the fault that it is given."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, fault=None):
        self.fault, self.words, self.bits, self.writes = fault, [7] * WORDS, [1, 0] * (BITS // 2), 0
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def read(self, pdu):
        function, address, count = struct.unpack(">BHH", pdu)
        is_bits = function < 3
        most, there = (2000, BITS) if is_bits else (125, WORDS)
        if not 1 <= count <= most and self.fault != "takes any count":
            return 3
        if (address + count > there if self.fault != "wraps" else (address + count) % 65536 > there):
            return 2 if self.fault != "03 for 02" else 3
        if is_bits:
            bits = self.bits[address:address + count]
            data = bytearray((count + 7) // 8)
            for i, bit in enumerate(bits):
                data[i // 8] |= bit << i % 8
            if self.fault == "ones behind the bits" and count % 8:
                data[-1] |= 0x80
            return bytes([function, len(data)]) + data
        words = self.words[address:address + count]
        return bytes([function, 2 * len(words)]) + struct.pack(f">{len(words)}H", *words)

    def write(self, pdu):
        function, address, value = struct.unpack(">BHH", pdu)
        if function == 5 and value not in (0, 0xFF00) and self.fault != "takes any coil value":
            return 3
        if address >= (BITS if function == 5 else WORDS):
            return 2
        self.writes += 1
        if self.fault != "does not write":
            (self.bits if function == 5 else self.words)[address] = value if function == 6 else int(value != 0)
        return pdu

    def answer(self, pdu):
        """A PDU; an exception's number."""
        if pdu[0] not in range(1, 7) or self.fault == "no function 4" and pdu[0] == 4:
            return 1
        if len(pdu) != 5:
            return 3
        return self.read(pdu) if pdu[0] < 5 else self.write(pdu)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data = b""
        while more := self.request.recv(300):
            data += more
            while len(data) >= 7:
                transaction, protocol, length, unit = struct.unpack(">HHHB", data[:7])
                if not 2 <= length <= 254:
                    return
                if len(data) < 6 + length:
                    break
                pdu, data = data[7:6 + length], data[6 + length:]
                if self.server.fault == "drops the second":
                    data = b""
                if protocol == 0 or self.server.fault == "answers other protocols":
                    self.reply(transaction, unit, pdu)

    def reply(self, transaction, unit, pdu):
        answer = self.server.answer(pdu)
        if isinstance(answer, int):
            answer = bytes([pdu[0] | 0x80, answer])
        if self.server.fault == "has signed transactions":
            transaction &= 0x7FFF
        self.request.sendall(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)


FAULTS = {  # by which cases it is found
    "takes any count": {"read_holding_registers_none", "read_holding_registers_126"},
    "wraps": {"read_holding_registers_round_the_end"},
    "03 for 02": {"read_input_registers_not_there", "read_coils_beyond_the_end"},
    "ones behind the bits": {"read_coils_several", "read_discrete_inputs_1"},
    "takes any coil value": {"write_coil_value_0001", "write_coil_value_ff01_changes_nothing"},
    "does not write": {"write_coil", "write_register"},
    "answers other protocols": {"other_protocol_is_discarded"},
    "has signed transactions": {"transaction_ffff_comes_back"},
    "drops the second": {"two_requests_in_one_segment"},
}


class Conform(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-conform-")))

    def plant(self, name):
        """One of the conformance tests'. Its frames are wrong on purpose, so nobody captures them."""
        file = self.folder / f"{name}.yaml"
        file.write_text(subprocess.run([sys.executable, "-B", CONFORMANCE / "plants.py", name], capture_output=True, text=True, check=True).stdout)
        plant = support.Plant(file)
        plant.captured = False
        return self.enterContext(plant)

    def test_mbplantd_passes_all_that_it_is_asked(self):
        for name, skipped in (("base", {"write_coil"}), ("big", {"read_coils_beyond_the_end"})):
            plant = self.plant(name)
            found, rows = verdicts(plant.port, "--write")
            wrong = [row for row in rows if row["verdict"] not in ("pass", "skipped")]
            self.assertEqual(wrong, [])
            self.assertGreaterEqual(list(found.values()).count("pass"), 110)
            self.assertEqual(found["write_registers"], "pass")
            result = conform(plant.port, "--write")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertRegex(result.stdout, r"^127.0.0.1:\d+, unit 1: coil 0\.\.\d+, .*\n\d+ passed, 0 FAILED, 0 differ .*, \d+ not asked\n$")
        self.assertEqual(found["read_holding_registers_most"], "pass")

    def test_nothing_is_written_without_leave(self):
        plant = support.Plant(support.ROOT / "config" / "bottling.yaml")
        plant.captured = False
        with plant:
            found, rows = verdicts(plant.port)
            journal = plant.ctl("journal", "--format", "jsonl")
        self.assertEqual({found[row["case"]] for row in rows if "--write" in row["why"]}, {"skipped"})
        self.assertEqual([row for row in rows if row["verdict"] not in ("pass", "skipped")], [])
        for line in map(json.loads, journal.splitlines()):
            self.assertNotRegex(line["code"], "forced|written|refused|write")

    def test_each_fault_is_found_by_its_case_and_no_other_slave_is_blamed(self):
        with Slave() as right:
            found, rows = verdicts(right.port, "--write")
            self.assertEqual([row for row in rows if row["verdict"] == "FAIL"], [])
            self.assertEqual((right.words, right.bits), ([7] * WORDS, [1, 0] * (BITS // 2)))
        for fault, cases in FAULTS.items():
            with self.subTest(fault=fault), Slave(fault) as slave:
                found, rows = verdicts(slave.port, "--write", "--timeout", "300ms")
                self.assertEqual({found[case] for case in cases}, {"FAIL"}, [row for row in rows if row["case"] in cases])
                self.assertEqual(conform(slave.port, "--write", "--timeout", "300ms").returncode, 1)
                self.assertEqual((slave.words, slave.bits), ([7] * WORDS, [1, 0] * (BITS // 2)), "put back")

    def test_function_that_is_not_there_is_no_fault(self):
        with Slave("no function 4") as slave:
            found, _ = verdicts(slave.port)
            self.assertEqual({verdict for case, verdict in found.items() if case.startswith("read_input")}, {"skipped"})
            self.assertEqual(slave.writes, 0)

    def test_forms_say_the_same(self):
        with Slave("takes any count") as slave:
            found, rows = verdicts(slave.port)
            junit = xml.etree.ElementTree.fromstring(conform(slave.port, "--format", "junit").stdout)
            self.assertEqual(int(junit.get("tests")), len(rows))
            self.assertEqual(int(junit.get("failures")), list(found.values()).count("FAIL"))
            failed = {case.get("name"): case.find("failure").text for case in junit if case.find("failure") is not None}
            self.assertEqual(set(failed), {case for case, verdict in found.items() if verdict == "FAIL"})
            row = next(row for row in rows if row["case"] == "read_coils_none")
            self.assertEqual((row["clause"], row["sent"], row["expected"]), ("Fig.11", "000100000006010100000000", "x03"))
            self.assertEqual(row["received"][:16], "0001000000030101")
            self.assertIn(row["sent"], failed["read_coils_none"])
            text = conform(slave.port, "--all").stdout
            self.assertRegex(text, r"(?m)^pass +read_coils_1 +6\.1 ")
            self.assertRegex(text, r"(?m)^FAIL +read_coils_none +Fig\.11 ")

    def test_areas_may_be_named_and_mistakes_are_told(self):
        with Slave() as slave:
            text = conform(slave.port, "hr:5-14").stdout
            self.assertIn("holding 5..14", text)
            for words, told in ((["hr:5-x"], "hr:5-x"), (["hr:1", "nonsense"], "nonsense")):
                result = conform(slave.port, *words)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
                self.assertIn(told, result.stderr)
            port = slave.port
        result = conform(port)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
        self.assertIn("nobody listens there", result.stderr)

    def test_slave_that_closes_each_connection_is_told(self):
        class Closes(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(1)

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Closes) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            result = conform(server.server_address[1], "hr:0-3")
            server.shutdown()
        self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (1, "", 1))
        self.assertIn("no steady answer", result.stderr)


if __name__ == "__main__":
    support.main()
