"""Events before a change of the plant keep the names that they had: shown, filtered, reported, saved and loaded."""
import json
import pathlib
import signal
import tempfile
import unittest

import support

# Two machines of the same kind: when the first goes, the second gets its numbers.
LINE = """mbplant: 1
name: Line
scan: 20ms
units:
  - id: 1
    name: PLC
    machines:
      - name: OLD
        sensors:
          - {name: TOLD, kind: temperature, range: [0, 150], max: 85, signal: {base: 20}}
      - name: KEPT
        sensors:
          - {name: TKEPT, kind: temperature, range: [0, 150], max: 85, signal: {base: 20}}
"""
FIRST = LINE[LINE.index("      - name: OLD"):LINE.index("      - name: KEPT")]


class Past(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.dump = self.folder / "dump"
        self.file.write_text(LINE)
        self.plant = self.enterContext(support.Plant(self.file))
        support.eventually(lambda: "plant loaded" in self.journal(), "the start is durable")

    def journal(self, *words):
        return self.plant.ctl("journal", *words)

    def load(self, verb, *words):
        return support.run(support.MBPLANTCTL, "-p", 1, verb, "--load", self.dump, *words, check=True).stdout

    def change(self, text):
        self.file.write_text(text)
        before = self.journal().count("plant changed")
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: self.journal().count("plant changed") > before, "the change is durable")

    def tell_a_story(self):
        """OLD fails and is repaired, goes; KEPT, which has its number now, fails."""
        self.plant.ctl("machine", "OLD", "en_panne")
        self.plant.ctl("machine", "OLD", "en_service")
        self.change(LINE.replace(FIRST, ""))
        self.plant.ctl("machine", "KEPT", "en_panne")
        support.eventually(lambda: self.journal().count("-> en_panne") == 2, "both failures are durable")

    def assert_names_are_right(self, text):
        before, after = text.split("plant changed", 1)
        self.assertIn("OLD en_service -> en_panne", before)
        self.assertIn("OLD en_panne -> en_service", before)
        self.assertIn("OLD machine removed", before)
        self.assertNotIn("KEPT", before)
        self.assertIn("KEPT en_service -> en_panne", after)
        self.assertNotIn("OLD", after)

    def test_events_keep_their_names_live_and_in_a_dump(self):
        self.tell_a_story()
        self.assert_names_are_right(self.journal())
        self.journal("--save", self.dump)
        self.assert_names_are_right(self.load("journal"))
        self.plant.stop()
        self.plant.start()
        self.assert_names_are_right(self.journal())

    def test_names_choose_events_by_what_they_were(self):
        self.tell_a_story()
        self.journal("--save", self.dump)
        for text in (self.journal("--machine", "OLD", "--format", "jsonl"),
                     self.load("journal", "--machine", "OLD", "--format", "jsonl")):
            events = [json.loads(line) for line in text.splitlines()]
            self.assertEqual([event["code"] for event in events if event["code"].startswith("machine")],
                             ["machine state", "machine state", "machine removed"])
            self.assertEqual({event["machine"] for event in events}, {"OLD"})
        self.assertEqual(self.journal("--machine", "KEPT", "--code", "machine state").count("en_panne"), 1)
        wrong = self.plant.ctl("journal", "--machine", "NEVER", check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("no machine 'NEVER'", wrong.stderr)

    def test_report_counts_failures_by_name(self):
        self.tell_a_story()
        self.journal("--save", self.dump)
        for text in (self.plant.ctl("report", "--format", "json"), self.load("report", "--format", "json")):
            report = json.loads(text)
            machines = report["analysis"]["machines"]
            self.assertEqual([(machine["name"], machine["failures"]) for machine in machines], [("KEPT", 1)])
            self.assertIn("KEPT en_service -> en_panne", report["last_incident"]["text"])
        self.assertIn("by name", self.plant.ctl("report"))

    def test_last_incident_of_a_machine_that_is_gone_has_its_name(self):
        self.plant.ctl("machine", "OLD", "en_panne")
        support.eventually(lambda: "-> en_panne" in self.journal(), "the failure is durable")
        self.change(LINE.replace(FIRST, ""))
        self.assertIn("OLD en_service -> en_panne", self.plant.ctl("report"))
        report = json.loads(self.plant.ctl("report", "--format", "json"))
        self.assertEqual(report["machines"][0]["cause"], "", "what another machine did is no cause of its state")

    def test_dump_gone_on_with_after_a_change_tells_both_plants(self):
        self.plant.ctl("machine", "OLD", "en_panne")
        self.plant.ctl("machine", "OLD", "en_service")
        support.eventually(lambda: "OLD en_panne -> en_service" in self.journal(), "they are durable")
        self.journal("--save", self.dump)
        self.change(LINE.replace(FIRST, ""))
        self.plant.ctl("machine", "KEPT", "en_panne")
        support.eventually(lambda: self.journal().count("-> en_panne") == 2, "it is durable")
        self.journal("--save", self.dump)
        self.assert_names_are_right(self.load("journal"))

    def test_file_edited_while_the_plant_was_stopped_renumbers_nothing_before(self):
        self.plant.ctl("machine", "OLD", "en_panne")
        support.eventually(lambda: "-> en_panne" in self.journal(), "it is durable")
        self.plant.stop()
        self.file.write_text(LINE.replace(FIRST, ""))
        self.plant.start()
        self.plant.ctl("machine", "KEPT", "maintenance")
        support.eventually(lambda: "-> maintenance" in self.journal(), "it is durable")
        self.assertIn("OLD en_service -> en_panne", self.journal())
        self.assertIn("KEPT en_service -> maintenance", self.journal())

    def test_production_of_a_period_is_counted_across_a_restart(self):
        self.plant.stop()
        self.file.write_text(LINE.replace("- name: KEPT\n", "- name: KEPT\n        cycle: {time: 40ms, reject: 10%}\n"))
        self.plant.start()
        made = lambda: json.loads(self.plant.ctl("report", "--format", "json"))["machines"][1]["good"]
        support.eventually(lambda: made() > 20, "some are made")
        self.plant.stop()
        self.plant.start()
        start = support.eventually(lambda: [json.loads(line) for line in self.journal(
            "--code", "production", "--format", "jsonl").splitlines()], "the counters at the start")[0]
        self.assertGreater(start["detail"], 20)
        self.assertIn(f"KEPT production: {start['detail']} good and", self.journal())
        support.eventually(lambda: made() > start["detail"] + 20, "more are made")
        report = json.loads(self.plant.ctl("report", "--since", str(start["seq"]), "--format", "json"))
        kept = report["analysis"]["machines"][1]
        self.assertFalse(kept["production_estimated"])
        self.assertEqual(kept["good"], report["machines"][1]["good"] - start["detail"])

    def test_unit_with_files_of_its_own_there_keeps_them(self):
        self.change(LINE.replace(FIRST, "") + "    tables: {files: [{number: 750, values: [1, 2, 3]}]}\n")
        self.assertIn("plant changed", self.journal())
        self.assertIn("KEPT", self.plant.ctl("report"))


if __name__ == "__main__":
    support.main()
