"""The page in a browser: a sensor is forced over its limit, the alarm appears, is acknowledged, the value is released; by
mouse, then by keyboard; each step is seen over Modbus too. And what no page may do with a plant's texts."""
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from driver import Browser
from support import BUILD, MBPLANTCTL, eventually, main, run
from test_traffic import HOLE, READ, speak
from test_web import BOTTLING, Web

SHOTS = pathlib.Path(os.environ.get("MBP_SHOTS", BUILD / "browser"))
VIEWS = ("", "machine/FILL1", "sensor/TT101", "alarms", "trends", "journal", "history", "report", "registers", "traffic", "connect", "help", "alarm/TT101.high")


class Story(unittest.TestCase):
    def setUp(self):
        self.plant = Web(BOTTLING)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)

    def page(self, where=""):
        return f"http://127.0.0.1:{self.plant.web}/#/{where}"

    def shows(self, browser, words, selector="body"):
        eventually(lambda: words in browser.text(selector), f"'{words}' on the page:\n{browser.text(selector)}")

    def test_a_value_is_forced_alarmed_acknowledged_and_released_by_mouse(self):
        with Browser() as browser:
            browser.open(self.page())
            self.shows(browser, "No alarms", "#alarmline")
            browser.run("document.querySelector('a[href=\"#/sensor/TT101\"]').click()")
            self.shows(browser, "Product temperature", "h2")
            browser.click("Force")
            browser.run("document.querySelector('#field-value').value = '151'")
            browser.click("Force", "dialog button")
            self.shows(browser, "TT101: outside its range 0..150 °C", "dialog")
            browser.run("document.querySelector('#field-value').value = '92'")
            browser.click("Force", "dialog button")
            self.shows(browser, "TT101.high Overheating", "#alarmline")
            self.assertIn("92.0 °C", self.plant.ctl("read", "TT101"))
            self.shows(browser, "FORCED")
            browser.click("Alarms")
            self.shows(browser, "1 unacknowledged")
            browser.click("Acknowledge TT101.high")
            self.shows(browser, "1 acknowledged")
            self.assertIn("active, acknowledged", self.plant.ctl("alarms"))
            browser.click("TT101.high")
            self.shows(browser, "armed: it stops FILL1", "main")
            browser.click("TT101")
            browser.click("Release")
            self.shows(browser, "No alarms", "#alarmline")
            self.assertNotIn("92.0", self.plant.ctl("read", "TT101"))
            browser.click("Journal")
            self.shows(browser, "TT101 released from 92.0 °C by 127.0.0.1")
            # one refusal was meant; the browser tells of its status
            self.assertEqual([line for line in browser.complaints() if "422" not in line], [])

    def test_an_incident_is_explained_and_its_work_is_opened_and_done_by_mouse(self):
        self.plant.ctl("force", "TT101", "92")
        self.plant.ctl("wait", "FILL1", "en_panne")
        with Browser() as browser:
            def say(button="Save", **fields):
                for key, value in fields.items():
                    browser.run(f"document.querySelector('#field-{key}').value = '{value}'")
                browser.click(button, "dialog button")

            browser.open(self.page("history"))
            self.shows(browser, "lasts")
            browser.click("Cause")
            say(cause="<b>worn</b> seal", **{"as": "Anna"})
            self.shows(browser, "<b>worn</b> seal", "main")
            browser.click("Open work")
            say(machine="FILL1", what="new seal", due="3")
            self.shows(browser, "new seal", "main")
            browser.click("Start")
            say("Start", text="")
            self.shows(browser, "started", "main")
            browser.click("Done")
            say("Done", text="as good as new")
            self.shows(browser, "no work", "main")
            browser.click("with what is done", "label")
            self.shows(browser, "as good as new", "main")
            self.assertEqual(browser.complaints(), [])
        self.assertIn("<b>worn</b> seal", self.plant.ctl("incidents"))
        self.assertRegex(self.plant.ctl("work", "list", "--all"), r"FILL1 +corrective +done .*new seal +as good as new")

    def test_the_same_by_keyboard_alone(self):
        with Browser() as browser:
            browser.open(self.page("sensor/TT101"))
            self.shows(browser, "Product temperature", "h2")

            def go_to(label):
                for _ in range(60):
                    browser.press("Tab")
                    if browser.run("const n = document.activeElement; return (n.getAttribute('aria-label') || n.innerText || '').trim()") == label:
                        self.assertNotEqual(browser.run("return getComputedStyle(document.activeElement).outlineStyle"), "none")
                        return
                self.fail(f"no Tab leads to '{label}'")
            go_to("Force")
            browser.press("Enter")
            browser.type("92")
            browser.press("Enter")
            self.shows(browser, "TT101.high Overheating", "#alarmline")
            self.assertIn("92.0 °C", self.plant.ctl("read", "TT101"))
            browser.open(self.page("alarms"))
            self.shows(browser, "1 unacknowledged")
            go_to("Acknowledge TT101.high")
            browser.press("Enter")
            self.shows(browser, "1 acknowledged")
            browser.open(self.page("sensor/TT101"))
            go_to("Release")
            browser.press("Enter")
            self.shows(browser, "No alarms", "#alarmline")

    def test_a_master_that_reads_is_seen_and_what_it_is_refused(self):
        with Browser() as browser:
            browser.open(self.page())
            self.shows(browser, "live", "#link")
            browser.click("Traffic")
            self.shows(browser, "No traffic yet", "main")
            speak(self.plant, 1, READ)
            self.shows(browser, "TT101 = 6", "main")
            speak(self.plant, 1, HOLE)
            self.shows(browser, "exception 02 illegal data address", "main")
            browser.run("const s = document.querySelector('#traffic-exception'); s.value = '0'; s.dispatchEvent(new Event('change'))")
            eventually(lambda: "TT101 = 6" not in browser.text("main") and "exception 02" in browser.text("main"), "exceptions alone")
            self.assertIn("/api/v1/traffic?format=pcapng&exception=0", browser.run("return document.querySelector('a[download]').href"))
            self.assertEqual(browser.complaints(), [])

    def test_a_register_tells_its_frames_its_notations_and_who_wrote_last(self):
        with Browser() as browser:
            browser.open(self.page("registers"))
            self.shows(browser, "TT101", ".grid")
            browser.run("document.querySelector('.grid button').click()")
            self.shows(browser, "0 (PDU), 1, 40001")
            self.shows(browser, "nobody that is known")
            frames = browser.run("return [...document.querySelectorAll('.frame')].map((n) => [...n.querySelectorAll('code')].map((c) => c.textContent).join(' '))")
            word = self.plant.get("/registers?table=hr&at=0&count=1")["values"][0]
            self.assertEqual(frames[0], "00 01 00 00 00 06 01 03 00 00 00 01")
            self.assertRegex(frames[1], r"^00 01 00 00 00 05 01 03 02 [0-9A-F]{2} [0-9A-F]{2}$")
            self.assertLess(abs(int(frames[1][-5:].replace(" ", ""), 16) - word), 50)
            self.assertIn("804", run(MBPLANTCTL, "explain", "00 01 00 00 00 05 01 03 02 03 24", check=True).stdout)
            speak(self.plant, 1, bytes([6, 0, 0, 3, 32]))  # a master writes 80.0
            browser.run("document.querySelector('.grid button').click()")
            eventually(lambda: "127.0.0.1" in browser.text("dl") or browser.run("document.querySelector('.grid button').click()"), "the writer")
            for table, request, reach in (("holding_registers", "000100000006010600000320", [0, 1]), ("coils", "0001000000060105000aff00", [10, 1]),
                                          ("holding_registers", "000100000009011000050001020320", [5, 1]), ("coils", "000100000006010600000320", None),
                                          ("holding_registers", "000100000006010300000001", None)):
                self.assertEqual(browser.run("return reachOf({request_bytes: arguments[0], exception: null}, arguments[1])", request, table), reach)
            for notation in ("0x", "int16", "ABCD", "CDAB", "BADC", "DCBA", "mbpoll"):
                self.shows(browser, notation, "main")
            self.assertEqual(browser.complaints(), [])

    def test_each_tool_has_its_steps_and_its_file(self):
        with Browser() as browser:
            browser.open(self.page())
            self.shows(browser, "live", "#link")
            browser.click("Connect")
            self.shows(browser, "post it to /api/project", "main")
            self.shows(browser, f"FUXA polls 127.0.0.1:{self.plant.port} once a second", "main")
            targets = self.plant.get("/export")
            self.assertEqual(browser.run("return document.querySelectorAll('main section ol').length"), len(targets))
            lines = [line for target in targets for line in (target["what"], *target["steps"].split("\n"))]
            self.assertEqual(browser.run("return arguments[0].filter((line) => !FRENCH[line])", lines), [], "no French")
            link = "document.querySelector('a[download=\"mbplant-telegraf.conf\"]').href"
            got = browser.later("const done = arguments[arguments.length - 1]; fetch(" + link + ").then((a) => a.text()).then(done)")
            self.assertEqual(got, self.plant.ctl("export", "telegraf"))
            browser.run("const n = document.querySelector('#connect-host'); n.value = 'plc.example'; n.dispatchEvent(new Event('change'))")
            self.shows(browser, f"FUXA polls plc.example:{self.plant.port}", "main")
            self.assertIn("host=plc.example", browser.run("return " + link))
            browser.click("What is left out: collectd")
            self.shows(browser, "collectd: FT201 of unit 1 is read from its copy as float32", "main")
            self.assertEqual(browser.complaints(), [])

    def test_a_machine_that_refuses_says_why(self):
        self.plant.post("/sensors/TT101/force", {"value": 92})
        with Browser() as browser:
            browser.open(self.page("machine/FILL1"))
            self.shows(browser, "failed", ".state")
            browser.click("Put into service", "main button")
            self.shows(browser, "It starts", "dialog")
            browser.click("Do it", "dialog button")
            self.shows(browser, "TT101 Overheating 92.0 °C (limit 85 °C) still active", "dialog")

    def test_a_page_whose_plant_is_gone_says_old_and_comes_back(self):
        with Browser() as browser:
            browser.open(self.page())
            self.shows(browser, "live", "#link")
            port, web = self.plant.port, self.plant.web
            self.plant.stop()
            self.shows(browser, "old", "#link")
            self.plant.flags = ()
            super(Web, self.plant).start("--http", f"127.0.0.1:{web}", port=port)
            self.shows(browser, "live", "#link")

    def test_no_view_scrolls_sideways_and_no_script_complains(self):
        self.plant.post("/sensors/TT101/force", {"value": 92})
        SHOTS.mkdir(parents=True, exist_ok=True)
        for width, height in ((360, 640), (1280, 800), (1920, 1080)):
            with Browser(width, height) as browser:
                for view in VIEWS:
                    browser.open(self.page(view))
                    self.shows(browser, {"": "FILL1", "traffic": "No traffic yet", "help": "Where what is done"}.get(view, "TT101"))
                    self.shows(browser, "live", "#link")
                    browser.screenshot(SHOTS / f"{view.replace('/', '-') or 'plant'}-{width}.png")
                    self.assertFalse(browser.run("return document.documentElement.scrollWidth > innerWidth"), (view, width))
                    self.assertEqual(browser.run("return [...document.querySelectorAll('button, select, input')].filter((n) =>"
                                                 " n.checkVisibility() && n.getBoundingClientRect().height < 24 && n.type !== 'checkbox').length"), 0, view)
                self.assertEqual(browser.complaints(), [])

    def test_each_line_of_a_language_is_french_when_french_is_asked_for(self):
        with Browser() as browser:
            browser.open(self.page())
            self.shows(browser, "in service")
            browser.click("Français")
            self.shows(browser, "Aucune alarme", "#alarmline")
            self.shows(browser, "en service", ".state")
            self.assertEqual(browser.run("return document.documentElement.lang"), "fr")
            self.assertEqual(browser.run("return [number(92.5, 1), plain(0.25), counted(1, 'unacknowledged'), counted(2, 'unacknowledged'), t('Overheating')]"),
                             ["92,5", "0,25", "1 non acquittée", "2 non acquittées", "Surchauffe"])


class Instructor(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "plant.yaml"
        path.write_text(BOTTLING.read_text(encoding="utf-8") + "instructor: true\n"
                        "faults: [{name: dirt, sensor: TT101, kind: bias, amount: 3}]\n", encoding="utf-8")
        self.plant = Web(path)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)
        self.page = f"http://127.0.0.1:{self.plant.web}/#/"

    def shows(self, browser, words, selector="main"):
        eventually(lambda: words in browser.text(selector), f"'{words}' on the page:\n{browser.text(selector)}")

    def test_time_is_paused_stepped_and_taken_back_and_a_fault_begun(self):
        with Browser() as browser:
            browser.open(self.page + "simulation")
            browser.click("Take a snapshot")
            eventually(lambda: self.plant.get("/sim")["snapshot"], "the snapshot")
            browser.click("Pause")
            self.shows(browser, "paused")
            before = self.plant.get("/sim")["simulated_ms"]
            browser.click("One scan")
            eventually(lambda: self.plant.get("/sim")["simulated_ms"] == before + 100, "one scan")
            browser.click("Go on")
            eventually(lambda: not self.plant.get("/sim")["paused"], "the plant")
            browser.click("Back to the snapshot")
            browser.click("Do it", "dialog button")
            eventually(lambda: self.plant.get("/sim")["restored"] == 1, "the restore")
            browser.click("Begin it")
            browser.click("Do it", "dialog button")
            self.shows(browser, "End it")
            self.assertTrue(self.plant.get("/faults")[0]["active"])
            self.assertEqual(browser.complaints(), [])

    def test_a_plant_file_is_checked_with_its_mistake_in_place_and_put(self):
        change = "const n = document.querySelector('#plantfile'); n.value = n.value.replace(arguments[0], arguments[1]); n.dispatchEvent(new Event('input'))"
        with Browser() as browser:
            browser.open(self.page + "file")
            eventually(lambda: "Bottling" in browser.run("return document.querySelector('#plantfile')?.value || ''"), "the text")
            browser.run(change, "limits:", "limitz:")
            browser.click("Check")
            self.shows(browser, "did you mean 'limits'?")
            browser.run("document.querySelector('main li button').click()")
            self.assertIn("limitz", browser.run("const n = document.querySelector('#plantfile'); return n.value.slice(n.selectionStart, n.selectionEnd)"))
            browser.run(change, "limitz:", "limits:")
            browser.run(change, "Product temperature", "Juice")
            self.shows(browser, "+ ")
            browser.click("Put it in place")
            browser.click("Do it", "dialog button")
            self.shows(browser, "It runs, and it is saved.", "body")
            self.assertEqual(self.plant.get("/sensors/TT101")["label"], "Juice")

    def test_its_views_fit_narrow_and_wide_screens(self):
        SHOTS.mkdir(parents=True, exist_ok=True)
        for width, height in ((360, 640), (1280, 800)):
            with Browser(width, height) as browser:
                for view, words in (("simulation", "dirt"), ("file", "download")):
                    browser.open(self.page + view)
                    self.shows(browser, words)
                    browser.screenshot(SHOTS / f"{view}-{width}.png")
                    self.assertFalse(browser.run("return document.documentElement.scrollWidth > innerWidth"), (view, width))
                self.assertEqual(browser.complaints(), [])


class Hostile(unittest.TestCase):
    """Texts of a plant are texts."""

    def test_labels_and_units_that_are_markup_are_shown_as_they_are(self):
        evil = "<img src=x onerror=document.title='GOT'><script>document.title='GOT'</script>"
        text = BOTTLING.read_text().replace("label: Product temperature", f"label: \"{evil}\"").replace(
            "name: Bottling line 3", f"name: \"{evil[:60]}\"").replace("unit: °C", "unit: \"</svg><b>C\"", 1)
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = pathlib.Path(folder) / "plant.yaml"
            path.write_text(text, encoding="utf-8")
            plant = Web(path)
            plant.captured = False
            with plant, Browser() as browser:
                for view in VIEWS:
                    browser.open(f"http://127.0.0.1:{plant.web}/#/{view}")
                    eventually(lambda: "live" in browser.text("#link"), "the page")
                    self.assertNotEqual(browser.run("return document.title"), "GOT")
                    self.assertEqual(browser.run("return document.querySelectorAll('main img, main script, main b').length"), 0)
                browser.open(f"http://127.0.0.1:{plant.web}/#/sensor/TT101")
                eventually(lambda: "<img src=x" in browser.text("h2"), "the label as a text")


class Large(unittest.TestCase):
    def test_twenty_four_machines_stand_on_one_screen(self):
        lines = ["mbplant: 1", "name: Twenty-four", "units:", "  - id: 1", "    machines:"]
        for m in range(24):
            lines += [f"      - name: M{m:02d}", "        sensors:"]
            lines += [f"          - {{name: {kind}{m:02d}, range: [0, 100], limits: {{high: 90}}, signal: {{base: 50}}}}" for kind in ("TT", "PT", "LT")]
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = pathlib.Path(folder) / "plant.yaml"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            plant = Web(path)
            plant.captured = False
            with plant, Browser(1366, 768) as browser:
                browser.open(f"http://127.0.0.1:{plant.web}/")
                eventually(lambda: "M23" in browser.text("main"), "the last machine")
                self.assertLessEqual(browser.run("return document.documentElement.scrollHeight"), 768)


class Page(unittest.TestCase):
    """What can be seen in its files."""

    def test_it_is_small_and_has_nothing_from_elsewhere(self):
        import gzip
        page = pathlib.Path(__file__).resolve().parents[2] / "src" / "web" / "page"
        files = sorted(page.iterdir())
        total = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)
        self.assertLess(total, 120 * 1024)
        for file in files:
            text = file.read_text(encoding="utf-8")
            self.assertNotRegex(text, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", file.name)
            self.assertEqual([url for url in re.findall(r"https?://[^\s'\"]+", text) if "www.w3.org/2000/svg" not in url], [], file.name)

    def test_only_marks_that_wait_move_once_a_second(self):
        css = (pathlib.Path(__file__).resolve().parents[2] / "src" / "web" / "page" / "app.css").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"animation: (?!none)([^;]+);", css), ["blink 1s steps(2, jump-none) infinite"])
        self.assertNotRegex(css, r"gradient|box-shadow|text-shadow|transition:|italic")


if __name__ == "__main__":
    main()
