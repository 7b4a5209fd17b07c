"""Every command that a document shows is run, in the order in which it stands there, and what comes out is what is shown.

Numbers, times and the width of columns are masked on both sides: names, words, states and the order of lines count. A
line `...` stands for any lines. Comments in a document say what a reader would have done before (in Markdown
`<!-- run: WHAT -->`, in a manual page `; run: WHAT`):

  run: FILE [option]..     a new plant of that file serves from here on
  run: with TEXT           and this line stands at the end of the file
  run: before COMMAND      is run here, and not compared
  run: not REASON          the next block is not run
"""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import support

DOCUMENTS = ["README.md", "config/README.md", *(f"tools/package/man/{page}.scd" for page in (
    "mbplantd.8", "mbplantctl.1", "mbplant.yaml.5", "mbplant-scenario.5", "mbplant-map.7"))]
NOTE = re.compile(r"^(?:<!-- run: (.*) -->|; run: (.*))$")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
SPAN = re.compile(r"\b\d+(\.\d+)? ?(d|h|min|s|ms|us)\b( \d+(\.\d+)? ?(d|h|min|s|ms|us)\b)*")
READS = re.compile(r"^mbplantctl (journal|status|alarms|read|report|machine \w+$|sim$|sim fault$)")


def mask(line):
    """What of a line does not depend on when it was printed."""
    line = re.sub(r"\bevents\b", "event", SPAN.sub("T", TIME.sub("T", line)))
    return re.sub(r"\s+", " ", re.sub(r"(?<![\w.])-?\d+(\.\d+)?", "N", line)).strip()


def blocks(path):
    """(line, notes, lines) of each block of code, notes being those that stand before it."""
    notes, block, begin = [], None, 0
    for number, line in enumerate((support.ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        note = NOTE.match(line)
        if note and block is None:
            notes.append(note[1] or note[2])
        elif line.startswith("```") and block is None:
            block, begin = [], number
        elif line.startswith("```"):
            yield begin, notes, block
            notes, block = [], None
        elif block is not None:
            block.append(line)


def commands(block):
    """(command, lines shown) of a block; what stands before the first command is no output."""
    found = []
    for line in block:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def fits(shown, got):
    """Whether the lines are the same, `...` being any."""
    if not shown:
        return not got
    if shown[0] == "...":
        return any(fits(shown[1:], got[skip:]) for skip in range(len(got) + 1))
    return bool(got) and mask(shown[0]) == mask(got[0]) and fits(shown[1:], got[1:])


class Reader:
    """A person with the programs on the path, a copy of config/, and a plant in another terminal."""

    def __init__(self, folder):
        self.folder, self.port, self.code = pathlib.Path(folder), support.free_port(), 0
        self.plant, self.lines, self.data = None, None, 0
        shutil.copytree(support.ROOT / "config", self.folder / "config")
        bin_folder = self.folder / ".bin"
        bin_folder.mkdir()
        mbpoll = shutil.which("mbpoll")
        for name, text in {
                "mbplantctl": f'exec {support.MBPLANTCTL} -p {self.port} "$@"',
                "mbplantd": f'case "$*" in *--fast-forward*) exec {support.MBPLANTD} "$@";; esac\n'
                            f'exec {support.MBPLANTD} -l 127.0.0.1:{self.port} --http off "$@"',
                "mbpoll": f'for word; do shift; [ "$word" = 5020 ] && word={self.port}; set -- "$@" "$word"; done\n'
                          f'{mbpoll} "$@" | grep "^\\[\\|^Written"'}.items():
            (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (bin_folder / name).chmod(0o755)
        self.environment = {**support.ENVIRONMENT, "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(folder),
                            "XDG_STATE_HOME": f"{folder}/state", "TZ": "UTC"}

    def begin(self, words):
        """A new plant."""
        self.end()
        self.data += 1
        self.start(f"mbplantd -d data{self.data} {words}")

    def start(self, command):
        """In the background, until it answers."""
        self.end()
        self.plant = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=self.folder, env=self.environment, text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = support.Output(self.plant.stdout)
        assert self.lines.wait_for(support.LISTENING), "".join(self.lines.lines)

    def end(self):
        """No plant any more."""
        if self.plant is not None:
            self.plant.send_signal(signal.SIGTERM)
            self.plant.wait(support.PATIENCE_S)
            self.plant = None

    def run(self, command):
        """The lines that it prints."""
        pid = self.plant.pid if self.plant else 0
        command = command.replace("$(pidof mbplantd)", str(pid)).replace("$?", str(self.code))
        if command.rstrip().endswith("&"):
            self.start(command.rstrip().rstrip("&"))
            return []
        heard = len(self.lines.lines) if self.lines else 0
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * support.PATIENCE_S)
        self.code = done.returncode
        if "kill -HUP" in command:  # a person reads what mbplantd says of it before the next command
            support.eventually(lambda: any("plant" in line for line in self.lines.lines[heard:]), "what became of the file")
        return done.stdout.splitlines()


class Shown(unittest.TestCase):
    def note(self, reader, notes):
        """False: the block that follows is not to be run."""
        for note in notes:
            word, _, rest = note.partition(" ")
            if word == "not":
                self.assertTrue(rest, "a reason is needed")
                return False
            if word == "before":
                reader.run(rest)
            elif word == "with":
                path = reader.folder / self.file
                path.write_text(path.read_text(encoding="utf-8") + rest.replace("\\n", "\n") + "\n", encoding="utf-8")
                reader.begin(self.file)
            else:
                self.file = shlex.split(note)[-1]
                reader.begin(note)
        return True

    def check(self, reader, command, shown):
        """What is read may take a moment until it is stored or shown."""
        shown = [line for line in shown if line.strip()]
        end = time.monotonic() + support.PATIENCE_S / 4
        while True:
            got = [line for line in reader.run(command) if line.strip()]
            if fits(shown, got) or not READS.match(command) or time.monotonic() > end:
                break
        self.assertTrue(fits(shown, got), "\n".join([f"$ {command}", "shown:", *map(mask, shown), "came:", *map(mask, got)]))

    def test_commands_print_what_the_documents_show(self):
        for document in DOCUMENTS:
            with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
                reader = Reader(folder)
                try:
                    for line, notes, block in blocks(document):
                        run = self.note(reader, notes)
                        for command, shown in commands(block) if run else []:
                            with self.subTest(document=document, line=line, command=command):
                                self.check(reader, command.split("  #")[0].strip(), shown)
                finally:
                    reader.end()

    def test_mask_leaves_words_and_order(self):
        self.assertTrue(fits(["a 1", "...", "b 2.5 °C"], ["a 3", "x", "y", "b 7 °C"]))
        self.assertFalse(fits(["a 1", "b 2"], ["b 2", "a 1"]))
        self.assertFalse(fits(["TT101 = 5 °C"], ["PT101 = 5 bar"]))
        self.assertFalse(fits(["a"], ["a", "b"]))


if __name__ == "__main__":
    support.main()
