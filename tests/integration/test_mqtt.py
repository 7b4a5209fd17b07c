"""The plant at a broker, as JSON: a real mosquitto, and clients that nobody here wrote."""
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest
import urllib.request

import broker
import support

LINE = """mbplant: 1
name: Line
scan: 20ms
mqtt: {broker: "mqtt://127.0.0.1:PORT"MORE}
units:
  - id: 1
    name: PLC
    machines:
      - name: FILL1
        sensors:
          - {name: TT101, kind: temperature, unit: "°C", range: [0, 150], max: 85, signal: {base: 20}, register: {type: float32}}
          - {name: CALM, kind: temperature, range: [0, 150], signal: {base: 50, wave: {shape: sine, amplitude: 20, period: 2s}}, register: {type: float32}, report: {deadband: 15}}
          - {name: SLOW, kind: temperature, range: [0, 150], signal: {base: 50, wave: {shape: sine, amplitude: 20, period: 2s}}, register: {type: float32}, report: {every: 1h}}
          - {name: LOT, kind: generic, signal: {text: "A 1"}, register: {type: string(4)}}
"""


@unittest.skipIf(broker.paho is None, "python3-paho-mqtt is not here (tools/test installs it)")
class Json(unittest.TestCase):
    more = ""
    flags = ()

    def setUp(self):
        self.broker = self.enterContext(broker.Broker())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE.replace("PORT", str(self.broker.port)).replace("MORE", self.more))

    def client(self, *topics, **options):
        return self.enterContext(broker.Client(self.broker.port, *(topics or ("#",)), **options))

    def plant(self, *flags):
        return self.enterContext(support.Plant(self.file, *flags))

    def wait_value(self, client, point, value):
        return client.wait_for(f"{point} = {value!r}", lambda message: message.topic == f"plants/Line/{point}"
                               and message.json().get("value") == value)


class Library(Json):
    def test_libmosquitto_is_there_for_a_plant_with_a_broker_alone(self):
        def mapped(plant):
            return {pathlib.Path(line.split()[-1]).name for line in pathlib.Path(f"/proc/{plant.process.pid}/maps").read_text().splitlines() if ".so" in line}

        self.assertTrue(any(name.startswith("libmosquitto") for name in mapped(self.plant())))
        other = self.enterContext(support.Plant(support.ROOT / "config" / "hello.yaml"))
        names = mapped(other)
        self.assertTrue(any(name.startswith("libuv") for name in names), names)
        self.assertFalse([name for name in names if name.startswith(("libmosquitto", "libssl"))])

    def test_library_that_cannot_be_used_is_one_line_and_no_start(self):
        (self.folder / "libmosquitto.so.1").write_bytes(b"no library")
        for file, code in ((self.file, 1), (support.ROOT / "config" / "hello.yaml", 0)):
            with self.subTest(file=file):
                done = support.run(support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "off", "-d", self.folder / f"data{code}", file, "--exec", "true",
                                   environment={**support.ENVIRONMENT, "LD_LIBRARY_PATH": str(self.folder)})
                self.assertEqual(done.returncode, code, done.stderr)
                if code:
                    self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                    self.assertRegex(done.stderr, "mbplantd: mqtt: the library for it cannot be used: .*libmosquitto.so.1")


class Values(Json):
    def test_each_point_has_a_topic_with_value_unit_quality_and_time(self):
        client = self.client()
        self.plant()
        message = self.wait_value(client, "TT101", 20)
        self.assertEqual(set(message.json()), {"value", "unit", "quality", "ts"})
        self.assertEqual((message.json()["unit"], message.json()["quality"]), ("°C", "good"))
        self.assertGreater(message.json()["ts"], 1_600_000_000_000)
        self.wait_value(client, "FILL1.state", "en_service")
        self.wait_value(client, "LOT", "A 1")
        self.wait_value(client, "TT101.high", False)
        self.wait_value(client, "TT101.high.limit", 85)
        client.wait_for("online", lambda m: m.topic == "plants/Line/status" and m.payload == b"online")

    def test_last_values_are_there_for_who_comes_later(self):
        self.plant()
        first = self.client()
        first.wait_for("online", lambda m: m.topic == "plants/Line/status" and m.payload == b"online")
        late = self.client("plants/Line/TT101", "plants/Line/status")
        self.assertTrue(self.wait_value(late, "TT101", 20).retain)
        self.assertTrue(late.wait_for("status", lambda m: m.topic == "plants/Line/status").retain)

    def test_only_changes_that_report_asks_for_are_sent(self):
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        support.eventually(lambda: len(client.of("plants/Line/CALM")) >= 4, "four changes of CALM")
        plant.stop()
        calm = [message.json()["value"] for message in client.of("plants/Line/CALM")]
        for before, after in zip(calm, calm[1:]):
            self.assertGreaterEqual(abs(after - before), 15 - 1e-4)
        self.assertEqual(len(client.of("plants/Line/SLOW")), 1)
        self.assertEqual(len(client.of("plants/Line/TT101")), 1, "what does not change is not sent again")

    def test_alarm_and_state_and_event_come(self):
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        plant.ctl("write", "TT101", "90")
        self.wait_value(client, "TT101", 90)
        self.wait_value(client, "TT101.high", True)
        event = client.wait_for("the alarm's event", lambda m: m.topic == "plants/Line/events"
                                and m.json()["code"] == "alarm raised")
        self.assertEqual(event.json()["sensor"], "TT101")
        plant.ctl("machine", "FILL1", "maintenance")
        self.wait_value(client, "FILL1.state", "maintenance")

    def test_events_come_without_a_gap_over_a_broker_that_was_away(self):
        client = self.client("plants/Line/events")
        plant = self.plant()
        client.wait_for("the first events", lambda m: m.json()["code"] == "plant loaded")
        self.broker.stop(kill=True)
        plant.ctl("machine", "FILL1", "en_panne")
        support.stand_still(plant.process)  # who hears must be there first: events are not retained
        client.listen_again(self.broker.start)
        plant.process.send_signal(signal.SIGCONT)
        client.wait_for("the failure", lambda m: m.json()["code"] == "machine state")
        plant.stop()
        client.wait_for("the stop", lambda m: m.json()["code"] == "stop")
        numbers = sorted({message.json()["seq"] for message in client.messages})
        self.assertEqual(numbers, list(range(1, numbers[-1] + 1)))

    def test_end_and_death_are_told(self):
        client = self.client("plants/Line/status")
        plant = self.plant()
        client.wait_for("online", lambda m: m.payload == b"online")
        plant.stop()
        client.wait_for("offline", lambda m: m.payload == b"offline")
        client.messages.clear()
        plant.start()
        client.wait_for("online again", lambda m: m.payload == b"online")
        plant.kill()
        client.wait_for("the Will", lambda m: m.payload == b"offline")
        plant.start()

    def test_plant_runs_without_a_broker_and_finds_it_later(self):
        self.broker.stop()
        plant = self.plant()
        plant.ctl("write", "TT101", "70")
        self.assertIn("70", plant.ctl("read", "TT101"))
        self.broker.start()
        self.wait_value(self.client(), "TT101", 70)

    def test_changed_plant_is_published_too(self):
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        self.file.write_text(self.file.read_text().replace("name: CALM", "name: NEW1"))
        plant.process.send_signal(signal.SIGHUP)
        client.wait_for("the new sensor", lambda m: m.topic == "plants/Line/NEW1")
        plant.ctl("write", "TT101", "33")
        self.wait_value(client, "TT101", 33)


class Chosen(Json):
    more = ', prefix: "site/hall 3", node: N1, points: "TT101*"'

    def test_prefix_node_and_points_are_as_the_file_says(self):
        client = self.client()
        self.plant()
        client.wait_for("online", lambda m: m.topic == "site/hall 3/N1/status")
        client.wait_for("the value", lambda m: m.topic == "site/hall 3/N1/TT101")
        self.assertFalse([m.topic for m in client.messages if "FILL1" in m.topic])


class Commands(Json):
    def setUp(self):
        super().setUp()
        self.heard = self.client()
        self.running = self.plant()
        self.wait_value(self.heard, "TT101", 20)

    def send(self, point, payload, retain=False):
        self.heard.publish(f"plants/Line/{point}/set", payload, retain)

    def journal(self):
        return self.running.ctl("journal", "--format", "jsonl")

    def test_command_is_a_write_with_journal_and_comment(self):
        self.send("TT101.high.limit", json.dumps({"value": 60, "why": "season", "as": "anna"}))
        self.wait_value(self.heard, "TT101.high.limit", 60)
        self.send("FILL1.en_panne", "on")
        self.wait_value(self.heard, "FILL1.state", "en_panne")
        self.send("TT101.high.limit", '{"value": null}')
        self.wait_value(self.heard, "TT101.high.limit", None)
        events = support.eventually(lambda: [json.loads(line) for line in self.journal().splitlines()
                                             if "limit changed" in line], "the limit is journaled")
        self.assertIn("anna", json.dumps(events[0]))
        self.assertIn("season", json.dumps(events[0]))

    def test_refusals_are_told_counted_and_harmless(self):
        self.send("TT101.high.limit", "7000")
        why = self.heard.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused").json()
        self.assertEqual((why["name"], why["why"]), ("TT101.high.limit", "outside its range 0..150 °C"))
        self.send("TT101.high", "true")
        self.heard.wait_for("what cannot be written", lambda m: m.topic == "plants/Line/refused"
                            and m.json()["name"] == "TT101.high")
        told = {"name": "TT101", "why": "this is no value for it"}
        for payload in ("", "seven", "{", '{"value": 1, "valve": 2}', '{"why": "x"}', "[1]", b"\xff\xfe", b"1\x002",
                        '{"value": 1, "as": "\\u001b[2J"}', "9" * 1_000_000):
            self.heard.messages.clear()
            self.send("TT101", payload)
            why = self.heard.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused").json()
            self.assertEqual(why, told if len(payload) < 2048 else {"name": "TT101", "why": "it is too long"}, payload[:40])
        for name in ("NOBODY", "\"odd\\", "N" * 300):
            self.heard.messages.clear()
            self.send(name, "1")
            why = self.heard.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused").json()
            self.assertEqual(why, {"name": name[:79], "why": "no such point is published"})
        self.send("ä" * 60, "1")  # cut in the middle of a character
        self.heard.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused" and m.json()["name"].startswith("ää"))
        self.send("TT101", "55.5")
        self.wait_value(self.heard, "TT101", 55.5)
        self.assertIn("limit 7000 °C refused", self.running.ctl("journal"))

    def test_text_is_written(self):
        self.send("LOT", '"B 2"')
        self.wait_value(self.heard, "LOT", "B 2")
        self.send("LOT", "much too long a text")

    def test_flood_of_commands_is_survived(self):
        for number in range(2000):
            self.heard.client.publish("plants/Line/TT101/set", str(number % 100), 0)
        self.send("TT101", "44")
        support.eventually(lambda: self.send("TT101", "44") or
                           any(m.json().get("value") == 44 for m in self.heard.of("plants/Line/TT101")), "the last one")


class Rights(Json):
    def test_access_rules_are_asked_about_the_broker(self):
        self.file.write_text(self.file.read_text().replace("units:", "server: {access: [{from: 127.0.0.1, allow: read}]}\nunits:"))
        client = self.client()
        self.plant()
        self.wait_value(client, "TT101", 20)
        client.publish("plants/Line/TT101/set", "50")
        refused = client.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused")
        self.assertIn("access rules", refused.json()["why"])

    def test_command_needs_the_role_of_whom_it_names(self):
        people = "operators: [{name: Olga, role: operator}, {name: Emil, role: engineer}]\nserver: {access: [{from: 127.0.0.0/8, allow: all}]}\n"
        self.file.write_text(self.file.read_text().replace("units:", people + "units:"))
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)

        def send(**payload):
            client.messages.clear()
            client.publish("plants/Line/TT101.high.limit/set", json.dumps(payload))
        for said, why in (({}, "it takes engineer or instructor to change alarm limits, and nobody said who asks"),
                          ({"as": "Olga"}, "Olga is operator; it takes engineer or instructor to change alarm limits"),
                          ({"as": "Nemo"}, "the plant has no operator 'Nemo'; it takes engineer or instructor to change alarm limits")):
            send(value=60, **said)
            refused = client.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused")
            self.assertEqual(refused.json(), {"name": "TT101.high.limit", "why": why})
        send(value=61, **{"as": "emil"})
        self.wait_value(client, "TT101.high.limit", 61)
        told = [json.loads(line) for line in plant.ctl("journal", "--format", "jsonl").splitlines()]
        told = [(event["code"], event["peer"].split(" at ")[0]) for event in told if event["code"] in ("write refused", "limit changed")]
        self.assertEqual(told[1:], [("write refused", "Olga"), ("write refused", "Nemo"), ("limit changed", "Emil")])
        self.assertEqual(told[0][0], "write refused")

    def test_retained_command_is_not_carried_out(self):
        client = self.client()
        client.publish("plants/Line/TT101/set", "66", retain=True)
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        client.publish("plants/Line/TT101.high.limit/set", "70")
        self.wait_value(client, "TT101.high.limit", 70)
        self.assertIn("20", plant.ctl("read", "TT101"))
        self.assertEqual(client.wait_for("a refusal", lambda m: m.topic == "plants/Line/refused").json(),
                         {"name": "TT101", "why": "a retained command is not carried out"})


# What Home Assistant takes: home-assistant.io, integrations "MQTT" and those of each component. What is not so it drops, and says so in its log alone.
EVERY = {"unique_id", "name", "availability_topic", "device", "entity_category"}
COMPONENTS = {  # keys that must be there, keys that may, classes
    "sensor": ({"state_topic"}, {"value_template", "unit_of_measurement", "device_class", "state_class"},
               {"temperature", "pressure", "current", "voltage", "power", "frequency", "humidity", "weight"}),
    "number": ({"state_topic", "command_topic", "min", "max", "step"}, {"value_template", "unit_of_measurement", "device_class", "mode"},
               {"temperature", "pressure", "current", "voltage", "power", "frequency", "humidity", "weight"}),
    "binary_sensor": ({"state_topic"}, {"value_template", "payload_on", "payload_off", "device_class"}, {"problem"}),
    "switch": ({"state_topic", "command_topic"}, {"value_template", "payload_on", "payload_off", "device_class"}, {"switch", "outlet"}),
    "button": ({"command_topic"}, {"payload_press", "device_class"}, {"restart", "identify", "update"}),
}
UNITS = {"temperature": {"°C", "°F", "K"}, "pressure": {"bar", "mbar", "Pa", "kPa", "psi"}, "current": {"A", "mA"}, "voltage": {"V", "mV"},
         "power": {"W", "kW"}, "frequency": {"Hz", "kHz"}, "humidity": {"%"}, "weight": {"kg", "g"}}


class Discovery(Json):
    more = ", discovery: homeassistant"

    def configs(self, client):
        return {m.topic: m.json() for m in client.messages if m.topic.startswith("homeassistant/") and m.payload}

    def assert_taken(self, topic, config):
        """By Home Assistant."""
        prefix, component, node, thing, word = topic.split("/")
        self.assertEqual((prefix, word), ("homeassistant", "config"))
        self.assertRegex(node + thing, r"\A[A-Za-z0-9_-]+\Z")
        must, may, classes = COMPONENTS[component]
        self.assertEqual((must - config.keys(), config.keys() - must - may - EVERY), (set(), set()), topic)
        self.assertIn(config.get("device_class", next(iter(classes))), classes, topic)
        self.assertIn(config.get("unit_of_measurement"), UNITS.get(config.get("device_class"), {config.get("unit_of_measurement")}), topic)
        self.assertIn(config.get("state_class", "measurement"), ("measurement", "total", "total_increasing"))
        self.assertTrue(config["device"]["identifiers"] and config["device"]["name"])
        if "entity_category" in config:  # what only shows something may not be there to set it up
            self.assertEqual(config["entity_category"], "config" if component in ("number", "switch", "button") else "diagnostic", topic)
        if component == "number":
            self.assertLess(config["min"], config["max"], topic)
            self.assertGreaterEqual(config["step"], 0.001, topic)

    def test_home_assistant_takes_all_with_commands_and_without(self):
        text = self.file.read_text() + """    sensors:
      - {name: FINE, kind: pressure, unit: bar, range: [0, 1], max: 0.5, register: {type: uint32, scale: 0.00001}}
      - {name: Odd-name.1, kind: temperature, unit: "weird", range: [0, 1], max: 0.5, min: 0.1, register: {type: int32, scale: 0.0001}}
"""
        seen = set()
        for more in ("", ", commands: false"):
            self.file.write_text(text.replace("homeassistant", "homeassistant" + more))
            client = self.client()
            with support.Plant(self.file):
                client.wait_for("online", lambda m: m.topic == "plants/Line/status" and m.payload == b"online")
                configs = self.configs(client)
                for topic, config in configs.items():
                    self.assert_taken(topic, config)
                    seen.add((topic.split("/")[1], config.get("entity_category")))
        self.assertLessEqual({("number", "config"), ("sensor", "diagnostic"), ("binary_sensor", None), ("switch", None), ("button", None)}, seen)

    def test_home_assistant_finds_machines_with_values_alarms_and_knobs(self):
        client = self.client()
        self.plant()
        client.wait_for("online", lambda m: m.topic == "plants/Line/status")
        configs = self.configs(client)
        self.assertEqual(len({config["unique_id"] for config in configs.values()}), len(configs))
        found = {config.get("state_topic", config.get("command_topic")).split("/")[2]: (topic.split("/")[1], config)
                 for topic, config in configs.items()}
        kind, value = found["TT101"]
        self.assertEqual((kind, value["device_class"], value["unit_of_measurement"], value["state_class"]),
                         ("sensor", "temperature", "°C", "measurement"))
        self.assertEqual(value["device"]["name"], "FILL1")
        self.assertEqual(value["availability_topic"], "plants/Line/status")
        kind, alarm = found["TT101.high"]
        self.assertEqual((kind, alarm["device_class"], alarm["payload_on"]), ("binary_sensor", "problem", "true"))
        kind, limit = found["TT101.high.limit"]
        self.assertEqual((kind, limit["command_topic"], limit["min"] <= 0, limit["max"] >= 150),
                         ("number", "plants/Line/TT101.high.limit/set", True, True))
        kind, state = found["FILL1.en_panne"]
        self.assertEqual(kind, "switch")
        client.publish(state["command_topic"], state["payload_on"])
        self.wait_value(client, "FILL1.en_panne", True)
        kind, button = found["FILL1.acknowledge"]
        self.assertEqual((kind, button["payload_press"]), ("button", "true"))
        self.assertEqual(found["FILL1.good"][1]["state_class"], "total_increasing")

    def test_what_is_gone_is_taken_back(self):
        client = self.client()
        plant = self.plant()
        client.wait_for("online", lambda m: m.topic == "plants/Line/status")
        topic = next(topic for topic in self.configs(client) if topic.endswith("_CALM/config"))
        self.file.write_text(self.file.read_text().replace("name: CALM", "name: NEW1"))
        plant.process.send_signal(signal.SIGHUP)
        client.wait_for("it is taken back", lambda m: m.topic == topic and not m.payload)
        client.wait_for("its value too", lambda m: m.topic == "plants/Line/CALM" and not m.payload)


class Gone(Json):
    """What goes while the broker cannot be told is taken back when it can."""
    more = ", discovery: homeassistant"

    def changed(self):
        self.file.write_text(self.file.read_text().replace("name: CALM", "name: NEW1"))

    def assert_taken_back(self):
        late = self.client()
        late.wait_for("the new sensor", lambda m: m.topic == "plants/Line/NEW1")
        support.eventually(lambda: not [m.topic for m in self.client("plants/Line/CALM/#", "plants/Line/CALM", "homeassistant/+/+/u1_CALM/config").messages
                                        if m.payload and m.retain], "it is no more")
        self.assertTrue([m for m in late.messages if m.topic == "plants/Line/TT101"])

    def test_while_the_link_was_cut(self):
        cable = self.enterContext(broker.Cable(self.broker.port))
        self.file.write_text(self.file.read_text().replace(str(self.broker.port), str(cable.port)))
        client = self.client("plants/Line/status")
        plant = self.plant()
        client.wait_for("online", lambda m: m.payload == b"online")
        cable.cut()
        client.wait_for("the Will", lambda m: m.payload == b"offline")
        self.changed()
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "NEW1" in plant.ctl("map"), "another plant")
        cable.mend()
        self.assert_taken_back()

    def test_while_mbplantd_was_not_there(self):
        client = self.client("plants/Line/status")
        plant = self.plant()
        client.wait_for("online", lambda m: m.payload == b"online")
        plant.stop()
        self.changed()
        plant.start()
        self.assert_taken_back()


class Waiting(Json):
    more = ", buffer: 1MB"

    def test_what_changed_while_the_link_was_cut_follows_and_is_no_last_value(self):
        cable = self.enterContext(broker.Cable(self.broker.port))
        self.file.write_text(self.file.read_text().replace(str(self.broker.port), str(cable.port)))
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        cable.cut()
        client.wait_for("the Will", lambda m: m.topic == "plants/Line/status" and m.payload == b"offline")
        for value in (31, 32, 33):
            plant.ctl("write", "TT101", value)
            support.eventually(lambda: plant.ctl("journal").count("TT101 forced") >= value - 30, "a scan took it in")
        cable.mend()
        for value in (31, 32):
            message = self.wait_value(client, "TT101", value)
            self.assertTrue(message.json()["historical"])
        late = self.client("plants/Line/TT101")
        self.assertNotIn("historical", self.wait_value(late, "TT101", 33).json())

    def test_text_waits_too(self):
        cable = self.enterContext(broker.Cable(self.broker.port))
        self.file.write_text(self.file.read_text().replace(str(self.broker.port), str(cable.port)))
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "LOT", "A 1")
        cable.cut()
        client.wait_for("the Will", lambda m: m.topic == "plants/Line/status" and m.payload == b"offline")
        for text in ("B 2", "C 3"):
            plant.ctl("write", "LOT", text)
            support.eventually(lambda: text in plant.ctl("read", "LOT"), "it is written")
        cable.mend()
        self.assertTrue(self.wait_value(client, "LOT", "B 2").json()["historical"])
        self.wait_value(client, "LOT", "C 3")


class Shown(Json):
    def test_status_tells_how_it_goes(self):
        self.broker.stop()
        plant = self.plant("--http", f"127.0.0.1:{broker.free_port()}")
        self.assertIn("MQTT broker away", support.eventually(
            lambda: "MQTT" in plant.ctl("status") and plant.ctl("status"), "a scan has shown it"))
        page = plant.out.wait_for(re.compile(r"http://127\.0\.0\.1:\d+/"))[0]

        def status():
            with urllib.request.urlopen(page + "api/v1/status") as answer:
                return json.load(answer)
        self.assertEqual((status()["mqtt"], status()["mqtt_why"]), ("away", "Connection refused"))
        self.broker.start()
        support.eventually(lambda: "MQTT broker connected" in plant.ctl("status"), "it is there")
        client = self.client()
        client.publish("plants/Line/NOBODY/set", "1")
        support.eventually(lambda: "1 commands refused" in plant.ctl("status"), "it is counted")
        now = status()
        self.assertEqual((now["mqtt"], now["mqtt_why"], now["mqtt_commands"], now["mqtt_refused"]), ("connected", None, 1, 1))
        self.assertGreater(now["mqtt_points"], 5)
        with urllib.request.urlopen(page + "metrics") as answer:
            self.assertIn("mbplant_mqtt_connected 1", answer.read().decode())

    def test_mqtt_test_says_where_data_ends(self):
        plant = self.plant()
        support.eventually(lambda: "MQTT broker connected" in plant.ctl("status"), "it is there")
        said = support.eventually(lambda: (result := plant.ctl("mqtt", "test", check=False)).returncode == 0 and result.stdout,
                                  "data comes")
        self.assertIn("connected to the broker", said)
        self.assertIn("data comes: plants/Line/", said)
        self.broker.stop()
        support.eventually(lambda: "broker away" in plant.ctl("status"), "it is away")
        result = plant.ctl("mqtt", "test", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the broker is away", result.stdout)
        self.assertIn("Connection refused", result.stdout)

    def test_broker_is_away_before_the_first_scan_too(self):
        self.broker.stop()
        self.file.write_text(self.file.read_text().replace("scan: 20ms", "scan: 10s"))
        plant = self.plant()
        self.assertIn("broker away", plant.ctl("status"))
        self.assertIn("the broker is away", plant.ctl("mqtt", "test", check=False).stdout)

    def test_mqtt_test_names_a_host_that_is_not_there_and_another_name(self):
        text = self.file.read_text()
        plant = self.plant()
        support.eventually(lambda: "MQTT broker connected" in plant.ctl("status"), "it is there")
        self.file.write_text(text.replace('"}', '", prefix: elsewhere}', 1))  # mbplantd stays at the prefix of its start
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "elsewhere" in plant.ctl("plant", "get"), "the other plant")
        result = plant.ctl("mqtt", "test", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"no data came within 5 s on elsewhere/Line/#\nothers are heard there, as plants/Line/")
        self.file.write_text(text.replace("127.0.0.1", "no-such-host.invalid"))
        plant.stop()
        plant.start()
        result = plant.ctl("mqtt", "test", check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("there is no broker at no-such-host.invalid port", result.stdout)
        self.assertIn("mqtt_why", result.stdout)

    def test_plant_without_a_broker_says_nothing_of_one(self):
        self.file.write_text("\n".join(line for line in self.file.read_text().splitlines() if "mqtt:" not in line))
        plant = self.plant()
        self.assertNotIn("MQTT", plant.ctl("status"))
        self.assertIn("names no broker", plant.ctl("mqtt", "test", check=False).stdout)

    def test_check_tells_how_much_is_published(self):
        said = support.run(support.MBPLANTD, "--check", self.file, check=True).stdout
        self.assertRegex(said, r"MQTT mqtt://127.0.0.1:\d+, json, as Line")
        self.assertRegex(said, r"MQTT publishes \d+ points")
        self.file.write_text(self.file.read_text().replace('"}', '", format: sparkplug}', 1))
        said = support.run(support.MBPLANTD, "--check", self.file, check=True).stdout
        self.assertRegex(said, r"the largest birth, of FILL1, has about \d+ bytes")


class Locked(unittest.TestCase):
    """A broker that wants a user, a password and TLS."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        openssl = support.program("openssl")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=ca",
                     program=openssl)
        for name, subject in (("broker", "/CN=localhost"), ("plant", "/CN=plant")):
            self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject,
                         program=openssl)
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                         "-out", f"{name}.crt", "-days", "2", program=openssl)
        (self.folder / "password").write_text("geheim 7\n")
        support.run(support.program("mosquitto_passwd"), "-b", "-c", self.folder / "users", "anna", "geheim 7", check=True)
        (self.folder / "users").chmod(0o644)
        for path in self.folder.iterdir():
            path.chmod(0o644)
        self.folder.chmod(0o755)
        self.file = self.folder / "line.yaml"

    def openssl(self, *words, program):
        subprocess.run([program, *words], cwd=self.folder, check=True, capture_output=True)

    def write(self, mqtt):
        self.file.write_text(re.sub("mqtt: .*", f"mqtt: {{{mqtt}}}", LINE))

    def assert_connects(self, plant):
        support.eventually(lambda: "MQTT broker connected" in plant.ctl("status"), "it is connected")

    def test_user_and_password_are_given_and_never_shown(self):
        with broker.Broker("allow_anonymous false", f"password_file {self.folder}/users") as locked:
            self.write(f'broker: "mqtt://127.0.0.1:{locked.port}", username: anna, password_file: password')
            with support.Plant(self.file, "--verbose") as plant:
                self.assert_connects(plant)
                shown = support.run(support.MBPLANTD, "--print-config", self.file, check=True).stdout
                shown += plant.ctl("plant", "get") + plant.ctl("journal")
                plant.stop()
                self.assertNotIn("geheim", shown + plant.out.text() + plant.err.text())
            for text in ("geheim 7", "geheim 7\r\nof the broker\n"):  # the first line, whether it has an end or not
                (self.folder / "password").write_bytes(text.encode())
                with support.Plant(self.file) as plant:
                    self.assert_connects(plant)
            (self.folder / "password").write_text("wrong\n")
            with support.Plant(self.file) as plant:
                support.eventually(lambda: "MQTT broker away" in plant.ctl("status"), "it is refused")
                result = plant.ctl("mqtt", "test", check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn("wants the password of anna", result.stdout)
                self.assertIn("look at 'username' and 'password_file'", result.stdout)

    def test_tls_with_certificates_on_both_sides(self):
        with broker.Broker("allow_anonymous true", f"cafile {self.folder}/ca.crt", f"certfile {self.folder}/broker.crt",
                           f"keyfile {self.folder}/broker.key", "require_certificate true", host="localhost") as locked:
            keys = "ca_file: ca.crt, cert_file: plant.crt, key_file: plant.key"
            self.write(f'broker: "mqtts://localhost:{locked.port}", {keys}')
            with support.Plant(self.file) as plant:
                self.assert_connects(plant)
            self.write(f'broker: "mqtts://127.0.0.1:{locked.port}", {keys}')
            with support.Plant(self.file) as plant:
                support.eventually(lambda: "MQTT broker away" in plant.ctl("status"), "a name that the certificate has not")
                result = plant.ctl("mqtt", "test", check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn("something listens there; TLS is not tried\nso look at 'ca_file'", result.stdout)


class Silent(Json):
    more = ", commands: false"

    def test_commands_can_be_switched_off(self):
        client = self.client()
        plant = self.plant()
        self.wait_value(client, "TT101", 20)
        client.publish("plants/Line/TT101/set", "66")
        plant.ctl("write", "TT101.high.limit", "70")
        self.wait_value(client, "TT101.high.limit", 70)
        self.assertFalse([m for m in client.of("plants/Line/TT101") if m.json()["value"] == 66])


class Refused(unittest.TestCase):
    def check(self, mqtt, name="Line"):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder) / "line.yaml"
            file.write_text(f"mbplant: 1\nname: {name}\nmqtt: {mqtt}\nunits: [{{id: 1, name: PLC, sensors: "
                            "[{name: T, kind: temperature}]}]\n")
            return support.run(support.MBPLANTD, "--check", file).stderr

    def test_mistakes_are_told_with_their_place(self):
        good = '"mqtt://127.0.0.1"'
        for mqtt, name, place, words in (
                ('{broker: "http://x"}', "Line", ":3:16:", "mqtt://HOST"),
                ('{broker: "mqtt://anna:secret@host"}', "Line", ":3:16:", "keys of their own"),
                (f'{{broker: {good}, password: secret}}', "Line", ":3:", "password_file"),
                (f'{{broker: {good}, node: "a/b"}}', "Line", ":3:", "'node' cannot be"),
                (f'{{broker: {good}, prefix: "a/#"}}', "Line", ":3:", "'prefix' cannot be"),
                (f'{{broker: {good}}}', "Line +1", ":2:7:", "give 'node'"),
                (f'{{broker: {good}, cert_file: x, key_file: y}}', "Line", ":3:", "mqtts://"),
                (f'{{broker: {good}, password_file: x}}', "Line", ":3:", "username"),
                ("{}", "Line", ":3:", "broker")):
            errors = self.check(mqtt, name)
            self.assertIn(place, errors, mqtt)
            self.assertIn(words, errors, mqtt)
            if "password: secret" in mqtt or "anna" not in mqtt:
                self.assertNotIn("secret", errors)


if __name__ == "__main__":
    support.main()
