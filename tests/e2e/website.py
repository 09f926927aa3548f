"""lapwing-web beside a stack, and people in front of it with a real browser.

    website = Website(stack, operators=["root"])
    website.start()
    with website.browser() as browser:
        browser.sign_in(code)
        browser.post("hello")

Browsers are Debian's chromium, headless, each with a profile of its own. Whatever a page complains
about on its console (a refused script, a failed request) ends up in `browser.complaints()`.
"""

import os
import pathlib
import re
import signal
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SECONDS = 20
SIZES = {"desktop": (1180, 860), "phone": (390, 800), "tall": (1180, 1990)}


class Website:
    def __init__(self, stack, operators=(), with_operations=False):
        self.stack, self.process, self.url = stack, None, None
        self.dir = stack.dir / "web"
        self.dir.mkdir(exist_ok=True)
        self.port = 0
        self.operators = list(operators)
        self.with_operations = with_operations

    def configuration(self):
        nicks = ", ".join(f'"{nick}"' for nick in self.operators)
        log = (self.stack.dir / "gateway.log").read_text()
        found = re.findall(r"metrics are on http://([0-9.:]+)/metrics", log)
        exporters = ", ".join(f'"{address}"' for address in found[-1:])
        operations = f"""
[operations]
endpoint = "{self.stack.env['BRIDGE_ADMIN']}"
gateways = [{exporters}]
"""
        return (operations if self.with_operations else "") + f"""
[http]
listen = "127.0.0.1:{self.port}"
connections_per_address = 1000
[bridge]
endpoint = "{self.stack.env['BRIDGE_WEB']}"
[data]
path = "{self.dir}"
[pages]
plain_http = true
bot = "{self.stack.bot}"
operators = [{nicks}]
"""

    def start(self):
        config = self.stack.dir / "web.toml"
        config.write_text(self.configuration())
        self.log_path = self.stack.dir / "web.log"
        log = open(self.log_path, "ab")
        before = log.tell()
        self.process = subprocess.Popen(
            [f"{self.stack.bin}/lapwing-web", "--config", str(config)], stdout=log, stderr=log
        )
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            text = self.log_path.read_bytes()[before:].decode(errors="replace")
            if found := re.search(r"serving on (http://[^\s/]+)/", text):
                self.url = found[1]
                self.port = int(self.url.rsplit(":", 1)[1])  # the same after a restart
                return
            time.sleep(0.05)
        raise AssertionError(f"lapwing-web did not start: {self.log_path.read_text()[-2000:]}")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(SECONDS)

    def browser(self, scripts=True, size="desktop", dark=False):
        return Browser(self, scripts, size, dark)


class Browser:
    def __init__(self, website, scripts, size, dark):
        self.website = website
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars",
                         "--disable-dev-shm-usage", "--no-first-run"):  # fmt: skip
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # chromium refuses to run as root with one
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2}
            )
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(SECONDS)
        self.look(size, dark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def look(self, size="desktop", dark=False):
        width, height = SIZES[size]
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, path="/"):
        self.driver.get(self.website.url + path)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def find_all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self):
        return self.find("body").text

    def path(self):
        return self.driver.current_url.removeprefix(self.website.url)

    def wait(self, condition, what, seconds=SECONDS):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if condition():
                    return
            except Exception as problem:  # an element of the page before
                last = problem
            time.sleep(0.05)
        raise AssertionError(f"{what}: {self.driver.current_url}\n{self.text()}")

    def wait_for_text(self, text, seconds=SECONDS):
        self.wait(lambda: text in self.text(), f"waited for {text!r}", seconds)

    def submit(self, css):
        """Presses a button that leads to another page, and waits for that."""
        body = self.find("html")
        self.find(css).click()
        self.wait(lambda: self._gone(body), f"{css} led nowhere")

    @staticmethod
    def _gone(element):
        try:
            element.is_enabled()
            return False
        except Exception:
            return True

    def sign_in(self, code, back="/"):
        self.open(f"/sign-in?back={back}")
        self.find("#code").send_keys(code)
        self.submit("form[action='/sign-in'] button")

    def write(self, text):
        area = self.find("textarea#text")
        area.clear()
        area.send_keys(text)

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def press_with(self, held, key):
        webdriver.ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def shot(self, name):
        """Into the folder that LAPWING_SCREENSHOTS names, if it does."""
        folder = os.environ.get("LAPWING_SCREENSHOTS")
        if folder:
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(f"{folder}/{name}.png")

    def complaints(self):
        """What the console says since the last call, but for requests that the bridge's or the
        website's own absence explains."""
        lines = [entry["message"] for entry in self.driver.get_log("browser")]
        return [line for line in lines if "favicon" not in line]


__all__ = ["Browser", "By", "Keys", "Website"]
