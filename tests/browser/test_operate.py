"""What operators and maintainers do by the page alone: alarms one by one, interlocks, machines and sensors, incidents and
work; and what a page does with bad input, with things that vanish, without a token, and without its plant."""
import pathlib
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from driver import Browser
from support import eventually, main, stand_still
from test_web import BOTTLING, Web


ALONE = """mbplant: 1
units:
  - id: 1
    machines:
      - name: M1
        sensors: [{name: T1, range: [0, 100], signal: {base: 50}}]
        alarms: [{name: HOT, when: "T1 > 90"}]
        interlocks: [{name: LOW, when: "T1 < 5", bypass: {longest: 10min}}]
"""


class Page(unittest.TestCase):
    TEXT = BOTTLING.read_text(encoding="utf-8")

    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-"))) / "plant.yaml"
        self.file.write_text(self.TEXT, encoding="utf-8")
        self.plant = Web(self.file)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)
        self.browser = self.enterContext(Browser())

    def open(self, where=""):
        self.browser.open(f"http://127.0.0.1:{self.plant.web}/#/{where}")
        self.shows("live", "#link")

    def shows(self, words, selector="main"):
        eventually(lambda: words in self.browser.text(selector), f"'{words}' on the page:\n{self.browser.text(selector)}")

    def hides(self, words, selector="main"):
        eventually(lambda: words not in self.browser.text(selector), f"no '{words}' on the page:\n{self.browser.text(selector)}")

    def say(self, button, **fields):
        for key, value in fields.items():
            self.browser.run("const n = document.querySelector(`#field-${arguments[0]}`); n.value = arguments[1]; n.dispatchEvent(new Event('input', {bubbles: true}))", key, value)
        self.browser.click(button, "dialog button")

    def closed(self):
        eventually(lambda: not self.browser.run("return document.querySelector('dialog').open"), f"the dialog is done:\n{self.browser.text('dialog')}")


class Alone(Page):
    TEXT = ALONE

    def test_alarms_of_no_sensor_are_in_the_line_and_the_lists(self):
        self.open("alarms")
        self.shows("No alarms", "#alarmline")
        self.plant.post("/sensors/T1/force", {"value": 95})
        self.shows("HOT", "#alarmline")
        self.plant.post("/interlocks/M1.LOW/bypass", {"for": "5min", "why": "calibration"})
        self.shows("M1.LOW.bypassed")
        self.shows("2 unacknowledged", "#alarmline")
        self.open("machine/M1")  # read anew: what stands already is shown too
        self.shows("2 unacknowledged", "#alarmline")
        self.open("alarm/M1.LOW.bypassed")
        self.browser.click("Acknowledge M1.LOW.bypassed")
        self.shows("1 unacknowledged", "#alarmline")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_bypass_is_told_with_who_and_why_and_the_interlock_is_armed_from_its_page(self):
        self.plant.post("/interlocks/M1.LOW/bypass", {"for": "5min", "why": "calibration", "as": "Anna"})
        self.open("alarms")
        self.shows("1 bypassed interlock", "#alarmline")
        self.shows("1 bypassed interlock")
        self.shows("Anna at 127.0.0.1: calibration")
        self.browser.devtools("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True})
        self.assertGreater(self.browser.run("return document.querySelector('td .dim.small').clientWidth"), 250)  # who and why has a line of its own
        self.browser.devtools("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False})
        for view, where in (("machine/M1", ".head"), ("", ".tile")):
            self.open(view)
            self.shows("M1.LOW.bypassed", where)
        self.open("alarm/M1.LOW.bypassed")
        self.shows("bypassed, 5 min left")
        self.shows("Anna at 127.0.0.1: calibration", "dl")
        self.hides("Nothing yet.")
        self.browser.click("Arm the interlock M1.LOW.bypassed")
        eventually(lambda: self.plant.get("/interlocks")[0]["bypass_s"] is None, "an armed interlock")
        self.hides("1 bypassed interlock", "#alarmline")
        self.shows("armed", "dl")

    def test_the_report_leads_to_an_alarm_of_no_sensor(self):
        self.plant.post("/interlocks/M1.LOW/bypass", {"for": "5min"})
        self.open("report")
        self.browser.click("M1.LOW.bypassed")
        self.shows("bypassed, 5 min left")
        self.hides("Nothing here.")

    def test_a_trend_goes_on_while_its_value_is_steady_and_draws_a_step_as_one(self):
        self.open("sensor/T1")
        samples = lambda: self.browser.run("return [store.clock.time_ms, store.samples.get('T1')]")
        told = lambda: (lambda now, points: now and points and now - points[-1][0] < 2000 and points[-1][0] - points[0][0] > 4000)(*samples())
        eventually(told, "a steady value up to now")
        self.plant.post("/sensors/T1/force", {"value": 95})
        steps = lambda: [later[0] - earlier[0] for earlier, later in zip(samples()[1], samples()[1][1:]) if (earlier[3], later[3]) == (50, 95)]
        self.assertLessEqual(eventually(steps, "the step")[0], 200)
        drawn = """const c = document.querySelector('canvas'), p = c.getContext('2d'), w = 20, d = p.getImageData(c.width - 10 - w, 0, w, c.height).data;
            let dark = 0; for (let i = 0; i < d.length; i += 4) if (d[i] < 90 && d[i + 1] < 90 && d[i + 3] > 200) dark++; return dark"""
        eventually(lambda: self.browser.run(drawn) > 10, "a curve up to the right edge")
        self.assertEqual(self.browser.complaints(), [])


class Operate(Page):
    def test_the_page_counts_the_alarms_that_the_plant_counts(self):
        standing = lambda: sum(int(word) for word in self.browser.run("return [...document.querySelectorAll('#alarmline a[title]')].map((n) => n.lastChild.textContent)"))
        active = lambda: self.plant.get("/status")["active_alarms"]
        self.open()
        self.plant.post("/alarms/PT101.high_high/bypass", {"for": "10min"})
        eventually(lambda: active() > 0 and standing() == active(), "what comes by the stream")
        self.open("alarms")
        self.shows("PT101.high_high.bypassed")
        eventually(lambda: standing() == active(), "what stands already")
        self.browser.click("Arm the interlock PT101.high_high.bypassed")
        eventually(lambda: active() == 0 and standing() == 0, "an armed interlock")

    def test_who_hid_an_alarm_is_who_hides_it_now(self):
        for verb in ("shelve", "unshelve"):
            self.plant.post(f"/alarms/PT501.low/{verb}", {"why": "David's", "as": "David"})
        self.plant.post("/machines/PACK1/state", {"state": "maintenance", "why": "new belt", "as": "Ola"})
        self.open("alarms")
        for alarm in ("PT501.low", "VT501.high"):
            row = lambda: self.browser.run("return [...document.querySelectorAll('main tr')].find((n) => n.innerText.includes(arguments[0]))?.innerText", alarm) or ""
            eventually(lambda: "Ola at 127.0.0.1: new belt" in row(), f"Ola's:\n{row()}")
        self.hides("David")

    def test_one_alarm_is_shelved_with_a_reason_removed_returned_and_its_interlock_bypassed(self):
        self.open("alarm/TT101.high")
        self.shows("armed: it stops FILL1")
        self.browser.click("Bypass the interlock TT101.high")
        self.say("Bypass the interlock", **{"for": "10min", "why": "calibration", "as": "Anna"})
        self.shows("bypassed, 10 min left")
        self.shows("calibration")
        self.plant.post("/sensors/TT101/force", {"value": 92})
        self.shows("unacknowledged")
        self.assertEqual(self.plant.get("/machines/FILL1")["state"], "en_service")
        self.browser.click("Shelve TT101.high")
        self.say("Shelve", **{"for": "30min", "why": "it is known"})
        self.shows("shelved (30 min)")
        self.open("alarms")
        self.shows("1 shelved")
        self.shows("1 bypassed interlock")
        self.shows("it is known")
        self.browser.click("Unshelve TT101.high")
        self.shows("1 unacknowledged")
        self.open("alarm/TT101.high")
        self.browser.click("Take out of service TT101.high")
        self.say("Take out of service", why="new sensor")
        self.shows("out of service")
        self.browser.click("Return to service TT101.high")
        self.hides("out of service (")
        self.plant.post("/sensors/TT101/release", {})
        eventually(lambda: self.plant.get("/sensors/TT101")["value"] < 80, "a cool product")
        self.browser.click("Arm the interlock TT101.high")
        self.shows("armed: it stops FILL1")
        journal = self.plant.ctl("journal", "-n", "40")
        for words in ("calibration", "it is known", "new sensor", "Anna"):
            self.assertIn(words, journal)
        self.assertEqual(self.browser.complaints(), [])

    def test_a_machine_and_a_sensor_join_are_changed_and_leave(self):
        self.open()
        self.browser.click("Add a machine")
        self.say("Add", name="FILL1")
        self.shows("already", "dialog")
        self.say("Add", name="MIX1", label="Mixer: \"of syrup\" #1", every="100")
        self.say("Do it all the same") if "same" in self.browser.text("dialog") else None
        self.closed()
        self.shows("Mixer: \"of syrup\" #1", "h2")
        self.browser.click("Add a sensor")
        self.shows("Add a sensor to MIX1", "dialog")
        self.say("Add", name="TT901", label="Syrup", unit="°C", low="0", high="150", base="40", max="90", trip="trip")
        self.shows("Other points get other addresses", "dialog")
        self.say("Do it all the same")
        self.shows("Syrup", "h2")
        sensor = self.plant.get("/sensors/TT901")
        self.assertEqual((sensor["limits"]["high"], sensor["trips"], sensor["machine"]), (90, ["high"], "MIX1"))
        self.browser.click("Limits")
        self.say("Save", high="80")
        eventually(lambda: self.plant.get("/sensors/TT901")["limits"]["high"] == 80, "the limit")
        self.browser.click("Change this sensor")
        self.shows("Change TT901", "dialog")
        self.say("Save", label="Hot syrup")
        self.shows("Hot syrup", "h2")
        self.browser.click("Remove this sensor")
        self.say("Remove")
        self.shows("Other points get other addresses", "dialog")
        self.say("Do it all the same")
        self.closed()
        self.shows("MIX1", "h2")
        self.open("sensor/PT101")
        self.shows("Syrup pressure", "h2")
        self.browser.click("Remove this sensor")
        self.say("Remove")
        self.shows("other things in the plant file go by it", "dialog")
        self.browser.click("Cancel", "dialog button")
        self.open("machine/MIX1")
        self.shows("MIX1", "h2")
        self.browser.click("Remove this machine")
        self.say("Remove")
        self.say("Do it all the same") if "all the same" in self.browser.text("dialog") else None
        eventually(lambda: "MIX1" not in self.file.read_text(encoding="utf-8"), "the file without it")
        self.assertEqual([line for line in self.browser.complaints() if "422" not in line], [])

    def test_an_incident_is_acknowledged_explained_and_repaired(self):
        self.plant.post("/sensors/TT101/force", {"value": 92})
        number = eventually(lambda: self.plant.get("/incidents"), "the incident")[0]["number"]
        self.open("history")
        self.browser.click(str(number))
        self.shows("What followed")
        self.browser.click("Acknowledge", "main button")
        eventually(lambda: self.plant.get(f"/incidents/{number}")["acknowledged"], "the acknowledgement")
        self.browser.click("Cause")
        self.say("Save", cause="=HYPERLINK(\"x\") <b>seal</b>", **{"as": "Anna"})
        self.shows("<b>seal</b>")
        self.browser.click("Open work")
        self.say("Save", what="new seal", due="2", takes="1")
        self.open("machine/FILL1")
        self.shows("new seal")
        self.browser.click("Start")
        self.say("Start")
        self.browser.click("Done")
        self.say("Done", text="done & tested")
        eventually(lambda: [one["result"] for one in self.plant.get("/work?all=true") if one["why"] == "new seal"] == ["done & tested"], "the work")
        work = self.plant.get("/work?all=true")[-1]
        self.assertEqual((work["planned_s"], work["opened_by"], work["state"]), (3600, work["done_by"], "done"))
        self.assertIn("Anna", work["opened_by"])

    def test_work_that_is_due_by_a_condition_is_kept_in_the_plant_file(self):
        self.open("machine/FILL1")
        self.browser.click("Open work")
        self.say("Save", what="look at the seal", when="TT999 > 70")
        self.shows("so the plant file would be wrong", "dialog")
        self.say("Save", when="TT101 > 70")
        self.closed()
        self.assertIn("when: TT101 > 70", self.file.read_text(encoding="utf-8"))
        self.plant.post("/sensors/TT101/force", {"value": 75})
        self.open("machine/FILL1")
        self.shows("preventive")
        self.assertEqual([line for line in self.browser.complaints() if "422" not in line], [])

    def test_a_long_word_leaves_the_buttons_of_work_in_sight_and_what_is_late_says_so(self):
        address = "https://cmms.example.com/" + "maintenance/workorders/" * 5
        self.plant.post("/work", {"machine": "FILL1", "what": f"see {address}", "due": "1s"})
        for view in ("history", "machine/FILL1", "journal"):
            self.open(view)
            self.shows(address)
            self.assertEqual(self.browser.run("return [...document.querySelectorAll('.scroll')].filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.innerText)"), [])
        self.open("history")
        eventually(lambda: "s ago" in self.browser.text("main"), f"what is late:\n{self.browser.text('main')}")
        self.assertNotIn("-", self.browser.run("return document.querySelector('[data-label=Due]').innerText"))
        self.browser.click("Start")
        self.shows(address, "dialog")
        self.assertFalse(self.browser.run("const n = document.querySelector('dialog'); return n.scrollWidth > n.clientWidth + 1"))

    def test_a_machine_that_makes_nothing_counts_nothing_and_figures_are_those_of_the_status(self):
        self.plant.ctl("machine", "add", "MIX1", "--unit", "1")
        self.open("machine/MIX1")
        self.shows("MIX1", "h2")
        self.hides("0 good")
        self.open("machine/FILL1")
        self.shows("% → FV101")
        decimals = self.plant.get("/actuators/FV101")["decimals"]
        position = self.browser.run("return [...document.querySelectorAll('td[data-label=Position]')][0].innerText")
        self.assertRegex(position, rf"^\d+\.\d{{{decimals}}}\s%$")


class Bad(Page):
    def test_a_machine_that_is_removed_while_its_dialog_is_open_says_so(self):
        self.plant.ctl("machine", "add", "MIX1", "--unit", "1")
        self.open("machine/MIX1")
        self.browser.click("Put into maintenance", "main button")
        self.shows("stops for maintenance", "dialog")
        self.plant.ctl("machine", "remove", "MIX1")
        self.shows("no longer in the plant", "dialog")
        self.assertTrue(self.browser.run("return document.querySelector('dialog button.main').disabled"))
        self.browser.click("Cancel", "dialog button")
        self.shows("Nothing here.")

    def test_comments_of_any_kind_are_kept_or_refused_in_one_sentence(self):
        self.open("history")
        for text, words in (("x" * 65536, "too long"), ("x" * 1025, "1024"), ("bell \x07", "control")):
            self.browser.click("Note", "main button")
            self.say("Save", note=text)
            self.shows(words, "dialog")
            self.browser.click("Cancel", "dialog button")
        for text in ("=1+1", "<img src=x onerror=document.title='GOT'>", "é" * 512, "two\nlines"):
            self.browser.click("Note", "main button")
            self.say("Save", note=text)
            self.closed()
        self.open("journal")
        self.shows("=1+1")
        self.shows("<img src=x")
        self.assertNotEqual(self.browser.run("return document.title"), "GOT")

    def test_a_plant_that_goes_is_told_in_a_banner_and_its_return_takes_it_away(self):
        self.open()
        self.assertEqual(self.browser.text("#lost"), "")
        stand_still(self.plant.process)
        self.shows("No connection to the plant since", "#lost")
        self.assertEqual(self.browser.run("return document.querySelector('#lost').getAttribute('role')"), "alert")
        self.plant.process.send_signal(signal.SIGCONT)
        self.hides("No connection", "#lost")
        self.shows("live", "#link")


class Guarded(unittest.TestCase):
    def test_commands_ask_for_the_token_and_say_so_without_one(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        (folder / "token").write_text("correct-horse-battery-staple\n", encoding="utf-8")
        (folder / "token").chmod(0o600)
        file = folder / "plant.yaml"
        file.write_text(BOTTLING.read_text(encoding="utf-8").replace("server: {", f"http: {{token_file: {folder / 'token'}}}\nserver: {{", 1), encoding="utf-8")
        plant = Web(file)
        plant.captured = False
        with plant, Browser() as browser:
            browser.open(f"http://127.0.0.1:{plant.web}/#/sensor/TT101")
            shows = lambda words, selector: eventually(lambda: words in browser.text(selector), f"'{words}':\n{browser.text('body')}")
            shows("Product temperature", "h2")

            def force(token):
                browser.click("Force", "main button")
                browser.run("document.querySelector('#field-value').value = '70'")
                browser.click("Force", "#dialog button")
                shows("Commands need a token", "#token")
                if token is None:
                    browser.click("Cancel", "#token button")
                else:
                    browser.run("document.querySelector('#field-token').value = arguments[0]", token)
                    browser.click("Go on", "#token button")
            force(None)
            shows("Nothing was done: commands need a token.", "#dialog")
            browser.click("Cancel", "#dialog button")
            force("wrong")
            shows("does not know this token", "#token")
            browser.run("document.querySelector('#field-token').value = 'correct-horse-battery-staple'")
            browser.click("Go on", "#token button")
            eventually(lambda: plant.get("/sensors/TT101")["forced"], "the value")
            browser.click("Release", "main button")
            eventually(lambda: not plant.get("/sensors/TT101")["forced"], "the token is kept")


if __name__ == "__main__":
    main()
