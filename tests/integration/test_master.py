"""mbplantctl's verbs against a mbplantd: what they print, and with which exit code they end when something is wrong."""
import csv
import io
import json
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import unittest

import support

OK, FAILED, USAGE = 0, 1, 2
BOTTLING = support.ROOT / "config" / "bottling.yaml"


class Verbs(unittest.TestCase):
    def use(self, file):
        self.plant = self.enterContext(support.Plant(file))

    def ctl(self, *words, **how):
        return self.plant.ctl(*words, **how)

    def assert_fails(self, code, wanted, *words, unit=None):
        """It ends with this code, prints nothing, and says one line in which `wanted` stands."""
        result = self.ctl(*words, check=False, unit=unit)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("mbplantctl: "), result.stderr)
        self.assertIn(wanted, result.stderr)


class Reading(Verbs):
    def test_value_is_shown_with_unit_address_reference_and_raw(self):
        self.use(BOTTLING)
        self.ctl("force", "TT101", "65.2")
        support.eventually(lambda: "forced" in self.ctl("read", "TT101"), "the next scan forces it")
        self.assertEqual(self.ctl("read", "TT101"),
                         "TT101 = 65.2 °C  (HR 0 = 40001, int16 x 0.1, raw 652)  forced\n")
        self.assertIn("raw 850", self.ctl("read", "TT101.high.limit"))
        self.assertIn("TT101 = 0x028C", self.ctl("read", "--raw", "TT101"))
        self.assertIn("FILL1 = en_service", self.ctl("read", "FILL1"))
        self.assertRegex(self.ctl("read", "FILL1.good"), r"^FILL1\.good = \d+  \(IR 103\.\.104 = ")

    def test_raw_addresses_of_each_notation_are_the_same_register(self):
        self.use("types.yaml")
        lines = [self.ctl("read", address).split(":")[1].split()[0] for address in
                 ("hr:0:int16", "HR:0x0:int16", "40001:int16", "400001:int16", "holding:0-0:int16")]
        self.assertEqual(set(lines), {"-1234"})
        self.assertIn("-273.15625", self.ctl("read", "F32_DCBA", "--format", "csv"))

    def test_every_type_and_order_reads_the_value_of_its_sensor_by_raw_address_too(self):
        self.use("types.yaml")
        rows = [row for row in csv.DictReader(io.StringIO(self.ctl("map", "--format", "csv"))) if row["what"] == "value"]
        self.assertGreater(len(rows), 20)
        for row in rows:
            named = json.loads(self.ctl("read", row["point"], "--format", "json"))[0]
            raw = json.loads(self.ctl("read", f"hr:{row['address']}:{row['type']}:{row['order']}", "--format", "json",
                                      unit=row["unit_id"]))[0]
            self.assertAlmostEqual(named["value"], raw["value"] * float(row["scale"]), delta=1e-6)
            self.assertEqual(named["words"], raw["words"])

    def test_map_gives_mbpoll_commands_that_work(self):
        self.use(BOTTLING)
        support.program("mbpoll")
        rows = list(csv.DictReader(io.StringIO(self.ctl("map", "--format", "csv"))))
        of_interest = {(row["table"], row["type"], row["order"]): row for row in rows}
        for row in of_interest.values():
            with self.subTest(row["point"]):
                shown = support.run(*shlex.split(row["mbpoll"]), check=True)
                self.assertIn(int(row["address"]) + 1, support.mbpoll_values(shown))

    def test_map_and_plant_need_no_slave(self):
        shown = support.run(support.MBPLANTCTL, "-p", 1, "--plant", BOTTLING, "map", "TT101", check=True).stdout
        self.assertIn("40001", shown)

    def test_points_of_odd_plants_read_and_write(self):
        self.use("odd.yaml")
        self.assertIn("BATCH = Lot 7 ", self.ctl("read", "BATCH"))
        self.assertIn("BATCH = Lot 8 ", self.ctl("write", "BATCH", "Lot 8"))
        self.assertIn("GS = on ", self.ctl("write", "GS", "on"))
        self.assertIn("FAR = 50 % ", self.ctl("read", "FAR"))
        self.assertIn("HR 101 = 40102: 2 ", self.ctl("read", "holding_registers 100"))
        self.assertIn("coil 502 = 00503: on", self.ctl("write", "coil:500", "off", "on", "on", unit=5))
        self.assertIn("Lot 8", self.ctl("status"))


class Writing(Verbs):
    def test_refusals_are_explained_and_nothing_changes(self):
        self.use(BOTTLING)
        for wanted, *words in (("outside its range 0..150 °C", "write", "TT101", "200"),
                               ("rise: low_low < low < high < high_high", "write", "TT101.high", "5"),
                               ("no such address", "write", "hr:60000", "1"),
                               ("no such address", "read", "hr:60000")):
            self.assert_fails(FAILED, wanted, *words)
        self.assert_fails(FAILED, "exception 0B: no unit of that id", "read", "hr:0", unit=99)
        self.assertIn("TT101.high.limit = 85 °C", self.ctl("read", "TT101.high.limit"))

    def test_refused_write_is_journaled_with_name_value_and_reason_and_found_by_the_name(self):
        self.use(support.ROOT / "config" / "water.yaml")
        self.assert_fails(FAILED, "FV201 = 10: refused with exception 04: LIC201 in automatic moves it", "write", "FV201", "10")
        self.assert_fails(FAILED, "outside its range", "write", "LT201", "1000")
        self.assert_fails(FAILED, "exception 02", "write", "hr:60000", "1")
        told = support.eventually(lambda: self.ctl("journal", "--sensor", "fv201", "--code", "write"), "it is durable")
        self.assertIn("FV201: command 10.0 % refused: LIC201 in automatic moves it, by 127.0.0.1\n", told)
        self.assertEqual(len(told.splitlines()), 1)
        told = support.eventually(lambda: self.ctl("journal", "--sensor", "LT201", "--code", "write"), "it is durable")
        self.assertRegex(told, r"LT201: value 1000.* refused: outside its range ")
        support.eventually(lambda: [json.loads(line)["value"] for line in self.ctl(
            "journal", "--format", "jsonl", "--code", "write refused").splitlines()] == [10, 1000, 1], "all are durable")

    def test_what_cannot_be_sent_is_wrong_usage(self):
        self.use(BOTTLING)
        for wanted, *words in (("did you mean TT101?", "read", "TT10"), ("did you mean TT101.high?", "read", "TT101.hgih"),
                               ("did you mean FILL1?", "machine", "FIL1"),
                               ("FILL1 is a machine, where a sensor is meant", "force", "FILL1", "1"),
                               ("TT101 is a sensor, where a machine is meant", "machine", "TT101"),
                               ("no machine or sensor 'TT10'; did you mean TT101?", "shelve", "TT10"),
                               ("shelve takes a machine or a sensor, not all", "shelve", "all"),
                               ("decimals stand behind a point", "write", "PT101", "4,2"),
                               ("allowed is a time from 1s", "shelve", "TT101", "--for", "-5min"),
                               ("int16 x 0.1 can hold: -3276.8..3276.7 °C", "write", "TT101", "4000"),
                               ("not a number", "write", "TT101", "warm"), ("no state 'broken'", "machine", "FILL1", "broken"),
                               ("machine FILL1 STATE", "write", "FILL1", "1"),
                               ("no function that writes", "write", "FILL1.good", "1"),
                               ("uint16 can hold: 0..65535", "write", "hr:0", "-1")):
            self.assert_fails(USAGE, wanted, *words)

    def test_nothing_to_do_and_nothing_to_show_are_said(self):
        self.use(BOTTLING)
        self.assertEqual(self.ctl("ack", "TT101"), "no alarm of TT101 waits for acknowledgement\n")
        self.assertEqual(self.ctl("reset", "all"), "no alarm of a machine or sensor is latched: nothing to reset\n")
        self.assertEqual(self.ctl("unshelve", "TT101"), "TT101 is not shelved: nothing to do\n")
        support.eventually(lambda: self.ctl("journal"), "the first event is durable")
        result = self.plant.ctl("journal", "--since", "99999", check=False)
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("no such event among those of the journal, 1 to ", result.stderr)

    def test_limits_change_and_go_off(self):
        self.use(BOTTLING)
        self.assertIn("TT101.high.limit = 80 °C", self.ctl("write", "TT101.high", "80"))
        self.assertIn("TT101.high.limit = off", self.ctl("write", "TT101.high", "off"))

    def test_injection_follows_what_the_plant_file_says(self):
        self.use("odd.yaml")
        self.assert_fails(FAILED, "inject: reject", "force", "REJ", "7")
        self.assertIn("shown for one scan", self.ctl("force", "ONCE", "7"))
        self.assertIn("mbplantctl release FAR", self.ctl("force", "FAR", "10"))
        self.assertIn("released", self.ctl("release", "FAR"))
        self.assertIn("was not forced", self.ctl("release", "FAR"))
        self.assert_fails(FAILED, "does not allow this value", "write", "hr:300", "99", unit=5)


    def test_release_of_a_machine_or_of_all_lets_go_what_is_held(self):
        self.use(BOTTLING)
        for sensor in ("TT101", "PT101", "TT201"):
            self.ctl("force", sensor, "4")
        self.assertIn("FILL1: 2 sensors released", self.ctl("release", "fill1"))
        self.assertNotIn("forced", self.ctl("read", "TT101", "PT101"))
        self.assertIn("forced", self.ctl("read", "TT201"))
        self.assertIn("1 sensor released", self.ctl("release", "all"))
        self.assertIn("0 sensors released", self.ctl("release", "all"))


class Operating(Verbs):
    def overheat(self):
        self.use(BOTTLING)
        self.ctl("force", "TT101", "92.3")
        support.eventually(lambda: "FILL1 = en_panne" in self.ctl("machine", "FILL1"), "FILL1 trips")

    def test_refused_state_names_the_alarm(self):
        self.overheat()
        self.assert_fails(FAILED, "refused: TT101 Overheating 92.3 °C (limit 85 °C) still active", "machine", "FILL1",
                          "en_service")
        self.assertIn("tripped by       TT101", self.ctl("machine", "FILL1"))
        self.assertEqual(self.ctl("machine", "FILL1", "maintenance"), "FILL1: en_panne -> maintenance\n")
        self.assertEqual(self.ctl("machine", "FILL1", "maintenance"), "FILL1 is maintenance already\n")

    def test_state_that_was_reached_is_in_the_journal_already(self):
        self.use(BOTTLING)
        for state in ("maintenance", "en_service", "en_panne") * 3:
            self.ctl("machine", "FILL1", state)
            told = [json.loads(line) for line in self.ctl("journal", "--format", "jsonl").splitlines()]
            changes = [event["text"] for event in told if event["code"] == "machine state"]
            self.assertIn(f"-> {state}: commanded by", changes[-1])

    def test_alarms_are_acknowledged_and_shelved(self):
        self.overheat()
        self.assertIn("active, unacknowledged", self.ctl("alarms"))
        self.assertIn("1 sensor acknowledged", self.ctl("ack", "TT101"))
        support.eventually(lambda: "active, acknowledged" in self.ctl("alarms"), "the alarm is acknowledged")
        self.assertIn("no alarm of a machine or sensor waits", self.ctl("ack", "all"))
        self.ctl("shelve", "TT101")
        support.eventually(lambda: json.loads(self.ctl("alarms", "--format", "json"))[0]["shelved"], "it is shelved")
        self.ctl("unshelve", "TT101")
        support.eventually(lambda: not json.loads(self.ctl("alarms", "--format", "json"))[0]["shelved"], "it is not")

    def test_report_says_why_a_machine_is_down(self):
        self.overheat()
        support.eventually(lambda: "TT101 Overheating 92.3 °C (limit 85 °C)\n" in self.ctl("report"), "the cause is there")


class NoSlave(unittest.TestCase):
    def test_that_nobody_answers_is_told_once_by_every_verb(self):
        port = support.free_port()
        for words in (("status",), ("map",), ("read", "TT101"), ("read", "hr:0"), ("write", "TT101", "5"), ("force", "TT101", "5"),
                      ("release", "TT101"), ("release", "all"), ("shelve", "TT101"), ("unshelve", "all"), ("suppress", "TT101"),
                      ("bypass",), ("machine", "M1", "en_panne"), ("ack", "all"), ("alarms",), ("wait", "TT101"), ("journal",), ("report",),
                      ("sim",), ("sim", "pause"), ("sim", "fault", "TT101", "bias", "5"), ("note", "M1", "a word"), ("plant", "get"), ("reset", "all"),
                      ("export", "csv"), ("sensor", "remove", "TT101"), ("conform", f"127.0.0.1:{port}")):
            with self.subTest(words=words):
                done = support.run(support.MBPLANTCTL, "-p", port, *words)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn("refused", done.stderr)

    def test_plant_file_that_is_none_is_told_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("mbplant: 1\nnmae: x\n")
            file.flush()
            for verb in ("shelve", "release", "read"):
                done = support.run(support.MBPLANTCTL, "--plant", file.name, verb, "TT101")
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stderr.count("nmae"), 1, done.stderr)


class Journal(Verbs):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))

    def follow(self, **pipes):
        return subprocess.Popen([support.MBPLANTCTL, "-p", str(self.plant.port), "journal", "--follow"],
                                stdout=subprocess.PIPE, text=True, env=support.ENVIRONMENT, **pipes)

    def test_dump_saved_is_shown_the_same_without_a_slave(self):
        self.use(BOTTLING)
        self.ctl("force", "TT101", "70")
        support.eventually(lambda: "forced" in self.ctl("journal"), "the event is durable")
        dump = self.folder / "dump"
        self.ctl("journal", "--save", dump)
        for shape in ("text", "csv", "jsonl"):
            loaded = support.run(support.MBPLANTCTL, "-p", 1, "journal", "--load", dump, "-f", shape, check=True).stdout
            if shape == "jsonl":  # a dump stands alone
                loaded = re.sub(r',"check_before":\d+', "", loaded)
            self.assertEqual(loaded, self.ctl("journal", "--format", shape))
        self.assert_fails(FAILED, "not a dump", "journal", "--load", BOTTLING)

    def test_follow_prints_an_event_when_it_happens(self):
        self.use(BOTTLING)
        with self.follow() as follower:
            self.assertIn("start", follower.stdout.readline())
            self.ctl("force", "TT101", "70")
            while "TT101 forced to 70.0 °C" not in (line := follower.stdout.readline()):
                self.assertTrue(line, "the follower ended")
            follower.kill()

    def test_follow_goes_on_when_a_slave_that_went_away_answers_again(self):
        self.use(BOTTLING)
        with self.follow(stderr=subprocess.PIPE) as follower:
            told = support.Output(follower.stderr)
            self.assertIn("start", follower.stdout.readline())
            self.plant.stop()
            self.assertTrue(told.wait_for(re.compile("does not answer, tried again: ")))
            self.plant.start(port=self.plant.port)
            self.assertTrue(told.wait_for(re.compile("answers again")))
            self.ctl("force", "TT101", "70")
            numbers = []
            while "TT101 forced to 70.0 °C" not in (line := follower.stdout.readline()):
                self.assertTrue(line, "the follower ended")
                numbers.append(int(line.split()[0]))
            self.assertEqual(numbers, list(range(2, 2 + len(numbers))))
            follower.kill()
            self.assertEqual(len(told.text().splitlines()), 2)

    def test_follow_and_watch_end_with_the_pipe_though_nothing_happens(self):
        self.use(BOTTLING)
        for words in (["journal", "--follow", "--code", "stop"], ["journal", "--follow"], ["watch", "--interval", "1h"]):
            with self.subTest(words=words):
                follower = subprocess.Popen([support.MBPLANTCTL, "-p", str(self.plant.port), *words],
                                            stdout=subprocess.PIPE, env=support.ENVIRONMENT)
                if "--code" not in words:
                    follower.stdout.readline()
                follower.stdout.close()
                self.assertIn(follower.wait(support.PATIENCE_S), (OK, -signal.SIGPIPE))


class Strangers(unittest.TestCase):
    def test_host_that_the_rules_do_not_admit_hears_of_them(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "closed.yaml"
            file.write_text("mbplant: 1\nserver: {access: [{from: 10.9.8.7, allow: all}]}\n"
                            "units: [{id: 1, sensors: [{name: T1, kind: generic, range: [0, 1]}]}]\n", encoding="utf-8")
            with support.Plant(file) as plant:
                for words in (["status"], ["read", "hr:0"], ["watch", "--count", "1"], ["journal"]):
                    self.assert_says(FAILED, "before it answered anything: it does not serve this host (server: access",
                                     "-p", plant.port, *words)
                self.assertIn("do not admit this machine", "".join(plant.out.lines))
    def assert_says(self, code, wanted, *words):
        result = support.run(support.MBPLANTCTL, *words)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(wanted, result.stderr)

    def test_nobody_there_says_what_to_do(self):
        self.assert_says(FAILED, "Connection refused: nobody listens there; is mbplantd running?", "-p", 1, "status")
        self.assert_says(FAILED, "the name cannot be resolved", "-H", "no such host", "status")
        self.assert_says(USAGE, "1..65535 behind a colon", "-H", "127.0.0.1:0", "status")
        with support.Plant(BOTTLING) as plant:
            shown = support.run(support.MBPLANTCTL, "-H", f"127.0.0.1:{plant.port}", "status", check=True).stdout
            self.assertIn(f"at 127.0.0.1:{plant.port}", shown)
        self.assert_says(USAGE, "nowhere.yaml", "--plant", "nowhere.yaml", "status")

    def test_unit_that_tells_no_plant_still_reads_by_address(self):
        with support.Plant("odd.yaml") as plant:
            place = ["-p", plant.port, "-u", 99, "--timeout", f"{support.PATIENCE_S}s"]
            self.assert_says(FAILED, "does not tell its plant", *place, "status")
            self.assert_says(FAILED, "--plant FILE", *place, "read", "FAR")
            shown = support.run(support.MBPLANTCTL, "-p", plant.port, "-u", 5, "read", "hr:100", check=True).stdout
            self.assertIn("HR 100 = 40101: 1 ", shown)


if __name__ == "__main__":
    support.main()
