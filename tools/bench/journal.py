"""The journal: a flood of events beside the scan, and how a very long one starts and is read."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from harness import DEFAULT_PLANT, MIB, BenchError, Master, Verdicts, free_port, median, table, take_over

RATE = 50_000           # events a second, committed
LATE_US = 1000          # of any scan
LONG, LONG_QUICK = 10_000_000, 1_000_000
START_MS = 200
DUMPED, DUMP_S = 100_000, 3.0
REPORT_S = 1.0
LIMIT, LIMIT_QUICK = 2_000_000, 500_000
BATCH = 30_000          # rows a transaction of the yardstick: larger ones are no faster
OF_SQLITE = 0.5
SENSORS = 5200          # each with an event in every scan, ten scans a second
PER_UNIT, PER_MACHINE = 2600, 20


def write_flood_plant(path, sensors):
    """Each sensor crosses its limit with every scan: one event a sensor and scan."""
    signal = "signal: {base: 50, wave: {shape: square, amplitude: 40, period: 200ms}}, register: {type: int16}"
    with path.open("w", encoding="utf-8") as out:
        out.write(f"mbplant: 1\nname: Flood\nscan: 100ms\nunits:\n- id: 1\n  repeat: {sensors // PER_UNIT}\n  machines:\n"
                  f"  - name: \"M{{u}}.{{n}}\"\n    repeat: {PER_UNIT // PER_MACHINE}\n    sensors:\n"
                  f"    - {{name: \"S{{u}}.{{m}}.{{n}}\", repeat: {PER_MACHINE}, range: [0, 100], "
                  f"limits: {{high: 85}}, {signal}}}\n")


def flood(settings, plant, data, seconds, first):
    """One run of bench_journal; its figures. first: the scan has a processor and real-time priority."""
    command = [settings.program("journal"), plant, data, seconds, settings.server_cpu if first else "-"]
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=take_precedence if first else None) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # until it is waited for, its times can be read
        ran_ns = int(Path(f"/proc/{process.pid}/task/{process.pid}/schedstat").read_text().split()[0])
        out, err = process.communicate()
    if process.returncode != 0:
        raise BenchError(f"bench_journal: {err.strip().splitlines()[:1] or 'failed'}")
    figures = json.loads(out)
    figures["ran_us"] = ran_ns / 1e3  # of the scan's thread, loading and closing included
    return figures


def take_precedence():
    """For a child before exec: precedence over what else runs, on all processors."""
    cpus = os.sched_getaffinity(0)
    take_over(min(cpus))
    os.sched_setaffinity(0, cpus)


def take_real_time():
    """For a child before exec."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass


def run_flood(settings, verdicts):
    """Sustained events, with the same scans without a journal beside them; with real-time priority, which tells what the
    journal costs, and without, where the lateness is that of the machine."""
    seconds = 10 if settings.quick else 60
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        plant = Path(folder) / "flood.yaml"
        write_flood_plant(plant, SENSORS)
        runs = []
        for first in (True, False):
            data = Path(folder) / f"data{first}"
            name = ("", " like any program")[not first]
            runs.append((f"no journal{name}", flood(settings, plant, "-", seconds, first), False, first))
            runs.append((f"journal{name}", flood(settings, plant, data, seconds, first), True, first))
        size = (data / "journal.db").stat().st_size
    rows = []
    for name, figures, has_journal, first in runs:
        late = figures["late_max_us"]
        rate = figures["events"] / (figures["seconds"] + figures["behind_ms"] / 1e3)
        rows.append([name, verdicts.at_least(rate, RATE, "{:,.0f}") if has_journal else "-",
                     verdicts.at_most(figures["lost"], 0, "{}") if has_journal else "-",
                     f"{figures['behind_ms']:.0f}" if has_journal else "-", figures["scan_p50_us"], figures["scan_max_us"],
                     figures["late_p50_us"], figures["late_p999_us"],
                     verdicts.at_most(late, LATE_US, "{}") if has_journal and first else late])
    table(f"A flood for {seconds} s: {SENSORS:,} sensors cross a limit in every scan of 100 ms; {size / MIB:.0f} MiB written",
          ["", "committed/s", "lost", "behind ms", "scan µs", "longest", "late µs", "p99.9", "latest"], rows)


class LongPlant:
    """mbplantd on a journal that is there already."""

    def __init__(self, settings, data):
        self.port = free_port()
        self.process = subprocess.Popen([settings.program("mbplantd"), "-l", f"127.0.0.1:{self.port}", "--http", "off", "-d",
                                         data, str(DEFAULT_PLANT)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        preexec_fn=lambda: take_over(settings.server_cpu))

    def first_answer(self):
        """Waits for it; the last event's number."""
        end = time.monotonic() + 60
        while True:
            try:
                master = Master(self.port)
                high, low = master.read(4, 8, 2)
                master.close()
                return high << 16 | low
            except ConnectionError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise BenchError("mbplantd does not start on the long journal") from error
                time.sleep(0.0005)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def drop_from_memory(path):
    """So that the next start reads from the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def start_ms(settings, data, cold):
    """One start to its first answer."""
    if cold:
        drop_from_memory(data / "journal.db")
    begin = time.monotonic()
    plant = LongPlant(settings, data)
    plant.first_answer()
    took = (time.monotonic() - begin) * 1e3
    plant.stop()
    return took


def dump_s(settings, port, first):
    """mbplantctl's dump from event `first` to the end."""
    program = settings.build_dir / "tools" / "mbplantctl" / "mbplantctl"
    begin = time.monotonic()
    done = subprocess.run([program, "-H", "127.0.0.1", "-p", str(port), "journal", "--since", str(first), "--format", "jsonl"],
                          stdout=subprocess.PIPE, check=False, preexec_fn=lambda: take_over(settings.load_cpu))
    took = time.monotonic() - begin
    if done.returncode != 0 or done.stdout.count(b"\n") < DUMPED:
        raise BenchError(f"mbplantctl dumped {done.stdout.count(b'%c' % 10)} events, code {done.returncode}")
    return took


def report_s(settings, port):
    """mbplantctl's report of the last day."""
    program = settings.build_dir / "tools" / "mbplantctl" / "mbplantctl"
    begin = time.monotonic()
    done = subprocess.run([program, "-H", "127.0.0.1", "-p", str(port), "report"], stdout=subprocess.PIPE, check=False,
                          preexec_fn=lambda: take_over(settings.load_cpu))
    took = time.monotonic() - begin
    if done.returncode != 0 or b"Worst alarms" not in done.stdout:
        raise BenchError(f"mbplantctl report: code {done.returncode}: {done.stdout[:200]}")
    return took


def run_long(settings, verdicts):
    """Start-up and dumps."""
    events = LONG_QUICK if settings.quick else LONG
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        data = Path(folder)
        begin = time.monotonic()
        subprocess.run([settings.program("make_journal"), DEFAULT_PLANT, data, str(events), "100"], check=True,
                       stdout=subprocess.DEVNULL)
        made, size = time.monotonic() - begin, (data / "journal.db").stat().st_size
        warm = median([start_ms(settings, data, False) for _ in range(5)])
        cold = median([start_ms(settings, data, True) for _ in range(5)])
        plant = LongPlant(settings, data)
        last = plant.first_answer()
        dumps = [dump_s(settings, plant.port, last - DUMPED + 1) for _ in range(3)]
        reports = [report_s(settings, plant.port) for _ in range(5)]
        plant.stop()
    table(f"A journal of {events:,} events ({size / MIB:.0f} MiB, made in {made:.0f} s)", ["what", "measured"], [
        ["start to first answer, ms", verdicts.at_most(warm, START_MS, "{:.1f}")],
        ["the same, not in the system's memory", verdicts.at_most(cold, START_MS, "{:.1f}")],
        [f"dump of {DUMPED:,} events over Modbus, s", verdicts.at_most(median(dumps), DUMP_S)],
        ["report of the last day over Modbus, s", verdicts.at_most(median(reports), REPORT_S)]])


def run_limit(settings, verdicts):
    """As many events as the writer can take, beside SQLite alone with the same rows in large transactions."""
    events = LIMIT_QUICK if settings.quick else LIMIT
    ours, bare = [], []
    for _ in range(3 if settings.quick else 5):
        with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as data:
            made = run_program(settings, "make_journal", DEFAULT_PLANT, data, events, 100)
            again = run_program(settings, "sqlite", Path(data) / "journal.db", Path(data) / "bare.db", BATCH)
            ours.append(made["rows"] / made["seconds"])
            bare.append(again["rows"] / again["seconds"])
    ratio = median([one / other for one, other in zip(ours, bare)])
    table(f"{events:,} events as fast as the writer takes them", ["events/s", "SQLite alone", "of it"],
          [[f"{median(ours):,.0f}", f"{median(bare):,.0f}", verdicts.at_least(ratio, OF_SQLITE)]])


def run_program(settings, name, *arguments):
    """The JSON that a bench program prints. It has real-time priority where that is permitted, so that other programs do not
    take from one of two that are compared more than from the other: the journal's writer gives way to them."""
    done = subprocess.run([settings.program(name), *map(str, arguments)], capture_output=True, text=True, check=False,
                          preexec_fn=take_real_time)
    if done.returncode != 0:
        raise BenchError(f"bench_{name}: {done.stderr.strip() or 'failed'}")
    return json.loads(done.stdout)


def run(settings, verdicts: Verdicts):
    """All three."""
    run_limit(settings, verdicts)
    run_flood(settings, verdicts)
    run_long(settings, verdicts)
