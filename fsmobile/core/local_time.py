"""Local wall time of a structure and instants in UTC, through its time zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def to_utc(day: date, hour: time, timezone: str) -> datetime:
    """Return the instant of a wall time, as RFC 5545 reads it.

    An hour that a spring change skips is read with the offset of before the change (02:30 is
    shown as 03:30); an hour that an autumn change repeats is its first occurrence.
    """
    return datetime.combine(day, hour, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def to_local(instant: datetime, timezone: str) -> datetime:
    """Return an aware instant as the wall clock of a time zone shows it."""
    return instant.astimezone(ZoneInfo(timezone))


def local_day(instant: datetime, timezone: str) -> date:
    """Return the service date on which an aware instant falls."""
    return to_local(instant, timezone).date()
