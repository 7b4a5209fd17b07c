"""What all benchmarks share: the build, servers under test, a small Modbus client, medians and tables."""

import json
import os
import re
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PLANT = ROOT / "config" / "bottling.yaml"
MIB = 1 << 20


class BenchError(Exception):
    """A measurement that could not be made; its text says why."""


class Settings:
    """What the command line decides: where the programs are, on which processors, how long and how often."""

    def __init__(self, arguments):
        cpus = sorted(os.sched_getaffinity(0))
        self.build_dir = Path(arguments.build_dir)
        self.other_dir = arguments.other and Path(arguments.other)
        self.quick = arguments.quick
        self.rounds = arguments.rounds or (3 if arguments.quick else 11)
        self.measure_ms = 500
        self.shapes = arguments.shape
        self.nagle = arguments.nagle
        self.server_cpu, self.load_cpu = cpus[0], cpus[-1]

    def program(self, name):
        """Path of a built benchmark program, or of mbplantd."""
        folder = "src" if name == "mbplantd" else "tools/bench"
        return str(self.build_dir / folder / (name if name == "mbplantd" else "bench_" + name))


def without_http(program):
    """The options that keep an mbplantd from serving HTTP; an older one knows none."""
    if program not in WITHOUT_HTTP:
        told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
        WITHOUT_HTTP[program] = ["--http", "off"] if "--http" in told else []
    return WITHOUT_HTTP[program]


WITHOUT_HTTP = {}


def build(settings):
    """Builds Release and the benchmark programs; configures only a folder that is not yet."""
    if not (settings.build_dir / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "-S", ROOT, "-B", settings.build_dir, "-DCMAKE_BUILD_TYPE=Release", "-DMBP_TESTS=OFF"]
                       + (["-G", "Ninja"] if shutil.which("ninja") else []), check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", settings.build_dir, "--target", "bench", "--parallel"], check=True,
                   stdout=subprocess.DEVNULL)
    cache = (settings.build_dir / "CMakeCache.txt").read_text()
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache or "MBP_SANITIZE:STRING=none" not in cache:
        raise BenchError(f"{settings.build_dir} is not a plain Release build: name another folder with --build-dir")


def free_port():
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raise_file_limit(count):
    """Room for count open files in this process."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < count:
        raise BenchError(f"{count} open files are needed, the limit is {hard}: raise it with `ulimit -Hn`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def take_over(cpu):
    """For a child before exec: its processor, and precedence over what else runs there, where that is permitted."""
    os.sched_setaffinity(0, {cpu})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        os.setsid()  # where the kernel groups processes by session, only the group's priority counts among others
        Path("/proc/self/autogroup").write_text("-20", encoding="ascii")
    except OSError:
        pass


class Server:
    """A server process on 127.0.0.1, pinned, with a data folder of its own; gone at the end of the `with`."""

    def __init__(self, settings, name, arguments=(), plant=None):
        self.name, self.port, self.cpu = name, free_port(), settings.server_cpu
        self.data = tempfile.TemporaryDirectory(prefix="mbplant-bench-")
        self.command = [settings.program(name)]
        if name == "mbplantd":
            self.command += ["-l", f"127.0.0.1:{self.port}", *without_http(self.command[0]), "-d", self.data.name,
                             *arguments, str(plant)]
        else:
            self.command += [str(self.port), *arguments]
        self.log = open(os.path.join(self.data.name, "output.txt"), "w+", encoding="utf-8")
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=lambda: take_over(self.cpu))
        try:
            self.connect().close()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.data.cleanup()

    def connect(self, patience=10.0):
        """A connection, tried until the server listens."""
        end = time.monotonic() + patience
        while True:
            try:
                return Master(self.port)
            except ConnectionError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.log.seek(0)
                    raise BenchError(f"{self.name} does not answer: {self.log.read().strip() or error}") from error
                time.sleep(0.0005)

    def must_live(self):
        """Says how the server ended, if it did."""
        code = self.process.poll()
        if code is not None:
            self.log.seek(0)
            raise BenchError(f"{self.name} ended with code {code}: {self.log.read().strip()}")

    def status_bytes(self, key):
        """VmRSS or VmHWM in bytes."""
        self.must_live()
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{key}:\s+(\d+) kB", text, re.M)[1]) * 1024

    def late_scans(self):
        """Scans that started late, of the summary block (input registers 18 and 19)."""
        master = self.connect()
        high, low = master.read(4, 18, 2)
        master.close()
        return high << 16 | low

    def cpu_ns(self):
        """Processor time of all its threads so far."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())

    def waited_ns(self):
        """How long its first thread, which scans and serves, was ready to run and had no processor, so far; less what
        its other threads took of that processor, which is its own affair."""
        ran, waited = map(int, Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[:2])
        return waited - (self.cpu_ns() - ran)


class Master:
    """A Modbus master of one connection, enough to look at a server from outside."""

    def __init__(self, port, timeout=5.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def _receive(self, count):
        data = b""
        while len(data) < count:
            chunk = self.socket.recv(count - len(data))
            if not chunk:
                raise BenchError("the server closed the connection")
            data += chunk
        return data

    def read(self, function, addr, count, unit=1):
        """The registers of FC 3 or 4."""
        self.socket.sendall(struct.pack(">HHHBBHH", 1, 0, 6, unit, function, addr, count))
        length, _, answered = struct.unpack(">4xHBB", self._receive(8))
        data = self._receive(length - 2)
        if answered != function:
            raise BenchError(f"exception {data[0]} to function {function} at {addr}")
        return struct.unpack(f">{count}H", data[1:])


    def write(self, addr, words, unit=1):
        """Holding registers, FC 16."""
        self.socket.sendall(struct.pack(f">HHHBBHHB{len(words)}H", 1, 0, 7 + 2 * len(words), unit, 16, addr, len(words),
                                        2 * len(words), *words))
        length, _, answered = struct.unpack(">4xHBB", self._receive(8))
        data = self._receive(length - 2)
        if answered != 16:
            raise BenchError(f"exception {data[0]} to a write at {addr}")


def spawn(settings, name, *arguments):
    """Starts a load or attack program on the load's processor; its one line of JSON comes from `result`."""
    return subprocess.Popen([settings.program(name), *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, preexec_fn=lambda: take_over(settings.load_cpu))


def result(process, said=""):
    """What a program started by `spawn` reports, some of which may have been read already."""
    out, err = process.communicate()
    if process.returncode != 0:
        raise BenchError(f"{Path(process.args[0]).name}: {err.strip() or 'failed'}")
    return json.loads((said + out).splitlines()[-1])


def run_once(settings, plant, *arguments):
    """One mbplantd command that ends by itself, on fresh data: seconds of wall and of processor time, of all its threads
    and of the first alone, which is the one that scans."""
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder, tempfile.TemporaryFile("w+") as errors:
        usage, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        program = settings.program("mbplantd")
        done = subprocess.Popen([program, *without_http(program), "-d", folder, *arguments, str(plant)],
                                stdout=subprocess.DEVNULL, stderr=errors,
                                preexec_fn=lambda: take_over(settings.server_cpu))
        os.waitid(os.P_PID, done.pid, os.WEXITED | os.WNOWAIT)  # until it is waited for, its times can be read
        first = int(Path(f"/proc/{done.pid}/task/{done.pid}/schedstat").read_text().split()[0]) / 1e9
        done.wait()
        wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            errors.seek(0)
            raise BenchError(f"mbplantd {' '.join(arguments)}: {errors.read().strip() or 'failed'}")
    return wall, after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime, first


class Disturbance:
    """How much of the processors went elsewhere since it was made: to other programs, or to other guests of the host."""

    def __init__(self, server):
        self.server, self.begin = server, time.monotonic()
        self.taken, self.own = self._taken(), self._own()

    def _taken(self):
        """Seconds of user, nice, system and stolen time of all processors."""
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        return sum(int(fields[index]) for index in (0, 1, 2, 7)) / os.sysconf("SC_CLK_TCK")

    def _own(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime + self.server.cpu_ns() / 1e9

    def share(self):
        """Of all processors' time, 0 to 1."""
        elsewhere = (self._taken() - self.taken) - (self._own() - self.own)
        return max(0.0, elsewhere) / ((time.monotonic() - self.begin) * os.cpu_count())


class Verdicts:
    """Judges figures against their targets and remembers whether one was missed."""

    def __init__(self):
        self.missed = 0

    def at_least(self, value, target, form="{:.2f}"):
        return self._cell(value >= target, form.format(value), "≥ " + form.format(target))

    def at_most(self, value, target, form="{:.2f}"):
        return self._cell(value <= target, form.format(value), "≤ " + form.format(target))

    def _cell(self, met, value, target):
        self.missed += not met
        return f"{value} {target} {'ok' if met else 'MISSED'}"


def median(values):
    """The median, as statistics has it."""
    return statistics.median(values)


def table(title, headers, rows):
    """Prints rows of text under headers, columns aligned, figures to the right."""
    cells = [[str(cell) for cell in row] for row in [headers, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print(f"\n{title}")
    for index, row in enumerate(cells):
        padded = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "   ".join(padded).rstrip())
        if index == 0:
            print("  " + "   ".join("-" * width for width in widths))
    sys.stdout.flush()


def roomy_plant(folder, connections):
    """A copy of the default plant that allows that many connections, all of one address."""
    text = DEFAULT_PLANT.read_text(encoding="utf-8")
    room = f"max_connections: {connections}, per_client: {connections}"
    text, found = re.subn(r"max_connections:\s*\d+", room, text)
    if not found:
        text, found = re.subn(r"(?m)^server:\s*\{", f"server: {{{room}, ", text)
    if not found:
        text += f"\nserver: {{{room}}}\n"
    path = Path(folder) / DEFAULT_PLANT.name
    path.write_text(text, encoding="utf-8")
    return path
