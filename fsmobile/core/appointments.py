"""Appointment on a passage of the timetable, folded from its facts; it names nobody."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.facts import Fact, FactUndone, standing_facts
from fsmobile.core.ids import (
    AgentId,
    AppointmentId,
    FollowUpId,
    PassageId,
    PlaceId,
    ProcedureId,
    parse_passage_id,
)
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.spans import minutes_of
from fsmobile.errors import InvalidInput

MINUTES_MAX = 480
NOTE_MAX = 200


class Presence(StrEnum):
    """Whether the person came: the five states of RDV Service Public."""

    UNKNOWN = "unknown"
    SEEN = "seen"
    EXCUSED = "excused"
    """The person called it off."""
    REVOKED = "revoked"
    """The service called it off."""
    NOSHOW = "noshow"


class AppointmentChange(StrEnum):
    """What about an appointment differs from what the person was told."""

    OFF = "off"
    """The passage is cancelled, or gone."""
    DAY = "day"
    PLACE = "place"
    HOURS = "hours"
    """The bus is not open at that hour."""


class Appointment(Struct, frozen=True, kw_only=True):
    """What was agreed on. The person's name, if one is kept, is in the follow-up."""

    passage_id: PassageId
    """Its name keeps the original date: the appointment moves with the passage."""
    starts: time
    minutes: int
    procedure: ProcedureId | None = None
    note: str = ""
    """What to bring."""
    needs_transport: bool = False
    """The person cannot come to the bus alone."""
    follow_up_id: FollowUpId | None = None
    day: date | None = None
    """The day that the person was told; None: that of the passage's name."""
    place_id: PlaceId | None = None
    """The place that the person was told; None: nobody knows which."""

    @property
    def told_day(self) -> date:
        """Return the day on which the person expects the bus."""
        return self.day or parse_passage_id(self.passage_id).service_date


class AppointmentBooked(Fact, frozen=True, kw_only=True):
    """Fact: an appointment was made."""

    appointment: Appointment


class AppointmentMoved(Fact, frozen=True, kw_only=True):
    """Fact: it is at another hour, or on another passage."""

    passage_id: PassageId
    starts: time
    day: date | None = None
    place_id: PlaceId | None = None


class AppointmentTold(Fact, frozen=True, kw_only=True):
    """Fact: the person was told on which day and where the passage is now; the hour stays."""

    day: date
    place_id: PlaceId | None = None


class AppointmentCancelled(Fact, frozen=True, kw_only=True):
    """Fact: it is called off, by the person (`excused`) or by the service (`revoked`)."""

    by: Presence


class AppointmentAttended(Fact, frozen=True, kw_only=True):
    """Fact: whether the person came."""

    presence: Presence


class AppointmentFactUndone(FactUndone, frozen=True, kw_only=True):
    """Fact: an earlier fact of the appointment is withdrawn."""


AppointmentFact = (
    AppointmentBooked
    | AppointmentMoved
    | AppointmentTold
    | AppointmentCancelled
    | AppointmentAttended
    | AppointmentFactUndone
)


class AppointmentState(Struct, frozen=True, kw_only=True):
    """An appointment as all its known facts leave it."""

    appointment_id: AppointmentId
    appointment: Appointment
    agent_id: AgentId
    """Who booked it."""
    placed_at: str
    """Hybrid clock of the fact that gave it its slot: who came first."""
    presence: Presence = Presence.UNKNOWN
    moves: int = 0

    @property
    def is_on(self) -> bool:
        """Tell whether the person is still expected, or came."""
        return self.presence in (Presence.UNKNOWN, Presence.SEEN)


def fold_appointment(facts: Iterable[AppointmentFact]) -> AppointmentState | None:
    """Fold the facts of one appointment, in (hlc, op_id) order whatever order they came in.

    Returns None while the booking has not arrived, or once it was withdrawn.
    """
    valid = standing_facts(facts)
    booked = next((fact for fact in valid if isinstance(fact, AppointmentBooked)), None)
    if booked is None:
        return None
    state = AppointmentState(
        appointment_id=AppointmentId(booked.op_id),
        appointment=booked.appointment,
        agent_id=booked.agent_id,
        placed_at=booked.hlc,
    )
    for fact in valid:
        state = _after(state, fact)
    return state


def _after(state: AppointmentState, fact: AppointmentFact) -> AppointmentState:
    """Return an appointment as one more fact leaves it."""
    match fact:
        case AppointmentMoved():
            moved = replace(
                state.appointment,
                passage_id=fact.passage_id,
                starts=fact.starts,
                day=fact.day,
                place_id=fact.place_id,
            )
            return replace(
                state,
                appointment=moved,
                placed_at=fact.hlc,
                presence=Presence.UNKNOWN,
                moves=state.moves + 1,
            )
        case AppointmentTold():
            told = replace(state.appointment, day=fact.day, place_id=fact.place_id)
            return replace(state, appointment=told)
        case AppointmentCancelled():
            return replace(state, presence=fact.by)
        case AppointmentAttended():
            return replace(state, presence=fact.presence)
        case AppointmentBooked() | AppointmentFactUndone():
            return state


def compare_with_plan(
    appointment: Appointment, openings: Sequence[PlannedPassage]
) -> frozenset[AppointmentChange]:
    """Return what the person has to be told, given the present openings of the passage."""
    if not openings or openings[0].is_cancelled:
        return frozenset((AppointmentChange.OFF,))
    one = openings[0]
    spans = [opening.call.hours for opening in openings if opening.call.hours is not None]
    is_open = any(span.starts <= appointment.starts < span.ends for span in spans)
    found = {
        AppointmentChange.DAY: one.service_date != appointment.told_day,
        AppointmentChange.PLACE: appointment.place_id not in (None, one.place_id),
        AppointmentChange.HOURS: bool(spans) and not is_open,
    }
    return frozenset(change for change, is_so in found.items() if is_so)


def find_double_bookings(
    states: Iterable[AppointmentState], *, counters: int = 1
) -> set[AppointmentId]:
    """Return the appointments that overlap at least `counters` earlier ones of their passage.

    Both stand, whichever laptops took them: the later one is flagged for a person.
    """
    flagged: set[AppointmentId] = set()
    placed: dict[PassageId, list[AppointmentState]] = {}
    for state in sorted(states, key=lambda one: (one.placed_at, one.appointment_id)):
        if not state.is_on:
            continue
        earlier = placed.setdefault(state.appointment.passage_id, [])
        if sum(_overlap(state, other) for other in earlier) >= counters:
            flagged.add(state.appointment_id)
        earlier.append(state)
    return flagged


def list_free_slots(
    starts: time,
    ends: time,
    states: Iterable[AppointmentState],
    *,
    minutes: int,
    since: time = time.min,
) -> list[time]:
    """Return the hours of an opening, from one on, at which nobody is expected yet."""
    taken = [
        (minutes_of(one.starts), minutes_of(one.starts) + one.minutes)
        for one in (state.appointment for state in states if state.is_on)
    ]
    first, last = minutes_of(starts), minutes_of(ends) - minutes
    return [
        time(at // 60, at % 60)
        for at in range(first, last + 1, minutes)
        if at >= minutes_of(since)
        and all(at >= end or at + minutes <= begin for begin, end in taken)
    ]


def reference_of(appointment_id: AppointmentId) -> str:
    """Return the reference that a person is given instead of a name."""
    return appointment_id[-6:].upper()


def check_appointment(appointment: Appointment) -> Appointment:
    """Return the appointment if it may be booked.

    Raises:
        InvalidInput: its length or its note is out of range.
    """
    if not 1 <= appointment.minutes <= MINUTES_MAX:
        raise InvalidInput(
            "appointment_length_out_of_range", value=appointment.minutes, maximum=MINUTES_MAX
        )
    if len(appointment.note) > NOTE_MAX:
        raise InvalidInput("note_too_long", length=len(appointment.note), maximum=NOTE_MAX)
    return appointment


def _overlap(one: AppointmentState, other: AppointmentState) -> bool:
    a, b = one.appointment, other.appointment
    return (
        minutes_of(a.starts) < minutes_of(b.starts) + b.minutes
        and minutes_of(b.starts) < minutes_of(a.starts) + a.minutes
    )
