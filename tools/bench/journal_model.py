"""What a plant's retained state must be by its journal's events alone, and what a journal's files say it is."""

import math
import shutil
import sqlite3
import struct
import zlib
from pathlib import Path

EN_PANNE = 1
WORDS, PER_FILE, FIRST_FILE = 20, 500, 1000
RAISED, CLEARED, ACKNOWLEDGED, SHELVED, UNSHELVED, MACHINE_STATE = 20, 21, 22, 23, 24, 30
FORCED, RELEASED, LIMIT_CHANGED = 40, 41, 42
NONE = 0xFFFF
LEAST_USED = 800_000  # bytes of a journal that may have 1 MB and had to remove events
LIMITS = 4  # that these plants have; the bits of active and unack above them are other alarms'

RECORD = struct.Struct(">IIQHHHHffHHI")  # an event's 20 registers
COLUMNS = "seq, scan, wall_ms, code, unit, machine, sensor, value, limit_or_old, actor, flags, detail"


class Broken(Exception):
    """A promise of the journal that was not kept; its text says which."""


def decode(record):
    """The event in 20 registers: (seq, scan, wall_ms, code, unit, machine, sensor, value, limit, actor, flags, detail)."""
    return RECORD.unpack(record)


def same(a, b):
    """Equal numbers, None and NaN being the same nothing."""
    a, b = (math.nan if x is None else x for x in (a, b))
    return a == b or (math.isnan(a) and math.isnan(b))


def shown(number):
    """A number as the sensors' registers show it: the torture's are all float32. Limits are told apart only there."""
    return None if number is None else struct.unpack("f", struct.pack("f", number))[0]


def same_event(a, b):
    """Equal in every member."""
    return len(a) == len(b) and all(map(same, a, b))


class Sensor:
    """A sensor's retained state."""

    def __init__(self, limits):
        self.limits = list(limits)
        self.forced = None  # the value that a master holds it at
        self.active = self.unack = 0
        self.shelved = False


class Model:
    """The state of a plant whose machines start en_service, folded from events in order."""

    def __init__(self, machines, sensors, limits):
        """machines, sensors: {(unit id, index): name}; limits: of every sensor in the file."""
        self.machine_names, self.sensor_names, self.file_limits = machines, sensors, limits
        self.machines = dict.fromkeys(machines, 0)
        self.sensors = {key: Sensor(limits) for key in sensors}
        self.folded = 0  # the last event taken in
        self.incident = 0

    def fold(self, event):
        """Takes one event in; events come without a gap."""
        seq, _, _, code, unit, machine, sensor, value, *_, detail = event
        if seq != self.folded + 1:
            raise Broken(f"event {seq} follows event {self.folded}")
        self.folded = seq
        if code == MACHINE_STATE:
            self.machines[unit, machine] = detail & 0xFF
            if detail & 0xFF == EN_PANNE:
                self.incident = seq
        elif sensor != NONE and (unit, sensor) in self.sensors:
            self._fold_sensor(self.sensors[unit, sensor], code, value, detail)

    @staticmethod
    def _fold_sensor(state, code, value, detail):
        bit = 1 << (detail & 7)
        if code == RAISED:
            state.active |= bit
            state.unack |= bit
        elif code == CLEARED:
            state.active &= ~bit
        elif code == ACKNOWLEDGED:
            state.unack &= ~bit
        elif code in (SHELVED, UNSHELVED):
            state.shelved = code == SHELVED
        elif code == FORCED:
            state.forced = value
        elif code == RELEASED:
            state.forced = None
        elif code == LIMIT_CHANGED:
            state.limits[detail] = value

    # ---- against the rows of the database

    def check_rows(self, db):
        """The retained rows are what the events say, and what has no row is as in the plant file."""
        rows = {(unit, name): rest for unit, name, *rest in db.execute("SELECT unit, name, state FROM retained_machine")}
        for key, name in self.machine_names.items():
            self._expect("state", name, rows.get((key[0], name), [0])[0], self.machines[key])
        rows = {(unit, name): rest for unit, name, *rest in db.execute(
            "SELECT unit, name, forced, forced_value, low_low, low, high, high_high FROM retained_sensor")}
        alarms = {(unit, name): rest for unit, name, *rest in db.execute(
            "SELECT unit, name, active, unack, shelf_ms FROM retained_alarms")}
        for key, name in self.sensor_names.items():
            self._check_sensor(name, self.sensors[key], rows.get((key[0], name)))
            self._check_alarms(name, self.sensors[key], alarms.get((key[0], name), (0, 0, 0)))

    def _check_sensor(self, name, state, row):
        forced, forced_value, *limits = row or (False, None, *self.file_limits)
        for index, (stored, said) in enumerate(zip(limits, state.limits)):
            self._expect(f"limit {index}", name, shown(stored), shown(said))
        self._expect("forced", name, forced_value if forced else None, state.forced)

    def _check_alarms(self, name, state, row):
        active, unack, shelf_ms = row
        self._expect("active alarms", name, active & 15, state.active & 15)
        self._expect("unacknowledged alarms", name, unack & 15, state.unack & 15)
        self._expect("shelved", name, shelf_ms != 0, state.shelved)

    def _expect(self, what, name, stored, said):
        if not same(stored, said):
            raise Broken(f"{what} of {name} is retained as {stored}, the events up to {self.folded} say {said}")


class Copy:
    """A journal's files as a killed process left them, copied and opened: the original stays for mbplantd to recover."""

    def __init__(self, data, scratch):
        self.folder = Path(scratch)
        self.folder.mkdir(exist_ok=True)
        for file in self.folder.iterdir():
            file.unlink()
        self.exists = (Path(data) / "journal.db").exists()
        for name in ("journal.db", "journal.db-wal"):
            if (Path(data) / name).exists():
                shutil.copyfile(Path(data) / name, self.folder / name)
        self.db = sqlite3.connect(self.folder / "journal.db") if self.exists else None

    def close(self):
        """Lets go of it."""
        if self.db:
            self.db.close()

    def check(self):
        """SQLite's own verdict, that numbers have no gap, and that none was removed but for want of room; the first and
        the last number."""
        verdict = self.db.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise Broken(f"integrity_check: {verdict}")
        count, first, last = self.db.execute("SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM event"
                                             ).fetchone()
        if count != last - first + 1:
            raise Broken(f"{count} events are stored, numbered from {first} to {last}")
        used = self.db.execute("SELECT (page_count - freelist_count) * 4096 FROM pragma_page_count, pragma_freelist_count"
                               ).fetchone()[0]
        if first > 1 and used < LEAST_USED:
            raise Broken(f"events before {first} were removed, but there was room: {used} bytes are used")
        self._check_chain(first)
        self._check_names()
        return first, last

    def _check_chain(self, first):
        """That each event's check value is the one that follows from the event before."""
        row = self.db.execute('SELECT seq, "check" FROM event_removed').fetchone()
        removed, check = row or (0, 0)
        if first > 1 and removed != first - 1:
            raise Broken(f"events begin with {first}, but {removed} is kept as the last one that was removed")
        for *event, stored in self.db.execute(f'SELECT {COLUMNS}, "check" FROM event ORDER BY seq'):
            event = [math.nan if value is None else value for value in event]
            check = zlib.crc32(struct.pack(">I", check) + RECORD.pack(*event))
            if stored != check:
                raise Broken(f"event {event[0]} has the check value {stored:08X}, not {check:08X}")

    def _check_names(self):
        """That each machine and item that an event is about, and each actor, has a name."""
        for item, column in enumerate(("machine", "sensor")):
            without = self.db.execute(
                f"SELECT seq FROM event WHERE {column} <> {NONE} AND NOT EXISTS (SELECT 1 FROM tag WHERE tag.unit = event.unit "
                f"AND tag.item = {item} AND tag.id = event.{column} AND tag.since <= event.seq)").fetchone()
            if without:
                raise Broken(f"nobody knows the {column} of event {without[0]}")
        without = self.db.execute(f"SELECT seq FROM event WHERE actor NOT IN (0, {NONE}) AND actor NOT IN (SELECT id FROM actor)"
                                  ).fetchone()
        if without:
            raise Broken(f"nobody knows the actor of event {without[0]}")

    def events(self, after):
        """Those numbered above `after`, as decode gives them."""
        return self.db.execute(f"SELECT {COLUMNS} FROM event WHERE seq > ? ORDER BY seq", (after,))
