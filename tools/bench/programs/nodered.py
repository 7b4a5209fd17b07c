"""Node-RED: the flow as exported, deployed by its admin API; what it decoded from its context; a button of its dashboard."""
import json
import shutil
import sys
import time

from common import CACHE, ROOT, Running, ask, compare, eventually, export, is_acknowledged, npm, points, support, verdict

sys.path.insert(0, str(ROOT / "tests" / "browser"))

FOLDER = CACHE / "nodered"
SETTINGS = ("module.exports = {uiHost: '127.0.0.1', uiPort: %d, flowFile: 'flows.json', credentialSecret: false, contextStorage: {default: {module: 'memory'}},"
            "telemetry: {enabled: false, updateNotification: false}, editorTheme: {tours: false, palette: {catalogues: []}}};")


def install():
    npm(FOLDER, "node-red@4.1.15", "node-red-contrib-modbus@5.45.2", "@flowfuse/node-red-dashboard@1.31.0",
        extra={"overrides": {"@openp4nr/modbus-serial": "npm:modbus-serial@8.0.25"}})


def start(folder):
    """(its process, its address)."""
    port = support.free_port()
    (folder / "settings.js").write_text(SETTINGS % port)
    (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    shutil.copy(FOLDER / "package.json", folder)
    red = FOLDER / "node_modules/node-red/red.js"
    return Running(["node", red, "--userDir", folder, "--settings", folder / "settings.js"], folder), f"http://127.0.0.1:{port}"


def load(plant, folder, base):
    file = folder / "mbplant-nodered.json"
    export(plant, "nodered", file)
    eventually(lambda: ask(base + "/settings") is not None, "Node-RED answers")
    ask(base + "/flows", file.read_bytes(), **{"Node-RED-Deployment-Type": "full"})
    return json.loads(file.read_text(encoding="utf-8"))


def decoded(base):
    """{name: value} of the flow's context."""
    found = ask(base + "/context/flow/mbplant_tab/mbplant") or {}
    return json.loads(found["msg"]) if found.get("format") == "Object" else {}


def simple(values):
    return {name: float(value) for name, value in values.items() if isinstance(value, (int, float, bool))}


def press(base, ident, picture):
    import driver
    with driver.Browser(1280, 900) as browser:
        browser.open(base + "/dashboard/mbplant")
        eventually(lambda: browser.run(f"return document.getElementById('{ident}') !== null"), "the dashboard's buttons")
        time.sleep(2)
        browser.screenshot(picture)
        browser.run(f"document.getElementById('{ident}').click()")
        time.sleep(2)


def check(plant, folder, table):
    process, base = start(folder)
    with process:
        load(plant, folder, base)
        plant.ctl("sim", "pause")
        eventually(lambda: len(decoded(base)) >= len({name for name in points(plant)}) - 5, "a value of every point")
        for _ in range(20):
            good, wrong = compare(plant, own(plant, simple(decoded(base))))
            if not wrong:
                break
            time.sleep(0.5)
        plant.ctl("sim", "resume")
        plant.ctl("write", "TT101", "135")
        eventually(lambda: decoded(base).get("TT101.high") in (1, True), "the alarm's bit")
        how = "an inject node"
        if shutil.which("chromium") and shutil.which("chromedriver"):
            press(base, "u1_TT101_acknowledge", folder / "nodered.png")
            how = "a button of the dashboard"
        else:
            ask(base + "/inject/do_u1_TT101_acknowledge", {})
        eventually(lambda: is_acknowledged(plant), "the acknowledge")
        table.add("Node-RED 4.1.15", installed="npm", file_taken="POST /flows", points_that_agree=verdict(good, wrong),
                  alarm_arrives="TT101.high = 1 in the flow", acknowledged_from_there=how)


def own(plant, values):
    """Without names that several units have: the flow has the last of them."""
    import csv
    import io
    names = [row["point"] for row in csv.DictReader(io.StringIO(plant.ctl("export", "csv")))]
    return {name: value for name, value in values.items() if names.count(name) == 1}
