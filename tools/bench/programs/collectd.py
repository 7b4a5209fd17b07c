"""collectd: the configuration as exported, included by one that says where values go; each value from its csv files."""
import csv
import os
import pathlib
import re
import subprocess

from common import CACHE, Missing, Running, compare, debian, eventually, export, points, verdict

FOLDER = CACHE / "collectd-core"
NO_NETWORK = "getaddrinfo failed"  # it asks for addresses of kinds that an interface has, and loopback does not count


def install():
    path = debian("collectd-core", "collectd", "libmodbus5")
    plugins = [place for place in (pathlib.Path("/usr/lib/collectd"), FOLDER / "usr/lib/collectd") if (place / "modbus.so").exists()]
    if not plugins:
        raise Missing("its package has no plugin modbus")
    done = subprocess.run([path, "-h"], capture_output=True, text=True, check=False, env=environment())
    if done.returncode:
        raise Missing("it does not start: " + " ".join(done.stderr.split())[-120:])
    return path, plugins[0]


def environment():
    """Libraries that came with it, where the machine has them not."""
    places = sorted({str(path.parent) for path in FOLDER.rglob("lib*.so*")})
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(places)}


def start(plant, folder, path, plugins, *words):
    file = folder / "mbplant-collectd.conf"
    export(plant, "collectd", file, *words)
    types = [place for place in ("/usr/share/collectd/types.db", FOLDER / "usr/share/collectd/types.db") if pathlib.Path(place).exists()]
    (folder / "collectd.conf").write_text(
        f'Hostname "bench"\nFQDNLookup false\nBaseDir "{folder}"\nPIDFile "{folder}/pid"\nPluginDir "{plugins}"\nTypesDB "{types[0]}"\nInterval 1\n'
        f'LoadPlugin csv\n<Plugin csv>\n  DataDir "{folder}/csv"\n</Plugin>\nInclude "{file}"\n')
    return Running([path, "-f", "-C", folder / "collectd.conf"], folder, env=environment())


def newest(folder):
    """{what stands in a file's name: its last value}."""
    found = {}
    for path in sorted((folder / "csv").rglob("gauge-*")):
        name = re.sub(r"-\d{4}-\d\d-\d\d$", "", path.name.removeprefix("gauge-"))
        rows = list(csv.reader(path.read_text().splitlines()))
        if len(rows) > 1:
            found[path.parent.name, name] = float(rows[-1][1])
    return found


def by_point(found, names):
    """A name that several units have is looked at in the first of them."""
    values = {}
    for (_, name), value in sorted(found.items()):
        point = next((one for one in names if re.sub(r"[/]", "_", one) == name), None)
        if point is not None:
            values.setdefault(point, value)
    return values


def check(plant, folder, table):
    path, plugins = install()
    names = list(points(plant))
    plant.ctl("sim", "pause")
    with start(plant, folder, path, plugins) as running:
        wanted = subprocess.run(["grep", "-c", "Collect ", folder / "mbplant-collectd.conf"], capture_output=True, text=True, check=True)
        eventually(lambda: len(newest(folder)) >= int(wanted.stdout) or running.process.poll() is not None or NO_NETWORK in (folder / "log").read_text(),
                   "a value of every point")
        if NO_NETWORK in (folder / "log").read_text():
            raise Missing("where loopback alone is up its plugin finds no address")
        good, wrong = compare(plant, by_point(newest(folder), names))
    with start(plant, folder, path, plugins, *("--select", "TT101*,FILL1.alarms")):
        plant.ctl("sim", "resume")
        plant.ctl("write", "TT101", "135")
        eventually(lambda: any(name == "FILL1.alarms" and value >= 1 for (_, name), value in newest(folder).items()), "the alarm")
    table.add("collectd 5.12", installed="Debian", file_taken="Include", points_that_agree=verdict(good, wrong), alarm_arrives="FILL1.alarms = 1",
              acknowledged_from_there="it only reads")
