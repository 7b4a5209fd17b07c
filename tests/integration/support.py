"""What the integration tests share: a mbplantd under test, clients that nobody here wrote, waiting without sleep.

Where things are comes from the environment that ctest sets: MBP_BUILD (the build folder). By hand:
    MBP_BUILD=build/test /usr/bin/python3 tests/integration/test_mbpoll.py -v
"""
import fcntl
import os
import pathlib
import pty
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MBP_BUILD", ROOT / "build" / "test")).resolve()
MBPLANTD = BUILD / "src" / "mbplantd"
MBPLANTCTL = BUILD / "tools" / "mbplantctl" / "mbplantctl"
DATA = ROOT / "tests" / "data" / "integration"
CAPTURED = range(15000, 16000)  # ports that capture.py listens in on; below those that clients get
CAPTURE = pathlib.Path(os.environ.get("MBP_CAPTURE", BUILD / "integration"))  # where capture.py keeps what it has
SERVED = CAPTURE / "ports"  # who of this run served on which port of CAPTURED, and from when: "PORT SINCE"; "PORT SINCE TILL"
LONGEST_PAUSE_S = 0.02  # between two looks at what is waited for
PATIENCE_S = 60  # for a sanitized program on a busy machine; never waited for when all is well

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
SANITIZER_EXIT = 99
SANITIZER_REPORT = re.compile(r"Sanitizer|runtime error:")
LISTENING = re.compile(r"[Mm]odbus.*?127\.0\.0\.1:(\d+)")

ENVIRONMENT = dict(
    os.environ,
    LC_ALL="C.UTF-8",
    ASAN_OPTIONS=f"exitcode={SANITIZER_EXIT}",
    UBSAN_OPTIONS=f"exitcode={SANITIZER_EXIT}:print_stacktrace=1",
    TSAN_OPTIONS=f"exitcode={SANITIZER_EXIT}",
)

# Into a journal: seq, scan, wall_ms, code, unit, machine, sensor, value, limit or old, actor, detail; outside the chain.
ADD_EVENT = "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,0,?,0)"


def eventually(probe, what):
    """The first true result of probe. Between two it steps back a little, longer each time: what it waits for has the
    processor then, and the capture of the whole run has no hundred thousand frames of one question."""
    deadline = time.monotonic() + PATIENCE_S
    pause_s = 0.0005
    while time.monotonic() < deadline:
        result = probe()
        if result:
            return result
        select.select([], [], [], pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
    raise AssertionError(f"not within {PATIENCE_S} s: {what}")


def stand_still(process):
    """Stops a process (SIGCONT lets it go on), and comes back when it does stand still."""
    process.send_signal(signal.SIGSTOP)
    state = pathlib.Path(f"/proc/{process.pid}/stat")
    eventually(lambda: state.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "T", "a process that stands still")


def run(*command, check=False, environment=None, timeout=PATIENCE_S * 2, **options):
    """A finished program with its output as text; check: it must have ended with 0."""
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            env=environment or ENVIRONMENT, timeout=timeout, **options)
    assert not SANITIZER_REPORT.search(result.stderr), result.stderr
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(result.args)} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result


def on_terminal(*command, columns=0):
    """What a terminal of so many columns gets, bytes, with the newlines that programs write; 0 = it does not say."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0))
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=follower, stderr=subprocess.PIPE,
                          env={**ENVIRONMENT, "TERM": "dumb"}) as process:
        os.close(follower)
        got = b""
        while True:
            try:
                more = os.read(leader, 65536)
            except OSError:  # nobody writes any more
                break
            if not more:
                break
            got += more
        os.close(leader)
        said = process.stderr.read()
        assert (process.wait(), said) == (0, b""), said
    return got.replace(b"\r\n", b"\n")


def program(name, *places):
    """Where a client is; skips the test when it is nowhere."""
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ["PATH"], "/usr/sbin"]))
    if found is None:
        raise unittest.SkipTest(f"{name} is not here (tools/test installs it)")
    return found


class Output:
    """The lines of a pipe, collected as they come."""

    def __init__(self, pipe):
        self.lines = []
        self._pipe = pipe
        self._more = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        with self._pipe:
            for line in self._pipe:
                with self._more:
                    self.lines.append(line)
                    self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def wait_for(self, pattern):
        """The first match in any line, or None when the output ended (or patience did) without one."""
        def match():
            return next(filter(None, map(pattern.search, self.lines)), None)
        with self._more:
            self._more.wait_for(lambda: match() or self._ended, PATIENCE_S)
            return match()

    def text(self):
        """Everything, once the program has ended."""
        self._thread.join(PATIENCE_S)
        return "".join(self.lines)


_claimed = []  # held until this program ends


def _claim(port):
    """True for the first who asks for this port, of all tests that run: a name of a socket is nobody's file to clean up."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0mbplant-test-port-{port}")
    except OSError:
        name.close()
        return False
    _claimed.append(name)
    return True


def free_port():
    """A port of CAPTURED that nobody listens on just now, and that no other call gets: a test with two has two."""
    for port in random.sample(CAPTURED, len(CAPTURED)):
        if not _claim(port):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"all ports from {CAPTURED[0]} to {CAPTURED[-1]} are taken")


def note_served(port, since, till=""):
    """Tells capture.py that what is said at this port from then on (till then) is ours. Other ports of the range, and this
    one at other times, may be anybody's."""
    if CAPTURE.is_dir():
        with open(SERVED, "a", encoding="ascii") as file:
            file.write(f"{port} {since} {till}\n")


class Plant:
    """A mbplantd on a free port of 127.0.0.1 with a data folder of its own.

    with Plant("types.yaml") as plant: ... stops it and checks that it ended well."""

    captured = True  # what it says on the wire must please Wireshark

    def __init__(self, file, *flags, data=None, environment=None):
        self.environment = {**ENVIRONMENT, **(environment or {})}
        self.file = DATA / file  # an absolute path stays itself
        self.flags = flags
        self._folder = None if data else tempfile.TemporaryDirectory(prefix="mbplant-")
        self.data = pathlib.Path(data or self._folder.name)
        self.data_flags = ["-d", self.data]
        self.process = None
        self.port = None
        self.since = None  # while capture.py is to look at it

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._clean_up()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.stop()
        finally:
            self._clean_up()

    def start(self, *flags, port=None):
        """On that port, or else on a free one."""
        place = f"127.0.0.1:{port or (free_port() if self.captured else 0)}"
        since = time.time()
        self.process = subprocess.Popen(
            [str(word) for word in (MBPLANTD, "-l", place, "--http", "off", *self.data_flags, *self.flags, *flags,
                                    self.file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        self.out, self.err = Output(self.process.stdout), Output(self.process.stderr)
        listening = self.out.wait_for(LISTENING)
        if listening is None:
            self.kill()
            if "in use" in self.err.text() and place in self.err.text():
                return self.start(*flags)  # another test was quicker
            raise AssertionError(f"mbplantd does not say where it listens:\n{self.out.text()}{self.err.text()}")
        self.port = int(listening.group(1))
        if self.captured:
            self.since = since
            note_served(self.port, since)
        return eventually(self._answers, f"an open port {self.port}")

    def stop(self, how=signal.SIGTERM):
        """Asks it to end and checks that it does: exit code 0, no word from a sanitizer."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        self._note_end()
        errors = self.err.text()
        assert not SANITIZER_REPORT.search(errors), errors
        assert code == 0, f"mbplantd ended with {code} on {how.name}:\n{errors}"

    def kill(self):
        """The power cut: nothing is said, nothing can be tidied up."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._note_end()

    def _note_end(self):
        if self.since:
            note_served(self.port, self.since, time.time())
            self.since = None

    def ctl(self, *words, check=True, unit=None):
        """mbplantctl's output (check: exit code 0), or the whole result where check is False."""
        place = ["-H", "127.0.0.1", "-p", self.port, "--timeout", f"{PATIENCE_S}s"] + (["-u", unit] if unit else [])
        result = run(MBPLANTCTL, *place, *words, check=check)
        return result.stdout if check else result

    def mbpoll(self, *words, unit=1, check=True):
        """One poll with PDU addresses (-0). Values to write come after the options."""
        options, values = split_values(words)
        return run(program("mbpoll"), "-m", "tcp", "-p", self.port, "-a", unit, "-0", "-1", "-o", 10, *options,
                   "127.0.0.1", *(["--", *values] if values else []), check=check)

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), PATIENCE_S).close()
            return True
        except ConnectionRefusedError:
            return False

    def _clean_up(self):
        if self.process:
            self.kill()
        if self._folder:
            self._folder.cleanup()


def split_values(words):
    """Options and values to write, apart: values are what follows "write"."""
    words = list(words)
    if "write" not in words:
        return words, []
    at = words.index("write")
    return words[:at], words[at + 1:]


def mbpoll_values(result):
    """{address: text} of what mbpoll printed; "65413 (-123)" is kept whole."""
    return {int(address): value.strip() for address, value in re.findall(r"^\[(\d+)\]:\s*(.*)$", result.stdout, re.M)}


def main():
    """unittest.main, with ctest's code for "skipped" when nothing but skipping happened."""
    outcome = unittest.main(module="__main__", exit=False, verbosity=2).result
    if not outcome.wasSuccessful():
        sys.exit(1)
    if outcome.testsRun == 0 or len(outcome.skipped) >= outcome.testsRun:
        sys.exit(SKIPPED)
