"""operators: who may do what, by name and role: over Modbus, HTTP and a broker, and what the journal says of it."""
import json
import os
import pathlib
import socket
import struct
import tempfile
import unittest

import support
from support import main
from test_web import Web

PEOPLE = """mbplant: 1
name: People
scan: 20ms
instructor: true
operators:
  - {name: Olga, role: operator}
  - {name: Otto, role: observer}
  - {name: Mia, role: maintenance}
  - {name: Emil, role: engineer}
  - {name: Ines, role: instructor}
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, range: [0, 100], max: 85, signal: {base: 20}}
    actuators: [{name: V1}]
    controllers: [{name: C1, input: T1, output: V1, setpoint: 20, gain: 1}]
    tables:
      holding_registers: [{at: 20000, values: [0]}]
"""

# T1.high.limit by another address; a register of bits that Olga may write, and of one that she may not; its bits as coils.
OWN_POINTS = """    points:
      - {at: holding 500, same_as: holding 1002}
      - {at: holding 502, bits: {0: M1.acknowledge, 1: T1.out_of_service, 2: T1.shelved}, access: write}
      - {at: coil 500, same_as: holding 502, count: 16}
"""
RECORD = 4900  # of alarm commands, in the map of PEOPLE

# What is done, and who may; the first of them does it last.
DEEDS = (
    (("write", "T1.high", "90"), "Emil Ines"),
    (("write", "C1.gain", "2"), "Emil Ines"),
    (("write", "C1.setpoint", "30"), "Olga Mia Emil Ines"),
    (("write", "hr:20000", "7"), "Olga Mia Emil Ines"),
    (("force", "T1", "50"), "Mia Emil Ines"),
    (("release", "T1"), "Mia Emil Ines"),
    (("shelve", "T1", "--for", "1min"), "Olga Mia Emil Ines"),
    (("shelve", "T1.high", "--for", "1min"), "Olga Mia Emil Ines"),
    (("suppress", "T1"), "Mia Emil Ines"),
    (("bypass", "T1.high", "--for", "1min"), "Mia Emil Ines"),
    (("note", "seen"), "Olga Mia Emil Ines"),
    (("ack", "T1.high"), "Olga Mia Emil Ines"),
    (("sim", "snapshot"), "Ines"),
)
ALL = ("Otto", "Olga", "Mia", "Emil", "Ines")


class Operators(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "people.yaml"
        self.file.write_text(PEOPLE)

    def serve(self, *flags):
        return self.enterContext(Web(self.file, *flags))

    def events(self, plant, *words):
        return [json.loads(line) for line in plant.ctl("journal", "--format", "jsonl", *words).splitlines()]

    def test_each_role_may_do_what_the_table_says_and_nothing_else(self):
        plant = self.serve()
        for words, who in DEEDS:
            for name in ALL:
                result = plant.ctl(*words, "--as", name, check=False)
                if name in who.split():
                    self.assertEqual(result.returncode, 0, (words, name, result.stderr))
                else:
                    self.assertEqual(result.returncode, 1, (words, name, result.stdout))
                    self.assertIn("it takes ", result.stderr, (words, name))
                    self.assertIn(f"{name} is ", result.stderr, (words, name))

    def test_refusal_names_the_role_that_it_takes_and_the_nearest_name(self):
        plant = self.serve()
        for words, said in ((("--as", "olga"), "Olga is operator; it takes engineer or instructor to change alarm limits"),
                            (("--as", "Olg"), "the plant has no operator 'Olg' (is it 'Olga'?); it takes engineer or"),
                            (("--as", "Zacharias"), "the plant has no operator 'Zacharias'; it takes engineer or"),
                            ((), "it takes engineer or instructor to change alarm limits, and nobody said who asks")):
            result = plant.ctl("write", "T1.high", "90", *words, check=False)
            self.assertEqual(result.returncode, 1)
            self.assertIn(said, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("85", plant.ctl("read", "T1.high.limit"))

    def test_refusal_is_journaled_once_with_the_name_and_counted(self):
        plant = self.serve()
        plant.ctl("write", "T1.high", "90", "--as", "Olga", "--why", "too warm", check=False)
        plant.ctl("write", "T1.high", "91", "--as", "Emil", "--why", "agreed")
        codes = ("write refused", "limit changed")
        told = [event for event in self.events(plant) if event["code"] in codes]
        self.assertEqual([(e["code"], e["comment"]) for e in told],
                         [("write refused", "too warm"), ("limit changed", "agreed")])
        self.assertEqual([e["peer"] for e in told], ["Olga at 127.0.0.1", "Emil at 127.0.0.1"])
        text = plant.ctl("journal")
        self.assertIn("T1.high.limit: limit 90 refused: it takes engineer or instructor, by Olga at", text)
        self.assertNotIn("more like it", text)

    def test_name_holds_for_its_connection_until_another_is_said(self):
        plant = self.serve()
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            for name, allowed in (("Emil", True), ("Olga", False), ("", False), ("emil", True)):
                data = name.encode()
                said = struct.pack(">H", len(data)) + data + b"\0" * (len(data) % 2)
                group = struct.pack(">BHHH", 6, 831, 0, len(said) // 2) + said
                self.assertEqual(ask(master, bytes([21, len(group)]) + group)[0], 21)
                answer = ask(master, struct.pack(">BHH", 6, 1002, 90))
                self.assertEqual(answer[0] == 0x86 and answer[1] == 1, not allowed, (name, answer))

    def test_command_record_does_not_speak_for_who_commanded_before(self):
        plant = self.serve()
        alone = [struct.pack(">BHH", 6, RECORD + word, value) for word, value in ((0, 0), (1, 2), (2, 60), (4, 4))]
        operator = struct.pack(">BHH", 6, RECORD + 3, 1)
        whole = struct.pack(">BHHB5H", 16, RECORD, 5, 10, 0, 2, 60, 1, 3)
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            for command in ([whole], [operator, *alone]):
                for pdu in command:
                    self.assertLess(ask(master, pdu)[0], 0x80, pdu.hex())
                self.assertEqual(ask(master, struct.pack(">BHH", 3, RECORD + 3, 2)), bytes([3, 4, 0, 0, 0, 0]))
                for pdu in alone:
                    self.assertEqual(ask(master, pdu), bytes([0x86, 1]), pdu.hex())
        told = support.eventually(
            lambda: [event for event in self.events(plant) if event["code"] in ("alarm shelved", "alarm unshelved")][1:],
            "both are told")
        self.assertEqual({event["peer"] for event in told}, {"Olga at 127.0.0.1"})

    def test_refused_word_of_a_command_record_is_told_by_the_right_that_it_lacks(self):
        plant = self.serve()
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            for count, (word, value, takes) in enumerate(((0, 7, "operator, "), (0, 0, "operator, "), (1, 65535, "operator, "),
                                                          (4, 0, "operator, "), (4, 1, "operator, "), (4, 7, ""))):
                self.assertEqual(ask(master, struct.pack(">BHH", 6, RECORD + word, value)), bytes([0x86, 1]))
                told = support.eventually(
                    lambda: [line for line in plant.ctl("journal").splitlines() if "refused" in line][count:], "it is told")
                self.assertIn(f" refused: it takes {takes}maintenance, engineer or instructor", told[0], (word, value))

    def test_no_function_gets_round_a_role(self):
        """What Olga may write and what she may not, in one request: nothing of it is done."""
        self.file.write_text(PEOPLE.replace("    tables:", OWN_POINTS + "    tables:"))
        plant = self.serve()
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            say(master, "Olga")
            reads = [struct.pack(">BHH", 3, first, count) for first, count in ((500, 1), (502, 1), (1000, 4), (20000, 1))]
            before = [ask(master, read) for read in reads]
            for pdu in (
                    struct.pack(">BHH", 6, 502, 1),  # a register that shares bits with what Mia may write
                    struct.pack(">BHHH", 22, 502, 0, 1),
                    struct.pack(">BHHBH", 16, 500, 1, 2, 90),  # a limit by another address
                    struct.pack(">BHHHHBH", 23, 20000, 1, 500, 1, 2, 90),
                    struct.pack(">BHHBB", 15, 500, 8, 1, 255),  # coils that are bits of it
                    struct.pack(">BHH", 5, 501, 0xFF00),
                    struct.pack(">BHHBHHHH", 16, 1000, 4, 8, 0, 0, 0, 0)):
                answer = ask(master, pdu)
                self.assertEqual(answer, bytes([pdu[0] | 0x80, 1]), pdu.hex())
            self.assertEqual(before, [ask(master, read) for read in reads])
            group = struct.pack(">BHHHH", 6, 831, 0, 1, 0) + struct.pack(">BHHHH", 6, 900, 0, 1, 0)
            answer = ask(master, bytes([21, len(group)]) + group, 247)  # a name, and a part of a plant beside it
            self.assertEqual(answer, bytes([0x95, 1]))
        told = support.eventually(lambda: [event for event in self.events(plant) if event["code"] == "write refused"], "the refusals")
        self.assertEqual({event["peer"] for event in told}, {"Olga at 127.0.0.1"})

    def test_what_is_written_to_all_units_is_refused_by_role_and_counted(self):
        self.file.write_text(PEOPLE + "server: {broadcast: true}\n")
        plant = self.serve()
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            say(master, "Otto")
            pdu = struct.pack(">BHH", 6, 20000, 7)
            master.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, 0) + pdu)
            self.assertEqual(ask(master, struct.pack(">BHH", 3, 20000, 1)), bytes([3, 2, 0, 0]))
        self.assertIn("mbplant_modbus_writes_refused_total 1\n", plant.ask_bytes("/metrics")[1].decode())


class Notes(unittest.TestCase):
    def test_flood_of_notes_is_told_to_wait_and_holds_up_nobody_else(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder) / "line.yaml"
            file.write_text("mbplant: 1\nunits: [{id: 1, machines: [{name: M1}]}]\n")
            with Web(file) as plant:
                answers = {name: self.flood(plant, name, 40) for name in ("Anna", "Bert")}
        for name, taken in answers.items():
            self.assertGreaterEqual(taken, 10, name)
            self.assertLess(taken, 40, name)

    def flood(self, plant, name, count):
        """How many of so many notes at once are taken."""
        def file(number, data):
            group = struct.pack(">BHHH", 6, number, 0, len(data) // 2) + data
            return bytes([21, len(group)]) + group

        def text(words):
            data = words.encode()
            return struct.pack(">H", len(data)) + data + b"\0" * (len(data) % 2)
        taken = 0
        with socket.create_connection(("127.0.0.1", plant.port), timeout=60) as master:
            self.assertEqual(ask(master, file(831, text(name)))[0], 21)
            self.assertEqual(ask(master, file(830, text("seen")))[0], 21)
            for _ in range(count):
                answer = ask(master, file(832, struct.pack(">HHH", 1, 0xFFFF, 0xFFFF)))
                self.assertIn(answer[:2], (bytes([21, 13]), b"\x95\x06"))
                taken += answer[0] == 21
        return taken


class Tokens(unittest.TestCase):
    OLGA, EMIL, ANY = "o" * 32, "e" * 32, "a" * 32

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "people.yaml"
        self.file.write_text(PEOPLE + "http: {token_file: tokens}\n")
        self.tokens = self.folder / "tokens"
        self.write(f"Olga:{self.OLGA}\nemil:{self.EMIL}\n{self.ANY}\n".encode())

    def write(self, data, mode=0o600):
        self.tokens.unlink(missing_ok=True)
        with open(os.open(self.tokens, os.O_CREAT | os.O_WRONLY, mode), "wb") as file:
            file.write(data)

    def test_token_says_who_it_is_and_nobody_else_speaks_with_it(self):
        plant = self.enterContext(Web(self.file))

        def limits(token, **body):
            status, answer, _ = plant.ask("/api/v1/sensors/T1/limits", {"high": 90, **body}, Authorization=f"Bearer {token}")
            return status, answer.get("detail", "")
        self.assertEqual(limits(self.OLGA), (403, "Olga is operator; it takes engineer or instructor to change alarm limits"))
        self.assertEqual(limits(self.OLGA, **{"as": "Emil"}), (403, "this token is Olga's: nobody else speaks with it"))
        self.assertEqual(limits(self.ANY)[0], 403)
        self.assertEqual(limits("x" * 32)[0], 401)
        self.assertEqual(limits(self.EMIL, **{"as": "EMIL"})[0], 200)
        self.assertEqual(limits(self.ANY, **{"as": "Ines"})[0], 200)
        told = support.eventually(
            lambda: [e["peer"] for e in plant.get("/events?code=limit_changed")], "the change is told")
        self.assertEqual(told[0], "Emil at 127.0.0.1")

    def test_token_does_nothing_for_another_operator_by_a_command_record(self):
        plant = self.enterContext(Web(self.file))
        deeds = {"acknowledge": 1, "bypass": 7}

        def command(token, deed, operator):
            status, answer, _ = plant.ask("/api/v1/registers", {
                "unit": 1, "table": "holding_registers", "at": RECORD, "values": [0, 65535, 0, operator, deeds[deed]]},
                Authorization=f"Bearer {token}")
            return status, answer.get("detail", "")
        self.assertEqual(command(self.OLGA, "bypass", 5), (403, "Olga is operator; it takes maintenance, engineer or instructor to bypass interlocks"))
        self.assertEqual(command(self.OLGA, "acknowledge", 5), (403, "this token is Olga's: nobody else speaks with it"))
        self.assertEqual(command(self.OLGA, "acknowledge", 1)[0], 200)
        self.assertEqual(command(self.OLGA, "acknowledge", 0)[0], 200)
        self.assertEqual(command(self.ANY, "acknowledge", 5)[0], 200)

    def test_wrong_token_files_get_one_clear_line(self):
        for data, said in ((b"", "there is no token"), (b"\n", "line 1: it must be NAME:TOKEN"),
                           (bytes(range(256)), "line 1: it must be NAME:TOKEN"), (b"x" * 1000000, "is longer than"),
                           (b"Olgo:" + b"t" * 32, "line 1: the plant has no operator of the name before ':'; did you mean 'Olga'?"),
                           (b"Olga:" + b"t" * 32 + b"\nEmil:" + b"t" * 32, "line 2: this token stands in another line"),
                           (b"Olga:", "line 1: it must be"), (b"Olga:a b", "line 1: it must be"),
                           (b"Olga:" + b"t" * 513, "line 1: it must be"),
                           (b"Olga\0Emil:" + b"t" * 32, "line 1: the plant has no operator")):
            self.write(data)
            self.refused(said)
        self.write(b"Olga:" + b"t" * 32, 0o640)
        self.refused("is not for its owner alone: chmod 600 it")

    def refused(self, said):
        result = support.run(support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "127.0.0.1:0", "-d", self.folder / "data",
                             self.file)
        self.assertEqual(result.returncode, 1)
        self.assertIn(said, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertNotIn("ttt", result.stderr)


class Files(unittest.TestCase):
    def test_mistakes_in_the_list_are_told_where_they_stand(self):
        for people, said in (("[]", "'operators' is empty"),
                             ("[{name: Olga, role: operator}, {name: OLGA, role: engineer}]", "there is an operator 'Olga' already"),
                             ("[{name: Olga, role: operater}]", "observer, operator, maintenance, engineer, instructor"),
                             ("[{name: 'a:b', role: operator}]", "without ':'"),
                             ("[{name: '', role: operator}]", "1 to 31 bytes"), ("[{name: Olga}]", "role"),
                             (f"[{{name: {'x' * 32}, role: operator}}]", "at most 31 bytes")):
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                file.write(f"mbplant: 1\noperators: {people}\nunits: [{{id: 1}}]\n")
                file.flush()
                result = support.run(support.MBPLANTD, "--check", file.name)
                self.assertEqual(result.returncode, 2, people)
                self.assertIn(said, result.stderr)

    def test_rule_that_names_nobody_names_the_nearest(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("mbplant: 1\noperators: [{name: Olga, role: operator}]\n"
                       "server: {access: [{from: 127.0.0.1, allow: all, as: Olge}]}\nunits: [{id: 1}]\n")
            file.flush()
            self.assertIn("there is no operator 'Olge' in 'operators'; did you mean 'Olga'?",
                          support.run(support.MBPLANTD, "--check", file.name).stderr)


def say(sock, name):
    """Who it is from now on."""
    data = name.encode()
    said = struct.pack(">H", len(data)) + data + b"\0" * (len(data) % 2)
    group = struct.pack(">BHHH", 6, 831, 0, len(said) // 2) + said
    assert ask(sock, bytes([21, len(group)]) + group)[0] == 21


def ask(sock, pdu, unit=1):
    """The PDU that answers one."""
    sock.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, unit) + pdu)
    head = sock.recv(7, socket.MSG_WAITALL)
    return sock.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL)


if __name__ == "__main__":
    main()
