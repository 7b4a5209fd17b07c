"""Ways in beside one TCP port: several listeners, units of a wire's own, RTU and ASCII over TCP, serial lines and ptys, UDP."""
import contextlib
import json
import os
import pathlib
import re
import select
import select
import socket
import statistics
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.request

import outside
import support

PLANT = """mbplant: 1
name: Lines
instructor: true
units:
  - id: 1
    tables: {holding_registers: [{at: 0, values: [11, 12, 13, 14]}], coils: [{at: 0, count: 10}]}
  - id: 7
    tables: {holding_registers: [{at: 0, values: [71, 72, 73]}]}
"""
MACHINE = "mbplant: 1\nunits: [{id: 1, machines: [{name: M1, sensors: [{name: TT1, range: [0, 100]}]}]}]\n"
READ = bytes.fromhex("0300000002")


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack("<H", value)


def rtu(pdu, unit=1):
    frame = bytes([unit]) + pdu
    return frame + crc(frame)


def ascii_frame(pdu, unit=1):
    frame = bytes([unit]) + pdu
    return b":" + (frame + bytes([-sum(frame) & 0xFF])).hex().upper().encode() + b"\r\n"


def mbap(pdu, unit=1, transaction=1):
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def values(*numbers):
    return bytes([3, 2 * len(numbers)]) + b"".join(struct.pack(">H", number) for number in numbers)


class LinePlant(support.Plant):
    """Not in the capture: what is wrong on purpose is malformed."""

    captured = False

    def place(self, name):
        """The port, or path, behind a line of the banner; the last of that name."""
        self.out.wait_for(re.compile("^data "))
        found = [line[len(name):].strip() for line in self.out.lines if line.startswith(name)]
        return int(found[-1].rpartition(":")[2]) if ":" in found[-1] else found[-1]



class Link:
    """Bytes to and from a socket."""

    def __init__(self, its_socket):
        self.socket = its_socket
        self.socket.settimeout(support.PATIENCE_S)

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, length):
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                break
            data += more
        return data

    def ask(self, data, length):
        self.send(data)
        return self.receive(length)


class Lines(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "lines.yaml"
        self.file.write_text(PLANT, encoding="ascii")

    def link(self, plant, name):
        """A connection to that place of a plant."""
        return Link(self.enterContext(socket.create_connection(("127.0.0.1", plant.place(name)), support.PATIENCE_S)))

    def plant(self, *places, text=None):
        if text:
            self.file.write_text(text, encoding="ascii")
        return self.enterContext(LinePlant(self.file, *(word for place in places for word in ("-l", place))))

    def expect(self, link, frame, answer):
        self.assertEqual(link.ask(frame, len(answer)), answer)

    def expect_silence(self, link, frame, form):
        """That no answer comes is seen by the next one."""
        link.send(frame)
        time.sleep(0.12)  # beyond any silence of a line: the next frame is one of its own
        answer = form(values(71, 72), 7)
        self.expect(link, form(READ, 7), answer)


def has_ipv6():
    """A container may have none, not even on loopback."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class Listeners(Lines):
    def test_several_listeners_serve_one_plant(self):
        host = "::1" if has_ipv6() else "127.0.0.2"
        plant = self.plant(f"tcp://[{host}]:0" if ":" in host else f"tcp://{host}:0", "rtu+tcp://localhost:0")
        ports = [int(line.rpartition(":")[2]) for line in plant.out.lines if line.startswith("Modbus TCP ")]
        self.assertEqual(len(ports), 2)
        with socket.create_connection((host, ports[1])) as other:
            self.expect(Link(other), mbap(READ), mbap(values(11, 12)))
        with socket.create_connection(("localhost", plant.place("Modbus RTU over TCP"))) as other:  # of either family
            self.expect(Link(other), rtu(READ), rtu(values(11, 12)))

    def test_wire_has_units_of_its_own(self):
        listeners = "[{listen: 127.0.0.1:0, units: {1: 7}}, {listen: \"rtu+tcp://127.0.0.1:0\", units: [7]}]"
        self.file.write_text(PLANT.replace("instructor", f"server: {{listen: {listeners}}}\ninstructor"), encoding="ascii")
        with tempfile.TemporaryDirectory(prefix="mbplant-") as data:
            process = subprocess.Popen([support.MBPLANTD, "--http", "off", "-d", data, self.file], stdout=subprocess.PIPE,
                                       text=True, env=support.ENVIRONMENT)
            try:
                out = support.Output(process.stdout)
                port = int(out.wait_for(support.LISTENING).group(1))
                line = int(out.wait_for(re.compile(r"RTU over TCP 127\.0\.0\.1:(\d+)")).group(1))
                with socket.create_connection(("127.0.0.1", port)) as wire:
                    link = Link(wire)
                    self.expect(link, mbap(READ, 1), mbap(values(71, 72), 1))
                    self.expect(link, mbap(READ, 7), mbap(bytes([0x83, 11]), 7))
                with socket.create_connection(("127.0.0.1", line)) as wire:
                    link = Link(wire)
                    self.expect(link, rtu(bytes.fromhex("0600000009"), 0) + rtu(READ, 7), rtu(values(9, 72), 7))
            finally:
                process.terminate()
                self.assertEqual(process.wait(support.PATIENCE_S), 0)

    def test_names_are_not_taken_for_those_of_a_wire_that_calls_units_otherwise(self):
        ports = [support.free_port() for _ in range(3)]
        listeners = (f"[127.0.0.1:{ports[0]}, {{listen: \"rtu+tcp://127.0.0.1:{ports[1]}\", units: {{1: 7}}}}, "
                     f"{{listen: 127.0.0.1:{ports[2]}, units: [7]}}]")
        sensor = "    sensors: [{name: TT1, range: [0, 100], signal: {base: 11}, register: {at: 50}}]\n  - id: 7\n"
        self.file.write_text(PLANT.replace("instructor", f"server: {{listen: {listeners}}}\ninstructor").replace("  - id: 7\n", sensor),
                             encoding="ascii")
        command = f"{support.MBPLANTCTL} -H $1 read $2 $3 $4 2>&1"
        script = self.folder / "ask"
        script.write_text(f"for ask in 'rtu+tcp://127.0.0.1:{ports[1]} TT1' 'rtu+tcp://127.0.0.1:{ports[1]} hr:0' "
                          f"'127.0.0.1:{ports[2]} TT1' '127.0.0.1:{ports[2]} -u 7 hr:0' '127.0.0.1:{ports[0]} TT1'\n"
                          f"do set -- $ask; {command}; done\n", encoding="ascii")
        with tempfile.TemporaryDirectory(prefix="mbplant-") as data:
            process = subprocess.Popen([support.MBPLANTD, "--http", "off", "-d", data, self.file], stdout=subprocess.PIPE,
                                       text=True, env=support.ENVIRONMENT)
            try:
                support.Output(process.stdout).wait_for(re.compile("^data "))
                lines = support.run("sh", script).stdout.splitlines()
            finally:
                process.terminate()
                self.assertEqual(process.wait(support.PATIENCE_S), 0)
        self.assertEqual(len(lines), 5, lines)
        self.assertIn("calls units by other ids than the plant", lines[0])
        self.assertIn("HR 0 = 40001: 71", lines[1])
        self.assertIn("has no unit 255 (exception 0B); -u names one", lines[2])
        self.assertIn("HR 0 = 40001: 71", lines[3])
        self.assertIn("TT1 = 11", lines[4])

    def test_place_that_cannot_be_had_says_why(self):
        taken = self.folder / "file"
        taken.write_text("mine", encoding="ascii")
        for place, why in ((f"rtu+pty://{taken}", "what stands there is no link"),
                           ("rtu:///dev/null", "it is no terminal"),
                           ("rtu:///nowhere/tty", "no such file or directory"),
                           ("tcp://no.such.host.invalid:1", "no host of that name is known"),
                           ("rtu://ttyUSB0", "a line needs the path of its device"),
                           ("udp://127.0.0.1", "write ADDR:PORT")):
            result = support.run(support.MBPLANTD, "-l", place, "--http", "off", "-d", self.folder / "data", self.file)
            self.assertIn(result.returncode, (1, 2))
            self.assertIn(why, result.stderr)
        self.assertEqual(taken.read_text(encoding="ascii"), "mine")


class Activated(Lines):
    def test_sockets_of_systemd_stand_in_the_place_of_those_that_are_named(self):
        with socket.create_server(("127.0.0.1", 0)) as stream, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.create_server(("127.0.0.1", 0)) as rest:
            datagrams.bind(("127.0.0.1", 0))
            passed = [rest.fileno(), datagrams.fileno(), stream.fileno()]
            script = " ".join([f"exec {9 - at}<&{fd};" for at, fd in enumerate(passed)] +
                              ["exec 3<&7 4<&8 5<&9; LISTEN_PID=$$ LISTEN_FDS=3 exec \"$@\""])
            process = subprocess.Popen(
                ["bash", "-c", script, "sh", support.MBPLANTD, "-l", "rtu+tcp://127.0.0.1:1", "-l", "udp://127.0.0.1:1", "--http",
                 "off", "-d", self.folder / "data", self.file],
                pass_fds=passed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=support.ENVIRONMENT)
            try:
                out, err = support.Output(process.stdout), support.Output(process.stderr)
                self.assertTrue(out.wait_for(re.compile("^data ")), err.lines)
                self.assertIn(f"Modbus RTU over TCP 127.0.0.1:{stream.getsockname()[1]}\n", out.lines)
                self.assertTrue(err.wait_for(re.compile("1 of the sockets from systemd is closed")))
                with socket.create_connection(stream.getsockname()) as wire:
                    self.expect(Link(wire), rtu(READ), rtu(values(11, 12)))
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
                    wire.settimeout(support.PATIENCE_S)
                    wire.sendto(mbap(READ), datagrams.getsockname())
                    self.assertEqual(wire.recv(600), mbap(values(11, 12)))
            finally:
                process.terminate()
                self.assertEqual(process.wait(support.PATIENCE_S), 0)

    def test_socket_that_is_named_http_has_the_page(self):
        with socket.create_server(("127.0.0.1", 0)) as page, socket.create_server(("127.0.0.1", 0)) as stream:
            script = (f"exec 30<&{page.fileno()} 31<&{stream.fileno()}; exec 3<&30 4<&31 30<&- 31<&-; "
                      "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=http:mbplantd.socket exec \"$@\"")
            process = subprocess.Popen(
                ["bash", "-c", script, "sh", support.MBPLANTD, "-d", self.folder / "data", self.file],
                pass_fds=[page.fileno(), stream.fileno()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=support.ENVIRONMENT)
            try:
                out, err = support.Output(process.stdout), support.Output(process.stderr)
                self.assertTrue(out.wait_for(re.compile("^data ")), err.lines)
                self.assertIn(f"Modbus TCP  127.0.0.1:{stream.getsockname()[1]}\n", out.lines)
                self.assertIn(f"page        http://127.0.0.1:{page.getsockname()[1]}/\n", out.lines)
                with socket.create_connection(stream.getsockname()) as wire:
                    self.expect(Link(wire), mbap(READ), mbap(values(11, 12)))
                with urllib.request.urlopen(f"http://127.0.0.1:{page.getsockname()[1]}/health/live") as answer:
                    self.assertEqual(answer.status, 200)
            finally:
                process.terminate()
                self.assertEqual(process.wait(support.PATIENCE_S), 0)
            self.assertEqual(err.text(), "")

    def test_sockets_of_another_process_are_left_alone(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            script = f"exec 3<&{other.fileno()}; LISTEN_PID=1 LISTEN_FDS=1 exec \"$@\""
            result = support.run("bash", "-c", script, "sh", support.MBPLANTD, "--http", "off", "-d", self.folder / "data",
                                 "-l", f"127.0.0.1:{other.getsockname()[1]}", self.file, pass_fds=[other.fileno()])
            self.assertEqual(result.returncode, 1)
            self.assertIn("address already in use", result.stderr)


class OverTcp(Lines):
    def test_rtu_is_silent_where_a_line_is(self):
        link = self.link(self.plant("rtu+tcp://127.0.0.1:0"), "Modbus RTU over TCP")
        good = rtu(READ)
        for frame in (good[:-1] + bytes([good[-1] ^ 1]), rtu(READ, 9), good[:5], b"\x01", bytes(300), rtu(READ, 0)):
            with self.subTest(frame=frame.hex()):
                self.expect_silence(link, frame, rtu)

    def test_rtu_broadcast_is_executed_by_all_and_not_answered(self):
        link = self.link(self.plant("rtu+tcp://127.0.0.1:0"), "Modbus RTU over TCP")
        link.send(rtu(bytes.fromhex("060000002A"), 0))
        self.expect(link, rtu(READ, 1), rtu(values(42, 12), 1))
        self.expect(link, rtu(READ, 7), rtu(values(42, 72), 7))

    def test_rtu_byte_by_byte_is_a_frame(self):
        link = self.link(self.plant("rtu+tcp://127.0.0.1:0"), "Modbus RTU over TCP")
        for pause in (0, 0.001, 0.02):
            for byte in rtu(READ):
                link.send(bytes([byte]))
                time.sleep(pause)
            self.assertEqual(link.receive(9), rtu(values(11, 12)))

    def test_rtu_of_a_wrong_form_gets_an_exception_as_over_tcp(self):
        link = self.link(self.plant("rtu+tcp://127.0.0.1:0"), "Modbus RTU over TCP")
        self.expect(link, rtu(bytes.fromhex("03000000")), rtu(b"\x83\x03"))
        self.expect(link, rtu(bytes.fromhex("03000000010000")), rtu(b"\x83\x03"))
        self.expect(link, rtu(b"\x41\x01"), rtu(b"\xC1\x01"))
        self.expect(link, rtu(bytes.fromhex("0300630001")), rtu(b"\x83\x02"))

    def test_damaged_frames_are_counted_by_diagnostics(self):
        link = self.link(self.plant("rtu+tcp://127.0.0.1:0"), "Modbus RTU over TCP")
        self.expect(link, rtu(bytes.fromhex("08000C0000")), rtu(bytes.fromhex("08000C0000")))
        bad = rtu(READ)[:-1] + b"\0"
        self.expect_silence(link, bad, rtu)
        self.expect_silence(link, bad, rtu)
        self.expect(link, rtu(bytes.fromhex("08000C0000")), rtu(bytes.fromhex("08000C0002")))

    def test_ascii_takes_either_case_and_is_silent_as_rtu(self):
        link = self.link(self.plant("ascii+tcp://127.0.0.1:0"), "Modbus ASCII over TCP")
        self.expect(link, ascii_frame(READ).lower(), ascii_frame(values(11, 12)))
        for frame in (ascii_frame(READ)[:-4] + b"00\r\n", ascii_frame(READ, 9), b"noise", ascii_frame(READ, 0)):
            self.expect_silence(link, frame, ascii_frame)

    def test_many_frames_at_once_are_answered_in_order(self):
        plant = self.plant("rtu+tcp://127.0.0.1:0", "ascii+tcp://127.0.0.1:0")
        for name, form in (("Modbus RTU over TCP", rtu), ("Modbus ASCII over TCP", ascii_frame)):
            link = self.link(plant, name)
            units = [1, 7] * 50
            answers = b"".join(form(values(11 if unit == 1 else 71), unit) for unit in units)
            self.expect(link, b"".join(form(bytes.fromhex("0300000001"), unit) for unit in units), answers)

    def test_writer_on_a_line_is_known_by_the_line(self):
        path = self.folder / "plc"
        plant = self.plant("rtu+tcp://127.0.0.1:0", f"rtu+pty://{path}", text=MACHINE)

        def writers():
            events = map(json.loads, plant.ctl("journal", "-f", "jsonl").splitlines())
            return [event["peer"] for event in events if event["sensor"] == "TT1" and event["peer"]]
        written = bytes.fromhex("0600000009")
        self.expect(self.link(plant, "Modbus RTU over TCP"), rtu(written), rtu(written))
        support.eventually(lambda: writers() == ["127.0.0.1"], "the one over TCP")
        line = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        os.write(line, rtu(bytes.fromhex("0600000007")))
        self.assertEqual(os.read(line, 100), rtu(bytes.fromhex("0600000007")))
        support.eventually(lambda: str(path) in writers(), "the one on the line")


class Access(Lines):
    WRITE = bytes.fromhex("0600000009")

    def everywhere(self, rule):
        """A plant with that rule, and how each way in answers a frame: none = b""."""
        path = self.folder / "plc"
        text = PLANT.replace("instructor", f"server: {{access: [{rule}]}}\ninstructor")
        plant = self.plant("rtu+tcp://127.0.0.1:0", "udp://127.0.0.1:0", f"rtu+pty://{path}", text=text)
        datagrams = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.connect(("127.0.0.1", plant.place("Modbus UDP")))
        datagrams.settimeout(0.3)
        line = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)

        def over_tcp(pdu):
            with contextlib.suppress(ConnectionError):
                return self.link(plant, "Modbus RTU over TCP").ask(rtu(pdu), 5)[1:3]
            return b""

        def over_udp(pdu):
            datagrams.send(mbap(pdu))
            with contextlib.suppress(TimeoutError):
                return datagrams.recv(300)[7:9]
            return b""

        def over_a_line(pdu):
            os.write(line, rtu(pdu))
            ready, _, _ = select.select([line], [], [], 0.3)
            return os.read(line, 100)[1:3] if ready else b""
        return over_tcp, over_udp, over_a_line

    def test_reader_reads_and_does_not_write_over_any_wire(self):
        for ask in self.everywhere("{from: 127.0.0.1, allow: read}"):
            self.assertEqual(ask(self.WRITE), b"\x86\x01")
            self.assertEqual(ask(READ), b"\x03\x04")

    def test_who_is_not_admitted_has_no_answer_over_any_wire(self):
        for ask in self.everywhere("{from: 10.0.0.0/8, allow: all}"):
            self.assertEqual(ask(READ), b"")


class Faults(Lines):
    """What each kind does to an answer, over TCP and as RTU. A fault is of one first address."""

    KINDS = ("wrong_unit", "byte_count", "short", "junk", "duplicate", "no_answer", "crc", "cut", "echo", "drop")

    def setUp(self):
        super().setUp()
        faults = "".join(f"    - {{kind: {kind}, first: {at}{', bytes: 4' if kind in ('junk', 'cut') else ''}}}\n"
                         for at, kind in enumerate(self.KINDS))
        text = ("mbplant: 1\nserver:\n  faults:\n" + faults +
                "units: [{id: 1, tables: {holding_registers: [{at: 0, count: 100}]}}]\n")
        self.running = self.plant("rtu+tcp://127.0.0.1:0", text=text)

    def check(self, name, form, unit_at, crc_is_wrong):
        good, other = form(values(0, 0)), form(values(0))
        wrong_unit = bytearray(form(values(0, 0), 2) if form is rtu else good)
        wrong_unit[unit_at] = 2
        count = bytes([3, 5]) + bytes(4)
        expected = {"wrong_unit": bytes(wrong_unit), "byte_count": form(count), "short": other, "duplicate": good + good,
                    "no_answer": b"", "drop": b"", "crc": crc_is_wrong(good)}
        for kind, answer in expected.items():
            with self.subTest(kind=kind), socket.create_connection(("127.0.0.1", self.running.place(name))) as wire:
                request = struct.pack(">BHH", 3, self.KINDS.index(kind), 2)
                self.expect(Link(wire), form(request) + form(struct.pack(">BHH", 3, 50, 1)), answer + other)
        request = form(struct.pack(">BHH", 3, self.KINDS.index("echo"), 2))
        with socket.create_connection(("127.0.0.1", self.running.place(name))) as wire:
            self.expect(Link(wire), request, request + good)
        with socket.create_connection(("127.0.0.1", self.running.place(name))) as wire:
            junk = Link(wire).ask(form(struct.pack(">BHH", 3, self.KINDS.index("junk"), 2)), 4 + len(good))
            self.assertEqual(junk[4:], good)
        with socket.create_connection(("127.0.0.1", self.running.place(name))) as wire:
            cut = Link(wire).ask(form(struct.pack(">BHH", 3, self.KINDS.index("cut"), 2)), 100)  # until it is closed
            self.assertEqual(cut, good[:4])

    def test_each_kind_does_what_it_says_over_tcp(self):
        self.check("Modbus TCP", mbap, 6, lambda answer: answer)

    def test_each_kind_does_what_it_says_as_rtu(self):
        self.check("Modbus RTU over TCP", rtu, 0, lambda answer: answer[:-1] + bytes([answer[-1] ^ 0xFF]))

    def test_request_that_has_no_answer_is_not_executed_and_one_whose_answer_is_dropped_is(self):
        link = self.link(self.running, "Modbus TCP")
        for kind, value in (("no_answer", 0), ("drop", 7)):
            at = self.KINDS.index(kind)
            link.send(mbap(struct.pack(">BHH", 6, at, 7)))
            read = struct.pack(">BHH", 3, at - 1, 2)  # another first address
            fault = self.KINDS[at - 1]
            link.send(mbap(read))
            if fault == "echo":
                link.receive(12)
            elif fault == "duplicate":
                link.receive(13)
            self.assertEqual(link.receive(13), mbap(values(0, value)))


class Udp(Lines):
    def setUp(self):
        super().setUp()
        self.socket = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.settimeout(support.PATIENCE_S)
        plant = self.plant("udp://127.0.0.1:0")
        self.socket.connect(("127.0.0.1", plant.place("Modbus UDP")))

    def ask(self, datagram):
        self.socket.send(datagram)
        return self.socket.recv(600)

    def test_each_frame_has_one_answer(self):
        for transaction in range(200):
            self.assertEqual(self.ask(mbap(READ, 1, transaction)), mbap(values(11, 12), 1, transaction))

    def test_answer_comes_from_where_it_was_asked(self):
        plant = self.plant("udp://0.0.0.0:0")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as master:
            master.settimeout(support.PATIENCE_S)
            for address in ("127.0.0.1", "127.0.0.2", "127.9.9.9"):
                master.sendto(mbap(READ), (address, plant.place("Modbus UDP")))
                self.assertEqual(master.recvfrom(600), (mbap(values(11, 12)), (address, plant.place("Modbus UDP"))))

    def test_what_is_no_frame_has_none(self):
        two = mbap(READ, 1, 2) + mbap(READ, 1, 3)
        for datagram in (b"", b"\0", bytes(7), bytes(1400), mbap(READ)[:-1], mbap(READ) + b"\0", two,
                         b"\0\1\0\7" + mbap(READ)[4:]):
            self.socket.send(datagram)
        self.assertEqual(self.ask(mbap(READ, 1, 77)), mbap(values(11, 12), 1, 77))

    def test_flood_is_survived_and_no_answer_is_longer_than_a_frame(self):
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as flood:
            flood.connect(self.socket.getpeername())
            for n in range(20000):
                with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
                    flood.send(mbap(READ, 1, n & 0xFFFF) if n % 2 else os.urandom(n % 300))
        self.socket.settimeout(1)

        def answered():
            with contextlib.suppress(TimeoutError):
                return self.ask(mbap(READ)) == mbap(values(11, 12))
        support.eventually(answered, "an answer after the flood")


class Pty(Lines):
    def test_mbpoll_polls_a_pty_and_the_link_goes_with_the_plant(self):
        path = self.folder / "plc"
        plant = self.plant(f"rtu+pty://{path}")
        mbpoll = support.program("mbpoll")
        result = support.run(mbpoll, "-m", "rtu", "-b", 19200, "-P", "even", "-a", 7, "-0", "-r", 0, "-c", 3, "-1", "-t", 4, path,
                             check=True)
        self.assertEqual(support.mbpoll_values(result), {0: "71", 1: "72", 2: "73"})
        result = support.run(mbpoll, "-m", "rtu", "-a", 9, "-o", 0.2, "-0", "-r", 0, "-1", "-t", 4, path)
        self.assertIn("timed out", result.stdout + result.stderr)
        plant.stop()
        self.assertFalse(path.is_symlink())
        plant.start()

    def test_reader_that_dies_leaves_nothing_to_the_next(self):
        path = self.folder / "plc"
        self.plant(f"rtu+pty://{path}")
        for _ in range(3):
            line = os.open(path, os.O_RDWR | os.O_NOCTTY)
            for _ in range(400):  # more than a pty keeps
                os.write(line, rtu(READ))
            os.close(line)
        line = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        os.set_blocking(line, False)

        def is_answered():
            with contextlib.suppress(BlockingIOError):
                while os.read(line, 4096):
                    pass
            os.write(line, rtu(READ, 7))
            time.sleep(0.05)
            with contextlib.suppress(BlockingIOError):
                return os.read(line, 4096) == rtu(values(71, 72), 7)
        support.eventually(is_answered, "an answer of its own")

    def test_speed_takes_the_time_that_it_takes_on_a_line(self):
        path = self.folder / "plc"
        self.plant(f"rtu+pty://{path}?baud=9600")
        line = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        took = []
        for _ in range(60):
            begin = time.monotonic()
            os.write(line, rtu(READ))
            got = b""
            while len(got) < 9:
                got += os.read(line, 100)
            took.append(time.monotonic() - begin)
        on_the_line = (8 + 3.5 + 9) * 11 / 9600
        self.assertGreater(statistics.median(took), 0.95 * on_the_line)
        self.assertLess(min(took), 1.05 * on_the_line)


class Serial(Lines):
    def setUp(self):
        super().setUp()
        self.ends = self.folder / "ours", self.folder / "theirs"
        self.socat = None
        self.addCleanup(self.unplug)
        self.plug_in()

    def plug_in(self):
        socat = support.program("socat")
        self.socat = subprocess.Popen([socat, *(f"pty,raw,echo=0,link={end}" for end in self.ends)])
        support.eventually(lambda: all(end.exists() for end in self.ends), "a line")

    def unplug(self):
        if self.socat:
            self.socat.kill()
            self.socat.wait()
        self.socat = None
        for end in self.ends:
            end.unlink(missing_ok=True)

    def poll(self, *options):
        return support.run(support.program("mbpoll"), "-m", "rtu", "-b", 19200, "-P", "even", "-0", "-1", "-o", 5, *options,
                           self.ends[1])

    def test_mbpoll_reads_and_writes_over_a_serial_line(self):
        self.plant(f"rtu://{self.ends[0]}?baud=19200&parity=even")
        result = self.poll("-a", 1, "-r", 0, "-c", 4, "-t", 4)
        self.assertEqual(support.mbpoll_values(result), {0: "11", 1: "12", 2: "13", 3: "14"})

    def test_line_that_goes_away_is_served_when_it_comes_back(self):
        plant = self.plant(f"rtu://{self.ends[0]}")
        self.unplug()
        self.assertTrue(plant.err.wait_for(re.compile("the line is gone")))
        self.plug_in()
        self.assertTrue(plant.err.wait_for(re.compile("the line is back")))
        self.assertEqual(support.mbpoll_values(self.poll("-a", 7, "-r", 0, "-c", 1, "-t", 4)), {0: "71"})

    def test_line_that_gives_back_what_it_gets_writes_once(self):
        """The far end sends each answer back, as half-duplex adapters do: after the first read that is known."""
        self.plant(f"rtu://{self.ends[0]}", text=MACHINE)
        line = os.open(self.ends[1], os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)

        def ask(pdu, length):
            os.write(line, rtu(pdu))
            got = b""
            while len(got) < length:
                got += os.read(line, 100)
            os.write(line, got)
            self.assertEqual(select.select([line], [], [], 0.1)[0], [], "an answer to the echo")
            return got
        write = struct.pack(">BHH", 6, 0, 30)
        for _ in range(3):
            self.assertEqual(len(ask(bytes.fromhex("0300000001"), 7)), 7)
            self.assertEqual(ask(write, 8), rtu(write))

    def test_one_unit_listens_only_and_its_neighbour_answers(self):
        plant = self.plant(f"rtu://{self.ends[0]}", "tcp://127.0.0.1:0", text="mbplant: 1\nserver: {serial_functions: true}\nunits: [{id: 1, sensors: [{name: A, range: [0, 9]}]},"
                           " {id: 7, sensors: [{name: B, range: [0, 9]}]}]\n")
        line = os.open(self.ends[1], os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)

        def ask(pdu, unit, patience=support.PATIENCE_S):
            os.write(line, rtu(pdu, unit))
            return os.read(line, 100)[:2] if select.select([line], [], [], patience)[0] else b""
        read, listen, restart = (bytes.fromhex(text) for text in ("0300000001", "0800040000", "0800010000"))
        self.assertEqual(ask(read, 7), b"\7\3")
        self.assertEqual(ask(listen, 7, 0.2), b"")
        self.assertEqual(ask(read, 7, 0.2), b"")
        time.sleep(0.1)
        os.read(line, 100) if select.select([line], [], [], 0)[0] else None
        self.assertEqual(ask(read, 1), b"\1\3")
        time.sleep(0.1)
        os.read(line, 100) if select.select([line], [], [], 0)[0] else None
        self.assertEqual(ask(restart, 7, 0.2), b"")
        self.assertEqual(ask(read, 7), b"\7\3")
        self.assertTrue(plant)

    def test_master_that_asks_the_same_again_is_answered_again(self):
        self.plant(f"rtu://{self.ends[0]}", text=MACHINE)
        line = os.open(self.ends[1], os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        for request in [rtu(bytes.fromhex("0300000001"))] + 5 * [rtu(struct.pack(">BHH", 6, 0, 30))]:
            os.write(line, request)
            got = b""
            while len(got) < (7 if request[1] == 3 else 8):
                got += os.read(line, 100)
            self.assertEqual(got[:2], request[:2])

    def test_silence_ends_what_is_no_whole_frame(self):
        self.plant(f"rtu://{self.ends[0]}")
        line = os.open(self.ends[1], os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, line)
        os.write(line, rtu(READ)[:5])
        time.sleep(0.1)
        os.write(line, rtu(READ))
        got = b""
        while len(got) < 9:
            got += os.read(line, 100)
        self.assertEqual(got, rtu(values(11, 12)))


class Master(Lines):
    def test_mbplantctl_speaks_every_wire(self):
        path = self.folder / "plc"
        slow = self.folder / "slow"
        plant = self.plant("rtu+tcp://127.0.0.1:0", "ascii+tcp://127.0.0.1:0", "udp://127.0.0.1:0", f"rtu+pty://{path}",
                           f"ascii+pty://{slow}?baud=115200", text=MACHINE)
        wires = [f"{scheme}://127.0.0.1:{plant.place(name)}" for scheme, name in
                 (("tcp", "Modbus TCP"), ("rtu+tcp", "Modbus RTU over TCP"), ("ascii+tcp", "Modbus ASCII over TCP"),
                  ("udp", "Modbus UDP"))] + [f"rtu://{path}", f"ascii://{slow}?baud=115200"]
        for number, wire in enumerate(wires):
            with self.subTest(wire=wire):
                ctl = support.MBPLANTCTL, "-H", wire, "--timeout", "3s"
                for _ in range(2):  # a line stays as it was left
                    support.run(*ctl, "--as", f"Anna{number}", "write", "TT1", number + 10, check=True)
                self.assertIn(f"TT1 = {number + 10}", support.run(*ctl, "read", "TT1", check=True).stdout)
                self.assertIn(f"by Anna{number}", support.run(*ctl, "journal", check=True).stdout)
                self.assertIn("TT1", support.run(*ctl, "map", check=True).stdout)

    def test_wire_without_a_slave_says_so(self):
        for wire, why in (("rtu+tcp://127.0.0.1:1", "cannot connect to 127.0.0.1:1: Connection refused"),
                          (f"rtu://{self.folder}/none", f"cannot connect to {self.folder}/none: No such file"),
                          (f"rtu+pty://{self.folder}/none", f"cannot connect to {self.folder}/none: No such file"),
                          ("rtu:///dev/null", "cannot connect to /dev/null: Inappropriate ioctl"),
                          ("udp://127.0.0.1:1", "no answer within 200ms")):
            result = support.run(support.MBPLANTCTL, "-H", wire, "--timeout", "200ms", "status")
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(why, result.stderr)
        for wire in ("http://x", "rtu://ttyUSB0", "rtu+pty://", "rtu:///dev/x?baud=1", "tcp://h:0"):
            result = support.run(support.MBPLANTCTL, "-H", wire, "status")
            self.assertEqual(result.returncode, 2)
            self.assertIn("--host", result.stderr)


class ModbusSerial(Lines):
    """modbus-serial of npm, where somebody put it: npm install --prefix build/programs/modbus-serial modbus-serial serialport"""

    SCRIPT = """
const ModbusRTU = require('modbus-serial');
const ask = async () => {
  const out = [];
  for (const [how, ...where] of JSON.parse(process.argv[1])) {
    const client = new ModbusRTU();
    await client[how](...where);
    client.setID(7);
    client.setTimeout(20000);
    out.push((await client.readHoldingRegisters(0, 1)).data);
    client.setID(1);
    await client.writeRegister(1, 99);
    await client.writeRegisters(2, [5, 6]);
    out.push((await client.readHoldingRegisters(0, 4)).data);
    await client.writeRegisters(1, [12, 13, 14]);
    await client.writeCoil(0, true);
    await new Promise((done) => client.close(done));
  }
  console.log(JSON.stringify(out));
  process.exit(0);
};
ask().catch((error) => { console.error(error); process.exit(1); });
"""

    def test_it_speaks_rtu_over_a_pty_and_over_tcp(self):
        node = support.program("node")
        homes = [root / "programs" / name / "node_modules" for root in (support.ROOT / "build", support.BUILD) for name in ("modbus-serial", "fuxa", "nodered")]
        home = next((home for home in homes if (home / "modbus-serial").is_dir() and (home / "serialport").is_dir()), None)
        if home is None:
            self.skipTest("modbus-serial is not here: npm install --prefix build/programs/modbus-serial modbus-serial serialport")
        path = self.folder / "plc"
        plant = self.plant(f"rtu+pty://{path}", "rtu+tcp://127.0.0.1:0")
        ways = [["connectRTUBuffered", str(path), {"baudRate": 19200, "parity": "even"}],
                ["connectTelnet", "127.0.0.1", {"port": plant.place("Modbus RTU over TCP")}]]
        done = support.run(node, "-e", self.SCRIPT, json.dumps(ways), environment={**support.ENVIRONMENT, "NODE_PATH": str(home)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), 2 * [[71], [11, 99, 5, 6]])


class Pymodbus(Lines):
    def test_pymodbus_speaks_rtu_over_tcp(self):
        plant = self.plant("rtu+tcp://127.0.0.1:0")
        client = outside.Client(plant.place("Modbus RTU over TCP"), framer=outside.RTU)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)
        self.assertEqual(client.read_holding_registers(0, 4, slave=1).registers, [11, 12, 13, 14])
        self.assertFalse(client.write_registers(1, [5, 6], slave=1).isError())
        self.assertEqual(client.read_holding_registers(0, 4, slave=1).registers, [11, 5, 6, 14])
        self.assertTrue(client.read_holding_registers(50, 1, slave=1).isError())


if __name__ == "__main__":
    support.main()
