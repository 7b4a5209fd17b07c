"""Masters scored by scenarios: a restart of the plant under them, and a flood of alarms. Each has the exported file, as it is, and polls as
that says; OpenPLC, for which there is none, what programs/openplc.py writes."""
import json
import pathlib
import re
import subprocess
import tempfile
import time

from common import Missing, eventually, points, serve

import fuxa
import nodered
import openplc
import zabbix

SCENARIO = """\
mbplant_scenario: 1
name: A master over a restart and a flood
plant: {plant}
duration: 75s
timeline:
  - expect: {{client: any, functions: [1, 2, 3, 4], points: 1}}
  - expect: {{never_wrote: TT101, points: 1}}
  - expect: {{client: any, reconnected: within 5s, points: 1}}
  - expect: {{client: any, reconnected: within 15s, points: 1}}
  - {{at: 20s, expect: {{polled: TT101, every: 2s, for: 20s, points: 1}}}}
  - {{at: 20s, expect: {{polled: TT101, every: 10s, for: 20s, points: 1}}}}
{flood}
  - {{at: 45s, expect: {{polled: TT101, every: 2s, for: 25s, points: 1}}}}
  - {{at: 45s, expect: {{polled: TT101, every: 10s, for: 25s, points: 1}}}}
"""
WHAT = ("reads only", "writes nothing", "back in 5 s", "back in 15 s", "TT101 each 2 s", "each 10 s", "each 2 s in the flood", "each 10 s in the flood")


def flood_of(plant):
    """A step a sensor that has a high alarm: its value goes over it, all within a second."""
    rows = points(plant)
    sensors = [name.removesuffix(".high.limit") for name in rows if name.endswith(".high.limit")]
    steps = [f"  - {{at: {44000 + 10 * n}ms, inject: {{sensor: {name}, value: {rows[name]['range_high']}}}}}" for n, name in enumerate(sensors) if name != "TT101"]
    return "\n".join(steps)


def play(folder, begin):
    """Runs a plant, lets a master come, kills the plant, starts it anew at the same port with the scenario; the verdicts."""
    plant = serve(folder).__enter__()
    report = folder / "report.json"
    try:
        (folder / "s.yaml").write_text(SCENARIO.format(plant=plant.file, flood=flood_of(plant)))
        with begin(plant, folder):
            time.sleep(12)
            plant.kill()
            time.sleep(3)
            plant.data_flags = []  # a scenario has a journal of its own
            plant.start("--scenario", folder / "s.yaml", "--format", "json", "--output", report, port=plant.port)
            plant.process.wait(120)
        return json.loads(report.read_text())["expectations"]
    finally:
        plant.__exit__(OSError)  # its exit code is the scenario's


def of_fuxa(plant, folder):
    process, base = fuxa.start(folder)
    try:
        fuxa.load(plant, folder, base)
    except BaseException:
        process.__exit__()
        raise
    return process


def of_nodered(plant, folder):
    process, base = nodered.start(folder)
    try:
        nodered.load(plant, folder, base)
    except BaseException:
        process.__exit__()
        raise
    return process


def of_zabbix(plant, folder):
    server = zabbix.Server(folder).__enter__()
    try:
        host = zabbix.load(server, plant, folder)
        eventually(lambda: len(zabbix.values(server, host, plant)[0]) > 50, "first values", 180)
    except BaseException:
        server.__exit__()
        raise
    return server


MASTERS = {"fuxa": (fuxa.install, of_fuxa), "nodered": (nodered.install, of_nodered), "zabbix": (zabbix.install, of_zabbix),
           "openplc": (openplc.install, openplc.start)}


class Leave:
    """A master that goes on by its own with statement."""

    def __init__(self, part):
        self.part = part

    def __enter__(self):
        return self.part

    def __exit__(self, *rest):
        self.part.__exit__(*rest)


def main(names):
    print("| master | " + " | ".join(WHAT) + " | points |\n|" + "---|" * (len(WHAT) + 2), flush=True)
    for name in names or MASTERS:
        install, begin = MASTERS[name]
        try:
            install()
            with tempfile.TemporaryDirectory(prefix="mbplant-judge-") as folder:
                (pathlib.Path(folder) / "program").mkdir()
                found = play(pathlib.Path(folder), lambda plant, where, begin=begin: Leave(begin(plant, where / "program")))
            cells = ["yes" if one["verdict"] == "met" else "no: " + (one.get("found") or "") for one in found]
            print(f"| {name} | " + " | ".join(cells) + f" | {sum(one['verdict'] == 'met' for one in found)} of {len(found)} |", flush=True)
        except Missing as why:
            print(f"| {name} | not installed: {why} |", flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as why:
            print(f"| {name} | FAILED: {str(why)[:300]} |", flush=True)
    return 0
