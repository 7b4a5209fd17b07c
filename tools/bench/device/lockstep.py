"""Lock-step cycles of one master, in turns with its plain reads."""

import json
import subprocess
import tempfile
from pathlib import Path

from harness import ROOT, BenchError, Server, table, take_over

LIMIT = 0.7
PLANTS = ("boiler.yaml", "water.yaml", "bottling.yaml")


def measure(settings, plant):
    """Medians of the rounds, of a plant that stands still."""
    text = (ROOT / "config" / plant).read_text(encoding="utf-8")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text + ("" if "\ninstructor: true" in text else "\ninstructor: true\n"))
        file.flush()
        with Server(settings, "mbplantd", ["--paused"], Path(file.name)) as server:
            done = subprocess.run([settings.program("lockstep"), str(server.port), "21" if settings.quick else "201"],
                                  capture_output=True, text=True, check=False, preexec_fn=lambda: take_over(settings.load_cpu))
    if done.returncode != 0:
        raise BenchError(f"bench_lockstep: {done.stderr.strip() or 'failed'}")
    return json.loads(done.stdout)


def run(settings, verdicts):
    """A row a plant."""
    rows = []
    for plant in PLANTS:
        row = measure(settings, plant)
        rows.append([plant, f"{row['fc3_per_s']:,.0f}", f"{row['cycles_per_s']:,.0f}",
                     verdicts.at_least(row["share"], LIMIT)])
    table("Lock-step on one connection: cycles a second beside FC 3", ["plant", "FC 3", "cycles", "share"], rows)
