"""Appointments: book on the next passages of the timetable, move, call off, note who came."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from fsmobile.core.appointments import (
    Appointment,
    AppointmentState,
    Presence,
    check_appointment,
    find_double_bookings,
)
from fsmobile.core.ids import AppointmentId, PassageId, PlaceId, parse_passage_id
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.spans import minutes_of
from fsmobile.protocol import promise_records as kinds
from fsmobile.protocol.promise_records import MoveData, PresenceData, PromiseData, UndoData
from fsmobile.store import promises
from fsmobile.usecases.desk import Desk, UndoStep
from fsmobile.usecases.passages import HORIZON_DAYS, plan

SLOT_MINUTES = 30
LOOK_BACK = 30
"""Days after which an appointment that nobody told of is no longer matched with a passage."""


class AppointmentLine(Struct, frozen=True, kw_only=True):
    """An appointment as a list shows it."""

    state: AppointmentState
    is_double: bool
    """Another one was given the same slot earlier; both stand."""
    is_received: bool
    """A receipt covers every fact of it made on this laptop."""


class ExpectedAppointment(Struct, frozen=True, kw_only=True):
    """An appointment that nobody has come to yet, on the day its passage now has."""

    line: AppointmentLine
    day: date
    """The day of the timetable; that of the passage's name when the timetable has lost it."""
    place_id: PlaceId | None
    is_passage_off: bool
    """The passage is cancelled or gone: the person must be told."""


def book_appointment(desk: Desk, appointment: Appointment) -> AppointmentId:
    """Book an appointment; a slot that is taken already is flagged, never refused.

    Raises:
        InvalidInput: its length or its note is out of range.
        PersonalDataRefused: the note holds a number that names a person.
    """
    check_appointment(appointment)
    refuse_forbidden_numbers(appointment.note, "note")
    op = desk.record(kinds.APPOINTMENT_BOOK, kinds.encode_promise(appointment))
    _undo_later(desk, op.op_id, op.op_id, what="appointment_booked")
    return AppointmentId(op.op_id)


def move_appointment(
    desk: Desk, appointment_id: AppointmentId, passage_id: PassageId, starts: time
) -> AppointmentState:
    """Give an appointment another hour, or another passage.

    Raises:
        NotFound: no such appointment here.
    """
    data = MoveData(passage_id=passage_id, starts=starts)
    return _record(desk, kinds.APPOINTMENT_MOVE, appointment_id, data, what="appointment_moved")


def cancel_appointment(
    desk: Desk, appointment_id: AppointmentId, *, by_the_service: bool = False
) -> AppointmentState:
    """Call an appointment off, for the person or for the service.

    Raises:
        NotFound: no such appointment here.
    """
    data = PresenceData(presence=Presence.REVOKED if by_the_service else Presence.EXCUSED)
    return _record(
        desk, kinds.APPOINTMENT_CANCEL, appointment_id, data, what="appointment_cancelled"
    )


def note_presence(
    desk: Desk, appointment_id: AppointmentId, presence: Presence
) -> AppointmentState:
    """Say whether the person came.

    Raises:
        NotFound: no such appointment here.
    """
    data = PresenceData(presence=presence)
    return _record(
        desk, kinds.APPOINTMENT_PRESENCE, appointment_id, data, what="appointment_attended"
    )


def list_appointments(
    desk: Desk, *, passage_id: PassageId | None = None, day: date | None = None
) -> list[AppointmentLine]:
    """Return the appointments of a passage or of a day, by passage and hour, called-off ones too.

    The day is that of the passage in the timetable before any move.
    """
    rows = promises.list_appointments(desk.replica, passage_id=passage_id, day=day)
    double = find_double_bookings([state for state, _ in rows])
    return [
        AppointmentLine(
            state=state, is_double=state.appointment_id in double, is_received=is_received
        )
        for state, is_received in rows
    ]


def list_expected(desk: Desk) -> list[ExpectedAppointment]:
    """Return the appointments still to come or never told, by day and hour."""
    lines = [line for line in list_appointments(desk) if line.state.presence is Presence.UNKNOWN]
    if not lines:
        return []
    today = desk.today()
    agenda = plan(desk, today - timedelta(days=LOOK_BACK), today + timedelta(days=HORIZON_DAYS))
    planned = {one.passage_id: one for one in agenda.passages}
    found = []
    for line in lines:
        passage_id = line.state.appointment.passage_id
        passage = planned.get(passage_id)
        name = parse_passage_id(passage_id)
        found.append(
            ExpectedAppointment(
                line=line,
                day=name.service_date if passage is None else passage.service_date,
                place_id=name.place_id if passage is None else passage.place_id,
                is_passage_off=passage is None or passage.is_cancelled,
            )
        )
    found.sort(key=lambda one: (one.day, one.line.state.appointment.starts))
    return found


def coming_passages(desk: Desk, *, place_id: PlaceId | None = None) -> list[PlannedPassage]:
    """Return this unit's next openings, at one place or everywhere, that can still be booked."""
    now = desk.now()
    agenda = plan(desk, now.date(), now.date() + timedelta(days=HORIZON_DAYS))
    return [
        one
        for one in agenda.passages
        if one.unit in (None, desk.unit_id)
        and not one.is_cancelled
        and place_id in (None, one.place_id)
        and not _is_past(one, now)
    ]


def free_slots(desk: Desk, passage: PlannedPassage, *, minutes: int = SLOT_MINUTES) -> list[time]:
    """Return the hours to come of a planned opening at which nobody is expected yet."""
    if passage.starts is None or passage.ends is None:
        return []
    taken = [
        (minutes_of(one.starts), minutes_of(one.starts) + one.minutes)
        for line in list_appointments(desk, passage_id=passage.passage_id)
        if line.state.is_on
        for one in (line.state.appointment,)
    ]
    first, last = minutes_of(passage.starts), minutes_of(passage.ends) - minutes
    now = desk.now()
    passed = minutes_of(now.time()) if passage.service_date == now.date() else 0
    return [
        time(start // 60, start % 60)
        for start in range(first, last + 1, minutes)
        if start >= passed
        and all(start >= ends or start + minutes <= starts for starts, ends in taken)
    ]


def _is_past(passage: PlannedPassage, now: datetime) -> bool:
    if passage.service_date != now.date() or passage.ends is None:
        return passage.service_date < now.date()
    return passage.ends <= now.time().replace(tzinfo=None)


def _record(
    desk: Desk, kind: str, appointment_id: AppointmentId, data: PromiseData, *, what: str
) -> AppointmentState:
    promises.load_appointment(desk.replica, appointment_id)
    op = desk.record(kind, kinds.encode_promise(data), entity=appointment_id)
    _undo_later(desk, appointment_id, op.op_id, what=what)
    return promises.load_appointment(desk.replica, appointment_id)


def _undo_later(desk: Desk, appointment_id: str, op_id: str, *, what: str) -> None:
    data = kinds.encode_promise(UndoData(undo=op_id))
    undo = desk.fact(kinds.APPOINTMENT_UNDO, data, entity=appointment_id)
    desk.undo_steps.append(UndoStep(what=what, reverse=(undo,)))
