"""What the release build promises against overruns: each flag's mark in the two programs, as readelf and objdump see it."""
import platform
import re
import unittest

from support import MBPLANTCTL, MBPLANTD, main, program, run


def readelf(file, *options):
    return run(program("readelf"), "--wide", *options, file, check=True).stdout


def code(file):
    return run(program("objdump"), "--disassemble", "--no-show-raw-insn", file, check=True).stdout


class Hardening(unittest.TestCase):
    def each(self, look, *patterns):
        """What look gives of each program has a match of every pattern."""
        for file in (MBPLANTD, MBPLANTCTL):
            text = look(file)
            for pattern in patterns:
                self.assertTrue(re.search(pattern, text), f"{file}: no {pattern}")

    def test_program_stands_anywhere_in_memory(self):
        self.each(lambda file: readelf(file, "--file-header"), r"Type: +DYN")

    def test_tables_of_the_linker_are_read_only_from_the_start(self):
        self.each(lambda file: readelf(file, "--program-headers", "--dynamic"), r"GNU_RELRO", r"FLAGS.*\bNOW\b")

    def test_stack_is_not_executable(self):
        self.each(lambda file: readelf(file, "--program-headers"), r"GNU_STACK .* RW +0x")

    def test_stack_and_buffers_are_checked(self):
        # -fstack-protector-strong, _FORTIFY_SOURCE
        self.each(lambda file: readelf(file, "--dyn-syms"), r"__stack_chk_fail", r"__(v?snprintf|memcpy)_chk")

    @unittest.skipUnless(platform.machine() == "x86_64", "looks for x86-64 instructions")
    def test_big_frames_touch_each_page_and_calls_by_address_have_a_mark(self):
        # -fstack-clash-protection, -fcf-protection
        self.each(code, r"\tor[qbl]? +\$0x0,(0x[0-9a-f]+)?\(%rsp", r"<main>:\n[^\n]*\tendbr64")


if __name__ == "__main__":
    main()
