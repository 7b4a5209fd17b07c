"""Plant files as tools write them: JSON, which is YAML, and what goes through a YAML 1.1 library, to which `off` is a truth
value. Each is the same plant as the file that people wrote."""
import datetime
import json
import pathlib
import tempfile
import unittest

import support

try:
    import yaml
except ImportError:
    yaml = None

SAMPLES = [*sorted((support.ROOT / "config").glob("*.yaml")),
           *(support.ROOT / "tests/data/plant" / f"{name}.yaml"
             for name in ("actuators", "all_keys", "controllers", "design", "repeat", "server"))]


def as_texts(value):
    """The same with each scalar as a text, as generators write that quote all."""
    if isinstance(value, dict):
        return {key: as_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    if isinstance(value, datetime.datetime):
        return in_iso(value)
    return value if isinstance(value, str) else json.dumps(value)


def in_iso(value):
    """A moment, for which JSON has no type."""
    assert isinstance(value, datetime.datetime)
    return value.isoformat()


WRITERS = {
    "JSON": lambda plant: json.dumps(plant, default=in_iso),
    "JSON with indentation": lambda plant: json.dumps(plant, indent=2, ensure_ascii=False, default=in_iso),
    "JSON with tabs": lambda plant: json.dumps(plant, indent="\t", default=in_iso),
    "JSON of texts alone": lambda plant: json.dumps(as_texts(plant)),
    "YAML in blocks": lambda plant: yaml.safe_dump(plant),
    "YAML in brackets": lambda plant: yaml.safe_dump(json.loads(json.dumps(plant, default=in_iso)), default_flow_style=True),
    "YAML in the file's order": lambda plant: yaml.safe_dump(plant, sort_keys=False, allow_unicode=True),
}


@unittest.skipIf(yaml is None, "python3-yaml is not here (tools/test installs it)")
class Tools(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-tools-")))
        (self.folder / "data").mkdir()
        (self.folder / "data/rp1.csv").write_text("0,1\n")  # which all_keys.yaml replays

    def config(self, name, text):
        """What mbplantd makes of a text."""
        path = self.folder / name
        path.write_text(text)
        return support.run(support.MBPLANTD, "--print-config", path, check=True).stdout

    def test_plant_that_a_tool_wrote_is_the_same(self):
        for sample in SAMPLES:
            written = sample.read_text()
            expected = self.config(sample.name, written)
            plant = yaml.safe_load(written)
            for how, write in WRITERS.items():
                with self.subTest(sample=sample.name, how=how):
                    self.assertEqual(self.config(sample.name, write(plant)), expected)

    def test_json_plant_runs(self):
        path = self.folder / "line.json"
        written = yaml.safe_load((support.DATA / "line.yaml").read_text())
        path.write_text(json.dumps({**written, "instructor": True}))
        with support.Plant(path) as plant:
            plant.ctl("sensor", "set", "T1", "max", "90")
            self.assertIn("T1.high.limit = 90", plant.ctl("read", "T1.high.limit"))
            self.assertEqual(json.loads(path.read_text())["units"][0]["machines"][0]["sensors"][0]["max"], 90)


if __name__ == "__main__":
    support.main()
