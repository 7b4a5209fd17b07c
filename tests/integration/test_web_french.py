"""HTTP in French: each problem has it, who asks for it gets it, and names, keys and JSON stay as they are."""
import pathlib
import re
import tempfile
import unittest

import support
from support import main
from test_french import LITERAL, STAGES, first_argument, joined, known
from test_operators import PEOPLE
from test_web import BOTTLING, Web

WEB = support.ROOT / "src" / "web"
FRENCH = WEB / "french" / "french.c"
SAID = {"web_problem": 2, "web_tr": 1, "web_unknown": 3}  # which argument is said
CONVERSION = re.compile(r"%[-+ #0-9.*lhz]*[a-zA-Z]")


def arguments(source, at):
    """Those of a call, from behind its parenthesis."""
    found, end = [], at
    while source[end - 1] != ")" or not found:
        found.append(first_argument(source, end))
        end += len(found[-1]) + 1
    return found


def literals(argument):
    """Of a choice both."""
    text = LITERAL.sub(lambda found: found[0].replace("?", "\0").replace(":", "\1"), argument)
    for part in re.split(r"\?|:", text):
        if '"' in part:
            yield joined(part).replace("\0", "?").replace("\1", ":")


def spoken():
    """Each literal that a problem is made of, with its file."""
    for path in sorted(WEB.rglob("*.c")):
        if path == FRENCH:
            continue
        source = path.read_text(encoding="utf-8").replace('" WEB_API "', "/api/v1")
        for call in re.finditer(r"\b(web_problem|web_tr|web_unknown)\(", source):
            found = arguments(source, call.end())
            for text in literals(found[SAID[call[1]]]) if "struct" not in found[0] else ():
                yield path.name, text


def table(name):
    source = FRENCH.read_text(encoding="utf-8").replace('" WEB_API "', "/api/v1")
    rows = source[source.index(f" {name}[]"):]
    pairs = re.findall(r'^    \{("(?:[^"\\]|\\.)*"), ("(?:[^"\\]|\\.)*")\},$', rows[:rows.index("\n};")], re.M)
    return {english[1:-1]: french[1:-1] for english, french in pairs}


class Texts(unittest.TestCase):
    def test_no_text_of_a_problem_lacks_its_french(self):
        said, words = list(spoken()), table("spoken")
        self.assertGreater(len(said), 120)
        words = {*words, *known(STAGES)}
        lacking = {(file, text) for file, text in said if text not in words and re.search("[a-z]{2}", CONVERSION.sub("", text))}
        self.assertEqual(lacking, set())

    def test_no_french_is_of_a_text_that_is_not_there(self):
        sources = "".join(path.read_text(encoding="utf-8") for folder in ("include", "src")
                          for path in sorted((support.ROOT / folder).rglob("*.[ch]")) if path != FRENCH)
        there = re.sub(r'"\s*(?:\\\n)?\s*"', "", sources.replace('" WEB_API "', "/api/v1"))
        self.assertEqual([english for english in table("spoken") if f'"{english}"' not in there], [])

    def test_conversions_are_the_same_in_the_same_order(self):
        for english, french in table("spoken").items():
            self.assertEqual(CONVERSION.findall(english), CONVERSION.findall(french), english)
            self.assertNotRegex(CONVERSION.sub("", french), r"[a-zé»]( [:;?]|[;?]( |$)| »)|« ", english)  # a space that does not break

    def test_what_a_slave_sends_is_still_said_there(self):
        sources = "".join(path.read_text(encoding="utf-8") for folder in ("plant", "change", "daemon")
                          for path in sorted((support.ROOT / "src" / folder).rglob("*.c")))
        there = re.sub(r'"\s*\n\s*"', "", sources)
        forms = list(known(STAGES, "sent.c"))
        self.assertGreater(len(forms), 20)
        for english in forms:
            for part in re.split(f"{CONVERSION.pattern}| than ", english.replace("\\n", "")):
                self.assertTrue(part.strip(" '") in there, english)


class Answers(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-"))) / "plant.yaml"

    def serve(self, text):
        self.file.write_text(text, encoding="utf-8")
        return self.enterContext(Web(self.file))

    def test_commands_are_refused_in_the_language_that_is_asked_for(self):
        plant = self.serve(BOTTLING.read_text(encoding="utf-8"))
        for path, body, status, said in (
                ("/sensors/TT10/force", {"value": 1}, 404, "l’installation n’a pas de capteur « TT10 » ; vouliez-vous TT101 ?"),
                ("/sensors/TT101/force", {"value": 1000}, 422, "TT101 : hors de l'étendue 0..150 °C"),
                ("/sensors/TT101/force", {"value": "hot"}, 422, "TT101 attend un nombre"),
                ("/sensors/TT101/force", {}, 400, "« value » manque"),
                ("/sensors/TT101/limits", {"high": 10, "low": 90}, 422, "les limites croissent"),
                ("/points/TT101.high", {"value": 90}, 409, "TT101.high ne peut pas être écrit ; TT101.high.limit peut l’être"),
                ("/sensors/TT101/limits", {}, 400, "aucune limite n’est donnée"),
                ("/alarms/TT101.high/shelve", {"for": "soon"}, 400, "« for » doit être une durée"),
                ("/alarms/TT101.high/bypass", {"for": "15h"}, 422, "c’est plus long que ne le permet"),
                ("/machines/FILL1/state", {"state": "asleep"}, 400, "« state » ne peut être « asleep » : c’est l’un de en_service"),
                ("/events", {"note": "\u0007"}, 422, "« note » : l’octet 1 commence un caractère de commande, U+0007"),
                ("/incidents/99", {"note": "x"}, 404, "il n’y a pas d’incident 99"),
                ("/plant/edit", {"do": "remove", "thing": "machine", "name": "FILL9"}, 422, "le fichier d’installation n’a pas de machine FILL9 ; vouliez-vous FILL1 ?"),
                ("/plant/edit", {"do": "add", "thing": "machine", "name": "1x", "where": "1"}, 422, "« 1x » n’est pas un nom")):
            plain = said.replace(" :", "\u00a0:").replace(" ;", "\u00a0;").replace(" ?", "\u00a0?").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
            got, answer, headers = plant.ask("/api/v1" + path, body, Accept_Language="fr-FR,fr;q=0.9,en;q=0.5")
            self.assertEqual((got, headers["Content-Language"]), (status, "fr"), (path, body, answer))
            self.assertIn(plain, answer["detail"], path)
            english = plant.ask("/api/v1" + path, body)[1]["detail"]
            self.assertNotEqual(english, answer["detail"])
            self.assertRegex(english, "^[\x20-\x7e°]+$", path)

    def test_verdict_of_a_plant_file_is_in_it_line_by_line(self):
        plant = self.serve(BOTTLING.read_text(encoding="utf-8"))
        wrong = BOTTLING.read_text(encoding="utf-8").replace("max: 85", "max: 285", 1) + "logic: 1\n"
        for path, body in (("/plant/check", {"text": wrong}),
                           ("/plant/edit", {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"max": "285"}})):
            english = plant.ask("/api/v1" + path, body)[1]
            french = plant.ask("/api/v1" + path, body, Accept_Language="fr")[1]
            self.assertEqual((english["ok"], french["ok"]), (False, False), path)
            self.assertGreater(len(english["messages"]), 0, path)
            for one, other in zip(english["messages"], french["messages"], strict=True):
                self.assertEqual((one["line"], one["column"]), (other["line"], other["column"]))
                self.assertRegex(one["message"], "^[\x20-\x7e°]+$")
                self.assertRegex(other["message"], "«\u00a0.*hors de l’étendue|clé inconnue")
        self.assertEqual(plant.ask("/api/v1" + path, body)[1], english)

    def test_notes_of_a_plant_file_are_in_it(self):
        text = BOTTLING.read_text(encoding="utf-8")
        plant = self.serve(text)
        other = re.sub(r"^journal:.*$", "", text, flags=re.M) + "journal: {keep: 5d}\n"
        said = plant.ask("/api/v1/plant/check", {"text": other}, Accept_Language="fr")[1]
        self.assertTrue(said["ok"], said)
        self.assertIn("«\u00a0journal\u00a0» d’une installation qui vient par Modbus n’est pas repris",
                      [message["message"] for message in said["messages"]][0])

    def test_lists_and_paths_are_refused_in_it_too_and_lang_counts_more(self):
        plant = self.serve(BOTTLING.read_text(encoding="utf-8"))
        for path, said in (("/alarms?state=odd", "ne peut être"), ("/nowhere", "il n’y a rien à ce chemin"), ("/points/TT1O1.high", "/api/v1/map les donne"), ("/sensors/XX", "n’a pas de capteur"),
                           ("/report?since=never", "un numéro d’événement à partir de 1")):
            self.assertIn(said, plant.ask("/api/v1" + path, Accept_Language="fr")[1]["detail"])
        for accepted, language in (("fr", "fr"), ("de, fr;q=0.2", "fr"), ("en, fr;q=0.9", "en"), ("fr;q=0.2, en;q=0.3", "en"), ("fr;q=0", "en"),
                                   ("FR-ca ;q=1.000, en", "fr"), ("frisian", "en"), ("*", "en"), ("", "en"), (",;,fr", "fr"), ("x" * 300, "en")):
            headers = plant.ask("/api/v1/nowhere", Accept_Language=accepted)[2]
            self.assertEqual(headers["Content-Language"], language, accepted)
        for lang, accepted in (("fr", "en"), ("en", "fr")):
            headers = plant.ask(f"/api/v1/incidents/99?lang={lang}", Accept_Language=accepted)[2]
            self.assertEqual(headers["Content-Language"], lang)

    def test_what_a_role_and_a_machine_refuse_is_said_in_it(self):
        plant = self.serve(PEOPLE)
        french = {"Accept_Language": "fr"}
        self.assertEqual(plant.ask("/api/v1/sensors/T1/limits", {"high": 90, "as": "Olga"}, **french)[1]["detail"],
                         "Olga a le rôle operator ; il faut engineer ou instructor pour changer des limites d'alarme")
        plant.post("/sensors/T1/force", {"value": 95, "as": "Ines"})
        support.eventually(lambda: plant.get("/machines/M1")["state"] == "en_panne", "it trips")
        self.assertRegex(plant.ask("/api/v1/machines/M1/state", {"state": "en_service", "as": "Ines"}, **french)[1]["detail"],
                         "^M1 en panne → en service refusé")


if __name__ == "__main__":
    main()
