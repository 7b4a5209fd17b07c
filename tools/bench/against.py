"""This tree beside another build of mbplant, turn by turn in the same run: what a change costs."""

import copy
import re
import tempfile
from pathlib import Path

import footprint
import journal
import scale
import throughput
from harness import DEFAULT_PLANT, BenchError, Server, median, run_once, table

LEAST = 0.97                 # of the other's speed, in everything
SIZES = (10_000, 100_000)
SHAPES = ((1, 1), (50, 1), (50, 16))


def default_plant(build_dir):
    """The default plant of the tree that this folder was built from: this tree reads what an older one has, not the reverse."""
    cache = (Path(build_dir) / "CMakeCache.txt").read_text(encoding="utf-8")
    source = re.search(r"(?m)^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$", cache)
    plant = source and Path(source[1]) / "config" / DEFAULT_PLANT.name
    return plant if plant and plant.exists() else DEFAULT_PLANT


def speeds(settings, work):
    """What is measured: a name, and a function of one build whose result is better when it is larger."""
    plants = {size: scale.make_plant(work, size) for size in SIZES}
    flood_plant = Path(work) / "flood.yaml"
    journal.write_flood_plant(flood_plant, journal.SENSORS)
    seconds = 5 if settings.quick else 20
    plant = default_plant(settings.other_dir)

    def scan(size):
        return lambda build: 1 / scale.sensor_ns(build, plants[size], size, ())

    def rate(connections, in_flight):
        def one(build):
            with Server(build, "mbplantd", (), plant) as server:
                return throughput.measure(settings, server, connections, in_flight)["rps"]
        return one

    def flood_of(build, seconds):
        with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as data:
            figures = journal.flood(build, flood_plant, Path(data) / "data", seconds, True)
        if figures["lost"] > 0:
            raise BenchError(f"{build.build_dir} lost {figures['lost']} events of the flood")
        return figures

    def flood(build):
        """What a scan takes: the processor time of a longer run less that of a short one, which loads and closes too."""
        short, longer = flood_of(build, 1), flood_of(build, 1 + seconds)
        return (longer["scans"] - short["scans"]) / (longer["ran_us"] - short["ran_us"])

    yield from ((f"scale: scan of {size:,} sensors", scan(size)) for size in SIZES)
    yield from ((f"throughput: {c}x{k}", rate(c, k)) for c, k in SHAPES)
    yield "journal: scan with 5,200 events", flood
    yield "fast-forward: default plant, 1 h", lambda build: 1 / run_once(build, plant, "--fast-forward", "1h")[2]
    yield "startup: to the first answer", lambda build: 1 / footprint.start_once(build, plant)


def run(settings, verdicts):
    """One row a measurement: the median of the ratios of each round."""
    if settings.other_dir is None:
        raise BenchError("name another Release build of mbplant with --other DIR")
    other = copy.copy(settings)
    other.build_dir = settings.other_dir
    rows = []
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as work:
        for name, measure in speeds(settings, work):
            ratios = []
            for turn in range(settings.rounds):
                first, second = (settings, other) if turn % 2 == 0 else (other, settings)
                figures = {first.build_dir: measure(first), second.build_dir: measure(second)}
                ratios.append(figures[settings.build_dir] / figures[other.build_dir])
            rows.append([name, verdicts.at_least(median(ratios), LEAST), f"{min(ratios):.2f}", f"{max(ratios):.2f}"])
    table(f"{settings.build_dir} to {other.build_dir}, speed, {settings.rounds} turns of each",
          ["what", "median ratio", "least", "most"], rows)
