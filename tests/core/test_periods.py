"""Periods of a report: read, compared with the one before, at the edges of the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.periods import (
    Period,
    PeriodKind,
    period_after,
    period_before,
    period_of,
    read_period,
    span_of,
)
from fsmobile.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-S47", "2026-11-16", "2026-11-22"),
        ("2026-11-21", "2026-11-21", "2026-11-21"),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, first: str, last: str) -> None:
    period = read_period(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2027-W53", "2026-02-30", "0000", "novembre", "2026-1"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="period_malformed"):
        read_period(text)


def test_a_span_reversed_or_of_a_century_is_refused() -> None:
    for first, last in ((date(2026, 2, 1), date(2026, 1, 1)), (date(1926, 1, 1), date(2026, 1, 1))):
        with pytest.raises(InvalidInput):
            span_of(first, last)


@given(st.dates(), st.sampled_from(PeriodKind), st.integers(0, 400))
def test_the_period_before_ends_the_day_before(day: date, kind: PeriodKind, days: int) -> None:
    try:
        period = (
            span_of(day, date.fromordinal(day.toordinal() + days))
            if kind is PeriodKind.SPAN
            else period_of(kind, day)
        )
        before = period_before(period)
    except (OverflowError, ValueError):
        assert day.year in (1, 9999)
        return
    if before is None:
        assert day.year <= 3
        return
    assert (period.first - before.last).days == 1
    assert before.kind is period.kind
    assert period_after(before) == period or kind is PeriodKind.SPAN
    assert isinstance(before, Period)
