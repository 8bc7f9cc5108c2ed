"""CSV that a spreadsheet opens as it was meant: no cell is ever a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from fsmobile.formats.tables import Cell, Table, sheet_rows

BOM = "\ufeff"
"""Tells a spreadsheet that a file is UTF-8."""
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r]")
"""What a spreadsheet would compute; after apostrophes too, or the reader would take one away."""


def write_tables(tables: Iterable[Table]) -> str:
    """Write tables one below the other, an empty line between them."""
    rows: list[Sequence[Cell]] = []
    for table in tables:
        if rows:
            rows.append(())
        rows += sheet_rows(table)
    return write_csv(rows)


def write_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows with semicolons, as a French spreadsheet reads them."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def plain_text(cell: str) -> str:
    """Return the text of a cell as it was before it was quoted."""
    is_quoted = cell.startswith("'") and _FORMULA.match(cell[1:])
    return cell[1:] if is_quoted else cell


def _cell(value: Cell) -> str:
    """Write one value; a text that a spreadsheet would compute is quoted by an apostrophe."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return "" if value is None else str(value)
