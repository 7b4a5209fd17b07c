"""What the default plant costs: start-up, memory, processor time while idle, memory of each open connection."""

import tempfile
import time

from harness import MIB, Master, Server, median, raise_file_limit, roomy_plant, run_once, table, DEFAULT_PLANT

START_MS, RSS_MIB, IDLE_PERCENT = 100, 20, 1.0
OPEN_CONNECTIONS, CONNECTION_KIB = 10000, 2.0
FAST_FORWARD = 20000  # times real time


def start_once(settings, plant=DEFAULT_PLANT):
    """Milliseconds from exec to the first answered request."""
    server = Server(settings, "mbplantd", plant=plant)
    begin = time.monotonic()
    with server:
        master = server.connect()
        master.read(3, 0, 10)
        took_ms = (time.monotonic() - begin) * 1e3
        master.close()
    return took_ms


def run_startup(settings, verdicts):
    """Start-up, memory and idle processor time of the default plant."""
    runs = 5 if settings.quick else 11
    starts = [start_once(settings) for _ in range(runs)]
    with Server(settings, "mbplantd", plant=DEFAULT_PLANT) as server:
        master = server.connect()
        master.read(3, 0, 10)
        time.sleep(1)
        idle_s = 3 if settings.quick else 10
        cpu_ns, begin = server.cpu_ns(), time.monotonic()
        time.sleep(idle_s)
        idle = (server.cpu_ns() - cpu_ns) / 1e7 / (time.monotonic() - begin)
        rss, peak = server.status_bytes("VmRSS"), server.status_bytes("VmHWM")
        master.close()
    table(f"Default plant ({DEFAULT_PLANT.name})", ["what", "measured", "worst"], [
        ["start to first answer, ms", verdicts.at_most(median(starts), START_MS, "{:.1f}"), f"{max(starts):.1f}"],
        ["memory (RSS), MiB", verdicts.at_most(rss / MIB, RSS_MIB, "{:.1f}"), f"{peak / MIB:.1f}"],
        [f"processor while idle {idle_s} s, %", verdicts.at_most(idle, IDLE_PERCENT), ""]])


def run_connections(settings, verdicts):
    """Memory of ten thousand open connections, beyond the kernel's."""
    raise_file_limit(OPEN_CONNECTIONS + 100)
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        plant = roomy_plant(folder, OPEN_CONNECTIONS + 100)
        with Server(settings, "mbplantd", plant=plant) as server:
            first = server.connect()
            first.read(3, 0, 10)
            before = server.status_bytes("VmRSS")
            masters = [Master(server.port) for _ in range(OPEN_CONNECTIONS)]
            for master in masters:
                master.read(3, 0, 10)
            during = server.status_bytes("VmRSS")
            for master in masters:
                master.close()
            first.read(3, 0, 10)
            time.sleep(0.5)
            after = server.status_bytes("VmRSS")
            first.close()
    table(f"Memory of {OPEN_CONNECTIONS:,} open connections, each after one request",
          ["before MiB", "with them MiB", "after MiB", "KiB for each"],
          [[f"{before / MIB:.1f}", f"{during / MIB:.1f}", f"{after / MIB:.1f}",
            verdicts.at_most((during - before) / 1024 / OPEN_CONNECTIONS, CONNECTION_KIB)]])


def run_fast_forward(settings, verdicts):
    """How much faster than real time the default plant goes with no network, journal on."""
    hours = 1 if settings.quick else 8
    runs = [run_once(settings, DEFAULT_PLANT, "--fast-forward", f"{hours}h") for _ in range(3)]
    wall, cpu = (hours * 3600 / median([run[index] for run in runs]) for index in (0, 1))
    table(f"Fast-forward of {hours} h, start-up included", ["plant", "times real time", "by processor time"],
          [[DEFAULT_PLANT.name, verdicts.at_least(wall, FAST_FORWARD, "{:,.0f}"), f"{cpu:,.0f}"]])
