"""Interlocks of machines: what they do, which acted first, and their bypasses, as mbplantctl, Modbus, HTTP and a broker
have them; over SIGKILL, restarts and other plants."""
import json
import pathlib
import signal
import tempfile
import unittest

import broker
import outside
import support
from test_web import Web

OK, FAILED, USAGE = 0, 1, 2
RECORD, BYPASS = 4900, 7

PLANT = """mbplant: 1
name: Locks
scan: 20ms
alarm_policy: {longest_bypass: 30min, reasons: [bypass]}
instructor: true
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: L, range: [0, 10], max: 9, signal: {base: 5}}
        interlocks:
          - {name: LOW, when: "L < 2", bypass: {longest: 10min, priority: high}, message: Level is low}
          - {name: EMPTY, when: "L < 1", delay: 200ms}
          - {name: NEXT, when: "NOT M2.en_service", action: permissive}
      - name: M2
        sensors: [{name: K, range: [0, 10], signal: {base: 5}}]
"""


class Interlocks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.path = self.folder / "locks.yaml"
        self.path.write_text(PLANT)
        self.plant = self.enterContext(Web(self.path))

    def ctl(self, *words, code=OK):
        result = self.plant.ctl(*words, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout if code == OK else result.stderr

    def interlocks(self):
        return {row["interlock"]: row for row in json.loads(self.ctl("interlocks", "--format", "json"))}

    def alarms(self):
        return {row["sensor"]: row for row in json.loads(self.ctl("alarms", "--format", "json"))}

    def until(self, what, why):
        support.eventually(what, why)

    def journal(self):
        return self.ctl("journal")

    def test_table_has_all_and_first_out_is_shown_everywhere(self):
        self.assertEqual([(name, row["action"], row["state"]) for name, row in self.interlocks().items()],
                         [("L.high", "trip", "ready"), ("M1.LOW", "trip", "ready"), ("M1.EMPTY", "trip", "ready"),
                          ("M1.NEXT", "permissive", "ready")])
        self.ctl("force", "L", "0")
        self.until(lambda: self.interlocks()["M1.EMPTY"]["state"] == "acting", "both act")
        self.assertEqual({name: row["first_out"] for name, row in self.interlocks().items()},
                         {"L.high": "", "M1.LOW": "first out", "M1.EMPTY": "", "M1.NEXT": ""})
        self.assertEqual(self.plant.get("/machines/M1")["first_out"], "M1.LOW")
        self.assertEqual([row["name"] for row in self.plant.get("/interlocks?machine=M1") if row["first_out"]], ["M1.LOW"])
        self.assertIn("M1.LOW", self.ctl("status"))
        self.assertIn("tripped by       M1.LOW", self.ctl("machine", "M1"))
        self.until(lambda: "M1.LOW Level is low" in self.ctl("incidents"), "the incident names it")
        self.assertRegex(self.journal(), "M1 en_service -> en_panne: M1.LOW Level is low")
        self.assertRegex(self.journal(), "M1.EMPTY interlock acted")
        self.assertEqual(self.alarms(), {}, "an interlock is not an alarm")
        for name in ("m1.low", "M1.LOW.acting", "m1.low.FIRST_OUT"):
            self.assertIn(" = on", self.ctl("read", name))
        self.assertIn(" = 1 ", self.ctl("read", "M1.LOW.state"))

    def test_permissive_says_why_a_machine_does_not_start(self):
        self.ctl("machine", "M2", "en_panne")
        self.until(lambda: self.interlocks()["M1.NEXT"]["state"] == "acting", "M2 stands")
        self.assertIn("M1 = en_service", self.ctl("machine", "M1"))
        self.ctl("machine", "M1", "maintenance")
        self.ctl("machine", "M1", "en_service", code=FAILED)
        self.assertIn("M1.NEXT", self.ctl("machine", "M1"))
        self.until(lambda: "M1.NEXT" in self.journal(), "the refusal is journaled")
        self.assertRegex(self.journal(), "M1.NEXT.* does not permit it")
        self.ctl("bypass", "M1.NEXT", "--for", "1min", "--why", "test")
        self.ctl("machine", "M1", "en_service")

    def test_bypass_is_limited_listed_journaled_and_an_alarm_while_it_stands(self):
        self.assertIn("did you mean M1.LOW?", self.ctl("bypass", "M1.LOWW", "--for", "5min", "--why", "x", code=USAGE))
        self.assertIn("longer than the plant file allows, which is 10min",
                      self.ctl("bypass", "M1.LOW", "--for", "11min", "--why", "x", code=FAILED))
        self.assertIn("wants a reason", self.ctl("bypass", "M1.LOW", "--for", "5min", code=FAILED))
        self.ctl("shelve", "M1.LOW", code=USAGE)
        self.ctl("bypass", "m1.low", "--for", "5min", "--why", "probe", "--as", "Anna")
        self.assertEqual(self.interlocks()["M1.LOW"]["state"], "bypassed")
        self.assertRegex(self.ctl("bypass"), r"M1.LOW +M1 +(5min 0s|4min 5\ds)")
        alarm = self.alarms()["M1.LOW.bypassed"]
        self.assertEqual((alarm["state"], alarm["priority"]), ("active, unacknowledged", "high"))
        self.assertIn("M1.LOW.bypassed", self.ctl("alarms", "--format", "csv"))
        self.assertEqual([row["name"] for row in self.plant.get("/alarms")], ["M1.LOW.bypassed"])
        self.assertEqual(self.plant.get("/status")["active_alarms"], 1)
        self.ctl("ack", "M1.LOW.bypassed")
        self.ctl("force", "L", "1")
        self.until(lambda: self.interlocks()["M1.LOW"]["state"] == "defeated", "it would act")
        self.assertIn("M1 = en_service", self.ctl("machine", "M1"))
        self.ctl("unbypass", "M1.LOW")
        self.until(lambda: "M1 = en_panne" in self.ctl("machine", "M1"), "it acts again")
        self.until(lambda: self.alarms() == {}, "no bypass, no alarm")
        self.assertRegex(self.journal(), "M1.LOW interlock bypassed for 5min 0s by Anna at 127.0.0.1 # probe")

    def test_bypass_of_an_alarm_that_trips_is_an_alarm_while_it_stands_too(self):
        name = "L.high.bypassed"
        self.ctl("bypass", "L.high", "--for", "5min", "--why", "probe")
        self.assertEqual(list(self.alarms()), [name])
        alarm = self.alarms()[name]
        self.assertEqual([alarm[key] for key in ("state", "priority", "diagnosis", "machine", "active", "unacknowledged")],
                         ["active", "medium", "interlock bypassed", "M1", True, False])
        self.assertRegex(self.ctl("alarms"), r"L.high.bypassed +M1 +interlock bypassed +condition +medium +active")
        self.assertIn("L.high.bypassed,interlock bypassed,condition", self.ctl("alarms", "--format", "csv"))
        self.assertRegex(self.ctl("alarms", name), "(?s)^L.high.bypassed  interlock bypassed.*priority +medium")
        self.assertIn(name, self.ctl("alarms", "l.high"))
        self.assertIn("alarm,L.high.bypassed.condition,active,1", self.ctl("report", "--format", "csv"))
        self.assertIn("1 active alarm, 0 unacknowledged", self.ctl("status"))
        self.assertEqual([row["name"] for row in self.plant.get("/alarms?state=active")], [name])
        rows = {row["name"]: row for row in self.plant.get("/alarms?machine=M1&priority=medium")}
        self.assertEqual(list(rows), ["L.high", name], "the alarm tells what is left")
        self.assertEqual([rows[name][key] for key in ("sensor", "state", "active", "trips", "priority", "raised")],
                         ["L", "acknowledged", True, False, "medium", None])
        self.assertGreater(rows[name]["bypassed_s"], 200)
        self.assertNotIn(name, [row["name"] for row in self.plant.get("/alarms?machine=M2")])
        self.assertNotIn(name, [row["name"] for row in self.plant.get("/alarms?state=shelved")])
        self.assertEqual(self.plant.get("/status")["active_alarms"], 1)
        self.assertEqual(self.plant.get("/machines/M1")["active_alarms"], 1)
        self.assertEqual(self.plant.get("/alarms/l.high.bypassed"), rows[name] | {"bypassed_s": self.plant.get("/alarms/L.high")["bypassed_s"]})
        self.plant.kill()
        self.plant.start()
        self.assertEqual(list(self.alarms()), [name], "it stands over SIGKILL")
        self.assertEqual(self.plant.get("/status")["active_alarms"], 1)
        self.ctl("unbypass", "L.high")
        self.until(lambda: self.alarms() == {}, "no bypass, no alarm")
        self.until(lambda: self.plant.get("/status")["active_alarms"] == 0, "no bypass, no alarm")
        self.assertIn("has no machine or sensor", self.ctl("alarms", "K.high.bypassd", code=USAGE))

    def test_alarm_of_a_bypass_is_ended_by_its_name_and_by_nothing_else(self):
        name = "L.high.bypassed"
        self.assertEqual(self.plant.get(f"/alarms/{name}")["state"], "normal")
        self.ctl("bypass", "L.high", "--for", "5min", "--why", "probe")
        self.until(lambda: self.plant.get(f"/alarms/{name}")["state"] == "acknowledged", "it stands")
        for verb in ("ack", "reset", "shelve", "unshelve", "remove", "return", "bypass"):
            said = self.plant.post(f"/alarms/{name}/{verb}", {}, 422)["detail"]
            self.assertEqual(said, f"{name}: it lasts as long as the bypass does; POST .../restore arms the interlock")
        self.assertTrue(self.plant.get(f"/alarms/{name}")["active"])
        self.assertEqual(self.plant.post(f"/alarms/{name}/restore", {})["acts_on"], "L.high")
        self.until(lambda: not self.plant.get(f"/alarms/{name}")["active"], "it is over")
        for nothing in ("L.low.bypassed", "M1.NEXT.bypassed.bypassed", "L.bypassed", ".bypassed", "K.high.bypassed"):
            self.assertEqual(self.plant.ask(f"/api/v1/alarms/{nothing}")[0], 404, nothing)

    def test_register_record_and_http_do_the_same(self):
        client = outside.Client(self.plant.port)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)
        self.assertTrue(client.write_registers(RECORD, [9999, 0xFFFF, 60, 0, BYPASS], slave=1).isError())
        self.assertIn("longer", self.plant.post("/interlocks/M1.LOW/bypass", {"for": "11min", "why": "x"}, 422)["detail"])
        self.assertIn("did you mean M1.LOW", self.plant.post("/interlocks/M1.LOWW/bypass", {"for": "1min", "why": "x"}, 404)["detail"])
        self.assertEqual(self.plant.post("/interlocks/m1.low/bypass", {"for": "1min", "why": "x"})["acts_on"], "M1.LOW")
        self.assertEqual(self.interlocks()["M1.LOW"]["state"], "bypassed")
        self.plant.post("/interlocks/M1.LOW/restore", {})
        self.assertEqual(self.interlocks()["M1.LOW"]["state"], "ready")
        self.ctl("write", "M1.LOW.bypass", "601", "--why", "x", code=FAILED)
        self.ctl("write", "M1.LOW.bypass", "60", code=FAILED)
        self.ctl("write", "M1.LOW.bypass", "60", "--why", "x")
        self.until(lambda: self.interlocks()["M1.LOW"]["state"] == "bypassed", "by its register")
        self.ctl("write", "M1.LOW.bypass", "0")
        self.until(lambda: self.interlocks()["M1.LOW"]["state"] == "ready", "by its register")

    def test_bypass_and_first_out_outlive_sigkill_and_other_plants_and_end_with_the_interlock(self):
        self.ctl("bypass", "M1.EMPTY", "--for", "20min", "--why", "x")
        self.ctl("force", "L", "0")
        self.until(lambda: "M1 en_service -> en_panne" in self.journal(), "LOW trips")
        self.plant.kill()
        self.plant.start()
        self.until(lambda: self.interlocks()["M1.EMPTY"]["state"] == "defeated", "its condition holds")
        self.assertEqual(self.plant.get("/machines/M1")["first_out"], "M1.LOW")
        self.assertEqual(self.alarms()["M1.EMPTY.bypassed"]["state"], "active, unacknowledged")
        edited = self.folder / "edited.yaml"
        edited.write_text(PLANT.replace("          - {name: EMPTY", "          - {name: ANOTHER, when: \"L < 0\"}\n"
                                        "          - {name: EMPTY"))
        self.ctl("plant", "put", edited)
        self.until(lambda: self.interlocks()["M1.EMPTY"]["state"] == "defeated", "its condition holds")
        self.assertEqual(self.plant.get("/machines/M1")["first_out"], "M1.LOW")
        self.path.write_text(PLANT.replace('          - {name: EMPTY, when: "L < 1", delay: 200ms}\n', ""))
        self.plant.process.send_signal(signal.SIGHUP)
        self.until(lambda: "M1.EMPTY interlock restored: the plant was changed" in self.journal(), "its end is journaled")
        self.assertEqual(self.alarms(), {})

    def test_bad_expression_is_told_at_its_place(self):
        for text, told in ((PLANT.replace("L < 2", "LX < 2"), "13:32: there is no value named LX; did you mean L?"),
                           (PLANT.replace("L < 2", "M1.LOW OR L"), "13:42: OR takes BOOL"),
                           (PLANT.replace("L < 2", "M1.LOW OR L < 2"), "the interlock M1.LOW depends on itself"),
                           (PLANT.replace("name: LOW", "name: state"), "13:20: an interlock may not be called 'state'")):
            self.path.write_text(text)
            result = support.run(support.MBPLANTD, "--check", self.path)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(told, result.stderr + result.stdout)


@unittest.skipIf(broker.paho is None, "python3-paho-mqtt is not here (tools/test installs it)")
class AtABroker(unittest.TestCase):
    def test_bypass_is_a_write_of_its_register(self):
        server = self.enterContext(broker.Broker())
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        path = folder / "locks.yaml"
        path.write_text(PLANT.replace("scan:", f'mqtt: {{broker: "mqtt://127.0.0.1:{server.port}"}}\nscan:'))
        plant = self.enterContext(support.Plant(path))
        client = self.enterContext(broker.Client(server.port, "#"))
        client.wait_for("its state", lambda message: message.topic == "plants/Locks/M1.LOW.state")
        client.publish("plants/Locks/M1.LOW.bypass/set", "601", False)
        client.wait_for("a refusal", lambda message: message.topic == "plants/Locks/refused")
        client.publish("plants/Locks/M1.LOW.bypass/set", json.dumps({"value": 60, "why": "probe"}), False)
        client.wait_for("its alarm", lambda message: message.topic == "plants/Locks/M1.LOW.bypassed"
                        and message.json().get("value") is True)
        support.eventually(lambda: "M1.LOW interlock bypassed for 1min 0s" in plant.ctl("journal"), "it is bypassed")


if __name__ == "__main__":
    support.main()
