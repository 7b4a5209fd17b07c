"""tshark: the Lua script as exported, on a capture of a master that reads all points; each name and value."""
import os
import re
import shutil
import subprocess
import time

from common import Missing, Running, compare, eventually, export, points, support, verdict


def install():
    if not shutil.which("tshark"):
        raise Missing("no tshark here; tools/test installs it")


def exchange(plant, folder):
    """A capture while each point is read once; its path."""
    path = folder / "exchange.pcap"
    with Running(["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {plant.port}", "-P", "-w", path], folder) as running:
        eventually(lambda: path.exists() or running.process.poll() is not None, "a capture")
        time.sleep(1)
        plant.ctl("read", "--format", "json", *points(plant))
        plant.ctl("write", "TT101", "135")
        time.sleep(1.5)
    if not path.exists():
        raise Missing("no capture here: " + (folder / "log").read_text()[-100:])
    return path


def check(plant, folder, table):
    script = folder / "mbplant.lua"
    export(plant, "wireshark", script)
    plant.ctl("sim", "pause")
    path = exchange(plant, folder)
    folder.chmod(0o755)
    for file in (script, path):
        file.chmod(0o644)
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(["tshark", "-o", f"mbtcp.tcp.port:{plant.port}", "-X", f"lua_script:{script}", "-r", path, "-T", "fields", "-E", "aggregator=|",
                           "-e", "mbplant.point"], capture_output=True, text=True, check=True, env={**support.ENVIRONMENT, "HOME": "/tmp"}, **nobody)
    assert "Lua Error" not in done.stdout + done.stderr, done.stderr[-300:]
    rows = points(plant)
    (folder / "told").write_text(done.stdout)
    shown = {}
    for name, value in re.findall(r"(?:^|\|)([^|=\n]+) = (-?[\d.]+)", done.stdout, re.M):
        if name in rows and not (name == "TT101" and value.startswith("135")):
            shown[name] = float(value)
    digits = {name: int(row["decimals"] or 0) for name, row in rows.items()}
    plant.ctl("release", "TT101", "--no-wait")
    good, wrong = compare(plant, {name: value for name, value in shown.items() if name != "TT101"}, digits)
    table.add("tshark", installed="Debian", file_taken="-X lua_script", points_that_agree=verdict(good, wrong),
              alarm_arrives="the write of TT101 by name" if "TT101 = 135" in done.stdout else "FAILED", acknowledged_from_there="it only looks")
