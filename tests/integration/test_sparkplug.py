"""The plant as a Sparkplug B edge node: a real mosquitto, and a host that shares nothing with mbplantd. In each test the
host checks every message: births before data, seq without a gap, aliases that are known, types that fit."""
import json
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest

import broker
import sparkplug
import support

LINE = """mbplant: 1
name: Line
scan: 20ms
mqtt: {broker: "mqtt://127.0.0.1:PORT", format: sparkplug, group: SiteMORE}
units:
  - id: 1
    name: PLC
    sensors:
      - {name: HALL, kind: temperature, unit: "°C", range: [-40, 60], signal: {base: 21.5}, register: {type: int16, scale: 0.1}}
    machines:
      - name: FILL1
        sensors:
          - {name: TT101, kind: temperature, unit: "°C", range: [0, 150], max: 85, signal: {base: 20}, register: {type: float32}}
          - {name: COUNT, kind: generic, signal: {base: -7}, register: {type: int32}}
          - {name: LOT, kind: generic, signal: {text: "A 1"}, register: {type: string(4)}}
      - name: CAP1
        sensors:
          - {name: WAVE, kind: temperature, range: [0, 150], signal: {base: 50, wave: {shape: sine, amplitude: 20, period: 2s}}, register: {type: float32}}
"""


@unittest.skipIf(broker.paho is None, "python3-paho-mqtt is not here (tools/test installs it)")
class Sparkplug(unittest.TestCase):
    more = ""

    def setUp(self):
        self.broker = self.enterContext(broker.Broker())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE.replace("PORT", str(self.broker.port)).replace("MORE", self.more))
        self.client = self.enterContext(broker.Client(self.broker.port, "spBv1.0/Site/+/Line", "spBv1.0/Site/+/Line/+"))
        self.host = sparkplug.Host("Site", "Line")
        self.seen = 0

    def plant(self):
        return self.enterContext(support.Plant(self.file))

    def until(self, what, check):
        """Lets the host take what came, message by message, until check finds it good."""
        def look():
            while self.seen < len(self.client.messages):
                message = self.client.messages[self.seen]
                self.seen += 1
                if "CMD" not in message.topic:
                    self.host.take(message)
                    if check(message):
                        return True
            return False
        support.eventually(look, what)

    def until_born(self):
        births = self.host.births
        self.until("births", lambda _: self.host.births > births and {"FILL1", "CAP1"} <= set(self.host.devices))

    def until_value(self, key, value):
        if self.host.values.get(key) != value:
            self.until(f"{key} = {value!r}", lambda _: self.host.values.get(key) == value)

    def send(self, *metrics, device=None):
        topic = f"spBv1.0/Site/{'DCMD' if device else 'NCMD'}/Line{'/' + device if device else ''}"
        self.client.publish(topic, metrics[0] if len(metrics) == 1 and isinstance(metrics[0], str) else sparkplug.payload(*metrics))

    def topics(self):
        return [message.topic.split("/")[2] for message in self.client.messages if "CMD" not in message.topic]


class Session(Sparkplug):
    def test_births_tell_types_units_ranges_and_quality(self):
        self.plant()
        self.until_born()
        self.assertEqual(self.topics()[:3], ["NBIRTH", "DBIRTH", "DBIRTH"])
        birth = sparkplug.Payload(next(m for m in self.client.messages if m.topic.endswith("DBIRTH/Line/FILL1")).payload)
        value = birth.metric("TT101")
        self.assertEqual((value.datatype, value.value), (sparkplug.FLOAT, 20))
        self.assertEqual({key: of.value for key, of in value.properties.items()},
                         {"Quality": 192, "engUnit": "°C", "engLow": 0, "engHigh": 150})
        self.assertEqual(birth.metric("TT101/high").datatype, sparkplug.BOOLEAN)
        self.assertEqual(birth.metric("TT101/high/limit").value, 85)
        self.assertEqual((birth.metric("COUNT").datatype, birth.metric("COUNT").settle(3).value), (3, -7))
        self.assertEqual((birth.metric("state").datatype, birth.metric("state").value), (sparkplug.STRING, "en_service"))
        self.assertEqual(birth.metric("LOT").value, "A 1")
        self.assertEqual(self.host.values["HALL"], 21.5)

    def test_changes_come_by_alias_in_one_message_a_device_and_scan(self):
        plant = self.plant()
        self.until_born()
        plant.ctl("write", "TT101", "90.5")
        self.until_value("FILL1/TT101", 90.5)
        self.until_value("FILL1/TT101/high", True)
        plant.ctl("machine", "FILL1", "en_panne")
        self.until_value("FILL1/state", "en_panne")
        data = [m for m in self.client.messages if "/DDATA/" in m.topic]
        stamps = [(m.topic, sparkplug.Payload(m.payload).timestamp) for m in data]
        self.assertEqual(len(stamps), len(set(stamps)))

    def test_mqtt_test_makes_a_quiet_plant_say_something(self):
        self.file.write_text(re.sub(r", wave: {[^}]*}", "", self.file.read_text()))
        plant = self.plant()
        self.until_born()
        said = plant.ctl("mqtt", "test")
        self.assertIn("data comes: spBv1.0/Site/", said)

    def test_quiet_plant_sends_nothing(self):
        self.file.write_text(self.file.read_text().replace(", wave: {shape: sine, amplitude: 20, period: 2s}", ""))
        self.plant()
        self.until_born()
        before = len(self.client.messages)
        deadline = time.monotonic() + 3
        support.eventually(lambda: time.monotonic() > deadline, "three seconds")
        self.assertEqual(len(self.client.messages), before)

    def test_numbers_go_round_without_a_gap(self):
        self.plant()
        self.until_born()
        self.until("600 messages", lambda _: self.host.messages > 600)

    def test_bad_quality_is_told_and_its_end_too(self):
        self.file.write_text(self.file.read_text().replace("base: 21.5", "base: 0, wave: {shape: square, amplitude: 100, period: 1s}"))
        self.plant()
        self.until_born()
        self.until("bad", lambda _: self.host.bad.get("HALL") is True)

    def test_stop_is_ndeath_then_disconnect_and_kill_is_the_will(self):
        plant = self.plant()
        self.until_born()
        first = self.host.bdseq
        plant.stop()
        self.until("NDEATH", lambda m: "/NDEATH/" in m.topic)
        self.assertFalse(self.host.born)
        plant.start()
        self.until_born()
        self.assertEqual(self.host.bdseq, (first + 1) % 256)
        plant.kill()
        self.until("the Will", lambda m: "/NDEATH/" in m.topic)
        self.assertFalse(self.host.born, "its bdSeq is the birth's")
        self.assertEqual(self.topics().count("NDEATH"), 2)
        plant.start()
        self.until_born()
        self.assertEqual(self.host.bdseq, (first + 2) % 256)

    def test_bdseq_does_not_advance_while_no_connect_goes_out(self):
        plant = self.plant()
        self.until_born()
        first = self.host.bdseq
        self.broker.stop()
        plant.ctl("machine", "FILL1", "en_panne")
        support.eventually(lambda: "machine state" in plant.ctl("journal", "--format", "jsonl"), "tries in vain")
        support.stand_still(plant.process)  # who hears must be there first
        self.client.listen_again(self.broker.start)
        plant.process.send_signal(signal.SIGCONT)
        self.until_born()
        self.assertEqual(self.host.bdseq, (first + 1) % 256)

    def test_changed_plant_is_born_anew_and_what_is_gone_dies(self):
        plant = self.plant()
        self.until_born()
        bdseq, text = self.host.bdseq, self.file.read_text()
        self.file.write_text(text[:text.index("      - name: CAP1")])
        plant.process.send_signal(signal.SIGHUP)
        self.until("DDEATH", lambda m: "/DDEATH/" in m.topic)
        self.until("a birth", lambda _: self.host.births == 2 and "FILL1" in self.host.devices)
        self.assertNotIn("CAP1", self.host.devices)
        self.assertEqual(self.host.bdseq, bdseq)
        self.file.write_text(text)
        plant.process.send_signal(signal.SIGHUP)
        self.until_born()

    def test_alias_of_the_plant_before_writes_nothing(self):
        plant = self.plant()
        self.until_born()
        old, known = self.host.alias("FILL1", "TT101"), set(self.host.by_alias)
        self.file.write_text(self.file.read_text().replace("{name: LOT", "{name: TT100, kind: temperature}\n          - {name: LOT"))
        plant.process.send_signal(signal.SIGHUP)
        self.until("a birth with the new point", lambda _: "FILL1/TT100" in self.host.values and "CAP1" in self.host.devices)
        self.assertFalse(known & set(self.host.by_alias), "no alias means two things")
        self.send(sparkplug.command(alias=old, double=66.5), device="FILL1")
        self.send(sparkplug.command(name="COUNT", datatype=3, whole=5), device="FILL1")
        self.until_value("FILL1/COUNT", 5)  # both have been read
        self.assertFalse([key for key, _, value, _ in self.host.history if value == 66.5])
        support.eventually(lambda: "1 commands refused" in plant.ctl("status"), "it is counted")


class Commands(Sparkplug):
    def setUp(self):
        super().setUp()
        self.running = self.plant()
        self.until_born()

    def test_commands_by_name_and_by_alias_are_writes(self):
        self.send(sparkplug.command(name="TT101/high/limit", datatype=sparkplug.FLOAT, real=60.5), device="FILL1")
        self.until_value("FILL1/TT101/high/limit", 60.5)
        self.send(sparkplug.command(alias=self.host.alias("FILL1", "TT101/high/limit"), double=61.5), device="FILL1")
        self.until_value("FILL1/TT101/high/limit", 61.5)
        self.send(sparkplug.command(name="en_panne", boolean=True), device="FILL1")
        self.until_value("FILL1/state", "en_panne")
        self.send(sparkplug.command(name="COUNT", datatype=3, whole=(1 << 32) - 42), device="FILL1")
        self.until_value("FILL1/COUNT", -42)
        self.send(sparkplug.command(name="COUNT", whole=(1 << 32) - 43), device="FILL1")  # by the birth's type
        self.until_value("FILL1/COUNT", -43)
        self.send(sparkplug.command(name="LOT", datatype=sparkplug.STRING, text="B 2"), device="FILL1")
        self.until_value("FILL1/LOT", "B 2")
        self.send(sparkplug.command(name="HALL", datatype=sparkplug.DOUBLE, double=-3.5))
        self.until_value("HALL", -3.5)
        self.send(sparkplug.command(name="TT101/high/limit", null=True), device="FILL1")
        self.until_value("FILL1/TT101/high/limit", None)

    def test_what_is_wrong_is_refused_and_harms_nobody(self):
        for metric in (sparkplug.command(name="NOBODY", double=1), sparkplug.command(alias=99999, double=1), b"",
                       sparkplug.command(name="TT101", text="seven"), sparkplug.command(name="TT101", boolean=True),
                       sparkplug.command(name="en_panne", double=1), sparkplug.command(name="TT101", double=float("nan")),
                       sparkplug.command(name="LOT", text="much too long a text"), sparkplug.command(name="TT101/high", boolean=True),
                       sparkplug.command(name="HALL", double=1)):
            self.send(metric, device="FILL1")
        self.send(sparkplug.command(name="TT101", double=1), device="NODEVICE")
        self.send(sparkplug.command(name="TT101/high/limit", double=7000), device="FILL1")
        good = sparkplug.payload(sparkplug.command(name="TT101", double=33.0))
        rng = random.Random(1)
        for _ in range(300):
            broken = bytearray(good)
            for _ in range(rng.randint(1, 4)):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            self.client.client.publish("spBv1.0/Site/DCMD/Line/CAP1", bytes(broken[:rng.randint(1, len(broken))]))
        self.client.publish("spBv1.0/Site/NCMD/Line", bytes(1_000_000))
        self.client.publish("spBv1.0/Site/NCMD/Line", b"\x12" * 1_000_000)
        self.send(sparkplug.command(name="TT101", double=44.5), device="FILL1")
        self.until_value("FILL1/TT101", 44.5)
        self.assertIn("limit 7000 °C refused", self.running.ctl("journal"))

    def test_rebirth_is_a_birth_with_the_same_bdseq_and_no_death(self):
        bdseq = self.host.bdseq
        self.send(sparkplug.command(name="Node Control/Rebirth", datatype=sparkplug.BOOLEAN, boolean=True))
        self.until_born()
        self.assertEqual(self.host.bdseq, bdseq)
        self.assertNotIn("NDEATH", self.topics())
        self.send(sparkplug.command(name="Node Control/Rebirth", datatype=sparkplug.BOOLEAN, boolean=False))

    def test_many_rebirths_at_once_are_few(self):
        began = time.monotonic()
        for _ in range(200):
            self.send(sparkplug.command(name="Node Control/Rebirth", boolean=True))
        self.until_born()
        self.running.ctl("write", "TT101", "77")
        self.until_value("FILL1/TT101", 77)
        self.assertLessEqual(self.host.births, 3 + (time.monotonic() - began))


class PrimaryHost(Sparkplug):
    more = ", primary_host: SCADA"

    def state(self, online, timestamp):
        self.client.publish("spBv1.0/STATE/SCADA", json.dumps({"online": online, "timestamp": timestamp}), retain=True)

    def test_mqtt_test_says_that_the_host_is_missing(self):
        plant = self.plant()
        result = plant.ctl("mqtt", "test", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("waits for its primary host SCADA: spBv1.0/STATE/SCADA has nothing retained", result.stdout)
        self.state(False, 5)
        self.assertIn("SCADA has that it is offline", plant.ctl("mqtt", "test", check=False).stdout)
        self.state(True, 6)
        self.until_born()
        self.assertIn("data comes: spBv1.0/Site/", plant.ctl("mqtt", "test"))

    def test_births_wait_for_the_host_and_end_with_it(self):
        plant = self.plant()
        plant.ctl("machine", "FILL1", "en_panne")
        self.assertEqual(self.topics(), [])
        self.client.publish("spBv1.0/STATE/OTHER", json.dumps({"online": True, "timestamp": 1}), retain=True)
        self.client.publish("spBv1.0/STATE/SCADA", "rubbish")
        self.state(True, 1000)
        self.until_born()
        first = self.host.bdseq
        self.assertEqual(self.host.values["FILL1/state"], "en_panne")
        self.state(False, 999)  # of an earlier one: it counts not
        plant.ctl("write", "TT101", "77")
        self.until_value("FILL1/TT101", 77)
        self.assertTrue(self.host.born)
        self.state(False, 1000)
        self.until("NDEATH", lambda m: "/NDEATH/" in m.topic)
        births = self.host.births
        self.state(True, 1001)
        self.until("births", lambda _: self.host.births > births and "FILL1" in self.host.devices)
        self.assertNotEqual(self.host.bdseq, first)


class Waiting(Sparkplug):
    """A value that rises by the same step in each scan tells where one is missing."""
    more = ", buffer: 10MB, replay_rate: 0"
    STEP, ROUND = 0.5, 100

    def setUp(self):
        super().setUp()
        self.cable = self.enterContext(broker.Cable(self.broker.port))
        self.file.write_text(self.file.read_text().replace("scan: 20ms", "scan: 50ms").replace(
            "wave: {shape: sine, amplitude: 20, period: 2s}", "wave: {shape: sawtooth, amplitude: 25, period: 5s}").replace(
                str(self.broker.port), str(self.cable.port)))

    def missing(self):
        """How many values of the row the host has not heard, live or late, up to the newest."""
        values = {}
        for key, timestamp, value, _ in self.host.history:
            if key == "CAP1/WAVE":
                self.assertEqual(values.setdefault(timestamp, value), value, "equal times have equal values")
        told = [values[timestamp] for timestamp in sorted(values)]
        steps = [round((after - before) / self.STEP) % self.ROUND for before, after in zip(told, told[1:])]
        return sum(step - 1 for step in steps if step > 0)  # a birth tells the last one again

    def check(self, plant, allowed=0):
        """In the end there is no hole; what has waited comes beside what is new."""
        def whole():
            missing = self.missing()
            return missing == 0 or missing <= allowed + self.late(plant)
        if not whole():
            self.until("no hole", lambda message: "DDATA" in message.topic and whole())

    def late(self, plant):
        """Of scans that ran in a row to catch up only the last is seen."""
        return int(re.search(r"[0-9]+", plant.ctl("read", "late scans").replace("late scans", ""))[0])

    def scans(self, count):
        def heard():
            return sum(entry[0] == "CAP1/WAVE" for entry in self.host.history)
        start = heard()
        self.until(f"{count} values", lambda _: heard() >= start + count)

    def away(self, plant):
        """Cuts, and comes back when the plant has gone on for some scans."""
        self.cable.cut()
        journal = plant.ctl("journal").count("->")
        plant.ctl("machine", "FILL1", "en_panne")
        plant.ctl("machine", "FILL1", "en_service")
        support.eventually(lambda: plant.ctl("journal").count("->") >= journal + 2, "time goes by")

    def back(self):
        births = self.host.births
        self.cable.mend()
        self.until("a birth", lambda _: self.host.births > births and "CAP1" in self.host.devices)

    def test_what_changed_while_the_link_was_cut_follows_as_history(self):
        plant = self.plant()
        self.until_born()
        self.scans(20)
        for _ in range(3):
            self.away(plant)
            self.back()
            self.scans(30)
        self.assertTrue([entry for entry in self.host.history if entry[3]], "some of it is history")
        self.check(plant)

    def test_killed_daemon_sends_what_was_not_confirmed(self):
        plant = self.plant()
        self.until_born()
        self.scans(20)
        self.away(plant)
        plant.kill()
        births = self.host.births
        self.cable.mend()
        plant.start()
        self.until("a birth", lambda _: self.host.births > births and "CAP1" in self.host.devices)
        self.scans(30)
        self.assertTrue([entry for entry in self.host.history if entry[3]], "some of it is history")
        self.check(plant, allowed=2)  # the scan in which it was killed

    def test_confirmed_values_leave_the_file(self):
        plant = self.plant()
        self.until_born()
        file = plant.data / "mqtt.buffer"
        first = support.eventually(lambda: file.exists() and file.read_bytes()[16:24], "the file is there")
        self.scans(10)
        support.eventually(lambda: self.scans(5) or file.read_bytes()[16:24] != first, "something is confirmed")

    def test_past_comes_at_a_rate_below_ten_a_second(self):
        self.file.write_text(self.file.read_text().replace("replay_rate: 0", "replay_rate: 5"))
        plant = self.plant()
        self.until_born()
        self.scans(5)
        self.away(plant)
        self.back()
        self.until("some of the past", lambda _: sum(entry[3] for entry in self.host.history) >= 3)


class Recipe(unittest.TestCase):
    def test_recipe_leads_to_live_values(self):
        """That of config/README.md, with other ports."""
        text = (support.ROOT / "config" / "README.md").read_text(encoding="utf-8")
        line = re.search(r"echo '(mqtt: .*)'; } > my.yaml", text)[1]
        with broker.Broker() as running, tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder) / "my.yaml"
            file.write_text((support.ROOT / "config" / "hello.yaml").read_text(encoding="utf-8") + line.replace(
                "127.0.0.1", f"127.0.0.1:{running.port}") + "\n", encoding="utf-8")
            host = subprocess.Popen(["/usr/bin/python3", str(support.ROOT / "config" / "sparkplug_host.py"), "127.0.0.1", str(running.port)],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                out = support.Output(host.stdout)
                errors = support.Output(host.stderr)
                with support.Plant(file) as plant:
                    found = out.wait_for(re.compile(r"^Site/Hello plant/MIX1 TEMP = \d"))
                    self.assertTrue(found, "".join(out.lines + errors.lines))
                    plant.ctl("write", "TEMP", "88.5")
                    self.assertTrue(out.wait_for(re.compile(r"MIX1 TEMP = 88\.5")), "".join(out.lines))
            finally:
                host.kill()
                host.wait()


if __name__ == "__main__":
    support.main()
