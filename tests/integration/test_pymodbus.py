"""Debian's pymodbus as the client: every type and word order, writes, every function it knows, exceptions."""
import asyncio
import struct
import unittest
import zlib

import outside
import support

# What tests/data/integration/types.yaml says stands in unit 1: type -> value, in the file's order.
ONE_WORD = {"16bit_int": -1234, "16bit_uint": 54321}
MANY_WORDS = {
    "32bit_int": -123456789,
    "32bit_uint": 3000000001,
    "32bit_float": -273.15625,
    "64bit_int": -1234567890123,
    "64bit_uint": 8765432109876543,
    "64bit_float": 2.718281828459045,
}
# Word order of the plant file -> (bytes within a word, words)
ORDERS = {
    "ABCD": (outside.BIG, outside.BIG),
    "CDAB": (outside.BIG, outside.LITTLE),
    "BADC": (outside.LITTLE, outside.BIG),
    "DCBA": (outside.LITTLE, outside.LITTLE),
}
COILS_AT, COILS = 3500, [True, False, True, True, False, False, True, False, True, True]
DISCRETE_AT, DISCRETE = 5000, [False, True, True, False, True]
RAW_AT, RAW = 3000, [1, 2, 3, 0xBEEF]
READ_ONLY_AT = 3010
INPUT_AT, INPUT = 7000, [100, 200, 300]
I16_AT, I32_AT, F32_AT = 0, 2, 18


def typed_points():
    """(address, words, pymodbus's type, order, value) of every sensor in types.yaml."""
    address = 0
    for kind, value in ONE_WORD.items():
        yield address, 1, kind, "ABCD", value
        address += 1
    for kind, value in MANY_WORDS.items():
        words = int(kind[:2]) // 16
        for order in ORDERS:
            yield address, words, kind, order, value
            address += words


def decode(registers, kind, order):
    return outside.decode(registers, kind, *ORDERS[order])


def encode(value, kind, order):
    return outside.encode(value, kind, *ORDERS[order])


class Pymodbus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plant = cls.enterClassContext(support.Plant("types.yaml"))
        cls.client = outside.Client(cls.plant.port)
        assert cls.client.connect()
        cls.addClassCleanup(cls.client.close)

    def assert_exception(self, response, code):
        self.assertTrue(response.isError(), response)
        self.assertEqual(response.exception_code, code)

    def holding(self, address, count):
        response = self.client.read_holding_registers(address, count, slave=1)
        self.assertFalse(response.isError(), response)
        return response.registers

    def test_read_each_type_and_order_gives_the_base_value(self):
        for address, words, kind, order, value in typed_points():
            with self.subTest(kind=kind, order=order):
                self.assertEqual(decode(self.holding(address, words), kind, order), value)

    def test_read_of_many_sensors_at_once_gives_the_same_words(self):
        together = self.holding(0, 74)
        for address, words, _, _, _ in typed_points():
            self.assertEqual(together[address:address + words], self.holding(address, words))

    def test_write_of_each_multi_word_type_reads_back_at_once(self):
        for address, words, kind, order, value in typed_points():
            if words == 1:
                continue
            with self.subTest(kind=kind, order=order):
                wanted = encode(value / 2 if "float" in kind else abs(value) // 2, kind, order)
                self.assertFalse(self.client.write_registers(address, wanted, slave=1).isError())
                self.assertEqual(self.holding(address, words), wanted)
                self.release(address)

    def release(self, address):
        """Writes 0 to the forced coil of the sensor at address and waits for its own value."""
        index, point = next((i, p) for i, p in enumerate(typed_points()) if p[0] == address)
        self.assertFalse(self.client.write_coil(1000 + index, False, slave=1).isError())
        support.eventually(lambda: decode(self.holding(address, point[1]), point[2], point[3]) == point[4],
                           f"sensor {index} shows its own value again")

    def test_write_single_register_negative_reads_back_and_forces(self):
        self.assertFalse(self.client.write_register(I16_AT, 0x10000 - 55, slave=1).isError())
        self.assertEqual(decode(self.holding(I16_AT, 1), "16bit_int", "ABCD"), -55)
        support.eventually(lambda: self.client.read_coils(1000, 1, slave=1).bits[0], "the forced coil is on")
        self.release(I16_AT)

    def test_coils_read_write_single_and_many(self):
        self.assertEqual(self.client.read_coils(COILS_AT, len(COILS), slave=1).bits[:len(COILS)], COILS)
        self.assertFalse(self.client.write_coil(COILS_AT + 1, True, slave=1).isError())
        self.assertTrue(self.client.read_coils(COILS_AT + 1, 1, slave=1).bits[0])
        self.assertFalse(self.client.write_coils(COILS_AT, COILS, slave=1).isError())
        self.assertEqual(self.client.read_coils(COILS_AT, len(COILS), slave=1).bits[:len(COILS)], COILS)

    def test_discrete_inputs_read_the_declared_values(self):
        bits = self.client.read_discrete_inputs(DISCRETE_AT, len(DISCRETE), slave=1).bits
        self.assertEqual(bits[:len(DISCRETE)], DISCRETE)

    def test_input_registers_read_raw_values_and_sensors_as_float(self):
        self.assertEqual(self.client.read_input_registers(INPUT_AT, len(INPUT), slave=1).registers, INPUT)
        f32_index = 10  # F32_ABCD is the eleventh sensor; input 1000 + 2 s shows it as float32 ABCD
        registers = self.client.read_input_registers(1000 + 2 * f32_index, 2, slave=1).registers
        self.assertEqual(decode(registers, "32bit_float", "ABCD"), MANY_WORDS["32bit_float"])

    def test_mask_write_changes_the_masked_bits_only(self):
        self.assertFalse(self.client.mask_write_register(RAW_AT + 3, 0xF0FF, 0x0500, slave=1).isError())
        self.assertEqual(self.holding(RAW_AT + 3, 1), [(RAW[3] & 0xF0FF) | 0x0500])
        self.assertFalse(self.client.write_register(RAW_AT + 3, RAW[3], slave=1).isError())

    def test_read_write_multiple_writes_before_it_reads(self):
        response = self.client.readwrite_registers(read_address=RAW_AT, read_count=4, write_address=RAW_AT + 1,
                                                   values=[20, 30], slave=1)
        self.assertEqual(response.registers, [1, 20, 30, RAW[3]])
        self.assertFalse(self.client.write_registers(RAW_AT, RAW, slave=1).isError())

    def test_device_identification_names_the_product(self):
        response = self.client.read_device_information(outside.BASIC, outside.FIRST, slave=1)
        self.assertFalse(response.isError(), response)
        self.assertEqual(response.information[0], b"mbplant")

    def test_file_900_holds_the_plant_file(self):
        length, crc = struct.unpack(">II", self.file_words(900, 0, 4))
        text = b""
        while len(text) < length:
            count = min(120, (length - len(text) + 1) // 2)
            text += self.file_words(900, 4 + len(text) // 2, count)
        text = text[:length]
        self.assertEqual(text, self.plant.file.read_bytes())
        self.assertEqual(crc, zlib.crc32(text))

    def file_words(self, number, record, count):
        response = self.client.read_file_record(number, record, count, slave=1)
        self.assertFalse(response.isError(), response)
        return response.records[0].record_data

    def test_exception_01_for_an_unknown_function(self):
        # 0x41 is of the user-defined range, and nobody here gives it a meaning.
        self.assert_exception(self.client.plain(0x41, b"", slave=1), 1)

    def test_exception_02_for_an_undeclared_address(self):
        self.assert_exception(self.client.read_holding_registers(RAW_AT + 4, 1, slave=1), 2)
        self.assert_exception(self.client.read_coils(65535, 2, slave=1), 2)
        self.assert_exception(self.client.write_register(READ_ONLY_AT, 1, slave=1), 2)

    def test_exception_03_for_a_quantity_beyond_the_standard(self):
        for function, count in ((3, 126), (3, 0), (1, 2001)):
            with self.subTest(function=function, count=count):
                self.assert_exception(self.client.plain(function, struct.pack(">HH", 0, count), slave=1), 3)

    def test_exception_04_for_a_value_outside_the_instrument(self):
        before = self.holding(I16_AT, 1)
        self.assert_exception(self.client.write_register(I16_AT, 32000, slave=1), 4)
        self.assertEqual(self.holding(I16_AT, 1), before)

    def test_exception_0b_for_a_unit_that_is_not_there(self):
        self.assert_exception(self.client.read_holding_registers(0, 1, slave=77), 11)

    def test_units_0_and_255_answer_as_the_first(self):
        for unit in (0, 255):
            self.assertEqual(self.client.read_input_registers(INPUT_AT, 1, slave=unit).registers, INPUT[:1])

    def test_async_client_reads_in_parallel(self):
        async def read():
            client = outside.AsyncClient(self.plant.port)
            await client.connect()
            answers = await asyncio.gather(*(client.read_holding_registers(RAW_AT, n, slave=1) for n in (1, 2, 3, 4)))
            await client.end()
            return [answer.registers for answer in answers]
        self.assertEqual(asyncio.run(read()), [RAW[:n] for n in (1, 2, 3, 4)])


if __name__ == "__main__":
    support.main()
