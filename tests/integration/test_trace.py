"""mbplantd --trace: when, who and what; with --hex the frames, which mbplantctl explain takes; what a mbplantctl reads for
itself is counted and not shown."""
import re
import unittest

import support

STAMP = r"^\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1:\d+ #\d+ unit \d+ > "


class Trace(unittest.TestCase):
    def said(self, *flags):
        """What it prints while mbplantctl reads a name and a raw address, and is refused once."""
        with support.Plant("line.yaml", "--trace", *flags) as plant:
            plant.ctl("read", "T1" if "T1" in plant.ctl("map") else "hr:0")
            plant.ctl("read", "hr:0")
            plant.ctl("read", "hr:60000", check=False)
            plant.stop()
            text = plant.out.text()
            plant.start()
        return text

    def test_what_a_master_reads_for_itself_is_counted_unless_it_is_asked_for(self):
        text = self.said()
        self.assertRegex(text, rf"(?m){STAMP}FC 3 Read Holding Registers HR 0 \(40001\)\n    < ")
        self.assertRegex(text, r"(?m)^    \(\d+ readings? of the plant's own files, which -v shows\)$")
        self.assertNotIn("FC 20", text)
        self.assertIn("exception 02", text)
        self.assertIn("FC 20 Read File Record", self.said("-v"))

    def test_frames_are_there_as_explain_takes_them(self):
        text = self.said("--hex")
        asked, answered = re.search(rf"(?m){STAMP}FC 3 .* HR 0 .*\n    < .*\n    > (.*)\n    < (.*)$", text).groups()
        self.assertRegex(asked, r"^[0-9A-F]{4} 0000 0006 01 0300000001$")
        for frame, told in ((asked, "quantity 1"), (answered, "byte count 2")):
            explained = support.run(support.MBPLANTCTL, "explain", *frame.split(), check=True).stdout
            self.assertIn("Modbus TCP frame", explained)
            self.assertIn(told, explained)
        self.assertNotRegex(self.said(), r"(?m)^    > ")

    def test_hex_is_of_a_trace(self):
        result = support.run(support.MBPLANTD, "--hex", support.DATA / "line.yaml")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
        self.assertIn("--hex needs --trace", result.stderr)


if __name__ == "__main__":
    support.main()
