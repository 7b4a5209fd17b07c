"""mbplantd's command line: exit codes, one clear line on stderr for what cannot be, and nothing lost by trying."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import unittest
import unittest.mock

import support

OK, FAILED, USAGE = 0, 1, 2


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.data = self.folder / "data"
        self.types = support.DATA / "types.yaml"

    def mbplantd(self, *words):
        return support.run(support.MBPLANTD, *words)

    def serve(self, *words, file=None):
        """A start that is expected to fail, on a free port and with this test's data folder."""
        return self.mbplantd("-l", "127.0.0.1:0", "--http", "off", "-d", self.data, *words, file or self.types)

    def assert_refused(self, result, code, *words):
        """It ended with this code and one line on stderr, in which all the words stand."""
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)

    def make_journal(self):
        """A data folder that an earlier, well ended run left."""
        with support.Plant("line.yaml", data=self.data):
            pass
        return self.data / "journal.db"

    # ---- plant file ----

    def test_plant_file_unknown_is_one_line_and_exit_2(self):
        self.assert_refused(self.serve(file=self.folder / "nowhere.yaml"), USAGE, "nowhere.yaml")
        self.assertFalse(self.data.exists(), "nothing was started")

    def test_plant_file_with_mistakes_names_file_line_and_column(self):
        bad = self.folder / "bad.yaml"
        bad.write_text("mbplant: 1\nname: Bad\nscann: 100ms\nunits:\n  - {id: 300, name: U}\n", encoding="utf-8")
        for how in ([], ["--check"], ["--print-config"]):
            result = self.serve(*how, file=bad)
            self.assertEqual(result.returncode, USAGE)
            self.assertRegex(result.stderr, r"bad\.yaml:3:1: .*scann.*scan")
            self.assertRegex(result.stderr, r"bad\.yaml:5:\d+: .*300")
        self.assertFalse(self.data.exists(), "nothing was started")

    def test_check_prints_a_summary_and_starts_nothing(self):
        for file in [self.types, *sorted((support.ROOT / "config").glob("*.yaml")),
                     *sorted((support.ROOT / "config" / "devices").glob("*.yaml"))]:
            result = self.mbplantd("--check", "-d", self.data, file)
            self.assertEqual((result.returncode, result.stderr), (OK, ""))
            self.assertNotIn("warning", result.stdout, file)
            self.assertLessEqual(len(result.stdout.splitlines()), 24, "one screen")
        self.assertFalse(self.data.exists(), "nothing was started")

    def test_print_config_loads_again_to_the_same_plant(self):
        for file in [self.types, support.DATA / "line.yaml", *sorted((support.ROOT / "config").glob("*.yaml"))]:
            printed = self.mbplantd("--print-config", file)
            self.assertEqual((printed.returncode, printed.stderr), (OK, ""))
            again = self.folder / "again.yaml"
            again.write_text(printed.stdout, encoding="utf-8")
            self.assertEqual(self.mbplantd("--print-config", again).stdout, printed.stdout)

    # ---- flags ----

    def test_bad_flags_are_one_line_and_exit_2(self):
        for words in (["--bogus"], ["--seed", "many"], ["--speed", "0"], ["--speed", "-1"], ["--speed", "fast"],
                      ["-l", "127.0.0.1"], ["-l", "localhost"], ["-l", "127.0.0.1:70000"],
                      ["--http", "nonsense"], ["--fast-forward", "8"], ["--fast-forward=x"], ["--format", "pdf"]):
            with self.subTest(words=words):
                self.assert_refused(self.serve(*words), USAGE)
        self.assertFalse(self.data.exists(), "nothing was started")

    def test_no_plant_file_or_two_is_exit_2(self):
        self.assert_refused(self.mbplantd(), USAGE)
        self.assert_refused(self.mbplantd(self.types, self.types), USAGE)

    def test_fast_forward_without_scenario_needs_its_duration(self):
        self.assert_refused(self.mbplantd("--fast-forward"), USAGE, "--fast-forward", "value")
        self.assert_refused(self.mbplantd("--fast-forward", self.types), USAGE, self.types, "duration")

    def test_help_is_exit_0_and_names_every_flag(self):
        result = self.mbplantd("--help")
        self.assertEqual((result.returncode, result.stderr), (OK, ""))
        for flag in ("-l", "--http", "-d", "--seed", "--speed", "--fast-forward", "--check", "--print-config", "-v",
                     "--scenario", "--format"):
            self.assertIn(flag, result.stdout)

    # ---- what stands in the way ----

    def test_output_for_which_there_is_no_room_is_one_line_and_exit_1(self):
        line = support.DATA / "line.yaml"
        commands = [(support.MBPLANTD, *words) for words in (("--help",), ("--version",), ("--schema",), ("--check", line), ("--print-config", line),
                                                             ("--fast-forward", "1h", "--report", "json", "-d", self.data, line))]
        with support.Plant("line.yaml") as plant:
            commands += [(support.MBPLANTCTL, "-p", plant.port, *words)
                         for words in (("--help",), ("journal",), ("report",), ("status",), ("map", "--all"), ("export", "csv"), ("export",),
                                       ("plant", "get"), ("explain", "000100000006010300000001"), ("alarms", "--all"), ("read", "ir:0-20"), ("completion", "bash"))]
            for command in commands:
                with self.subTest(command=command), open("/dev/full", "w", encoding="ascii") as full:
                    result = subprocess.run([*map(str, command)], stdout=full, stderr=subprocess.PIPE, text=True, env=support.ENVIRONMENT,
                                            timeout=support.PATIENCE_S)
                    self.assertEqual(result.returncode, 1)
                    self.assertTrue(result.stderr.endswith(": cannot write the output\n"), result.stderr)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "only root can take the devices away")
    def test_starts_where_no_device_may_be_opened(self):
        if support.run("unshare", "-m", "true").returncode != 0:
            self.skipTest("mounts cannot be made its own here, as in a chroot")
        done = support.run("unshare", "-m", "sh", "-c", 'mount -t tmpfs none /dev && exec "$@"', "sh", support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "off",
                           "-d", self.data, support.ROOT / "config" / "hello.yaml", "--exec", "exit 5")
        self.assertEqual((done.returncode, done.stderr), (5, ""))

    def test_port_in_use_is_one_line_and_exit_1(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assert_refused(self.serve("-l", place), FAILED, place)

    def test_data_directory_that_is_a_file_is_one_line_and_exit_1(self):
        self.data.write_text("mine", encoding="ascii")
        self.assert_refused(self.serve(), FAILED, self.data)
        self.assertEqual(self.data.read_text(encoding="ascii"), "mine")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_data_directory_not_writable_is_one_line_and_exit_1(self):
        self.data.mkdir(mode=0o500)
        self.assert_refused(self.serve(), FAILED, self.data)

    def test_second_on_the_same_data_directory_is_refused_and_the_first_goes_on(self):
        with support.Plant("types.yaml", data=self.data) as first:
            self.assert_refused(self.serve(), FAILED, self.data)
            self.assertEqual(support.mbpoll_values(first.mbpoll("-r", 3000))[3000], "1")

    def test_journal_that_is_corrupt_is_refused_and_left_as_it_is(self):
        journal = self.make_journal()
        whole = journal.read_bytes()
        for damage in (b"no database at all\n" * 100, whole[:len(whole) // 2], whole[:4096] + bytes(len(whole) - 4096)):
            journal.write_bytes(damage)
            self.assert_refused(self.serve(file=support.DATA / "line.yaml"), FAILED, journal)
            self.assertEqual(journal.read_bytes(), damage)

    def test_journal_of_a_later_version_is_refused_and_left_as_it_is(self):
        journal = self.make_journal()
        with sqlite3.connect(journal) as database:
            database.execute("PRAGMA user_version = 999")
        database.close()
        before = journal.read_bytes()
        self.assert_refused(self.serve(file=support.DATA / "line.yaml"), FAILED, journal, "later")
        self.assertEqual(journal.read_bytes(), before)

    # ---- the end ----

    def test_end_with_events_that_the_disk_refused_is_exit_1(self):
        """A limit on the size of files stands in for a disk without room; the checkpoint and counters of thousands of machines are beyond it."""
        def fill_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (196608, resource.RLIM_INFINITY))

        wide = self.folder / "wide.yaml"
        wide.write_text("mbplant: 1\nunits: [{id: 1, repeat: 2, machines: [{name: 'M{u}.{n}', repeat: 1000}]}]\n", encoding="utf-8")
        result = support.run(support.MBPLANTD, "-d", self.data, "--fast-forward", "2s", wide, preexec_fn=fill_disk)
        self.assertEqual(result.returncode, FAILED, result.stderr)
        self.assertIn("could not be stored and are lost", result.stderr)
        self.assertNotIn("the journal stands in", result.stdout)

    def test_sigterm_and_sigint_end_with_exit_0(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how=how.name):
                plant = support.Plant("line.yaml", data=self.data)
                plant.start()
                plant.stop(how)

    def test_start_says_where_it_listens_and_where_its_data_stands(self):
        with support.Plant("line.yaml", data=self.data) as plant:
            told = "".join(plant.out.lines)
            self.assertIn(str(self.data), told)
            self.assertIn(f"127.0.0.1:{plant.port}", told)

    def test_start_suggests_a_command_that_reaches_it_where_it_listens(self):
        words = [support.MBPLANTD, "-l", "127.0.0.2:0", "-d", self.data, self.types]
        server = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  text=True, env=support.ENVIRONMENT)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        suggested = support.Output(server.stdout).wait_for(re.compile("try next +[^ ]*mbplantctl (.*)"))
        support.run(support.MBPLANTCTL, *suggested.group(1).split(), check=True)

    def test_verbose_prints_every_event_as_the_journal_has_it(self):
        with support.Plant("line.yaml", "-v", data=self.data) as plant:
            plant.ctl("machine", "M1", "maintenance")
            self.assertIsNotNone(plant.out.wait_for(re.compile("M1 .*-> maintenance: commanded by")), "told meanwhile")
        told = [line for line in plant.out.text().splitlines() if re.match(" +[0-9]+  20", line)]
        with support.Plant("line.yaml", data=self.data) as plant:
            journal = plant.ctl("journal").splitlines()
        self.assertEqual(told, journal[:len(told)])
        self.assertTrue(told[-1].endswith("stop"), told)

    def test_verbose_says_at_the_end_what_was_served(self):
        with support.Plant("line.yaml", "-v", data=self.data) as plant:
            with socket.create_connection(("127.0.0.1", plant.port), support.PATIENCE_S) as client:
                for pdu in ("06ea600001", "03ea600001", "0300000001"):
                    client.sendall(bytes.fromhex("00010000000601" + pdu))
                    self.assertTrue(client.recv(64))
            plant.stop()
            said = plant.out.wait_for(re.compile("requests +(.*)")).group(1)
        self.assertTrue(said.startswith("3; 2 exceptions, 1 of them refused writes; 0 frames"), said)

    def test_verbose_tells_whether_scans_have_real_time_priority_and_only_their_thread_has_it(self):
        def policies():
            pid = plant.process.pid
            return {tid: os.sched_getscheduler(int(tid)) & ~os.SCHED_RESET_ON_FORK for tid in os.listdir(f"/proc/{pid}/task")}
        with support.Plant("line.yaml", "-v", data=self.data) as plant:
            said = plant.err.wait_for(re.compile("mbplantd: (no real-time priority .*setcap|scans run at real-time priority)"))
            main = str(plant.process.pid)
            wanted = os.SCHED_OTHER if said.group(1).startswith("no") else os.SCHED_FIFO
            support.eventually(lambda: policies()[main] == wanted, said.group())
            self.assertEqual({policy for tid, policy in policies().items() if tid != main}, {os.SCHED_OTHER})
        with support.Plant("line.yaml", data=self.folder / "quiet") as plant:
            plant.stop()
            self.assertNotIn("priority", plant.err.text())
            plant.start()

    def test_report_of_a_run_is_all_that_it_prints_and_of_that_run_alone(self):
        bottling = support.ROOT / "config" / "bottling.yaml"
        for hours in (2, 3):
            result = self.mbplantd("--fast-forward", f"{hours}h", "--report", "json", "-d", self.data, bottling)
            self.assertEqual((result.returncode, result.stderr), (OK, ""))
            report = json.loads(result.stdout)
            self.assertEqual(report["summary"]["machines"], 5)
            self.assertAlmostEqual(report["analysis"]["length_s"], hours * 3600, delta=1)
        for form, begin in {"text": "Plant ", "markdown": "# ", "html": "<!DOCTYPE html>", "csv": "section,"}.items():
            result = self.mbplantd("--fast-forward", "1s", "--report", form, "-d", self.data, bottling)
            self.assertEqual(result.stdout[:len(begin)].lower(), begin.lower())
        for words in (["--report", "pdf"], ["--report", "jsonl"], ["--report", "text"],
                      ["--report", "text", "--fast-forward", "--scenario", support.ROOT / "config/scenarios/overheat.yaml"]):
            self.assert_refused(self.mbplantd(*words, bottling), USAGE, "--report")

    def test_verbose_fast_forward_prints_its_events(self):
        result = self.mbplantd("-v", "-d", self.data, "--fast-forward", "1s", self.types)
        self.assertRegex(result.stdout, r"(?s) 1  .*  start\n +2  .*plant loaded\n.* stop\n")

    def test_data_directory_by_default_is_in_the_state_home(self):
        state = self.folder / "state"
        environment = dict(support.ENVIRONMENT, XDG_STATE_HOME=str(state))
        with unittest.mock.patch.object(support, "ENVIRONMENT", environment):
            plant = support.Plant("line.yaml", data=self.data)
            plant.data_flags = []
            plant.start()
            plant.stop()
        self.assertEqual([path.name for path in (state / "mbplant").glob("*/journal.db")], ["journal.db"])

    def test_plant_files_of_one_name_in_two_folders_have_directories_of_their_own(self):
        state = self.folder / "state"
        files = [self.folder / name / "plant.yaml" for name in "ab"]
        for file in files:
            file.parent.mkdir()
            shutil.copy(support.DATA / "line.yaml", file)
        environment = dict(support.ENVIRONMENT, XDG_STATE_HOME=str(state))
        for words in ([files[0]], [files[1]], [files[0].parent / ".." / "a" / "plant.yaml"]):
            result = support.subprocess.run([support.MBPLANTD, "--fast-forward", "1s", *map(str, words)], env=environment,
                                            capture_output=True, text=True, timeout=support.PATIENCE_S)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        folders = sorted(path.name for path in (state / "mbplant").iterdir())
        self.assertEqual(len(folders), 2)
        for folder in folders:
            self.assertRegex(folder, r"^plant-[0-9a-f]{8}$")

    def test_data_directory_of_another_plant_file_is_refused_until_it_is_told_to_forget(self):
        first, second = self.folder / "first.yaml", self.folder / "second.yaml"
        shutil.copy(support.DATA / "line.yaml", first)
        shutil.copy(support.DATA / "line.yaml", second)
        run = ["-d", self.data, "--fast-forward", "1s"]
        self.assertEqual(self.mbplantd(*run, first).returncode, 0)
        before = (self.data / "journal.db").read_bytes()
        self.assert_refused(self.mbplantd(*run, second), 1, str(self.data), str(first), str(second),
                            "choose another directory with -d", f"remove {self.data}/plant")
        self.assertEqual((self.data / "journal.db").read_bytes(), before)
        self.assertEqual(self.mbplantd(*run, first).returncode, 0)
        (self.data / "plant").unlink()
        self.assertEqual(self.mbplantd(*run, second).returncode, 0)
        self.assert_refused(self.mbplantd(*run, first), 1, "choose another")

    def test_link_to_a_plant_file_may_lead_to_another_one(self):
        link = self.folder / "current.yaml"
        for release in ("first.yaml", "second.yaml"):
            shutil.copy(support.DATA / "line.yaml", self.folder / release)
            link.unlink(missing_ok=True)
            link.symlink_to(release)
            result = self.mbplantd("-d", self.data, "--fast-forward", "1s", link)
            self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    support.main()
