"""Rules of crews: who drives, how many are aboard, how long they work."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, pairwise
from operator import attrgetter, methodcaller

from fsmobile.core.ids import AgentId
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.positions import Position
from fsmobile.errors import Severity
from fsmobile.validation.journeys import Journey
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study
from fsmobile.validation.working_days import WorkingDay, make_working_day, work_span

DAY_MINUTES = 24 * 60
STRETCH_MAX_MINUTES = 360
"""Six hours of work ask for a break (décret 2000-815, article 3)."""


@rule("agent_overlap", Severity.ERROR)
def check_agent_overlap(study: Study) -> Iterator[Finding]:
    """One agent is to be in two vehicles at the same time.

    Example: agent-a on the north tour and, the same morning, on the partner's bus.
    """
    told: set[object] = set()
    for day in study.working_days:
        for rank, one in enumerate(day.journeys):
            for other in day.journeys[rank + 1 :]:
                key = (day.agent_id, one.pattern, other.pattern)
                if key in told or not _are_apart(one, other):
                    continue
                told.add(key)
                later = other if other.is_changed or not one.is_changed else one
                yield found(
                    f"{later.subject}/{day.agent_id}",
                    _position_of(study, later, "equipage"),
                    value=day.agent_id,
                    date=day.day.isoformat(),
                    other=(one if later is other else other).subject,
                )


@rule("crew_below_label", Severity.WARNING)
def check_crew_below_label(study: Study) -> Iterator[Finding]:
    """Fewer agents are aboard than the label asks for.

    A crew that is not published is not judged. Example: one agent, `agents_min = 2`.
    """
    wanted = study.tree.agency.label.agents_min
    if wanted is None:
        return
    for journey in _crews(study):
        aboard = len(set(journey.crew))
        if aboard < wanted and (journey.crew or journey.away or _has_other_crew(journey)):
            yield found(
                journey.subject,
                _position_of(study, journey, "equipage"),
                value=aboard,
                expected=wanted,
                date=journey.day.isoformat(),
                away=", ".join(journey.away) or None,
            )


@rule("no_driver", Severity.ERROR)
def check_no_driver(study: Study) -> Iterator[Finding]:
    """Nobody in the crew has the licence to drive the vehicle.

    Example: `equipage = ["agent-c"]`, with `permis = false`.
    """
    for journey in _crews(study):
        agents = [study.tree.agents.get(agent_id) for agent_id in journey.crew]
        is_manned = bool(agents or journey.away)
        if is_manned and all(agent is not None and not agent.can_drive for agent in agents):
            yield found(
                journey.subject,
                _position_of(study, journey, "equipage"),
                value=", ".join(journey.crew) or "—",
                date=journey.day.isoformat(),
                away=", ".join(journey.away) or None,
            )


@rule("work_day_too_long", Severity.ERROR)
def check_work_day_too_long(study: Study) -> Iterator[Finding]:
    """An agent works more than 10 hours in a day (`travail_jour_max`), lunch apart.

    Example: from 07:00 to 18:30 with 50 minutes for lunch.
    """
    limit = study.tree.agency.limits.work_per_day_max_minutes
    for day, minutes in _measured_days(study, attrgetter("work_minutes"), limit):
        yield _too_long(study, day, minutes, limit)


@rule("span_too_long", Severity.ERROR)
def check_span_too_long(study: Study) -> Iterator[Finding]:
    """More than 12 hours lie between departure and return (`amplitude_jour_max`).

    Example: departure at 07:00, return at 19:30.
    """
    limit = study.tree.agency.limits.span_per_day_max_minutes
    for day, minutes in _measured_days(study, attrgetter("span_minutes"), limit):
        yield _too_long(study, day, minutes, limit)


@rule("break_missing", Severity.ERROR)
def check_break_missing(study: Study) -> Iterator[Finding]:
    """Six hours of work go by without a break of 20 minutes (`pause_min`).

    Example: open from 08:30 to 15:00 on end.
    """
    limit = study.tree.agency.limits.break_min_minutes
    measure = methodcaller("longest_stretch_minutes", limit)
    for day, stretch in _measured_days(study, measure, STRETCH_MAX_MINUTES):
        yield _too_long(study, day, stretch, limit)


@rule("daily_rest_too_short", Severity.ERROR)
def check_daily_rest_too_short(study: Study) -> Iterator[Finding]:
    """Fewer than 11 hours of rest lie between two days of work.

    Example: back at 21:00, departure at 07:00.
    """
    limit = study.tree.agency.limits.rest_per_day_min_minutes
    told: set[object] = set()
    days = study.working_days
    for before, after in pairwise(days):
        if before.agent_id != after.agent_id or (after.day - before.day).days != 1:
            continue
        rest = DAY_MINUTES - before.ends + after.starts
        key = (before.pattern, after.pattern)
        if rest < limit and key not in told:
            told.add(key)
            yield _too_long(study, after, rest, limit)


@rule("weekly_work_too_long", Severity.ERROR)
def check_weekly_work_too_long(study: Study) -> Iterator[Finding]:
    """An agent works more than 48 hours in an ISO week.

    Example: six days of nine hours.
    """
    limit = study.tree.agency.limits.work_per_week_max_minutes
    weeks: defaultdict[tuple[AgentId, int, int], list[WorkingDay]] = defaultdict(list)
    for day in study.working_days:
        year, week, _ = day.day.isocalendar()
        weeks[day.agent_id, year, week].append(day)
    told: set[AgentId] = set()
    for (agent_id, _, _), days in weeks.items():
        minutes = sum(day.work_minutes for day in days)
        if minutes > limit and agent_id not in told:
            told.add(agent_id)
            yield _too_long(study, days[0], minutes, limit)


def _crews(study: Study) -> Iterator[Journey]:
    """Yield the journeys of our own vehicles, each crew once where it is written."""
    told: set[object] = set()
    for journey in chain(study.timetable, study.patterns, study.short_handed):
        is_own = not journey.is_changed or _has_other_crew(journey)
        position = _position_of(study, journey, "equipage")
        # A crew is told where it is written; who is away, for each run that lacks them.
        key = (position.file, position.line, journey.crew, journey.subject if journey.away else "")
        if is_own and not journey.under_partner and key not in told:
            told.add(key)
            yield journey


def _has_other_crew(journey: Journey) -> bool:
    """Tell whether an overlay says who is aboard, were it nobody."""
    return any(OverrideAction.CREW in one.change.changes for one in journey.passages)


def _measured_days(
    study: Study, measure: Callable[[WorkingDay], int], limit: int
) -> Iterator[tuple[WorkingDay, int]]:
    """Yield each kind of day whose measure is above a limit, once.

    First the runs of the timetable, each alone, then the real days.
    """
    told: set[object] = set()
    alone = (
        make_working_day(journey.crew[0], journey)
        for journey in study.timetable
        if journey.crew and journey.starts is not None
    )
    for day in chain(alone, study.working_days):
        if not day.is_possible:
            continue
        minutes = measure(day)
        key = tuple((one.subject, one.run and one.run.position.file) for one in day.journeys)
        if minutes > limit and key not in told:
            told.add(key)
            yield day, minutes


def _are_apart(one: Journey, other: Journey) -> bool:
    """Tell whether two journeys of one agent meet in time and are of two vehicles."""
    is_same_vehicle = one.vehicle_id == other.vehicle_id and one.vehicle_id is not None
    if is_same_vehicle and one.under_partner == other.under_partner:
        return False
    (starts, ends), (other_starts, other_ends) = work_span(one), work_span(other)
    return starts < other_ends and other_starts < ends


def _too_long(study: Study, day: WorkingDay, minutes: int, limit: int) -> Finding:
    journey = day.journeys[0]
    return found(
        f"{journey.subject}/{day.agent_id}",
        _position_of(study, journey, "retour"),
        value=f"{minutes // 60}:{minutes % 60:02}",
        limit=f"{limit // 60}:{limit % 60:02}",
        agent=day.agent_id,
        date=_iso(day.day),
    )


def _iso(day: date) -> str:
    return day.isoformat()


def _position_of(study: Study, journey: Journey, key: str) -> Position:
    """Return where the run states a key, or the overlay that touched it."""
    first = journey.passages[0]
    if journey.run is None or first.change.override_ids:
        return study.position_of(first).of(key)
    if journey.run.position.has(key):
        return journey.run.position.of(key)
    tour = study.tree.tours[journey.tour_id]
    version = tour.version_on(first.original_date)
    stated = version is not None and version.position.has(key)
    return version.position.of(key) if version and stated else journey.run.position


CREW_RULES = (
    check_agent_overlap,
    check_crew_below_label,
    check_no_driver,
    check_work_day_too_long,
    check_span_too_long,
    check_break_missing,
    check_daily_rest_too_short,
    check_weekly_work_too_long,
)
