"""The node as a host of others sees it: npm's mqtt and sparkplug-payload, at a real mosquitto. Skipped where npm cannot fetch them."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import broker
import support
from test_sparkplug import LINE

HOST = pathlib.Path(__file__).with_name("host")


def installed():
    """The folder with the host and its packages; or why there is none."""
    folder = support.BUILD / "npm-host"
    if not shutil.which("node") or not shutil.which("npm"):
        return None, "node and npm are not installed"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host.mjs", "package.json"):
        shutil.copy(HOST / name, folder / name)
    if not (folder / "node_modules" / "sparkplug-payload").is_dir():
        try:
            done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=20000"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return None, "npm does not answer"
        if done.returncode != 0:
            return None, "npm cannot fetch mqtt and sparkplug-payload: " + (done.stderr.strip().splitlines() or ["?"])[0]
    return folder, ""


FOLDER, WHY = installed()


@unittest.skipIf(FOLDER is None or broker.paho is None, WHY or "python3-paho-mqtt is not here (tools/test installs it)")
class Npm(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(broker.Broker())
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = folder / "line.yaml"
        self.file.write_text(LINE.replace("PORT", str(self.broker.port)).replace("MORE", ""))
        self.host = subprocess.Popen(["node", "host.mjs", str(self.broker.port), "Site", "Line"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, bufsize=1)
        self.addCleanup(self.host.stdout.close)
        self.addCleanup(self.host.wait)
        self.addCleanup(self.host.kill)
        self.addCleanup(self.host.stdin.close)
        self.messages, self.end = [], time.monotonic() + 3 * support.PATIENCE_S
        self.until("the host", lambda message: message.get("ready"))

    def until(self, what, check):
        while True:
            self.assertLess(time.monotonic(), self.end, f"no {what}")
            line = self.host.stdout.readline()
            self.assertTrue(line, f"the host ended: no {what}")
            message = json.loads(line)
            self.assertNotIn("error", message)
            self.messages.append(message)
            if check(message):
                return message

    def metrics(self, message):
        return {metric.get("name"): metric for metric in message["payload"]["metrics"]}

    def until_birth(self, device):
        return self.metrics(self.until(f"DBIRTH of {device}", lambda m: m.get("topic") == f"spBv1.0/Site/DBIRTH/Line/{device}"))

    def until_alias(self, alias):
        """This package gives a value only where a metric tells its type, which data need not: what it is, the next birth says."""
        self.until(f"data of {alias}", lambda m: "DDATA" in m.get("topic", "") and any(metric.get("alias") == alias for metric in m["payload"]["metrics"]))

    def rebirth(self):
        self.send("spBv1.0/Site/NCMD/Line", {"name": "Node Control/Rebirth", "type": "Boolean", "value": True, "timestamp": 1})
        return self.metrics(self.until("another NBIRTH", lambda m: m.get("topic") == "spBv1.0/Site/NBIRTH/Line"))

    def send(self, topic, *metrics):
        print(json.dumps({"topic": topic, "payload": {"timestamp": 1, "metrics": metrics}}), file=self.host.stdin, flush=True)

    def test_births_data_commands_and_death_are_understood(self):
        with support.Plant(self.file) as plant:
            birth = self.metrics(self.until("NBIRTH", lambda m: m.get("topic") == "spBv1.0/Site/NBIRTH/Line"))
            self.assertEqual((birth["Node Control/Rebirth"]["type"], birth["Node Control/Rebirth"]["value"]), ("Boolean", False))
            self.assertEqual(birth["bdSeq"]["type"], "Int64")
            fill = self.until_birth("FILL1")
            self.assertEqual((fill["TT101"]["type"], fill["TT101"]["value"], fill["TT101"]["properties"]["engUnit"]["value"]), ("Float", 20, "°C"))
            self.assertEqual((fill["COUNT"]["type"], fill["COUNT"]["value"]), ("Int32", -7))
            self.assertEqual((fill["LOT"]["type"], fill["LOT"]["value"]), ("String", "A 1"))
            self.send("spBv1.0/Site/DCMD/Line/FILL1", {"name": "TT101", "type": "Float", "value": 77.5, "timestamp": 1})
            self.until_alias(fill["TT101"]["alias"])
            self.assertEqual(self.rebirth()["bdSeq"]["value"], birth["bdSeq"]["value"])
            self.assertEqual(self.until_birth("FILL1")["TT101"]["value"], 77.5)
            self.send("spBv1.0/Site/DCMD/Line/FILL1", {"alias": fill["TT101"]["alias"], "type": "Float", "value": 66.5, "timestamp": 1})
            self.until_alias(fill["TT101"]["alias"])
            self.rebirth()
            self.assertEqual(self.until_birth("FILL1")["TT101"]["value"], 66.5)
            plant.stop()
            death = self.until("NDEATH", lambda m: m.get("topic") == "spBv1.0/Site/NDEATH/Line")
            self.assertEqual([metric["name"] for metric in death["payload"]["metrics"]], ["bdSeq"])


if __name__ == "__main__":
    support.main()
