"""How much of src/ and tools/mbplantctl the tests reached, from gcovr's JSON: a line a folder, the files with the most
that is left, and the whole. Ends with 1 when fewer than LEAST of the branches were taken.

    coverage.py GCOVR.json LEAST

Left out are branches that no test can take: unreachable ones (assert is off in this build), and those for memory that the
system does not give, which only a test that makes allocations fail can take."""
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
UNREACHABLE = re.compile(r"__builtin_unreachable|\bassert\(")
ALLOCATION = re.compile(r"\b([\w.>\[\]-]+) = (?:\([^)]*\) ?)?(?:malloc|calloc|realloc|aligned_alloc|strdup|strndup|\w+_new|\w+_duplicate)\(")
IS_NULL = re.compile(r"([\w.>\[\]-]+) (?:==|!=) NULL")
LOOK_BACK = 12  # lines between an allocation and the look at what it gave
WORST = 25


def left_out(lines):
    """Numbers (from 1) of the lines whose branches are left out."""
    numbers, given = set(), {}
    for number, text in enumerate(lines, 1):
        if text.startswith("}"):
            given = {}
        given.update({match.group(1): number for match in ALLOCATION.finditer(text)})
        tested = [name for name in IS_NULL.findall(text) if number - given.get(name, -LOOK_BACK) < LOOK_BACK]
        if UNREACHABLE.search(text) or "MBP_ERR_MEMORY" in text or tested:
            numbers.add(number)
    return numbers


class Count:
    """Lines and branches: how many there are, how many were reached."""

    def __init__(self):
        self.lines = self.lines_hit = self.branches = self.branches_hit = 0

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def missed(self):
        return self.branches - self.branches_hit

    def row(self, name):
        def percent(part, whole):
            return f"{100 * part / whole:5.1f} %" if whole else "      -"
        return (f"{name:<34} {self.lines_hit:>6} of {self.lines:>6} {percent(self.lines_hit, self.lines)} "
                f"{self.branches_hit:>6} of {self.branches:>6} {percent(self.branches_hit, self.branches)}")


def count_file(entry):
    count = Count()
    without = left_out((ROOT / entry["file"]).read_text(encoding="utf-8").splitlines())
    for line in entry["lines"]:
        if line.get("gcovr/noncode") or line.get("gcovr/excluded"):
            continue
        count.lines += 1
        count.lines_hit += line["count"] > 0
        if line["line_number"] not in without:
            count.branches += len(line["branches"])
            count.branches_hit += sum(branch["count"] > 0 for branch in line["branches"])
    return count


def main(path, least):
    files = {entry["file"]: count_file(entry) for entry in json.loads(pathlib.Path(path).read_bytes())["files"]}
    folders, whole = collections.defaultdict(Count), Count()
    for name, count in files.items():
        folders[str(pathlib.Path(name).parent)].add(count)
        whole.add(count)
    print(f"{'':<34} {'lines':>16} {'branches':>26}")
    for name in sorted(folders):
        print(folders[name].row(name))
    print("\nMost branches left:")
    for name in sorted(files, key=lambda name: -files[name].missed)[:WORST]:
        print(files[name].row(name))
    print("\n" + whole.row("the whole"))
    if 100 * whole.branches_hit < float(least) * whole.branches:
        sys.exit(f"fewer than {least} % of the branches were taken")


if __name__ == "__main__":
    main(*sys.argv[1:])
