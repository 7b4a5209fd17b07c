"""Machines and sensors added, changed and removed over HTTP: the plant file is edited where it says them, checked, run
and saved; what cannot be is one clear answer, and nothing is changed. And what HTTP tells of alarms one by one."""
import pathlib
import tempfile
import unittest

from support import eventually, main
from test_web import BOTTLING, Web


class Edit(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-"))) / "plant.yaml"
        self.file.write_text(BOTTLING.read_text(encoding="utf-8"), encoding="utf-8")
        self.plant = self.enterContext(Web(self.file))

    def edit(self, status=200, **body):
        return self.plant.post("/plant/edit", body, status)

    def names(self, noun):
        return {one["name"] for one in self.plant.get("/" + noun)}

    def test_a_machine_and_its_sensor_are_added_changed_and_removed_and_the_file_keeps_its_comments(self):
        before = self.file.read_text(encoding="utf-8")
        would = self.edit(do="add", thing="machine", name="MIX1", where="1", keys={"label": "Mixer: of syrup"}, check=True)
        self.assertEqual((would["ok"], would["added"], "MIX1" in self.names("machines")), (True, 1, False))
        done = self.edit(do="add", thing="machine", name="MIX1", where="1", keys={"label": "Mixer: of syrup"}, **{"as": "Anna", "why": "second syrup"})
        self.assertEqual((done["ok"], done["saved"]), (True, True))
        self.edit(do="add", thing="sensor", name="TT901", where="MIX1", keys={"unit": "°C", "range": "[0, 150]", "limits": "{high: 90}", "trip": "[high]", "signal.base": "40"})
        sensor = self.plant.get("/sensors/TT901")
        self.assertEqual((sensor["machine"], sensor["limits"]["high"], sensor["trips"]), ("MIX1", 90, ["high"]))
        self.edit(do="set", thing="sensor", name="TT901", keys={"limits.high": "80", "label": "Syrup"})
        self.assertEqual(self.plant.get("/sensors/TT901")["label"], "Syrup")
        self.edit(do="remove", thing="sensor", name="TT901")
        self.edit(do="remove", thing="machine", name="MIX1")
        self.assertNotIn("MIX1", self.names("machines"))
        self.assertEqual(self.file.read_text(encoding="utf-8"), before)
        journal = self.plant.ctl("journal", "-n", "50")
        self.assertIn("MIX1", journal)
        self.assertIn("second syrup", journal)

    def test_a_plant_file_too_long_for_a_wire_runs_and_is_neither_sent_nor_edited(self):
        self.plant.stop()
        self.file.write_text(self.file.read_text(encoding="utf-8") + ("# " + "x" * 120 + "\n") * 17000, encoding="utf-8")
        self.plant.start()
        for path, body in (("/api/v1/plant/text", None), ("/api/v1/plant/edit", {"do": "remove", "thing": "sensor", "name": "TT101"})):
            status, answer, _ = self.plant.ask(path, body)
            self.assertEqual((status, "at most 1999992 bytes" in str(answer)), (413, True), path)
        self.plant.post("/sim", {"snapshot": "one"})
        self.plant.post("/sim", {"restore": "one"})
        self.assertEqual([one["name"] for one in self.plant.get("/sim")["snapshots"]], ["one"])

    def test_what_cannot_be_is_refused_and_nothing_is_changed(self):
        before = self.file.read_text(encoding="utf-8")
        for status, body in ((422, {"do": "add", "thing": "machine", "name": "FILL1", "where": "1"}),
                             (422, {"do": "add", "thing": "machine", "name": "1 2", "where": "1"}),
                             (422, {"do": "add", "thing": "machine", "name": "MIX1", "where": "9"}),
                             (422, {"do": "add", "thing": "sensor", "name": "TT901", "where": "FILL2"}),
                             (422, {"do": "remove", "thing": "sensor", "name": "TT1O1"}),
                             (422, {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"label": "two\nlines"}}),
                             (422, {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"a b": "1"}}),
                             (422, {"do": "set", "thing": "sensor", "name": "TT101", "keys": {f"k{i}": "1" for i in range(33)}}),
                             (400, {"do": "add", "thing": "machine", "name": "MIX1"}),
                             (400, {"do": "set", "thing": "sensor", "name": "TT101"}),
                             (400, {"do": "remove", "thing": "sensor", "name": "TT101", "keys": {}}),
                             (400, {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"max": 90}}),
                             (400, {"do": "set", "thing": "sensor", "name": "TT101", "keys": ["max"]}),
                             (400, {"do": "grow", "thing": "sensor", "name": "TT101"}),
                             (413, {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"label": "x" * 70000}})):
            self.assertTrue(self.edit(status, **body)["detail"], body)
        wrong = self.edit(do="set", thing="sensor", name="TT101", keys={"limitz": "{high: 3}"})
        self.assertEqual((wrong["ok"], wrong["saved"]), (False, False))
        self.assertIn("did you mean", wrong["messages"][0]["message"])
        self.assertEqual(self.file.read_text(encoding="utf-8"), before)
        self.assertIn("did you mean TT101?", self.edit(422, do="remove", thing="sensor", name="TT1O1")["detail"])

    def test_what_moves_other_points_is_told_before_it_is_done(self):
        would = self.edit(do="add", thing="sensor", name="TT901", where="FILL1", keys={"range": "[0, 9]"}, check=True)
        self.assertTrue(any("moved from" in one["message"] for one in would["messages"]))

    def test_one_sensor_tells_all_its_alarms_and_a_bypass_is_told_until_it_ends(self):
        names = [one["name"] for one in self.plant.get("/alarms?sensor=PT101")]
        self.assertEqual(names, ["PT101.low_low", "PT101.low", "PT101.high", "PT101.high_high"])
        self.assertEqual(self.plant.get("/alarms"), [])
        self.plant.post("/alarms/TT101.high/bypass", {"for": "10min", "why": "calibration", "as": "Anna"})
        standing = eventually(lambda: self.plant.get("/alarms"), "the bypass")
        self.assertEqual([(one["name"], one["state"]) for one in standing], [("TT101.high", "normal"), ("TT101.high.bypassed", "acknowledged")])
        self.assertTrue(590 <= standing[0]["bypassed_s"] <= 600, standing)
        self.assertEqual([one["name"] for one in self.plant.get("/sensors/TT101")["alarms"]], ["TT101.high", "TT101.high.bypassed"])
        self.plant.post("/alarms/TT101.high/restore", {})
        eventually(lambda: not self.plant.get("/alarms"), "its end")
        self.assertEqual(self.plant.ask("/api/v1/alarms?sensor=NONE")[0], 404)

    def test_a_list_of_incidents_or_work_is_cut_to_its_newest(self):
        for machine in ("FILL1", "CAP1", "PACK1"):
            self.plant.post(f"/machines/{machine}/state", {"state": "en_panne"})
            self.plant.post("/work", {"machine": machine, "what": "look at it"})
        eventually(lambda: len(self.plant.get("/incidents")) == 3, "three incidents")
        self.assertEqual([one["machine"] for one in self.plant.get("/incidents?limit=2")], ["CAP1", "PACK1"])
        self.assertEqual([one["machine"] for one in self.plant.get("/work?limit=1")], ["PACK1"])
        self.assertEqual(self.plant.ask("/api/v1/incidents?limit=0")[0], 400)

    def test_events_and_an_incident_are_told_in_french_where_that_is_asked_for(self):
        self.plant.post("/sensors/TT101/force", {"value": 92})
        number = eventually(lambda: self.plant.get("/incidents"), "the incident")[0]["number"]
        text = {lang: [one["text"] for one in self.plant.get(f"/events?limit=50&lang={lang}")] for lang in ("en", "fr")}
        self.assertIn("Overheating", " ".join(text["en"]))
        self.assertIn("Surchauffe", " ".join(text["fr"]))
        self.assertIn("Surchauffe", self.plant.get(f"/incidents/{number}?lang=fr")["text"])
        stream = self.plant.stream("?topics=events&last_event_id=1&lang=fr")
        self.addCleanup(stream.close)
        told = ""
        while "Surchauffe" not in told:
            told = json_of(stream)
        self.assertIn("Surchauffe", told)


def json_of(stream):
    """The data of the next event as it came."""
    line = b""
    while not line.startswith(b"data:"):
        line = stream.answer.readline()
        assert line, "the stream ended"
    return line.decode("utf-8")


if __name__ == "__main__":
    main()
