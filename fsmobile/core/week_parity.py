"""Even weeks or every other week? The two diverge at each year of 53 weeks."""

from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.recurrence import (
    Cycle,
    DayTable,
    Recurrence,
    WeekParity,
    expand_recurrence,
)

OTHER_PARITY = {WeekParity.EVEN: WeekParity.ODD, WeekParity.ODD: WeekParity.EVEN}
SHOWN_DAYS = 35
"""How far on both sides of the new year the two are shown: two or three passages."""

FORTNIGHT = timedelta(days=14)

LayOut = Callable[[date, date], DayTable]
"""Lays out the days of a window under the calendars of a structure."""


class ParityChoice(Struct, frozen=True, kw_only=True):
    """What a rule of even or odd weeks gives at the next 53-week year, and what a cycle gives."""

    new_year: date
    """Monday of week 1, after a week 53."""
    by_parity: tuple[date, ...]
    by_cycle: tuple[date, ...]
    cycle_rule: Recurrence
    """The rule that keeps a fortnight for ever."""


def long_new_year(day: date) -> date:
    """Return the first Monday of a week 1, after this day, that follows a week 53."""
    year = day.isocalendar().year
    while True:
        monday = date.fromisocalendar(year + 1, 1, 1)
        if monday > day and (monday - timedelta(days=1)).isocalendar().week == 53:
            return monday
        year += 1


def compare_parity(rule: Recurrence, first: date, lay_out: LayOut) -> ParityChoice | None:
    """Compare a rule of even or odd weeks with a fortnightly one; None for other rules."""
    if rule.parity is WeekParity.EVERY or rule.ranks or rule.cycle is not None:
        return None
    monday = long_new_year(first)
    window = (monday - timedelta(days=SHOWN_DAYS), monday + timedelta(days=SHOWN_DAYS - 1))
    table = lay_out(*window)
    cycle_rule = as_cycle(rule, first)
    return ParityChoice(
        new_year=monday,
        by_parity=tuple(expand_recurrence(rule, table)),
        by_cycle=tuple(expand_recurrence(_begun_before(cycle_rule, window[0]), table)),
        cycle_rule=cycle_rule,
    )


def as_cycle(rule: Recurrence, first: date) -> Recurrence:
    """Return a rule of even or odd weeks as every other week, counted from the first one."""
    start = first
    while not rule.counts_week(start.isocalendar().week):
        start += timedelta(days=7 - start.weekday())
    cycle = Cycle(length=2, starts_on=start)
    return replace(rule, parity=WeekParity.EVERY, cycle=cycle)


def _begun_before(rule: Recurrence, day: date) -> Recurrence:
    """Return the same fortnight, begun early enough to be seen from a day on."""
    cycle = rule.cycle
    if cycle is None or cycle.starts_on <= day:
        return rule
    fortnights = -(-(cycle.starts_on - day).days // FORTNIGHT.days)
    return replace(rule, cycle=replace(cycle, starts_on=cycle.starts_on - fortnights * FORTNIGHT))


def next_days(rule: Recurrence, first: date, count: int, lay_out: LayOut) -> list[date]:
    """List the next days of a rule; fewer when seven years hold fewer."""
    days: list[date] = []
    for years in (1, 2, 4, 7):
        last = date(min(first.year + years, date.max.year), 12, 31)
        days = expand_recurrence(rule, lay_out(first, last))
        if len(days) >= count:
            break
    return days[:count]
