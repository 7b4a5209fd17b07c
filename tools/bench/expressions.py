"""Expressions of ten operations, in turns with the same in C."""

import json
import subprocess

from harness import BenchError, table

LIMIT_NS = 150.0


def run(settings, verdicts):
    """ns of one run of each, the median of many short rounds."""
    rounds = 101 if settings.quick else 1001
    done = subprocess.run([settings.program("expr"), str(rounds)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"bench_expr: {done.stderr.strip() or 'failed'}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    table("Expressions of ten operations, ns a run", ["", "expression", "in C"],
          [[row["name"], verdicts.at_most(row["expr_ns"], LIMIT_NS, "{:.0f}"), f"{row['c_ns']:.0f}"] for row in rows])
