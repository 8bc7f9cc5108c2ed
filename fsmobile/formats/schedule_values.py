"""Small texts of schedule files (`"09:30-12:00"`, `"06-15..09-15"`) and their values."""

import re
from datetime import date, time

from fsmobile.core.holidays import LocalHoliday
from fsmobile.core.recurrence import Season
from fsmobile.core.spans import DateSpan, TimeSpan, WeeklySpan

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
"""In the order of `date.weekday()`."""

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)
_LOOSE_TIME = re.compile(r"(\d{1,2})\s*(?:h|H|:|\.)?\s*([0-5]\d)?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_EASTER = re.compile(r"paques([+-]\d{1,3})?", re.ASCII)
A_LEAP_YEAR = 2000


def parse_time(text: str) -> time | None:
    """Read `HH:MM`, or return None."""
    found = _TIME.fullmatch(text)
    return None if found is None else time(int(found[1]), int(found[2]))


def parse_time_span(text: str) -> TimeSpan | None:
    """Read `HH:MM-HH:MM` whose end comes after its start, or return None."""
    first, dash, last = text.partition("-")
    starts, ends = parse_time(first), parse_time(last)
    if not dash or starts is None or ends is None or ends <= starts:
        return None
    return TimeSpan(starts=starts, ends=ends)


def suggest_time(text: str) -> time | None:
    """Guess the hour somebody meant by `9h30`, `9:30` or `9h`, or return None."""
    found = _LOOSE_TIME.fullmatch(text.strip())
    return None if found is None else parse_time(f"{int(found[1]):02d}:{found[2] or '00'}")


def suggest_time_span(text: str) -> str | None:
    """Guess the span somebody meant by `9h30-12h`, or return None."""
    parts = re.split(r"\s*(?:-|–|—|à|a)\s*", text.strip())
    found = [_LOOSE_TIME.fullmatch(part) for part in parts]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    first, last = (f"{int(one[1]):02d}:{one[2] or '00'}" for one in found if one is not None)
    meant = f"{first}-{last}"
    return meant if parse_time_span(meant) is not None else None


def parse_duration(text: str) -> int | None:
    """Read `HH:MM` of a duration as minutes, or return None."""
    found = _DURATION.fullmatch(text)
    return None if found is None else int(found[1]) * 60 + int(found[2])


def parse_month_day(text: str) -> tuple[int, int] | None:
    """Read `MM-DD` of any year, 29 February included, or return None."""
    found = _MONTH_DAY.fullmatch(text)
    if found is None:
        return None
    month, day = int(found[1]), int(found[2])
    return (month, day) if _is_day(A_LEAP_YEAR, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def parse_season(text: str) -> Season | None:
    """Read `MM-DD..MM-DD`, which may wrap new year, or return None."""
    first_text, dots, last_text = text.partition("..")
    first, last = parse_month_day(first_text), parse_month_day(last_text)
    if not dots or first is None or last is None:
        return None
    return Season(first=first, last=last)


def parse_date_span(text: str) -> DateSpan | None:
    """Read `YYYY-MM-DD..YYYY-MM-DD`, first day no later than the last, or return None."""
    first_text, dots, last_text = text.partition("..")
    first, last = parse_date(first_text), parse_date(last_text)
    if not dots or first is None or last is None or last < first:
        return None
    return DateSpan(first=first, last=last)


def parse_date(text: str) -> date | None:
    """Read `YYYY-MM-DD`, or return None: `2026-W48-2` is a day to Python, and to nobody else."""
    try:
        return date(*map(int, found.groups())) if (found := _DATE.fullmatch(text)) else None
    except ValueError:
        return None


def parse_weekly_span(text: str) -> WeeklySpan | None:
    """Read `<jour> HH:MM-HH:MM`, or return None."""
    day, space, hours_text = text.partition(" ")
    hours = parse_time_span(hours_text)
    if not space or day not in WEEKDAYS or hours is None:
        return None
    return WeeklySpan(weekday=WEEKDAYS.index(day), hours=hours)


def parse_local_holiday(text: str) -> LocalHoliday | None:
    """Read `MM-DD`, `paques`, `paques-2` or `paques+60`, or return None."""
    found = _EASTER.fullmatch(text)
    if found is not None:
        return LocalHoliday(easter_offset=int(found[1] or 0))
    month_day = parse_month_day(text)
    return None if month_day is None else LocalHoliday(month=month_day[0], day=month_day[1])
