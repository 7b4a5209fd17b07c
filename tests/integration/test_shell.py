"""mbplantctl as scripts and shells use it: wait, the last events, all at once, JSON, completion, a map for people; and a
slave of somebody else that writes with functions 15 and 16 alone."""
import json
import os
import pathlib
import pty
import re
import shutil
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import support

BOTTLING = support.ROOT / "config" / "bottling.yaml"


class Shell(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plant = cls.enterClassContext(support.Plant(BOTTLING))

    def ctl(self, *words):
        return self.plant.ctl(*words)

    def refused(self, code, *words):
        result = self.plant.ctl(*words, check=False)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (code, 1), result.stderr)
        return result.stderr

    def test_wait_is_over_when_it_is_so(self):
        self.assertRegex(self.ctl("wait", "PT101 > 0"), r"^PT101 = \S+ bar\n$")
        self.assertEqual(self.ctl("wait", "RINSE1", "en_service"), "RINSE1 = en_service\n")
        waiting = subprocess.Popen([str(word) for word in (support.MBPLANTCTL, "-p", self.plant.port, "wait", "TT101.high", "active")],
                                   stdout=subprocess.PIPE, text=True, env=support.ENVIRONMENT)
        self.addCleanup(waiting.kill)
        self.ctl("write", "TT101", 92)
        self.assertEqual(waiting.communicate(timeout=support.PATIENCE_S)[0], "TT101.high = on\n")
        self.assertEqual(self.ctl("wait", "TT101>=92", "--within", "1s"), "TT101 = 92.0 °C\n")
        self.ctl("release", "TT101")

    def test_wait_that_is_in_vain_says_what_there_is(self):
        self.assertIn("PT101 > 5000: not within 50ms: it is ", self.refused(1, "wait", "PT101 > 5000", "--within", "50ms"))
        for words, told in ((["RINSE1", "80"], "allowed is en_service"), (["PT101", "x"], "allowed is a number"),
                            (["NOWHERE"], "no point 'NOWHERE'"), (["RINSE1 > en_panne"], "allowed is en_service")):
            self.assertIn(told, self.refused(2, "wait", *words))

    def test_wait_takes_addresses_of_any_slave_and_names_as_they_are_spelled(self):
        self.ctl("write", "PT101", 4)
        for words, said in (("hr:1 = 400", "hr:1 = 400"), ("holding 1 > 3", "PT101 = 4.00 bar"), ("40002 >= 400", "40002 = 400"),
                            ("4X:1 != 7", "4X:1 = 400"), ("pt101 = 4", "PT101 = 4.00 bar"), ("rinse1 EN_SERVICE", "RINSE1 = en_service"),
                            ("coil:1001", "coil:1001 = on"), ("hr:2:float32 < 1e9", "hr:2:float32 = ")):
            self.assertTrue(self.ctl("wait", words, "--within", "1s").startswith(said), words)
        self.assertIn("PT101 = 4.00 bar", self.ctl("read", "holding 1"))
        self.assertEqual(self.ctl("write", "hr 1", 3.5).split("(")[0], "PT101 = 3.50 bar  ")
        self.assertIn("HR 3 = 40004: ", self.ctl("read", "holding 3"))  # the second register of a float32
        self.ctl("release", "PT101")
        self.ctl("write", "TT101", 92)
        self.assertEqual(self.ctl("wait", "tt101.HIGH.state = 1", "--within", "5s"), "TT101.high.state = 1\n")
        self.assertIn("TT101.high.state = 1  (IR 10000 = 310001", self.ctl("read", "TT101.high.state"))
        self.assertEqual(self.ctl("read", "TT101.high.since", "--raw").split("=")[1].split("(")[0], self.ctl("read", "TT101.alarm_since", "--raw").split("=")[1].split("(")[0])
        self.ctl("ack", "TT101")
        self.assertEqual(self.ctl("wait", "TT101.high.state = 2", "--within", "5s"), "TT101.high.state = 2\n")
        self.ctl("release", "TT101")
        for words in (["PT101 >"], ["PT101", "="], ["> 3"], [""], ["hr:1-5 > 1"], ["5x:1 > 1"]):
            self.refused(2, "wait", *words)

    def test_name_without_a_value_of_its_own_leads_to_its_points(self):
        told = self.refused(2, "read", "LIC101")
        self.assertRegex(told, r"LIC101 stands at no address itself; its points do: .*LIC101\.setpoint, .*LIC101\.output,")

    def test_last_events_are_the_last_of_those_that_are_chosen(self):
        for _ in range(3):
            self.ctl("write", "PT201", 5)
            self.ctl("release", "PT201")
        everything = support.eventually(lambda: (lambda text: text.count("PT201 released") >= 3 and text)(self.ctl("journal")), "all are stored")
        lines = everything.splitlines()
        self.assertEqual(self.ctl("journal", "-n", 4).splitlines(), lines[-4:])
        self.assertEqual(self.ctl("journal", "--last", 100000).splitlines(), lines)
        ours = self.ctl("journal", "--sensor", "PT201").splitlines()
        self.assertEqual(self.ctl("journal", "-n", 3, "--sensor", "PT201").splitlines(), ours[-3:])
        self.assertEqual(self.ctl("journal", "-n", 2, "--until", 5).splitlines(), lines[3:5])
        with tempfile.TemporaryDirectory() as folder:
            self.ctl("journal", "--save", f"{folder}/dump")
            saved = support.run(support.MBPLANTCTL, "journal", "--load", f"{folder}/dump", "-n", 3, check=True).stdout.splitlines()
            self.assertEqual(len(saved), 3)
            self.assertEqual(saved[0], self.ctl("journal", "--since", int(saved[0].split()[0])).splitlines()[0])
        self.assertIn("--last", self.refused(2, "journal", "-n", 3, "--verify"))

    def test_all_that_is_hidden_is_shown_at_once(self):
        for hide, show, flag in (("shelve", "unshelve", "is_shelved"), ("suppress", "unsuppress", "is_out_of_service")):
            self.ctl(hide, "FT101")
            self.ctl(hide, "RINSE1")
            self.assertRegex(self.ctl(show, "all"), r"^Bottling line 3: alarms of 4 sensors ")
            self.assertIn("off", self.ctl("read", f"FT101.{flag}"))
            self.assertIn("alarms of 0 sensors", self.ctl(show, "all"))

    def test_status_as_json_has_the_numbers_of_the_text(self):
        self.ctl("write", "LT101", 50)
        status = json.loads(self.ctl("status", "--format", "json"))
        sensors = {row["sensor"]: row for row in status["sensors"]}
        self.assertEqual((sensors["LT101"]["value"], sensors["LT101"]["unit"], sensors["LT101"]["forced"]), (50, "%", True))
        self.assertEqual(len(sensors), 33)
        self.assertEqual({row["machine"] for row in status["machines"]}, {"FILL1", "RINSE1", "CAP1", "LABEL1", "PACK1"})
        self.assertIsNone(sensors["FT101"]["low_low"])
        self.ctl("release", "LT101")

    def test_completion_knows_verbs_options_and_names(self):
        words = lambda *after: self.ctl("completion", "words", "--", *after).split()
        self.assertIn("unshelve", words())
        self.assertIn("--follow", words("journal", "--fo"))
        self.assertNotIn("--follow", words("read", "--fo"))
        self.assertIn("put", words("plant", ""))
        self.assertIn("TT101", words("read", "TT"))
        self.assertIn("TT101.high.limit", words("read", "TT101."))
        self.assertNotIn("TT101.high", words("release", "TT"))
        self.assertEqual(self.plant.ctl("completion", "csh", check=False).returncode, 2)

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_completion_works_in_bash(self):
        script = (f'PATH={support.MBPLANTCTL.parent}:$PATH; source <(mbplantctl completion bash); COMP_WORDS=(mbplantctl -p {self.plant.port} read TT10); '
                  'COMP_CWORD=4; _mbplantctl; echo "${COMPREPLY[@]}"')
        self.assertEqual(support.run("bash", "-c", script, check=True).stdout, "TT101\n")

    # What zsh's own functions would do stands for them, so that its answer is seen without a terminal.
    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_completion_works_in_zsh(self):
        script = (f'PATH={support.MBPLANTCTL.parent}:$PATH; compdef() {{ :; }}; _files() {{ print files; }}\n'
                  'compadd() { local -a fit=(${(M)${(P)2}:#$PREFIX*}); print -l -- $fit; (($#fit)); }\n'
                  'source <(mbplantctl completion zsh)\n'
                  'words=("$@") CURRENT=$# PREFIX=${@[-1]}; _mbplantctl\n')

        def completed(*words):
            result = support.run("zsh", "-f", "-c", script, "zsh", *words, check=True)
            self.assertEqual(result.stderr, "")
            return result.stdout.split()
        port = str(self.plant.port)
        self.assertEqual(completed("mbplantctl", "-p", port, "read", "TT10"), ["TT101"])
        self.assertEqual(completed("mbplantctl", "-p", port, "force", "TT101", "nofile"), ["files"])
        self.assertEqual(completed("mbplantctl", ""), self.ctl("completion", "words").split())
        self.assertIn("--follow", completed("mbplantctl", "-p", port, "journal", "--fo"))

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_completion_works_in_fish(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "nofile.yaml").touch()
            environment = dict(support.ENVIRONMENT, PATH=f"{support.MBPLANTCTL.parent}:{os.environ['PATH']}", HOME=folder)

            def completed(line):
                result = support.run("fish", "--no-config", "-c", 'mbplantctl completion fish | source; cd $argv[1]; complete -C $argv[2]', folder, line,
                                     environment=environment, check=True)
                self.assertEqual(result.stderr, "")
                return [row.split("\t")[0] for row in result.stdout.splitlines()]
            self.assertEqual(completed(f"mbplantctl -p {self.plant.port} read TT10"), ["TT101"])
            self.assertEqual(completed(f"mbplantctl -p {self.plant.port} force TT101 nofi"), ["nofile.yaml"])
            self.assertEqual(sorted(completed("mbplantctl ")), sorted(self.ctl("completion", "words").split()))
            self.assertIn("--follow", completed(f"mbplantctl -p {self.plant.port} journal --fo"))
            self.assertEqual(completed("mbplantctl -p "), ["nofile.yaml"])

    def test_map_is_short_with_values_first(self):
        lines = self.ctl("map").splitlines()
        self.assertLess(len(lines), 80)
        self.assertTrue(lines[1].startswith("TT101 "), lines[1])
        self.assertRegex(lines[-1], r"^and \d+ more points .*map --all")
        shown = self.ctl("map", "TT101").splitlines()
        self.assertRegex(shown[1], r"^TT101 .*mbpoll -1 -p \d+ -a 1 -t 4 -r 1 127.0.0.1$")
        self.assertTrue(any(re.search(r"^TT101.acknowledge .*-t 0 -r 3001 127.0.0.1$", line) for line in shown))
        self.assertTrue(any(re.search(r"^TT101.forced .*-t 0 -r 1001 127.0.0.1$", line) for line in shown))
        self.assertEqual(len(self.ctl("map", "--all").splitlines()), len(self.ctl("map", "--format", "csv").splitlines()))

    def test_references_of_a_table_have_one_width(self):
        for words in (["map"], ["map", "--all"], ["map", "TT101"]):
            lines = self.ctl(*words).splitlines()
            table, at = lines[0].index("TABLE"), lines[0].index("REFERENCE")
            widths = {(line[table:].split()[0], len(line[at:].split()[0])) for line in lines[1:] if not line.startswith("and ")}
            self.assertEqual(len(widths), len({table for table, _ in widths}), words)

    def test_terminal_gets_the_columns_that_it_has_room_for(self):
        command = f"stty cols 100; {support.MBPLANTCTL} -p {self.plant.port} --color never map"
        text = in_terminal(["bash", "-c", command])
        self.assertLess(max(map(len, text.splitlines()[:5])), 110)
        self.assertNotIn("mbpoll -1", text)


def in_terminal(command, answer=None):
    """What a command prints on a terminal of its own; answer is typed when it asks."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], [str(word) for word in command], support.ENVIRONMENT)
    text = b""
    deadline = time.monotonic() + support.PATIENCE_S
    while time.monotonic() < deadline:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            break
        text += more
        if answer is not None and b"[y/N] " in text:
            os.write(terminal, answer)
            answer = None
    os.waitpid(pid, 0)
    os.close(terminal)
    return text.decode()


class Moves(unittest.TestCase):
    def test_sensor_that_moves_others_is_asked_for_and_a_script_is_not(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "line.yaml"
            file.write_text(BOTTLING.read_text(encoding="utf-8") + "\ninstructor: true\n", encoding="utf-8")
            with support.Plant(file, data=f"{folder}/data") as plant:
                add = [support.MBPLANTCTL, "-p", plant.port, "sensor", "add", "FILL1", "TT109", "--kind", "temperature", "--range", "[0, 150]"]
                text = in_terminal(add, b"n\n")
                self.assertRegex(text, r"PT201 of unit 1: its value moved from holding register \d+")
                self.assertIn("nothing was changed", text)
                self.assertNotIn("TT109", plant.ctl("map"))
                tried = support.run(*add, "--dry-run")
                self.assertEqual(tried.returncode, 0)
                self.assertIn("its value moved", tried.stderr)
                text = in_terminal(add, b"y\n")
                self.assertIn("1 added", text, text)
                add[6] = "TT110"
                self.assertIn("1 added", support.run(*add, check=True).stdout)
                self.assertIn("1 removed", in_terminal([*add[:3], "sensor", "remove", "TT110", "--yes"]))


class Machines(unittest.TestCase):
    def test_unit_is_asked_for_where_there_are_several(self):
        for name, units in (("config/bottling.yaml", 2), ("config/hello.yaml", 1)):
            with tempfile.TemporaryDirectory() as folder:
                text = (support.ROOT / name).read_text(encoding="utf-8")
                file = pathlib.Path(folder) / "line.yaml"
                file.write_text(text if "\ninstructor: true" in text else text + "\ninstructor: true\n", encoding="utf-8")
                with support.Plant(file, data=f"{folder}/data") as plant:
                    result = plant.ctl("machine", "add", "M9", "--dry-run", check=False)
                    self.assertEqual(result.returncode, 0 if units == 1 else 2, result.stderr)
                    if units > 1:
                        self.assertIn("which of the 2 units? Say it with --unit", result.stderr)
                        self.assertIn("M9", plant.ctl("machine", "add", "M9", "--unit", 2, "--dry-run"))


class Suggested(unittest.TestCase):
    def test_what_a_start_suggests_works_for_every_kind_of_plant(self):
        for name, value in (("config/hello.yaml", r"\d+"), ("config/solar.yaml", r"-?\d+\.?\d*"), ("tests/data/devices/meter-float.yaml", None),
                            ("tests/data/integration/types.yaml", r"-?\d+"), ("tests/data/integration/records.yaml", None)):
            with self.subTest(name), support.Plant(support.ROOT / name) as plant:
                plant.out.wait_for(re.compile("try next"))
                text = "".join(plant.out.lines)
                suggested = [line.split("#")[0].split() for line in text.partition("try next")[2].splitlines()]
                for words in filter(None, suggested):
                    if words[0] == "mbpoll":
                        shown = support.run(support.program("mbpoll"), *words[1:], check=True).stdout
                        self.assertRegex(shown, rf"\[\d+\]:\s+{value or '.'}")
                    else:
                        support.run(support.MBPLANTCTL, *words[1:], check=True)
                self.assertGreaterEqual(len(suggested), 1)


class OnlySeveral(socketserver.BaseRequestHandler):
    """Writes with functions 15 and 16 alone; answers 01 to 5 and 6."""

    def handle(self):
        while header := self.request.recv(7):
            transaction, _, length, unit = struct.unpack(">HHHB", header)
            pdu = self.request.recv(length - 1)
            self.server.asked.append(pdu)
            answer = pdu[:5] if pdu[0] in (15, 16) else bytes([pdu[0] | 0x80, 1])
            self.request.sendall(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)


class Foreign(unittest.TestCase):
    def test_slave_that_writes_several_alone_is_written(self):
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OnlySeveral) as server:
            server.daemon_threads, server.asked = True, []
            threading.Thread(target=server.serve_forever, daemon=True).start()
            for words, pdu in ((["hr:7", "1234"], "10000700010204d2"), (["coil:3", "on"], "0f0003000101" + "01")):
                result = support.run(support.MBPLANTCTL, "-p", server.server_address[1], "write", *words)
                self.assertEqual(server.asked[1].hex(), pdu, result.stderr)
                server.asked.clear()
            server.shutdown()


if __name__ == "__main__":
    support.main()
