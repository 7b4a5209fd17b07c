"""Who sits before the page: it says who he is, what he may do, and, before he tries, what he may not; and refusals of the
plant come in the page's language."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from driver import Browser
from support import eventually, main
from test_operators import PEOPLE
from test_web import BOTTLING, Web

LOCKED = "return [...document.querySelectorAll('main button[aria-disabled=true]')].filter((n) => n.checkVisibility()).map((n) => n.innerText.trim())"


class People(unittest.TestCase):
    OLGA, EMIL = "o" * 32, "e" * 32

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.browser = self.enterContext(Browser())

    def serve(self, text):
        file = self.folder / "plant.yaml"
        file.write_text(text, encoding="utf-8")
        self.plant = Web(file)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)

    def open(self, where=""):
        self.browser.open(f"http://127.0.0.1:{self.plant.web}/#/{where}")
        self.shows("live", "#link")

    def shows(self, words, selector="main"):
        eventually(lambda: words in self.browser.text(selector), f"'{words}' on the page:\n{self.browser.text(selector)}")

    def locked(self, *words):
        eventually(lambda: set(self.browser.run(LOCKED)) == set(words), f"what is locked: {self.browser.run(LOCKED)}")

    def test_a_name_has_its_role_and_what_it_lacks_has_a_padlock(self):
        self.serve(PEOPLE)
        self.open("sensor/T1")
        self.locked("Force", "Release", "Limits", "Shelve", "Change this sensor", "Remove this sensor")
        self.browser.click("Your name", "header button")
        self.shows("You may not", "dialog")
        self.browser.run("document.querySelector('#field-as').value = 'mia'")
        self.browser.click("Save", "dialog button")
        self.shows("Mia (maintenance)", "#who")
        self.locked("Limits", "Change this sensor", "Remove this sensor")
        self.browser.click("Limits", "main button")
        self.shows("Mia is maintenance; it takes engineer or instructor to change alarm limits", "dialog")
        self.assertIsNone(self.browser.run("return document.querySelector('#field-high')"))
        self.browser.click("Who you are", "dialog button")
        self.shows("force values", "dialog")
        self.browser.run("document.querySelector('#field-as').value = 'Zacharias'")
        self.browser.click("Save", "dialog button")
        self.shows("Zacharias (no role)", "#who")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_token_says_the_name_and_no_dialog_asks_for_another(self):
        with open(os.open(self.folder / "tokens", os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(f"Olga:{self.OLGA}\nEmil:{self.EMIL}\n")
        self.serve(PEOPLE + "http: {token_file: tokens}\n")
        self.open("machine/M1")
        self.browser.click("Your name", "header button")
        self.browser.click("Enter a token", "dialog button")
        self.browser.run("document.querySelector('#field-token').value = arguments[0]", self.OLGA)
        self.browser.click("Go on", "#token button")
        self.shows("Olga (operator), as the token of this tab says.", "#dialog")
        self.browser.click("Close", "dialog button")
        self.shows("Olga (operator)", "#who")
        self.locked("Add a sensor", "Change this machine", "Remove this machine", "Bypass")
        self.browser.click("Put into maintenance", "main button")
        self.shows("It stops for maintenance", "dialog")
        self.assertIsNone(self.browser.run("return document.querySelector('#field-as')"))
        self.browser.click("Do it", "dialog button")
        eventually(lambda: self.plant.get("/machines/M1")["state"] == "maintenance", "the state")
        eventually(lambda: any(event["peer"].startswith("Olga at") for event in self.plant.get("/events")), "who did it")
        self.assertEqual(self.browser.complaints(), [])

    def test_rules_that_let_a_host_read_alone_are_seen_before_a_command(self):
        self.serve(BOTTLING.read_text(encoding="utf-8").replace("server: {", "server: {access: [{from: 127.0.0.1, allow: read}], ", 1))
        self.open("sensor/TT101")
        self.shows("Force")
        self.browser.click("Force", "main button")
        self.shows("let this host read here, and no more", "dialog")

    def test_refusals_on_a_french_page_are_french(self):
        self.serve(BOTTLING.read_text(encoding="utf-8"))
        self.open("sensor/TT101")
        self.browser.run("localStorage.setItem('lang', 'fr'); location.reload()")
        self.shows("en direct", "#link")
        self.browser.click("Forcer", "main button")
        self.browser.run("document.querySelector('#field-value').value = '151'")
        self.browser.click("Forcer", "dialog button")
        self.shows("TT101\u00a0: hors de l'étendue 0..150 °C", "dialog")
        self.browser.click("Annuler", "dialog button")
        self.browser.run("location.hash = '#/alarm/TT101.odd'")
        self.shows("l’installation n’a pas d’alarme «\u00a0TT101.odd\u00a0»")
        self.plant.post("/sensors/TT101/force", {"value": 92})
        self.browser.run("location.hash = '#/machine/FILL1'")
        self.shows("en panne")
        self.browser.click("Mettre en service", "main button")
        self.browser.click("Confirmer", "dialog button")
        self.shows("en service refusé", "dialog")
        self.shows("en service refusé", "main")
        # 503: trends are made by so many at once, and the page asks again
        refused = ("422", "404", "409", "503")
        self.assertEqual([line for line in self.browser.complaints() if not any(code in line for code in refused)], [])


class Report(unittest.TestCase):
    def test_it_has_down_time_by_cause_with_its_line_and_alarms_against_targets(self):
        file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-"))) / "plant.yaml"
        file.write_text(BOTTLING.read_text(encoding="utf-8"), encoding="utf-8")
        plant = Web(file)
        plant.captured = False
        with plant, Browser() as browser:
            for sensor, value in (("TT101", 92), ("PT101", 9)):
                plant.ctl("force", sensor, str(value))
                eventually(lambda: plant.get(f"/sensors/{sensor}")["unacknowledged"], "its alarm")
                plant.ctl("release", sensor)
            report = plant.get("/report")
            browser.open(f"http://127.0.0.1:{plant.web}/#/report")
            eventually(lambda: "Down time by cause" in browser.text("main"), "the report")
            shown = browser.text("main")
            for cause in report["downtime_by_cause"]:
                self.assertIn(cause["cause"], shown)
            self.assertEqual(browser.run("return document.querySelectorAll('.pareto polyline').length"), len(report["downtime_by_cause"]))
            self.assertGreater(len(report["downtime_by_cause"]), 0)
            self.assertAlmostEqual(report["downtime_by_cause"][-1]["cumulated"], 1)
            for target in report["analysis"]["alarms"]["targets"]:
                self.assertIn(target["title"], shown)
            self.assertIn("✓ target met", shown)
            browser.run("localStorage.setItem('lang', 'fr'); location.reload()")
            eventually(lambda: "Arrêts par cause" in browser.text("main"), "the report in French")
            for words in ("alarmes par jour", "priorité critique", "≈ 80,0\u00a0%", "part des dix alarmes les plus fréquentes", "Surchauffe"):
                self.assertIn(words, browser.text("main"))
            self.assertEqual(browser.run("return [...untranslated]"), [])
            browser.open(f"http://127.0.0.1:{plant.web}/api/v1/report?format=html&lang=fr")  # to be printed: it has its own style
            self.assertIn("sans-serif", browser.run("return getComputedStyle(document.body).fontFamily"))
            self.assertEqual(browser.complaints(), [])


if __name__ == "__main__":
    main()
