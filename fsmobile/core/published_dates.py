"""Published dates: the lines of another service's timetable, and the days that they mean."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from fsmobile.core.plan_finding import Opening
from fsmobile.core.spans import DateSpan
from fsmobile.errors import Problem

YEARS_TRIED = (-1, 0, 1, 2)
"""Of four years in a row, a date falls in one only on a given day of the week."""
WINDOW_DAYS_MAX = 366


class WrittenDay(Struct, frozen=True, kw_only=True):
    """A date as somebody has written it: perhaps impossible, perhaps without a year."""

    text: str
    month: int
    day: int
    year: int | None = None
    weekday: int | None = None
    """0 is Monday; None when it is not said."""

    def in_year(self, year: int) -> date | None:
        """Return the date in a year, or None when there is no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


class PublishedEntry(Struct, frozen=True, kw_only=True):
    """One date of one place, where it stands in its file."""

    file: str
    line: int
    written: WrittenDay
    opening: Opening
    """Empty when no hours are said."""
    parts: tuple[str, ...] = ()
    """What the line says of the place: commune and spot, in any order."""
    heading: tuple[str, ...] = ()
    """What the title above it says of the place."""
    commune: str = ""
    """When the source has a column for it."""
    insee_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class PublishedReading(Struct, frozen=True, kw_only=True):
    """The result of reading one file."""

    entries: tuple[PublishedEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    name: str = ""
    """Of the service, when the file says it."""


class SettledDays(Struct, frozen=True, kw_only=True):
    """The days of entries, by their rank, and what could not be settled."""

    days: tuple[date | None, ...]
    problems: tuple[Problem, ...]


def settle_days(
    entries: Sequence[PublishedEntry], window: DateSpan | None, today: date
) -> SettledDays:
    """Determine the day of each entry; nothing is guessed.

    A year that is not written is the one of the window, or the only one of four in which all
    days of the week are right.
    """
    window = window or _only_window(entries, today)
    days: list[date | None] = []
    problems: list[Problem] = []
    for entry in entries:
        day, code = _settle(entry.written, window)
        if day is not None and code is None and window is not None and day not in window:
            code = "import_date_outside"
        if code is not None:
            problems.append(_day_problem(code, entry, day))
        days.append(day if code is None else None)
    return SettledDays(days=tuple(days), problems=tuple(problems))


def _settle(written: WrittenDay, window: DateSpan | None) -> tuple[date | None, str | None]:
    """Return the day of a date, or what is wrong with it."""
    if written.year is not None:
        years: Iterable[int] = (written.year,)
    elif window is not None:
        years = range(window.first.year, window.last.year + 1)
    else:
        return None, "import_year_missing"
    possible = [day for year in years if (day := written.in_year(year)) is not None]
    if not possible:
        return None, "import_date_impossible"
    if written.year is None and window is not None:
        inside = [day for day in possible if day in window]
        if not inside:
            return possible[0], "import_date_outside"
        possible = inside
    right = [day for day in possible if written.weekday in (None, day.weekday())]
    if not right:
        return possible[0], "import_weekday_mismatch"
    return (right[0], None) if len(right) == 1 else (None, "import_year_missing")


def _only_window(entries: Sequence[PublishedEntry], today: date) -> DateSpan | None:
    """Return the only year's time in which every date without a year is on its weekday."""
    named = [one.written for one in entries if one.written.year is None]
    days: list[date] = []
    for written in named:
        if written.weekday is None:
            continue
        tried = (written.in_year(today.year + shift) for shift in YEARS_TRIED)
        right = [day for day in tried if day is not None and day.weekday() == written.weekday]
        if len(right) != 1:
            return None
        days += right
    written_years = [
        day
        for one in entries
        if one.written.year is not None
        and (day := one.written.in_year(one.written.year)) is not None
    ]
    if not days or (max(days) - min(days)).days > WINDOW_DAYS_MAX:
        return None
    days += written_years
    years = {day.year for day in days}
    if len(years) == 1:
        return DateSpan(first=date(min(years), 1, 1), last=date(min(years), 12, 31))
    return DateSpan(first=min(days), last=max(days))


def _day_problem(code: str, entry: PublishedEntry, day: date | None) -> Problem:
    return Problem(
        code=code,
        file=entry.file,
        line=entry.line,
        params={"value": entry.written.text, "day": None if day is None else day.isoformat()},
    )
