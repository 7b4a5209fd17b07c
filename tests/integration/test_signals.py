"""Signals at the worst moments, few descriptors, and what systemd is told: mbplantd ends in order or not at all."""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import unittest

import support

# Calls of the start, from the first instructions to the last before the loop gets the signals.
STARTING = ("mallopt", "epoll_create1", "bind", "listen", "timerfd_create")
UNCHANGED = re.compile("SIGHUP: .* is unchanged")
FEWEST = 3      # descriptors: the standard streams alone


class Plant(support.Plant):
    captured = False


def shim(call, number):
    library = next(pathlib.Path(support.BUILD).rglob("signal_shim.so"), None)
    if library is None:
        raise unittest.SkipTest("signal_shim.so is not built")
    return {"LD_PRELOAD": str(library.resolve()), "MBP_SHIM_CALL": call, "MBP_SHIM_SIGNAL": str(int(number)),
            "ASAN_OPTIONS": support.ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"}


class Signals(unittest.TestCase):
    def folder(self):
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))

    def run_daemon(self, data, environment=None, **options):
        """A mbplantd that is expected to end by itself."""
        return subprocess.run(
            [support.MBPLANTD, "-l", "127.0.0.1:0", "--http", "off", "-d", data, support.DATA / "line.yaml"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=support.PATIENCE_S, check=False,
            env={**support.ENVIRONMENT, **(environment or {})}, **options)

    def test_sighup_at_any_moment_of_the_start_is_a_reload(self):
        for call in STARTING:
            with self.subTest(call), Plant("line.yaml", environment=shim(call, signal.SIGHUP)) as plant:
                self.assertIsNotNone(plant.err.wait_for(UNCHANGED))

    def test_sigterm_and_sigint_at_any_moment_of_the_start_end_in_order(self):
        for call in STARTING:
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(call, number=number):
                    done = self.run_daemon(self.folder(), shim(call, number))
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_further_signals_during_the_stop_lose_nothing_of_the_journal(self):
        """One with each time that the journal stores: the first of them stops it, the others come while it does."""
        for number in (signal.SIGTERM, signal.SIGINT):
            data = self.folder()
            with self.subTest(number):
                done = self.run_daemon(data, shim("fdatasync", number))
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                with Plant("line.yaml", data=data) as plant:
                    events = [json.loads(line)["code"] for line in plant.ctl("journal", "--format", "jsonl").splitlines()]
                self.assertEqual(events.count("stop"), 1)

    def test_sighup_during_the_stop_does_not_end_it(self):
        with Plant("line.yaml") as plant:
            for _ in range(100):
                plant.process.send_signal(signal.SIGHUP)
            plant.process.send_signal(signal.SIGTERM)
            while plant.process.poll() is None:
                plant.process.send_signal(signal.SIGHUP)
            self.assertEqual(plant.process.returncode, 0)
            plant.start()

    def test_few_descriptors_are_one_line_or_enough(self):
        """From the standard streams alone up to what it starts with: never another end than exit code 1."""
        def allow(count):
            os.closerange(FEWEST, 1024)
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
        started = False
        for count in range(FEWEST + 1, 36):
            # The shim stops it as soon as it runs.
            with self.subTest(count):
                done = self.run_daemon(self.folder(), shim("timerfd_create", signal.SIGTERM),
                                       preexec_fn=lambda n=count: allow(n), close_fds=False)
                started = done.returncode == 0
                if not started:
                    self.assertEqual(done.returncode, 1)
                    self.assertRegex(done.stderr, r"\Ambplantd: .*\n\Z")
        self.assertTrue(started)

    def test_systemd_is_told_of_each_step(self):
        path = self.folder() / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(path))
            notify.settimeout(support.PATIENCE_S)
            with Plant("line.yaml", environment={"NOTIFY_SOCKET": str(path)}) as plant:
                self.assertEqual(notify.recv(100), b"READY=1")
                plant.process.send_signal(signal.SIGHUP)
                self.assertEqual([notify.recv(100) for _ in range(2)], [b"RELOADING=1", b"READY=1"])
                plant.stop()
                self.assertEqual(notify.recv(100), b"STOPPING=1")
                plant.start()

    def test_systemd_is_told_through_an_abstract_socket_too(self):
        name = f"mbplant-test-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(b"\0" + name.encode())
            notify.settimeout(support.PATIENCE_S)
            with Plant("line.yaml", environment={"NOTIFY_SOCKET": f"@{name}"}):
                self.assertEqual(notify.recv(100), b"READY=1")


if __name__ == "__main__":
    support.main()
