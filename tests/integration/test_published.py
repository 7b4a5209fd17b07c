"""Exports against what each program's own documents say: the readers of test_export.py take an example that is published, and what
mbplantctl exports has no key that those documents do not have. The examples stand here in a few lines of their facts; where each is from
is said beside it."""
import csv
import io
import json
import tomllib
import types
import unittest

import yaml

import support
import test_export

MBPLANTCTL, CONFIG = support.MBPLANTCTL, support.ROOT / "config"
PLANTS = (CONFIG / "bottling.yaml", CONFIG / "boiler.yaml", CONFIG / "devices" / "energy64.yaml", support.DATA / "types.yaml")

# The sample configuration of telegraf's plugin: plugins/inputs/modbus/sample_general_begin.conf and sample_request.conf.
TELEGRAF = """
[[inputs.modbus]]
  name = "Device"
  timeout = "1s"
  controller = "tcp://127.0.0.1:502"
  configuration_type = "request"
  [[inputs.modbus.request]]
    slave_id = 1
    byte_order = "ABCD"
    register = "coil"
    fields = [
      { address=0, name="motor1_run"}, { address=1, name="jog", measurement="motor"},
      { address=2, name="motor1_stop", omit=true}, { address=3, name="motor1_overheating", output="BOOL"},
    ]
    [inputs.modbus.request.tags]
      machine = "impresser"
  [[inputs.modbus.request]]
    slave_id = 1
    byte_order = "DCBA"
    register = "holding"
    fields = [
      { address=0, name="voltage", type="INT16", scale=0.1 }, { address=1, name="current", type="INT32", scale=0.001 },
      { address=3, name="power", type="UINT32", omit=true }, { address=8, name="power_factor", type="INT64", scale=0.01 },
    ]
  [[inputs.modbus.request]]
    slave_id = 1
    byte_order = "ABCD"
    register = "input"
    fields = [ { address=0, name="rpm", type="INT16" }, { address=2, name="force", type="INT32", output="FLOAT64" } ]
"""
# home-assistant.io, source/_integrations/modbus.markdown: "Configuring platform sensor", "binary sensor", "switch".
HOMEASSISTANT = """
modbus:
  - name: hub1
    type: tcp
    host: 127.0.0.1
    port: 502
    sensors:
      - {name: Sensor1, unit_of_measurement: °C, slave: 1, address: 100}
      - {name: Room_1, slave: 10, address: 0, input_type: holding, unit_of_measurement: °C, state_class: measurement, count: 1, scale: 0.1,
         offset: 0, precision: 1}
      - {name: Sensor3, slave: 1, address: 120, input_type: input, data_type: float32, scale: 0.01, offset: -273.16, precision: 2, swap: word}
    binary_sensors:
      - {name: binary_sensor1, address: 100, scan_interval: 20, slave: 1}
      - {name: binary_sensor2, address: 110, device_class: door, input_type: discrete_input}
    switches:
      - {name: Switch1, address: 13, write_type: coil}
      - {name: Switch2, slave: 2, address: 14, write_type: coil, verify: {}}
"""
# modbus.yml of RichiH/modbus_exporter; the first digit of an address is the function code.
MODBUS_EXPORTER = """
modules:
  - name: "fake"
    protocol: 'tcp/ip'
    timeout:
    workarounds: {sleepAfterConnect: "1s", scrapeInterludeWait: "0ms"}
    metrics:
      - {name: "power_consumption_total", help: "by phase", labels: {phase: "1"}, address: 300022, dataType: int16, endianness: big,
         metricType: counter, factor: 3.1415926535}
      - {name: "some_gauge", help: "some help", address: 30023, dataType: int16, metricType: gauge, factor: 2}
      - {name: "coil", help: "some help", address: 124, dataType: bool, bitOffset: 0, metricType: gauge}
"""
# docs.inductiveautomation.com, "Modbus Addressing" ([Modbus]HR1, a unit as in [Modbus]1.HR...), and the tag JSON of its "OPC Tags".
IGNITION = """
{"name": "", "tagType": "Provider", "tags": [{"name": "Motors", "tagType": "Folder", "tags": [
  {"name": "Temp", "tagType": "AtomicTag", "valueSource": "opc", "opcServer": "Ignition OPC UA Server", "opcItemPath": "[Modbus]HR1",
   "dataType": "Int4"},
  {"name": "Amps", "tagType": "AtomicTag", "valueSource": "opc", "opcServer": "Ignition OPC UA Server", "dataType": "Float4",
   "opcItemPath": "ns=1;s=[Modbus]2.HRF40085", "engUnit": "A", "engLow": 0, "engHigh": 100},
  {"name": "Run", "tagType": "AtomicTag", "valueSource": "opc", "opcServer": "Ignition OPC UA Server", "dataType": "Boolean",
   "opcItemPath": "ns=1;s=[Modbus]1.C5"}]}]}
"""
# kepware.com, "CSV Import/Export": its heading record, and rows as its exports have them: unsaid columns are empty.
KEPWARE = """\
Tag Name,Address,Data Type,Respect Data Type,Client Access,Scan Rate,Scaling,Raw Low,Raw High,Scaled Low,Scaled High,Scaled Data Type,Clamp Low,Clamp High,Eng Units,Description,Negate Value
"Run","000001",Boolean,1,RO,100,,,,,,,,,,"",
"Level","400001",Short,1,R/W,100,Linear,0,1000,0,100,Double,0,0,"%","of the tank",0
"Energy","300011",Float,1,R/W,1000,,,,,,,,,,"short description",
"""
# A Modbus source as projects of Scada-LTS have it (GRFICS' plant); scadalts-ui's fixture BasicConfiguration.json has a point's other keys.
SCADALTS = """
{"dataSources": [{"xid": "DS_939670", "type": "MODBUS_IP", "updatePeriodType": "MILLISECONDS", "transportType": "TCP",
   "contiguousBatches": false, "createSlaveMonitorPoints": false, "enabled": true, "encapsulated": false, "host": "127.0.0.1",
   "maxReadBitCount": 2000, "maxReadRegisterCount": 125, "maxWriteRegisterCount": 120, "name": "TenEast", "port": 502, "quantize": false,
   "retries": 2, "timeout": 500, "updatePeriods": 200}],
 "dataPoints": [
  {"xid": "DP_909767", "name": "AValve", "deviceName": "TenEast", "engineeringUnits": "%", "enabled": true, "pointLocator":
   {"range": "INPUT_REGISTER", "modbusDataType": "TWO_BYTE_INT_UNSIGNED", "multiplier": 0.0015259022, "offset": 0, "slaveId": 1}},
  {"xid": "DP_182355", "name": "Run", "deviceName": "TenEast", "engineeringUnits": "", "enabled": true, "pointLocator":
   {"range": "COIL_STATUS", "modbusDataType": "BINARY", "multiplier": 1.0, "offset": 40, "slaveId": 1, "settableOverride": true}}]}
"""

# (unit, function, address, count) that each example asks for, and how many values that makes
WANTED = {
    "telegraf": (TELEGRAF, [(1, 1, 0, 1), (1, 1, 1, 1), (1, 1, 3, 1), (1, 3, 0, 1), (1, 3, 1, 2), (1, 3, 8, 4), (1, 4, 0, 1), (1, 4, 2, 2)]),
    "homeassistant": (HOMEASSISTANT, [(1, 3, 100, 1), (10, 3, 0, 1), (1, 4, 120, 2), (1, 1, 100, 1), (0, 2, 110, 1), (2, 1, 14, 1)]),
    "modbus_exporter": (MODBUS_EXPORTER, [(1, 3, 22, 1), (1, 3, 23, 1), (1, 1, 24, 1)]),
    "ignition": (IGNITION, [(1, 3, 0, 1), (2, 3, 40084, 2), (1, 1, 4, 1)]),
    "kepware": (KEPWARE, [(1, 1, 0, 1), (1, 3, 0, 1), (1, 4, 10, 2)]),
    "scadalts": (SCADALTS, [(1, 4, 0, 1), (1, 1, 40, 1)]),
}


class Noted:
    """A master whose slave says 1 everywhere."""

    def __init__(self):
        self.asked = []

    def read(self, *request):
        self.asked.append(request)
        return [1] * request[3]


class Examples(test_export.Readers):
    def setUp(self):
        super().setUp()
        self.plant, self.master = types.SimpleNamespace(port=502), Noted()

    def unit_in(self, name):
        return 1  # the example does not say it

    def by_name(self, found, ident):
        return found  # names are the example's own

    def scadalts_keys(self, source, points):
        """Of ours alone."""

    def test_a_published_example_is_read_to_the_last_point(self):
        for target, (text, wanted) in WANTED.items():
            with self.subTest(target):
                self.master.asked = []
                found = getattr(self, "of_" + target)(text, "")
                self.assertEqual(self.master.asked, wanted)
                self.assertEqual(len(found), len(wanted))

    def test_values_are_scaled_as_the_documents_say(self):
        self.assertAlmostEqual(self.of_modbus_exporter(MODBUS_EXPORTER, "")["power_consumption_total", 1], 3.1415926535)
        self.assertAlmostEqual(self.of_homeassistant(HOMEASSISTANT, "")["Room_1", 10], 0.1)
        self.assertAlmostEqual(self.of_kepware(KEPWARE, "")["Level", 1], 0.1)
        self.assertAlmostEqual(self.of_scadalts(SCADALTS, "")["AValve", 1], 0.0015259022)


# What the same documents name, level by level; {} = a table whose keys are the user's, None = a value.
TELEGRAF_KEYS = {"inputs": {"modbus": [{
    **dict.fromkeys(("name", "slave_id", "timeout", "busy_retries", "busy_retries_wait", "controller", "transmission_mode", "configuration_type")),
    "request": [{**dict.fromkeys(("slave_id", "byte_order", "register", "measurement", "optimization", "optimization_max_register_fill")),
                 "tags": {}, "fields": [dict.fromkeys(("address", "name", "type", "length", "bit", "scale", "output", "measurement", "omit"))]}]}]}}
COMMON = ("name", "scan_interval", "slave", "unique_id", "lazy_error_count", "address", "device_class", "input_type", "slave_count")
HOMEASSISTANT_KEYS = {"modbus": [{
    **dict.fromkeys(("name", "type", "host", "port", "timeout", "delay", "retries", "close_comm_on_error", "message_wait_milliseconds")),
    "sensors": [dict.fromkeys((*COMMON, "data_type", "offset", "precision", "scale", "structure", "swap", "count", "unit_of_measurement", "state_class"))],
    "binary_sensors": [dict.fromkeys(COMMON)],
    "switches": [{**dict.fromkeys((*COMMON, "command_on", "command_off", "write_type")),
                  "verify": dict.fromkeys(("address", "delay", "input_type", "state_on", "state_off"))}]}]}
MODBUS_EXPORTER_KEYS = {"modules": [{
    **dict.fromkeys(("name", "protocol", "timeout", "baudrate", "databits", "stopbits", "parity")),
    "workarounds": dict.fromkeys(("sleepAfterConnect", "scrapeErrorWait", "scrapeErrorRetryCount", "scrapeInterludeWait")),
    "metrics": [{**dict.fromkeys(("name", "help", "address", "dataType", "endianness", "metricType", "factor", "bitOffset")), "labels": {}}]}]}
IGNITION_TAG = {**dict.fromkeys(("name", "tagType", "valueSource", "opcServer", "opcItemPath", "dataType", "engUnit", "engLow", "engHigh", "documentation",
                                 "readOnly", "enabled", "tooltip", "formatString", "scaleMode", "rawLow", "rawHigh", "scaledLow", "scaledHigh")),
                "alarms": [dict.fromkeys(("name", "mode", "setpointA", "priority", "displayPath", "deadband", "notes", "label", "enabled"))]}
IGNITION_FOLDER = {**dict.fromkeys(("name", "tagType")), "tags": [IGNITION_TAG]}
IGNITION_KEYS = {**dict.fromkeys(("name", "tagType")), "tags": [IGNITION_FOLDER]}
SCADALTS_KEYS = {
    "dataSources": [{**dict.fromkeys((
        "xid", "type", "name", "enabled", "updatePeriodType", "updatePeriods", "transportType", "host", "port", "timeout", "retries", "encapsulated",
        "quantize", "contiguousBatches", "createSlaveMonitorPoints", "createSocketMonitorPoint", "maxReadBitCount", "maxReadRegisterCount",
        "maxWriteRegisterCount")), "alarmLevels": dict.fromkeys(("DATA_SOURCE_EXCEPTION", "POINT_READ_EXCEPTION", "POINT_WRITE_EXCEPTION"))}],
    "dataPoints": [{**dict.fromkeys((
        "xid", "dataSourceXid", "name", "deviceName", "description", "enabled", "engineeringUnits", "loggingType", "intervalLoggingPeriodType",
        "intervalLoggingPeriod", "intervalLoggingType", "purgeType", "purgePeriod", "purgeStrategy", "tolerance", "defaultCacheSize",
        "discardExtremeValues", "discardLowLimit", "discardHighLimit", "chartColour", "chartRenderer")),
        "textRenderer": dict.fromkeys(("type", "suffix", "format", "zeroLabel", "zeroColour", "oneLabel", "oneColour")),
        "eventTextRenderer": dict.fromkeys(("type",)),
        "pointLocator": dict.fromkeys(("range", "modbusDataType", "slaveId", "offset", "bit", "registerCount", "charset", "multiplier", "additive",
                                       "settableOverride", "slaveMonitor", "socketMonitor")),
        "eventDetectors": [dict.fromkeys(("xid", "type", "alias", "alarmLevel", "limit", "state", "durationType", "duration"))]}]}
KEYS = {"telegraf": (tomllib.loads, TELEGRAF_KEYS), "homeassistant": (yaml.safe_load, HOMEASSISTANT_KEYS), "ignition": (json.loads, IGNITION_KEYS),
        "modbus_exporter": (yaml.safe_load, MODBUS_EXPORTER_KEYS), "scadalts": (json.loads, SCADALTS_KEYS)}


def unknown(value, keys, place=""):
    """The places of keys that the documents do not have."""
    if isinstance(keys, list) and isinstance(value, list):
        return [one for item in value for one in unknown(item, keys[0], place)]
    if isinstance(value, dict) and isinstance(keys, dict) and keys:
        return [one for key, item in value.items()
                for one in (unknown(item, keys[key], f"{place}.{key}") if key in keys else [f"{place}.{key}"])]
    return [] if keys in (None, {}) and not isinstance(value, (dict, list)) or keys == {} else [place]


class Exported(unittest.TestCase):
    def export(self, target, plant):
        done = support.run(MBPLANTCTL, "--plant", plant, "-H", "127.0.0.1", "-p", 502, "export", target, "--select", "*")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_is_exported_has_no_key_that_the_documents_do_not_have(self):
        for target, (read, keys) in KEYS.items():
            for plant in PLANTS:
                with self.subTest(target=target, plant=plant.name):
                    self.assertEqual(sorted(set(unknown(read(self.export(target, plant)), keys))), [])

    def test_a_key_that_is_not_theirs_would_be_found(self):
        self.assertEqual(unknown({"modules": [{"name": "x", "metrics": [{"nmae": 1, "labels": {"any": "thing"}}]}]}, MODBUS_EXPORTER_KEYS),
                         [".modules.metrics.nmae"])
        self.assertEqual(unknown({"modules": [{"name": ["a list"]}]}, MODBUS_EXPORTER_KEYS), [".modules.name"])
        for target, (text, _) in WANTED.items():
            if target in KEYS:
                read, keys = KEYS[target]
                with self.subTest(target):
                    self.assertEqual(unknown(read(text), keys), [])

    def test_columns_of_kepware_are_its_own(self):
        heading = KEPWARE.splitlines()[0].split(",")
        for plant in PLANTS:
            rows = list(csv.reader(io.StringIO(self.export("kepware", plant))))
            self.assertEqual(rows[0], heading)
            self.assertEqual({len(row) for row in rows}, {len(heading)})

    def test_what_telegraf_and_home_assistant_leave_to_a_default_is_said(self):
        """A scaled field is a float whatever the version; a switch reads its coil back."""
        [plugin] = tomllib.loads(self.export("telegraf", PLANTS[0]))["inputs"]["modbus"]
        fields = [(request["register"], field) for request in plugin["request"] for field in request["fields"]]
        for register, field in fields:
            self.assertEqual("scale" in field, field.get("output") == "FLOAT64")
            self.assertEqual("type" in field, register in ("holding", "input"))
        [hub] = yaml.safe_load(self.export("homeassistant", PLANTS[0]))["modbus"]
        self.assertTrue(hub["switches"])
        for item in hub["switches"]:
            self.assertEqual((item["command_on"], item["command_off"], item["verify"]), (1, 0, {}))
        for item in hub["sensors"]:
            self.assertTrue({"unique_id", "slave", "input_type", "data_type", "scan_interval"} <= item.keys())


if __name__ == "__main__":
    support.main()
