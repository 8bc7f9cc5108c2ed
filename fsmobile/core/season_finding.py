"""Season finding: the part of the year that holds most days that pass and fewest that do not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.recurrence import Season

MonthDay = tuple[int, int]
_A_LEAP_YEAR = 2000
_DAYS = tuple(
    ((first := date(_A_LEAP_YEAR, 1, 1) + timedelta(days=rank)).month, first.day)
    for rank in range(366)
)
"""Every day of a year, 29 February included."""
_RANKS = {day: rank for rank, day in enumerate(_DAYS)}
_ROUND_FIRSTS = (1, 15, 16)
_ROUND_LASTS = (14, 15)


class SeasonRange(Struct, frozen=True, kw_only=True):
    """Every season that keeps the same days: its bounds, from one day to another, included."""

    first_from: MonthDay
    first_to: MonthDay
    """The first day that is kept."""
    last_from: MonthDay
    """The last day that is kept."""
    last_to: MonthDay

    @property
    def tightest(self) -> Season:
        """Return the season from the first day that is kept to the last one."""
        return Season(first=self.first_to, last=self.last_from)


def best_seasons(days: Sequence[date], weights: Sequence[int]) -> list[SeasonRange]:
    """Return the seasons whose days weigh most: of one stretch of the year, and over new year.

    The heavier comes first; the whole year is none. The days of several years are weighed
    together.
    """
    by_day: defaultdict[MonthDay, int] = defaultdict(int)
    for day, weight in zip(days, weights, strict=True):
        by_day[day.month, day.day] += weight
    keys = sorted(by_day)
    values = [by_day[key] for key in keys]
    found: list[tuple[int, int, int]] = []
    inside, outside = _heaviest(values), _heaviest([-value for value in values])
    if inside is not None:
        found.append((sum(values[inside[0] : inside[1] + 1]), *inside))
    if outside is not None and outside[0] > 0 and outside[1] < len(keys) - 1:
        weight = sum(values) - sum(values[outside[0] : outside[1] + 1])
        found.append((weight, outside[1] + 1, outside[0] - 1))
    found.sort(key=lambda one: -one[0])
    return [
        _range(keys, first, last)
        for weight, first, last in found
        if weight > 0 and (last + 1) % len(keys) != first
    ]


def _range(keys: Sequence[MonthDay], first: int, last: int) -> SeasonRange:
    before, after = keys[first - 1], keys[(last + 1) % len(keys)]
    return SeasonRange(
        first_from=_DAYS[(_RANKS[before] + 1) % 366],
        first_to=keys[first],
        last_from=keys[last],
        last_to=_DAYS[(_RANKS[after] - 1) % 366],
    )


def _heaviest(values: Sequence[int]) -> tuple[int, int] | None:
    """Return the first and last rank of the heaviest stretch; None when none weighs anything."""
    best, best_sum, start, current = None, 0, 0, 0
    for rank, value in enumerate(values):
        if current <= 0:
            start, current = rank, 0
        current += value
        if current > best_sum:
            best, best_sum = (start, rank), current
    return best


def shared_seasons(ranges: Iterable[SeasonRange]) -> dict[SeasonRange, Season]:
    """Give each range a season, the same to as many as can share its bounds, on round days."""
    known = list(dict.fromkeys(ranges))
    firsts = _shared_points([(one.first_from, one.first_to) for one in known], at_start=True)
    lasts = _shared_points([(one.last_from, one.last_to) for one in known], at_start=False)
    return {
        one: Season(
            first=firsts[one.first_from, one.first_to], last=lasts[one.last_from, one.last_to]
        )
        for one in known
    }


def _shared_points(
    spans: Iterable[tuple[MonthDay, MonthDay]], *, at_start: bool
) -> dict[tuple[MonthDay, MonthDay], MonthDay]:
    """Give each span of days a day in it, the fewest different days for all of them."""
    points: dict[tuple[MonthDay, MonthDay], MonthDay] = {}
    group: list[tuple[MonthDay, MonthDay]] = []
    low = high = 0
    for span in sorted(set(spans), key=_unrolled_end):
        first, last = _unrolled(span)
        if group and first <= high:
            low = max(low, first)
            group.append(span)
            continue
        points |= dict.fromkeys(group, _round_day(low, high, at_start=at_start))
        group, low, high = [span], first, last
    return points | dict.fromkeys(group, _round_day(low, high, at_start=at_start))


def _unrolled(span: tuple[MonthDay, MonthDay]) -> tuple[int, int]:
    first, last = _RANKS[span[0]], _RANKS[span[1]]
    return (first, last) if first <= last else (first - 366, last)


def _unrolled_end(span: tuple[MonthDay, MonthDay]) -> int:
    return _unrolled(span)[1]


def _round_day(low: int, high: int, *, at_start: bool) -> MonthDay:
    """Choose a day that a person would write: a first of the month, its end, its middle."""
    days = [_DAYS[rank % 366] for rank in range(low, high + 1)]
    if at_start:
        days.reverse()
        marks = [[day for day in days if day[1] == mark] for mark in _ROUND_FIRSTS]
    else:
        ends = [day for day in days if _DAYS[(_RANKS[day] + 1) % 366][1] == 1]
        marks = [ends, *([day for day in days if day[1] == mark] for mark in _ROUND_LASTS)]
    return next((days_[0] for days_ in marks if days_), days[0])
