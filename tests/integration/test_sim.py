"""An instructor at a running plant: its time and its faults, through mbplantctl and by plain Modbus."""
import json
import pathlib
import re
import shutil
import signal
import struct
import tempfile
import unittest

import outside
import support

INSTRUCTOR = 247
PAUSED, SNAPSHOT, RESTORE, FAULTS = 2000, 2001, 2002, 1000
SCANS = 8


class Sim(unittest.TestCase):
    def setUp(self):
        self.plant = self.enterContext(support.Plant("taught.yaml"))
        self.master = outside.Client(self.plant.port)
        self.assertTrue(self.master.connect())
        self.addCleanup(self.master.close)

    def sim(self, *words, **options):
        return self.plant.ctl("sim", *words, **options)

    def scans(self):
        high, low = self.master.read_input_registers(SCANS, 2, slave=INSTRUCTOR).registers
        return high << 16 | low

    def value(self, sensor):
        return json.loads(self.plant.ctl("read", sensor, "--format", "json"))

    def register(self, addr):
        return self.master.read_holding_registers(addr, 1, slave=1).registers[0]

    def codes(self):
        lines = self.plant.ctl("journal", "--format", "jsonl").splitlines()
        return [json.loads(line)["code"] for line in lines]

    def test_pause_step_and_resume(self):
        self.assertIn("paused after scan", self.sim("pause"))
        paused_at = self.scans()
        self.assertIn("paused", self.sim("status"))
        self.assertEqual(self.scans(), paused_at)
        self.assertIn(f"paused after scan {paused_at + 1},", self.sim("step"))
        self.sim("step", "70000")  # more than one register holds
        self.assertEqual(self.scans(), paused_at + 70001)
        self.sim("step", "2min")
        self.assertEqual(self.scans(), paused_at + 70001 + 6000)
        self.assertIn("running", self.sim("resume"))
        support.eventually(lambda: self.scans() > paused_at + 76001, "scans again")
        support.eventually(lambda: "simulation resumed" in self.codes(), "every command is journaled")
        told = [code for code in self.codes() if code.startswith("simulation")]
        self.assertEqual(told, ["simulation paused"] + 4 * ["simulation stepped"] + ["simulation resumed"])

    def test_write_while_paused_waits_for_the_next_scan(self):
        self.sim("pause")
        self.master.write_register(0, 900, slave=1)
        self.assertEqual(self.register(0), 900)
        self.assertFalse(self.master.read_discrete_inputs(6, 1, slave=1).bits[0])
        self.sim("step")
        self.assertTrue(self.master.read_discrete_inputs(6, 1, slave=1).bits[0])
        self.assertTrue(self.master.read_coils(1, 1, slave=1).bits[0])

    def test_commands_while_paused_say_that_they_wait(self):
        self.plant.ctl("force", "TT1", "70")
        support.eventually(lambda: self.master.read_coils(1000, 1, slave=1).bits[0], "forced")
        self.sim("pause")
        for words in (["release", "TT1"], ["machine", "M1", "maintenance"]):
            said = support.run(support.MBPLANTCTL, "-p", self.plant.port, "--timeout", "200ms", *words, check=True)
            self.assertIn("paused", said.stdout)
        self.sim("step")
        self.assertEqual(self.register(0), 650)
        self.assertTrue(self.master.read_coils(2, 1, slave=1).bits[0])

    def test_coil_of_a_plain_master_acts_before_its_next_request(self):
        for _ in range(20):
            self.master.write_coil(PAUSED, True, slave=INSTRUCTOR)
            before = self.scans()
            self.master.write_register(2, 3, slave=INSTRUCTOR)
            self.assertEqual(self.scans(), before + 3)
            self.master.write_coil(PAUSED, False, slave=INSTRUCTOR)

    def test_speed(self):
        self.assertIn("50 times real time", self.sim("speed", "50"))
        support.eventually(lambda: self.scans() > 500, "at the plant file's pace that takes ten seconds")
        wrong = self.sim("speed", "0", check=False)
        self.assertEqual((wrong.returncode, "0.1 to 1000" in wrong.stderr), (2, True))

    def test_snapshot_and_restore(self):
        none = self.sim("restore", check=False)
        self.assertEqual((none.returncode, "no snapshot" in none.stderr), (1, True))
        self.sim("snapshot")
        self.plant.ctl("force", "TT1", "90")
        support.eventually(lambda: self.master.read_coils(1, 1, slave=1).bits[0], "it trips M1")
        before = self.scans()
        self.assertIn("snapshot restored", self.sim("restore"))
        self.assertTrue(self.master.read_coils(0, 1, slave=1).bits[0])
        self.assertEqual(self.register(0), 650)
        self.assertGreaterEqual(self.scans(), before)

    def test_faults_of_the_file_and_made_up_ones(self):
        support.eventually(lambda: re.search(r"(?m)^active +bearing ", self.sim("fault")), "begun by the first scan")
        self.assertRegex(self.sim("fault"), r"(?m)^- +hot .*by hand\n")
        self.sim("fault", "hot", "on")
        support.eventually(lambda: self.register(0) == 950, "the process is hotter")
        self.sim("fault", "hot", "off")
        support.eventually(lambda: self.register(0) == 650, "and as it was")
        self.assertIn("ad hoc 1", self.sim("fault", "TT1", "bias", "-4.5"))
        support.eventually(lambda: self.register(0) == 605, "the sensor shows less")
        self.sim("fault", "TT1", "dropout", "high", "for", "10min")
        support.eventually(lambda: self.register(0) == 1500, "it fails upscale")
        self.assertIn("3 faults ended", self.sim("fault", "all", "off"))
        support.eventually(lambda: self.register(0) == 650, "and all is well")
        for words, said in [(("hott", "on"), "did you mean 'hot'"), (("TT1", "bias"), "amount"),
                            (("TT1", "drift", "5"), "over"), (("TT1", "odd"), "stuck, bias"),
                            (("TT9", "stuck"), "TT1")]:
            wrong = self.sim("fault", *words, check=False)
            self.assertEqual((wrong.returncode, said in wrong.stderr), (2, True), wrong.stderr)

    def test_each_kind_is_made_up_listed_and_ended(self):
        kinds = [("stuck",), ("stuck", "70"), ("bias", "3"), ("drift", "5", "over", "10min"), ("spike", "4", "every", "5s"), ("dropout",),
                 ("dropout", "low"), ("dropout", "high"), ("noise", "0.5"), ("step", "3"), ("ramp", "3", "over", "1min"), ("wear", "2", "over", "100h")]
        for words in kinds:
            number = re.search(r"ad hoc (\d+)", self.sim("fault", "TT1", *words, "for", "1h")).group(1)
            support.eventually(lambda: re.search(rf"(?m)^active +ad hoc {number} .*{words[0]}", self.sim("fault", "list")), " ".join(words))
            self.sim("fault", f"adhoc{number}", "off")
            support.eventually(lambda: not re.search(rf"(?m)^active +ad hoc {number} ", self.sim("fault")), "its end")

    def test_what_makes_no_fault_is_told_and_nothing_begins(self):
        for words in [("TT1", "bias", "much"), ("TT1", "bias", "1", "2"), ("TT1", "bias", "1", "over"), ("TT1", "bias", "1", "for", "soon"),
                      ("TT1", "ramp", "3"), ("TT1", "spike", "3"), ("TT1", "dropout", "sideways"), ("TT1", "noise"), ("TT1", "stuck", "1", "1"),
                      ("bearing", "maybe"), ("adhoc9999", "off"), ("TT1", "off"), ("TT1", "wear", "nan", "over", "1h"), ("TT1", "drift", "5", "over", "0s")]:
            wrong = self.sim("fault", *words, check=False)
            self.assertIn(wrong.returncode, (1, 2), words)
            self.assertNotEqual(wrong.stderr, "", words)
        self.assertNotRegex(self.sim("fault"), r"(?m)^active +ad hoc")

    def test_students_see_no_fault(self):
        self.sim("fault", "TT1", "bias", "1")
        support.eventually(lambda: self.register(0) == 660, "it acts")
        support.eventually(lambda: len(self.codes()) >= 2, "the journal is there")
        self.assertEqual(set(self.codes()), {"start", "plant loaded"})
        for words in (["map"], ["status"], ["report"]):
            said = self.plant.ctl(*words)
            self.assertNotIn("bearing", said)
        self.assertIn("bearing", self.plant.ctl("map", unit=INSTRUCTOR))


class Actuators(unittest.TestCase):
    """Their faults: by name and made up, over a restart, over HTTP and in a scenario."""

    def setUp(self):
        self.plant = self.enterContext(support.Plant("valves.yaml"))

    def value(self, name):
        return json.loads(self.plant.ctl("read", name, "--format", "json"))[0]["value"]

    def test_valve_that_is_stuck_is_told_by_its_feedback_and_by_the_flow_after_a_restart_too(self):
        self.plant.ctl("sim", "fault", "jammed", "on")
        self.plant.ctl("write", "XV1", "1")
        self.assertEqual([self.value(name) for name in ("XV1", "XV1.position", "XV1_OPENED", "XV1_CLOSED", "FT1")], [1, 0, 0, 1, 50])
        self.assertIn("ad hoc 1", self.plant.ctl("sim", "fault", "FV1", "stuck", "30"))
        support.eventually(lambda: self.value("FT1") == 30, "it feels that")
        self.assertRegex(self.plant.ctl("sim", "fault"), r"(?m)^active +ad hoc 1 +FV1 stuck at 30 %$")
        self.plant.stop()
        self.plant.start()
        self.assertRegex(self.plant.ctl("sim", "fault"), r"(?m)^active +jammed +XV1 stuck where it is; by hand$")
        self.assertRegex(self.plant.ctl("sim", "fault"), r"(?m)^active +ad hoc 1 +FV1 stuck at 30 %$")
        self.assertEqual((self.value("XV1.position"), self.value("FT1")), (0, 30))
        self.assertIn("2 faults ended", self.plant.ctl("sim", "fault", "all", "off"))
        support.eventually(lambda: self.value("FT1") == 100, "both are where they were told to be")

    def test_each_kind_is_felt(self):
        for words, flow, position in [(("passing", "8"), 8, 0), (("offset", "12.5"), 12.5, 12.5), (("stuck", "40"), 40, 40)]:
            self.plant.ctl("write", "FV1", "0")
            self.plant.ctl("sim", "fault", "FV1", *words)
            support.eventually(lambda: (self.value("FT1"), self.value("FV1.position")) == (flow, position), " ".join(words))
            self.plant.ctl("sim", "fault", "all", "off")
        self.plant.ctl("sim", "fault", "FV1", "slow", "over", "1000s")
        self.plant.ctl("write", "FV1", "100")
        support.eventually(lambda: 0 < self.value("FV1.position") < 50, "it creeps")

    def test_scenario_makes_one_up_and_ends_it(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        exercise = folder / "jam.yaml"
        shutil.copy(support.DATA / "valves.yaml", folder)
        exercise.write_text("mbplant_scenario: 1\nname: Jam\nplant: valves.yaml\nduration: 4s\ntimeline:\n"
                            "  - {at: 0s, fault: {name: jam, kind: stuck, actuator: FV1, value: 20}}\n"
                            "  - {at: 1s, expect: {value: {sensor: FT1, between: [20, 20]}}}\n"
                            "  - {at: 2s, fault: jam off}\n"
                            "  - {at: 3s, expect: {value: {sensor: FV1, between: [50, 50]}}}\n")
        told = support.run(support.MBPLANTD, "--fast-forward", "--scenario", exercise)
        self.assertEqual((told.returncode, told.stdout.count("MISSED")), (0, 0), told.stdout + told.stderr)
        exercise.write_text("mbplant_scenario: 1\nname: Jam\nplant: valves.yaml\nduration: 4s\ntimeline:\n  - {at: 0s, fault: {kind: offset, actuator: XV1, amount: 1}}\n"
                            "  - {at: 0s, fault: {kind: stuck, actuator: FV2}}\n")
        told = support.run(support.MBPLANTD, "--check", "--scenario", exercise)
        self.assertEqual(told.returncode, 2)
        self.assertRegex(told.stderr, r"(?s):6:\d+: XV1 is on/off.*:7:\d+: there is no actuator 'FV2'.*did you mean 'FV1'")

    def test_what_an_actuator_cannot_have_is_told(self):
        for words, said in [(("FV1", "bias", "3"), "no kind 'bias' of an actuator; it is stuck, slow, passing or offset"), (("FT1", "slow", "over", "1s"), "of a sensor"),
                            (("XV1", "offset", "0.2"), "on/off"), (("FV1", "stuck", "101"), "101 is no position of FV1, which goes from 0 to 100"),
                            (("FV1", "slow"), "needs 'over'"), (("FV1", "passing"), "needs an amount, in its unit, %"), (("FV1", "passing", "-1"), "no amount")]:
            wrong = self.plant.ctl("sim", "fault", *words, check=False)
            self.assertEqual((wrong.returncode, said in wrong.stderr), (2, True), wrong.stderr)
        self.assertNotIn("active", self.plant.ctl("sim", "fault"))


class Parameters(unittest.TestCase):
    """Numbers that expressions know by a name, and that an instructor alone can change."""

    def setUp(self):
        self.plant = self.enterContext(support.Plant("parameters.yaml"))

    def value(self):
        return json.loads(self.plant.ctl("read", "TT1", "--format", "json"))[0]["value"]

    def test_change_acts_is_journaled_and_outlives_a_restart(self):
        self.assertEqual(self.plant.ctl("sim", "parameter"), "UA = 40\nT_AMB = -12.5\nK1 = 1\nK2 = 1\n")
        self.assertEqual(self.plant.ctl("sim", "parameter", "ua", "35.125"), "UA = 35.125  (40 in the plant file)\n")
        support.eventually(lambda: self.value() == 22.6, "the process has it")
        support.eventually(lambda: "UA written 40 -> 35.12" in self.plant.ctl("journal"), "the journal has it")
        self.plant.stop()
        self.plant.start()
        self.assertIn("UA = 35.125 ", self.plant.ctl("sim", "parameter"))
        support.eventually(lambda: self.value() == 22.6, "as it was")

    def test_snapshot_has_them_and_a_plain_master_writes_them_whole(self):
        master = outside.Client(self.plant.port)
        self.assertTrue(master.connect())
        self.addCleanup(master.close)
        self.plant.ctl("sim", "snapshot")
        words = list(struct.unpack(">4H", struct.pack(">d", 99.5)))
        self.assertTrue(master.write_registers(1000, words[:2], slave=INSTRUCTOR).isError(), "half a number")
        self.assertTrue(master.write_registers(1000, [0x7FF0, 0, 0, 0], slave=INSTRUCTOR).isError(), "infinity")
        self.assertTrue(master.write_registers(1016, words, slave=INSTRUCTOR).isError(), "there are four")
        self.assertIn("UA = 40\n", self.plant.ctl("sim", "parameter"))
        self.assertFalse(master.write_registers(1000, words, slave=INSTRUCTOR).isError())
        self.assertIn("UA = 99.5 ", self.plant.ctl("sim", "parameter"))
        self.plant.ctl("sim", "restore")
        self.assertIn("UA = 40\n", self.plant.ctl("sim", "parameter"))

    def test_reload_keeps_what_was_changed_by_name_and_takes_what_the_file_changed(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        file = pathlib.Path(shutil.copy(support.DATA / "parameters.yaml", folder))
        with support.Plant(file) as plant:
            plant.ctl("sim", "parameter", "UA", "35")
            plant.ctl("sim", "parameter", "T_AMB", "7")
            file.write_text(file.read_text().replace("{UA: 40, T_AMB: -12.5}", "{NEW: 3, UA: 40, T_AMB: 1}"))
            plant.process.send_signal(signal.SIGHUP)
            support.eventually(lambda: plant.ctl("sim", "parameter").startswith("NEW = 3\nUA = 35  (40 in the plant file)\nT_AMB = 1\n"), "the new file")

    def test_what_is_none_is_told(self):
        for words, said in [(("UB",), "did you mean 'UA'"), (("UA", "much"), "'much' is no number"), (("UA", "inf"), "no number")]:
            wrong = self.plant.ctl("sim", "parameter", *words, check=False)
            self.assertEqual((wrong.returncode, said in wrong.stderr), (2, True), wrong.stderr)
        wrong = self.plant.ctl("write", "UA", "3", check=False)
        self.assertEqual((wrong.returncode, "mbplantctl sim parameter UA" in wrong.stderr), (2, True), wrong.stderr)
        self.assertIn("UA = 40\n", self.plant.ctl("sim", "parameter"))


    def test_another_plant_file_than_the_slave_s_is_refused(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        same = shutil.copy(self.plant.file, folder / "same.yaml")
        other = folder / "other.yaml"
        other.write_text(pathlib.Path(same).read_text().replace("{UA: 40, T_AMB: -12.5}", "{T_AMB: -12.5, UA: 40}"))
        self.assertIn("UA = 40\n", self.plant.ctl("sim", "parameter", "--plant", same))
        wrong = self.plant.ctl("sim", "parameter", "UA", "1", "--plant", other, check=False)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn(f"{other} is not the plant file that the slave runs; leave --plant out", wrong.stderr)
        self.assertIn("T_AMB = -12.5\n", self.plant.ctl("sim", "parameter"))


class Seeds(unittest.TestCase):
    """The seed in the instructor's hand; what comes of it is in tests/unit/scan/seed.c."""

    def test_seed_is_shown_set_journaled_and_kept(self):
        with support.Plant("taught.yaml") as plant:
            self.assertEqual(plant.ctl("sim", "seed", "18446744073709551615"), "seed 18446744073709551615\n")
            self.assertIn("seed 18446744073709551615\n", plant.ctl("sim", "status"))
            plant.ctl("sim", "seed", "8")
            support.eventually(lambda: "seed changed to 8 by 127.0.0.1\n" in plant.ctl("journal").replace(", by", " by"), "journal")
            self.assertIn("seed changed to 18446744073709551615", plant.ctl("journal"))
            plant.stop()
            plant.start()
            self.assertEqual(plant.ctl("sim", "seed"), "seed 8\n")
            for wrong in ("-1", "1.5", "18446744073709551616", "x", ""):
                said = plant.ctl("sim", "seed", "--", wrong, check=False)
                self.assertEqual(said.returncode, 2)
                self.assertIn("is no whole number from 0 to 18446744073709551615", said.stderr)
            plant.stop()
            plant.start("--seed", "9")
            self.assertEqual(plant.ctl("sim", "seed"), "seed 9\n")


class NamedSnapshots(unittest.TestCase):
    """Snapshots in files; that the plant goes on from them as it did is in tests/unit/scan/packed.c."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.plant = self.enterContext(support.Plant("taught.yaml", data=self.folder / "data"))

    def sim(self, *words, **options):
        return self.plant.ctl("sim", *words, **options)

    def refused(self, *words):
        result = self.sim(*words, check=False)
        self.assertNotEqual(result.returncode, 0, words)
        return result.stderr

    def file(self, name):
        return self.folder / "data" / "snapshots" / f"{name}.snapshot"

    def test_names_outlive_a_restart_and_bring_the_plant_back(self):
        self.assertIn("there are no snapshots", self.sim("snapshots"))
        self.sim("pause")
        self.sim("seed", "5")
        self.assertRegex(self.sim("snapshot", "démarrage à froid"), "^démarrage à froid: taken after scan ")
        at = re.search(r"simulated time +(.*)", self.sim("status")).group(1)
        self.sim("step", "1000")
        self.sim("seed", "6")
        self.sim("snapshot", "warm")
        self.plant.stop()
        self.plant.start()
        self.assertRegex(self.sim("snapshots"), r"(?s)^démarrage à froid +taken .* seed 5\nwarm +taken .* seed 6\n$")
        self.assertIn(f"at {at} of simulated time", self.sim("restore", "démarrage à froid"))
        self.assertEqual(self.sim("seed"), "seed 5\n")
        said = self.plant.ctl("journal")
        self.assertIn("snapshot taken by 127.0.0.1 # warm", said)
        support.eventually(lambda: "# démarrage à froid" in self.plant.ctl("journal", "--code", "snapshot restored"), "journal")
        self.assertEqual(self.sim("remove", "warm"), "warm: removed\n")
        self.assertNotIn("warm", self.sim("snapshots"))
        self.assertEqual([path.name for path in self.file("x").parent.iterdir()], ["démarrage à froid.snapshot"])

    def test_what_cannot_be_restored_says_why_and_changes_nothing(self):
        self.sim("pause")
        self.sim("snapshot", "good")
        whole = self.file("good").read_bytes()
        self.sim("step")
        before = self.sim("status").splitlines()[1:4]
        for name, content, why in (("short", whole[:-1], "is damaged, or a part of it is missing"), ("empty", b"", "is no snapshot"),
                                   ("spoilt", whole[:-9] + b"x" + whole[-8:], "is damaged"), ("other", b"#!/bin/sh\n", "is no snapshot"),
                                   ("longer", whole + b"x", "is damaged")):
            self.file(name).write_bytes(content)
            self.assertIn(f"snapshot '{name}' {why}", self.refused("restore", name))
        self.file("link").symlink_to("good.snapshot")
        self.assertIn("'link' cannot be read", self.refused("restore", "link"))
        self.assertIn("there is no snapshot 'nobody'", self.refused("restore", "nobody"))
        self.assertIn("there is no snapshot 'nobody'", self.refused("remove", "nobody"))
        for name in ("../data", "a/b", ".hidden", "", "x" * 61, "a\\b", "a\nb", " a", "a;b"):
            self.assertIn("is no name for a snapshot", self.refused("snapshot", name))
        self.assertRegex(self.sim("snapshots"), r"(?m)^short .*it is damaged")
        self.assertEqual(self.sim("status").splitlines()[1:4], before)
        self.sim("restore", "good")

    def test_of_another_plant_file_it_is_refused_and_may_be_restored_where_that_runs(self):
        self.sim("snapshot", "mine")
        text = self.plant.file.read_text()
        other = self.folder / "other.yaml"
        other.write_text(text + "# edited\n")
        with support.Plant(other, data=self.folder / "more") as plant:
            (self.folder / "more" / "snapshots").mkdir()
            shutil.copy(self.file("mine"), self.folder / "more" / "snapshots")
            wrong = plant.ctl("sim", "restore", "mine", check=False)
            self.assertRegex(wrong.stderr, "'mine' is of another plant file than the one that runs")

    def test_plain_master_asks_by_registers(self):
        master = outside.Client(self.plant.port)
        self.assertTrue(master.connect())
        self.addCleanup(master.close)
        name = "plc".encode().ljust(64, b"\0")
        words = list(struct.unpack(">32H", name)) + [1]
        self.assertFalse(master.write_registers(110, words, slave=INSTRUCTOR).isError())
        support.eventually(lambda: master.read_input_registers(120, 4, slave=INSTRUCTOR).registers == [2, 1, 1, 1], "done, one")
        for wrong in ([0x2F61] + 31 * [0] + [1], 32 * [0] + [2], words[:-1] + [5], [0x6100, 0x6100] + 30 * [0] + [9]):
            self.assertTrue(master.write_registers(110, wrong, slave=INSTRUCTOR).isError(), wrong)
        self.assertFalse(master.write_registers(142, [3], slave=INSTRUCTOR).isError(), "the name stands there")
        support.eventually(lambda: master.read_input_registers(120, 4, slave=INSTRUCTOR).registers == [2, 3, 2, 0], "removed")


class WithoutInstructor(unittest.TestCase):
    def test_says_what_to_do(self):
        with support.Plant("line.yaml") as plant:
            for words in ([], ["pause"], ["fault"], ["step", "3"]):
                result = plant.ctl("sim", *words, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn("add `instructor: true` to the plant file", result.stderr)


if __name__ == "__main__":
    support.main()
