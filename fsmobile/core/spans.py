"""Spans: of hours in a day, of days in a calendar, of hours in a week."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from msgspec import Struct

NOON = time(12)


class HalfDay(StrEnum):
    """A part of the day; French codes, as in the files."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TimeSpan:
    """Hours of one day, in local wall time; ends after it starts."""

    starts: time
    ends: time

    @property
    def minutes(self) -> int:
        """Count the minutes between start and end."""
        return minutes_of(self.ends) - minutes_of(self.starts)

    @property
    def half_day(self) -> HalfDay:
        """Tell the half-day a span belongs to: the one in which it starts."""
        return HalfDay.MORNING if self.starts < NOON else HalfDay.AFTERNOON

    def overlaps(self, other: "TimeSpan") -> bool:
        """Tell whether two spans of one day share a minute."""
        return self.starts < other.ends and other.starts < self.ends


class DateSpan(Struct, frozen=True, kw_only=True):
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class WeeklySpan(Struct, frozen=True, kw_only=True):
    """Hours of one day of each week: a market, the end of school."""

    weekday: int
    """0 is Monday."""
    hours: TimeSpan


def minutes_of(moment: time) -> int:
    """Count the minutes since midnight."""
    return moment.hour * 60 + moment.minute
