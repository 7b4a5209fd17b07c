"""Notes, incidents and work: told in every way there is, listed alike by each, whole whatever happens to the plant."""
import concurrent.futures
import csv
import io
import json
import pathlib
import struct
import tempfile
import unittest

import outside
import support
from test_comments import COMMENT, WHO, group, said
from test_web import Web

LINE = """mbplant: 1
name: Line
scan: 20ms
units:
  - id: 1
    name: PLC
    machines:
      - name: M1
        cycle: {time: 100ms}
        sensors:
          - {name: T1, kind: temperature, range: [0, 150], max: 85, trip: [high], inject: hold, signal: {base: 20}}
          - {name: P1, kind: pressure, range: [0, 10], max: 8, inject: hold, signal: {base: 2}}
      - name: M2
        maintenance: {when: "T2 > 60"}
        sensors:
          - {name: T2, kind: temperature, range: [0, 150], inject: hold, signal: {base: 20}}
  - id: 2
    name: Other
    machines:
      - {name: M3, sensors: [{name: T3, kind: temperature, range: [0, 150], inject: hold, signal: {base: 20}}]}
instructor: true
"""
LOGBOOK = 832
MOVING = ("down_s", "repair_s", "maintenance_s", "real_s", "due_left")  # while something lasts


class History(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "line.yaml"
        self.file.write_text(LINE)
        self.plant = self.enterContext(Web(self.file))

    def ctl(self, *words, **options):
        return self.plant.ctl(*words, **options)

    def fails(self, *words, code=2):
        result = self.ctl(*words, check=False)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr

    def incidents(self, *words):
        return json.loads(self.ctl("incidents", *words, "--format", "json"))

    def incident(self, number):
        return self.incidents(str(number))

    def work(self, *words):
        return json.loads(self.ctl("work", "list", *words, "--all", "--format", "json"))

    def events(self, *words):
        return [json.loads(line) for line in self.ctl("journal", "--format", "jsonl", *words).splitlines()]

    def trip(self, sensor="T1", machine="M1"):
        self.ctl("force", sensor, "100")
        self.ctl("wait", machine, "en_panne")
        return support.eventually(lambda: [one for one in self.incidents() if one["lasts"]], "an incident")[-1]["number"]

    def back(self, sensor="T1", machine="M1"):
        self.ctl("release", sensor)
        self.ctl("machine", machine, "maintenance")
        self.ctl("machine", machine, "en_service")

    # ---- notes ----

    def test_note_is_an_event_with_its_text_and_who_and_what_it_is_about(self):
        self.ctl("note", "shift handed over", "--as", "Anna")
        self.ctl("note", "m2", "belt is loose")
        self.ctl("note", "T1", "=HYPERLINK(1)")
        self.ctl("note", "M3", "of unit 2")
        self.ctl("ack", "all", "--note", "nobody was there")  # nothing to acknowledge: nothing is told
        self.ctl("journal", "--note", "last one")
        notes = [event for event in self.events() if event["code"] == "note"]
        self.assertEqual([(note["machine"], note["sensor"], note["comment"]) for note in notes],
                         [("", "", "shift handed over"), ("M2", "", "belt is loose"), ("M1", "T1", "=HYPERLINK(1)"),
                          ("M3", "", "of unit 2"), ("", "", "last one")])
        self.assertEqual(notes[0]["peer"], "Anna at 127.0.0.1")
        self.assertIn("remarque", self.ctl("journal", "--lang", "fr", "--code", "note"))
        rows = list(csv.DictReader(io.StringIO(self.ctl("journal", "--format", "csv", "--code", "note"))))
        self.assertEqual(rows[2]["comment"], "'=HYPERLINK(1)")  # no formula
        self.assertEqual(self.plant.get("/events?code=note")[1]["comment"], "belt is loose")

    def test_notes_over_http_and_by_a_master_that_nobody_here_wrote(self):
        event = self.plant.post("/events", {"note": "by hand", "sensor": "t1", "as": "Bob"})
        self.assertEqual((event["code"], event["machine"], event["sensor"], event["comment"], event["peer"]),
                         ("note", "M1", "T1", "by hand", "Bob at 127.0.0.1"))
        client = outside.Client(self.plant.port)
        self.addCleanup(client.close)

        def ask(data):
            return client.plain(21, bytes([len(data)]) + data, 1)

        self.assertFalse(ask(group(WHO, 0, said("Carl"))).isError())
        self.assertFalse(ask(group(COMMENT, 0, said("from the panel"))).isError())
        self.assertFalse(ask(group(LOGBOOK, 0, struct.pack(">HH", 1, 1))).isError())
        notes = support.eventually(
            lambda: (lambda all: len(all) == 2 and all)([e for e in self.events() if e["code"] == "note"]), "both")
        self.assertEqual((notes[1]["machine"], notes[1]["comment"], notes[1]["peer"]),
                         ("M2", "from the panel", "Carl at 127.0.0.1"))
        for words, exception in ((struct.pack(">HH", 1, 9), 4), (struct.pack(">H", 99), 4), (b"\0\1" * 11, 2)):
            self.assertEqual(ask(group(LOGBOOK, 0, words)).exception_code, exception, words)
        self.assertEqual(ask(group(LOGBOOK, 1, b"\0\1")).exception_code, 2)

    def test_a_plant_that_stands_still_takes_notes_too(self):
        self.ctl("sim", "pause")
        self.ctl("note", "while it is paused")
        self.assertEqual([event["comment"] for event in self.events() if event["code"] == "note"],
                         ["while it is paused"])

    def test_text_that_is_none_is_one_error_and_nothing_is_told(self):
        for text in ("x" * 65536, "a\x07b", "", "a\u202eb"):
            self.assertIn("the text: ", self.fails("note", text))
            self.assertIn("the text: ", self.fails("work", "open", "M1", text))
            status, answer, _ = self.plant.ask("/api/v1/events", {"note": text})
            self.assertEqual(status, 413 if len(text) > 9999 else 422, answer)
        self.assertIn("did you mean M1", self.fails("note", "M11", "x"))
        self.assertIn("no incident 4711", self.fails("note", "incident", "4711", "x"))
        self.assertIn("no number", self.fails("note", "incident", "x1", "x"))
        self.assertEqual(self.plant.ask("/api/v1/events", {"note": "x", "machine": "M9"})[0], 404)
        self.assertEqual(self.plant.ask("/api/v1/events", {"note": "x", "incident": 4711})[0], 404)
        self.assertFalse([event for event in self.events() if event["code"] in ("note", "work opened")])

    # ---- incidents ----

    def test_incident_has_all_that_belongs_to_it(self):
        number = self.trip()
        self.ctl("force", "P1", "9")
        support.eventually(lambda: [e for e in self.events() if e["code"] == "alarm raised" and e["sensor"] == "P1"],
                           "an alarm that followed")
        self.ctl("ack", "T1", "--as", "Bert")
        self.ctl("note", "incident", str(number), "electrician called", "--as", "Carl")
        self.ctl("release", "P1")
        self.back()
        self.ctl("incidents", str(number), "cause", "worn seal", "--as", "Dora")
        listed = self.incidents()[0]
        self.assertEqual((listed["number"], listed["machine"], listed["first_out"], listed["alarm"], listed["cause"],
                          listed["notes"], listed["lasts"]), (number, "M1", "T1", "high", "worn seal", 1, False))
        self.assertEqual(listed["repair_s"], listed["down_s"])
        self.assertLessEqual(listed["maintenance_s"], listed["down_s"])
        whole = self.incident(number)
        self.assertEqual((whole["acknowledged_by"], whole["alarms"], whole["cause_by"]),
                         ("Bert at 127.0.0.1", 1, "Dora at 127.0.0.1"))
        codes = [event["code"] for event in whole["events"]]
        self.assertEqual((codes[0], codes[-1]), ("machine state", "incident cause"))
        self.assertIn("electrician called", [event["comment"] for event in whole["events"]])
        text = self.ctl("incidents", str(number))
        for words in ("T1 Overheating", "worn seal", "Bert", "electrician called"):
            self.assertIn(words, text)
        self.assertRegex(self.ctl("incidents", "--lang", "fr"), r"\d\d/\d\d/\d{4} \d\d:\d\d")
        rows = list(csv.DictReader(io.StringIO(self.ctl("incidents", "--format", "csv"))))
        self.assertEqual((rows[0]["number"], rows[0]["cause"]), (str(number), "worn seal"))

    def test_note_and_cause_of_one_request_are_two_events_or_none(self):
        number = self.trip()
        path = f"/incidents/{number}"
        for body in ({}, {"note": "fine", "cause": "a\u0007"}, {"note": "\u0007", "cause": "fine"}, {"note": "n", "cause": "c", "why": "w"}):
            self.assertIn(self.plant.ask("/api/v1" + path, body)[0], (400, 422), body)
        self.assertEqual((self.incident(number)["notes"], self.incident(number)["cause"]), (0, ""))
        answer = self.plant.post(path, {"cause": "worn seal", "note": "electrician called", "as": "Bert"})
        self.assertEqual((answer["code"], answer["comment"], answer["peer"]), ("incident cause", "worn seal", "Bert at 127.0.0.1"))
        told = [event for event in self.plant.get(path)["events"] if event["code"] in ("note", "incident cause")]
        self.assertEqual([(event["code"], event["comment"], event["peer"]) for event in told],
                         [("note", "electrician called", "Bert at 127.0.0.1"), ("incident cause", "worn seal", "Bert at 127.0.0.1")])

    def test_master_http_and_dump_tell_the_same(self):
        number = self.trip()
        self.plant.post(f"/incidents/{number}", {"note": "seen over HTTP"})
        self.plant.post(f"/incidents/{number}", {"cause": "by HTTP"})
        self.back()
        self.ctl("machine", "M2", "maintenance")
        self.ctl("machine", "M2", "en_service")
        opened = self.plant.post("/work", {"machine": "M2", "what": "replace belt", "due": "3d", "takes": "2h"})
        self.plant.post(f"/work/{opened['seq']}/start", {"as": "Eva"})
        self.plant.post(f"/work/{opened['seq']}/done", {"text": "new belt"})
        self.ctl("journal", "--save", self.folder / "dump")
        load = ("--load", self.folder / "dump")
        self.assertEqual(self.incidents(), self.plant.get("/incidents"))
        self.assertEqual(self.incidents(), self.incidents(*load))
        self.assertEqual(self.work(), self.plant.get("/work?all=true"))
        self.assertEqual(self.work(), self.work(*load))
        self.assertEqual(self.incident(number), self.plant.get(f"/incidents/{number}"))
        self.assertEqual(self.incident(number), json.loads(self.ctl("incidents", str(number), *load, "--format", "json")))
        done = self.work("M2")[-1]
        self.assertEqual((done["state"], done["started_by"], done["result"], done["planned_s"]),
                         ("done", "Eva at 127.0.0.1", "new belt", 7200))

    def test_work_by_a_condition_is_kept_in_the_plant_file_and_opens_itself(self):
        self.ctl("work", "open", "m1", "balance it", "--when", "P1 > 6", "--as", "Anna")
        self.assertIn("maintenance: {when: P1 > 6}", self.file.read_text())
        support.eventually(lambda: [e for e in self.plant.get("/events?code=plant_changed")
                                    if (e["comment"], e["peer"]) == ("balance it", "Anna at 127.0.0.1")], "who and why is told")
        self.assertEqual(self.work("M1"), [])
        self.ctl("force", "P1", "7")
        work = support.eventually(lambda: self.work("M1"), "it is due")[0]
        self.assertEqual((work["kind"], work["due"], work["state"]), ("preventive", "condition", "open"))
        self.assertEqual(self.ctl("work", "open", "M1", "--when", "P1 > 6"), "M1: its work is due when P1 > 6 already: nothing to do\n")
        self.assertIn("M1 has a condition: P1 > 6; one for both is set with mbplantctl machine set M1 maintenance.when 'P1 > 6 OR T1 > 90'",
                      self.fails("work", "open", "M1", "--when", "T1 > 90"))
        self.assertIn("--when goes alone", self.fails("work", "open", "M3", "--when", "T3 > 60", "--due", "3d"))
        self.assertIn("control character", self.fails("work", "open", "M3", "a\x07", "--when", "T3 > 60"))
        for wrong in ("T9 > 60", "T3 >", "T3"):
            result = self.ctl("work", "open", "M3", "--when", wrong, check=False)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("so the plant file would be wrong; nothing was changed", result.stderr)
        self.assertEqual(self.file.read_text().count("when:"), 2)

    def test_work_by_a_condition_is_opened_over_http_as_by_a_master(self):
        event = self.plant.post("/work", {"machine": "m1", "what": "balance it", "when": "P1 > 6", "as": "Anna"})
        self.assertEqual((event["code"], event["comment"], event["peer"]), ("plant changed", "balance it", "Anna at 127.0.0.1"))
        self.assertIn("maintenance: {when: P1 > 6}", self.file.read_text())
        self.ctl("force", "P1", "7")
        work = support.eventually(lambda: self.plant.get("/work?machine=M1"), "it is due")[0]
        self.assertEqual((work["kind"], work["due"], work["state"]), ("preventive", "condition", "open"))
        before = self.file.read_text()
        for body, status, word in (
                ({"machine": "M1", "when": "P1 > 6"}, 409, "M1: its work is due when P1 > 6 already"),
                ({"machine": "M1", "when": "T1 > 90"}, 409, "M1 has a condition: P1 > 6"),
                ({"machine": "M3", "when": "T3 > 60", "due": "3d"}, 400, "'when' goes alone"),
                ({"machine": "M3", "when": "T3 > 60", "kind": "preventive"}, 400, "'when' goes alone"),
                ({"machine": "M3", "when": "T3 > 60", "what": "a\x07"}, 422, "control character"),
                ({"machine": "M3", "when": "T3 > 60", "what": "a", "why": "b"}, 400, "the same"),
                ({"machine": "M9", "when": "T3 > 60"}, 404, "no machine 'M9'"),
                ({"machine": "M3", "when": "T9 > 60"}, 422, "so the plant file would be wrong: "),
                ({"machine": "M3", "when": "T3 >"}, 422, "so the plant file would be wrong: "),
                ({"machine": "M3", "when": "T3"}, 422, "so the plant file would be wrong: "),
                ({"machine": "M3", "when": ""}, 422, "")):
            with self.subTest(body=body):
                got, answer, _ = self.plant.ask("/api/v1/work", body)
                self.assertEqual((got, word in answer["detail"]), (status, True), answer)
        self.assertEqual(self.file.read_text(), before)

    def test_machine_that_is_removed_keeps_its_incidents_and_their_number(self):
        number = self.trip()
        self.ctl("work", "open", "M1", "look at it")
        self.ctl("machine", "remove", "M1", "--yes")
        listed = support.eventually(lambda: [one for one in self.incidents() if one["machine_removed"]], "its end")[0]
        self.assertEqual((listed["number"], listed["machine"], listed["lasts"]), (number, "M1", False))
        self.assertEqual(self.incidents("M1"), [listed])
        self.assertTrue(self.work("M1")[0]["machine_removed"])
        self.assertEqual([one["number"] for one in self.plant.get("/incidents?machine=m1")], [number])
        self.assertEqual(len(self.plant.get("/work?machine=M1&all=true")), 1)
        self.assertEqual(self.plant.get("/incidents?machine=M3"), [])
        for noun in ("incidents", "work"):
            status, answer, _ = self.plant.ask(f"/api/v1/{noun}?machine=NOPE")
            self.assertEqual((status, answer["detail"]), (404, "the plant has no machine 'NOPE'"))
        self.ctl("note", "incident", str(number), "it was scrapped")
        self.assertEqual(self.incident(number)["notes"], 1)
        self.assertRegex(self.ctl("incidents", str(number)), r"\n  to  .*:\d\dZ \(machine removed\)\n")
        self.assertIn("M1", self.ctl("machine", "M1", "history"))

    def test_all_of_it_outlives_a_restart_at_every_step(self):
        number = 0

        def steps():
            nonlocal number
            yield lambda: self.ctl("note", "before")
            number = self.trip()
            yield lambda: None
            yield lambda: self.ctl("note", "incident", str(number), "called")
            yield lambda: self.ctl("incidents", str(number), "cause", "seal")
            yield lambda: self.ctl("release", "T1")
            yield lambda: self.ctl("machine", "M1", "maintenance")
            yield lambda: self.ctl("machine", "M1", "en_service")
            yield lambda: self.ctl("work", "open", "M2", "belt", "--due", "3d")
            work = self.work("M2")[0]["number"]
            yield lambda: self.ctl("work", "start", str(work))
            yield lambda: self.ctl("work", "done", str(work), "done")
            yield lambda: self.ctl("work", "open", "M2", "second thoughts", "--due", "20000000 products")
            yield lambda: self.ctl("work", "cancel", str(self.work("M2")[-1]["number"]), "not needed")

        def seen():
            return [{key: value for key, value in one.items() if key not in MOVING}
                    for one in self.incidents() + self.work()]

        for i, step in enumerate(steps()):
            step()
            before = seen()
            if i % 2:
                self.plant.kill()
            else:
                self.plant.stop()
            self.plant.start()
            self.assertEqual(seen(), before, f"step {i}")
        self.assertEqual((self.incidents()[0]["notes"], self.incidents()[0]["cause"]), (1, "seal"))
        self.assertEqual(self.ctl("journal", "--verify", check=False).returncode, 0)

    def test_what_was_confirmed_just_before_a_kill_is_told_once(self):
        for text in ("first", "second"):
            self.ctl("note", text, "--no-wait")
            self.plant.kill()
            self.plant.start()
        notes = [event["comment"] for event in self.events() if event["code"] == "note"]
        self.assertEqual(notes, ["first", "second"])

    # ---- work ----

    def test_work_is_opened_started_and_done_once(self):
        self.ctl("work", "open", "M1", "grease", "--kind", "preventive", "--due", "500 products", "--takes", "30min")
        self.ctl("work", "open", "M1", "look at the pump", "--due", "200h running")
        grease, pump = self.work()
        self.assertEqual((grease["kind"], grease["due"], grease["planned_s"], grease["state"]),
                         ("preventive", "products", 1800, "open"))
        self.assertTrue(0 < grease["due_left"] <= 500)
        self.assertTrue(719000 < pump["due_left"] <= 720000)
        self.ctl("work", "start", str(grease["number"]), "--as", "Anna")
        self.assertIn("started already, by Anna", self.fails("work", "start", str(grease["number"]), "--as", "Bert"))
        self.ctl("work", "done", str(grease["number"]), "done")
        self.assertIn("done already", self.fails("work", "done", str(grease["number"])))
        self.assertEqual([one["number"] for one in json.loads(self.ctl("work", "--format", "json"))], [pump["number"]])
        self.assertIn("no work 4711", self.fails("work", "start", "4711"))
        self.assertIn("did you mean open", self.fails("work", "opn", "M1"))
        self.assertIn("--due 'soon'", self.fails("work", "open", "M1", "x", "--due", "soon"))
        self.assertIn("--kind 'other'", self.fails("work", "open", "M1", "x", "--kind", "other"))
        self.assertEqual(self.plant.ask("/api/v1/work/4711/start", {})[0], 404)
        self.assertEqual(self.plant.ask("/api/v1/work", {"machine": "M1", "due": "1d", "due_products": 5})[0], 400)
        self.assertEqual(self.plant.ask("/api/v1/incidents/x")[0], 404)
        self.assertEqual(self.plant.ask("/api/v1/incidents/4711")[0], 404)

    def test_work_that_is_cancelled_says_why_and_is_over(self):
        first, second = (self.plant.post("/work", {"machine": "M1", "what": what})["seq"] for what in ("a", "b"))
        self.assertIn("'WHY'", self.fails("work", "cancel", str(first)))
        self.assertEqual(self.plant.ask(f"/api/v1/work/{second}/cancel", {})[0], 400)
        said = self.ctl("work", "cancel", str(first), "the part is not made any more", "--as", "Anna")
        self.assertIn(f"work {first} cancelled", said)
        self.assertEqual(self.plant.post(f"/work/{second}/cancel", {"why": "twice the same"})["code"], "work cancelled")
        self.assertIn("cancelled already, by Anna", self.fails("work", "done", str(first)))
        self.assertIn("cancelled already", self.fails("work", "cancel", str(second), "x"))
        work = {one["number"]: one for one in self.work()}
        self.assertEqual((work[first]["state"], work[first]["result"], work[first]["cancelled_by"], work[first]["done"],
                          work[first]["done_by"]),
                         ("cancelled", "the part is not made any more", "Anna at 127.0.0.1", None, ""))
        self.assertEqual(work[second]["result"], "twice the same")
        self.assertIn("no work is open", self.ctl("work"))
        self.assertIn("annulée", self.ctl("work", "list", "--all", "--lang", "fr"))
        self.assertEqual(self.plant.get("/work?all=true"), self.work())
        self.ctl("machine", "M2", "maintenance")
        stay = support.eventually(lambda: self.work("M2"), "the stay")[0]["number"]
        self.assertIn("stay in maintenance", self.fails("work", "cancel", str(stay), "x"))
        self.assertEqual(self.plant.ask(f"/api/v1/work/{stay}/cancel", {"text": "x"})[0], 409)

    def test_repair_of_incidents_is_what_the_machine_counts(self):
        self.ctl("machine", "M1", "en_panne")
        self.ctl("machine", "M1", "en_service")
        number = self.incidents()[0]["number"]
        self.assertEqual((self.incident(number)["maintenance_s"], self.incident(number)["repair_s"] > 0), (0, True))
        figures = json.loads(self.ctl("report", "--format", "json"))["analysis"]["machines"][0]
        self.assertAlmostEqual(figures["repair_s"], self.incident(number)["repair_s"], places=2)

    def test_maintenance_is_due_by_a_condition_until_it_is_done(self):
        self.ctl("force", "T2", "70")
        due = support.eventually(lambda: self.work("M2"), "work that is due")[0]
        self.assertEqual((due["kind"], due["due"], due["overdue"], due["state"]),
                         ("preventive", "condition", True, "open"))
        self.assertIn("by its condition", self.ctl("journal", "--code", "maintenance due"))
        self.assertIn("par sa condition", self.ctl("journal", "--code", "maintenance due", "--lang", "fr"))
        self.ctl("release", "T2")  # what wore out stays worn
        self.plant.kill()
        self.plant.start()
        self.assertEqual([one["number"] for one in self.work("M2")], [due["number"]])
        self.ctl("machine", "set", "M1", "label", "Press", "--yes")  # another plant takes over: it is due still
        self.ctl("machine", "set", "M2", "maintenance.when", "T2 > 65 AND M1.en_service", "--yes")
        self.assertEqual([one["number"] for one in self.work("M2")], [due["number"]])
        self.assertIn("when: T2 > 65 AND M1.en_service", self.file.read_text())
        self.ctl("machine", "M2", "maintenance")
        self.ctl("machine", "M2", "en_service")
        self.assertEqual([(one["number"], one["state"]) for one in self.work("M2")], [(due["number"], "done")])
        self.ctl("force", "T2", "70")
        self.ctl("machine", "M2", "maintenance")  # which was not due for it in there
        self.ctl("machine", "M2", "en_service")
        support.eventually(lambda: [one for one in self.work("M2") if one["due"] == "condition" and one["overdue"]],
                           "it is due again: the condition stands")
        due = [[one["due"] for one in work] for work in (self.plant.get("/work?all=true"), self.work())]
        self.assertEqual(due[0], due[1])

    def test_condition_of_maintenance_that_is_none_is_an_error_at_its_place(self):
        for text in ("T2 >", "T9 > 1", "T2 + 1"):
            self.file.write_text(LINE.replace("T2 > 60", text))
            result = support.run(support.MBPLANTD, "--check", self.file)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertRegex(result.stderr, r"line\.yaml:14:[34]\d: ")
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.file.write_text(LINE)
        self.assertIn('maintenance: {when: "T2 > 60"}',
                      support.run(support.MBPLANTD, "--print-config", self.file).stdout)

    def test_two_who_start_the_same_work_at_once_hear_who_has_it(self):
        number = self.plant.post("/work", {"machine": "M1", "what": "x"})["seq"]
        self.ctl("sim", "pause")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda name: self.plant.ask(f"/api/v1/work/{number}/start", {"as": name})[:2], ("Anna", "Bert")))
        first = self.work()[0]["started_by"]
        self.assertEqual(sorted(status for status, _ in answers), [200, 409], answers)
        self.assertEqual([answer["peer"] for status, answer in answers if status == 200], [first])
        self.assertEqual([answer["detail"] for status, answer in answers if status == 409], [f"work {number} is started already, by {first}"])

    def test_work_that_is_over_is_over_for_whoever_asks_over_http(self):
        def ask(step, **body):
            status, answer, _ = self.plant.ask(f"/api/v1/work/{number}/{step}", body)
            return status, answer["detail"]

        number = self.plant.post("/work", {"machine": "M1", "what": "x"})["seq"]
        self.assertEqual(ask("done", **{"as": "Anna"})[0], 200)
        told = len(self.events())
        for step in ("start", "done", "cancel"):
            self.assertEqual(ask(step, why="x"), (409, f"work {number} is done already, by Anna at 127.0.0.1"))
        number = self.plant.post("/work", {"machine": "M1", "what": "y"})["seq"]
        self.assertEqual(self.plant.post(f"/work/{number}/start", {})["machine"], "M1")  # as a master tells it
        self.ctl("machine", "remove", "M1", "--yes")
        support.eventually(lambda: all(one["machine_removed"] for one in self.work("M1")[-1:]), "its end")
        for step in ("start", "done", "cancel"):
            self.assertEqual(ask(step, why="x"), (409, f"work {number} is over: its machine was removed"))
        self.assertIn("its machine was removed", self.fails("work", "done", str(number)))
        self.assertEqual([event["code"] for event in self.events()[told:] if event["code"].startswith("work")], ["work opened", "work started"])

    def test_work_that_was_done_thousands_of_events_ago_is_over_over_http_too(self):
        wave = "signal: {base: 50, wave: {shape: square, amplitude: 40, period: 200ms}}"
        self.file.write_text(LINE.replace("instructor: true", f"""  - id: 3
    name: Flood
    machines:
      - {{name: M4, sensors: [{{name: "F{{n}}", repeat: 500, kind: temperature, range: [0, 100], limits: {{high: 85}}, {wave}}}]}}
instructor: true"""))
        with Web(self.file) as plant:
            number = plant.post("/work", {"machine": "M1", "what": "x"})["seq"]
            self.assertEqual(plant.post(f"/work/{number}/done", {"as": "Anna"})["code"], "work done")
            plant.ctl("sim", "pause")
            plant.ctl("sim", "step", "100")
            plant.ctl("sim", "resume")
            last = plant.get("/status")["last_event"]
            self.assertGreater(last - number, 5000)
            status, answer, _ = plant.ask(f"/api/v1/work/{number}/start", {"as": "Bert"})
            self.assertEqual((status, answer["detail"]), (409, f"work {number} is done already, by Anna at 127.0.0.1"))

    def on_terminal(self, *words):
        return support.on_terminal(support.MBPLANTCTL, "-p", self.plant.port, *words, columns=80).decode()

    def test_lists_fit_a_terminal_of_80_columns_and_say_what_lasts(self):
        self.trip()
        self.back()
        number = self.trip()
        cause = "a worn seal of the filling head, as Anna saw it in the morning when she went round"
        self.ctl("incidents", str(number), "cause", cause)
        self.ctl("work", "open", "M1", cause, "--due", "3d", "--takes", "2h")
        for lang, lasts, due in (("en", "s, lasts", "DUE IN"), ("fr", "s, en cours", "ÉCHÉANCE")):
            incidents = self.on_terminal("--lang", lang, "incidents").splitlines()
            work = self.on_terminal("--lang", lang, "work", "list").splitlines()
            self.assertLessEqual(max(len(line) for line in incidents + work), 80, incidents + work)
            self.assertEqual([lasts in line for line in incidents[1:3]], [False, True], incidents)
            self.assertIn("a worn", incidents[2])
            self.assertIn(due, work[0])
            self.assertIn("a worn seal", work[1])

    def test_files_list_the_events_that_history_is_made_of(self):
        number = self.trip()
        self.back()
        asked = int.from_bytes(self.file_words(833, 0, 2), "big")
        seqs = struct.unpack(f">{asked}I", self.file_words(834, 0, 2 * asked))
        self.assertIn(number, seqs)
        self.assertEqual(list(seqs), sorted(seqs))

    def file_words(self, file, record, count):
        client = outside.Client(self.plant.port)
        self.addCleanup(client.close)
        answer = client.plain(20, struct.pack(">BBHHH", 7, 6, file, record, count), 1)
        self.assertFalse(answer.isError(), answer)
        return bytes(answer.data[3:] if hasattr(answer, "data") else answer.encode()[3:])


if __name__ == "__main__":
    support.main()
