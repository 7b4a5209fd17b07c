"""Memory that is refused once, at each of the places where it is asked for: a program ends with a line and exit code 1,
or goes on as if nothing had been. Some of the places; with MBP_SCARCE_EVERY=1 all of them."""
import os
import pathlib
import re
import signal
import struct
import tempfile
import unittest

import support

EVERY = int(os.environ.get("MBP_SCARCE_EVERY", "0"))
PLENTY = 2**64 - 1
MANY = 2**40
RELOADED = re.compile("the running plant goes on|the plant has changed")
SOME = 25  # places of each kind that every run tries


class Memory:
    """What scarce_shim.c gives."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / "memory"
        self.give(PLENTY)
        library = next(support.BUILD.rglob("scarce_shim.so"), None)
        if library is None:
            raise unittest.SkipTest("scarce_shim.so is not built")
        self.environment = {**support.ENVIRONMENT, "LD_PRELOAD": str(library.resolve()), "MBP_SCARCE": str(self.file),
                            "ASAN_OPTIONS": support.ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"}

    def give(self, count):
        """So many from now on, and the next one is refused."""
        with open(self.file, "r+b" if self.file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("=Q", count))

    def left(self):
        return struct.unpack("=Q", self.file.read_bytes())[0]


def places(total):
    return range(0, total, EVERY or max(1, total // SOME))


class Scarce(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.memory = Memory(self.folder)

    def run_with(self, count, *command):
        self.memory.give(count)
        return support.run(*command, environment=self.memory.environment)

    def assert_ended_well(self, result, place, right):
        """right: the output of a run that got all."""
        if result.returncode == 0:
            self.assertEqual(result.stdout, right, f"allocation {place}")
        else:
            self.assertEqual(result.returncode, 1, f"allocation {place}: {result.stderr}")
            self.assertRegex(result.stderr, "memory", f"allocation {place}: which word says why?")

    def try_all(self, command):
        """command makes one for the nth run. Returns how many places there are."""
        right = self.run_with(MANY, *command(-1))
        self.assertEqual(right.returncode, 0, right.stderr)
        total = MANY - self.memory.left()
        self.assertGreater(total, 100)
        for place in places(total):
            with self.subTest(place=place):
                self.assert_ended_well(self.run_with(place, *command(place)), place, right.stdout)

    def test_print_config(self):
        self.try_all(lambda _: [support.MBPLANTD, "--print-config", support.ROOT / "config" / "water.yaml"])

    def test_start(self):
        for place in [MANY, *places(8000)]:
            result = self.run_with(place, support.MBPLANTD, "-d", self.folder / f"data{place}", "--fast-forward", "1s",
                                   support.ROOT / "config" / "water.yaml")
            with self.subTest(place=place):
                self.assert_ended_well(result, place, result.stdout)

    def test_report_of_a_dump(self):
        dump = self.folder / "dump.json"
        with support.Plant("line.yaml") as plant:
            plant.ctl("journal", "--save", dump)
        self.try_all(lambda _: [support.MBPLANTCTL, "report", "--load", dump])

    def test_reload(self):
        """The new plant is taken over, or a line says why not."""
        file = self.folder / "running.yaml"
        text = (support.DATA / "taught.yaml").read_text()
        file.write_text(text)
        with support.Plant(file, environment=self.memory.environment) as plant:
            for place in places(3000):
                with self.subTest(place=place):
                    file.write_text(f"{text}# {place}\n")
                    told = len(plant.err.lines)
                    self.memory.give(place)
                    plant.process.send_signal(signal.SIGHUP)
                    support.eventually(lambda told=told: any(map(RELOADED.search, plant.err.lines[told:])),
                                       f"allocation {place}: what became of it")
                    self.memory.give(PLENTY)
                    plant.ctl("status")
                    said = "".join(plant.err.lines[told:])
                    self.assertTrue("has changed" in said or "memory" in said, said)

    def test_put(self):
        """The plant goes on as it was, or with what was put; who put it knows which."""
        texts = [self.folder / f"{name}.yaml" for name in ("running", "one", "other")]
        text = (support.DATA / "taught.yaml").read_text()
        for number, file in enumerate(texts):
            file.write_text(f"{text}# {number}\n")
        with support.Plant(texts[0], environment=self.memory.environment) as plant:
            self.memory.give(MANY)
            result = plant.ctl("plant", "put", texts[1], check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            total = MANY - self.memory.left()
            self.memory.give(PLENTY)
            for number, place in enumerate(places(total)):
                with self.subTest(place=place):
                    told = len(plant.err.lines)
                    self.memory.give(place)
                    result = plant.ctl("plant", "put", texts[1 + number % 2], check=False)
                    self.memory.give(PLENTY)
                    self.assertIn(result.returncode, (0, 1), result.stderr)
                    if result.returncode == 1:
                        support.eventually(lambda told=told, result=result: "memory" in result.stdout + result.stderr + "".join(plant.err.lines[told:]),
                                           f"allocation {place}: a word that says why, not: {result.stderr}")
                    plant.ctl("status")


if __name__ == "__main__":
    unittest.main()
