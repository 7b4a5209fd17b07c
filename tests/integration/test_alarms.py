"""Alarms as an operator has them, through mbplantctl and through mbpoll, which nobody here wrote."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import outside
import support

OK, FAILED, USAGE = 0, 1, 2
PLANT = """mbplant: 1
name: Alarms
scan: 10ms
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
"""


class Alarms(unittest.TestCase):
    """One plant for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "alarms.yaml"
        path.write_text(PLANT, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(path))

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


if __name__ == "__main__":
    support.main()
