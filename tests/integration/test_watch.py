"""mbplantctl watch: on a terminal of its own, whose screen Debian's pyte reads; and into a pipe."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from support import ENVIRONMENT, MBPLANTCTL, PATIENCE_S, ROOT, SANITIZER_REPORT, Output, Plant, eventually, stand_still, main, run

try:
    import pyte
except ImportError:
    pyte = None

BOTTLING = ROOT / "config" / "bottling.yaml"
NEVER = ("--interval", "1h")  # it looks when it starts, and after each key that changes something


class Screen:
    """A watch on a pty of the kind that pyte is."""

    def __init__(self, port, *flags, rows=24, columns=80, command=None, **environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = pty.openpty()
        self._size(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.raw = b""
        self.process = subprocess.Popen(
            command or [str(MBPLANTCTL), "-p", str(port), "--timeout", "10s", "watch",
                        *(flags or ("--interval", "200ms"))],
            stdin=self.slave, stdout=self.slave, stderr=subprocess.PIPE, start_new_session=True, text=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**ENVIRONMENT, "TERM": "linux", **environment})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        os.close(self.slave)
        os.close(self.master)

    def _size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self._size(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def press(self, keys):
        os.write(self.master, keys.encode())

    def read(self, wait_s):
        if select.select([self.master], [], [], wait_s)[0]:
            data = os.read(self.master, 65536)
            self.raw += data
            self.stream.feed(data)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def wait_for(self, *words, without=()):
        """Until one screen has all of these words and none of those. Returns its lines."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.read(0.5)
            text = "\n".join(self.lines())
            if all(word in text for word in words) and not any(word in text for word in without):
                return self.lines()
        raise AssertionError(f"no screen with {words} without {without}:\n" + "\n".join(self.lines()))

    def wait_for_line(self, pattern):
        eventually(lambda: any(re.search(pattern, line) for line in self.lines()) or self.read(0.2), pattern)

    def line(self, *words):
        return next(line for line in self.lines() if all(word in line for word in words))

    def colour(self, word):
        for row, line in enumerate(self.screen.display):
            if word in line:
                return self.screen.buffer[row][line.index(word)].fg
        raise AssertionError(f"no {word} on the screen")

    def selected(self):
        """The rows that are drawn in reverse."""
        return [line.rstrip() for row, line in enumerate(self.screen.display) if self.screen.buffer[row][0].reverse]

    def end(self):
        """The exit code; the terminal must be as it was."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.1)
        code = self.process.wait(1)
        while select.select([self.master], [], [], 0)[0]:
            self.read(0)
        errors = self.process.stderr.read()
        assert not SANITIZER_REPORT.search(errors), errors
        assert termios.tcgetattr(self.slave) == self.before, "the terminal's modes are not restored"
        return code


def has_unread_request(port):
    """Whether something has come to a port of this machine that nobody has taken: its slave hangs."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return any(int(row[1].split(":")[1], 16) == port and row[3] == "01" and int(row[4].split(":")[1], 16) > 0
               for row in rows)


@unittest.skipIf(pyte is None, "python3-pyte is not here (tools/test installs it)")
class OnATerminal(unittest.TestCase):
    def setUp(self):
        self.plant = self.enterContext(Plant(BOTTLING))

    def screen(self, *flags, **environment):
        return self.enterContext(Screen(self.plant.port, *flags, **environment))

    def quit(self, screen):
        screen.press("q")
        self.assertEqual(screen.end(), 0)

    def test_operator_forces_acknowledges_and_repairs(self):
        screen = self.screen()
        screen.wait_for("Bottling line 3", "FILL1", "PACK1", "en_service", "LAST EVENTS", "q quit")
        self.assertEqual(screen.colour("en_service"), "green")
        screen.press("2")
        screen.wait_for("[2 Sensors]", "TT101", "F forced")
        self.assertRegex(screen.line("TT101", "#"), r"\[[=|!]*#[ |!]*\]")
        self.assertIn("°C", screen.line("TT101", "#"))
        screen.press("f")
        screen.wait_for("force TT101 to (0..150 °C; Esc leaves it):")
        screen.press("92.3\r")
        screen.wait_for("mbplantctl force TT101 92.3", "TT101 = 92.3 °C", "held until released", "1 unacknowledged")
        screen.wait_for_line(r"^TT101 .* 92\.3 °C \[.*\] H  U   F$")
        screen.press("1")
        screen.wait_for("[1 Machines]", "en_panne", "TT101")
        screen.wait_for_line(r"^FILL1 .* en_panne ")
        self.assertEqual(screen.colour("en_panne"), "red")
        screen.press("3")
        screen.wait_for("[3 Alarms]", "active, unacknowledged")
        screen.press("a")
        screen.wait_for("mbplantctl ack TT101", "acknowledged", "active, acknowledged")
        screen.press("1sy")  # refused, with its cause and what stands in the way
        screen.wait_for("mbplantctl machine FILL1 en_service", "refused", "TT101")
        screen.press("2r")
        screen.wait_for("released: the process again", " 0 alarms")
        screen.press("1m")
        screen.wait_for("ask FILL1 for maintenance? y / n")
        screen.press("y")
        screen.wait_for("FILL1: en_panne -> maintenance")
        self.assertEqual(screen.colour("maintenance "), "brown")
        screen.press("sy")
        screen.wait_for("FILL1: maintenance -> en_service")
        screen.press("4")
        screen.wait_for("[4 Events]", "FILL1 maintenance -> en_service: commanded by 127.0.0.1")
        self.quit(screen)

    def test_chosen_alarm_is_the_one_acknowledged_when_another_came_in_before_it(self):
        self.plant.ctl("force", "IT301", "11")
        eventually(lambda: "IT301" in self.plant.ctl("alarms"), "the alarm")
        screen = self.screen(*NEVER)
        screen.wait_for("FILL1")
        screen.press("3")
        screen.wait_for("[3 Alarms]", "IT301")
        self.plant.ctl("force", "TT101", "92.3")  # stands before it in the list; the screen does not know
        eventually(lambda: "TT101" in self.plant.ctl("alarms"), "the other alarm")
        screen.press("a")
        screen.wait_for("mbplantctl ack IT301", "TT101")
        eventually(lambda: not re.search("IT301.*unacknowledged", self.plant.ctl("alarms")), "the acknowledgement")
        self.assertRegex(self.plant.ctl("alarms"), "TT101.*unacknowledged")
        self.assertIn("IT301", "".join(screen.selected()))
        self.quit(screen)

    def test_alarm_that_was_not_on_the_screen_is_not_acknowledged(self):
        self.plant.ctl("force", "IT301", "11")
        eventually(lambda: "IT301" in self.plant.ctl("alarms"), "the alarm")
        for keys in ("3a", "3A"):
            screen = self.screen(*NEVER)
            screen.wait_for("FILL1")
            self.plant.ctl("force", "IT301", "20")
            eventually(lambda: "high_high" in self.plant.ctl("alarms"), "the next limit")
            screen.press(keys)
            screen.wait_for("nothing acknowledged: IT301.high_high has just come in")
            self.assertRegex(self.plant.ctl("alarms"), "IT301.*unacknowledged")
            self.plant.ctl("force", "IT301", "11")
            self.plant.ctl("ack", "all")
            eventually(lambda: "high_high" not in self.plant.ctl("alarms"), "its end")
            self.quit(screen)

    def test_shelving_is_asked_for_and_wrong_answers_are_told(self):
        screen = self.screen()
        screen.press("2S")
        screen.wait_for("shelve TT101 for")
        screen.press("10min\r")
        screen.wait_for("TT101: alarms shelved for 10min", "] ")
        screen.wait_for_line(r"^TT101 .*\]      S$")
        screen.press("U")
        screen.wait_for("TT101: alarms no longer shelved")
        screen.press("Ssoon\r")
        screen.wait_for("--for soon: allowed is a time")
        screen.press("S-1min\r")
        screen.wait_for("--for -1min: allowed is a time")
        screen.press("f999\r")
        screen.wait_for("refused with exception 04: outside its range 0..150 °C")
        screen.press("fwarm\r")
        screen.wait_for("mbplantctl force TT101 warm", "warm")
        screen.press("x")
        screen.wait_for("no alarm of TT101 is latched")
        screen.press("?")
        screen.wait_for("reset its latched alarms", "any key: back")
        screen.press("h")
        screen.wait_for("[2 Sensors]", "q quit")
        self.quit(screen)

    def test_first_user_does_everything_by_the_menu(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.plant = self.enterContext(Plant(shutil.copy(BOTTLING, folder)))  # whose file the slave edits
        screen = self.screen()
        screen.wait_for("FILL1", "Enter menu")
        screen.press("\r")
        screen.wait_for("MENU", "Machines", "Maintenance work", "Notes, journal, report", "Esc: back")
        screen.press("\r6")
        screen.wait_for("Add a machine", "> Name *")
        screen.press("\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\r")  # the last line: a name is missing
        screen.wait_for("this line must have an answer", "> Name *")
        screen.press("PK9\r\rCase packer\r9s\r1%\r\r\r")
        screen.wait_for("mbplantctl machine add PK9", "1 added", "6 machines")
        screen.press("2\r25")
        screen.wait_for("Add a sensor", "< temperature >")
        screen.press("\rTT9\r\x1b[C\x1b[D\r°C\r[0, 150]\r\r80\r40\r")
        moves = ("POINTS THAT WOULD STAND ELSEWHERE", "PT201 of unit 1: its value moved from holding register", "y / n")
        screen.wait_for(*moves, "33 sensors")
        screen.press("n")  # what was typed stays
        screen.wait_for("nothing was changed", "> Value that it shows at first", "[0, 150]", "33 sensors")
        screen.press("\r")
        screen.wait_for(*moves)
        screen.press("y")
        screen.wait_for("34 sensors", "1 added", without=("its value moved",))  # that has been told
        screen.wait_for_line("^TT9 ")
        screen.press("gjjjj\r27")
        screen.wait_for("TT9: it is removed: sure? y / n")
        screen.press("y")
        screen.wait_for(*moves)
        screen.press("n")
        screen.wait_for("nothing was changed", "34 sensors", "LAST EVENTS")
        screen.press("g")
        screen.press("\r23")
        screen.wait_for("Change a limit: TT101", "< high >")
        screen.press("\r84\rtighter\r")
        screen.wait_for("TT101.high.limit = 84")
        screen.press("\r21")
        screen.wait_for("Force it to a value: TT101")
        screen.press("999\r\r")
        screen.wait_for("outside its range", "> Why")  # to be put right, not typed anew
        screen.press("\x1b[A\x7f\r\r")
        screen.wait_for("TT101 = 99.0", "held until released")
        screen.press("3")
        screen.wait_for("[3 Alarms]", "active, unacknowledged")
        screen.press("\r31")
        screen.wait_for("mbplantctl ack TT101.high", "active, acknowledged")
        screen.press("\r33")
        screen.wait_for("Shelve for a time: TT101 high", "10min_")
        screen.press("\rnoisy é\r")
        screen.wait_for("--why 'noisy é'", "shelved for 10min")
        screen.press("\r39")
        screen.wait_for("no interlock is bypassed")
        screen.press("\x1b")
        screen.press("\r34")
        screen.wait_for("mbplantctl unshelve TT101.high")
        screen.press("i")
        screen.wait_for("mbplantctl incidents", "FILL1", "Esc: back")
        self.assertIn("FILL1", "".join(screen.selected()))
        screen.press("\r3")
        screen.wait_for("Say the cause")
        screen.press("worn seal\r")
        screen.wait_for("cause of incident")
        screen.press("1\r43")
        screen.wait_for("Open work on the machine: FILL1")
        screen.press("change seal\r\r3d\r2h\r")
        screen.wait_for("mbplantctl work open FILL1 'change seal'", "work ")
        for choice, answer, told in (("1", "", "started"), ("3", "not needed", "cancelled")):
            screen.press("w")
            screen.wait_for("mbplantctl work list", "FILL1")
            screen.press("\r" + choice)
            screen.wait_for("Esc: leave it")
            screen.press(answer + "\r")
            screen.wait_for(f"{told} by 127.0.0.1", "LAST EVENTS")
        screen.press("n")
        screen.wait_for("Write a note")
        screen.press("shift handed over\r")
        screen.wait_for("mbplantctl note 'shift handed over'")
        screen.press("\r63\r")
        screen.wait_for("mbplantctl report", "Availability")
        screen.press(" \x1b")
        screen.wait_for("LAST EVENTS")
        for told in ("is written", "File exists"):  # what is there is not written over
            screen.press("\r64\r\r" + "\x7f" * 11 + f"{folder}/r.html\r")
            screen.wait_for(told)
        screen.press("\x1b")
        screen.wait_for("LAST EVENTS")
        self.assertIn("</html>", (folder / "r.html").read_text(encoding="utf-8"))
        screen.press("1\r13")
        screen.wait_for("Out of service")
        screen.press("leak\r")
        screen.wait_for("it stops, out of service: sure? y / n")
        screen.press("n")
        screen.wait_for("LAST EVENTS", without=("sure?",))
        screen.press("jjj\r18")
        screen.wait_for("PK9: it is removed with its sensors: sure? y / n")
        screen.press("y")
        screen.wait_for("5 machines")
        self.quit(screen)
        events = [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl").splitlines()]
        comments = {code: [event["comment"] for event in events if event["code"] == code]
                    for code in ("note", "limit changed", "alarm shelved", "work started", "work cancelled")}
        self.assertEqual(comments, {"note": ["shift handed over"], "limit changed": ["tighter"],
                                    "alarm shelved": ["noisy é"], "work started": [""],  # of no other command
                                    "work cancelled": ["not needed"]})

    def test_menu_is_left_by_escape_without_a_trace(self):
        screen = self.screen(*NEVER)
        screen.wait_for("FILL1")
        for keys in ("\r\x1b", "\r\r\x1b\x1b", "\r16\x1b", "n\x1b"):
            for key in re.findall(r"\x1b|.", keys, re.S):
                screen.press(key)
                screen.read(0.1)
            screen.wait_for("LAST EVENTS", "Enter menu")
        self.assertEqual(len(self.plant.ctl("journal").splitlines()), 2)
        self.quit(screen)

    def test_watch_speaks_french_where_it_is_asked_to(self):
        for flags, environment in ((("--lang", "fr"), {}), ((), {"LC_ALL": "fr_FR.UTF-8"})):
            screen = self.screen("--interval", "200ms", *flags, **environment)
            lines = screen.wait_for("DERNIERS ÉVÉNEMENTS", "Entrée menu", "en service")
            self.assertTrue(all(len(line) <= 80 for line in lines))
            screen.press("2")
            screen.wait_for("[2 Capteurs]", "limite franchie")
            screen.press("f92,3\r")
            screen.press("\x1b")
            screen.press("\r")
            screen.wait_for("MENU", "Alarmes et sécurités", "Échap")
            screen.press("\x1b")
            screen.press("?")
            screen.wait_for("cette aide", "une touche\u00a0: retour")
            screen.press("\x1b")
            screen.wait_for("q quitter")
            self.quit(screen)

    def beside_a_pipe(self, verb, columns):
        """The lines of a list on a terminal, and how many they are in a pipe; None when that changed meanwhile."""
        before = len(self.plant.ctl(*verb).splitlines())
        screen = self.screen(rows=120, columns=columns, command=[str(MBPLANTCTL), "-p", str(self.plant.port), *verb])
        self.assertEqual(screen.end(), 0)
        lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in screen.raw.decode().split("\r\n") if line]
        return (lines, before) if before == len(self.plant.ctl(*verb).splitlines()) else None

    def test_lists_fit_the_terminal_and_are_whole_in_a_pipe(self):
        for words in (("force", "TT101", "99"), ("force", "IT301", "20"),
                      ("work", "open", "FILL1", "replace the seal of the filler, and look at its bearings", "--due",
                       "3d", "--takes", "2h", "--as", "Anna Maria")):
            self.plant.ctl(*words)
        number = eventually(lambda: re.findall(r"^ +(\d+)  FILL1", self.plant.ctl("incidents"), re.M), "it")[0]
        self.plant.ctl("incidents", number, "cause", "the seal was worn out, for the third time in this year")
        for verb, kept in ((["alarms"], "TT101 .*99"), (["incidents"], "FILL1 .*the seal"),
                           (["work"], "FILL1 .*open .*replace"), (["alarms", "--all"], "TT101 .*99"),
                           (["alarms", "--lang", "fr"], "TT101 .*99,0.*active, non acquittée")):
            self.assertGreater(max(map(len, self.plant.ctl(*verb).splitlines())), 100)
            for columns in (80, 120):
                lines, whole = eventually(lambda v=verb, c=columns: self.beside_a_pipe(v, c), "a list that stands still")
                self.assertLessEqual(max(map(len, lines)), columns, lines)
                self.assertTrue(any(re.search(kept, line) for line in lines), lines)
                told = [line for line in lines if "columns without room" in line or "colonnes sans place" in line]
                self.assertEqual(len(lines) - len(told), whole)
        self.assertIn("look at its bearings", self.plant.ctl("work"))

    def test_new_size_is_laid_out_and_too_small_told(self):
        screen = self.screen(rows=20, columns=60)
        screen.wait_for("too small: 60x20", "watch needs 80x24")
        screen.resize(24, 80)
        screen.wait_for("FILL1", "LAST EVENTS")
        eventually(lambda: "q quit" in screen.lines()[23] or screen.read(0.2), "the last line is the keys'")
        screen.resize(40, 120)
        eventually(lambda: "q quit" in screen.lines()[39] or screen.read(0.2), "and on a larger screen too")
        self.assertIn("LAST EVENTS", "\n".join(screen.lines()))
        self.quit(screen)

    def test_signal_ends_it_and_restores_the_terminal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            screen = self.screen(TERM="xterm-256color")
            screen.wait_for("FILL1")
            screen.process.send_signal(number)
            self.assertEqual(screen.end(), 0)
            self.assertIn(b"\x1b[?1049l", screen.raw)

    def test_stopped_by_the_shell_it_goes_on_where_it_was(self):
        # Each prompt is waited for: what is typed before a shell reads may be lost.
        shell = self.screen(command=["sh", "-c", r"PS1='ready \#> ' exec bash --norc --noprofile -i 2>/dev/tty"])
        shell.wait_for("ready 1>")
        shell.press(f"{MBPLANTCTL} -p {self.plant.port} --timeout 10s watch\r")
        shell.wait_for("FILL1", "q quit")
        shell.press("2")
        shell.wait_for("[2 Sensors]")
        # ncurses ignores it while it draws, so it may take a second one, which bash ignores
        eventually(lambda: shell.press("\x1a") or shell.read(0.5) or "ready 2>" in "\n".join(shell.lines()), "the stop")
        shell.press("fg\r")
        shell.wait_for("[2 Sensors]", "TT101", "q quit", without=("ready",))
        shell.press("q")
        shell.wait_for("ready 3>")
        shell.press("exit 7\r")
        self.assertEqual(shell.end(), 7)

    def test_signal_does_not_wait_for_a_slave_that_hangs(self):
        screen = self.screen("--interval", "100ms", "--timeout", "1h")
        screen.wait_for("FILL1")
        stand_still(self.plant.process)
        try:
            eventually(lambda: has_unread_request(self.plant.port), "a request that stays unanswered")
            screen.process.send_signal(signal.SIGINT)
            self.assertEqual(screen.end(), 0)
        finally:
            self.plant.process.send_signal(signal.SIGCONT)

    def test_colour_is_as_asked(self):
        for flags, environment, colour in (((), {"NO_COLOR": "1"}, "default"), ((), {}, "green"),
                                           (("--color", "never"), {}, "default"),
                                           (("--color=always",), {"NO_COLOR": "1"}, "green")):
            with self.subTest(flags=flags, environment=environment):
                screen = self.screen("--interval", "200ms", *flags, **environment)
                screen.wait_for("FILL1", "en_service")
                self.assertEqual(screen.colour("en_service"), colour)
                self.quit(screen)

    def test_terminal_that_cannot_be_drawn_on_gets_lines(self):
        screen = self.screen("--count", "1", TERM="dumb")
        self.assertEqual(screen.end(), 0)
        self.assertIn(b"Bottling line 3  at", screen.raw)
        self.assertNotIn(b"\x1b", screen.raw)

    def test_slave_that_goes_away_is_waited_for(self):
        screen = self.screen()
        screen.wait_for("FILL1")
        port = self.plant.port
        self.plant.stop()
        screen.wait_for("NO ANSWER for", "trying again", "FILL1", "cannot connect")
        screen.press("A")
        screen.wait_for("not done: the slave does not answer")
        self.plant.start(port=port)
        self.assertEqual(self.plant.port, port)
        screen.wait_for("FILL1", "the slave answers again", without=("NO ANSWER",))
        self.plant.stop()
        screen.wait_for("NO ANSWER for", "cannot connect", without=("answers again",))
        self.plant.start(port=port)
        screen.wait_for("FILL1", "the slave answers again", without=("NO ANSWER",))
        self.plant.ctl("note", "pump 2 is noisy")
        screen.wait_for("note by 127.0.0.1 # pump 2 is noisy")
        self.quit(screen)


# Of the state of M1 an address tells but whether it has failed.
FLAG = """mbplant: 1
name: Flag
units:
  - id: 1
    blocks: none
    machines:
      - name: M1
        sensors:
          - {name: T1, range: [0, 100], limits: {high: 80}, trip: [high], signal: {base: 50}, register: {at: 0, type: float32}}
    points:
      - {at: discrete 0, tag: M1.en_panne}
      - {at: coil 0, tag: T1.forced}
      - {at: coil 1, tag: M1.en_service, access: write}
"""


class WithoutATerminal(unittest.TestCase):
    def watch(self, plant, *flags):
        process = subprocess.Popen([MBPLANTCTL, "-p", str(plant.port), "--timeout", "10s", "watch", "--interval", "100ms",
                                    *flags], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True, env=ENVIRONMENT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return Output(process.stdout), process

    def assertLine(self, out, pattern):
        self.assertTrue(out.wait_for(re.compile(pattern)), pattern)

    def test_status_is_told_once_and_then_what_changes(self):
        with Plant(BOTTLING) as plant:
            out, process = self.watch(plant)
            self.assertLine(out, "GS501")
            plant.ctl("force", "TT101", "92.3")
            self.assertLine(out, r"Z machine  FILL1 en_service -> en_panne, tripped by TT101$")
            self.assertLine(out, r"Z alarm    TT101\.high active, unacknowledged, 92\.3 °C \(limit 85 °C\)$")
            self.assertLine(out, r"Z event    \d+ TT101 Overheating 92\.3")
            plant.ctl("ack", "TT101")
            self.assertLine(out, r"Z alarm    TT101\.high active, acknowledged, ")
            plant.ctl("release", "TT101")
            self.assertLine(out, r"Z alarm    TT101\.high normal$")
            process.terminate()
            self.assertEqual(out.text().count("Bottling line 3"), 1)
            self.assertEqual(len(re.findall("CAP1 .*en_service", out.text())), 1)  # it never changed
            self.assertNotIn("\x1b", out.text())

    def test_state_that_was_not_known_is_told_as_no_change(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-watch-test-")))
        (folder / "flag.yaml").write_text(FLAG, encoding="utf-8")
        with Plant(folder / "flag.yaml") as plant:
            out, process = self.watch(plant)
            self.assertLine(out, r"^M1 +1 +- ")
            plant.ctl("force", "T1", "85")
            self.assertLine(out, r"Z machine  M1 en_panne$")
            plant.ctl("release", "T1")
            plant.ctl("write", "M1.en_service", "on")
            self.assertLine(out, r"Z machine  M1 en_panne -> -$")
            process.terminate()
            self.assertNotIn("en_service -> en_panne", "\n".join(line for line in out.text().splitlines() if " machine " in line))

    def test_alarm_that_stands_is_not_told_again_when_another_is_listed_before_it(self):
        with Plant(BOTTLING) as plant:
            out, process = self.watch(plant)
            self.assertLine(out, "GS501")
            plant.ctl("force", "TT101", "92.3")
            self.assertLine(out, r"Z alarm    TT101\.high active, unacknowledged")
            plant.ctl("force", "PT101", "8")
            self.assertLine(out, r"Z alarm    PT101\.high active, unacknowledged")
            plant.ctl("bypass", "TT101.high", "--for", "1min", "--why", "probe")
            self.assertLine(out, r"Z alarm    TT101\.high\.bypassed active, on$")
            plant.ctl("unbypass", "TT101.high")
            self.assertLine(out, r"Z alarm    TT101\.high\.bypassed normal$")
            process.terminate()
            self.assertEqual(len(re.findall(r"TT101\.high active", out.text())), 1)
            self.assertNotIn("TT101.high normal", out.text())

    def test_slave_that_goes_away_is_told_once_and_found_again(self):
        with Plant(BOTTLING) as plant:
            out, process = self.watch(plant)
            self.assertLine(out, "GS501")
            port = plant.port
            plant.stop()
            self.assertLine(out, rf"slave    127\.0\.0\.1:{port} does not answer, tried again: ")
            plant.data_flags += ["-l", f"127.0.0.1:{port}"]
            plant.start()
            self.assertLine(out, rf"slave    127\.0\.0\.1:{port} answers again, after ")
            plant.ctl("machine", "CAP1", "maintenance", "--why", "oil")
            self.assertLine(out, r"machine  CAP1 en_service -> maintenance")
            self.assertLine(out, r"event    \d+ CAP1 en_service -> maintenance: commanded by 127\.0\.0\.1 # oil$")
            process.terminate()
            self.assertEqual(out.text().count("does not answer"), 1)
            self.assertEqual(out.text().count("Bottling line 3"), 1)  # the same plant: not told anew

    def test_count_ends_after_so_many_looks(self):
        with Plant(BOTTLING) as plant:
            text = plant.ctl("watch", "--count", 2, "--interval", "100ms")
            self.assertEqual(text.count("Bottling line 3"), 1)
            self.assertEqual(len([line for line in text.splitlines() if line.startswith("FILL1 ")]), 1)
            self.assertNotIn("\x1b", text)

    def test_slave_that_is_not_there_is_an_error(self):
        with Plant(BOTTLING) as plant:
            port = plant.port
        result = run(MBPLANTCTL, "-p", port, "watch", "--interval", "100ms")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(result.stderr.count("cannot connect"), 1)

    def test_bad_options_are_told(self):
        for words in (["--count", "0"], ["--interval", "1ms"], ["--interval", "soon"], ["--color", "blue"]):
            result = run(MBPLANTCTL, "watch", *words)
            self.assertEqual(result.returncode, 2)
            self.assertIn("allowed is", result.stderr)


class InAPipe(unittest.TestCase):
    def test_each_change_of_a_machine_an_alarm_and_the_slave_is_a_line(self):
        with Plant(ROOT / "config" / "bottling.yaml") as plant:
            with subprocess.Popen([MBPLANTCTL, "-H", "127.0.0.1", "-p", str(plant.port), "watch", "--interval", "100ms", "--count", "120"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT) as watch:
                out = Output(watch.stdout)
                out.wait_for(re.compile("TT101"))
                for words, line in ((["force", "TT101", "92"], "FILL1.*en_panne"), (["ack", "TT101"], "TT101.*acknowledged"),
                                    (["release", "TT101"], "TT101 (released|Overheating cleared)"), (["machine", "FILL1", "en_service"], "FILL1.*en_service"),
                                    (["shelve", "PT101"], "PT101.*shelved"), (["force", "PT101", "6"], "PT101"), (["unshelve", "PT101"], "PT101.*unshelved"),
                                    (["force", "PT101", "4"], "PT101"), (["machine", "CAP1", "maintenance"], "CAP1.*maintenance"),
                                    (["machine", "CAP1", "en_service"], "CAP1.*en_service"), (["write", "LT101.high", "40"], "LT101"), (["ack", "all"], "acknowledged")):
                    plant.ctl(*words)
                    self.assertIsNotNone(out.wait_for(re.compile(line)), words)
                self.assertEqual(watch.wait(PATIENCE_S), 0)



if __name__ == "__main__":
    main()
