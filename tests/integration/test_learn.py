"""mbplantctl learn: plant files from lists of registers; each loads, and is answered at the addresses of its source."""
import pathlib
import re
import tempfile
import unittest

import outside
import support

LISTS = support.ROOT / "tests" / "data" / "learn"
COUNTS = re.compile(r"(\d+) named, (\d+) skipped, (\d+) loaded \((\d+) of them")


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


if __name__ == "__main__":
    unittest.main()
