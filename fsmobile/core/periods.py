"""Period of a report: a day, an ISO week, a month, a year, or from one day to another."""

import re
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from fsmobile.errors import InvalidInput

DAYS_MAX = 3_700
"""Ten years: more is a slip of the keyboard."""


class PeriodKind(StrEnum):
    """What a period is a unit of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    SPAN = "span"


class Period(Struct, frozen=True, kw_only=True):
    """Days that a report is about, both ends included."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1


_SHAPES = (
    (PeriodKind.DAY, re.compile(r"(\d{4})-(\d\d)-(\d\d)")),
    (PeriodKind.WEEK, re.compile(r"(\d{4})-?[wWsS](\d\d?)")),
    (PeriodKind.MONTH, re.compile(r"(\d{4})-(\d\d)")),
    (PeriodKind.YEAR, re.compile(r"(\d{4})")),
)


def read_period(text: str) -> Period:
    """Read `2026`, `2026-11`, `2026-W47` (or `2026-S47`), or `2026-11-21`.

    Raises:
        InvalidInput: it is none of these, or no such day, week or month exists.
    """
    for kind, shape in _SHAPES:
        found = shape.fullmatch(text.strip())
        if found:
            try:
                return _period(kind, [int(part) for part in found.groups()])
            except (ValueError, OverflowError):
                break
    raise InvalidInput("period_malformed", value=text)


def _period(kind: PeriodKind, parts: list[int]) -> Period:
    match kind:
        case PeriodKind.DAY:
            return period_of(kind, date(*parts))
        case PeriodKind.WEEK:
            return period_of(kind, date.fromisocalendar(parts[0], parts[1], 1))
        case PeriodKind.MONTH:
            return period_of(kind, date(parts[0], parts[1], 1))
        case _:
            return period_of(kind, date(parts[0], 1, 1))


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the day, week, month or year that holds a day."""
    match kind:
        case PeriodKind.WEEK:
            first = day - timedelta(days=day.weekday())
            return Period(kind=kind, first=first, last=first + timedelta(days=6))
        case PeriodKind.MONTH:
            first = day.replace(day=1)
            return Period(kind=kind, first=first, last=_last_of_month(first))
        case PeriodKind.YEAR:
            return Period(kind=kind, first=date(day.year, 1, 1), last=date(day.year, 12, 31))
        case _:
            return Period(kind=PeriodKind.DAY, first=day, last=day)


def span_of(first: date, last: date) -> Period:
    """Return the period from one day to another, both included.

    Raises:
        InvalidInput: the days are reversed, or more than ten years apart.
    """
    if last < first or (last - first).days >= DAYS_MAX:
        raise InvalidInput("agenda_window_invalid", first=str(first), last=str(last))
    return Period(kind=PeriodKind.SPAN, first=first, last=last)


def period_before(period: Period) -> Period | None:
    """Return what a period is compared with: the one just before; None before the year 1."""
    try:
        before = period.first - timedelta(days=1)
        if period.kind is PeriodKind.SPAN:
            return span_of(before - timedelta(days=period.days - 1), before)
        return period_of(period.kind, before)
    except OverflowError:
        return None


def period_after(period: Period) -> Period | None:
    """Return the period just after; None beyond the calendar."""
    try:
        after = period.last + timedelta(days=1)
        if period.kind is PeriodKind.SPAN:
            return span_of(after, after + timedelta(days=period.days - 1))
        return period_of(period.kind, after)
    except (OverflowError, ValueError):
        return None


def _last_of_month(first: date) -> date:
    if first.month == 12:
        return first.replace(day=31)
    return first.replace(month=first.month + 1) - timedelta(days=1)
