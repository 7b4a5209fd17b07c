"""HTTP: what each route answers, by the document that the plant serves of itself; who is let in; streams; metrics."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from urllib.parse import quote

from support import DATA, ENVIRONMENT, MBPLANTCTL, MBPLANTD, ROOT, Plant, eventually, free_port, main, run

PAGE = re.compile(r"^page +http://127\.0\.0\.1:(\d+)/")
BOTTLING = ROOT / "config" / "bottling.yaml"
BOILER = ROOT / "config" / "boiler.yaml"


class Web(Plant):
    """A plant with HTTP at a free port."""

    def start(self, *flags, port=None):
        super().start("--http", "127.0.0.1:0", *flags, port=port)
        self.web = int(self.out.wait_for(PAGE).group(1))

    def ask_bytes(self, path, body=None, method=None, **headers):
        """(status, answer, headers) as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text, answer.headers

    def ask(self, path, body=None, method=None, **headers):
        """The same; JSON is read."""
        status, text, got = self.ask_bytes(path, body, method, **headers)
        is_json = "json" in got.get("Content-Type", "")
        return status, json.loads(text) if is_json and text else text, got

    def get(self, path):
        status, answer, _ = self.ask("/api/v1" + path)
        assert status == 200, (path, status, answer)
        return answer

    def post(self, path, body, status=200):
        got, answer, _ = self.ask("/api/v1" + path, body)
        assert got == status, (path, got, answer)
        return answer

    def raw(self, *lines, body=b""):
        """What comes back of these very bytes, to the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.web), 60) as peer:
            peer.sendall(b"\r\n".join(line.encode("latin-1") for line in lines) + b"\r\n\r\n" + body)
            return peer.makefile("rb").read()

    def stream(self, query="", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=60)
        connection.request("GET", "/api/v1/stream" + query, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return Stream(connection)


class Stream:
    """Server-sent events, one at a time."""

    def __init__(self, connection):
        self.connection = connection
        self.answer = connection.getresponse()
        assert self.answer.status == 200, self.answer.read()

    def close(self):
        self.connection.sock.close() if self.connection.sock else None
        self.answer.close()

    def next(self, *kinds):
        """The next one of these kinds: (kind, id or None, data)."""
        event, number, data = "message", None, None
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif line == "" and data is not None:
                if not kinds or event in kinds:
                    return event, number, data
                event, number, data = "message", None, None


class Exports(unittest.TestCase):
    """The files that mbplantctl export writes."""

    def test_each_target_is_the_file_of_mbplantctl(self):
        targets = [line.split()[0] for line in run(MBPLANTCTL, "export").stdout.splitlines()]
        self.assertGreaterEqual(len(targets), 12)
        with Web(BOILER) as plant:
            for target in targets:
                with self.subTest(target):
                    status, text, headers = plant.ask_bytes(f"/api/v1/export/{target}?host=plc.example&port=1502")
                    done = run(MBPLANTCTL, "--plant", BOILER, "-H", "plc.example", "-p", 1502, "export", target)
                    self.assertEqual((status, text.decode().replace("\r\n", "\n")), (200, done.stdout))
                    self.assertRegex(headers["Content-Type"], "^(text/(csv|markdown|plain); charset=utf-8|application/(json|yaml))$")
                    status, told, headers = plant.ask_bytes(f"/api/v1/export/{target}?left_out=true&host=plc.example&port=1502")
                    self.assertEqual((status, told.decode(), headers["Content-Type"]), (200, done.stderr, "text/plain; charset=utf-8"))

    def test_points_are_chosen_and_what_is_wrong_is_told(self):
        with Web(BOILER) as plant:
            name = plant.get("/sensors")[0]["name"]
            text = plant.ask_bytes(f"/api/v1/export/csv?select={name.lower()}")[1].decode()
            self.assertEqual([line.split(",")[0] for line in text.splitlines()], ["point", name])
            self.assertIn(f"127.0.0.1:{plant.port}".encode(), plant.ask_bytes("/api/v1/export/telegraf")[1])
            self.assertEqual(plant.ask_bytes("/api/v1/export/telegraf")[1].decode(), plant.ctl("export", "telegraf"))
            listed = [line.split()[0] for line in run(MBPLANTCTL, "export").stdout.splitlines()]
            self.assertEqual([target["name"] for target in plant.get("/export")], listed)
            for query, status, why in (("telegraff", 404, "there are csv, markdown"), ("csv?select=nobody", 404, "no point has a name"),
                                       ("csv?port=0", 400, "port"), ("csv?what=1", 400, "what"), ("csv?select=" + "x" * 300, 400, "select")):
                with self.subTest(query):
                    got, problem, _ = plant.ask(f"/api/v1/export/{query}")
                    self.assertEqual(got, status)
                    self.assertIn(why, problem["detail"])

    def test_many_at_once_wait_for_their_turn(self):
        with Web(BOILER) as plant, concurrent.futures.ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda n: plant.ask_bytes("/api/v1/export/fuxa" if n % 2 else "/api/v1/report"), range(24)))
            self.assertEqual({status for status, _, _ in answers}, {200})
            self.assertEqual(len({text for n, (_, text, _) in enumerate(answers) if n % 2}), 1)


class Contract(unittest.TestCase):
    """The document says what is there, and nothing is there that it does not say."""

    def test_each_get_answers_as_the_document_says(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not here (tools/test installs it)")
        with Web(BOILER) as plant:
            document = plant.get("/openapi.json")
            names = {"machines": "BOILER1", "alarms": None, "points": None, "faults": None}
            sensor = plant.get("/sensors")[0]["name"]
            names.update(export="csv", sensors=sensor, points=sensor, alarms=sensor, machines=plant.get("/machines")[0]["name"],
                         actuators=plant.get("/actuators")[0]["name"], controllers=plant.get("/controllers")[0]["name"])
            plant.post(f"/machines/{names['machines']}/state", {"state": "en_panne"})
            plant.post("/work", {"machine": names["machines"], "what": "look at it", "due": "1d"})
            names["incidents"] = str(plant.get("/incidents")[0]["number"])
            seen = 0
            for path, methods in document["paths"].items():
                if "get" not in methods or path.endswith("/stream"):
                    continue
                noun = path.split("/")[3] if path.startswith("/api/") else ""
                content = methods["get"]["responses"]["200"]["content"]
                status, answer, headers = plant.ask(path.replace("{name}", names.get(noun) or "none"))
                if status == 409:  # no instructor here
                    continue
                self.assertEqual(status, 200, path)
                self.assertEqual(headers["Content-Type"], list(content)[0], path)
                if headers["Content-Type"] == "application/json":
                    schema = dict(content["application/json"]["schema"], components=document["components"])
                    jsonschema.Draft202012Validator(schema).validate(answer)
                    seen += 1
            self.assertGreater(seen, 20)

    def test_the_document_is_openapi_3_1_with_unique_operations(self):
        with Web(BOTTLING) as plant:
            document = plant.get("/openapi.json")
        self.assertEqual(document["openapi"], "3.1.0")
        operations = [methods[m]["operationId"] for methods in document["paths"].values() for m in methods]
        self.assertEqual(len(operations), len(set(operations)))

    def test_a_path_that_is_not_in_the_document_is_404_and_a_method_405(self):
        with Web(BOTTLING) as plant:
            for path in ("/api/v1", "/api/v1/", "/api/v2/plant", "/api/v1/plant/", "/index.html", "/../etc/passwd",
                         "/api/v1/sensors//trend"):
                self.assertEqual(plant.ask(path)[0], 404, path)
            status, problem, headers = plant.ask("/api/v1/plant", method="DELETE")
            self.assertEqual((status, headers["Allow"], problem["status"]), (405, "GET, HEAD", 405))


class Reads(unittest.TestCase):
    def test_a_sensor_has_value_unit_and_quality_as_a_master_reads_it(self):
        with Web(BOTTLING) as plant:
            plant.post("/sensors/TT101/force", {"value": 80.4})
            sensor = plant.get("/sensors/tt101")
            self.assertEqual((sensor["value"], sensor["unit"], sensor["quality"], sensor["forced"]),
                             (80.4, "°C", "good", True))
            self.assertEqual(plant.get("/registers?table=hr&at=0&count=1")["values"], [804])
            self.assertEqual(plant.get("/points/TT101")["raw"], [804])

    def test_what_many_ask_for_is_never_older_than_the_last_scan_or_command(self):
        with Web(BOTTLING) as plant:
            for value in (70, 75, 80):
                before = plant.get("/sensors/TT101")
                self.assertEqual(plant.get("/sensors/TT101").keys(), before.keys())
                self.assertEqual(plant.post("/sensors/TT101/force", {"value": value})["value"], value)
                self.assertEqual(plant.get("/sensors/TT101")["value"], value)
                self.assertEqual(plant.get("/sensors/tt101")["value"], value)
            plant.ctl("write", "TT101", "72")  # comes back when its scan has run
            self.assertEqual(plant.get("/sensors/TT101")["value"], 72)
            self.assertEqual(plant.ask("/api/v1/sensors/TT101?colour=red")[0], 400)
            self.assertEqual(plant.get("/machines/FILL1")["name"], "FILL1")
            self.assertEqual(plant.ask("/api/v1/alarms/FILL1")[0], 404)

    def test_events_are_those_of_the_journal_verb(self):
        with Web(BOTTLING) as plant:
            plant.post("/sensors/TT101/force", {"value": 90})
            eventually(lambda: any(e["code"] == "machine state" for e in plant.get("/events")), "the trip")
            events = plant.get("/events?since=1&limit=1000")
            told = plant.ctl("journal", "--format", "jsonl")
            lines = [json.loads(line) for line in told.splitlines()]
            self.assertEqual(events[:len(lines)] if len(events) > len(lines) else events, lines[:len(events)])
            codes = {event["code"] for event in plant.get("/events?code=value%20forced")}
            self.assertEqual(codes, {"value forced"})
            self.assertEqual([e["seq"] for e in plant.get("/events?since=2&limit=2")], [2, 3])

    def test_reports_are_made_while_the_scans_go_on_and_those_that_wait_are_not_too_many(self):
        with Web(BOTTLING) as plant:
            with concurrent.futures.ThreadPoolExecutor(24) as pool:
                answers = list(pool.map(lambda i: plant.ask(f"/api/v1/report?format={'json' if i % 2 else 'html'}"), range(24)))
            self.assertLessEqual({status for status, _, _ in answers}, {200, 503})
            self.assertIn(200, {status for status, _, _ in answers})  # which of them came first nobody knows
            report = plant.get("/report?since=1")
            self.assertEqual((report["plant"], report["summary"]["machines"]), ("Bottling line 3", 5))
            self.assertEqual(plant.ask("/api/v1/report", method="HEAD")[:2], (200, b""))

    def test_a_list_longer_than_a_part_is_whole(self):
        with Web(BOTTLING) as plant:
            points = plant.get("/map")
            self.assertEqual(len(points), len({(p["unit_id"], p["table"], p["address"]) for p in points}))
            text = plant.ctl("map", "--format", "json")
            self.assertEqual(len(points), sum(len(json.loads(plant.ctl("map", "--format", "json", unit=u))) for u in (1, 2, 247)),
                             text[:200])

    def test_wrong_arguments_get_one_clear_problem(self):
        with Web(BOTTLING) as plant:
            for path, word in {"/sensors?colour=red": "colour", "/sensors?machine=NONE": "NONE", "/events?limit=0": "limit",
                               "/events?since=noon": "since", "/report?since=noon": "since", "/report?format=pdf": "markdown",
                               "/report?since=5&until=4": "until", "/registers?count=100000": "count",
                               "/registers?table=nine": "table", "/registers?at=65535&count=2": "65535",
                               "/alarms?state=loud": "normal", "/sensors/TT999": "TT999", "/registers?at=1&at=2": "twice",
                               "/events?limit": "limit", "/registers?unit=9": "9"}.items():
                status, problem, headers = plant.ask("/api/v1" + path)
                self.assertIn(status, (400, 404), path)
                self.assertEqual(headers["Content-Type"], "application/problem+json")
                self.assertIn(word, problem["detail"], path)

    def test_a_trend_has_seconds_with_least_most_and_last(self):
        with Web(BOTTLING) as plant:
            samples = eventually(lambda: plant.get("/sensors/TT101/trend")["samples"], "a sample")
            for sample in samples:
                self.assertLessEqual(sample["least"], sample["last"])
                self.assertLessEqual(sample["last"], sample["most"])

    def test_a_trend_of_a_few_seconds_has_each_scan(self):
        with Web(BOTTLING) as plant:
            eventually(lambda: plant.get("/sensors/LT101/trend")["samples"], "a sample")
            first = plant.get("/sensors/LT101/trend")["grains"][-1]["from_ms"]
            trend = eventually(lambda: (lambda one: one if len(one["samples"]) > 20 else None)(
                plant.get(f"/sensors/LT101/trend?from={first}&points=2000")), "two seconds of scans")
            self.assertEqual((trend["grain_ms"], trend["grains"][-1]["grain_ms"]), (100, 100))
            self.assertEqual({sample["time_ms"] % 100 for sample in trend["samples"]}, {0})

    def test_a_trend_goes_on_over_a_restart_and_says_what_grain_it_has_from_when(self):
        with Web(BOTTLING) as plant:
            first = eventually(lambda: plant.get("/sensors/LT101/trend")["samples"], "a sample")[0]["time_ms"]
            eventually(lambda: plant.get("/sensors/LT101/trend")["samples"][-1]["time_ms"] > first, "another second")
            plant.stop()
            plant.start()
            trend = eventually(lambda: (lambda one: one if one["samples"] and one["samples"][0]["time_ms"] <= first else None)(
                plant.get(f"/sensors/LT101/trend?from={first}")), "what was before the restart")
            self.assertEqual([grain["grain_ms"] for grain in trend["grains"]][:2], [60000, 0])
            self.assertEqual(trend["grain_ms"], 1000)
            times = [sample["time_ms"] for sample in trend["samples"]]
            self.assertEqual(times, sorted(set(times)))

    def test_a_trend_of_a_day_is_made_of_minutes_and_of_the_seconds_in_memory(self):
        with Web(BOTTLING) as plant:
            samples = eventually(lambda: plant.get("/sensors/TT101/trend")["samples"], "a sample")
            plant.stop()
            now = samples[-1]["time_ms"]
            with contextlib.closing(sqlite3.connect(plant.data / "samples.db")) as database, database:
                tag, = database.execute("SELECT id FROM tag WHERE name = 'TT101'").fetchone()
                begin = now // 60000 - 1440
                database.executemany("INSERT OR REPLACE INTO minute VALUES(?, ?, ?, ?, ?, ?)", [
                    (minute // 60, tag, minute % 60, 40 + i / 100, 30, 50) for i, minute in enumerate(range(begin, begin + 1400))])
            plant.start()
            trend = plant.get(f"/sensors/TT101/trend?from={now - 86400000}&points=288")
            self.assertIn(trend["grain_ms"], (301000, 302000))  # as the day lies to whole grains
            self.assertGreater(len(trend["samples"]), 275)
            self.assertEqual({(one["least"], one["most"]) for one in trend["samples"][2:270]}, {(30, 50)})
            self.assertLess(trend["samples"][5]["last"], trend["samples"][250]["last"])
            few = plant.get(f"/sensors/TT101/trend?from={now - 86400000}&points=2")
            self.assertLessEqual(len(few["samples"]), 3)
            self.assertEqual(plant.ask(f"/api/v1/sensors/TT101/trend?from={now}&to={now - 1}")[0], 400)
            self.assertEqual(plant.get("/sensors/TT101/trend?from=0&to=1")["samples"], [])

    def test_a_damaged_file_of_samples_is_told_and_the_plant_goes_on(self):
        with Web(BOTTLING) as plant:
            before = eventually(lambda: plant.get("/sensors/TT101/trend")["samples"], "a sample")[0]["time_ms"]
            plant.stop()
            (plant.data / "samples.db").write_bytes(b"x" * 9000)
            plant.start()
            status, problem, _ = plant.ask(f"/api/v1/sensors/TT101/trend?from={before - 1000}")
            self.assertEqual(status, 503)
            self.assertIn("samples", problem["detail"])
            eventually(lambda: plant.ask(f"/api/v1/sensors/TT101/trend?from={int(time.time() * 1000) - 500}")[0] == 200,
                       "what is in memory")
            plant.stop()
            self.assertEqual((plant.data / "samples.db").read_bytes(), b"x" * 9000)
            plant.start()

    def test_an_exercise_tells_what_was_told_and_nothing_of_what_comes(self):
        with Web(BOTTLING) as plant:
            self.assertFalse(plant.get("/plant")["scenario"])
            self.assertIn("--scenario", plant.ask("/api/v1/exercise")[1]["detail"])
        plant = Web(BOTTLING, "--scenario", ROOT / "config" / "scenarios" / "overheat.yaml", "--speed", "0.1")
        plant.start()
        self.addCleanup(plant.kill)
        now = eventually(lambda: (lambda one: one if one["expectations"] else None)(plant.get("/exercise")), "its begin")
        self.assertTrue(plant.get("/plant")["scenario"])
        self.assertEqual([note["simulated_ms"] for note in now["notes"]], [0])
        self.assertEqual([one["what"] for one in now["expectations"]], ["no alarm of the plant for 1min"])
        self.assertEqual((now["expectations_all"], now["points_all"], now["over"], now["passed"]), (9, 30, False, False))
        told = json.loads(plant.ctl("exercise", "--format", "json", check=False).stdout)
        shape = lambda one: [list(one), *(list(each) for key in ("notes", "expectations") for each in one[key])]
        self.assertEqual(shape(told), shape(now), "a master reads the same")

    def test_alarms_of_no_sensor_and_interlocks_are_not_counted_as_sensors(self):
        text = ("mbplant: 1\nname: Own\nunits:\n  - id: 1\n    machines:\n      - name: M1\n        sensors: [{name: L, range: [0, 10], max: 9}]\n"
                "        alarms: [{name: DOOR, when: 'L > 8'}]\n        interlocks: [{name: IL, when: 'L < 2'}]\n  - {id: 2, sensors: [{name: K, range: [0, 10]}]}\n")
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder, "plant.yaml")
            file.write_text(text, encoding="utf-8")
            with Web(file) as plant:
                for units in (plant.get("/units"), plant.get("/plant")["units"]):
                    self.assertEqual([unit["sensors"] for unit in units], [1, 1])
                self.assertEqual(len(plant.get("/sensors")), 2)
                metrics = plant.ask("/metrics")[1].decode()
        for family, sensors in (("value", {"L", "K"}), ("good", {"L", "K"})):
            self.assertEqual(set(re.findall(rf'^mbplant_sensor_{family}\{{sensor="([^"]+)"', metrics, re.M)), sensors)
        self.assertLess({"L", "DOOR"}, set(re.findall(r'^mbplant_alarm_active\{sensor="([^"]+)"', metrics, re.M)))

    def test_the_alarm_of_a_bypass_tells_how_long_it_lasts(self):
        text = ("mbplant: 1\nname: Own\nunits:\n  - id: 1\n    machines:\n      - name: M1\n        sensors: [{name: L, range: [0, 10], max: 9}]\n"
                "        interlocks: [{name: IL, when: 'L < -2', bypass: {longest: 1h}}]\n")
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            file = pathlib.Path(folder, "plant.yaml")
            file.write_text(text, encoding="utf-8")
            with Web(file) as plant:
                left = lambda: plant.get("/alarms/M1.IL.bypassed")["bypassed_s"]
                self.assertIsNone(left())
                plant.post("/interlocks/M1.IL/bypass", {"for": "10min"})
                self.assertTrue(590 <= eventually(left, "the bypass") <= 600)
                plant.post("/interlocks/M1.IL/restore", {})
                eventually(lambda: left() is None, "an armed interlock")

    def test_what_hides_now_is_told_however_old_and_no_longer_when_it_ended(self):
        with Web(BOTTLING) as plant:
            self.assertEqual(plant.get("/hiding"), [])
            for verb in ("shelve", "unshelve"):
                plant.post(f"/alarms/PT501.low/{verb}", {"as": "David"})
            plant.post("/alarms/TT101.high/shelve", {"for": "1h", "why": "known", "as": "Anna"})
            plant.post("/machines/PACK1/state", {"state": "maintenance", "why": "new belt", "as": "Ola"})
            told = eventually(lambda: (lambda all: all if len(all) == 2 else None)(plant.get("/hiding?lang=fr")), "two events")
            self.assertEqual([(one["code"], one["sensor"] or one["machine"], one["peer"], one["comment"]) for one in told],
                             [("alarm shelved", "TT101", "Anna at 127.0.0.1", "known"), ("machine state", "PACK1", "Ola at 127.0.0.1", "new belt")])
            self.assertEqual([one["seq"] for one in told], sorted(one["seq"] for one in told))
            plant.post("/machines/PACK1/state", {"state": "en_service"})
            eventually(lambda: [one["sensor"] for one in plant.get("/hiding")] == ["TT101"], "what hides yet")

    def test_metrics_are_families_with_help_type_and_samples(self):
        sample = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\})? '
                            r'(NaN|[-+0-9.e]+)$')
        with Web(BOTTLING) as plant:
            text = plant.ask("/metrics")[1].decode()
        families, samples = [], set()
        for line in text.splitlines():
            if line.startswith("# HELP "):
                families.append(line.split()[2])
                continue
            if line.startswith("# TYPE "):
                self.assertEqual(line.split()[2], families[-1])
                self.assertEqual(families[-1].endswith("_total"), line.split()[3] == "counter", line)
                continue
            found = sample.match(line)
            self.assertTrue(found, line)
            self.assertEqual(found.group(1), families[-1])
            self.assertNotIn(found.group(0).rsplit(" ", 1)[0], samples)
            samples.add(found.group(0).rsplit(" ", 1)[0])
        self.assertEqual(len(families), len(set(families)))
        self.assertIn('mbplant_sensor_value{sensor="TT101",machine="FILL1",unit="°C"}', samples)
        # The dashboard asks for these families and labels alone.
        dashboard = (ROOT / "config" / "grafana.json").read_text(encoding="utf-8")
        asked = {target["expr"] for panel in json.loads(dashboard)["panels"] for target in panel["targets"]}
        labels = set(re.findall(r'[{,]([a-z]+)="', text)) | {"instance"}
        for expression in asked:
            self.assertLessEqual(set(re.findall(r"mbplant_\w+", expression)), set(families), expression)
            self.assertLessEqual(set(re.findall(r"(\w+)=~?\"", expression)), labels, expression)
        self.assertTrue(text.endswith("\n"))


class Commands(unittest.TestCase):
    """They go the way of a Modbus write."""

    def test_a_forced_value_is_seen_over_modbus_and_journaled_with_who_did_it(self):
        with Web(BOTTLING) as plant:
            plant.post("/sensors/TT101/force", {"value": 80})
            self.assertIn("80.0 °C", plant.ctl("read", "TT101"))
            event = eventually(lambda: plant.get("/events?code=value%20forced"), "the event")[0]
            self.assertEqual((event["sensor"], event["value"], event["peer"]), ("TT101", 80, "127.0.0.1"))
            self.assertFalse(plant.post("/sensors/TT101/release", {})["forced"])

    def test_what_is_refused_says_why_in_mbplantctls_words(self):
        with Web(BOTTLING) as plant:
            problem = plant.post("/sensors/TT101/force", {"value": 151}, 422)
            self.assertEqual(problem["detail"], "TT101: outside its range 0..150 °C")
            self.assertIn("outside its range 0..150 °C", plant.ctl("write", "TT101", "151", check=False).stderr)
            plant.post("/sensors/TT101/force", {"value": 90})
            problem = plant.post("/machines/FILL1/state", {"state": "en_service"}, 409)
            self.assertIn("TT101 Overheating 90.0 °C (limit 85 °C) still active", problem["detail"])
            self.assertIn(problem["detail"], plant.ctl("machine", "FILL1", "en_service", check=False).stderr)

    def test_one_alarm_of_a_sensor_that_is_hidden_as_one_is_not_told_to_be_back(self):
        with Web(BOTTLING) as plant:
            for hide, back, state in (("shelve", "unshelve", "shelved"), ("remove", "return", "out of service")):
                plant.post(f"/alarms/TT101/{hide}", {"why": "x"})
                status, answer, _ = plant.ask(f"/api/v1/alarms/TT101.high/{back}", {})
                self.assertEqual((status, answer["detail"]), (409, "TT101.high: all alarms of its sensor are hidden as one: name the sensor"))
                self.assertEqual(plant.get("/alarms/TT101.high")["state"], state)
                plant.post(f"/alarms/TT101/{back}", {})
                self.assertEqual(plant.get("/alarms/TT101.high")["state"], "normal")

    def test_an_alarm_is_acknowledged_shelved_and_unshelved(self):
        with Web(BOTTLING) as plant:
            plant.post("/sensors/TT101/force", {"value": 90})
            self.assertEqual([a["state"] for a in plant.get("/alarms")], ["unacknowledged"])
            answer = plant.post("/alarms/TT101.high/ack", {})
            self.assertEqual((answer["acts_on"], answer["alarms"][0]["state"]), ("TT101.high", "acknowledged"))
            answer = plant.post("/alarms/TT101.high/shelve", {"for": "10min"})
            self.assertEqual(answer["alarms"][0]["state"], "shelved")
            self.assertIn(answer["alarms"][0]["shelved_s"], (599, 600))
            self.assertEqual(plant.post("/alarms/TT101/unshelve", {})["alarms"][0]["state"], "acknowledged")

    def test_limits_are_written_together(self):
        with Web(BOTTLING) as plant:
            limits = plant.post("/sensors/TT101/limits", {"low": 90, "high": 100})["limits"]
            self.assertEqual((limits["low"], limits["high"]), (90, 100))
            plant.post("/sensors/TT101/limits", {"low": 120}, 422)
            self.assertIsNone(plant.post("/sensors/TT101/limits", {"low": None})["limits"]["low"])

    def test_a_point_and_raw_registers_are_written(self):
        with Web(BOTTLING) as plant:
            self.assertEqual(plant.post("/points/TT101.high.limit", {"value": 95})["value"], 95)
            self.assertEqual(plant.post("/registers", {"table": "holding", "at": 0, "values": [777]})["values"], [777])
            self.assertEqual(plant.get("/sensors/TT101")["value"], 77.7)
            self.assertEqual(plant.post("/registers", {"table": "ir", "at": 0, "values": [1]}, 409)["status"], 409)

    def test_an_alarm_is_not_its_limit_and_a_number_is_not_true(self):
        with Web(BOTTLING) as plant:
            for value in (True, 95, None):
                self.assertEqual(plant.post("/points/TT101.high", {"value": value}, 409)["detail"],
                                 "TT101.high cannot be written; TT101.high.limit can")
            self.assertEqual(plant.post("/points/FILL1.good", {"value": 3}, 409)["detail"], "FILL1.good cannot be written")
            for path in ("/points/TT101", "/points/TT101.high.limit", "/sensors/TT101/force"):
                self.assertIn("takes a number", plant.post(path, {"value": True}, 400)["detail"])
            self.assertEqual(plant.get("/sensors/TT101")["limits"]["high"], 85)
            self.assertIs(plant.post("/points/FILL1.maintenance", {"value": True})["value"], True)

    def test_bad_bodies_change_nothing_and_say_what_is_wrong(self):
        with Web(BOTTLING) as plant:
            for body, word in {"": "JSON", "[]": "JSON", "{": "JSON", '{"value": 1, "value": 2}': "JSON", "{}": "value",
                               '{"value": 1e999}': "JSON", '{"valve": 1}': "valve", '{"value": [1]}': "value",
                               '{"value": "hot"}': "number", '{"value": null}': "value"}.items():
                status, problem, _ = plant.ask("/api/v1/sensors/TT101/force", body, Content_Type="application/json")
                self.assertIn(status, (400, 411, 422), body)
                self.assertIn(word, problem["detail"], body)
            self.assertFalse(plant.get("/sensors/TT101")["forced"])

    def test_the_access_rules_of_masters_are_those_of_browsers(self):
        text = BOTTLING.read_text().replace("serial_functions: true}",
                                            "serial_functions: true, access: [{from: 127.0.0.1, allow: read}]}")
        with Web(self.file(text)) as plant:
            plant.get("/plant")
            self.assertIn("access rules", plant.post("/sensors/TT101/force", {"value": 80}, 403)["detail"])

    def test_a_plant_whose_values_stand_at_points_of_its_own_alone_is_commanded_as_far_as_they_go(self):
        text = ("mbplant: 1\nname: Own\nunits:\n  - id: 1\n    blocks: none\n    points:\n"
                "      - {at: holding 40, tag: TT1, scale: 0.5, offset: -40}\n      - {at: holding 50, tag: TT1.high.limit}\n"
                "    sensors: [{name: TT1, range: [0, 150], limits: {high: 85}, signal: {base: 65}}]\n")
        with Web(self.file(text)) as plant:
            self.assertEqual({point["name"] for point in plant.get("/map")}, {"TT1", "TT1.high.limit"})
            self.assertEqual(plant.post("/sensors/TT1/force", {"value": 70})["value"], 70)
            self.assertEqual(plant.get("/points/TT1")["raw"], [220])
            self.assertEqual(plant.post("/sensors/TT1/limits", {"high": 80})["limits"]["high"], 80)
            self.assertIn("no point TT1.forced", plant.post("/sensors/TT1/release", {}, 409)["detail"])

    def test_what_is_only_written_is_not_told(self):
        text = ("mbplant: 1\nname: Own\nunits:\n  - id: 1\n    blocks: none\n    points:\n"
                "      - {at: holding 40, name: CODE, value: 7, access: write, type: uint32}\n      - {at: holding 50, name: SEEN, value: 8}\n")
        with Web(self.file(text)) as plant:
            self.assertEqual(plant.get("/registers?table=holding&at=40&count=2")["values"], [None, None])
            for answer in (plant.get("/points/CODE"), plant.post("/points/CODE", {"value": 9})):
                self.assertEqual((answer["writable"], answer["value"], answer["raw"]), (True, None, [None, None]))
            self.assertEqual(plant.get("/points/SEEN")["value"], 8)

    def test_who_did_it_before_is_told_though_the_first_events_are_gone(self):
        with Web(BOTTLING) as plant:
            plant.post("/alarms/TT101.high/remove", {"as": "Anna"})
            plant.stop()
            with contextlib.closing(sqlite3.connect(plant.data / "journal.db")) as database, database:
                database.execute('INSERT OR REPLACE INTO event_removed SELECT 1, seq, "check" FROM event WHERE seq = 1')
                database.execute("DELETE FROM event WHERE seq = 1")
            plant.start()
            answer = plant.post("/alarms/TT101.high/remove", {"as": "Bert"})
            self.assertEqual((answer["already"], answer["by"]), (True, "Anna at 127.0.0.1"))

    def test_while_paused_a_command_waits_and_the_answer_says_so(self):
        with Web(self.file(BOTTLING.read_text().replace("seed: 42", "seed: 42\ninstructor: true"))) as plant:
            self.assertTrue(plant.post("/sim", {"pause": True})["paused"])
            self.assertFalse(plant.post("/sensors/TT101/force", {"value": 80}, 202)["forced"])
            plant.post("/sim", {"step": 1})
            eventually(lambda: plant.get("/sensors/TT101")["forced"], "the step")
            self.assertFalse(plant.post("/sim", {"pause": False})["paused"])

    def test_while_paused_what_ends_a_command_waits_behind_it_and_the_other_way_round(self):
        with Web(self.file(BOTTLING.read_text().replace("seed: 42", "seed: 42\ninstructor: true"))) as plant:
            def shelved():
                return plant.get("/sensors/TT101")["shelved"]
            for commands, after in ((("shelve", "unshelve"), False), (("unshelve", "shelve"), True),
                                    (("shelve", "unshelve", "shelve"), True), (("unshelve",), False)):
                with self.subTest(commands=commands):
                    plant.post("/sim", {"pause": True})
                    for command in commands:
                        self.assertFalse(plant.post(f"/alarms/TT101/{command}", {}, 202)["already"])
                    scans = plant.get("/status")["scans"]
                    plant.post("/sim", {"step": 1})
                    eventually(lambda: plant.get("/status")["scans"] > scans, "the step")
                    self.assertEqual(shelved(), after)
                    plant.post("/sim", {"pause": False})

    def test_a_plant_file_is_read_checked_with_places_and_put(self):
        taught = BOTTLING.read_text().replace("seed: 42", "seed: 42\ninstructor: true")
        with Web(self.file(taught)) as plant:
            _, text, headers = plant.ask("/api/v1/plant/text")
            self.assertEqual((text.decode(), headers["Content-Type"]), (taught, "application/yaml"))
            self.assertTrue(plant.post("/plant/check", {"text": taught})["unchanged"])
            line = 1 + taught[:taught.index("limits:")].count("\n")
            wrong = plant.post("/plant/check", {"text": taught.replace("limits:", "limitz:", 1)})
            self.assertEqual((wrong["ok"], wrong["messages"][0]["line"]), (False, line))
            self.assertIn("did you mean 'limits'?", wrong["messages"][0]["message"])
            refused = plant.post("/plant/put", {"text": taught.replace("limits:", "limitz:", 1)})
            self.assertEqual((refused["ok"], refused["saved"]), (False, False))
            self.assertEqual(plant.get("/plant")["name"], "Bottling line 3")
            done = plant.post("/plant/put", {"text": taught.replace("Bottling line 3", "Line 4").replace("Product temperature", "Juice", 1)})
            self.assertEqual((done["ok"], done["saved"], done["changed"]), (True, True, 1))
            self.assertEqual((plant.get("/plant")["name"], plant.get("/sensors/TT101")["label"]), ("Line 4", "Juice"))
            self.assertIn("TT101 changed: label by 127.0.0.1", plant.ctl("journal"))
            self.assertIn("bytes", plant.post("/plant/check", {"text": "#" * 2000000}, 413)["detail"])
            self.assertFalse(plant.post("/plant/check", {"text": ""})["ok"])
            gone = plant.post("/plant/put", {"text": BOTTLING.read_text().replace("instructor: true", "instructor: false")})
            self.assertTrue(gone["ok"])
            self.assertIn("no instructor", plant.post("/plant/put", {"text": taught}, 409)["detail"])

    def test_a_plant_file_is_put_while_the_plant_is_paused(self):
        taught = BOTTLING.read_text().replace("seed: 42", "seed: 42\ninstructor: true")
        with Web(self.file(taught)) as plant:
            plant.post("/sim", {"pause": True})
            self.assertTrue(plant.post("/plant/put", {"text": taught.replace("Bottling line 3", "Line 4")})["ok"])
            self.assertEqual((plant.get("/plant")["name"], plant.get("/sim")["paused"]), ("Line 4", True))

    def test_who_may_not_instruct_reads_a_plant_file_without_its_faults_and_puts_none(self):
        text = ("mbplant: 1\nname: Quiet\ninstructor: true\n"
                "server: {access: [{from: 127.0.0.1, allow: none, units: [247]}, {from: 127.0.0.1, allow: all}]}\n"
                "faults:\n  - {name: secret, sensor: T1, kind: bias, amount: 3, start: 1h}\n"
                "units: [{id: 1, machines: [{name: M1, sensors: [{name: T1, range: [0, 9], signal: {base: 5}}]}]}]\n")
        with Web(self.file(text)) as plant:
            self.assertNotIn(b"secret", plant.ask("/api/v1/plant/text")[1])
            plant.post("/plant/check", {"text": text}, 403)
            plant.post("/plant/put", {"text": text}, 403)

    def file(self, text):
        import tempfile
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = f"{folder.name}/plant.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Sweep(unittest.TestCase):
    """Every noun and command over a plant that has all kinds, with what is right, wrong, unknown and not allowed."""

    @classmethod
    def setUpClass(cls):
        text = BOILER.read_text(encoding="utf-8")
        if "\ninstructor: true" not in text:
            text += "instructor: true\n"
        if "\nfaults:" not in text:
            text += "faults: [{name: dirt, sensor: TT101, kind: bias, amount: 1}]\n"
        cls.folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        path = f"{cls.folder.name}/plant.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        cls.plant = Web(path)
        cls.plant.__enter__()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.plant.__exit__, None, None, None)

    def names(self, noun):
        return [item["name"] for item in self.plant.get("/" + noun)]

    def answers(self, path, body, statuses):
        status, answer, _ = self.plant.ask("/api/v1" + path, body)
        self.assertIn(status, statuses, (path, body, answer))
        return answer

    def test_each_item_is_found_by_its_name_in_any_case_and_no_other(self):
        for noun in ("machines", "sensors", "actuators", "controllers"):
            names = self.names(noun)
            self.assertTrue(names, noun)
            for name in names:
                self.assertEqual(self.plant.get(f"/{noun}/{name.lower()}")["name"], name)
            for wrong in ("NOBODY", "x" * 100, "%20"):
                self.answers(f"/{noun}/{wrong}", None, (404,))
            for path in (f"/{noun}/{names[0]}x", f"/{noun}?machine={self.names('machines')[0]}x"):
                self.assertRegex(self.answers(path, None, (404, 400))["detail"], "did you mean|is not known")
        fault = self.plant.get("/faults")[0]["name"]
        for on in (True, False):
            self.answers(f"/faults/{fault.swapcase()}", {"on": on}, (200, 202))
        for path in (f"/alarms/{self.names('sensors')[0]}x.high", f"/points/{self.names('sensors')[0]}x.high.limit"):
            self.assertIn(f"did you mean {self.names('sensors')[0]}.high", self.answers(path, None, (404,))["detail"])

    def test_lists_are_narrowed_and_a_wrong_filter_is_told(self):
        machine = self.names("machines")[0]
        for noun in ("sensors", "actuators", "controllers"):
            some = self.plant.get(f"/{noun}?machine={machine}")
            self.assertEqual({item["machine"] for item in some} - {machine}, set())
            self.assertLessEqual(len(some), len(self.names(noun)))
            self.answers(f"/{noun}?machine=NOBODY", None, (404,))
        for query in ("state=normal", "state=unacknowledged", "priority=high", "priority=critical", f"machine={machine}",
                      f"state=normal&machine={machine}&priority=medium"):
            for alarm in self.plant.get("/alarms?" + query):
                self.assertIn(alarm["state"], ("normal", "unacknowledged", "acknowledged", "returned", "shelved", "suppressed", "out of service"))
        everything = [alarm for state in ("normal", "unacknowledged", "acknowledged", "returned%20unacknowledged")
                      for alarm in self.plant.get("/alarms?state=" + state)]
        self.assertEqual({alarm["name"] for alarm in self.plant.get("/alarms?state=Active")},
                         {alarm["name"] for alarm in everything if alarm["active"]})
        self.assertEqual(self.plant.get("/alarms?state=returned_unacknowledged"),
                         self.plant.get("/alarms?state=returned%20unacknowledged"))
        for wrong in ("state=odd", "priority=none", "machine=NOBODY", "colour=red"):
            self.answers("/alarms?" + wrong, None, (400, 404))
        for query in ("since=1", "until=3", "since=1&until=2", "code=start", f"machine={machine}", "limit=1", "since=1h", "since=1&code=start&limit=2"):
            self.assertIsInstance(self.plant.get("/events?" + query), list)
        self.assertEqual([event["code"] for event in self.plant.get("/events?code=start")], ["start"])
        for same in ("1", "START", "1,start", "start,1"):
            self.assertEqual([event["code"] for event in self.plant.get("/events?code=" + same)], ["start"])
        both = [event["code"] for event in self.plant.get("/events?code=start,plant_loaded")]
        self.assertEqual(both, ["start", "plant loaded"])
        self.assertEqual([event["code"] for event in self.plant.get("/events?code=plant")], ["plant loaded"])
        self.assertIn("did you mean 'alarm raised'", self.answers("/events?code=alarm_rased", None, (400,))["detail"])
        for wrong in ("since=noon", "code=odd", "code=start,odd", "code=0", "code=999", "code=", "machine=NOBODY", "limit=0"):
            self.answers("/events?" + wrong, None, (400, 404))

    def test_newest_events_come_whatever_they_are_narrowed_by(self):
        machine = self.names("machines")[0]
        for _ in range(3):
            self.answers(f"/machines/{machine}/state", {"state": "maintenance"}, (200,))
            self.answers(f"/machines/{machine}/state", {"state": "en_service"}, (200,))
        eventually(lambda: len(self.plant.get("/events?code=machine_state&limit=1000")) >= 6, "all are stored")
        every = [event["seq"] for event in self.plant.get("/events?since=1&limit=1000000&code=machine_state")]
        for query in ("code=machine_state", f"code=machine_state&machine={machine}"):
            self.assertEqual([event["seq"] for event in self.plant.get(f"/events?{query}&limit=2")], every[-2:])
            self.assertEqual([event["seq"] for event in self.plant.get(f"/events?{query}&limit=2&until={every[-2]}")], every[-3:-1])
            self.assertEqual([event["seq"] for event in self.plant.get(f"/events?{query}&limit=2&since={every[1]}")], every[1:3])
            self.assertEqual([event["seq"] for event in self.plant.get(f"/events?{query}&limit=1000000")], every)
        self.assertEqual(self.plant.get("/events?code=machine_state&until=1"), [])
        self.assertEqual(self.plant.get("/events?code=machine_state&until=2020-01-01"), [])
        self.assertEqual(len(self.plant.get("/events?until=now&limit=3")), 3)

    def test_page_comes_whatever_is_appended_to_its_address(self):
        page = self.plant.ask_bytes("/")[1]
        for query in ("?x=1", "?utm_source=mail&a=&b", "?", "?x"):
            status, text, headers = self.plant.ask_bytes("/" + query)
            self.assertEqual((status, text), (200, page), query)
            self.assertIn("text/html", headers["Content-Type"])

    def test_each_point_of_the_map_is_read_by_its_name(self):
        points = self.plant.get("/map")
        for unit in {point["unit_id"] for point in points}:
            self.assertTrue(all(point["unit_id"] == unit for point in self.plant.get(f"/map?unit={unit}")))
        self.answers("/map?unit=99", None, (404,))
        for point in points[::7]:
            one = self.plant.get("/points/" + quote(point["name"], safe=""))
            self.assertEqual(one["name"].lower(), point["name"].lower())
        self.answers("/points/NOBODY", None, (404,))
        sensor = next(alarm["sensor"] for alarm in self.plant.get("/alarms?state=normal") if alarm["alarm"] == "high")
        state = self.plant.get(f"/points/{sensor.lower()}.HIGH.state")
        self.assertEqual((state["name"], state["value"], state["writable"]), (f"{sensor}.high.state", 0, False))
        self.assertEqual(self.plant.get(f"/points/{sensor}.high.since")["value"], self.plant.get(f"/points/{sensor}.alarm_since")["value"])

    def test_actuators_and_controllers_obey_or_say_why(self):
        for actuator in self.plant.get("/actuators"):
            value = not actuator["on"] if actuator["on_off"] else actuator["range_low"]
            self.answers(f"/actuators/{actuator['name']}/command", {"value": value}, (200, 409, 422))
            if not actuator["on_off"]:
                self.answers(f"/actuators/{actuator['name']}/command", {"value": actuator["range_high"] * 2 + 1000}, (409, 422))
        self.answers("/actuators/NOBODY/command", {"value": 1}, (404,))
        for controller in self.plant.get("/controllers"):
            path = f"/controllers/{controller['name']}/setting"
            self.answers(path, {"automatic": False, "manual": controller["output_low"]}, (200, 409, 422))
            self.answers(path, {"setpoint": controller["setpoint"], "gain": controller["gain"], "integral": controller["integral"], "derivative": 0,
                                "output_low": controller["output_low"], "output_high": controller["output_high"]}, (200, 422))
            self.answers(path, {"output_low": 1e30}, (409, 422))
            self.answers(path, {}, (400, 422))
            self.answers(path, {"automatic": True}, (200,))
        self.answers("/controllers/NOBODY/setting", {"setpoint": 1}, (404,))

    def test_alarm_commands_act_on_a_sensor_or_a_machine(self):
        machine = self.names("machines")[0]
        alarm = next(alarm for alarm in self.plant.get("/alarms?state=normal") if alarm["machine"] == machine)
        sensor = alarm["sensor"]
        for name in (sensor, machine, alarm["name"]):
            for verb, body in (("ack", {}), ("reset", {}), ("shelve", {"for": "30min"}), ("unshelve", {}), ("shelve", {"for": "once"}),
                               ("unshelve", {}), ("shelve", {}), ("unshelve", {}), ("remove", {"why": "calibration"}), ("return", {"as": "Anna"})):
                self.answers(f"/alarms/{name}/{verb}", body, (200, 202, 409))
        for span in ("soon", "-1s", "1ms", "900d"):
            self.answers(f"/alarms/{sensor}/shelve", {"for": span}, (400, 422))
        self.answers("/alarms/NOBODY/ack", {}, (404,))
        self.answers(f"/alarms/{sensor}.odd/ack", {}, (404,))
        self.answers(f"/alarms/{sensor}", None, (200,))

    def test_points_take_what_their_kind_takes(self):
        sensor = next(item for item in self.plant.get("/sensors") if isinstance(item["value"], float) and (item.get("limits") or {}).get("high") is not None)
        name, machine = sensor["name"], self.names("machines")[0]
        self.answers(f"/points/{name}", {"value": sensor["value"]}, (200, 409, 422))
        self.answers(f"/points/{name}", {"value": "hot"}, (400, 409, 422))
        self.answers(f"/points/{name}", {"value": None}, (422,))
        self.answers(f"/points/{name}", {"value": 1e30}, (409, 422))
        self.answers(f"/points/{name}.high.limit", {"value": None}, (200, 409, 422))
        self.answers(f"/points/{name}.high.limit", {"value": sensor["limits"]["high"]}, (200, 409, 422))
        self.answers(f"/points/{machine}.maintenance", {"value": True, "why": "a look"}, (200, 202, 409))
        self.answers(f"/points/{machine}.en_service", {"value": True}, (200, 202, 409))
        self.answers(f"/points/{machine}.good", {"value": 3}, (409,))
        self.answers("/points/NOBODY", {"value": 3}, (404,))
        self.answers(f"/sensors/{name}/limits", {"low": 1e30}, (409, 422))
        self.answers(f"/sensors/{name}/limits", {}, (400, 422))
        self.answers("/sensors/NOBODY/limits", {"low": 1}, (404,))
        self.answers("/sensors/NOBODY/force", {"value": 1}, (404,))
        self.answers("/sensors/NOBODY/release", {}, (404,))
        self.answers(f"/sensors/{name}/release", {}, (200, 409))
        self.answers("/machines/NOBODY/state", {"state": "en_service"}, (404,))

    def test_raw_registers_and_their_ends(self):
        unit = self.plant.get("/units")[0]["id"]
        for table in ("coils", "discrete_inputs", "input_registers", "holding_registers", "hr", "4x", "0x", "Coil", "3X", "IR", "discrete"):
            values = self.plant.get(f"/registers?unit={unit}&table={table}&at=0&count=20")["values"]
            self.assertEqual(len(values), 20)
        for alias in (0, 255):  # as over Modbus
            self.assertEqual(self.plant.get(f"/registers?unit={alias}&table=hr&at=0")["unit"], unit)
        for wrong in ("table=odd", "unit=99", "at=65535&count=2", "count=0", "at=-1"):
            self.answers("/registers?" + wrong, None, (400, 404, 422))
        for body in ({"table": "odd", "at": 0, "values": [1]}, {"table": "input_registers", "at": 0, "values": [1]},
                     {"table": "coils", "at": 0, "values": [1] * 2500}, {"table": "holding_registers", "at": 65535, "values": [1, 2]},
                     {"table": "holding_registers", "at": 0, "values": [1] * 200}, {"table": "holding_registers", "at": 0, "values": []},
                     {"table": "holding_registers", "at": 0, "values": [70000]}, {"unit": 99, "table": "coils", "at": 0, "values": [1]},
                     {"table": "holding_registers", "at": 64000, "values": [1]}, {"table": "coils", "at": 64000, "values": [1, 0]},
                     {"table": "coils", "at": 0, "values": [2]}):
            self.answers("/registers", body, (400, 404, 409, 422))

    def test_a_plant_that_runs_takes_no_step_and_says_so(self):
        self.answers("/sim", {"pause": False}, (200,))
        self.assertEqual(self.answers("/sim", {"step": 3}, (409,))["detail"], "the plant is running, and only a paused one steps")
        status, problem, _ = self.plant.ask("/api/v1/sim", {"step": 3}, Accept_Language="fr")
        self.assertEqual((status, problem["detail"]), (409, "l’installation est en marche, et seule une installation en pause avance pas à pas"))
        self.answers("/sim", {"pause": True, "step": 1}, (200,))
        self.answers("/sim", {"pause": False}, (200,))

    def test_an_instructor_has_time_and_faults_in_hand(self):
        fault = self.plant.get("/faults")[0]["name"]
        for on in (True, False):
            self.answers(f"/faults/{fault}", {"on": on}, (200, 202))
        self.answers("/faults/NOBODY", {"on": True}, (404,))
        for body, statuses in (({"speed": 2}, (200,)), ({"speed": 1}, (200,)), ({"speed": 5000}, (400, 422)), ({"snapshot": True}, (200, 202)),
                               ({"pause": True}, (200,)), ({"step": 3}, (200, 202)), ({"restore": True}, (200, 202)), ({"pause": False}, (200,)), ({}, (200, 400, 422))):
            self.answers("/sim", body, statuses)
        eventually(lambda: not self.plant.get("/sim")["paused"], "a plant that runs")

    def test_an_instructor_has_the_seed_and_the_parameters(self):
        for seed, shown in ((7, "7"), ("18446744073709551615", "18446744073709551615"), ("0", "0")):
            self.assertEqual(self.answers("/sim", {"seed": seed}, (200,))["seed"], shown)
        for seed in (-1, 1.5, "x", "18446744073709551616", True, ""):
            self.answers("/sim", {"seed": seed}, (400, 422))
        self.assertEqual(self.plant.get("/parameters"), [])
        with Web(DATA / "parameters.yaml") as plant:
            self.assertEqual([row["name"] for row in plant.get("/parameters")], ["UA", "T_AMB", "K1", "K2"])
            changed = plant.post("/parameters/ua", {"value": 35.125})
            self.assertEqual(changed, {"name": "UA", "value": 35.125, "in_file": 40})
            self.assertIn("UA = 35.125 ", plant.ctl("sim", "parameter"))
            for name, body, status in (("UB", {"value": 1}, 404), ("UA", {"value": "x"}, 400), ("UA", {}, 400)):
                plant.post(f"/parameters/{name}", body, status)

    def test_an_instructor_has_snapshots_with_names(self):
        said = self.answers("/sim", {"snapshot": "cold start"}, (200,))
        self.assertEqual([(row["name"], row["wrong"]) for row in said["snapshots"]], [("cold start", None)])
        self.assertEqual(self.answers("/sim", {"restore": "cold start"}, (200,))["restored"], said["restored"] + 1)
        self.assertEqual(self.answers("/sim", {"restore": "warm"}, (409,))["detail"], "there is no snapshot 'warm'; mbplantctl sim snapshots lists them")
        for body in ({"restore": "../x"}, {"snapshot": ""}, {"snapshot": 3}, {"restore": "cold start", "pause": True}, {"remove": True}):
            self.answers("/sim", body, (400, 422))
        self.assertEqual(self.answers("/sim", {"remove": "cold start"}, (200,))["snapshots"], [])


class Guard(unittest.TestCase):
    """Who is let in, and what a request may look like."""

    def test_hosts_that_are_not_this_one_are_421(self):
        with Web(BOTTLING) as plant:
            for host in ("evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "[::2]", "localhost:x", "",
                         "127.0.0.1:80:80", "mbplant", "127.0.0.1@evil.example", "[::1", "[::1]x", "localhost:",
                         "localhost:1234567", ":80", "[]", "128.0.0.1", "h" * 300):
                answer = plant.raw("GET /api/v1/plant HTTP/1.1", f"Host: {host}", "Connection: close")
                self.assertRegex(answer, rb"^HTTP/1\.1 4(21|00) ", host)
            for host in ("localhost", "LOCALHOST:8020", f"127.0.0.1:{plant.web}", "[::1]:1", "127.9.9.9"):
                self.assertEqual(plant.ask("/api/v1/plant", Host=host)[0], 200, host)

    def test_open_to_the_network_any_address_is_as_good_but_no_foreign_name(self):
        with Web(BOTTLING) as plant:
            plant.stop()
            plant.start("--http", "0.0.0.0:0")
            for host in ("10.0.0.1", "[fe80::1]:80", "localhost", socket.gethostname()):
                self.assertEqual(plant.ask("/api/v1/plant", Host=host)[0], 200, host)
            for host in ("evil.example", "10.0.0.1.nip.io"):
                self.assertEqual(plant.ask("/api/v1/plant", Host=host)[0], 421, host)

    def test_other_sites_and_other_types_change_nothing(self):
        with Web(BOTTLING) as plant:
            path = "/api/v1/sensors/TT101/force"
            host = f"127.0.0.1:{plant.web}"
            body = '{"value": 80}'
            json_type = {"Content_Type": "application/json"}
            for status, headers in ((403, dict(json_type, Origin="http://evil.example")), (403, dict(json_type, Origin="null")),
                                    (403, dict(json_type, Sec_Fetch_Site="cross-site")), (415, {}),
                                    (403, dict(json_type, Sec_Fetch_Site="same-site")),
                                    (415, {"Content_Type": "text/plain"}),
                                    (415, {"Content_Type": "application/x-www-form-urlencoded"})):
                self.assertEqual(plant.ask(path, body, **headers)[0], status, headers)
            self.assertFalse(plant.get("/sensors/TT101")["forced"])
            self.assertEqual(plant.ask("/api/v1/plant", Origin="http://evil.example")[0], 403)
            self.assertEqual(plant.ask("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0], 200)
            self.assertEqual(plant.ask(path, body, Origin=f"http://{host}", **json_type)[0], 200)

    def test_no_answer_lets_a_page_from_elsewhere_in(self):
        with Web(BOTTLING) as plant:
            for path in ("/", "/app.js", "/api/v1/plant", "/none"):
                headers = plant.ask(path)[2]
                self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertIsNone(headers["Access-Control-Allow-Origin"])

    def test_bodies_that_end_nobody_knows_where_are_refused(self):
        post = ("POST /api/v1/sensors/TT101/force HTTP/1.1", "Host: localhost", "Content-Type: application/json")
        with Web(BOTTLING) as plant:
            for lines in (("Transfer-Encoding: chunked",), ("Content-Length: 13", "Transfer-Encoding: chunked"),
                          ("Content-Length: 13", "Content-Length: 14"), ("Content-Length: +13",), ("Content-Length: 0x13",),
                          ("Content-Length: 99999999999999999999",), ("Content-Length: 70000",), ("Content-Length: -1",), ()):
                answer = plant.raw(*post, *lines, body=b'{"value": 80}')
                self.assertRegex(answer, rb"^HTTP/1\.1 (400|411|413) ", lines)
                self.assertNotIn(b"HTTP/1.1 200", answer, lines)
            self.assertFalse(plant.get("/sensors/TT101")["forced"])

    def test_lines_and_headers_without_end_are_refused_and_others_go_on(self):
        with Web(BOTTLING) as plant:
            for lines in (["GET /" + "a" * 100000 + " HTTP/1.1", "Host: localhost"],
                          ["GET / HTTP/1.1", "Host: localhost"] + [f"X-{i}: y" for i in range(10000)],
                          ["GET /%00 HTTP/1.1", "Host: localhost", "Connection: close"],
                          ["GET /api/v1/sensors/a%2Fb HTTP/1.1", "Host: localhost", "Connection: close"]):
                try:
                    answer = plant.raw(*lines)
                except ConnectionResetError:
                    answer = b""
                self.assertRegex(answer, rb"^(HTTP/1\.1 4\d\d |$)", lines[0][:40])
            self.assertIn("TT101", plant.ctl("read", "TT101"))
            self.assertEqual(plant.ask("/api/v1/plant")[0], 200)

    def test_a_thousand_connections_that_say_nothing_keep_nobody_out(self):
        with Web(BOTTLING) as plant:
            idle = [socket.create_connection(("127.0.0.1", plant.web), 60) for _ in range(1000)]
            self.assertEqual(plant.ask("/api/v1/plant")[0], 200)
            self.assertIn("TT101", plant.ctl("read", "TT101"))
            for connection in idle:
                connection.close()
            self.assertEqual(plant.ask("/api/v1/plant")[0], 200)

    def test_commands_need_the_token_and_reads_do_not(self):
        import os
        import tempfile
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            token = os.path.join(folder, "token")
            with open(os.open(token, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.write("0123456789abcdef-secret\n")
            path = os.path.join(folder, "plant.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BOTTLING.read_text() + "http: {token_file: token}\n")
            with Web(path) as plant:
                plant.get("/plant")
                for value in (None, "Bearer wrong", "Basic 0123456789abcdef-secret", "Bearer 0123456789abcdef-secre"):
                    headers = {"Authorization": value} if value else {}
                    status, _, answered = plant.ask("/api/v1/sensors/TT101/force", {"value": 80}, **headers)
                    self.assertEqual((status, answered["WWW-Authenticate"]), (401, 'Bearer realm="mbplant"'))
                self.assertEqual(plant.ask("/api/v1/sensors/TT101/force", {"value": 80},
                                           Authorization="Bearer 0123456789abcdef-secret")[0], 200)
            pathlib.Path(token).write_text("short\n", encoding="ascii")
            with Web(path) as plant:
                self.assertIsNotNone(plant.err.wait_for(re.compile("5 characters, and can be guessed")))
                self.assertEqual(plant.ask("/api/v1/sensors/TT101/force", {"value": 80}, Authorization="Bearer short")[0], 200)
            for wrong in ("", "two words", "two\nlines", "x" * 513):
                pathlib.Path(token).write_text(wrong, encoding="ascii")
                result = run(MBPLANTD, "-l", "127.0.0.1:0", "--http", "127.0.0.1:0", "-d", folder, path)
                self.assertEqual((result.returncode, "must hold one line" in result.stderr), (1, True))
            pathlib.Path(token).write_text("0123456789abcdef-secret\n", encoding="ascii")
            os.chmod(token, 0o644)
            result = run(MBPLANTD, "-l", "127.0.0.1:0", "--http", "127.0.0.1:0", "-d", folder, path)
            self.assertEqual(result.returncode, 1)
            self.assertIn("chmod 600", result.stderr)
            # what systemd hands over has an access list, which looks like a right of the group's
            result = run(MBPLANTD, "--http", "127.0.0.1:0", "-d", folder, path, "--exec", "true",
                         environment=dict(ENVIRONMENT, CREDENTIALS_DIRECTORY=folder))
            self.assertEqual((result.returncode, result.stderr), (0, ""))


class Nonsense(unittest.TestCase):
    def test_a_body_that_is_no_json_object_is_told_what_is_wrong_with_it(self):
        with Web(BOTTLING) as plant:
            for body, said in ((b'{"value": 80, "why": "\xe9t\xe9"}', "must be UTF-8"), (b'{"value": 80, "why": "a\\u0000b"}', "has a NUL"),
                               (b'{"value": 80, "value": 81}', "no key twice"), (b"[1]", "one JSON object"), (b"", "one JSON object")):
                status, answer, _ = plant.ask("/api/v1/sensors/TT101/force", body, Content_Type="application/json")
                self.assertEqual(status, 400, body)
                self.assertIn(said, answer["detail"], body)
            edit = {"do": "set", "thing": "sensor", "name": "TT101", "keys": {"max": 86}}
            self.assertEqual(plant.post("/plant/edit", edit, 400)["detail"], ''''keys' must be an object of texts, as in {"max": "90"}''')

    def test_nothing_that_is_sent_is_an_error_of_ours(self):
        import random
        chance = random.Random(7)
        words = ["", "TT101", "FILL1", "null", "\\u0000", "-1", "1e308", "NaN", "{}", "[]", "é", "%", "..", "a" * 200, "high", "true"]
        with Web(BOTTLING) as plant:
            document = plant.get("/openapi.json")
            for _ in range(400):
                path, methods = chance.choice(sorted(document["paths"].items()))
                if path.endswith("/stream"):
                    continue
                path = path.replace("{name}", quote(chance.choice(words) or "x", safe=""))
                if "post" in methods and chance.random() < 0.7:
                    schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
                    keys = [*schema["properties"], "other"]
                    body = {chance.choice(keys): chance.choice([1, -1, 1e9, True, None, "x", [], [1], {}, *words]) for _ in range(chance.randrange(3))}
                    text = json.dumps(body)[:chance.choice([None, None, 5])]
                    status = plant.ask(path, text, Content_Type="application/json")[0]
                else:
                    key = chance.choice(["since", "until", "limit", "state", "at", "count", "table", "unit", "from", "points", "x"])
                    status = plant.ask(f"{path}?{key}={quote(chance.choice(words))}")[0]
                self.assertLess(status, 500, path)
            self.assertIn("TT101", plant.ctl("read", "TT101"))


class Streams(unittest.TestCase):
    def test_a_stream_begins_with_all_that_is_and_goes_on_with_what_changes(self):
        with Web(BOTTLING) as plant:
            stream = plant.stream()
            self.addCleanup(stream.close)
            kind, number, data = stream.next()
            self.assertEqual((kind, data["plant"]), ("hello", "Bottling line 3"))
            self.assertEqual(len(stream.next("machines")[2]["machines"]), 5)
            self.assertEqual(len(stream.next("values")[2]["values"]), plant.get("/plant")["sensors"] + plant.get("/plant")["actuators"])
            plant.post("/sensors/TT101/force", {"value": 90})
            alarms = stream.next("alarms")[2]["alarms"]["TT101"]
            self.assertEqual([a["state"] for a in alarms], ["unacknowledged"])
            self.assertGreater(stream.next("event")[1], number)

    def test_a_stream_that_comes_back_gets_every_event_once(self):
        with Web(BOTTLING) as plant:
            stream = plant.stream("?topics=events")
            seen = []
            last = stream.next("hello")[1]
            for value in (60, 61, 62):
                plant.post("/sensors/TT101/force", {"value": value})
            seen.append(stream.next("event")[1])
            stream.close()
            for value in (63, 64, 65):
                plant.post("/sensors/TT101/force", {"value": value})
            stream = plant.stream("?topics=events", Last_Event_ID=str(seen[-1]))
            self.addCleanup(stream.close)
            while len(seen) < 6:
                seen.append(stream.next("event")[1])
            self.assertEqual(seen, list(range(last + 1, last + 7)))

    def test_a_number_that_the_journal_does_not_have_yet_is_no_gap(self):
        with Web(BOTTLING) as plant:
            stream = plant.stream("?topics=events", Last_Event_ID="4000000")
            self.addCleanup(stream.close)
            last = stream.next("hello")[1]
            plant.post("/sensors/TT101/force", {"value": 60})
            self.assertEqual(stream.next("gap", "event")[:2], ("event", last + 1))

    def test_events_on_both_sides_of_one_that_was_taken_out_are_told(self):
        with Web(BOTTLING) as plant:
            for value in range(60, 66):
                plant.post("/sensors/TT101/force", {"value": value})
            plant.stop()
            with sqlite3.connect(plant.data / "journal.db") as database:
                database.execute("DELETE FROM event WHERE seq = 5")
            database.close()
            plant.start()
            last = eventually(lambda: plant.get("/status")["last_event"], "what the start tells")
            wanted = [seq for seq in range(1, last + 1) if seq != 5]

            def told(query):
                return [event["seq"] for event in plant.get("/events?" + query) if event["seq"] <= last]

            self.assertEqual(told("since=1&limit=1000"), wanted)
            self.assertEqual(told("since=5&limit=2"), [6, 7])
            rows = plant.ask_bytes("/api/v1/events?since=1&limit=1000&format=csv")[1].decode().splitlines()[1:]
            self.assertEqual([seq for seq in (int(row.split(",")[0]) for row in rows) if seq <= last], wanted)
            forced = [event["seq"] for event in plant.get("/events?since=1&limit=1000&code=value%20forced")]
            self.assertEqual(told("limit=1000&code=value%20forced"), forced, "looked for from the end on")
            self.assertTrue(forced[0] < 5 < forced[-1], forced)
            stream = plant.stream("?topics=events", Last_Event_ID="3")
            self.addCleanup(stream.close)
            self.assertEqual(stream.next("event", "gap")[:2], ("event", 4))
            self.assertEqual(stream.next("event", "gap"), ("gap", 5, {"from": 5, "to": 5}))
            self.assertEqual(stream.next("event", "gap")[:2], ("event", 6))

    def test_topics_that_are_none_are_refused(self):
        with Web(BOTTLING) as plant:
            self.assertIn("topics", plant.ask("/api/v1/stream?topics=values,weather")[1]["detail"])

    def test_more_streams_than_there_may_be_are_503(self):
        with Web(BOTTLING) as plant:
            streams = [plant.stream("?topics=events") for _ in range(32)]
            self.assertEqual(plant.ask("/api/v1/stream")[0], 503)
            for stream in streams:
                stream.close()
            eventually(lambda: plant.get("/status")["streams"] == 0, "the end of closed streams")

    def test_a_reader_that_stops_costs_nobody_else(self):
        with Web(BOTTLING) as plant:
            deaf = socket.create_connection(("127.0.0.1", plant.web))
            self.addCleanup(deaf.close)
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream = plant.stream("?topics=values")
            self.addCleanup(stream.close)
            for _ in range(5):
                stream.next("values")
            self.assertIn("TT101", plant.ctl("read", "TT101"))

    def test_a_changed_plant_is_told_and_the_stream_goes_on(self):
        import os
        import signal
        import tempfile
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = os.path.join(folder, "plant.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BOTTLING.read_text())
            with Web(path) as plant:
                stream = plant.stream("?topics=values,machines")
                self.addCleanup(stream.close)
                stream.next("values")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(BOTTLING.read_text().replace("Bottling line 3", "Bottling line 4"))
                plant.process.send_signal(signal.SIGHUP)
                self.assertEqual(stream.next("plant")[2]["plant"], "Bottling line 4")
                self.assertEqual(len(stream.next("values")[2]["values"]), plant.get("/plant")["sensors"] + plant.get("/plant")["actuators"])


class Open(unittest.TestCase):
    """mbplantctl open: which address it says, and what it starts."""

    def test_open_prints_the_address_and_hands_it_to_the_browser(self):
        with Web(BOTTLING) as plant, tempfile.TemporaryDirectory() as folder:
            said = os.path.join(folder, "said")
            browser = os.path.join(folder, "browser")
            with open(os.open(browser, os.O_CREAT | os.O_WRONLY, 0o700), "w", encoding="ascii") as file:
                file.write(f'#!/bin/sh\nprintf %s "$1" >"{said}"\n')
            address = f"http://127.0.0.1:{plant.web}/"

            def ask(**more):
                environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
                return run(MBPLANTCTL, "-p", plant.port, "open", environment={**environment, **more})

            eventually(lambda: address in ask().stdout, "the address, from the first scan on")
            self.assertIn("no browser", ask().stderr)
            result = ask(BROWSER=browser)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, address + "\n", ""))
            with open(said, encoding="ascii") as file:
                self.assertEqual(file.read(), address)
            for wrong in ("/nowhere/browser", "/bin/false"):
                self.assertIn("no browser", ask(BROWSER=wrong).stderr)

    def test_open_of_a_plant_without_a_page_says_how_to_have_one(self):
        with Plant(BOTTLING) as plant:
            result = plant.ctl("open", check=False)
            self.assertEqual(result.returncode, 1)
            self.assertIn("--http", result.stderr)


class Address(unittest.TestCase):
    def start(self, *flags):
        """Ends at once, or after SIGTERM."""
        import tempfile
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            process = subprocess.Popen([str(word) for word in (MBPLANTD, "-l", "127.0.0.1:0", "-d", folder, *flags)],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
            first = process.stdout.readline()
            if first:
                while not process.stdout.readline().startswith("data"):
                    pass
                process.terminate()
            out, err = process.communicate(timeout=60)
            return process.returncode, err

    def test_a_taken_address_that_was_named_ends_it_and_one_that_was_not_is_a_warning(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port = free_port()
            taken.bind(("127.0.0.1", port))
            taken.listen()
            code, err = self.start("--http", f"127.0.0.1:{port}", BOTTLING)
            self.assertEqual(code, 1)
            self.assertIn("another program has that port", err)
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", 8020))
                taken.listen()
            except OSError:
                pass  # another has it: as good
            code, err = self.start(BOTTLING)
            self.assertEqual(code, 0, err)
            self.assertIn("no HTTP: another program has 127.0.0.1:8020", err)
            self.assertEqual(self.start("--http", "off", BOTTLING), (0, ""))

    def test_print_config_shows_an_address_that_nobody_named_as_a_comment(self):
        told = run(MBPLANTD, "--print-config", BOTTLING, check=True).stdout
        self.assertIn("\n# http: {listen: 127.0.0.1:8020}\n", told)


if __name__ == "__main__":
    main()
