"""One change of a passage from its words: `annule`, `deplace`… with the notice ready-written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from fsmobile.core.ids import AgentId, PlaceId, StopId, TourId, VehicleId
from fsmobile.core.overrides import OverrideAction, OverrideReason, WholeDay
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.errors import NotFound
from fsmobile.texts.public_notices import (
    added_notice,
    cancelled_day_notice,
    cancelled_notice,
    elsewhere_notice,
    hours_notice,
    kept_notice,
    moved_notice,
)
from fsmobile.usecases.planning import Edit, Planning, apply_edit
from fsmobile.usecases.planning_acts import (
    Telling,
    add_passage,
    cancel_day,
    change_passage,
    day_wish,
)
from fsmobile.usecases.planning_calendar import load_days
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageChange:
    """What is asked of one passage, in the words of the files."""

    day: date
    tour_id: TourId
    scope: str
    """A stop, or `matin`, `apres-midi`, `journee` to cancel more than one."""
    action: OverrideAction
    reach: Reach = Reach.ONCE
    moved_to: date | None = None
    place_id: PlaceId | None = None
    spans: Sequence[TimeSpan] = ()
    crew: tuple[AgentId, ...] | None = None
    vehicle_id: VehicleId | None = None
    reason: OverrideReason | None = None
    notice: str | None = None
    """None: written by the program."""


def make_change(planning: Planning, asked: PassageChange) -> Edit:
    """Write one change into the working folder; `undo_edit` takes it back.

    Raises:
        NotFound: no such tour, or no such passage on that day.
        InvalidInput: the change cannot be made so, or changes nothing.
    """
    label = f"{asked.action.value} {asked.day.isoformat()}-{asked.tour_id}-{asked.scope}"
    return apply_edit(planning, label, _texts(planning, asked))


def _texts(planning: Planning, asked: PassageChange) -> Texts:
    sheets, tree = planning.sheets, planning.tree
    if asked.tour_id not in tree.tours:
        raise NotFound("tour", asked.tour_id)
    if asked.action is OverrideAction.ADD:
        return _added(sheets, asked, planning.desk.today())
    whole = asked.scope in (*HalfDay, *WholeDay)
    passage = find_passage(tree, asked.day, asked.tour_id, None if whole else asked.scope)
    telling = Telling(
        reason=asked.reason,
        notice=_notice(tree, passage, asked) if asked.notice is None else asked.notice,
        published_on=planning.desk.today(),
    )
    if whole and asked.action is OverrideAction.CANCEL:
        return cancel_day(sheets, passage, _scope(asked.scope), telling)
    wished = replace(
        day_wish(asked.tour_id, passage.original_date, _scope(asked.scope), asked.action, telling),
        moved_to=asked.moved_to,
        place_id=asked.place_id,
        spans=tuple(asked.spans),
        crew=asked.crew,
        vehicle_id=asked.vehicle_id,
    )
    return change_passage(sheets, passage, wished, asked.reach)


def find_passage(
    tree: ScheduleTree, day: date, tour_id: TourId, stop_id: str | None
) -> PlannedPassage:
    """Return a passage of a day, those that a public holiday takes away included.

    Raises:
        NotFound: none.
    """
    for line in load_days(tree, day, day)[day].lines:
        one = line.passage
        if one.tour_id == tour_id and stop_id in (None, one.stop_id):
            return one
    raise NotFound("passage", f"{day.isoformat()}-{tour_id}-{stop_id or WholeDay.DAY}")


def _added(sheets: Sheets, asked: PassageChange, today: date) -> Texts:
    place = asked.place_id or _usual_place(sheets.tree, asked)
    notice = asked.notice
    if notice is None:
        notice = added_notice(_commune(sheets.tree, place), asked.day, asked.spans, None)
    telling = Telling(reason=asked.reason, notice=notice, published_on=today)
    return add_passage(sheets, asked.tour_id, StopId(asked.scope), asked.day, telling)


def _usual_place(tree: ScheduleTree, asked: PassageChange) -> PlaceId:
    for version in reversed(tree.tours[asked.tour_id].versions):
        for run in version.runs:
            for stop in run.stops:
                if stop.stop_id == asked.scope:
                    return stop.place_id
    raise NotFound("stop", asked.scope)


def _notice(tree: ScheduleTree, passage: PlannedPassage, asked: PassageChange) -> str:
    """Write the notice of a change of one passage."""
    place, day = _commune(tree, passage.place_id), passage.original_date
    match asked.action:
        case OverrideAction.CANCEL if asked.scope in (*HalfDay, *WholeDay):
            scope = _scope(asked.scope)
            half = scope if isinstance(scope, HalfDay) else None
            version = tree.tours[asked.tour_id].version_on(day)
            name = asked.tour_id if version is None else version.name
            return cancelled_day_notice(day, half, name, asked.reason)
        case OverrideAction.CANCEL:
            return cancelled_notice(place, day, asked.reason)
        case OverrideAction.MOVE if asked.moved_to is not None:
            return moved_notice(place, day, asked.moved_to, asked.reason)
        case OverrideAction.PLACE if asked.place_id is not None:
            here, there = (_name(tree, one) for one in (passage.place_id, asked.place_id))
            return elsewhere_notice(here, there, day, asked.reason)
        case OverrideAction.HOURS:
            return hours_notice(place, day, asked.spans, asked.reason)
        case OverrideAction.KEEP:
            return kept_notice(place, day)
    return ""


def _scope(text: str) -> StopId | HalfDay | WholeDay:
    if text in list(HalfDay):
        return HalfDay(text)
    return WholeDay(text) if text in list(WholeDay) else StopId(text)


def _commune(tree: ScheduleTree, place_id: PlaceId) -> str:
    place = tree.places.get(place_id)
    return place_id if place is None else place.commune or place.name


def _name(tree: ScheduleTree, place_id: PlaceId) -> str:
    place = tree.places.get(place_id)
    return place_id if place is None else place.name
