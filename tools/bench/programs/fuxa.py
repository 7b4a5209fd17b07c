"""FUXA: the project as exported, by its REST; a button of its own view in a browser."""
import json
import shutil
import sys
import time
import urllib.parse

from common import CACHE, ROOT, Running, ask, compare, eventually, export, is_acknowledged, npm, support, verdict

sys.path.insert(0, str(ROOT / "tests" / "browser"))

FOLDER = CACHE / "fuxa"


def install():
    npm(FOLDER, "@frangoteam/fuxa@1.3.4", "modbus-serial@8.0.19", scripts=("sqlite3",))


def start(folder):
    """(its process, its address)."""
    port = support.free_port()
    data = folder / "_appdata"
    data.mkdir(parents=True)
    settings = (FOLDER / "node_modules/@frangoteam/fuxa/settings.default.js").read_text()
    (data / "settings.js").write_text(settings.replace('//uiHost: "127.0.0.1",', 'uiHost: "127.0.0.1",'))
    main = FOLDER / "node_modules/@frangoteam/fuxa/main.js"
    return Running(["node", main, "--port", port, "--userDir", folder], folder), f"http://127.0.0.1:{port}"


def load(plant, folder, base):
    """Posts the exported file; the tags by id."""
    file = folder / "mbplant-fuxa.json"
    export(plant, "fuxa", file)
    eventually(lambda: ask(base + "/api/version") is not None, "FUXA answers")
    ask(base + "/api/project", file.read_bytes())
    project = json.loads(file.read_text(encoding="utf-8"))
    return {ident: tag for device in project["devices"].values() for ident, tag in device["tags"].items()}


def values(base, tags):
    """{name: number}; a name that several units have is looked at in the first of them. None while a tag has no value."""
    query = urllib.parse.quote(json.dumps(list(tags)))
    shown = {item["id"]: item.get("value") for item in ask(f"{base}/api/getTagValue?ids={query}") or []}
    if any(shown.get(ident) is None for ident in tags):
        return None
    names = {}
    for ident, tag in tags.items():
        names.setdefault(tag["name"], float(shown[ident]))
    return names


def press(base, ident, picture=None):
    """A button of the view, pressed in a browser."""
    import driver
    with driver.Browser(1700, 1000) as browser:
        browser.open(base + "/home")
        eventually(lambda: browser.run(f"return document.getElementById('B-HXB_{ident}') !== null"), "the view's buttons")
        eventually(lambda: browser.run("return ![...document.querySelectorAll('[type=\"svg-ext-value\"]')].some(v => v.textContent.includes('#'))"), "values")
        if picture:
            browser.screenshot(picture)
        browser.run(f"document.getElementById('B-HXB_{ident}').click()")
        time.sleep(2)  # it writes with its next turn


def check(plant, folder, table):
    process, base = start(folder)
    with process:
        tags = load(plant, folder, base)
        plant.ctl("sim", "pause")
        eventually(lambda: values(base, tags), "a value of every tag")
        digits = {tag["name"]: int(tag["format"]) for tag in tags.values()}
        for _ in range(20):  # what it read before the pause goes
            good, wrong = compare(plant, values(base, tags), digits)
            if not wrong:
                break
            time.sleep(0.5)
        plant.ctl("sim", "resume")
        plant.ctl("write", "TT101", "135")
        alarm = eventually(lambda: next((one for one in ask(base + "/api/alarms") or [] if "TT101_high" in one["name"]), None), "the alarm")
        press_or_write(base, folder)
        eventually(lambda: is_acknowledged(plant), "the acknowledge")
        table.add("FUXA 1.3.4", installed="npm", file_taken="POST /api/project", points_that_agree=verdict(good, wrong),
                  alarm_arrives=f"{alarm['name']}, {alarm['group']}", acknowledged_from_there="a button of the view")


def press_or_write(base, folder):
    ident = "u1_TT101_acknowledge"
    if shutil.which("chromium") and shutil.which("chromedriver"):
        press(base, ident, folder / "fuxa.png")
    else:
        ask(base + "/api/setTagValue", {"tags": [{"id": ident, "value": 1}]})
