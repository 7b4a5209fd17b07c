"""A journal that cannot be written, for real: a full disk, another program that holds it. Masters are told, the scan goes
on, and when it can be written again all is there, without a restart."""
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from pymodbus.client import ModbusTcpClient

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


class Trouble(unittest.TestCase):
    def start(self, data=None):
        self.plant = self.enterContext(support.Plant("line.yaml", data=data))
        self.client = ModbusTcpClient("127.0.0.1", port=self.plant.port, timeout=support.PATIENCE_S)
        self.assertTrue(self.client.connect())
        self.addCleanup(self.client.close)

    def small_disk(self):
        """A folder that holds 4 MB; skips the test where nobody may mount one."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "mbplant-test", folder], capture_output=True,
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
