"""The alarm database as CSV, out and in again; alarms that chatter, that wait again, that an expression suppresses."""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import support

OK, FAILED, USAGE = 0, 1, 2
PLANT = """mbplant: 1
name: Database
scan: 10ms
instructor: true
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, unit: °C, range: [0, 150], max: 85, signal: {base: 50}}  # the short form
          - name: T2
            range: [-20, 150]
            limits:
              low: -5.5 # in winter
              high: {at: 85, priority: high, cause: "=SUM(A1) \\"quoted\\", dirt", action: "@home; é"}
            trip: [high]
            rate_of_change: {max: 20, per: 10s}
            bad_quality: true
            signal: {base: 50}
          - {name: D1, register: {type: bool}, alarm: true, priority: low, message: Door open}
        alarms:
          - {name: DRY, when: T1 > 140, message: Runs dry}
    sensors:
      - {name: "R{n}", repeat: 2, range: [0, 10], max: 9, signal: {base: 5}}
      - {name: C1, range: [0, 150], limits: {high: 85}, signal: {base: 50},
         chatter: {transitions: 2, within: 10min, for: 10min}}
      - {name: E1, range: [0, 150], limits: {high: 85}, signal: {base: 50}, suppress: {when: T2.high OR M1.maintenance}}
      - {name: A1, range: [0, 150], limits: {high: 85}, signal: {base: 50}, re_alarm: 200ms}
"""


class Database(unittest.TestCase):
    """One plant for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "database.yaml"
        self.path.write_text(PLANT, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(self.path))

    def ctl(self, *words, code=OK):
        result = self.plant.ctl(*words, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout if code == OK else result.stderr

    def rows(self):
        return list(csv.DictReader(io.StringIO(self.ctl("database"))))

    def row(self, name):
        return next(row for row in self.rows() if row["alarm"] == name)

    def table(self, rows, fields=None, separator=","):
        path = self.folder / "table.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, fields or list(rows[0]), delimiter=separator)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def take(self, *rows, code=OK, options=()):
        return self.ctl("database", self.table(list(rows)), *options, code=code)

    def test_table_taken_back_as_it_is_changes_nothing(self):
        text = self.ctl("database")
        self.assertEqual([row["alarm"] for row in self.rows()],
                         ["T1.high", "T2.low", "T2.high", "T2.rate_of_change", "T2.bad_quality", "D1.condition",
                          "R1.high", "R2.high", "C1.high", "E1.high", "A1.high", "DRY"])
        path = self.folder / "as_it_is.csv"
        path.write_text(text, encoding="utf-8")
        before = self.ctl("plant", "get")
        self.assertIn("nothing to do", self.ctl("database", path))
        path.write_text(text.replace(",", ";") if "," not in self.row("T2.high")["cause"] else text, encoding="utf-8")
        self.assertEqual(self.ctl("plant", "get"), before)
        offline = support.run(support.MBPLANTCTL, "--plant", self.path, "database")
        self.assertEqual(offline.stdout, text)

    def test_no_cell_is_a_formula(self):
        raw = self.ctl("database")
        self.assertIn("'=SUM(A1)", raw)
        self.assertIn("'@home; é", raw)

    def test_what_is_different_is_edited_and_everything_else_stays(self):
        answer = self.take({"alarm": "t1.high", "limit": "90,5"},
                           {"alarm": "T2.high", "limit": "85.0", })
        self.assertIn("T1.high limit: 85 -> 90.5", answer)
        self.assertNotIn("T2.high", answer.split("\n")[0])
        text = self.ctl("plant", "get")
        self.assertIn("range: [0, 150], max: 90.5, signal", text)  # where it was
        self.assertIn("# the short form", text)
        self.assertIn("# in winter", text)
        self.assertIn('action: "@home; é"', text)
        self.take({"alarm": "T1.high", "priority": "critical", "message": 'Too "hot": [n], #1', "chatter":
                   "3 within 1min for 2min", "suppress": "en_panne maintenance", "re_alarm": "30min"})
        row = self.row("T1.high")
        self.assertEqual([row[key] for key in ("priority", "message", "chatter", "suppress", "re_alarm", "limit", "trips")],
                         ["critical", 'Too "hot": [n], #1', "3 within 1min for 2min", "en_panne maintenance", "30min",
                          "90.5", "true"])
        for row in ({"alarm": "DRY", "priority": "high", "action": "Stop P1", "suppress_when": "M1.maintenance"},
                    {"alarm": "D1.condition", "message": "", "delay": "2s"},
                    {"alarm": "T2.bad_quality", "priority": "low", "cause": "'=wire"},
                    {"alarm": "T2.rate_of_change", "limit": "25", "per": "20s"}):
            self.take(row)
        self.assertEqual((self.row("DRY")["action"], self.row("DRY")["suppress_when"]), ("Stop P1", "M1.maintenance"))
        self.assertEqual((self.row("D1.condition")["message"], self.row("D1.condition")["delay"]), ("", "2s"))
        self.assertEqual(self.row("T2.bad_quality")["cause"], "'=wire")
        self.assertEqual((self.row("T2.rate_of_change")["limit"], self.row("T2.rate_of_change")["per"]), ("25", "20s"))
        self.assertEqual(self.row("T2.low")["limit"].lstrip("'"), "-5.5")

    def test_dry_run_says_what_changes_and_changes_nothing(self):
        before = self.ctl("plant", "get")
        said = self.take({"alarm": "T2.low", "limit": "-4"}, options=["--dry-run"])
        self.assertIn("T2.low limit: -5.5 -> -4", said)
        self.assertIn("+++" if "+++" in said else "@@", said)
        self.assertEqual(self.ctl("plant", "get"), before)

    def test_mistakes_are_told_by_row_and_column_and_nothing_is_half_applied(self):
        before = self.ctl("plant", "get")
        good = {"alarm": "T1.high", "limit": "90"}
        for row, words in (({"alarm": "T9.high"}, ["table.csv:3", "no alarm 'T9.high'"]),
                           ({"alarm": ""}, ["table.csv:3", "column 'alarm' is empty"]),
                           ({"alarm": "T1.high"}, ["table.csv:3", "has a row before"]),
                           ({"alarm": "T2.high", "limit": "hot"}, ["table.csv:3", "column 'limit'", "hot"]),
                           ({"alarm": "T2.high", "limit": "200"}, ["table.csv:3", "column 'limit'", "range"]),
                           ({"alarm": "T2.high", "priority": "hihg"}, ["table.csv:3", "column 'priority'", "did you mean 'high'"]),
                           ({"alarm": "T2.high", "priority": "high, latch: true"}, ["table.csv:3", "column 'priority'"]),
                           ({"alarm": "T2.high", "delay": "soon"}, ["table.csv:3", "column 'delay'"]),
                           ({"alarm": "T2.high", "action": "x" * 65536}, ["table.csv:3"]),
                           ({"alarm": "T2.high", "cause": "a\x1b[31m"}, ["table.csv:3"]),
                           ({"alarm": "T2.high", "cause": "two\nlines"}, ["table.csv:3"]),
                           ({"alarm": "E1.high", "suppress_when": "NOBODY > 1"}, ["table.csv:3", "NOBODY"]),
                           ({"alarm": "T2.high", "trips": "false"}, ["table.csv:3", "column 'trips'", "does not change"]),
                           ({"alarm": "R1.high", "limit": "8"}, ["table.csv:3", "repeat"])):
            with self.subTest(row=str(row)[:60]):
                rows = [dict(good), dict(row)]
                fields = list(dict.fromkeys(key for one in rows for key in one))
                told = self.ctl("database", self.table([{key: one.get(key, self.row("T1.high")[key] if one["alarm"] == "T1.high" else
                                                             self.current(one["alarm"], key)) for key in fields} for one in rows],
                                                       fields), code=USAGE)
                for word in words:
                    self.assertIn(word, told)
                self.assertIn("nothing was changed", told)
                self.assertNotIn("\x1b", told)
        told = self.ctl("database", self.table([{"alarm": "T1.high", "prioritty": "low"}]), code=USAGE)
        self.assertIn("did you mean 'priority'?", told)
        self.assertEqual(self.ctl("plant", "get"), before)

    def current(self, name, key):
        return next((row[key] for row in self.rows() if row["alarm"] == name), "")

    def test_alarm_that_chatters_is_suppressed_and_says_so(self):
        for _ in range(3):
            self.ctl("force", "C1", "90")
            self.ctl("force", "C1", "50")
        # its state is shown by the scan, who and why by its event, once that is stored
        support.eventually(lambda: "it comes too often" in self.ctl("alarms", "--hidden"), "it is suppressed")
        hidden = [row for row in json.loads(self.ctl("alarms", "--hidden", "--format", "json")) if row["alarm"] == "C1.high"]
        self.assertEqual((hidden[0]["state"], hidden[0]["who"], hidden[0]["why"]),
                         ("suppressed", "the plant", "it comes too often"))
        self.assertIn("C1 alarm suppressed: high: it comes too often", self.ctl("journal"))

    def test_alarm_that_another_suppresses_is_not_raised_and_comes_when_that_ends(self):
        self.ctl("force", "T2", "90")
        support.eventually(lambda: "T2.high OR M1.maintenance" in self.ctl("alarms", "--hidden"), "T2 suppresses E1")
        self.assertIn("E1.high", self.ctl("alarms", "--hidden"))
        self.ctl("force", "E1", "90")
        self.assertNotIn("E1 limit", self.ctl("journal", "--code", "alarm raised"))
        self.ctl("release", "T2")
        support.eventually(lambda: "E1" in self.ctl("journal", "--code", "alarm raised"), "E1 is raised")
        self.assertIn("its expression is FALSE", self.ctl("journal"))

    def test_alarm_that_stays_waits_again_after_it_was_acknowledged(self):
        self.ctl("force", "A1", "90")
        self.ctl("ack", "A1.high")
        support.eventually(lambda: "acknowledged and still there" in self.ctl("journal"), "it waits again")
        self.assertIn("unacknowledged", self.ctl("alarms", "A1"))


if __name__ == "__main__":
    support.main()
