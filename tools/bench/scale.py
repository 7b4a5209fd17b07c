"""Large plants: how long they take to load, what a scan costs, how much memory a sensor takes."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Server, median, run_once, table

SMALL, MEDIUM, LARGE = 10_000, 100_000, 988_000
SCAN_MS, LOAD_S, BYTES_A_SENSOR = 3.0, 2.0, 500  # of the medium plant
GROWTH = 1.5          # cost of a sensor in the largest plant to that in the small one
SCANS_A_SECOND = 10   # make_plant's default scan of 100 ms


def make_plant(folder, sensors):
    """Path of a plant of that size."""
    path = Path(folder) / f"{sensors}.yaml"
    with path.open("w", encoding="utf-8") as out:
        subprocess.run([sys.executable, Path(__file__).with_name("make_plant"), "--sensors", str(sensors)], stdout=out,
                       check=True)
    return path


def scan_ms(settings, plant, sensors):
    """One scan: the difference of a long and a short fast-forward, so that start and stop do not count. Processor time,
    which other programs do not change much."""
    short_s = 1
    long_s = short_s + max(2, 20_000_000 // sensors // SCANS_A_SECOND)
    costs = [run_once(settings, plant, "--fast-forward", f"{long_s}s")[1]
             - run_once(settings, plant, "--fast-forward", f"{short_s}s")[1] for _ in range(3)]
    return median(costs) * 1e3 / ((long_s - short_s) * SCANS_A_SECOND)


def resident(settings, plant):
    """Bytes of memory of a running plant."""
    with Server(settings, "mbplantd", plant=plant) as server:
        time.sleep(1)
        return server.status_bytes("VmRSS")


def run(settings, verdicts):
    """One row a size."""
    rows, first_ns = [], None
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        nothing = resident(settings, make_plant(folder, 1))
        for sensors in [SMALL, MEDIUM] + ([LARGE] if settings.large else []):
            plant = make_plant(folder, sensors)
            load = median([run_once(settings, plant, "--check")[1] for _ in range(3)])
            scan = scan_ms(settings, plant, sensors)
            memory = (resident(settings, plant) - nothing) / sensors
            each_ns = scan * 1e6 / sensors
            first_ns = first_ns or each_ns
            judged = sensors == MEDIUM
            rows.append([f"{sensors:,}", verdicts.at_most(load, LOAD_S) if judged else f"{load:.2f}",
                         verdicts.at_most(scan, SCAN_MS) if judged else f"{scan:.2f}", f"{each_ns:.1f}",
                         verdicts.at_most(each_ns / first_ns, GROWTH) if sensors == LARGE else f"{each_ns / first_ns:.2f}",
                         verdicts.at_most(memory, BYTES_A_SENSOR, "{:.0f}") if judged else f"{memory:.0f}"])
    table("Large plants (base, lag, noise, four limits and one input a sensor), processor time",
          ["sensors", "load s", "scan ms", "ns a sensor", "to the smallest", "bytes a sensor"], rows)
