"""The same plant, seed and deeds give the same journal at any pace: real mbplantds at several speeds and in fast forward,
wall time aside. Deeds come from a scenario, at simulated times; no test here depends on how long anything takes."""
import pathlib
import sqlite3
import tempfile
import unittest

import support

STOP, CLOCK_STEPPED = 2, 51
SCAN_MS = 50

PLANT = """mbplant: 1
name: Pace
scan: 50ms
seed: 5
units:
  - id: 1
    machines:
      - name: M1
        cycle: {time: 300ms, reject: 20%}
        maintenance: {takes: 2s}
        actuators: [{name: FV, travel: 4s, initial: 50, fail: closed}]
        controllers: [{name: LIC, input: LT, output: FV, setpoint: 50, gain: 2, integral: 5s}]
        sensors:
          - {name: TT, kind: temperature, range: [0, 150], limits: {high: 66.2, high_high: 85}, trip: [high_high],
             deadband: 0.2, signal: {base: 65, wander: {sigma: 0.8, tau: 1s}, noise: 0.1}, register: {scale: 0.01}}
          - {name: LT, kind: level, range: [0, 100], limits: {low: 45, high: 55},
             signal: {base: -50, inputs: [{from: FV, gain: 1, dead_time: 333ms}],
                      integrate: {gain: 0.2, initial: 50}, noise: 0.3}, register: {scale: 0.01}}
  - id: 2
    machines:
      - name: M2
        sensors:
          - {name: VT, kind: vibration, range: [0, 20], limits: {high: 3, high_high: 12}, trip: [high_high],
             signal: {base: {en_service: 2, en_panne: 0}, inputs: [{from: TT, gain: 0.1, lag: 300ms}, {from: LT, gain: -0.1}],
                      noise: 0.2}, register: {type: float32}}
faults:
  - {name: OFTEN, kind: bias, sensor: VT, amount: 2, mttf: 700ms, mttr: 300ms}
  - {name: SPIKES, kind: spike, sensor: TT, amount: 3, every: 1s, start: 100ms}
"""

HEAD = "mbplant_scenario: 1\nname: Pace\nplant: plant.yaml\nseed: {seed}\nduration: {duration}\ntimeline:\n"
EARLY = """  - {at: 200ms, inject: {sensor: TT, value: 70}}
  - {at: 400ms, write: {point: LIC.setpoint, value: 60}}
  - {at: 450ms, fault: {name: rub, sensor: VT, kind: wear, amount: 3, over: 1s}}
  - {at: 1s, release: TT}
  - {at: 1300ms, machine: {name: M1, ask: maintenance}}
"""
LATE = """  - {at: 5s, machine: {name: M1, ask: en_service}}
  - {at: 6s, write: {point: LIC.automatic, value: false}}
  - {at: 6500ms, write: {point: LIC.manual, value: 80}}
  - {at: 9s, inject: {sensor: VT, value: 15}}
  - {at: 10s, release: VT}
  - {at: 11s, fault: rub off}
  - {at: 12s, machine: {name: M2, ask: en_service}}
  - {at: 20s, write: {point: TT.high, value: 65.5}}
  - {at: 29s, machine: {name: M1, ask: en_panne}}
"""
EVENTS = "SELECT seq, scan, code, unit, machine, sensor, value, limit_or_old, actor, detail FROM event ORDER BY seq"


class Pace(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-pace-")))
        (self.folder / "plant.yaml").write_text(PLANT, encoding="utf-8")

    def scenario(self, seconds, steps, seed=5):
        path = self.folder / f"scenario-{seconds}-{seed}.yaml"
        path.write_text(HEAD.format(seed=seed, duration=f"{seconds}s") + steps, encoding="utf-8")
        return path

    def journal(self, scenario, seconds, *pace):
        """What happened until the scenario's end: live, a scan more may run before mbplantd has ended, and the clock of
        this machine may be set."""
        data = self.folder / "data" / f"{scenario.stem}{'-'.join(map(str, pace))}"
        data.parent.mkdir(exist_ok=True)
        support.run(support.MBPLANTD, "--scenario", scenario, "-d", data, "-l", "127.0.0.1:0", "--http", "off", *pace,
                    check=True)
        database = sqlite3.connect(data / "journal.db")
        try:
            rows = list(database.execute(EVENTS))
        finally:
            database.close()
        self.assertEqual([row[0] for row in rows], list(range(1, len(rows) + 1)))
        self.assertEqual(rows[-1][2], STOP)
        self.assertGreaterEqual(rows[-1][1], seconds * 1000 // SCAN_MS)
        kept = [row[1:] for row in rows if row[1] <= seconds * 1000 // SCAN_MS and row[2] not in (STOP, CLOCK_STEPPED)]
        return "".join(",".join(map(str, row)) + "\n" for row in kept)

    def test_pace_of_hundred_thousand_and_of_fast_forward_give_one_journal(self):
        scenario = self.scenario(30, EARLY + LATE)
        fast = self.journal(scenario, 30, "--fast-forward")
        self.assertGreater(fast.count("\n"), 60)
        for speed in (100, 1000):
            with self.subTest(speed=speed):
                self.assertMultiLineEqual(self.journal(scenario, 30, "--speed", speed), fast)
        other = self.journal(self.scenario(30, EARLY + LATE, seed=6), 30, "--fast-forward")
        self.assertNotEqual(other, fast)

    def test_real_time_gives_the_journal_of_fast_forward(self):
        scenario = self.scenario(2, EARLY)
        fast = self.journal(scenario, 2, "--fast-forward")
        self.assertGreater(fast.count("\n"), 8)
        self.assertMultiLineEqual(self.journal(scenario, 2, "--speed", 1), fast)


if __name__ == "__main__":
    support.main()
