"""Recurrence rules of iCalendar (RFC 5545), as the days that they give.

Read in other people's files only: our own rules are the eight keys, and we write no RRULE that
counts weeks of the year. A part that is not known here is refused, never left out.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from fsmobile.core.spans import DateSpan

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYWEEKNO", "BYSETPOS"}
    | {"UNTIL", "COUNT", "WKST"}
)
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_ONE_DAY = timedelta(days=1)
DAYS_MAX = 20_000


def expand_rrule(text: str, start: date, window: DateSpan) -> list[date] | None:
    """List the days of a rule that begins on a day, within a window; None if it is not known."""
    parts = _parts(text)
    if parts is None:
        return None
    try:
        passes, until = _predicate(parts, start), _until(parts.get("UNTIL"))
        count = int(parts["COUNT"]) if "COUNT" in parts else None
    except (ValueError, KeyError):
        return None
    last = min(window.last, until or date.max)
    if passes is None or (last - start).days > DAYS_MAX:
        return None
    days: list[date] = []
    # A position is counted in the whole month, that of the first day too.
    day = start.replace(day=1) if "BYSETPOS" in parts else start
    while day <= last and (count is None or len(days) < count):
        if passes(day):
            days.append(day)
        day += _ONE_DAY
    if "BYSETPOS" in parts:
        days = _at_positions(days, [int(one) for one in parts["BYSETPOS"].split(",")])
    return [day for day in days if day in window and day >= start]


def _parts(text: str) -> dict[str, str] | None:
    pairs = [one.partition("=") for one in text.strip().upper().split(";") if one]
    parts = {name: value for name, _equals, value in pairs}
    is_known = set(parts) <= _KNOWN and parts.get("WKST", "MO") == "MO"
    both = "BYSETPOS" in parts and ("COUNT" in parts or parts.get("FREQ") != "MONTHLY")
    return parts if is_known and not both and "FREQ" in parts else None


def _predicate(parts: dict[str, str], start: date) -> Callable[[date], bool] | None:
    """Return what tells the days of a rule; the rule's own start gives what it does not say."""
    interval = int(parts.get("INTERVAL", "1"))
    named = _named_days(parts.get("BYDAY", ""))
    months = _numbers(parts.get("BYMONTH"))
    month_days = _numbers(parts.get("BYMONTHDAY"))
    weeks = _numbers(parts.get("BYWEEKNO"))
    frequency = parts["FREQ"]
    has_ranks = any(rank for rank, _weekday in named)
    if interval < 1 or frequency not in _STEPS:
        return None
    if (has_ranks and frequency != "MONTHLY") or (weeks and (frequency != "YEARLY" or has_ranks)):
        return None
    weekdays = {weekday for _rank, weekday in named}
    if frequency in ("WEEKLY", "YEARLY") and not named and not month_days:
        if frequency == "WEEKLY" or weeks:
            named, weekdays = [(0, start.weekday())], {start.weekday()}
        elif frequency == "YEARLY":
            month_days, months = {start.day}, months or {start.month}
    if frequency == "MONTHLY" and not named and not month_days:
        month_days = {start.day}

    def passes(day: date) -> bool:
        if _STEPS[frequency](start, day) % interval:
            return False
        if (months and day.month not in months) or (month_days and not _is_named(day, month_days)):
            return False
        if weeks and day.isocalendar().week not in weeks:
            return False
        if has_ranks:
            return any(
                weekday == day.weekday() and rank in (0, *_month_ranks(day))
                for rank, weekday in named
            )
        return not named or day.weekday() in weekdays

    return passes


def _months_apart(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def _weeks_apart(start: date, day: date) -> int:
    monday = start.toordinal() - start.weekday()
    return (day.toordinal() - day.weekday() - monday) // 7


_STEPS: dict[str, Callable[[date, date], int]] = {
    "DAILY": lambda start, day: (day - start).days,
    "WEEKLY": _weeks_apart,
    "MONTHLY": _months_apart,
    "YEARLY": lambda start, day: day.year - start.year,
}


def _named_days(text: str) -> list[tuple[int, int]]:
    """Read `1TU,3TU` as ranks (0: every one) and days of the week.

    Raises:
        ValueError: it is no list of days.
    """
    named: list[tuple[int, int]] = []
    for one in filter(None, text.split(",")):
        found = _BYDAY.fullmatch(one.strip())
        if found is None:
            raise ValueError(one)
        named.append((int(found[1] or 0), WEEKDAY_CODES.index(found[2])))
    return named


def _numbers(text: str | None) -> set[int]:
    return {int(one) for one in text.split(",")} if text else set()


def _is_named(day: date, month_days: set[int]) -> bool:
    next_month = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day.day in month_days or (day - next_month).days in month_days


def _month_ranks(day: date) -> tuple[int, int]:
    next_month = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (day.day + 6) // 7, -(((next_month - day).days + 6) // 7)


def _until(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")


def _at_positions(days: Iterable[date], positions: Iterable[int]) -> list[date]:
    by_month: dict[tuple[int, int], list[date]] = {}
    for day in days:
        by_month.setdefault((day.year, day.month), []).append(day)
    kept: set[date] = set()
    for own in by_month.values():
        for position in positions:
            rank = position - 1 if position > 0 else len(own) + position
            if position and 0 <= rank < len(own):
                kept.add(own[rank])
    return sorted(kept)
