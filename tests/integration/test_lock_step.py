"""A plant that waits for an outside PLC: --paused, and scans that run before the answer of the request that asks for them."""
import pathlib
import signal
import tempfile
import unittest

import outside
import support

FILE = """mbplant: 1
name: Locked
instructor: true
units:
  - id: 1
    blocks: {default: none, summary: 30000, events: 31000}
    actuators: [{name: P1, kind: pump, on_off: true, register: {at: coil 0}}]
    sensors:
      - {name: LT1, range: [0, 65000], signal: {base: 0, inputs: [{from: P1, gain: 10}], integrate: {gain: 1, initial: 0}}, register: {at: input 0, type: uint16}}
"""
INSTRUCTOR = 247
LOCK, SCANS = 4, 5


class LockStep(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-lock-test-")))
        self.file = folder / "locked.yaml"
        self.file.write_text(FILE, encoding="utf-8")

    def begin(self, *flags):
        plant = self.enterContext(support.Plant(self.file, *flags))
        self.client = outside.Client(plant.port)
        self.addCleanup(self.client.close)
        return plant

    def cycle(self, scans):
        """The scans that are done behind a cycle; the exception of one that is refused."""
        answer = self.client.readwrite_registers(read_address=SCANS, read_count=2, write_address=LOCK,
                                                 values=[scans], slave=INSTRUCTOR)
        return answer.exception_code if answer.isError() else answer.registers[0] << 16 | answer.registers[1]

    def test_scans_run_before_the_answer_and_only_then(self):
        plant = self.begin("--paused")
        self.assertIn("paused", plant.ctl("sim"))
        self.assertEqual([self.cycle(1), self.cycle(1), self.cycle(10), self.cycle(0)], [1, 2, 12, 12])
        self.client.write_coil(0, True, slave=1)
        self.assertEqual(self.cycle(10), 22)  # a second: 10 units
        level = self.client.read_input_registers(0, 1, slave=1).registers[0]
        self.assertIn(level, (9, 10))
        self.assertEqual(self.cycle(100), 122)
        self.assertEqual(self.client.read_input_registers(0, 1, slave=1).registers[0], level + 100)
        journal = support.eventually(
            lambda: (text := plant.ctl("journal")) and "simulation stepped" in text and text, "it is told")
        self.assertIn("simulation paused", journal)
        self.assertEqual(self.client.read_holding_registers(LOCK, 3, slave=INSTRUCTOR).registers, [0, 0, 122])

    def test_what_cannot_be_is_refused(self):
        self.begin()
        self.assertEqual(self.cycle(1), 4)  # it runs by itself
        self.client.write_coil(2000, True, slave=INSTRUCTOR)
        self.assertEqual(self.cycle(1001), 4)
        support.eventually(lambda: self.cycle(1) > 4 or None, "it is paused")

    def test_pause_and_cycle_may_come_in_one_request_after_another(self):
        self.begin()
        self.client.write_coil(2000, True, slave=INSTRUCTOR)
        first = self.cycle(3)
        self.assertEqual(self.cycle(3), first + 3)

    def test_reloaded_plant_goes_on_in_lock_step(self):
        plant = self.begin("--paused")
        self.cycle(5)
        self.file.write_text(FILE.replace("gain: 10", "gain: 20"), encoding="utf-8")
        plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "plant changed" in plant.ctl("journal"), "the plant has taken over")
        self.assertEqual(self.cycle(5), 10)

    def test_paused_needs_an_instructor_and_time_that_nobody_else_lets_pass(self):
        self.file.write_text(FILE.replace("instructor: true\n", ""), encoding="utf-8")
        result = support.run(support.MBPLANTD, "--paused", self.file)
        self.assertEqual((result.returncode, result.stderr),
                         (2, f"mbplantd: --paused: nobody could let {self.file} run: it has no instructor; write "
                             "'instructor: true' into it\n"))
        result = support.run(support.MBPLANTD, "--paused", "--fast-forward", "1s", self.file)
        self.assertEqual(result.returncode, 2)
        self.assertIn("--paused has no place beside --fast-forward", result.stderr)


if __name__ == "__main__":
    support.main()
