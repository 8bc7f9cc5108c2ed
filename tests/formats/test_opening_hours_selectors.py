"""Days chosen at random, said by dates or by weeks, and read back."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.formats.opening_hours_selectors import (
    cover_days,
    format_weekdays,
    format_weeks,
    select_days,
)
from tests.formats.opening_hours_reader import reread

FIRST = date(2026, 1, 1)
THREE_YEARS = 1096


def days_read_in(selectors: list[str]) -> list[date]:
    text = "; ".join(f"{one} 09:00-10:00" for one in selectors)
    return [one.starts.date() for one in reread(text, FIRST, THREE_YEARS)]


@settings(max_examples=100, deadline=None)
@given(
    st.sets(st.integers(0, THREE_YEARS // 7 - 1), min_size=1, max_size=60),
    st.sets(st.integers(0, 6), min_size=1, max_size=3),
)
def test_weeks_of_several_years_are_never_mixed_up(weeks: set[int], weekdays: set[int]) -> None:
    days = sorted(
        FIRST + timedelta(days=7 * week + weekday) for week in weeks for weekday in weekdays
    )
    assert days_read_in(select_days(days, suffix_length=12)) == days


def test_a_rotation_of_two_weeks_out_of_three_is_short() -> None:
    weeks = frozenset(week for week in range(1, 53) if week % 3)
    assert format_weeks(weeks) == "week 1-52/3,2-50/3"


def test_two_days_in_a_row_are_no_range() -> None:
    assert format_weekdays({0, 1}) == "Mo,Tu"
    assert format_weekdays({0, 1, 2, 4, 5, 6}) == "Mo-We,Fr-Su"
    assert format_weekdays({3}, {-1, 2}) == "Th[2,-1]"


def test_days_off_are_one_stretch_until_an_opening() -> None:
    days = [date(2026, 10, 21), date(2026, 10, 28), date(2026, 11, 18)]
    assert cover_days(days, {date(2026, 10, 14)}) == "2026 Oct 21-2026 Nov 18"
    assert cover_days(days, {date(2026, 11, 4)}) == "2026 Oct 21-28,2026 Nov 18"
