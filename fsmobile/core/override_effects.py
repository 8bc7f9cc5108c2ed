"""What closures, a vehicle off the road and overrides do to the passages of one day."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from msgspec.structs import replace

from fsmobile.core.agencies import Vehicle
from fsmobile.core.ids import VehicleId
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.planned_passages import (
    Call,
    Change,
    PlannedPassage,
    PlannedStatus,
    openings_of,
)
from fsmobile.core.schedules import Closure
from fsmobile.core.spans import HalfDay

REASON_CLOSED = "fermeture"
REASON_OFF_THE_ROAD = "vehicule"

LOST_TO_HOLIDAY = Change(status=PlannedStatus.CANCELLED, reason="ferie")
"""A passage lost to a public holiday: hidden unless an override names it."""

OFF_THE_ROAD = Change(status=PlannedStatus.CANCELLED, reason=REASON_OFF_THE_ROAD)

Vehicles = Mapping[VehicleId, Vehicle]


def close(passage: PlannedPassage, closures: Iterable[Closure]) -> PlannedPassage:
    """Cancel a passage that falls in a closure of the whole service."""
    for closure in closures:
        if passage.original_date in closure.days and passage.change is not LOST_TO_HOLIDAY:
            change = Change(
                status=PlannedStatus.CANCELLED,
                reason=closure.reason or REASON_CLOSED,
                notice=closure.notice,
            )
            return passage._replace(change=change)
    return passage


def put_off_the_road(passage: PlannedPassage, vehicles: Vehicles) -> PlannedPassage:
    """Cancel a passage whose vehicle is declared unavailable."""
    if passage.is_cancelled or not _is_off_the_road(passage, vehicles):
        return passage
    return passage._replace(change=OFF_THE_ROAD)


def _is_off_the_road(passage: PlannedPassage, vehicles: Vehicles) -> bool:
    vehicle = vehicles.get(passage.vehicle_id) if passage.vehicle_id else None
    return vehicle is not None and vehicle.is_off_the_road(passage.original_date)


def apply_override(
    passages: Iterable[PlannedPassage], override: Override, vehicles: Vehicles
) -> list[PlannedPassage]:
    """Apply one override to the passages of its tour on its original date."""
    result: list[PlannedPassage] = []
    for _, group in groupby(passages, key=lambda one: (one.run_id, one.stop_id)):
        openings = list(group)
        aimed_at = [one for one in openings if is_aimed_at(override, one)]
        if not aimed_at:
            result += openings
            continue
        others = [one for one in openings if one not in aimed_at]
        changed = [_change(one, override, vehicles) for one in _with_hours(aimed_at, override)]
        result += _renumber(others + changed) if _gives_hours(override) else others + changed
    return result


def is_aimed_at(override: Override, passage: PlannedPassage) -> bool:
    """Tell whether an override's scope holds a passage of its tour and original date."""
    match override.scope:
        case WholeDay():
            return True
        case HalfDay() as half_day:
            return passage.period is half_day
        case stop_id:
            return passage.stop_id == stop_id


def _gives_hours(override: Override) -> bool:
    is_cancelling = override.action is OverrideAction.CANCEL
    return bool(override.spans or override.half_day) and not is_cancelling


def _with_hours(passages: list[PlannedPassage], override: Override) -> list[PlannedPassage]:
    """Replace the openings of a stop by those an override gives, if it gives any."""
    if not _gives_hours(override):
        return passages
    model = passages[0]
    calls = openings_of(model.call, override.spans, override.half_day)
    return [model._replace(call=call) for call in calls]


def _renumber(openings: list[PlannedPassage]) -> list[PlannedPassage]:
    ordered = sorted(openings, key=lambda one: one.call.order)
    return [one._replace(call=replace(one.call, span=rank)) for rank, one in enumerate(ordered)]


def _change(passage: PlannedPassage, override: Override, vehicles: Vehicles) -> PlannedPassage:
    """Apply the action, then the place, crew and vehicle that come with it."""
    before = passage.change
    if override.action is OverrideAction.CANCEL:
        return passage._replace(change=_told(before, override, PlannedStatus.CANCELLED, ()))
    passage = passage._replace(call=_amended(passage.call, override))
    changes = _changes_of(override)
    match override.action:
        case OverrideAction.MOVE if override.moved_to is not None:
            change = _told(before, override, PlannedStatus.MOVED, changes)
            return passage._replace(change=change, service_date=override.moved_to)
        case OverrideAction.KEEP:
            return passage._replace(change=_told(before, override, PlannedStatus.PLANNED, changes))
    if before is LOST_TO_HOLIDAY:
        return passage._replace(change=before)
    status = before.status
    if before is OFF_THE_ROAD and not _is_off_the_road(passage, vehicles):
        status = PlannedStatus.PLANNED
    return passage._replace(change=_told(before, override, status, changes))


def _told(
    before: Change,
    override: Override,
    status: PlannedStatus,
    changes: tuple[OverrideAction, ...],
) -> Change:
    """Tell what an override did, on top of what was told before."""
    keeps_reason = status is before.status
    return Change(
        status=status,
        reason=override.reason or (before.reason if keeps_reason else ""),
        notice=override.notice or (before.notice if keeps_reason else ""),
        changes=before.changes + changes,
        override_ids=(*before.override_ids, override.override_id),
    )


def _changes_of(override: Override) -> tuple[OverrideAction, ...]:
    given = {
        OverrideAction.KEEP: override.action is OverrideAction.KEEP,
        OverrideAction.PLACE: override.place_id is not None,
        OverrideAction.HOURS: _gives_hours(override),
        OverrideAction.CREW: override.crew is not None,
        OverrideAction.VEHICLE: override.vehicle_id is not None,
    }
    return tuple(action for action, is_given in given.items() if is_given)


def _amended(call: Call, override: Override) -> Call:
    return replace(
        call,
        place_id=override.place_id or call.place_id,
        vehicle_id=override.vehicle_id or call.vehicle_id,
        crew=call.crew if override.crew is None else override.crew,
        drive_minutes=(
            call.drive_minutes if override.drive_minutes is None else override.drive_minutes
        ),
    )


def add_passages(calls: Iterable[Call], override: Override) -> list[PlannedPassage]:
    """Make the passages that an `ajoute` adds, from the usual openings of its stop.

    Without a usual opening the override must give a place and hours; it adds nothing otherwise.
    """
    usual = list(calls)
    if not usual:
        return []
    openings = (
        openings_of(usual[0], override.spans, override.half_day)
        if _gives_hours(override)
        else tuple(usual)
    )
    change = Change(
        status=PlannedStatus.ADDED,
        reason=override.reason or "",
        notice=override.notice,
        override_ids=(override.override_id,),
    )
    day = override.original_date
    return [
        PlannedPassage(replace(_amended(call, override), run_id=None), day, day, change)
        for call in openings
    ]
