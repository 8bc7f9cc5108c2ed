"""Agenda: versions, holidays, closures and overrides folded into planned passages."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import repeat
from operator import attrgetter, itemgetter

from msgspec.structs import replace

from fsmobile.core.holidays import SchoolCalendar, public_holidays_between
from fsmobile.core.ids import PlaceId, StopId, TourId, UnitId, VehicleId
from fsmobile.core.override_effects import (
    LOST_TO_HOLIDAY,
    add_passages,
    apply_override,
    close,
    put_off_the_road,
)
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.planned_passages import (
    UNCHANGED,
    Call,
    Change,
    PlannedPassage,
    calls_of,
)
from fsmobile.core.recurrence import DayTable, HolidayRule, expand_recurrence, narrow_days
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan, HalfDay
from fsmobile.core.tours import Run, Stop, Tour, TourVersion

service_date_of = itemgetter(1)
"""The day of a passage, for sorting and bisecting many of them."""


_new_passage: Callable[[tuple[Call, date, date, Change]], PlannedPassage] = partial(
    tuple.__new__, PlannedPassage
)
"""The last step of a named tuple's constructor, called directly: a third of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The planned passages of one structure between two days, both included."""

    first: date
    last: date
    passages: tuple[PlannedPassage, ...]
    """By day, then by hour; cancelled ones stay in."""

    def on(self, day: date, unit: UnitId | None = None) -> tuple[PlannedPassage, ...]:
        """Return the passages of one day, of every unit or of one."""
        low = bisect_left(self.passages, day, key=service_date_of)
        high = bisect_right(self.passages, day, key=service_date_of)
        return tuple(one for one in self.passages[low:high] if unit is None or one.unit == unit)


def expand_agenda(
    tree: ScheduleTree,
    first: date,
    last: date,
    *,
    bundled: SchoolCalendar,
    tour_ids: Set[TourId] | None = None,
) -> Agenda:
    """Compute the passages whose final date lies between two days, both included.

    `bundled` holds the school holidays the program ships; the tree's own zones replace them.
    Without `tour_ids`, every tour.
    """
    table = day_table(tree, first, last, bundled)
    plain: list[tuple[Call, list[date]]] = []
    changed: list[PlannedPassage] = []
    for tour in tree.tours.values():
        if tour_ids is not None and tour.tour_id not in tour_ids:
            continue
        expansion = _expand_tour(tree, tour, table)
        plain += expansion.plain
        changed += expansion.changed
        for day in _days_moved_in(expansion.overrides, first, last):
            # The original date is outside the window: one day's table is enough for it.
            alone = day_table(tree, day, day, bundled)
            changed += _expand_tour(tree, tour, alone).changed
    changed = [one for one in changed if first <= one.service_date <= last]
    return Agenda(first=first, last=last, passages=tuple(_in_order(plain, changed)))


def day_table(tree: ScheduleTree, first: date, last: date, bundled: SchoolCalendar) -> DayTable:
    """Lay out the days of a window under the calendars of a structure."""
    agency = tree.agency
    return DayTable(
        first,
        last,
        public_holidays_between(first, last, agency.territory, agency.local_holidays),
        bundled.replaced_by(tree.school_calendar).zone(agency.school_zone),
    )


def run_days(tour: Tour, version: TourVersion, run: Run, table: DayTable) -> list[date]:
    """List the days of a run while its version is in force, overrides and closures apart."""
    return days_in_force(expand_recurrence(run.recurrence, table), tour, version)


def stop_days(days: list[date], run: Run, stop: Stop, table: DayTable) -> list[date]:
    """List those of a run's days on which it serves one of its stops."""
    if stop.narrowing is None:
        return days
    return narrow_days(days, stop.narrowing, run.recurrence, table)


def days_in_force(days: list[date], tour: Tour, version: TourVersion) -> list[date]:
    """Keep the days, given in order, on which a version of a tour is the one in force."""
    low, high = bisect_left(days, version.valid_from), len(days)
    if version.valid_until is not None:
        high = bisect_right(days, version.valid_until)
    rank = tour.versions.index(version) + 1
    if rank < len(tour.versions):
        high = min(high, bisect_left(days, tour.versions[rank].valid_from))
    return days[low:high]


def _in_order(
    plain: list[tuple[Call, list[date]]], changed: list[PlannedPassage]
) -> list[PlannedPassage]:
    """Sort by day, then by hour.

    The few calls are sorted by hour, then the many passages by day alone; only the days that
    something changed are sorted again.
    """
    plain.sort(key=lambda pair: pair[0].order)
    passages: list[PlannedPassage] = []
    for call, days in plain:
        passages.extend(_make_passages(call, days))
    passages += changed
    passages.sort(key=service_date_of)
    for day in {one.service_date for one in changed}:
        low = bisect_left(passages, day, key=service_date_of)
        high = bisect_right(passages, day, key=service_date_of)
        passages[low:high] = sorted(passages[low:high], key=attrgetter("call.order"))
    return passages


def _make_passages(call: Call, days: list[date]) -> Iterable[PlannedPassage]:
    """Make the unchanged passages of a call in bulk, without a Python loop."""
    rows = zip(repeat(call), days, days, repeat(UNCHANGED), strict=False)
    return map(_new_passage, rows)


@dataclass(slots=True, kw_only=True)
class _Expansion:
    """The passages of one tour: those that nothing changes, and those of the days to look at."""

    overrides: list[Override]
    plain: list[tuple[Call, list[date]]] = field(default_factory=list)
    by_day: dict[date, list[PlannedPassage]] = field(default_factory=lambda: defaultdict(list))
    changed: list[PlannedPassage] = field(default_factory=list)


def _expand_tour(tree: ScheduleTree, tour: Tour, table: DayTable) -> _Expansion:
    expansion = _Expansion(overrides=_overrides_of(tree, tour.tour_id))
    days = {one.original_date for one in expansion.overrides}
    closed = _days_within((closure.days for closure in tree.closures), table)
    off_the_road = {
        vehicle.vehicle_id: days | closed | _days_within(vehicle.unavailable, table)
        for vehicle in tree.vehicles.values()
    }
    for version in tour.versions:
        for run in version.runs:
            special = off_the_road.get(run.vehicle_id or VehicleId(""), days | closed)
            _expand_run(tree, (tour, version, run), table, special, expansion)
    for day in sorted({*expansion.by_day, *days}):
        if table.first <= day <= table.last:
            expansion.changed += _fold_day(tree, tour, day, expansion)
    return expansion


def _expand_run(
    tree: ScheduleTree,
    where: tuple[Tour, TourVersion, Run],
    table: DayTable,
    special: Set[date],
    expansion: _Expansion,
) -> None:
    """Add the passages of one run, keeping apart the days that something may change."""
    tour, version, run = where
    days = run_days(tour, version, run, table)
    lost = _days_lost_to_holidays(where, table, special)
    for stop in run.stops:
        served = stop_days(days, run, stop, table)
        missed = stop_days(lost, run, stop, table)
        for call in calls_of(tree.agency.agency_id, tour.tour_id, run, stop):
            plain = [day for day in served if day not in special] if special else served
            expansion.plain.append((call, plain))
            for day in served if special else ():
                if day in special:
                    expansion.by_day[day].append(PlannedPassage(call, day, day))
            for day in missed:
                passage = PlannedPassage(call, day, day, LOST_TO_HOLIDAY)
                expansion.by_day[day].append(passage)


def _days_lost_to_holidays(
    where: tuple[Tour, TourVersion, Run], table: DayTable, special: Set[date]
) -> list[date]:
    """List the special days on which only a public holiday keeps a run from passing."""
    tour, version, run = where
    holidays = special & table.public_holidays
    if not holidays or run.recurrence.holidays is HolidayRule.SERVE:
        return []
    as_if = replace(run.recurrence, holidays=HolidayRule.SERVE, dates=())
    kept = [day for day in expand_recurrence(as_if, table) if day in holidays]
    return days_in_force([day for day in kept if day not in run.recurrence.dates], tour, version)


def _fold_day(
    tree: ScheduleTree, tour: Tour, day: date, expansion: _Expansion
) -> list[PlannedPassage]:
    """Apply to one day, in this order: closures, vehicle, overrides by scope, additions."""
    passages = [
        put_off_the_road(close(one, tree.closures), tree.vehicles)
        for one in expansion.by_day.get(day, ())
    ]
    overrides = [one for one in expansion.overrides if one.original_date == day]
    for override in overrides:
        if override.action is not OverrideAction.ADD:
            passages = apply_override(passages, override, tree.vehicles)
    kept = [one for one in passages if one.change is not LOST_TO_HOLIDAY]
    for override in overrides:
        if override.action is OverrideAction.ADD:
            kept += add_passages(_usual_calls(tree, tour, override), override)
    return kept


def _usual_calls(tree: ScheduleTree, tour: Tour, override: Override) -> tuple[Call, ...]:
    """Return the openings of a stop as the version in force plans them, or else the latest.

    A stop that no version knows has only the openings that the override itself gives.
    """
    in_force = tour.version_on(override.original_date)
    versions = [one for one in reversed(tour.versions) if one is not in_force]
    if in_force is not None:
        versions.insert(0, in_force)
    for version in versions:
        for run in version.runs:
            for stop in run.stops:
                if stop.stop_id == override.scope:
                    return calls_of(tree.agency.agency_id, tour.tour_id, run, stop)
    if override.place_id is None or not versions:
        return ()
    call = Call(
        agency_id=tree.agency.agency_id,
        tour_id=tour.tour_id,
        stop_id=StopId(override.scope),
        place_id=PlaceId(override.place_id),
        vehicle_id=versions[0].vehicle_id,
        crew=versions[0].crew,
        period=HalfDay.MORNING,
    )
    return (call,)


def _overrides_of(tree: ScheduleTree, tour_id: TourId) -> list[Override]:
    """Return the overrides of a tour, the widest scope first."""
    mine = [one for one in tree.overrides if one.tour_id == tour_id]
    return sorted(mine, key=lambda one: (_width(one), one.override_id))


def _width(override: Override) -> int:
    match override.scope:
        case WholeDay():
            return 0
        case HalfDay():
            return 1
    return 2


def _days_moved_in(overrides: Iterable[Override], first: date, last: date) -> list[date]:
    """List the original dates, outside the window, of what is moved into it."""
    return sorted(
        {
            one.original_date
            for one in overrides
            if one.moved_to is not None
            and first <= one.moved_to <= last
            and not first <= one.original_date <= last
        }
    )


def _days_within(spans: Iterable[DateSpan], table: DayTable) -> frozenset[date]:
    """List the days of the window that lie in one of the spans."""
    days: set[date] = set()
    for span in spans:
        low, high = bisect_left(table.days, span.first), bisect_right(table.days, span.last)
        days.update(table.days[low:high])
    return frozenset(days)
