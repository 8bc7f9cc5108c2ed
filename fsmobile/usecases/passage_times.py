"""Planned against real at a stop: parked, driven away, late and why, a closing told afterwards."""

from datetime import date, time, timedelta

from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.passages import Passage, PassageReason, PassageStatus
from fsmobile.core.spans import minutes_of
from fsmobile.protocol import records
from fsmobile.protocol.records import PassageData
from fsmobile.store import queries
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import DayLine, load_day, other_bus_at, record_passage

LATE_MINUTES = 10
"""A passage that opens later than that is late, and somebody may say why."""
LEFT_OPEN_DAYS = 31
"""How long a closing that nobody has told is asked for."""


def arrive(desk: Desk, passage_id: PassageId) -> Passage:
    """Say that the bus is parked, now; the door is still shut."""
    data = PassageData(at=desk.minute())
    return record_passage(desk, records.PASSAGE_ARRIVE, passage_id, data, what="passage_arrived")


def leave(desk: Desk, passage_id: PassageId) -> Passage:
    """Say that the bus drives away, now."""
    data = PassageData(at=desk.minute())
    return record_passage(desk, records.PASSAGE_LEAVE, passage_id, data, what="passage_left")


def explain_delay(desk: Desk, passage_id: PassageId, reason: PassageReason) -> Passage:
    """Say why a passage opened late."""
    data = PassageData(reason=reason)
    return record_passage(desk, records.PASSAGE_DELAY, passage_id, data, what="passage_delayed")


def minutes_late(line: DayLine) -> int:
    """Return how late a passage opened; 0 in time, early, or without hours."""
    opened_at = line.passage.opened_at
    planned = line.openings[0].starts if line.openings else None
    if opened_at is None or planned is None:
        return 0
    late = minutes_of(opened_at) - minutes_of(planned)
    return late if late > LATE_MINUTES else 0


def list_left_open(desk: Desk, *, but: PassageId | None = None) -> list[DayLine]:
    """Return this bus's passages of the last weeks whose closing nobody told, the oldest first."""
    today = desk.today()
    found = queries.load_passages_between(
        desk.replica, today - timedelta(days=LEFT_OPEN_DAYS), today
    )
    left = {
        passage_id
        for passage_id, facts in found.items()
        if facts.status is PassageStatus.OPEN
        and passage_id != but
        and not other_bus_at(desk, passage_id)
    }
    days = sorted({parse_passage_id(passage_id).service_date for passage_id in left})
    lines = [line for day in days for line in load_day(desk, day).lines]
    return [line for line in lines if line.passage_id in left]


def day_of(line: DayLine) -> date:
    """Return the day on which a passage was held, after moves."""
    if line.openings:
        return line.openings[0].service_date
    return parse_passage_id(line.passage_id).service_date


def closing_hours(desk: Desk, line: DayLine) -> list[time]:
    """Return the hours at which a forgotten passage may have closed, the likeliest first."""
    opened_at = line.passage.opened_at or time.min
    hours = [line.ends] if line.ends is not None else []
    last = max(
        (
            row.state.visit.starts
            for row in queries.list_visits(desk.replica, passage_id=line.passage_id)
            if not row.state.is_void
        ),
        default=None,
    )
    if last is not None:
        hours.append(last)
    if day_of(line) == desk.today():
        hours = [hour for hour in hours if hour <= desk.minute()]
        hours.append(desk.minute())
    return list(dict.fromkeys(hour for hour in hours if hour >= opened_at))
