"""The report that mbplantd makes of itself is the one that a master makes over Modbus: to the byte, in every form."""
import concurrent.futures
import pathlib
import re
import signal
import sqlite3
import struct
import tempfile
import time
import unittest
import urllib.parse

import support
from test_web import Web

FORMATS = {"text": "text/plain", "markdown": "text/markdown", "html": "text/html", "json": "application/json",
           "csv": "text/csv"}
SHIFT_S = 6 * 3600
EVENTS = 100_000
PERIODS = ({}, {"since": "1"}, {"since": "3h", "until": "1h"}, {"until": "20"}, {"since": "9", "until": "2000"})


class Clock:
    """A wall clock that stands behind the shift that was run, and then stands still."""

    def __init__(self, folder):
        library = next(support.BUILD.rglob("trouble_shim.so"), None)
        if library is None:
            raise unittest.SkipTest("trouble_shim.so is not built")
        self.file = folder / "clock"
        self.ahead_s, self.still_ms = SHIFT_S + 60, 0
        self.tell()
        self.environment = {**support.ENVIRONMENT, "LD_PRELOAD": str(library.resolve()), "MBP_SHIM": str(self.file),
                            "ASAN_OPTIONS": support.ENVIRONMENT["ASAN_OPTIONS"] + ":verify_asan_link_order=0"}

    def tell(self):
        with open(self.file, "r+b" if self.file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("=QqQQ", 0, self.ahead_s, 0, self.still_ms))

    def stop(self):
        self.still_ms = int((time.time() + self.ahead_s) * 1000)
        self.tell()


class Paused(Web):
    """A sample plant, or one of that text, that has a shift behind it, and stands still. mbplantctl's clock is its clock."""

    def __init__(self, name, folder, text=None):
        self.clock = Clock(folder)
        text = text or (support.ROOT / "config" / name).read_text("utf-8")
        file = folder / name
        if "\ninstructor: true" not in text:
            text = text.replace("\nmbplant: 1", "\nmbplant: 1\ninstructor: true", 1)
        file.write_text(text, "utf-8")
        support.run(support.MBPLANTD, "--fast-forward", f"{SHIFT_S}s", "-d", folder / "data", file, check=True)
        super().__init__(file, data=folder / "data", environment=self.clock.environment)

    def stand_still(self):
        self.post("/sim", {"pause": True})
        support.eventually(lambda: self.get("/sim")["paused"], "a paused plant")
        support.eventually(lambda: "pause" in self.get("/events?limit=1")[-1]["code"], "the pause in the journal, behind all that came before")
        self.clock.stop()

    def report_of_master(self, form, lang, period):
        words = [word for key, value in period.items() for word in (f"--{key}", value)]
        result = support.run(support.MBPLANTCTL, "-p", self.port, "--timeout", "60s", "report", "--format", form,
                             "--lang", lang, *words, environment=self.clock.environment)
        assert result.returncode == 0, result.stderr
        return result.stdout.encode()

    def report_of_its_own(self, form, lang, period):
        query = urllib.parse.urlencode({"format": form, "lang": lang, **period})
        answer = self.ask_bytes("/api/v1/report?" + query)
        assert answer[0] == 200, answer
        assert answer[2]["Content-Type"].split(";")[0] == FORMATS[form], answer[2]
        return answer[1].replace(b"\r\n", b"\n")  # as Python reads a program's text


def lengthen(path):
    """So many more events of the past, before those that are there."""
    with sqlite3.connect(path) as database:
        columns = "scan, wall_ms, code, unit, machine, sensor, value, limit_or_old, actor, flags, detail, \"check\""
        database.execute("UPDATE event SET seq = seq + ?", (10 * EVENTS,))
        database.execute("UPDATE event SET seq = seq - ?", (9 * EVENTS,))
        database.execute(f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EVENTS})
                         INSERT INTO event (seq, {columns}) SELECT i, 1, (SELECT min(wall_ms) FROM event), 20 + i % 2, 1, 1, 1,
                         92.3, 85.0, 0, 0, 2, 0 FROM n""")
    database.close()


class OwnReport(unittest.TestCase):
    def folder(self):
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))

    def compare(self, name, disturb=lambda plant: None):
        with Paused(name, self.folder()) as plant:
            disturb(plant)
            plant.stand_still()
            for form in FORMATS:
                for lang in ("en", "fr"):
                    for period in PERIODS:
                        with self.subTest(plant=name, form=form, lang=lang, period=period):
                            own = plant.report_of_its_own(form, lang, period)
                            self.assertGreater(len(own), 200)
                            self.assertEqual(own, plant.report_of_master(form, lang, period))

    def test_of_a_bottling_line_with_alarms_shelved_forced_and_a_failure(self):
        def disturb(plant):
            plant.post("/sensors/TT101/force", {"value": 92.3})
            plant.post("/sensors/PT101/force", {"value": 5.8})
            support.eventually(lambda: plant.get("/machines/FILL1")["state"] == "en_panne", "a failure")
            plant.post("/alarms/PT101/shelve", {"for": "30min"})
        self.compare("bottling.yaml", disturb)

    def test_of_a_boiler_with_controllers_and_actuators(self):
        def disturb(plant):
            name = plant.get("/controllers")[0]["name"]
            plant.post(f"/controllers/{name}/setting", {"automatic": False})
        self.compare("boiler.yaml", disturb)

    def test_of_each_other_sample_plant(self):
        for name in ("device.yaml", "hello.yaml", "lift_station.yaml", "solar.yaml", "tank.yaml", "water.yaml"):
            self.compare(name)

    def test_of_a_long_journal_goes_on_while_the_plant_is_changed_and_is_left_at_the_end(self):
        folder = self.folder()
        file = folder / "changed.plant"
        text = (support.ROOT / "config" / "bottling.yaml").read_text("utf-8")
        file.write_text(text, "utf-8")
        support.run(support.MBPLANTD, "--fast-forward", "1s", "-d", folder / "data", file, check=True)
        lengthen(folder / "data" / "journal.db")
        with Web(file, data=folder / "data") as plant, concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(plant.ask, "/api/v1/report?since=1") for _ in range(3)]
            file.write_text(text.replace("Bottling line 3", "Bottling line 4"), "utf-8")
            plant.process.send_signal(signal.SIGHUP)
            support.eventually(lambda: plant.get("/plant")["name"] == "Bottling line 4", "the changed plant")
            answers = [asked.result() for asked in asked]
            self.assertEqual({status for status, _, _ in answers}, {200})
            self.assertEqual({answer["analysis"]["events"] > EVENTS for _, answer, _ in answers}, {True})
            self.assertEqual(plant.get("/report")["plant"], "Bottling line 4")
            asked = pool.submit(plant.ask, "/api/v1/report?since=1")
            support.eventually(lambda: plant.get("/status")["scans"] > 0, "scans")
            plant.stop()
            try:
                self.assertIn(asked.result()[0], (200, 503))
            except ConnectionError:
                pass  # it came when nobody listened any more
            plant.start()

    def test_no_sample_plant_is_left_out(self):
        tested = set(re.findall(r'"(\w+\.yaml)"', pathlib.Path(__file__).read_text("utf-8")))
        self.assertEqual(tested, {file.name for file in (support.ROOT / "config").glob("*.yaml")})


if __name__ == "__main__":
    support.main()
