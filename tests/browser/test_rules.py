"""The page against display rules that can be seen in it: colours, shapes, sizes, order, what moves. Each test names its
rule and where it comes from (ISA-18.2, ISA-101, EEMUA 191 and 201, WCAG 2.2, IMO MSC.191(79))."""
import colorsys
import csv
import io
import json
import pathlib
import re
import signal
import struct
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from driver import Browser
from support import ROOT, eventually, main, stand_still
from test_web import BOTTLING, Web

PAGE = ROOT / "src" / "web" / "page"
CSS = (PAGE / "app.css").read_text(encoding="utf-8")
VIEWS = ("", "machine/FILL1", "sensor/TT101", "alarms", "trends", "journal", "history", "report", "registers", "traffic", "connect", "help")
THEMES = ("light", "dark", "contrast")
PRIORITIES = ("critical", "high", "medium", "low")


def blocks(text):
    """(selector, declarations) of a style sheet, those within @media too."""
    return re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def theme(name):
    """The custom properties of a theme: name -> colour."""
    selector = ":root" if name == "light" else f':root[data-theme="{name}"]'
    for found, body in blocks(CSS):
        if found.strip() == selector:
            return {key: value for key, value in re.findall(r"--(\w+): (#\w{6})", body)}
    raise AssertionError(f"no theme {name}")


def rgb(colour):
    return tuple(int(colour[i:i + 2], 16) for i in (1, 3, 5))


def contrast(one, other):
    """WCAG 2.2's contrast ratio."""
    def light(colour):
        linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pixels(png):
    """The pixels of an 8-bit RGB or RGBA picture without interlace, as rows of bytes, and how many bytes one has."""
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colour in (2, 6) and interlace == 0
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    size = 3 if colour == 2 else 4
    raw, stride, rows, before = zlib.decompress(data), width * size, [], bytearray(width * size)
    for y in range(height):
        begin = y * (stride + 1)
        kind, line = raw[begin], bytearray(raw[begin + 1:begin + 1 + stride])
        for x in range(stride if kind else 0):
            left = line[x - size] if x >= size else 0
            up, corner = before[x], before[x - size] if x >= size else 0
            if kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            else:
                near = (0, left, up, (left + up) // 2)[kind]
            line[x] = (line[x] + near) & 255
        rows.append(line)
        before = line
    return rows, size


def coloured(png):
    """The share of pixels with a colour that is seen as one."""
    rows, size = pixels(png)
    total = seen = 0
    for row in rows[::2]:
        for x in range(0, len(row), 2 * size):
            high, low = max(row[x:x + 3]), min(row[x:x + 3])
            total += 1
            seen += high - low > 0.35 * high
    return seen / total


class Sheet(unittest.TestCase):
    """What the style sheet says."""

    def test_surfaces_are_grey_in_each_theme(self):
        for name, low, high in (("light", 0.75, 0.95), ("dark", 0.10, 0.25), ("contrast", 0.9, 1)):
            for key in ("page", "panel"):
                _, lightness, saturation = colorsys.rgb_to_hls(*(c / 255 for c in rgb(theme(name)[key])))
                self.assertLessEqual(saturation, 0.08, (name, key))
                self.assertTrue(low <= lightness <= high, (name, key, lightness))

    def test_there_are_four_colours_of_alarms_and_one_accent(self):
        for name in THEMES:
            colours = {key for key, value in theme(name).items() if colorsys.rgb_to_hls(*(c / 255 for c in rgb(value)))[2] > 0.2}
            self.assertEqual(colours, {*PRIORITIES, "accent"}, name)

    def test_red_is_the_highest_priority_alone(self):
        for name in THEMES:
            hues = {key: colorsys.rgb_to_hls(*(c / 255 for c in rgb(theme(name)[key])))[0] for key in (*PRIORITIES, "accent")}
            red = {key for key, hue in hues.items() if hue < 0.02 or hue > 0.94}
            self.assertEqual(red, {"critical"}, (name, hues))
        for selector, body in blocks(CSS):
            if "var(--critical)" in body:
                self.assertIn(".critical", selector)

    def test_text_and_lines_stand_out(self):
        for name in THEMES:
            colours = theme(name)
            for ground in ("page", "panel"):
                self.assertGreaterEqual(contrast(colours["text"], colours[ground]), 7, name)
                self.assertGreaterEqual(contrast(colours["dim"], colours[ground]), 4.5, name)
                for key in ("line", "accent", *PRIORITIES):
                    self.assertGreaterEqual(contrast(colours[key], colours[ground]), 3, (name, key, ground))

    def test_only_one_thing_moves_at_one_rate_and_not_for_who_wants_none(self):
        self.assertEqual(re.findall(r"animation: (?!none)([^;]+);", CSS), ["blink 1s steps(2, jump-none) infinite"])
        self.assertRegex(CSS, r"prefers-reduced-motion: reduce\) \{ \.mark\.waits \{ animation: none")
        self.assertNotRegex(CSS, r"gradient|shadow|transition|italic|perspective|rotate")

    def test_paper_and_colours_of_the_users_own_keep_the_meaning(self):
        self.assertIn("@media (forced-colors: active)", CSS)
        self.assertIn("@media (prefers-contrast: more)", CSS)
        self.assertIn("@media print", CSS)


class Normal(unittest.TestCase):
    """The bottling line with nothing wrong."""

    @classmethod
    def setUpClass(cls):
        cls.plant = Web(BOTTLING)
        cls.plant.captured = False
        cls.plant.__enter__()
        cls.addClassCleanup(cls.plant.__exit__, None)

    def open(self, browser, view=""):
        browser.open(f"http://127.0.0.1:{self.plant.web}/#/{view}")
        eventually(lambda: browser.text("#link") == "live", "the page")

    def test_a_normal_plant_has_no_colour(self):
        with Browser() as browser, tempfile.NamedTemporaryFile(suffix=".png") as file:
            for view in VIEWS:
                self.open(browser, view)
                browser.screenshot(file.name)
                self.assertLess(coloured(pathlib.Path(file.name).read_bytes()), 0.005, view)

    def test_running_and_stopped_differ_in_words(self):
        with Browser() as browser:
            self.open(browser)
            eventually(lambda: "in service" in browser.text(".badge"), "a state in words")
            saturation = browser.run("const c = getComputedStyle(document.querySelector('.badge')).backgroundColor.match(/\\d+/g).map(Number); return Math.max(...c.slice(0, 3)) - Math.min(...c.slice(0, 3))")
            self.assertLess(saturation, 10)

    def test_each_view_leads_to_each_other_in_two_clicks(self):
        with Browser() as browser:
            links = {}
            for view in VIEWS:
                self.open(browser, view)
                eventually(lambda: browser.run("return document.querySelectorAll('a[href^=\"#/\"]').length") > 5, "links")
                links[view] = set(browser.run("return [...document.querySelectorAll('a[href^=\"#/\"]')].map((a) => decodeURIComponent(a.getAttribute('href').slice(2)))"))
            for begin in VIEWS:
                near = links[begin]
                reached = near.union(*(links[view] for view in near if view in links))
                self.assertEqual({view for view in VIEWS if view not in reached}, set(), begin)

    def test_the_alarm_line_is_on_every_view(self):
        with Browser() as browser:
            for view in VIEWS:
                self.open(browser, view)
                self.assertEqual(browser.text("#alarmline").strip(), "No alarms", view)
                self.assertEqual(browser.run("return document.querySelector('#alarmline').getAttribute('aria-live')"), "polite")

    def test_an_indicator_has_range_band_limits_trip_setpoint_and_pointer(self):
        with Browser() as browser:
            self.open(browser, "machine/FILL1")
            parts = "return ['range', 'band', 'limit', 'trip', 'setpoint', 'pointer'].filter((part) => document.querySelector(`a[href$='LT101'] .gauge .${part}`))"
            eventually(lambda: browser.run(parts) == ["range", "band", "limit", "trip", "setpoint", "pointer"], "six parts of LT101's indicator")
            self.assertGreater(browser.run("return document.querySelectorAll('.spark').length"), 2)

    def test_numbers_change_once_a_second_at_most_and_have_units(self):
        count = """const done = arguments[0], node = document.querySelector("a[href$='LT101'] .value"), seen = [];
            new MutationObserver(() => { if (!seen.length || performance.now() - seen.at(-1) > 50) seen.push(performance.now()); }).observe(node, {childList: true, characterData: true, subtree: true});
            window.seen = seen;"""
        with Browser() as browser:
            self.open(browser, "machine/FILL1")
            eventually(lambda: browser.text("a[href$='LT101'] .value").endswith("\u00a0%"), "a value with its unit")
            browser.run(count)
            times = eventually(lambda: (lambda seen: seen if len(seen) >= 6 else None)(browser.run("return window.seen")), "a moving number")
            gaps = sorted(b - a for a, b in zip(times, times[1:]))
            self.assertGreater(gaps[len(gaps) // 2], 700)  # ms; a busy machine may make one shorter
            style = browser.run("const c = getComputedStyle(document.querySelector('.value')); return [c.textAlign, c.fontVariantNumeric]")
            self.assertEqual(style, ["right", "tabular-nums"])

    def test_texts_are_large_enough(self):
        small = """return [...document.querySelectorAll('body *')].filter((n) => n.checkVisibility() && [...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
            .filter((n) => !n.closest('svg') && parseFloat(getComputedStyle(n).fontSize) < 14).map((n) => n.outerHTML.slice(0, 80))"""
        with Browser() as browser:
            for view in VIEWS:
                self.open(browser, view)
                self.assertEqual(browser.run(small), [], view)
            self.open(browser)
            eventually(lambda: browser.text(".value"), "a value")
            self.assertGreaterEqual(float(browser.run("return getComputedStyle(document.querySelector('.value')).fontSize").removesuffix("px")), 16)

    def test_targets_are_large_enough(self):
        boxes = """return [...document.querySelectorAll('button, select, input:not([type=checkbox]), nav a, summary')].filter((n) => n.checkVisibility())
            .map((n) => [n.innerText || n.id, n.getBoundingClientRect().width, n.getBoundingClientRect().height])"""
        with Browser() as browser:
            for view in VIEWS:
                self.open(browser, view)
                for what, width, height in browser.run(boxes):
                    self.assertTrue(width >= 24 and height >= 24, (view, what, width, height))
            self.open(browser, "machine/FILL1")
            states = eventually(lambda: browser.run("return [...document.querySelectorAll('main .act')].map((n) => n.getBoundingClientRect().height)"), "commands")
            self.assertGreaterEqual(min(states), 44)

    def test_it_fits_from_a_telephone_to_a_wall(self):
        for width, height in ((320, 640), (360, 640), (1920, 1080), (3840, 2160)):
            with Browser(width, height) as browser:
                for view in VIEWS:
                    self.open(browser, view)
                    self.assertFalse(browser.run("return document.documentElement.scrollWidth > innerWidth"), (view, width))
        with Browser(640, 400) as browser:  # 1280x800 at 200 %
            for view in VIEWS:
                self.open(browser, view)
                self.assertFalse(browser.run("return document.documentElement.scrollWidth > innerWidth"), (view, "200 %"))

    def test_the_keyboard_reaches_everything_and_the_first_stop_skips(self):
        with Browser() as browser:
            self.open(browser)
            browser.press("Tab")
            self.assertEqual(browser.run("return document.activeElement.id"), "skip")
            browser.press("Enter")
            self.assertEqual(browser.run("return document.activeElement.id"), "main")
            wanted = browser.run("return document.querySelectorAll('a[href], button').length")
            reached = set()
            self.open(browser, "alarms")
            for _ in range(3 * wanted):
                browser.press("Tab")
                node = browser.run("const n = document.activeElement, c = getComputedStyle(n); return n === document.body ? null : [n.outerHTML.slice(0, 60), c.outlineStyle, parseFloat(c.outlineWidth)]")
                if node:
                    if node[0] in reached:
                        break
                    reached.add(node[0])
                    self.assertTrue(node[1] != "none" and node[2] >= 2, node)
            self.assertGreater(len(reached), 10)

    def test_trends_have_their_periods_pens_and_the_instruments_range(self):
        with Browser() as browser:
            self.open(browser, "trends?pens=TT101,PT101,LT101,FT101,TT201,LT201,TT301,PT301,TT401")
            eventually(lambda: "[0 … 150]" in browser.text(".legend"), "the range of TT101")
            self.assertLessEqual(browser.run("return document.querySelectorAll('.legend input[type=checkbox]').length"), 8)
            periods = set(browser.text(".head select").split("\n"))
            self.assertLessEqual({"10 min", "1 h", "8 h", "24 h"}, periods)
            dashes = browser.run("return [...document.querySelectorAll('.legend line')].map((n) => n.getAttribute('stroke-dasharray'))")
            self.assertEqual(len(set(dashes)), len(dashes))
            browser.run("document.querySelector('#zoom').click()")
            eventually(lambda: "[0 … 150]" not in browser.text(".legend"), "a scale of the values")
            for words in ("Pause", "CSV"):
                self.assertTrue(browser.find(words, "button"), words)

    def test_what_is_simulated_says_so_on_every_view(self):
        text = BOTTLING.read_text(encoding="utf-8") + "instructor: true\n"
        with tempfile.TemporaryDirectory(prefix="mbplant-") as folder:
            path = pathlib.Path(folder) / "plant.yaml"
            path.write_text(text, encoding="utf-8")
            plant = Web(path)
            plant.captured = False
            with plant, Browser() as browser:
                plant.post("/sim", {"speed": 5})
                for view in ("", "alarms", "trends"):
                    browser.open(f"http://127.0.0.1:{plant.web}/#/{view}")
                    eventually(lambda: re.search(r"×5 +.*\d\d:\d\d", browser.text("#sim")), "speed and simulated time")
                plant.post("/sim", {"pause": True})
                eventually(lambda: "paused" in browser.text("#sim"), "paused")
                self.assertEqual(browser.text("#plant"), "Bottling line 3")


def four_priorities():
    """A plant with an alarm of each priority, and what makes each come."""
    lines = ["mbplant: 1", "name: Four", "units:", "  - id: 1", "    machines:", "      - name: M1", "        sensors:"]
    for i, priority in enumerate(PRIORITIES):
        lines.append(f"          - {{name: T{i}, unit: °C, range: [0, 100], limits: {{high: 50}}, priority: {priority}, signal: {{base: 20}}}}")
    return "\n".join(lines) + "\n"


class Alarmed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "plant.yaml"
        path.write_text(self.text(), encoding="utf-8")
        self.plant = Web(path)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)

    def text(self):
        return four_priorities()

    def force(self, *sensors):
        for sensor in sensors:
            self.plant.post(f"/sensors/{sensor}/force", {"value": 60})

    def open(self, browser, view=""):
        browser.open(f"http://127.0.0.1:{self.plant.web}/#/{view}")
        eventually(lambda: browser.text("#link") == "live", "the page")


class Priorities(Alarmed):
    def test_each_has_a_shape_and_a_number_beside_its_colour(self):
        self.force("T0", "T1", "T2", "T3")
        marks = "return [...document.querySelectorAll('main tbody .mark')].map((n) => [n.firstChild.tagName + (n.firstChild.getAttribute('d') || ''), n.textContent, getComputedStyle(n).fill])"
        with Browser() as browser:
            self.open(browser, "alarms")
            found = eventually(lambda: (lambda list: list if len(list) == 4 else None)(browser.run(marks)), "four marks")
            for column in zip(*found):
                self.assertEqual(len(set(column)), 4, column)
            self.assertEqual([number for _, number, _ in found], ["1", "2", "3", "4"])

    def test_the_list_goes_by_priority_then_newest_and_is_narrowed(self):
        order = "return [...document.querySelectorAll('main tbody tr')].map((n) => n.children[1].textContent)"
        self.force("T3", "T1", "T0")
        with Browser() as browser:
            self.open(browser, "alarms")
            eventually(lambda: browser.run(order) == ["T0.high", "T1.high", "T3.high"], "by priority")
            eventually(lambda: browser.text("#alarmline").startswith("1") and "T0.high" in browser.text("#alarmline"), "the worst in the line")
            browser.run("const n = document.querySelector('#alarm-priority'); n.value = 'high'; n.dispatchEvent(new Event('change'))")
            eventually(lambda: browser.run(order) == ["T1.high"], "one priority")
            browser.run("const n = document.querySelector('#alarm-priority'); n.value = ''; n.dispatchEvent(new Event('change'))")
            browser.click("Acknowledge T1.high")
            eventually(lambda: browser.run(order) == ["T0.high", "T3.high", "T1.high"], "the acknowledged one apart, and still there")
            self.plant.post("/alarms/T3.high/shelve", {"for": "10min"})
            eventually(lambda: "1 shelved" in browser.text("main") and re.search(r"shelved \(\d+ min\)", browser.text("main")), "the shelved one apart, with its time")

    def test_only_what_waits_flashes_and_only_its_symbol(self):
        self.force("T0", "T1")
        flashing = "return [...document.querySelectorAll('body *')].filter((n) => getComputedStyle(n).animationName !== 'none').map((n) => n.tagName + ' ' + n.closest('tr, .alarmline, .row, .state, .tile')?.innerText.match(/T\\d/)?.[0])"
        with Browser() as browser:
            self.open(browser, "alarms")
            eventually(lambda: "2 unacknowledged" in browser.text("main"), "two")
            self.assertEqual({line.split()[0] for line in browser.run(flashing)}, {"svg"})
            browser.click("Acknowledge T1.high")
            eventually(lambda: not any("T1" in line for line in browser.run(flashing)), "T1 at rest")
            self.assertTrue(any("T0" in line for line in browser.run(flashing)))

    def test_sound_is_off_at_first_repeats_and_is_silenced_until_another_comes(self):
        stub = """window.tones = 0; window.AudioContext = class { get currentTime() { return 0; } get destination() { return {}; }
            createGain() { return { gain: {}, connect: (to) => to }; }
            createOscillator() { return { frequency: {}, connect: (to) => to, start() { window.tones++; }, stop() {} }; } };"""
        self.force("T1")
        with Browser() as browser:
            self.open(browser)
            browser.run(stub)
            eventually(lambda: "T1.high" in browser.text("#alarmline"), "the alarm")
            self.assertFalse(browser.find("Silence", "button"))
            self.assertEqual(browser.run("return window.tones"), 0)
            browser.click("Sound off")
            eventually(lambda: browser.run("return window.tones") >= 2, "a tone that repeats")
            browser.click("Silence")
            silent = browser.run("return window.tones")
            self.force("T2")
            eventually(lambda: browser.run("return window.tones") > silent and browser.find("Silence", "button"), "a tone of another")
            browser.click("Sound on")
            self.assertFalse(browser.find("Silence", "button"))

    def test_a_command_takes_two_steps_and_names_its_effect(self):
        with Browser() as browser:
            self.open(browser, "machine/M1")
            browser.click("Put into maintenance", "main button")
            eventually(lambda: "M1" in browser.text("dialog") and browser.find("Do it", "dialog button"), "its effect")
            self.assertEqual(self.plant.get("/machines/M1")["state"], "en_service")
            browser.click("Cancel", "dialog button")
            self.assertEqual(self.plant.get("/machines/M1")["state"], "en_service")

    def test_a_bad_value_has_a_mark_and_a_word(self):
        with Browser() as browser:
            self.open(browser, "sensor/T0")
            eventually(lambda: "20" in browser.text(".big"), "a value")
            browser.run("store.sensors.get('T0').quality = 'bad'; store.dirty.add('T0')")
            eventually(lambda: "? bad quality" in browser.text(".big"), "a mark and a word")

    def test_a_bad_value_in_a_row_has_a_mark_and_stays_in_its_place(self):
        with Browser(360, 740) as browser:
            for view in ("", "machine/M1"):
                self.open(browser, view)
                browser.run("Object.assign(store.sensors.get('T0'), {quality: 'bad', forced: true, value: 123456.78}); store.dirty.add('T0')")
                eventually(lambda: browser.text(".bad") == "?", "a mark")
                self.assertEqual(browser.run("return document.querySelector('.bad').title"), "bad quality")
                self.assertNotIn("bad quality", browser.text("main"))
                self.assertFalse(browser.run("const n = document.querySelector('.row .value'); return n.scrollWidth > n.clientWidth + 1 || document.documentElement.scrollWidth > innerWidth"), view)

    def test_old_values_are_grey_and_say_so(self):
        with Browser() as browser:
            self.open(browser)
            eventually(lambda: "20" in browser.text(".value"), "a value")
            stand_still(self.plant.process)
            eventually(lambda: browser.text("#link") == "old", "old")
            self.assertEqual(browser.run("return getComputedStyle(document.querySelector('main')).filter"), "grayscale(1)")
            self.plant.process.send_signal(signal.SIGCONT)
            eventually(lambda: browser.text("#link") == "live", "live again")


class Flood(Alarmed):
    def text(self):
        sensors = [f"          - {{name: T{i}, range: [0, 100], limits: {{high: 50}}, signal: {{base: 20}}}}" for i in range(12)]
        return "\n".join(["mbplant: 1", "name: Many", "units:", "  - id: 1", "    machines:", "      - name: M1", "        sensors:", *sensors]) + "\n"

    def test_more_than_ten_alarms_in_ten_minutes_are_a_flood(self):
        with Browser() as browser:
            self.open(browser)
            self.force(*(f"T{i}" for i in range(10)))
            eventually(lambda: "10 unacknowledged" in browser.text("#alarmline"), "ten")
            self.assertNotIn("flood", browser.text("#alarmline"))
            self.force("T10")
            eventually(lambda: "flood" in browser.text("#alarmline"), "the mark")


GOT = "document.title='GOT'"
PAYLOADS = (
    f"<script>{GOT}</script>", f"<img src=x onerror={GOT}>", f"<svg onload={GOT}>", f"'><script>{GOT}</script>", f"\"><script>{GOT}</script>",
    f"</title><script>{GOT}</script>", f"</textarea><script>{GOT}</script>", f"</style><script>{GOT}</script>", f"</script><script>{GOT}</script>",
    f"<body onload={GOT}>", f"<iframe srcdoc='<script>parent.{GOT}</script>'>", f"<a href=javascript:{GOT}>x</a>", f"javascript:{GOT}",
    f"<details open ontoggle={GOT}>", f"<input autofocus onfocus={GOT}>", f"<video><source onerror={GOT}>", f"<math><mtext><img src=x onerror={GOT}>",
    f"<template><script>{GOT}</script></template>", f"<object data=javascript:{GOT}>", f"<embed src=javascript:{GOT}>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<link rel=stylesheet href=//evil.example/x.css>", f"{{{{{GOT}}}}}", f"${{{GOT}}}",
    f"`-{GOT}-`", f"onclick={GOT}", f"&lt;script&gt;{GOT}&lt;/script&gt;", f"<!--<script>{GOT}</script>-->", f"<form action=javascript:{GOT}><button>x")
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(A1)")


class Hostile(Alarmed):
    """Texts of a plant that want to be programs, wherever a plant has texts."""

    def text(self):
        lines = ["mbplant: 1", f"name: {json.dumps(PAYLOADS[0])}", "units:", "  - id: 1", f"    name: {json.dumps(PAYLOADS[1])}", "    machines:",
                 "      - name: M1", f"        label: {json.dumps(PAYLOADS[2])}", "        sensors:"]
        common = "range: [0, 100], limits: {high: 50}, signal: {base: 20}"
        for i, payload in enumerate(PAYLOADS):
            lines.append(f"          - {{name: T{i}, label: {json.dumps(payload)}, unit: {json.dumps(payload[:7])}, {common}}}")
            lines.append(f"          - {{name: S{i}, kind: generic, register: {{type: string(32)}}, signal: {{text: {json.dumps(payload[:32])}}}}}")
        for i, formula in enumerate(FORMULAS):
            lines.append(f"          - {{name: F{i}, label: {json.dumps(formula)}, {common}}}")
        return "\n".join(lines) + "\n"

    def test_thirty_scripts_as_names_labels_units_and_values_are_shown_and_never_run(self):
        self.assertEqual(len(PAYLOADS), 30)
        self.force("T0", "T1", "T2")
        with Browser() as browser:
            for view in ("", "machine/M1", "alarms", "trends", "journal", "report", "registers", "traffic", *(f"sensor/T{i}" for i in range(30))):
                self.open(browser, view)
                self.assertNotEqual(browser.run("return document.title"), "GOT", view)
                self.assertEqual(browser.run("return document.querySelectorAll('main script, main img, main iframe, main object, main embed, main base, main link, main meta, main video').length"), 0, view)
            self.open(browser, "sensor/T1")
            eventually(lambda: PAYLOADS[1] in browser.text("h2"), "the label as it is")
            self.assertEqual([line for line in browser.complaints() if "favicon" not in line], [])
            browser.open(f"http://127.0.0.1:{self.plant.web}/api/v1/report?format=html")
            self.assertNotEqual(browser.run("return document.title"), "GOT")
            self.assertEqual(browser.run("return document.scripts.length"), 0)

    def test_no_cell_of_a_table_is_a_formula(self):
        for where in ("report?format=csv", "events?since=1&format=csv", "export/csv"):
            status, body, _ = self.plant.ask(f"/api/v1/{where}")
            self.assertEqual(status, 200, where)
            text = body if isinstance(body, str) else body.decode()
            for row in csv.reader(io.StringIO(text)):
                for cell in row:
                    self.assertFalse(re.match(r"[=@]|[+-](?![\d.])", cell), (where, cell))


class Large(unittest.TestCase):
    """Many of a kind at once."""

    def serve(self, text):
        folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "plant.yaml"
        path.write_text(text, encoding="utf-8")
        plant = Web(path)
        plant.captured = False
        plant.__enter__()
        self.addCleanup(plant.__exit__, None)
        return plant

    def machines(self, count):
        lines = ["mbplant: 1", "name: Machines", "units:", "  - id: 1", "    machines:"]
        for m in range(count):
            lines += [f"      - name: M{m:02d}", "        sensors:"]
            lines += [f"          - {{name: {kind}{m:02d}, range: [0, 100], limits: {{high: 90}}, signal: {{base: 50}}}}" for kind in ("TT", "PT", "LT")]
        return "\n".join(lines) + "\n"

    def test_a_small_tile_shows_what_stands_in_alarm_by_its_whole_name(self):
        plant = self.serve(self.machines(12).replace("LT", "LIT10").replace("- name: M", "- label: A label that needs much room\n        name: FILLING-"))
        plant.post("/sensors/LIT1003/force", {"value": 95})
        tile = "const n = document.querySelector('[aria-label=\"FILLING-03\"]'), cut = (one) => one.scrollWidth > one.clientWidth; "
        with Browser(1280, 800) as browser:
            browser.open(f"http://127.0.0.1:{plant.web}/")
            eventually(lambda: "LIT1003" in (browser.run(tile + "return n?.querySelector('.rows').innerText") or ""), "the sensor in alarm")
            self.assertEqual(browser.run(tile + "return [...n.querySelectorAll('.name, h2 a')].filter(cut).map((one) => one.innerText)"), [])
            plant.post("/sensors/LIT1003/release", {})
            eventually(lambda: plant.get("/sensors/LIT1003")["value"] == 50, "a level that is well")
            plant.post("/alarms/LIT1003/ack", {})
            eventually(lambda: "LIT1003" not in browser.run(tile + "return n.querySelector('.rows').innerText"), "the first two")

    def test_sixty_machines_stand_on_one_large_screen(self):
        plant = self.serve(self.machines(60))
        with Browser(1920, 1080) as browser:
            browser.open(f"http://127.0.0.1:{plant.web}/")
            eventually(lambda: "M59" in browser.text("main"), "the last machine")
            self.assertLessEqual(browser.run("return document.documentElement.scrollHeight"), 1080)

    def test_a_thousand_alarms_at_once_and_four_thousand_sensors(self):
        plant = self.serve("mbplant: 1\nname: Wide\nunits:\n  - id: 1\n    actuators: [{name: V, range: [0, 100]}]\n    machines:\n      - name: M1\n        sensors:\n"
                           "          - {name: \"T{n}\", repeat: 1000, range: [0, 100], limits: {high: 50}, signal: {inputs: [{from: V, gain: 1}]}}\n"
                           "          - {name: \"Q{n}\", repeat: 3000, range: [0, 100], signal: {base: 20}}\n")
        with Browser() as browser:
            browser.open(f"http://127.0.0.1:{plant.web}/#/alarms")
            eventually(lambda: browser.text("#link") == "live" and "No alarms" in browser.text("main"), "the page")
            plant.post("/actuators/V/command", {"value": 90})
            eventually(lambda: re.search(r"\b1,000 unacknowledged", browser.text("#alarmline")), "a thousand alarms")
            eventually(lambda: browser.text("#link") == "live", "still live")
            browser.run("location.hash = '#/'")
            eventually(lambda: "M1" in browser.text("main h2"), "another view")
            self.assertEqual(browser.complaints(), [])


if __name__ == "__main__":
    main()
