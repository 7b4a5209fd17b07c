"""What a seed gives is written down: journals of runs whose every event is known, wall time aside; and what the tables of
a journal are.

When a change of the process or of a plant file means to give another journal, write the new one down and look at the
difference before you commit it:  MBP_BUILD=build/test python3 tests/integration/test_golden.py --regenerate

Tables are written down under the number of their format, and never twice under the same: mbplantd of before knows by it
that a journal is none that it can use.
"""
import contextlib
import difflib
import sqlite3
import sys
import tempfile
import unittest

import support

GOLDEN = support.ROOT / "tests" / "data" / "golden"
BOTTLING = support.ROOT / "config" / "bottling.yaml"
WEAR = support.ROOT / "config" / "scenarios" / "pump-wear.yaml"
PLANT_LOADED = 3  # its detail is a checksum of the file, comments and all

EVENTS = "SELECT seq, scan, code, unit, machine, sensor, value, limit_or_old, actor, detail FROM event ORDER BY seq"
MACHINES = ("SELECT unit, name, state, running_ns, down_ns, maintenance_ns, good, reject, failures "
            "FROM retained_machine ORDER BY unit, name")
TABLES = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name"
REGENERATE = "MBP_BUILD=build/test python3 tests/integration/test_golden.py --regenerate"
OTHER_TABLES = """the tables of the journal are no longer those of its format {0}: give MBP_SCHEMA_VERSION (src/journal/schema.h)
the number {1}, build, and write them down: """ + REGENERATE


@contextlib.contextmanager
def database_of(*arguments):
    """The journal that a fast-forward leaves."""
    with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
        result = support.run(support.MBPLANTD, "-d", folder + "/data", *arguments)
        if result.returncode != 0:
            raise AssertionError(result.stdout + result.stderr)
        database = sqlite3.connect(folder + "/data/journal.db")
        try:
            yield database
        finally:
            database.close()


def journal_of(*arguments):
    """A line each: events, then machines with their counters."""
    with database_of(*arguments) as database:
        events = [row[:-1] if row[2] == PLANT_LOADED else row for row in database.execute(EVENTS)]
        rows = events + list(database.execute(MACHINES))
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def tables():
    """The number of the format, and the statements that make the tables, a column a line."""
    with database_of("--fast-forward", "1s", BOTTLING) as database:
        (number,) = database.execute("PRAGMA user_version").fetchone()
        made = "".join(sql.replace(", ", ",\n  ") + ";\n" for (sql,) in database.execute(TABLES))
    return number, made


def tables_file(number):
    return GOLDEN / f"journal-format-{number}.sql"


def write_tables():
    number, made = tables()
    file = tables_file(number)
    if file.exists() and file.read_text(encoding="utf-8") != made:
        sys.exit(OTHER_TABLES.format(number, number + 1))
    for former in GOLDEN.glob("journal-format-*.sql"):
        former.unlink()
    file.write_text(made, encoding="utf-8")


def hour(*arguments):
    """The default plant's first simulated hour."""
    return journal_of("--fast-forward", "1h", *arguments, BOTTLING)


def wear():
    """Nine hours of the waterworks with a pump that wears out, its trip, repair and maintenance."""
    return journal_of("--scenario", WEAR, "--fast-forward")


RUNS = {"bottling-1h.csv": hour, "pump-wear.csv": wear}


class Golden(unittest.TestCase):
    maxDiff = None

    def test_runs_give_the_journals_that_are_written_down(self):
        for name, run in RUNS.items():
            with self.subTest(name):
                self.assertMultiLineEqual(run(), (GOLDEN / name).read_text(encoding="utf-8"))

    def test_same_seed_gives_the_same_journal_and_another_one_another(self):
        first = hour("--seed", "7")
        self.assertEqual(hour("--seed", "7"), first)
        self.assertNotEqual(hour("--seed", "8"), first)

    def test_tables_of_the_journal_are_those_of_its_format(self):
        number, made = tables()
        file = tables_file(number)
        self.assertTrue(file.exists(), f"{file} is missing; write the tables down: {REGENERATE}")
        known = file.read_text(encoding="utf-8")
        if made != known:
            difference = difflib.unified_diff(known.splitlines(), made.splitlines(), "then", "now", lineterm="")
            self.fail("\n".join([OTHER_TABLES.format(number, number + 1), *difference]))


if __name__ == "__main__":
    if sys.argv[1:] == ["--regenerate"]:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        write_tables()
        for NAME, RUN in RUNS.items():
            (GOLDEN / NAME).write_text(RUN(), encoding="utf-8")
    else:
        support.main()
