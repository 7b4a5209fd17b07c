"""Plant files of people who mean harm: they read nothing of the machine, hold nothing up, and overwrite nobody's file."""
import os
import pathlib
import signal
import tempfile
import unittest

import support
from test_put import CHECK, DONE, LINE, PUT, REFUSED, Master
from test_trouble import Shim

SECRET = "s,the-secret\n0,12345\n"


def with_signal(signal_text):
    """The plant with one more sensor of such a signal."""
    return LINE.replace("units:", "units:\n  - {id: 9, sensors: [{name: S9, signal: " + signal_text + "}]}", 1)


class HostilePlant(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-hostile-")))
        self.home = self.folder / "plants"
        self.home.mkdir()
        self.file = self.home / "line.yaml"
        self.file.write_text(LINE)

    def start(self, **options):
        self.plant = self.enterContext(support.Plant(self.file, **options))
        self.master = Master(self.plant.port)
        self.addCleanup(self.master.close)

    def answer(self, text, command=CHECK):
        self.master.stage(text)
        return self.master.carry_out(command)

    def assert_refused(self, signal_text, *words):
        state, said = self.answer(with_signal(signal_text))
        self.assertEqual(state, REFUSED, said)
        for word in words:
            self.assertIn(word, said)
        for secret in ("the-secret", "12345", "root:"):
            self.assertNotIn(secret, said)

    def test_recording_that_a_master_names_tells_nothing_of_this_machine(self):
        secret = self.folder / "secret.csv"
        secret.write_text(SECRET)
        (self.home / "link.csv").symlink_to(secret)
        (self.home / "inner").symlink_to(self.folder)
        (self.home / "bad.csv").write_text(SECRET + "the-secret,1\n")
        self.start()
        for name in (secret, "../secret.csv", "/etc/passwd", "/proc/self/environ", "/nowhere"):
            self.assert_refused(f"{{replay: {name}}}", "below the plant file's folder")
            self.assert_refused(f"{{replay: {{file: {name}, column: x}}}}", "below the plant file's folder")
        for name in ("link.csv", "inner/secret.csv"):
            self.assert_refused(f"{{replay: {name}}}", "not below the plant file's folder, or is a link")
        self.assert_refused("{replay: {file: bad.csv, column: x}}", "line 1: there is no column of that name")
        self.assert_refused("{replay: bad.csv}", "line 3: the time is no number")
        self.assert_refused("{replay: none.csv}", "none.csv cannot be read: No such file or directory")

    def test_recording_beside_the_plant_file_is_played(self):
        (self.home / "good.csv").write_text("0,17\n")
        self.start()
        state, said = self.answer(with_signal("{replay: good.csv}"), PUT)
        self.assertEqual(state, DONE, said)
        self.assertIn("S9 = 17", self.plant.ctl("read", "S9"))

    def test_recording_elsewhere_that_the_operator_chose_stays(self):
        elsewhere = self.folder / "elsewhere.csv"
        elsewhere.write_text("0,17\n")
        text = with_signal(f"{{replay: {elsewhere}}}")
        self.file.write_text(text)
        self.start()
        state, said = self.answer(text.replace("max: 85", "max: 88", 1), PUT)
        self.assertEqual(state, DONE, said)

    def test_fifo_and_device_hold_nothing_up(self):
        os.mkfifo(self.home / "fifo")
        self.start()
        self.assert_refused("{replay: fifo}", "it is no regular file")
        self.file.write_text(with_signal("{replay: /dev/zero}"))
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "is not taken over" in "".join(self.plant.err.lines), "the refusal")
        self.file.unlink()
        os.mkfifo(self.file)
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: "".join(self.plant.err.lines).count("is not taken over") == 2, "the second refusal")
        self.assertEqual(self.answer(LINE.replace("max: 85", "max: 88", 1))[0], DONE)

    def test_disk_that_does_not_answer_keeps_no_plant_from_stopping(self):
        (self.home / "stuck.csv").write_text("0,1\n")
        shim = Shim(self.folder)
        self.start(environment=shim.environment)
        shim.be(stuck=True)
        self.master.stage(with_signal("{replay: stuck.csv}"))
        self.assertLess(self.master.command(PUT)[0], 0x80)
        self.assertIn("en_service", self.plant.ctl("machine", "M1"))  # what is left of it goes on
        self.plant.stop()
        self.assertIn("still on its way", self.plant.err.text())
        self.plant.start()
        self.assertEqual(self.file.read_text(), LINE)

    def test_put_overwrites_nobodys_file(self):
        theirs = self.folder / "theirs"
        theirs.write_text("theirs")
        draft = pathlib.Path(f"{self.file}.new")
        os.link(theirs, draft)
        self.start()
        new = LINE.replace("max: 85", "max: 88", 1)
        self.assertEqual(self.answer(new, PUT)[0], DONE)
        self.assertEqual(theirs.read_text(), "theirs")
        self.assertEqual(self.file.read_text(), new)
        self.assertFalse(draft.exists())
        draft.symlink_to(theirs)
        self.assertEqual(self.answer(LINE, PUT)[0], DONE)
        self.assertEqual(theirs.read_text(), "theirs")

    def test_put_keeps_owner_and_permissions(self):
        if os.geteuid() != 0:
            self.skipTest("only root may give a file to somebody")
        os.chown(self.file, 1, 2)
        self.file.chmod(0o604)
        self.start()
        self.assertEqual(self.answer(LINE.replace("max: 85", "max: 88", 1), PUT)[0], DONE)
        now = self.file.stat()
        self.assertEqual((now.st_uid, now.st_gid, now.st_mode & 0o7777), (1, 2, 0o604))

    def test_plant_that_asks_for_too_much_is_refused_and_nobody_waits(self):
        self.start()
        sensor = '{name: "S{u}.{n}", repeat: 4000'
        bombs = {
            "values of dead times": "scan: 1ms\nunits: [{id: 9, sensors: [{name: 'S{n}', repeat: 300, "
                                    "signal: {dead_time: 999s}}]}]",
            "inputs, most of them": f"units: [{{id: 1, repeat: 246, sensors: [{sensor}, signal: {{inputs: ["
                                    f"{', '.join(['{from: S1.1}'] * 64)}]}}}}]}}]",
            "records of files": "units: [{id: 1, repeat: 246, tables: {files: [" +
                                ", ".join(f"{{number: {i}, count: 10000}}" for i in range(1, 700)) + "]}}]",
            "984000 sensors": f"units: [{{id: 1, repeat: 246, sensors: [{sensor}}}]}}]",
            "windows of rates of change": "scan: 1ms\nunits: [{id: 1, repeat: 246, machines: [{name: 'M{u}.{n}', "
                                          "repeat: 1000, sensors: [{name: 'S{u}.{m}.{n}', repeat: 4, range: [0, 9], "
                                          "rate_of_change: {max: 1}, signal: {wander: {sigma: 1, tau: 1s}}}]}]}]",
            "nothing would be answered": f"units: [{{id: 1, repeat: 50, sensors: [{sensor}}}]}}]",
            "a scan would take about": f"scan: 1ms\nunits: [{{id: 1, repeat: 20, sensors: [{sensor}}}]}}]",
        }
        for word, yaml in bombs.items():
            state, said = self.answer(f"mbplant: 1\ninstructor: true\n{yaml}\n", PUT)
            self.assertEqual(state, REFUSED, word)
            self.assertIn(word, said)
            self.assertRegex(said, r"^\S+:\d+:\d+: ")
        self.assertEqual(self.file.read_text(), LINE)

    def test_plant_for_which_there_is_no_memory_says_so(self):
        asan = support.ENVIRONMENT["ASAN_OPTIONS"] + ":allocator_may_return_null=1:max_allocation_size_mb=4"
        plant = support.Plant(self.file, environment={"ASAN_OPTIONS": asan})
        self.addCleanup(plant.__exit__, AssertionError)  # killed: what ASan says of each refusal is no fault
        plant.start()
        self.master = Master(plant.port)
        self.addCleanup(self.master.close)
        many = LINE.replace("units:", "units:\n  - {id: 9, sensors: [{name: 'S{n}', repeat: 4000}]}", 1)
        state, said = self.answer(many, PUT)
        if state == DONE:
            self.skipTest("this build has no AddressSanitizer that would refuse memory")
        self.assertEqual(state, REFUSED)
        self.assertIn("not enough memory for this plant", said)


if __name__ == "__main__":
    support.main()
