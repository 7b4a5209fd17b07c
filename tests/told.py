"""What a run of ctest hides, from its JUnit file: why a test was skipped, in whole or in part, and what lint told.

    told.py JUNIT.xml"""
import re
import sys
import xml.etree.ElementTree as xml

# "test_x (module.Class.test_x) ... skipped 'reason'" of unittest, "skipped: reason" and "lint: told, ..." of our scripts.
REASONS = (re.compile(r"\.\.\. skipped (['\"])(.*)\1$", re.M), re.compile(r"^((?:\w+: )?)(?:skipped[:,] |told, )(.*)$", re.M))


def reasons(output):
    """Each reason once, with how often it stands there."""
    found = [match.group(2) for pattern in REASONS for match in pattern.finditer(output)]
    return {reason: found.count(reason) for reason in found}


def told(test):
    """Lines about one <testcase>; none where there is nothing to tell."""
    name = test.get("name")
    why = reasons(test.findtext("system-out") or "")
    lines = [f"{name}: {reason}" + (f" ({count} times)" if count > 1 else "") for reason, count in why.items()]
    if test.find("skipped") is not None and not lines:
        lines = [f"{name}: it gives no reason; see its output"]
    return lines


def main(path):
    lines = [line for test in xml.parse(path).iter("testcase") for line in told(test)]
    if lines:
        print("\nSkipped, and why; and what was told without being judged:")
        print("\n".join(f"  {line}" for line in lines))


if __name__ == "__main__":
    main(sys.argv[1])
