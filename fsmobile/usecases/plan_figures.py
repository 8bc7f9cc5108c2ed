"""What a plan comes to over a year: passages, open hours, the road, inhabitants, crew hours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.coverage import measure_coverage
from fsmobile.core.driving import TravelTimes
from fsmobile.core.ids import AgentId
from fsmobile.core.plan_comparison import village_of
from fsmobile.core.plan_figures import PlanFigures
from fsmobile.core.schedules import ScheduleTree
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.coverage import WEEKS, departments_of, load_localities, served_places
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.territory import travel_times
from fsmobile.validation.journeys import Journey, make_journeys
from fsmobile.validation.working_days import working_days


def measure_plan(
    tree: ScheduleTree,
    files: Mapping[str, bytes],
    day: date,
    desk: Desk | None = None,
    weeks: int = WEEKS,
) -> PlanFigures:
    """Measure a plan from the week of a day on.

    Raises:
        InvalidSchedule: the table of the drives cannot be read.
    """
    monday = day - timedelta(days=day.weekday())
    last = monday + timedelta(days=7 * weeks - 1)
    agenda = expand_agenda(tree, monday, last, bundled=load_school_calendar())
    held = [one for one in agenda.passages if not one.is_cancelled]
    times = travel_times(tree, files, day, desk)
    journeys = make_journeys(tree, agenda.passages, monday)
    road = _Road(times)
    for journey in journeys:
        road.add(journey)
    localities = [locality for code in departments_of(tree) for locality in load_localities(code)]
    served = served_places(held, times.points, monday)
    passages: defaultdict[str, set[str]] = defaultdict(set)
    for one in held:
        passages[village_of(tree, one.place_id).code].add(one.passage_id)
    return PlanFigures(
        first=monday,
        weeks=weeks,
        passages=len({one.passage_id for one in held}),
        passages_by_village={code: len(ids) for code, ids in passages.items()},
        open_minutes=sum(one.call.hours.minutes for one in held if one.call.hours is not None),
        driving_minutes=road.minutes,
        kilometres=road.kilometres,
        unknown_drives=road.unknown,
        coverage=measure_coverage(localities, served, weeks, tree.agency.relief),
        crew_minutes=_crew_minutes(journeys),
    )


class _Road:
    """The sum of the drives of journeys; those under a partner's wheel are not ours."""

    def __init__(self, times: TravelTimes) -> None:
        self._times = times
        self._known: dict[object, tuple[float, float, int]] = {}
        self.minutes = 0.0
        self.kilometres = 0.0
        self.unknown = 0

    def add(self, journey: Journey) -> None:
        """Add the drives of a journey; those of one pattern are measured once."""
        if journey.under_partner:
            return
        if journey.pattern not in self._known:
            self._known[journey.pattern] = self._measure(journey)
        minutes, kilometres, unknown = self._known[journey.pattern]
        self.minutes += minutes
        self.kilometres += kilometres
        self.unknown += unknown

    def _measure(self, journey: Journey) -> tuple[float, float, int]:
        minutes, kilometres, unknown = 0.0, 0.0, 0
        stops = [one.place_id for one in journey.passages]
        for origin, target in zip(
            (journey.base_id, *stops), (*stops, journey.base_id), strict=True
        ):
            if origin is None or target is None:
                continue
            drive = self._times.drive(origin, target)
            if drive is None:
                unknown += 1
                continue
            minutes += drive.minutes
            kilometres += drive.kilometres or 0.0
        return minutes, kilometres, unknown


def _crew_minutes(journeys: Iterable[Journey]) -> dict[AgentId, int]:
    minutes: defaultdict[AgentId, int] = defaultdict(int)
    for day in working_days(journeys):
        minutes[day.agent_id] += day.work_minutes
    return dict(minutes)
