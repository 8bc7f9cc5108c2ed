"""The forms in which tables leave the laptop, each written by its own module of `formats`."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec.structs import replace

from fsmobile.core.periods import Period
from fsmobile.formats import csv_tables, html_tables, workbooks
from fsmobile.formats.tables import Row, Table
from fsmobile.texts.dates import format_date, format_time
from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import _, current_language
from fsmobile.usecases.desk import Desk


class Form(StrEnum):
    """A kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"
    HTML = "html"


def write_tables(title: str, of: str, tables: Sequence[Table], form: Form) -> bytes:
    """Return the bytes of a file that holds the tables; a page begins with what they are of."""
    match form:
        case Form.CSV:
            return (csv_tables.BOM + csv_tables.write_tables(_headed(title, of, tables))).encode()
        case Form.XLSX:
            return workbooks.write_xlsx(_headed(title, of, tables))
        case Form.ODS:
            return workbooks.write_ods(_headed(title, of, tables))
        case Form.HTML:
            page = html_tables.write_html(title, tables, of=of, language=current_language())
            return hold_signs(page).encode()


def _headed(title: str, of: str, tables: Sequence[Table]) -> Sequence[Table]:
    """Say at the head of the first sheet what it is of; nothing stands above a list of lines."""
    first = tables[0]
    return [replace(first, lead=((title, of), *first.lead)), *tables[1:]] if first.lead else tables


def name_scope(desk: Desk, period: Period) -> str:
    """Return of which bus and of which days a file is, in words."""
    bus = str(desk.unit_id) if desk.tree is None else f"{desk.tree.agency.name} ({desk.unit_id})"
    return _("{bus}, du {first} au {last}").format(
        bus=bus, first=format_date(period.first), last=format_date(period.last)
    )


def name_moment(desk: Desk) -> Row:
    """Return when the figures of a file were drawn up, with its name."""
    now = desk.now()
    moment = _("{day} à {time}").format(day=format_date(now.date()), time=format_time(now.time()))
    return (_("chiffres de ce poste, le"), moment)
