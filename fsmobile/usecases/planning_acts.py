"""What a coordinator does to a passage, as new texts of files: once, from a day on, or always."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from msgspec.structs import replace

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.documents import KeyPath, Value, value_at
from fsmobile.core.ids import StopId, TourId, VehicleId
from fsmobile.core.override_effects import is_aimed_at
from fsmobile.core.overrides import (
    Override,
    OverrideAction,
    OverrideReason,
    OverrideScope,
    WholeDay,
)
from fsmobile.core.plan_comparison import MOVED_DAYS_MAX
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.recurrence import HolidayRule, Recurrence
from fsmobile.core.schedules import Closure, ScheduleTree
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.core.tours import TourVersion
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_edits import (
    KeyChange,
    drop_overrides,
    put_closure,
    put_overrides,
    version_table,
)
from fsmobile.formats.schedule_recurrences import recurrence_keys
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.formats.schedule_writing import openings_value, override_id
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
    change_version,
    require_version,
    version_defaults,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told of a change: why, what the public reads, since when."""

    reason: OverrideReason | None = None
    notice: str = ""
    published_on: date | None = None


def wish(
    passage: PlannedPassage,
    action: OverrideAction,
    telling: Telling,
    scope: OverrideScope | None = None,
) -> Override:
    """Begin an exception for a passage, or for its whole day or half-day."""
    return day_wish(
        passage.tour_id, passage.original_date, scope or passage.stop_id, action, telling
    )


def day_wish(
    tour_id: TourId, day: date, scope: OverrideScope, action: OverrideAction, telling: Telling
) -> Override:
    """Begin an exception for a day of a tour."""
    return Override(
        override_id=override_id(day, tour_id, str(scope)),
        original_date=day,
        tour_id=tour_id,
        scope=scope,
        action=action,
        reason=telling.reason,
        notice=telling.notice,
        published_on=telling.published_on,
    )


def change_passage(
    sheets: Sheets, passage: PlannedPassage, wished: Override, reach: Reach
) -> Texts:
    """Change one passage, or its rule.

    Raises:
        InvalidInput: this change can only be made once.
        NotFound: the rule of the passage is not there.
    """
    if reach is Reach.ONCE:
        return _once(sheets, passage, wished)
    version = require_version(sheets.tree, passage)
    changes = _rule_changes(sheets, version, passage, wished)
    return change_version(sheets, version, changes, reach, passage.original_date)


def restore_passage(sheets: Sheets, passage: PlannedPassage) -> Texts:
    """Take back the exceptions that made a passage what it is.

    Raises:
        InvalidInput: no exception of its own did.
    """
    mine = [one for one in sheets.tree.overrides if one.override_id in passage.change.override_ids]
    if not mine:
        raise InvalidInput("nothing_to_restore")
    return dict(drop_overrides(sheets.files, mine))


def cancel_day(
    sheets: Sheets, passage: PlannedPassage, scope: OverrideScope, telling: Telling
) -> Texts:
    """Cancel the half-day or the day of a passage's tour, with what was said of its stops."""
    wished = wish(passage, OverrideAction.CANCEL, telling, scope)
    day = expand_agenda(
        sheets.tree, passage.service_date, passage.service_date, bundled=load_school_calendar()
    ).passages
    narrower = {
        override
        for one in day
        if one.tour_id == passage.tour_id and is_aimed_at(wished, one)
        for override in one.change.override_ids
    }
    # An added passage is no part of the planned day: it is taken back, not cancelled.
    gone = [
        one
        for one in sheets.tree.overrides
        if one.override_id in narrower and one.override_id != wished.override_id
    ]
    left = replace(sheets.tree, overrides=tuple(x for x in sheets.tree.overrides if x not in gone))
    return {**drop_overrides(sheets.files, gone), **put_overrides(sheets.files, left, [wished])}


def add_passage(
    sheets: Sheets,
    tour_id: TourId,
    stop_id: StopId,
    day: date,
    telling: Telling,
    made_up: PlannedPassage | None = None,
) -> Texts:
    """Add a passage of a stop on a day, at its usual hours; it may make up for a cancelled one.

    Raises:
        InvalidInput: the stop passes on that day already.
    """
    taken = expand_agenda(sheets.tree, day, day, bundled=load_school_calendar(), tour_ids={tour_id})
    if any(one.stop_id == stop_id for one in taken.passages):
        raise InvalidInput("stop_passes_already", value=stop_id)
    wished = day_wish(tour_id, day, stop_id, OverrideAction.ADD, telling)
    if made_up is not None and made_up.is_cancelled:
        name = override_id(made_up.original_date, tour_id, stop_id)
        if any(one.override_id == name for one in sheets.tree.overrides):
            wished = replace(wished, replaces=name)
    return put_overrides(sheets.files, sheets.tree, [wished])


def rewrite_notice(sheets: Sheets, passage: PlannedPassage, notice: str) -> Texts:
    """Give the exception of a passage another public notice.

    Raises:
        InvalidInput: the passage has no exception.
    """
    names = passage.change.override_ids
    mine = [one for one in sheets.tree.overrides if one.override_id in names]
    if not mine:
        raise InvalidInput("nothing_to_restore")
    return put_overrides(sheets.files, sheets.tree, [replace(mine[-1], notice=notice)])


def spare_faults(tree: ScheduleTree, vehicle: VehicleId, days: Sequence[date]) -> list[str]:
    """Say what a spare bus lacks on some days, as codes; nothing: it can go."""
    spare = tree.vehicles[vehicle]
    busy = {
        one.service_date
        for one in expand_agenda(tree, days[0], days[-1], bundled=load_school_calendar()).passages
        if one.vehicle_id == vehicle and not one.is_cancelled
    }
    faults = {
        "off_the_road": any(spare.is_off_the_road(day) for day in days),
        "busy": bool(busy & set(days)),
        "inspection_due": spare.inspection_on is not None and spare.inspection_on <= days[-1],
        "no_base": spare.base_id is None,
    }
    return [code for code, is_so in faults.items() if is_so]


def lend_vehicle(
    sheets: Sheets,
    passage: PlannedPassage,
    vehicle: VehicleId,
    days: Sequence[date],
    telling: Telling,
) -> Texts:
    """Put a spare bus in the place of a passage's own for some days, in every tour it serves.

    A tour that has a second bus on the road keeps it: then only the stops of the first change.
    """
    around = timedelta(days=MOVED_DAYS_MAX)
    planned = [
        one
        for one in _planned(sheets.tree, days[0] - around, days[-1] + around)
        if not one.is_cancelled
    ]
    served = [one for one in planned if one.service_date in days and _is_of_bus(one, passage)]
    wishes = []
    for tour_id, day in dict.fromkeys((one.tour_id, one.original_date) for one in served):
        of_day = [one for one in planned if (one.tour_id, one.original_date) == (tour_id, day)]
        scopes: list[OverrideScope] = [WholeDay.DAY]
        if not all(one in served for one in of_day):
            scopes = list(dict.fromkeys(one.stop_id for one in of_day if one in served))
        for scope in scopes:
            wished = day_wish(tour_id, day, scope, OverrideAction.VEHICLE, telling)
            wishes.append(replace(wished, vehicle_id=vehicle))
    return put_overrides(sheets.files, sheets.tree, wishes)


def served_days(tree: ScheduleTree, passage: PlannedPassage, first: date, last: date) -> list[date]:
    """List the days on which the bus of a passage is out; without a bus, its tour."""
    return sorted(
        {
            one.service_date
            for one in _planned(tree, first, last)
            if not one.is_cancelled and _is_of_bus(one, passage)
        }
    )


def _planned(tree: ScheduleTree, first: date, last: date) -> tuple[PlannedPassage, ...]:
    return expand_agenda(tree, first, last, bundled=load_school_calendar()).passages


def _is_of_bus(one: PlannedPassage, other: PlannedPassage) -> bool:
    """Tell whether two passages are served by one bus; without a bus, by one tour."""
    if other.vehicle_id is None:
        return one.vehicle_id is None and one.tour_id == other.tour_id
    return one.vehicle_id == other.vehicle_id


def swap_stops(
    sheets: Sheets,
    one: PlannedPassage,
    other: PlannedPassage,
    reach: Reach,
    tellings: tuple[Telling, Telling],
) -> Texts:
    """Let two stops of one day take each other's hours.

    Raises:
        InvalidInput: they are not two stops of one run.
    """
    if one.run_id is None or one.run_id != other.run_id or one.stop_id == other.stop_id:
        raise InvalidInput("not_two_stops_of_a_run")
    mine, theirs = _spans_of(sheets.tree, one), _spans_of(sheets.tree, other)
    if reach is Reach.ONCE:
        wishes = [
            replace(wish(passage, OverrideAction.HOURS, telling), spans=spans)
            for passage, telling, spans in zip((one, other), tellings, (theirs, mine), strict=True)
        ]
        return put_overrides(sheets.files, sheets.tree, wishes)
    version = require_version(sheets.tree, one)
    table = version_table(sheets.files, version)
    paths: list[KeyPath] = [
        ("sorties", one.run_id, "arrets", passage.stop_id, "ouvert") for passage in (one, other)
    ]
    values = [value_at(table, path) for path in paths]
    changes = [
        KeyChange(path=path, before=before, after=after)
        for path, before, after in zip(paths, values, reversed(values), strict=True)
    ]
    return change_version(sheets, version, changes, reach, one.original_date)


def close_service(sheets: Sheets, days: DateSpan, reason: str, notice: str) -> Texts:
    """Close the whole service for some days."""
    closure_id = f"du-{days.first.isoformat()}"
    closure = Closure(closure_id=closure_id, days=days, reason=reason, notice=notice)
    return dict(put_closure(sheets.files, closure))


def change_days(sheets: Sheets, passage: PlannedPassage, rule: Recurrence, reach: Reach) -> Texts:
    """Give the run of a passage another rule of days.

    Raises:
        InvalidInput: a rule is not for one day.
    """
    if reach is Reach.ONCE or passage.run_id is None:
        raise InvalidInput("rule_is_not_once")
    version = require_version(sheets.tree, passage)
    table = version_table(sheets.files, version)
    holidays, school = version_defaults(table)
    run: KeyPath = ("sorties", passage.run_id)
    changes = [
        KeyChange(path=(*run, key), before=value_at(table, (*run, key)), after=value)
        for key, value in recurrence_keys(rule, holidays, school).items()
    ]
    return change_version(sheets, version, changes, reach, passage.original_date)


def _once(sheets: Sheets, passage: PlannedPassage, wished: Override) -> Texts:
    """Say an exception; an added passage that moves is taken back and added elsewhere."""
    if passage.run_id is None and wished.action is OverrideAction.MOVE and wished.moved_to:
        (before,) = [x for x in sheets.tree.overrides if x.override_id == wished.override_id]
        moved = replace(
            before,
            override_id=override_id(wished.moved_to, wished.tour_id, str(wished.scope)),
            original_date=wished.moved_to,
            notice=wished.notice or before.notice,
            position=wished.position,
        )
        added = put_overrides(sheets.files, sheets.tree, [moved])
        return {**drop_overrides(sheets.files, [before]), **added}
    return put_overrides(sheets.files, sheets.tree, [wished])


def _rule_changes(
    sheets: Sheets, version: TourVersion, passage: PlannedPassage, wished: Override
) -> list[KeyChange]:
    table = version_table(sheets.files, version)
    run: KeyPath = ("sorties", passage.run_id or "")
    stop: KeyPath = (*run, "arrets", passage.stop_id)
    wanted: dict[KeyPath, Value] = {}
    match wished.action:
        case OverrideAction.CANCEL:
            wanted[stop] = None
        case OverrideAction.KEEP:
            wanted[*run, "feries"] = HolidayRule.SERVE.value
        case OverrideAction.MOVE:
            wanted[*run, "jours"] = _moved_weekday(table, run, passage, wished)
    if wished.place_id is not None:
        wanted[*stop, "lieu"] = wished.place_id
    if wished.spans or wished.half_day:
        wanted[*stop, "ouvert"] = openings_value(wished.spans, wished.half_day)
    if wished.crew is not None:
        wanted[*run, "equipage"] = list(wished.crew)
    if wished.vehicle_id is not None:
        wanted[*run, "vehicule"] = wished.vehicle_id
    return [
        KeyChange(path=path, before=value_at(table, path), after=value)
        for path, value in wanted.items()
    ]


def _moved_weekday(
    table: dict[str, Value] | object, run: KeyPath, passage: PlannedPassage, wished: Override
) -> str:
    """Return the weekday to which a whole run moves: one of the same week as its own.

    Raises:
        InvalidInput: the run has several weekdays, or the move leaves its week.
    """
    to, day = wished.moved_to, passage.original_date
    written = value_at(table, (*run, "jours")) if isinstance(table, dict) else None
    if to is None or written != WEEKDAYS[day.weekday()]:
        raise InvalidInput("move_is_once")
    if to.isocalendar()[:2] != day.isocalendar()[:2]:
        raise InvalidInput("move_is_once")
    return WEEKDAYS[to.weekday()]


def _spans_of(tree: ScheduleTree, passage: PlannedPassage) -> tuple[TimeSpan, ...]:
    """Return the openings of a stop on the day of a passage."""
    day = passage.service_date
    found = expand_agenda(
        tree, day, day, bundled=load_school_calendar(), tour_ids={passage.tour_id}
    )
    return tuple(
        one.call.hours
        for one in found.passages
        if one.passage_id == passage.passage_id and one.call.hours is not None
    )
