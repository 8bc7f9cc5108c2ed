"""Dates and numbers in both languages, whatever the system's locale."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from fsmobile.texts import dates
from fsmobile.texts.translation import set_language, speaking

TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def french_afterwards() -> Iterator[None]:
    yield
    set_language("fr")


def test_a_day_is_written_in_french() -> None:
    assert dates.format_day_short(TUESDAY) == "mar. 24 nov."
    assert dates.format_day(TUESDAY) == "mardi 24 novembre 2026"
    assert dates.format_day_without_year(TUESDAY) == "mardi 24 novembre"
    assert dates.format_month(TUESDAY) == "novembre 2026"
    assert dates.format_numeric_day(TUESDAY) == "24/11/2026"


def test_a_day_is_written_in_english() -> None:
    with speaking("en"):
        assert dates.format_day_short(TUESDAY) == "Tue 24 Nov"
        assert dates.format_day(TUESDAY) == "Tuesday 24 November 2026"
        assert dates.format_day(date(2026, 5, 1)) == "Friday 1 May 2026"


def test_the_first_of_the_month_is_an_ordinal_in_french() -> None:
    assert dates.format_day(date(2026, 5, 1)) == "vendredi 1er mai 2026"


def test_a_short_day_fits_its_column_in_both_languages() -> None:
    for language in ("fr", "en"):
        with speaking(language):
            days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
            assert max(len(dates.format_day_short(day)) for day in days) <= 14


def test_every_day_of_a_year_reads_differently() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert len({dates.format_day_short(day) for day in days}) == 365


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        (time(9, 30), "9\u00a0h\u00a030", "09:30"),
        (time(14), "14\u00a0h", "14:00"),
        (time(0, 5), "0\u00a0h\u00a005", "00:05"),
    ],
)
def test_a_time_in_a_sentence(moment: time, french: str, english: str) -> None:
    assert dates.format_clock(moment) == french
    with speaking("en"):
        assert dates.format_clock(moment) == english


def test_a_time_in_a_table_is_as_in_the_files() -> None:
    assert dates.format_time(time(9, 5)) == "09:05"
    assert dates.format_span(time(9, 30), time(12)) == "09:30-12:00"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        *((0, "0\u00a0min"), (45, "45\u00a0min"), (60, "1\u00a0h"), (65, "1\u00a0h\u00a005")),
        (70_590, "1\u202f176\u00a0h\u00a030"),
    ],
)
def test_a_duration_never_breaks_across_lines(minutes: int, text: str) -> None:
    assert dates.format_minutes(minutes) == text


def test_numbers_follow_the_language() -> None:
    assert dates.format_number(1234567) == "1\u202f234\u202f567"
    assert dates.format_number(1234.56, 1) == "1\u202f234,6"
    assert dates.format_percent(0.125, 1) == "12,5\u202f%"
    with speaking("en"):
        assert dates.format_number(1234.56, 1) == "1,234.6"
        assert dates.format_percent(0.125) == "12%"
