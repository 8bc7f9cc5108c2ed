"""A real Chromium for tests: found, or asked for in words; required where CI says so."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = "FSMOBILE_REQUIRE_CHROMIUM"
"""Set where a missing browser is a failure."""
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--lang=fr",
)


def find_chromium() -> tuple[str, str]:
    """Return the browser and its driver; skip without them, fail where CI requires them."""
    browser = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if browser is not None and driver is not None:
        return browser, driver
    sentence = "no Chromium here: apt-get install chromium chromium-driver"
    if os.environ.get(REQUIRED):
        pytest.fail(sentence)
    pytest.skip(sentence)


@contextmanager
def open_chromium(*, has_scripts: bool = True) -> Iterator[webdriver.Chrome]:
    """Run a browser with a profile of its own, thrown away afterwards."""
    browser, driver_path = find_chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = browser
        for flag in (*FLAGS, f"--user-data-dir={Path(profile)}"):
            options.add_argument(flag)
        if not has_scripts:
            setting = "profile.managed_default_content_settings.javascript"
            options.add_experimental_option("prefs", {setting: 2})
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium refuses its sandbox to root, who runs the tests in a container.
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(driver_path))
        try:
            yield driver
        finally:
            driver.quit()


def resize(chrome: webdriver.Chrome, width: int, height: int = 900) -> None:
    """Give the page itself this size, whatever the window takes around it."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
