#!/usr/bin/python3
"""Runs the official Sparkplug TCK against mbplantd as an edge node, where HiveMQ is at hand: sparkplug_tck.py [--build DIR] [TEST...]

What it needs, none of which Debian has:
  - HiveMQ CE with the TCK's extension in extensions/ (eclipse-sparkplug/sparkplug, tck/, built with Gradle), its home in HIVEMQ_HOME;
    or one that runs at 127.0.0.1:1883, for the TCK's port is fixed. Java 11 or later.
  - python3-paho-mqtt, and a build of mbplantd (--build, build/release).
Left out: SendComplexDataTest (data sets and templates, which mbplantd has none of) and MultipleBrokerTest (a second HiveMQ).
The TCK keeps bdSeq from one test to the next: where HIVEMQ_HOME is set, the broker is started anew for each.
exit: 0 all passed, 1 one failed, 2 wrong usage or something is missing, 77 HiveMQ is not at hand"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT, HOST, GROUP, NODE, DEVICE = 1883, "TckHost", "TckGroup", "TckNode", "M1"
PATIENCE_S = 120
PLANT = f"""mbplant: 1
name: {NODE}
scan: 100ms
mqtt: {{broker: "mqtt://127.0.0.1:{PORT}", format: sparkplug, group: {GROUP}MORE}}
units:
  - id: 1
    name: PLC
    machines:
      - name: {DEVICE}
        sensors:
          - {{name: T1, kind: temperature, range: [0, 150], max: 60, signal: {{base: 50, wave: {{shape: sine, amplitude: 20, period: 3s}}}}, register: {{type: float32}}}}
      - name: OTHER
        sensors: [{{name: T2, kind: temperature}}]
"""
TESTS = {  # what mbplantd is told, and whether its device goes and then mbplantd itself while the test waits
    "SessionEstablishmentTest": ("", False),
    "SessionTerminationTest": ("", True),
    "SendDataTest": ("", False),
    "ReceiveCommandTest": ("", False),
    "PrimaryHostTest": (f", primary_host: {HOST}", False),
}


def listens():
    try:
        socket.create_connection(("127.0.0.1", PORT), 1).close()
        return True
    except OSError:
        return False


def wait(probe, what):
    deadline = time.monotonic() + PATIENCE_S
    while not probe():
        if time.monotonic() > deadline:
            raise SystemExit(f"sparkplug_tck.py: {what} not within {PATIENCE_S} s")
        time.sleep(0.2)


class HiveMq:
    """The broker with the TCK: started here, or one that runs."""

    def __init__(self, home):
        self.home, self.process = home, None

    def __enter__(self):
        if self.home:
            self.process = subprocess.Popen([str(pathlib.Path(self.home) / "bin" / "run.sh")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                            start_new_session=True)
        try:
            wait(lambda: listens() or self.ended(), "HiveMQ listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def ended(self):
        if self.process and self.process.poll() is not None:
            raise SystemExit(f"sparkplug_tck.py: {self.home}/bin/run.sh ended at once (exit {self.process.returncode}): start it by hand and see why")
        return False

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
            wait(lambda: not listens(), "HiveMQ ends")


def run_test(paho, program, name):
    """What the TCK says in the end."""
    more, stops = TESTS[name]
    said, log = [], []
    done = threading.Event()
    version = getattr(paho, "CallbackAPIVersion", None)
    control = paho.Client(version.VERSION1, "mbplant-tck") if version else paho.Client("mbplant-tck")

    def on_message(_client, _data, message):
        text = message.payload.decode(errors="replace")
        (said if message.topic.endswith("/RESULT") else log).append(text)
        if message.topic.endswith("/RESULT"):
            done.set()
    control.on_message = on_message
    control.connect("127.0.0.1", PORT)
    control.subscribe([("SPARKPLUG_TCK/RESULT", 1), ("SPARKPLUG_TCK/LOG", 1)])
    control.loop_start()
    control.publish("SPARKPLUG_TCK/TEST_CONTROL", f"NEW_TEST edge {name} {HOST} {GROUP} {NODE} {DEVICE}", 1).wait_for_publish()
    time.sleep(1)
    with tempfile.TemporaryDirectory(prefix="mbplant-tck-") as folder:
        file = pathlib.Path(folder) / "plant.yaml"
        file.write_text(PLANT.replace("MORE", more), encoding="utf-8")
        (pathlib.Path(folder) / "data").mkdir()
        plant = subprocess.Popen([program, "-l", "127.0.0.1:0", "--http", "off", "-d", folder + "/data", str(file)], stdout=subprocess.DEVNULL)
        try:
            if stops:  # the TCK wants a DDEATH of the device before the NDEATH
                time.sleep(5)
                file.write_text(file.read_text(encoding="utf-8").replace(f"name: {DEVICE}\n", f"name: {DEVICE}_2\n"), encoding="utf-8")
                plant.send_signal(signal.SIGHUP)
                time.sleep(2)
                plant.terminate()
            if not done.wait(60):
                control.publish("SPARKPLUG_TCK/TEST_CONTROL", "END_TEST", 1).wait_for_publish()
                done.wait(30)
        finally:
            plant.terminate()
            plant.wait()
    control.loop_stop()
    control.disconnect()
    return "\n".join(said) or "no result\n" + "\n".join(log)


def missing(home, program):
    """What is not at hand, and the exit code for it; None = all is there."""
    if not program.exists():
        return f"there is no {program}: build it, or say where with --build", 2
    if not home:
        return None if listens() else ("HiveMQ is not at hand: set HIVEMQ_HOME, or start one with the TCK's extension at 127.0.0.1:1883", 77)
    if not (pathlib.Path(home) / "bin" / "run.sh").exists():
        return f"HIVEMQ_HOME is {home}, where there is no bin/run.sh: it must be the folder that HiveMQ CE was unpacked to", 2
    if not [folder for folder in (pathlib.Path(home) / "extensions").glob("*") if "sparkplug" in folder.name.lower()]:
        return f"{home}/extensions has no Sparkplug TCK: build it (tck/ of eclipse-sparkplug/sparkplug) and unpack it there", 2
    java = os.environ.get("JAVA_HOME") and os.path.join(os.environ["JAVA_HOME"], "bin", "java") or "java"
    if not shutil.which(java):
        return "there is no Java: install one of 11 or later, or set JAVA_HOME", 2
    if listens():
        return "something listens at 127.0.0.1:1883 already: stop it, or leave out HIVEMQ_HOME", 2
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", metavar="TEST", nargs="*", help=", ".join(TESTS))
    parser.add_argument("--build", default=ROOT / "build" / "release", help="build folder (build/release)")
    arguments = parser.parse_args()
    for name in arguments.tests:
        if name not in TESTS:
            parser.error(f"no test {name!r}: there are {', '.join(TESTS)}")
    home, program = os.environ.get("HIVEMQ_HOME"), pathlib.Path(arguments.build) / "src" / "mbplantd"
    lacks = missing(home, program)
    if lacks:
        print(f"sparkplug_tck.py: {lacks[0]}", file=sys.stderr)
        return lacks[1]
    try:
        import paho.mqtt.client as paho
    except ImportError:
        print("sparkplug_tck.py: python3-paho-mqtt is missing", file=sys.stderr)
        return 2
    failed = 0
    for name in arguments.tests or TESTS:
        with HiveMq(home):
            result = run_test(paho, str(program), name)
        passed = "OVERALL: PASS" in result
        failed += not passed
        print(f"{name}: {'passed' if passed else 'FAILED'}\n  " + result.replace("\n", "\n  "))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
