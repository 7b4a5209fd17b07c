"""The manual pages and READMEs: current, well-formed, of a length that somebody reads; what they name is there."""
import pathlib
import re
import shutil
import subprocess
import unittest

import support

PAGES = support.ROOT / "tools" / "package" / "man"
README = support.ROOT / "README.md"
DOCUMENTS = [README, *(support.ROOT / folder / "README.md" for folder in ("config", "include/mbplant", "src", "tests", "tools/bench"))]


class Pages(unittest.TestCase):
    def test_what_the_program_knows_stands_in_the_pages_as_it_is_now(self):
        done = subprocess.run([PAGES / "update", "--check", support.BUILD], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(shutil.which("scdoc"), "scdoc is not installed")
    def test_every_page_is_one_that_man_shows(self):
        pages = sorted(PAGES.glob("*.scd"))
        self.assertGreaterEqual(len(pages), 5)
        for page in pages:
            with self.subTest(page=page.name), page.open() as source:
                done = subprocess.run(["scdoc"], stdin=source, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                name, section = re.match(r"(.+)\((\d)\)", page.read_text()).groups()
                self.assertEqual(page.name, f"{name}.{section}.scd")


class Readmes(unittest.TestCase):
    def test_readme_is_read_in_a_quarter_of_an_hour(self):
        text = README.read_text(encoding="utf-8")
        self.assertLessEqual(len(text.splitlines()), 350)
        self.assertLessEqual(len(text.split()), 3000)

    def test_files_that_a_readme_names_are_there(self):
        named = re.compile(r"`((?:config|src|include|tests|tools)/[\w./-]*[\w/])`")
        for document in DOCUMENTS:
            for path in named.findall(document.read_text(encoding="utf-8")):
                with self.subTest(document=document, path=path):
                    self.assertTrue((support.ROOT / path).exists())

    def test_links_within_the_readme_lead_to_a_heading(self):
        text = README.read_text(encoding="utf-8")
        headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
        for target in re.findall(r"\]\(#([^)]+)\)", text):
            self.assertIn(target, headings)

    def test_every_stage_is_in_the_list_of_floors(self):
        text = (support.ROOT / "src" / "README.md").read_text(encoding="utf-8")
        for folder in sorted(path.parent.name for path in (support.ROOT / "src").glob("*/CMakeLists.txt")):
            with self.subTest(folder=folder):
                self.assertRegex(text, rf"`{folder}`")

    def test_folders_have_forty_files_at_most_and_headers_three_hundred_lines(self):
        for folder in {path.parent for root in ("src", "include", "tools") for path in (support.ROOT / root).rglob("*.[ch]")}:
            with self.subTest(folder=folder):
                self.assertLessEqual(sum(1 for path in folder.iterdir() if path.is_file()), 40)
        for header in (support.ROOT / "include").rglob("*.h"):
            with self.subTest(header=header):
                self.assertLessEqual(len(header.read_text(encoding="utf-8").splitlines()), 300)

    def test_functions_have_sixty_lines_at_most(self):
        """As the layout has them: from the line of the name to the brace in the first column."""
        for source in sorted(path for root in ("src", "include", "tools") for path in (support.ROOT / root).rglob("*.[ch]")):
            begin = 0
            for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
                if re.match(r"[A-Za-z_].*\(", line):
                    begin = number
                elif line == "}" and begin:
                    with self.subTest(source=source, line=begin):
                        self.assertLessEqual(number - begin + 1, 60)
                    begin = 0


if __name__ == "__main__":
    support.main()
