"""The fleet pages in a real Chromium: by keyboard, narrow and wide, without an error."""

import shutil
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from charente_fleet import live_a_thursday
from chromium import open_chromium, resize
from fleet_worlds import PASSPHRASE
from loopback import serve
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet.pages import FleetPages

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1280)
PICTURE = Path(__file__).parents[3] / "docs" / "images" / "flotte.png"
PICTURE_SIZE = (1280, 900)
CONTRAST_MIN = 4.5

CONTRASTS = """
const read = text => (text.match(/[0-9.]+/g) || []).map(Number);
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map(v => v / 255).map(
    v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = node => {
  for (let at = node; at; at = at.parentElement) {
    const found = read(getComputedStyle(at).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const weak = [];
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
  if (!own || !node.getClientRects().length) continue;
  const [a, b] = [light(read(getComputedStyle(node).color)), light(ground(node))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < arguments[0]) weak.push(`${node.tagName} ${node.textContent.trim()} ${ratio}`);
}
return weak;
"""
UNNAMED = """
const named = node => (node.labels && node.labels.length) || node.ariaLabel
  || node.textContent.trim() || node.type === "hidden";
return [...document.querySelectorAll("a, button, input, select, nav")]
  .filter(node => !named(node)).map(node => node.outerHTML);
"""
BAD_TABLES = """
return [...document.querySelectorAll("table")].filter(table =>
  !table.caption || !table.caption.textContent.trim()
  || [...table.querySelectorAll("th")].some(head => !head.scope || !head.textContent.trim())
  || [...table.tBodies[0].rows].some(row => row.cells[0].tagName !== "TH"
     || row.cells.length !== table.tHead.rows[0].cells.length)
).map(table => table.outerHTML.slice(0, 300));
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry served on loopback by the real server."""
    registry = live_a_thursday(tmp_path_factory.mktemp("registre"))
    routes = FleetPages(registry).routes()
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)
    with serve(app) as url:
        yield url


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    """One browser for these tests."""
    with open_chromium() as driver:
        yield driver


@pytest.fixture
def signed_in(chrome: Chrome, address: str) -> Chrome:
    """The browser, signed in as the administrator, by keyboard alone."""
    chrome.delete_all_cookies()
    resize(chrome, 1280)
    chrome.get(f"{address}/flotte")
    press(chrome, Keys.TAB)
    assert focused(chrome).text == "Aller au contenu"
    press(chrome, Keys.TAB)
    assert focused(chrome).get_attribute("id") == "name"
    press(chrome, "nadia", Keys.TAB, PASSPHRASE, Keys.ENTER)
    WebDriverWait(chrome, 10).until(lambda one: one.current_url == f"{address}/flotte")
    return chrome


def press(chrome: Chrome, *keys: str) -> None:
    """Press keys where the focus is."""
    for key in keys:
        focused(chrome).send_keys(key)


def focused(chrome: Chrome) -> WebElement:
    """Return what has the focus."""
    return chrome.switch_to.active_element


def pages_of(chrome: Chrome, address: str) -> Iterator[str]:
    """Open each page that an administrator can reach."""
    agency = f"{address}/flotte/structure/bus-charente"
    chrome.get(agency)
    links = chrome.find_elements(By.CSS_SELECTOR, "tbody th a")
    laptops = [link.get_attribute("href") for link in links]
    assert len(laptops) == 4
    reports = [
        f"{address}/flotte/bilans?periode=2026-11&par={by}" for by in ("arret", "demarche", "age")
    ]
    for url in (f"{address}/flotte", agency, *laptops, *reports, f"{address}/flotte/rien"):
        chrome.get(str(url))
        yield str(url)


def check_page(chrome: Chrome) -> None:
    """Look for what a person with a keyboard, a screen reader or weak eyes would stumble on."""
    assert chrome.execute_script("return document.documentElement.lang") == "fr"
    assert chrome.title.endswith("· fsmobile")
    for landmark in ("header", "main", "footer"):
        assert len(chrome.find_elements(By.CSS_SELECTOR, f"body > {landmark}")) == 1
    headings = chrome.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4")
    levels = [int(one.tag_name[1]) for one in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = chrome.execute_script("return [...document.querySelectorAll('[id]')].map(n => n.id)")
    assert len(ids) == len(set(ids))
    assert chrome.execute_script(UNNAMED) == []
    assert chrome.execute_script(BAD_TABLES) == []
    assert chrome.execute_script(CONTRASTS, CONTRAST_MIN) == []


def test_every_page_reads_well_at_every_width(signed_in: Chrome, address: str) -> None:
    seen = 0
    for url in pages_of(signed_in, address):
        for width in WIDTHS:
            resize(signed_in, width)
            check_page(signed_in)
            wide = signed_in.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{url} is {wide} wide at {width}"
        seen += 1
    assert seen == 10


def test_the_sign_in_form_reads_well_at_every_width(chrome: Chrome, address: str) -> None:
    chrome.delete_all_cookies()
    chrome.get(f"{address}/flotte/connexion")
    for width in WIDTHS:
        resize(chrome, width)
        check_page(chrome)
        wide = chrome.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width


def test_a_wrong_passphrase_is_told_in_place(chrome: Chrome, address: str) -> None:
    chrome.delete_all_cookies()
    chrome.get(f"{address}/flotte/connexion")
    chrome.find_element(By.ID, "name").send_keys("nadia")
    chrome.find_element(By.ID, "passphrase").send_keys("une autre phrase", Keys.ENTER)
    alert = WebDriverWait(chrome, 10).until(
        lambda one: one.find_element(By.CSS_SELECTOR, "[role=alert]")
    )
    assert "Vérifiez" in alert.text
    assert chrome.find_element(By.ID, "name").get_attribute("value") == "nadia"
    assert chrome.find_element(By.ID, "passphrase").get_attribute("value") == ""


def test_the_focus_is_seen_wherever_the_keyboard_goes(signed_in: Chrome, address: str) -> None:
    signed_in.get(f"{address}/flotte/structure/bus-charente")
    seen = []
    for _ in range(10):
        press(signed_in, Keys.TAB)
        node = focused(signed_in)
        seen.append(node.text)
        assert node.value_of_css_property("outline-style") == "solid"
        assert node.value_of_css_property("outline-width") == "3px"
    assert seen[:5] == ["Aller au contenu", "Flotte", "Bilans", "Effacements", "Se déconnecter"]
    assert "portable du bus" in seen


def test_signing_out_by_keyboard_leads_back_to_the_form(signed_in: Chrome, address: str) -> None:
    signed_in.get(f"{address}/flotte")
    press(signed_in, *[Keys.TAB] * 5)
    assert focused(signed_in).text == "Se déconnecter"
    press(signed_in, Keys.ENTER)
    form = f"{address}/flotte/connexion"
    WebDriverWait(signed_in, 10).until(lambda one: one.current_url == form)
    signed_in.get(f"{address}/flotte")
    assert signed_in.current_url == form


def test_no_page_gives_the_browser_an_error_or_a_script(signed_in: Chrome, address: str) -> None:
    signed_in.get_log("browser")
    for url in pages_of(signed_in, address):
        assert signed_in.find_elements(By.TAG_NAME, "script") == []
        faults = [one for one in signed_in.get_log("browser") if "/rien" not in one["message"]]
        assert faults == [], url
        asked = signed_in.execute_script(
            "return performance.getEntriesByType('resource').map(one => one.name)"
        )
        assert all(one.startswith(address) for one in asked)


def test_the_pages_work_with_scripts_switched_off(signed_in: Chrome, address: str) -> None:
    signed_in.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        signed_in.get(f"{address}/flotte")
        signed_in.find_element(By.LINK_TEXT, "bus-charente").click()
        signed_in.find_element(By.LINK_TEXT, "portable du bus").click()
        assert signed_in.find_element(By.TAG_NAME, "h1").text == "portable du bus"
    finally:
        signed_in.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_picture_of_the_page_for_the_guide(
    signed_in: Chrome, address: str, tmp_path: Path
) -> None:
    """Delete the picture to have it taken anew; fonts differ between machines, sizes do not."""
    resize(signed_in, *PICTURE_SIZE)
    signed_in.get(f"{address}/flotte/structure/bus-charente")
    taken = tmp_path / "flotte.png"
    signed_in.save_screenshot(str(taken))
    assert size_of(taken) == PICTURE_SIZE
    if not PICTURE.exists():
        shutil.copyfile(taken, PICTURE)
    assert size_of(PICTURE) == PICTURE_SIZE
    assert PICTURE.stat().st_size < 150_000


def size_of(picture: Path) -> tuple[int, int]:
    """Return the width and height that a PNG says it has."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:])
