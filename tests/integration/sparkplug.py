"""Sparkplug B read and written by hand, from the numbers that the specification gives fields and types: a host of the tests'
own, which shares nothing with mbplantd. Checker looks at all messages of a node: order, numbers, aliases."""
import struct

INT64, FLOAT, DOUBLE, BOOLEAN, STRING = 4, 9, 10, 11, 12
SIGNED = {1: 32, 2: 32, 3: 32, 4: 64}


def varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def fields(data):
    """(number, value) of each field: an int, or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            assert at + length <= len(data), "a length leads beyond the end"
            value, at = data[at:at + length], at + length
        else:
            size = {1: 8, 5: 4}[wire]
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


class Metric:
    def __init__(self, data):
        self.name = self.alias = self.timestamp = self.datatype = None
        self.value, self.null, self.historical, self.properties = None, False, False, {}
        self.raw = None
        for number, value in fields(data):
            if number == 1:
                self.name = value.decode()
            elif number in (2, 3, 4):
                setattr(self, {2: "alias", 3: "timestamp", 4: "datatype"}[number], value)
            elif number == 5:
                self.historical = bool(value)
            elif number == 7:
                self.null = bool(value)
            elif number == 9:
                keys, values = [], []
                for inner, text in fields(value):
                    (keys if inner == 1 else values).append(text.decode() if inner == 1 else Property(text))
                assert len(keys) == len(values), "keys and values are as many"
                self.properties = dict(zip(keys, values))
            elif number in (10, 11):
                self.raw = value
            elif number == 12:
                self.value = struct.unpack("<f", value)[0]
            elif number == 13:
                self.value = struct.unpack("<d", value)[0]
            elif number == 14:
                self.value = bool(value)
            elif number == 15:
                self.value = value.decode()

    def settle(self, datatype):
        """The value by its type, which data does not tell."""
        if self.raw is not None:
            bits = SIGNED.get(datatype)
            self.value = self.raw - (1 << bits) if bits and self.raw >> (bits - 1) else self.raw
        return self


class Property:
    def __init__(self, data):
        self.type = self.value = None
        for number, value in fields(data):
            if number == 1:
                self.type = value
            else:
                self.value = {3: lambda v: v, 6: lambda v: struct.unpack("<d", v)[0], 8: bytes.decode}[number](value)


class Payload:
    def __init__(self, data):
        self.timestamp = self.seq = None
        self.metrics = []
        for number, value in fields(data):
            if number == 1:
                self.timestamp = value
            elif number == 2:
                self.metrics.append(Metric(value))
            elif number == 3:
                self.seq = value

    def metric(self, name):
        return next(metric for metric in self.metrics if metric.name == name)


class Host:
    """What a host knows of one node. take() asserts what the specification says of each message."""

    def __init__(self, group, node):
        self.base = f"spBv1.0/{group}/%s/{node}"
        self.born, self.devices = False, {}
        self.by_alias, self.values, self.bad = {}, {}, {}
        self.seq = self.bdseq = None
        self.births = self.messages = 0
        self.history = []  # (device, name, timestamp, value, historical)

    def take(self, message):
        parts = message.topic.split("/")
        assert parts[0] == "spBv1.0"
        kind, device = parts[2], parts[4] if len(parts) > 4 else None
        payload = Payload(message.payload)
        self.messages += 1
        assert not message.retain
        if kind == "NDEATH":
            assert payload.seq is None and [metric.name for metric in payload.metrics] == ["bdSeq"]
            if payload.metrics[0].settle(INT64).value == self.bdseq:
                self.born, self.devices = False, {}
            return
        assert message.qos == 0 and payload.timestamp
        assert all(metric.timestamp for metric in payload.metrics)
        if kind == "NBIRTH":
            self._birth(payload)
            return
        assert self.born, f"{kind} before NBIRTH"
        assert payload.seq == (self.seq + 1) % 256, f"seq {payload.seq} after {self.seq}"
        self.seq = payload.seq
        if kind == "DBIRTH":
            self.devices[device] = True
            self._metrics(device, payload)
        elif kind == "DDEATH":
            assert self.devices.pop(device)
        else:
            assert kind == ("DDATA" if device else "NDATA")
            assert device is None or device in self.devices, f"{kind} of {device} before its DBIRTH"
            self._data(device, payload)

    def _birth(self, payload):
        self.born, self.devices, self.by_alias = True, {}, {}
        self.births += 1
        assert payload.seq == 0
        self.seq = 0
        bdseq, rebirth = payload.metric("bdSeq"), payload.metric("Node Control/Rebirth")
        assert bdseq.alias is None and rebirth.alias is None and bdseq.datatype == INT64
        assert (rebirth.datatype, rebirth.value) == (BOOLEAN, False)
        self.bdseq = bdseq.settle(INT64).value
        self._metrics(None, payload)

    def _metrics(self, device, payload):
        for metric in payload.metrics:
            assert metric.name and metric.datatype
            if metric.alias is not None:
                assert metric.alias not in self.by_alias, "an alias twice in a node"
                self.by_alias[metric.alias] = (device, metric.name, metric.datatype)
                self._keep(device, metric.name, metric.settle(metric.datatype))

    def _data(self, device, payload):
        assert payload.metrics
        for metric in payload.metrics:
            assert metric.name is None and metric.datatype is None, "data comes by alias alone"
            of, name, datatype = self.by_alias[metric.alias]
            assert of == device
            self._keep(device, name, metric.settle(datatype))

    def _keep(self, device, name, metric):
        key = name if device is None else f"{device}/{name}"
        quality = metric.properties.get("Quality")
        if quality:
            assert quality.type == 3 and quality.value in (0, 192, 500)
        self.history.append((key, metric.timestamp, None if metric.null else metric.value, metric.historical))
        if not metric.historical:
            self.values[key] = None if metric.null else metric.value
            self.bad[key] = quality.value == 0 if quality else False

    def alias(self, device, name):
        return next(alias for alias, of in self.by_alias.items() if of[:2] == (device, name))


def tag(number, wire):
    return varint_bytes(number << 3 | wire)


def varint_bytes(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def command(*, name=None, alias=None, datatype=None, boolean=None, double=None, real=None, text=None, whole=None, null=False):
    """One metric of a command."""
    out = b""
    if name is not None:
        out += tag(1, 2) + varint_bytes(len(name.encode())) + name.encode()
    if alias is not None:
        out += tag(2, 0) + varint_bytes(alias)
    if datatype is not None:
        out += tag(4, 0) + varint_bytes(datatype)
    if null:
        out += tag(7, 0) + b"\1"
    if whole is not None:
        out += tag(10, 0) + varint_bytes(whole)
    if real is not None:
        out += tag(12, 5) + struct.pack("<f", real)
    if double is not None:
        out += tag(13, 1) + struct.pack("<d", double)
    if boolean is not None:
        out += tag(14, 0) + bytes([boolean])
    if text is not None:
        out += tag(15, 2) + varint_bytes(len(text.encode())) + text.encode()
    return out


def payload(*metrics, timestamp=1):
    return tag(1, 0) + varint_bytes(timestamp) + b"".join(tag(2, 2) + varint_bytes(len(m)) + m for m in metrics)
