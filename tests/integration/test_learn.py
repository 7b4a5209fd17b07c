"""mbplantctl learn: plant files from lists, models and templates, and from devices; each loads, and is answered at the
addresses of its source."""
import contextlib
import csv
import itertools
import json
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import outside
import support

LISTS = support.ROOT / "tests" / "data" / "learn"
RUNNER = support.ROOT / "tools" / "bench" / "learn"
COUNTS = re.compile(r"(\d+) named, (\d+) skipped, (\d+) loaded \((\d+) of them")


class Scanned(support.Plant):
    captured = False  # tens of thousands of requests of one kind are no matter for Wireshark


class Learning(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-learn-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plant = self.folder / "plant.yaml"

    def learn(self, *words, code=0):
        """What it says, its plant file, and the counts."""
        result = support.run(support.MBPLANTCTL, "learn", *words, "-o", self.plant)
        self.assertEqual(result.returncode, code, result.stderr)
        text = self.plant.read_text(encoding="utf-8") if self.plant.exists() else ""
        counts = COUNTS.search(result.stderr)
        return result.stderr, text, tuple(map(int, counts.groups())) if counts else None

    def list(self, text, *words, code=0, encoding="utf-8"):
        """The same of a list written here."""
        path = self.folder / "list.csv"
        path.write_bytes(text.encode(encoding))
        self.plant.unlink(missing_ok=True)
        return self.learn("csv", path, *words, code=code)

    def points(self, text):
        return [line.strip()[2:].split("}")[0] + "}" for line in text.splitlines() if line.startswith("      - ")]

    def serve(self):
        plant = self.enterContext(support.Plant(self.plant))
        client = outside.Client(plant.port)
        self.addCleanup(client.close)
        return client


class Lists(Learning):
    def test_scale_and_decimals_of_an_exported_list_are_one(self):
        source = self.folder / "source.yaml"
        scales = {"CENT": ("int16", "0.01", "ABCD"), "HALF": ("uint32", "0.5", "CDAB"), "TENS": ("uint16", "10", "ABCD"),
                  "PLAIN": ("int16", "1", "ABCD"), "REAL": ("float32", "1", "CDAB"), "FINE": ("float32", "0.1", "ABCD"), "WIDE": ("float64", "1", "ABCD")}
        source.write_text("mbplant: 1\nname: P\nunits:\n  - id: 1\n    blocks: none\n    points:\n" + "".join(
            f"      - {{at: holding {10 * n}, name: {name}, value: 0, type: {kind}, scale: {scale}, order: {order}}}\n"
            for n, (name, (kind, scale, order)) in enumerate(scales.items())), encoding="utf-8")

        def rows(plant):
            return {row["point"]: row for row in csv.DictReader(support.run(support.MBPLANTCTL, "--plant", plant, "export", "csv").stdout.splitlines())}

        exported = rows(source)
        self.assertEqual({name: exported[name]["decimals"] for name in ("CENT", "PLAIN", "REAL")}, {"CENT": "2", "PLAIN": "0", "REAL": "2"})
        path = self.folder / "list.csv"
        path.write_text(support.run(support.MBPLANTCTL, "--plant", source, "export", "csv").stdout, encoding="utf-8")
        said, _, _ = self.learn("csv", path)
        learned = rows(self.plant)
        for name, (kind, scale, order) in scales.items():
            with self.subTest(name):
                self.assertEqual([learned[name][key] for key in ("type", "scale", "order", "address")],
                                 [exported[name][key] for key in ("type", "scale", "order", "address")], said)
                self.assertEqual((learned[name]["type"], learned[name]["scale"]), (kind, scale))
        _, text, _ = self.list("address;name;type;scale;decimals\n1;A;int16;1;2\n2;B;int16;;2\n3;C;int16;0.1;2\n4;D;float32;;2\n")
        self.assertEqual([re.findall(r"scale: ([0-9.]+)", point) for point in self.points(text)], [["0.01"], ["0.01"], ["0.1"], []])

    def test_a_list_with_a_mark_semicolons_and_parts_is_read(self):
        said, text, counts = self.learn("csv", LISTS / "inverter.csv")
        self.assertEqual(counts, (11, 3, 8, 1))
        for line, why in ((12, "'D100' is no address"), (13, "'TIMESTAMPX' is no type"), (14, "ends beyond 65535")):
            self.assertRegex(said, rf"inverter\.csv:{line}: skipped: .*{why}")
        self.assertEqual(self.points(text), [
            '{at: holding 30000, name: Model, value: "", type: string(15), access: read}',
            "{at: holding 32080, name: Active_power, value: 0, type: int32, scale: 0.001, access: read}",
            "{at: holding 32085, name: Grid_frequency, value: 0, type: uint16, scale: 0.01, access: read}",
            "{at: holding 32086, name: Efficiency_now, value: 0, type: uint16, scale: 0.01, access: read}",
            "{at: holding 32096, name: Device_status, value: 0, type: uint16, access: read}",
            "{at: holding 40120, name: Limit, value: 0, type: int16, scale: 0.1}",
            "{at: holding 40200, name: Start, value: 0, type: uint16, access: write}",
        ])
        self.assertIn("# Active power, kW, also int16 Half at 32081", text)
        client = self.serve()
        self.assertFalse(client.read_holding_registers(32080, 2, slave=1).isError())
        self.assertEqual(client.read_holding_registers(40200, 1, slave=1).exception_code, 2)
        self.assertEqual(client.write_register(32085, 1, slave=1).exception_code, 2)
        self.assertFalse(client.write_register(40120, 7, slave=1).isError())
        self.assertEqual(client.read_holding_registers(40120, 1, slave=1).registers, [7])

    def test_references_function_codes_and_bits_are_understood(self):
        said, text, counts = self.learn("csv", LISTS / "meter.csv")
        self.assertEqual(counts, (9, 0, 9, 0))
        self.assertIn("references: 40001 is holding register 0", said)
        self.assertEqual(self.points(text), [
            "{at: coil 0, name: Relay, value: false}",
            "{at: discrete 0, name: Contact, value: false}",
            "{at: holding 0, name: Pulse_width, value: 0, type: uint16}",
            "{at: holding 2, name: Demand, value: 0, type: uint32}",
            "{at: holding 9, bit: 0, name: Run, value: false, access: read}",
            "{at: holding 9, bit: 5, name: Trip, value: false, access: read}",
            "{at: holding 19, name: Both, value: 0, type: int16, access: read}",
            "{at: input 19, same_as: holding 19, count: 1}",
            "{at: input 0, name: Voltage_L1, value: 0, type: float32}",
            "{at: input 2, name: Voltage_L1_2, value: 0, type: float32, order: CDAB}",
        ])
        client = self.serve()
        self.assertEqual(client.read_input_registers(0, 4, slave=1).registers, [0] * 4)
        self.assertEqual(client.read_input_registers(19, 1, slave=1).registers, [0])
        self.assertEqual(client.read_coils(0, 1, slave=1).bits[:1], [False])
        self.assertEqual(client.read_discrete_inputs(0, 1, slave=1).bits[:1], [False])

    def test_tabs_decimal_commas_and_two_columns_of_addresses(self):
        _, text, counts = self.learn("csv", LISTS / "tabs.tsv", "-u", "7")
        self.assertEqual(counts, (2, 0, 2, 0))
        self.assertIn("  - id: 7\n", text)
        self.assertEqual(self.points(text), ["{at: holding 10, name: T1, value: 0, type: int16, scale: 0.1}",
                                             "{at: holding 16, name: P1, value: 0, type: float32, order: CDAB}"])

    def test_columns_and_what_a_list_does_not_say_are_options(self):
        rows = "Reg,What,Fmt,Default\n1,A,f32,1.5\n3,B,u16,70000\n0,C,u16,\n"
        _, text, counts = self.list(rows, "--column", "address=Reg", "--column", "type=Fmt", "--column", "name=What",
                                    "--table", "input", "--order", "CDAB", "--addresses", "1")
        self.assertEqual(counts, (3, 1, 2, 0))
        self.assertEqual(self.points(text), ["{at: input 0, name: A, value: 1.5, type: float32, order: CDAB}",
                                             "{at: input 2, name: B, value: 0, type: uint16}"])

    def test_rows_of_all_kinds(self):
        cases = (
            ("Address,Name\n00A0,A\n10,B\n", "{at: holding 16, name: B, value: 0, type: uint16}"),
            ("Address,Name\n64h,A\n", "{at: holding 100, name: A, value: 0, type: uint16}"),
            ("Address,Name,Type\n7,A,Coil\n", "{at: coil 7, name: A, value: false}"),
            ("Address,Name,Bits\n7,A,64\n", "{at: holding 7, name: A, value: 0, type: uint64}"),
            ("Address,Name,Scale\n7,A,1/10\n", "{at: holding 7, name: A, value: 0, type: uint16, scale: 0.1}"),
            ("Address,Name,Scale\n7,A,/4\n", "{at: holding 7, name: A, value: 0, type: uint16, scale: 0.25}"),
            ("Address,Name,Scale\n7,A,10^-2\n", "{at: holding 7, name: A, value: 0, type: uint16, scale: 0.01}"),
            ("Address,Name,Decimals\n7,A,1\n", "{at: holding 7, name: A, value: 0, type: uint16, scale: 0.1}"),
            ("Address,Name,Scale,Value offset\n7,A,0.5,-40\n",
             "{at: holding 7, name: A, value: 0, type: uint16, scale: 0.5, offset: -40}"),
            ("Address,Name,Length\n7,A,3\n", "{at: holding 7, value: 0, type: uint16, count: 3}"),
            ("Address,Name,Bit\n7,A,4\n", "{at: holding 7, bit: 4, name: A, value: false}"),
            ("Register,Description\n7,Ein Wert\n", "{at: holding 7, name: Ein_Wert, value: 0, type: uint16}"),
        )
        for rows, wanted in cases:
            with self.subTest(rows):
                self.assertIn(wanted, self.points(self.list(rows)[1]))

    def test_headings_in_french_and_german_with_accents_and_without(self):
        wanted = ["{at: holding 3, name: Pression, value: 0, type: int16, scale: 0.1}   # bar"]
        for heading, cells in (("Adresse;Nom;Type;Echelle;Unite", "3;Pression;INT16;0,1;bar"), ("Adresse;Nom;Type;Échelle;Unité", "3;Pression;INT16;0,1;bar"),
                               ("Registre;Repère;Type;Facteur d'échelle;Unité;Accès", "3;Pression;INT16;0,1;bar;RW"),
                               ("Adresse;Mnémonique;Type de données;Nombre de registres;Diviseur;Unités", "3;Pression;INT16;1;10;bar"),
                               ("Adresse;Bezeichnung;Datentyp;Auflösung;Einheit", "3;Pression;INT16;0,1;bar"),
                               ("Register;Name;Typ;Länge;Nachkommastellen;Einheit", "3;Pression;INT16;1;1;bar")):
            with self.subTest(heading):
                said, text, counts = self.list(f"{heading}\n{cells}\n")
                self.assertEqual(counts, (1, 0, 1, 0), said)
                self.assertEqual([line.strip()[2:] for line in text.splitlines() if line.startswith("      - ")], wanted)
                self.assertNotIn("is not used", said)

    def test_columns_that_are_not_used_are_told_once_with_how_to_use_them(self):
        said, text, _ = self.list("Adresse;Nom;Type;Zoom;Unit x;Addr hex;Factor;Multiplier\n3;P;INT16;0,1;bar;0x3;1;2\n"
                                  "Adresse;Nom;Type;Zoom;Unit x;Addr hex;Factor;Multiplier\n4;Q;INT16;0,1;bar;0x4;1;2\n")
        path = self.folder / "list.csv"
        self.assertEqual([line for line in said.splitlines() if "is not used" in line],
                         [f"{path}:1: column 'Zoom' is not used: --column label=Zoom", f"{path}:1: column 'Multiplier' is not used: --column scale=Multiplier"])
        said, text, _ = self.list("Adresse;Nom;Type;Mon zoom\n3;P;INT16;0,1\n")
        told = re.search(r"column 'Mon zoom' is not used: --column '(.*)'", said)
        self.assertEqual(told[1], "scale=Mon zoom")
        self.assertNotIn("scale", text)
        said, text, _ = self.list("Adresse;Nom;Type;Mon zoom\n3;P;INT16;0,1\n", "--column", told[1])
        self.assertNotIn("is not used", said)
        self.assertIn("scale: 0.1", text)

    def test_row_without_an_address_is_skipped_with_its_line_and_a_heading_of_a_part_is_not(self):
        said, _, counts = self.list("Address;Name;Type;Scale;Unit\n3;P;INT16;1;bar\n;empty;INT16;;\n;Part two;;;\n;;;;\n4;Q;INT16;1;bar\n")
        self.assertEqual(counts, (3, 1, 2, 0), said)
        self.assertEqual(re.findall(r"list\.csv:(\d+): skipped: (.*)", said), [("3", "it has no address")])

    def test_other_encodings(self):
        for encoding in ("utf-16", "latin-1"):
            with self.subTest(encoding):
                _, text, _ = self.list("Address;Name;Unit\n5;Temp;°C\n", encoding=encoding)
                self.assertIn("{at: holding 5, name: Temp, value: 0, type: uint16}   # °C", text)

    def test_bad_lists_are_told_and_nothing_is_written(self):
        cases = (("", "no row names its columns"), ("a,b\n1,2\n", "no row names its columns"),
                 ("Address,Name\nx1,y\n", "no point is left to write: 1 named, 1 skipped"),
                 ("Address,Name,Scale\n1,y,0\n", "a scale of 0"), ("Address,Name,Bit\n1,y,16\n", "bit 16"),
                 ("Address,Name\n70000,y\n", "address 70000 is beyond 65535"),
                 ("Address,Name,Type,Unit\n,y,u16,V\n", "it has no address"))
        for rows, why in cases:
            with self.subTest(rows):
                said, text, _ = self.list(rows, code=1)
                self.assertIn(why, said)
                self.assertEqual(text, "")

    def test_bad_words_are_told(self):
        for words, why in ((("what",), "no source 'what'"), (("csv",), "usage: mbplantctl learn csv FILE"),
                           (("csv", "/nowhere.csv"), "cannot be read"), (("csv", "x", "--column", "a=b"), "ROLE=HEADING"),
                           (("csv", "x", "--column", "a"), "ROLE=HEADING"), (("csv", "x", "--table", "a"), "coil, discrete"),
                           (("csv", "x", "--order", "a"), "ABCD, CDAB"), (("csv", "x", "--addresses", "2"), "auto, 0, 1"),
                           (("csv", "x", "--output", ""), "a file")):
            with self.subTest(words):
                self.assertIn(why, self.learn(*words, code=2)[0])

    def test_a_file_that_is_there_is_not_written_over(self):
        self.plant.write_text("mine", encoding="ascii")
        said, text, _ = self.learn("csv", LISTS / "tabs.tsv", code=2)
        self.assertIn("never overwritten", said)
        self.assertEqual(text, "mine")


class Models(Learning):
    MODEL = LISTS / "model_64001.json"

    def test_models_are_a_chain_that_is_read_from_its_mark_to_its_end(self):
        _, text, counts = self.learn("sunspec", self.MODEL, self.MODEL)
        self.assertEqual(counts, (32, 0, 32, 0))
        self.assertIn("# Power, W, x 10^W_SF", text)
        client = self.serve()
        words = lambda at, count: client.read_holding_registers(at, count, slave=1).registers
        self.assertEqual(words(40000, 2), [0x5375, 0x6E53])
        at = 40002
        for _ in range(2):
            self.assertEqual(words(at, 2), [64001, 34])
            self.assertEqual(words(at + 7, 1), [1])              # an enum: its first symbol
            self.assertEqual(words(at + 28, 2), [1, 0x8000])     # what counts a group, a pad
            self.assertEqual(words(at + 2, 34), words(at, 36)[2:])
            at += 36
        self.assertEqual(words(at, 2), [0xFFFF, 0])
        self.assertFalse(client.write_register(40010, 5, slave=1).isError())
        self.assertEqual(client.write_register(40009, 5, slave=1).exception_code, 2)

    def test_what_is_no_model_is_told_and_the_rest_is_written(self):
        bad = {"no.json": "{", "group.json": "{}", "first.json": '{"group": {"points": [{"name": "L"}]}}',
               "size.json": '{"group": {"points": [{"name": "ID", "value": 5, "size": 1}, {"name": "L", "size": -1}]}}',
               "long.json": '{"group": {"points": [{"name": "ID", "value": 5, "size": 1}, {"name": "L", "size": 1}],'
                            ' "groups": [{"count": 60000, "points": [{"name": "X", "size": 1}]}]}}',
               "deep.json": '{"group": {"points": [{"name": "ID", "value": 5, "size": 1}, {"name": "L", "size": 1}], "groups": ['
                            + '{"groups": [' * 12 + "]}" * 12 + "]}}"}
        for name, text in bad.items():
            (self.folder / name).write_text(text, encoding="ascii")
        said, text, counts = self.learn("sunspec", *(self.folder / name for name in bad), self.MODEL)
        for name, why in (("no", "it is no JSON"), ("group", "it is no model"), ("first", "it is no model"),
                          ("size", "does not fit"), ("long", "does not fit"), ("deep", "does not fit")):
            self.assertRegex(said, rf"{name}\.json: skipped: .*{why}")
        self.assertEqual(counts[2], 16)
        self.plant.unlink()
        self.assertIn("no model is left", self.learn("sunspec", self.folder / "no.json", code=1)[0])
        self.assertIn("cannot be read", self.learn("sunspec", "/nowhere", code=2)[0])

    def test_a_point_whose_size_is_not_its_types_is_plain_registers(self):
        path = self.folder / "odd.json"
        path.write_text('{"group": {"points": [{"name": "ID", "value": 5, "type": "uint16", "size": 1}, {"name": "L", "type": '
                        '"uint16", "size": 1}, {"name": "F", "type": "float32", "size": 3}, {"name": "U", "type": "what", '
                        '"size": 1}]}}', encoding="ascii")
        text = self.learn("sunspec", path)[1]
        self.assertIn("{at: holding 40004, value: 0, type: uint16, count: 3, access: read}   # float32", text)
        self.assertIn("{at: holding 40007, name: M5_U, value: 0, type: uint16, access: read}   # what", text)


class Templates(Learning):
    def test_registers_of_all_branches_are_read(self):
        said, text, counts = self.learn("evcc", LISTS / "template.yaml", "-u", "3")
        self.assertEqual(counts, (9, 2, 7, 1))
        self.assertRegex(said, r"template\.yaml:46: skipped: its address is a parameter")
        self.assertRegex(said, r"template\.yaml:52: skipped: 'timestamp' is no type")
        self.assertIn("1 of its values are points of SunSpec models", said)
        self.assertEqual(self.points(text), [
            "{at: coil 7, name: enabled, value: false, access: read}",
            "{at: holding 40, name: limit, value: 0, type: uint16, scale: 10}",
            "{at: holding 12288, name: energy, value: 0, type: float32, scale: 0.001, access: read}",
            "{at: holding 12290, name: energy_2, value: 0, type: float32, scale: 0.001, access: read}",
            "{at: input 5638, name: capacity, value: 0, type: uint16, scale: 0.01}",
            "{at: input 13009, name: Export_power, value: 0, type: int32, order: CDAB, scale: -1}",
        ])
        self.assertIn("also int16 currents", text)
        client = self.serve()
        self.assertEqual(client.read_input_registers(13009, 2, slave=3).registers, [0, 0])

    def test_bad_templates_are_told(self):
        path = self.folder / "bad.yaml"
        for text, why in (("", "no point is left"), ("render: |\n  a:\n    register:\n      address: 70000\n", "is beyond 65535"),
                          ("a:\n  register:\n    address: 1\n    type: file\n", "'file' is no type of a register")):
            with self.subTest(text):
                path.write_text(text, encoding="ascii")
                self.assertIn(why, self.learn("evcc", path, code=1)[0])
        path.write_bytes(b"\n" * (1 << 20) + b"\n")
        self.assertIn("no template is", self.learn("evcc", path, code=2)[0])
        self.assertIn("cannot be read", self.learn("evcc", "/nowhere", code=2)[0])


class Folders(Learning):
    """The runner for whole sets."""

    def test_a_folder_is_learnt_served_and_read(self):
        for kind, code, wanted in (("sunspec", 0, "1 files of 1 name points: 16 named, 0 skipped, 16 loaded (0 at registers of others), 16 answered: 100.0 %"),
                                   ("csv", 1, "3 files of 3 name points: 22 named, 3 skipped, 19 loaded (1 at registers of others), 19 answered: 86.4 %"),
                                   ("evcc", 1, "1 files of 1 name points: 9 named, 2 skipped, 7 loaded (1 at registers of others), 7 answered: 77.8 %; "
                                               "1 values are points of SunSpec models, without an address")):
            with self.subTest(kind):
                done = support.run(sys.executable, RUNNER, kind, LISTS, "--build-dir", support.BUILD, "--list")
                self.assertEqual(done.stdout.splitlines()[-1], wanted, done.stderr)
                self.assertEqual(done.returncode, code)
        self.assertEqual(support.run(sys.executable, RUNNER, "csv", self.folder, "--build-dir", support.BUILD).returncode, 2)


class Device:
    """A Modbus slave on a port of its own. answer(PDU) gives its PDU, None for silence, or bytes of no frame behind b"!"."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(wire,), daemon=True).start()

    def talk(self, wire):
        with wire, contextlib.suppress(OSError):
            while len(head := wire.recv(7, socket.MSG_WAITALL)) == 7:
                pdu = wire.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL)
                self.asked.append(pdu)
                reply = self.answer(pdu)
                if reply is not None and reply[:1] == b"!":
                    wire.sendall(reply[1:])
                elif reply is not None:
                    wire.sendall(head[:4] + struct.pack(">H", len(reply) + 1) + head[6:] + reply)

    def close(self):
        self.listener.close()


def refusal(pdu, code):
    return bytes([pdu[0] | 0x80, code])


def registers(words, table=3):
    """What answers as a device that has these words, {address: word}, in one table and nothing else."""
    def answer(pdu):
        if pdu[0] != table:
            return refusal(pdu, 2)
        at, count = struct.unpack(">HH", pdu[1:5])
        if any(address not in words for address in range(at, at + count)):
            return refusal(pdu, 2)
        return bytes([table, 2 * count]) + b"".join(struct.pack(">H", words[address]) for address in range(at, at + count))
    return answer


class Scanning(Learning):
    FAST = ("--rate", "1000000", "--for", "1s", "--timeout", "60s")

    def scan(self, port, *words, code=0):
        said, text, _ = self.learn("scan", "-H", f"127.0.0.1:{port}", *(words or self.FAST), code=code)
        return said, self.points(text)

    def device(self, answer):
        device = Device(answer)
        self.addCleanup(device.close)
        return device


class Devices(Scanning):
    """Each device of config/devices, learnt while it stands still, and then both asked the same."""

    def declared(self, plant):
        shown = json.loads(support.run(support.MBPLANTCTL, "--plant", plant, "map", "--format", "json", check=True).stdout)
        codes = {"coils": 1, "discrete_inputs": 2, "holding_registers": 3, "input_registers": 4}
        return {(codes[point["table"]], point["address"] + n) for point in shown if point["table"] in codes
                and point["unit_id"] != 247 for n in range(17)}  # and what lies behind each

    def ask(self, wire, unit, pdu):
        wire.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, unit) + pdu)
        head = wire.recv(7, socket.MSG_WAITALL)
        return wire.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL)

    def learn_device(self, name, unit, *areas):
        original = self.folder / "original.yaml"
        text = (support.ROOT / "config" / "devices" / f"{name}.yaml").read_text(encoding="utf-8")
        original.write_text(text if "instructor:" in text else text + "\ninstructor: true\n", encoding="utf-8")
        device = self.enterContext(Scanned(original))
        device.ctl("sim", "pause")
        self.plant.unlink(missing_ok=True)
        self.scan(device.port, *areas, "-u", str(unit), *self.FAST)
        copy = self.enterContext(Scanned(self.plant))
        addresses = sorted((function, at) for function, at in self.declared(original) | self.declared(self.plant) if at < 65536)
        self.assertGreater(len(addresses), 17)
        with socket.create_connection(("127.0.0.1", device.port)) as first, socket.create_connection(("127.0.0.1", copy.port)) as second:
            for function, at in addresses:
                question = struct.pack(">BHH", function, at, 1)
                self.assertEqual(self.ask(second, unit, question), self.ask(first, unit, question), f"{name}: FC {function} at {at}")
            for code, first_object in ((1, 0), (3, 0x80)):
                question = bytes([43, 14, code, first_object])
                self.assertEqual(self.ask(second, unit, question)[6:], self.ask(first, unit, question)[6:])

    def test_each_is_answered_byte_for_byte(self):
        for name in sorted(path.stem for path in (support.ROOT / "config" / "devices").glob("*.yaml")):
            with self.subTest(name):
                areas = ("hr:0x4000-0x7FFF", "--thorough") if name == "energy64" else ()
                self.learn_device(name, 50 if name == "wallbox" else 1, *areas)

    def test_what_moves_tells_what_it_is(self):
        meter = self.enterContext(Scanned(support.ROOT / "config" / "devices" / "meter.yaml"))
        self.learn("scan", "ir:0-100", "-H", f"127.0.0.1:{meter.port}", "--rate", "1000000", "--for", "3s")
        text = self.plant.read_text(encoding="utf-8")
        self.assertRegex(text, r"at: input 0, value: 2[\d.]+, type: float32}   # sure a float32: it moved \d+ times, from 2")
        self.assertRegex(text, r"at: input 30, value: 0.95, type: float32}   # likely a float32")
        self.assertIn('"0x01": "SDM630"', text)


class Trouble(Scanning):
    """Devices that are not as they should be: one clear error, and what was learnt until then."""

    def test_a_device_that_falls_silent_loses_nothing(self):
        known = registers(dict(enumerate(range(100, 110))))
        device = self.device(lambda pdu: None if pdu[0] == 4 else known(pdu))
        said, points = self.scan(device.port, "--rate", "1000000", "--timeout", "50ms", code=1)
        self.assertIn("{at: holding 0, value: 100, type: uint16}", points)
        self.assertEqual(len(points), 10)
        self.assertEqual(said.count("mbplantctl:"), 1, said)
        self.assertIn("unit 1: no answer within 50ms; what was learnt until then is written", said)

    def test_junk_and_closed_connections_are_told(self):
        for answer, why in ((lambda pdu: b"!" + b"junk" * 80, "reply|Modbus|answer|transaction"), (lambda pdu: None, "no answer within 50ms"),
                            (lambda pdu: refusal(pdu, 11), r"there is no such unit \(exception 0B\)"),
                            (lambda pdu: refusal(pdu, 6), r"it is busy again and again \(exception 06\)"),
                            (lambda pdu: refusal(pdu, 0), "reply does not fit"), (lambda pdu: pdu, "reply does not fit"),
                            (lambda pdu: refusal(pdu, 1), "no address of unit 1 answers")):
            with self.subTest(why):
                said, points = self.scan(self.device(answer).port, "--rate", "1000000", "--timeout", "50ms", code=1)
                self.assertEqual(said.count("mbplantctl:"), 1, said)
                self.assertRegex(said, why)
                self.assertEqual(points, [])

    def test_an_exception_that_the_specification_has_not_is_a_refusal_and_is_told(self):
        for code in (9, 12, 77, 255):
            with self.subTest(code):
                known = registers({7: 1, 8: 2})
                self.plant.unlink(missing_ok=True)
                device = self.device(lambda pdu: refusal(pdu, code) if known(pdu)[0] > 127 else known(pdu))
                said, points = self.scan(device.port, "hr:0-50", *self.FAST)
                self.assertEqual(points, ["{at: holding 7, value: 1, type: uint16}", "{at: holding 8, value: 2, type: uint16}"])
                self.assertIn(f"it refuses with exception {code:02X}, which the specification does not have", said)
        self.plant.unlink()
        nothing = self.device(lambda pdu: refusal(pdu, 255))
        said, points = self.scan(nothing.port, "--rate", "1000000", code=1)
        self.assertIn("exception FF, which the specification does not have", said)
        self.assertIn("no address of unit 1 answers", said)
        self.assertEqual(points, [])

    def test_nobody_there_and_bad_words_are_told(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else gets it
            self.assertIn("cannot connect", self.scan(closed.getsockname()[1], code=1)[0])
        for words, why in ((("scan", "xx:5"), "xx:5"), (("scan", "--rate", "0"), "1..1000000")):
            result = support.run(support.MBPLANTCTL, "learn", *words, "-H", f"127.0.0.1:{self.device(registers({})).port}")
            self.assertEqual(result.returncode, 2)
            self.assertIn(why, result.stderr)

    def test_a_device_that_is_busy_now_and_then_is_asked_again(self):
        known = registers({7: 1, 8: 2})
        count = itertools.count()
        device = self.device(lambda pdu: refusal(pdu, 6) if next(count) % 3 == 0 else known(pdu))
        _, points = self.scan(device.port, "hr:0-50", *self.FAST)
        self.assertEqual(points, ["{at: holding 7, value: 1, type: uint16}", "{at: holding 8, value: 2, type: uint16}"])

    def test_tables_that_are_refused_are_said_and_only_reads_go_out(self):
        known = registers({40: 9}, table=4)
        device = self.device(lambda pdu: refusal(pdu, 1) if pdu[0] in (1, 2, 3) else known(pdu))
        self.scan(device.port)
        text = self.plant.read_text(encoding="utf-8")
        self.assertIn("    answer: {functions: [4, 20, 43]}\n", text)
        self.assertIn("{at: input 40, value: 9, type: uint16}", text)
        self.assertLessEqual({pdu[0] for pdu in device.asked}, {1, 2, 3, 4, 43})

    def test_a_device_of_short_answers_and_wide_values_is_learnt(self):
        words = {at: at for at in range(300, 380)}
        known = registers(words)
        wide = {at: 7 for at in range(1001, 1003)}

        def answer(pdu):
            if pdu[0] == 3 and struct.unpack(">H", pdu[3:5])[0] > 16:
                return refusal(pdu, 3)
            if pdu[0] == 3 and struct.unpack(">HH", pdu[1:5]) == (1001, 2):
                return registers(wide)(pdu)
            return known(pdu)
        _, points = self.scan(self.device(answer).port, "hr:0-1100", "--thorough", *self.FAST)
        self.assertEqual(len(points), 82)
        self.assertIn("{at: holding 379, value: 379, type: uint16}", points)
        self.assertIn("{at: holding 1002, value: 7, type: uint16}", points)

    def test_a_device_that_answers_any_address_has_a_gap(self):
        def answer(pdu):
            if pdu[0] > 4 or pdu[0] < 3:
                return refusal(pdu, 1)
            count = struct.unpack(">H", pdu[3:5])[0]
            at = struct.unpack(">H", pdu[1:3])[0]
            return bytes([pdu[0], 2 * count]) + b"".join(b"\0\5" if at + n == 70 else b"\0\0" for n in range(count))
        said, points = self.scan(self.device(answer).port)
        self.assertIn("holding 71..65535 all show 0 and are left out", said)
        self.assertIn("{at: holding 70, value: 5, type: uint16}", points)
        self.assertIn("    gaps: 0\n", self.plant.read_text(encoding="utf-8"))

    def test_an_identification_that_lies_is_none(self):
        for reply in (bytes([43, 14, 1, 1, 0, 0, 9, 0, 200, 65]), bytes([43, 14, 1]), bytes([43, 14, 1, 1, 0xFF, 0, 0])):
            with self.subTest(reply):
                known = registers({1: 1})
                self.plant.unlink(missing_ok=True)
                self.scan(self.device(lambda pdu: reply if pdu[0] == 43 else known(pdu)).port, "hr:0-5", *self.FAST)
                self.assertNotIn("identity", self.plant.read_text(encoding="utf-8"))

    def test_an_interrupt_writes_what_was_learnt(self):
        known = registers({0: 11, 1: 12})
        reached = threading.Event()

        def answer(pdu):
            if pdu[0] == 4:
                reached.set()
            return known(pdu)
        device = self.device(answer)
        process = subprocess.Popen([support.MBPLANTCTL, "learn", "scan", "-H", f"127.0.0.1:{device.port}", "--rate", "1000000", "--timeout",
                                    "60s", "--for", "1h", "-o", self.plant], stderr=subprocess.PIPE, text=True, env=support.ENVIRONMENT)
        self.assertTrue(reached.wait(support.PATIENCE_S))
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=support.PATIENCE_S)[1]
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("interrupted; what was learnt until then is written", said)
        self.assertIn("{at: holding 0, value: 11, type: uint16}", self.plant.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
