"""Whole numbers of 64 bits: all their digits in plant files and over HTTP, and an error for what no type holds."""
import pathlib
import tempfile
import unittest

import support
import test_web

HEAD = "mbplant: 1\nname: Wide\nunits:\n  - id: 1\n    points:\n"
U, I, D = 2 ** 64 - 1, 2 ** 63, 10 ** 16 - 1
POINTS = (f"      - {{at: holding 100, name: U, value: {U}, type: uint64}}\n"
          f"      - {{at: holding 104, name: I, value: {-I}, type: int64, order: CDAB}}\n"
          f"      - {{at: holding 108, name: D, value: {D}, type: mod10k(4)}}\n")


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
                plant.post(f"/points/{name}", {"value": value}, 422)
                if isinstance(value, int):
                    plant.post(f"/points/{name}", {"value": str(value)}, 422)
        self.assertIn(f"{-I}..{I - 1}", plant.post("/points/I", {"value": str(I)}, 422)["detail"])
        plant.post("/points/I", {"value": "much"}, 422)

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
