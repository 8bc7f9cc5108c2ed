"""Tables beside a schedule: what a spreadsheet writes is read, each bad line is told."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.driving import DriveSource
from fsmobile.core.ids import PlaceId
from fsmobile.errors import InvalidSchedule
from fsmobile.formats.territory_tables import read_districts, read_drive_matrix

DUN, BONNAT = PlaceId("dun"), PlaceId("bonnat")


def test_a_matrix_is_read_and_one_way_stands_for_the_other() -> None:
    found = read_drive_matrix("de,vers,minutes,km\ndun,bonnat,25,21.5\nbonnat,dun,27,\n")
    assert {pair: (one.minutes, one.kilometres) for pair, one in found.items()} == {
        ("dun", "bonnat"): (25, 21.5),
        ("bonnat", "dun"): (27, None),
    }
    assert {one.source for one in found.values()} == {DriveSource.MATRIX}
    alone = read_drive_matrix("de,vers,minutes\ndun,bonnat,25\n")
    assert {pair: one.minutes for pair, one in alone.items()}[BONNAT, DUN] == 25


def test_a_french_spreadsheet_writes_semicolons_commas_and_a_byte_order_mark() -> None:
    text = "\ufeffDe;Vers;Minutes;Km\r\ndun;bonnat;25,5;21,5\r\n"
    found = read_drive_matrix(text.encode())
    assert next(iter(found.values())).minutes == 25.5


def test_districts_are_read() -> None:
    (one,) = read_districts("code,nom,population,lat,lon\nQP023001,Albatros,1800,46.16,1.88\n")
    assert (one.code, one.name, one.population) == ("QP023001", "Albatros", 1800)
    assert (one.latitude, one.longitude) == (46.16, 1.88)


def test_every_bad_line_is_told_with_its_number_and_what_it_needs() -> None:
    rows = "de,vers,minutes\ndun,bonnat,vite\ndun,,12\ndun,bonnat,25\ndun,gouzon,-3\n"
    with pytest.raises(InvalidSchedule) as refused:
        read_drive_matrix(rows)
    assert refused.value.code == "table_unreadable"
    assert [(one.file, one.line) for one in refused.value.problems] == [
        ("trajets.csv", 2),
        ("trajets.csv", 3),
        ("trajets.csv", 5),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InvalidSchedule) as refused:
        read_districts("code,nom,lat,lon\n")
    assert refused.value.problems[0].params["expected"] == "population"


def test_bytes_that_are_no_text_are_told_at_their_line() -> None:
    with pytest.raises(InvalidSchedule) as refused:
        read_districts(b"code,nom,population,lat,lon\nx,\xe9t\xe9,1,1,1\n")
    assert (refused.value.problems[0].line, refused.value.problems[0].params["expected"]) == (
        2,
        "UTF-8",
    )


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_whatever_a_file_holds_it_is_read_or_refused(content: bytes | str) -> None:
    for read in (read_drive_matrix, read_districts):
        with suppress(InvalidSchedule):
            assert len(read(content)) < 300
