"""A plant of 100,000 points of its own: how long it takes to load, and whether its requests are as fast as those of standard
blocks."""

import json
import subprocess
import tempfile
import time
from pathlib import Path

from harness import BenchError, Server, median, table, take_over

UNITS, POINTS = 10, 10_000
LOAD_LIMIT_S, SHARE_LIMIT = 1.0, 0.95


def of_points(file):
    """Registers that hold a value of their own, a line each."""
    file.write("mbplant: 1\nname: Points\nserver: {per_client: 64}\nunits:\n")
    for unit in range(1, UNITS + 1):
        file.write(f"  - id: {unit}\n    blocks: none\n    points:\n")
        for at in range(POINTS):
            file.write(f"      - {{at: holding {at}, name: P{unit}_{at}, value: {at}, type: uint16}}\n")


def of_blocks(file):
    """Sensors at their usual places."""
    file.write("mbplant: 1\nname: Blocks\nserver: {per_client: 64}\nunits:\n")
    for unit in range(1, UNITS + 1):
        file.write(f"  - id: {unit}\n    sensors:\n      - {{name: \"S{unit}_{{n}}\", repeat: 100, register: {{type: uint16}}}}\n")


def load_s(settings, plant):
    """Of --check, from start to end."""
    begin = time.monotonic()
    subprocess.run([settings.program("mbplantd"), "--check", plant], check=True, capture_output=True, preexec_fn=lambda: take_over(settings.server_cpu))
    return time.monotonic() - begin


def rate(settings, server):
    """FC 3 of ten registers, 50 connections."""
    done = subprocess.run([settings.program("load"), "-p", str(server.port), "-c", "50", "-t", "400"], capture_output=True, text=True,
                          check=False, preexec_fn=lambda: take_over(settings.load_cpu))
    if done.returncode != 0:
        raise BenchError(f"bench_load: {done.stderr.strip() or 'failed'}")
    return json.loads(done.stdout.splitlines()[-1])["rps"]


def run(settings, verdicts):
    """Both plants in turns."""
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        points, blocks = Path(folder) / "points.yaml", Path(folder) / "blocks.yaml"
        for path, write in ((points, of_points), (blocks, of_blocks)):
            with path.open("w", encoding="utf-8") as file:
                write(file)
        load = min(load_s(settings, points) for _ in range(settings.rounds))
        with Server(settings, "mbplantd", plant=points) as own, Server(settings, "mbplantd", plant=blocks) as usual:
            pairs = [(rate(settings, own), rate(settings, usual)) for _ in range(settings.rounds)]
    table(f"A plant of {UNITS * POINTS:,} points of its own", ["", "measured"],
          [["load, s", verdicts.at_most(load, LOAD_LIMIT_S, "{:.2f}")],
           ["requests/s", f"{median([a for a, _ in pairs]):,.0f}"],
           ["of those of standard blocks", verdicts.at_least(median([a / b for a, b in pairs]), SHARE_LIMIT, "{:.2f}")]])
