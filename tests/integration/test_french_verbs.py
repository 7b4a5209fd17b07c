"""Each verb of mbplantctl, as it is used and as it is used wrongly, in French: no word of it is English."""
import concurrent.futures
import pathlib
import re
import tempfile
import unittest

import support

VERBS = support.ROOT / "tools" / "mbplantctl" / "verbs.c"
AT_ONCE = 8  # of those that change nothing

# All that it says of itself is French, so that what is English is mbplantctl's.
SHOP = """mbplant: 1
name: Atelier
scan: 20ms
instructor: true
alarm_policy: {longest_bypass: 30min, reasons: [bypass]}
units:
  - id: 1
    name: Ligne
    parameters: {UA: 40}
    machines:
      - name: M1
        label: Cuve
        cycle: {time: 5s}
        maintenance: {every: 8h, takes: 30min}
        sensors:
          - {name: L, label: Niveau, kind: level, unit: m, range: [0, 10], max: 9, register: {scale: 0.01},
             signal: {base: 5.5}}
          - {name: T, range: [0, 100], limits: {high: 80, high_high: 90}, trip: [high_high], signal: {base: 20}}
        actuators:
          - {name: P1, kind: pump, on_off: true}
          - {name: V1, kind: valve, initial: 12.5}
        interlocks:
          - {name: BAS, when: "L < 2", bypass: {longest: 10min, priority: high}, message: Niveau bas}
faults:
  - {name: F1, sensor: L, kind: bias, amount: 1.5, start: 2h, duration: 10min}
"""
WRONG = """mbplant: 1
name: Faux
units:
  - id: 1
    machines:
      - name: M1
        sensors:
          - {name: A, rnge: [0, 10]}
          - {name: B, range: [10, 0]}
          - {name: B, range: [0, 10], max: 11, kind: temperatur, register: {at: 0}}
          - {name: C, register: {at: 0}, signal: {inputs: [{from: BB}]}}
          - {range: 5}
"""
# Words that French has not, as words of their own: neither in a name nor in an option.
ENGLISH = re.compile(r"(?<![-\w'.`/])(the|The|of|is|are|was|were|with|and|not|there|from|this|that|has|have|which|what|"
                     r"where|when|does|cannot|it|its|by|or|to|an|at|no|None|each|other|only|left|value|needs|allowed|"
                     r"wrong|unknown|nothing|already|asked|ended|waits|running|sure|likely)(?![-\w.=:`'/])")
# What is typed or stands in a file, and what a slave says of itself, which is in English.
TYPED = re.compile(r"'[^']*'|`[^`]*`|\"[^\"]*\"|[{].*[}]|«\xa0[^»]*\xa0»|mbplantctl [-a-z]+( \S+)?|permis\xa0: .*|"
                   r"clés sont .*|groupe de clés\xa0: .*|all off|: its value moved .*|.* of unit 1")
# Every verb, as it is used and as it is used wrongly: the exit code, the words.
USES = [
    (0, "map"), (0, "map --all"), (0, "map L"), (0, "map M1"), (2, "map LL"), (0, "status"), (0, "status --all"),
    (0, "watch --count 2 --interval 100ms"), (1, "open"), (1, "mqtt test"), (2, "mqtt try"),
    (0, "read L P1 V1 M1.good"), (0, "read hr:0-1"), (0, "read hr:0:float32"), (0, "read L --raw"), (2, "read LX"),
    (2, "read hr:70000"), (2, "read hr:0:float99"), (1, "read hr:9999"),
    (0, "write L.high.limit 8.5"), (2, "write L.high.limit x"), (2, "write L 7,5"), (1, "write L.high.limit 99"),
    (2, "write P1 maybe"), (1, "write hr:9999 1"), (2, "write ir:0 1"), (2, "write hr:0 1.5"),
    (0, "force L 7.5"), (0, "release L"), (0, "force V1.position 10"), (0, "release all"),
    (0, "machine M1"), (0, "machine M1 history"), (2, "machine M1 broken"), (0, "machine M1 en_panne"),
    (0, "machine M1 en_service"), (2, "machine add"), (2, "machine MX"),
    (0, "machine add M2 --unit 1 --dry-run"), (2, "machine add M2 --labl x"), (2, "machine remove MX"),
    (0, "sensor set L max 8 --dry-run"), (2, "sensor set L maxx 8"), (2, "sensor set L max 80"),
    (2, "sensor set L kind levell"), (2, "sensor add M1 L"), (2, "sensor add MX Z"), (0, "sensor set L max 8"),
    (0, "sensor set L register.at 4"), (2, "sensor set L signal.noise -1"), (2, "sensor remove M1"),
    (0, "sensor add M1 Z --range [0,1] --yes"), (0, "sensor remove Z --yes"),
    (0, "wait P1 = off"), (1, "wait P1 --within 100ms"), (2, "wait L > high"), (2, "wait L >"), (2, "wait M1 = off"),
    (0, "force T 95"), (0, "alarms"), (0, "alarms --all"), (0, "alarms L.high"), (2, "alarms LX"),
    (0, "ack T.high"), (0, "ack all"), (2, "ack LX"), (0, "reset all"), (0, "reset L"), (0, "release T"),
    (0, "shelve L --for 10min"), (0, "alarms --hidden"), (0, "unshelve L"), (0, "shelve L.high --once"), (0, "unshelve all"),
    (0, "shelve L.high --for 10min --why essai"), (0, "alarms --hidden"), (2, "shelve L --for 1 --once"),
    (0, "out-of-service T.high"), (0, "out-of-service L"), (0, "alarms --hidden"), (0, "in-service L"),
    (0, "in-service all"), (0, "suppress L"), (0, "unsuppress L"), (0, "interlocks"), (2, "interlocks MX"),
    (1, "bypass M1.BAS --for 5min"), (0, "bypass M1.BAS --for 5min --why essai"), (0, "bypass"), (0, "alarms"),
    (0, "alarms M1.BAS.bypassed"), (1, "bypass M1.BAS --for 5h --why essai"), (0, "bypass L.high --for 5min --why essai"),
    (0, "unbypass M1.BAS"), (0, "unbypass M1.BAS"),
    (0, "note essai"), (0, "note M1 essai"), (0, "incidents"), (2, "incidents 999999"), (2, "incidents x y z"),
    (0, "work"), (0, "work open M1 graisser --due 3d"), (2, "work open MX"), (2, "work start 999999"), (2, "work x"),
    (2, "work open M1 x --due soon"), (0, "work list --all"),
    (0, "report"), (0, "report --format markdown"), (0, "journal"), (0, "journal --verify"), (2, "journal --code nonsense"),
    (2, "journal --save x --until now"), (0, "journal --code alarm"),
    (0, "sim"), (0, "sim pause"), (0, "sim step 2"), (0, "status"), (0, "sim resume"), (0, "sim speed 2.5"), (0, "sim speed 1"),
    (2, "sim speed 0"), (0, "sim seed 7"), (0, "sim snapshot"), (0, "sim restore"), (0, "sim snapshots"), (2, "sim nap"),
    (2, "sim step x"), (0, "sim parameter"), (0, "sim parameter UA 35.5"), (2, "sim parameter UB"), (2, "sim parameter UA x"),
    (0, "sim fault"), (0, "sim fault F1 on"), (0, "sim fault F1 off"), (2, "sim fault FX on"),
    (0, "sim fault L drift 0.5 over 10min"),
    (0, "sim fault V1 stuck 30"), (2, "sim fault L melt"), (2, "sim fault L drift"), (0, "sim fault"), (0, "sim fault all off"),
    (2, "sim resume x"), (1, "exercise"), (2, "exercise x"), (0, "database"), (2, "database {faux}"), (0, "plant get -"), (0, "plant check {shop}"),
    (1, "plant put {faux}"), (2, "plant send {faux}"),
    (0, "conform --all --write"), (2, "conform hr:x"), (0, "explain 00 01 00 00 00 06 01 03 00 00 00 0A"),
    (0, "explain --response 03 04 00 01 00 02"), (1, "explain 01 03 00 00 00 00"), (1, "explain 01 83 02 FF"),
    (0, "explain 81 02"), (1, "explain 00 01 00 01 00 06 01 10 00 00 00 02 03 00 01"), (2, "explain zz"), (2, "explain"),
    (1, "explain 2b 0e 09 00"), (0, "explain 05 00 00 FF 00"), (1, "explain 14 07 05 00 00 00 00 00 01"), (1, "explain 63"),
    (0, "explain :010300000001FB"), (0, "learn csv {list}"), (2, "learn csv"), (2, "learn xml f"), (1, "learn csv {faux}"),
    (0, "learn scan hr:0-20 --for 1s"), (1, "learn evcc {faux}"), (1, "learn sunspec {faux}"),
    (0, "export"), (0, "export zabbix"), (0, "export kepware"), (2, "export telegraff"),
    (2, "export csv --select Q*"), (0, "export --template {faux}"), (2, "completion csh"), (2, "stats"), (2, "--frmat x status"),
    (2, "status --frmat x"), (2, "status --format xml"), (2, "read"), (2, "-p 0 status"), (1, "-p 1 status"),
    (2, "--plant {faux} map"), (0, "--help"),
]
LIST = """address,name,type,length,scale,unit,access
40001,niveau,uint16,1,0.1,m,R
40002,texte,string,4,,,R
40010,faux,complex,1,,,R
x,autre,uint16,1,,,R
"""


def speak(port, use, files):
    """What it says, with its exit code; a file by its name alone."""
    words = [word.format(**files) if word.startswith("{") else word for word in use.split()]
    result = support.run(support.MBPLANTCTL, "-p", port, "--lang", "fr", *words)
    said = result.stdout + result.stderr
    for path in files.values():
        said = said.replace(str(path), path.name)
    return use, result.returncode, said


class FrenchVerbs(unittest.TestCase):
    def test_each_verb_is_looked_at(self):
        verbs = re.findall(r'^    \{"([a-z-]+)", ctl_run_', VERBS.read_text(encoding="utf-8"), re.M)
        self.assertGreater(len(verbs), 30)
        self.assertEqual([verb for verb in verbs if not any(re.search(rf"\b{verb}\b", use) for _, use in USES)], [])

    def test_no_verb_says_an_english_word(self):
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            files = {}
            for name, text in (("shop", SHOP), ("faux", WRONG), ("list", LIST)):
                files[name] = pathlib.Path(folder) / name
                files[name].write_text(text, encoding="utf-8")
            served = support.Plant(files["shop"])
            served.captured = False  # conform sends frames that are wrong on purpose
            with served as plant:
                refused = [use for code, use in USES if code == 2]
                said = [speak(plant.port, use, files) for code, use in USES if code != 2]
                with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                    said += pool.map(lambda use: speak(plant.port, use, files), refused)
        expected = {use: code for code, use in USES}
        self.assertEqual([one for one in said if one[1] != expected[one[0]]], [])
        wrong = [(use, line, found[0]) for use, _, text in said for line in text.splitlines() if "mbpoll -1" not in line
                 for found in ENGLISH.finditer(TYPED.sub("", line))]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    support.main()
