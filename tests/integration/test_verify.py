"""Whether events were changed after they were stored: journal --verify, of a slave and of a dump."""
import json
import pathlib
import re
import sqlite3
import tempfile
import unittest

import support

LINE = """mbplant: 1
name: Line
scan: 20ms
units:
  - id: 1
    name: PLC
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, range: [0, 150], max: 85, signal: {base: 20}}
"""


class Verify(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.dump = self.folder / "dump"
        self.file.write_text(LINE)
        self.plant = self.enterContext(support.Plant(self.file))
        self.tell(3)

    def tell(self, times):
        """So many failures and returns, durable."""
        before = self.plant.ctl("journal").count("-> en_panne")
        for _ in range(times):
            self.plant.ctl("machine", "M1", "en_panne")
            self.plant.ctl("machine", "M1", "en_service")
        support.eventually(lambda: self.plant.ctl("journal").count("-> en_service") == before + times, "they are durable")

    def verify(self, *words):
        return self.plant.ctl("journal", "--verify", *words, check=False)

    def assert_fine(self, result, wanted=r"as (they were )?stored"):
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, wanted)

    def sql(self, *statement):
        self.plant.stop()
        with sqlite3.connect(self.plant.data / "journal.db") as database:
            database.execute(*statement)
        database.close()
        self.plant.start()

    def test_journal_is_as_it_was_stored_also_after_a_restart_and_beside_its_dump(self):
        self.assert_fine(self.verify())
        self.plant.stop()
        self.plant.start()
        self.assert_fine(self.verify())
        self.tell(1)
        self.plant.ctl("journal", "--save", self.dump)
        live, saved = self.verify(), self.verify("--load", self.dump)
        self.assert_fine(live)
        self.assert_fine(saved)
        value = re.compile(r"check value is ([0-9A-F]{8})$")
        self.assertEqual(value.search(live.stdout.strip())[1], value.search(saved.stdout.strip())[1])

    def test_row_that_was_changed_is_found(self):
        for change in ("UPDATE event SET wall_ms = wall_ms + 1 WHERE seq = 4", "UPDATE event SET actor = 0 WHERE actor <> 0",
                       "UPDATE event SET value = 5 WHERE seq = 3"):
            with self.subTest(change):
                self.sql(change)
                result = self.verify()
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                first = re.search(r"seq = (\d)", change)
                self.assertRegex(result.stderr, f"events 1 to [0-9]+: event {first[1] if first else '[0-9]+'} is the first of them that was changed")

    def test_row_that_was_changed_is_told_when_it_is_saved_and_found_in_the_dump(self):
        self.sql("UPDATE event SET value = 33 WHERE seq = 3")
        saved = self.plant.ctl("journal", "--save", self.dump, check=False)
        self.assertEqual(saved.returncode, 0, saved.stderr)
        self.assertIn("event 3 was changed after it was stored, or the one before it was", saved.stderr)
        self.assertEqual(self.plant.ctl("journal", "--format", "jsonl").count('"check":'), len(self.rows()))
        result = self.verify("--load", self.dump)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, "event 3 was changed after it was stored")
        self.assertNotIn("event 4", result.stderr)
        # What is added to it later follows on what is kept, not on what was changed.
        self.tell(1)
        self.assertEqual(self.plant.ctl("journal", "--save", self.dump, check=False).stderr, "")
        self.assertEqual(self.verify("--load", self.dump).stderr, result.stderr)

    def rows(self):
        with sqlite3.connect(f"file:{self.plant.data / 'journal.db'}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT seq, \"check\" FROM event ORDER BY seq").fetchall()
        database.close()
        return rows

    def test_row_that_is_missing_is_told_and_the_others_are_shown(self):
        self.sql("DELETE FROM event WHERE seq = 5")
        result = self.verify()
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"^[^\n]*event 5 is missing\n$")
        result = self.plant.ctl("journal", "--format", "jsonl", check=False)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"^[^\n]*event 5 is missing\n$")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(event["seq"], event["check"]) for event in events], self.rows())
        saved = self.plant.ctl("journal", "--save", self.dump, check=False)
        self.assertEqual(saved.returncode, 0)
        self.assertIn("event 5 is missing", saved.stderr)
        result = self.verify("--load", self.dump)
        self.assertEqual(result.returncode, 1)
        self.assertIn("event 6 follows on others that are missing in the dump", result.stderr)

    def test_row_that_was_changed_behind_some_that_are_missing_is_told(self):
        self.sql("DELETE FROM event WHERE seq IN (3, 4)")
        self.sql("UPDATE event SET value = 33 WHERE seq = 6")
        result = self.verify()
        self.assertIn("events 3 to 4 are missing", result.stderr)
        self.assertRegex(result.stderr, "events 6 to [0-9]+: event 6 is the first of them that was changed")

    def test_part_of_a_long_journal_that_was_changed_is_told(self):
        self.sql("WITH RECURSIVE more(seq) AS (SELECT max(seq) + 1 FROM event UNION ALL SELECT seq + 1 FROM more WHERE seq < 1234) "
                 "INSERT INTO event SELECT seq, 1, 1, 1, 0, 65535, 65535, NULL, NULL, 0, 0, 0, 0 FROM more")
        result = self.verify()
        self.assertEqual(result.returncode, 1)
        self.assertIn("events 500 to 999: event 500 is the first of them that was changed", result.stderr)

    def test_line_of_a_dump_that_was_changed_or_taken_out_is_told(self):
        self.plant.ctl("journal", "--save", self.dump)
        lines = self.dump.read_text().splitlines()
        fifth = next(i for i, line in enumerate(lines) if json.loads(line).get("seq") == 5)
        event = json.loads(lines[fifth])
        for key, value in (("time_ms", event["time_ms"] + 1), ("detail", event["detail"] ^ 1), ("actor", event["actor"] + 1)):
            with self.subTest(key):
                self.dump.write_text("\n".join([*lines[:fifth], json.dumps({**event, key: value}, separators=(",", ":")),
                                                *lines[fifth + 1:], ""]))
                result = self.verify("--load", self.dump)
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                self.assertIn("event 5 was changed", result.stderr)
        self.dump.write_text("\n".join([*lines[:fifth], *lines[fifth + 1:], ""]))
        result = self.verify("--load", self.dump)
        self.assertEqual(result.returncode, 1)
        self.assertIn("event 6 follows on others that are missing", result.stderr)

    def test_dump_of_a_part_and_one_gone_on_with_are_checked_too(self):
        self.plant.ctl("journal", "--save", self.dump, "--since", "5")
        self.assert_fine(self.verify("--load", self.dump))
        self.tell(1)
        self.plant.ctl("journal", "--save", self.dump)
        self.assert_fine(self.verify("--load", self.dump))
        events = [event for line in self.dump.read_text().splitlines() if "seq" in (event := json.loads(line))]
        self.assertTrue(all(isinstance(event["check"], int) for event in events))
        self.assertEqual([event["seq"] for event in events if "check_before" in event], [5])

    def test_options_that_choose_events_do_not_go_with_it(self):
        for words in (("--since", "1"), ("--machine", "M1"), ("--follow",), ("--save", self.dump)):
            result = self.verify(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("--verify is of every event", result.stderr)


if __name__ == "__main__":
    support.main()
