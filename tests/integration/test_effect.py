"""Verbs that command return when a scan has done it: whoever reads next sees what came of it, without waiting."""
import json
import pathlib
import tempfile
import unittest

import support

PLANT = """\
mbplant: 1
name: Effects
scan: 100ms
instructor: true
faults: [{name: Leak, sensor: T1, kind: bias, amount: 5, enabled: false}]
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: T1, kind: temperature, range: [0, 100], limits: {high: {at: 80, latch: true}}, signal: {base: 50}}
        actuators: [{name: FV1, kind: valve, on_off: true}]
"""


FLAGS = """\
mbplant: 1
name: Flags
scan: 500ms
units:
  - id: 1
    blocks: BLOCKS
    machines:
      - name: M1
        sensors: [{name: T1, range: [0, 100], limits: {high: 80}, trip: [high], signal: {base: 50}, register: {at: 0, type: float32}}]
    points:
      - {at: discrete 0, tag: M1.en_panne}
      - {at: coil 1, tag: M1.en_service, access: write}
      - {at: coil 2, tag: M1.maintenance, access: write}
      - {at: coil 3, tag: M1.en_panne, access: write}
"""


class MachineByFlags(unittest.TestCase):
    """Of a machine whose state no register shows, its verb says what became of the command as far as something tells it."""

    def begin(self, blocks, more=""):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        file = pathlib.Path(folder) / "flags.yaml"
        file.write_text(FLAGS.replace("BLOCKS", blocks) + more, encoding="utf-8")
        self.ctl = self.enterContext(support.Plant(file)).ctl
        self.ctl("machine", "M1", "en_panne")
        self.ctl("wait", "di:0", "on")

    def test_journal_tells_of_a_state_that_no_flag_shows(self):
        self.begin("{default: none, summary: 30000, events: 31000}")
        self.assertEqual(self.ctl("machine", "M1", "maintenance"), "M1: en_panne -> maintenance\n")
        self.ctl("machine", "M1", "en_panne")
        self.ctl("wait", "di:0", "on")
        self.assertEqual(self.ctl("machine", "M1", "en_service"), "M1: en_panne -> en_service\n")

    def test_without_a_journal_it_was_asked_for(self):
        self.begin("none")
        self.assertEqual(self.ctl("machine", "M1", "maintenance"),
                         "M1: asked for maintenance; no point of its unit shows its state\n")
        self.ctl("wait", "di:0", "off")

    def test_where_no_scan_is_seen_the_state_is_waited_for(self):
        self.begin("none", "      - {at: discrete 1, tag: M1.maintenance, access: read}\n")
        self.assertEqual(self.ctl("machine", "M1", "maintenance"), "M1: en_panne -> maintenance\n")
        self.ctl("machine", "M1", "en_panne")
        self.ctl("force", "T1", "90")
        self.ctl("wait", "T1", "=", "90")
        refused = self.ctl("--timeout", "2s", "machine", "M1", "en_service", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("M1 stays en_panne: it was refused; its unit shows no journal that says why", refused.stderr)


class Effects(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        file = pathlib.Path(folder) / "effects.yaml"
        file.write_text(PLANT, encoding="utf-8")
        self.plant = self.enterContext(support.Plant(file))
        self.ctl = self.plant.ctl

    def alarm(self):
        return json.loads(self.ctl("alarms", "--all", "--format", "json"))[0]["state"]

    def test_coil_of_a_state_is_told_as_it_stands_behind_the_scan(self):
        said = self.ctl("write", "M1.en_service", "off", check=False)
        self.assertEqual((said.returncode, said.stdout), (1, "M1.en_service = on  (coil 0 = 00001, bit)\n"))
        self.assertIn("M1.en_service stays on: off asks for no state; mbplantctl machine M1 STATE asks for another", said.stderr)
        self.assertIn("M1.en_service = on", self.ctl("read", "M1.en_service"))
        self.assertIn("M1.en_panne = off", self.ctl("write", "M1.en_panne", "off"))
        self.assertIn("M1.maintenance = on", self.ctl("write", "M1.maintenance", "on"))
        self.assertIn("M1.en_service = off", self.ctl("read", "M1.en_service"))
        self.assertIn("M1.en_service = on", self.ctl("write", "M1.en_service", "on"))
        self.ctl("sim", "pause")
        self.assertIn("that waits for the next scan", self.ctl("write", "M1.en_service", "off"))

    def test_state_that_is_refused_is_told(self):
        file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "tripped.yaml"
        file.write_text(PLANT.replace("latch: true}}", "latch: true}}, trip: [high]"), encoding="utf-8")
        plant = self.enterContext(support.Plant(file))
        plant.ctl("force", "T1", "90")
        said = plant.ctl("write", "M1.en_service", "on", check=False)
        self.assertEqual(said.returncode, 1, said.stdout)
        self.assertIn("M1.en_service = off", said.stdout)
        self.assertIn("M1.en_service stays off: it was refused; mbplantctl machine M1 tells by what", said.stderr)
        self.assertIn("refused last     en_service: an active trip of T1", plant.ctl("machine", "M1"))

    def test_each_command_is_done_when_its_verb_returns(self):
        for words, seen in (
                (["write", "T1", "90"], "active, unacknowledged"),
                (["ack", "T1"], "active, acknowledged"),
                (["shelve", "T1"], "shelved"),
                (["unshelve", "T1"], "active, acknowledged"),
                (["out-of-service", "T1"], "out of service"),
                (["in-service", "T1"], "active, acknowledged"),
                (["release", "T1"], "latched, acknowledged"),
                (["reset", "all"], "normal"),
                (["force", "T1", "90"], "active, unacknowledged"),
                (["write", "T1.high", "95"], "latched, unacknowledged"),
                (["ack", "M1"], "latched, acknowledged"),
                (["reset", "T1"], "normal")):
            with self.subTest(words=words):
                self.ctl(*words)
                self.assertEqual(self.alarm(), seen)
        self.ctl("release", "T1")
        self.ctl("sim", "fault", "leak", "on")  # the plant file writes Leak
        self.assertIn("T1 = 55", self.ctl("read", "t1"))
        self.ctl("sim", "fault", "all", "off")
        self.assertIn("T1 = 50", self.ctl("read", "T1"))
        self.ctl("write", "fv1", "on")
        self.assertEqual(json.loads(self.ctl("read", "FV1.command", "--format", "json"))[0]["value"], 1)
        self.assertEqual(self.ctl("machine", "m1", "maintenance"), "M1: en_service -> maintenance\n")

    def test_paused_plant_keeps_nobody_waiting_and_is_told(self):
        self.ctl("sim", "pause")
        for words in (["force", "T1", "90"], ["write", "T1.high", "70"], ["shelve", "T1"], ["out-of-service", "M1"],
                      ["write", "FV1", "on"], ["machine", "M1", "maintenance"], ["release", "T1"],
                      ["sim", "fault", "Leak", "on"]):
            with self.subTest(words=words):
                self.assertIn("that waits for the next scan, for the plant is paused", self.ctl(*words))
        self.ctl("sim", "step")
        self.assertIn("M1 = maintenance", self.ctl("machine", "M1"))
        self.ctl("sim", "resume")

    def test_paused_plant_takes_what_ends_it_behind_what_waits(self):
        def hidden():
            return len(json.loads(self.ctl("alarms", "--hidden", "--format", "json")))

        self.ctl("force", "T1", "90")  # so that there is an alarm to be hidden
        self.assertEqual(hidden(), 0)
        for first, then in ((["shelve", "T1", "--for", "10min"], ["unshelve", "T1"]),
                            (["shelve", "T1.high"], ["unshelve", "T1"]), (["shelve", "T1"], ["unshelve", "T1.high"]),
                            (["shelve", "T1.high", "--for", "10min"], ["unshelve", "M1"]),
                            (["shelve", "T1.high"], ["unshelve", "all"]),
                            (["out-of-service", "T1.high"], ["in-service", "T1"]),
                            (["out-of-service", "T1"], ["in-service", "M1"]),
                            (["out-of-service", "T1.high"], ["in-service", "all"])):
            with self.subTest(first=first, then=then):
                self.ctl("sim", "pause")
                for words in (first, then):
                    told = self.ctl(*words)
                    self.assertIn("that waits for the next scan", told)
                    self.assertNotIn("nothing to do", told)
                self.ctl("sim", "step")
                self.assertEqual(hidden() > 0, then[1] == "T1.high")  # the whole sensor was hidden, not that alarm
                self.ctl("unshelve", "all")
                self.ctl("sim", "resume")
        self.ctl("unshelve", "T1")  # of a plant that runs: nothing waits, and that is said
        self.assertIn("nothing to do", self.ctl("unshelve", "T1"))

    def test_no_wait_returns_when_the_slave_has_taken_it(self):
        self.ctl("sim", "pause")  # no scan can have been waited for, and none is asked about
        for words, said in ((["force", "T1", "90"], "T1 = 90"), (["release", "T1"], "its release is asked for"),
                            (["machine", "M1", "maintenance"], "M1: asked for maintenance"),
                            (["sim", "fault", "Leak", "on"], "Leak: active")):
            with self.subTest(words=words):
                told = self.ctl(*words, "--no-wait")
                self.assertIn(said, told)
                self.assertNotIn("waits", told)
        self.ctl("sim", "resume")

    def test_slow_plant_is_given_its_time(self):
        self.ctl("sim", "speed", "0.25")
        self.ctl("force", "T1", "90")
        self.assertEqual(self.alarm(), "active, unacknowledged")


class Names(unittest.TestCase):
    """Found in any case, by every verb that takes one."""

    def test_every_verb_finds_a_name_in_any_case(self):
        with support.Plant(support.ROOT / "config" / "bottling.yaml") as plant:
            for words, said in (
                    (["read", "tt101"], "TT101 = "), (["write", "tt101.HIGH", "84"], "TT101.high.limit = 84 °C"),
                    (["force", "tt101", "90"], "TT101 = 90.0 °C"), (["alarms"], "TT101"),
                    (["ack", "fill1"], "FILL1: alarms of 1 sensor acknowledged"),
                    (["shelve", "tt101"], "TT101: alarms shelved"), (["unshelve", "Tt101"], "TT101: alarms no longer"),
                    (["out-of-service", "fill1"], "FILL1: alarms out of service"), (["in-service", "fill1"], "FILL1: alarms in"),
                    (["release", "tt101"], "TT101 = "), (["reset", "tt101"], "no alarm of TT101 is latched"),
                    (["map", "fill1"], "FILL1.en_service"), (["map", "tt101"], "TT101.high"),
                    (["machine", "fill1"], "FILL1 = "), (["machine", "fill1", "MAINTENANCE"], "-> maintenance"),
                    (["read", "fill1"], "FILL1 = "), (["journal", "--sensor", "tt101"], "TT101 forced"),
                    (["journal", "--machine", "fill1"], "FILL1 en_panne -> maintenance")):
                with self.subTest(words=words):
                    self.assertIn(said, plant.ctl(*words))
        with support.Plant("taught.yaml") as plant:
            self.assertIn("+          - {name: TT1,", plant.ctl("sensor", "set", "tt1", "max", "91", "--dry-run"))


if __name__ == "__main__":
    support.main()
