"""The days of a plan as a coordinator looks at them: passages, holidays and what they take."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import public_holidays_between
from fsmobile.core.ids import VehicleId
from fsmobile.core.override_effects import LOST_TO_HOLIDAY
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_writing import override_id
from fsmobile.reference.holidays import load_school_calendar

LOOK_AHEAD_DAYS = 400
"""A stop that is served once a month has its twelve next passages within them."""


class DayLine(Struct, frozen=True, kw_only=True):
    """A stop on a day: all its openings."""

    openings: tuple[PlannedPassage, ...]
    """By hour, at least one."""

    @property
    def passage(self) -> PlannedPassage:
        """Return the first opening: what it says of the rest holds for all."""
        return self.openings[0]

    @property
    def is_lost(self) -> bool:
        """Tell whether a public holiday alone takes the passage away."""
        return self.passage.change is LOST_TO_HOLIDAY


class PlannedDay(Struct, frozen=True, kw_only=True):
    """One day of a plan."""

    day: date
    lines: tuple[DayLine, ...] = ()
    holiday: str = ""
    """Code of the public holiday, or empty."""
    is_school_holiday: bool = False


def load_days(
    tree: ScheduleTree, first: date, last: date, vehicle: VehicleId | None = None
) -> dict[date, PlannedDay]:
    """Lay out every day of a window, for every vehicle or for one."""
    calendar = load_school_calendar()
    agency = tree.agency
    holidays = public_holidays_between(first, last, agency.territory, agency.local_holidays)
    zone = calendar.replaced_by(tree.school_calendar).zone(agency.school_zone)
    passages = list(expand_agenda(tree, first, last, bundled=calendar).passages)
    for day in holidays:
        passages += _lost_on(tree, day, passages)
    by_day: defaultdict[date, list[PlannedPassage]] = defaultdict(list)
    for one in passages:
        if vehicle is None or one.vehicle_id == vehicle:
            by_day[one.service_date].append(one)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {
        day: PlannedDay(
            day=day,
            lines=_lines(by_day[day]),
            holiday=holidays.get(day, ""),
            is_school_holiday=zone is not None and day in zone,
        )
        for day in days
    }


def list_next_passages(
    tree: ScheduleTree, passage: PlannedPassage, count: int
) -> list[PlannedPassage]:
    """List the passages of a stop after one of them, on the days that exceptions give them."""
    first = passage.service_date + timedelta(days=1)
    agenda = expand_agenda(
        tree,
        first,
        first + timedelta(days=LOOK_AHEAD_DAYS),
        bundled=load_school_calendar(),
        tour_ids={passage.tour_id},
    )
    found = [one for one in agenda.passages if one.stop_id == passage.stop_id and not one.span]
    return found[:count]


def _lost_on(tree: ScheduleTree, day: date, planned: list[PlannedPassage]) -> list[PlannedPassage]:
    """List the passages that a public holiday takes away: those that `maintient` would bring."""
    taken = {one.override_id for one in tree.overrides}
    keeps: Mapping[str, Override] = {
        name: Override(
            override_id=name,
            original_date=day,
            tour_id=tour_id,
            scope=WholeDay.DAY,
            action=OverrideAction.KEEP,
        )
        for tour_id in tree.tours
        if (name := override_id(day, tour_id, WholeDay.DAY)) not in taken
    }
    served = replace(tree, overrides=(*tree.overrides, *keeps.values()))
    known = {one.passage_id for one in planned if one.original_date == day}
    found = expand_agenda(served, day, day, bundled=load_school_calendar()).passages
    return [
        one._replace(change=LOST_TO_HOLIDAY)
        for one in found
        if one.passage_id not in known and one.original_date == day
    ]


def _lines(passages: list[PlannedPassage]) -> tuple[DayLine, ...]:
    """Put the openings of one stop together, in the order of the first ones."""
    groups: dict[tuple[str, str | None], list[PlannedPassage]] = {}
    for one in sorted(passages, key=lambda one: one.call.order):
        groups.setdefault((one.passage_id, one.run_id), []).append(one)
    return tuple(DayLine(openings=tuple(group)) for group in groups.values())
