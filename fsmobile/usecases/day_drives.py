"""The drives of a day: which leg breaks and by how many minutes, and a better order of stops."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.documents import KeyPath, value_at
from fsmobile.core.driving import DriveSource, DriveTime, TravelTimes
from fsmobile.core.ids import PlaceId, StopId, TourId, VehicleId
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import TimeSpan
from fsmobile.core.stop_orders import STOPS_MAX, Cost, best_order, cost_of
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_edits import KeyChange, put_overrides, version_table
from fsmobile.formats.schedule_writing import openings_value
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.planning_acts import Telling, wish
from fsmobile.usecases.planning_versions import Sheets, Texts, change_version, require_version
from fsmobile.validation.journeys import Journey, Leg, make_journeys

TellingOf = Callable[[PlannedPassage, TimeSpan], Telling]
"""What is told of a passage that takes other hours."""


class LegCheck(Struct, frozen=True, kw_only=True):
    """One drive of a day, against the time there is for it."""

    origin: PlaceId | None
    target: PlaceId | None
    leaves: int
    """Minute of the day."""
    due: int
    drive: DriveTime | None
    """None when nobody knows how long it takes."""
    setup_minutes: int = 0
    stop_id: StopId | None = None
    """None on the way back to the base."""

    @property
    def late(self) -> int | None:
        """Return the minutes that are missing; below 0: left over; None: nobody can tell."""
        if self.drive is None:
            return None
        return self.leaves + ceil(self.drive.minutes) + self.setup_minutes - self.due


class DayDrive(Struct, frozen=True, kw_only=True):
    """What one vehicle drives on a day, in one run."""

    day: date
    tour_id: TourId
    vehicle_id: VehicleId | None
    legs: tuple[LegCheck, ...]
    journey: Journey
    under_partner: bool = False

    @property
    def driving_minutes(self) -> float:
        """Return the minutes of the drives that are known."""
        return sum(one.drive.minutes for one in self.legs if one.drive is not None)

    @property
    def is_estimate(self) -> bool:
        """Tell whether one of the drives is estimated."""
        return any(one.drive is not None and one.drive.is_estimate for one in self.legs)

    @property
    def broken(self) -> tuple[LegCheck, ...]:
        """Return the legs that cannot be driven in time."""
        return tuple(one for one in self.legs if one.late is not None and one.late > 0)


class Proposal(Struct, frozen=True, kw_only=True):
    """Another order of the stops of a run: each takes the hours of its new place in the day."""

    keeps_half_days: bool
    """The stops of the morning stay in the morning."""
    hours: tuple[tuple[PlannedPassage, TimeSpan], ...]
    """In the new order."""
    cost: Cost
    """Minutes late, minutes driven."""
    cost_now: Cost
    is_estimate: bool

    @property
    def changed(self) -> tuple[tuple[PlannedPassage, TimeSpan], ...]:
        """Return the stops whose hours change."""
        return tuple(pair for pair in self.hours if pair[0].call.hours != pair[1])


def check_day(tree: ScheduleTree, times: TravelTimes, day: date) -> list[DayDrive]:
    """Check each drive of a day, vehicle by vehicle; of an unknown vehicle, run by run."""
    passages = expand_agenda(tree, day, day, bundled=load_school_calendar()).passages
    journeys = make_journeys(tree, passages, day)
    return [_check_journey(times, one, before) for one, before in _with_before(journeys)]


def propose_orders(tree: ScheduleTree, times: TravelTimes, drive: DayDrive) -> list[Proposal]:
    """Return the orders that are better than today's: any, and one that keeps the half-days.

    Nothing is proposed for a run whose stops open twice or without hours, or with a drive that
    nobody knows.

    Raises:
        InvalidInput: more stops than can be ordered exactly.
    """
    journey = drive.journey
    stops = [passage for passage, _starts, _ends in journey.timed]
    names = {one.stop_id for one in stops}
    if not 2 <= len(stops) == len(names) == len(journey.passages) or journey.run is None:
        return []
    if len(stops) > STOPS_MAX:
        expected = STOPS_MAX
        raise InvalidInput("too_many_stops_to_order", value=len(stops), expected=expected)
    found: list[Proposal] = []
    for keeps in (False, True):
        table = _Table(tree=tree, times=times, journey=journey, stops=stops, keeps=keeps)
        now, best = (
            cost_of(tuple(range(len(stops))), table.cost),
            best_order(len(stops), table.cost),
        )
        if now is None or best is None or best[1] >= now:
            continue
        proposal = _proposal(table, best[0], best[1], now)
        if not any(one.hours == proposal.hours for one in found):
            found.append(proposal)
    return found


def apply_order(
    sheets: Sheets, times: TravelTimes, proposal: Proposal, reach: Reach, telling: TellingOf
) -> Texts:
    """Give the stops of a run their new hours: on one day, from then on, or always.

    Raises:
        InvalidInput: for a rule, stops that do not all pass on the same days.
    """
    if reach is Reach.ONCE:
        return _apply_once(sheets, times, proposal, telling)
    first = proposal.hours[0][0]
    version = require_version(sheets.tree, first)
    run = next(run for run in version.runs if run.run_id == first.run_id)
    if len(run.stops) != len(proposal.hours) or any(stop.narrowing for stop in run.stops):
        raise InvalidInput("stops_not_of_one_day")
    table = version_table(sheets.files, version)
    changes: list[KeyChange] = []
    for (passage, hours), origin in zip(
        proposal.hours, _origins(sheets.tree, proposal), strict=True
    ):
        stop: KeyPath = ("sorties", run.run_id, "arrets", passage.stop_id)
        wanted = {
            "ouvert": openings_value((hours,), None),
            "trajet": _known_minutes(times, origin, passage.place_id),
        }
        changes += [
            KeyChange(path=(*stop, key), before=value_at(table, (*stop, key)), after=value)
            for key, value in wanted.items()
        ]
    changes = [one for one in changes if one.before != one.after]
    return change_version(sheets, version, changes, reach, first.original_date)


def _apply_once(
    sheets: Sheets, times: TravelTimes, proposal: Proposal, telling: TellingOf
) -> Texts:
    """Give the stops of one day their new hours, as exceptions."""
    origins = _origins(sheets.tree, proposal)
    wishes = [
        replace(
            wish(passage, OverrideAction.HOURS, telling(passage, hours)),
            spans=(hours,),
            drive_minutes=_known_minutes(times, origin, passage.place_id),
        )
        for (passage, hours), origin in zip(proposal.hours, origins, strict=True)
        if passage.call.hours != hours
    ]
    return put_overrides(sheets.files, sheets.tree, wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What each leg costs when the stops of a run take each other's hours."""

    tree: ScheduleTree
    times: TravelTimes
    journey: Journey
    stops: list[PlannedPassage]
    keeps: bool

    def cost(self, place: int, before: int | None, after: int | None) -> Cost | None:
        """Return what reaching a stop at a place in the day costs, as `stop_orders` asks it."""
        if after is not None and not self._is_open_to(after, place):
            return None
        origin = self.journey.base_id if before is None else self.stops[before].place_id
        target = self.journey.base_id if after is None else self.stops[after].place_id
        if origin is None or target is None:
            # Nobody said where the bus comes from, or where it goes back to.
            return 0.0, 0.0
        drive = self.times.drive(origin, target)
        if drive is None:
            return None
        leaves = self.journey.leaves if before is None else self.slot(place - 1)[1]
        due = self.journey.returns if after is None else self.slot(place)[0]
        setup = 0 if after is None else self.stops[after].call.setup_minutes
        if leaves is None or due is None:
            return 0.0, drive.minutes
        return max(0.0, leaves + drive.minutes + setup - due), drive.minutes

    def slot(self, place: int) -> tuple[int, int]:
        """Return the minutes at which the stop at a place in the day opens and closes."""
        _passage, opens, closes = self.journey.timed[place]
        return opens, closes

    def hours(self, place: int) -> TimeSpan:
        """Return the hours of the stop at a place in the day."""
        hours = self.journey.timed[place][0].call.hours
        assert hours is not None  # only openings with hours are timed
        return hours

    def _is_open_to(self, stop: int, place: int) -> bool:
        """Tell whether a stop may take these hours: its place is free, its half-day is kept."""
        hours = self.hours(place)
        passage = self.stops[stop]
        if self.keeps and passage.period is not hours.half_day:
            return False
        where = self.tree.places.get(passage.place_id)
        weekday = self.journey.day.weekday()
        return where is None or not any(
            one.weekday == weekday and one.hours.overlaps(hours) for one in where.unavailable
        )


def _proposal(table: _Table, order: tuple[int, ...], cost: Cost, now: Cost) -> Proposal:
    places = [table.journey.base_id, *(table.stops[stop].place_id for stop in order)]
    drives = [
        table.times.drive(origin, target)
        for origin, target in pairwise((*places, table.journey.base_id))
        if origin is not None and target is not None
    ]
    return Proposal(
        keeps_half_days=table.keeps,
        hours=tuple((table.stops[stop], table.hours(place)) for place, stop in enumerate(order)),
        cost=cost,
        cost_now=now,
        is_estimate=any(one is not None and one.is_estimate for one in drives),
    )


def _with_before(journeys: tuple[Journey, ...]) -> Iterator[tuple[Journey, Journey | None]]:
    """Yield each journey with the one that its vehicle did before on that day."""
    last: dict[VehicleId, Journey] = {}
    for one in journeys:
        before = None if one.vehicle_id is None else last.get(one.vehicle_id)
        yield one, before
        if one.vehicle_id is not None:
            last[one.vehicle_id] = one


def _check_journey(times: TravelTimes, journey: Journey, before: Journey | None) -> DayDrive:
    legs = list(journey.legs())
    if before is not None:
        legs[:0] = _leg_between(before, journey)
    return DayDrive(
        day=journey.day,
        tour_id=journey.tour_id,
        vehicle_id=journey.vehicle_id,
        legs=tuple(_check_leg(times, leg) for leg in legs),
        journey=journey,
        under_partner=journey.under_partner,
    )


def _leg_between(before: Journey, after: Journey) -> list[Leg]:
    """Return the drive from the end of a journey to the next, when one of them skips the base."""
    if not before.timed or not after.timed or (before.returns and after.leaves):
        return []
    last, _opens, closes = before.timed[-1]
    first, opens, _closes = after.timed[0]
    starts_at_base = after.leaves is not None
    return [
        Leg(
            origin=last.place_id if before.returns is None else before.base_id,
            target=after.base_id if starts_at_base else first.place_id,
            leaves=closes if before.returns is None else before.returns,
            due=opens if after.leaves is None else after.leaves,
            drive_minutes=None if starts_at_base else first.call.drive_minutes,
            passage=None if starts_at_base else first,
        )
    ]


def _check_leg(times: TravelTimes, leg: Leg) -> LegCheck:
    drive: DriveTime | None = None
    if leg.origin is not None and leg.target is not None:
        drive = times.drive(leg.origin, leg.target)
    if leg.drive_minutes is not None:
        kilometres = None if drive is None else drive.kilometres
        drive = DriveTime(
            minutes=leg.drive_minutes, source=DriveSource.TYPED, kilometres=kilometres
        )
    # A stop that opens twice is set up once.
    is_arrival = leg.passage is not None and leg.origin != leg.target
    return LegCheck(
        origin=leg.origin,
        target=leg.target,
        leaves=leg.leaves,
        due=leg.due,
        drive=drive,
        setup_minutes=leg.passage.call.setup_minutes if leg.passage and is_arrival else 0,
        stop_id=None if leg.passage is None else leg.passage.stop_id,
    )


def _origins(tree: ScheduleTree, proposal: Proposal) -> list[PlaceId | None]:
    """Return where the bus comes from before each stop of a proposal."""
    first = proposal.hours[0][0]
    version = require_version(tree, first)
    run = next(run for run in version.runs if run.run_id == first.run_id)
    return [run.base_id, *(passage.place_id for passage, _hours in proposal.hours[:-1])]


def _known_minutes(times: TravelTimes, origin: PlaceId | None, target: PlaceId) -> int | None:
    """Return the minutes to write in a file: an estimate is never written as if it were known."""
    drive = None if origin is None else times.drive(origin, target)
    return None if drive is None or drive.is_estimate else ceil(drive.minutes)
