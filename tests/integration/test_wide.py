"""Whole numbers of 64 bits: all their digits in plant files and over HTTP, and an error for what no type holds."""
import json
import pathlib
import tempfile
import unittest

import support
import test_web

HEAD = "mbplant: 1\nname: Wide\ninstructor: true\nunits:\n  - id: 1\n    points:\n"
U, I, D = 2 ** 64 - 1, 2 ** 63, 10 ** 16 - 1
POINTS = (f"      - {{at: holding 100, name: U, value: {U}, type: uint64}}\n"
          f"      - {{at: holding 104, name: I, value: {-I}, type: int64, order: CDAB}}\n"
          f"      - {{at: holding 108, name: D, value: {D}, type: mod10k(4)}}\n"
          f"      - {{at: holding 112, name: F, value: 0, type: float64}}\n")
SUMS = "      - {at: input 0, name: E, expr: D, type: uint64}\n"
SENSORS = "".join(f"      - {{name: S{name}, range: [0, 9007199254740999], register: {{at: holding {at}, type: {kind}}}}}\n"
                  for name, at, kind in (("U", 200, "uint64"), ("I", 204, "int64"), ("D", 208, "mod10k(4)")))


class Wide(unittest.TestCase):
    def file(self, points):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-wide-test-")))
        (folder / "wide.yaml").write_text(HEAD + points, encoding="utf-8")
        return folder / "wide.yaml"

    def test_values_over_http_keep_all_digits(self):
        plant = self.enterContext(test_web.Web(self.file(POINTS)))
        for name, first, ends, wrong in (("U", U, (0, U), (U + 1, -1, 2.0 ** 64)), ("I", -I, (-I, I - 1), (I, -I - 1, 2.0 ** 63)),
                                         ("D", D, (0, D), (D + 1, -1, 1e16))):
            self.assertEqual(plant.get(f"/points/{name}")["value"], first)
            for value in (2 ** 53 + 1, *ends):
                for said in (str(value), value)[:2 if value < I else 1]:
                    self.assertEqual(plant.post(f"/points/{name}", {"value": said})["value"], value)
            for value in wrong:
                said = plant.post(f"/points/{name}", {"value": value}, 422)["detail"]
                if not isinstance(value, int) or -I <= value < I:
                    self.assertIn(f" can hold: {ends[0]}..{ends[1]}", said)
                if isinstance(value, int):
                    plant.post(f"/points/{name}", {"value": str(value)}, 422)
        self.assertIn(f"{-I}..{I - 1}", plant.post("/points/I", {"value": str(I)}, 422)["detail"])
        plant.post("/points/I", {"value": "much"}, 422)
        said = plant.post("/points/F", {"value": 10 ** 19}, 422)["detail"]
        self.assertIn("text of its digits, to a float with a point or an exponent: 1e19", said)
        self.assertEqual(plant.post("/points/F", {"value": 1e19})["value"], 1e19)

    def test_verbs_keep_all_digits(self):
        plant = self.enterContext(support.Plant(self.file(POINTS + SUMS + "    sensors:\n" + SENSORS)))
        n = 2 ** 53 + 1
        for name, sensor, address, first, ends in (("U", "SU", "hr:100:uint64", U, (0, U)),
                                                          ("I", "SI", "hr:104:int64:CDAB", -I, (-I, I - 1)),
                                                          ("D", "SD", "hr:108:mod10k(4)", D, (0, D))):
            self.assertIn(f"{name} = {first}  (", plant.ctl("read", name))
            for value in (n, *ends):
                for place, what in ((name, f"{name} = {value}  ("), (address, f": {value}\n")):
                    self.assertIn(what, plant.ctl("write", place, value), place)
                    self.assertIn(what.rstrip("\n"), plant.ctl("read", place), place)
                self.assertIn(f"raw {value})", plant.ctl("read", name))
                self.assertEqual(json.loads(plant.ctl("read", name, "--format", "json"))[0]["value"], value)
                self.assertIn(f"{name},{value},", plant.ctl("read", name, "--format", "csv"))
                for place in (name, *("E" * (name == "D"))):
                    self.assertIn(f"{place} = {value}\n", plant.ctl("wait", place, "=", value, "--within", "5s"))
            for held, value in ((name, n), (name, ends[1]), (sensor, n), (sensor, n + 2)):
                self.assertIn(f"{held} = {value}", plant.ctl("force", held, value))
                plant.ctl("wait", sensor, ">", -1)
                self.assertIn(f"{held} = {value}  (", plant.ctl("read", held))
            plant.ctl("release", name)
            plant.ctl("write", name, n - 1)
            self.assertEqual(plant.ctl("wait", name, "=", n, "--within", "100ms", check=False).returncode, 1)
            self.assertEqual(plant.ctl("wait", name, ">=", n, "--within", "100ms", check=False).returncode, 1)
            said = plant.ctl("write", name, "1e20", check=False).stderr
            self.assertIn(f"can hold: {ends[0]}..{ends[1]}", said)

    def test_number_that_no_type_holds_is_an_error_of_the_file(self):
        for type_name, values, low, high in (("uint64", (U + 1, -1, "1.8446744073709552e19"), 0, U), ("int64", (I, -I - 1), -I, I - 1),
                                             ("mod10k(4)", (D + 1, -1), 0, D)):
            for value in values:
                file = self.file(f"      - {{at: holding 1, value: {value}, type: {type_name}}}\n")
                said = support.run(support.MBPLANTD, "--check", file).stderr
                self.assertIn(f"'value' is {value}; {type_name} holds numbers {low}..{high}", said)
        said = support.run(support.MBPLANTD, "--check", self.file(POINTS), "--print-config").stdout
        for value in (U, -I, D):
            self.assertIn(f"value: {value}", said)


if __name__ == "__main__":
    unittest.main()
