"""The forms in which tables leave the laptop, each written by its own module of `formats`."""

from collections.abc import Sequence
from enum import StrEnum

from fsmobile.formats import csv_tables, html_tables, workbooks
from fsmobile.formats.tables import Table
from fsmobile.texts.translation import current_language


class Form(StrEnum):
    """A kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"
    HTML = "html"


def write_tables(title: str, tables: Sequence[Table], form: Form) -> bytes:
    """Return the bytes of a file that holds the tables."""
    match form:
        case Form.CSV:
            return (csv_tables.BOM + csv_tables.write_tables(tables)).encode()
        case Form.XLSX:
            return workbooks.write_xlsx(tables)
        case Form.ODS:
            return workbooks.write_ods(tables)
        case Form.HTML:
            return html_tables.write_html(title, tables, language=current_language()).encode()
