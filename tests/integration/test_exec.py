"""mbplantd --exec and --ready-fd: a plant that lives as long as a program does; --fast-forward --end."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import support

HELLO = support.ROOT / "config" / "hello.yaml"
CTL = support.MBPLANTCTL


class Exec(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-exec-")))
        self.environment = dict(support.ENVIRONMENT, TMPDIR=str(self.folder))

    def mbplantd(self, *words):
        return support.run(support.MBPLANTD, *words, environment=self.environment)

    def begin(self, command):
        """A mbplantd whose command has said "ready"."""
        process = subprocess.Popen([support.MBPLANTD, HELLO, "--exec", command], env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def test_command_finds_the_plant_and_its_exit_code_is_ours(self):
        result = self.mbplantd(HELLO, "--exec", f"{CTL} read TEMP; env | grep ^MBPLANT_; exit 3")
        self.assertEqual((result.returncode, result.stderr), (3, ""))
        self.assertRegex(result.stdout, r"TEMP = .* °C")
        self.assertRegex(result.stdout, r"MBPLANT_HOST=127\.0\.0\.1\n")
        self.assertRegex(result.stdout, r"MBPLANT_PORT=\d+\n")
        self.assertEqual(list(self.folder.iterdir()), [], "its journal has gone")

    def test_two_at_once_are_in_nobodys_way(self):
        inner = f"{support.MBPLANTD} {HELLO} --exec '{CTL} read TEMP; echo $MBPLANT_PORT'; echo $MBPLANT_PORT"
        result = self.mbplantd(HELLO, "--exec", inner)
        ports = re.findall(r"^\d+$", result.stdout, re.M)
        self.assertEqual((result.returncode, len(set(ports))), (0, 2), result.stdout + result.stderr)

    def test_killed_command_is_told_as_shells_tell_it(self):
        self.assertEqual(self.mbplantd(HELLO, "--exec", "kill -9 $$").returncode, 128 + 9)
        self.assertEqual(self.mbplantd(HELLO, "--exec", "no-such-program").returncode, 127)

    def test_signal_goes_to_all_of_the_command_and_the_second_one_kills(self):
        process = self.begin("echo ready; sleep 1000; exit 7")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.PATIENCE_S), 128 + signal.SIGTERM)
        process = self.begin("trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.stdout.readline(), "asked\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.PATIENCE_S), 128 + signal.SIGKILL)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_scenario_is_judged_beside_the_command(self):
        scenario = self.folder / "s.yaml"
        scenario.write_text(f"mbplant_scenario: 1\nname: Beside\nplant: {HELLO}\nduration: 10min\ntimeline:\n"
                            "  - expect: {value: {sensor: TEMP, between: [91, 93]}, within: 5min}\n")
        report = self.folder / "plant.xml"
        report.write_text("x" * 5000)
        wait = f"{CTL} write TEMP 92 && {CTL} write TEMP 92"  # which ends when a scan has taken it in
        result = self.mbplantd("--scenario", scenario, "--format", "junit", "-o", report, "--exec", wait)
        tree = xml.etree.ElementTree.parse(report).getroot()
        self.assertEqual((result.returncode, tree.get("failures")), (0, "0"), result.stderr + report.read_text())
        result = self.mbplantd("--scenario", scenario, "--format", "junit", "-o", report, "--exec", "true")
        self.assertEqual((result.returncode, xml.etree.ElementTree.parse(report).getroot().get("failures")), (1, "1"))
        result = self.mbplantd("--scenario", scenario, "--exec", "exit 5")
        self.assertEqual(result.returncode, 5)
        result = self.mbplantd("--scenario", scenario, "-o", self.folder / "no" / "x", "--exec", "true")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))

    def test_ready_fd_gets_one_line_when_the_plant_answers(self):
        reading, writing = os.pipe()
        process = subprocess.Popen([support.MBPLANTD, "-l", "127.0.0.1:0", "-d", self.folder / "d", "--http", "127.0.0.1:0", "--ready-fd",
                                    str(writing), HELLO], pass_fds=[writing], env=self.environment, stdout=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            line = pipe.read()  # to its end: nobody holds it open
        found = re.fullmatch(r"MBPLANT_HOST=(\S+) MBPLANT_PORT=(\d+) MBPLANT_HTTP=http://127\.0\.0\.1:\d+/\n", line)
        self.assertIsNotNone(found, line)
        environment = dict(self.environment, MBPLANT_HOST=found[1], MBPLANT_PORT=found[2])
        self.assertIn("TEMP = ", support.run(CTL, "read", "TEMP", environment=environment, check=True).stdout)
        process.terminate()
        self.assertEqual(process.wait(support.PATIENCE_S), 0)

    def test_what_cannot_be_together_is_refused(self):
        for words, told in ((["--exec", "true", "--fast-forward", "1s"], "--fast-forward, which answers no master"),
                            (["--exec", ""], "a command of the shell"), (["--ready-fd", "77"], "file descriptor that is open"),
                            (["--ready-fd", "x"], "file descriptor"), (["--end", "now"], "--end needs --fast-forward"),
                            (["-o", "x"], "--output needs --scenario"), (["--fast-forward", "1s", "--end", "3"], "write now")):
            result = self.mbplantd(*words, HELLO)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), words)
            self.assertIn(told, result.stderr)

    def test_fast_forward_may_end_now(self):
        before = self.mbplantd("--fast-forward", "30min", "--end", "now", "-d", self.folder / "d", HELLO)
        self.assertEqual(before.returncode, 0, before.stderr)
        with support.Plant(HELLO, data=self.folder / "d") as plant:
            self.assertEqual(plant.ctl("journal", "--since", "35min", "--until", "25min").count("plant loaded"), 1)
            times = re.findall(r"^ *\d+  (\S+)Z", plant.ctl("journal"), re.M)
        self.assertEqual(times, sorted(times))


if __name__ == "__main__":
    support.main()
