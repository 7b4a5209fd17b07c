"""Scenarios that judge a master: how often it polls, whether it comes back, what it must not write, by which functions and of
which unit it asks. The masters here do one thing wrong each, or nothing."""
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import support

HELLO = support.ROOT / "config" / "hello.yaml"
MASTER = """
import sys, time
sys.path.insert(0, {tools!r})
import mbplant
def poll(seconds, unit=1, address=0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        plant.modbus.read(unit, "holding_registers", address, 2)
        time.sleep(0.02)
plant = mbplant.Plant()
"""


class Judged(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-judged-")))

    def play(self, timeline, master, duration="4s"):
        """{expectation: its failure, None where it was met} of a scenario beside a master."""
        scenario, program, report = (self.folder / name for name in ("s.yaml", "master.py", "report.xml"))
        steps = "".join(f"  - {step}\n" for step in timeline)
        scenario.write_text(f"mbplant_scenario: 1\nname: Judged\nplant: {HELLO}\nduration: {duration}\ntimeline:\n{steps}")
        program.write_text(MASTER.format(tools=str(support.ROOT / "tools" / "python")) + master)
        # the master may take longer than the scenario; a busy machine may take a second until it asks first
        result = support.run(support.MBPLANTD, "--scenario", scenario, "--format", "junit", "-o", report, "--exec",
                             f"/usr/bin/python3 -B {program}; exit 0")
        self.assertEqual(result.stderr, "")
        cases = list(xml.etree.ElementTree.parse(report).getroot())[:-1]
        found = {case.get("name"): (lambda f: None if f is None else f.get("message"))(case.find("failure")) for case in cases}
        self.assertEqual(result.returncode, int(any(found.values())), found)
        return list(found.values())

    def test_master_that_does_all_right_passes(self):
        verdicts = self.play(
            ["expect: {client: any, polled: TEMP, every: 4s, for: 5s}",
             "expect: {client: 127.0.0.1, never_wrote: TEMP}",
             "expect: {client: 127.0.0.1, functions: [3, 6], for: 5s}",
             "expect: {unit: 1, for: 5s}",
             "{at: 1500ms, expect: {reconnected: true, within: 4s}}"],
            "poll(2.2)\nplant.close()\nplant = mbplant.Plant()\nplant.modbus.write(1, 'holding_registers', 1, [100])\npoll(4)\n", duration="6s")
        self.assertEqual(verdicts, [None] * 5)

    def test_each_fault_is_told_with_what_there_was(self):
        verdicts = self.play(
            ["{at: 2s, expect: {polled: TEMP, every: 700ms, for: 4s}}",
             "expect: {never_wrote: TEMP, for: 6s}",
             "expect: {functions: [3], for: 6s}",
             "expect: {unit: 1, for: 6s}",
             "{at: 2s, expect: {client: any, reconnected: within 2s}}",
             "expect: {client: 10.1.2.3, polled: TEMP, every: 1s, for: 3s}",
             "expect: {polled: COOL, every: 2500ms, for: 6s}"],
            "poll(3)\nplant.modbus.write(1, 'holding_registers', 0, [900])\nplant.modbus.read(247, 'input_registers', 0, 1)\n"
            "time.sleep(1.5)\npoll(2)\n", duration="8s")
        for told, wanted in zip(verdicts, ("the last time was", "it did, with function 6", "it asked by function 6", "it asked unit 247",
                                           "on a connection of before", "no request of it came", "it asked, but not for that")):
            self.assertIn(wanted, told or "")

    def test_refused_write_is_tried_and_refused_read_is_no_poll(self):
        verdicts = self.play(
            ["expect: {never_wrote: TEMP, for: 4s}", "expect: {polled: TEMP, every: 3s, for: 4s}"],
            "time.sleep(0.5)\ntry:\n    plant.modbus.write(1, 'holding_registers', 0, [60000])\nexcept mbplant.Refused:\n    pass\n"
            "end = time.monotonic() + 4\nwhile time.monotonic() < end:\n    try:\n        plant.modbus.read(1, 'holding_registers', 0, 126)\n"
            "    except mbplant.Refused:\n        pass\n", duration="5s")
        self.assertIn("it tried to, with function 6", verdicts[0] or "")
        self.assertIn("it asked, but not for that", verdicts[1] or "")

    def test_mistakes_are_told_with_their_places(self):
        scenario = self.folder / "s.yaml"
        for step, told in (("polled: TEMP", "'polled' needs 'every'"), ("polled: NOWHERE, every: 1s", "has no point NOWHERE"),
                           ("never_wrote: TEMP, every: 1s", "'every' goes with 'polled'"), ("functions: [0]", "from 1 to 127"),
                           ("client: nobody, unit: 1", "the address of a master"), ("reconnected: true", "needs time"), ("reconnected: within", "within 10s"), ("reconnected: after 2s", "within 10s"),
                           ("reconnected: within 2s, before: 3s", "one time"), ("reconnected: within 2s, within: 3s", "one time"), ("reconnected: false", "within 10s"),
                           ("polled: TEMP, every: 1s, within: 1s", "expected all the time"), ("unit: 1, never_wrote: TEMP", "several"),
                           ("client: any, alarm: TEMP.high", "'client' goes with polled")):
            scenario.write_text(f"mbplant_scenario: 1\nname: S\nplant: {HELLO}\nduration: 9s\ntimeline:\n  - expect: {{{step}}}\n")
            result = support.run(support.MBPLANTD, "--check", "--scenario", scenario)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn(told, result.stderr)
            self.assertIn("s.yaml:6:", result.stderr)

    def test_fast_forward_has_no_masters(self):
        scenario = self.folder / "s.yaml"
        scenario.write_text(f"mbplant_scenario: 1\nname: S\nplant: {HELLO}\nduration: 9s\ntimeline:\n  - expect: {{unit: 1}}\n")
        result = support.run(support.MBPLANTD, "--fast-forward", "--scenario", scenario)
        self.assertEqual(result.returncode, 2)
        self.assertIn("--fast-forward has none", result.stderr)


if __name__ == "__main__":
    support.main()
