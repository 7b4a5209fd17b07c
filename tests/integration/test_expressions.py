"""Expressions in plants: what the README and the manual page show, the sample plant, and bad ones."""
import csv
import io
import json
import pathlib
import re
import tempfile
import unittest

import support
import test_web

HEAD = "mbplant_scenario: 1\nname: Tried\nduration: 3h\ntimeline:\n"
PLANT = """mbplant: 1
scan: 1s
units:
  - id: 1
    machines:
      - name: M1
        SENSORS
    logic: ["P1 := SR(LSL, LSH)"]
"""


def readme_plant():
    """The example of the README as a plant."""
    text = (support.ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(sensors:.*?)```", text[text.index("\n## Expressions"):], re.DOTALL)[1]
    return PLANT.replace("SENSORS", block.rstrip().replace("\n", "\n        "))


class Expressions(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-expressions-test-")))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def play(self, plant, timeline):
        """The scenario's exit code and what was told."""
        scenario = self.write("exam.yaml", HEAD + timeline)
        result = support.run(support.MBPLANTD, "--scenario", scenario, "--fast-forward", plant)
        return result.returncode, result.stdout + result.stderr

    def test_readmes_tank_is_held_by_its_float_switches(self):
        plant = self.write("plant.yaml", readme_plant())
        code, told = self.play(plant, "  - {expect: {process: {sensor: LT1, between: [19, 81]}, for: 2h}}\n"
                                      "  - {when: 'LT1 > 79 AND P1', note: up}\n"
                                      "  - {when: 'LT1 < 21 AND NOT P1', note: down}\n"
                                      "  - {when: 'ABS(AT1 - LT1 * 0.3) <= 1', note: as the level}\n"
                                      "  - {at: 10min, machine: {name: M1, ask: maintenance}}\n"
                                      "  - {after: 2s, expect: {value: {sensor: AT1, between: [0, 0]}}}\n")
        self.assertEqual(code, 0, told)
        for note in ("up", "down", "as the level"):
            self.assertIn(f"note     {note}\n", told)

    def test_sample_tank_is_held_and_follows_the_town_and_its_pump(self):
        plant = support.ROOT / "config" / "tank.yaml"
        code, told = self.play(plant, "  - {expect: {process: {sensor: LT1, between: [20, 85]}, for: 2h}}\n"
                                      "  - {when: 'CLOCK.TOD >= TOD#08:00:00 AND FT2 >= 29.5', note: morning}\n"
                                      "  - {when: 'P1 AND FT1 > 40', note: pumping}\n"
                                      "  - {at: 2h, machine: {name: PUMP1, ask: maintenance}}\n"
                                      "  - {after: 20s, expect: {value: {sensor: P1, between: [0, 0]}, for: 30min}}\n")
        self.assertEqual(code, 0, told)

    def test_what_logic_moves_is_shown_as_read_only_and_a_write_is_refused_with_the_reason(self):
        plant = self.enterContext(test_web.Web(self.write("plant.yaml", readme_plant())))
        row = json.loads(plant.ctl("map", "P1", "--format", "json"))[0]
        self.assertEqual((row["point"], row["table"], row["access"]), ("P1", "coils", "read"))
        rows = list(csv.DictReader(io.StringIO(plant.ctl("export", "csv", "--select", "P1"))))
        self.assertEqual([(row["access"], row["write_function"]) for row in rows], [("read", "")])
        self.assertIs(plant.get("/points/P1")["writable"], False)
        told = plant.ctl("write", "P1", "on", check=False)
        self.assertEqual(told.returncode, 1)
        self.assertIn("refused with exception 04: ", told.stderr)
        self.assertIn("logic", told.stderr)
        self.assertIn("logic", plant.post("/points/P1", {"value": True}, 422)["detail"])
        support.run("mbpoll", "-a", 1, "-p", plant.port, "-0", "-1", "-t", 0, "-r", row["address"], "127.0.0.1", check=True)

    def test_condition_that_never_comes_fails_the_scenario(self):
        plant = self.write("plant.yaml", readme_plant())
        code, told = self.play(plant, "  - {when: 'LT1 > 99', note: overflow}\n")
        self.assertEqual(code, 1, told)
        self.assertIn("NEVER    what the step in line 5 waits for: LT1 > 99\n", told)

    def test_manual_page_shows_keys_that_load(self):
        page = (support.ROOT / "tools" / "package" / "man" / "mbplant.yaml.5.scd").read_text(encoding="utf-8")
        chapter = page[page.index("\n# EXPRESSIONS"):page.index("\n# ALARMS")]
        sensors, logic = re.findall(r"```\n(.*?)```", chapter, re.DOTALL)
        more = ("          - {name: FT1}\n          - {name: FT2}\n          - {name: PT1}\n"
                "          - {name: LSL, register: {type: bool}}\n        actuators: [{name: P1, on_off: true}]\n")
        plant = self.write("plant.yaml", PLANT.split("        SENSORS")[0] + "        "
                           + sensors.rstrip().replace("\n", "\n        ") + "\n" + more
                           + "    " + logic.rstrip().replace("\n", "\n    ") + "\n")
        result = support.run(support.MBPLANTD, "--check", plant)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_mistake_is_told_with_file_line_and_column(self):
        plant = self.write("plant.yaml", readme_plant().replace("LT1 > 80", "LTI > 80"))
        result = support.run(support.MBPLANTD, "--check", plant)
        self.assertEqual(result.returncode, 2)
        self.assertRegex(result.stderr, r"^\S+plant\.yaml:12:\d+: there is no value named LTI; did you mean LT1\?\n$")

    def test_hostile_expressions_are_one_error_each(self):
        for text in ("(" * 100_000 + "1" + ")" * 100_000, "1+" * 500_000 + "1", "-" * 5000 + "1", "\"" + "x" * 300 + "\""):
            with self.subTest(text=text[:10]):
                plant = self.write("plant.yaml", readme_plant().replace('"SEL(M1.en_service, 0, LT1 * 0.3)"', f"'{text}'"))
                result = support.run(support.MBPLANTD, "--check", plant)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr[:500])
                self.assertIn("plant.yaml:11:", result.stderr)

    def test_fault_at_run_time_is_journaled_once_and_over_once(self):
        plant = self.write("plant.yaml", readme_plant().replace("LT1 * 0.3)", "100 / (LT1.shown - 50))"))
        with support.Plant(plant) as running:
            ctl = running.ctl
            ctl("write", "LT1", "50")
            support.eventually(lambda: "expression fault" in ctl("journal"), "the fault")
            self.assertIn("bad quality", ctl("status").split("AT1")[1].split("\n")[0])
            ctl("write", "LT1", "60")
            support.eventually(lambda: "expression recovered" in ctl("journal"), "its end")
            journal = ctl("journal")
        self.assertEqual(len(re.findall("AT1 expression fault: division by zero at character", journal)), 1)
        self.assertEqual(len(re.findall("AT1 expression recovered", journal)), 1)

    def test_why_a_value_is_bad_is_told_where_no_unit_shows_a_summary(self):
        unit = """mbplant: 1
name: Bare
units:
  - id: 1
    blocks: none
    points:
      - {at: holding 0, name: SF, value: 0}
      - {at: holding 1, name: Q, expr: "100 / SF", type: int16}
"""
        plant = self.write("bare.yaml", unit)
        with support.Plant(plant) as running:
            support.eventually(lambda: "Q expression fault: division by zero" in running.ctl("read", "Q"), "the fault")
            self.assertIn("bad quality: Q expression fault: division by zero", running.ctl("status"))
            running.ctl("write", "SF", "4")
            support.eventually(lambda: "bad quality" not in running.ctl("read", "Q"), "its end")
        plant = self.write("deaf.yaml", unit.replace("blocks: none", "blocks: none\n    files: false"))
        with support.Plant(plant) as running:
            said = running.ctl("--plant", plant, "read", "Q")
            self.assertIn("nothing tells whether an expression has a fault: no unit shows the plant's summary", said)


if __name__ == "__main__":
    support.main()
