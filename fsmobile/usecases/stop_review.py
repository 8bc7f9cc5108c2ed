"""Stop review: what each stop receives, beside what it costs and what it holds up."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.driving import TravelTimes
from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.periods import Period, span_of
from fsmobile.core.reports import Count, Dimension, Figures, stop_key
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.stop_effects import Road, StopEffect, measure_effects, measure_road
from fsmobile.core.stop_names import place_of_stop
from fsmobile.core.stop_review import (
    THRESHOLD,
    Attendance,
    Season,
    Verdict,
    count_attendance,
    judge,
    total_attendance,
)
from fsmobile.errors import InvalidInput
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store import queries
from fsmobile.usecases.coverage import WEEKS, departments_of, load_localities, served_places
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.reports import list_passages
from fsmobile.usecases.territory import travel_times
from fsmobile.usecases.timetable import load_timetable_files
from fsmobile.validation.journeys import make_journeys

REVIEW_YEARS = 2


class ReviewedStop(Struct, frozen=True, kw_only=True):
    """One place where the bus stops: its facts, and what the plan makes of it."""

    code: str
    """Of the place, or the key of a stop that the timetable no longer has."""
    name: str
    seasons: Mapping[Season, Attendance]
    hours: Mapping[int, int]
    """Visits by the hour of the day at which they began."""
    verdict: Verdict
    passages_per_year: int = 0
    """Of the plan, in the year from this week on."""
    road: Road = Road()
    """What a year without it would spare."""
    effect: StopEffect | None = None
    """None when the plan no longer serves it, or when nobody can put it on a map."""

    @property
    def total(self) -> Attendance:
        """Return its attendance over the whole period."""
        return total_attendance(self.seasons)


class StopReview(Struct, frozen=True, kw_only=True):
    """The stops of a bus over a period."""

    period: Period
    threshold: float
    plan_from: date
    """Monday of the year of the plan that was measured."""
    stops: tuple[ReviewedStop, ...]
    """The least visited for its hours first."""
    names: Mapping[PlaceId, str]


def review_period(today: date) -> Period:
    """Return the two years until today."""
    return span_of(today - timedelta(days=365 * REVIEW_YEARS), today)


def review_stops(desk: Desk, period: Period, threshold: float = THRESHOLD) -> StopReview:
    """Review each stop of this bus.

    Raises:
        InvalidInput: no timetable was received yet.
        InvalidSchedule: the table of the drives cannot be read.
    """
    tree = desk.tree
    if tree is None:
        raise InvalidInput("no_timetable_yet")
    places: dict[str, str] = {}

    def stop_of(passage_id: PassageId) -> str:
        key = stop_key(passage_id)
        if key not in places:
            places[key] = place_of_stop(desk.tree, key) or key
        return places[key]

    hours: defaultdict[str, Counter[int]] = defaultdict(Counter)
    received: Counter[str] = Counter()
    for passage_id, hour, visits in queries.count_visits_by_hour(
        desk.replica, period.first, period.last
    ):
        hours[stop_of(passage_id)][hour] += visits
        received[passage_id] += visits
    by_passage = {code: Count(visits=visits) for code, visits in received.items()}
    figures = Figures(by={Dimension.PASSAGE: by_passage})
    attendance = count_attendance(list_passages(desk, period, figures), stop_of)
    plan = _measure_plan(desk, tree)
    stops = [
        ReviewedStop(
            code=code,
            name=_name(desk, tree, code),
            seasons=attendance.get(code, {}),
            hours=hours.get(code, {}),
            verdict=judge(attendance.get(code, {}), threshold),
            passages_per_year=plan.passages.get(PlaceId(code), 0),
            road=plan.roads.get(PlaceId(code), Road()),
            effect=plan.effects.get(PlaceId(code)),
        )
        for code in {*attendance, *plan.passages}
    ]
    stops.sort(key=_order)
    return StopReview(
        period=period,
        threshold=threshold,
        plan_from=plan.monday,
        stops=tuple(stops),
        names={place_id: place.name for place_id, place in tree.places.items()},
    )


class _Plan(Struct, frozen=True, kw_only=True):
    """The year of the plan from this week on, place by place."""

    monday: date
    passages: Mapping[PlaceId, int]
    roads: Mapping[PlaceId, Road]
    effects: Mapping[PlaceId, StopEffect]


def _measure_plan(desk: Desk, tree: ScheduleTree) -> _Plan:
    day = desk.today()
    monday = day - timedelta(days=day.weekday())
    last = monday + timedelta(days=7 * WEEKS - 1)
    agenda = expand_agenda(tree, monday, last, bundled=load_school_calendar())
    held = [
        one for one in agenda.passages if not one.is_cancelled and one.unit in (None, desk.unit_id)
    ]
    files = {path: text.encode() for path, text in load_timetable_files(desk).items()}
    times = travel_times(tree, files, day, desk)
    passages = Counter(place_id for place_id, _id in {(o.place_id, o.passage_id) for o in held})
    localities = [one for code in departments_of(tree) for one in load_localities(code)]
    served = served_places(
        [one for one in agenda.passages if not one.is_cancelled], times.points, monday
    )
    roads: defaultdict[PlaceId, Road] = defaultdict(Road)
    known: dict[object, Mapping[PlaceId, Road]] = {}
    for journey in make_journeys(tree, held, monday):
        if journey.under_partner:
            continue
        if journey.pattern not in known:
            stops = [one.place_id for one in journey.passages]
            known[journey.pattern] = _spared(times, journey.base_id, stops)
        for place_id, road in known[journey.pattern].items():
            roads[place_id] = roads[place_id].plus(road)
    return _Plan(
        monday=monday,
        passages=passages,
        roads=roads,
        effects=measure_effects(localities, served, tree.agency.relief),
    )


def _spared(
    times: TravelTimes, base: PlaceId | None, stops: list[PlaceId]
) -> Mapping[PlaceId, Road]:
    """Return what a journey would spare without each of its stops."""
    whole = measure_road(times, [base, *stops, base])
    spared = {}
    for place_id in set(stops):
        left = [one for one in stops if one != place_id]
        rest = measure_road(times, [base, *left, base]) if left else Road()
        spared[place_id] = Road(
            kilometres=max(0.0, whole.kilometres - rest.kilometres),
            minutes=max(0.0, whole.minutes - rest.minutes),
        )
    return spared


def _name(desk: Desk, tree: ScheduleTree, code: str) -> str:
    place = tree.places.get(PlaceId(code))
    return name_stop(desk, code) if place is None else place.name


def _order(stop: ReviewedStop) -> tuple[bool, float, str]:
    """Put first what is to be discussed first; what cannot be judged comes last."""
    rate = stop.total.per_hour
    return (stop.verdict is Verdict.UNTOLD, 0.0 if rate is None else rate, stop.name)
