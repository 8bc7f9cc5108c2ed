"""Reads `opening_hours` strings back with a library that is not ours, and the agenda beside."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from opening_hours import OpeningHours

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import StopId, TourId
from fsmobile.core.planned_passages import Call
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import HalfDay

WINDOW_DAYS = 365
"""Twelve months, the first day included."""


class Opening(NamedTuple):
    """An opening of one day, as a reader of the string sees it."""

    starts: datetime
    ends: datetime
    state: str
    comment: str


def reread(text: str, first: date, days: int = WINDOW_DAYS) -> list[Opening]:
    """Return the openings that the library reads in a string."""
    begin = datetime.combine(first, time())
    end = begin + timedelta(days=days)
    intervals = OpeningHours(text, country="FR").intervals(begin, end)
    return [
        Opening(starts, ends, str(state), comment)
        for starts, ends, state, comment in intervals
        if str(state) != "closed"
    ]


def planned_openings(
    tree: ScheduleTree, tour_id: TourId, stop_id: StopId, first: date, bundled: SchoolCalendar
) -> list[Opening]:
    """Return the openings of the agenda of a stop over the same time."""
    last = first + timedelta(days=WINDOW_DAYS - 1)
    agenda = expand_agenda(tree, first, last, bundled=bundled, tour_ids={tour_id})
    return join_openings(
        _opening_of(one.service_date, one.call)
        for one in agenda.passages
        if one.stop_id == stop_id and not one.is_cancelled
    )


def join_openings(openings: Iterable[Opening]) -> list[Opening]:
    """Join the openings of one kind that touch or overlap: the library tells them as one."""
    joined: list[Opening] = []
    for one in sorted(set(openings)):
        before = joined[-1] if joined else None
        if before and one.starts <= before.ends and one[2:] == before[2:]:
            joined[-1] = before._replace(ends=max(before.ends, one.ends))
        else:
            joined.append(one)
    return joined


_HALF_DAYS = {HalfDay.MORNING: (time(8), time(12)), HalfDay.AFTERNOON: (time(14), time(18))}
_COMMENTS = {
    "libre": "",
    "rdv": "by appointment",
    "demande": "on request",
    "prive": "private",
}
_PERIODS = {HalfDay.MORNING: "in the morning", HalfDay.AFTERNOON: "in the afternoon"}


def _opening_of(day: date, call: Call) -> Opening:
    hours = call.hours
    starts, ends = (hours.starts, hours.ends) if hours else _HALF_DAYS[call.period]
    comments = [_COMMENTS[call.access], "" if hours else _PERIODS[call.period]]
    return Opening(
        datetime.combine(day, starts),
        datetime.combine(day, ends),
        "unknown" if call.is_tentative or hours is None else "open",
        ", ".join(one for one in comments if one),
    )
