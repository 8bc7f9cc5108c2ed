"""Instants as commands write them: the day and the hour of the wall, `26/11/2026 17:31`."""

from fsmobile.texts.dates import format_numeric_day, format_time
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time


def format_moment(instant_ms: int) -> str:
    """Return an instant (ms) as a wall clock in France shows it."""
    moment = local_time(instant_ms, DEFAULT_TIMEZONE)
    return f"{format_numeric_day(moment.date())} {format_time(moment.time())}"
