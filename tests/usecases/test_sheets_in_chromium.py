"""The sheets that leave the laptop, in a real Chromium: on a telephone, a screen and paper."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from chromium import open_chromium
from selenium.webdriver import Chrome
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_registry

from fsmobile.core.periods import read_period
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.label_sheet import export_label_sheet, make_label_sheet
from fsmobile.usecases.report_exports import export_report
from fsmobile.usecases.reports import make_report, report_before
from fsmobile.usecases.stop_review import review_stops
from fsmobile.usecases.stop_review_exports import export_review
from fsmobile.usecases.visit_exports import COOP, export_visits

YEAR, MONTH = read_period("2026"), read_period("2026-02")
A4_INSIDE, A4_TURNED = 695, 1024
"""Pixels between the margins of a sheet of paper, upright and turned."""
PATIENCE_S = 30
SHEETS = ("stops", "label", "report", "visits", "coop")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clock = FakeClock()
    bus: Laptop = live_two_years(a_registry(clock), clock, days=180)
    report = make_report(bus.desk, MONTH)
    made = (
        export_review(bus.desk, review_stops(bus.desk, YEAR), Form.HTML),
        export_label_sheet(bus.desk, make_label_sheet(bus.desk, YEAR), Form.HTML),
        export_report(bus.desk, report, report_before(bus.desk, report), Form.HTML),
        export_visits(bus.desk, MONTH, Form.HTML, is_complete=True),
        export_visits(bus.desk, MONTH, Form.HTML, shape=COOP),
    )
    folder = tmp_path_factory.mktemp("sheets")
    for name, page in zip(SHEETS, made, strict=True):
        (folder / f"{name}.html").write_bytes(page)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    with open_chromium() as driver:
        yield driver


def show(browser: Chrome, page: Path, width: int, media: str = "screen") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media})
    browser.get(page.as_uri())


@pytest.mark.parametrize("name", SHEETS)
def test_no_sheet_is_wider_than_its_window_or_its_paper(
    browser: Chrome, folder: Path, name: str
) -> None:
    paper = A4_TURNED if name in ("visits", "coop") else A4_INSIDE
    for width, media in ((390, "screen"), (1200, "screen"), (paper, "print")):
        show(browser, folder / f"{name}.html", width, media)
        needed, there = browser.execute_script(
            "return [document.documentElement.scrollWidth, innerWidth]"
        )
        assert needed <= there, (name, width, media)
        if media == "print":
            assert browser.execute_script(
                "return [...document.querySelectorAll('table')].every("
                "one => one.scrollWidth <= document.documentElement.clientWidth)"
            )


def wait_for_all_of_the_tree(browser: Chrome, tables: int) -> list[dict[str, Any]]:
    """Return what a screen reader is told; Chromium builds it after the page is loaded."""

    def read_whole(one: WebDriver) -> list[dict[str, Any]] | Literal[False]:
        nodes = one.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        heard = [node for node in nodes if not node["ignored"]]
        is_whole = sum(node["role"]["value"] == "table" for node in heard) == tables
        return nodes if is_whole else False

    message = f"the accessibility tree never held the {tables} tables of the page"
    return WebDriverWait(browser, PATIENCE_S).until(read_whole, message)


@pytest.mark.parametrize("name", SHEETS)
def test_each_table_says_what_it_is_to_who_hears_it(
    browser: Chrome, folder: Path, name: str
) -> None:
    show(browser, folder / f"{name}.html", 390)
    tables = browser.execute_script("return document.querySelectorAll('table').length")
    assert tables > 0
    tree = wait_for_all_of_the_tree(browser, tables)
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert browser.execute_script("return document.documentElement.lang") == "fr"
    for wanted in ("main", "heading", "columnheader", "rowheader"):
        assert wanted in roles, wanted
    unnamed = [
        node
        for node in tree
        if node["role"].get("value") in ("table", "region") and not node["name"]["value"]
    ]
    assert not unnamed


def test_the_first_sheet_of_paper_holds_the_first_table(browser: Chrome, folder: Path) -> None:
    """Kept together, a long table would leave its title alone on a page."""
    show(browser, folder / "stops.html", A4_INSIDE, "print")
    kept = browser.execute_script(
        "return [...document.querySelectorAll('section')]"
        ".map(one => getComputedStyle(one).breakInside)"
    )
    assert kept == ["auto", "auto", "avoid", "avoid"]
