"""Recurrence: the day predicate of eight keys, and its expansion over a window."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from fsmobile.core.holidays import SchoolZone


class WeekParity(StrEnum):
    """Which ISO weeks; French codes, as in the files."""

    EVERY = "toutes"
    EVEN = "paires"
    ODD = "impaires"


WEEKS_OF = {
    WeekParity.EVERY: frozenset(range(1, 54)),
    WeekParity.EVEN: frozenset(range(2, 54, 2)),
    WeekParity.ODD: frozenset(range(1, 54, 2)),
}
"""ISO weeks of each parity; after a week 53 comes another odd one."""


class SchoolRule(StrEnum):
    """What school holidays do to a rule."""

    IGNORE = "avec"
    OUTSIDE = "sans"
    DURING = "seulement"


class HolidayRule(StrEnum):
    """What public holidays do to a rule."""

    SKIP = "sauf"
    SERVE = "avec"


class CycleCount(StrEnum):
    """Which weeks a cycle counts."""

    CALENDAR = "calendaire"
    OUTSIDE_SCHOOL_HOLIDAYS = "hors-vacances"


class Cycle(Struct, frozen=True, kw_only=True):
    """Every N ISO weeks from the week of a date, never reset at new year."""

    length: int
    starts_on: date
    ranks: frozenset[int] = frozenset({1})
    """Weeks of the cycle that are served, from 1."""
    count: CycleCount = CycleCount.CALENDAR


class Season(Struct, frozen=True, kw_only=True):
    """A part of each year, both ends included; may wrap new year."""

    first: tuple[int, int]
    """Month and day."""
    last: tuple[int, int]

    def __contains__(self, day: date) -> bool:
        key = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last

    @property
    def wraps(self) -> bool:
        """Tell whether the season goes over new year."""
        return self.first > self.last


class Recurrence(Struct, frozen=True, kw_only=True):
    """On which days; all keys are ANDed, only `dates` adds."""

    weekdays: frozenset[int] = frozenset()
    """0 is Monday; empty: only `dates` (in a stop's narrowing: any day)."""
    parity: WeekParity = WeekParity.EVERY
    weeks: frozenset[int] = frozenset()
    """Named ISO weeks, 1 to 53; empty: any."""
    ranks: frozenset[int] = frozenset()
    """Nth weekday of the month, 1..5, negative from the end; empty: any."""
    cycle: Cycle | None = None
    seasons: tuple[Season, ...] = ()
    """Empty: the whole year."""
    school: SchoolRule = SchoolRule.IGNORE
    holidays: HolidayRule = HolidayRule.SKIP
    dates: tuple[date, ...] = ()
    """As written; they win over every other key."""

    @property
    def needs_school_calendar(self) -> bool:
        """Tell whether the days depend on the school holidays of a zone."""
        counts = self.cycle is not None and self.cycle.count is CycleCount.OUTSIDE_SCHOOL_HOLIDAYS
        return counts or self.school is not SchoolRule.IGNORE

    @property
    def lacks_weekdays(self) -> bool:
        """Tell whether it restricts days of the week without naming any."""
        chooses = self.parity is not WeekParity.EVERY or self.weeks or self.ranks or self.cycle
        return bool(chooses) and not self.weekdays and not self.dates

    def counts_week(self, week: int) -> bool:
        """Tell whether an ISO week passes `parity` and `weeks`."""
        return week in WEEKS_OF[self.parity] and (not self.weeks or week in self.weeks)


class DayTable:
    """Every day of a window with what the predicate asks of it, computed once for all rules."""

    def __init__(
        self,
        first: date,
        last: date,
        public_holidays: Iterable[date] = (),
        school_zone: SchoolZone | None = None,
    ) -> None:
        """Prepare the days from first to last, both included; none when they are reversed."""
        self.first = first
        self.last = last
        self.public_holidays = frozenset(public_holidays)
        self.school_zone = school_zone
        self.expanded: dict[Recurrence, tuple[date, ...]] = {}
        """The rules already expanded over this table."""
        self.days = [
            date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1)
        ]

    def indices_of(self, weekdays: Iterable[int]) -> list[int]:
        """Return the index of each day of the window that is one of these days of the week."""
        start, count = self.first.weekday(), len(self.days)
        found = [index for weekday in weekdays for index in range((weekday - start) % 7, count, 7)]
        return sorted(found)

    @cached_property
    def iso_weeks(self) -> list[int]:
        """Return the ISO week of each day: of the day itself, never of its calendar year."""
        weeks: list[int] = []
        if not self.days:
            return weeks
        for index in range(-self.first.weekday(), len(self.days), 7):
            week = self.days[max(index, 0)].isocalendar().week
            weeks += [week] * (7 + min(index, 0))
        return weeks[: len(self.days)]

    @cached_property
    def ranks(self) -> list[int]:
        """Return which of its month's weekdays each day is: 3 for a third Tuesday."""
        return [(day.day + 6) // 7 for day in self.days]

    @cached_property
    def ranks_from_end(self) -> list[int]:
        """Return the same from the end of the month: -1 for a last Tuesday."""
        return [-((monthrange(day.year, day.month)[1] - day.day) // 7 + 1) for day in self.days]

    @cached_property
    def days_of_year(self) -> list[tuple[int, int]]:
        """Return the month and day of each day."""
        return [(day.month, day.day) for day in self.days]

    @cached_property
    def are_school_holidays(self) -> list[bool]:
        """Tell for each day whether it is in the school holidays of the zone."""
        zone = self.school_zone
        flags = [False] * len(self.days)
        origin = self.first.toordinal()
        for period in zone.periods if zone else ():
            start = max(period.first.toordinal() - origin, 0)
            end = min(period.last.toordinal() - origin + 1, len(flags))
            if start < end:
                flags[start:end] = [True] * (end - start)
        return flags


def expand_recurrence(rule: Recurrence, table: DayTable) -> list[date]:
    """List the days of the window that a rule keeps, in order.

    Runs share their rules (every second Tuesday…): a table expands each of them once.
    """
    known = table.expanded.get(rule)
    if known is None:
        known = table.expanded[rule] = _expand(rule, table)
    return list(known)


def _expand(rule: Recurrence, table: DayTable) -> tuple[date, ...]:
    indices = _select(rule, table, table.indices_of(rule.weekdays))
    days = table.days
    kept = [days[index] for index in _spare_holidays(rule, table, indices)]
    if not rule.dates:
        return tuple(kept)
    added = (day for day in rule.dates if table.first <= day <= table.last)
    return tuple(sorted({*kept, *added}))


def narrow_days(
    days: Sequence[date], narrowing: Recurrence, run: Recurrence, table: DayTable
) -> list[date]:
    """Keep the days of a run that also pass a stop's own selectors.

    A cycle of the stop counts the weeks that both the run and the stop allow.
    """
    origin = table.first.toordinal()
    indices = [day.toordinal() - origin for day in days]
    if narrowing.weekdays:
        indices = [i for i in indices if table.days[i].weekday() in narrowing.weekdays]
    return [table.days[index] for index in _select(narrowing, table, indices, within=run)]


def _select(
    rule: Recurrence, table: DayTable, indices: list[int], within: Recurrence | None = None
) -> list[int]:
    """Keep the indices that pass parity, weeks, ranks, cycle and seasons."""
    days, weeks = table.days, table.iso_weeks
    if rule.parity is not WeekParity.EVERY or rule.weeks:
        counted = WEEKS_OF[rule.parity] & rule.weeks if rule.weeks else WEEKS_OF[rule.parity]
        indices = [i for i in indices if weeks[i] in counted]
    if rule.ranks:
        indices = _of_ranks(rule.ranks, table, indices)
    if rule.cycle is not None:
        mondays = _served_mondays(rule.cycle, (rule, within or rule), table)
        indices = [i for i in indices if _monday(days[i]) in mondays]
    if rule.seasons:
        indices = _in_seasons(rule.seasons, table, indices)
    return indices


def _spare_holidays(rule: Recurrence, table: DayTable, indices: list[int]) -> list[int]:
    """Keep the indices that `school` and `holidays` allow."""
    if rule.school is not SchoolRule.IGNORE:
        in_school_holidays, during = table.are_school_holidays, rule.school is SchoolRule.DURING
        indices = [i for i in indices if in_school_holidays[i] is during]
    if rule.holidays is HolidayRule.SKIP and table.public_holidays:
        days, holidays = table.days, table.public_holidays
        indices = [i for i in indices if days[i] not in holidays]
    return indices


def _of_ranks(wanted: frozenset[int], table: DayTable, indices: list[int]) -> list[int]:
    ranks = table.ranks
    if all(rank > 0 for rank in wanted):
        return [i for i in indices if ranks[i] in wanted]
    from_end = table.ranks_from_end
    return [i for i in indices if ranks[i] in wanted or from_end[i] in wanted]


def _in_seasons(seasons: Iterable[Season], table: DayTable, indices: list[int]) -> list[int]:
    days = table.days_of_year
    kept: set[int] = set()
    for season in seasons:
        first, last = season.first, season.last
        if season.wraps:
            kept.update([i for i in indices if days[i] >= first or days[i] <= last])
        else:
            kept.update([i for i in indices if first <= days[i] <= last])
    return sorted(kept)


def _served_mondays(
    cycle: Cycle, rules: tuple[Recurrence, Recurrence], table: DayTable
) -> set[int]:
    """Return the Monday (as an ordinal) of each week of the window that a cycle serves."""
    start, end = _monday(cycle.starts_on), table.last.toordinal()
    if cycle.count is CycleCount.CALENDAR:
        first = max(start, _monday(table.first))
        return {
            monday
            for monday in range(first, end + 1, 7)
            if (monday - start) // 7 % cycle.length + 1 in cycle.ranks
        }
    served: set[int] = set()
    counted = 0
    for monday in range(start, end + 1, 7):
        if _is_counted(monday, rules, table.school_zone):
            if counted % cycle.length + 1 in cycle.ranks:
                served.add(monday)
            counted += 1
    return served


def _is_counted(
    monday: int, rules: tuple[Recurrence, Recurrence], school_zone: SchoolZone | None
) -> bool:
    """Tell whether a week counts: its parity matches, its Wednesday is a school day."""
    wednesday = date.fromordinal(monday + 2)
    week = wednesday.isocalendar().week
    if not all(rule.counts_week(week) for rule in rules):
        return False
    return school_zone is None or wednesday not in school_zone


def _monday(day: date) -> int:
    return day.toordinal() - day.weekday()
