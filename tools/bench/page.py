"""The page in Debian's chromium: how soon it shows values, how soon a change, how soon five thousand alarms, what eight pens
of a day take to draw, and what eight hours of values leave in its memory."""

import contextlib
import json
import pathlib
import sqlite3
import sys
import tempfile
import time
import urllib.request

from harness import DEFAULT_PLANT, ROOT, BenchError, median, table
from web import Web

sys.path.insert(0, str(ROOT / "tests" / "browser"))

FIRST_MS, CHANGE_MS, ALARMS_MS, DRAW_MS, GROWTH_MIB = 500, 300, 300, 200, 20
ALARMS = 5000
PENS = ("TT101", "PT101", "LT101", "FT101", "SI101", "SI201", "NB101", "NB102")
DAY_MS = 86_400_000
HOURS, A_SECOND = 8, 10

# Runs before the page's own scripts: notes when the first number stands in the page.
FIRST = """window.first = 0; (function look() {
    const node = document.querySelector('.value');
    if (node && /\\d/.test(node.textContent)) window.first = performance.now(); else requestAnimationFrame(look);
})();"""

DRAW = """const names = arguments[0], done = arguments[1], trend = new Trend(names);
document.querySelector('main').replaceChildren(trend.node);
trend.minutes = 1440;
const taken = [];
trend.load().then(() => {
    for (let i = 0; i < 11; i++) {
        const begin = performance.now();
        trend.draw();
        trend.canvas.getContext('2d').getImageData(0, 0, 1, 1); /* waits until it is drawn */
        taken.push(performance.now() - begin);
    }
    done([taken, names.map((name) => trend.points(name).length)]);
});"""

# Values of all sensors, so many times, as the stream brings them; the page has its beats between.
HOURS_OF_VALUES = """let left = arguments[0]; const done = arguments[1], names = [...store.sensors.keys()];
let time = Date.now();
(function some() {
    for (let i = 0; i < 600 && left > 0; i++, left--) {
        time += 100;
        takers.values({ time_ms: time, values: Object.fromEntries(names.map((name, n) => [name, { value: 50 + Math.sin(left / 50 + n), quality: "good", forced: false }])) });
        store.heard = Date.now();
    }
    left > 0 ? setTimeout(some, 0) : done(null);
})();"""


def post(port, path, body):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1{path}", timeout=10) as answer:
        return json.load(answer)


def first_values(browser, server, rounds):
    """ms from the navigation to the first number, the cache empty."""
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST})
    browser.devtools("Network.setCacheDisabled", {"cacheDisabled": True})
    taken = []
    for _ in range(rounds):
        browser.open(f"http://127.0.0.1:{server.web}/")
        while not browser.run("return window.first"):
            pass
        taken.append(browser.run("return window.first"))
        browser.open("about:blank")
    return taken


def changes(browser, server, rounds):
    """ms from the scan that forced a steady value to the number in the page."""
    browser.open(f"http://127.0.0.1:{server.web}/#/sensor/TT101")
    taken = []
    for i in range(2 * rounds):
        time.sleep(1.2 + 0.07 * i)  # a number that has just changed waits for its second
        value = 40 + i
        text = f"{value:.1f}"
        browser.run("""window.seen = 0; const text = arguments[0];
            (function look() { if ((document.querySelector('.big')?.textContent || '').startsWith(text)) window.seen = Date.now(); else requestAnimationFrame(look); })();""", text)
        post(server.web, "/sensors/TT101/force", {"value": float(text)})
        end = time.monotonic() + 10
        event = None
        while event is None:
            told = [one for one in get(server.web, "/events?limit=20") if one["code"] == "value forced" and one["value"] == float(text)]
            event = told[-1] if told else None
            if time.monotonic() > end:
                raise BenchError(f"the journal has no {text}")
        while not browser.run("return window.seen"):
            time.sleep(0.05)
            if time.monotonic() > end:
                raise BenchError(f"the page never shows {text}")
        taken.append(browser.run("return window.seen") - event["time_ms"])
    return taken


def many_alarms():
    """A plant whose alarms all stand as soon as its five valves are open."""
    lines = ["mbplant: 1", "name: Many alarms", "units:"]
    for unit in range(1, 6):
        lines += [f"  - id: {unit}", f"    actuators: [{{name: V{unit}, range: [0, 100]}}]", "    machines:"]
        for machine in range(10):
            lines += [f"      - name: M{unit}{machine}", "        sensors:",
                      f"          - {{name: \"T{unit}{machine}_{{n}}\", repeat: {ALARMS // 50}, range: [0, 100], limits: {{high: 50}}, signal: {{inputs: [{{from: V{unit}, gain: 1}}]}}}}"]
    return "\n".join(lines) + "\n"


def alarms_shown(browser, settings, rounds):
    """ms from the navigation to the list of all alarms, by the page's own mark."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
        plant = pathlib.Path(folder) / "plant.yaml"
        plant.write_text(many_alarms(), encoding="utf-8")
        with Web(settings, plant) as server:
            for unit in range(1, 6):
                post(server.web, f"/actuators/V{unit}/command", {"value": 90})
            end = time.monotonic() + 30
            while len(get(server.web, "/alarms")) < ALARMS:
                if time.monotonic() > end:
                    raise BenchError("the alarms do not come")
                time.sleep(0.2)
            for _ in range(rounds):
                browser.open("about:blank")
                browser.open(f"http://127.0.0.1:{server.web}/#/alarms")
                while not browser.run("return performance.getEntriesByName('shown').length"):
                    time.sleep(0.05)
                if f"{ALARMS:,} unacknowledged" not in browser.text("main"):
                    raise BenchError("the page does not list all alarms")
                taken.append(browser.run("return performance.getEntriesByName('shown')[0].startTime"))
            browser.open("about:blank")
    return taken


def a_day(server, settings):
    """Puts minutes of a day into the file of samples, of all pens."""
    path = f"{server.data.name}/samples.db"
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as database:
            tags = dict(database.execute("SELECT name, id FROM tag"))
            if set(PENS) <= set(tags):
                break
        if time.monotonic() > end:
            raise BenchError("no samples are stored")
        time.sleep(0.1)
    now = int(time.time()) // 60
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as database, database:
        for name in PENS:
            database.executemany("INSERT OR REPLACE INTO minute VALUES(?, ?, ?, ?, ?, ?)",
                                 [(minute // 60, tags[name], minute % 60, 40 + minute % 20, 30 + minute % 20, 50 + minute % 20)
                                  for minute in range(now - 1440, now - 1)])


def heap(browser):
    browser.devtools("HeapProfiler.collectGarbage", {})
    return browser.devtools("Runtime.getHeapUsage", {})["usedSize"]


def run(settings, verdicts):
    """All of them, in one browser."""
    from driver import Browser

    with Web(settings, DEFAULT_PLANT) as server, Browser(1280, 800) as browser:
        first = first_values(browser, server, settings.rounds)
        changed = changes(browser, server, settings.rounds)
        alarms = alarms_shown(browser, settings, settings.rounds)
        a_day(server, settings)
        browser.open(f"http://127.0.0.1:{server.web}/#/trends")
        while browser.text("#link") != "live":
            pass
        drawn, points = browser.later(DRAW, list(PENS))
        if min(points) < 300:
            raise BenchError(f"the trends have {points} points")
        browser.open(f"http://127.0.0.1:{server.web}/#/trends?pens={','.join(PENS)}")
        browser.later(HOURS_OF_VALUES, 6000)  # what it keeps is full
        before = heap(browser)
        browser.later(HOURS_OF_VALUES, HOURS * 3600 * A_SECOND)
        growth = (heap(browser) - before) / (1 << 20)
    table(f"the page of the default plant, medians of {settings.rounds} and more", ["what", "measured", "worst"],
          [["first values, ms", verdicts.at_most(median(first), FIRST_MS, "{:.0f}"), f"{max(first):.0f}"],
           ["a change on the screen after its scan, ms", verdicts.at_most(median(changed), CHANGE_MS, "{:.0f}"), f"{max(changed):.0f}"],
           [f"{ALARMS:,} alarms listed after the page was opened, ms", verdicts.at_most(median(alarms), ALARMS_MS, "{:.0f}"), f"{max(alarms):.0f}"],
           [f"{len(PENS)} pens of 24 h drawn, ms", verdicts.at_most(median(drawn), DRAW_MS, "{:.0f}"), f"{max(drawn):.0f}"],
           [f"memory after {HOURS} h of {A_SECOND} values/s of each sensor, MiB more", verdicts.at_most(growth, GROWTH_MIB, "{:.1f}"), ""]])
