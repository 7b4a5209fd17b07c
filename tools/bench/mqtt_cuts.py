"""Link cuts and kills of mbplantd at a broker: every value and alarm that the plant's own disk has must have come to a host, with
its own time. The broker and the host's own link stay whole."""

import json
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import ROOT, BenchError, free_port

SENSORS, MACHINES = 5, 4
RAISED, CLEARED = 20, 21  # codes of events
PATIENCE_S = 60


def plant_text(port):
    """Sensors that move in each scan; one of each machine crosses its limit."""
    text = (f'mbplant: 1\nname: Cuts\nscan: 50ms\nmqtt: {{broker: "mqtt://127.0.0.1:{port}", format: sparkplug, group: Bench, buffer: 50MB, '
            "replay_rate: 0}\nunits:\n  - id: 1\n    name: PLC\n    machines:\n")
    for m in range(MACHINES):
        text += f"      - name: M{m}\n        sensors:\n"
        for s in range(SENSORS):
            high = ", max: 60" if s == 0 else ""
            text += (f"          - {{name: T{m}{s}, kind: temperature, range: [0, 150]{high}, signal: {{base: 50, wave: {{shape: sine, "
                     f"amplitude: 20, period: {1.3 + m + 0.3 * s:.1f}s}}}}, register: {{type: float32}}}}\n")
    return text


def chunk(first_ms, data):
    """(time, value) of a chunk of samples."""
    at, now = 0, first_ms
    while at < len(data):
        number = shift = 0
        while True:
            byte = data[at]
            number, at, shift = number | (byte & 0x7F) << shift, at + 1, shift + 7
            if byte < 0x80:
                break
        now += number >> 1
        size, form = (8, "<d") if number & 1 else (4, "<f")
        yield now, struct.unpack(form, data[at:at + size])[0]
        at += size


def rows(path, sql):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def on_disk(folder):
    """What the plant's samples and journal have: {(metric, time)}. A sample that says again what the one before did is no change."""
    found, last = set(), {}
    for name, first_ms, data in rows(folder / "samples.db", "SELECT name, time_ms, data FROM change JOIN tag ON id = tag ORDER BY time_ms"):
        for time_ms, value in chunk(first_ms, data):
            if last.get(name) != value:
                found.add((f"M{name[1]}/{name}", time_ms))
            last[name] = value
    for name, time_ms in rows(folder / "journal.db", "SELECT name, wall_ms FROM event JOIN tag ON tag.unit = event.unit AND tag.id = event.sensor "
                              f"AND what = 'sensor' WHERE code IN ({RAISED}, {CLEARED})"):
        found.add((f"M{name[1]}/{name}/high", time_ms))
    return found


class Run:
    """A broker, a host and a plant behind a cable."""

    def __init__(self, settings, seed):
        os.environ.setdefault("MBP_BUILD", str(settings.build_dir))
        sys.path.insert(0, str(ROOT / "tests" / "integration"))
        import broker
        import sparkplug
        if broker.paho is None:
            raise BenchError("python3-paho-mqtt is not installed")
        self.settings, self.broker_module, self.random = settings, broker, random.Random(seed)
        self.broker = broker.Broker()
        self.host = sparkplug.Host("Bench", "Cuts")
        self.folder = tempfile.TemporaryDirectory(prefix="mbplant-bench-")
        self.data, self.taken, self.plant = Path(self.folder.name) / "data", 0, None

    def __enter__(self):
        self.broker.start()
        self.client = self.broker_module.Client(self.broker.port, "spBv1.0/Bench/#")
        self.cable = self.broker_module.Cable(self.broker.port)
        self.file = Path(self.folder.name) / "plant.yaml"
        self.file.write_text(plant_text(self.cable.port), encoding="utf-8")
        self.data.mkdir()
        return self

    def __exit__(self, *_):
        if self.plant:
            self.plant.kill()
            self.plant.wait()
        self.cable.cut()
        self.client.__exit__()
        self.broker.stop()
        self.folder.cleanup()

    def start(self):
        log = open(Path(self.folder.name) / "log", "ab")
        self.plant = subprocess.Popen([self.settings.program("mbplantd"), "-l", f"127.0.0.1:{free_port()}", "--http",
                                       f"127.0.0.1:{free_port()}", "-d", str(self.data), str(self.file)],
                                      stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def take(self):
        """Lets the host look at what came: it asserts the rules of each message."""
        messages = self.client.messages
        while self.taken < len(messages):
            message = messages[self.taken]
            messages[self.taken] = None
            self.taken += 1
            if "CMD" not in message.topic:
                self.host.take(message)

    def until_born(self, since):
        end = time.monotonic() + PATIENCE_S
        while not (self.host.births > since and len(self.host.devices) == MACHINES):
            self.take()
            if time.monotonic() > end:
                raise BenchError("no birth after a cut")
            time.sleep(0.01)

    def pause(self, most):
        time.sleep(self.random.uniform(0, most))

    def cut(self):
        births = self.host.births
        self.cable.cut()
        self.pause(0.5)
        self.cable.mend()
        self.until_born(births)

    def kill(self):
        """At times while the link is cut."""
        births, cut = self.host.births, self.random.random() < 0.5
        if cut:
            self.cable.cut()
            self.pause(0.3)
        self.plant.kill()
        self.plant.wait()
        if cut:
            self.cable.mend()
        self.start()
        self.until_born(births)

    def end(self):
        """What waits follows; then the plant stops."""
        time.sleep(3)
        self.plant.send_signal(signal.SIGTERM)
        self.plant.wait(PATIENCE_S)
        time.sleep(0.5)
        self.take()


def cuts_and_kills(settings, cuts, kills, seed=16):
    """How many values of the disk have not come, of how many, and how many came twice."""
    with Run(settings, seed) as run:
        run.start()
        run.until_born(0)
        jobs = [run.cut] * cuts + [run.kill] * kills
        run.random.shuffle(jobs)
        for job in jobs:
            run.pause(0.3)
            job()
        run.end()
        heard = [entry[:2] for entry in run.host.history]
        disk = on_disk(run.data)
        missing = sorted(disk - set(heard))
        return {"cuts": cuts, "kills": kills, "on_disk": len(disk), "missing": len(missing), "twice": len(heard) - len(set(heard)),
                "which": missing[:10]}


if __name__ == "__main__":
    class Here:
        build_dir = ROOT / "build" / "release"

        @staticmethod
        def program(name):
            return str(Here.build_dir / "src" / name)
    print(json.dumps(cuts_and_kills(Here, *map(int, sys.argv[1:3])), indent=1))
