"""Reports of a period: made over Modbus and from a dump, in every form and language; and of slaves that are no mbplant."""
import csv
import html.parser
import io
import json
import pathlib
import socketserver
import sqlite3
import tempfile
import threading
import time
import unittest

import support

OK, FAILED, USAGE = 0, 1, 2
BOTTLING = support.ROOT / "config" / "bottling.yaml"
HOUR_MS = 3600_000
START, RAISED, CLEARED, ACKED, STATE, PRODUCTION = 1, 20, 21, 22, 30, 35
EN_SERVICE, EN_PANNE, MAINTENANCE = 0, 1, 2
FORMATS = ("text", "markdown", "html", "json", "csv")


class Story:
    """Events at seconds from a beginning, in the numbering of the bottling line's first unit."""

    def __init__(self, begin_ms):
        self.begin_ms, self.rows = begin_ms, []

    def add(self, at_s, code, machine=65535, sensor=65535, detail=0, unit=1):
        self.rows.append((at_s, code, unit, machine, sensor, detail))

    def state(self, at_s, machine, source, target):
        self.add(at_s, STATE, machine, 65535, 1 << 16 | source << 8 | target)

    def write(self, data):
        with sqlite3.connect(data / "journal.db") as database:
            database.execute("DELETE FROM event")
            for seq, (at_s, code, unit, machine, sensor, detail) in enumerate(sorted(self.rows), 1):
                value = (92.3, 85.0) if code in (RAISED, CLEARED, ACKED) else (None, None)
                database.execute(support.ADD_EVENT,
                                 (seq, int(at_s * 10), self.begin_ms + int(at_s * 1000), code, unit, machine, sensor, *value,
                                  0, detail))
        database.close()


def day():
    """A day that ended an hour ago: FILL1 ran 20 h, was down 1 h and an hour in repair, 2 h in planned maintenance."""
    story = Story(int(time.time() * 1000) // 1000 * 1000 - 25 * HOUR_MS)
    story.add(0, START)
    story.state(6 * 3600, 0, EN_SERVICE, EN_PANNE)
    story.state(7 * 3600, 0, EN_PANNE, MAINTENANCE)
    story.state(8 * 3600, 0, MAINTENANCE, EN_SERVICE)
    story.state(10 * 3600, 0, EN_SERVICE, MAINTENANCE)
    story.state(12 * 3600, 0, MAINTENANCE, EN_SERVICE)
    for i in range(12):
        story.add(14 * 3600 + 20 * i, RAISED, 0, 0, 2)
        story.add(14 * 3600 + 20 * i + 5, CLEARED, 0, 0, 2)
    story.add(14 * 3600 + 600, ACKED, 0, 0, 2)
    story.add(24 * 3600, RAISED, 0, 1, 2)
    story.add(24 * 3600 + 1, CLEARED, 0, 1, 2)
    return story


class Page(html.parser.HTMLParser):
    """Elements must close in order; addresses of anything outside are kept."""

    VOID = {"meta"}

    def __init__(self, text):
        super().__init__()
        self.open, self.outside, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        self.outside += [value for name, value in attributes if name in ("src", "href", "xlink:href", "data")]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words.append(data)


class Reports(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.dump = self.folder / "dump"

    def use(self, story):
        self.story = story
        self.plant = self.enterContext(support.Plant(BOTTLING))
        self.plant.stop()
        story.write(self.plant.data)
        self.plant.start()
        support.eventually(lambda: self.plant.ctl("journal", "--since", str(len(story.rows) + 1), "--code", "plant loaded"),
                           "its start is durable")

    def stamp(self, at_s):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.story.begin_ms / 1000 + at_s))

    def report(self, *words):
        return json.loads(self.plant.ctl("report", "--format", "json", *words))["analysis"]

    def load(self, *words, check=True):
        result = support.run(support.MBPLANTCTL, "-p", 1, "report", "--load", self.dump, *words, check=check)
        return result.stdout if check else result

    def test_period_has_the_figures_of_its_events(self):
        self.use(day())
        analysis = self.report("--since", self.stamp(0), "--until", self.stamp(24 * 3600))
        fill = analysis["machines"][0]
        self.assertEqual(fill["name"], "FILL1")
        self.assertEqual(analysis["length_s"], 24 * 3600)
        self.assertEqual((fill["running_s"], fill["down_s"], fill["planned_maintenance_s"]), (20 * 3600, 2 * 3600, 2 * 3600))
        self.assertAlmostEqual(fill["availability"], 20 / 22)
        self.assertEqual((fill["failures"], fill["mtbf_s"], fill["mttr_s"]), (1, 20 * 3600, 2 * 3600))
        self.assertTrue(fill["production_estimated"] or fill["good"] is None)
        alarms = analysis["alarms"]
        self.assertEqual((alarms["raised"], alarms["peak_10min"], alarms["floods"], alarms["chattering"]), (12, 12, 1, 1))
        self.assertEqual(alarms["mean_time_to_acknowledge_s"], 600)
        self.assertEqual([worst["sensor"] for worst in analysis["worst_alarms"]], ["TT101"])

    def test_state_before_the_period_is_that_of_the_next_change(self):
        self.use(day())
        for begin, end, key in ((6.5, 6.6, "down_s"), (1, 2, "running_s"), (10.5, 11.5, "planned_maintenance_s")):
            analysis = self.report("--since", self.stamp(begin * 3600), "--until", self.stamp(end * 3600))
            self.assertAlmostEqual(analysis["machines"][0][key], (end - begin) * 3600, delta=0.1)
            self.assertAlmostEqual(analysis["length_s"], (end - begin) * 3600, delta=0.1)

    def test_report_of_nothing_else_is_of_the_last_day(self):
        self.use(day())
        analysis = self.report()
        self.assertEqual(analysis["alarms"]["raised"], 13)
        self.assertEqual(analysis["alarms"]["floods"], 1)
        self.assertFalse(analysis["whole_life"])

    def test_fresh_plant_counts_its_whole_life(self):
        with support.Plant(BOTTLING) as plant:
            plant.ctl("machine", "FILL1", "en_panne")
            support.eventually(lambda: "en_panne" in plant.ctl("journal"), "it is durable")
            report = json.loads(plant.ctl("report", "--format", "json"))
            fill = report["analysis"]["machines"][0]
            self.assertTrue(report["analysis"]["whole_life"])
            self.assertFalse(fill["production_estimated"])
            self.assertEqual(fill["failures"], 1)
            self.assertEqual(report["analysis"]["machines"][1]["availability"], 1)

    def test_every_form_and_language_is_the_same_from_a_dump(self):
        story = day()
        for at_s in (1, 24 * 3600 - 1, 24 * 3600 + 1):  # else the day is reckoned from what is made while this goes on
            for unit, machine in ((1, 0), (1, 1), (1, 2), (2, 0), (2, 1)):
                story.add(at_s, PRODUCTION, machine, unit=unit)
        self.use(story)
        self.plant.ctl("journal", "--save", self.dump)
        period = ["--since", self.stamp(0), "--until", self.stamp(24 * 3600)]
        saved = json.loads(self.load("--format", "json", *period))
        self.assertEqual(saved["analysis"], self.report(*period))
        for shape in FORMATS:
            for lang in ("en", "fr"):
                with self.subTest(shape=shape, lang=lang):
                    shown = self.load("--format", shape, "--lang", lang, *period)
                    self.assertIn("Surchauffe" if lang == "fr" else "Overheating", shown)
                    self.assertNotIn("Overheating" if lang == "fr" else "Surchauffe", shown)
        self.assertIn("figures,FILL1,mtbf,72000,s", self.load("--format", "csv", *period))
        json.loads(self.load("--format", "json", "--since", "1"))

    def test_outputs_are_told_in_every_form_also_from_a_dump(self):
        with support.Plant(support.ROOT / "config" / "boiler.yaml") as plant:
            plant.ctl("write", "LIC101.automatic", "off")
            plant.ctl("write", "SD101", "12.5")
            support.eventually(lambda: "SD101" in plant.ctl("journal"), "it is durable")
            report = json.loads(plant.ctl("report", "--format", "json"))
            plant.ctl("journal", "--save", self.dump)
            status = plant.ctl("status")
        actuators = {row["name"]: row for row in report["actuators"]}
        controllers = {row["name"]: row for row in report["controllers"]}
        self.assertEqual(list(actuators), ["FV101", "FV102", "SD101", "BV101", "HS101", "XV102", "P101", "BL101", "XV101", "IG101"])
        self.assertAlmostEqual(actuators["SD101"]["command"], 12.5)
        self.assertEqual((actuators["FV101"]["moved_by"], actuators["SD101"]["moved_by"]), ("FIC101", None))
        self.assertEqual([controllers[name]["mode"] for name in ("LIC101", "FIC101", "PIC101")], ["manual", "auto", "auto"])
        self.assertEqual((controllers["LIC101"]["moves"], controllers["LIC101"]["output_unit"]), ("FIC101", "t/h"))
        self.assertRegex(status, r"FV101 +BOILER1 +valve .* FIC101\n")
        saved = json.loads(self.load("--format", "json"))
        self.assertEqual([row["command"] for row in saved["actuators"] if row["name"] == "SD101"],
                         [actuators["SD101"]["command"]])
        self.assertEqual([row["mode"] for row in saved["controllers"]], ["manual", "auto", "auto"])
        for shape in FORMATS:
            for lang, word in (("en", "SETPOINT"), ("fr", "CONSIGNE")):
                with self.subTest(shape=shape, lang=lang):
                    shown = self.load("--format", shape, "--lang", lang)
                    self.assertIn("SD101", shown)
                    self.assertIn("PIC101", shown)
                    if shape in ("text", "markdown", "html"):
                        self.assertIn(word, shown)

    def test_page_is_well_formed_and_needs_nothing_from_outside(self):
        self.use(day())
        for lang in ("en", "fr"):
            page = Page(self.plant.ctl("report", "--format", "html", "--lang", lang))
            self.assertEqual(page.outside, [])
            self.assertIn("FILL1", page.words)

    def test_csv_rows_have_the_columns_of_their_header(self):
        self.use(day())
        rows = list(csv.DictReader(io.StringIO(self.plant.ctl("report", "--format", "csv"))))
        self.assertEqual({len(row) for row in rows}, {5})
        self.assertIn("period alarms", {row["section"] for row in rows})

    def test_partial_dump_is_reported_as_far_as_it_goes(self):
        self.use(day())
        self.plant.ctl("journal", "--save", self.dump)
        lines = self.dump.read_text().splitlines(keepends=True)
        sixth = next(i for i, line in enumerate(lines) if json.loads(line).get("seq") == 6)  # FILL1's return
        self.dump.write_text("".join(lines[:sixth + 1]))
        result = self.load("--format", "json", "--since", "1", check=False)
        self.assertEqual(result.returncode, OK)
        self.assertIn("partial dump: it ends after event 6", result.stderr)
        fill = json.loads(result.stdout)["analysis"]["machines"][0]
        self.assertEqual((fill["running_s"], fill["down_s"], fill["good"]), (8 * 3600, 2 * 3600, None))

    def test_wrong_words_and_files_are_told(self):
        self.use(day())
        for code, wanted, *words in ((USAGE, "not before", "--since", "5", "--until", "4"),
                                     (USAGE, "--lang de: allowed is en, fr", "--lang", "de"),
                                     (USAGE, "no format jsonl", "--format", "jsonl"),
                                     (USAGE, "no format pdf", "--format", "pdf"),
                                     (FAILED, "not a dump", "--load", BOTTLING), (FAILED, "No such file", "--load", "nowhere")):
            with self.subTest(words):
                result = self.plant.ctl("report", *words, check=False)
                self.assertEqual((result.returncode, result.stdout), (code, ""))
                self.assertIn(wanted, result.stderr)
        self.dump.write_text('{"mbplant_journal":1,"plant":"P","plant_file":"mbplant: 1\\nname: P\\nunits:\\n  - {id: 1, '
                             'name: U, machines: [{name: M1}]}\\n"}\n{"seq":1,"code_number":1}\n')
        self.assertIn("a dump of version 1, this mbplantctl reads 4", self.load(check=False).stderr)

    def test_empty_and_future_periods_are_reports_too(self):
        self.use(day())
        for words in (["--since", "now"], ["--since", "2099-01-01"], ["--until", "2001-01-01"], ["--since", "999999"]):
            for shape in FORMATS:
                with self.subTest(words=words, shape=shape):
                    self.plant.ctl("report", "--format", shape, *words)


class OtherDevice(socketserver.BaseRequestHandler):
    """A Modbus device that knows FC 3 alone; to all else it answers exception 01."""

    def handle(self):
        while len(head := self.request.recv(7, 0x100)) == 7:  # MSG_WAITALL
            body = self.request.recv(int.from_bytes(head[4:6], "big") - 1, 0x100)
            if body[0] == 3:
                count = int.from_bytes(body[3:5], "big")
                pdu = bytes([3, 2 * count]) + b"\x00\x2a" * count
            else:
                pdu = bytes([body[0] | 0x80, 1])
            self.request.sendall(head[:4] + (len(pdu) + 1).to_bytes(2, "big") + head[6:7] + pdu)


class Strangers(unittest.TestCase):
    def setUp(self):
        self.device = self.enterContext(socketserver.ThreadingTCPServer(("127.0.0.1", 0), OtherDevice))
        self.device.daemon_threads = True
        threading.Thread(target=self.device.serve_forever, daemon=True).start()
        self.addCleanup(self.device.shutdown)
        self.port = self.device.server_address[1]

    def run_ctl(self, *words):
        return support.run(support.MBPLANTCTL, "-p", self.port, *words)

    def test_device_that_is_no_mbplant_is_told_to_be_none(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            for words in (["report"], ["journal"], ["journal", "--save", f"{folder}/dump"], ["journal", "--follow"]):
                result = self.run_ctl(*words)
                self.assertEqual((result.returncode, result.stdout), (FAILED, ""))
                self.assertIn("does not tell its plant", result.stderr)
                self.assertIn("read and write work by raw address", result.stderr)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])
        self.assertIn(": 42 ", self.run_ctl("read", "hr:7").stdout)

    def test_device_with_another_plant_file_in_hand_says_what_it_refuses(self):
        for words in (["report"], ["journal"]):
            result = self.run_ctl("--plant", BOTTLING, *words)
            self.assertEqual((result.returncode, result.stdout), (FAILED, ""))
            self.assertIn("exception 01", result.stderr)


if __name__ == "__main__":
    support.main()
