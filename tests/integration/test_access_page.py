"""config/ACCESS.md: each line names a test that is there."""
import re
import unittest

import support
from support import main

PAGE = support.ROOT / "config" / "ACCESS.md"
LINE = re.compile(r"^\| .* \| .* \| (\S+) (test_\w+) \|$")


def named():
    """The tests that the page names, as (file, name)."""
    return [match.groups() for match in map(LINE.match, PAGE.read_text(encoding="utf-8").splitlines()) if match]


class Page(unittest.TestCase):
    def test_every_line_names_a_test_that_is_there(self):
        rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines()
                if line.startswith("| ") and not line.startswith("| who | may")]
        self.assertEqual(len(rows), len(named()), "each line ends with FILE TEST")
        for file, test in named():
            text = (support.ROOT / "tests" / file).read_text(encoding="utf-8")
            self.assertRegex(text, rf"\b{test}\(", f"{file} has no {test}")


if __name__ == "__main__":
    main()
