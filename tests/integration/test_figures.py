"""Reports of random histories: over Modbus, from a dump, and by a model that shares nothing with mbplant, all the same."""
import json
import math
import os
import pathlib
import random
import sqlite3
import tempfile
import time
import unittest

import figures
import support
import test_trouble

HISTORIES = range(int(os.environ.get("MBP_HISTORIES", "2")))
PERIODS = 6
HOUR = 3600
MACHINES = {"FILL": 0, "PACK": 1, "SPARE": 2}
SENSORS = {"TT": ("FILL", 0, (2,)), "PT": ("FILL", 1, (1, 2, 3)), "ST": ("PACK", 2, (2,))}
CYCLE_S = {"FILL": 2, "SPARE": 5}
PRIORITY = {"TT": "medium", "PT": "high", "ST": "low"}
PLANT = """mbplant: 1
name: Figures
scan: 1s
instructor: true
units:
  - id: 3
    machines:
      - name: FILL
        cycle: {time: 2s}
        sensors:
          - {name: TT, kind: temperature, max: 85}
          - {name: PT, kind: pressure, limits: {low: 1, high: 5, high_high: 6}, priority: high}
      - name: PACK
        sensors:
          - {name: ST, kind: speed, max: 100, priority: low}
      - {name: SPARE, state: en_panne, cycle: {time: 5s}}
"""


class History:
    """A plant's life as its journal has it: runs, states, alarms, counters, restored snapshots, clocks that are set."""

    WAYS = {0: (1, 2), 1: (0, 2), 2: (0, 1)}

    def __init__(self, rng, days):
        self.rng = rng
        self.rows = []
        self.t = self.run_begin = self.hours = 0
        self.ahead_ms = 0
        self.begin_ms = (int(time.time()) - int(days * 86400) - 5 * HOUR) * 1000
        self.state = {"FILL": 0, "PACK": 0, "SPARE": 1}
        self.alarms = {(sensor, limit): [False, False] for sensor in SENSORS for limit in SENSORS[sensor][2]}
        self.made = {name: 0.0 for name in CYCLE_S}
        self.snapshot = self.chattering = None
        self.add(figures.START)
        self.live(days * 86400)

    def add(self, code, machine=65535, sensor=65535, detail=0, value=None, limit=None):
        wall = self.begin_ms + self.t * 1000 + self.ahead_ms
        unit = 0 if machine == sensor == 65535 else 3
        self.rows.append((len(self.rows) + 1, self.t - self.run_begin, wall, code, unit, machine, sensor, value, limit, 0, detail))

    def tell_counters(self):
        for name, made in self.made.items():
            good = int(made * 0.9)
            self.add(figures.PRODUCTION, MACHINES[name], detail=good, value=float(good), limit=float(int(made) - good))

    def run(self, seconds):
        """Time passes; each full hour tells the counters."""
        while seconds > 0:
            step = min(seconds, (self.hours + 1) * HOUR - self.t)
            for name, cycle in CYCLE_S.items():
                self.made[name] += step / cycle if self.state[name] == 0 else 0
            self.t += step
            seconds -= step
            if self.t % HOUR == 0:
                self.hours += 1
                self.tell_counters()

    def change_state(self):
        name = self.rng.choice(list(MACHINES))
        target = self.rng.choice(self.WAYS[self.state[name]])
        self.add(figures.STATE, MACHINES[name], detail=1 << 16 | self.state[name] << 8 | target)
        self.state[name] = target

    def alarm(self):
        lazy = self.rng.random() < 0.02  # ST stands for days
        some = [item for item in self.alarms.items() if (item[0][0] == "ST") == lazy]
        (sensor, limit), now = self.rng.choice(some if self.chattering is None or lazy else some[self.chattering:][:1])
        machine, index, _ = SENSORS[sensor]
        ways = [figures.CLEARED] if now[0] else [figures.RAISED] * 2
        code = self.rng.choice(ways + ([figures.ACKED] if now[1] else []) * 2)
        now[0] = now[0] if code == figures.ACKED else code == figures.RAISED
        now[1] = code == figures.RAISED or (now[1] and code != figures.ACKED)
        self.add(code, MACHINES[machine], index, limit, 92.5, 85.0)

    def burst(self):
        self.chattering = self.rng.choice((None, None, 0, 1))
        for _ in range(self.rng.randrange(4, 60)):
            self.alarm()
            self.run(self.rng.choice((0, 1, 3, 10, 30, 100)))
        self.chattering = None

    def shelve(self):
        machine, index, _ = SENSORS[self.rng.choice(list(SENSORS))]
        self.add(figures.SHELVED, MACHINES[machine], index)

    def restart(self):
        self.add(figures.STOP)
        self.ahead_ms += self.rng.randrange(0, 5 * HOUR) * 1000
        self.run_begin = self.t
        self.add(figures.START)
        self.tell_counters()

    def set_clock(self):
        step = self.rng.choice((-3 * HOUR, -HOUR, -60, -1, 1, 90, 2 * HOUR))
        self.ahead_ms += step * 1000
        self.add(51, value=float(step))

    def restore(self):
        if self.snapshot is None or self.rng.random() < 0.5:
            self.snapshot = dict(self.made)
            self.add(64)
            return
        self.tell_counters()
        self.add(65)
        self.made = dict(self.snapshot)
        self.tell_counters()

    def live(self, seconds):
        actions = [self.change_state] * 6 + [self.alarm] * 8 + [self.burst, self.shelve, self.restart, self.set_clock, self.restore]
        while self.t < seconds:
            self.run(int(self.rng.expovariate(1 / 900)))
            self.rng.choice(actions)()

    def chatter(self, count):
        """So many alarms within a few hours, so that what was before is far back in the journal."""
        for _ in range(count):
            self.alarm()
            self.t += self.rng.random() < 0.2

    def write(self, data):
        with sqlite3.connect(data / "journal.db") as database:
            database.execute("DELETE FROM event")
            database.executemany(support.ADD_EVENT, self.rows)
        database.close()


class Figures(unittest.TestCase):
    def prepare(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "plant.yaml"
        self.file.write_text(PLANT)
        self.dump = self.folder / "dump"

    def serve(self, history):
        """The plant with that behind it, at rest; its journal in a dump."""
        self.prepare()
        plant = support.Plant(self.file)
        plant.captured = False
        self.plant = self.enterContext(plant)
        self.plant.stop()
        history.write(self.plant.data)
        self.plant.start()
        self.plant.ctl("sim", "pause")
        support.eventually(lambda: "paused" in self.plant.ctl("journal", "--since", str(len(history.rows) + 1)), "it is durable")
        self.plant.ctl("journal", "--save", self.dump)
        lines = [json.loads(line) for line in self.dump.read_text().splitlines()]
        self.events = [line for line in lines if "code_number" in line]
        for event in self.events:
            event["key"] = event["machine"]
        self.snapshot = next(line for line in lines if "snapshot" in line)
        self.now = {machine["name"]: machine | {"state": ("en_service", "en_panne", "maintenance").index(machine["state"])}
                    for machine in self.snapshot["machines"]}

    def period(self, rng):
        """(words, since, until) of a period at random."""
        walls = [event["time_ms"] for event in self.events]
        if rng.random() < 0.2:
            first, last = sorted(rng.sample(range(1, len(self.events) + 1), 2))
            return ["--since", str(first), "--until", str(last)], {"seq": first}, {"seq": last}
        ends = sorted(rng.sample(walls, 2)) if rng.random() < 0.3 else sorted(rng.randrange(min(walls), max(walls)) for _ in "ab")
        since, until = ends[0], max(ends[1], ends[0] + 1000)
        words = ["--since", stamp(since), "--until", stamp(until)]
        if rng.random() < 0.2:
            return words[:2], since, None
        return words, since, until

    def check(self, words, since, until):
        """What a slave's journal and a dump of it tell is the same, and right."""
        told = {"live": json.loads(self.plant.ctl("report", "--format", "json", *words))["analysis"],
                "dump": json.loads(support.run(support.MBPLANTCTL, "report", "--load", self.dump, "--format", "json", *words,
                                               check=True).stdout)["analysis"]}
        if until is None:
            for analysis in told.values():
                analysis.pop("to")  # the wall's time of each
        self.assertEqual(told["live"], told["dump"])
        self.compare(told["dump"], since, until)

    def compare(self, told, since, until):
        now = (self.snapshot["time_ms"], self.snapshot["summary"]["scans"])
        axis = figures.Axis(self.events, 10**9, since, until, now)
        plant = {"cycle_ms": {name: cycle * 1000 for name, cycle in CYCLE_S.items()}, "priority": PRIORITY,
                 "reaches_now": True, "from_birth": True}
        self.near(told["length_s"], (axis.finish - axis.begin) / 1000, "length")
        self.assertEqual(told["events"], axis.end - axis.first)
        for machine in told["machines"]:
            name = machine["name"]
            for key, wanted in figures.machine_figures(self.events, name, axis, self.now[name], plant).items():
                self.near(machine[key], wanted, f"{name} {key}")
        wanted, worst = figures.alarm_figures(self.events, axis, plant)
        for key, value in wanted.items():
            self.near(told["alarms"][key], value, key)
        found = {(row["sensor"], ("low_low", "low", "high", "high_high").index(row["limit_name"])):
                 (row["raised"], row["chatter"], row["active_s"]) for row in told["worst_alarms"]}
        self.assertEqual(found, worst)

    def near(self, told, wanted, what):
        if isinstance(wanted, float) and isinstance(told, (int, float)):
            self.assertTrue(math.isclose(told, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{what}: {told}, not {wanted}")
        else:
            self.assertEqual(told, wanted, what)

    def test_random_histories_have_the_figures_of_their_events_live_and_from_a_dump(self):
        for seed in HISTORIES:
            rng = random.Random(seed)
            self.serve(History(rng, rng.choice((0.3, 1.5, 4))))
            for _ in range(PERIODS):
                words, since, until = self.period(rng)
                with self.subTest(seed=seed, words=words):
                    self.check(words, since, until)
            self.doCleanups()

    def test_what_began_far_back_in_a_long_journal_is_found(self):
        history = History(random.Random(99), 0.5)
        history.state["PACK"] = 1
        history.add(figures.STATE, MACHINES["PACK"], detail=1 << 16 | 0 << 8 | 1)
        history.run(2 * 86400)
        history.add(figures.STATE, MACHINES["PACK"], detail=1 << 16 | 1 << 8 | 2)
        del history.alarms[("PT", 3)]
        history.add(figures.RAISED, MACHINES["FILL"], 1, 3, 7.0, 6.0)
        history.run(86400)
        history.chatter(52000)
        history.run(6 * HOUR)
        history.add(figures.STATE, MACHINES["PACK"], detail=1 << 16 | 2 << 8 | 0)
        history.run(HOUR)
        history.shelve()
        self.serve(history)
        end = self.events[len(history.rows) - 1]["time_ms"]
        for hours, until in ((5, 1.5), (3, 0), (0.9, 0)):
            since, until = end - int(hours * HOUR * 1000), end - int(until * HOUR * 1000)
            with self.subTest(hours=hours):
                self.check(["--since", stamp(since), "--until", stamp(until)], since, until)
        told = json.loads(self.plant.ctl("report", "--format", "json", "--since", stamp(end - 3 * HOUR * 1000), "--until",
                                         stamp(end)))["analysis"]
        pack = next(machine for machine in told["machines"] if machine["name"] == "PACK")
        self.assertEqual((pack["running_s"], pack["down_s"], pack["planned_maintenance_s"]), (HOUR, 2 * HOUR, 0))
        self.assertGreater(pack["mttr_s"], 3 * 86400)
        self.assertEqual((told["alarms"]["stale"], told["looked_from_event"]), (1, None))


class Reproducers(unittest.TestCase):
    """Journals that mbplantd wrote itself."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "plant.yaml"
        self.file.write_text(PLANT.replace("scan: 1s", "scan: 100ms"))
        self.data = self.folder / "data"

    def fast_forward(self, span):
        support.run(support.MBPLANTD, "-d", self.data, "--fast-forward", span, self.file, check=True)

    def start(self, environment=None):
        plant = support.Plant(self.file, data=self.data, environment=environment)
        plant.captured = False
        self.plant = self.enterContext(plant)

    def both(self, *words):
        """The analysis over Modbus, which must be that of a dump."""
        dump = self.folder / f"dump{time.monotonic_ns()}"
        live = json.loads(self.plant.ctl("report", "--format", "json", *words))["analysis"]
        self.plant.ctl("journal", "--save", dump)
        saved = json.loads(support.run(support.MBPLANTCTL, "report", "--load", dump, "--format", "json", *words, check=True).stdout)
        self.assertEqual(live, saved["analysis"])
        return live, {machine["name"]: machine for machine in live["machines"]}

    def ask(self, machine, *states):
        for state in states:
            self.plant.ctl("machine", machine, state)

    def first_ms(self):
        return json.loads(self.plant.ctl("journal", "--format", "jsonl", "--until", "1").splitlines()[0])["time_ms"]

    def test_hour_that_was_fast_forwarded_is_that_hour_after_the_clock_went_back(self):
        self.fast_forward("3h")
        self.start()
        self.ask("FILL", "en_panne")
        begin = self.first_ms()
        told, machines = self.both("--since", stamp(begin + 30 * 60000), "--until", stamp(begin + 90 * 60000))
        self.assertEqual(told["length_s"], 3600)
        self.assertEqual((machines["FILL"]["running_s"], machines["FILL"]["down_s"]), (3600, 0))
        self.assertEqual(machines["FILL"]["availability"], 1)

    def test_maintenance_of_what_began_en_panne_and_a_test_run_that_fails(self):
        self.start()
        self.ask("SPARE", "maintenance", "en_panne", "maintenance", "en_service", "en_panne", "maintenance", "en_panne", "en_service")
        self.plant.ctl("sim", "pause")  # what is made between the two looks would be in one of them alone
        last = json.loads(self.plant.ctl("journal", "--format", "jsonl", "--code", "machine state").splitlines()[-1])
        told, machines = self.both("--since", "1", "--until", str(last["seq"]))
        spare = machines["SPARE"]
        self.assertEqual((spare["planned_maintenance_s"], spare["failures"], spare["repairs"]), (0, 1, 2))
        self.assertAlmostEqual(spare["running_s"] + spare["down_s"], told["length_s"])
        self.assertAlmostEqual(spare["repair_s"], spare["down_s"])

    def test_whole_life_with_a_restore_has_what_was_made_before_it(self):
        self.start()
        self.plant.ctl("sim", "pause")
        self.plant.ctl("sim", "step", "300")
        self.plant.ctl("sim", "snapshot")
        self.plant.ctl("sim", "step", "600")
        self.plant.ctl("sim", "restore")
        self.plant.ctl("sim", "step", "200")
        report = json.loads(self.plant.ctl("report", "--format", "json", "--since", "1"))
        fill, analysis = report["machines"][0], report["analysis"]
        self.assertTrue(analysis["whole_life"])
        made = analysis["machines"][0]["good"] + analysis["machines"][0]["reject"]
        self.assertGreaterEqual(made, fill["good"] + fill["reject"] + 29)  # a minute of one in two seconds
        self.assertAlmostEqual(analysis["machines"][0]["performance"], 1, delta=0.05)

    def test_trip_is_in_the_report_as_soon_as_it_is_in_the_registers(self):
        self.start()
        for _ in range(5):
            self.ask("FILL", "en_panne")
            report = json.loads(self.plant.ctl("report", "--format", "json"))
            fill = report["analysis"]["machines"][0]
            self.assertGreater(fill["failures"], 0)
            self.assertEqual(report["last_incident"]["text"].split()[0], "FILL")
            self.ask("FILL", "en_service")

    def test_events_that_wait_are_named_and_end_the_period(self):
        shim = test_trouble.Shim(self.folder)
        self.start(shim.environment)
        stored = support.eventually(lambda: len(self.plant.ctl("journal", "--format", "jsonl").splitlines()), "start is stored")
        shim.be(read_only=True)
        self.ask("FILL", "en_panne")
        report = json.loads(self.plant.ctl("report", "--format", "json"))
        self.assertTrue(report["summary"]["journal"]["refused"])
        self.assertGreaterEqual(report["summary"]["journal"]["events_waiting"], 1)
        analysis = report["analysis"]
        self.assertLessEqual(analysis["events"], stored)
        fill = analysis["machines"][0]
        self.assertEqual((fill["known"], fill["down_s"]), (False, 0))  # one of those that wait tells of it
        self.assertEqual(analysis["to"], json.loads(self.plant.ctl("journal", "--format", "jsonl").splitlines()[-1])["time"])
        for shape, words in (("text", "cannot be written"), ("html", "cannot be written"), ("csv", "journal refused,1"),
                             ("markdown", "wait to be stored")):
            self.assertIn(words, self.plant.ctl("report", "--format", shape))
        shim.be(read_only=False)
        support.eventually(lambda: "en_panne" in self.plant.ctl("journal", "--code", "machine"), "it is stored")
        self.assertEqual(json.loads(self.plant.ctl("report", "--format", "json"))["analysis"]["machines"][0]["failures"], 1)


def stamp(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03}Z"


if __name__ == "__main__":
    support.main()
