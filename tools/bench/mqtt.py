"""Publishing at a mosquitto of its own, beside a bare loop of libmosquitto with the same bytes; what it costs the plant; cuts and kills."""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import DEFAULT_PLANT, BenchError, Server, free_port, median, result, spawn, table

OF_BARE, ENCODE_OF_BARE, BIRTH_MS, REPLAY_OF_LIVE, OF_WITHOUT = 0.80, 0.10, 50.0, 0.5, 0.97
SCALE_SENSORS, SPEED = 5_000, 10


def wait_for(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise BenchError("mosquitto does not listen")


class Mosquitto:
    """At a port of its own."""

    def __enter__(self):
        self.port = free_port()
        try:
            self.process = subprocess.Popen(["mosquitto", "-p", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except FileNotFoundError as error:
            raise BenchError("mosquitto is not installed") from error
        wait_for(self.port)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def publishing(settings, verdicts, port):
    """Encoding, births, what a scan pays, messages a second, what waited."""
    done = subprocess.run([settings.program("mqtt"), str(port), "2" if settings.quick else "10"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"bench_mqtt: {done.stderr.strip() or 'failed'}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    of = {what: [row for row in rows if row["what"] == what] for what in ("encode", "births", "look", "publish", "replay")}
    short, long = of["encode"]
    quiet, busy = of["look"]
    replay = of["replay"][0]
    table("MQTT", ["", "is"], [
        [f"encoding {short['values']} values, of bare libmosquitto's time for {short['bytes']} bytes",
         verdicts.at_most(short["of_bare"], ENCODE_OF_BARE, "{:.3f}")],
        [f"... {long['values']} values, {long['bytes']} bytes", verdicts.at_most(long["of_bare"], ENCODE_OF_BARE, "{:.3f}")],
        ["births of 10,000 metrics, ms", verdicts.at_most(of["births"][0]["ms_of_10000"], BIRTH_MS, "{:.1f}")],
        ["a scan's look at a point, ns: quiet", f"{quiet['ns_a_point']:.1f}"],
        ["... all change", f"{busy['ns_a_point']:.1f}"],
        ["what waited on disk, values a second", f"{replay['values_a_second']:,}"],
        ["... of live ones", verdicts.at_least(replay["of_live"], REPLAY_OF_LIVE)],
        ["live ones, values a second", f"{replay['live_a_second']:,}"],
        ["... that go over the disk too", f"{replay['live_with_buffer']:,}"]])
    table("Messages a second", ["format", "bytes", "values", "mbplantd", "bare", "of bare", "ns each", "bare ns"],
          [[row["format"], row["bytes"], row["values_a_message"], f"{row['a_second']:,}", f"{row['bare_a_second']:,}",
            verdicts.at_least(row["of_bare"], OF_BARE), row["cpu_ns"], row["bare_cpu_ns"]] for row in of["publish"]])


def with_broker(folder, plant, port, name):
    """A copy of a plant that is published."""
    path = Path(folder) / name
    path.write_text(Path(plant).read_text(encoding="utf-8") +
                    f'\nmqtt: {{broker: "mqtt://127.0.0.1:{port}", format: sparkplug, group: Bench, node: Bench}}\n', encoding="utf-8")
    return path


def first_thread_ns(server):
    """Processor time of the thread that scans and serves."""
    return int(Path(f"/proc/{server.process.pid}/schedstat").read_text().split()[0])


def scan_ns(settings, plant, seconds):
    """A sensor's share of a scan, in real time made faster."""
    with Server(settings, "mbplantd", ("--speed", str(SPEED)), plant=plant) as server:
        time.sleep(1)
        begun, before = time.monotonic(), first_thread_ns(server)
        time.sleep(seconds)
        took, ns = time.monotonic() - begun, first_thread_ns(server) - before
        server.must_live()
    return ns / (took * 10 * SPEED) / SCALE_SENSORS


def modbus_rate(settings, plant):
    """Requests for each second of the serving thread's processor: whatever else runs on the machine takes its part of both."""
    with Server(settings, "mbplantd", plant=plant) as server:
        time.sleep(0.5)
        before = first_thread_ns(server)
        rate = result(spawn(settings, "load", "-p", server.port, "-c", 50, "-k", 1, "-t", settings.measure_ms))["rps"]
        return rate * settings.measure_ms / 1000 / ((first_thread_ns(server) - before) / 1e9)


def made(folder, sensors, moving):
    """make_plant's, and one whose values stand still."""
    path = Path(folder) / f"{'moving' if moving else 'still'}.yaml"
    text = subprocess.run([sys.executable, Path(__file__).with_name("make_plant"), "--sensors", str(sensors)], capture_output=True, text=True,
                          check=True).stdout
    path.write_text(text if moving else "\n".join(still(line) for line in text.splitlines()) + "\n", encoding="utf-8")
    return path


def still(line):
    return re.sub(r",(noise|lag): [^,}]*", "", line)


def beside(settings, verdicts, port):
    """The plant with and without, in turns."""
    seconds = 2 if settings.quick else 5
    rows = []
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        for what, plant, measure, better in (
                ("requests at 50x1 a second of the thread's processor, the bottling line", DEFAULT_PLANT, modbus_rate, "more"),
                (f"scan, ns a sensor, {SCALE_SENSORS:,} that stand still", made(folder, SCALE_SENSORS, False),
                 lambda *of: scan_ns(*of, seconds), "less"),
                (f"... {SCALE_SENSORS:,} that all change in each scan", made(folder, SCALE_SENSORS, True), lambda *of: scan_ns(*of, seconds), "less")):
            published = with_broker(folder, plant, port, "published.yaml")
            pairs = [(measure(settings, plant), measure(settings, published)) for _ in range(settings.rounds)]
            ratio = median([w / a if better == "more" else a / w for a, w in pairs])
            rows.append([what, f"{median([a for a, _ in pairs]):,.1f}", f"{median([w for _, w in pairs]):,.1f}",
                         verdicts.at_least(ratio, OF_WITHOUT)])
    table(f"The plant with a broker and without, medians of {settings.rounds} rounds", ["what", "without", "with", "of without"], rows)


def cut(settings, verdicts):
    """Nothing that the disk has is missing at the host."""
    from mqtt_cuts import cuts_and_kills
    count = 10 if settings.quick else 100
    found = cuts_and_kills(settings, count, count)
    table(f"{count} cuts of the link and {count} kills of mbplantd", ["what", "is"],
          [["values and alarms on the plant's disk", f"{found['on_disk']:,}"],
           ["of them missing at the host", verdicts.at_most(found["missing"], 0, "{:d}")],
           ["that came twice, with equal times", f"{found['twice']:,}"]])


def run(settings, verdicts):
    """All of it."""
    with Mosquitto() as broker:
        publishing(settings, verdicts, broker.port)
        beside(settings, verdicts, broker.port)
    cut(settings, verdicts)
