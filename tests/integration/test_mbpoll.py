"""mbpoll as the client: a connection per poll, 32-bit values in CDAB unless -B asks for ABCD."""
import csv
import io
import json
import re
import shlex
import tempfile
import unittest

import support

# Where types.yaml puts them, and what stands there.
I16_AT, U16_AT = 0, 1
I32_ABCD_AT, I32_CDAB_AT = 2, 4
U32_ABCD_AT, U32_CDAB_AT = 10, 12
F32_ABCD_AT, F32_CDAB_AT = 18, 20
RAW_AT = 3000
COILS_AT, COILS = 3500, [1, 0, 1, 1, 0, 0, 1, 0, 1, 1]
DISCRETE_AT, DISCRETE = 5000, [0, 1, 1, 0, 1]
INPUT_AT, INPUT = 7000, [100, 200, 300]


class Mbpoll(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        support.program("mbpoll")
        cls.plant = cls.enterClassContext(support.Plant("types.yaml"))

    def read(self, address, *options, count=1):
        """The texts of count values from address."""
        values = support.mbpoll_values(self.plant.mbpoll("-r", address, "-c", count, *options, check=True))
        self.assertEqual(len(values), count)
        return [values[key] for key in sorted(values)]

    def test_int16_negative_is_shown_with_its_sign(self):
        self.assertEqual(self.read(I16_AT, "-t", "4"), [f"{65536 - 1234} (-1234)"])

    def test_uint16_is_shown_whole(self):
        self.assertEqual(self.read(U16_AT, "-t", "4")[0].split()[0], "54321")

    def test_int32_needs_big_endian_option_for_abcd_only(self):
        self.assertEqual(self.read(I32_CDAB_AT, "-t", "4:int"), ["-123456789"])
        self.assertEqual(self.read(I32_ABCD_AT, "-t", "4:int", "-B"), ["-123456789"])
        self.assertNotEqual(self.read(I32_ABCD_AT, "-t", "4:int"), ["-123456789"])

    def test_uint32_arrives_with_all_its_bits(self):
        for address, options in ((U32_CDAB_AT, []), (U32_ABCD_AT, ["-B"])):
            shown = int(self.read(address, "-t", "4:int", *options)[0])
            self.assertEqual(shown % 2**32, 3000000001)  # mbpoll has no unsigned 32-bit format

    def test_float32_needs_big_endian_option_for_abcd_only(self):
        self.assertAlmostEqual(float(self.read(F32_CDAB_AT, "-t", "4:float")[0]), -273.15625, places=2)
        self.assertAlmostEqual(float(self.read(F32_ABCD_AT, "-t", "4:float", "-B")[0]), -273.15625, places=2)

    def test_bits_and_input_registers_read_the_declared_values(self):
        self.assertEqual(self.read(COILS_AT, "-t", "0", count=10), [str(bit) for bit in COILS])
        self.assertEqual(self.read(DISCRETE_AT, "-t", "1", count=5), [str(bit) for bit in DISCRETE])
        self.assertEqual(self.read(INPUT_AT, "-t", "3", count=3), [str(value) for value in INPUT])

    def test_write_of_one_and_of_many_registers_reads_back(self):
        self.plant.mbpoll("-r", RAW_AT, "-t", "4", "write", 4711)
        self.assertEqual(self.read(RAW_AT, "-t", "4"), ["4711"])
        self.plant.mbpoll("-r", RAW_AT, "-t", "4", "write", 1, 2, 3)
        self.assertEqual(self.read(RAW_AT, "-t", "4", count=3), ["1", "2", "3"])

    def test_write_of_a_float_reads_back(self):
        self.plant.mbpoll("-r", F32_CDAB_AT, "-t", "4:float", "write", 12.5)
        self.assertEqual(float(self.read(F32_CDAB_AT, "-t", "4:float")[0]), 12.5)

    def test_write_of_coils_reads_back(self):
        turned = [1 - bit for bit in COILS]
        self.plant.mbpoll("-r", COILS_AT, "-t", "0", "write", *turned)
        self.assertEqual(self.read(COILS_AT, "-t", "0", count=10), [str(bit) for bit in turned])
        self.plant.mbpoll("-r", COILS_AT, "-t", "0", "write", *COILS)

    def test_undeclared_address_is_refused_in_words(self):
        result = self.plant.mbpoll("-r", RAW_AT + 4, "-t", "4", check=False)
        self.assertIn("Illegal data address", result.stdout + result.stderr)


def whole(value, count):
    """A whole number as words, the high one first."""
    return [value >> 16 * word & 0xFFFF for word in reversed(range(count))]


def digits(value, count, base):
    """A number as words of four decimal digits each, written in this base."""
    return [int(part, base) for part in (f"{value:0{4 * count}d}"[4 * word:4 * word + 4] for word in range(count))]


# Of each type a value, and its words in the order ABCD.
TYPES = {"int16": (-5, whole(-5, 1)), "uint16": (54321, whole(54321, 1)), "int32": (-70000, whole(-70000, 2)),
         "uint32": (3000000001, whole(3000000001, 2)), "int64": (-5, whole(-5, 4)), "uint64": (2**63 + 1, whole(2**63 + 1, 4)),
         "float32": (-2.5, [0xC020, 0]), "float64": (-2.5, [0xC004, 0, 0, 0]), "bool": (1, [1]), "int8": (-5, [0xFB]), "uint8": (200, [200]),
         "int24": (-70000, whole(-70000 % 2**24, 2)), "uint24": (70000, whole(70000, 2)), "int48": (-5, whole(-5 % 2**48, 3)),
         "uint48": (2**40, whole(2**40, 3)), "bcd16": (1234, digits(1234, 1, 16)), "bcd32": (12345678, digits(12345678, 2, 16)),
         "mod10k(1)": (1234, [1234]), "mod10k(2)": (12345678, digits(12345678, 2, 10)), "mod10k(3)": (123456789012, digits(123456789012, 3, 10)),
         "mod10k(4)": (1234567890123456, digits(1234567890123456, 4, 10)), "string": ("abcde", [0x6162, 0x6364, 0x6500])}
ORDERS = {"ABCD": (False, False), "CDAB": (True, False), "BADC": (False, True), "DCBA": (True, True)}  # words, bytes turned
PARTS = ["{at: holding 0, tag: T, type: bool, bit: 3}", "{at: holding 1, name: LOW, value: -5, type: int8, byte: low}",
         "{at: holding 1, name: HIGH, value: 7, type: uint8, byte: high}", "{at: holding 2, name: ONLY, value: 0, access: write}",
         "{at: coil 0, name: SWITCH, value: true, type: bool}"]


def in_order(words, order):
    turn_words, turn_bytes = ORDERS[order]
    words = list(reversed(words)) if turn_words else words
    return [word >> 8 | (word & 0xFF) << 8 for word in words] if turn_bytes else words


class Mapped(unittest.TestCase):
    """The commands that `map` prints, run as they are."""

    @classmethod
    def setUpClass(cls):
        support.program("mbpoll")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        points, at, cls.of = [*PARTS], 100, {}
        for kind, (value, words) in TYPES.items():
            for order in ORDERS:
                said = "string(3)" if kind == "string" else kind
                name = f"{kind.partition('(')[0]}_{len(words)}_{order}"
                points.append(f"{{at: holding {at}, name: {name}, value: {json.dumps(value)}, type: {said}, order: {order}}}")
                cls.of[name] = (kind, value, in_order(words, order))
                at += len(words)
        with open(f"{folder}/all.yaml", "w", encoding="utf-8") as file:
            file.write("mbplant: 1\nname: All\nunits:\n  - id: 1\n    machines: [{name: M1}]\n    sensors: [{name: T, register: {type: bool, at: 90}}]\n"
                       "    points:\n" + "".join(f"      - {point}\n" for point in points))
        cls.plant = cls.enterClassContext(support.Plant(f"{folder}/all.yaml"))
        rows = csv.DictReader(io.StringIO(cls.plant.ctl("map", "--format", "csv")))
        cls.rows = {row["point"]: row for row in rows if row["point"] != "T" or row["address"] == "0"}

    def shown(self, name):
        """What the command of a point shows, as texts."""
        result = support.run(*shlex.split(self.rows[name]["mbpoll"]), check=True)
        return [value for _, value in sorted(support.mbpoll_values(result).items())]

    def test_every_type_in_every_order_is_shown_as_its_value_or_as_its_words_in_hex(self):
        table = (support.ROOT / "src/model/types.c").read_text(encoding="utf-8").partition("}")[0]
        self.assertEqual({kind.replace("(", "").replace(")", "").upper() for kind in TYPES}, set(re.findall(r"\[MBP_(\w+)\] = \d", table)))
        for name, (kind, value, words) in self.of.items():
            with self.subTest(name):
                shown = self.shown(name)
                if shown[0].startswith("0x"):
                    self.assertEqual([int(word, 16) for word in shown], words)
                else:
                    self.assertEqual(len(shown), 1)
                    number = float(shown[0].rpartition("(")[2].rstrip(")") if kind == "int16" else shown[0].split()[0])
                    self.assertEqual(number, value)

    def test_what_mbpoll_knows_is_shown_as_its_value(self):
        for name in ("int16_1_ABCD", "uint16_1_CDAB", "int32_2_ABCD", "int32_2_CDAB", "float32_2_ABCD", "float32_2_CDAB", "uint24_2_ABCD",
                     "bool_1_ABCD", "uint8_1_ABCD", "mod10k_1_ABCD"):
            with self.subTest(name):
                self.assertFalse(self.shown(name)[0].startswith("0x"))

    def test_part_of_a_register_is_shown_in_hex_with_the_rest_of_it(self):
        for name, word in (("LOW", 0x07FB), ("HIGH", 0x07FB), ("T", 0)):
            with self.subTest(name):
                self.assertEqual(self.shown(name), [f"0x{word:04X}"])

    def test_what_is_only_written_has_no_command(self):
        self.assertEqual((self.rows["ONLY"]["access"], self.rows["ONLY"]["mbpoll"]), ("write", ""))
        self.assertRegex(self.plant.ctl("map", "ONLY").splitlines()[1], r" -$")
        self.assertRegex(self.plant.ctl("map", "ONLY", "--format", "markdown"), r"\| - *\|\n$")

    def test_coils_are_read_in_every_format_and_no_machine_is_asked_for_anything(self):
        command = self.rows["M1.en_panne"]["mbpoll"]
        self.assertEqual(self.shown("SWITCH"), ["1"])
        for name in ("M1.en_panne", "SWITCH", "M1.acknowledge"):
            for form in ("text", "markdown"):
                with self.subTest(name=name, form=form):
                    line = next(line for line in self.plant.ctl("map", name, "--format", form).splitlines() if name in line)
                    self.assertTrue(line.rstrip(" |").endswith(self.rows[name]["mbpoll"]), line)
        self.assertEqual(self.shown("M1.en_panne"), ["0"])
        self.assertEqual(json.loads(self.plant.ctl("map", "M1.en_panne", "--format", "json"))[0]["mbpoll"], command)


if __name__ == "__main__":
    support.main()
