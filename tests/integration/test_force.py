"""Points of any table that an instructor holds at a number: by mbplantctl, and by the record of unit 247."""
import pathlib
import re
import signal
import sqlite3
import tempfile
import unittest

import outside
import support
import test_web

FILE = """mbplant: 1
name: Forced
instructor: true
units:
  - id: 1
    blocks: {default: none, summary: 30000, events: 31000}
    machines: [{name: M1, actuators: [{name: V1, kind: valve, register: {at: 6, scale: 1}, fail: {maintenance: 5}}]}]
    actuators:
      - {name: P1, kind: pump, on_off: true, register: {at: coil 5}}
    controllers: [{name: C1, input: T1, output: V1, setpoint: 5, gain: 1, integral: 10s}]
    logic: ["P1 := FALSE"]
    sensors: [{name: T1, range: [0, 100], signal: {base: 5}, register: {at: input 10, type: int16, scale: 0.1}}]
    points:
      - {at: holding 100, name: MODE, value: 3}
      - {at: input 5, tag: MODE, type: float32}
      - {at: input 7, name: NEXT, expr: "MODE + 1"}
      - {at: discrete 9, tag: M1.running}
      - {at: coil 9, tag: M1.maintenance}
      - {at: holding 50, value: 0}
      - {at: coil 800, same_as: holding 50, count: 16}
      - {at: input 73, expr: "SEL(P1, 0, 1) + SEL(P1.command, 0, 10)"}
      - {at: input 74, expr: V1}
      - {at: input 75, bits: {0: P1}}
      - {at: holding 200, name: LONG, value: abc, type: string(11)}
      - {at: holding 60, name: TEXT, value: abc, type: string(4)}
      - {at: holding 70, bit: 2, name: B2, value: true}
      - {at: holding 70, byte: high, name: HB, value: 7}
      - {at: input 71, bits: {0: M1.en_service, 3: M1.en_panne}}
      - {at: input 72, expr: "SEL(B2, 0, 1)"}
    tables:
      input_registers: [{at: 0, values: [7, 8]}]
      discrete_inputs: [{at: 0, values: [0]}]
      holding_registers: [{at: 40, values: [1]}]
"""
RECORD, HOLD, RELEASE, RELEASE_ALL, HOLD_BITS, RELEASE_BITS = 30, 1, 2, 3, 4, 5
COILS, DISCRETES, INPUTS, HOLDINGS = 0, 1, 3, 4


class Force(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-force-test-")))
        self.file = self.folder / "forced.yaml"
        self.file.write_text(FILE, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(self.file, data=self.folder / "data"))
        self.connect()

    def connect(self):
        self.client = outside.Client(self.plant.port)
        self.addCleanup(self.client.close)

    def words(self, address, count=1, holding=False):
        read = self.client.read_holding_registers if holding else self.client.read_input_registers
        return read(address, count, slave=1).registers

    def bits(self, address, count=1, coils=False):
        read = self.client.read_coils if coils else self.client.read_discrete_inputs
        return read(address, count, slave=1).bits[:count]

    def record(self, unit, table, address, words, command=HOLD):
        """The exception of a record, None where it is taken."""
        words = list(words) + [0] * (4 - len(words))
        answer = self.client.write_registers(RECORD, [unit, table, address, 1, *words[:4], command], slave=247)
        return answer.exception_code if answer.isError() else None

    def test_raw_inputs_read_what_a_tester_gives_them(self):
        self.assertIn("IR 0 = 30001: 42", self.plant.ctl("force", "input:0", "42"))
        self.assertIn("DI 0 = 10001: on", self.plant.ctl("force", "discrete:0", "1"))
        self.assertEqual((self.words(0, 2), self.bits(0)), ([42, 8], [True]))
        status = self.plant.ctl("status")
        self.assertIn("forced: IR 0 = 30001 of unit 1 = 0x002A\n", status)
        self.assertIn("points forced   2 beside sensors", self.plant.ctl("sim"))
        self.assertIn("IR 0 = 30001: released", self.plant.ctl("release", "ir:0"))
        self.plant.ctl("release", "all")
        self.assertEqual((self.words(0, 2), self.bits(0)), ([7, 8], [False]))
        journal = support.eventually(
            lambda: (text := self.plant.ctl("journal")) and text.count("released") == 2 and text, "all is told")
        for line in ("30001 of unit 1 forced 7 -> 42 by 127.0.0.1", "10001 of unit 1 forced 0 -> 1 by 127.0.0.1",
                     "30001 of unit 1 released 42 -> 7 by 127.0.0.1", "10001 of unit 1 released 1 -> 0 by 127.0.0.1"):
            self.assertIn(line, journal)

    def test_release_all_says_what_it_let_go(self):
        self.plant.ctl("force", "input:0", "42")
        self.plant.ctl("force", "MODE", "9")
        self.plant.ctl("force", "M1.running", "off")
        self.assertRegex(self.plant.ctl("release", "all"), "^[^:\n]+: 0 sensors and 3 points released\n")
        self.plant.ctl("force", "MODE", "9")
        told = self.plant.ctl("release", "all")
        self.assertIn(": 0 sensors and 1 point released\n  released: MODE  (HR 100 = 40101 of unit 1)\n", told)
        self.plant.ctl("force", "input:0", "42")
        self.assertIn("\n  released: IR 0 = 30001 of unit 1\n", self.plant.ctl("release", "all"))
        self.assertIn(": 0 sensors released\n", self.plant.ctl("release", "all"))

    def test_what_is_written_meanwhile_counts_beneath(self):
        self.plant.ctl("force", "holding:40", "99")
        self.assertFalse(self.client.write_register(40, 5, slave=1).isError())
        self.assertEqual(self.words(40, holding=True), [99])
        self.plant.ctl("release", "holding:40")
        self.assertEqual(self.words(40, holding=True), [5])

    def test_named_point_is_forced_for_all_who_read_it(self):
        self.assertIn("MODE = 9  (HR 100 = 40101)", self.plant.ctl("force", "mode", "9"))
        support.eventually(lambda: self.words(7) == [10], "an expression sees it")
        self.assertEqual(self.words(5, 2), [0x4110, 0])
        self.client.write_register(100, 20, slave=1)
        support.eventually(lambda: self.words(100, holding=True) == [9], "a write goes beneath")
        self.assertIn("forced: MODE = 9  (HR 100 = 40101 of unit 1)", self.plant.ctl("status"))
        self.plant.ctl("force", "input:5:float32", "12")  # the same value, by where else it stands
        support.eventually(lambda: self.words(100, holding=True) == [12], "its home shows it")
        self.assertIn("MODE = 20  (released)", self.plant.ctl("release", "MODE"))
        self.plant.ctl("force", "NEXT", "1")
        self.assertEqual(self.words(7), [1])
        self.assertIn("NEXT = 21  (released)", self.plant.ctl("release", "next"))

    def test_sensor_without_a_register_that_masters_write_is_forced_as_a_sensor(self):
        self.assertIn("T1 = 33.0  (IR 10 = 30011)", self.plant.ctl("force", "T1", "33"))
        self.assertEqual(self.words(10), [330])
        self.assertIn("T1 = 5.0  (released)", self.plant.ctl("release", "t1"))
        support.eventually(lambda: "T1 released from 33.0 by 127.0.0.1" in self.plant.ctl("journal"), "it is told")

    def test_field_of_the_map_is_forced_as_masters_read_it(self):
        self.assertIn("M1.running = off  (DI 9 = 10010)", self.plant.ctl("force", "M1.running", "off"))
        self.assertEqual(self.bits(9), [False])
        self.assertIn("M1.running = on  (released)", self.plant.ctl("release", "M1.running"))

    def test_bits_and_bytes_of_a_register_are_held_alone(self):
        self.assertIn("B2 = off  (HR 70 = 40071)", self.plant.ctl("force", "B2", "off"))
        support.eventually(lambda: self.words(72) == [0], "an expression sees it")
        self.assertEqual(self.words(70, holding=True), [0x0700])
        self.client.write_register(70, 0x0904, slave=1)
        support.eventually(lambda: self.words(70, holding=True) == [0x0900], "the rest is written, this beneath")
        self.assertIn("HB = 3  (HR 70 = 40071)", self.plant.ctl("force", "HB", "3"))
        self.assertEqual(self.words(70, holding=True), [0x0300])
        status = self.plant.ctl("status")
        self.assertIn("forced: B2 = off  (HR 70 = 40071 of unit 1)", status)
        self.assertIn("forced: HB = 3  (HR 70 = 40071 of unit 1)", status)
        self.assertIn("B2 = on  (released)", self.plant.ctl("release", "B2"))
        self.assertEqual((self.words(70, holding=True), self.words(72)), ([0x0304], [1]))
        self.plant.ctl("release", "all")
        self.assertEqual(self.words(70, holding=True), [0x0904])

    def test_bits_that_the_plant_shows_are_held_over_what_it_shows(self):
        self.assertEqual(self.words(71), [1])
        self.plant.ctl("force", "M1.en_panne", "on")  # bit 3 of input 71
        self.assertEqual(self.words(71), [9])
        self.assertIsNone(self.record(1, INPUTS, 71, [0, 1], HOLD_BITS))
        support.eventually(lambda: self.words(71) == [8], "two of them")
        self.assertEqual(self.record(1, INPUTS, 71, [0, 0], HOLD_BITS), 4)
        self.assertEqual(self.record(1, DISCRETES, 9, [0, 1], HOLD_BITS), 4)
        self.assertIsNone(self.record(1, INPUTS, 71, [0, 1], RELEASE_BITS))
        support.eventually(lambda: self.words(71) == [9], "one of them")

    def test_text_is_held_whole(self):
        long = "a text of twenty two.."
        self.assertIn(f"LONG = {long}  (HR 200..210 = ", self.plant.ctl("force", "LONG", long))
        self.assertIn(long, self.plant.ctl("read", "LONG"))
        self.assertIn("points forced   3 beside sensors", self.plant.ctl("sim"))
        self.client.write_registers(200, [0x7878] * 11, slave=1)
        self.assertIn(long, self.plant.ctl("read", "LONG"))
        self.assertIn("LONG = " + "x" * 22 + "  (released)", self.plant.ctl("release", "LONG"))
        self.assertIn("points forced   0 beside sensors", self.plant.ctl("sim"))

    def test_actuator_goes_where_it_is_held_whoever_moves_it(self):
        self.assertIn("P1 = on  (coil 5 = 00006)", self.plant.ctl("force", "P1", "on"))
        support.eventually(lambda: self.words(73) == [11], "it runs, and expressions see the command")
        self.assertEqual(self.bits(5, coils=True), [True])
        self.plant.ctl("force", "V1", "60")
        support.eventually(lambda: self.words(74) == [60], "the valve that a controller moves")
        self.assertIsNone(self.record(1, INPUTS, 75, [0, 1], RELEASE_BITS))  # where else it stands
        support.eventually(lambda: self.words(73) == [0], "what logic says counts again")
        self.assertIn("P1 released 1 -> 0 by 127.0.0.1", self.plant.ctl("journal"))
        self.plant.ctl("machine", "M1", "maintenance")
        support.eventually(lambda: self.words(74) == [5], "it fails with its machine all the same")

    def test_held_actuator_outlives_a_restart_and_an_edit(self):
        self.plant.ctl("force", "P1", "on")
        self.plant.stop()
        self.plant.start()
        self.connect()
        support.eventually(lambda: self.words(73) == [11], "as it was")
        self.file.write_text(FILE.replace("{name: P1,", "{name: P0, kind: pump, on_off: true, register: {at: coil 6}}\n      - {name: P1,"), encoding="utf-8")
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "P0" in self.plant.ctl("map"), "another stands before it")
        self.assertEqual(self.words(73), [11])
        self.plant.ctl("release", "all")
        support.eventually(lambda: self.words(73) == [0], "it is let go")

    def test_address_that_is_the_same_as_another_shows_it_too(self):
        self.plant.ctl("force", "holding:50", "5")
        self.assertEqual(self.bits(800, 4, coils=True), [True, False, True, False])

    def test_forced_points_outlive_a_stop_a_kill_and_an_edit(self):
        self.plant.ctl("force", "input:0", "42")
        self.plant.ctl("force", "MODE", "9")
        for end in ("stop", "kill"):
            with self.subTest(end=end):
                getattr(self.plant, end)()
                self.plant.start()
                self.connect()
                self.assertEqual((self.words(0), self.words(100, holding=True)), ([42], [9]))
        self.file.write_text(FILE.replace("holding 100", "holding 90"), encoding="utf-8")
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "HR 90" in self.plant.ctl("read", "MODE", check=False).stdout, "the point has moved")
        self.assertEqual((self.words(0), self.words(90, holding=True)), ([42], [9]))
        self.plant.ctl("release", "all")
        self.assertEqual((self.words(0), self.words(90, holding=True)), ([7], [3]))

    def test_snapshot_has_what_was_forced_when_it_was_taken(self):
        self.plant.ctl("sim", "snapshot")
        self.plant.ctl("force", "MODE", "9")
        self.plant.ctl("force", "input:0", "42")
        self.plant.ctl("sim", "restore")
        support.eventually(lambda: (self.words(0), self.words(100, holding=True)) == ([7], [3]), "as it was")

    def test_record_that_cannot_be_is_refused(self):
        self.assertIsNone(self.record(1, INPUTS, 0, [1]))
        for what in ((1, INPUTS, 99, [1]), (9, INPUTS, 0, [1]), (247, INPUTS, 0, [1]), (300, INPUTS, 0, [1]),
                     (1, 2, 0, [1]), (1, 7, 0, [1]), (1, INPUTS, 65535, [1])):
            with self.subTest(what=what):
                self.assertEqual(self.record(*what), 4)
        self.assertEqual(self.record(1, INPUTS, 0, [1], command=4), 4)
        self.assertEqual(self.client.write_registers(RECORD, [1, DISCRETES, 0, 2, 1, 1, 0, 0, HOLD], slave=247)
                         .exception_code, 4)
        self.assertEqual(self.client.read_input_registers(29, 1, slave=247).registers, [1])
        self.assertEqual(self.client.read_input_registers(1000, 8, slave=247).registers, [1, INPUTS, 0, 1, 1, 0, 0, 0])

    def test_many_records_in_one_scan_are_all_done_as_far_as_there_is_room(self):
        file = self.folder / "many.yaml"
        file.write_text("mbplant: 1\ninstructor: true\nunits:\n  - id: 1\n    tables: {input_registers: "
                        "[{at: 0, count: 100}]}\n", encoding="utf-8")
        with support.Plant(file) as plant:
            self.client = outside.Client(plant.port)
            answers = [self.record(1, INPUTS, address, [address + 1]) for address in range(65)]
            self.assertEqual(answers, [None] * 64 + [4])
            support.eventually(lambda: self.words(0, 64) == list(range(1, 65)), "all of them")
            self.assertIsNone(self.record(1, COILS, 0, [0], RELEASE_ALL))
            support.eventually(lambda: self.words(0, 64) == [0] * 64, "none of them")
            self.client.close()

    def test_mistakes_are_told(self):
        def wrong(*arguments):
            result = self.plant.ctl(*arguments, check=False)
            return result.returncode, result.stderr

        self.assertEqual(wrong("force", "ir:99", "3")[1], "mbplantctl: ir:99: the slave refuses it: its unit 1 has no "
                         "IR 99 = 30100, or 64 points are forced already\n")
        self.assertEqual(wrong("force", "TEXT", "much too long")[0], 2)
        self.assertEqual(wrong("force", "MODE", "x")[0], 2)
        self.assertEqual(wrong("force", "input:0", "x")[0], 2)
        self.assertEqual(wrong("force", "input:0-1", "1")[0], 2)
        self.assertEqual(wrong("force", "inpt:0", "1")[0], 2)
        self.assertEqual(wrong("release", "inpt:0")[0], 2)
        self.assertEqual(wrong("force", "NOPE", "1")[0], 2)
        file = self.folder / "alone.yaml"
        file.write_text(FILE.replace("instructor: true\n", ""), encoding="utf-8")
        with support.Plant(file) as plant:
            result = plant.ctl("force", "input:0", "1", check=False)
            self.assertEqual((result.returncode, result.stderr),
                             (1, "mbplantctl: this slave has no instructor (unit 247 does not answer): add "
                                 "`instructor: true` to the plant file and start mbplantd again\n"))

    def test_paused_plant_shows_a_forced_point_at_once(self):
        self.plant.ctl("sim", "pause")
        self.assertIsNone(self.record(1, INPUTS, 0, [42]))
        support.eventually(lambda: self.words(0) == [42], "no scan is needed")
        self.assertIsNone(self.record(1, INPUTS, 0, [], RELEASE))
        support.eventually(lambda: self.words(0) == [7], "nor to let it go")

    def test_http_shows_what_masters_read(self):
        with test_web.Web(self.file) as plant:
            plant.ctl("force", "input:0", "42")
            self.assertEqual(plant.get("/registers?unit=1&table=input&at=0&count=1")["values"], [42])



class WithoutCheckpoint(unittest.TestCase):
    def test_what_lies_beneath_a_forced_point_outlives_a_restart_without_a_checkpoint(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-force-test-")))
        file = folder / "forced.yaml"
        file.write_text(FILE, encoding="utf-8")
        with support.Plant(file, data=folder / "data") as plant:
            plant.ctl("write", "MODE", "20")
            plant.ctl("force", "MODE", "42")
            plant.ctl("write", "MODE", "23")
            support.eventually(lambda: re.search(r"MODE written .*23 by", plant.ctl("journal")), "the write beneath")
            plant.stop()
            with sqlite3.connect(folder / "data" / "journal.db") as journal:
                journal.execute("DELETE FROM checkpoint")
            journal.close()
            plant.start()
            self.assertIn("MODE = 23 ", plant.ctl("read", "MODE"))


PARAMETERS = """mbplant: 1
name: Held
instructor: true
units:
  - id: 1
    parameters: {UA: 40}
    points:
      - {at: holding 9000, tag: UA, type: int16}
      - {at: holding 9020, name: X, value: 7, type: int16}
"""


class Parameters(unittest.TestCase):
    """They stand at no address: what shows one is held where it shows it, and a held point does not become one."""

    def test_what_shows_a_parameter_is_held_there_and_no_master_writes_it(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-force-test-") as folder:
            file = pathlib.Path(folder) / "held.yaml"
            file.write_text(PARAMETERS, encoding="utf-8")
            with support.Plant(file) as plant:
                self.assertIn("exception 02", plant.ctl("write", "UA", "5", check=False).stderr)
                plant.ctl("release", "holding:9000")
                plant.ctl("force", "holding:9000", "5")
                self.assertIn(": 5", plant.ctl("read", "holding:9000"))
                plant.ctl("release", "holding:9000")
                self.assertIn(": 40", plant.ctl("read", "holding:9000"))

    def test_held_point_that_becomes_a_parameter_is_let_go(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-force-test-") as folder:
            file = pathlib.Path(folder) / "held.yaml"
            file.write_text(PARAMETERS, encoding="utf-8")
            with support.Plant(file) as plant:
                plant.ctl("force", "X", "9")
                self.assertIn("X = 9", plant.ctl("read", "X"))
                file.write_text(re.sub(r".*name: X.*\n", "", PARAMETERS.replace("{UA: 40}", "{UA: 40, X: 1}")), encoding="utf-8")
                plant.process.send_signal(signal.SIGHUP)
                support.eventually(lambda: "X = 1\n" in plant.ctl("sim", "parameter", check=False).stdout, "the parameter")
                self.assertIn("UA = 40", plant.ctl("sim", "parameter"))


if __name__ == "__main__":
    support.main()
