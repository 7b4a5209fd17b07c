"""What is said with a write, and by whom: --why and --as, Modbus files, HTTP; kept with the event whatever happens."""
import csv
import io
import json
import pathlib
import re
import socket
import sqlite3
import struct
import tempfile
import unittest

import outside
import support
from test_web import Web

LINE = """mbplant: 1
name: Line
scan: 20ms
units:
  - id: 1
    name: PLC
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, range: [0, 150], max: 85, inject: hold, signal: {base: 20}}
    tables:
      holding_registers: [{at: 20000, values: [0]}]
    points:
      - {at: holding 300, name: MODE, value: 0}
      - {at: coil 300, name: KEY, value: 0}
    parameters: {UA: 4}
    actuators: [{name: V1}, {name: P1, on_off: true}]
    controllers: [{name: C1, input: T1, output: V1, setpoint: 20, gain: 1}]
  - id: 2
    name: Bare
    answer: {functions: [3, 6, 16]}
    blocks: none
    tables:
      holding_registers: [{at: 0, values: [0]}]
instructor: true
"""
WHY = "Pompe réparée, voir 12/7 🔧"
COMMENT, WHO = 830, 831


def said(text):
    """Words of a file that says this."""
    data = text.encode()
    return struct.pack(">H", len(data)) + data + b"\0" * (len(data) % 2)


def group(file, record, data):
    return struct.pack(">BHHH", 6, file, record, len(data) // 2) + data


class Comments(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE)
        self.plant = self.enterContext(Web(self.file, "--verbose"))

    def events(self, *words):
        return [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl", *words).splitlines()]

    def commented(self):
        """{(code, sensor or machine): (comment, peer)} of all events that bear one."""
        return {(event["code"], event["sensor"] or event["machine"]): (event["comment"], event["peer"])
                for event in self.events() if event["comment"]}

    def await_commented(self, count):
        return support.eventually(lambda: len(self.commented()) >= count and self.commented(), f"{count} are durable")

    # ---- mbplantctl ----

    def test_every_kind_of_command_bears_what_was_said_with_it_and_only_that(self):
        commands = (("force", "T1", "90"), ("release", "T1"), ("write", "T1.high", "95"), ("shelve", "T1"),
                    ("machine", "M1", "maintenance"), ("write", "hr:20000", "7"), ("sim", "snapshot"),
                    ("write", "MODE", "3"), ("write", "KEY", "1"), ("write", "P1", "1"), ("write", "C1.setpoint", "30"),
                    ("write", "C1.automatic", "0"), ("write", "V1", "7"), ("force", "ir:100", "1"),
                    ("release", "ir:100"), ("sim", "parameter", "UA", "5"), ("suppress", "T1"), ("unsuppress", "T1"))
        for n, command in enumerate(commands):
            self.plant.ctl(*command, "--why", f"why {n}", "--as", "Anna")
        self.plant.ctl("unshelve", "T1")
        said = {f"why {n}" for n in range(len(commands))}
        # one command may make several events
        support.eventually(lambda: {event["comment"] for event in self.events()} >= said, "all are durable")
        found = self.commented()
        self.assertEqual({event["comment"] for event in self.events()} - {""}, said)
        self.assertEqual({peer for _, peer in found.values()}, {"Anna at 127.0.0.1"})
        self.assertEqual(found["value forced", "T1"][0], "why 0")
        self.assertEqual(found["machine state", "M1"][0], "why 4")
        plain = [event for event in self.events() if event["code"] == "alarm unshelved"]
        self.assertEqual([(event["comment"], event["peer"]) for event in plain], [("", "127.0.0.1")])

    def test_plant_that_is_put_and_writes_that_are_refused_bear_it_too(self):
        self.plant.ctl("sensor", "set", "T1", "max", "80", "--why", "new limit")
        self.assertEqual(self.plant.ctl("write", "hr:20001", "1", "--why", "a try", check=False).returncode, 1)
        found = self.await_commented(2)
        self.assertEqual(found["plant changed", ""][0], "new limit")
        self.assertEqual([comment for (code, _), (comment, _) in found.items() if code == "write refused"], ["a try"])

    def test_all_outputs_show_it(self):
        self.plant.ctl("force", "T1", "90", "--why", WHY)
        self.await_commented(1)
        self.assertRegex(self.plant.ctl("journal"), rf"T1 forced.* # {WHY}\n")
        rows = list(csv.DictReader(io.StringIO(self.plant.ctl("journal", "--format", "csv"))))
        self.assertEqual([row["comment"] for row in rows if row["code"] == "value forced"], [WHY])
        web = [event for event in self.plant.get("/events") if event["code"] == "value forced"]
        self.assertEqual([event["comment"] for event in web], [WHY])
        self.assertIsNotNone(self.plant.out.wait_for(re.compile(f"# {WHY}")))

    def test_formula_and_markup_are_a_text_in_every_output(self):
        evil = "=HYPERLINK(\"http://x\")|<script>alert(1)</script>`&amp;"
        self.plant.ctl("force", "T1", "90", "--why", evil, "--as", "=Anna")
        self.plant.ctl("note", evil)
        self.plant.ctl("work", "open", "M1", evil)
        self.plant.ctl("shelve", "T1", "--why", evil)
        self.await_commented(4)
        for words in (["journal"], ["work", "list"], ["alarms", "--hidden"]):
            for row in csv.reader(io.StringIO(self.plant.ctl(*words, "--format", "csv"))):
                for cell in row:
                    self.assertNotRegex(cell, r"^[=+@]|^-[^0-9]", words)
        for path in ("/events?format=csv", "/work?format=csv"):
            text = self.plant.ask_bytes("/api/v1" + path)[1].decode()
            self.assertIn("HYPERLINK", text)
            for row in csv.reader(io.StringIO(text)):
                self.assertEqual([cell for cell in row if cell[:1] in ("=", "+", "@")], [], path)
        for words in (["work", "list"], ["report"]):
            self.assertNotIn("<script>", self.plant.ctl(*words, "--format", "markdown").replace("\\<script", ""), words)
        self.assertNotIn("<script>alert", self.plant.ctl("report", "--format", "html"))

    def test_long_texts_and_control_characters_have_one_clear_answer_wherever_they_come_in(self):
        for long in ("x" * 1025, "x" * 65536):
            for words in (("force", "T1", "90", "--why", long), ("note", long), ("work", "open", "M1", long),
                          ("journal", "--note", long)):
                result = self.plant.ctl(*words, check=False)
                self.assertEqual((result.returncode, result.stdout), (2, ""), words[0])
                self.assertIn(f"1 to 1024 bytes, and has {len(long)}", result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1)
        bodies = {"/events": "note", "/work": "what"}
        for text in ("x" * 1025, "x" * 60000, "a\x1b[31mb", "a\u202eb", "a\x00b", "a\nb"):
            for path, key in bodies.items():
                status, answer, _ = self.plant.ask("/api/v1" + path, {key: text, **({"machine": "M1"} if key == "what" else {})})
                self.assertIn(status, (400, 422), (path, text[:8]))
                self.assertRegex(answer["detail"], f"'{key}'|has a NUL")
        self.assertEqual(self.commented(), {})

    def test_text_that_is_none_is_one_error_with_its_place_and_nothing_is_written(self):
        for words, what in ((("--why", "a\x07b"), "--why: byte 2 begins a control character, U+0007"),
                            (("--why", "x" * 1025), "--why: it must have 1 to 1024 bytes, and has 1025"),
                            (("--why", ""), "--why: it must have 1 to 1024 bytes, and has 0"),
                            (("--as", "x" * 32), "--as: it must have 1 to 31 bytes, and has 32"),
                            (("--as", "a\u202eb"), "--as: byte 2 begins a control character, U+202E")):
            with self.subTest(words=words):
                result = self.plant.ctl("force", "T1", "90", *words, check=False)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (2, "", f"mbplantctl: {what}\n"))
        self.assertNotIn("forced", self.plant.ctl("journal"))

    def test_unit_that_takes_none_says_so_and_nothing_is_written(self):
        result = self.plant.ctl("write", "hr:0", "7", "--why", "x", unit=2, check=False)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("unit 2 does not take what --why and --as say (exception 01", result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertEqual(self.plant.ctl("read", "hr:0", "--raw", unit=2).split()[-1], "0x0000")

    # ---- what it outlives ----

    def assert_all_is_there(self, wanted):
        self.assertEqual({key: value for key, value in self.commented().items() if key in wanted}, wanted)
        result = self.plant.ctl("journal", "--verify", check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_it_outlives_stop_kill_reload_and_a_dump(self):
        self.plant.ctl("force", "T1", "90", "--why", WHY, "--as", "Anna")
        self.plant.ctl("write", "T1.high", "95", "--why", "x" * 1024)
        wanted = self.await_commented(2)
        self.plant.stop()
        self.plant.start()
        self.assert_all_is_there(wanted)
        self.plant.ctl("machine", "M1", "maintenance", "--why", "last word")
        self.plant.kill()
        self.plant.start()
        self.assertEqual(self.await_commented(3)["machine state", "M1"][0], "last word")
        self.plant.ctl("sensor", "set", "T1", "label", "Kettle")
        self.assert_all_is_there(wanted)
        dump = self.folder / "dump"
        self.plant.ctl("journal", "--save", dump)
        self.assertIn(WHY, self.plant.ctl("journal", "--load", dump))
        self.assertEqual(self.plant.ctl("journal", "--verify", "--load", dump, check=False).returncode, 0)
        dump.write_text(dump.read_text().replace("last word", "lost word"))
        self.assertEqual(self.plant.ctl("journal", "--verify", "--load", dump, check=False).returncode, 1)

    def test_one_that_was_changed_on_disk_is_found(self):
        self.plant.ctl("force", "T1", "90", "--why", "before")
        self.await_commented(1)
        for change in ("UPDATE comment SET text = 'after'", "DELETE FROM comment"):
            self.plant.stop()
            with sqlite3.connect(self.plant.data / "journal.db") as database:
                database.execute(change)
            database.close()
            self.plant.start()
            result = self.plant.ctl("journal", "--verify", check=False)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("event 3 is the first of them that was changed", result.stderr)

    # ---- other masters ----

    def test_master_that_nobody_here_wrote_says_and_reads_comments(self):
        client = outside.Client(self.plant.port)
        self.addCleanup(client.close)

        def ask(function, data):
            answer = client.plain(function, bytes([len(data)]) + data, 1)
            self.assertFalse(answer.isError(), answer)

        ask(21, group(WHO, 0, said("Bob")))
        ask(21, group(COMMENT, 0, said(WHY)))
        client.write_register(20000, 5, slave=1)
        ask(21, group(COMMENT, 0, said("")))
        client.write_register(20000, 6, slave=1)
        written = support.eventually(
            lambda: (lambda all: len(all) == 2 and all)([e for e in self.events() if e["code"] == "point written"]), "both")
        self.assertEqual([(event["comment"], event["peer"]) for event in written],
                         [(WHY, "Bob at 127.0.0.1"), ("", "Bob at 127.0.0.1")])
        seq = written[0]["seq"]
        with socket.create_connection(("127.0.0.1", self.plant.port)) as raw:
            request = (struct.pack(">BHHH", 6, 1000 + seq // 500, seq % 500 * 20, 1)
                       + struct.pack(">BHHH", 6, COMMENT, 0, 30))
            raw.sendall(struct.pack(">HHHBBB", 1, 0, 3 + len(request), 1, 20, len(request)) + request)
            answer = raw.recv(300)
        self.assertEqual(answer[7], 20)
        length = struct.unpack(">H", answer[15:17])[0]
        self.assertEqual(answer[17:17 + length].decode(), WHY)

    def test_check_values_in_json_are_those_that_are_stored_wherever_it_is_asked(self):
        for number in range(4):
            self.plant.ctl("write", "MODE", number + 1, "--why", WHY + str(number))
        self.await_commented(1)
        support.eventually(lambda: len([event for event in self.events() if event["comment"]]) == 4, "all four are durable")
        shown = {event["seq"]: event["check"] for event in self.events()}
        of_http = {event["seq"]: event["check"] for event in self.plant.get("/events?limit=1000")}
        part = [(event["seq"], event["check"]) for event in self.events("--last", "2")]  # behind others with comments
        chosen = {event["seq"]: event["check"] for event in self.events("--code", "point written", "--last", "1")}
        dump = self.folder / "part"
        self.plant.ctl("journal", "--save", dump, "--since", part[0][0])
        saved = {event["seq"]: event["check"] for line in dump.read_text().splitlines() if "seq" in (event := json.loads(line))}
        followed = support.run("timeout", "3", support.MBPLANTCTL, "-p", self.plant.port, "journal", "--follow", "--format", "jsonl", "--since", part[0][0])
        follows = {event["seq"]: event["check"] for event in map(json.loads, followed.stdout.splitlines())}
        self.plant.stop()
        with sqlite3.connect(self.plant.data / "journal.db") as database:
            stored = dict(database.execute('SELECT seq, "check" FROM event'))
        database.close()
        self.assertEqual(shown, {seq: stored[seq] for seq in shown})
        self.assertEqual(of_http, {seq: stored[seq] for seq in of_http})
        self.assertGreaterEqual(len(of_http), len(shown) - 1)
        self.assertEqual([seq for seq, _ in part], sorted(shown)[-2:])
        for some in (dict(part), chosen, saved, follows):
            self.assertEqual(some, {seq: stored[seq] for seq in some})
            self.assertTrue(some)

    def test_http_commands_take_why_and_as(self):
        self.plant.post("/sensors/T1/force", {"value": 90, "why": WHY, "as": "Web desk"})
        self.plant.post("/machines/M1/state", {"state": "maintenance", "why": "by HTTP"})
        found = self.await_commented(2)
        self.assertEqual(found["value forced", "T1"], (WHY, "Web desk at 127.0.0.1"))
        self.assertEqual(found["machine state", "M1"], ("by HTTP", "127.0.0.1"))
        for body in ({"value": 90, "why": "a\nb"}, {"value": 90, "why": ""}, {"value": 90, "as": "x" * 32}):
            answer = self.plant.post("/sensors/T1/force", body, 422)
            self.assertRegex(answer["detail"], "^'(why|as)': ")
        self.plant.post("/sensors/T1/force", {"value": 90, "why": 5}, 400)


if __name__ == "__main__":
    support.main()
