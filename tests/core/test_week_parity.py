"""Even weeks against every other week: they part at each 53-week year, by the dates given."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from fsmobile.core.recurrence import DayTable, HolidayRule, Recurrence, Season, WeekParity
from fsmobile.core.week_parity import as_cycle, compare_parity, long_new_year, next_days

EVEN_TUESDAYS = Recurrence(
    weekdays=frozenset({1}), parity=WeekParity.EVEN, holidays=HolidayRule.SERVE
)
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 11, 24), date(2027, 1, 4)),
        (date(2027, 1, 3), date(2027, 1, 4)),
        (date(2027, 1, 4), date(2033, 1, 3)),
        (date(2033, 6, 1), date(2038, 1, 4)),
        (date(2016, 1, 1), date(2016, 1, 4)),
    ],
)
def test_the_next_new_year_after_a_week_53(day: date, monday: date) -> None:
    assert long_new_year(day) == monday


def test_the_dates_of_both_at_new_year_2027() -> None:
    choice = compare_parity(EVEN_TUESDAYS, TODAY, DayTable)
    assert choice is not None
    assert choice.by_parity == (
        *(date(2026, 12, 8), date(2026, 12, 22), date(2027, 1, 12), date(2027, 1, 26)),
    )
    assert choice.by_cycle == (
        *(date(2026, 12, 8), date(2026, 12, 22), date(2027, 1, 5)),
        *(date(2027, 1, 19), date(2027, 2, 2)),
    )
    assert choice.cycle_rule.cycle is not None


def test_the_fortnight_is_shown_before_its_first_day_too() -> None:
    choice = compare_parity(EVEN_TUESDAYS, date(2026, 12, 22), DayTable)
    assert choice is not None
    assert choice.by_cycle[:2] == (date(2026, 12, 8), date(2026, 12, 22))
    assert choice.cycle_rule.cycle is not None
    assert choice.cycle_rule.cycle.starts_on == date(2026, 12, 22)


def test_a_rule_without_parity_asks_nothing() -> None:
    weekly = Recurrence(weekdays=frozenset({1}))
    assert compare_parity(weekly, TODAY, DayTable) is None


def test_a_cycle_keeps_its_fortnight_over_every_new_year() -> None:
    days = next_days(as_cycle(EVEN_TUESDAYS, TODAY), TODAY, 300, DayTable)
    assert {(after - before) for before, after in pairwise(days)} == {timedelta(days=14)}


def test_the_next_twelve_dates_look_as_far_as_they_must() -> None:
    season = (Season(first=(7, 8), last=(7, 14)),)
    rare = Recurrence(weekdays=frozenset({1}), seasons=season, holidays=HolidayRule.SERVE)
    assert len(next_days(rare, TODAY, 12, DayTable)) == 7
    assert next_days(rare, TODAY, 2, DayTable) == [date(2027, 7, 13), date(2028, 7, 11)]
