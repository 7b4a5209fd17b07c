"""What must outlive the process: forced values, limits, machine states, counters, every event that a client saw."""
import json
import struct
import unittest

import outside
import support

# line.yaml's map: values from 0, limits (low_low, low, high, high_high of each) from 1000, machines 0 and 1.
T1_AT, P1_AT, T2_AT = 0, 1, 3
T1_HIGH_AT = 1000 + 2
FORCED_AT = 1000
LAST_EVENT_AT, RECENT_AT, EVENT_WORDS, RECENT = 8, 5000, 20, 64
MACHINE_AT, MACHINE_WORDS, GOOD, REJECT = 100, 16, 3, 5
EN_SERVICE, EN_PANNE, MAINTENANCE = range(3)


def u32(words, at):
    return words[at] << 16 | words[at + 1]


class OnePlant(unittest.TestCase):
    file = None

    def setUp(self):
        self.plant = self.enterContext(support.Plant(self.file))
        self.client = None
        self.connect()
        self.addCleanup(lambda: self.client.close())

    def connect(self):
        if self.client:
            self.client.close()
        self.client = outside.Client(self.plant.port)
        self.assertTrue(self.client.connect())

    def restart(self, end):
        end()
        self.plant.start()
        self.connect()

    def holding(self, address, count=1, unit=1):
        return self.good(self.client.read_holding_registers(address, count, slave=unit)).registers

    def inputs(self, address, count=1):
        return self.good(self.client.read_input_registers(address, count, slave=1)).registers

    def write(self, address, *words):
        self.good(self.client.write_registers(address, list(words), slave=1))

    def good(self, response):
        self.assertFalse(response.isError(), response)
        return response


class Restart(OnePlant):
    file = "line.yaml"

    def machine(self, index):
        return self.inputs(MACHINE_AT + MACHINE_WORDS * index, MACHINE_WORDS)

    def state(self, index):
        return self.machine(index)[0]

    def last_event(self):
        return u32(self.inputs(LAST_EVENT_AT, 2), 0)

    def recent(self):
        """{seq: its 20 registers} of the last 64 events, as a master without FC 20 sees them."""
        words = []
        while len(words) < RECENT * EVENT_WORDS:
            words += self.inputs(RECENT_AT + len(words), 4 * EVENT_WORDS)
        records = [tuple(words[at:at + EVENT_WORDS]) for at in range(0, len(words), EVENT_WORDS)]
        return {u32(record, 0): record for record in records if u32(record, 0)}

    def journal(self):
        return [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl").splitlines()]

    def change_everything(self):
        """Forces P1, moves T1's high limit, trips M1, sends M2 to maintenance; waits until all of it is durable."""
        support.eventually(lambda: u32(self.machine(0), GOOD) > 2 and u32(self.machine(1), GOOD) > 2, "some production")
        self.write(P1_AT, *struct.unpack(">HH", struct.pack(">f", 5.5)))
        self.write(T1_HIGH_AT, 500)
        self.good(self.client.write_coil(8 + MAINTENANCE, True, slave=1))
        support.eventually(lambda: (self.state(0), self.state(1)) == (EN_PANNE, MAINTENANCE), "M1 trips, M2 stops")
        wanted = {"value forced", "limit changed", "alarm raised", "machine state", "maintenance started"}
        support.eventually(lambda: wanted <= {event["code"] for event in self.journal()}, "all of it is durable")

    def assert_everything_is_kept(self, before):
        self.assertEqual(struct.unpack(">f", struct.pack(">HH", *self.holding(P1_AT, 2)))[0], 5.5)
        self.assertTrue(self.client.read_coils(FORCED_AT + 1, 1, slave=1).bits[0], "P1 is still forced")
        self.assertEqual(self.holding(T1_HIGH_AT), [500])
        self.assertEqual((self.state(0), self.state(1)), (EN_PANNE, MAINTENANCE))
        for index, words in enumerate(before):
            now = self.machine(index)
            self.assertEqual((u32(now, GOOD), u32(now, REJECT)), (u32(words, GOOD), u32(words, REJECT)))

    def test_restart_after_sigterm_keeps_forced_values_limits_states_and_counters(self):
        self.change_everything()
        before = [self.machine(0), self.machine(1)]
        self.restart(self.plant.stop)
        self.assert_everything_is_kept(before)
        self.good(self.client.write_coil(FORCED_AT + 1, False, slave=1))
        support.eventually(lambda: self.holding(P1_AT, 2) == [0x4080, 0], "P1, released, shows its 4 bar again")

    def test_sigkill_keeps_the_state_of_every_event_that_was_seen(self):
        self.change_everything()
        before = [self.machine(0), self.machine(1)]
        self.restart(self.plant.kill)
        self.assert_everything_is_kept(before)

    def test_sigkill_keeps_every_event_a_client_saw_and_leaves_no_gap(self):
        seen = {}
        for cut in range(3):
            self.force_and_release_until(self.last_event() + 40, seen)
            last_seen = self.last_event()
            self.restart(self.plant.kill)
            events = self.journal()
            self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
            self.assertGreaterEqual(len(events), max(last_seen, *seen), f"events were lost at cut {cut}")
            self.assertEqual(self.changed(seen, events), [])

    def force_and_release_until(self, last, seen):
        """Makes events until number `last` is durable; collects in seen what a client is shown meanwhile."""
        step = 0
        while self.last_event() < last:
            self.write(T2_AT, 600 + step % 50)
            self.good(self.client.write_coil(FORCED_AT + 2, step % 2 == 0, slave=1))
            seen.update(self.recent())
            step += 1
        seen.update(self.recent())

    def changed(self, seen, events):
        """Numbers of those seen that the journal now tells otherwise."""
        keys = ("seq", "scan", "time_ms", "code_number")
        stored = {event["seq"]: tuple(event[key] for key in keys) for event in events}
        return [seq for seq, words in seen.items()
                if stored[seq] != (u32(words, 0), u32(words, 2), u32(words, 4) << 32 | u32(words, 6), words[8])]


class SlowPlant(OnePlant):
    """A scan every ten seconds: what is confirmed has not been taken in when the program ends."""
    file = "slow.yaml"

    def test_write_that_was_confirmed_before_sigterm_is_there_after_it(self):
        self.write(T1_HIGH_AT, 900)
        self.write(3999, 400)
        for _ in range(2):
            self.restart(self.plant.stop)
            self.assertEqual(self.holding(T1_HIGH_AT), [900])
            self.assertEqual(self.holding(3999), [400])

    def test_paused_plant_is_paused_after_a_restart_and_steps_on_as_if_there_was_none(self):
        self.plant.ctl("sim", "pause")
        for scan in range(1, 5):
            self.plant.ctl("sim", "step")
            for _ in range(2):
                self.assertEqual(struct.unpack(">d", struct.pack(">4H", *self.holding(0, 4, 2)))[0], 1000 + 30 * scan)
                self.restart(self.plant.stop)
                self.assertIn(f"paused after scan {scan},", self.plant.ctl("sim", "pause"))


if __name__ == "__main__":
    support.main()
