"""Study: a schedule laid out once for all the rules, its passages expanded."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from msgspec.structs import replace

from fsmobile.core.agenda import day_table, expand_agenda, run_days, stop_days
from fsmobile.core.distances import distance_km
from fsmobile.core.holidays import public_holidays_between
from fsmobile.core.ids import PlaceId, RunId, StopId, TourId
from fsmobile.core.overrides import Override
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage, calls_of
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.recurrence import DayTable, HolidayRule
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import Run, Stop, Tour, TourVersion
from fsmobile.errors import Problem
from fsmobile.validation.context import ValidationContext
from fsmobile.validation.doubts import Doubts
from fsmobile.validation.driving import Drives
from fsmobile.validation.geometry import is_near_origin, point_of
from fsmobile.validation.journeys import Journey, make_journeys
from fsmobile.validation.open_hours import count_open_minutes
from fsmobile.validation.working_days import WorkingDay, working_days

LOOK_BACK_DAYS = 56
"""Past passages that are looked at, for the gaps that end in the future."""
LOOK_AHEAD_DAYS = 400
"""A year and a season: the next 53rd week, the next summer."""
LOOK_AHEAD_MAX_DAYS = 1100
LIFE_DAYS_MAX = 7 * 366
"""Two 53rd weeks are at most six years apart (2026 and 2032)."""
SETTLING_DAYS = 62
"""How much of a version that is still to come is looked at, at least."""
WEEKS_LOOKED_AT = 53
STRAY_KM = 30.0
"""A point so far from its commune is wrong, and no distance is measured from it."""
CALENDAR_YEARS = (1900, 2200)
"""Beyond them a date is mistyped, and its holidays are of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan:
    """A stop with all that it stands in."""

    tour: Tour
    version: TourVersion
    run: Run
    stop: Stop

    @property
    def subject(self) -> str:
        """Return the id of the stop inside the structure."""
        return f"{self.tour.tour_id}/{self.stop.stop_id}"


def shift(day: date, days: int) -> date:
    """Return a day so many days away, held inside the calendar."""
    ordinal = min(max(day.toordinal() + days, 1), date.max.toordinal())
    return date.fromordinal(ordinal)


class Study:
    """What several rules ask of one schedule, each computed once, when first asked."""

    def __init__(
        self,
        tree: ScheduleTree,
        context: ValidationContext,
        *,
        texts: Mapping[str, str] | None = None,
        faults: Iterable[Problem] = (),
    ) -> None:
        """Take a schedule, what is known from outside, its files' texts and their faults."""
        self.tree = tree
        self.context = context
        self.today = context.today
        self.texts: Mapping[str, str] = texts or {}
        self.doubts = Doubts(faults)
        self._days_of_runs: dict[tuple[TourId, date, RunId], list[date]] = {}
        self._lost_days_of_runs: dict[tuple[TourId, date, RunId], list[date]] = {}
        self._holidays_by_year: dict[int, dict[date, str]] = {}

    @cached_property
    def plans(self) -> tuple[StopPlan, ...]:
        """Return every stop of every run of the versions that are or will be in force."""
        return tuple(
            StopPlan(tour=tour, version=version, run=run, stop=stop)
            for tour, version in self.live_versions
            for run in version.runs
            for stop in run.stops
        )

    @cached_property
    def runs(self) -> tuple[tuple[Tour, TourVersion, Run], ...]:
        """Return every run of the versions that are or will be in force."""
        return tuple((t, version, run) for t, version in self.live_versions for run in version.runs)

    @cached_property
    def live_versions(self) -> tuple[tuple[Tour, TourVersion], ...]:
        """Return the versions that are or will be in force; nobody mends the past."""
        pairs = ((tour, version) for tour in self.tree.tours.values() for version in tour.versions)
        return tuple(pair for pair in pairs if pair[0].last_day_of(pair[1]) >= self.today)

    @cached_property
    def window(self) -> tuple[date, date]:
        """Return the first and last day whose passages are looked at."""
        soon = shift(self.today, LOOK_AHEAD_DAYS)
        latest = shift(self.today, LOOK_AHEAD_MAX_DAYS)
        starts = (shift(version.valid_from, SETTLING_DAYS) for _, version in self.live_versions)
        moves = (one.moved_to or one.original_date for one in self.tree.overrides)
        listed = (day for _, _, run in self.runs for day in run.recurrence.dates)
        ends = (day for days in (starts, moves, listed) for day in days if day <= latest)
        return shift(self.today, -LOOK_BACK_DAYS), max(soon, *ends, soon)

    @cached_property
    def table(self) -> DayTable:
        """Return the days of the window with the holidays of the structure."""
        return self.table_of(*self.window)

    def table_of(self, first: date, last: date) -> DayTable:
        """Return the days between two with the holidays of the structure."""
        return day_table(self.tree, first, last, self.context.school_calendar)

    @cached_property
    def passages(self) -> tuple[PlannedPassage, ...]:
        """Return the passages of the window, cancelled ones too."""
        agenda = expand_agenda(self.tree, *self.window, bundled=self.context.school_calendar)
        return agenda.passages

    @cached_property
    def served(self) -> tuple[PlannedPassage, ...]:
        """Return the passages of the window that are to take place."""
        return tuple(one for one in self.passages if not one.is_cancelled)

    @cached_property
    def upcoming(self) -> tuple[PlannedPassage, ...]:
        """Return the passages that are to take place from today on."""
        return tuple(one for one in self.served if one.service_date >= self.today)

    @cached_property
    def days_by_stop(self) -> Mapping[tuple[TourId, StopId], list[date]]:
        """Return the days of the window on which each stop is really served, in order."""
        days: defaultdict[tuple[TourId, StopId], list[date]] = defaultdict(list)
        for passage in self.served:
            known = days[passage.tour_id, passage.stop_id]
            if not known or known[-1] != passage.service_date:
                known.append(passage.service_date)
        return days

    @cached_property
    def journeys(self) -> tuple[Journey, ...]:
        """Return what each vehicle does on each day from today on."""
        passages, doubtful = self.passages, self._doubtful_runs
        if doubtful:
            plans = ((one, self.plan_of(one)) for one in passages)
            passages = tuple(
                one for one, plan in plans if plan is None or _file_and_id(plan.run) not in doubtful
            )
        return make_journeys(self.tree, passages, self.today, self._runs_with_holes)

    @cached_property
    def _doubtful_runs(self) -> frozenset[tuple[str, RunId]]:
        """Return the runs, by file, that a fault already told may have put on wrong days."""
        has_zone = self.table.school_zone is not None
        return frozenset(
            _file_and_id(run)
            for _, version, run in self.runs
            if self.doubts.about_days(version, run)
            or (run.recurrence.needs_school_calendar and not has_zone)
        )

    @cached_property
    def never_served(self) -> tuple[StopPlan, ...]:
        """Return the stops without any day in the life of their version."""
        idle = (plan for plan in self.plans if not self.days_of_stop(plan))
        return tuple(plan for plan in idle if not self._is_ever_served(plan))

    @cached_property
    def idle_stops(self) -> frozenset[tuple[TourId, str]]:
        """Return the tour and id of each stop that some version never serves, as a rule tells."""
        return frozenset((one.tour.tour_id, one.stop.stop_id) for one in self.never_served)

    def _is_ever_served(self, plan: StopPlan) -> bool:
        table = self.life_of(plan.tour, plan.version)
        days = run_days(plan.tour, plan.version, plan.run, table)
        return bool(stop_days(days, plan.run, plan.stop, table))

    def life_of(self, tour: Tour, version: TourVersion) -> DayTable:
        """Return the days on which a version is in force, as far as a rule can need them."""
        first = version.valid_from
        return self.table_of(first, min(tour.last_day_of(version), shift(first, LIFE_DAYS_MAX)))

    @cached_property
    def lacks_passages(self) -> bool:
        """Tell whether a fault that is already told leaves passages out."""
        return bool(self._runs_with_holes or self._doubtful_runs)

    @cached_property
    def _runs_with_holes(self) -> frozenset[tuple[str, RunId]]:
        """Return the runs, by file, with a stop that a fault leaves without hours or days."""
        without_hours = [one for one in self.plans if not one.stop.spans and not one.stop.half_day]
        holes = (*without_hours, *self.never_served)
        return frozenset(_file_and_id(one.run) for one in holes)

    @cached_property
    def patterns(self) -> tuple[Journey, ...]:
        """Return the first journey of each kind: a fault of a timetable is told once."""
        firsts: dict[object, Journey] = {}
        for journey in self.journeys:
            firsts.setdefault(journey.pattern, journey)
        return tuple(firsts.values())

    @cached_property
    def short_handed(self) -> tuple[Journey, ...]:
        """Return the first journey of each kind that an absence leaves with fewer agents."""
        firsts: dict[object, Journey] = {}
        absences = self.context.absences
        for journey in self.journeys if absences else ():
            away = tuple(
                agent_id
                for agent_id in journey.crew
                if any(journey.day in days for days in absences.get(agent_id, ()))
            )
            if away:
                left = tuple(agent_id for agent_id in journey.crew if agent_id not in away)
                short = dataclasses.replace(journey, crew=left, away=away)
                firsts.setdefault((short.pattern, left), short)
        return tuple(firsts.values())

    @cached_property
    def timetable(self) -> tuple[Journey, ...]:
        """Return each kind of journey as the versions plan it, overlays and closures apart."""
        journeys: list[Journey] = []
        for tour, version, run in self.runs:
            if self.doubts.about_stop_days(version, run):
                continue
            plans = [StopPlan(tour=tour, version=version, run=run, stop=one) for one in run.stops]
            days = [frozenset(self.days_of_stop(plan)) for plan in plans]
            told: set[tuple[bool, ...]] = set()
            # A day to come first: it is the one that is shown.
            for day in sorted(self.days_of_run(tour, version, run), key=self._soonest):
                stops = tuple(day in served for served in days)
                if stops not in told and any(stops):
                    told.add(stops)
                    served = [one for one, is_in in zip(run.stops, stops, strict=True) if is_in]
                    passages = [
                        PlannedPassage(call, day, day)
                        for stop in served
                        for call in calls_of(self.tree.agency.agency_id, tour.tour_id, run, stop)
                    ]
                    journeys += make_journeys(self.tree, passages, day, self._runs_with_holes)
        return tuple(journeys)

    def _soonest(self, day: date) -> tuple[bool, date]:
        return day < self.today, day

    @cached_property
    def drives(self) -> Drives:
        """Return the least times between places."""
        return Drives(self.timetable, self.points)

    @cached_property
    def working_days(self) -> tuple[WorkingDay, ...]:
        """Return what each agent works, by agent, then by day."""
        return tuple(working_days(self.journeys))

    @cached_property
    def open_minutes_by_week(self) -> Mapping[date, int]:
        """Return the minutes open to the public of each whole week of a year, by its Monday."""
        monday = shift(self.today, (7 - self.today.weekday()) % 7)
        mondays = [shift(monday, 7 * rank) for rank in range(WEEKS_LOOKED_AT)]
        return count_open_minutes(self.upcoming, filter(self._is_in_force, mondays))

    def _is_in_force(self, monday: date) -> bool:
        """Tell whether some version is in force from the Monday to the Saturday of a week."""
        return all(
            any(tour.version_on(day) for tour in self.tree.tours.values())
            for day in (monday, shift(monday, 5))
        )

    @cached_property
    def weeks_with_overrides(self) -> frozenset[date]:
        """Return the Mondays of the weeks that an overlay changes."""
        overrides = self.tree.overrides
        days = [day for one in overrides for day in (one.original_date, one.moved_to) if day]
        return frozenset(shift(day, -day.weekday()) for day in days)

    @cached_property
    def overrides_by_id(self) -> Mapping[str, Override]:
        """Return the overrides by id."""
        return {one.override_id: one for one in self.tree.overrides}

    @cached_property
    def _plans_by_key(self) -> Mapping[tuple[TourId, date, RunId, StopId], StopPlan]:
        return {
            (one.tour.tour_id, one.version.valid_from, one.run.run_id, one.stop.stop_id): one
            for one in self.plans
        }

    def plan_of(self, passage: PlannedPassage) -> StopPlan | None:
        """Return the stop that plans a passage; None for an added one."""
        tour = self.tree.tours.get(passage.tour_id)
        version = tour.version_on(passage.original_date) if tour else None
        if version is None or passage.run_id is None:
            return None
        key = (passage.tour_id, version.valid_from, passage.run_id, passage.stop_id)
        return self._plans_by_key.get(key)

    def position_of(self, passage: PlannedPassage) -> Position:
        """Return where a passage is written: its last override, or else its stop."""
        for override_id in reversed(passage.change.override_ids):
            override = self.overrides_by_id.get(override_id)
            if override is not None:
                return override.position
        plan = self.plan_of(passage)
        return plan.stop.position if plan else NOWHERE

    def place(self, place_id: PlaceId | None) -> Place | None:
        """Return a place; None when nobody described it, which another rule tells."""
        return None if place_id is None else self.tree.places.get(place_id)

    @cached_property
    def points(self) -> Mapping[PlaceId, tuple[float, float]]:
        """Return the points that can be trusted: a rule of places tells of the others."""
        found = {key: self._trusted_point(place) for key, place in self.tree.places.items()}
        return {key: point for key, point in found.items() if point is not None}

    def _trusted_point(self, place: Place) -> tuple[float, float] | None:
        point, find = point_of(place), self.context.find_commune
        if point is None or is_near_origin(point):
            return None
        commune = find(place.insee_code) if find and place.insee_code else None
        if commune is None or commune.latitude is None or commune.longitude is None:
            return point
        away = distance_km(point, (commune.latitude, commune.longitude))
        return point if away < STRAY_KM else None

    def days_of_run(self, tour: Tour, version: TourVersion, run: Run) -> list[date]:
        """List the days of a run in the window, overrides and closures apart."""
        key = (tour.tour_id, version.valid_from, run.run_id)
        if key not in self._days_of_runs:
            self._days_of_runs[key] = run_days(tour, version, run, self.table)
        return self._days_of_runs[key]

    def days_of_stop(self, plan: StopPlan) -> list[date]:
        """List the days of a stop in the window, overrides and closures apart."""
        days = self.days_of_run(plan.tour, plan.version, plan.run)
        return stop_days(days, plan.run, plan.stop, self.table)

    def lost_days(self, plan: StopPlan) -> list[date]:
        """List the days of a stop in the window that only a public holiday takes away."""
        holidays = self.table.public_holidays
        if not holidays or plan.run.recurrence.holidays is HolidayRule.SERVE:
            return []
        key = (plan.tour.tour_id, plan.version.valid_from, plan.run.run_id)
        if key not in self._lost_days_of_runs:
            days = days_without_holidays(plan.tour, plan.version, plan.run, self.table)
            kept = set(plan.run.recurrence.dates)
            self._lost_days_of_runs[key] = [day for day in days if day in holidays - kept]
        return stop_days(self._lost_days_of_runs[key], plan.run, plan.stop, self.table)

    def is_public_holiday(self, day: date) -> bool:
        """Tell whether a day, in the window or not, is a public holiday of the structure."""
        if not CALENDAR_YEARS[0] <= day.year <= CALENDAR_YEARS[1]:
            return False
        if day.year not in self._holidays_by_year:
            agency = self.tree.agency
            self._holidays_by_year[day.year] = public_holidays_between(
                date(day.year, 1, 1),
                date(day.year, 12, 31),
                agency.territory,
                agency.local_holidays,
            )
        return day in self._holidays_by_year[day.year]


def _file_and_id(run: Run) -> tuple[str, RunId]:
    return run.position.file, run.run_id


def days_without_holidays(
    tour: Tour, version: TourVersion, run: Run, table: DayTable
) -> list[date]:
    """List the days of a run as if no public holiday took any away."""
    rule = replace(run.recurrence, holidays=HolidayRule.SERVE)
    return run_days(tour, version, replace(run, recurrence=rule), table)
