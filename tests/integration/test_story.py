"""The README's story on config/bottling.yaml, with mbpoll and mbplantctl alone: a machine overheats, trips, is repaired
and returns to service, and everything that happened is in the report and in the journal."""
import csv
import io
import json
import unittest

import support

BOTTLING = support.ROOT / "config" / "bottling.yaml"
TT101_AT = 0  # holding register, int16, 0.1 °C; the first sensor of unit 1
FILL1 = 0     # the first machine of unit 1: coils 0.. and input registers 100..
EN_SERVICE, EN_PANNE, MAINTENANCE = range(3)


class Story(unittest.TestCase):
    def setUp(self):
        self.plant = self.enterContext(support.Plant(BOTTLING))

    def celsius(self):
        shown = support.mbpoll_values(self.plant.mbpoll("-r", TT101_AT, "-t", "4"))[TT101_AT]
        return int(shown.split()[0]) / 10

    def states(self):
        """The three state coils of FILL1 as mbpoll reads them."""
        coils = support.mbpoll_values(self.plant.mbpoll("-r", 8 * FILL1, "-c", 3, "-t", "0"))
        return [int(bit) for bit in coils.values()]

    def wait_for_state(self, state):
        wanted = [int(state == coil) for coil in range(3)]
        support.eventually(lambda: self.states() == wanted, f"FILL1's coils become {wanted}")

    def report(self):
        return json.loads(self.plant.ctl("report", "--format", "json"))

    def fill1(self):
        return next(machine for machine in self.report()["machines"] if machine["name"] == "FILL1")

    def events(self, *options):
        return [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl", *options).splitlines()]

    def overheat(self):
        self.plant.mbpoll("-r", TT101_AT, "-t", "4", "write", 923)
        self.wait_for_state(EN_PANNE)

    def test_overheat_trips_and_repair_returns_the_machine_to_service(self):
        self.assertTrue(10 < self.celsius() < 85, "a healthy start")
        self.assertEqual(self.states(), [1, 0, 0])

        self.overheat()
        self.assertEqual(self.celsius(), 92.3)
        self.assertEqual(self.plant.ctl("machine", "FILL1", "en_service", check=False).returncode, 1)
        self.assertEqual(self.fill1()["state"], "en_panne")

        self.plant.ctl("release", "TT101")
        support.eventually(lambda: self.fill1()["alarms"] == 0, "the alarm clears once TT101 shows the process again")
        self.plant.ctl("machine", "FILL1", "maintenance")
        self.wait_for_state(MAINTENANCE)
        self.plant.ctl("machine", "FILL1", "en_service")
        self.wait_for_state(EN_SERVICE)

        support.eventually(lambda: "maintenance ended" in {event["code"] for event in self.events()}, "all is durable")
        told = [(event["code"], event["machine"], event["sensor"]) for event in self.events()]
        wanted = [("start", "", ""), ("value forced", "FILL1", "TT101"), ("alarm raised", "FILL1", "TT101"),
                  ("machine state", "FILL1", "TT101"), ("machine refused", "FILL1", "TT101"),
                  ("value released", "FILL1", "TT101"), ("alarm cleared", "FILL1", "TT101"),
                  ("maintenance started", "FILL1", ""), ("maintenance ended", "FILL1", "")]
        self.assert_in_order(wanted, told)

    def assert_in_order(self, wanted, told):
        """Each of wanted stands in told, after the one before it."""
        rest = iter(told)
        for item in wanted:
            self.assertTrue(any(item == other for other in rest), f"{item} is missing, or too early, in {told}")

    def test_report_tells_the_failure_in_every_format(self):
        self.overheat()
        support.eventually(lambda: self.report()["last_incident"], "the incident is durable")
        report = self.report()
        summary = report["summary"]
        self.assertEqual(summary["machines"], len(report["machines"]))
        self.assertEqual(summary["by_state"], {"en_service": summary["machines"] - 1, "en_panne": 1, "maintenance": 0})
        self.assertEqual(report["last_incident"]["code"], "machine state")
        self.assertIn("FILL1", report["last_incident"]["text"])
        fill1 = self.fill1()
        self.assertEqual((fill1["state"], fill1["first_out"], fill1["failures"]), ("en_panne", "TT101", 1))
        self.assertGreater(fill1["since_ms"], 0)
        alarm = next(alarm for alarm in report["alarms"] if alarm["sensor"] == "TT101")
        self.assertEqual((alarm["diagnosis"], alarm["value"], alarm["limit"], alarm["unit"], alarm["active"]),
                         ("Overheating", 92.3, 85, "°C", True))

        for shape, what in (("text", "en_panne"), ("markdown", "|"), ("csv", "machine,FILL1,state,en_panne")):
            with self.subTest(shape=shape):
                shown = self.plant.ctl("report", "--format", shape)
                for word in ("FILL1", "TT101", "Overheating", "92.3", "85", what):
                    self.assertIn(word, shown)

    def test_other_machines_stay_in_service(self):
        self.overheat()
        others = [machine for machine in self.report()["machines"] if machine["name"] != "FILL1"]
        self.assertEqual(len(others), 4)
        self.assertEqual({machine["state"] for machine in others}, {"en_service"})

    def test_journal_formats_agree_and_since_cuts(self):
        self.overheat()
        support.eventually(lambda: "machine state" in {event["code"] for event in self.events()}, "the trip is durable")
        events = self.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        rows = list(csv.DictReader(io.StringIO(self.plant.ctl("journal", "--format", "csv"))))[:len(events)]
        self.assertEqual([(int(row["seq"]), row["code"], row["text"]) for row in rows],
                         [(event["seq"], event["code"], event["text"]) for event in events])
        lines = self.plant.ctl("journal").splitlines()[:len(events)]
        self.assertTrue(all(event["text"] in line for event, line in zip(events, lines)), lines)
        self.assertEqual([event["seq"] for event in self.events("--since", 2)][:len(events) - 1],
                         [event["seq"] for event in events[1:]])

    def test_reading_verbs_answer_for_every_point(self):
        self.assertIn("°C", self.plant.ctl("read", "TT101"))
        self.assertIn("FILL1", self.plant.ctl("status"))
        shown = self.plant.ctl("map")
        for word in ("TT101", "40001", "mbpoll"):
            self.assertIn(word, shown)


if __name__ == "__main__":
    support.main()
