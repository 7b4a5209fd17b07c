"""Dumping the journal over Modbus, beside the plainest reading there is: FC 3 of as many bytes, as many in flight."""

import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from harness import DEFAULT_PLANT, BenchError, Server, median, result, spawn, table, take_over

EVENTS = 100_000
EVENTS_A_REQUEST = 6
WORDS = 120  # of a request
IN_FLIGHT = 16
UNIT = 99
SECONDS_MOST = 3.0
OF_FC3_LEAST = 0.2  # of text, the form that costs least: an event is a row of the database, decoded and put in words

FORMS = ("text", "csv", "jsonl")


def fill(folder):
    """100,000 alarms of the default plant, a second apart, into the journal of a stopped plant."""
    with sqlite3.connect(Path(folder) / "journal.db") as database:
        last, now_ms = database.execute("SELECT max(seq) FROM event").fetchone()[0], int(time.time() * 1000)
        database.executemany("INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,0,?,0)",
                             ((last + i, i * 10, now_ms - (EVENTS - i) * 1000, 20 + i % 2, 1, 0, i % 4, 92.3, 85.0, 0, 2)
                              for i in range(1, EVENTS + 1)))
    database.close()


def plant_with_registers(folder):
    """The default plant with a unit of 200 plain registers behind the others."""
    path = Path(folder) / DEFAULT_PLANT.name
    text = DEFAULT_PLANT.read_text(encoding="utf-8").rstrip() + "\n"
    path.write_text(text + f"  - {{id: {UNIT}, name: Plain, tables: {{holding_registers: [{{at: 0, count: 200}}]}}}}\n",
                    encoding="utf-8")
    return path


def filled_server(settings, plant):
    """A mbplantd that is stopped and whose journal holds what `fill` puts there."""
    server = Server(settings, "mbplantd", plant=plant)
    server.__enter__()
    server.process.terminate()
    server.process.wait()
    fill(server.data.name)
    return server


def control(settings, port, *words):
    """Seconds that one mbplantctl command takes, and what it says."""
    program = settings.build_dir / "tools" / "mbplantctl" / "mbplantctl"
    begin = time.monotonic()
    done = subprocess.run([program, "-p", str(port), *words], capture_output=True, check=False,
                          preexec_fn=lambda: take_over(settings.load_cpu))
    if done.returncode != 0:
        raise BenchError(f"mbplantctl {' '.join(words)}: {done.stderr.decode().strip()}")
    return time.monotonic() - begin, done.stdout


def measure(settings, server, words):
    """Paired runs: seconds of the dump, and its requests a second as a share of FC 3's beside it."""
    seconds, shares = [], []
    for _ in range(settings.rounds):
        took, out = control(settings, server.port, *words)
        if "--format" in words and out.count(b"\n") < EVENTS:
            raise BenchError(f"{' '.join(words)}: only {out.count(bytes([10]))} lines")
        plain = result(spawn(settings, "load", "-p", server.port, "-c", 1, "-k", IN_FLIGHT, "-n",
                             WORDS, "-t", settings.measure_ms, "-u", UNIT))
        seconds.append(took)
        shares.append(EVENTS / EVENTS_A_REQUEST / took / plain["rps"])
    return median(seconds), median(shares)


def run(settings, verdicts):
    """One row a form."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder, \
            filled_server(settings, plant_with_registers(folder)) as server:
        for form in FORMS:
            seconds, share = measure(settings, server, ["journal", "--format", form])
            rows.append([f"journal --format {form}", verdicts.at_most(seconds, SECONDS_MOST), f"{EVENTS / seconds:,.0f}",
                         verdicts.at_least(share, OF_FC3_LEAST) if form == "text" else f"{share:.2f}"])
        dumps = iter(range(1000))
        seconds = median([control(settings, server.port, "journal", "--save", f"{folder}/{next(dumps)}")[0]
                          for _ in range(settings.rounds)])
        rows.append(["journal --save", verdicts.at_most(seconds, SECONDS_MOST), f"{EVENTS / seconds:,.0f}", "-"])
        seconds = median([control(settings, server.port, "report", "--since", "1")[0] for _ in range(settings.rounds)])
        rows.append(["report --since 1", verdicts.at_most(seconds, SECONDS_MOST), f"{EVENTS / seconds:,.0f}", "-"])
        load = ["journal", "--load", f"{folder}/0"]
        seconds = median([control(settings, 1, *load)[0] for _ in range(settings.rounds)])
        rows.append(["journal --load", verdicts.at_most(seconds, SECONDS_MOST), f"{EVENTS / seconds:,.0f}", "-"])
    table(f"A journal of {EVENTS:,} events over Modbus, seconds: median of {settings.rounds} runs, each beside FC 3 of {WORDS} "
          f"registers, {IN_FLIGHT} in flight on one connection",
          ["mbplantctl", "seconds", "events a second", "requests a second, of FC 3's"], rows)
