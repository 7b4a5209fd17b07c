"""Journal dumps: filters, periods, files that are written, gone on with and read without a slave; slaves that die."""
import csv
import io
import json
import os
import pathlib
import re
import socket
import sqlite3
import struct
import tempfile
import threading
import time
import unittest
import zlib

import support

OK, FAILED, USAGE = 0, 1, 2
BOTTLING = support.ROOT / "config" / "bottling.yaml"
EVENTS = 3000
RAISED, CLEARED, STATE = 20, 21, 30


def give_check_values(database):
    """As if the journal itself had stored what is in it (mbplant-map(7))."""
    check = 0
    for row in database.execute("SELECT seq, scan, wall_ms, code, unit, machine, sensor, value, limit_or_old, actor, flags, detail, "
                                "coalesce(text, '') FROM event LEFT JOIN comment USING(seq) ORDER BY seq").fetchall():
        numbers = [float("nan") if number is None else number for number in row[:12]]
        check = zlib.crc32(struct.pack(">IIIQ4H2f2HI", check, *numbers) + row[12].encode())
        database.execute('UPDATE event SET "check" = ? WHERE seq = ?', (check, row[0]))


def fill(data, events=EVENTS, first_ms=None, step_ms=1000):
    """Puts alarms into a stopped plant's journal, a second apart, the last a minute ago."""
    with sqlite3.connect(data / "journal.db") as database:
        last = database.execute("SELECT max(seq) FROM event").fetchone()[0]
        first_ms = first_ms or int(time.time() * 1000) - 60000 - events * step_ms
        database.execute("UPDATE event SET wall_ms = ?", (first_ms - 1000,))
        for i in range(events):
            database.execute(support.ADD_EVENT,
                             (last + 1 + i, i, first_ms + i * step_ms, (RAISED, CLEARED)[i % 2], 1, 0, 0, 92.3, 85.0, 0, 2))
        give_check_values(database)
    database.close()
    return last


class Cutting:
    """A way to a slave that breaks off after so many bytes from it."""

    def __init__(self, port, bytes_left):
        self.target, self.left = port, bytes_left
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        peer, _ = self.listener.accept()
        slave = socket.create_connection(("127.0.0.1", self.target))
        threading.Thread(target=self._pump, args=(peer, slave), daemon=True).start()
        while self.left > 0 and (got := slave.recv(min(self.left, 4096))):
            self.left -= len(got)
            peer.sendall(got)
        for end in (peer, slave):
            end.shutdown(socket.SHUT_RDWR)  # a thread that still reads from it would keep it open
        for end in (peer, slave, self.listener):
            end.close()

    @staticmethod
    def _pump(source, sink):
        try:
            while got := source.recv(4096):
                sink.sendall(got)
        except OSError:
            pass


class Dumps(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.dump = self.folder / "dump"

    def use(self, **how):
        """The bottling line with 3,000 alarms in its journal."""
        self.plant = self.enterContext(support.Plant(BOTTLING))
        self.plant.stop()
        self.before = fill(self.plant.data, **how)
        self.restart()

    def restart(self):
        """Starts it again, until that is in the journal too."""
        self.plant.start()
        support.eventually(lambda: self.ctl("journal", "--since", str(self.before + 1), "--code", "plant loaded"),
                           "its start is durable")

    def ctl(self, *words, port=None, check=True):
        result = support.run(support.MBPLANTCTL, "-p", port or self.plant.port, "--timeout", "30s", *words, check=check)
        return result.stdout if check else result

    def assert_fails(self, code, wanted, *words, port=None):
        result = self.ctl(*words, port=port, check=False)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(wanted, result.stderr)
        return result

    def load(self, *words):
        return support.run(support.MBPLANTCTL, "-p", 1, "journal", "--load", self.dump, *words, check=True).stdout

    def numbers(self, text):
        return [int(row["seq"]) for row in csv.DictReader(io.StringIO(text))]

    def test_filters_give_the_same_live_and_from_a_dump(self):
        self.use(first_ms=1_790_000_000_000)
        self.ctl("force", "LT101", "5")
        support.eventually(lambda: "forced" in self.ctl("journal", "--code", "value"), "the event is durable")
        self.ctl("journal", "--save", self.dump)
        last = self.numbers(self.load("--format", "csv"))[-1]
        for words in (["--machine", "FILL1"], ["--sensor", "LT101"], ["--code", "alarm raised"], ["--code", "start,stop"],
                      ["--since", "2990"], ["--until", "7"], ["--since", "100", "--until", "110"],
                      ["--machine", "FILL1", "--code", "21", "--since", "2000", "--until", "2100"],
                      ["--since", "2026-09-21T14:20Z"], ["--since", "2026-09-21T14:20Z", "--until", "2026-09-21T14:21Z"],
                      ["--since", "2990", "--until", "2026-09-21T15:10Z"]):
            with self.subTest(words):
                until = [] if "--until" in words else ["--until", str(last)]
                live = self.ctl("journal", "--format", "csv", *words, *until)
                self.assertEqual(live, self.load("--format", "csv", *words, *until))
                self.assertGreater(len(live.splitlines()), 1)
        self.assertEqual(self.numbers(self.ctl("journal", "--format", "csv", "--since", "100", "--until", "103")),
                         [100, 101, 102, 103])

    def test_time_finds_exactly_the_events_of_the_period(self):
        first_ms = 1_790_000_000_000
        self.use(first_ms=first_ms)
        cases = (("2026-09-21T14:13:20Z", "2026-09-21T14:13:25Z", range(0, 5)),  # first_ms
                 ("2026-09-21T16:13:22.500+02:00", "2026-09-21T14:13:25Z", range(3, 5)))
        for since, until, wanted in cases:
            got = self.numbers(self.ctl("journal", "--format", "csv", "--since", since, "--until", until))
            self.assertEqual(got, [self.before + 1 + i for i in wanted])

    def test_clock_that_was_set_back_loses_no_event_of_the_period(self):
        self.use(first_ms=1_790_000_000_000)
        self.plant.stop()
        with sqlite3.connect(self.plant.data / "journal.db") as database:
            database.execute("UPDATE event SET wall_ms = wall_ms - 600000 WHERE seq > 1500")
            wanted = [row[0] for row in database.execute(
                "SELECT seq FROM event WHERE wall_ms >= 1790001000000 AND wall_ms < 1790001200000 ORDER BY seq")]
        database.close()
        self.restart()
        self.assertEqual(self.numbers(self.ctl("journal", "--format", "csv", "--since", "2026-09-21T14:30:00Z", "--until",
                                               "2026-09-21T14:33:20Z")), wanted)
        self.assertTrue(any(seq < 1500 for seq in wanted) and any(seq > 1500 for seq in wanted))

    def test_save_again_goes_on_after_the_last_event(self):
        self.use()
        self.assertIn(f"{EVENTS + self.before + 2} events saved", self.ctl("journal", "--save", self.dump))
        self.assertIn("0 events saved", self.ctl("journal", "--save", self.dump))
        self.ctl("force", "LT101", "5")
        support.eventually(lambda: "forced" in self.ctl("journal", "--since", "3000"), "the event is durable")
        self.assertRegex(self.ctl("journal", "--save", self.dump), r"^\d events? saved")
        saved = self.load()
        self.assertIn("LT101 forced", saved)
        self.assertTrue(self.ctl("journal").startswith(saved), "what came since stands behind what is saved")

    def test_slave_that_dies_leaves_a_partial_dump_which_the_same_command_completes(self):
        self.use()
        way = Cutting(self.plant.port, 60000)
        died = self.assert_fails(FAILED, "is a partial dump, up to event ", "journal", "--save", self.dump, port=way.port)
        self.assertIn("the slave closed the connection", died.stderr)
        self.assertEqual(len(died.stderr.splitlines()), 1)
        last = int(re.search(r"up to event (\d+)", died.stderr).group(1))
        shown = support.run(support.MBPLANTCTL, "journal", "--load", self.dump, "-f", "csv", check=True)
        self.assertEqual(self.numbers(shown.stdout), list(range(1, last + 1)))
        self.assertIn(f"partial dump: it ends after event {last}, for 127.0.0.1", shown.stderr)
        self.assertIn(f"{EVENTS + self.before + 2 - last} events saved", self.ctl("journal", "--save", self.dump))
        self.assertEqual(self.load(), self.ctl("journal"))

    def test_slave_that_dies_while_events_are_shown_tells_where_to_resume(self):
        self.use()
        way = Cutting(self.plant.port, 60000)
        died = self.assert_fails(FAILED, "resumes", "journal", "-f", "jsonl", port=way.port)
        seen = [json.loads(line)["seq"] for line in died.stdout.splitlines()]
        self.assertEqual(seen, list(range(1, seen[-1] + 1)))
        since = re.search(r"--since (\d+) resumes", died.stderr).group(1)
        rest = self.ctl("journal", "-f", "jsonl", "--since", since)
        self.assertEqual([json.loads(line)["seq"] for line in rest.splitlines()],
                         list(range(seen[-1] + 1, EVENTS + self.before + 3)))

    def test_dump_killed_in_the_middle_of_a_line_goes_on(self):
        self.use()
        self.ctl("journal", "--save", self.dump)
        with open(self.dump, "r+b") as file:
            file.truncate(os.path.getsize(self.dump) // 2)
        shown = support.run(support.MBPLANTCTL, "journal", "--load", self.dump, check=True)
        self.assertIn("partial dump: it ends after event", shown.stderr)
        self.ctl("journal", "--save", self.dump)
        self.assertEqual(self.load(), self.ctl("journal"))

    def test_dump_of_another_journal_is_not_gone_on_with(self):
        self.use()
        self.ctl("journal", "--save", self.dump)
        whole = self.dump.read_bytes()
        with support.Plant("line.yaml") as other:
            self.assert_fails(FAILED, "dump of another plant, or the journal was begun anew", "journal", "--save", self.dump,
                              port=other.port)
        self.assertEqual(self.dump.read_bytes(), whole)

    def test_file_that_is_no_dump_is_neither_written_nor_read(self):
        self.use(events=1)
        for content in ("", "shopping list\n", '{"seq":1}\n', "\0" * 100, "[" * 100000):
            self.dump.write_text(content)
            self.assert_fails(FAILED, "it exists and is no dump", "journal", "--save", self.dump)
            self.assertEqual(self.dump.read_text(), content)
            self.assert_fails(FAILED, f"--load {self.dump}: ", "journal", "--load", self.dump)
        self.assert_fails(FAILED, "No such file", "journal", "--load", self.folder / "none")
        self.assert_fails(FAILED, "No such file", "journal", "--save", self.folder / "none" / "dump")

    def test_damaged_dump_names_the_line(self):
        self.use(events=10)
        self.ctl("journal", "--save", self.dump)
        lines = self.dump.read_text().splitlines(keepends=True)
        self.dump.write_text("".join(lines[:4]) + "x" + "".join(lines[4:]))
        self.assert_fails(FAILED, "line 5: not an event", "journal", "--load", self.dump)

    def test_words_that_mean_nothing_are_wrong_usage(self):
        self.use(events=1)
        for wanted, *words in (("did you mean FILL1?", "--machine", "FIL1"), ("did you mean TT101?", "--sensor", "TT10"),
                               ("did you mean 'alarm raised'?", "--code", "alarm rised"), ("allowed is", "--since", "soon"),
                               ("allowed is", "--until", "2026-02-30"), ("not before", "--since", "9", "--until", "8"),
                               ("not before", "--since", "1h", "--until", "2h"), ("no format html", "-f", "html"),
                               ("no end", "--follow", "--until", "now"), ("--save takes every event", "--save", "x", "--code", "start"),
                               ("neither", "--load", "x", "--save", "y")):
            with self.subTest(words):
                self.assertEqual(self.assert_fails(USAGE, wanted, "journal", *words).stdout, "")

    def test_journal_that_retention_cut_tells_what_is_gone(self):
        self.use(events=100)
        self.ctl("journal", "--save", self.dump)
        self.plant.stop()
        with sqlite3.connect(self.plant.data / "journal.db") as database:
            database.execute("DELETE FROM event WHERE seq <= 50")
        database.close()
        self.restart()
        shown = self.ctl("journal", "--since", "20", "-f", "csv", check=False)
        self.assertEqual((shown.returncode, shown.stderr), (OK, "mbplantctl: events before 51 are no longer kept\n"))
        self.assertEqual(self.numbers(shown.stdout)[0], 51)
        self.assertEqual(self.numbers(self.ctl("journal", "-f", "csv"))[0], 51)


class Words(unittest.TestCase):
    """What journal takes: each filter, of a slave and of a dump of it, and what does not go together."""

    def test_each_filter_of_a_slave_is_that_of_its_dump(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        dump = folder / "all.jsonl"
        with support.Plant(support.ROOT / "config" / "bottling.yaml") as plant:
            plant.ctl("force", "TT101", "92")
            plant.ctl("ack", "TT101")
            plant.ctl("release", "TT101")
            plant.ctl("write", "PT101.high", "5.4")
            plant.ctl("machine", "CAP1", "maintenance")
            plant.ctl("machine", "CAP1", "en_service")
            support.eventually(lambda: "CAP1 maintenance -> en_service" in plant.ctl("journal"), "all of it")
            plant.ctl("sim", "pause", check=False)
            plant.ctl("journal", "--save", str(dump))
            last = len(plant.ctl("journal", "--format", "jsonl", "--until", "12").splitlines())
            self.assertGreater(last, 5)
            for words in (["--since", "3"], ["--until", "5"], ["--since", "2", "--until", "6"], ["--machine", "FILL1", "--until", "12"],
                          ["--sensor", "TT101", "--until", "12"], ["--sensor", "PT101", "--until", "12"], ["--code", "alarm", "--until", "12"],
                          ["--code", "20,21", "--until", "12"], ["--code", "start"], ["--since", "today", "--until", "12"],
                          ["--since", "1h", "--until", "12"], ["--since", "yesterday", "--until", "12"], ["--machine", "CAP1", "--code", "machine state"],
                          ["--since", "99999"]):
                for form in ("text", "csv", "jsonl"):
                    live = plant.ctl("journal", *words, "--format", form)
                    if form != "jsonl" and ("--until" in words or "start" in words): # a dump has check values
                        saved = support.run(support.MBPLANTCTL, "journal", "--load", str(dump), *words, "--format", form)
                        self.assertEqual((saved.returncode, saved.stdout), (0, live), (words, form))
            for words in (["--since", "noon"], ["--until", "soon"], ["--machine", "NOBODY"], ["--sensor", "NOBODY"], ["--code", "odd"],
                          ["--format", "html"], ["--save", str(dump), "--until", "3"], ["--save", str(dump), "--machine", "FILL1"],
                          ["--load", str(dump), "--follow"], ["--load", str(dump), "--save", "x"], ["--load", str(folder / "none")],
                          ["--verify", "--machine", "FILL1"]):
                wrong = support.run(support.MBPLANTCTL, "-H", "127.0.0.1", "-p", str(plant.port), "journal", *words)
                self.assertIn(wrong.returncode, (1, 2), words)
                self.assertNotEqual(wrong.stderr, "", words)


if __name__ == "__main__":
    support.main()
