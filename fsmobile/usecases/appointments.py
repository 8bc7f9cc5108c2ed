"""Appointments: book on the next passages of the timetable, move, call off, note who came."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.appointments import (
    Appointment,
    AppointmentChange,
    AppointmentState,
    Presence,
    check_appointment,
    compare_with_plan,
    find_double_bookings,
    list_free_slots,
)
from fsmobile.core.ids import AppointmentId, PassageId, PlaceId, parse_passage_id
from fsmobile.core.passages import PassageStatus
from fsmobile.core.plan_comparison import village_of
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.errors import InvalidInput
from fsmobile.protocol import promise_records as kinds
from fsmobile.protocol.promise_records import (
    MoveData,
    PresenceData,
    PromiseData,
    TellData,
    UndoData,
)
from fsmobile.store import promises
from fsmobile.store.queries import load_passages_between
from fsmobile.usecases.desk import Desk, UndoStep
from fsmobile.usecases.passages import HORIZON_DAYS, plan

SLOT_MINUTES = 30
NEXT_PASSAGES = 3
_OVER = (PassageStatus.CANCELLED, PassageStatus.CLOSED, PassageStatus.CUT_SHORT)
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
    changes: frozenset[AppointmentChange]
    """What the person must be told."""
    next_passages: tuple[PlannedPassage, ...] = ()
    """The next real passages in the same village, when the person must be told."""

    @property
    def is_passage_off(self) -> bool:
        """Tell whether the passage is cancelled or gone."""
        return AppointmentChange.OFF in self.changes


def book_appointment(desk: Desk, appointment: Appointment) -> AppointmentId:
    """Book an appointment; a slot that is taken already is flagged, never refused.

    Raises:
        InvalidInput: its length or its note is out of range.
        PersonalDataRefused: the note holds a number that names a person.
    """
    check_appointment(appointment)
    refuse_forbidden_numbers(appointment.note, "note")
    now = _plan_by_id(desk).get(appointment.passage_id)
    if now:
        appointment = replace(appointment, day=now[0].service_date, place_id=now[0].place_id)
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
    now = _plan_by_id(desk).get(passage_id)
    if now:
        data = replace(data, day=now[0].service_date, place_id=now[0].place_id)
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
    planned = _plan_by_id(desk)
    coming = coming_passages(desk)
    found = [_expected(desk, line, planned, coming) for line in lines]
    found.sort(key=lambda one: (one.day, one.line.state.appointment.starts))
    return found


def list_to_tell(desk: Desk) -> list[ExpectedAppointment]:
    """Return the appointments to come of which the person has to be told something."""
    return [one for one in list_expected(desk) if one.changes]


def tell_appointment(desk: Desk, appointment_id: AppointmentId) -> AppointmentState:
    """Note that the person knows on which day, and where, the passage now is.

    Raises:
        NotFound: no such appointment here.
        InvalidInput: the passage is off; the appointment is moved or called off instead.
    """
    state = promises.load_appointment(desk.replica, appointment_id)
    passage_id = state.appointment.passage_id
    openings = _plan_by_id(desk).get(passage_id, [])
    if not openings or openings[0].is_cancelled:
        raise InvalidInput("passage_is_off", value=passage_id)
    data = TellData(day=openings[0].service_date, place_id=openings[0].place_id)
    return _record(desk, kinds.APPOINTMENT_TELL, appointment_id, data, what="appointment_told")


def coming_passages(desk: Desk, *, place_id: PlaceId | None = None) -> list[PlannedPassage]:
    """Return this unit's next openings, at one place or everywhere, that can still be booked."""
    now = desk.now()
    agenda = plan(desk, now.date(), now.date() + timedelta(days=HORIZON_DAYS))
    facts = load_passages_between(desk.replica, agenda.first, agenda.last)
    over = {passage_id for passage_id, passage in facts.items() if passage.status in _OVER}
    return [
        one
        for one in agenda.passages
        if one.unit in (None, desk.unit_id)
        and not one.is_cancelled
        and place_id in (None, one.place_id)
        and one.passage_id not in over
        and not _is_past(one, now)
    ]


def free_slots(desk: Desk, passage: PlannedPassage, *, minutes: int = SLOT_MINUTES) -> list[time]:
    """Return the hours to come of a planned opening at which nobody is expected yet."""
    if passage.starts is None or passage.ends is None:
        return []
    lines = list_appointments(desk, passage_id=passage.passage_id)
    since = desk.minute() if passage.service_date == desk.today() else time.min
    states = [line.state for line in lines]
    return list_free_slots(passage.starts, passage.ends, states, minutes=minutes, since=since)


def _plan_by_id(desk: Desk) -> dict[PassageId, list[PlannedPassage]]:
    """Return the openings of each passage of the weeks that appointments are about."""
    today = desk.today()
    agenda = plan(desk, today - timedelta(days=LOOK_BACK), today + timedelta(days=HORIZON_DAYS))
    planned: dict[PassageId, list[PlannedPassage]] = {}
    for one in agenda.passages:
        planned.setdefault(one.passage_id, []).append(one)
    return planned


def _expected(
    desk: Desk,
    line: AppointmentLine,
    planned: Mapping[PassageId, Sequence[PlannedPassage]],
    coming: Sequence[PlannedPassage],
) -> ExpectedAppointment:
    """Set an appointment beside its passage as it is planned now."""
    appointment = line.state.appointment
    name = parse_passage_id(appointment.passage_id)
    openings = planned.get(appointment.passage_id, ())
    first = openings[0] if openings else None
    place_id = _place_now(desk, appointment) if first is None else first.place_id
    day = name.service_date if first is None else first.service_date
    changes: frozenset[AppointmentChange] = frozenset()
    # Nobody is told of what is over, nor of a stop that no timetable planned.
    if name.stop_id is not None and max(day, appointment.told_day) >= desk.today():
        changes = compare_with_plan(appointment, openings)
    there = [
        one
        for one in coming
        if changes and not one.span and _is_same_village(desk, one.place_id, place_id)
    ]
    return ExpectedAppointment(
        line=line,
        day=day,
        place_id=place_id,
        changes=changes,
        next_passages=tuple(there[:NEXT_PASSAGES]),
    )


def _place_now(desk: Desk, appointment: Appointment) -> PlaceId | None:
    """Return where a passage that is no longer planned was to be."""
    name = parse_passage_id(appointment.passage_id)
    if name.place_id is not None or appointment.place_id is not None:
        return name.place_id or appointment.place_id
    tour = None if desk.tree is None or name.tour_id is None else desk.tree.tours.get(name.tour_id)
    for version in () if tour is None else reversed(tour.versions):
        for run in version.runs:
            for stop in run.stops:
                if stop.stop_id == name.stop_id:
                    return stop.place_id
    return None


def _is_same_village(desk: Desk, one: PlaceId, other: PlaceId | None) -> bool:
    if desk.tree is None or other is None:
        return one == other
    return village_of(desk.tree, one).code == village_of(desk.tree, other).code


def _is_past(passage: PlannedPassage, now: datetime) -> bool:
    if passage.service_date != now.date() or passage.ends is None:
        return passage.service_date < now.date()
    return passage.ends <= now.time().replace(tzinfo=None)


def _record(
    desk: Desk, kind: str, appointment_id: AppointmentId, data: PromiseData, *, what: str
) -> AppointmentState:
    promises.load_appointment(desk.replica, appointment_id)
    op = desk.record_about(kind, kinds.encode_promise(data), appointment_id)
    _undo_later(desk, appointment_id, op.op_id, what=what)
    return promises.load_appointment(desk.replica, appointment_id)


def _undo_later(desk: Desk, appointment_id: str, op_id: str, *, what: str) -> None:
    data = kinds.encode_promise(UndoData(undo=op_id))
    undo = desk.fact(kinds.APPOINTMENT_UNDO, data, entity=appointment_id)
    desk.undo_steps.append(UndoStep(what=what, reverse=(undo,)))
