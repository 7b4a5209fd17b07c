"""Each text of the page in both languages: what its scripts say is in the French words, each view and dialog opened in
French asks for none that is missing, and numbers and dates are as French readers write them."""
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from driver import Browser
from support import ROOT, eventually, main
from test_web import BOTTLING, Web

PAGE = ROOT / "src" / "web" / "page"
TEXT = r'"((?:[^"\\]|\\.)*)"'
VIEWS = ("", "machine/FILL1", "sensor/TT101", "alarm/TT101.high", "alarms", "trends", "journal", "history", "report", "registers", "traffic", "connect", "simulation", "file", "help", "broker", "exercise", "none")
# what stands in the scripts beside a call of t(): the texts of tables
TABLES = (r'\b(?:word|effect|button|label|title|hint): ' + TEXT, r'\b(?:actButton|chooser|choose)\((?:' + TEXT + r', )?' + TEXT, r'(?:STATES|EFFECTS|VERDICT|STEPS) = \{([^}]*)\}',
          r'\btable\(\[([^\]]*)\]', r'const heads = \[([^;]*)\];', r'\[((?:' + TEXT + r', )*' + TEXT + r')\]\.map\(\(word', r'editButtons\(([^;]*)\)')


def french():
    text = (PAGE / "french.js").read_text(encoding="utf-8")
    return {json.loads(f'"{word}"') for word in re.findall(r'^ *' + TEXT + r': "', text, re.M)} | set(re.findall(TEXT + r': "', text))


def said():
    """Each literal text of the scripts that readers get: (file, text)."""
    for file in sorted(PAGE.glob("*.js")):
        if file.name == "french.js":
            continue
        text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
        for call in re.findall(r'\b(?:t|counted|tOne)\(((?:[^()]|\([^()]*\))*)\)', text):
            # of t(a ? "x" : "y", {..}) what may be said; of what is compared nothing
            words = re.sub(r'[=!]== ' + TEXT, "", call.split(", {")[0])
            yield from ((file.name, word) for word in re.findall(TEXT, words))


class Words(unittest.TestCase):
    def test_each_text_of_the_scripts_has_its_french(self):
        words = french()
        lacking = sorted({(file, text) for file, text in said() if text not in words and re.search(r"[A-Za-z]{2}", text)})
        self.assertEqual(lacking, [])
        self.assertGreater(len(set(said())), 150)

    def test_no_french_is_empty_or_the_same_where_it_should_not_be(self):
        text = (PAGE / "french.js").read_text(encoding="utf-8")
        for word, translated in re.findall(r'^ *' + TEXT + ": " + TEXT, text, re.M):
            self.assertTrue(translated.strip(), word)
            self.assertEqual(sorted(re.findall(r"\{\w+\}", word)), sorted(re.findall(r"\{\w+\}", translated)), word)
            self.assertNotRegex(translated.replace("modbus: !", "").replace("instructor: true", ""), r"[^ \u00a0][;:!?]( |$)", word)  # a space stands before them


class Opened(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        file = folder / "plant.yaml"
        file.write_text(BOTTLING.read_text(encoding="utf-8") + "faults: [{name: dirt, sensor: TT101, kind: bias, amount: 3}]\n", encoding="utf-8")
        self.plant = Web(file)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)

    def test_each_view_and_dialog_in_french_lacks_no_word(self):
        self.plant.post("/sensors/TT101/force", {"value": 92})
        number = eventually(lambda: self.plant.get("/incidents"), "the incident")[0]["number"]
        self.plant.post("/work", {"machine": "FILL1", "what": "joint neuf", "due": "2d"})
        self.plant.post("/alarms/PT101.high_high/bypass", {"for": "1h"})
        self.plant.post("/alarms/PT101.low/shelve", {"for": "1h"})
        with Browser() as browser:
            browser.open(f"http://127.0.0.1:{self.plant.web}/")
            browser.run("localStorage.setItem('lang', 'fr'); location.reload()")
            eventually(lambda: browser.text("#link") == "en direct", "the page in French")
            for view in (*VIEWS, f"incident/{number}"):
                browser.run("location.hash = '#/' + arguments[0]", view)
                eventually(lambda: browser.run("return document.querySelector('main').childElementCount") and browser.run("return !document.querySelector('main').innerText.includes('…')") or view in ("registers", "report", "sensor/TT101", "trends", "traffic", "machine/FILL1"), view)
                count = browser.run("return [...document.querySelectorAll('main button:not([disabled])')].filter((n) => n.checkVisibility()).length")
                for i in range(min(count, 30)):
                    browser.run("const n = [...document.querySelectorAll('main button:not([disabled])')].filter((n) => n.checkVisibility())[arguments[0]];"
                                " if (n && !n.closest('.grid') && n.textContent.length < 60 && !/Pause|cycle|instantané|Acquitter|Libérer|Reprendre|Mettre en place/.test(n.textContent)) n.click()", i)
                    browser.run("document.querySelectorAll('dialog').forEach((n) => n.open && n.close())")
                self.assertEqual(browser.run("return [...untranslated]"), [], view)
            self.assertEqual(browser.run("return document.documentElement.lang"), "fr")

    def test_numbers_and_dates_are_as_the_french_write_them(self):
        with Browser() as browser:
            browser.open(f"http://127.0.0.1:{self.plant.web}/")
            browser.run("localStorage.setItem('lang', 'fr'); location.reload()")
            eventually(lambda: browser.text("#link") == "en direct", "the page in French")
            nbsp = "\u00a0"
            self.assertEqual(browser.run("return [number(1234567.25, 2), plain(-0.5), many(1234567), unit('°C'), percent(0.987), number(12, 0), plain(1e-9)]"),
                             [f"1{nbsp}234{nbsp}567,25", "-0,5", f"1{nbsp}234{nbsp}567", f"{nbsp}°C", f"98,7{nbsp}%", "12", "1e-9"])
            self.assertRegex(browser.run("return moment('2026-11-28T12:00:00')"), r"^28/11/2026 12:00$")
            self.assertRegex(browser.run("return day('2020-11-28T12:00:05')"), r"^28/11/2020 12:00:05$")
            browser.run("localStorage.setItem('lang', 'en'); location.reload()")
            eventually(lambda: browser.text("#link") == "live", "the page in English")
            self.assertEqual(browser.run("return [number(1234.5, 1), many(1234567), day('2020-11-28T12:00:05')]"), ["1234.5", "1,234,567", "2020-11-28 12:00:05"])


class Told(unittest.TestCase):
    def test_what_the_plant_tells_is_french_too(self):
        text = BOTTLING.read_text(encoding="utf-8") + "faults: [{name: dirt, sensor: TT101, kind: bias, amount: 3}]\nmqtt: {broker: \"mqtt://127.0.0.1:1\"}\n"
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder) / "plant.yaml"
            file.write_text(text, encoding="utf-8")
            plant = Web(file)
            plant.captured = False
            with plant, Browser() as browser:
                plant.post("/sensors/TT101/force", {"value": 92})
                number = eventually(lambda: plant.get("/incidents"), "the incident")[0]["number"]
                plant.post(f"/incidents/{number}", {"cause": "joint", "as": "Anna"})
                browser.open(f"http://127.0.0.1:{plant.web}/")
                browser.run("localStorage.setItem('lang', 'fr'); location.reload()")
                eventually(lambda: browser.text("#link") == "en direct", "the page in French")
                for view, words in ((f"incident/{number}", "joint (Anna à 127.0.0.1)"), ("broker", "pas de connexion\u00a0: connexion refusée"), ("simulation", "décalage"), ("sensor/TT101", "int16 × 0,1")):
                    browser.run("location.hash = '#/' + arguments[0]", view)
                    shown = lambda: re.sub(r" depuis \S+", "", browser.text("main"))
                    eventually(lambda: words in shown(), f"{words}:\n{browser.text('main')}")


if __name__ == "__main__":
    main()
