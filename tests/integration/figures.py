"""What a report's figures are, by their definitions and a journal's events alone: a model that shares nothing with mbplant.

Events are dicts as a dump has them. Times of the plant are ms, counted in scans over all runs."""
import bisect
import math

START, STOP, ADDED, RAISED, CLEARED, ACKED, SHELVED, STATE, PRODUCTION = 1, 2, 10, 20, 21, 22, 23, 30, 35
EN_SERVICE, EN_PANNE, MAINTENANCE = 0, 1, 2
WINDOW_MS, FLOOD_FROM, FLOOD_TO, CHATTER_MS, DAY_MS, NEAR_MS = 600_000, 11, 5, 60_000, 86_400_000, 3_660_000


def behind(event, since):
    return event["seq"] >= since["seq"] if isinstance(since, dict) else event["time_ms"] >= since


def beyond(event, until):
    if until is None:
        return False
    return event["seq"] > until["seq"] if isinstance(until, dict) else event["time_ms"] >= until


class Axis:
    """The plant's time of each event, and of the two ends of a period: of wall times, or numbers of events as in {"seq": 7}."""

    def __init__(self, events, scan_ns, since, until, now):
        self.t, self.wall, self.run_begins = [], [], []
        t_ns = wall = scan = 0
        for event in events:
            t_ns += 0 if not self.t or event["scan"] < scan else (event["scan"] - scan) * scan_ns  # counted through all runs
            wall = max(wall, event["time_ms"])
            scan = event["scan"]
            self.t.append(t_ns)
            self.wall.append(wall)
            self.run_begins.append(event["code_number"] == START)
        if now is not None:  # (wall, scan)
            self.t.append(t_ns + max(0, now[1] - scan) * scan_ns)
            self.wall.append(max(wall, now[0]))
            self.run_begins.append(False)
        inside = [i for i, event in enumerate(events) if behind(event, since) and not beyond(event, until)]
        later = [i for i, event in enumerate(events) if behind(event, since)]
        self.first = inside[0] if inside else later[0] if later else len(events)
        self.end = len(events) if until is None else inside[-1] + 1 if inside else self.first
        at_first = min(self.first, len(self.t) - 1)
        self.begin = self.t[at_first] // 10**6 if isinstance(since, dict) else self._at(self.first, since, True)
        if until is None:
            self.finish = self.t[-1] // 10**6
        elif isinstance(until, dict):
            self.finish = self.t[max(self.end - 1, 0)] // 10**6
        else:
            self.finish = self._at(self.end, until, False)
        self.finish = max(self.finish, self.begin)

    def _at(self, i, wall, begins):
        """The time at a moment before event i and after the one before."""
        i = min(i, len(self.t) - 1)
        before = max(i - 1, 0)
        here, there = (self.t[before], self.wall[before]), (self.t[i], self.wall[i])
        if wall <= here[1] or there[1] <= here[1]:
            return here[0] // 10**6
        if self.run_begins[i]:
            return (there if begins else here)[0] // 10**6
        if wall >= there[1]:
            return there[0] // 10**6
        at = int((here[0] + (wall - here[1]) / (there[1] - here[1]) * (there[0] - here[0])) / 10**6)
        return min(max(at, here[0] // 10**6), there[0] // 10**6)

    def ms(self, i):
        return self.t[i] // 10**6


def states(events, machine, axis, now_state):
    """(from, to, state, is it down) of a machine's whole life."""
    found, state, failed, begin = [], None, False, 0
    for i, event in enumerate(events):
        if event["code_number"] != STATE or event["key"] != machine:
            continue
        source, target = event["detail"] >> 8 & 255, event["detail"] & 255
        if state is None:
            state, failed = source, source == EN_PANNE
        found.append((begin, axis.ms(i), state, failed))
        begin, state = axis.ms(i), target
        failed = target == EN_PANNE or (failed and target != EN_SERVICE)
    if state is None:
        state, failed = now_state, now_state == EN_PANNE
    found.append((begin, math.inf, state, failed))
    return found


def failures(events, machine, axis):
    """How many failures and repairs are in the period, and how long these took from the failure on."""
    count = repairs = took = 0
    failed_at, known = None, False
    for i, event in enumerate(events):
        if event["code_number"] != STATE or event["key"] != machine:
            continue
        source, target = event["detail"] >> 8 & 255, event["detail"] & 255
        if not known and source == EN_PANNE:
            failed_at = 0
        known = True
        inside = axis.first <= i < axis.end
        if target == EN_PANNE and failed_at is None:
            count += inside
            failed_at = axis.ms(i)
        elif target == EN_SERVICE and failed_at is not None:
            repairs += inside
            took += (axis.ms(i) - failed_at) if inside else 0
            failed_at = None
    return count, repairs, took


def ran(stretches, begin, end):
    return sum(max(0, min(to, end) - max(since, begin)) for since, to, state, _ in stretches if state == EN_SERVICE)


def made(events, machine, axis, stretches, now, from_birth):
    """(good, reject) of the period, or None: counters near enough to its ends do not tell."""
    tellings, before, total = [], None, [0, 0]
    if from_birth:
        tellings, before = [(0, 0, 0)], (0, 0)
    told = [(axis.ms(i), event["detail"], int(event["limit"])) for i, event in enumerate(events)
            if event["code_number"] == PRODUCTION and event["key"] == machine]
    for t, *counters in told + ([(axis.t[-1] // 10**6, now["good"], now["reject"])] if now else []):
        if before is not None:
            total = [sum_ + max(0, new - old) for sum_, new, old in zip(total, counters, before)]
        else:
            total = list(counters)
        before = counters
        tellings.append((t, *total))
    ends = []
    for at in (axis.begin, axis.finish):
        i = bisect.bisect_left([t for t, *_ in tellings], at)
        if i == len(tellings):
            return None
        after = tellings[i]
        if ran(stretches, at, after[0]) == 0:
            ends.append(after[1:])
            continue
        if i == 0 or after[0] - tellings[i - 1][0] > NEAR_MS:
            return None
        last = tellings[i - 1]
        share = ran(stretches, last[0], at) / ran(stretches, last[0], after[0])
        ends.append([old + share * (new - old) for old, new in zip(last[1:], after[1:])])
    return [round_half_up(new - old) for old, new in zip(*ends)]


def round_half_up(number):
    return math.floor(number + 0.5)


def ratio(part, whole):
    return part / whole if whole else None


def machine_figures(events, machine, axis, now, plant):
    """The keys of a report's machine. now: its state and counters, as the snapshot has them."""
    stretches = states(events, machine, axis, now["state"])
    times = {"running_s": 0, "down_s": 0, "planned_maintenance_s": 0, "repair_maintenance_s": 0}
    for since, to, state, down in stretches:
        ms = max(0, min(to, axis.finish) - max(since, axis.begin))
        times["running_s" if state == EN_SERVICE else "down_s" if down else "planned_maintenance_s"] += ms
        times["repair_maintenance_s"] += ms if state == MAINTENANCE and down else 0
    run, down, planned = times["running_s"], times["down_s"], times["planned_maintenance_s"]
    count, repairs, took = failures(events, machine, axis)
    figures = {key: ms / 1000 for key, ms in times.items()}
    figures |= {"availability": ratio(run, run + down), "technical_availability": ratio(run, run + down + planned),
                "failures": count, "repairs": repairs, "repair_s": took / 1000, "mtbf_s": ratio(run / 1000, count),
                "mttr_s": ratio(took / 1000, repairs)}
    if plant["cycle_ms"].get(machine):
        counters = made(events, machine, axis, stretches, now if plant["reaches_now"] else None, plant["from_birth"])
        if counters is not None:
            good, reject = counters
            figures |= {"performance": ratio((good + reject) * plant["cycle_ms"][machine], run),
                        "quality": ratio(good, good + reject)}
            if good + reject:
                figures |= {"good": good, "reject": reject}
    return figures


def floods(raises, length):
    """The floods among times of raising, as (begin, end, alarms), and the most in ten minutes."""
    found, peak, begin, inside = [], 0, None, 0
    for i, at in enumerate(raises):
        window = [t for t in raises[max(0, i - 5000):i + 1] if t > at - WINDOW_MS]
        if begin is not None and raises[i - FLOOD_TO] + WINDOW_MS <= at:
            found.append((begin, raises[i - FLOOD_TO] + WINDOW_MS, inside))
            begin = None
        peak = max(peak, len(window))
        if begin is None and len(window) >= FLOOD_FROM:
            begin, inside = window[0], len(window) - 1
        inside += begin is not None
    if begin is not None:
        found.append((begin, min(raises[-FLOOD_TO] + WINDOW_MS, length), inside))
    return found, peak


def alarm_figures(events, axis, plant):
    """(the keys of a report's alarms, its worst alarms by name)."""
    raises, worst = [], {}
    counts = dict.fromkeys(("raised", "cleared", "acknowledged", "shelved"), 0)
    priorities = dict.fromkeys(("critical", "high", "medium", "low"), 0)
    active, waiting, recent, answers = {}, {}, {}, []
    for i, event in enumerate(events[:axis.end]):
        code, key, t = event["code_number"], (event["sensor"], event["detail"]), axis.ms(i)
        inside = i >= axis.first
        name = {RAISED: "raised", CLEARED: "cleared", ACKED: "acknowledged", SHELVED: "shelved"}.get(code)
        if name is None or not event["sensor"]:
            continue
        counts[name] += inside
        if code == RAISED:
            fresh = worst.setdefault(key, [0, 0])
            earlier = recent.setdefault(key, [])
            chatters = len(earlier) >= 2 and t - earlier[-2] <= CHATTER_MS
            earlier.append(t)
            active.setdefault(key, t)
            waiting.setdefault(key, t)
            if inside:
                fresh[0] += 1
                fresh[1] += chatters
                priorities[plant["priority"][event["sensor"]]] += 1
                raises.append(t - axis.begin)
        elif code == CLEARED:
            active.pop(key, None)
        elif code == ACKED:
            since = waiting.pop(key, None)
            if since is not None and inside:
                answers.append(t - since)
    length = axis.finish - axis.begin
    found, peak = floods(raises, length)
    ages = {key: axis.finish - t for key, t in active.items()}
    figures = counts | {"by_priority": priorities, "per_hour": ratio(counts["raised"] * 3.6e6, length),
                        "peak_10min": peak, "floods": len(found),
                        "flood_share": ratio(sum(end - begin for begin, end, _ in found), length),
                        "chattering": sum(chatter > 0 for _, chatter in worst.values()),
                        "stale": sum(age >= DAY_MS for age in ages.values()),
                        "acknowledged_with_time": len(answers),
                        "mean_time_to_acknowledge_s": ratio(sum(answers) / 1000, len(answers)), "waiting": len(waiting)}
    listed = {key: (raised, chatter, ages[key] / 1000 if key in ages else None)
              for key, (raised, chatter) in worst.items() if raised or key in ages}
    return figures, listed
