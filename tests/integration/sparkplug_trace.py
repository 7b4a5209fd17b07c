"""Checks a recorded trace of a Sparkplug node: sparkplug_trace.py FILE GROUP NODE. A line of FILE is a message: {"topic", "payload"
(hexadecimal), "qos", "retain"}, as record() writes them. Beyond what each message must be (sparkplug.Host): bdSeq goes on by one from
session to session and the NDEATH has the session's; times of a metric that are not of the past never go back; what is of the past comes
after all births of its session and is older than them; what is of the past and was told before has the value
that it had then."""
import json
import sys

import sparkplug


class Message:
    def __init__(self, topic, payload, qos, retain):
        self.topic, self.payload, self.qos, self.retain = topic, payload, qos, retain


class Checker(sparkplug.Host):
    def __init__(self, group, node):
        super().__init__(group, node)
        self.latest, self.told, self.born_ms, self.data, self.past, self.sessions = {}, {}, 0, 0, 0, 0

    def take(self, message):
        kind, bdseq, before = message.topic.split("/")[2], self.bdseq, len(self.history)
        payload = sparkplug.Payload(message.payload)
        super().take(message)
        if kind == "NDEATH":
            number = payload.metrics[0].settle(sparkplug.INT64).value
            assert number == bdseq, f"NDEATH of session {number} in session {bdseq}"
            return
        if kind == "NBIRTH":
            self.sessions += self.bdseq != bdseq
            assert bdseq is None or self.bdseq == bdseq or self.bdseq == (bdseq + 1) % 256, f"bdSeq {self.bdseq} after {bdseq}"
            self.born_ms, self.data = payload.timestamp, 0
        if kind.endswith("BIRTH"):
            assert not self.data, f"{kind} after data of its session"
            assert not any(entry[3] for entry in self.history[before:]), "a birth is of now"
        else:
            self.data += kind.endswith("DATA")
        for key, time_ms, value, historical in self.history[before:]:
            self._one(key, time_ms, value, historical, kind)
        del self.history[:]

    def _one(self, key, time_ms, value, historical, kind):
        if historical:
            self.past += 1
            assert time_ms <= self.born_ms, f"{key}: of the past, but younger than the birth"
        else:
            assert time_ms >= self.latest.get(key, 0), f"{key}: {time_ms} after {self.latest[key]} in {kind}"
            self.latest[key] = time_ms
        if value is not None and key not in ("bdSeq", "Values Lost"):
            known = self.told.setdefault(key, {})
            at = known.setdefault(time_ms, set())
            assert not (historical and at) or value in at or value != value, f"{key} at {time_ms}: {at} and {value}"
            at.add(value)  # scans that are late follow each other within a millisecond
            if len(known) > 4000:
                for old in sorted(known)[:2000]:
                    del known[old]


def record(messages, path):
    with open(path, "w", encoding="ascii") as out:
        for message in messages:
            print(json.dumps({"topic": message.topic, "payload": message.payload.hex(), "qos": message.qos, "retain": message.retain}), file=out)


def check(path, group, node):
    """The checker, when all of the trace was good; AssertionError tells of which message it was not."""
    checker = Checker(group, node)
    with open(path, encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            told = json.loads(line)
            if "CMD" in told["topic"].split("/")[2]:
                continue
            try:
                checker.take(Message(told["topic"], bytes.fromhex(told["payload"]), told["qos"], told["retain"]))
            except AssertionError as error:
                raise AssertionError(f"message {number}, {told['topic']}: {error}") from error
    return checker


if __name__ == "__main__":
    found = check(*sys.argv[1:4])
    print(f"{found.messages} messages, {found.sessions} sessions, {found.births} births, {found.past} values of the past: all in order")
