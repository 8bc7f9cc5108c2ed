"""The small texts of schedule files: each has one way to be written."""

from datetime import date, time

import pytest

from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.formats.schedule_values import (
    parse_date,
    parse_date_span,
    parse_season,
    parse_time,
    parse_time_span,
)
from tests.formats.schedule_files import TOUR, override_file, schedule_files


def test_what_is_written_as_it_should_be_is_read() -> None:
    assert parse_date("2026-11-24") == date(2026, 11, 24)
    assert parse_time("09:30") == time(9, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2026-W48-2",
        "20261124",
        "2026-11-24T",
        "2026-1-024",
        "٢٠٢٦-11-24",
        "0000-01-01",
        "2026-02-29",
    ],
)
def test_a_date_that_only_python_reads_is_none(text: str) -> None:
    assert parse_date(text) is None
    assert parse_date_span(f"{text}..2027-01-01") is None


@pytest.mark.parametrize("text", ["٠٩:30", "9:30", "09:30 ", "24:00", "09:30:00", "09:30Z"])
def test_an_hour_has_two_latin_figures_a_colon_and_two_more(text: str) -> None:
    assert parse_time(text) is None
    assert parse_time_span(f"{text}-23:59") is None


def test_a_season_is_written_in_latin_figures() -> None:
    assert parse_season("٠٦-15..09-15") is None


def test_a_file_named_by_an_iso_week_is_not_the_day_it_stands_for() -> None:
    overlay = override_file("2026-W48-2-nord-dun", 'action = "annule"')
    tour = {"tournees/nord/2026-W37-2.toml": TOUR.replace("2026-09-01", "2026-09-08")}
    for files in (schedule_files(overlay), schedule_files(tour)):
        faults = [one for one in read_schedule(files).problems if one.severity is Severity.ERROR]
        assert [one.code for one in faults] == ["filename_mismatch"]
