"""zabbix_agent2's modbus.get as the client (goburrow/modbus inside): a connection per value, any order."""
import concurrent.futures
import re
import unittest

import support

HOLDING, COIL = 3, 1


class Zabbix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.agent = support.program("zabbix_agent2", support.ROOT / "build" / "zabbix" / "usr" / "sbin")
        cls.plant = cls.enterClassContext(support.Plant("types.yaml"))

    def get(self, function, address, count, *options, unit=1):
        """What `zabbix_agent2 -t modbus.get[endpoint,unit,function,address,count,type,endianness,offset]` answers."""
        words = ",".join(map(str, (f"tcp://127.0.0.1:{self.plant.port}", unit, function, address, count, *options)))
        result = support.run(self.agent, "-c", "/dev/null", "-t", f"modbus.get[{words}]", check=True)
        answer = re.search(r"\[(\w)\|(.*)\]\s*$", result.stdout, re.S)
        self.assertIsNotNone(answer, result.stdout)
        return answer.group(2)

    def test_holding_int16_and_uint16(self):
        self.assertEqual(self.get(HOLDING, 0, 1, "int16"), "-1234")
        self.assertEqual(self.get(HOLDING, 1, 1, "uint16"), "54321")

    def test_holding_32_bit_types_in_all_four_orders(self):
        types = ((2, "int32", -123456789), (10, "uint32", 3000000001), (18, "float", -273.15625))
        wanted = [(address + 2 * step, kind, order, value) for address, kind, value in types
                  for step, order in enumerate(("be", "mbe", "mle", "le"))]  # ABCD CDAB BADC DCBA, as types.yaml has them
        with concurrent.futures.ThreadPoolExecutor() as agents:  # each takes a second to start
            answers = agents.map(lambda point: self.get(HOLDING, point[0], 1, point[1], point[2]), wanted)
        for point, answer in zip(wanted, answers):
            with self.subTest(point=point):
                self.assertEqual(float(answer), point[3])

    def test_coils_as_an_array(self):
        self.assertEqual(self.get(COIL, 3500, 4), "[1,0,1,1]")

    def test_unknown_unit_is_told_as_the_gateway_exception(self):
        self.assertIn("gateway target device failed to respond", self.get(HOLDING, 0, 1, unit=77))


if __name__ == "__main__":
    support.main()
