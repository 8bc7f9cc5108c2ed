"""A secretary books in a real Chromium whose scripts are switched off, by keyboard, narrow too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import open_chromium
from fleet_worlds import PASSPHRASE
from loopback import serve
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from village_world import PAGE, Village

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.usecases.appointments import list_appointments

pytestmark = pytest.mark.browser
PATIENCE = 40
"""Seconds; signing in hashes a passphrase, and the machine may have other work."""


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    return Village(tmp_path_factory.mktemp("registre"))


@pytest.fixture(scope="module")
def address(village: Village) -> Iterator[str]:
    """The registry served on loopback by the real server."""
    routes = FleetPages(village.service).routes()
    app = make_app(village.service, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)
    with serve(app) as url:
        yield url


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    with open_chromium(has_scripts=False) as driver:
        yield driver


def _wait_for(chrome: Chrome, text: str) -> None:
    def is_shown(one: Chrome) -> bool:
        body = one.find_element(By.TAG_NAME, "body").text
        return text in body.replace("\N{NO-BREAK SPACE}", " ")

    WebDriverWait(chrome, PATIENCE).until(is_shown)


def _sign_in(chrome: Chrome, address: str) -> None:
    chrome.get(f"{address}/flotte")
    chrome.find_element(By.ID, "name").send_keys("mairie-luxe", Keys.TAB, PASSPHRASE)
    chrome.find_element(By.ID, "passphrase").send_keys(Keys.ENTER)
    WebDriverWait(chrome, PATIENCE).until(lambda one: one.current_url == f"{address}{PAGE}")


def test_a_secretary_books_without_a_script_and_the_bus_receives_it(
    chrome: Chrome, address: str, village: Village, tmp_path: Path
) -> None:
    chrome.set_window_size(1280, 900)
    chrome.get("data:text/html,<p id=p>avant</p><script>p.textContent='scripts'</script>")
    assert chrome.find_element(By.ID, "p").text == "avant", "scripts must be switched off"
    _sign_in(chrome, address)
    chrome.find_elements(By.CSS_SELECTOR, "input[name=slot]")[0].send_keys(Keys.SPACE)
    chrome.find_element(By.NAME, "transport").send_keys(Keys.SPACE)
    chrome.find_element(By.NAME, "transport").send_keys(Keys.ENTER)
    _wait_for(chrome, "Rendez-vous pris : jeudi 26 novembre 2026 à 09:30")
    chrome.save_screenshot(str(tmp_path / "rendez-vous.png"))
    village.sync()
    (line,) = list_appointments(village.bus[0].desk)
    assert line.state.appointment.needs_transport
    assert line.state.agent_id == "mairie:mairie-luxe"
    reference = line.state.appointment_id[-6:].upper()
    assert reference in chrome.find_element(By.CSS_SELECTOR, "[role=status]").text
    chrome.find_element(By.CSS_SELECTOR, f"button[aria-label$='{reference}']").send_keys(Keys.ENTER)
    _wait_for(chrome, "l'heure est de nouveau libre")
    village.sync()
    assert not list_appointments(village.bus[0].desk)[0].state.is_on


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_fits_its_window_and_every_field_has_a_name(
    chrome: Chrome, address: str, width: int
) -> None:
    chrome.set_window_size(max(width, 500), 900)
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    chrome.delete_all_cookies()
    _sign_in(chrome, address)
    sizes = chrome.execute_cdp_cmd("Page.getLayoutMetrics", {})
    assert sizes["cssContentSize"]["width"] <= width
    for field in chrome.find_elements(By.CSS_SELECTOR, "input:not([type=hidden]), select, button"):
        assert field.accessible_name, field.get_attribute("outerHTML")
