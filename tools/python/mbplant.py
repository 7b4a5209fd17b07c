"""A plant of mbplant from Python: values by name, injections, time and faults. One file, nothing to install.

    import mbplant

    with mbplant.serve("config/hello.yaml", "--paused") as plant:    # a mbplantd of its own, on a free port
        plant.step(10)                                               # ten scans
        plant.write("TEMP", 92)                                      # as a master writes: the value is held
        plant.step()
        assert plant.read("MIX1.en_panne")

    plant = mbplant.Plant("127.0.0.1", 5020)                         # or one that runs; without arguments that of
                                                                     # MBPLANT_HOST and MBPLANT_PORT (mbplantd --exec)

Where a name stands is asked of `mbplantctl map --format json`, once: the rules of the map (blocks that a plant file moves,
points of one's own, addresses that follow each other) are in the program, and are not written a second time here. Values then
go straight over Modbus TCP, with functions 1-6, 15, 16, 22 and 23. Python 3.9 or newer.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time

COILS, DISCRETE_INPUTS, INPUT_REGISTERS, HOLDING_REGISTERS = "coils", "discrete_inputs", "input_registers", "holding_registers"
_READS = {COILS: 1, DISCRETE_INPUTS: 2, HOLDING_REGISTERS: 3, INPUT_REGISTERS: 4}
_AT_ONCE = {COILS: 2000, DISCRETE_INPUTS: 2000, HOLDING_REGISTERS: 125, INPUT_REGISTERS: 125}
_WORDS = {"int16": 1, "uint16": 1, "int8": 1, "uint8": 1, "bool": 1, "bcd16": 1, "mod10k(1)": 1, "int32": 2, "uint32": 2,
          "float32": 2, "int24": 2, "uint24": 2, "bcd32": 2, "mod10k(2)": 2, "int48": 3, "uint48": 3, "mod10k(3)": 3,
          "int64": 4, "uint64": 4, "float64": 4, "mod10k(4)": 4}
_EXCEPTIONS = {1: "illegal function", 2: "illegal data address", 3: "illegal data value", 4: "server device failure",
               6: "server device busy", 10: "gateway path unavailable", 11: "gateway target device failed to respond"}

# The instructor's unit (mbplant-map(7)): `instructor: true` in the plant file.
_INSTRUCTOR, _PAUSED, _STEP, _SCANS, _STEP_MAX = 247, 2000, 4, 5, 1000

_BUILDS = pathlib.Path(__file__).resolve().parents[2] / "build"


class Error(Exception):
    """Something that the plant, or the programs of mbplant, did not do."""


class Refused(Error):
    """The plant answered with an exception; its number is in code."""

    def __init__(self, what, code):
        super().__init__(f"{what}: exception {code:02d}, {_EXCEPTIONS.get(code, 'unknown')}")
        self.code = code


def program(name):
    """Where mbplantd or mbplantctl is: MBPLANT_BIN names its folder, else PATH, else a build of this source tree."""
    places = [os.environ.get("MBPLANT_BIN"), os.environ.get("PATH"), _BUILDS / "release" / "src",
              _BUILDS / "release" / "tools" / "mbplantctl"]
    found = shutil.which(name, path=os.pathsep.join(str(place) for place in places if place))
    if found is None:
        raise Error(f"{name} is not found: put its folder into PATH or MBPLANT_BIN, or build it with tools/run")
    return found


class Point:
    """A row of the map: where a name stands and what it means."""

    def __init__(self, row):
        kind, _, many = row["type"].partition(", ")
        self.name, self.unit, self.table, self.address = row["point"], row["unit_id"], row["table"], row["address"]
        self.order, self.scale, self.offset = row["order"] or "ABCD", row["scale"] or 1, row["offset"] or 0
        self.access, self.what, self.measure = row["access"], row["what"], row["unit"]
        self.low, self.high = row["range_low"], row["range_high"]
        self.bit = int(kind[4:]) if kind.startswith("bit ") else 8 if many == "high byte" else 0 if many == "low byte" else None
        self.kind = "bool" if kind.startswith("bit ") else kind
        self.is_bits = self.table in (COILS, DISCRETE_INPUTS)
        string = re.match(r"string\((\d+)\)", kind)
        self.many = int(many.split()[0]) if many.endswith("of them") else 1
        self.words = 1 if self.is_bits else int(string[1]) if string else _WORDS[self.kind]
        self.count = self.many * self.words

    def __repr__(self):
        return f"{self.name} ({self.table} {self.address} of unit {self.unit}, {self.kind})"

    # ---- words and values

    def _number(self, words):
        swapped = words[::-1] if self.order in ("CDAB", "DCBA") else words
        if self.order in ("BADC", "DCBA"):
            swapped = [(word >> 8) | (word & 0xFF) << 8 for word in swapped]
        return swapped

    def decode(self, words):
        """The value, or a list of them, of the registers or bits that stand there."""
        if self.is_bits:
            values = [bool(word) for word in words]
        elif self.kind.startswith("string"):
            return b"".join(struct.pack(">H", word) for word in self._number(words)).split(b"\0")[0].decode("utf-8", "replace")
        else:
            values = [self._decode_one(self._number(words[at:at + self.words])) for at in range(0, len(words), self.words)]
        return values if self.many > 1 else values[0]

    def _decode_one(self, words):
        bits = int.from_bytes(b"".join(struct.pack(">H", word) for word in words), "big")
        if self.bit is not None:
            bits = bits >> self.bit & (1 if self.kind == "bool" else 0xFF)
        if self.kind == "bool":
            return bits != 0
        if self.kind.startswith("float"):
            raw = struct.unpack(">f" if self.words == 2 else ">d", bits.to_bytes(2 * self.words, "big"))[0]
        elif self.kind.startswith(("bcd", "mod10k")):
            width, base = (4, 10) if self.kind.startswith("bcd") else (16, 10000)
            raw = sum((bits >> width * digit & (1 << width) - 1) * base ** digit for digit in range(16 * self.words // width))
        else:
            size = int(re.search(r"\d+", self.kind)[0])
            raw = bits & (1 << size) - 1
            if self.kind.startswith("int") and raw >> (size - 1):
                raw -= 1 << size
        return self._scaled(raw)

    def _scaled(self, raw):
        inverse = round(1 / self.scale)  # a scale of 0.1 has no exact binary form, and 10 has
        exact = inverse >= 1 and abs(inverse * self.scale - 1) < 1e-12
        if self.scale == 1 and self.offset == 0:
            return raw
        return (raw / inverse if exact else raw * self.scale) + self.offset

    def encode(self, value):
        """The registers or bits of a value."""
        if self.is_bits:
            return [int(bool(value))]
        if self.kind.startswith("string"):
            text = str(value).encode().ljust(2 * self.words, b"\0")
            if len(text) > 2 * self.words:
                raise ValueError(f"{self.name} takes {2 * self.words} bytes at most")
            return self._number(list(struct.unpack(f">{self.words}H", text)))
        bits = self._bits_of(value)
        return self._number([bits >> 16 * word & 0xFFFF for word in reversed(range(self.words))])

    def _bits_of(self, value):
        if self.kind == "bool":
            return int(bool(value))
        raw = value if self.scale == 1 and self.offset == 0 else (value - self.offset) / self.scale
        if self.kind.startswith("float"):
            return int.from_bytes(struct.pack(">f" if self.words == 2 else ">d", raw), "big")
        raw = round(raw)
        if self.kind.startswith(("bcd", "mod10k")):
            width, base = (4, 10) if self.kind.startswith("bcd") else (16, 10000)
            digits = 16 * self.words // width
            low, high, bits = 0, base ** digits - 1, sum(raw // base ** d % base << width * d for d in range(digits))
        else:
            size, signed = int(re.search(r"\d+", self.kind)[0]), self.kind.startswith("int")
            low, high = (-1 << size - 1, (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
            bits = raw & (1 << size) - 1
        if not low <= raw <= high:
            raise ValueError(f"{self.name} cannot hold {value}: a {self.kind} of {self.scale:g} ends at "
                             f"{self._scaled(low):g} and {self._scaled(high):g}")
        return bits


class Modbus:
    """A connection: requests of a unit, one after the other."""

    def __init__(self, host, port, timeout=5.0):
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transaction = 0

    def close(self):
        """Ends it."""
        self._socket.close()

    def _receive(self, count):
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise Error("the plant closed the connection")
            data += more
        return data

    def ask(self, unit, pdu, what="request"):
        """The response PDU, without its function code."""
        self._transaction = self._transaction % 0xFFFF + 1
        self._socket.sendall(struct.pack(">HHHB", self._transaction, 0, len(pdu) + 1, unit) + pdu)
        while True:  # the answer of a request that was given up may still come
            transaction, _, length, _ = struct.unpack(">HHHB", self._receive(7))
            answer = self._receive(length - 1)
            if transaction == self._transaction:
                break
        if answer[0] & 0x80:
            raise Refused(what, answer[1])
        return answer[1:]

    def read(self, unit, table, address, count, what="read"):
        """A list of words, or of bits as 0 and 1."""
        answer = self.ask(unit, struct.pack(">BHH", _READS[table], address, count), what)[1:]
        if table in (COILS, DISCRETE_INPUTS):
            return [answer[bit // 8] >> bit % 8 & 1 for bit in range(count)]
        return list(struct.unpack(f">{count}H", answer))

    def write(self, unit, table, address, words, what="write"):
        """One coil or register with functions 5 and 6, several registers with 16."""
        if table == COILS:
            self.ask(unit, struct.pack(">BHH", 5, address, 0xFF00 if words[0] else 0), what)
        elif len(words) == 1:
            self.ask(unit, struct.pack(">BHH", 6, address, words[0]), what)
        else:
            self.ask(unit, struct.pack(f">BHHB{len(words)}H", 16, address, len(words), 2 * len(words), *words), what)

    def write_bits(self, unit, address, mask, bits, what="write"):
        """Some bits of a holding register, with function 22."""
        self.ask(unit, struct.pack(">BHHH", 22, address, 0xFFFF & ~mask, bits), what)

    def write_read(self, unit, write_address, words, read_address, count, what="write and read"):
        """Function 23: written first, then read."""
        answer = self.ask(unit, struct.pack(f">BHHHHB{len(words)}H", 23, read_address, count, write_address, len(words),
                                            2 * len(words), *words), what)
        return list(struct.unpack(f">{count}H", answer[1:]))


class Plant:
    """A plant that runs somewhere. Also a context manager, which closes the connection."""

    def __init__(self, host=None, port=None, timeout=5.0):
        name, _, behind = os.environ.get("MBPLANT_HOST", "").partition(":") if host is None else (host, "", "")
        self.host = name or "127.0.0.1"
        self.port = int(port or behind or (host is None and os.environ.get("MBPLANT_PORT")) or 5020)
        self.modbus = Modbus(self.host, self.port, timeout)
        self._points = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the connection."""
        self.modbus.close()

    # ---- points

    def ctl(self, *words):
        """What mbplantctl prints; Error with its message where it fails."""
        command = [program("mbplantctl"), "-H", self.host, "-p", str(self.port), *map(str, words)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Error(done.stderr.strip() or f"mbplantctl {words[0]} ended with {done.returncode}")
        return done.stdout

    @property
    def points(self):
        """{name: Point} of the whole map, learnt at the first use."""
        if self._points is None:
            rows = json.loads(self.ctl("map", "--format", "json"))
            self._points = {row["point"]: Point(row) for row in reversed(rows) if row["table"] in _READS}  # the first of a name
        return self._points

    def forget(self):
        """Learns the map anew at the next use: the plant's file has changed."""
        self._points = None

    def point(self, name):
        """A point by its name, in any case."""
        found = self.points.get(name) or next((p for n, p in self.points.items() if n.lower() == name.lower()), None)
        if found is None:
            raise KeyError(f"{name} is no point of this plant; mbplantctl map lists them")
        return found

    # ---- values

    def read(self, *names):
        """The value of one name, or a list of them for several; what stands side by side is read in one request."""
        points = [self.point(name) for name in names]
        found, run = {}, []
        for point in sorted(set(points), key=lambda p: (p.unit, p.table, p.address)):
            if run and not self._joins(run, point):
                self._read_run(run, found)
                run = []
            run.append(point)
        if run:
            self._read_run(run, found)
        values = [found[point] for point in points]
        return values[0] if len(names) == 1 else values

    @staticmethod
    def _joins(run, point):
        first, last = run[0], run[-1]
        same = (first.unit, first.table) == (point.unit, point.table)
        end = max(p.address + p.count for p in run)
        return same and last.address <= point.address <= end and point.address + point.count - first.address <= _AT_ONCE[point.table]

    def _read_run(self, run, found):
        first = run[0].address
        end = max(point.address + point.count for point in run)
        words = []
        while first + len(words) < end:
            at = first + len(words)
            words += self.modbus.read(run[0].unit, run[0].table, at, min(end - at, _AT_ONCE[run[0].table]), f"read {run[0].name}")
        for point in run:
            found[point] = point.decode(words[point.address - first:point.address - first + point.count])

    def write(self, name, value):
        """As a master writes. Of a sensor: an injection, held until release()."""
        point, what = self.point(name), f"write {name} {value}"
        if "write" not in point.access:
            raise Error(f"{what}: {name} is only read")
        words = point.encode(value)
        if point.bit is not None:
            mask = (1 if point.kind == "bool" else 0xFF) << point.bit
            self.modbus.write_bits(point.unit, point.address, mask, words[0] << point.bit & mask, what)
        else:
            self.modbus.write(point.unit, point.table, point.address, words, what)

    inject = write

    def release(self, sensor):
        """The sensor shows the process again."""
        if f"{sensor}.forced" in self.points:
            self.write(f"{sensor}.forced", False)
        else:
            self.ctl("release", sensor, "--no-wait")

    def wait(self, name, wanted=True, within=30.0, pause=0.02):
        """Until a point is what is wanted: a value, or a function of it. Wall time. The value; TimeoutError with the last one."""
        test = wanted if callable(wanted) else lambda value: value == wanted
        deadline = time.monotonic() + within
        while True:
            value = self.read(name)
            if test(value):
                return value
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{name} was not as wanted within {within:g} s: it is {value}")
            time.sleep(pause)

    # ---- time and faults: `instructor: true` in the plant file

    def pause(self):
        """No scan runs until step() or resume()."""
        self.modbus.write(_INSTRUCTOR, COILS, _PAUSED, [1], "pause")

    def resume(self):
        """Scans run by themselves again."""
        self.modbus.write(_INSTRUCTOR, COILS, _PAUSED, [0], "resume")

    def step(self, scans=1):
        """So many scans, which have run when it returns; of a paused plant. The number of scans done in all."""
        done = None
        while done is None or scans > 0:
            some = min(scans, _STEP_MAX)
            high, low = self.modbus.write_read(_INSTRUCTOR, _STEP, [some], _SCANS, 2, f"step {some}")
            done, scans = high << 16 | low, scans - some
        return done

    def fault(self, name, *how):
        """Begins one: of the plant file by its name, or of a sensor: fault("TT101", "drift", 5, "over", "10min")."""
        return self.ctl("sim", "fault", name, *(how or ("on",)))

    def no_fault(self, name="all"):
        """Ends one, or every one."""
        return self.ctl("sim", "fault", name, "off")


class Served(Plant):
    """A plant with a mbplantd of its own, which ends with it."""

    def __init__(self, file, *options, data=None, patience=30.0):
        self._folder = None if data else tempfile.TemporaryDirectory(prefix="mbplant-")
        reading, writing = os.pipe()
        try:
            self.process = subprocess.Popen(
                [program("mbplantd"), "-l", "127.0.0.1:0", "--http", "off", "-d", data or self._folder.name, "--ready-fd",
                 str(writing), *map(str, options), str(file)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, pass_fds=[writing])
            os.close(writing)
            with os.fdopen(reading) as pipe:
                ready = dict(place.split("=", 1) for place in pipe.readline().split())
            if not ready:
                raise Error(self.process.communicate()[1].strip() or "mbplantd ended")
            super().__init__(ready["MBPLANT_HOST"], int(ready["MBPLANT_PORT"]), patience)
        except BaseException:
            self._end()
            raise

    def _end(self):
        process = getattr(self, "process", None)
        if process is not None and process.returncode is None:
            process.terminate()
            process.communicate()
        if self._folder:
            self._folder.cleanup()

    def close(self):
        """Ends the connection, and the plant."""
        super().close()
        self._end()


def serve(file, *options, **keys):
    """A plant of a file, on a free port, from a journal of its own: with mbplant.serve("line.yaml", "--paused") as plant."""
    return Served(file, *options, **keys)
