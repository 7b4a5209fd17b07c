"""mbplantctl watch on a terminal of 80x24, and without one."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from support import ENVIRONMENT, MBPLANTCTL, PATIENCE_S, ROOT, SANITIZER_REPORT, Plant, eventually, main, run

BOTTLING = ROOT / "config" / "bottling.yaml"


class Screen:
    """A watch on a pty. What it has written is kept as text, escape sequences and all."""

    def __init__(self, port, *flags, rows=24, columns=80, **environment):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.text = ""
        self.process = subprocess.Popen(
            [str(MBPLANTCTL), "-p", str(port), "--timeout", "5s", "watch", "--interval", "200ms", *flags],
            stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True, text=True,
            env=dict(ENVIRONMENT, TERM="xterm-256color", **environment))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        os.close(self.slave)
        os.close(self.master)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        while select.select([self.master], [], [], 0.05)[0]:
            self.text += os.read(self.master, 65536).decode(errors="replace")
        return self.text

    def wait_for(self, *words):
        """All words at once, on a screen drawn anew by Ctrl-L: else only what changes is written."""
        def shows():
            self.read()
            self.text = ""
            os.write(self.master, b"\f")
            return all(word in self.read() for word in words)
        eventually(shows, f"{words} on the screen")

    def press(self, keys):
        """From here on only what comes after counts."""
        self.read()
        self.text = ""
        os.write(self.master, keys.encode())

    def end(self):
        """The exit code; the terminal must be as it was."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
        code = self.process.wait(1)
        self.read()
        errors = self.process.stderr.read()
        assert not SANITIZER_REPORT.search(errors), errors
        assert termios.tcgetattr(self.slave) == self.before, "the terminal's modes are not restored"
        assert "\x1b[?1049l" in self.text, "the terminal's screen is not restored"
        return code


class OnATerminal(unittest.TestCase):
    def test_pages_show_the_plant_and_q_ends_with_0(self):
        with Plant(BOTTLING) as plant, Screen(plant.port) as screen:
            screen.wait_for("Bottling line 3", "FILL1", "PACK1", "en_service", "LAST EVENTS", "\x1b[32m")
            screen.press("2")
            screen.wait_for("TT101", "°C", "#")
            screen.press("3")
            screen.wait_for("no alarms")
            screen.press("?")
            screen.wait_for("acknowledge all alarms")
            screen.press("x")
            screen.press("q")
            self.assertEqual(screen.end(), 0)

    def test_keys_force_acknowledge_release_and_ask_for_a_state(self):
        with Plant(BOTTLING) as plant, Screen(plant.port) as screen:
            screen.wait_for("FILL1")
            screen.press("2f")
            screen.wait_for("force TT101 to")
            screen.press("92.3\r")
            screen.wait_for("TT101 = 92.3")
            eventually(lambda: "FILL1 = en_panne" in plant.ctl("machine", "FILL1"), "the trip")
            self.assertRegex(plant.ctl("alarms"), "TT101.*unacknowledged")
            screen.press("A")
            screen.wait_for("acknowledged")
            eventually(lambda: "unacknowledged" not in plant.ctl("alarms"), "the acknowledgement")
            screen.press("r")
            screen.wait_for("released")
            self.assertNotIn("forced", plant.ctl("read", "TT101"))
            screen.press("1jm")
            screen.wait_for("? y / n")
            screen.press("y")
            eventually(lambda: "maintenance" in plant.ctl("status"), "the state that was asked for")
            screen.press("q")
            self.assertEqual(screen.end(), 0)

    def test_interrupt_restores_the_terminal(self):
        with Plant(BOTTLING) as plant, Screen(plant.port) as screen:
            screen.wait_for("FILL1")
            screen.process.send_signal(signal.SIGINT)
            self.assertEqual(screen.end(), 0)

    def test_small_terminal_says_so_until_it_is_larger(self):
        with Plant(BOTTLING) as plant, Screen(plant.port, rows=20, columns=60) as screen:
            screen.wait_for("too small: 60x20")
            screen.press("")
            screen.resize(30, 100)
            screen.process.send_signal(signal.SIGWINCH)
            screen.wait_for("FILL1", "LAST EVENTS")
            screen.press("q")
            self.assertEqual(screen.end(), 0)

    def test_no_color_paints_nothing(self):
        with Plant(BOTTLING) as plant, Screen(plant.port, NO_COLOR="1") as screen:
            screen.wait_for("FILL1", "en_service")
            self.assertNotIn("\x1b[32m", screen.text)
            screen.press("q")
            self.assertEqual(screen.end(), 0)

    def test_dead_slave_is_told_and_found_again(self):
        with Plant(BOTTLING) as plant:
            with Screen(plant.port) as screen:
                screen.wait_for("FILL1")
                plant.stop()
                screen.wait_for("NO SLAVE")
                screen.press("q")
                self.assertEqual(screen.end(), 0)
            with Screen(plant.port) as screen:
                screen.wait_for("NO SLAVE")
                port = plant.port
                plant.data_flags += ["-l", f"127.0.0.1:{port}"]
                plant.start()
                self.assertEqual(plant.port, port)
                screen.wait_for("FILL1", "en_service")
                screen.press("q")
                self.assertEqual(screen.end(), 0)


class WithoutATerminal(unittest.TestCase):
    def test_count_ends_after_so_many_blocks(self):
        with Plant(BOTTLING) as plant:
            text = plant.ctl("watch", "--count", 2, "--interval", "100ms")
            self.assertEqual(text.count("Bottling line 3"), 2)
            self.assertEqual(len([line for line in text.splitlines() if line.startswith("FILL1 ")]), 2)
            self.assertNotIn("\x1b", text)

    def test_dead_slave_fails(self):
        with Plant(BOTTLING) as plant:
            port = plant.port
        result = run(MBPLANTCTL, "-p", port, "watch", "--count", 2, "--interval", "100ms")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("cannot connect"), 2)

    def test_bad_options_are_told(self):
        for words in (["--count", "0"], ["--interval", "1ms"], ["--interval", "soon"]):
            result = run(MBPLANTCTL, "watch", *words)
            self.assertEqual(result.returncode, 2)
            self.assertIn("allowed is", result.stderr)


if __name__ == "__main__":
    main()
