"""`mbplantd --schema`: every plant file that loads is right by it, and what is wrong in one key is refused, as in an editor."""
import json
import re
import subprocess
import unittest

import support

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = yaml = None

SAMPLES = sorted({*(support.ROOT / "config").rglob("*.yaml"), *(support.ROOT / "tests" / "data").rglob("*.yaml")})
LEAST_SAMPLES = 18  # that load; fewer means that the test looks in the wrong place
STATES = ("en_service", "in_service", "en_panne", "faulted", "maintenance")  # keys of a value that each state has one of

# Each is wrong in one key of a sensor, machine, unit or of the plant; the place where its text goes is the key here.
BAD = {
    "sensor": ["kind: temprature", "labl: x", "range: [0]", "range: [0, x]", "limits: {hihg: 80}", "limits: {high: warm}",
               "limits: {high: {at: 80, latch: 2}}", "trip: high", "trip: [too_high]", "deadband: -1", "delay: 5", "delay: 5 weeks",
               "suppress: [off]", "priority: urgent", "rate_of_change: {per: 1s}", "bad_quality: perhaps", "signal: 5",
               "signal: {wave: {amplitude: 1}}", "signal: {inputs: [{gain: 2}]}", "signal: {base: {running: 3}}",
               "register: {at: 65536}", "register: {type: int12}", "register: {scale: 0}", "register: {order: ABDC}", "inject: never",
               "repeat: 0"],
    "machine": ["state: running", "cycle: {reject: 1%}", "cycle: {time: 1s, reject: 1.5}", "maintenance: {cycles: 0}"],
    "unit": ["id: 256", "gaps: none", "tables: {coils: [{at: 0, values: [2]}]}", "tables: {0x: [{at: 0, values: [2]}]}", "tables: {5x: []}", "tables: {fifos: [{at: 0}]}",
             "actuators: [{name: V1, fail: sideways}]", "controllers: [{name: C1, setpoint: 5, gain: 1}]"],
    "plant": ["scan: 100", "seed: -1", "http: on", "journal: {max_size: much}", "server: {listen: here}", "mbplan: 1",
              "faults: [{name: F1, kind: broken, sensor: T1}]", "server: {access: [{from: everywhere, allow: all}]}"],
}


class CoreLoader(yaml.SafeLoader if yaml else object):
    """YAML 1.2's core schema, as a language server reads a file: on and off are words; and every key is text."""

    def construct_mapping(self, node, deep=False):
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


def make_loader():
    CoreLoader.yaml_implicit_resolvers = {}
    for tag, pattern, first in (("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"), ("null", r"~|null|Null|NULL|", "~nN\0"),
                                ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
                                ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789")):
        CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))
    CoreLoader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node, deep=True))
    CoreLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 0 if node.value[:2] in ("0o", "0x") else 10))
    CoreLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def load(text):
    return yaml.load(text, Loader=CoreLoader)


def with_text(place, text):
    """A plant with a text at a place. A key of the text takes the place of the same key."""
    default = {"sensor": "name: T1", "machine": "name: M1", "unit": "id: 1", "plant": "mbplant: 1"}
    said = {name: [words] for name, words in default.items()}
    if text:
        said[place] = [words for words in said[place] if words.split(":")[0] != text.split(":")[0]] + [text]
    sensor = "{" + ", ".join(said["sensor"]) + "}"
    machine = "{" + ", ".join(said["machine"] + [f"sensors: [{sensor}]"]) + "}"
    unit = "{" + ", ".join(said["unit"] + [f"machines: [{machine}]"]) + "}"
    return "{" + ", ".join(said["plant"] + [f"units: [{unit}]"]) + "}"


def check(text):
    """mbplantd's exit code and messages about a plant file."""
    done = subprocess.run([support.MBPLANTD, "--check", "/dev/stdin"], input=text, capture_output=True, text=True, env=support.ENVIRONMENT)
    return done.returncode, done.stderr


@unittest.skipIf(jsonschema is None, "python3-jsonschema or python3-yaml is not installed")
class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_loader()
        done = subprocess.run([support.MBPLANTD, "--schema"], capture_output=True, text=True, check=True, env=support.ENVIRONMENT)
        cls.schema = json.loads(done.stdout)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def errors(self, text):
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in self.validator.iter_errors(load(text))]

    def test_schema_is_one(self):
        jsonschema.Draft7Validator.check_schema(self.schema)

    def test_plant_file_that_loads_is_right_by_the_schema(self):
        loaded = 0
        for path in SAMPLES:
            done = subprocess.run([support.MBPLANTD, "--print-config", path], capture_output=True, text=True, env=support.ENVIRONMENT)
            if done.returncode != 0:
                continue
            loaded += 1
            with self.subTest(path=path):
                self.assertEqual(self.errors(path.read_text(encoding="utf-8")), [])
                self.assertEqual(self.errors(done.stdout), [], "as --print-config prints it")
        self.assertGreaterEqual(loaded, LEAST_SAMPLES)

    def test_what_is_wrong_in_a_key_is_refused_by_schema_and_program(self):
        self.assertEqual(self.errors(with_text("plant", "")), [])
        self.assertEqual(check(with_text("plant", ""))[0], 0)
        self.assertGreaterEqual(sum(map(len, BAD.values())), 30)
        for place, texts in BAD.items():
            for text in texts:
                with self.subTest(text=text):
                    plant = with_text(place, text)
                    self.assertNotEqual(self.errors(plant), [])
                    self.assertEqual(check(plant)[0], 2)

    def test_every_key_has_a_line_of_help_and_a_default_that_its_own_schema_accepts(self):
        def rows(schema):
            for key, row in schema.get("properties", {}).items():
                yield key, row
                yield from rows(row)
            for part in ([schema["items"]] if "items" in schema else []) + schema.get("anyOf", []):
                yield from rows(part)

        keys = [(key, row) for key, row in rows(self.schema) if key not in STATES]
        self.assertGreater(len(keys), 150)
        for key, row in keys:
            with self.subTest(key=key):
                self.assertRegex(row["description"], r"\w")
                if "default" in row:
                    jsonschema.Draft7Validator(row).validate(row["default"])


if __name__ == "__main__":
    support.main()
