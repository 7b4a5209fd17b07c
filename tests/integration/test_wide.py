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
TEXTS = "".join(f"      - {{at: holding {120 + 8 * i}, name: T{i}, value: '{text}', type: string(8)}}\n"
                for i, text in enumerate(("0012", "null", "true", "[1]", '{"a":1}', "1e3", "-", "+5")))
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

    def test_text_stays_a_text_in_json(self):
        plant = self.enterContext(support.Plant(self.file(TEXTS)))
        rows = json.loads(plant.ctl("read", *(f"T{i}" for i in range(8)), "--format", "json"))
        self.assertEqual([row["value"] for row in rows], ["0012", "null", "true", "[1]", '{"a":1}', "1e3", "-", "+5"])

    def waits(self, plant, condition):
        """Whether it is met; what is not as it was asked for is an error of the test."""
        result = plant.ctl("wait", condition, "--within", "100ms", check=False)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        return result.returncode == 0

    def test_wait_is_met_by_the_number_alone(self):
        plant = self.enterContext(support.Plant(self.file(POINTS + "    sensors:\n" + SENSORS.replace("register", "unit: m, register"))))
        n = 2 ** 53 + 1
        plant.ctl("force", "SU", n)
        for text, met in ((f"{n}", True), (f"{n} m", True), (f"{n}m", True), (f"+{n}", True), (f" {n}", True), (hex(n), True),
                          (f"{n}.0", True), (f"{n - 1}", False), (f"{n - 1} m", False), (f"{n - 1}m", False), (f"+{n - 1}", False),
                          (f"\t{n - 1}", False), (hex(n - 1), False), (f"{n - 1}.0", False), (f"{n}.5", False)):
            self.assertEqual(self.waits(plant, f"SU = {text}"), met, text)
        for text in (U + 1, f"+{U - 1}", "0xFFFFFFFFFFFFFFF0", f"{U - 1}.0", "1e400", f"-{U}"):
            self.assertFalse(self.waits(plant, f"U = {text}"), text)
            self.assertTrue(self.waits(plant, f"U != {text}"), text)
        for text, met in ((f"< {U + 1}", True), (f"> {U + 1}", False), (f"> -{U + 1}", True), (f"> {U - 1}.5", True), (f"< {U}.5", True),
                          (f">= {U}.5", False), ("= 0xFFFFFFFFFFFFFFFF", True)):
            self.assertEqual(self.waits(plant, f"U {text}"), met, text)
        self.assertTrue(self.waits(plant, f"I < -{I - 1}.5"))
        self.assertFalse(self.waits(plant, f"I < -{I}.5"))
        self.assertEqual(plant.ctl("wait", "U = 0x1p60", check=False).returncode, 2)  # a double: which number is meant?

    def test_float64_is_read_written_and_waited_for_to_the_last_digit(self):
        plant = self.enterContext(test_web.Web(self.file(POINTS)))
        for text in ("3.141592653589793", "0.1", "1e+300", "9007199254740992"):
            for place, what in (("F", f"F = {text}  ("), ("hr:112:float64", f" {text}")):
                self.assertIn(what, plant.ctl("write", place, text))
                self.assertIn(what, plant.ctl("read", place))
            for sign in ("=", ">=", "<="):
                self.assertTrue(self.waits(plant, f"F {sign} {text}"), (sign, text))
            self.assertIn(f'"value": {text},', plant.ctl("read", "F", "--format", "json"))
            self.assertEqual(repr(plant.get("/points/F")["value"]), repr(json.loads(text)))
        plant.ctl("write", "F", "3.141592653589793")
        self.assertFalse(self.waits(plant, "F = 3.14159265358979"))

    def test_number_outside_is_told_as_it_was_given(self):
        plant = self.enterContext(test_web.Web(self.file(POINTS + "    sensors:\n" + SENSORS)))
        for name, value in (("U", U + 1), ("U", f"{U + 1}.0"), ("U", "1e20"), ("D", "99999999999999999.0"), ("U", f" {U + 1}")):
            said = plant.ctl("write", name, value, check=False).stderr
            self.assertIn(f"{name}: {str(value).strip()} is outside what ", said)
        for what in (("write", "U"), ("write", "hr:100:uint64"), ("force", "hr:100:uint64")):
            said = plant.ctl(*what, "1" * 220, check=False).stderr
            self.assertIn(f": {'1' * 37}... is outside what uint64 can hold: 0..{U}\n", said)
        said = plant.post("/points/U", {"value": 2.0 ** 64}, 422)["detail"]
        self.assertIn("1.8446744073709552e+19 is outside what uint64 can hold: ", said)
        self.assertIn("outside its range 0..9007199254741000\n", plant.ctl("force", "SU", 2 ** 60, check=False).stderr)

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
                if held == sensor:
                    self.assertFalse(self.waits(plant, f"{sensor} = {value - 1}"))
                    plant.ctl("wait", sensor, "=", value)
                    self.assertFalse(self.waits(plant, f"{sensor} = {value - 1}"))
                self.assertIn(f"{held} = {value}  (", plant.ctl("read", held))
            plant.ctl("release", name)
            for text in (f" {n}", f"\t{n}", f"{n}.0", f"+{n}"):
                self.assertIn(f"{name} = {n}  (", plant.ctl("write", name, text), text)
            self.assertIn(f": {n}\n", plant.ctl("write", address, f" {n}"))
            self.assertIn(f"{name} = {n}  (", plant.ctl("force", name, f" {n}"))
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
