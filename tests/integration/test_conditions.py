"""Alarms that are not a sensor's limit: of an expression, and of a contact. They live as those of limits do, over a
restart, an edit and a snapshot; and masters find them by name."""
import json
import pathlib
import re
import signal
import tempfile
import unittest
import urllib.request

import outside
import support

FILE = """mbplant: 1
name: Dry run
scan: 20ms
instructor: true
units:
  - id: 1
    machines:
      - name: PUMP
        actuators: [{name: P1, kind: pump, on_off: true, initial: on}]
        sensors:
          - {name: FT1, kind: flow, unit: m3/h, range: [0, 100], signal: {expr: "SEL(P1, 0, 50)"}}
        alarms:
          - {name: DRY, message: Pump runs dry, when: "P1 AND FT1 < 20", delay: 100ms, priority: high, latch: true,
             trip: true, suppress: [maintenance]}
          - {name: RATIO, when: "1 / FT1 > 0.4"}
    sensors:
      - {name: ES, label: Emergency stop, register: {type: bool}, alarm: false, priority: critical}
    points:
      - {at: discrete 100, tag: DRY}
      - {at: input 200, tag: DRY.state}
      - {at: discrete 101, tag: ES.condition_alarm}
      - {at: discrete 102, name: BOTH, expr: "DRY AND NOT ES.condition"}
"""


class Conditions(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-conditions-test-")))
        self.file = self.folder / "dry.yaml"
        self.file.write_text(FILE, encoding="utf-8")

    def begin(self, *options):
        return self.enterContext(support.Plant(self.file, *options, data=self.folder / "data"))

    def alarms(self, plant):
        rows = json.loads(plant.ctl("alarms", "--format", "json"))
        return {row["sensor"]: row["state"] for row in rows}

    def await_alarm(self, plant, sensor, state):
        support.eventually(lambda: self.alarms(plant).get(sensor) == state, f"{sensor} is {state}")

    def journal(self, plant):
        return plant.ctl("journal")

    def check(self, text, *lines):
        self.file.write_text("mbplant: 1\nunits:\n  - id: 1\n" + text, encoding="utf-8")
        result = support.run(support.MBPLANTD, "--check", self.file)
        self.maxDiff = None
        self.assertEqual([line.removeprefix(f"{self.file}:") for line in result.stderr.splitlines()], list(lines))

    def test_alarm_of_an_expression_is_raised_trips_latches_and_is_reset(self):
        plant = self.begin()
        self.assertEqual(self.alarms(plant), {})
        plant.ctl("force", "FT1", "3")
        self.await_alarm(plant, "DRY", "active, unacknowledged")
        self.assertRegex(plant.ctl("machine", "PUMP"), r"PUMP = en_panne[^$]*tripped by +DRY")
        self.assertIn("DRY = on", plant.ctl("read", "DRY"))
        self.assertIn("DI 100 = 10101: on", plant.ctl("read", "di:100"))
        self.assertIn("IR 200 = 30201: 1", plant.ctl("read", "ir:200"))
        plant.ctl("release", "FT1")
        self.await_alarm(plant, "DRY", "latched, unacknowledged")
        self.assertEqual(plant.ctl("ack", "DRY"), "DRY: acknowledged\n")
        refused = plant.ctl("machine", "PUMP", "en_service", check=False)
        self.assertIn("DRY Pump runs dry: its trip is over, but latched", refused.stderr)
        self.assertEqual(plant.ctl("reset", "DRY"), "DRY: reset\n")
        plant.ctl("machine", "PUMP", "en_service")
        text = self.journal(plant)
        for line in ("DRY Pump runs dry\n", "PUMP en_service -> en_panne: DRY Pump runs dry\n",
                     "DRY Pump runs dry cleared\n", "DRY Pump runs dry acknowledged by 127.0.0.1\n",
                     "DRY Pump runs dry reset by 127.0.0.1\n"):
            self.assertIn(line, text)

    def test_alarm_of_a_contact_is_raised_in_its_state(self):
        plant = self.begin()
        plant.ctl("write", "ES", "0")
        self.await_alarm(plant, "ES", "active, unacknowledged")
        self.assertIn("DI 101 = 10102: on", plant.ctl("read", "di:101"))
        self.assertIn("ES Emergency stop", self.journal(plant))
        plant.ctl("ack", "ES")
        plant.ctl("release", "ES")
        support.eventually(lambda: self.alarms(plant) == {}, "it has returned")

    def test_loss_of_the_master_is_told_while_mbplantctl_looks_on(self):
        self.file.write_text("mbplant: 1\nscan: 20ms\nunits:\n  - id: 1\n    sensors: [{name: T1, register: {at: holding 0, type: int16}}]\n"
                             "    alarms: [{name: LOST, loss_of_master: 400ms}]\n", encoding="utf-8")
        plant = self.begin()
        master = outside.Client(plant.port)
        self.assertTrue(master.connect())
        self.addCleanup(master.close)

        def is_lost():
            return "LOST.condition = on" in plant.ctl("read", "LOST.condition")

        def is_back():
            master.read_holding_registers(0, 1, slave=1)
            return "LOST.condition = off" in plant.ctl("read", "LOST.condition")

        support.eventually(is_lost, "nobody but mbplantctl asks, ten times a second")
        support.eventually(is_back, "a master asks")
        support.eventually(is_lost, "nobody does again")

    def test_alarm_is_shelved_taken_out_of_service_and_suppressed_by_its_name(self):
        plant = self.begin()
        plant.ctl("shelve", "DRY")
        plant.ctl("force", "FT1", "3")
        support.eventually(lambda: "DRY.condition = on" in plant.ctl("read", "DRY.condition"), "it is there, unseen")
        self.assertIn("tripped by       DRY", plant.ctl("machine", "PUMP"))  # an alarm is shelved, not what protects the machine
        self.assertEqual(self.alarms(plant), {"DRY": "shelved"})
        plant.ctl("suppress", "DRY")
        plant.ctl("unshelve", "DRY")
        self.assertEqual(self.alarms(plant), {"DRY": "out of service"})
        plant.ctl("machine", "PUMP", "maintenance")
        plant.ctl("unsuppress", "DRY")
        self.assertEqual(self.alarms(plant), {"DRY": "out of service"}, "by maintenance")
        self.assertIn("DRY alarm suppressed: condition\n", self.journal(plant))
        plant.ctl("shelve", "PUMP", "--for", "10min")
        self.assertIn("DRY.shelving = 600", plant.ctl("read", "DRY.shelving"))
        self.assertIn("PUMP: alarms no longer shelved", plant.ctl("unshelve", "PUMP"))
        self.assertIn("PUMP is not shelved", plant.ctl("unshelve", "PUMP"))

    def test_alarms_of_a_machine_and_all_are_acknowledged_with_those_of_its_sensors(self):
        plant = self.begin()
        plant.ctl("force", "FT1", "3")
        plant.ctl("write", "ES", "0")
        self.await_alarm(plant, "DRY", "active, unacknowledged")
        self.assertIn("PUMP: alarms of 1 sensor acknowledged", plant.ctl("ack", "PUMP"))
        self.await_alarm(plant, "DRY", "active, acknowledged")
        self.assertIn("ES: alarms of 1 sensor acknowledged", plant.ctl("ack", "all"))
        self.assertIn("no alarm of PUMP waits", plant.ctl("ack", "PUMP"))

    def test_fault_of_the_expression_keeps_the_alarm_and_is_told(self):
        plant = self.begin()
        plant.ctl("force", "FT1", "2")
        self.await_alarm(plant, "RATIO", "active, unacknowledged")
        plant.ctl("force", "FT1", "0")
        support.eventually(lambda: "RATIO.bad_quality = on" in plant.ctl("read", "RATIO.bad_quality"), "its quality")
        self.assertIn("RATIO", self.alarms(plant))
        self.assertRegex(self.journal(plant), r"RATIO.*division by zero at character 3")

    def test_restart_and_kill_keep_what_it_is(self):
        plant = self.begin()
        for kills in (False, True):
            plant.ctl("force", "FT1", "3")
            self.await_alarm(plant, "DRY", "active, unacknowledged")
            plant.ctl("ack", "DRY")
            plant.ctl("shelve", "RATIO")
            plant.kill() if kills else plant.stop()
            plant.start()
            self.await_alarm(plant, "DRY", "active, acknowledged")
            self.assertIn("RATIO.shelved = on", plant.ctl("read", "RATIO.shelved"))
            self.assertIn("PUMP = en_panne", plant.ctl("machine", "PUMP"))
            plant.ctl("release", "FT1")
            plant.ctl("unshelve", "RATIO")
            self.await_alarm(plant, "DRY", "latched, acknowledged")
            plant.ctl("reset", "DRY")
            plant.ctl("machine", "PUMP", "en_service")

    def test_edit_keeps_it_by_its_name(self):
        plant = self.begin()
        plant.ctl("force", "FT1", "3")
        self.await_alarm(plant, "DRY", "active, unacknowledged")
        plant.ctl("ack", "DRY")
        self.file.write_text(FILE.replace('when: "P1 AND FT1 < 20"', 'when: "P1 AND FT1 < 25"').replace(
            "        sensors:\n", "        sensors:\n          - {name: NEW}\n", 1), encoding="utf-8")
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "plant changed" in self.journal(plant), "the plant is another")
        self.assertEqual(self.alarms(plant)["DRY"], "active, acknowledged")
        self.assertIn("tripped by       DRY", plant.ctl("machine", "PUMP"))
        self.assertRegex(self.journal(plant), r"DRY changed: alarms")

    def test_snapshot_takes_it_back(self):
        plant = self.begin()
        plant.ctl("force", "FT1", "3")
        self.await_alarm(plant, "DRY", "active, unacknowledged")
        plant.ctl("sim", "snapshot")
        plant.ctl("ack", "DRY")
        plant.ctl("sim", "restore")
        self.await_alarm(plant, "DRY", "active, unacknowledged")

    def test_page_has_it_among_the_alarms_alone(self):
        plant = self.begin("--http", "127.0.0.1:0")
        page = plant.out.wait_for(re.compile(r"^page +(http://\S+/)", re.M)).group(1)
        plant.ctl("force", "FT1", "3")
        self.await_alarm(plant, "DRY", "active, unacknowledged")
        get = lambda path: json.load(urllib.request.urlopen(f"{page}api/v1/{path}"))
        self.assertEqual([(a["name"], a["diagnosis"], a["machine"]) for a in get("alarms?state=unacknowledged")],
                         [("DRY", "Pump runs dry", "PUMP")])
        self.assertEqual([s["name"] for s in get("sensors")], ["FT1", "ES"])
        self.assertEqual(get("alarms/DRY")["state"], "unacknowledged")
        request = urllib.request.Request(f"{page}api/v1/alarms/DRY/ack", b"{}",
                                         {"Content-Type": "application/json"})
        self.assertEqual(json.load(urllib.request.urlopen(request))["alarms"][0]["state"], "acknowledged")

    def test_alarm_cannot_be_forced(self):
        plant = self.begin()
        result = plant.ctl("force", "DRY", "1", check=False)
        self.assertIn("DRY is an alarm, which its expression raises", result.stderr)

    def test_config_that_is_printed_means_the_same(self):
        first = support.run(support.MBPLANTD, "--print-config", self.file).stdout
        again = self.folder / "again.yaml"
        again.write_text(first, encoding="utf-8")
        self.assertEqual(support.run(support.MBPLANTD, "--print-config", again).stdout, first)
        self.assertIn('when: "P1 AND FT1 < 20"', first)

    def test_mistakes_are_told_with_their_place(self):
        self.check('    alarms:\n'
                   '      - {name: A, when: "B1 > 3"}\n'
                   '      - {name: C, when: "1 + 1"}\n'
                   '      - {name: D}\n'
                   '      - {name: E, when: "TRUE", trip: true}\n'
                   '      - {name: F, when: "TRUE", suppress: [en_panne]}\n'
                   '      - {name: F, when: "TRUE"}\n'
                   '      - {name: G, when: "TRUE", limit: 3}\n',
                   "5:26: there is no value named B1",
                   "6:26: this place needs BOOL, and '1 + 1' is a number",
                   '7:9: an alarm needs \'when\': an expression in quotes: "P1 AND FT1 < 1"; or one of deviation, frozen, mismatch, loss_of_master',
                   "8:39: 'trip' needs a machine to trip, and this alarm belongs to none; remove it",
                   "9:43: 'suppress' names states of a machine, and this alarm belongs to none; remove it",
                   "10:16: the name 'F' is taken by the alarm in line 9; names are unique in the plant",
                   "11:33: 'limit' is not a key of an alarm; its keys are name, message, when, deviation, frozen, "
                   "mismatch, loss_of_master, more_than, for, trip, delay, off_delay, latch, suppress, priority, re_alarm, chatter, cause, "
                   "consequence, action, repeat")
        self.check('    sensors:\n'
                   '      - {name: A, alarm: true}\n'
                   '      - {name: B, register: {type: bool}, alarm: true, trip: [high]}\n'
                   '      - {name: C, register: {type: "string(3)"}, alarm: true}\n'
                   '      - {name: S, signal: {inputs: [{from: D}]}}\n'
                   '    alarms:\n'
                   '      - {name: D, when: "E > 3"}\n',
                   "5:26: 'alarm' is a state of a bool sensor; a number has 'limits'",
                   "6:62: a bool sensor has one alarm that can trip: trip: [condition]",
                   "6:62: 'trip' needs a machine to trip, and this sensor belongs to none; remove it",
                   "7:57: 'alarm' is the state of a contact; a string sensor has none: remove it",
                   "8:44: 'D' is an alarm; an input takes in a sensor or an actuator",
                   "10:26: there is no value named E; did you mean A?")


TANK = """mbplant: 1
name: Tank
scan: 20ms
units:
  - id: 1
    machines:
      - name: TANK
        actuators: [{name: P1, kind: pump, on_off: true}]
        controllers: [{name: LC1, type: two_position, input: LEVEL, output: P1, low: 30, high: 70}]
        sensors:
          - {name: LEVEL, range: [0, 100], register: {type: uint16, scale: 0.1},
             signal: {base: -10, inputs: [{from: P1, gain: 20}], integrate: {gain: 1, initial: 50}}}
"""


class TwoPosition(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-conditions-test-")))
        self.file = self.folder / "tank.yaml"

    def run_for(self, text, duration, *expected):
        """A plant in a scenario of its own, as fast as it goes."""
        self.file.write_text(text, encoding="utf-8")
        scenario = self.folder / "run.yaml"
        scenario.write_text("mbplant_scenario: 1\nname: Run\nduration: " + duration + "\ntimeline:\n" +
                            "".join(f"  - {line}\n" for line in expected), encoding="utf-8")
        return support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", "-d", self.folder / "data",
                           self.file)

    def test_level_swings_between_its_ends(self):
        result = self.run_for(TANK, "30s", "{at: 0s, expect: {value: {sensor: LEVEL, between: [29, 71]}, for: 29s}}",
                              "{at: 1.5s, expect: {value: {sensor: LEVEL, between: [29, 31]}, within: 1s}}",
                              "{at: 5s, expect: {value: {sensor: LEVEL, between: [69, 71]}, within: 2s}}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_direct_one_switches_the_other_way_round(self):
        text = TANK.replace("high: 70", "high: 70, action: direct").replace("base: -10", "base: 10").replace(
            "gain: 20", "gain: -20")
        result = self.run_for(text, "30s", "{at: 0s, expect: {value: {sensor: LEVEL, between: [29, 71]}, for: 29s}}",
                              "{at: 1.5s, expect: {value: {sensor: LEVEL, between: [69, 71]}, within: 1s}}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_master_takes_it_to_manual_and_moves_its_setpoint(self):
        self.file.write_text(TANK, encoding="utf-8")
        plant = self.enterContext(support.Plant(self.file))
        refused = plant.ctl("write", "P1", "1", check=False)
        self.assertIn("LC1 in automatic moves it", refused.stderr)
        plant.ctl("write", "LC1.automatic", "0")
        plant.ctl("write", "P1", "1")
        support.eventually(lambda: "= 1 " in plant.ctl("read", "LC1.output"), "it follows")
        plant.ctl("write", "LC1.manual", "0")
        support.eventually(lambda: "P1 = off" in plant.ctl("read", "P1"), "manual moves it")
        plant.ctl("write", "LC1.setpoint", "75")
        plant.ctl("write", "LC1.automatic", "1")
        support.eventually(lambda: "P1 = on" in plant.ctl("read", "P1"), "it fills up to 95")

    def test_mistakes_are_told(self):
        cases = {"type: two_position, input: LEVEL, output: P1, low: 70, high: 30": "9:96: 'high' is not above 'low'",
                 "type: two_position, input: LEVEL, output: P1, low: 30":
                     "9:23: a two-position controller needs 'high': a number",
                 "type: two_position, input: LEVEL, output: P1, low: 30, high: 70, gain: 1":
                     "9:106: a two-position controller has no 'gain'; remove it",
                 "input: LEVEL, output: P1, low: 30, setpoint: 5, gain: 1":
                     "9:66: 'low' is of a two-position controller: write type: two_position, or remove it",
                 "type: two_position, input: LEVEL, output: P1, low: 30, high: 170":
                     "9:96: 'high' is 170, outside the range 0..100",
                 "input: LEVEL, output: P1, setpoint: 50, gain: 1":
                     "9:57: P1 is on/off; a controller needs an actuator that it can set in between, or type: "
                     "two_position, low: .., high: .. to switch it",
                 "input: LEVEL, output: P1, setpoint: 50": "9:23: a controller needs 'gain': a number 0..1000000"}
        for words, error in cases.items():
            self.file.write_text(TANK.replace("type: two_position, input: LEVEL, output: P1, low: 30, high: 70", words),
                                 encoding="utf-8")
            result = support.run(support.MBPLANTD, "--check", self.file)
            with self.subTest(words):
                self.assertIn(error, result.stderr)
        analogue = TANK.replace("on_off: true", "travel: 1s")
        self.file.write_text(analogue, encoding="utf-8")
        self.assertIn("P1 is not on/off; a two-position controller switches one that is",
                      support.run(support.MBPLANTD, "--check", self.file).stderr)


WALLBOX = """mbplant: 1
name: Wallbox
scan: 20ms
units:
  - id: 1
    actuators:
      - {name: RELEASE, kind: setpoint, unit: A, range: [0, 32], register: {at: 770, type: float32}, watchdog: 1s,
         on_loss: 6}
      - {name: K1, on_off: true, watchdog: 500ms, on_loss: zero}
      - {name: HELD, watchdog: 500ms}
    machines:
      - name: M
        actuators: [{name: FV, fail: {en_panne: 25, maintenance: last}, watchdog: 500ms, on_loss: fail}]
    points:
      - {at: holding 256, name: STATE, expr: "SEL(BEAT.lost, 2, 5)"}
      - {at: discrete 300, name: GONE, expr: "K1.lost"}
      - {at: holding 3328, name: BEAT, value: 0, watchdog: 1s}
      - {at: coil 3328, name: ALIVE, value: true, watchdog: 500ms, on_loss: zero}
    alarms: [{name: COMMS, message: Master is silent, when: "BEAT.lost"}]
"""


class Watchdog(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-conditions-test-")))
        self.file = self.folder / "wallbox.yaml"
        self.file.write_text(WALLBOX, encoding="utf-8")

    def begin(self):
        return self.enterContext(support.Plant(self.file, data=self.folder / "data"))

    def await_read(self, plant, name, value):
        support.eventually(lambda: f"{name} = {value} " in plant.ctl("read", name), f"{name} is {value}")

    def test_master_that_stops_writing_is_told_and_what_it_wrote_falls_back(self):
        plant = self.begin()
        for name, value in (("RELEASE", "16"), ("K1", "1"), ("HELD", "40"), ("FV", "80"), ("BEAT", "7")):
            plant.ctl("write", name, value)
        for name, value in (("RELEASE", "6 A"), ("K1", "off"), ("HELD", "40.0 %"), ("FV", "25.0 %"), ("ALIVE", "off"),
                            ("BEAT", "7"), ("STATE", "5"), ("GONE", "on")):
            self.await_read(plant, name, value)
        support.eventually(lambda: "Master is silent" in plant.ctl("alarms"), "an alarm of it")
        plant.ctl("write", "BEAT", "7")
        self.await_read(plant, "STATE", "2")
        text = plant.ctl("journal")
        for line in ("RELEASE master lost after 1 s", "RELEASE written 16 A -> 6 A\n", "BEAT master back"):
            self.assertIn(line.split(" after")[0], text)
        # once for each time that it was there: a slow machine may take longer than 500 ms to write it first
        self.assertEqual(text.count("HELD master lost"), text.count("HELD master back") + 1)

    def test_it_goes_on_over_a_restart_and_an_edit(self):
        plant = self.begin()
        plant.ctl("write", "K1", "1")
        self.await_read(plant, "GONE", "on")
        plant.stop()
        plant.start()
        self.await_read(plant, "GONE", "on")
        self.file.write_text(WALLBOX.replace("{name: HELD, watchdog: 500ms}", "{name: HELD}"), encoding="utf-8")
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "plant changed" in plant.ctl("journal"), "the plant is another")
        self.await_read(plant, "GONE", "on")
        self.assertEqual(plant.ctl("journal").count("K1 master lost"), 1)

    def test_config_that_is_printed_means_the_same(self):
        first = support.run(support.MBPLANTD, "--print-config", self.file).stdout
        again = self.folder / "again.yaml"
        again.write_text(first, encoding="utf-8")
        self.assertEqual(support.run(support.MBPLANTD, "--print-config", again).stdout, first)
        self.assertIn("on_loss: fail", first)

    def test_mistakes_are_told(self):
        head = "mbplant: 1\nunits:\n  - id: 1\n"
        cases = {
            "    actuators: [{name: A, on_loss: zero}]\n": "4:36: 'on_loss' needs a 'watchdog'",
            "    actuators: [{name: A, watchdog: 1s, on_loss: 200}]\n": "4:50: 'on_loss' is 200, outside the range 0..100",
            "    actuators: [{name: A, watchdog: 1s, on_loss: never}]\n":
                "4:50: 'on_loss' is 'never'; allowed is hold, fail, zero or a number",
            "    points: [{at: holding 0, value: 1, watchdog: 1s, on_loss: fail}]\n": "a point has no fail position",
            "    points: [{at: holding 0, value: 1, watchdog: 1s, on_loss: 40000}]\n": "'on_loss' is 40000, outside",
            "    points: [{at: input 0, value: 1, watchdog: 1s}]\n": "no master writes this point; remove 'watchdog'",
            "    points: [{at: holding 0, expr: \"1\", watchdog: 1s}]\n": "'watchdog' is for a point with a number",
            "    points: [{at: holding 0, value: 1, on_loss: zero}]\n": "'on_loss' needs a 'watchdog'",
            "    actuators: [{name: A}]\n    points: [{at: holding 0, expr: \"A.lost\"}]\n":
                "with a watchdog .lost",
        }
        for text, error in cases.items():
            self.file.write_text(head + text, encoding="utf-8")
            with self.subTest(text):
                self.assertIn(error, support.run(support.MBPLANTD, "--check", self.file).stderr)


class Ends(unittest.TestCase):
    PLANT = """mbplant: 1
name: Ends
scan: 100ms
units:
  - id: 1
    sensors:
      - {name: S, register: {type: float64}, signal: {base: 0, wave: {amplitude: 10, period: 4s}}}
      - {name: E, register: {type: float64}, signal: {inputs: [{from: S}], at_least: -2, at_most: 3}}
      - {name: C, register: {type: float64}, signal: {expr: S, cutoff: 9}}
      - {name: L, register: {type: float64}, signal: {base: 5, lag: 1s, cutoff: 1}}
"""

    def test_process_value_stays_within_its_ends(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-conditions-test-") as folder:
            file = pathlib.Path(folder) / "ends.yaml"
            file.write_text(self.PLANT, encoding="utf-8")
            scenario = pathlib.Path(folder) / "run.yaml"
            scenario.write_text("""mbplant_scenario: 1
name: Run
duration: 20s
timeline:
  - {at: 0s, expect: {value: {sensor: E, between: [-2, 3]}, for: 19s}}
  - {at: 1s, expect: {value: {sensor: E, between: [3, 3]}, within: 5s}}
  - {at: 1s, expect: {value: {sensor: E, between: [-2, -2]}, within: 5s}}
  - {at: 1s, expect: {value: {sensor: C, between: [9, 10]}, within: 5s}}
  - {at: 1s, expect: {value: {sensor: C, between: [0, 0]}, within: 5s}}
  - {at: 5s, expect: {value: {sensor: L, between: [4.9, 5]}, within: 5s}}
""", encoding="utf-8")
            result = support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", "-d",
                                 pathlib.Path(folder) / "data", file)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            config = support.run(support.MBPLANTD, "--print-config", file).stdout
            file.write_text(config, encoding="utf-8")
            self.assertEqual(support.run(support.MBPLANTD, "--print-config", file).stdout, config)
            file.write_text(self.PLANT.replace("at_most: 3", "at_most: -3"), encoding="utf-8")
            self.assertIn("'at_most' is below 'at_least'", support.run(support.MBPLANTD, "--check", file).stderr)


class Feedback(unittest.TestCase):
    PLANT = """mbplant: 1
name: Feedback
scan: 20ms
units:
  - id: 1
    actuators:
      - {name: XV1, kind: valve, on_off: true, travel: 300ms}
      - {name: P1, kind: pump, on_off: true}
    points:
      - {at: discrete 100, name: ZSH, expr: XV1.opened}
      - {at: discrete 101, name: ZSL, expr: XV1.closed}
      - {at: discrete 102, name: YI, expr: P1.running}
"""

    def test_contacts_of_an_actuator_say_where_it_stands(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-conditions-test-") as folder:
            file = pathlib.Path(folder) / "feedback.yaml"
            file.write_text(self.PLANT, encoding="utf-8")
            with support.Plant(file, data=pathlib.Path(folder) / "data") as plant:
                def contacts():
                    text = plant.ctl("read", "ZSH", "ZSL", "YI")
                    return [line.split()[2] for line in text.splitlines()]
                self.assertEqual(contacts(), ["off", "on", "off"])
                plant.ctl("write", "XV1", "1")
                plant.ctl("write", "P1", "1")
                support.eventually(lambda: contacts() == ["on", "off", "on"], "it is open")
                plant.ctl("write", "XV1", "0")
                support.eventually(lambda: contacts() == ["off", "on", "on"], "it is shut")


if __name__ == "__main__":
    unittest.main()
