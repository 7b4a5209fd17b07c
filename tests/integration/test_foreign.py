"""Foreign text: what a master, a plant file or a dump may say reaches no terminal and no spreadsheet as a command."""
import csv
import io
import json
import pathlib
import re
import tempfile
import unittest

import support

PLANT = """\
mbplant: 1
name: "=HYPERLINK(\\"http://x\\",\\"see\\")"
scan: 10ms
# turned: \u202eevil\u202c
server: {access: [{from: 127.0.0.1, allow: all}]}
units:
  - id: 1
    machines:
      - name: M1
        label: "@SUM(A1)"
        sensors:
          - {name: LOT, kind: generic, register: {type: string(16), at: 0}, signal: {text: fine}}
          - {name: TT1, kind: temperature, unit: "=2+5", range: [-100, 100], limits: {high: 50},
             register: {at: 100, type: int16}, signal: {base: -5}}
"""
EVIL = b"\x1b]0;own\x07\n\x9b31m\xc2\x9b1m\xe2\x80\xaex"
SHOWN = "?]0;own???31m?1m?x"


def is_harmless(text):
    return all(letter in "\r\n" or letter.isprintable() for letter in text)


class ForeignText(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "evil.yaml"
        self.file.write_text(PLANT, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(self.file))

    def write_lot(self):
        words = EVIL.ljust(32, b"\0")
        self.plant.ctl("write", "hr:0", *(str(int.from_bytes(words[i:i + 2], "big")) for i in range(0, 32, 2)))

    def on_terminal(self, *words):
        return support.on_terminal(support.MBPLANTCTL, "-p", self.plant.port, *words)

    def test_text_that_a_master_wrote_is_shown_without_its_controls(self):
        self.write_lot()
        self.assertTrue(self.plant.ctl("read", "LOT").startswith(f"LOT = {SHOWN}  ("))
        for words in (["read", "LOT"], ["read", "LOT", "--format", "csv"], ["status"], ["watch", "--count", "1"],
                      ["map"], ["journal"], ["alarms", "--all"], ["report"], ["report", "--format", "markdown"],
                      ["report", "--format", "html"], ["report", "--format", "csv"],
                      ["explain", "--response", f"2B0E0101000001 00{len(EVIL):02X}{EVIL.hex()}"]):
            with self.subTest(words=words):
                self.assertTrue(is_harmless(self.plant.ctl(*words)))

    def test_json_keeps_what_a_master_wrote_and_shows_it_as_numbers(self):
        self.write_lot()
        text = self.plant.ctl("read", "LOT", "--format", "json")
        self.assertTrue(is_harmless(text))
        self.assertEqual(json.loads(text)[0]["value"], "\x1b]0;own\x07\n?31m\x9b1m\u202ex")

    def test_dump_keeps_what_a_master_wrote_and_shows_none_of_it(self):
        self.write_lot()
        dump = self.folder / "dump"
        self.plant.ctl("journal", "--save", dump)
        lines = [json.loads(line) for line in dump.read_text(encoding="utf-8").splitlines() if line]
        texts = [sensor.get("text") for line in lines for sensor in line.get("sensors", [])]
        self.assertIn("\x1b]0;own\x07\n?31m\x9b1m\u202ex", texts)
        self.assertTrue(is_harmless(self.plant.ctl("report", "--load", dump)))

    def test_reason_in_a_dump_is_told_without_its_controls(self):
        dump = self.folder / "dump"
        self.plant.ctl("journal", "--save", dump)
        lines = dump.read_text(encoding="utf-8").splitlines()
        end = json.loads(lines[-1])
        end.update(whole=False, why="gone\x1b]0;own\x07\nmbplantctl: all is well")
        dump.write_text("\n".join([*lines[:-1], json.dumps(end), ""]), encoding="utf-8")
        for verb in ("journal", "report"):
            told = support.run(support.MBPLANTCTL, verb, "--load", dump).stderr
            self.assertIn("gone?]0;own??mbplantctl: all is well", told)
            self.assertTrue(is_harmless(told))

    def test_plant_file_is_raw_in_a_pipe_and_harmless_on_a_terminal(self):
        # the comment may say what it will: a name may not
        self.assertEqual(self.plant.ctl("plant", "get"), PLANT)
        shown = self.on_terminal("plant", "get").decode()
        self.assertEqual(shown, PLANT.replace("\u202e", "?").replace("\u202c", "?"))

    def test_spreadsheet_finds_texts_and_no_formulas(self):
        self.plant.ctl("force", "TT1", "60")
        support.eventually(lambda: "Overheating" in self.plant.ctl("alarms"), "the alarm")
        for words in (["report"], ["alarms"], ["journal"], ["map"], ["read", "TT1", "LOT"]):
            with self.subTest(words=words):
                rows = list(csv.reader(io.StringIO(self.plant.ctl(*words, "--format", "csv"))))
                cells = [cell for row in rows for cell in row]
                self.assertFalse([cell for cell in cells if cell[:1] in ("=", "@")])
                self.assertIn("'=2+5", cells)
        self.plant.ctl("release", "TT1")
        self.assertIn("-5", [cell for row in csv.reader(io.StringIO(self.plant.ctl("read", "TT1", "--format", "csv")))
                             for cell in row])

    def test_verbs_print_through_what_makes_text_harmless(self):
        """Who adds a verb finds out here that ctl_say is printf's part."""
        for source in (support.ROOT / "tools" / "mbplantctl").rglob("*.c"):
            if source.name == "main.c":  # --version
                continue
            with self.subTest(source=source.name):
                code = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', source.read_text(encoding="utf-8"))  # a text may have these words
                self.assertEqual(re.findall(r"\b(?:printf|puts|fprintf\(std(?:out|err))\b.*", code), [])

    def test_name_that_turns_the_text_around_it_is_no_name(self):
        for old, new in (("label: \"@SUM(A1)\"", "label: \"\u202eM\""), ("unit: \"=2+5\"", "unit: \"\\x9bm\"")):
            self.file.write_text(PLANT.replace(old, new), encoding="utf-8")
            result = support.run(support.MBPLANTD, "--check", self.file)
            self.assertEqual(result.returncode, 2)
            self.assertTrue(is_harmless(result.stderr), result.stderr)


if __name__ == "__main__":
    support.main()
