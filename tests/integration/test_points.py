"""Points of the user's own with values of their own: by name for every verb, over a restart and over an edit."""
import json
import pathlib
import signal
import socket
import struct
import tempfile
import unittest

import support
import test_web

FILE = """mbplant: 1
name: Points
instructor: true
units:
  - id: 1
    blocks: {default: none, summary: 30000, events: 31000}
    points:
      - {at: holding 100, name: MODE, value: 17}
      - {at: discrete 0, tag: RUN}
      - {at: coil 7, name: RUN, value: false}
      - {at: holding 102, name: BIG, value: 1, type: uint64}
      - {at: holding 110, name: SERIAL, value: Github, type: string(3), order: BADC}
      - {at: holding 120, name: TRIES, value: 3, retain: false}
      - {at: holding 150, name: NOTE, value: none, type: string(2), retain: false}
      - {at: holding 121, value: 7}
      - {at: holding 122, name: KEY, value: 0, access: write}
      - {at: holding 130, bit: 2, name: B2, value: true}
      - {at: holding 130, byte: high, name: PART, value: 65}
      - {at: input 200, name: RATIO, expr: "100 / (MODE - 40)", type: float32, no_value: 0x7FC00000}
      - {at: input 202, expr: "RATIO * 2", type: float32}
      - {at: holding 140, name: LOW, value: 1, accept: "LOW < HIGH"}
      - {at: holding 141, name: HIGH, value: 9, accept: "LOW < HIGH"}
    logic: ["RUN := MODE > 20"]
"""

ALIASES = """mbplant: 1
units:
  - id: 1
    blocks: none
    points:
      - {at: coil 100, name: "C{n}", value: false, count: 20}
      - {at: coil 0, same_as: coil 100, count: 20}
      - {at: holding 200, name: "H{n}", value: 0, count: 4}
      - {at: holding 20, same_as: holding 200, count: 4}
      - {at: coil 32, same_as: holding 200, count: 40}
      - {at: holding 300, name: FIXED, value: 7, access: read}
      - {at: holding 30, same_as: holding 300}
      - {at: input 40, same_as: holding 200, count: 4}
"""

TWO_UNITS = """mbplant: 1
name: Two
units:
  - id: 1
    sensors:
      - {name: TA, range: [0, 100], unit: degC, limits: {high: 80}, signal: {base: 90}, register: {at: 0, type: float32}}
  - id: 2
    blocks: none
    machines:
      - name: M1
        interlocks: [{name: LOW, when: "T1 < 5"}]
        alarms: [{name: AL1, when: "T1 > 90"}]
        sensors:
          - {name: T1, range: [0, 100], limits: {high: 80}, trip: [high], signal: {base: 85}, register: {at: 0, type: float32}}
          - {name: T3, range: [0, 100], limits: {high: 80}, signal: {base: 85}}
        actuators: [{name: V1, kind: valve}]
        controllers: [{name: L1, input: T1, output: V1, setpoint: 60, gain: 0.01}]
    sensors:
      - {name: T9, range: [0, 100], limits: {high: 80}, signal: {base: 85}}
    points:
      - {at: discrete 0, tag: T1.high}
"""

NAMES = """mbplant: 1
name: Names
units:
  - id: 1
    machines:
      - name: M1
        sensors: [{name: T1, range: [0, 150], limits: {high: 80}, signal: {base: 60}, register: {at: 0}}]
        actuators: [{name: V1, kind: valve}]
        controllers: [{name: LC1, input: T1, output: V1, setpoint: 60, gain: 0.01}]
    points:
      - {at: holding 100, tag: T1.high}
      - {at: holding 101, tag: T1.high.limit}
      - {at: holding 102, tag: T1.high.state}
      - {at: holding 103, tag: T1.high.since, type: uint32}
      - at: holding 105
        name: SAME
        expr: >-
          SEL(T1.high, 0, 1) + SEL(T1.high.limit = 50, 0, 2) + SEL(T1.high.state = 1, 0, 4)
          + SEL(T1.high.since > 0, 0, 8) + SEL(M1.running AND M1.state = 0 AND M1.alarms = 1 AND NOT M1.trip_active, 0, 16)
"""

NO_BLOCKS = """mbplant: 1
name: Without
units:
  - id: 1
    blocks: none
    machines:
      - name: M1
        sensors: [{name: T1, range: [0, 150], limits: {high: 50}, trip: [high], signal: {base: 60}, register: {at: 0}}]
    actuators:
      - {name: V1, kind: valve, range: [0, 100], initial: 40, register: {at: 1, scale: 1}}
      - {name: P1, kind: pump, on_off: true, initial: on, register: {at: coil 0}}
    points:
      - {at: coil 8, tag: T1.reset}
      - {at: coil 9, tag: M1.en_service}
      - {at: input 0, tag: M1.state}
"""

MAPPED = """mbplant: 1
name: Mapped
units:
  - id: 1
    sensors:
      - {name: T1, label: Inlet, range: [-40, 150], limits: {low: 10, high: 80}, signal: {base: 60}, register: {at: 0, type: uint16, offset: -40}}
    actuators: [{name: V1, label: Valve, kind: valve}]
    tables:
      holding_registers: [{at: 900, values: [9], min: 5, max: 6000}]
      files: [{number: 4, count: 10}]
      fifos: [{at: 7, values: [1, 2]}]
"""


class Points(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-points-test-")))
        self.file = self.folder / "points.yaml"
        self.file.write_text(FILE, encoding="utf-8")

    def begin(self):
        return self.enterContext(support.Plant(self.file, data=self.folder / "data"))

    def value(self, plant, name):
        return json.loads(plant.ctl("read", name, "--format", "json"))[0]["value"]

    def scans(self, plant):
        return int(plant.ctl("read", "input:8:uint32", "--unit", "247").split(":")[-1].split()[0])

    def check(self, text, *lines):
        """What is wrong in a plant of one unit with these points."""
        self.file.write_text("mbplant: 1\nunits:\n  - id: 1\n    points:\n" + text, encoding="utf-8")
        result = support.run(support.MBPLANTD, "--check", self.file)
        told = [line.removeprefix(f"{self.file}:") for line in result.stderr.splitlines()]
        self.maxDiff = None
        self.assertEqual(told, list(lines))

    def test_what_is_the_same_as_other_addresses_is_written_at_either(self):
        self.file.write_text(ALIASES, encoding="utf-8")
        plant = self.begin()

        def ask(request):
            pdu = bytes.fromhex(request)
            with socket.create_connection(("127.0.0.1", plant.port), support.PATIENCE_S) as client:
                client.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, 1) + pdu)
                head = client.recv(7)
                return client.recv(struct.unpack(">H", head[4:6])[0] - 1).hex()

        self.assertEqual(ask("0f 0003 000c 02 a509"), "0f0003000c")  # 12 coils from 3 on
        self.assertEqual(ask("01 0064 0014"), "0103284d00")  # where they stand: 100..119
        self.assertEqual(ask("0f 002a 0018 03 ffff81"), "0f002a0018")  # bits 10..33 of three registers
        self.assertEqual(ask("03 00c8 0003"), ask("03 0014 0003"))
        self.assertEqual(ask("03 00c8 0001"), "0302fc00")
        self.assertEqual(ask("04 0028 0003")[4:], ask("03 00c8 0003")[4:])
        self.assertEqual(ask("10 0014 0002 04 12345678"), "1000140002")
        self.assertEqual(ask("03 00c8 0002"), "030412345678")
        self.assertEqual(ask("05 0020 ff00"), "050020ff00")  # bit 0 of the first
        self.assertEqual(ask("03 00c8 0001"), "03021235")
        self.assertEqual(ask("06 001e 0001"), "8602")  # the same as one that is only read
        self.assertEqual(ask("0f 0012 0004 01 0f"), "8f02")  # two of the four are not there
        self.assertEqual(ask("01 0076 0002"), "010100")

    def test_what_is_read_at_addresses_that_are_the_same_as_its_own_was_read(self):
        for other, read in (("holding 20, same_as: holding 0", ("-t", "4", "-r", "20")),
                            ("coil 16, count: 16, same_as: holding 0", ("-t", "0", "-r", "16"))):
            with self.subTest(other=other):
                self.file.write_text("mbplant: 1\nunits:\n  - id: 1\n    blocks: none\n    points:\n      - {at: holding 0, name: X, value: 7}\n"
                                     "      - {at: holding 1, name: L, value: 0}\n      - {at: holding 2, name: Y, value: 0}\n"
                                     f"      - {{at: {other}}}\n"
                                     "    logic:\n      - 'L := SEL(X.read, L, INT#1)'\n", encoding="utf-8")
                with support.Plant(self.file) as plant:
                    plant.ctl("write", "Y", "1")  # scans were done, and nobody has read X
                    self.assertEqual(self.value(plant, "L"), 0)
                    support.run("mbpoll", "-m", "tcp", "-p", str(plant.port), "-a", "1", "-0", "-1", "-c", "1", *read, "127.0.0.1")
                    support.eventually(lambda: self.value(plant, "L") == 1, "it is seen")

    def test_what_was_written_before_a_restart_stands_at_all_its_addresses_behind_it(self):
        self.file.write_text("instructor: true\n" + ALIASES, encoding="utf-8")
        plant = support.Plant(self.file, "--paused", data=self.folder / "data")
        self.addCleanup(plant._clean_up)
        for end in (plant.stop, plant.kill):
            plant.start()
            plant.ctl("write", "H1", "21")
            plant.ctl("write", "C1", "on")
            end()
            plant.start()
            self.assertIn("HR 20 = 40021: 21 ", plant.ctl("read", "hr:20"))
            self.assertIn("coil 34 = 00035: on", plant.ctl("read", "coil:34"))  # bit 2 of H1
            self.assertIn("coil 0 = 00001: on", plant.ctl("read", "coil:0"))
            end()
            (self.folder / "data").rename(self.folder / end.__name__)

    def test_named_points_are_read_and_written_by_name_in_any_case(self):
        plant = self.begin()
        self.assertIn("MODE = 33  (HR 100 = 40101, int16, raw 33)", plant.ctl("write", "mode", "33"))
        support.eventually(lambda: self.value(plant, "run") in (1, True), "logic follows the point")
        self.assertEqual(self.value(plant, "MODE"), 33)
        plant.ctl("write", "BIG", "18446744073709551615")
        self.assertIn("BIG = 18446744073709551615", plant.ctl("read", "BIG"))
        status = plant.ctl("status")
        self.assertRegex(status, r"\nBIG +1 +18446744073709551615\n")
        self.assertNotIn("KEY", status)
        journal = support.eventually(lambda: (text := plant.ctl("journal")) and "MODE written" in text and text,
                                     "the write is told")
        self.assertRegex(journal, r"MODE written 17 -> 33 by 127\.0\.0\.1")

    def test_part_of_a_register_is_written_alone(self):
        plant = self.begin()
        plant.ctl("write", "B2", "off")
        plant.ctl("write", "PART", "66")
        support.eventually(lambda: "0x4200" in plant.ctl("read", "hr:130"), "both parts stand in the register")
        self.assertIn("B2 = off", plant.ctl("read", "b2"))

    def test_write_only_point_is_written_and_not_read(self):
        plant = self.begin()
        self.assertIn("KEY = 5", plant.ctl("write", "KEY", "5"))
        result = plant.ctl("read", "KEY", check=False)
        self.assertEqual((result.returncode, result.stderr),
                         (1, "mbplantctl: KEY is only written: its slave lets nobody read it\n"))

    def test_values_outlive_a_stop_and_a_kill_but_for_those_that_are_not_retained(self):
        for end in ("stop", "kill"):
            with self.subTest(end=end):
                plant = support.Plant(self.file, data=self.folder / end)
                self.addCleanup(plant._clean_up)
                plant.start()
                for name, value in (("MODE", end == "stop" and "21" or "22"), ("BIG", "1311768467463790321"),
                                    ("SERIAL", "xyz"), ("TRIES", "9"), ("NOTE", "abcd"), ("hr:121", "40")):
                    plant.ctl("write", name, value)
                getattr(plant, end)()
                plant.start()
                self.assertEqual(self.value(plant, "MODE"), 21 if end == "stop" else 22)
                self.assertEqual(self.value(plant, "BIG"), 1311768467463790321)
                self.assertEqual(self.value(plant, "SERIAL"), "xyz")
                self.assertEqual((self.value(plant, "TRIES"), self.value(plant, "NOTE")), (3, "none"))
                self.assertIn("40 ", plant.ctl("read", "hr:121"))
                plant.stop()

    def test_values_follow_their_names_over_an_edit_unless_the_file_gives_another(self):
        plant = self.begin()
        for name, value in (("MODE", "21"), ("BIG", "5"), ("SERIAL", "xyz")):
            plant.ctl("write", name, value)
        self.file.write_text(FILE.replace("holding 100", "holding 90").replace("BIG, value: 1,", "BIG, value: 2,"),
                             encoding="utf-8")
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "HR 90" in plant.ctl("read", "MODE", check=False).stdout, "the point has moved")
        self.assertEqual([self.value(plant, name) for name in ("MODE", "BIG", "SERIAL")], [21, 2, "xyz"])

    def test_scenario_writes_a_point_and_waits_for_what_logic_makes_of_it(self):
        scenario = self.folder / "exam.yaml"
        scenario.write_text("mbplant_scenario: 1\nname: E\nduration: 10s\ntimeline:\n"
                            "  - {at: 1s, write: {point: mode, value: 30}}\n"
                            "  - {at: 2s, write: {point: B2, value: 0}}\n"
                            "  - {when: 'RUN AND MODE = 30 AND NOT B2 AND PART = 65', note: there}\n", encoding="utf-8")
        result = support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", self.file)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("note     there\n", result.stdout)

    def test_request_is_accepted_by_what_all_of_it_would_leave(self):
        plant = self.begin()
        refused = plant.ctl("write", "LOW", "10", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("refused with exception 04: the plant file accepts it only while LOW < HIGH", refused.stderr)
        self.assertEqual(self.value(plant, "LOW"), 1)
        plant.ctl("write", "hr:140", "10", "12")
        self.assertEqual([self.value(plant, name) for name in ("LOW", "HIGH")], [10, 12])
        self.assertEqual(plant.ctl("write", "hr:140", "12", "12", check=False).returncode, 1)
        self.assertEqual([self.value(plant, name) for name in ("LOW", "HIGH")], [10, 12])

    def test_request_that_writes_a_tag_twice_is_judged_by_what_it_writes_last(self):
        self.file.write_text(FILE.replace("    logic:", "      - {at: holding 142, tag: LOW}\n    logic:"), encoding="utf-8")
        plant = self.begin()
        self.assertEqual(plant.ctl("write", "hr:140", "1", "9", "20", check=False).returncode, 1)
        self.assertEqual([self.value(plant, name) for name in ("LOW", "HIGH")], [1, 9])
        plant.ctl("write", "hr:140", "20", "9", "5")
        support.eventually(lambda: self.value(plant, "LOW") == 5, "the last value counts")

    def test_expression_with_a_fault_shows_no_value_and_says_why(self):
        plant = self.begin()
        plant.ctl("write", "MODE", "40")
        told = support.eventually(lambda: (text := plant.ctl("read", "RATIO")) and "bad quality" in text and text,
                                  "the fault is told")
        self.assertIn("RATIO = -", told)
        self.assertIn("  bad quality: RATIO expression fault: division by zero at character 5\n", told)
        status = support.eventually(lambda: (text := plant.ctl("status")) and text.count("bad quality") == 2 and text,
                                    "status says why, of both")
        self.assertIn("\nbad quality: RATIO expression fault: division by zero at character 5\n", status)
        support.eventually(lambda: "30203 of unit 1 expression fault: something that it reads has no value" in plant.ctl("journal"),
                           "what reads it has none either")
        plant.ctl("write", "MODE", "60")
        support.eventually(lambda: plant.ctl("read", "ratio").startswith("RATIO = 5  "), "it has a value again")
        support.eventually(lambda: "bad quality" not in plant.ctl("read", "RATIO"), "the journal says so")
        self.assertNotIn("bad quality", plant.ctl("status"))
        refused = plant.ctl("write", "RATIO", "3", check=False)
        self.assertEqual(refused.returncode, 2)

    def test_one_name_of_a_thing_in_points_expressions_verbs_and_scenarios_in_any_case(self):
        self.file.write_text(NAMES, encoding="utf-8")
        plant = self.begin()
        self.assertIn("T1.high = 0  (HR 100 = 40101, ", plant.ctl("read", "t1.HIGH"))
        self.assertIn("T1.high.limit = 80", plant.ctl("read", "T1.high.LIMIT"))
        self.assertIn("T1.high.limit = 50", plant.ctl("write", "T1.High.Limit", "50"))
        support.eventually(lambda: "T1.high = 1" in plant.ctl("read", "T1.high"), "the alarm is raised")
        words = support.eventually(lambda: (text := plant.ctl("read", "hr:100-104")) and "HR 100 = 40101: 1 " in text
                                   and text, "points show it")
        self.assertIn("HR 101 = 40102: 50 ", words)
        self.assertIn("HR 102 = 40103: 1 ", words)  # unacknowledged
        self.assertNotIn("HR 103 = 40104: 0 ", words)
        self.assertIn("SAME = 31", plant.ctl("read", "same"))
        self.assertIn("T1.high.limit = 90", plant.ctl("write", "T1.high", "90"))
        self.assertIn("M1.en_service = on", plant.ctl("read", "m1.EN_SERVICE"))
        self.assertIn("LC1.setpoint = 30", plant.ctl("write", "lc1.setpoint", "30"))

    def test_name_of_a_thing_that_stands_in_words_of_others(self):
        self.file.write_text(NAMES[:NAMES.index("    points:")], encoding="utf-8")
        with test_web.Web(self.file) as web:
            plant = web
            self.assertIn("T1.high.state = 0  (IR 10000 = 310001, uint16, raw 0)", plant.ctl("read", "t1.HIGH.state"))
            plant.ctl("write", "T1.high.limit", "50")
            support.eventually(lambda: "T1.high.state = 1 " in plant.ctl("read", "T1.high.state"), "it is raised")
            since = json.loads(plant.ctl("read", "T1.high.since", "--format", "json"))[0]
            self.assertEqual((since["point"], since["value"]), ("T1.high.since", self.value(plant, "T1.alarm_since")))
            self.assertEqual(self.value(plant, "T1.low.state"), 0)
            self.assertEqual(web.get("/points/t1.high.state")["value"], 1)
            self.assertEqual(web.get("/points/T1.high.since")["value"], since["value"])

    def test_unit_without_blocks_tells_what_it_has_and_which_point_is_missing(self):
        self.file.write_text(NO_BLOCKS, encoding="utf-8")
        plant = self.begin()
        self.assertRegex(plant.ctl("status"), r"\nV1 +valve +40 % +-\nP1 +pump +on +-\n")
        self.assertEqual(plant.ctl("alarms"), "no alarms that an address shows\nno address shows the alarms of 1 sensor; a point "
                                              "does: points: [{at: input 0, tag: T1.high.state}]\n")
        status = json.loads(plant.ctl("status", "--format", "json"))
        self.assertEqual({status[key] for key in ("scans", "late_scans", "simulated_s", "events", "alarms_active",
                                                  "alarms_unacknowledged", "journal_trouble")}, {None})
        self.assertIn("V1 = 30 %", plant.ctl("write", "V1.command", "30"))
        self.assertIn("V1 = 30 %", plant.ctl("read", "v1.COMMAND"))
        gives = "stands at no address of its unit; a point of the plant file gives it one: points: [{at: "
        for verb, missing in ((("shelve", "T1"), f"T1.shelved {gives}coil 0, tag: T1.shelved"),
                              (("shelve", "T1", "--once"), f"T1.shelving {gives}holding 0, tag: T1.shelving"),
                              (("ack", "T1"), f"T1.acknowledge {gives}coil 0, tag: T1.acknowledge"),
                              (("reset", "T1"), None),
                              (("machine", "M1", "maintenance"), f"M1.maintenance {gives}coil 0, tag: M1.maintenance"),
                              (("write", "T1.high", "5"), "T1.high stands at no address of its unit's map; a point of the "
                               "plant file gives it one: points: [{at: discrete 0, tag: T1.high"),
                              (("read", "t1.high.LIMIT"), "T1.high.limit stands at no address of its unit's map; a point "
                               "of the plant file gives it one: points: [{at: holding 0, tag: T1.high.limit")):
            with self.subTest(verb=verb):
                result = plant.ctl(*verb, check=False)
                self.assertEqual(result.returncode == 0, missing is None, result.stderr)
                self.assertIn(missing or "", result.stderr)
        self.assertIn("T1: alarms of 1 sensor reset", plant.ctl("reset", "T1"))
        refused = plant.ctl("machine", "M1", "en_service", check=False)
        self.assertIn("M1 stays en_panne: it was refused", refused.stderr)

    def test_verbs_say_what_no_address_shows_and_serve_the_rest(self):
        self.file.write_text(TWO_UNITS, encoding="utf-8")
        plant = self.begin()
        gives = " stands at no address of its unit; a point of the plant file gives it one: points: [{at: "
        of_map = " stands at no address of its unit's map; a point of the plant file gives it one: points: [{at: "
        plant.ctl("wait", "TA.high")
        alarms = "no address shows the alarms of 3 sensors; a point does: points: [{at: input 0, tag: T3.high.state}]\n"
        state = f"M1.state{gives}input 0, tag: M1.state"
        for verb, stdout, stderr in (
                (("ack", "all"), "TA: alarms of 1 sensor acknowledged\n", f"T1.acknowledge{gives}coil 0, tag: T1.acknowledge}}]\n"
                                                                          "mbplantctl: the same of 3 more sensors\n"),
                (("reset", "all"), "", f"T1.reset{gives}coil 0, tag: T1.reset"),
                (("ack", "M1"), "", "mbplantctl: the same of 2 more sensors\n"),
                (("unshelve", "all"), "Two: alarms of 0 sensors no longer shelved\n", f"T1.shelved{gives}coil 0, tag: T1.shelved"),
                (("in-service", "all"), "", f"T1.out_of_service{gives}coil 0, tag: T1.out_of_service"),
                (("alarms", "T9"), "", "no address shows the alarms of T9; a point does: points: [{at: input 0, tag: T9.high.state}]"),
                (("alarms", "AL1"), "", "no address shows the alarms of AL1; a point does: points: [{at: input 0, tag: AL1.state}]"),
                (("force", "T3", "5"), "", f"T3{of_map}"),
                (("release", "T3"), "", f"T3{of_map}"),
                (("force", "V1", "5"), "", f"V1{of_map}"),
                (("release", "M1"), "M1: 0 sensors released\n", f"T1.forced{gives}coil 0, tag: T1.forced"),
                (("bypass", "M1.LOW"), "", f"M1.LOW.bypass{gives}holding 0, tag: M1.LOW.bypass"),
                (("bypass", "T1.high"), "", "blocks: {default: none, alarm_command: 60000}"),
                (("bypass", "NOPE"), "", "Two has no interlock 'NOPE'; mbplantctl interlocks lists them"),
                (("wait", "M1", "en_panne"), "", state),
                (("wait", "M1", "!=", "en_panne"), "", state)):
            with self.subTest(verb=verb):
                result = plant.ctl(*verb, check=False)
                self.assertNotEqual(result.returncode, 0, result.stdout)
                self.assertIn(stdout, result.stdout)
                self.assertIn(stderr, result.stderr)
        status = plant.ctl("status")
        self.assertRegex(status, r"\nM1 +2 +- +- +- +- +- +-")
        self.assertRegex(status, r"\nL1 +- +T1 +- +- +- +V1\n")
        self.assertIn(alarms, status)
        self.assertEqual([json.loads(plant.ctl("status", "--format", "json"))["machines"][0][key]
                          for key in ("alarms", "good", "reject")], [None] * 3)
        listed = plant.ctl("alarms", "--all")
        self.assertRegex(listed, r"\nT1 +M1 +High value +85.00 +- +high +medium +active +-\n")
        self.assertNotIn("AL1", listed)
        self.assertTrue(listed.endswith(alarms), listed)
        self.assertIn("no address shows whether alarms of 4 sensors are hidden", plant.ctl("alarms", "--hidden"))
        self.assertIn("no address shows the bypass of 2 interlocks; a point does: points: [{at: input 0, tag: T1.high.bypass}]",
                      plant.ctl("bypass"))
        interlocks = plant.ctl("interlocks")
        self.assertRegex(interlocks, r"\nT1.high +M1 +trip +acting")
        self.assertRegex(interlocks, r"\nM1.LOW +M1 +trip +- ")
        self.assertIn("no address shows the state of 1 interlock; a point does", interlocks)
        listed = json.loads(plant.ctl("interlocks", "--format", "json"))
        self.assertEqual([(row["interlock"], row["state"], row["bypass_left"]) for row in listed],
                         [("T1.high", "acting", None), ("M1.LOW", None, None)])
        self.assertIn("M1.LOW,M1,trip,,,,", plant.ctl("interlocks", "--format", "csv"))
        report = json.loads(plant.ctl("report", "--format", "json"))
        self.assertEqual((report["summary"]["by_state"]["en_service"], report["machines"][0]["state"]), (0, None))
        self.assertEqual((report["controllers"][0]["mode"], report["controllers"][0]["setpoint"]), (None, None))
        counts = ("alarms", "good", "reject", "running_s", "down_s", "maintenance_s", "failures", "maintenance_due")
        self.assertEqual([machine[count] for machine in report["machines"] for count in counts if machine["name"] == "M1"],
                         [None] * len(counts))
        plant.ctl("journal", "--save", self.folder / "dump")
        saved = json.loads(plant.ctl("report", "--load", self.folder / "dump", "--format", "json"))
        self.assertEqual((saved["machines"][0]["state"], saved["machines"][0]["good"], saved["controllers"][0]["mode"]), (None,) * 3)
        table = plant.ctl("report", "--format", "csv")
        self.assertNotIn("manual", table)
        for count, unit in (("alarms", ""), ("good", ""), ("running", "s"), ("failures", ""), ("maintenance due", "")):
            self.assertIn(f"machine,M1,{count},,{unit}\n", table)
        text = plant.ctl("report")
        self.assertRegex(text, r"\nM1 +2( +-){4} +T1 High value")
        self.assertRegex(text, r"\nM1( +-){6}\n")
        self.assertNotIn("\nProduction  ", text)
        self.assertEqual(report["summary"]["production"], {"good": None, "reject": None})

    def test_summary_is_that_of_the_unit_that_has_one(self):
        sensor = "sensors: [{{name: {}, range: [0, 100], register: {{at: 0, type: float32}}}}]"
        self.file.write_text("mbplant: 1\nunits:\n" f"  - id: 1\n    blocks: none\n    {sensor.format('TA')}\n"
                             f"  - id: 2\n    {sensor.format('TB')}\n", encoding="utf-8")
        plant = self.begin()
        support.eventually(lambda: json.loads(plant.ctl("status", "--format", "json"))["scans"] > 0, "scans")
        self.assertGreater(json.loads(plant.ctl("report", "--format", "json"))["summary"]["scan"]["done"], 0)

    def test_release_all_lets_go_where_a_coil_is_and_says_where_none_is(self):
        self.file.write_text(TWO_UNITS, encoding="utf-8")
        plant = self.begin()
        plant.ctl("force", "T1", "5")
        plant.ctl("force", "TA", "5")
        result = plant.ctl("release", "all", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "Two: 1 sensor released\n")
        self.assertIn("T1.forced stands at no address of its unit", result.stderr)
        self.assertEqual((self.value(plant, "TA"), self.value(plant, "T1")), (90, 5))

    def test_release_all_of_an_instructor_lets_go_what_has_no_coil(self):
        self.file.write_text(TWO_UNITS.replace("name: Two\n", "name: Two\ninstructor: true\n"), encoding="utf-8")
        plant = self.begin()
        for whom in ("M1", "all"):
            plant.ctl("force", "T1", "5")
            self.assertIn("\n  and 1 of which no address shows whether it was forced\n", plant.ctl("release", whom))
            self.assertEqual(self.value(plant, "T1"), 85)

    def test_release_right_after_a_force_comes_after_it_where_no_unit_has_a_summary(self):
        self.file.write_text("mbplant: 1\nscan: 500ms\ninstructor: true\nunits:\n  - id: 1\n    blocks: none\n"
                             "    sensors: [{name: S3, range: [0, 10], register: {at: 6, type: float32}, signal: {base: 3}}]\n",
                             encoding="utf-8")
        plant = self.begin()
        for whom in ("S3", "all"):
            plant.ctl("force", "S3", "6")
            plant.ctl("release", whom)
            self.assertEqual(self.value(plant, "S3"), 3)

    def test_release_of_many_that_have_no_coil_waits_for_one_scan(self):
        sensors = "".join(f"      - {{name: S{i}, range: [0, 10], register: {{at: {2 * i}, type: float32}}, signal: {{base: 3}}}}\n"
                          for i in range(8))
        self.file.write_text("mbplant: 1\nscan: 500ms\ninstructor: true\nunits:\n  - id: 1\n    blocks: none\n    sensors:\n"
                             + sensors, encoding="utf-8")
        plant = self.begin()
        for i in range(7):
            plant.ctl("--no-wait", "force", f"S{i}", "6")
        plant.ctl("force", "S7", "6")
        before = self.scans(plant)
        self.assertIn("\n  and 8 of which no address shows whether it was forced\n", plant.ctl("release", "all"))
        self.assertLess(self.scans(plant) - before, 8)
        self.assertEqual([self.value(plant, f"S{i}") for i in range(8)], [3] * 8)

    def test_state_of_an_alarm_and_flag_of_a_machine_are_read_where_points_show_them(self):
        self.file.write_text(TWO_UNITS + "      - {at: input 10, tag: T1.high.state}\n      - {at: discrete 9, tag: M1.en_panne, access: read}\n",
                             encoding="utf-8")
        plant = self.begin()
        self.assertIn("M1 = en_panne", plant.ctl("wait", "M1", "en_panne", "--within", "5s"))
        self.assertIn("M1 = en_panne", plant.ctl("machine", "M1"))
        self.assertNotIn("production", plant.ctl("machine", "M1"))
        self.assertRegex(plant.ctl("alarms"), r"\nT1 +M1 +High value +85.00 +- +high +medium +active, unacknowledged ")
        late = plant.ctl("wait", "M1", "maintenance", "--within", "1s", check=False)
        self.assertIn("M1.state stands at no address of its unit", late.stderr)

    def test_text_with_line_ends_is_printed_so_that_it_says_the_same_again(self):
        plant = self.folder / "lines.yaml"
        plant.write_text('mbplant: 1\nunits:\n  - id: 1\n    blocks: none\n    points:\n'
                         '      - {at: input 0, name: X, expr: "3 // three\\n + 4", type: int16}\n'
                         '      - at: input 1\n        name: Y\n        type: int16\n        expr: |\n          5 // five\n          + 7\n'
                         '      - {at: holding 2, name: Z, type: string(8), value: "a\\n\\tb\\r\\x01c\\\\"}\n')
        printed = support.run(support.MBPLANTD, "--print-config", plant).stdout
        self.assertNotIn("\r", printed)
        again = self.folder / "again.yaml"
        again.write_text(printed)
        self.assertEqual(support.run(support.MBPLANTD, "--print-config", again).stdout, printed)
        self.assertIn('value: "a\\n\\x09b\\r\\x01c\\\\"', printed)
        with support.Plant(again) as served:
            self.assertEqual([self.value(served, name) for name in ("X", "Y")], [7, 12])

    def test_name_is_what_has_all_of_a_value_where_others_show_a_part(self):
        plant = self.folder / "beside.yaml"
        plant.write_text("mbplant: 1\nunits:\n  - id: 1\n    blocks: none\n    sensors:\n"
                         "      - {name: T1, range: [0, 100], signal: {base: 42.5}, register: {at: input 500, type: float32}}\n"
                         "      - {name: T3, range: [0, 1000], signal: {base: 420}, register: {at: input 502, type: int16}}\n"
                         "    points:\n      - {at: coil 5, tag: T1, access: read}\n      - {at: holding 8, tag: T3, type: uint8, byte: low, access: read}\n")
        with support.Plant(plant) as served:
            self.assertIn("42.5", served.ctl("read", "T1"))
            self.assertIn("420", served.ctl("read", "T3"))

    def test_state_that_no_point_shows_is_not_made_up(self):
        self.file.write_text(NO_BLOCKS.replace("      - {at: input 0, tag: M1.state}\n", "")
                             .replace("tag: M1.en_service}", "tag: M1.en_service, access: write}"), encoding="utf-8")
        plant = self.begin()
        status = plant.ctl("status")
        self.assertIn("1 machine, 1 sensor; no unit shows the plant's summary (blocks: {summary: 30000})", status)
        self.assertRegex(status, r"\nM1 +1 +- ")
        self.assertIsNone(json.loads(plant.ctl("status", "--format", "json"))["machines"][0]["state"])
        self.assertIn("M1: asked for en_service; no point of its unit shows its state", plant.ctl("machine", "M1", "en_service"))
        self.assertIn("M1.state stands at no address of its unit; a point of the plant file gives it one",
                      plant.ctl("machine", "M1", check=False).stderr)

    def test_scenarios_and_http_have_the_same_names(self):
        self.file.write_text(NAMES, encoding="utf-8")
        scenario = self.folder / "names.yaml"
        scenario.write_text("mbplant_scenario: 1\nname: N\nduration: 5s\ntimeline:\n"
                            "  - {at: 1s, write: {point: t1.high.limit, value: 40}}\n"
                            "  - {at: 2s, write: {point: T1.HIGH, value: 35}}\n"
                            "  - {at: 2s, write: {point: lc1.automatic, value: 0}}\n"
                            "  - {at: 3s, write: {point: v1.COMMAND, value: 45}}\n"
                            "  - {at: 3s, write: {point: hr 0x0, value: 61}}\n"
                            "  - {when: 'T1.high AND T1.high.limit = 35 AND V1.command = 45 AND T1 = 61', note: there}\n",
                            encoding="utf-8")
        result = support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", self.file)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("note     there\n", result.stdout)
        with test_web.Web(self.file) as web:
            self.assertIs(web.get("/points/t1.high")["value"], False)
            self.assertEqual(web.get("/points/T1.high.limit")["value"], 80)
            self.assertEqual(web.post("/points/t1.HIGH.limit", {"value": 70})["name"], "T1.high.limit")
            web.post("/points/LC1.automatic", {"value": False})
            self.assertEqual(web.post("/points/v1.Command", {"value": 20})["name"], "V1")
            self.assertIn("V1 = 25.0 %", web.ctl("write", "V1.command", "25"))

    def test_text_of_a_sensor_in_input_registers_is_shown(self):
        self.file.write_text("mbplant: 1\nname: Text\nunits:\n  - id: 1\n    sensors:\n"
                             "      - {name: SER, signal: {text: AB12}, register: {at: input 100, type: string(4)}}\n"
                             "      - {name: LOT, signal: {text: xyz}, register: {type: string(2)}}\n", encoding="utf-8")
        plant = self.begin()
        status = plant.ctl("status")
        self.assertRegex(status, r"\nSER +AB12\n")
        self.assertRegex(status, r"\nLOT +xyz\n")
        self.assertIn("SER = AB12  (IR 100..103 = 30101..30104", plant.ctl("read", "ser"))

    def test_map_for_programs_has_labels_ranges_limits_in_use_files_and_queues(self):
        self.file.write_text(MAPPED, encoding="utf-8")
        plant = self.begin()
        plant.ctl("write", "T1.high", "70")
        rows = json.loads(plant.ctl("map", "--format", "json"))
        of = {row["point"]: row for row in rows}
        wanted = {"T1": {"label": "Inlet", "offset": -40, "range_low": -40, "range_high": 150, "low": 10, "high": 70,
                         "high_high": None},
                  "T1.high.limit": {"range_low": -40, "range_high": 150, "high": None},
                  "V1": {"label": "Valve", "range_low": 0, "range_high": 100},
                  "holding_registers 900": {"range_low": 5, "range_high": 6000},
                  "file 4": {"table": "files", "address": 4, "type": "uint16, 10 of them", "access": "read, write"},
                  "fifo 7": {"table": "fifos", "address": 7, "type": "uint16, 2 of them", "access": "read", "mbpoll": ""}}
        for name, members in wanted.items():
            with self.subTest(name=name):
                self.assertEqual({key: of[name][key] for key in members}, members)
        csv = plant.ctl("map", "files", "--format", "csv").splitlines()
        self.assertEqual(len(csv), 2)
        self.assertTrue(csv[0].endswith(",mbpoll,label,offset,range_low,range_high,low_low,low,high,high_high"))
        self.assertNotIn("LABEL", plant.ctl("map"))
        offline = support.run(support.MBPLANTCTL, "-p", 1, "--plant", self.file, "map", "T1", "--format", "json").stdout
        self.assertEqual([row["high"] for row in json.loads(offline) if row["point"] == "T1"], [80])

    def test_mistakes_are_told_at_their_places(self):
        self.check("      - {at: holding 0}\n"
                   "      - {at: holding 1, value: 70000}\n"
                   "      - {at: coil 1, value: 2}\n"
                   "      - {at: holding 2, tag: X, name: Y}\n"
                   "      - {at: input 0, value: 1, access: write}\n"
                   "      - {at: holding 3, value: 1, same_as: holding 0}\n",
                   "5:9: a point needs 'tag', what it shows, 'bits', what its bits show, 'value', what it holds by "
                   "itself, 'expr', what gives it, or 'same_as', another address",
                   "6:32: 'value' is 70000; int16 holds numbers -32768..32767",
                   "7:29: 'value' is 2; a bit is true or false",
                   "8:30: there is no 'X' in the plant; 'tag' names a machine, sensor, actuator or controller, or what "
                   "belongs to one, as in TT101.high",
                   "8:39: 'name' is for a point with a 'value' or an 'expr' of its own",
                   "9:41: no master writes in the table 'input_registers'",
                   "10:32: 'value' stands in the place of what else it shows; keep one")

    def test_expressions_of_points_are_checked(self):
        self.check("      - {at: holding 0, name: A, expr: \"B + 1\"}\n"
                   "      - {at: holding 1, name: B, expr: \"A + 1\"}\n",
                   "5:40: A depends on itself; a point with a 'value' that logic sets may lie between")
        self.check("      - {at: holding 0, expr: \"T#5s\"}\n"
                   "      - {at: holding 1, name: C, value: 1, accept: \"TON(C > 1, T#1s)\"}\n"
                   "      - {at: holding 2, value: 1, access: read, accept: \"TRUE\"}\n"
                   "      - {at: holding 3, expr: \"C + X\"}\n"
                   "      - {at: holding 4, expr: C, access: read_write}\n",
                   "5:31: it gives a TIME; a point takes a number or a BOOL",
                   "6:52: 'accept' is asked when a request comes, between scans: a function that remembers has no place "
                   "in it",
                   "7:57: no master writes this point; remove 'accept'",
                   "8:36: there is no value named X; did you mean C?",
                   "9:42: holding 4 cannot be written: it is only shown")

    def test_names_and_what_is_the_same_are_checked(self):
        self.check("      - {at: holding 0, name: MODE, value: 1}\n"
                   "      - {at: holding 1, name: mode, value: 1}\n"
                   "      - {at: coil 0, same_as: holding 9, count: 16}\n",
                   "6:31: the name 'mode' is taken by the point in line 5; names are unique in the plant, whatever "
                   "their case")
        self.check("      - {at: holding 0, name: MODE, value: 1}\n"
                   "      - {at: coil 0, same_as: holding 0, count: 17}\n"
                   "      - {at: coil 100, same_as: coil 0}\n"
                   "      - {at: holding 5, same_as: coil 0}\n",
                   "6:31: holding 1 is at no address of the unit; 'same_as' takes addresses that stand by themselves",
                   "7:33: coil 0 is the same as another itself; 'same_as' takes addresses that stand by themselves",
                   "8:34: coil 0 is the same as another itself; 'same_as' takes addresses that stand by themselves")



class TwoPosition(unittest.TestCase):
    def test_controller_that_switches_shows_no_settings_of_a_pid(self):
        with support.Plant("two_position.yaml") as plant:
            names = [point["point"] for point in json.loads(plant.ctl("map", "LC1", "--format", "json"))]
            self.assertEqual([name for name in names if name.split(".")[1] in ("setpoint", "manual", "gain", "integral", "derivative", "output_low", "output_high")],
                             ["LC1.setpoint", "LC1.manual"])
            wrong = plant.ctl("read", "LC1.gain", check=False)
            self.assertEqual(wrong.returncode, 2, wrong.stderr)
            self.assertEqual(json.loads(plant.ctl("read", "LC1.setpoint", "--format", "json"))[0]["value"], 50)
            config = support.run(support.MBPLANTD, "--print-config", plant.file, check=True).stdout
            self.assertNotRegex(config, r"(?m)^ +(gain|integral|derivative|output_range):")


if __name__ == "__main__":
    support.main()
