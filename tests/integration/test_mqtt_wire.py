"""Packet by packet: what a broker gets to see of mbplantd, and what mbplantd makes of one that refuses, is silent, cuts in the
middle of a packet or sends rubbish. The broker is played (fake_broker.py)."""
import json
import pathlib
import signal
import struct
import tempfile
import time
import unittest
import urllib.request

import broker
import fake_broker
import sparkplug
import support
from fake_broker import CONNECT, DISCONNECT, PUBLISH, SUBSCRIBE

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
      - name: CAP1
        sensors:
          - {name: WAVE, kind: temperature, range: [0, 150], signal: {base: 50, wave: {shape: sine, amplitude: 20, period: 2s}}, register: {type: float32}}
"""
SPARKPLUG = ", format: sparkplug, group: Site"


class Wire(unittest.TestCase):
    more = ""

    def setUp(self):
        self.broker = self.enterContext(fake_broker.FakeBroker())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.write(self.more)

    def write(self, more, *ports):
        where = f'"mqtt://127.0.0.1:{self.broker.port}"'
        if ports:
            where = "[" + ", ".join(f'"mqtt://127.0.0.1:{port}"' for port in ports) + "]"
        self.file.write_text(LINE.replace('"mqtt://127.0.0.1:PORT"', where).replace("MORE", more))

    def plant(self, *flags):
        return self.enterContext(support.Plant(self.file, *flags))

    def published(self, kind, session=None):
        """A check for wait_for: the first message of that kind, of Sparkplug."""
        return lambda packets: next((p for p in packets if p.kind == PUBLISH and f"/{kind}/" in p.topic and session in (None, p.session)), None)

    def connects(self, count):
        return self.broker.wait_for(f"{count} CONNECT", lambda packets: len(found := [p for p in packets if p.kind == CONNECT]) >= count and found)


class Connect(Wire):
    def test_json_connect_has_a_retained_will_and_no_session(self):
        (self.folder / "password").write_text("geheim 7\n")
        self.write(', client_id: C7, username: anna, password_file: password, keepalive: 17s, prefix: site, node: N1')
        self.plant()
        connect = self.connects(1)[0]
        self.assertEqual((connect.protocol, connect.level, connect.clean, connect.keepalive), ("MQTT", 4, True, 17))
        self.assertEqual((connect.client_id, connect.username, connect.password), ("C7", b"anna", b"geheim 7"))
        self.assertEqual((connect.will_topic, connect.will, connect.will_qos, connect.will_retain), ("site/N1/status", b"offline", 1, True))

    def test_sparkplug_connect_has_ndeath_as_its_will(self):
        self.write(SPARKPLUG)
        self.plant()
        connect = self.connects(1)[0]
        self.assertEqual((connect.client_id, connect.username, connect.password, connect.clean), ("mbplant-Line", None, None, True))
        self.assertEqual((connect.will_topic, connect.will_qos, connect.will_retain), ("spBv1.0/Site/NDEATH/Line", 1, False))
        will = sparkplug.Payload(connect.will)
        self.assertEqual([metric.name for metric in will.metrics], ["bdSeq"])
        self.assertIsNone(will.seq)
        birth = sparkplug.Payload(self.broker.wait_for("NBIRTH", self.published("NBIRTH")).payload)
        self.assertEqual(birth.metric("bdSeq").settle(4).value, will.metrics[0].settle(4).value)

    def test_each_connect_that_is_sent_has_the_next_bdseq_refused_or_not(self):
        self.write(SPARKPLUG)
        self.broker.code = 5
        plant = self.plant()
        self.connects(2)
        support.eventually(lambda: "MQTT broker away" in plant.ctl("status"), "it is refused")
        self.broker.code = 0
        self.broker.wait_for("NBIRTH", self.published("NBIRTH"))
        count = len(self.broker.of(CONNECT))
        plant.stop()
        plant.start()
        seen = self.connects(count + 1)
        numbers = [sparkplug.Payload(connect.will).metrics[0].settle(4).value for connect in seen]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_reason_of_a_refusal_is_told(self):
        self.broker.code = 5
        port = broker.free_port()
        self.plant("--http", f"127.0.0.1:{port}")

        def why():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/status") as answer:
                return json.load(answer)["mqtt_why"]
        support.eventually(lambda: "not authorised" in (why() or ""), "the broker's reason")


class Order(Wire):
    more = SPARKPLUG

    def test_subscriptions_come_before_births_and_births_before_data(self):
        self.plant()
        self.broker.wait_for("DDATA", self.published("DDATA"))
        kinds = [packet.topic.split("/")[2] if packet.kind == PUBLISH else packet.kind for packet in self.broker.packets]
        self.assertEqual(kinds[0], CONNECT)
        subscribed = [index for index, kind in enumerate(kinds) if kind == SUBSCRIBE]
        self.assertTrue(all(index < kinds.index("NBIRTH") for index in subscribed[:2]))
        topics = [topic for packet in self.broker.of(SUBSCRIBE)[:2] for topic in packet.topics]
        self.assertEqual(topics, [("spBv1.0/Site/NCMD/Line", 1), ("spBv1.0/Site/DCMD/Line/+", 1)])
        self.assertEqual([kind for kind in kinds if kind in ("NBIRTH", "DBIRTH", "DDATA")][:4], ["NBIRTH", "DBIRTH", "DBIRTH", "DDATA"])
        for packet in self.broker.of(PUBLISH):
            self.assertEqual((packet.qos, packet.retain), (0, False), packet.topic)

    def test_stop_is_ndeath_then_disconnect(self):
        plant = self.plant()
        self.broker.wait_for("DDATA", self.published("DDATA"))
        plant.stop()
        self.broker.wait_for("DISCONNECT", lambda packets: packets[-1].kind == DISCONNECT)
        death = self.broker.packets[-2]
        self.assertEqual((death.topic, death.qos, death.retain), ("spBv1.0/Site/NDEATH/Line", 1, False))
        self.assertEqual([metric.name for metric in sparkplug.Payload(death.payload).metrics], ["bdSeq"])

    def test_stop_while_births_go_out_is_orderly_too(self):
        plant = self.plant()
        self.connects(1)
        plant.stop()
        self.broker.wait_for("DISCONNECT", lambda packets: packets[-1].kind == DISCONNECT)
        self.assertIn("NDEATH", self.broker.packets[-2].topic)

    def test_stop_is_whole_for_a_broker_that_answers_behind(self):
        def behind(packet):
            if packet.kind == SUBSCRIBE:
                time.sleep(0.1)
            return self.broker.usual(packet)
        self.broker.answer = behind
        plant = self.plant()
        self.connects(1)
        plant.stop()
        self.broker.wait_for("DISCONNECT", lambda packets: packets[-1].kind == DISCONNECT)
        self.assertIn("NDEATH", self.broker.packets[-2].topic)

    def test_reload_before_the_broker_answers_is_born_once_and_new(self):
        waits = []

        def silent(packet):
            if packet.kind == CONNECT:
                waits.append(packet)
                return b""
            return self.broker.usual(packet)
        self.broker.answer = silent
        plant = self.plant()
        self.connects(1)
        self.file.write_text(self.file.read_text().replace("name: CAP1", "name: CAP9"))
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "CAP9" in plant.ctl("map"), "another plant")
        self.broker.answer = self.broker.usual
        self.broker.send(self.broker.usual(waits[0]))
        self.broker.wait_for("data", self.published("DDATA"))
        devices = [packet.topic.split("/")[-1] for packet in self.broker.of(PUBLISH) if "/DBIRTH/" in packet.topic]
        self.assertEqual(sorted(set(devices[-2:])), ["CAP9", "FILL1"])
        self.assertNotIn("CAP1", devices)


class Faults(Wire):
    more = ", buffer: 1MB"

    def assert_comes_back(self, plant, what):
        """A whole birth after it."""
        session = self.broker.sessions
        self.broker.wait_for(f"a birth after {what}", lambda packets: any(
            packet.kind == PUBLISH and packet.topic == "plants/Line/status" and packet.payload == b"online" and packet.session > session for packet in packets))
        self.assertIsNone(plant.process.poll())

    def test_events_without_an_acknowledgement_are_sent_again(self):
        self.broker.acknowledges = False
        plant = self.plant()
        events = self.broker.wait_for("two events", lambda packets: len(found := [p for p in packets if p.kind == PUBLISH and p.topic.endswith("/events")]) >= 2 and found)
        first = [json.loads(packet.payload)["seq"] for packet in events][:2]
        self.broker.acknowledges = True
        session = self.broker.sessions
        self.broker.cut()
        again = self.broker.wait_for("them again", lambda packets: len(found := [p for p in packets if p.kind == PUBLISH and p.topic.endswith("/events") and p.session > session]) >= 2 and found)
        self.assertEqual([json.loads(packet.payload)["seq"] for packet in again][:2], first)
        plant.stop()

    def test_link_that_is_cut_in_the_middle_of_a_packet_comes_back(self):
        plant = self.plant()
        self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" for p in packets))
        self.broker.send(bytes([PUBLISH << 4, 200, 1, 0, 20]) + b"plants/")  # half a message
        self.broker.cut()
        self.assert_comes_back(plant, "half a packet")

    def test_rubbish_costs_the_connection_alone(self):
        plant = self.plant()
        for what in (b"\xff" * 64, b"\x00\x00\x00\x00", bytes([PUBLISH << 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), bytes([PUBLISH << 4 | 6, 3, 0, 9, 65]),
                     bytes([9 << 4, 2, 0, 0]), bytes([2 << 4, 1, 0])):
            session = self.broker.sessions
            self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" and p.session == self.broker.sessions for p in packets))
            try:
                self.broker.send(what)
            except OSError:
                pass
            # some of it a client may let pass: then it is cut here
            deadline = time.monotonic() + 1
            while self.broker.sessions == session and time.monotonic() < deadline:
                support.select.select([], [], [], 0.02)
            if self.broker.sessions == session:
                self.broker.cut()
            support.eventually(lambda: self.broker.sessions > session, f"another connection after {what!r}")
        self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" and p.session == self.broker.sessions for p in packets))
        self.assertIsNone(plant.process.poll())

    def test_huge_command_is_refused_and_the_next_one_works(self):
        plant = self.plant()
        self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" for p in packets))
        self.broker.publish("plants/Line/TT101/set", b"9" * 3_000_000)
        self.broker.publish("plants/Line/TT101/set", b"44.5")
        self.broker.wait_for("the value", lambda packets: any(p.kind == PUBLISH and p.topic == "plants/Line/TT101" and b'"value":44.5' in p.payload for p in packets))
        support.eventually(lambda: "1 commands refused" in plant.ctl("status"), "it is counted")

    def test_refused_subscription_is_no_end(self):
        def refuse(packet):
            if packet.kind == SUBSCRIBE:
                return bytes([fake_broker.SUBACK << 4, 2 + len(packet.topics)]) + struct.pack(">H", packet.mid) + b"\x80" * len(packet.topics)
            return self.broker.usual(packet)
        self.broker.answer = refuse
        plant = self.plant()
        self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" for p in packets))
        self.assertIn("MQTT broker connected", support.eventually(lambda: "connected" in plant.ctl("status") and plant.ctl("status"), "it is connected"))


class Several(Wire):
    def test_brokers_of_a_list_are_tried_in_turn(self):
        nobody = broker.free_port()
        other = self.enterContext(fake_broker.FakeBroker())
        self.write("", nobody, self.broker.port, other.port)
        self.plant()
        self.broker.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" for p in packets))
        self.assertEqual(other.packets, [])
        self.broker.code = 3
        self.broker.cut()
        other.wait_for("online", lambda packets: any(p.kind == PUBLISH and p.payload == b"online" for p in packets))

    def test_node_walks_to_where_its_primary_host_is(self):
        other = self.enterContext(fake_broker.FakeBroker())
        self.write(SPARKPLUG + ", primary_host: SCADA", self.broker.port, other.port)
        self.plant()
        state = "spBv1.0/STATE/SCADA"
        self.broker.wait_for("the subscription", lambda packets: any(p.kind == SUBSCRIBE and (state, 1) in p.topics for p in packets))
        self.broker.publish(state, json.dumps({"online": False, "timestamp": 5}).encode())
        other.wait_for("the subscription", lambda packets: any(p.kind == SUBSCRIBE and (state, 1) in p.topics for p in packets))
        other.publish(state, json.dumps({"online": True, "timestamp": 6}).encode())
        other.wait_for("NBIRTH", self.published("NBIRTH"))
        self.assertFalse([packet for packet in self.broker.of(PUBLISH) if "BIRTH" in packet.topic])
        other.publish(state, json.dumps({"online": False, "timestamp": 7}).encode())
        other.wait_for("NDEATH, then DISCONNECT", lambda packets: packets[-1].kind == DISCONNECT and "/NDEATH/" in packets[-2].topic)
        self.connects(2)

    def test_mistakes_in_a_list_are_told_with_their_place(self):
        for wrong in ("[]", '["mqtt://a", "http://b"]', '["mqtt://a mqtt://b"]'):
            self.file.write_text(LINE.replace('"mqtt://127.0.0.1:PORT"', wrong).replace("MORE", ""))
            errors = support.run(support.MBPLANTD, "--check", self.file).stderr
            self.assertIn(":4:", errors, wrong)
        self.write("", 1883, 1884)
        shown = support.run(support.MBPLANTD, "--print-config", self.file, check=True).stdout
        self.assertIn('broker: ["mqtt://127.0.0.1:1883", "mqtt://127.0.0.1:1884"]', shown)


if __name__ == "__main__":
    support.main()
