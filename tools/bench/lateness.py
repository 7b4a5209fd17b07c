"""When scans begin: how late, while many connections ask as fast as they can, and whether a speed asked is reached."""

import os
import re
import struct
import tempfile
import time
from pathlib import Path

from harness import DEFAULT_PLANT, BenchError, Server, result, spawn, table

UNIT = 247            # the instructor's; include/mbplant/instructor.h is its map
IR_SCANS, IR_LATE, IR_LOST, IR_LATENESS_MAX, IR_LATENESS = 8, 14, 16, 30, 32
CLASSES_US = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, None]

PERIOD_MS, CONNECTIONS = 10, 500
P999_US = 1000
WINDOW_S, WAITED_NS = 0.03, 300_000  # a window in which the server was kept waiting for longer is set aside
ENOUGH_SCANS = 300
SPEEDS = [1, 10, 100, 1000]   # of a scan of 100 ms: up to 10,000 scans a second
SPEED_TOLERANCE = 0.002
BAR = 40


def taught_plant(folder, period_ms):
    """The default plant with an instructor, that period, and room for the connections."""
    text, found = re.subn(r"(?m)^scan:\s*\S+", f"scan: {period_ms}ms", DEFAULT_PLANT.read_text(encoding="utf-8"))
    room = f"max_connections: {CONNECTIONS + 100}, per_client: {CONNECTIONS + 100}"
    text = re.sub(r"(?m)^server:\s*\{", f"server: {{{room}, ",
                  re.sub(r"max_connections:\s*\d+,?\s*", "", text))
    if not found:
        text = f"{text}\nscan: {period_ms}ms\n"
    path = Path(folder) / DEFAULT_PLANT.name
    path.write_text(f"{text}\ninstructor: true\n", encoding="utf-8")
    return path


def u32(words, at):
    """A number of two registers."""
    return words[at] << 16 | words[at + 1]


class Look:
    """What unit 247 says at one moment."""

    def __init__(self, master):
        words = master.read(4, 0, 29, UNIT) + (0,) + master.read(4, IR_LATENESS_MAX, 2 + 2 * len(CLASSES_US), UNIT)
        self.at = time.monotonic()
        self.scans, self.late, self.lost = u32(words, IR_SCANS), u32(words, IR_LATE), u32(words, IR_LOST)
        self.max_us = u32(words, IR_LATENESS_MAX)
        self.classes = [u32(words, IR_LATENESS + 2 * index) for index in range(len(CLASSES_US))]


def share_within(classes, share):
    """The upper end of the class that this share of the scans does not exceed, in us."""
    seen, every = 0, sum(classes)
    for upper, count in zip(CLASSES_US, classes):
        seen += count
        if seen >= share * every:
            return upper
    return None


def text_us(upper):
    """A class's upper end."""
    return "more" if upper is None else f"{upper}"


def histogram(classes):
    """A row a class that has scans in it, or lies between such."""
    every, seen, rows = sum(classes), 0, []
    last = max(index for index, count in enumerate(classes) if count)
    for index, count in enumerate(classes[:last + 1]):
        seen += count
        bar = "#" * round(BAR * count / every) or ("." if count else "")
        rows.append([text_us(CLASSES_US[index]), f"{count:,}", f"{100 * seen / every:.3f}", bar.ljust(BAR)])
    table("Scans by how late they began", ["to us", "scans", "% so far", " " * BAR], rows)


class Windows:
    """The scans of many short windows: all of them, and those of windows in which the server had its processor when it
    wanted it. What other programs do to the server is no property of it."""

    def __init__(self, server, master):
        self.server, self.master = server, master
        self.every, self.clean = [0] * len(CLASSES_US), [0] * len(CLASSES_US)
        self.set_aside = self.count = 0
        self.first = self.last = Look(master)
        self.first_waited_ns = self.waited_ns = server.waited_ns()

    def end_one(self):
        """A window from the end of the one before until now."""
        look, waited_ns = Look(self.master), self.server.waited_ns()
        scans = [now - then for now, then in zip(look.classes, self.last.classes)]
        kept_waiting = waited_ns - self.waited_ns > WAITED_NS
        self.count += 1
        self.set_aside += kept_waiting
        for index, count in enumerate(scans):
            self.every[index] += count
            self.clean[index] += 0 if kept_waiting else count
        self.last, self.waited_ns = look, waited_ns


def watch_load(settings, server, measure_ms):
    """Windows while the load runs, and what the load says."""
    master = server.connect()
    os.sched_setaffinity(0, {settings.load_cpu})  # looking on must not take the server's processor
    load = spawn(settings, "load", "-p", server.port, "-c", CONNECTIONS, "-t", measure_ms)
    time.sleep(1)  # until all have connected
    windows = Windows(server, master)
    while load.poll() is None:
        time.sleep(WINDOW_S)
        windows.end_one()
    master.close()
    return windows, result(load)


def row(verdicts, what, classes, scans):
    """A histogram's figures; the verdict where there are verdicts."""
    p999 = share_within(classes, 0.999)
    judged = verdicts.at_most(p999 or 1e9, P999_US, "{:.0f}") if verdicts else text_us(p999)
    return [what, f"{scans:,}", text_us(share_within(classes, 0.5)), text_us(share_within(classes, 0.99)), judged,
            text_us(share_within(classes, 1.0))]


def run_load(settings, verdicts):
    """The histogram under load."""
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        with Server(settings, "mbplantd", plant=taught_plant(folder, PERIOD_MS)) as server:
            windows, load = watch_load(settings, server, 10_000 if settings.quick else 60_000)
    clean, every = sum(windows.clean), sum(windows.every)
    if clean < ENOUGH_SCANS:
        raise BenchError(f"other programs kept the server waiting in {windows.set_aside} of {windows.count} windows: "
                         "the machine is too busy")
    first, last = windows.first, windows.last
    missing = max(0, round((last.at - first.at) * 1000 / PERIOD_MS) - 1 - (last.scans - first.scans))  # one is due now
    histogram(windows.clean)
    table(f"Begin of scans in us after their time, {PERIOD_MS} ms period; {CONNECTIONS} connections ask as fast as "
          f"they can: {load['rps']:,.0f} requests/s", ["", "scans", "half within", "99 %", "99.9 %", "all"],
          [row(verdicts, "where the server had its processor", windows.clean, clean),
           row(None, "everywhere", windows.every, every)])
    table("Scans lost", ["lost", "late by a period", "windows set aside", "processor withheld, ms"],
          [[verdicts.at_most(last.lost - first.lost + missing, 0, "{:.0f}"), last.late - first.late,
            f"{windows.set_aside} of {windows.count}", f"{(windows.waited_ns - windows.first_waited_ns) / 1e6:.0f}"]])


def run_speeds(settings, verdicts):
    """Whether the plant goes as fast as it was told to."""
    seconds = 3 if settings.quick else 10
    rows = []
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        with Server(settings, "mbplantd", plant=taught_plant(folder, 100)) as server:
            master = server.connect()
            for speed in SPEEDS:
                master.write(0, struct.unpack(">2H", struct.pack(">f", speed)), UNIT)
                time.sleep(0.5)
                before, cpu_ns = Look(master), server.cpu_ns()
                time.sleep(seconds)
                after = Look(master)
                reached = (after.scans - before.scans) * 0.1 / (after.at - before.at)
                cpu = (server.cpu_ns() - cpu_ns) / 1e7 / (after.at - before.at)
                off = abs(reached / speed - 1) - 1.1 / (after.scans - before.scans + 1)   # a scan of rounding at the ends
                rows.append([f"{speed}", f"{speed * 10:,}", f"{reached:,.2f}",
                             verdicts.at_most(max(0.0, off), SPEED_TOLERANCE, "{:.4f}"), after.late - before.late,
                             after.lost - before.lost, f"{cpu:.1f}"])
            master.close()
    table(f"Speed at run time ({DEFAULT_PLANT.name}, scan 100 ms)",
          ["times real time", "scans/s asked", "reached", "off by", "late", "lost", "processor %"], rows)


def run(settings, verdicts):
    """Both."""
    run_load(settings, verdicts)
    run_speeds(settings, verdicts)
