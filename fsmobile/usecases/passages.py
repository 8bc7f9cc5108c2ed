"""The day's passages: planned by the timetable, told by the facts; open, close, cancel, count."""

from datetime import date, time, timedelta

from msgspec import Struct

from fsmobile.core.agenda import Agenda, expand_agenda
from fsmobile.core.ids import PassageId, PlaceId, make_uuid7, parse_passage_id, unplanned_passage_id
from fsmobile.core.passages import (
    Passage,
    PassageFactUndone,
    PassageReason,
    PassageStatus,
    PassageTallied,
    Tally,
)
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.spans import HalfDay
from fsmobile.errors import InvalidInput, NotAllowed
from fsmobile.protocol import records
from fsmobile.protocol.records import PassageData
from fsmobile.protocol.scopes import unit_of_scope, unit_scope
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store import ops, queries
from fsmobile.usecases.desk import Desk, UndoStep

HORIZON_DAYS = 92
"""How far the next passage is looked for."""


class DayLine(Struct, frozen=True, kw_only=True):
    """One passage of a day: the plan and what really happened, side by side."""

    passage_id: PassageId
    place: Place | None
    """None when the timetable no longer knows it."""
    place_id: PlaceId
    openings: tuple[PlannedPassage, ...]
    """Its planned openings, in order; empty for an unplanned stop."""
    passage: Passage
    """Folded from the facts."""
    visits: int
    """Not counting cancelled ones."""
    people: int
    enquiries: int
    is_received: bool
    """A receipt covers every fact and visit made here."""

    @property
    def name(self) -> str:
        """Return what people call the place."""
        return self.place_id if self.place is None else self.place.name

    @property
    def insee_code(self) -> str | None:
        """Return the commune of the place."""
        return None if self.place is None else self.place.insee_code

    @property
    def starts(self) -> time | None:
        """Return the first planned opening; an unplanned stop starts when it opened."""
        if self.openings:
            return self.openings[0].starts
        return self.passage.opened_at

    @property
    def ends(self) -> time | None:
        """Return the last planned closing."""
        return self.openings[-1].ends if self.openings else None

    @property
    def period(self) -> HalfDay | None:
        """Return the half-day, for a stop announced without hours."""
        return self.openings[0].period if self.openings else None

    @property
    def is_planned(self) -> bool:
        """Tell whether the timetable planned it."""
        return bool(self.openings)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the bus does not come, by the timetable or by a fact of the bus."""
        if self.passage.status is PassageStatus.CANCELLED:
            return True
        planned_off = self.is_planned and all(one.is_cancelled for one in self.openings)
        return planned_off and self.passage.status is PassageStatus.EXPECTED

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is expected there."""
        return self.is_cancelled or self.passage.status in (
            PassageStatus.CLOSED,
            PassageStatus.CUT_SHORT,
        )


class DaySheet(Struct, frozen=True, kw_only=True):
    """Today's tour."""

    day: date
    lines: tuple[DayLine, ...]
    """By hour."""

    @property
    def open_line(self) -> DayLine | None:
        """Return the passage that is open, the latest opened if two are."""
        opened = [line for line in self.lines if line.passage.status is PassageStatus.OPEN]
        return max(opened, key=lambda line: line.passage.opened_at or time.min, default=None)

    @property
    def next_line(self) -> DayLine | None:
        """Return the first passage that is still expected."""
        for line in self.lines:
            if not line.is_over and line.passage.status is PassageStatus.EXPECTED:
                return line
        return None

    def line(self, passage_id: PassageId) -> DayLine | None:
        """Return the line of a passage."""
        return next((line for line in self.lines if line.passage_id == passage_id), None)


def plan(desk: Desk, first: date, last: date) -> Agenda:
    """Return what the timetable plans between two days, both included; empty without one."""
    if desk.tree is None:
        return Agenda(first=first, last=last, passages=())
    return expand_agenda(desk.tree, first, last, bundled=load_school_calendar())


def load_day(desk: Desk, day: date) -> DaySheet:
    """Return the passages of a day for this unit, planned or not, with their facts."""
    openings: dict[PassageId, list[PlannedPassage]] = {}
    for one in plan(desk, day, day).passages:
        # A stop whose vehicle nobody has said is everybody's.
        if one.unit in (None, desk.unit_id):
            openings.setdefault(one.passage_id, []).append(one)
    facts = queries.load_passages(desk.replica, day)
    passage_ids = [*openings, *(known for known in facts if known not in openings)]
    unproven = queries.list_unproven(desk.replica)
    lines = [
        _line(desk, passage_id, tuple(openings.get(passage_id, ())), unproven)
        for passage_id in passage_ids
    ]
    lines.sort(key=lambda line: (line.starts or _noon(line), line.passage_id))
    return DaySheet(day=day, lines=tuple(lines))


def next_day(desk: Desk, after: date, *, stops_min: int = 1) -> date | None:
    """Return the next day on which this unit has so many passages that are not cancelled."""
    agenda = plan(desk, after + timedelta(days=1), after + timedelta(days=HORIZON_DAYS))
    found: dict[date, set[PassageId]] = {}
    for one in agenda.passages:
        if one.unit in (None, desk.unit_id) and not one.is_cancelled:
            found.setdefault(one.service_date, set()).add(one.passage_id)
    return min((day for day, stops in found.items() if len(stops) >= stops_min), default=None)


def open_passage(desk: Desk, passage_id: PassageId) -> Passage:
    """Open the door at a passage, now; what was open elsewhere stays as it is."""
    data = PassageData(at=desk.minute())
    return record_passage(desk, records.PASSAGE_OPEN, passage_id, data, what="passage_opened")


def close_passage(
    desk: Desk,
    passage_id: PassageId,
    *,
    reason: PassageReason | None = None,
    at: time | None = None,
) -> Passage:
    """Close the door, now or at the hour that is told; with a reason, the passage was cut short.

    Zero visits is a result.

    Raises:
        InvalidInput: it was never opened, or later than that.
    """
    opened_at = queries.load_passage(desk.replica, passage_id).opened_at
    if opened_at is None:
        raise InvalidInput("passage_not_open", passage=passage_id)
    if at is not None and at < opened_at:
        told, opened = at.isoformat("minutes"), opened_at.isoformat("minutes")
        raise InvalidInput("closing_before_opening", at=told, opened=opened)
    data = PassageData(at=at or desk.minute(), reason=reason)
    return record_passage(desk, records.PASSAGE_CLOSE, passage_id, data, what="passage_closed")


def cancel_passage(desk: Desk, passage_id: PassageId, reason: PassageReason) -> Passage:
    """Say that the bus does not come, and why."""
    data = PassageData(reason=reason)
    return record_passage(desk, records.PASSAGE_CANCEL, passage_id, data, what="passage_cancelled")


def note_passage(desk: Desk, passage_id: PassageId, text: str) -> Passage:
    """Write down something about a passage.

    Raises:
        PersonalDataRefused: it holds a number that names a person.
    """
    refuse_forbidden_numbers(text, "note")
    data = PassageData(text=text)
    return record_passage(desk, records.PASSAGE_NOTE, passage_id, data, what="passage_noted")


def open_unplanned(desk: Desk, place_id: PlaceId) -> Passage:
    """Open a stop that no timetable planned."""
    token = make_uuid7(desk.replica.clock.now_ms(), desk.replica.chance.token(10))
    passage_id = unplanned_passage_id(desk.agency_id, place_id, desk.today(), token)
    return open_passage(desk, passage_id)


def tally_passage(
    desk: Desk,
    passage_id: PassageId,
    *,
    met: int = 0,
    sent_elsewhere: int = 0,
    turned_away: int = 0,
) -> Passage:
    """Add to this laptop's count of people at a passage; call it on a pause, not at each key."""
    counter = ops.list_writers(desk.replica)[-1].writer.hex()
    mine = _tally_of(desk, passage_id, counter)
    added = Tally(
        met=max(0, mine.met + met),
        sent_elsewhere=max(0, mine.sent_elsewhere + sent_elsewhere),
        turned_away=max(0, mine.turned_away + turned_away),
    )
    data = PassageData(tally=added, counter=counter)
    return record_passage(desk, records.PASSAGE_TALLY, passage_id, data, what="passage_tallied")


def list_places(desk: Desk) -> list[Place]:
    """Return the places where an unplanned stop can be, by name."""
    if desk.tree is None:
        return []
    return sorted(desk.tree.places.values(), key=lambda place: place.name)


def find_passage(desk: Desk, text: str, day: date, *, is_opening: bool = False) -> PassageId:
    """Return the passage of a day by its id, its stop or its place.

    One that is to be opened may also be opened where none is planned: a refusal says so.

    Raises:
        InvalidInput: none, or several.
    """
    sheet = load_day(desk, day)
    found = [
        line.passage_id
        for line in sheet.lines
        if text in (line.passage_id, line.place_id, parse_passage_id(line.passage_id).stop_id)
    ]
    if not found:
        _refuse_day_without_stop(desk, text, day, is_empty=not sheet.lines, is_opening=is_opening)
    if len(found) > 1:
        names = ", ".join(found)
        raise InvalidInput("passage_ambiguous", value=text, day=day.isoformat(), names=names)
    if not found:
        known = ", ".join(
            str(parse_passage_id(line.passage_id).stop_id or line.place_id) for line in sheet.lines
        )
        raise InvalidInput("passage_unknown", value=text, day=day.isoformat(), known=known)
    return found[0]


def _refuse_day_without_stop(
    desk: Desk, text: str, day: date, *, is_empty: bool, is_opening: bool
) -> None:
    """Say when a stop comes next, or when the bus does, if it is not there that day."""
    coming = [
        one
        for one in plan(desk, day + timedelta(days=1), day + timedelta(days=HORIZON_DAYS)).passages
        if one.unit in (None, desk.unit_id) and not one.is_cancelled
    ]
    there = [one.service_date for one in coming if text in (one.stop_id, one.place_id)]
    if there:
        on, after = day.isoformat(), min(there).isoformat()
        if is_opening:
            raise InvalidInput("stop_not_that_day", value=text, day=on, next_day=after)
        raise InvalidInput(
            "no_such_passage_that_day", value=text, day=on, next_day=after, on=on, next=after
        )
    if is_empty and coming:
        after = min(one.service_date for one in coming).isoformat()
        raise InvalidInput("no_stop_that_day", value=text, day=day.isoformat(), next=after)
    if is_empty:
        raise InvalidInput("no_stop_planned", value=text, day=day.isoformat())


def record_passage(
    desk: Desk, kind: str, passage_id: PassageId, data: PassageData, *, what: str
) -> Passage:
    """Record a fact of a passage, and how to take it back.

    Raises:
        NotAllowed: another bus is there; its laptops would never read it.
    """
    parse_passage_id(passage_id)
    if unit := other_bus_at(desk, passage_id):
        raise NotAllowed("of_another_bus", unit=unit)
    op = desk.record(kind, records.encode_passage(data), entity=passage_id)
    undo = desk.fact(kind, records.encode_passage(PassageData(undo=op.op_id)), entity=passage_id)
    desk.undo_steps.append(UndoStep(what=what, reverse=(undo,)))
    return queries.load_passage(desk.replica, passage_id)


def other_bus_at(desk: Desk, passage_id: PassageId) -> str:
    """Name the bus that told of a passage where this one was not and is not to go, or nothing.

    A coordinator reads the other buses. One that takes a tour over has it in its timetable.
    """
    scopes = ops.scopes_about(desk.replica, passage_id)
    if not scopes or unit_scope(desk.unit_id) in scopes:
        return ""
    day = parse_passage_id(passage_id).service_date
    for one in plan(desk, day, day).passages:
        if one.passage_id == passage_id and one.unit in (None, desk.unit_id):
            return ""
    return unit_of_scope(min(scopes))


def _line(
    desk: Desk,
    passage_id: PassageId,
    openings: tuple[PlannedPassage, ...],
    unproven: set[str],
) -> DayLine:
    name = parse_passage_id(passage_id)
    place_id = openings[0].place_id if openings else name.place_id or _last_place(desk, passage_id)
    rows = [
        row
        for row in queries.list_visits(desk.replica, passage_id=passage_id)
        if not row.state.is_void
    ]
    return DayLine(
        passage_id=passage_id,
        place_id=place_id,
        place=None if desk.tree is None else desk.tree.places.get(place_id),
        openings=openings,
        passage=queries.load_passage(desk.replica, passage_id),
        visits=len(rows),
        people=sum(row.state.visit.people for row in rows),
        enquiries=sum(len(row.state.visit.enquiries) for row in rows),
        is_received=passage_id not in unproven and all(row.is_received for row in rows),
    )


def _last_place(desk: Desk, passage_id: PassageId) -> PlaceId:
    """Name the place of a passage that the timetable of today no longer plans."""
    name = parse_passage_id(passage_id)
    tour = None if desk.tree is None or name.tour_id is None else desk.tree.tours.get(name.tour_id)
    if tour is not None:
        for version in reversed(tour.versions):
            for run in version.runs:
                for stop in run.stops:
                    if stop.stop_id == name.stop_id:
                        return stop.place_id
    return PlaceId(str(name.stop_id))


def _tally_of(desk: Desk, passage_id: PassageId, counter: str) -> Tally:
    facts = [line.record for line in queries.load_history(desk.replica, passage_id)]
    undone = {one.undone for one in facts if isinstance(one, PassageFactUndone)}
    mine = Tally()
    for one in facts:
        if isinstance(one, PassageTallied) and one.counter == counter and one.op_id not in undone:
            mine = mine.greatest(one.tally)
    return mine


def _noon(line: DayLine) -> time:
    return time(8) if line.period is HalfDay.MORNING else time(14)
