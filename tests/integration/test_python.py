"""tools/python: values by name in each type and order as mbplantctl reads them, and its examples as they stand there."""
import importlib.util
import json
import os
import pathlib
import sys
import tempfile
import unittest

import support

sys.path.insert(0, str(support.ROOT / "tools" / "python"))
os.environ["MBPLANT_BIN"] = f"{support.MBPLANTD.parent}:{support.MBPLANTCTL.parent}"
import mbplant  # noqa: E402

ENVIRONMENT = dict(support.ENVIRONMENT, MBPLANT_BIN=os.environ["MBPLANT_BIN"])
STILL = ["tests/data/integration/types.yaml", "tests/data/devices/odd-widths.yaml", "tests/data/devices/packed-bytes.yaml",
         "tests/data/devices/status-bits.yaml", "tests/data/devices/stored.yaml", "config/hello.yaml"]


def serve(file, *options):
    return mbplant.serve(file, *options, patience=support.PATIENCE_S)


class Values(unittest.TestCase):
    def standing(self, name):
        """A plant of that file which stands still."""
        text = (support.ROOT / name).read_text(encoding="utf-8")
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-python-")))
        file = folder / "plant.yaml"
        file.write_text(text if "\ninstructor: true" in text else text + "\ninstructor: true\n", encoding="utf-8")
        return self.enterContext(serve(file, "--paused"))

    def test_every_point_is_as_mbplantctl_reads_it(self):
        for name in STILL:
            plant = self.standing(name)
            plant.step(2)
            names = [point.name for point in plant.points.values()
                     if point.many == 1 and "read" in point.access and not point.name.startswith(("requests", "connections"))]
            self.assertGreater(len(names), 10)
            if "newest event" in names:  # nothing moves any more when that is stored
                support.eventually(lambda: len(set(plant.read("newest event", "last durable event"))) == 1, "all is durable")
            values = dict(zip(names, plant.read(*names)))
            told = []
            for begin in range(0, len(names), 500):
                told += json.loads(plant.ctl("read", "--format", "json", *names[begin:begin + 500]))
            for row in told:
                with self.subTest(file=name, point=row["point"]):
                    self.compare(values[row["point"]], row["value"])

    def compare(self, ours, theirs):
        if theirs is None or isinstance(theirs, str):
            self.assertTrue(theirs is None or str(ours) == theirs, (ours, theirs))
        else:
            self.assertAlmostEqual(float(ours), float(theirs), delta=abs(theirs) * 1e-6 + 1e-9)

    def test_what_is_written_is_read_in_each_type_and_order(self):
        plant = self.standing(STILL[0])
        plant.step()
        names = [point.name for point in plant.points.values() if point.what == "value" and "write" in point.access]
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(name=name):
                value = plant.read(name)
                plant.write(name, value)
                plant.step()
                self.assertEqual(plant.read(name), value)
                self.assertTrue(plant.read(f"{name}.forced"))

    def test_sides_of_the_encoding_agree_at_their_ends(self):
        row = {"point": "X", "unit_id": 1, "table": "holding_registers", "address": 0, "unit": "", "access": "read, write",
               "what": "", "offset": None, "range_low": None, "range_high": None}
        ends = {"int16": (-32768, 32767), "uint32": (0, 2 ** 32 - 1), "int24": (-2 ** 23, 2 ** 23 - 1), "int48": (-2 ** 47, 5),
                "uint64": (0, 2 ** 64 - 1), "bcd16": (0, 9999), "mod10k(3)": (0, 10 ** 12 - 1), "float64": (-1e300, 0.1)}
        for kind, values in ends.items():
            for order in ("ABCD", "CDAB", "BADC", "DCBA"):
                point = mbplant.Point({**row, "type": kind, "order": order, "scale": 1})
                for value in values:
                    self.assertEqual(point.decode(point.encode(value)), value)
            if kind != "float64":
                self.assertRaises(ValueError, point.encode, values[1] * 2 + 1e18)
        tenths = mbplant.Point({**row, "type": "int16", "order": "ABCD", "scale": 0.1})
        self.assertEqual([tenths.decode(tenths.encode(value)) for value in (-3276.8, 0.3, 92)], [-3276.8, 0.3, 92])
        self.assertRaisesRegex(ValueError, "ends at -3276.8 and 3276.7", tenths.encode, 3277)


class Plants(unittest.TestCase):
    def test_mistakes_are_told(self):
        with serve(support.ROOT / "config/hello.yaml", "--paused") as plant:
            self.assertRaisesRegex(KeyError, "NOWHERE is no point", plant.read, "NOWHERE")
            self.assertRaisesRegex(mbplant.Error, "only read", plant.write, "TEMP.high", True)
            self.assertRaisesRegex(mbplant.Refused, "exception 04", plant.write, "TEMP", 3000)
            self.assertRaisesRegex(TimeoutError, "MIX1.en_panne .* it is False", plant.wait, "MIX1.en_panne", True, 0.05)
            self.assertRaisesRegex(mbplant.Error, "NOFAULT", plant.fault, "NOFAULT")
            self.assertEqual(plant.read("temp.high", "TEMP.high"), [False, False])
        with self.assertRaisesRegex(mbplant.Error, "no-plant.yaml"):
            serve("no-plant.yaml")
        self.assertEqual(plant.process.returncode, 0)

    def test_time_is_the_callers(self):
        with serve(support.ROOT / "config/hello.yaml", "--paused") as plant:
            self.assertEqual([plant.step(), plant.step(9), plant.step(0), plant.step(2500)], [1, 10, 10, 2510])
            plant.resume()
            plant.wait("scan count", lambda scans: scans > 2515, within=support.PATIENCE_S)


class Examples(unittest.TestCase):
    @unittest.skipUnless(importlib.util.find_spec("pytest"), "python3-pytest is not here (tools/test installs it)")
    def test_pytest_passes_with_plants_of_its_own_and_beside_one(self):
        pytest = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        folder = support.ROOT / "tools" / "python"
        result = support.run(*pytest, folder, environment=ENVIRONMENT)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("3 passed, 1 skipped", result.stdout)
        result = support.run(support.MBPLANTD, support.ROOT / "config/hello.yaml", "--exec",
                             " ".join(map(str, (*pytest, folder / "test_running.py"))), environment=ENVIRONMENT)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("1 passed", result.stdout)

    def test_many_plants_are_measured(self):
        result = support.run(sys.executable, "-B", support.ROOT / "tools/bench/plants", "--count", 3, environment=ENVIRONMENT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^3 plants in \d+\.\d s, ")

    def test_loop_controls_the_mixer(self):
        result = support.run(sys.executable, "-B", support.ROOT / "tools/python/control.py", environment=ENVIRONMENT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^200 steps, mean distance [01]\.\d\d degrees, TEMP 5[3-7]\.\d, failed: False$")


if __name__ == "__main__":
    support.main()
