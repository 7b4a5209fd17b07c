"""The sample plants as a master meets them: pymodbus walks their maps at the makers' addresses, writes what is there to be
written, and what it reads agrees with itself."""
import unittest

import outside
import support

SUNSPEC_AT = 40000
END = 0xFFFF
SOLAR = support.ROOT / "config" / "solar.yaml"
STATION = support.ROOT / "config" / "lift_station.yaml"
INVERTER, METER = 1, 2


def signed(word):
    return word - 0x10000 if word >= 0x8000 else word


class Solar(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plant = cls.enterClassContext(support.Plant(SOLAR))
        cls.client = outside.Client(cls.plant.port)
        cls.addClassCleanup(cls.client.close)
        cls.plant.ctl("sim", "pause")
        cls.plant.ctl("write", "CL1", "0")
        cls.plant.ctl("sim", "step", str(6 * 3600))    # eleven in the morning
        support.eventually(lambda: cls.words(103, 38) == [5] or cls.words(103, 38) == [4], "it is day")

    @classmethod
    def holding(cls, address, count):
        answer = cls.client.read_holding_registers(address, count, slave=INVERTER)
        assert not answer.isError(), (address, count, answer)
        return answer.registers

    @classmethod
    def models(cls):
        """Model -> address of its id, by the chain that begins with SunS."""
        assert cls.holding(SUNSPEC_AT, 2) == [0x5375, 0x6E53]
        found = {}
        at = SUNSPEC_AT + 2
        while True:
            model, length = cls.holding(at, 2)
            if model == END:
                assert length == 0
                return found
            found[model] = at
            cls.holding(at, length + 2)    # all of it is there
            at += length + 2

    @classmethod
    def words(cls, model, offset, count=1):
        """Of a model, counted from its id."""
        return cls.holding(cls.models()[model] + offset, count)

    def scaled(self, model, offset, factor):
        return signed(self.words(model, offset)[0]) * 10.0 ** signed(self.words(model, factor)[0])

    def meter(self, address):
        answer = self.client.read_input_registers(address, 2, slave=METER)
        self.assertFalse(answer.isError(), answer)
        return outside.decode(answer.registers, "32bit_float", outside.BIG, outside.BIG)

    def read(self, name):
        return float(self.plant.ctl("read", name).split("=")[1].split()[0])

    def test_chain_of_models_ends_where_it_should(self):
        self.assertEqual(self.models(), {1: 40002, 103: 40070, 123: 40122, 124: 40148})
        maker = b"".join(word.to_bytes(2, "big") for word in self.words(1, 2, 16)).rstrip(b"\0")
        self.assertEqual(maker, b"mbplant")

    def test_inverter_agrees_with_itself(self):
        power = self.scaled(103, 14, 15)
        self.assertGreater(power, 500)
        currents = [self.scaled(103, 3 + phase, 6) for phase in range(3)]
        voltages = [self.scaled(103, 10 + phase, 13) for phase in range(3)]
        self.assertAlmostEqual(sum(u * i for u, i in zip(voltages, currents)), power, delta=power * 0.01 + 20)
        self.assertAlmostEqual(self.scaled(103, 2, 6), sum(currents), delta=0.05)
        direct = self.scaled(103, 29, 30) * self.scaled(103, 27, 28)
        self.assertAlmostEqual(direct, self.scaled(103, 31, 32), delta=direct * 0.01 + 5)
        self.assertAlmostEqual(self.scaled(124, 8, 22), self.read("SOC1"), delta=0.02)

    def test_meter_agrees_with_itself_and_with_the_house(self):
        phases = [self.meter(12 + 2 * phase) for phase in range(3)]
        self.assertAlmostEqual(sum(phases), self.meter(52), delta=0.1)
        for phase, power in enumerate(phases):
            apparent = self.meter(2 * phase) * self.meter(6 + 2 * phase)
            self.assertAlmostEqual(apparent * self.meter(30 + 2 * phase), power, delta=0.5)
            self.assertAlmostEqual(apparent, self.meter(18 + 2 * phase), delta=0.5)
        self.assertAlmostEqual(self.meter(52) / 1000 + self.scaled(103, 14, 15) / 1000, self.read("PL1"), delta=0.01)
        self.assertAlmostEqual(self.meter(70), 50, delta=0.2)

    def test_masters_limits_are_written_where_sunspec_has_them(self):
        controls, storage = self.models()[123], self.models()[124]
        for address, value in ((storage + 5, 1), (storage + 13, 0), (controls + 5, 200), (controls + 9, 1)):
            answer = self.client.write_register(address, value, slave=INVERTER)
            self.assertFalse(answer.isError(), answer)
        self.plant.ctl("sim", "step", "60")
        support.eventually(lambda: self.words(103, 38) == [5], "throttled")
        self.assertAlmostEqual(self.read("PA1"), 1.6, delta=0.002)     # 20 % of 8 kW
        self.assertGreaterEqual(self.read("PB1"), 0)                   # no charging
        for measured in (self.models()[1] + 2, self.models()[103] + 14, storage + 8):
            self.assertTrue(self.client.write_register(measured, 1, slave=INVERTER).isError())

    def test_battery_and_meter_have_nothing_else(self):
        for unit in (INVERTER, METER):
            self.assertTrue(self.client.read_holding_registers(0, 1, slave=unit).isError())
            self.assertTrue(self.client.read_coils(0, 1, slave=unit).isError())


class LiftStation(unittest.TestCase):
    def test_floats_and_motors_stand_in_discrete_inputs(self):
        with support.Plant(STATION) as plant:
            client = outside.Client(plant.port)
            self.addCleanup(client.close)

            def bits():
                answer = client.read_discrete_inputs(0, 6, slave=1)
                self.assertFalse(answer.isError(), answer)
                return [int(bit) for bit in answer.bits[:6]]

            plant.ctl("sim", "pause")
            self.assertEqual(bits(), [1, 0, 0, 0, 0, 0])
            plant.ctl("write", "LSL", "on")
            plant.ctl("sim", "step", "10")
            support.eventually(lambda: bits() in ([1, 1, 0, 0, 1, 0], [1, 1, 0, 0, 0, 1]), "one pump")
            plant.ctl("write", "LSH", "on")
            plant.ctl("sim", "step", "10")
            support.eventually(lambda: bits() == [1, 1, 1, 0, 1, 1], "both")
            plant.ctl("write", "LSLL", "off")
            plant.ctl("sim", "step", "10")
            support.eventually(lambda: bits() == [0, 1, 1, 0, 0, 0], "none")


if __name__ == "__main__":
    support.main()
