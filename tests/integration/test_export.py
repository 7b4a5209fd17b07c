"""mbplantctl export: each target's file, read by a reader written from that target's documents, and every point in it read from a
running plant: the value must be the one that mbplantctl reads by name."""
import csv
import io
import json
import math
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import tomllib
import unittest
import uuid
import xml.etree.ElementTree as xml

import yaml

import support

TABLES = {"coils": 1, "discrete_inputs": 2, "holding_registers": 3, "input_registers": 4}
FORMATS = {"int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q", "float32": "f", "float64": "d"}
ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")


def decode(words, kind, order="ABCD", scale=1.0, offset=0.0):
    """A value of words (16 bits each, as they came), by a type and an order of this file's own words."""
    data = [struct.pack("<H" if order in ("BADC", "DCBA") else ">H", word) for word in words]
    joined = b"".join(reversed(data) if order in ("CDAB", "DCBA") else data)
    if kind == "string":
        return b"".join(data).split(b"\0")[0].decode()
    return struct.unpack(">" + FORMATS[kind], joined)[0] * scale + offset


class Master:
    """Function codes 1 to 4, by hand."""

    def __init__(self, port):
        self.wire = socket.create_connection(("127.0.0.1", port), support.PATIENCE_S)

    def read(self, unit, function, address, count):
        self.wire.sendall(struct.pack(">HHHBBHH", 1, 0, 6, unit, function, address, count))
        head = self.wire.recv(7, socket.MSG_WAITALL)
        body = self.wire.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL)
        assert body[0] == function, f"unit {unit} FC {function} at {address}, {count}: exception {body[1]}"
        if function <= 2:
            return [body[2 + n // 8] >> n % 8 & 1 for n in range(count)]
        return list(struct.unpack(f">{count}H", body[2:]))


class Exporting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-export-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def serve(self, path):
        """A plant that stands still."""
        text = pathlib.Path(path).read_text(encoding="utf-8")
        file = self.folder / "plant.yaml"
        file.write_text(text if "instructor: true" in text else text + "\ninstructor: true\n", encoding="utf-8")
        self.plant = self.enterContext(support.Plant(file))
        self.plant.ctl("sim", "pause")
        self.master = Master(self.plant.port)
        self.addCleanup(self.master.wire.close)
        self.file = file

    def export(self, target, *words):
        done = support.run(support.MBPLANTCTL, "--plant", self.file, "-p", self.plant.port, "export", target, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, done.stderr

    def values(self, names):
        """What mbplantctl reads by these names."""
        shown = json.loads(self.plant.ctl("read", "--format", "json", *names))
        return {item["point"]: item["value"] for item in shown}

    def check(self, found, at_least):
        """found: {(name, unit): value}; a name that several units have is looked at in the first of them."""
        self.assertGreaterEqual(len(found), at_least)
        found = {(name.split("@")[0], unit): value for (name, unit), value in found.items()}  # what stands twice shows the same
        names = sorted({name for name, _ in found})
        wanted = self.values(names)
        first = {name: min(unit for other, unit in found if other == name) for name in names}
        for (name, unit), value in found.items():
            if unit != first[name]:
                continue
            with self.subTest(name):
                self.same(value, wanted[name])

    def same(self, value, wanted):
        if isinstance(wanted, str) or wanted is None:
            self.assertIn(wanted, (value, None, "on" if value == 1 else "off"))
        elif isinstance(value, float) and math.isnan(value):
            self.assertTrue(wanted is None or math.isnan(wanted))
        else:
            self.assertAlmostEqual(value, float(wanted), delta=1e-6 * max(1, abs(float(wanted))))


class Readers(Exporting):
    """One for each target; (name, unit) -> value."""

    def of_csv(self, text, _):
        found = {}
        for row in csv.DictReader(io.StringIO(text)):
            kind, count = row["type"], int(row["count"])
            words = self.master.read(int(row["unit_id"]), int(row["read_function"]), int(row["address"]), count)
            self.assertEqual(int(row["address"]) + 1, int(row["address_from_1"]))
            self.assertEqual(int(row["reference"]) % 100000, int(row["address_from_1"]) % 100000)
            if kind == "bool":
                value = words[0]
            elif kind.startswith("bit "):
                value = words[0] >> int(kind[4:]) & 1
            elif kind.startswith("string"):
                value = decode(words, "string", row["order"])
            else:
                value = decode(words, kind, row["order"], float(row["scale"]), float(row["offset"]))
            found[row["point"], int(row["unit_id"])] = value
        return found

    def of_collectd(self, text, _):
        kinds = {"Int16": "int16", "Uint16": "uint16", "Int32": "int32", "Uint32": "uint32", "Float": "float32"}
        data, found, unit = {}, {}, None
        for name, body in re.findall(r'<Data "([^"]+)">\n(.*?)</Data>', text, re.S):
            data[name] = dict(re.findall(r"^ +(\w+) (.*)$", body, re.M))
        self.assertIn(f'Port "{self.plant.port}"', text)
        for line in text.splitlines():
            if slave := re.match(r" +<Slave (\d+)>", line):
                unit = int(slave[1])
            if collect := re.match(r' +Collect "([^"]+)"', line):
                of = data[collect[1]]
                kind = kinds[of["RegisterType"].removesuffix("LE")]
                words = self.master.read(unit, {"ReadHolding": 3, "ReadInput": 4}[of["RegisterCmd"]], int(of["RegisterBase"]),
                                         struct.calcsize(FORMATS[kind]) // 2)
                value = decode(words, kind, "CDAB" if of["RegisterType"].endswith("LE") else "ABCD", float(of.get("Scale", 1)),
                               float(of.get("Shift", 0)))
                found[json.loads(of["Instance"]), unit] = value
                self.assertEqual(of["Type"], "gauge")
        return found

    def of_telegraf(self, text, _):
        [plugin] = tomllib.loads(text)["inputs"]["modbus"]
        self.assertEqual(plugin["controller"], f"tcp://127.0.0.1:{self.plant.port}")
        self.assertEqual(plugin["configuration_type"], "request")
        found = {}
        for request in plugin["request"]:
            unit, function = request["slave_id"], {"coil": 1, "discrete": 2, "holding": 3, "input": 4}[request["register"]]
            self.assertIn(request["byte_order"], ORDERS)
            names = [field["name"] for field in request["fields"]]
            self.assertEqual(len(names), len(set(names)))
            for field in request["fields"]:
                if field.get("omit"):
                    continue
                if function <= 2:
                    value = self.master.read(unit, function, field["address"], 1)[0]
                elif field["type"] == "STRING":
                    value = decode(self.master.read(unit, function, field["address"], field["length"]), "string", request["byte_order"])
                elif field["type"] == "BIT":
                    value = self.master.read(unit, function, field["address"], 1)[0] >> field["bit"] & 1
                else:
                    kind = field["type"].lower()
                    words = self.master.read(unit, function, field["address"], struct.calcsize(FORMATS[kind]) // 2)
                    value = decode(words, kind, request["byte_order"], field.get("scale", 1))
                found[field["name"], unit] = value
        return found

    def of_homeassistant(self, text, _):
        [hub] = yaml.safe_load(text)["modbus"]
        self.assertEqual((hub["type"], hub["host"], hub["port"]), ("tcp", "127.0.0.1", self.plant.port))
        swaps = {None: "ABCD", "word": "CDAB", "byte": "BADC", "word_byte": "DCBA"}
        found, ids = {}, []
        for item in hub.get("sensors", []):
            function, kind, unit = {"holding": 3, "input": 4}[item.get("input_type", "holding")], item.get("data_type", "int16"), item.get("slave", 0)
            if kind == "string":
                value = decode(self.master.read(unit, function, item["address"], item["count"]), "string", swaps[item.get("swap")])
            else:
                size = struct.calcsize(FORMATS[kind]) // 2
                self.assertFalse(size == 1 and "swap" in item)
                words = self.master.read(unit, function, item["address"], size)
                value = decode(words, kind, swaps[item.get("swap")], item.get("scale", 1), item.get("offset", 0))
                self.assertIn(item.get("state_class", "measurement"), ("measurement", "total_increasing"))
            found[item.get("unique_id", item["name"]), unit] = value
            ids.append(item.get("unique_id", item["name"]))
        for item in hub.get("binary_sensors", []):
            function, unit = {"coil": 1, "discrete_input": 2}[item.get("input_type", "coil")], item.get("slave", 0)
            found[item.get("unique_id", item["name"]), unit] = self.master.read(unit, function, item["address"], 1)[0]
            ids.append(item.get("unique_id", item["name"]))
        for item in hub.get("switches", []):
            self.assertEqual((item["write_type"], item.get("command_on", 1), item.get("command_off", 0)), ("coil", 1, 0))
            if "verify" in item:  # without it nothing is read
                found[item.get("unique_id", item["name"]), item.get("slave", 0)] = self.master.read(item.get("slave", 0), 1, item["address"], 1)[0]
            ids.append(item.get("unique_id", item["name"]))
        self.assertEqual(len(ids), len(set(ids)))
        return self.by_name(found, lambda name, unit: f"mbplant_u{unit}_" + re.sub("[^A-Za-z0-9]", "_", name))

    def of_fuxa(self, text, _):
        project = json.loads(text)
        kinds = {**{kind.capitalize().replace("Uint", "UInt"): kind for kind in FORMATS}}
        tables = {"000000": 1, "100000": 2, "300000": 4, "400000": 3}
        found, tags = {}, {}
        for device in project["devices"].values():
            self.assertEqual((device["type"], device["property"]["address"]), ("ModbusTCP", f"127.0.0.1:{self.plant.port}"))
            unit, taken = int(device["property"]["slaveid"]), {}
            for ident, tag in device["tags"].items():
                self.assertEqual(ident, tag["id"])
                self.assertNotIn(".", ident)
                kind, suffix = re.fullmatch(r"([A-Z][A-Za-z]+?\d*)(MLE|LE|)", tag["type"]).groups()
                function, address = tables[tag["memaddress"]], int(tag["address"]) - 1
                size = 1 if kind == "Bool" else struct.calcsize(FORMATS[kinds[kind]]) // 2
                self.assertNotIn((function, address), taken)
                taken[function, address] = size
                words = self.master.read(unit, function, address, size)
                value = words[0] if kind == "Bool" else decode(words, kinds[kind], {"": "ABCD", "MLE": "CDAB", "LE": "DCBA"}[suffix])
                found[tag["name"], unit] = value / float(tag.get("divisor", 1))
                tags[ident] = tag
            for (function, address), size in taken.items():  # a run that FUXA reads ends before the next hundred begins
                self.assertFalse((address + size) % 100 == 0 and (function, address + size) in taken)
        for alarm in project["alarms"]:
            self.assertIn(alarm["property"]["variableId"], tags)
            self.assertEqual([alarm[word]["enabled"] for word in ("highhigh", "high", "low", "info")].count(True), 1)
        [view] = project["hmi"]["views"]
        self.assertEqual(project["hmi"]["layout"]["start"], view["id"])
        for ident, item in view["items"].items():
            self.assertIn(f'id="{ident}"', view["svgcontent"])
            self.assertIn(item["property"]["variableId"], tags)
        xml.fromstring(view["svgcontent"])
        return found

    def unit_in(self, name):
        """Where the target says the unit elsewhere, ours tells it by a name."""
        return int(re.match(r"(?:Unit|mbplant_unit_)(\d+)(?:\.|$)", name)[1])

    def of_kepware(self, text, _):
        kinds = {"Short": "int16", "Word": "uint16", "Long": "int32", "DWord": "uint32", "LLong": "int64", "QWord": "uint64",
                 "Float": "float32", "Double": "float64"}
        found = {}
        for row in csv.DictReader(io.StringIO(text)):
            unit = self.unit_in(row["Tag Name"])
            self.assertRegex(row["Address"], r"^[0134]\d{5}$")
            self.assertIn(row["Client Access"], ("R/W", "RO"))
            function, address = {"0": 1, "1": 2, "3": 4, "4": 3}[row["Address"][0]], int(row["Address"][1:]) - 1
            if row["Data Type"] == "Boolean":
                value = self.master.read(unit, function, address, 1)[0]
            else:
                kind = kinds[row["Data Type"]]
                value = decode(self.master.read(unit, function, address, struct.calcsize(FORMATS[kind]) // 2), kind)
            if row["Scaling"] == "Linear":
                low, high, to_low, to_high = (float(row[name]) for name in ("Raw Low", "Raw High", "Scaled Low", "Scaled High"))
                value = to_low + (value - low) * (to_high - to_low) / (high - low)
            found[row["Tag Name"].partition(".")[2] or row["Tag Name"], unit] = value
        return self.by_name(found, lambda name, unit: f"u{unit}_" + re.sub("[^A-Za-z0-9]", "_", name))

    def of_ignition(self, text, _):
        kinds = {"": "int16", "US": "uint16", "I": "int32", "UI": "uint32", "I_64": "int64", "UI_64": "uint64", "F": "float32", "D": "float64"}
        root, found = json.loads(text), {}
        for folder in root["tags"]:
            self.assertEqual(folder["tagType"], "Folder")
            for tag in folder["tags"]:
                self.assertRegex(tag["name"], r"^[A-Za-z][A-Za-z0-9_]*$")
                unit, area, kind, address = re.fullmatch(r"(?:ns=1;s=)?\[\w+\](?:(\d+)\.)?(C|DI|IR|HR)([A-Z]*(?:_64)?)(\d+)", tag["opcItemPath"]).groups()
                function, unit = {"C": 1, "DI": 2, "HR": 3, "IR": 4}[area], int(unit or 1)
                if function <= 2:
                    self.assertEqual(tag["dataType"], "Boolean")
                    value = self.master.read(unit, function, int(address) - 1, 1)[0]
                else:
                    value = decode(self.master.read(unit, function, int(address) - 1, struct.calcsize(FORMATS[kinds[kind]]) // 2), kinds[kind])
                if tag.get("scaleMode") == "Linear":
                    value = tag["scaledLow"] + (value - tag["rawLow"]) * (tag["scaledHigh"] - tag["scaledLow"]) / (tag["rawHigh"] - tag["rawLow"])
                for alarm in tag.get("alarms", []):
                    self.assertEqual((alarm["mode"], alarm["setpointA"]), ("Equality", 1))
                    self.assertIn(alarm["priority"], ("Low", "Medium", "High", "Critical"))
                found[tag["name"], unit] = value
        return self.by_name(found, lambda name, unit: f"u{unit}_" + re.sub("[^A-Za-z0-9]", "_", name))

    def of_nodered(self, text, _):
        flow = json.loads(text)
        nodes = {node["id"]: node for node in flow}
        self.assertEqual(len(nodes), len(flow))
        properties = {value for node in flow for key, value in node.items() if isinstance(value, str) and key not in ("id", "z", "name", "topic", "server", "group", "page", "ui", "theme")}
        self.assertFalse(set(nodes) & properties)
        work, found = [], {}
        for node in flow:
            self.assertTrue(all(wire in nodes for output in node.get("wires", []) for wire in output))
            if node["type"] == "modbus-read":
                function = {"Coil": 1, "Input": 2, "HoldingRegister": 3, "InputRegister": 4}[node["dataType"]]
                count = int(node["quantity"])
                self.assertLessEqual(count, 125 if function > 2 else 2000)
                words = self.master.read(int(node["unitid"]), function, int(node["adr"]), count)
                work.append([int(node["unitid"]), words, nodes[node["wires"][0][0]]["func"]])
            if node["type"] == "modbus-write":
                self.assertEqual(self.master.read(int(node["unitid"]), 1, int(node["adr"]), 1), self.master.read(int(node["unitid"]), 1, int(node["adr"]), 1))
        self.dashboard(nodes)
        run = ("const fs = require('fs'); for (const [unit, payload, func] of JSON.parse(fs.readFileSync(0))) {"
               "const flow = { get: () => undefined, set: () => 0 };"
               "const [out] = new Function('msg', 'flow', 'Buffer', func)({ payload }, flow, Buffer);"
               "console.log(JSON.stringify([unit, out.map(m => [m.topic, m.payload])])); }")
        node = shutil.which("node")
        if node is None:
            self.skipTest("node is not here: it judges scripts of the flow")
        done = subprocess.run([node, "-e", run], input=json.dumps(work), capture_output=True, text=True, timeout=support.PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.splitlines():
            unit, values = json.loads(line)
            found.update({(name, unit): value for name, value in values})
        return found

    def dashboard(self, nodes):
        """Its configuration nodes hang together, and each of its buttons writes a coil that is there."""
        [drawing] = [node for node in nodes.values() if node["type"] == "ui-template"]
        chain = [drawing["type"]]
        for key in ("group", "page", "ui"):
            drawing = nodes[drawing[key]]
            chain.append(drawing["type"])
        self.assertEqual(chain, ["ui-template", "ui-group", "ui-page", "ui-base"])
        [commands] = [node["func"] for node in nodes.values() if node["type"] == "function" and "places[msg.topic]" in node["func"]]
        places = re.findall(r"^  (\w+): \[(\d+), (\d+)\],$", commands, re.M)
        for ident, unit, address in places:
            write = nodes[f"write_{ident}"]
            self.assertEqual((write["unitid"], write["adr"]), (unit, address))

    def by_name(self, found, ident):
        """The names of points for what a target calls by an id."""
        names = {}
        for row in csv.DictReader(io.StringIO(self.export("csv", "--select", "*")[0])):
            for name in (row["point"], f"{row['point']}@{row['address']}"):
                names.setdefault((ident(name, int(row["unit_id"])), int(row["unit_id"])), row["point"])
        return {(names[key], key[1]): value for key, value in found.items()}

    def of_modbus_exporter(self, text, _):
        orders = {"big": "ABCD", "little": "DCBA", "mixed": "BADC", "yolo": "CDAB"}
        found = {}
        for module in yaml.safe_load(text)["modules"]:
            unit = self.unit_in(module["name"])
            self.assertEqual(module["protocol"], "tcp/ip")
            self.assertIsInstance(module.get("timeout") or 0, int)  # ms
            for metric in module["metrics"]:
                self.assertRegex(metric["name"], r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")
                self.assertIn(metric["metricType"], ("gauge", "counter"))
                digits, name = str(metric["address"]), metric.get("labels", {}).get("point", metric["name"])
                if metric["dataType"] == "bool":
                    found[name, unit] = self.master.read(unit, int(digits[0]), int(digits[1:]), 1)[0] >> metric.get("bitOffset", 0) & 1
                    continue
                words = self.master.read(unit, int(digits[0]), int(digits[1:]), struct.calcsize(FORMATS[metric["dataType"]]) // 2)
                found[name, unit] = decode(words, metric["dataType"], orders[metric.get("endianness", "big")], metric.get("factor", 1))
        return found

    def of_zabbix(self, text, _):
        export = yaml.safe_load(text)["zabbix_export"]
        [template] = export["templates"]
        self.assertEqual(template["macros"], [{"macro": "{$MODBUS.ENDPOINT}", "value": f"tcp://127.0.0.1:{self.plant.port}"}])
        orders = {2: dict(zip(("be", "mbe", "mle", "le"), ORDERS)), 4: dict(zip(("be", "mle", "mbe", "le"), ORDERS)),
                  1: {"be": "ABCD", "le": "DCBA"}}
        items = {item["key"]: item for item in template["items"]}
        self.assertEqual(len(items), len(template["items"]))
        ids = [item["uuid"] for item in template["items"]] + [trigger["uuid"] for item in items.values() for trigger in item.get("triggers", [])]
        ids.append(template["uuid"])
        self.assertEqual(len(ids), len(set(ids)))
        self.assertTrue(all(uuid.UUID(one).version == 4 for one in ids))
        blocks, found = {}, {}
        for key, item in items.items():
            if words := re.fullmatch(r"modbus\.get\[\{\$MODBUS\.ENDPOINT\},(\d+),(\d),(\d+),(\d+),(\w+)(?:,(\w+))?\]", key):
                unit, function, address, count = map(int, words.groups()[:4])
                if words[5] == "bit":
                    blocks[key] = unit, address, self.master.read(unit, function, address, count)
                    continue
                kind = {"float": "float32", "double": "float64"}.get(words[5], words[5])
                size = struct.calcsize(FORMATS[kind]) // 2
                value = decode(self.master.read(unit, function, address, size), kind, orders[size][words[6]])
                for step in item.get("preprocessing", []):
                    if step["type"] == "MULTIPLIER":
                        value *= float(step["parameters"][0])
                    else:
                        factor, offset = re.fullmatch(r"return value \* (\S+) \+ (\S+);", step["parameters"][0]).groups()
                        value = value * float(factor) + float(offset)
                found[item["uuid"], item["name"], unit] = value
        for key, item in items.items():
            if item.get("type") == "DEPENDENT":
                unit, _, bits = blocks[item["master_item"]["key"]]
                number = int(item["preprocessing"][0]["parameters"][0][2:-1]) if "preprocessing" in item else 0
                found[item["uuid"], item["name"], unit] = bits[number]
                for trigger in item.get("triggers", []):
                    self.assertEqual(trigger["expression"], f"last(/mbplant by Modbus/{key})=1")
                    self.assertIn(trigger["priority"], ("WARNING", "AVERAGE", "HIGH", "DISASTER"))
        titles = {}
        for row in csv.DictReader(io.StringIO(self.export("csv", "--select", "*")[0])):
            owner, _, rest = row["point"].partition(".")
            title = f"{owner} {row['label']}" + (f": {rest}" if rest else "") if row["label"] else row["point"]
            titles[title, int(row["unit_id"])] = row["point"]
            titles[f"{row['point']}@{row['address']}", int(row["unit_id"])] = row["point"]
        return {(titles[name, unit], unit): value for (_, name, unit), value in found.items()}


    def of_scadalts(self, text, _):
        """As Scada-LTS imports it: ModbusPointLocatorVO and PointEventDetectorVO of its source say which words there are."""
        export = json.loads(text)
        [source] = export["dataSources"]
        self.scadalts_keys(source, export["dataPoints"])
        self.assertEqual((source["type"], source["host"], source["port"]), ("MODBUS_IP", "127.0.0.1", self.plant.port))
        kinds = {"TWO_BYTE_INT_SIGNED": "int16", "TWO_BYTE_INT_UNSIGNED": "uint16", "FOUR_BYTE_INT_SIGNED": "int32", "FOUR_BYTE_INT_UNSIGNED": "uint32",
                 "EIGHT_BYTE_INT_SIGNED": "int64", "EIGHT_BYTE_INT_UNSIGNED": "uint64", "FOUR_BYTE_FLOAT": "float32", "EIGHT_BYTE_FLOAT": "float64"}
        found = {}
        for point in export["dataPoints"]:
            at = point["pointLocator"]
            unit, address = at["slaveId"], at["offset"]
            function = {"COIL_STATUS": 1, "INPUT_STATUS": 2, "HOLDING_REGISTER": 3, "INPUT_REGISTER": 4}[at["range"]]
            kind = at["modbusDataType"]
            if kind == "BINARY":
                value = self.master.read(unit, function, address, 1)[0] >> (at.get("bit", 0) if function > 2 else 0) & 1
            elif kind == "VARCHAR":
                value = decode(self.master.read(unit, function, address, at["registerCount"]), "string")
            else:
                order = "CDAB" if kind.endswith("_SWAPPED") else "ABCD"
                kind = kinds[kind.removesuffix("_SWAPPED")]
                words = self.master.read(unit, function, address, struct.calcsize(FORMATS[kind]) // 2)
                value = decode(words, kind, order, at["multiplier"], at.get("additive", 0))
            found[point["name"], unit] = value
        return found

    def scadalts_keys(self, source, points):
        """What an import needs, and what is unique in an installation."""
        ids = [source["xid"]] + [point["xid"] for point in points] + [one["xid"] for point in points for one in point["eventDetectors"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertTrue(all(0 < len(one) <= 50 for one in ids))
        for point in points:
            self.assertEqual(point["dataSourceXid"], source["xid"])
            self.assertTrue(1 <= point["pointLocator"]["slaveId"] <= 240)
            for key in ("loggingType", "intervalLoggingPeriodType", "intervalLoggingType", "purgeType", "textRenderer"):
                self.assertIn(key, point)
            for one in point["eventDetectors"]:
                self.assertEqual((one["type"], one["state"], one["durationType"], one["duration"]), ("BINARY_STATE", True, "SECONDS", 0))
                self.assertIn(one["alarmLevel"], ("INFORMATION", "URGENT", "CRITICAL", "LIFE_SAFETY"))


class Plants(Readers):
    def each(self, plant, *words, minimum):
        self.serve(plant)
        for target, least in minimum.items():
            with self.subTest(target):
                text, told = self.export(target, *words)
                self.assertEqual(text, self.export(target, *words)[0])
                self.check(getattr(self, "of_" + target)(text, told), least)

    def test_the_bottling_line_reads_alike_by_each_target(self):
        self.each(support.ROOT / "config" / "bottling.yaml", minimum={"csv": 200, "collectd": 80, "telegraf": 200, "homeassistant": 200,
                                                                      "modbus_exporter": 80, "zabbix": 200, "fuxa": 200, "nodered": 200, "kepware": 200, "ignition": 200, "scadalts": 200})

    def test_the_water_works_and_the_boiler_do(self):
        for name in ("water", "boiler"):
            with self.subTest(name):
                self.each(support.ROOT / "config" / f"{name}.yaml", minimum={"csv": 50, "collectd": 20, "telegraf": 50, "homeassistant": 50,
                                                                             "modbus_exporter": 20, "zabbix": 50, "fuxa": 50, "nodered": 50, "kepware": 50, "ignition": 50, "scadalts": 50})

    def test_all_types_in_all_orders_do(self):
        names = "?16,?32_????,?64_????"
        self.each(support.DATA / "types.yaml", "--select", names, minimum={"csv": 26, "collectd": 24, "telegraf": 26, "homeassistant": 26,
                                                                           "modbus_exporter": 24, "zabbix": 24, "fuxa": 24, "nodered": 26, "kepware": 24, "ignition": 24, "scadalts": 24})

    def test_a_device_of_points_alone_does(self):
        for name in ("battery", "energy64", "heatpump"):
            with self.subTest(name):
                self.each(support.ROOT / "config" / "devices" / f"{name}.yaml",
                          minimum={"csv": 9, "telegraf": 9, "homeassistant": 9, "zabbix": 6, "fuxa": 7, "nodered": 9, "kepware": 6, "ignition": 6, "scadalts": 6})

    def test_a_device_that_was_learnt_is_exported_and_nothing_is_connected_to(self):
        learnt = self.folder / "learnt.yaml"
        support.run(support.MBPLANTCTL, "learn", "csv", support.ROOT / "tests" / "data" / "learn" / "inverter.csv", "-o", learnt)
        self.file = learnt
        for target in (line.split()[0] for line in support.run(support.MBPLANTCTL, "export").stdout.splitlines()):
            done = support.run(support.MBPLANTCTL, "--plant", learnt, "-H", "192.0.2.7", "-p", 502, "export", target)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("192.0.2.7" if target not in ("csv", "markdown", "kepware", "ignition", "wireshark") else "Device", done.stdout + done.stderr)
        self.each(learnt, minimum={"telegraf": 5, "collectd": 4, "fuxa": 4, "scadalts": 5, "ignition": 4, "kepware": 4})

    def test_what_a_target_cannot_say_is_told(self):
        self.serve(support.DATA / "types.yaml")
        self.assertIn("zabbix: I64_ABCD of unit 1 is read from its copy as float32: there is no word for int64", self.export("zabbix")[1])
        self.assertIn("collectd: U32_BADC of unit 1 is read from its copy as float32: there is no word for uint32 in the order BADC",
                      self.export("collectd")[1])
        self.assertRegex(self.export("collectd", "--select", "*")[1], r"collectd: \d+ coils and discrete inputs are left out")
        self.assertRegex(self.export("modbus_exporter", "--select", "*")[1], r"modbus_exporter: \d+ coils and discrete inputs are left out")
        self.assertIn("is left out: it is many registers", self.export("telegraf", "--select", "*")[1])
        parts = self.folder / "parts.yaml"
        parts.write_text("mbplant: 1\nname: P\nunits: [{id: 1, blocks: none, points: [{at: holding 1, bit: 3, name: B, value: true},\n"
                         "  {at: holding 2, name: W, value: 1, access: write}, {at: holding 3, name: O, value: 1, offset: 5},\n"
                         "  {at: input 7, name: C, value: 2}]}]\n", encoding="ascii")
        self.file = parts
        text, told = self.export("telegraf")
        for target, version, groups in (("zabbix", "6.0", "groups"), ("zabbix7", "7.0", "template_groups")):
            export = yaml.safe_load(self.export(target)[0])["zabbix_export"]
            self.assertEqual((export["version"], export[groups][0]["name"]), (version, "Templates/Applications"))
        self.assertIn('{ address = 1, name = "B", type = "BIT", bit = 3 }', text)
        self.assertIn("telegraf: W of unit 1 is left out: it is only written", told)
        self.assertIn("telegraf: O of unit 1 is left out: there is no word for an offset", told)
        text, told = self.export("zabbix")
        self.assertIn("return value * 1 + 5;", text)
        self.assertIn("zabbix: B of unit 1 is left out: there is no word for a part of a register", told)

    def test_strict_ends_with_1_where_something_is_lost(self):
        self.serve(support.DATA / "types.yaml")
        for target, names, code in (("telegraf", "?16,?32_????,?64_????", 0), ("collectd", "U32_BADC", 1), ("collectd", "U32_ABCD", 0), ("ignition", "U32_ABCD", 0)):
            with self.subTest(target=target, names=names):
                done = support.run(support.MBPLANTCTL, "--plant", self.file, "export", target, "--select", names, "--strict")
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual("--strict" in done.stderr, code == 1)
                self.assertEqual(done.stdout, support.run(support.MBPLANTCTL, "--plant", self.file, "export", target, "--select", names).stdout)

    def test_a_version_chooses_the_form(self):
        self.serve(support.ROOT / "config" / "hello.yaml")
        self.assertEqual(self.export("zabbix", "--target-version", "7.0")[0], self.export("zabbix7")[0])
        self.assertEqual(self.export("zabbix", "--target-version", "6.0")[0], self.export("zabbix")[0])

    def test_a_template_says_what_csv_says(self):
        self.serve(support.ROOT / "config" / "bottling.yaml")
        with open(self.folder / "all.tpl", "w", encoding="utf-8") as template:
            template.write('{{! every field that csv has }}\n{"plant": {{plant|json}}, "at": "{{host}}:{{port}}", "rows": [\n{{#points}}\n{'
                           + ", ".join(f'"{key}": {{{{{key}|json}}}}' for key in next(csv.reader(io.StringIO(self.export("csv")[0]))))
                           + "}{{^last}},{{/last}}\n{{/points}}\n]}\n")
        shown = json.loads(self.export("--template", template.name)[0])
        self.assertEqual((shown["plant"], shown["at"]), ("Bottling line 3", f"127.0.0.1:{self.plant.port}"))
        self.assertEqual(shown["rows"], list(csv.DictReader(io.StringIO(self.export("csv")[0]))))

    def test_a_template_that_is_wrong_is_told_with_its_place(self):
        template = self.folder / "bad.tpl"
        self.file = support.ROOT / "config" / "hello.yaml"
        for text, why in (("a {{adress}}", ":1:5: no field 'adress'; did you mean address?"), ("é\n é {{point}}", ":2:6: 'point' is a point's"),
                          ("x\n{{#points}}\n{{/units}}", ":3:3: {{/units}} where {{/points}} is expected"), ("{{#points}}", ":1:12: {{/points}} is missing"),
                          ("{{plant|jsn}}", ":1:3: no filter 'jsn'"), ("a\n{{plant", ":2:1: a tag that does not end"), ("{{ }}", "an empty tag")):
            template.write_text(text, encoding="utf-8")
            done = support.run(support.MBPLANTCTL, "--plant", self.file, "export", "--template", template)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(why, done.stderr)

    def test_what_is_no_plant_is_told(self):
        """A slave that refuses all functions, and one that is not there."""
        with socket.create_server(("127.0.0.1", 0)) as slave:
            def serve():
                while True:
                    try:
                        wire = slave.accept()[0]
                    except OSError:
                        return
                    with wire:
                        while head := wire.recv(8, socket.MSG_WAITALL):
                            wire.recv(struct.unpack(">H", head[4:6])[0] - 2, socket.MSG_WAITALL)
                            wire.sendall(head[:4] + b"\0\3" + head[6:7] + bytes([head[7] | 0x80, 1]))
            threading.Thread(target=serve, daemon=True).start()
            done = support.run(support.MBPLANTCTL, "-p", slave.getsockname()[1], "export", "csv")
            slave.shutdown(socket.SHUT_RDWR)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("--plant", done.stderr)
        done = support.run(support.MBPLANTCTL, "-p", support.free_port(), "export", "csv")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("refused", done.stderr)

    def test_markdown_is_a_table(self):
        self.serve(support.ROOT / "config" / "hello.yaml")
        lines = self.export("markdown")[0].splitlines()
        self.assertTrue(lines[0].startswith("| POINT"), lines[0])
        self.assertEqual({line.count("|") for line in lines if line}, {lines[0].count("|")})

    def test_points_are_chosen_and_bad_words_are_told(self):
        self.serve(support.ROOT / "config" / "bottling.yaml")
        text = self.export("csv", "--select", "tt101,FILL1.good")[0]
        self.assertEqual([row["point"] for row in csv.DictReader(io.StringIO(text))], ["TT101", "FILL1.good"])
        listed = support.run(support.MBPLANTCTL, "export").stdout
        for target in ("csv", "markdown", "collectd", "telegraf", "homeassistant", "modbus_exporter", "wireshark", "zabbix", "fuxa", "nodered", "kepware", "ignition", "scadalts"):
            self.assertRegex(listed, rf"(?m)^{target} ")
        for words, code, why in ((("telegraff",), 2, "did you mean telegraf?"), (("x",), 2, "no target 'x'"),
                                 (("csv", "--select", "nobody"), 2, "no point is selected by --select nobody"),
                                 (("csv", "--select", ""), 2, "names with"), (("csv", "--select", "TT101,nobody"), 2, "--select nobody;"),
                                 (("zabbix", "--target-version", "5"), 2, "there are 6.0, 7.0"), (("csv", "--target-version", "1"), 2, "the same for all"),
                                 (("csv", "--template", self.file), 2, "either TARGET or --template"),
                                 (("--template", "/nothing/here"), 2, "/nothing/here"), (("csv", "-o", self.file), 2, "never overwritten")):
            done = support.run(support.MBPLANTCTL, "--plant", self.file, "export", *words)
            self.assertEqual((done.returncode, why in done.stderr), (code, True), done.stderr)

    def test_a_running_plant_and_its_file_give_the_same(self):
        self.serve(support.ROOT / "config" / "bottling.yaml")
        self.assertEqual(self.plant.ctl("export", "telegraf"), self.export("telegraf")[0])

    def test_names_that_are_alike_stay_apart(self):
        self.serve(support.ROOT / "config" / "hello.yaml")
        self.file = self.folder / "alike.yaml"
        self.file.write_text('mbplant: 1\nname: "Quote \\" and \\\\ back"\nunits: [{id: 1, blocks: none, points: [\n'
                             "  {at: holding 1, name: A-1, value: 1}, {at: holding 2, name: A_1, value: 1}, {at: holding 3, name: A.1, value: 1}]}]\n",
                             encoding="ascii")
        ids = [sensor["unique_id"] for sensor in yaml.safe_load(self.export("homeassistant")[0])["modbus"][0]["sensors"]]
        self.assertEqual(sorted(ids), ["mbplant_u1_A_1", "mbplant_u1_A_1__2", "mbplant_u1_A_1__3"])
        self.assertIn("homeassistant: A_1 of unit 1 is u1_A_1__2 there: another name is the same but for its signs", self.export("homeassistant")[1])
        self.assertNotIn("A_1", self.export("telegraf")[1])
        self.assertEqual(tomllib.loads(self.export("telegraf")[0])["inputs"]["modbus"][0]["name"], 'Quote " and \\ back')

    def test_a_plant_of_thousands_is_exported_at_once(self):
        self.serve(support.ROOT / "config" / "hello.yaml")
        self.file = self.folder / "large.yaml"
        self.file.write_text("mbplant: 1\nname: Large\nunits: [{id: 1, sensors: [{name: 'S{n}', repeat: 4100, range: [0, 100], max: 90}]}]\n",
                             encoding="ascii")
        for target in ("csv", "telegraf", "zabbix", "wireshark", "fuxa", "nodered", "scadalts", "ignition", "kepware"):
            self.assertGreater(len(self.export(target)[0].splitlines()), 4100)


@unittest.skipUnless(shutil.which("tshark"), "tshark is not here (tools/test installs it)")
class Wireshark(Exporting):
    """The dissector in tshark itself, on frames of a real exchange."""

    def capture(self, frames):
        """A pcap of Ethernet, IPv4 and TCP around each frame: (to the plant, bytes)."""
        out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        numbers = {True: 1, False: 1}
        for to_plant, payload in frames:
            ports = (50000, self.plant.port) if to_plant else (self.plant.port, 50000)
            tcp = struct.pack(">HHIIBBHHH", *ports, numbers[to_plant], numbers[not to_plant], 0x50, 0x18, 65535, 0, 0)
            numbers[to_plant] += len(payload)
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
            packet = b"\0" * 12 + b"\x08\0" + ip + tcp + payload
            out += struct.pack("<IIII", 1, 0, len(packet), len(packet)) + packet
        path = self.folder / "exchange.pcap"
        path.write_bytes(out)
        return path

    def exchange(self, unit, pdu):
        request = struct.pack(">HHHB", 7, 0, len(pdu) + 1, unit) + pdu
        self.master.wire.sendall(request)
        head = self.master.wire.recv(7, socket.MSG_WAITALL)
        return [(True, request), (False, head + self.master.wire.recv(struct.unpack(">H", head[4:6])[0] - 1, socket.MSG_WAITALL))]

    def test_points_have_their_names_and_values(self):
        self.serve(support.ROOT / "config" / "bottling.yaml")
        script = self.folder / "mbplant.lua"
        self.export("wireshark", "-o", script)
        frames = (self.exchange(1, bytes([3, 0, 0, 0, 4])) + self.exchange(1, bytes([1, 0, 0, 0, 3])) + self.exchange(1, bytes([4, 3, 232, 0, 2]))
                  + self.exchange(2, bytes([3, 0, 0, 0, 2])))
        self.folder.chmod(0o755)
        script.chmod(0o644)
        # root's tshark runs no script of a user, from Wireshark 4.4 on
        nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(["tshark", "-o", f"mbtcp.tcp.port:{self.plant.port}", "-X", f"lua_script:{script}", "-r", self.capture(frames), "-T", "fields", "-e", "mbplant.point"],
                              capture_output=True, text=True, timeout=support.PATIENCE_S, env={**support.ENVIRONMENT, "HOME": str(self.folder)}, **nobody)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Lua Error", done.stdout + done.stderr)
        value = self.values(["TT101"])["TT101"]
        self.assertIn(f"TT101 = {value:.1f} °C", done.stdout)
        self.assertIn("FILL1.en_service = 1", done.stdout)
        self.assertIn("FILL1.en_panne = 0", done.stdout)


if __name__ == "__main__":
    support.main()
