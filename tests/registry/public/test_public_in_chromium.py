"""The public pages and a notice in a real Chromium: narrow, wide, without a script, on paper."""

import base64
import re
import shutil
import struct
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_selenium_python import Axe
from chromium import open_chromium, resize
from loopback import serve
from public_worlds import PORT_ADDRESS, ROOT, a_public_app, a_public_registry
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
IMAGES = ROOT / "docs" / "images"
PICTURES = {
    "quand-passe-le-bus.png": ("/bus/commune/23075", (1280, 1000)),
    "quand-passe-le-bus-390.png": ("/bus/commune/23075", (390, 844)),
    "affiche.png": ("/bus/affiche/fsi-exemple-23/23075", (794, 1123)),
}
"""Delete one to have it taken anew; fonts differ between machines, sizes do not."""
PAGES = (
    "/bus",
    "/bus/recherche?q=saint",
    "/bus/commune/16196",
    "/bus/commune/23075",
    "/bus/commune/16015",
    "/bus/service/bus-charente",
    "/bus/affiche/fsi-exemple-23/23075",
    "/bus/rien",
)
NOTICES = [
    *(f"/bus/affiche/bus-charente/{one}" for one in (16196, 16317, 16295)),
    *(f"/bus/affiche/fsi-exemple-23/{one}" for one in (23075, 23039, 23100, 23192)),
    *(f"/bus/affiche/mediabus-dracenie/{one}" for one in (83128, 83038)),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A registry served on loopback by the real server."""
    app = a_public_app(a_public_registry(), PORT_ADDRESS)
    with serve(app) as url:
        yield url


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    """One browser for these tests."""
    with open_chromium() as driver:
        yield driver


def open_page(chrome: Chrome, url: str) -> None:
    """Open a page, as slowly as the registry wishes."""
    chrome.get(url)
    if not chrome.find_elements(By.TAG_NAME, "main"):
        time.sleep(2)
        chrome.get(url)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out(chrome: Chrome, address: str, path: str, width: int) -> None:
    resize(chrome, width)
    open_page(chrome, f"{address}{path}")
    wide = chrome.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width
    levels = [int(one.tag_name[1]) for one in chrome.find_elements(By.CSS_SELECTOR, "h1,h2,h3,h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    axe = Axe(chrome)
    axe.inject()
    found = axe.run()["violations"]
    assert found == [], axe.report(found)


def test_a_person_finds_the_bus_by_keyboard_with_scripts_off(chrome: Chrome, address: str) -> None:
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        resize(chrome, 390)
        open_page(chrome, f"{address}/bus")
        focus = chrome.switch_to.active_element
        focus.send_keys(Keys.TAB)
        assert chrome.switch_to.active_element.text == "Aller au contenu"
        for _ in range(2):
            chrome.switch_to.active_element.send_keys(Keys.TAB)
        assert chrome.switch_to.active_element.get_attribute("id") == "q"
        chrome.switch_to.active_element.send_keys("dun le pa", Keys.ENTER)
        deadline = time.monotonic() + 10
        while "/commune/" not in chrome.current_url and time.monotonic() < deadline:
            time.sleep(0.05)
        assert chrome.current_url.endswith("/bus/commune/23075")
        heading = chrome.find_element(By.TAG_NAME, "h1").text
        assert (
            heading.replace("\N{NO-BREAK SPACE}", " ") == "Quand passe le bus à Dun-le-Palestel ?"
        )
        assert "Le minibus est en panne" in chrome.find_element(By.CSS_SELECTOR, ".changes").text
    finally:
        chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_no_page_gives_the_browser_an_error_or_asks_another_host(
    chrome: Chrome, address: str
) -> None:
    chrome.get_log("browser")
    for path in PAGES:
        open_page(chrome, f"{address}{path}")
        faults = [one for one in chrome.get_log("browser") if "/rien" not in one["message"]]
        assert faults == [], path
        asked = chrome.execute_script(
            "return performance.getEntriesByType('resource').map(one => one.name)"
        )
        assert all(one.startswith(address) for one in asked)
        assert chrome.get_cookies() == []


@pytest.mark.parametrize("path", NOTICES)
def test_a_notice_is_one_sheet_of_paper(chrome: Chrome, address: str, path: str) -> None:
    open_page(chrome, f"{address}{path}")
    assert chrome.find_elements(By.CSS_SELECTOR, ".code svg")
    printed = chrome.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    content = base64.b64decode(printed["data"])
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 1


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_for_the_guide(chrome: Chrome, address: str, name: str, tmp_path: Path) -> None:
    path, size = PICTURES[name]
    resize(chrome, *size)
    open_page(chrome, f"{address}{path}")
    taken = tmp_path / name
    chrome.save_screenshot(str(taken))
    assert size_of(taken) == size
    if not (IMAGES / name).exists():
        shutil.copyfile(taken, IMAGES / name)
    assert size_of(IMAGES / name) == size
    assert (IMAGES / name).stat().st_size < 200_000


def size_of(picture: Path) -> tuple[int, int]:
    """Return the width and height that a PNG says it has."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:])
