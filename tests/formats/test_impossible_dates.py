"""A date that cannot be is told at its place, and hides no other fault of its file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.errors import Problem
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.formats.toml_files import BAD_DATES_MAX, parse_past_dates

STRUCTURE = 'format = "structure/1"\nid = "bus-essai"\nnom = "Bus d\'essai"\n'
PLACES = 'format = "lieux/1"\n[lieux.dun]\nnom = "Dun, mairie"\n'
TOUR = """format = "tournee/1"
tournee = "nord"
nom = "Nord"
effet = 2026-09-01
[sorties.mardi]
jours = "mardi"
dates = [2026-09-08]
[sorties.mardi.arrets.dun]
lieu = "dun"
ouvert = "09:30-12:00"
"""
VERSION = "tournees/nord/2026-09-01.toml"


def faults(tour: str, places: str = PLACES) -> list[Problem]:
    """Return the faults of a small tree."""
    files = {"structure.toml": STRUCTURE, "lieux.toml": places, VERSION: tour}
    return list(read_schedule(files).problems)


def told(problems: list[Problem]) -> list[tuple[str, int | None, int | None]]:
    return [(one.code, one.line, one.column) for one in problems]


def test_the_tree_of_this_test_has_no_fault() -> None:
    assert faults(TOUR) == []


def test_the_other_faults_of_the_file_are_told_with_an_impossible_date() -> None:
    tour = (
        TOUR.replace("[2026-09-08]", "[2026-02-30, 2026-09-08, 2026-04-31]")
        .replace("12:00", "12h")
        .replace('lieu = "dun"', 'lieu = "dunn"')
        .replace("jours =", "jour =")
    )
    assert told(faults(tour)) == [
        ("unknown_key", 6, 8),
        ("file_unreadable", 7, 10),
        ("file_unreadable", 7, 34),
        ("foreign_key_violation", 9, 8),
        ("invalid_time_span", 10, 10),
    ]


@pytest.mark.parametrize(
    "date", ["2026-02-30", "2026-02-30T10:00:00", "2026-02-30 10:00:00Z", "2025-02-29"]
)
def test_an_impossible_date_alone_is_told_once(date: str) -> None:
    problems = faults(TOUR.replace("effet = 2026-09-01", f"effet = {date} # le début"))
    assert told(problems) == [("file_unreadable", 4, 9)]


def test_another_fault_of_syntax_is_told_beside_the_date() -> None:
    problems = faults(TOUR.replace("2026-09-08", "2026-02-30").replace("jours =", "jours"))
    assert ("file_unreadable", 6, 7) in told(problems)


def test_a_file_with_impossible_dates_is_not_held_against_others() -> None:
    places = PLACES.replace("lieux.dun", "lieux.dune") + "autorisation_fin = 2026-02-30\n"
    codes = [one.code for one in faults(TOUR, places)]
    assert codes == ["file_unreadable"]


def test_an_overlay_of_a_tour_read_past_a_date_is_not_judged_by_it() -> None:
    files = {
        "structure.toml": STRUCTURE,
        "lieux.toml": PLACES,
        VERSION: TOUR.replace("effet = 2026-09-01", "effet = 2026-02-30"),
        "surcharges/2026/2026-09-08-nord-dun.toml": 'format = "surcharge/1"\naction = "annule"\n',
    }
    assert told(list(read_schedule(files).problems)) == [("file_unreadable", 4, 9)]


def test_too_many_impossible_dates_are_not_read_past() -> None:
    text = "".join(f"a{n} = 2026-02-30\n" for n in range(BAD_DATES_MAX + 5))
    file, problems, _dates = parse_past_dates("x.toml", text)
    assert file is None
    assert len(problems) == BAD_DATES_MAX


@given(st.lists(st.sampled_from(["2026-02-30", "2026-01-02", '"é"', "[2026-06-31]"]), max_size=8))
def test_every_impossible_date_is_told_where_it_stands(values: list[str]) -> None:
    text = "x = [" + ", ".join(values) + "]\n"
    _file, problems, _dates = parse_past_dates("x.toml", text)
    starts = [text.find(one) + 1 for one in ("2026-02-30", "2026-06-31") if one in text]
    columns = [one.column for one in problems]
    assert len(columns) == text.count("2026-02-30") + text.count("2026-06-31")
    assert set(starts) <= set(columns)
    assert all(text[(column or 0) - 1 :].startswith("2026-0") for column in columns)
