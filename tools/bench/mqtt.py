"""Publishing at a mosquitto of its own, beside a bare loop of libmosquitto with the same bytes."""

import json
import socket
import subprocess
import time

from harness import BenchError, free_port, table

OF_BARE, ENCODE_NS, BIRTH_MS = 0.80, 10.0, 50.0


def wait_for(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise BenchError("mosquitto does not listen")


def run(settings, verdicts):
    """Encoding, births, what a scan pays, and messages a second."""
    port = free_port()
    try:
        broker = subprocess.Popen(["mosquitto", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise BenchError("mosquitto is not installed") from error
    try:
        wait_for(port)
        done = subprocess.run([settings.program("mqtt"), str(port), "2" if settings.quick else "10"], capture_output=True, text=True,
                              check=False)
    finally:
        broker.terminate()
        broker.wait()
    if done.returncode != 0:
        raise BenchError(f"bench_mqtt: {done.stderr.strip() or 'failed'}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    encode, births, quiet, busy = rows[:4]
    table("MQTT", ["", "is"], [
        ["encoding a metric of Sparkplug, ns", verdicts.at_most(encode["ns_a_metric"], ENCODE_NS, "{:.1f}")],
        ["births of 10,000 metrics, ms", verdicts.at_most(births["ms_of_10000"], BIRTH_MS, "{:.1f}")],
        ["a scan's look at a point, ns: quiet", f"{quiet['ns_a_point']:.1f}"],
        ["... all change", f"{busy['ns_a_point']:.1f}"]])
    table("Messages a second", ["format", "bytes", "values", "mbplantd", "bare", "of bare", "ns each", "bare ns"],
          [[row["format"], row["bytes"], row["values_a_message"], f"{row['a_second']:,}", f"{row['bare_a_second']:,}",
            verdicts.at_least(row["of_bare"], OF_BARE), row["cpu_ns"], row["bare_cpu_ns"]] for row in rows[4:]])
