"""What no address shows: the report by a master is the plant's own where something is told, and says nothing where nothing is."""
import csv
import io
import json
import pathlib
import random
import re
import tempfile
import unittest

import support
from test_own_report import Paused

# Of a machine, by its name in JSON: the tag that shows it, and the field of CSV.
FIGURES = {"alarms": ("alarms", "alarms"), "good": ("good", "good"), "reject": ("reject", "reject"),
           "running_s": ("running_time", "running"), "down_s": ("down_time", "down"),
           "maintenance_s": ("maintenance_time", "maintenance"), "failures": ("failures", "failures"),
           "maintenance_due": ("maintenance_due", "maintenance due"), "state": ("state", "state")}
# What the analysis can say only of a machine of which these are shown.
NEEDS = {"performance": {"good", "reject"}, "quality": {"good", "reject"}, "oee": {"good", "reject"}, "good": {"good", "reject"},
         "reject": {"good", "reject"}, "maintenance_due": {"maintenance_due"}}
SHOWN = ("value", "high", "high.state", "unacknowledged", "high.limit")  # of a sensor


def subsets(names):
    """All, none, each alone, all but each, and some more."""
    names = list(names)
    draw = random.Random(7)
    return [set(names), set(), *({name} for name in names), *(set(names) - {name} for name in names),
            *(set(draw.sample(names, draw.randrange(2, len(names) - 1))) for _ in range(6))]


class Kinds:
    """A plant of machines M1.. and of sensors S1.., of each of which some is shown."""

    def __init__(self, machines, sensors, blocks="summary: 30000, events: 31000"):
        self.blocks = blocks
        self.machines = {f"M{i}": shown for i, shown in enumerate(machines, 1)}
        self.sensors = {f"S{i}": shown for i, shown in enumerate(sensors, 1)}

    def text(self):
        points, at = [], {"coil": 0, "discrete": 0, "input": 0, "holding": 0}

        def show(tag, table="input", kind="", access="read"):
            points.append(f"      - {{at: {table} {at[table]}, tag: {tag}{kind}, access: {access}}}\n")
            at[table] += 4

        for name, shown in self.machines.items():
            for state in ("maintenance", "en_service"):  # which commands write, and nobody reads
                show(f"{name}.{state}", "coil", "", "write")
            for figure in sorted(shown):
                show(f"{name}.{FIGURES[figure][0]}", "discrete" if figure == "maintenance_due" else "input")
        for name, shown in self.sensors.items():
            for what in sorted(shown):
                if what == "value":
                    show(name, "holding", ", type: float32")
                elif what == "high.limit":
                    show(f"{name}.{what}", "holding", ", type: float32")
                else:
                    show(f"{name}.{what}", "input" if what == "high.state" else "discrete")
        machines = "".join(f"      - {{name: {name}, cycle: {{time: 1s, reject: 20%}}, maintenance: {{every: 1h, takes: 5min}}, sensors: "
                           f"[{{name: T{name}, range: [0, 100], signal: {{base: 50}}}}]}}\n" for name in self.machines)
        sensors = "".join(f"      - {{name: {name}, range: [0, 100], limits: {{high: 80}}, signal: {{base: 95}}}}\n"
                          for name in self.sensors) or "      []\n"
        return (f"mbplant: 1\nname: Kinds\ninstructor: true\nunits:\n  - id: 1\n    blocks: {{default: none, {self.blocks}}}\n"
                f"    machines:\n{machines}    sensors:\n{sensors}    points:\n{''.join(points)}")


def tables(text):
    """Of a Markdown document: {heading: rows as cells}, and the lines that are in no table."""
    found, lines, heading = {}, [], ""
    for line in text.splitlines():
        heading = line if line.startswith("#") else heading
        if re.match(r"\|[-:| ]+$", line):
            continue
        if line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
        else:
            lines.append(line)
    return found, lines


class Untold(unittest.TestCase):
    def begin(self, kinds):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-untold-")))
        self.plant = self.enterContext(Paused("kinds.yaml", folder, kinds.text()))
        for i, name in enumerate(kinds.machines):
            self.plant.post(f"/machines/{name}/state", {"state": "maintenance"})
            support.eventually(lambda name=name: self.plant.get(f"/machines/{name}")["state"] == "maintenance", "maintenance")
            if i % 3 != 0:
                self.plant.post(f"/machines/{name}/state", {"state": "en_service"})
        support.eventually(lambda: self.plant.get("/status")["active_alarms"] == len(kinds.sensors), "an alarm of each sensor")
        for name in list(kinds.machines)[:2]:
            for due in ("100s running", "100 products", "3d"):
                self.plant.ctl("work", "open", name, due, "--kind", "preventive", "--due", due)
        self.plant.stand_still()
        newest = self.plant.get("/events?limit=1")[-1]["seq"]
        support.eventually(lambda: json.loads(self.of_master("status", "--format", "json"))["events"] == newest, "all events in the summary")
        self.dump = folder / "dump"
        self.of_master("journal", "--save", self.dump)

    def of_master(self, *words):
        result = support.run(support.MBPLANTCTL, "-p", self.plant.port, "--timeout", "60s", *words,
                             environment=self.plant.clock.environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def reports(self, form):
        """(own, by a master); that of a saved dump is the master's."""
        master = self.of_master("report", "--format", form)
        self.assertEqual(self.of_master("report", "--load", self.dump, "--format", form), master)
        return self.plant.report_of_its_own(form, "en", {}).decode(), master

    def compare(self, own, master, path=""):
        """What the master says is so; null says nothing, and so does a name that is empty."""
        if isinstance(own, dict):
            self.assertEqual(list(own), list(master), path)
            for key, value in own.items():
                self.compare(value, master[key], f"{path}.{key}")
        elif isinstance(own, list):
            self.assertEqual(len(own), len(master), path)
            for i, value in enumerate(own):
                self.compare(value, master[i], f"{path}[{i}]")
        elif master is not None and master != "":
            self.assertEqual(own, master, path)

    def check_json(self, kinds):
        own, master = (json.loads(text) for text in self.reports("json"))
        alarms = {alarm["sensor"]: alarm for alarm in own["alarms"]}
        summary = master["summary"]
        for alarm in master["alarms"]:
            shown = kinds.sensors[alarm["sensor"]]
            knows = bool(shown & {"high.state", "unacknowledged"})
            self.assertEqual([alarm[key] is None for key in ("value", "limit", "unacknowledged")],
                             ["value" not in shown, "high.limit" not in shown, not knows], alarm)
            self.assertEqual(alarm["state"], alarms[alarm["sensor"]]["state"] if knows else "active")
            self.compare({**alarms[alarm["sensor"]], "state": alarm["state"]}, alarm, alarm["sensor"])
        told = {name for name, shown in kinds.sensors.items() if shown & {"high", "high.state"}}
        acks = [alarm for alarm in master["alarms"] if alarm["unacknowledged"]]
        self.assertEqual({alarm["sensor"] for alarm in master["alarms"]}, told)
        nothing = None if kinds.sensors else 0  # where there are no alarms, that is known
        counts = {"active alarms": len(told) or nothing, "unacknowledged alarms": len(acks) or nothing}
        self.assertEqual([summary.pop("active_alarms"), summary.pop("unacknowledged_alarms")], list(counts.values()))
        for machine, of_own in zip(master["machines"], own["machines"]):
            shown = kinds.machines[machine["name"]]
            self.assertEqual({name for name in FIGURES if machine[name] is not None}, shown, machine)
            self.assertEqual({name: of_own[name] for name in shown}, {name: machine[name] for name in shown})
        for machine, of_own in zip(master["analysis"]["machines"], own["analysis"]["machines"]):
            self.assertEqual({name for name in NEEDS if machine[name] is not None},
                             {name for name, needs in NEEDS.items() if needs <= kinds.machines[machine["name"]]}, machine)
            self.assertNotIn(None, [of_own[name] for name in NEEDS], of_own)
        for work in (work for work in master["work"] if work["state"] == "open"):
            needs = {"running": {"running_s"}, "products": {"good", "reject"}}.get(work["due"], set())
            self.assertEqual(work["due_left"] is not None, work["due"] == "time" or bool(needs) and needs <= kinds.machines[work["machine"]], work)
        states = [machine["state"] for machine in master["machines"] if machine["state"]]
        by_state = summary.pop("by_state")
        self.assertEqual(by_state, {state: states.count(state) for state in by_state})
        for figure, total in summary["production"].items():
            self.assertEqual(total is not None, all(figure in shown for shown in kinds.machines.values()))
        del own["summary"]["by_state"], own["summary"]["active_alarms"], own["summary"]["unacknowledged_alarms"]
        self.compare({**own, "alarms": []}, {**master, "alarms": []})
        return {**counts, **by_state}

    def check_csv(self, counts):
        own, master = (list(csv.reader(io.StringIO(text))) for text in self.reports("csv"))
        there = {tuple(row) for row in own}
        of_what = {(*row[:3], row[4]) for row in own}
        for row in master:
            if row[0] == "summary" and row[2] in counts:
                self.assertEqual(row[3], "" if counts[row[2]] is None else str(counts[row[2]]), row)
            elif row[0] == "alarm" and row[2] == "state":
                self.assertIn(row[3], ("active", "active, unacknowledged"))
            elif row[3] == "":
                self.assertIn((*row[:3], row[4]), of_what)
            else:
                self.assertIn(tuple(row), there)
        return {(row[1], row[2]): row[3] for row in master if row[0] == "machine"}

    def check_text(self):
        (own, said), (master, lines) = (tables(text) for text in self.reports("markdown"))
        text = [[cell for cell in re.split(r"  +", line.strip()) if cell] for line in self.reports("text")[1].splitlines()]
        for heading, rows in master.items():
            for row in rows:
                self.assertIn([cell for cell in row if cell], text, heading)
                alike = [[(a, b) for a, b in zip(of_own, row) if a != b] for of_own in own[heading] if of_own[0] == row[0]]
                self.assertTrue(any(all(b in ("-", "", "active", "- (due)", a.removesuffix(" (due)")) for a, b in pairs) for pairs in alike), (heading, row, alike))
        return set(lines) - set(said), set(said) - set(lines)

    def check(self, kinds):
        """What Markdown has of its own outside tables, and what it lacks."""
        self.begin(kinds)
        counts = self.check_json(kinds)
        cells = self.check_csv(counts)
        for name, shown in kinds.machines.items():
            for figure, (_, field) in FIGURES.items():
                self.assertEqual(cells[name, field] != "", figure in shown, (name, figure))
        return self.check_text()

    def test_report_by_a_master_says_what_is_shown_and_nothing_else(self):
        self.check(Kinds(subsets(FIGURES), subsets(SHOWN)))

    def test_plant_of_which_nothing_is_shown(self):
        said, _ = self.check(Kinds([set()], [set()], "summary: 30000"))
        self.assertIn("- Alarms: no address shows them", said)
        self.assertIn("No address shows them.", said)
        status = json.loads(self.of_master("status", "--format", "json"))
        self.assertEqual([status[key] for key in ("alarms_active", "alarms_unacknowledged", "journal_trouble")], [None] * 3)
        self.assertGreater(status["scans"], 0)

    def test_one_machine_that_tells_a_part_of_its_production(self):
        for shown in ({"good"}, {"reject"}, {"good", "reject"}):
            with self.subTest(shown=shown):
                _, lacks = self.check(Kinds([shown], []))
                self.assertEqual(any(line.startswith("- Production: ") for line in lacks), len(shown) < 2, lacks)


if __name__ == "__main__":
    support.main()
