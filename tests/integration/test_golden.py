"""What a seed gives is written down: journals of runs whose every event is known, wall time aside.

When a change of the process or of a plant file means to give another journal, write the new one down and look at the
difference before you commit it:  MBP_BUILD=build/test python3 tests/integration/test_golden.py --regenerate
"""
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


def journal_of(*arguments):
    """What a fast-forward leaves, a line each: events, then machines with their counters."""
    with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
        result = support.run(support.MBPLANTD, "-d", folder + "/data", *arguments)
        if result.returncode != 0:
            raise AssertionError(result.stdout + result.stderr)
        database = sqlite3.connect(folder + "/data/journal.db")
        try:
            events = [row[:-1] if row[2] == PLANT_LOADED else row for row in database.execute(EVENTS)]
            rows = events + list(database.execute(MACHINES))
        finally:
            database.close()
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


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


if __name__ == "__main__":
    if sys.argv[1:] == ["--regenerate"]:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for NAME, RUN in RUNS.items():
            (GOLDEN / NAME).write_text(RUN(), encoding="utf-8")
    else:
        support.main()
