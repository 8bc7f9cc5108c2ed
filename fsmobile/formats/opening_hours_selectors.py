"""Days, weeks and seasons in the words of OpenStreetMap's `opening_hours`.

Only what the two libraries that read such strings both understand: a date range says the year at
both of its ends unless it stays within a month, and has no open end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from fsmobile.core.recurrence import Season

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEK_STEP_MAX = 6
"""Rotations are no longer; `2-41/13` would be short, and nobody would read it."""
SERIES_LENGTH_MIN = 3
"""From three on, `1-3` is shorter than `1,2,3`."""


def format_day(day: date) -> str:
    """Write a date: `2026 Nov 3`."""
    return f"{day.year} {MONTHS[day.month - 1]} {day.day}"


def format_dates(first: date, last: date) -> str:
    """Write the days from one to another, both included."""
    if first == last:
        return format_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{format_day(first)}-{last.day}"
    return f"{format_day(first)}-{format_day(last)}"


def format_season(season: Season) -> str:
    """Write a part of each year: `Sep 15-Jun 14`."""
    first, last = (f"{MONTHS[month - 1]} {day}" for month, day in (season.first, season.last))
    if season.first == season.last:
        return first
    if season.first[0] == season.last[0] and not season.wraps:
        return f"{first}-{season.last[1]}"
    return f"{first}-{last}"


def format_weekdays(weekdays: Iterable[int], ranks: Iterable[int] = ()) -> str:
    """Write days of the week, 0 for Monday, each time or by their rank: `Mo-We,Fr`, `Tu[1,3]`."""
    nth = ",".join(map(str, sorted(ranks, key=lambda rank: (rank < 0, rank))))
    if nth:
        return ",".join(f"{WEEKDAYS[weekday]}[{nth}]" for weekday in sorted(weekdays))
    series = _series_in(frozenset(weekdays), step_max=1)
    return ",".join("-".join(WEEKDAYS[one] for one in dict.fromkeys(run[:2])) for run in series)


@lru_cache(maxsize=256)
def format_weeks(weeks: frozenset[int]) -> str:
    """Write ISO weeks: `week 1-53/2`, `week 2,15,28-30`."""
    written = [
        str(first) if first == last else f"{first}-{last}" + (f"/{step}" if step > 1 else "")
        for first, last, step in _series_in(weeks, step_max=WEEK_STEP_MAX)
    ]
    return f"week {','.join(written)}"


def _series_in(numbers: frozenset[int], step_max: int) -> list[tuple[int, int, int]]:
    """Part numbers into series of one step, the longest first taken: first, last, step."""
    left, series = set(numbers), []
    while left:
        starts_and_steps = ((start, step) for start in left for step in range(1, step_max + 1))
        runs = (_series_from(start, step, left) for start, step in starts_and_steps)
        run = max(runs, key=lambda one: (len(one), -one.start, -one.step))
        if len(run) < SERIES_LENGTH_MIN:
            series += [(one, one, 1) for one in left]
            break
        series.append((run[0], run[-1], run.step))
        left.difference_update(run)
    return sorted(series)


def _series_from(start: int, step: int, numbers: Set[int]) -> range:
    end = start
    while end in numbers:
        end += step
    return range(start, end, step)


def date_ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """Group days, given in order, into stretches without a gap."""
    ranges: list[tuple[date, date]] = []
    for day in days:
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def cover_days(days: Sequence[date], spared: Set[date]) -> str:
    """Write dates that hold all these days, given in order, and none of those to spare.

    The fewest stretches: two days are one when nothing to spare lies between them.
    """
    bars = sorted(spared)
    ranges = [(days[0], days[0])]
    rank = 0
    for before, after in pairwise(days):
        while rank < len(bars) and bars[rank] < before:
            rank += 1
        if rank < len(bars) and bars[rank] < after:
            ranges.append((after, after))
        else:
            ranges[-1] = (ranges[-1][0], after)
    return ",".join(format_dates(*one) for one in ranges)


def select_days(days: Sequence[date], suffix_length: int) -> list[str]:
    """Write selectors that together hold exactly these days, given in order.

    By weeks where that is shorter, once each selector carries what follows it, else by dates.
    """
    weeks: list[str] = []
    dates: list[date] = []
    for mondays, weekdays in _group_alike(days):
        own = [monday + timedelta(days=rank) for monday in mondays for rank in weekdays]
        selectors = list(_select_weeks(mondays, weekdays))
        cost = sum(len(selector) + suffix_length for selector in selectors)
        if cost < len(_format_each(own)):
            weeks += selectors
        else:
            dates += own
    by_dates = [_format_each(sorted(dates))] if dates else []
    return by_dates + weeks


def _format_each(days: Sequence[date]) -> str:
    return ",".join(format_dates(*one) for one in date_ranges(days))


def _group_alike(days: Sequence[date]) -> Iterator[tuple[Sequence[date], Sequence[int]]]:
    """Group days into the days of the week that are served in the same weeks, by Monday."""
    mondays: defaultdict[int, list[date]] = defaultdict(list)
    for day in days:
        mondays[day.weekday()].append(day - timedelta(days=day.weekday()))
    alike: defaultdict[tuple[date, ...], list[int]] = defaultdict(list)
    for weekday in sorted(mondays):
        alike[tuple(mondays[weekday])].append(weekday)
    yield from alike.items()


def _select_weeks(mondays: Sequence[date], weekdays: Sequence[int]) -> Iterator[str]:
    """Yield one selector, or one for each ISO year where weeks of the same number differ."""
    groups = [list(mondays)]
    if not _says_only(mondays):
        years: defaultdict[int, list[date]] = defaultdict(list)
        for monday in mondays:
            years[monday.isocalendar().year].append(monday)
        groups = list(years.values())
    for group in groups:
        first = group[0] + timedelta(days=weekdays[0])
        last = group[-1] + timedelta(days=weekdays[-1])
        numbers = frozenset(monday.isocalendar().week for monday in group)
        yield f"{format_dates(first, last)} {format_weeks(numbers)} {format_weekdays(weekdays)}"


def _says_only(mondays: Sequence[date]) -> bool:
    """Tell whether no other week between the first and the last has one of their numbers."""
    wanted = {monday.isocalendar().week for monday in mondays}
    ordinals = range(mondays[0].toordinal(), mondays[-1].toordinal() + 1, 7)
    between = (date.fromordinal(ordinal) for ordinal in ordinals)
    return sum(monday.isocalendar().week in wanted for monday in between) == len(mondays)
