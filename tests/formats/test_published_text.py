"""Lists as people paste them: dates, hours and places, in any order, with titles or without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.errors import Severity
from fsmobile.formats.published_text import read_published_text


def told(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the date, the hours and the words of each entry."""
    found = []
    for one in read_published_text("liste.txt", text).entries:
        day = one.written
        spans = ",".join(f"{span.starts:%H:%M}-{span.ends:%H:%M}" for span in one.opening.spans)
        hours = spans or (one.opening.half_day or "")
        year = day.year if day.year is not None else "????"
        found.append((f"{year}-{day.month:02d}-{day.day:02d}", hours, one.parts or one.heading))
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mardi 3 mars, 10h-12h, Place de la Mairie, Flayosc",
         [("????-03-03", "10:00-12:00", ("Place de la Mairie", "Flayosc"))]),
        ("Flayosc : mardi 3 mars 2026 de 10h à 12h30",
         [("2026-03-03", "10:00-12:30", ("Flayosc",))]),
        ("- Ampus – Mairie : mer. 7 janv. 2026, 10h00/12h00 et 14h30-16h30",
         [("2026-01-07", "10:00-12:00,14:30-16:30", ("Ampus", "Mairie"))]),
        ("03/03/2026;10:00;12:00;Ampus", [("2026-03-03", "10:00-12:00", ("Ampus",))]),
        ("2026-03-03\t9:30-12:00\tAmpus", [("2026-03-03", "09:30-12:00", ("Ampus",))]),
        ("Samedi 1er août 2026 : Ampus (place de l'Église), 9 h 30 - 12 h",
         [("2026-08-01", "09:30-12:00", ("Ampus", "place de l'Église"))]),
        ("le 3/3/26 Ampus 10-12h", [("2026-03-03", "10:00-12:00", ("Ampus",))]),
        ("jeudi 12 février matin Ampus", [("????-02-12", "matin", ("Ampus",))]),
        ("Saint-Antonin-du-Var, 5 mai 2026, entre 14h et 16h",
         [("2026-05-05", "14:00-16:00", ("Saint-Antonin-du-Var",))]),
    ],
)  # fmt: skip
def test_a_line_is_read_whatever_its_order(
    line: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert told(line) == expected
    assert read_published_text("liste.txt", line).problems == ()


def test_several_days_of_a_month_are_each_a_date() -> None:
    found = read_published_text("f", "Ampus : mardis 3, 17 et 31 mars 2026 10h-12h").entries
    assert [(one.written.day, one.written.weekday) for one in found] == [(3, 1), (17, 1), (31, 1)]
    found = read_published_text("f", "lundi 5 et jeudi 8 janvier 2026, 14h-16h, Ampus").entries
    assert [(one.written.day, one.written.weekday) for one in found] == [(5, 0), (8, 3)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Gimeaux de 15h45 à 16h45 les mardis 4 janvier 2022, 1er février 2022 et de 14h à 16h"
         " le mardi 18 janvier 2022",
         [("2022-01-04", "15:45-16:45"), ("2022-02-01", "15:45-16:45"),
          ("2022-01-18", "14:00-16:00")]),
        ("Ampus : 3 mars 2026 de 10h à 12h, 4 mars 2026 de 14h à 16h et de 17h à 18h",
         [("2026-03-03", "10:00-12:00"), ("2026-03-04", "14:00-16:00,17:00-18:00")]),
        ("Ampus, 3 mars 2026, 9h30 à 12h puis 13h30 à 16h",
         [("2026-03-03", "09:30-12:00,13:30-16:00")]),
        ("Ampus, 3 mars 2026 matin, 4 mars 2026 après-midi",
         [("2026-03-03", "matin"), ("2026-03-04", "apres-midi")]),
        ("Ampus, 3 mars 2026 10h-12h, 4 mars 2026 14h-16h, 5 mars 2026",
         [("2026-03-03", "10:00-12:00"), ("2026-03-04", "14:00-16:00"), ("2026-03-05", "")]),
        ("Ampus, 3 mars 2026 10h-12h, 10 mars 2026",
         [("2026-03-03", "10:00-12:00"), ("2026-03-10", "10:00-12:00")]),
        ("Ampus 10h-12h, 3 mars 2026, 14h-16h", [("2026-03-03", "10:00-12:00,14:00-16:00")]),
    ],
)  # fmt: skip
def test_hours_that_change_in_a_line_are_those_of_the_days_beside_them(
    line: str, expected: list[tuple[str, str]]
) -> None:
    assert [(day, hours) for day, hours, _ in told(line)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "Du 1er septembre 2026 au 30 juin 2027, tous les mardis de 9h à 12h, Ruffec",
        "Ruffec : un mardi sur deux à compter du 6 janvier 2026 de 9h à 12h",
        "Ruffec 9h-12h : tous les mardis sauf le 11 novembre 2026",
        "Ruffec, mardi 3 mars 2026 9h-12h (sauf le 10 mars 2026)",
        "Ruffec, mardi 3 mars 2026 9h-12h, au lieu du 10 mars 2026",
        "Ruffec du 3 au 7 mars 2026 9h-12h",
        "Ruffec, jusqu'au 30 juin 2026, mardi 9h-12h",
        "Ruffec 9h-12h\nsauf le 10 mars 2026",
    ],
)
def test_a_rule_and_its_bounds_are_no_dates(line: str) -> None:
    reading = read_published_text("f", line)
    assert reading.entries == ()
    assert "import_rule_unknown" in {one.code for one in reading.problems}


@pytest.mark.parametrize(
    "line",
    [
        "Mardi 6 janvier 2026 Ruffec 9h30-12h, Verteuil 14h-16h",
        "- Mardi 6 janvier 2026 : 9h30-12h Ruffec / 14h-16h Verteuil",
        "6 janvier 2026 : Ruffec le matin, Verteuil l'après-midi",
    ],
)
def test_hours_of_two_places_of_a_line_are_never_mixed(line: str) -> None:
    reading = read_published_text("f", line)
    assert reading.entries == ()
    assert [one.code for one in reading.problems] == ["import_places_mixed"]


def test_words_of_a_rule_may_be_those_of_a_place_or_of_hours() -> None:
    for line in (
        "Mairie de Hors-les-Murs, mardi 3 mars 2026, à partir de 9h, 9h-12h",
        "Village vacances, mardi 3 mars 2026, 9h-12h",
        "tous les mardis 3 et 10 mars 2026, 9h-12h, Ruffec",
    ):
        assert told(line)


def test_a_bound_without_hours_says_something_of_the_list() -> None:
    reading = read_published_text("f", "Horaires valables à partir du 1er septembre 2026")
    assert [one.severity for one in reading.problems] == [Severity.INFO]


def test_titles_hold_for_the_lines_under_them() -> None:
    text = """Planning 2026

    FLAYOSC, place de la Mairie, 10h-12h
    mardi 3 mars
    mardi 17 mars 14h-16h
    Mars 2026
    mercredi 4 : Ampus 9h-12h
    """
    assert told(text) == [
        ("2026-03-03", "10:00-12:00", ("FLAYOSC", "place de la Mairie")),
        ("2026-03-17", "14:00-16:00", ("FLAYOSC", "place de la Mairie")),
        ("2026-03-04", "09:00-12:00", ("Ampus",)),
    ]


def test_a_commune_and_its_spot_on_two_lines_are_one_title() -> None:
    text = "Bus 2026\n\nAMPUS\nPlace de la Mairie\nMardi 7 avril de 9h à 12h\n"
    assert told(text) == [("2026-04-07", "09:00-12:00", ("AMPUS", "Place de la Mairie"))]


def test_a_date_without_a_bus_is_told_and_no_passage() -> None:
    text = "Ampus 7/4/2026 9h-12h\nLundi 6 avril 2026 : FÉRIÉ\nmardi 14 avril 2026 9h-12h annulé"
    reading = read_published_text("f", text)
    assert len(reading.entries) == 1
    assert [one.line for one in reading.problems] == [2, 3]


def test_a_title_of_two_years_says_no_year() -> None:
    assert told("Planning 2026-2027\nAmpus 5 janvier 10h-12h")[0][0] == "????-01-05"


def test_a_line_that_gives_nothing_is_told_with_its_number() -> None:
    reading = read_published_text("f", "Ampus 3/3/2026 10h-12h\nLe bus passe les mardis\n")
    assert [(one.code, one.line) for one in reading.problems] == [("import_line_unused", 2)]


def test_hours_that_cannot_be_are_told() -> None:
    reading = read_published_text("f", "Ampus mardi 3 mars 2026 12h-10h")
    assert [one.code for one in reading.problems] == ["import_hours_wrong"]


@given(st.text(alphabet="0123456789/-:h,;. \n\t()éàmardijnvle2026", max_size=80))
def test_no_text_stops_the_reading(text: str) -> None:
    read_published_text("f", text)


@given(st.text(max_size=200))
def test_no_letters_of_any_language_stop_the_reading(text: str) -> None:
    read_published_text("f", text)
