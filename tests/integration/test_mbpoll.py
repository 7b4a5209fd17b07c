"""mbpoll as the client: a connection per poll, 32-bit values in CDAB unless -B asks for ABCD."""
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


if __name__ == "__main__":
    support.main()
