"""mbplantctl in French: no text lacks it, people read it where their environment asks for it, machines never do."""
import json
import pathlib
import re
import tempfile
import unittest

import support

CTL = support.ROOT / "tools" / "mbplantctl"
STAGES = support.ROOT / "src" / "french"
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
FRENCH = {**support.ENVIRONMENT, "LC_ALL": "fr_FR.UTF-8"}
DIGITS = re.compile(r"\d+")  # of what goes on: how long something lasts
SPOKEN = re.compile(r"\b(?:ctl_error|ctl_say|ctl_tr|ctl_tr_in|explain_field|explain_note|explain_wrong)\(\s*")
RULES = re.compile(r"\b(?:return tell|mbp_reader_tell|mbp_reader_warn|mbp_errors_add|edit_refuse|refuse|tell_at|mbp_tr)\(")
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


SHOP = """mbplant: 1
name: Shop
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: L, range: [0, 10], signal: {expr: '%s'}}
          - {name: TT-1, range: [0, 10]}
        actuators:
          - {name: P1, on_off: true}
"""
EXPRESSIONS = (
    ("LL + 1", "there is no value named LL; did you mean L?", "il n’y a pas de valeur nommée LL ; vouliez-vous L ?"),
    ("TT-1 + 1", 'there is no value named TT: write "TT-1" in double quotes', 'écrire "TT-1" entre guillemets droits, sans eux c’est une soustraction'),
    ("L.odd + 1", "L.odd: a sensor has .process", "L.odd : un capteur a .process"),
    ("(1 + 2", ") is expected to close a bracket, not the end", ") est attendu pour fermer une parenthèse, et non la fin"),
    ("1 + ", "a value is expected here, not the end", "une valeur est attendue ici, et non la fin"),
    ("P1 == 3", "'==' is not of this language: equality is written =", "« == » n’est pas de ce langage : l’égalité s’écrit ="),
    ("TON(M1.en_service)", "TON does not take 1 operand: it is TON(IN, PT)", "TON ne prend pas 1 opérande : elle s’écrit TON(IN, PT)"),
    ("SQRT(TRUE)", "SQRT takes numbers: ", "SQRT prend des nombres : « TRUE » est BOOL"),
    ("M1.en_service", "needs LREAL, and 'M1.en_service' is BOOL", "il faut LREAL, et « M1.en_service » est BOOL"),
    ("MAX(1, T#5s)", "MAX cannot take a number and TIME together", "MAX ne peut prendre ensemble un nombre et TIME : « T#5s » est TIME ; une durée s’écrit T#5s"),
    ("SEL(L, 1, 2)", "SEL needs BOOL, and 'L' is LREAL: compare it with a number", "SEL : il faut BOOL, et « L » est LREAL : le comparer à un nombre"),
    ("5s", "a time is written T#5s", "une durée s’écrit T#5s"),
    ("1 / 0", "this divides by zero", "ceci divise par zéro"),
    ("NONE(1)", "there is no function NONE", "il n’y a pas de fonction NONE"),
    ("1 2", "an operator or the end is expected here, not '2'", "un opérateur ou la fin est attendu ici, et non « 2 »"),
    ("LOOKUP(C, 1)", "there is no curve C", "il n’y a pas de courbe C"),
)


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
    for folder in ("yaml", "plant", "change", "process"):
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


def expressions():
    """What is said of an expression: each literal of several words there, and what its names are in a plant."""
    for path in sorted((support.ROOT / "src" / "expr").rglob("*.[ch]")):
        for found in LITERALS.finditer(code(path)):
            text = joined(found[0])
            if is_prose(text) and not re.search(r"^Q |^%s\(", text):  # results and operands of functions
                yield path.name, text
    path = support.ROOT / "src" / "plant" / "formula" / "scope.c"
    for row in re.finditer(r"\*why = ([^;]*);", code(path)):
        for found in LITERALS.finditer(row[1]):
            yield path.name, joined(found[0])


def known(folder=CTL / "french", files="*.c"):
    """The texts of its tables; those of the stages are mbplantctl's too."""
    for path in sorted({*folder.glob(files), *STAGES.glob(files)}):
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
        there = set(known(STAGES))
        self.assertEqual([(name, text) for name, text in texts if text not in there], [])

    def test_no_error_of_an_expression_lacks_it(self):
        texts = list(expressions())
        self.assertGreater(len(texts), 100)
        there = set(known(STAGES))
        self.assertEqual([(name, text) for name, text in texts if text not in there], [])

    def test_errors_of_expressions_are_told_in_it(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = pathlib.Path(folder) / "shop.yaml"
            for expression, english, french in EXPRESSIONS:
                path.write_text(SHOP % expression, encoding="utf-8")
                for environment, said in ((support.ENVIRONMENT, english), (FRENCH, french)):
                    result = support.run(support.MBPLANTCTL, "--plant", path, "map", environment=environment)
                    self.assertIn(said, result.stderr.replace("\u00a0", " "), expression)
                    self.assertEqual(result.returncode, 2)

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

    def test_what_the_system_says_is_told_in_it(self):
        def says(*words):
            result = support.run(support.MBPLANTCTL, *words, environment=FRENCH)
            self.assertNotEqual(result.returncode, 0)
            return result.stderr.replace("\u00a0", " ")

        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            self.assertIn("connexion refusée : personne n’y écoute", says("-p", 1, "status"))
            self.assertIn("connexion refusée", says("-H", "rtu+tcp://127.0.0.1:1", "status"))
            self.assertIn("ne peut être lu : aucun fichier ou dossier de ce nom", says("--plant", f"{folder}/none", "map"))
            self.assertIn("c’est un dossier", says("--plant", folder, "map"))
            self.assertIn("aucun fichier ou dossier de ce nom", says("journal", "--load", f"{folder}/none"))
            broken = pathlib.Path(folder) / "broken.yaml"
            for text, said in ((b"mbplant: [1\n", "il manque « , » ou « ] »"), (b'mbplant: "x\n', "le texte finit trop tôt (dans un texte entre guillemets qui commence à la ligne 1)"),
                               (b"mbplant: \xff\n", "le premier octet d’une suite UTF-8 n’est pas valable")):
                broken.write_bytes(text)
                self.assertIn(said, says("--plant", broken, "map"))
            path = pathlib.Path(folder) / "there"
            path.write_text("address,name,type\n1,x,uint16\n")
            self.assertIn("le fichier existe déjà", says("learn", "csv", path, "-o", path))

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
