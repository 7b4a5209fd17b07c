"""The recipe of config/openplc: the boiler with points for OpenPLC, and a master that polls as OpenPLC's does."""
import pathlib
import re
import tempfile
import unittest

import outside
import support

CONFIG = support.ROOT / "config"


class Recipe(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-openplc-test-")))
        self.file = folder / "plc.yaml"
        self.file.write_text((CONFIG / "boiler.yaml").read_text() + (CONFIG / "openplc" / "points.yaml").read_text())

    def test_what_the_master_is_told_to_poll_stands_in_the_plant_and_moves_it(self):
        config = dict(re.findall(r'^device0\.(\w+) = "(.*)"$', (CONFIG / "openplc" / "mbconfig.cfg").read_text(), re.M))
        unit = int(config["slave_id"])

        def place(table):
            return int(config[f"{table}_Start"]), int(config[f"{table}_Size"])

        with support.Plant(self.file) as plant:
            master = outside.Client(plant.port)
            self.assertTrue(master.connect())
            self.addCleanup(master.close)
            for controller in ("PIC101", "FIC101"):
                plant.ctl("write", f"{controller}.automatic", "off")
            self.assertTrue(master.read_discrete_inputs(*place("Discrete_Inputs"), slave=unit).bits[0], "there is a flame")
            self.assertFalse(master.write_coils(place("Coils")[0], [True] * place("Coils")[1], slave=unit).isError())
            level, pressure, feed, steam = master.read_input_registers(*place("Input_Registers"), slave=unit).registers
            self.assertTrue(4000 < level < 6000 and 9000 < pressure < 11000 and 8000 < feed < 12000 and 8000 < steam < 12000,
                            (level, pressure, feed, steam))
            self.assertFalse(master.write_registers(place("Holding_Registers")[0], [9000, 1234], slave=unit).isError())
            support.eventually(lambda: "= 90 %" in plant.ctl("read", "PIC101.output") and "= 12.34 %" in plant.ctl("read", "FIC101.output"),
                               "the valves go where the master wants them")


if __name__ == "__main__":
    support.main()
