"""What `cmake --install` brings, wherever to, and that it goes again: programs that run from there, pages, units of systemd,
completion, sample plants."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import support

UNITS = "lib/systemd/system"
# Where a plant file may have the folder of a sample: what must be there, but for the samples themselves.
FILES = {
    "bin/mbplantd", "bin/mbplantctl",
    f"{UNITS}/mbplantd.service", f"{UNITS}/mbplantd@.service", f"{UNITS}/mbplantd.socket", f"{UNITS}/mbplantd-http.socket",
    "share/bash-completion/completions/mbplantd", "share/bash-completion/completions/mbplantctl",
    "share/zsh/site-functions/_mbplantctl", "share/fish/vendor_completions.d/mbplantctl.fish",
    "share/doc/mbplant/LICENSE", "share/doc/mbplant/CHANGELOG.md",
    "share/mbplant/systemd/network.conf", "share/mbplant/systemd/serial.conf", "share/mbplant/python/mbplant.py",
}
PAGES = {f"share/man/man{page[-1]}/{page}" for page in
         ("mbplantd.8", "mbplantctl.1", "mbplant.yaml.5", "mbplant-scenario.5", "mbplant-map.7", "mbplant-api.7")}
SAMPLES = {f"share/mbplant/{path.relative_to(support.ROOT / 'config')}" for path in (support.ROOT / "config").rglob("*")
           if path.is_file() and not {"systemd", "debian"} & set(path.parts)}


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


class Installed(unittest.TestCase):
    """One folder for each test: `cmake --install` takes a moment."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.cmake = support.program("cmake")
        if not (support.BUILD / "tools/package/mbplantd.8").exists():
            self.skipTest("the manual pages were not built (scdoc)")

    def install(self, prefix, destdir=None):
        environment = dict(support.ENVIRONMENT, **({"DESTDIR": str(destdir)} if destdir else {}))
        support.run(self.cmake, "--install", support.BUILD, "--prefix", prefix, check=True, environment=environment)
        return environment

    def uninstall(self, environment):
        return support.run(self.cmake, "--build", support.BUILD, "--target", "uninstall", check=True, environment=environment)

    def test_prefix_has_all_of_it_and_gives_it_back(self):
        prefix = self.folder / "a place of 100%"
        neighbour = prefix / "share/man/man8/other.8"
        mine = prefix / "share/mbplant/mine.yaml"
        environment = self.install(prefix)
        self.assertEqual(files_in(self.folder), {f"{prefix.name}/{file}" for file in FILES | PAGES | SAMPLES})
        for file in (neighbour, mine):
            file.write_text("another's", encoding="ascii")
        self.uninstall(environment)
        self.assertEqual(files_in(prefix), {"share/man/man8/other.8", "share/mbplant/mine.yaml"})
        self.assertFalse((prefix / "share/mbplant/devices").exists())
        again = support.run(self.cmake, "--build", support.BUILD, "--target", "uninstall")
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("nothing is known to be installed", again.stdout + again.stderr)

    def test_destdir_stands_before_the_prefix_and_in_no_file(self):
        environment = self.install("/usr", self.folder)
        self.assertEqual(files_in(self.folder), {f"usr/{file}" for file in FILES | PAGES | SAMPLES})
        for unit in ("mbplantd.service", "mbplantd@.service"):
            self.assertIn("\nExecStart=/usr/bin/mbplantd --data ", (self.folder / "usr" / UNITS / unit).read_text(encoding="utf-8"))
        self.uninstall(environment)
        self.assertEqual(files_in(self.folder), set())

    def test_installed_programs_run_and_complete_names(self):
        self.install(self.folder)
        bin_folder, samples = self.folder / "bin", self.folder / "share/mbplant"
        environment = dict(support.ENVIRONMENT, PATH=f"{bin_folder}:{os.environ['PATH']}", XDG_STATE_HOME=str(self.folder / "state"))
        told = support.run("mbplantd", samples / "hello.yaml", "--exec", "mbplantctl read TEMP && mbplantctl map --all | wc -l",
                           environment=environment)
        self.assertRegex(told.stdout, r"^TEMP = [0-9.]+ °C  \(HR 0 = 40001.*\n[0-9]{2,}\n$", told.stderr)
        for scenario in (samples / "scenarios").glob("overheat.yaml"):
            support.run("mbplantd", "--scenario", scenario, "--fast-forward", environment=environment, check=True)
        script = self.folder / "complete.bash"
        script.write_text(
            f'source "{self.folder}/share/bash-completion/completions/$1"\n'
            'shift\ncd "$COMPLETE_IN"\nCOMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\ncompopt() { :; }\n"_$1"\nprintf "%s\\n" "${COMPREPLY[@]}"\n',
            encoding="utf-8")
        environment["COMPLETE_IN"] = str(samples)

        def completed(*words):
            return support.run("bash", script, words[0], *words, environment=environment, check=True).stdout.split("\n")
        self.assertIn("--fast-forward", completed("mbplantd", "--f"))
        self.assertEqual(completed("mbplantd", "--format", "j"), ["json", "junit", ""])
        self.assertLessEqual({"bottling.yaml", "boiler.yaml"}, set(completed("mbplantd", "b")))
        self.assertNotIn("README.md", completed("mbplantd", ""))
        with support.Plant(support.ROOT / "config" / "hello.yaml") as plant:
            self.assertIn("TEMP", completed("mbplantctl", "-H", "127.0.0.1", "-p", str(plant.port), "read", "TE"))

    def test_units_are_such_as_systemd_takes_and_closed(self):
        analyze = support.program("systemd-analyze")
        self.install(self.folder / "a place of 100%")
        units = self.folder / "units"
        shutil.copytree(self.folder / "a place of 100%" / UNITS, units)
        (units / "mbplantd@.service").rename(units / "mbplantd@one.service")
        names = sorted(path.name for path in units.iterdir())
        self.assertEqual(len(names), 4)
        told = support.run(analyze, "verify", "--man=no", *(units / name for name in names))
        self.assertNotRegex(told.stdout + told.stderr, "mbplantd|place of")
        for name, most in (("mbplantd.service", 8), ("mbplantd@one.service", 13)):  # of 100: tenths of what it prints
            with self.subTest(unit=name):
                table = support.run(analyze, "security", "--offline=true", f"--threshold={most}", "--no-pager", units / name)
                self.assertEqual(table.returncode, 0, table.stdout + table.stderr)
        # what is opened, and not more than that
        unit = (units / "mbplantd.service").read_text(encoding="utf-8")
        for drop_in, most in (("network.conf", 13), ("serial.conf", 15)):
            with self.subTest(drop_in=drop_in):
                text = (self.folder / "a place of 100%/share/mbplant/systemd" / drop_in).read_text(encoding="utf-8")
                opened = units / "opened.service"
                opened.write_text(unit.replace("[Install]", text + "[Install]"), encoding="utf-8")
                table = support.run(analyze, "security", "--offline=true", f"--threshold={most}", "--no-pager", opened)
                self.assertEqual(table.returncode, 0, table.stdout + table.stderr)


if __name__ == "__main__":
    support.main()
