"""Workbooks, read back by a program of other hands: the same texts, the same numbers."""

import io
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from fsmobile.formats.html_tables import write_html
from fsmobile.formats.tables import Cell, Table
from fsmobile.formats.workbooks import write_ods, write_xlsx

texts = st.text(
    st.one_of(st.sampled_from(string.ascii_letters + "éœ'’<>&\"=+-@;|%"), st.characters()),
    max_size=12,
).map(str.strip)
cells = st.one_of(texts, st.integers(-(10**9), 10**9), st.none())
tables = st.lists(
    st.builds(
        Table,
        name=texts,
        header=st.just(("code", "nom", "visites")),
        rows=st.lists(st.tuples(cells, cells, cells), max_size=4).map(tuple),
        lead=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def shown(value: Cell) -> str:
    """Return a cell as a reader gives it: no control characters, nothing for nothing."""
    if isinstance(value, int):
        return str(float(value))
    return re.sub(
        r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", value or ""
    ).strip()


def read_back(data: bytes) -> list[list[list[str]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        [
            [str(float(one)) if isinstance(one, int | float) else str(one).strip() for one in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in book.sheet_names
    ]


def filled(rows: list[list[str]]) -> list[list[str]]:
    """Take away what is empty at the end of rows and of the sheet: readers differ there."""
    cut = [list(row) for row in rows]
    for row in cut:
        while row and not row[-1]:
            row.pop()
    while cut and not cut[-1]:
        cut.pop()
    return cut


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
@settings(max_examples=60, deadline=None)
@given(tables=tables)
def test_another_program_reads_what_was_written(write, tables: list[Table]) -> None:
    found = read_back(write(tables))
    assert len(found) == len(tables)
    for table, rows in zip(tables, found, strict=True):
        expected = [[shown(one) for one in row] for row in (*table.lead, table.header, *table.rows)]
        assert filled(rows) == filled(expected)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_sheets_have_names_that_spreadsheets_take(write) -> None:
    named = ["par [x]:*?/\\", "PAR", "par", "", "d" * 40, "d" * 40]
    made = [Table(name=name, header=("a",), rows=()) for name in named]
    names = CalamineWorkbook.from_filelike(io.BytesIO(write(made))).sheet_names
    assert len({name.lower() for name in names}) == len(named)
    assert all(0 < len(name) <= 31 for name in names)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_formula_stays_the_text_that_it_is(write) -> None:
    table = Table(name="t", header=("=1+1",), rows=(('=HYPERLINK("x")',), ("{=1}",), ("+33",)))
    (rows,) = read_back(write([table]))
    assert rows == [["=1+1"], ['=HYPERLINK("x")'], ["{=1}"], ["+33"]]
    assert b"<f>" not in write([table])


def test_a_page_holds_no_tag_of_its_data_and_tells_numbers_from_words() -> None:
    table = Table(
        name="<b>", lead=(("du", "1er"),), header=("nom", "n"), rows=(("<script>", 12345),)
    )
    page = write_html("Bilan <i>", [table])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert '<td class="n">12\u202f345</td>' in page
    assert '<th scope="col">nom</th>' in page
