"""A long trace of a node whose link is cut, whose plant changes, which is killed, and which hosts ask for births, checked by the rules.
MBP_MESSAGES: how many (3,000; the slow test takes 100,000)."""
import os
import pathlib
import signal
import tempfile
import unittest

import broker
import sparkplug
import sparkplug_trace
import support

MESSAGES = int(os.environ.get("MBP_MESSAGES", "3000"))


def plant_text(port, machines):
    text = (f'mbplant: 1\nname: Line\nscan: 10ms\nmqtt: {{broker: "mqtt://127.0.0.1:{port}", format: sparkplug, group: Site, buffer: 20MB, '
            "replay_rate: 0}\nunits:\n  - id: 1\n    name: PLC\n    machines:\n")
    for m in range(machines):
        text += (f"      - name: M{m}\n        sensors:\n          - {{name: W{m}, kind: temperature, range: [0, 150], max: 60, signal: {{base: 50, "
                 f"wave: {{shape: sine, amplitude: 20, period: {2 + m * 0.3:.1f}s}}}}, register: {{type: float32}}}}\n")
    return text


@unittest.skipIf(broker.paho is None, "python3-paho-mqtt is not here (tools/test installs it)")
class Trace(unittest.TestCase):
    def test_long_trace_keeps_the_rules(self):
        running = self.enterContext(broker.Broker())
        cable = self.enterContext(broker.Cable(running.port))
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        file, machines = folder / "line.yaml", 12
        file.write_text(plant_text(cable.port, machines))
        client = self.enterContext(broker.Client(running.port, "spBv1.0/Site/+/Line", "spBv1.0/Site/+/Line/+"))
        plant = self.enterContext(support.Plant(file))

        def told():
            """The node's: what it is asked comes here too."""
            return sum("/NCMD/" not in message.topic for message in list(client.messages))

        def until(count):
            support.eventually(lambda: told() >= count, f"{count} messages")

        def births():
            return sum("/NBIRTH/" in message.topic for message in client.messages)

        def back(before):
            support.eventually(lambda: births() > before, "a birth")
        step = 0
        while told() < MESSAGES:
            until(told() + min(500, MESSAGES // 6))
            before, step = births(), step + 1
            if step % 4 == 1:
                cable.cut()
                support.eventually(lambda: "MQTT broker away" in plant.ctl("status"), "it is away")
                cable.mend()
                back(before)
            elif step % 4 == 2:
                client.publish("spBv1.0/Site/NCMD/Line", sparkplug.payload(sparkplug.command(name="Node Control/Rebirth", boolean=True)))
                back(before)
            elif step % 4 == 3:
                machines = 23 - machines
                file.write_text(plant_text(cable.port, machines))
                plant.process.send_signal(signal.SIGHUP)
                back(before)
            elif MESSAGES < 10000 or step % 16 == 0:
                plant.kill()
                plant.start()
                back(before)
        plant.stop()
        support.eventually(lambda: "/NDEATH/" in client.messages[-1].topic, "NDEATH")
        trace = folder / "trace.jsonl"
        sparkplug_trace.record(list(client.messages), trace)
        found = sparkplug_trace.check(trace, "Site", "Line")
        self.assertGreaterEqual(found.messages, MESSAGES)
        self.assertGreater(found.sessions, 1)
        self.assertGreater(found.past, 0)

    def test_checker_finds_what_is_wrong(self):
        """Else it would prove nothing."""
        birth = sparkplug.payload(sparkplug.command(name="bdSeq", datatype=4, whole=3) + b"\x18\x09",
                                  sparkplug.command(name="Node Control/Rebirth", datatype=11, boolean=False) + b"\x18\x09",
                                  sparkplug.command(name="T", alias=1, datatype=10, double=5.0) + b"\x18\x09", timestamp=9)

        def data(seq, time_ms, value=6.0, historical=False, alias=1):
            metric = sparkplug.command(alias=alias, double=value) + b"\x18" + sparkplug.varint_bytes(time_ms) + (b"\x28\x01" if historical else b"")
            return ("NDATA", sparkplug.payload(metric, timestamp=time_ms) + b"\x18" + bytes([seq]))

        def judge(*messages):
            checker = sparkplug_trace.Checker("Site", "Line")
            for kind, payload in messages:
                checker.take(sparkplug_trace.Message(f"spBv1.0/Site/{kind}/Line", payload, 1 if kind == "NDEATH" else 0, False))
        born = ("NBIRTH", birth + b"\x18\x00")
        judge(born, data(1, 10), data(2, 8, historical=True), data(3, 11))
        for what, messages in (("no birth", [data(0, 10)]), ("a gap", [born, data(2, 10)]), ("time goes back", [born, data(1, 12), data(2, 11)]),
                               ("unknown alias", [born, data(1, 10, alias=7)]), ("history that is not old", [born, data(1, 99, historical=True)]),
                               ("history of another value", [born, data(1, 9, 7.0, historical=True)]),
                               ("another session's death", [born, ("NDEATH", sparkplug.payload(sparkplug.command(name="bdSeq", datatype=4, whole=9)))])):
            with self.assertRaises((AssertionError, KeyError), msg=what):
                judge(*messages)


if __name__ == "__main__":
    support.main()
