"""A browser under test: Debian's chromium by its chromedriver, with nothing but the standard library between.

Source: W3C WebDriver (https://www.w3.org/TR/webdriver2/), the commands' names and bodies."""
import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " "}
PATIENCE_S = 30
TRIES = 5


class Browser:
    """with Browser(1280, 800) as browser: ..."""

    def __init__(self, width=1280, height=800, dark=False):
        self.driver = None
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not chromium or not driver:
            raise unittest.SkipTest("chromium and chromium-driver are not here (tools/test installs them)")
        self.profile = tempfile.TemporaryDirectory(prefix="mbplant-browser-")
        self.base = f"http://127.0.0.1:{self.begin(driver)}"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--lang=en",
                     "--hide-scrollbars",
                     "--remote-debugging-pipe",  # by a port some versions do not find their renderer in a bare root
                     f"--user-data-dir={self.profile.name}", f"--window-size={width},{height}"]
        if dark:
            arguments += ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"binary": chromium, "args": arguments},
                                  "goog:loggingPrefs": {"browser": "ALL"}}}
        self.session = self.call("POST", "/session", {"capabilities": wanted})["sessionId"]
        # a narrow window is not given: the device's size is
        self.devtools("Emulation.setDeviceMetricsOverride",
                      {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def begin(self, driver):
        """Starts chromedriver and gives its port.

        It lets the system choose a port of IPv4, then wants the same one of IPv6, and ends when somebody has that."""
        said = ""
        for _ in range(TRIES):
            self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for line in self.driver.stdout:
                said += line
                port = re.search(r"started successfully on port (\d+)", line)
                if port:
                    return port.group(1)
            self.driver.stdout.close()
            self.driver.wait(60)
        raise AssertionError(f"chromedriver did not start, {TRIES} times:\n{said}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("DELETE", f"/session/{self.session}")
        self.driver.terminate()
        self.driver.wait(60)
        self.driver.stdout.close()
        self.profile.cleanup()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=700) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def tell(self, path, body=None):
        return self.call("POST", f"/session/{self.session}{path}", body or {})

    def devtools(self, command, parameters):
        return self.tell("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, address):
        self.tell("/url", {"url": address})

    def run(self, script, *arguments):
        return self.tell("/execute/sync", {"script": script, "args": list(arguments)})

    def later(self, script, *arguments):
        """What the script hands to its last argument, a function."""
        self.tell("/timeouts", {"script": 600000})
        return self.tell("/execute/async", {"script": script, "args": list(arguments)})

    def text(self, selector="body"):
        return self.run("const node = document.querySelector(arguments[0]); return node ? node.innerText : ''", selector)

    def find(self, text, tag="*"):
        """The first element of that tag that says exactly that, or is labelled so; None."""
        script = """return [...document.querySelectorAll(arguments[1])].find((node) => node.checkVisibility() &&
            (node.getAttribute('aria-label') === arguments[0] || node.innerText?.trim() === arguments[0])) || null"""
        return self.run(script, text, tag)

    def click(self, text, tag="button, a"):
        """What says that, as soon as the page shows it."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            element = self.find(text, tag)
            try:
                if element:
                    return self.tell(f"/element/{element[ELEMENT]}/click")
            except AssertionError as error:  # a list that was drawn again in between has it anew
                if "stale element" not in str(error):
                    raise
        raise AssertionError(f"nothing says '{text}' on the page:\n{self.text()}")

    def type(self, text):
        """To what has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.tell("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": keys}]})

    def press(self, *names):
        for name in names:
            self.type(KEYS[name])

    def screenshot(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.call("GET", f"/session/{self.session}/screenshot")))

    def complaints(self):
        """What the browser said of errors: scripts, policy, network."""
        return [entry["message"] for entry in self.tell("/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]
