"""Follow-ups: promise, take a step, name with consent, close; what waits here and anywhere."""

from datetime import date

from msgspec import Struct, field

from fsmobile.core.follow_ups import (
    FollowUp,
    FollowUpState,
    NamedPart,
    Usefulness,
    check_follow_up,
    check_named_part,
    count_reminders,
)
from fsmobile.core.holidays import Territory, public_holidays_between
from fsmobile.core.ids import FollowUpId, PlaceId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.working_days import count_working_days
from fsmobile.errors import NotAllowed
from fsmobile.protocol import promise_records as kinds
from fsmobile.protocol.promise_records import CloseData, PromiseData, StepData, UndoData
from fsmobile.store import ops, promises
from fsmobile.store.ops import NewOp
from fsmobile.usecases.appointments import coming_passages
from fsmobile.usecases.desk import Desk, UndoStep
from fsmobile.usecases.silence import are_names_locked, hide_name, refuse_locked_names


class FollowUpLine(Struct, frozen=True, kw_only=True):
    """A follow-up as a list shows it."""

    state: FollowUpState
    due: date | None
    """Its date, or that of the next passage at its place; None when the timetable has none."""
    next_passage: PlannedPassage | None
    """When the bus is at its place again."""
    is_here: bool
    """Promised for the place that was asked about."""
    is_late: bool
    reminders: int
    """How often the referral ought to have been chased: after 3, then 15 working days."""
    is_received: bool


class OpenFollowUps(Struct, frozen=True, kw_only=True):
    """What is still to be done, the most urgent first."""

    lines: tuple[FollowUpLine, ...] = field(default_factory=tuple)

    @property
    def late(self) -> int:
        """Return how many are past their date."""
        return sum(line.is_late for line in self.lines)


def open_follow_up(desk: Desk, follow_up: FollowUp, named: NamedPart | None = None) -> FollowUpId:
    """Record a promise and, with the person's consent, who it is about: both or neither.

    Raises:
        InvalidInput: with every fault found.
        PersonalDataRefused: a text holds a number that names a person.
        NotAllowed: a name was given, and this laptop's store is not encrypted.
    """
    check_follow_up(follow_up)
    refuse_forbidden_numbers(follow_up.task, "task")
    if follow_up.referral is not None:
        refuse_forbidden_numbers(follow_up.referral.reference, "reference")
    acts = [desk.fact(kinds.FOLLOW_UP_OPEN, kinds.encode_promise(follow_up))]
    if named is not None:
        acts.append(_naming(desk, named, entity=None))
    opened = ops.append_all(desk.replica, acts)[0]
    _undo_later(desk, opened.op_id, opened.op_id, what="follow_up_opened")
    return FollowUpId(opened.op_id)


def name_person(desk: Desk, follow_up_id: FollowUpId, named: NamedPart) -> FollowUpState:
    """Keep who a follow-up is about, with their consent, until a date.

    Raises:
        InvalidInput, PersonalDataRefused, NotAllowed: as for `open_follow_up`.
        NotFound: no such follow-up here.
    """
    promises.load_follow_up(desk.replica, follow_up_id)
    desk.refuse_of_another_bus(follow_up_id)
    op = ops.append(desk.replica, _naming(desk, named, entity=follow_up_id))
    _undo_later(desk, follow_up_id, op.op_id, what="follow_up_named")
    return promises.load_follow_up(desk.replica, follow_up_id)


def take_step(
    desk: Desk,
    follow_up_id: FollowUpId,
    text: str = "",
    *,
    due: date | None = None,
    task: str = "",
) -> FollowUpState:
    """Write down what was done or learnt, and what comes next; reopens what was closed.

    Raises:
        PersonalDataRefused: a text holds a number that names a person.
        NotFound: no such follow-up here.
    """
    refuse_forbidden_numbers(text, "note")
    refuse_forbidden_numbers(task, "task")
    data = StepData(on=desk.today(), text=text, due=due, task=task)
    return _record(desk, kinds.FOLLOW_UP_STEP, follow_up_id, data, what="follow_up_stepped")


def close_follow_up(
    desk: Desk,
    follow_up_id: FollowUpId,
    *,
    is_done: bool = True,
    usefulness: Usefulness = Usefulness.UNKNOWN,
) -> FollowUpState:
    """Say that a follow-up is done, or given up.

    Raises:
        NotFound: no such follow-up here.
    """
    data = CloseData(on=desk.today(), is_done=is_done, usefulness=usefulness)
    return _record(desk, kinds.FOLLOW_UP_CLOSE, follow_up_id, data, what="follow_up_closed")


def list_open(desk: Desk, *, at: PlaceId | None = None) -> OpenFollowUps:
    """Return every open follow-up of the unit; those of a place first when one is named.

    All are listed wherever the bus is: people follow it from village to village.
    """
    today = desk.today()
    rows = promises.list_open_follow_ups(desk.replica)
    if are_names_locked(desk):
        rows = [(hide_name(state), received) for state, received in rows]
    coming = coming_passages(desk) if rows else []
    lines = [
        _line(desk, state, _next_there(state.follow_up, coming), today, at, is_received=received)
        for state, received in rows
    ]
    lines.sort(key=lambda one: (not one.is_here, one.due or date.max, one.state.follow_up_id))
    return OpenFollowUps(lines=tuple(lines))


def load_follow_up(desk: Desk, follow_up_id: FollowUpId) -> FollowUpState:
    """Return one follow-up.

    Raises:
        NotFound: no such follow-up here.
    """
    state = promises.load_follow_up(desk.replica, follow_up_id)
    return hide_name(state) if are_names_locked(desk) else state


def _line(
    desk: Desk,
    state: FollowUpState,
    passage: PlannedPassage | None,
    today: date,
    at: PlaceId | None,
    *,
    is_received: bool,
) -> FollowUpLine:
    promised = state.follow_up.due
    due = promised or (None if passage is None else passage.service_date)
    silent = count_working_days(state.touched_on, today, _holidays(desk, state.touched_on, today))
    return FollowUpLine(
        state=state,
        due=due,
        next_passage=passage,
        is_here=at is not None and state.follow_up.place_id == at,
        is_late=promised is not None and promised < today,
        reminders=count_reminders(state, silent),
        is_received=is_received,
    )


def _next_there(follow_up: FollowUp, coming: list[PlannedPassage]) -> PlannedPassage | None:
    """Return the next passage at the place of a promise: not the one at which it was made."""
    return next(
        (
            one
            for one in coming
            if one.place_id == follow_up.place_id and one.service_date > follow_up.opened_on
        ),
        None,
    )


def _holidays(desk: Desk, first: date, last: date) -> dict[date, str]:
    if desk.tree is None:
        return public_holidays_between(first, last, Territory.METROPOLE)
    agency = desk.tree.agency
    return public_holidays_between(first, last, agency.territory, agency.local_holidays)


def _naming(desk: Desk, named: NamedPart, *, entity: FollowUpId | None) -> NewOp:
    if not desk.keeps_names:
        raise NotAllowed("names_need_a_locked_store")
    refuse_locked_names(desk)
    check_named_part(named, desk.today())
    for text in (named.name, named.contact):
        refuse_forbidden_numbers(text, "name")
    data = kinds.encode_promise(named)
    return desk.fact(kinds.FOLLOW_UP_NAME, data, entity=entity, is_of_first=entity is None)


def _record(
    desk: Desk, kind: str, follow_up_id: FollowUpId, data: PromiseData, *, what: str
) -> FollowUpState:
    promises.load_follow_up(desk.replica, follow_up_id)
    op = desk.record_about(kind, kinds.encode_promise(data), follow_up_id)
    _undo_later(desk, follow_up_id, op.op_id, what=what)
    return promises.load_follow_up(desk.replica, follow_up_id)


def _undo_later(desk: Desk, follow_up_id: str, op_id: str, *, what: str) -> None:
    data = kinds.encode_promise(UndoData(undo=op_id))
    undo = desk.fact(kinds.FOLLOW_UP_UNDO, data, entity=follow_up_id)
    desk.undo_steps.append(UndoStep(what=what, reverse=(undo,)))
