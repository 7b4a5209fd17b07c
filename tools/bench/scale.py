"""Large plants: how long they take to load, what a scan costs, how much memory a sensor takes."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Server, median, run_once, table

SMALL, MEDIUM, LARGE = 10_000, 100_000, 1_000_000
SCAN_MS, LOAD_S, BYTES_A_SENSOR = 3.0, 2.0, 500  # of the medium plant
GROWTH = 1.5          # cost of a sensor in the largest plant to that in the small one
SCANS_A_SECOND = 10   # make_plant's default scan of 100 ms
SENSOR_SCANS = 100_000_000  # of one measurement: seconds of processor time, beside which loading does not count
ROUNDS, QUICK_ROUNDS = 5, 2
ROOM = ("--memory", "4GB")  # the largest needs more than mbplantd takes by default


def make_plant(folder, sensors):
    """Path of a plant of that size."""
    path = Path(folder) / f"{sensors}.yaml"
    with path.open("w", encoding="utf-8") as out:
        subprocess.run([sys.executable, Path(__file__).with_name("make_plant"), "--sensors", str(sensors)], stdout=out,
                       check=True)
    return path


def sensor_ns(settings, plant, sensors, room=ROOM):
    """A sensor's share of a scan: the difference of a long and a short fast-forward, so that start and stop do not count.
    Processor time, which other programs do not change much, of the thread that scans: the journal has one of its own."""
    short_s = 1
    more_s = max(2, SENSOR_SCANS // sensors // SCANS_A_SECOND)
    long, short = (run_once(settings, plant, *room, "--fast-forward", f"{seconds}s")[2]
                   for seconds in (short_s + more_s, short_s))
    return (long - short) * 1e9 / (more_s * SCANS_A_SECOND * sensors)


def resident(settings, plant):
    """Bytes of memory of a running plant."""
    with Server(settings, "mbplantd", ROOM, plant=plant) as server:
        time.sleep(1)
        return server.status_bytes("VmRSS")


def run(settings, verdicts):
    """One row a size. The sizes take turns, so that all of them see the same machine."""
    sizes = [SMALL, MEDIUM, LARGE]
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    costs, loads, memory = ({size: [] for size in sizes} for _ in range(3))
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        nothing = resident(settings, make_plant(folder, 1))
        plants = {size: make_plant(folder, size) for size in sizes}
        for _ in range(rounds):
            for size, plant in plants.items():
                costs[size].append(sensor_ns(settings, plant, size))
                loads[size].append(run_once(settings, plant, *ROOM, "--check")[1])
        for size, plant in plants.items():
            memory[size] = (resident(settings, plant) - nothing) / size
    rows = []
    for size in sizes:
        each_ns, load, judged = median(costs[size]), median(loads[size]), size == MEDIUM
        scan = each_ns * size / 1e6
        growth = median([now / small for now, small in zip(costs[size], costs[SMALL])])
        rows.append([f"{size:,}", verdicts.at_most(load, LOAD_S) if judged else f"{load:.2f}",
                     verdicts.at_most(scan, SCAN_MS) if judged else f"{scan:.2f}", f"{each_ns:.1f}",
                     verdicts.at_most(growth, GROWTH) if size == LARGE else f"{growth:.2f}",
                     verdicts.at_most(memory[size], BYTES_A_SENSOR, "{:.0f}") if judged else f"{memory[size]:.0f}"])
    table("Large plants (base, lag, noise, four limits and one input a sensor), processor time",
          ["sensors", "load s", "scan ms", "ns a sensor", "to the smallest", "bytes a sensor"], rows)
