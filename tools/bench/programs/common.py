"""What the programs that read a plant share: where they are kept, a plant, comparing what they show with mbplantctl."""
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
import support  # noqa: E402

CACHE = pathlib.Path(os.environ.get("MBP_PROGRAMS", ROOT / "build" / "programs"))  # what was installed stays there
PATIENCE_S = 60


class Missing(Exception):
    """The program is not here and cannot be installed: why."""


class Table:
    """Verdicts: a row a program, a column a check."""
    columns = ("program", "installed", "file taken", "points that agree", "alarm arrives", "acknowledged from there")

    def __init__(self):
        self.rows = []

    def add(self, program, **cells):
        self.rows.append([program] + [cells.get(name.replace(" ", "_"), "-") for name in self.columns[1:]])
        print("  " + "; ".join(f"{name}: {cell}" for name, cell in zip(self.columns[1:], self.rows[-1][1:])), flush=True)

    def text(self):
        rows = [list(self.columns)] + self.rows
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.columns))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)


def eventually(probe, what, patience=PATIENCE_S):
    """The first true result."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        result = probe()
        if result:
            return result
        time.sleep(0.2)
    raise AssertionError(f"not within {patience} s: {what}")


def npm(folder, *packages, extra=None, scripts=()):
    """Installs packages of npm into a folder, once. scripts: packages whose install scripts have to run (they compile)."""
    done = folder / "installed"
    wanted = " ".join(packages)
    if done.exists() and done.read_text() == wanted:
        return
    if not shutil.which("npm"):
        raise Missing("no npm here")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": "bench", "version": "1.0.0", "private": True, **(extra or {})}))
    for words in [["install", "--omit=optional", *packages]] + [["rebuild", name] for name in scripts]:
        if words[0] == "rebuild":  # npm 11 runs scripts of those alone that were named
            subprocess.run(["npm", "install-scripts", "approve", words[1]], cwd=folder, capture_output=True, check=False)
        run = subprocess.run(["npm", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=900)
        if run.returncode:
            raise Missing("npm: " + " ".join(run.stderr.split())[-150:])
    done.write_text(wanted)


def debian(name, program, *more):
    """A program of a Debian package: the one that is there, else unpacked into the cache; its path."""
    folder = CACHE / name
    for place in ("/usr/sbin", "/usr/bin"):
        for path in (pathlib.Path(place, program), folder / place[1:] / program):
            if path.exists():
                return path
    folder.mkdir(parents=True, exist_ok=True)
    for package in (name, *more):
        run = subprocess.run(["apt-get", "download", "-q", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::Retries=0", package], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
        if run.returncode:
            raise Missing(f"{package} cannot be fetched: " + " ".join(run.stderr.split())[-120:])
    for archive in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", archive, folder], check=True)
    return debian_path(folder, program)


def debian_path(folder, program):
    for path in folder.rglob(program):
        if path.is_file():
            return path
    raise Missing(f"{program} is not in its package")


def serve(folder, file="bottling.yaml", *flags):
    """A plant with an instructor."""
    text = (ROOT / "config" / file).read_text(encoding="utf-8") if not os.path.isabs(file) else pathlib.Path(file).read_text(encoding="utf-8")
    path = folder / pathlib.Path(file).name
    path.write_text(text if "instructor: true" in text else text + "\ninstructor: true\n", encoding="utf-8")
    plant = support.Plant(path, *flags)
    plant.captured = False
    return plant


def export(plant, target, path, *words):
    """The target's file as it comes, from the running plant; what was told beside."""
    path.unlink(missing_ok=True)
    done = support.run(support.MBPLANTCTL, "-H", "127.0.0.1", "-p", plant.port, "export", target, "-o", path, *words, check=True)
    return done.stderr


def points(plant):
    """The rows of csv by name."""
    import csv
    import io
    return {row["point"]: row for row in csv.DictReader(io.StringIO(plant.ctl("export", "csv")))}


def compare(plant, shown, digits=None):
    """shown: {name: number}. How many are as mbplantctl reads them, and the names of those that are not. digits: what the program
    rounds to, by name."""
    names = sorted(shown)
    wanted = {item["point"]: item["value"] for item in json.loads(plant.ctl("read", "--format", "json", *names))}
    wrong = [name for name in names if not same(shown[name], wanted[name], (digits or {}).get(name))]
    return len(names) - len(wrong), wrong


def same(value, wanted, digits=None):
    """As numbers; on and off are 1 and 0."""
    if isinstance(wanted, str):
        wanted = {"on": 1, "off": 0, "true": 1, "false": 0}.get(wanted, wanted)
    if isinstance(wanted, str):
        return True  # a state's word: its number is in the register
    if wanted is None or value is None:
        return wanted is None and (value is None or math.isnan(value))
    room = 0.5000001 * 10 ** -digits if digits is not None else 0
    return abs(float(value) - float(wanted)) <= room + 2e-6 * max(1, abs(float(wanted)))


def verdict(good, wrong):
    return f"{good} of {good + len(wrong)}" + (": not " + ", ".join(wrong[:3]) if wrong else "")


def is_acknowledged(plant, name="TT101"):
    """Whether the alarm that is active there is acknowledged."""
    return bool(re.search(rf"^{name} .*active, acknowledged", plant.ctl("alarms"), re.M))


def ask(address, body=None, method=None, **headers):
    """JSON over HTTP; None = not there yet."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text.strip() else {}
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{address}: {error.code} {error.read()[:200]}") from None
    except (urllib.error.URLError, OSError):
        return None


class Running:
    """A program in the background; ended at the end, its words in a file."""

    def __init__(self, words, folder, **options):
        self.log = open(folder / "log", "ab")  # noqa: SIM115
        self.process = subprocess.Popen([str(word) for word in words], cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, start_new_session=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, 15)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)
                self.process.wait()
        self.log.close()
