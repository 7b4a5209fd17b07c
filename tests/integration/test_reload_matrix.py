"""Every plant of the samples and tests, one after another in one mbplantd: onto itself with one thing changed, onto the
next one; by SIGHUP and by `plant put`. Whether values go on to the bit is for unit.scan.reload_*; here the whole daemon
takes part: server, journal, image, event printer."""
import pathlib
import re
import signal
import tempfile
import unittest

import support

CONFIG = support.ROOT / "config"
DATA = support.ROOT / "tests" / "data"


def plants():
    """The texts of all files that are plants, each with an instructor, so that it can be replaced over the wire too."""
    texts = []
    for path in sorted([*CONFIG.glob("*.yaml"), *DATA.glob("*/*.yaml")]):
        if support.run(support.MBPLANTD, "--check", path).returncode == 0:
            text = path.read_text()
            texts.append(text if re.search(r"^instructor: true", text, re.M) else text + "\ninstructor: true\n")
    return texts


class ReloadMatrix(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-matrix-")))
        self.file = self.folder / "plant.yaml"
        self.texts = plants()
        self.assertGreater(len(self.texts), 15)

    def hang_up(self, text):
        """Whether the file was taken over; not every change leaves a plant."""
        def ends():
            self.assertIsNone(self.plant.process.poll(), "".join(self.plant.err.lines))
            return [sum(said in line for line in self.plant.err.lines)
                    for said in ("the plant has changed", "the running plant goes on")]
        before = ends()
        self.file.write_text(text)
        self.plant.process.send_signal(signal.SIGHUP)
        support.eventually(lambda: ends() != before, "what came of SIGHUP")
        return ends()[0] > before[0]

    def put(self, text):
        path = self.folder / "new.yaml"
        path.write_text(text)
        self.assertIn("the slave runs it", self.plant.ctl("plant", "put", path))

    def changes(self, text):
        """The plant with one thing changed, a few ways."""
        yield text + "# a comment\n"
        yield re.sub(r"^name: .*$", "name: Another", text, count=1, flags=re.M)
        yield re.sub(r"\bbase: 0\b", "base: 0.5", text, count=1)
        yield re.sub(r"\binitial: \d+", "initial: 1", text, count=1)
        yield re.sub(r"^(\s*)sensors:\n(\s*)-", r"\1sensors:\n\2- {name: NEWCOMER, register: {at: 60010}}\n\2-", text, count=1, flags=re.M)

    def test_sighup_takes_every_plant_to_itself_changed_and_to_the_next(self):
        self.file.write_text(self.texts[0])
        self.plant = self.enterContext(support.Plant(self.file, "-v"))
        taken = []
        for text in self.texts[1:] + self.texts[:1]:
            before = self.file.read_text()
            taken += [self.hang_up(changed) for changed in self.changes(before) if changed != before]
            self.assertTrue(self.hang_up(text))
        self.assertGreater(sum(taken), 2 * len(self.texts))

    def test_put_takes_every_plant_to_itself_changed_and_to_the_next(self):
        texts = [text for text in self.texts if "access:" not in text]  # else some may not put
        self.file.write_text(texts[0])
        self.plant = self.enterContext(support.Plant(self.file, "-v"))
        for text in texts[1:] + texts[:1]:
            before = self.file.read_text()
            for changed in list(self.changes(before))[:2]:
                self.put(changed)
            self.put(text)


if __name__ == "__main__":
    support.main()
