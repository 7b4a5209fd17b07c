"""Scenarios: as a test with --fast-forward, and live with a student at a real master; exit codes of both."""
import json
import pathlib
import re
import signal
import tempfile
import unittest
import unittest.mock

import support

PASSED, FAILED, USAGE = 0, 1, 2
SHIPPED = support.ROOT / "config" / "scenarios"

PLANT = """mbplant: 1
name: School
scan: 100ms
instructor: true
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, unit: °C, range: [0, 150], max: 85, signal: {base: 65, noise: 0.2},
             register: {type: int16, scale: 0.1}}
          - {name: P1, kind: pressure, range: [0, 10], signal: {base: 4, noise: 0.1}, register: {type: float32}}
"""
HEAD = "mbplant_scenario: 1\nname: Exam\nplant: plant.yaml\nduration: 10min\n"
EXAM = HEAD + """timeline:
  - {at: 1s, note: "Now it gets hot."}
  - inject: {sensor: T1, value: 120}
  - fault: {sensor: P1, kind: bias, amount: 2}
  - expect: {alarm: T1.high, within: 1s}
  - expect: {machine: M1, state: en_panne, before: 5s}
  - student: {acknowledge: M1, within: 9min, points: 10}
  - student: {machine: M1, ask: maintenance, within: 9min, points: 20}
"""
FAILING = HEAD + "timeline:\n  - expect: {alarm: T1.high, within: 1s}\n"


class Scenario(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-scenario-test-")))
        (self.folder / "plant.yaml").write_text(PLANT, encoding="utf-8")

    def write(self, text, name="exam.yaml"):
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def fast(self, scenario, *words):
        return support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", *words)

    # ---- as fast as possible ----

    def test_fast_forward_without_duration_runs_to_the_end(self):
        result = self.fast(self.write(EXAM))
        self.assertEqual((result.returncode, result.stderr), (PASSED, ""))
        self.assertIn("00:00:01.000  note     Now it gets hot.\n", result.stdout)
        self.assertIn("00:10:00.000  PASSED   Exam: 4 of 4 expectations met, 30 of 30 points\n", result.stdout)

    def test_missed_expectation_is_exit_1_and_named(self):
        result = self.fast(self.write(FAILING))
        self.assertEqual((result.returncode, result.stderr), (FAILED, ""))
        self.assertRegex(result.stdout, r"00:00:01\.000  MISSED   T1.high is raised within 1s: it is normal, with T1 at \d")
        self.assertIn("FAILED   Exam: 0 of 1 expectations met\n", result.stdout)

    def test_duration_bounds_it_and_what_is_not_decided_is_not_passed(self):
        result = self.fast(self.write(EXAM), "2min")
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("00:02:00.000  FAILED   Exam: 2 of 4", result.stdout)
        self.assertIn("(not decided)", result.stdout)
        self.assertEqual(self.fast(self.write(EXAM), "1h").returncode, PASSED)

    def test_plant_of_the_command_line_comes_before_the_scenarios(self):
        scenario = self.write(EXAM.replace("plant.yaml", "nowhere.yaml"))
        self.assertEqual(self.fast(scenario).returncode, USAGE)
        self.assertEqual(self.fast(scenario, self.folder / "plant.yaml").returncode, PASSED)

    def test_same_seed_gives_the_same_report_and_another_one_another(self):
        timeline = "".join(f"  - {{at: {i}s, expect: {{value: {{sensor: T1, between: [65, 66]}}}}}}\n" for i in range(60))
        scenario = self.write(HEAD + "seed: 3\ntimeline:\n" + timeline)
        reports = [self.fast(scenario, *words, "--format", "json").stdout
                   for words in ([], [], ["--seed", "3"], ["--seed", "4"])]
        self.assertEqual(reports[1], reports[0])
        self.assertEqual(reports[2], reports[0])
        self.assertNotEqual([each["verdict"] for each in json.loads(reports[3])["expectations"]],
                            [each["verdict"] for each in json.loads(reports[0])["expectations"]])

    def test_formats_are_complete_documents(self):
        scenario = self.write(EXAM)
        report = json.loads(self.fast(scenario, "--format", "json").stdout)
        self.assertEqual((report["passed"], report["points"], len(report["expectations"])), (True, 30, 4))
        self.assertTrue(report["expectations"][2]["model"])
        self.assertIn('tests="5" failures="0"', self.fast(scenario, "--format", "junit").stdout)
        self.assertEqual(self.fast(scenario, "--format", "html").returncode, USAGE)

    def test_journal_goes_with_the_run_unless_it_is_given_a_place(self):
        scenario, tmp, kept = self.write(EXAM), self.folder / "tmp", self.folder / "kept"
        tmp.mkdir()
        with unittest.mock.patch.dict(support.ENVIRONMENT, TMPDIR=str(tmp)):
            self.assertEqual(self.fast(scenario).returncode, PASSED)
            self.assertEqual(list(tmp.iterdir()), [])
            self.assertEqual(self.fast(scenario, "-d", kept).returncode, PASSED)
        before = (kept / "journal.db").read_bytes()
        again = self.fast(scenario, "-d", kept)
        self.assertEqual(again.returncode, FAILED)
        self.assertRegex(again.stderr, r"kept holds the journal of an earlier run.*-d DIR")
        self.assertEqual((kept / "journal.db").read_bytes(), before, "nothing is lost")

    # ---- mistakes ----

    def test_mistakes_of_plant_and_scenario_are_told_in_one_run(self):
        (self.folder / "plant.yaml").write_text(PLANT.replace("scan:", "scann:"), encoding="utf-8")
        result = self.fast(self.write(EXAM.replace("note:", "not:")))
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        self.assertRegex(result.stderr, r"plant\.yaml:3:1: .*scann")
        self.assertRegex(result.stderr, r"exam\.yaml:6:\d+: .*'not'.*'note'")

    def test_no_plant_anywhere_is_one_line_and_exit_2(self):
        result = self.fast(self.write(EXAM.replace("plant: plant.yaml\n", "")))
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (USAGE, 1))
        self.assertIn("no plant", result.stderr)
        missing = self.fast(self.folder / "nowhere.yaml")
        self.assertEqual((missing.returncode, len(missing.stderr.splitlines())), (USAGE, 1))

    def test_check_tells_of_both_files_and_starts_nothing(self):
        for file in sorted(SHIPPED.glob("*.yaml")):
            result = support.run(support.MBPLANTD, "--check", "--scenario", file)
            self.assertEqual((result.returncode, result.stderr), (PASSED, ""))
            self.assertRegex(result.stdout, r"scenario  .*: \w+, \d+ steps, \d+ expectations, \d+ of them the student's")

    # ---- live ----

    def live(self, scenario, *flags):
        plant = support.Plant(self.folder / "plant.yaml", "--scenario", scenario, *flags)
        plant.__enter__()
        self.addCleanup(plant._clean_up)
        return plant

    def ended(self, plant):
        code = plant.process.wait(support.PATIENCE_S)
        errors = plant.err.text()
        self.assertFalse(support.SANITIZER_REPORT.search(errors), errors)
        return code, plant.out.text()

    def test_student_passes_live_and_mbplantd_ends_with_the_scenario(self):
        plant = self.live(self.write(EXAM))
        self.assertTrue(plant.out.wait_for(re.compile(r"ok +M1 is en_panne")), "told as it happens")
        plant.ctl("write", "M1.acknowledge", "1")
        self.assertTrue(plant.out.wait_for(re.compile(r"ok +the student acknowledges M1 .*\[10 of 10 points\]")))
        plant.ctl("machine", "M1", "maintenance")
        self.assertTrue(plant.out.wait_for(re.compile(r"ok +the student puts M1 to maintenance")))
        events = [json.loads(line) for line in plant.ctl("journal", "--format", "jsonl").splitlines()]
        forced = [event for event in events if event["code"] == "value forced"]
        self.assertEqual(len(forced), 1)
        self.assertEqual(forced[0].get("peer"), "scenario", "no master's write")
        self.assertNotIn("fault", json.dumps(events))
        students = [line for line in plant.ctl("map").splitlines() if " 247  " not in line]
        self.assertNotIn("fault", "\n".join(students))
        plant.ctl("sim", "speed", "1000")
        code, out = self.ended(plant)
        self.assertEqual(code, PASSED, out)
        self.assertIn("PASSED   Exam: 4 of 4 expectations met, 30 of 30 points", out)
        self.assertNotIn("model", out)

    def test_master_reads_how_the_exercise_goes(self):
        plant = self.live(self.write(EXAM))
        self.assertTrue(plant.out.wait_for(re.compile(r"ok +M1 is en_panne")))
        now = plant.ctl("exercise", check=False)
        self.assertEqual((now.returncode, now.stderr), (FAILED, ""))
        self.assertRegex(now.stdout, r"^Exam: not yet passed\n  time +\S+ s of 10 min 0 s\n  expectations  2 of 4 met, 0 missed\n"
                                     r"  points        0 of 30, 0 lost\n  note at 1 s: Now it gets hot\.\nRESULT ")
        self.assertRegex(now.stdout, r"(?m)^not decided +10  the student acknowledges M1 within 9min *$")
        plant.ctl("ack", "M1")
        plant.ctl("machine", "M1", "maintenance")
        self.assertTrue(plant.out.wait_for(re.compile(r"ok +the student puts M1 to maintenance")))
        done = plant.ctl("exercise")
        self.assertRegex(done, r"^Exam: passed\n")
        self.assertRegex(done, r"(?m)^met +\S+ s +20  the student puts M1 to maintenance within 9min *$")
        self.assertRegex(plant.ctl("--lang", "fr", "exercise"), r"^Exam\xa0: réussi\n  temps ")
        told = json.loads(plant.ctl("exercise", "--format", "json"))
        self.assertEqual([told[key] for key in ("name", "duration_ms", "over", "passed", "expectations_all", "met", "missed", "points", "points_lost",
                                                "points_all")], ["Exam", 600000, False, True, 4, 4, 0, 30, 0, 30])
        self.assertEqual(told["notes"], [{"simulated_ms": 1000, "text": "Now it gets hot."}])
        self.assertEqual([(one["verdict"], one["points"], one["student"], one["found"]) for one in told["expectations"]],
                         [("met", 0, False, ""), ("met", 0, False, ""), ("met", 10, True, ""), ("met", 20, True, "")])

    def test_plant_without_an_exercise_says_what_to_do(self):
        for told, changed in ((r"mbplantd --scenario FILE plays one", PLANT), (r"add `instructor: true`", PLANT.replace("instructor: true\n", ""))):
            file = self.folder / "alone.yaml"
            file.write_text(changed, encoding="utf-8")
            with support.Plant(file) as plant:
                result = plant.ctl("exercise", check=False)
                self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (FAILED, "", 1))
                self.assertIn(told, result.stderr)

    def test_forcing_that_the_scenario_refuses_is_refused(self):
        plant = self.live(self.write(EXAM.replace("timeline:", "forcing: refused\ntimeline:")))
        force = plant.ctl("force", "T1", "70", check=False)
        self.assertNotEqual(force.returncode, 0)
        self.assertIn("exception 02", force.stderr)
        plant.ctl("write", "T1.high", "84")

    def test_student_who_does_nothing_fails_live(self):
        plant = self.live(self.write(EXAM), "--speed", "1000")
        code, out = self.ended(plant)
        self.assertEqual(code, FAILED, out)
        self.assertRegex(out, r"00:09:01\.000  MISSED   the student acknowledges M1 within 9min \[0 of 10 points\]")
        self.assertIn("FAILED   Exam: 2 of 4 expectations met, 0 of 30 points", out)

    def test_live_and_fast_forward_decide_the_same_at_the_same_time(self):
        scenario = self.write(HEAD + "timeline:\n" + "".join(
            f"  - {{at: {10 * i}s, expect: {{value: {{sensor: T1, between: [65.4, 70]}}, within: 1s}}}}\n"
            for i in range(50)))
        verdicts = re.compile(r"^\d\d:\d\d:.*(?:ok|MISSED|PASSED|FAILED) .*$", re.M)
        _, live = self.ended(self.live(scenario, "--speed", "1000"))
        self.assertEqual(verdicts.findall(live), verdicts.findall(self.fast(scenario).stdout))

    def test_stopped_before_its_end_is_not_passed(self):
        plant = self.live(self.write(EXAM))
        plant.process.send_signal(signal.SIGINT)
        code, out = self.ended(plant)
        self.assertEqual(code, FAILED)
        self.assertRegex(out, r"FAILED   Exam: \d of 4")

    def test_plant_is_not_changed_under_a_scenario(self):
        plant = self.live(self.write(EXAM))
        plant.process.send_signal(signal.SIGHUP)
        self.assertTrue(plant.err.wait_for(re.compile("SIGHUP: a scenario plays on the running plant")))
        changed = self.write(PLANT.replace("base: 65", "base: 66"), "changed.yaml")
        put = plant.ctl("plant", "put", changed, check=False)
        self.assertNotEqual(put.returncode, 0)
        self.assertIn("a scenario plays on the running plant", put.stdout + put.stderr)


if __name__ == "__main__":
    support.main()
