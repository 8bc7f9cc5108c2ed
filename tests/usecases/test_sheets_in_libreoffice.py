"""The sheets that leave the laptop, opened by LibreOffice: the same words, the same numbers."""

import csv
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_registry

from fsmobile.core.periods import read_period
from fsmobile.formats.tables import Cell, Table, sheet_rows
from fsmobile.usecases.exported_files import Form, write_tables
from fsmobile.usecases.label_sheet import label_tables, make_label_sheet
from fsmobile.usecases.report_exports import report_tables
from fsmobile.usecases.reports import make_report, report_before
from fsmobile.usecases.stop_review import review_stops
from fsmobile.usecases.stop_review_exports import review_tables
from fsmobile.usecases.visit_exports import visit_table
from fsmobile.usecases.visits import list_visits

REQUIRED = "FSMOBILE_REQUIRE_LIBREOFFICE"
"""Set where a missing LibreOffice is a failure."""
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1"
"""Semicolons, UTF-8, values and not what is drawn, a file for each sheet."""
CSV_AS_FRENCH = "CSV:59,34,76,1,,1036"
FORMULAS = Table(
    name="formules",
    header=("nom", "valeur"),
    rows=(('=HYPERLINK("http://x";"y")', 1), ("@SUM(1)", 2), ("+33", 3), ("-1", 4), ("'=1", 5)),
)


def find_libreoffice() -> str:
    """Return the program; skip without it, fail where CI requires it."""
    found = shutil.which("soffice")
    if found is None:
        sentence = "no LibreOffice here: apt-get install libreoffice-calc-nogui"
        if os.environ.get(REQUIRED):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="module")
def bus() -> Laptop:
    clock = FakeClock()
    return live_two_years(a_registry(clock), clock, days=120)


def sheets(bus: Laptop, name: str) -> Sequence[Table]:
    desk, year = bus.desk, read_period("2026")
    match name:
        case "report":
            report = make_report(desk, year)
            return report_tables(desk, report, report_before(desk, report))
        case "stops":
            return review_tables(desk, review_stops(desk, year))
        case "label":
            return label_tables(desk, make_label_sheet(desk, year))
        case "visits":
            states = [row.state for row in list_visits(desk)]
            return [visit_table(desk, states, is_complete=True)]
        case _:
            return [FORMULAS]


def opened(data: bytes, form: Form, folder: Path) -> list[list[list[str]]]:
    """Return the cells of each sheet as LibreOffice reads them."""
    file = folder / f"sheets.{form}"
    file.write_bytes(data)
    words = [find_libreoffice(), "--headless", f"-env:UserInstallation={folder.as_uri()}/profile"]
    if form is Form.CSV:
        words += [f"--infilter={CSV_AS_FRENCH}"]
    given = ["--convert-to", ALL_SHEETS, "--outdir", str(folder / "out"), str(file)]
    subprocess.run([*words, *given], check=True, capture_output=True, timeout=120)
    written = sorted((folder / "out").glob("*.csv"), key=lambda one: one.stat().st_mtime_ns)
    return [
        list(csv.reader(one.read_text(encoding="utf-8").splitlines(keepends=True), delimiter=";"))
        for one in written
    ]


def shown(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value).replace("\r", "")


def filled(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Take away what is empty at the end of rows, and empty rows."""
    cut = [list(row) for row in rows]
    for row in cut:
        while row and not row[-1]:
            row.pop()
    return [row for row in cut if row]


@pytest.mark.parametrize("form", [Form.XLSX, Form.ODS])
@pytest.mark.parametrize("name", ["report", "stops", "label", "visits", "formulas"])
def test_libreoffice_reads_what_was_written(
    bus: Laptop, name: str, form: Form, tmp_path: Path
) -> None:
    tables = sheets(bus, name)
    found = opened(write_tables("Titre", "du bus", tables, form), form, tmp_path)
    assert len(found) == len(tables)
    for number, table in enumerate(tables):
        expected = [[shown(one) for one in row] for row in sheet_rows(table)]
        if number == 0 and table.lead:
            expected.insert(0, ["Titre", "du bus"])
        assert filled(expected) in map(filled, found), table.name


def test_a_french_libreoffice_finds_numbers_and_no_formula_in_a_csv(
    bus: Laptop, tmp_path: Path
) -> None:
    tables = [*sheets(bus, "stops"), FORMULAS]
    (found,) = opened(write_tables("Titre", "du bus", tables, Form.CSV), Form.CSV, tmp_path)
    for table in tables:
        for row in table.rows:
            read = next(one for one in found if one[0].removeprefix("'") == row[0])
            if table is FORMULAS:
                # The apostrophe stands: whatever opens it, nothing is computed.
                assert read[0] == f"'{row[0]}"
    stop = tables[0].rows[-1]
    read = next(one for one in found if one[0] == stop[0])
    assert [float(read[column]) for column in (2, 6)] == [stop[2], stop[6]]
