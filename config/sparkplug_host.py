#!/usr/bin/python3
"""A Sparkplug B host in 30 lines: prints every value of every node; asks who it does not know for a birth. sparkplug_host.py [HOST [PORT]]; needs python3-paho-mqtt."""
import struct
import sys

import paho.mqtt.client as paho

names = {}  # (group, node, alias): name
REBIRTH = b"\x12\x1a\x0a\x14Node Control/Rebirth\x20\x0b\x70\x01"


def varint(data, at):
    number = shift = 0
    while data[at] >= 0x80:
        number, at, shift = number | (data[at] & 0x7F) << shift, at + 1, shift + 7
    return number | data[at] << shift, at + 1


def fields(data, at=0):
    while at < len(data):
        (tag, at), value = varint(data, at), None
        size, at = varint(data, at) if tag & 7 in (0, 2) else ({1: 8, 5: 4}[tag & 7], at)
        value, at = (size, at) if tag & 7 == 0 else (data[at:at + size], at + size)
        yield tag >> 3, value


def on_message(_client, _data, message):
    group, kind, node, *device = message.topic.split("/")[1:]
    for number, metric in fields(message.payload) if kind[1:] in ("BIRTH", "DATA") else ():
        told = dict(fields(metric)) if number == 2 else {}
        name = names.setdefault((group, node, told.get(2)), told[1].decode()) if 1 in told else names.get((group, node, told.get(2)))
        value = {12: lambda v: struct.unpack("<f", v)[0], 13: lambda v: struct.unpack("<d", v)[0], 14: bool, 15: bytes.decode}
        if number == 2 and name is None:
            client.publish(f"spBv1.0/{group}/NCMD/{node}", REBIRTH)
            return
        for field in set(told) & set(range(10, 16)):
            print("/".join([group, node, *device]), name, "=", value.get(field, lambda v: v)(told[field]), flush=True)


client = paho.Client(*([paho.CallbackAPIVersion.VERSION1] if hasattr(paho, "CallbackAPIVersion") else []))
client.on_connect = lambda *_: client.subscribe("spBv1.0/#")
client.on_message = on_message
client.connect(*(sys.argv[1:2] or ["127.0.0.1"]), *(int(port) for port in sys.argv[2:3]))
client.loop_forever()
