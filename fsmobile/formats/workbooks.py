"""Workbooks for spreadsheets, XLSX and ODS: texts are texts and never formulas."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from fsmobile.formats.tables import Cell, Table, sheet_rows, title_row

NAME_MAX = 31
"""Characters of a sheet's name that Excel takes."""
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN = "\N{REPLACEMENT CHARACTER}"
_FORBIDDEN = re.compile(rf"[\[\]:*?/\\'\s]|{_NOT_XML.pattern}")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Written as the day of making: the same figures are the same bytes."""
_WIDTH_MAX = 60


def write_xlsx(tables: Sequence[Table]) -> bytes:
    """Write a sheet for each table."""
    # Deferred, as its twin below: most starts export nothing.
    import xlsxwriter  # type: ignore[import-untyped]

    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": _EPOCH})
        bold = book.add_format({"bold": True, "bottom": 1})
        lines = book.add_format({"text_wrap": True, "valign": "top"})
        for name, table in zip(_names(tables), tables, strict=True):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(_rows(table)):
                style = bold if number == title_row(table) else None
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        in_lines = lines if "\n" in value else None
                        sheet.write_string(number, column, value, style or in_lines)
                    elif value is not None:
                        sheet.write_number(number, column, value)
            for column, width in enumerate(_widths(table)):
                sheet.set_column(column, column, width)
            sheet.freeze_panes(title_row(table) + 1, 0)
    return written.getvalue()


def write_ods(tables: Sequence[Table]) -> bytes:
    """Write a sheet for each table."""
    import odfdo

    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for name, table in zip(_names(tables), tables, strict=True):
        sheet = odfdo.Table(name)
        for row in _rows(table):
            line = odfdo.Row()
            for value in row:
                line.append_cell(odfdo.Cell(**_ods_keys(value)))
            sheet.append_row(line)
        document.body.append(sheet)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _ods_keys(value: Cell) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {"text": value, "value": value, "cell_type": "string"}
    return {"value": value, "cell_type": "float"}


def _rows(table: Table) -> Iterator[list[Cell]]:
    """Give all rows of a sheet; what XML cannot hold is shown, not dropped."""
    for row in sheet_rows(table):
        yield [_NOT_XML.sub(_SHOWN, one) if isinstance(one, str) else one for one in row]


def _names(tables: Sequence[Table]) -> list[str]:
    """Return a name for each sheet: short, without what is forbidden, no two the same."""
    names: list[str] = []
    for table in tables:
        name = _FORBIDDEN.sub(" ", table.name).strip()[:NAME_MAX] or "-"
        number = 2
        stem = name
        while name.lower() in {one.lower() for one in names}:
            tail = f" {number}"
            name = stem[: NAME_MAX - len(tail)] + tail
            number += 1
        names.append(name)
    return names


def _widths(table: Table) -> list[int]:
    rows = [table.header, *table.rows[:200]]
    columns = max(map(len, rows), default=0)
    return [
        min(_WIDTH_MAX, 2 + max(_width(row[column]) for row in rows if column < len(row)))
        for column in range(columns)
    ]


def _width(value: Cell) -> int:
    """Return the characters of the longest line of a cell."""
    return max(map(len, str("" if value is None else value).splitlines()), default=0)
