"""Alarms as an operator has them, through mbplantctl and through mbpoll, which nobody here wrote."""
import contextlib
import json
import pathlib
import signal
import sqlite3
import sys
import tempfile
import time
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import outside
import support
from test_web import Web

OK, FAILED, USAGE = 0, 1, 2
PLANT = """mbplant: 1
name: Alarms
scan: 10ms
alarm_policy: {longest_bypass: 10min, reasons: [bypass]}
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, range: [0, 150], limits: {high: {at: 85, priority: critical, latch: true}},
             trip: [high], signal: {base: 50}}
          - {name: T2, kind: temperature, range: [0, 150], max: 85, suppress: [en_panne], signal: {base: 50}}
    sensors:
      - {name: U1, kind: flow, range: [0, 100], limits: {low: 10}, signal: {base: 50}}
      - {name: G1, range: [0, 100], limits: {low: 9, high: 70.1}, signal: {base: 50}, register: {scale: 0.1}}
      - {name: F1, range: [0, 100], limits: {high: 85.3}, signal: {base: 50}, register: {type: float32}}
      - {name: T3, range: [0, 150], limits: {high: 85, high_high: 140}, signal: {base: 50}}
      - {name: W1, range: [0, 150], limits: {high: {at: 85, message: Bearing too hot, cause: "=No oil, or dirt",
           consequence: The bearing seizes, action: "Grease « it »"}}, signal: {base: 50}}
  - id: 2
    sensors:
      - {name: S2, range: [0, 150], limits: {high: 85}, signal: {base: 50}}
"""


class Alarms(unittest.TestCase):
    """One plant for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "alarms.yaml"
        self.path.write_text(PLANT, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(self.path))

    def ctl(self, *words, code=OK):
        result = self.plant.ctl(*words, check=False)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stdout if code == OK else result.stderr

    def state(self, sensor, limit="high"):
        for alarm in json.loads(self.ctl("alarms", "--all", "--format", "json")):
            if alarm["sensor"] == sensor and alarm["limit_name"] == limit:
                return alarm["state"]
        return None

    def until(self, sensor, state, limit="high"):
        support.eventually(lambda: self.state(sensor, limit) == state, f"{sensor} is {state}")

    def test_value_that_equals_its_limit_is_no_alarm_and_the_limit_that_is_read_changes_nothing(self):
        self.ctl("write", "G1", "70.1")
        self.ctl("write", "F1", "85.3")
        self.ctl("write", "G1.high", "70.1")
        self.ctl("write", "F1.high", "85.3")
        self.ctl("write", "G1.low", "10")
        support.eventually(lambda: "G1 limit low" in self.ctl("journal"), "the change of a limit is journaled")
        self.assertNotIn("limit high", self.ctl("journal"))
        self.assertEqual((self.state("G1"), self.state("F1")), ("normal", "normal"))
        self.ctl("write", "G1", "70.2")
        self.until("G1", "active, unacknowledged")
        self.ctl("write", "G1", "70.1")
        self.until("G1", "returned, unacknowledged")

    def test_one_alarm_is_acknowledged_shelved_and_taken_out_of_service_by_its_name(self):
        self.ctl("write", "T3.high_high", "90")
        self.ctl("force", "T3", "95")
        self.until("T3", "active, unacknowledged", "high_high")
        self.assertIn("T3.high: acknowledged", self.ctl("ack", "t3.HIGH"))
        self.assertEqual(self.state("T3", "high"), "active, acknowledged")
        self.assertEqual(self.state("T3", "high_high"), "active, unacknowledged")
        self.assertIn("nothing to do", self.ctl("ack", "T3.high"))
        self.ctl("shelve", "T3.high_high", "--for", "10min", "--why", "probe", "--as", "Anna")
        self.assertEqual(self.state("T3", "high_high"), "shelved")
        self.ctl("suppress", "T3.high")
        self.assertEqual(self.state("T3", "high"), "out of service")
        support.eventually(lambda: len(self.hidden()) == 2 and all(row["who"] != "-" for row in self.hidden().values()),
                           "both are told of")
        self.assertEqual(self.hidden()["T3.high_high"]["why"], "probe")
        self.assertIn("Anna", self.hidden()["T3.high_high"]["who"])
        self.assertRegex(self.hidden()["T3.high_high"]["left"], "^(10min 0s|9min 5.s)$")
        self.ctl("unshelve", "T3")
        self.ctl("unsuppress", "T3.high")
        self.assertIn("T3.high: nothing to do", self.ctl("unsuppress", "T3.high"))
        self.assertIn("T3.rate_of_change: refused with exception 04: it has no such alarm",
                      self.ctl("ack", "T3.rate_of_change", code=FAILED))

    def test_one_alarm_of_another_unit_than_the_first_is_reached_by_its_name(self):
        self.ctl("force", "S2", "95")
        self.until("S2", "active, unacknowledged")
        self.assertIn("S2.high: acknowledged", self.ctl("ack", "S2.high"))
        self.ctl("suppress", "S2.high")
        self.assertEqual(self.state("S2"), "out of service")
        self.ctl("unsuppress", "S2.high")
        self.assertEqual(self.state("S2"), "active, acknowledged")

    def test_interlock_is_bypassed_for_a_time_with_a_reason_and_shelving_disarms_nothing(self):
        self.assertIn("the plant file wants a reason", self.ctl("bypass", "T1.high", "--for", "5min", code=FAILED))
        self.assertIn("longer than the plant file allows",
                      self.ctl("bypass", "T1.high", "--for", "11min", "--why", "x", code=FAILED))
        self.assertIn("trips nothing", self.ctl("bypass", "G1.high", "--why", "x", code=USAGE))
        for name in ("G1", "M1", "M1.en_service"):
            self.assertIn(f"{name} is no interlock; mbplantctl interlocks lists", self.ctl("bypass", name, "--why", "x", code=USAGE))
        self.assertIn("no interlock 'T1.hihg'; did you mean T1.high?", self.ctl("bypass", "T1.hihg", "--why", "x", code=USAGE))
        self.ctl("bypass", "T1.high", "--for", "5min", "--why", "calibration", "--as", "Anna")
        self.assertRegex(self.ctl("bypass"), r"T1.high +M1 +(5min 0s|4min 5\ds)")
        support.eventually(lambda: "calibration" in self.ctl("bypass"), "who bypassed it, and why")
        self.assertRegex(self.ctl("bypass"), r"T1.high +M1 .* Anna at 127.0.0.1 +calibration")
        self.assertIn("T1.high: interlock bypassed, ", self.ctl("alarms"))
        self.ctl("force", "T1", "90")
        self.until("T1", "active, unacknowledged")
        self.assertIn("en_service", self.ctl("status"))
        self.ctl("shelve", "T1.high")
        self.ctl("unbypass", "T1.high")
        support.eventually(lambda: "M1 en_service -> en_panne: T1 Overheating" in self.ctl("journal"), "it trips, shelved")
        self.assertRegex(self.ctl("journal"), "T1.high interlock bypassed for 5min 0s by Anna at 127.0.0.1 # calibration")
        self.assertIn("no interlock is bypassed", self.ctl("bypass"))
        self.assertNotIn("bypassed", self.ctl("alarms"))

    def test_environment_says_who_and_why_and_an_edited_limit_is_told_with_old_and_new(self):
        with unittest.mock.patch.dict(support.ENVIRONMENT, {"MBPLANT_AS": "Bob", "MBPLANT_WHY": "rounds"}):
            self.ctl("shelve", "U1.low")
            self.ctl("unshelve", "U1.low", "--as", "Eve")
        support.eventually(lambda: "unshelved" in self.ctl("journal"), "it is journaled")
        self.assertIn("U1.low alarm shelved by Bob at 127.0.0.1 # rounds", self.ctl("journal"))
        self.assertIn("U1.low alarm unshelved by Eve at 127.0.0.1 # rounds", self.ctl("journal"))
        self.path.write_text(self.path.read_text().replace("limits: {low: 10}", "limits: {low: 12, high: 80}"))
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "U1 limit high" in self.ctl("journal"), "the edit is journaled")
        self.assertRegex(self.ctl("journal"), "U1 limit low 10 -> 12")
        self.assertRegex(self.ctl("journal"), "U1 limit high off -> 80")

    def test_reason_is_wanted_wherever_alarms_are_hidden(self):
        self.path.write_text(self.path.read_text().replace("reasons: [bypass]", "reasons: [shelve, remove]"))
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "plant changed" in self.ctl("journal"), "the edit is journaled")
        for words in (("shelve", "T3.high"), ("shelve", "T3"), ("shelve", "M1"), ("shelve", "T3", "--for", "5min"),
                      ("shelve", "T3", "--once"), ("suppress", "T3"), ("suppress", "T3.high")):
            self.assertIn("the plant file wants a reason", self.ctl(*words, code=FAILED))
        self.assertEqual(self.hidden(), {})
        self.ctl("shelve", "T3", "--for", "5min", "--why", "probe")
        self.ctl("suppress", "M1", "--why", "rebuilt")
        self.assertEqual(set(self.hidden()), {"T3.high", "T3.high_high", "T1.high", "T2.high"})
        self.ctl("unshelve", "T3")
        self.ctl("unsuppress", "M1")
        self.assertEqual(self.hidden(), {})

    def hidden(self):
        return {row["alarm"]: row for row in json.loads(self.ctl("alarms", "--hidden", "--format", "json"))}

    def test_hidden_tells_who_and_why_after_a_restart_a_kill_and_another_plant(self):
        self.ctl("shelve", "T3", "--why", "probe", "--as", "Anna")
        self.ctl("shelve", "W1.high", "--for", "10min", "--why", "=1+1", "--as", "Bert")
        self.ctl("suppress", "F1.high", "--why", "rebuilt", "--as", "Carl")
        self.ctl("suppress", "G1", "--as", "Dora")
        self.ctl("unsuppress", "G1")
        self.ctl("machine", "M1", "maintenance", "--why", "oil", "--as", "Emma")
        self.ctl("shelve", "T2.high", "--why", "too early", "--as", "Fred")
        wanted = {"T3.high": ("Anna at 127.0.0.1", "probe"), "T3.high_high": ("Anna at 127.0.0.1", "probe"),
                  "W1.high": ("Bert at 127.0.0.1", "=1+1"), "F1.high": ("Carl at 127.0.0.1", "rebuilt"),
                  "T1.high": ("Emma at 127.0.0.1", "oil"), "T2.high": ("Emma at 127.0.0.1", "oil")}

        def told():
            return {name: (row["who"], row["why"]) for name, row in self.hidden().items()} == wanted
        self.assertTrue(support.eventually(told, "all of it is told"), self.hidden())
        self.plant.stop()
        self.plant.start()
        self.assertTrue(told(), self.hidden())
        self.plant.kill()
        self.plant.start()
        self.assertTrue(told(), self.hidden())
        # Another sensor stands before them, so that each has another number.
        self.path.write_text(PLANT.replace("    sensors:\n      - {name: U1", "    sensors:\n      - {name: A0}\n      - {name: U1"),
                             encoding="utf-8")
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "sensor added" in self.ctl("journal"), "the plant is another one")
        self.assertTrue(told(), self.hidden())
        self.ctl("machine", "M1", "en_service")
        wanted["T2.high"] = ("Fred at 127.0.0.1", "too early")
        del wanted["T1.high"]
        self.assertTrue(support.eventually(told, "what the maintenance hid too shows"), self.hidden())

    def test_since_of_what_is_hidden_is_since_when_it_is_hidden_in_all_lists(self):
        self.ctl("force", "T3", "95")
        self.until("T3", "active, unacknowledged")
        raised = self.since("T3.high")
        time.sleep(1.1)  # the whole second of a raise is shown
        self.ctl("shelve", "T3.high", "--for", "10min")
        self.until("T3", "shelved")
        support.eventually(lambda: self.hidden()["T3.high"]["since"] != "-", "the journal tells of it")
        since = self.hidden()["T3.high"]["since"]
        self.assertGreater(since, raised)
        self.ctl("release", "T3")  # it returns beneath, which is a later change of the sensor's alarms
        support.eventually(lambda: "T3.high" not in self.listed(), "it is over")
        time.sleep(1.1)
        self.ctl("force", "T3", "95")
        support.eventually(lambda: "T3.high" in self.listed(), "it is there again")
        self.assertEqual(self.since("T3.high"), since)
        self.assertIn(f"since        {since}", self.ctl("alarms", "T3.high"))

    def listed(self):
        return {f"{row['sensor']}.{row['limit_name']}": row for row in json.loads(self.ctl("alarms", "--format", "json"))}

    def since(self, name):
        return self.listed()[name]["since"]

    def test_hidden_tells_of_all_others_where_one_event_cannot_be_read(self):
        self.ctl("shelve", "T3", "--why", "probe", "--as", "Anna")
        self.ctl("suppress", "F1.high", "--why", "rebuilt", "--as", "Carl")
        wanted = {"T3.high": "probe", "T3.high_high": "probe", "F1.high": "rebuilt"}

        def told():
            return {name: row["why"] for name, row in self.hidden().items()} == wanted
        support.eventually(told, "both are told of")
        self.plant.stop()
        with contextlib.closing(sqlite3.connect(self.plant.data / "journal.db")) as database, database:
            database.execute('INSERT OR REPLACE INTO event_removed SELECT 1, seq, "check" FROM event WHERE seq = 1')
            database.execute("DELETE FROM event WHERE seq = 1")
            database.execute("INSERT INTO hiding(unit, hiding, item, alarm, scan, seq) VALUES(1, 0, 999, 7, 0, 1)")
        self.plant.start()
        self.assertTrue(told(), self.hidden())

    def test_second_of_two_operators_is_told_who_was_first(self):
        def first(verb, name):
            said = self.ctl(verb, "U1.low", "--as", name)
            support.eventually(lambda: f" by {name} at " in self.ctl("journal"), "it is on the disk")
            return said

        self.ctl("force", "U1", "5")
        self.until("U1", "active, unacknowledged", limit="low")
        self.assertEqual(first("ack", "Anna"), "U1.low: acknowledged\n")
        self.assertRegex(self.ctl("ack", "U1.low", "--as", "Bert"),
                         r"^U1\.low: nothing to do, it was so already\n  by Anna at 127\.0\.0\.1, \S+Z\n$")
        self.assertRegex(self.ctl("ack", "U1"), r"^no alarm of U1 waits for acknowledgement\n  by Anna at 127\.0\.0\.1, \S+Z\n$")
        first("suppress", "Carl")
        self.assertRegex(self.ctl("suppress", "U1.low"), r"already\n  by Carl at 127\.0\.0\.1, \S+Z\n$")
        first("unsuppress", "Dora")
        self.assertRegex(self.ctl("unsuppress", "U1.low"), r"already\n  by Dora at 127\.0\.0\.1, \S+Z\n$")
        self.assertEqual(self.ctl("ack", "U1.low", "--lang", "fr").splitlines()[1].split(",")[0], "  par Anna at 127.0.0.1")
        self.assertEqual(self.ctl("reset", "U1.low"), "U1.low: nothing to do, it was so already\n")

    def test_list_is_by_priority_and_keeps_when_an_alarm_was_raised(self):
        self.ctl("force", "G1", "80")
        self.until("G1", "active, unacknowledged")
        self.ctl("force", "T1", "90")
        self.until("T1", "active, unacknowledged")
        rows = json.loads(self.ctl("alarms", "--format", "json"))
        self.assertEqual([row["sensor"] for row in rows][:1], ["T1"])
        raised = {row["sensor"]: row["since"] for row in rows}
        self.ctl("ack", "T1.high")
        self.assertEqual({row["sensor"]: row["since"] for row in json.loads(self.ctl("alarms", "--format", "json"))}["T1"],
                         raised["T1"])

    def test_two_alarms_of_a_sensor_are_told_apart_on_a_terminal_of_80_columns(self):
        self.ctl("force", "T3", "145")
        self.ctl("force", "W1", "100.123456")
        self.until("T3", "active, unacknowledged")
        shown = support.on_terminal(support.MBPLANTCTL, "-p", self.plant.port, "alarms", columns=80).decode().splitlines()
        rows = [line for line in shown if line.startswith("T3")]
        self.assertEqual(len(rows), 2, shown)
        self.assertEqual(len(set(rows)), 2, rows)
        self.assertLessEqual(max(map(len, shown)), 80, shown)

    def test_alarm_latches_is_acknowledged_by_mbpoll_and_reset(self):
        self.until("T1", "normal")
        self.assertIn("no alarms", self.ctl("alarms"))
        self.ctl("force", "T1", "90")
        self.until("T1", "active, unacknowledged")
        self.assertRegex(self.ctl("alarms"), r"T1 +M1 +Overheating +90 +85 +high +critical +active")
        self.plant.mbpoll("-t", 0, "-r", 3000, "write", 1)
        self.until("T1", "active, acknowledged")
        self.ctl("release", "T1")
        self.until("T1", "latched, acknowledged")
        self.assertIn("T1 Overheating: its trip is over, but latched: reset it", self.ctl("machine", "M1", "en_service", code=FAILED))
        self.assertIn("a latched trip of T1", self.ctl("machine", "M1"))
        self.assertIn("alarms of 1 sensor reset", self.ctl("reset", "T1"))
        self.until("T1", "normal")
        self.assertIn("M1: en_panne -> en_service", self.ctl("machine", "M1", "en_service"))

    def test_shelving_for_longer_than_the_plant_file_allows_says_how_long_it_became(self):
        self.path.write_text(PLANT.replace("alarm_policy: {", "alarm_policy: {longest_shelving: {low: 30min, medium: 30min, high: 30min, "
                                                              "critical: 20min}, "), encoding="utf-8")
        with Web(self.path) as plant:
            self.assertIn("U1: alarms shelved for 30min 0s", plant.ctl("shelve", "U1", "--for", "8h"))
            self.assertIn("M1: alarms shelved for 20min 0s", plant.ctl("shelve", "M1", "--for", "8h"))
            for name, most in (("U1", 1800), ("M1", 1200)):
                self.assertIn(plant.post(f"/alarms/{name}/shelve", {"for": "8h"})["for_s"], range(most - 9, most + 1))
            self.assertIn("U1.low: it is longer than the plant file allows, which is 30min",
                          plant.post("/alarms/U1.low/shelve", {"for": "8h"}, 422)["detail"])
            self.assertIn("U1.low: a shelf for 8h 0min is longer than the plant file allows, which is 30min 0s",
                          plant.ctl("shelve", "U1.low", "--for", "8h", check=False).stderr)
            self.assertIsNone(plant.post("/alarms/U1/unshelve", {})["for_s"])

    def test_shelving_for_a_time_ends_by_itself_and_mbpoll_reads_what_is_left(self):
        self.ctl("force", "U1", "5")
        self.until("U1", "active, unacknowledged", "low")
        self.assertIn("shelved for 40s", self.ctl("shelve", "U1", "--for", "40s"))
        self.until("U1", "shelved", "low")
        left = int(support.mbpoll_values(self.plant.mbpoll("-t", 4, "-r", 5002))[5002])
        self.assertTrue(0 < left <= 40, left)
        self.plant.mbpoll("-t", 4, "-r", 5002, "write", 1)
        self.until("U1", "active, unacknowledged", "low")
        self.assertIn("until they return to normal", self.ctl("shelve", "U1", "--once"))
        self.until("U1", "shelved", "low")
        self.ctl("release", "U1")
        self.until("U1", "returned, unacknowledged", "low")
        for line in ("U1 alarm unshelved: its time is over", "U1 alarm unshelved: it has returned to normal"):
            support.eventually(lambda line=line: line in self.ctl("journal"), f"'{line}' is committed")

    def test_suppression_by_hand_and_by_the_machines_state(self):
        self.assertIn("out of service", self.ctl("suppress", "T1"))
        self.until("T1", "out of service")
        self.ctl("unsuppress", "T1")
        self.until("T1", "normal")
        self.ctl("machine", "M1", "en_panne")
        self.until("T2", "suppressed")
        self.ctl("machine", "M1", "maintenance")
        self.until("T2", "out of service")
        self.ctl("machine", "M1", "en_service")
        self.until("T2", "normal")

    def test_one_alarm_of_a_sensor_that_is_hidden_as_one_does_not_come_back_alone(self):
        for hide, back, hidden in (("shelve", "unshelve", "shelved"), ("out-of-service", "in-service", "out of service")):
            self.ctl(hide, "T1")
            self.until("T1", hidden)
            result = self.plant.ctl(back, "T1.high", check=False)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn("all alarms of its sensor are hidden as one: name the sensor", result.stderr)
            self.until("T1", hidden)
            self.ctl(back, "T1")
            self.until("T1", "normal")

    def test_what_makes_no_sense_is_said(self):
        self.assertIn("no alarm of T1 waits for acknowledgement", self.ctl("ack", "T1"))
        self.assertIn("no alarm of M1 is latched: nothing to reset", self.ctl("reset", "M1"))
        self.assertIn("T1 is not shelved", self.ctl("unshelve", "T1"))
        self.assertIn("did you mean T1?", self.ctl("ack", "T11", code=USAGE))
        for wrong in ("-5min", "0s", "19h", "soon"):
            self.assertIn("allowed is a time from 1s", self.ctl("shelve", "T1", "--for", wrong, code=USAGE))
        self.assertIn("exclude each other", self.ctl("shelve", "T1", "--for", "5s", "--once", code=USAGE))

    def test_map_lists_the_points_of_alarms(self):
        text = self.ctl("map", "T1")
        for name in ("T1.acknowledge", "T1.reset", "T1.out_of_service", "T1.shelving", "T1.latched", "T1.alarm_states"):
            self.assertIn(name, text)
        self.assertIn("M1.refused_reason", self.ctl("map", "M1"))

    def test_texts_of_an_alarm_are_told_wherever_it_is(self):
        self.assertIn("no alarms", self.ctl("alarms"))
        self.ctl("force", "W1", "90")
        self.until("W1", "active, unacknowledged")
        self.assertIn("Bearing too hot", self.ctl("alarms"))
        whole = self.ctl("alarms", "w1.HIGH")
        for word in ("W1.high  Bearing too hot", "=No oil, or dirt", "The bearing seizes", "Grease « it »"):
            self.assertIn(word, whole)
        alarm = json.loads(self.ctl("alarms", "W1", "--format", "json"))
        self.assertEqual([(a["message"], a["cause"], a["consequence"], a["action"]) for a in alarm],
                         [("Bearing too hot", "=No oil, or dirt", "The bearing seizes", "Grease « it »")])
        table = self.ctl("alarms", "--format", "csv")
        self.assertIn("Bearing too hot", table)
        self.assertNotIn(',"=No', table)
        self.assertIn("What the alarms mean", self.ctl("report"))
        self.assertIn("Signification des alarmes", self.ctl("report", "--lang", "fr", "--format", "html"))
        self.assertIn("W2", self.ctl("alarms", "W2", code=USAGE))


class ShortForms(unittest.TestCase):
    """Alarms of a deviation, a frozen value, a mismatch and a silent master, written by what they are of."""

    def setUp(self):
        self.plant = self.enterContext(support.Plant("short_alarms.yaml"))

    def happened(self, code, name):
        return self.plant.ctl("journal", "--sensor", name, "--code", code, "--format", "jsonl").strip() != ""

    def raised(self, name):
        return self.happened("alarm raised", name)

    def test_each_is_raised_by_its_own_cause(self):
        support.eventually(lambda: self.raised("TT-1_FROZEN"), "nothing moves")
        self.assertFalse(self.raised("TIC1_DEV") or self.raised("XV1_MISMATCH") or self.raised("FV1_AWAY"))
        self.plant.ctl("write", "TIC1.setpoint", "80")
        self.assertFalse(self.raised("TIC1_DEV"), "by hand its setpoint is nobody's")
        self.plant.ctl("write", "TIC1.automatic", "1")
        support.eventually(lambda: self.raised("TIC1_DEV"), "far from its setpoint")
        self.plant.ctl("write", "TIC1.automatic", "0")
        self.plant.ctl("sim", "fault", "XV1", "stuck")
        self.plant.ctl("write", "XV1", "1")
        support.eventually(lambda: self.raised("XV1_MISMATCH"), "told and not done")
        self.plant.ctl("sim", "fault", "FV1", "offset", "3")
        support.eventually(lambda: self.raised("FV1_AWAY"), "beyond its command")

    def test_master_that_is_silent_is_told_and_one_that_asks_is_heard(self):
        support.eventually(lambda: self.raised("MASTER_LOST"), "nobody asks unit 2")

        def returned():
            self.plant.mbpoll("-t", "1", "-r", "40000", "-c", "1", unit=2, check=False)
            return self.happened("alarm cleared", "MASTER_LOST")
        support.eventually(returned, "a request of any kind, refused or not")

    def test_alarm_that_a_master_reads_is_told_of_it(self):
        mismatch, seen_latched = 5016, 5034  # of the third and the fifth alarm of the unit
        client = outside.Client(self.plant.port)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)

        def bit(at):
            return client.read_discrete_inputs(at, 1, slave=1).bits[0]
        for _ in range(20):
            self.assertFalse(bit(seen_latched))
        self.assertFalse(bit(mismatch))
        support.eventually(lambda: bit(seen_latched), "it was read")


class ManyAlarms(unittest.TestCase):
    """More alarms than a scan takes commands."""

    SENSORS, RECORD, SHELVE, BUSY = 300, 4900, 3, 6

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "many.yaml"
        limits = "limits: {low_low: 5, low: 10, high: 80, high_high: 90}"
        path.write_text("mbplant: 1\nscan: 1s\nunits:\n  - id: 1\n    sensors:\n" + "".join(
            f"      - {{name: S{i}, range: [0, 100], {limits}, signal: {{base: 50}}}}\n" for i in range(self.SENSORS)))
        self.plant = self.enterContext(support.Plant(path))

    def test_all_of_them_are_unshelved_by_one_command(self):
        client = outside.Client(self.plant.port)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)

        def shelved(sensor, alarm):
            answer = client.write_registers(self.RECORD, [sensor, alarm, 600, 0, self.SHELVE], slave=1)
            self.assertIn(getattr(answer, "exception_code", 0), (0, self.BUSY))
            return not answer.isError()
        for sensor in range(self.SENSORS):
            for alarm in range(4):
                support.eventually(lambda: shelved(sensor, alarm), "there is room for the command")
        support.eventually(lambda: len(self.hidden()) == 4 * self.SENSORS, "all are shelved")
        self.plant.ctl("unshelve", "all")
        support.eventually(lambda: not self.hidden(), "none is shelved")

    def hidden(self):
        return json.loads(self.plant.ctl("alarms", "--hidden", "--format", "json"))


if __name__ == "__main__":
    support.main()
