"""A journal that cannot be written, for real: a full disk, one that turns read-only, another program that holds it.
Masters are told, the scan goes on, and when it can be written again all is there, without a restart."""
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import tempfile
import time
import unittest

import outside
import support

# line.yaml's map: T2 stands at holding register 3; M2 is the machine of coils 8..10.
T2_AT, FORCED_AT, SCANS_AT, TROUBLE_AT = 3, 1000, 14, 6280
RECOVERED, CANNOT_WRITE = 0, 1


def fill(disk):
    """Takes all the room that is left; the file that does."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def hold(database):
    """Takes it from a writer that leaves moments only between its transactions: SQLite's own waiting sleeps over them."""
    end = time.monotonic() + support.PATIENCE_S
    while True:
        try:
            return database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise


# As many events as the sensors have edges: 60,000 a second.
NOISY = """mbplant: 1
name: Noisy
scan: 10ms
units:
  - id: 1
    sensors:
      - {name: "N{n}", repeat: 600, kind: generic, range: [0, 100], max: 85,
         signal: {base: 50, wave: {shape: square, amplitude: 45, period: 20ms}}}
"""


class Shim:
    """Trouble that the system has, or so mbplantd is told (trouble_shim.c)."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / "shim"
        self.read_only, self.clock_ahead_s, self.stuck, self.still_ms, self.steals = False, 0, False, 0, 0
        self.tell()
        library = next(pathlib.Path(os.environ["MBP_BUILD"]).rglob("trouble_shim.so"), None)
        if library is None:
            raise unittest.SkipTest("trouble_shim.so is not built")
        self.environment = {"LD_PRELOAD": str(library.resolve()), "MBP_SHIM": str(self.file),
                            "ASAN_OPTIONS": support.ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"}

    def tell(self):
        with open(self.file, "r+b" if self.file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("=QqQQQ", self.read_only, self.clock_ahead_s, self.stuck, self.still_ms, self.steals))

    def be(self, **trouble):
        self.__dict__.update(trouble)
        self.tell()


class Trouble(unittest.TestCase):
    def start(self, data=None, file="line.yaml", environment=None):
        self.plant = self.enterContext(support.Plant(file, data=data, environment=environment))
        self.client = outside.Client(self.plant.port)
        self.assertTrue(self.client.connect())
        self.addCleanup(self.client.close)

    def small_disk(self):
        """A folder that holds 8 MB; skips the test where nobody may mount one."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "mbplant-test", folder], capture_output=True,
                                 text=True, check=False) if os.geteuid() == 0 else None
        if mounted is None or mounted.returncode != 0:
            self.skipTest("mounting a small disk is not permitted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)
        return folder

    def input(self, address, count=1):
        response = self.client.read_input_registers(address, count, slave=1)
        self.assertFalse(response.isError(), response)
        return response.registers

    def scans(self):
        high, low = self.input(SCANS_AT, 2)
        return high << 16 | low

    def in_trouble(self):
        return self.input(TROUBLE_AT)[0] == 1

    def make_event(self, value):
        response = self.client.write_register(T2_AT, value, slave=1)
        self.assertFalse(response.isError(), response)

    def events(self):
        return [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl").splitlines()]

    def count_at_rest(self):
        """How many events there are once the start's two are stored."""
        return support.eventually(lambda: len(self.events()) == 2 and 2, "start and plant loaded")

    def assert_trouble_is_seen_and_passes(self, before, end_it):
        """While it lasts; then end_it, and everything is as if nothing had been."""
        self.make_event(601)
        support.eventually(self.in_trouble, "the journal's trouble in its register")
        at = self.scans()
        support.eventually(lambda: self.scans() > at + 20, "the scan goes on")
        self.make_event(602)
        self.assertIn("the journal cannot be written", self.plant.ctl("status"))
        self.assertEqual(len(self.events()), before, "what is shown is stored, and can still be read")
        end_it()
        support.eventually(lambda: not self.in_trouble(), "the end of it")
        self.assertNotIn("the journal cannot be written", self.plant.ctl("status"))
        support.eventually(lambda: [CANNOT_WRITE, RECOVERED] == self.troubles(), "both are told in the journal")
        events = self.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        forced = [event["value"] for event in events if event["code"] == "value forced"]
        self.assertEqual(forced, [60.1, 60.2], "nothing was lost")

    def troubles(self):
        return [event["detail"] for event in self.events() if event["code"] == "journal trouble"]

    def test_full_disk_is_told_and_passes_without_a_restart(self):
        disk = self.small_disk()
        self.start(disk / "data")
        before = self.count_at_rest()
        filler = fill(disk)
        self.assert_trouble_is_seen_and_passes(before, filler.unlink)

    def test_journal_that_is_taken_away_is_told_and_passes_when_it_is_back(self):
        for what in ("journal.db", "."):
            with self.subTest(what):
                self.start(self.folder() / "data")
                before = self.count_at_rest()
                here = self.plant.data / what
                away = here.parent / "away" if what != "." else here.parent.parent / "away"
                self.plant.ctl("journal", "--verify")  # from here on the database is open to be read
                here.resolve().rename(away.resolve())
                self.assert_trouble_is_seen_and_passes(before, lambda: away.resolve().rename(here.resolve()))
                told = [line for line in self.plant.err.lines if "was removed or replaced" in line]
                self.assertEqual(len(told), 1, self.plant.err.lines)
                self.assertIn("that same file is put back", told[0])
                self.plant.stop()

    def remount(self, disk, how):
        """The disk, writable or not from now on: what a kernel does by itself when a disk fails."""
        result = subprocess.run(["mount", "-o", f"remount,{how}", disk], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)

    def folder(self):
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))

    def test_disk_that_turns_read_only_is_told_and_passes_without_a_restart(self):
        shim = Shim(self.folder())
        self.start(environment=shim.environment)
        before = self.count_at_rest()
        shim.be(read_only=True)
        self.assert_trouble_is_seen_and_passes(before, lambda: shim.be(read_only=False))
        self.assertTrue(any("Read-only file system" in line for line in self.plant.err.lines), self.plant.err.lines)

    def test_start_on_a_read_only_disk_is_one_line_and_the_journal_is_as_it_was(self):
        disk = self.small_disk()
        self.start(disk / "data")
        self.count_at_rest()
        self.plant.stop()
        self.remount(disk, "ro")
        result = support.run(support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "off", "-d", disk / "data",
                             support.DATA / "line.yaml")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.remount(disk, "rw")
        self.plant.start()
        support.eventually(lambda: [event["code"] for event in self.events()].count("start") == 2, "the second start")
        self.assertEqual([event["seq"] for event in self.events()][:3], [1, 2, 3])

    def test_clock_that_is_set_by_an_hour_is_told_and_changes_nothing_else(self):
        shim = Shim(self.folder())
        self.start(environment=shim.environment)
        self.count_at_rest()
        told = []
        for ahead_s, step_s in ((3600, 3600), (0, -3600), (-3600, -3600)):
            shim.be(clock_ahead_s=ahead_s)
            told.append(step_s)
            support.eventually(lambda: len(self.steps()) == len(told), "the step is told")
            at = self.scans()
            support.eventually(lambda: self.scans() > at + 20, "the scan goes on")
            self.assertFalse(self.in_trouble())
            self.make_event(600 + len(told))
            support.eventually(lambda: len(self.forced()) == len(told), "what was done after it")
        self.assertEqual([round(step) for step in self.steps()], told)
        events = self.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        times = [event["time_ms"] for event in events if event["code"] in ("clock stepped", "value forced")]
        for i, ahead_s in enumerate((3600, 0, -3600)):
            for time_ms in times[2 * i:2 * i + 2]:
                self.assertAlmostEqual((time_ms - events[0]["time_ms"]) / 1000, ahead_s, delta=support.PATIENCE_S)
        self.assertLess(self.scans(), 100 * support.PATIENCE_S, "no scans were made up for")

    def steps(self):
        return [event["value"] for event in self.events() if event["code"] == "clock stepped"]

    def forced(self):
        return [event["value"] for event in self.events() if event["code"] == "value forced"]

    def test_overrun_is_told_with_its_count_and_numbers_have_no_gap(self):
        file = self.folder() / "noisy.yaml"
        file.write_text(NOISY)
        self.start(file=file)
        support.eventually(lambda: self.input(9, 2) > [0, 0], "the first events are stored")
        other = sqlite3.connect(self.plant.data / "journal.db", timeout=0, isolation_level=None)
        self.addCleanup(other.close)
        hold(other)
        support.eventually(lambda: self.input(TROUBLE_AT, 4)[3] > 1000, "events are lost for want of memory")
        at = self.scans()
        support.eventually(lambda: self.scans() > at + 20, "the scan goes on")
        other.execute("ROLLBACK")
        support.eventually(lambda: not self.in_trouble(), "the end of it")
        self.plant.stop()  # all that is told is stored
        last, gapless = other.execute("SELECT max(seq), max(seq) - min(seq) + 1 = count(*) FROM event").fetchone()
        self.assertTrue(gapless, "no gap in the numbers")
        overruns = other.execute("SELECT value FROM event WHERE code = 50 AND detail = 2").fetchall()
        self.assertGreater(last, 10000, "what the memory held was kept")
        self.assertGreater(sum(value for value, in overruns), 1000)
        self.assertEqual(other.execute("SELECT detail FROM event WHERE code = 50 AND detail < 2 ORDER BY seq").fetchall(),
                         [(CANNOT_WRITE,), (RECOVERED,)])

    def test_start_on_a_full_disk_is_one_line_and_exit_1(self):
        disk = self.small_disk()
        fill(disk)
        result = support.run(support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "off", "-d", disk / "data",
                             support.DATA / "line.yaml")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn("-d", result.stderr)

    def test_journal_held_by_another_program_is_told_and_passes_without_a_restart(self):
        self.start()
        other = sqlite3.connect(self.plant.data / "journal.db", timeout=support.PATIENCE_S, isolation_level=None)
        self.addCleanup(other.close)
        before = self.count_at_rest()
        other.execute("BEGIN EXCLUSIVE")
        self.assert_trouble_is_seen_and_passes(before, lambda: other.execute("ROLLBACK"))

    def test_another_program_that_reads_the_journal_disturbs_nothing(self):
        self.start()
        other = sqlite3.connect(f"file:{self.plant.data / 'journal.db'}?mode=ro", uri=True, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM event").fetchone()
        self.make_event(601)
        support.eventually(lambda: "value forced" in [event["code"] for event in self.events()], "the event")
        self.assertEqual(self.troubles(), [])


if __name__ == "__main__":
    support.main()
