"""What a town hall may book: the next passages in its commune, and their free hours.

No name is asked for and none is kept: the person is given a reference. A booking becomes a fact of
the bus, which its laptops receive like any other (docs/decisions/0019).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.appointments import (
    Appointment,
    AppointmentFact,
    AppointmentState,
    Presence,
    find_double_bookings,
    fold_appointment,
    list_free_slots,
    reference_of,
)
from fsmobile.core.ids import AgentId, PassageId, ProcedureId, UnitId, unit_id
from fsmobile.core.local_time import to_local
from fsmobile.core.passages import PassageFact, PassageStatus, fold_passage
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import Access
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol import promise_records as kinds
from fsmobile.protocol import records
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.promise_records import PROMISE_READERS, PresenceData, encode_promise
from fsmobile.protocol.scopes import unit_scope
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.registry import schema
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.storage import Transaction
from fsmobile.registry.timetables import Timetable

SLOT_MINUTES = 30
HORIZON_DAYS = 92
PASSAGES_MAX = 8
"""Offered at once: four months of a monthly stop, two of a weekly one."""
_BOOKINGS = tuple(kind for kind in PROMISE_READERS if kind.startswith("appointment."))
_o = schema.op.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A coming passage in the commune, and its free hours."""

    passage_id: PassageId
    unit: UnitId
    day: date
    place: str
    starts: time
    ends: time
    slots: tuple[time, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An appointment in the commune that is still to come."""

    state: AppointmentState
    reference: str
    day: date
    place: str
    is_double: bool
    """An earlier appointment has the same hour."""
    is_ours: bool
    """This account booked it, and may cancel it."""
    is_passage_off: bool
    """The bus does not come: the person must be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """What the page of a town hall shows."""

    offers: tuple[Offer, ...]
    booked: tuple[Booked, ...]


def load_bookings(
    transaction: Transaction, timetable: Timetable, account: Account, now_ms: int
) -> Bookings:
    """Return what can be booked in the commune of an account, and what has been."""
    tree = timetable.tree
    if tree is None:
        return Bookings(offers=(), booked=())
    now = to_local(datetime.fromtimestamp(now_ms / 1000, tz=UTC), timetable.timezone)
    planned = [one for one in _plan(tree, now.date()) if _is_there(tree, one, account)]
    units = {one.passage_id: unit for one in planned if (unit := _unit(tree, one)) is not None}
    states, off = _read_facts(transaction, set(units.values()), units)
    offers = [
        _offer(tree, one, units[one.passage_id], states, now)
        for one in planned
        if one.passage_id in units and one.passage_id not in off and _is_open(one, now)
    ]
    return Bookings(
        offers=tuple(offers[:PASSAGES_MAX]),
        booked=tuple(_booked(tree, planned, states, off, account)),
    )


def book(
    book_of: OrderBook,
    timetable: Timetable,
    account: Account,
    *,
    passage_id: str,
    starts: time,
    procedure: ProcedureId | None,
    needs_transport: bool,
) -> str:
    """Book an hour that is still free, and return the id of the appointment.

    Raises:
        InvalidInput: the hour has been taken meanwhile, or is not offered to this account.
    """
    now_ms = book_of.clock.now_ms()
    offers = load_bookings(book_of.transaction, timetable, account, now_ms).offers
    offer = next((one for one in offers if one.passage_id == passage_id), None)
    if offer is None or starts not in offer.slots:
        raise InvalidInput("slot_not_free", at=starts.isoformat("minutes"))
    appointment = Appointment(
        passage_id=offer.passage_id,
        starts=starts,
        minutes=SLOT_MINUTES,
        procedure=procedure,
        needs_transport=needs_transport,
        day=offer.day,
    )
    op = book_of.write(
        kinds.APPOINTMENT_BOOK,
        unit_scope(offer.unit),
        encode_promise(appointment),
        agent_id=agent_of(account),
    )
    return op.op_id


def give_back(
    book_of: OrderBook, timetable: Timetable, account: Account, appointment_id: str
) -> None:
    """Cancel an appointment that this account booked: the person does not come.

    Raises:
        NotFound: no such appointment of this account is still to come.
    """
    now_ms = book_of.clock.now_ms()
    found = load_bookings(book_of.transaction, timetable, account, now_ms).booked
    one = next((one for one in found if one.state.appointment_id == appointment_id), None)
    if one is None or not one.is_ours:
        raise NotFound("appointment", appointment_id)
    rows = book_of.transaction.connection.execute(
        select(_o.scope, _o.body).where(_o.entity == appointment_id, _o.body.is_not(None))
    ).all()
    book_of.write(
        kinds.APPOINTMENT_CANCEL,
        str(rows[0].scope),
        encode_promise(PresenceData(presence=Presence.EXCUSED)),
        agent_id=agent_of(account),
        entity=appointment_id,
        after=max(read_op(row.body).hlc for row in rows),
    )


def agent_of(account: Account) -> AgentId:
    """Return the agent id that a town hall's facts carry."""
    return AgentId(f"mairie:{account.name}")


def _plan(tree: ScheduleTree, today: date) -> tuple[PlannedPassage, ...]:
    last = today + timedelta(days=HORIZON_DAYS)
    return expand_agenda(tree, today, last, bundled=load_school_calendar()).passages


def _is_there(tree: ScheduleTree, one: PlannedPassage, account: Account) -> bool:
    place = tree.places.get(one.place_id)
    return (
        place is not None
        and place.insee_code == account.commune
        and one.call.access is not Access.PRIVATE
    )


def _unit(tree: ScheduleTree, one: PlannedPassage) -> UnitId | None:
    """Return which bus comes: the only one, where the timetable does not say."""
    if one.unit is not None:
        return one.unit
    if len(tree.vehicles) != 1:
        return None
    return unit_id(tree.agency.agency_id, next(iter(tree.vehicles)))


def _is_open(one: PlannedPassage, now: datetime) -> bool:
    if one.is_cancelled or one.starts is None or one.ends is None:
        return False
    return one.service_date > now.date() or one.ends > now.time().replace(tzinfo=None)


def _read_facts(
    transaction: Transaction, units: set[UnitId], passages: Mapping[PassageId, UnitId]
) -> tuple[list[AppointmentState], set[PassageId]]:
    """Return the appointments of these buses, and those of these passages that are cancelled."""
    rows = transaction.connection.execute(
        select(_o.entity, _o.body).where(
            _o.scope.in_([unit_scope(unit) for unit in sorted(units)]),
            _o.kind.in_((*_BOOKINGS, records.PASSAGE_OPEN, records.PASSAGE_CANCEL)),
            _o.is_forwarded == 1,
            _o.body.is_not(None),
        )
    )
    appointments: dict[str, list[AppointmentFact]] = defaultdict(list)
    doors: dict[str, list[PassageFact]] = defaultdict(list)
    for entity, body in rows:
        try:
            fact = records.read_record(read_op(body))
        except ValueError:
            continue  # Judged when it came in; a rule that changed since must not stop the page.
        if isinstance(fact, AppointmentFact):
            appointments[entity].append(fact)
        elif isinstance(fact, PassageFact) and entity in passages:
            doors[entity].append(fact)
    states = [state for facts in appointments.values() if (state := fold_appointment(facts))]
    off = {
        PassageId(entity)
        for entity, facts in doors.items()
        if fold_passage(PassageId(entity), facts).status is PassageStatus.CANCELLED
    }
    return states, off


def _offer(
    tree: ScheduleTree,
    one: PlannedPassage,
    unit: UnitId,
    states: list[AppointmentState],
    now: datetime,
) -> Offer:
    assert one.starts is not None
    assert one.ends is not None
    there = [state for state in states if state.appointment.passage_id == one.passage_id]
    since = now.time().replace(tzinfo=None) if one.service_date == now.date() else time.min
    return Offer(
        passage_id=one.passage_id,
        unit=unit,
        day=one.service_date,
        place=tree.places[one.place_id].name,
        starts=one.starts,
        ends=one.ends,
        slots=tuple(
            list_free_slots(one.starts, one.ends, there, minutes=SLOT_MINUTES, since=since)
        ),
    )


def _booked(
    tree: ScheduleTree,
    planned: list[PlannedPassage],
    states: list[AppointmentState],
    off: set[PassageId],
    account: Account,
) -> list[Booked]:
    """Return the appointments in the commune that are on, by day and hour."""
    by_id = {one.passage_id: one for one in planned}
    double = find_double_bookings(states)
    found = []
    for state in states:
        passage = by_id.get(state.appointment.passage_id)
        is_ours = state.agent_id == agent_of(account)
        if passage is None or not state.is_on:
            continue
        found.append(
            Booked(
                state=state,
                reference=reference_of(state.appointment_id),
                day=passage.service_date,
                place=tree.places[passage.place_id].name,
                is_double=state.appointment_id in double,
                is_ours=is_ours,
                is_passage_off=passage.is_cancelled or passage.passage_id in off,
            )
        )
    return sorted(found, key=lambda one: (one.day, one.state.appointment.starts))
