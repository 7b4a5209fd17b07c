"""The devices of config/devices, read and driven with pymodbus by their makers' addresses alone."""
import unittest

import outside
import support

DEVICES = support.ROOT / "config" / "devices"


def decode(registers, kind):
    return outside.decode(registers, kind, outside.BIG, outside.BIG)


class Samples(unittest.TestCase):
    def start(self, name, unit=1):
        plant = self.enterContext(support.Plant(DEVICES / f"{name}.yaml"))
        self.client = outside.Client(plant.port)
        self.addCleanup(self.client.close)
        self.unit = unit

    def words(self, table, address, count=1):
        read = {"holding": self.client.read_holding_registers, "input": self.client.read_input_registers}[table]
        answer = read(address, count, slave=self.unit)
        self.assertFalse(answer.isError(), f"{table} {address}: {answer}")
        return answer.registers

    def number(self, table, address, kind):
        return decode(self.words(table, address, int(kind[:2]) // 16), kind)

    def write(self, address, *words):
        """The exception of a write, None where it is done."""
        if len(words) == 1:
            answer = self.client.write_register(address, words[0], slave=self.unit)
        else:
            answer = self.client.write_registers(address, list(words), slave=self.unit)
        return answer.exception_code if answer.isError() else None

    def becomes(self, wanted, table, address):
        support.eventually(lambda: self.words(table, address) == [wanted], f"{wanted:#x} in {table} {address:#x}")

    def test_a_meter_answers_by_function_4_alone(self):
        self.start("meter")
        self.assertAlmostEqual(self.number("input", 0, "32bit_float"), 230, delta=15)
        self.assertAlmostEqual(self.number("input", 0x46, "32bit_float"), 50, delta=1)
        self.assertGreater(self.number("input", 0x34, "32bit_float"), 500)
        self.assertGreaterEqual(self.number("input", 0x48, "32bit_float"), 1234)
        self.assertEqual(self.client.read_holding_registers(0, 2, slave=1).exception_code, 2)

    def test_the_models_of_sunspec_are_a_chain(self):
        self.start("sunspec")
        self.assertEqual(self.words("holding", 40000, 2), [0x5375, 0x6E53])
        models, at = {}, 40002
        while (head := self.words("holding", at, 2))[0] != 0xFFFF:
            models[head[0]] = at
            at += 2 + head[1]
        self.assertEqual(list(models), [1, 103, 120, 121, 122, 123, 124])
        inverter, limits = models[103] + 2, models[123] + 2

        def power():
            watts, scale = self.words("holding", inverter + 12, 2)
            return decode([watts], "16bit_int") * 10.0 ** decode([scale], "16bit_int")

        support.eventually(lambda: abs(power() - 3900) < 1500, "full power")
        self.assertEqual(self.write(limits + 3, 101), 4)
        self.assertIsNone(self.write(limits + 3, 10))
        self.assertIsNone(self.write(limits + 7, 1))
        support.eventually(lambda: abs(power() - 1000) < 20, "a tenth of the power")

    def test_a_battery_charges_when_it_is_forced(self):
        self.start("battery")
        self.assertEqual(self.write(13049, 1), 4)
        self.assertIsNone(self.write(13049, 2, 0xAA))
        self.becomes(3, "input", 13000)
        self.becomes(5000, "input", 13021)
        self.assertIsNone(self.write(13050, 0xCC))
        self.becomes(1, "input", 13000)

    def test_a_wallbox_wants_its_heartbeat(self):
        self.start("wallbox", unit=50)
        self.becomes(6, "holding", 0x0100)
        self.assertEqual(self.write(0x0D00, 0x1234), 4)
        self.assertIsNone(self.write(0x0D00, 0x55AA))
        self.assertIsNone(self.write(0x0302, 0x4180, 0))
        self.assertIsNone(self.write(0x0D05, 1))
        self.becomes(4, "holding", 0x0100)
        support.eventually(lambda: self.number("holding", 0x0500, "32bit_float") > 15, "16 A")
        self.becomes(6, "holding", 0x0100)  # ten seconds later

    def test_a_drive_is_enabled_step_by_step(self):
        self.start("drive")
        self.becomes(0x50, "holding", 3201)
        self.assertIsNone(self.write(8602, 300))
        for command, state in (6, 0x31), (7, 0x33), (15, 0x437):
            self.assertIsNone(self.write(8501, command))
            self.becomes(state, "holding", 3201)
        self.assertEqual(self.words("holding", 8604), [300])
        self.assertEqual(self.write(8602, 2000), 4)

    def test_a_heat_pump_says_where_it_has_nothing(self):
        self.start("heatpump")
        self.assertAlmostEqual(self.number("input", 521, "16bit_int"), 480, delta=20)
        self.assertEqual(self.words("input", 507, 3)[1], 0x8000)
        self.assertIsNone(self.write(1501, 225))
        self.becomes(225, "input", 509)
        self.assertEqual(self.write(1501, 450), 4)
        self.assertIsNone(self.write(1501, 300))
        support.eventually(lambda: self.words("input", 2500)[0] & 0x10, "the compressor runs")

    def test_the_coils_of_a_coupler_are_bits_of_its_registers(self):
        self.start("coupler")
        self.assertFalse(self.client.write_coil(1, True, slave=1).isError())
        self.becomes(2, "holding", 0x0800)
        self.assertEqual(self.words("holding", 1), self.words("input", 1))
        self.assertIsNone(self.write(0x0800, 0x8001))
        support.eventually(lambda: self.client.read_coils(15, 1, slave=1).bits[0], "the highest bit")
        self.assertIsNone(self.write(0x1122, 0))
        self.becomes(0, "holding", 0x0800)  # now only writing feeds the watchdog
        self.assertEqual(self.client.read_holding_registers(0x1FFF, 1, slave=1).exception_code, 2)

    def test_an_energy_is_exact_beyond_what_a_double_counts(self):
        self.start("energy64")
        energy = self.number("holding", 0x7000, "64bit_uint")
        self.assertIn(energy - 9007199254740993, range(100))
        self.assertAlmostEqual(self.number("holding", 0x600C, "32bit_float") / 9007199254741, 1, places=6)
        self.assertEqual(self.write(0x7000, 1), 2)
        answer = self.client.read_device_information(3, 0x80, slave=1)
        self.assertEqual(answer.information[0x80], b"serial 4711")


if __name__ == "__main__":
    unittest.main()
