"""mbplantctl in French: no text lacks it, people read it where their environment asks for it, machines never do."""
import json
import pathlib
import re
import tempfile
import unittest

import support

CTL = support.ROOT / "tools" / "mbplantctl"
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
FRENCH = {**support.ENVIRONMENT, "LC_ALL": "fr_FR.UTF-8"}
DIGITS = re.compile(r"\d+")  # of what goes on: how long something lasts
SPOKEN = re.compile(r"\b(?:ctl_error|ctl_say|ctl_tr|ctl_tr_in|explain_field|explain_note|explain_wrong)\(\s*")
RULES = re.compile(r"\b(?:mbp_reader_tell|mbp_reader_warn|mbp_errors_add|edit_refuse|refuse|tell_at|mbp_tr)\(")
LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\\n]|\\.)*")*')
CONVERSION = re.compile(r"%[-+ #0-9.*lhz]*[a-zA-Z]|\\n|\\t|\\\\|\\\"|\\x..")

# What files say to programs: names of cases, bytes and clauses of a specification; headings of others' lists; a script.
TO_PROGRAMS = ("conform/table.c", "learn/csv_columns.c", "shell/completion.c", "database/columns.c")
# Likewise, of a file: parts of a plant file, of JSON and XML; topics; what is typed; the names of what has no other.
FORMS = {
    "conform/print.c": r'^<\?xml|^:%u unit|^  <testcase|^><%s|^</%s',
    "database/edit_row.c": r"^, [a-z]+: $|^%23s within|^'",
    "dump/dump.c": r'^\{\\"seq',
    "dump/dump_snapshot.c": r"^as many as sensor_json packs$",
    "learn/csv_rows.c": r"^'",
    "learn/plant_text.c": r"^, [a-z]+: [a-z%(]*|^      - \{|^mbplant: 1|^units:",
    "learn/scan.c": r"^    (answer|identity): ?",
    "learn/sunspec.c": r"^SunSpec models$|^a SunSpec device$|^the end$",
    "option_rows.c": r"^(text, markdown|en, fr|coil, d|ABCD, |auto, |corrective, |a bit each)",
    "verbs.c": r"^  (mbplantctl|source) ",
    "verbs/diff.c": r"No newline at end of file",
    "verbs/force_point.c": r"^release all$",
    "verbs/map.c": r"^mbpoll ",
    "verbs/mqtt.c": r"^spBv1|Rebirth",
    "verbs/open.c": r"^http:",
    "verbs/sim/sim.c": r"^sim [a-z]+$",
    "verbs/sim/sim_fault.c": r"^ad hoc $|^sim fault$",
    "verbs/sim/sim_parameter.c": r"^sim parameter$",
    "watch/watch_layout.c": r"^mbplantctl watch$",
}

LOCKS = """mbplant: 1
name: Locks
scan: 20ms
alarm_policy: {longest_bypass: 30min, reasons: [bypass]}
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: L, range: [0, 10], max: 9, register: {scale: 0.01}, signal: {base: 5.5}}
        actuators:
          - {name: P1, kind: pump, on_off: true}
          - {name: V1, kind: valve, initial: 12.5}
        interlocks:
          - {name: LOW, when: "L < 2", bypass: {longest: 10min, priority: high}, message: Level is low}
          - {name: NEXT, when: "L < 1", action: permissive}
"""


def joined(text):
    return "".join(found[1:-1] for found in LITERAL.findall(text))


def first_argument(source, at):
    """Of a call whose parenthesis ends before at."""
    depth, end = 0, at
    while depth > 0 or source[end] not in ",)":
        if source[end] == '"':
            end = LITERAL.match(source, end).end()
            continue
        depth += (source[end] in "([{") - (source[end] in ")]}")
        end += 1
    return source[at:end]


def spoken():
    """Each literal that a verb says, with its file; of a choice both."""
    for path in sorted(CTL.rglob("*.c")):
        if path.parent.name == "french":
            continue
        source = path.read_text(encoding="utf-8")
        for call in SPOKEN.finditer(source):
            argument = LITERAL.sub(lambda found: found[0].replace("?", "\0").replace(":", "\1"),
                                   first_argument(source, call.end()))
            for part in re.split(r"\?|:", argument):
                if '"' in part:
                    yield path.name, joined(part).replace("\0", "?").replace("\1", ":")


def arguments_of(source, at):
    """All of a call whose parenthesis opens before at."""
    depth, end = 1, at
    while depth > 0:
        if source[end] == '"':
            end = LITERAL.match(source, end).end()
        elif source[end] == "'":
            end += 4 if source[end + 1] == "\\" else 3
        else:
            depth += (source[end] == "(") - (source[end] == ")")
            end += 1
    return source[at:end - 1]


def code(path):
    """A file without its comments and what it includes."""
    source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"^#include.*$", "", source, flags=re.M)


def is_prose(text):
    plain = CONVERSION.sub(" ", text).strip()
    return " " in plain and re.search("[A-Za-z]{2}", plain) is not None


def written():
    """Each literal of several words in mbplantctl, whatever becomes of it."""
    for path in sorted(CTL.rglob("*.c")):
        name = str(path.relative_to(CTL))
        if path.parent.name == "french" or name in TO_PROGRAMS:
            continue
        source = re.sub(r"(?m)^_Static_assert\(.*$", "", code(path))  # said to who compiles it
        for found in LITERALS.finditer(source):
            text = joined(found[0])
            if is_prose(text) and not (name in FORMS and re.search(FORMS[name], text)):
                yield name, text


def rules():
    """What the loader says of a plant file: its messages, what may stand there, and its nouns."""
    for folder in ("yaml", "plant"):
        for path in sorted((support.ROOT / "src" / folder).rglob("*.[ch]")):
            source = re.sub(r"\s*\\\n", "\n", code(path))
            for call in RULES.finditer(source):
                for found in LITERALS.finditer(arguments_of(source, call.end())):
                    if is_prose(joined(found[0])):
                        yield path.name, joined(found[0])
            for row in (r"\.allowed = ", r"#define MBP_\w*ALLOWED\s+", r"MBP_SCHEMA\(\s*", r"\.noun = ",
                        r"\[MBP_FIELD_\w+\] = "):
                for found in re.finditer(f"{row}({LITERALS.pattern})", source):
                    if '\\"type' not in found[0]:  # of JSON Schema
                        yield path.name, joined(found[1])


def known():
    for path in (CTL / "french").glob("french_*.c"):
        for english in re.findall(r'^    \{((?:"(?:[^"\\]|\\.)*"\s*)+),', path.read_text(encoding="utf-8"), re.M):
            yield joined(english)


class French(unittest.TestCase):
    def test_no_text_of_a_verb_lacks_it(self):
        texts = list(spoken())
        self.assertGreater(len(texts), 250)
        there = set(known())
        plain = re.compile(r"%[-+ #0-9.*lhz]*[a-zA-Z]|\\n|[^a-zA-Z]")
        missing = [(name, text) for name, text in texts if text not in there and plain.sub("", text) != ""]
        self.assertEqual(missing, [])

    def test_no_text_of_several_words_lacks_it(self):
        texts = list(written())
        self.assertGreater(len(texts), 700)
        there = set(known())
        self.assertEqual([(name, text) for name, text in texts if text not in there], [])

    def test_no_rule_of_a_plant_file_lacks_it(self):
        texts = list(rules())
        self.assertGreater(len(texts), 300)
        there = set(known())
        self.assertEqual([(name, text) for name, text in texts if text not in there], [])

    def test_verbs_speak_it_and_their_columns_align(self):
        with support.Plant(support.ROOT / "config" / "bottling.yaml") as plant:
            plant.ctl("force", "TT101", "99")
            support.eventually(lambda: "TT101" in plant.ctl("alarms"), "the alarm")

            def says(*words, code=0):
                result = support.run(support.MBPLANTCTL, "-p", plant.port, *words, environment=FRENCH)
                self.assertEqual(result.returncode, code, result.stderr)
                return result.stdout + result.stderr

            status = says("status")
            self.assertIn("1 à acquitter", status)
            titles = next(line for line in status.splitlines() if line.startswith("CAPTEUR"))
            row = next(line for line in status.splitlines() if line.startswith("TT101"))
            self.assertEqual(titles.index("HAUT") + len("HAUT"), row.index("85 °C") + len("85 °C"))
            self.assertIn("99,0 °C", row)
            self.assertIn("en panne", says("machine", "FILL1"))
            alarms = says("alarms")
            self.assertIn("active, non acquittée", alarms)
            self.assertRegex(alarms, r"\d\d/\d\d/\d{4} \d\d:\d\d")
            self.assertIn("Surchauffe", says("alarms", "TT101"))
            self.assertRegex(says("interlocks"), "^SÉCURITÉ +MACHINE +ACTION +ÉTAT")
            self.assertIn("RÉFÉRENCE", says("map"))
            self.assertIn("Usage", says("work", "--help"))
            self.assertIn("Exemples", says("work", "--help"))
            self.assertIn("verbe inconnu", says("wrk", code=2))
            self.assertIn("n’a pas de machine ni capteur « T »".replace("« T »", "«\u00a0T\u00a0»"),
                          says("shelve", "T", code=2))
            self.assertIn("acquittées", says("ack", "TT101"))
            self.assertIn("unknown verb", support.run(support.MBPLANTCTL, "wrk").stderr)
            english = support.run(support.MBPLANTCTL, "-p", plant.port, "--lang", "en", "status", environment=FRENCH)
            self.assertIn("unacknowledged", english.stdout)

    def test_words_of_lists_are_french_too(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = pathlib.Path(folder) / "locks.yaml"
            path.write_text(LOCKS)
            with support.Plant(path) as plant:
                def says(*words, environment=FRENCH):
                    result = support.run(support.MBPLANTCTL, "-p", plant.port, *words, environment=environment)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    return result.stdout

                self.assertRegex(says("interlocks"), r"M1\.LOW +M1 +arrêt +prête +- +10\xa0min")
                self.assertRegex(says("interlocks"), r"M1\.NEXT +M1 +autorisation +prête")
                plant.ctl("bypass", "M1.LOW", "--for", "5min", "--why", "test")
                plant.ctl("bypass", "L.high", "--for", "5min", "--why", "test")
                support.eventually(lambda: plant.ctl("alarms").count(".bypassed") == 2, "the alarms of the bypasses")
                self.assertRegex(says("interlocks"), r"M1\.LOW +M1 +arrêt +shuntée ")
                alarms = says("alarms")
                self.assertRegex(alarms, "M1\\.LOW\\.bypassed +M1 +sécurité shuntée\xa0: Level is low ")
                self.assertNotIn("interlock", alarms)
                english = says("alarms", environment=support.ENVIRONMENT)
                self.assertIn("interlock bypassed: Level is low", english)
                self.assertNotRegex(english, r"L\.high\.bypassed .*\bon\b")
                one = says("alarms", "L.high.bypassed")
                self.assertRegex(one, r"état +active")
                self.assertNotIn("valeur", one)
                one = says("alarms", "M1.LOW.bypassed")
                self.assertIn("sécurité shuntée\xa0: Level is low", one)
                self.assertRegex(one, r"priorité +haute\n +état +active")
                self.assertIn("sécurité shuntée\xa0: Level is low", says("journal"))
                self.assertIn("sécurité shuntée\xa0: Level is low", says("report"))
                status = says("status")
                self.assertRegex(status, r"P1 +M1 +pompe +arrêt +arrêt")
                self.assertRegex(status, r"V1 +M1 +vanne +12,5 % ")
                self.assertIn("L = 5,5", says("read", "L"))
                self.assertIn("L = 7,5", says("force", "L", "7.5"))
                self.assertRegex(says("machine", "M1"), r"\d\d/\d\d/\d{4} \d\d:\d\d")
                for words in (["interlocks"], ["alarms"], ["alarms", "L.high.bypassed"], ["read", "L", "P1"]):
                    for form in ("json", "csv", "jsonl"):
                        command = [support.MBPLANTCTL, "-p", plant.port, *words, "--format", form]
                        plain = support.run(*command)
                        french = support.run(*command, environment=FRENCH)
                        self.assertEqual(DIGITS.sub("0", french.stdout), DIGITS.sub("0", plain.stdout), command)

    def test_what_machines_read_is_the_same_in_any_environment(self):
        with support.Plant(support.ROOT / "config" / "bottling.yaml") as plant:
            plant.ctl("force", "TT101", "99")
            plant.ctl("shelve", "PT101.high", "--for", "10min", "--why", "noisy")
            plant.ctl("work", "open", "FILL1", "look at it")
            support.eventually(lambda: "TT101" in plant.ctl("incidents"), "the incident")
            plant.ctl("sim", "pause")
            for words in (["status"], ["alarms"], ["alarms", "--all"], ["alarms", "--hidden"], ["bypass"], ["work"],
                          ["incidents"], ["map", "TT101"], ["read", "TT101"], ["journal"]):
                for form in ("json", "csv", "jsonl"):
                    command = [support.MBPLANTCTL, "-p", plant.port, *words, "--format", form]
                    plain = support.run(*command)
                    if plain.returncode == 0:
                        french = support.run(*command, environment=FRENCH)
                        self.assertEqual(DIGITS.sub("0", french.stdout), DIGITS.sub("0", plain.stdout), command)
            journal = [json.loads(line) for line in
                       support.run(support.MBPLANTCTL, "-p", plant.port, "journal", "--format", "jsonl",
                                   environment=FRENCH).stdout.splitlines()]
            self.assertIn("value forced", [event["code"] for event in journal])


if __name__ == "__main__":
    support.main()
