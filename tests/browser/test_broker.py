"""The view of the broker: why there is no link, what waits, what was refused; and its size on small and large screens."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import broker
from driver import Browser
from support import BUILD, eventually, main
from test_web import BOTTLING, Web

SHOTS = pathlib.Path(os.environ.get("MBP_SHOTS", BUILD / "browser"))


@unittest.skipIf(broker.paho is None, "python3-paho-mqtt is not here (tools/test installs it)")
class View(unittest.TestCase):
    def setUp(self):
        self.broker = broker.Broker()
        self.addCleanup(self.broker.stop)
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        file = folder / "line.yaml"
        file.write_text(BOTTLING.read_text(encoding="utf-8") + f'\nmqtt: {{broker: "mqtt://127.0.0.1:{self.broker.port}", node: Line, buffer: 10MB}}\n',
                        encoding="utf-8")
        self.plant = Web(file)
        self.plant.captured = False
        self.plant.__enter__()
        self.addCleanup(self.plant.__exit__, None)

    def shows(self, browser, words, selector="main"):
        eventually(lambda: words in browser.text(selector), f"'{words}' on the page:\n{browser.text(selector)}")

    def test_link_is_told_and_what_came_from_there(self):
        SHOTS.mkdir(parents=True, exist_ok=True)
        with Browser() as browser:
            browser.open(f"http://127.0.0.1:{self.plant.web}/#/")
            browser.click("Broker")
            self.shows(browser, "no connection")
            self.shows(browser, "Connection refused")
            self.assertIn(str(self.broker.port), browser.text("main"))
            self.broker.start()
            self.shows(browser, "connected since")
            client = self.enterContext(broker.Client(self.broker.port, "plants/Line/refused"))
            client.publish("plants/Line/NOBODY/set", "1")
            eventually(lambda: browser.run("return [...document.querySelectorAll('dt')].find((n) => n.textContent === 'Refused')"
                                           ".nextSibling.textContent") == "1", "what was refused is counted")
            browser.screenshot(SHOTS / "broker-1280.png")
            browser.click("Français")
            self.shows(browser, "Valeurs en attente")
            self.assertEqual(browser.complaints(), [])
        for width, height in ((360, 640), (1280, 800)):
            with Browser(width, height) as browser:
                browser.open(f"http://127.0.0.1:{self.plant.web}/#/broker")
                self.shows(browser, "connected since")
                browser.screenshot(SHOTS / f"broker-{width}.png")
                self.assertFalse(browser.run("return document.documentElement.scrollWidth > innerWidth"), width)


if __name__ == "__main__":
    main()
