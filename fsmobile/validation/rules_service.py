"""Rules of the service: versions that follow one another, stops that wait."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from msgspec.structs import replace

from fsmobile.core.ids import RunId, StopId, TourId
from fsmobile.core.recurrence import SchoolRule
from fsmobile.core.tours import Stop, Tour, TourVersion
from fsmobile.errors import Severity
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.rules_label import is_closed_week
from fsmobile.validation.study import StopPlan, Study, shift

UNSERVED_WEEKS = 5
EXPIRES_DAYS, EXPIRES_AT_ONCE_DAYS = 30, 7
OSM_VALUE_LENGTH_MAX = 255
"""Characters that OpenStreetMap keeps of a value."""
OSM_WINDOW_DAYS = 364
"""Twelve months, today included."""


@rule("stop_not_served_for_weeks", Severity.WARNING)
def check_stop_not_served_for_weeks(study: Study) -> Iterator[Finding]:
    """A stop waits more than five weeks between two passages.

    Weeks that its own rule leaves out (a season, the school holidays) and closures of the service
    do not count. Example: a stop each eight weeks.
    """
    plans: defaultdict[tuple[TourId, StopId], list[StopPlan]] = defaultdict(list)
    for plan in study.plans:
        plans[plan.tour.tour_id, plan.stop.stop_id].append(plan)
    for (tour_id, stop_id), own in plans.items():
        if (tour_id, stop_id) in study.idle_stops:
            continue
        days = study.days_by_stop.get((tour_id, stop_id), [])
        gaps = [
            (_waited(study, own, before, after), before, after)
            for before, after in pairwise(days)
            if (after - before).days > UNSERVED_WEEKS * 7 and after >= study.today
        ]
        waited, before, after = max(gaps, default=(0, date.min, date.min))
        if waited > UNSERVED_WEEKS * 7:
            yield found(
                f"{tour_id}/{stop_id}",
                own[-1].stop.position,
                value=waited // 7,
                stop=stop_id,
                before=before.isoformat(),
                after=after.isoformat(),
            )


@rule("week_without_pass", Severity.INFO)
def check_week_without_pass(study: Study) -> Iterator[Finding]:
    """A whole week has no passage at all, and no closure of the service says so.

    Example: the week of 15 August, when every run is cancelled by hand.
    """
    weeks = study.open_minutes_by_week
    served = {shift(one.service_date, -one.service_date.weekday()) for one in study.upcoming}
    empty = [one for one in weeks if one not in served and not is_closed_week(study, one)]
    if empty and served:
        yield found(
            study.tree.agency.agency_id,
            study.tree.agency.position,
            value=len(empty),
            date=empty[0].isoformat(),
        )


@rule("tour_without_current_version", Severity.WARNING)
def check_tour_without_current_version(study: Study) -> Iterator[Finding]:
    """No version of a tour is in force today; one will be later.

    Example: the only version takes effect in three weeks.
    """
    for tour in _whole_tours(study):
        later = [one for one in tour.versions if one.valid_from > study.today]
        if tour.version_on(study.today) is None and later:
            yield found(
                tour.tour_id,
                later[0].position.of("effet"),
                value=tour.tour_id,
                date=later[0].valid_from.isoformat(),
            )


@rule("tour_expired", Severity.WARNING)
def check_tour_expired(study: Study) -> Iterator[Finding]:
    """The last version of a tour has ended, and nothing comes after it.

    Example: `fin = 2026-06-30`, in November.
    """
    for tour in _whole_tours(study):
        last = tour.versions[-1]
        if last.valid_until is not None and last.valid_until < study.today:
            yield found(
                tour.tour_id,
                last.position.of("fin"),
                value=tour.tour_id,
                date=last.valid_until.isoformat(),
            )


@rule("schedule_expires_soon", Severity.WARNING)
def check_schedule_expires_soon(study: Study) -> Iterator[Finding]:
    """A tour has no passage beyond 30 days; ERROR beyond 7.

    A tour that has already expired is told by another rule. Example: a list of dates that ends
    before Christmas.
    """
    last_days: dict[TourId, date] = {}
    for passage in study.passages:
        last_days[passage.tour_id] = passage.service_date
    for tour in _whole_tours(study):
        last_day, version = last_days.get(tour.tour_id), tour.versions[-1]
        if last_day is None or last_day < study.today:
            continue
        left = (last_day - study.today).days
        if left <= EXPIRES_DAYS and tour.last_day_of(version) >= study.today:
            yield found(
                tour.tour_id,
                version.position.of("fin"),
                severity=Severity.ERROR if left <= EXPIRES_AT_ONCE_DAYS else None,
                value=last_day.isoformat(),
                tour=tour.tour_id,
            )


@rule("version_identical_to_previous", Severity.WARNING)
def check_version_identical_to_previous(study: Study) -> Iterator[Finding]:
    """A version changes nothing of the one before it.

    Example: a file copied to be edited, and forgotten.
    """
    for tour in _whole_tours(study):
        for before, after in zip(tour.versions, tour.versions[1:], strict=False):
            if after.valid_from > study.today and _as_if(before, after) == after:
                yield found(
                    tour.tour_id,
                    after.position.of("effet"),
                    value=after.valid_from.isoformat(),
                    other=before.valid_from.isoformat(),
                )


@rule("stop_id_lost", Severity.WARNING)
def check_stop_id_lost(study: Study) -> Iterator[Finding]:
    """A stop of the previous version has gone: its feeds and printed codes die with its id.

    Example: `dun` renamed `dun-le-palestel`.
    """
    for tour in _whole_tours(study):
        for before, after in zip(tour.versions, tour.versions[1:], strict=False):
            kept = {stop.stop_id for stop in _stops(after)}
            lost = dict.fromkeys(
                stop.stop_id for stop in _stops(before) if stop.stop_id not in kept
            )
            if tour.last_day_of(after) < study.today:
                continue
            for stop_id in lost:
                yield found(
                    f"{tour.tour_id}/{stop_id}",
                    after.position,
                    value=stop_id,
                    version=after.valid_from.isoformat(),
                )


@rule("duplicate_identifier", Severity.ERROR)
def check_duplicate_identifier(study: Study) -> Iterator[Finding]:
    """One stop of a tour is served twice on one day by two runs: the passages share one name.

    Two openings on a day are two spans of one stop. Example: `dun` in the runs `mardi-matin` and
    `mardi-soir`, both on Tuesdays.
    """
    runs: dict[tuple[TourId, StopId, date], RunId] = {}
    told: set[object] = set()
    for passage in study.passages:
        if passage.run_id is None:
            continue
        key = (passage.tour_id, passage.stop_id, passage.original_date)
        first = runs.setdefault(key, passage.run_id)
        pair = (passage.tour_id, passage.stop_id, *sorted((first, passage.run_id)))
        if first != passage.run_id and pair not in told:
            told.add(pair)
            plan = study.plan_of(passage)
            if plan is not None:
                yield found(
                    f"{passage.tour_id}/{passage.stop_id}",
                    plan.stop.position,
                    value=passage.stop_id,
                    date=passage.original_date.isoformat(),
                    other=first,
                )


@rule("osm_value_too_long", Severity.WARNING)
def check_osm_value_too_long(study: Study) -> Iterator[Finding]:
    """The hours of a stop, as exported to OpenStreetMap, are longer than it keeps: 255 characters.

    Measured over the twelve months to come, once the exceptions that do not fit are left out.
    Example: twenty-four dates without a rhythm.
    """
    make = study.context.opening_hours
    if make is None:
        return
    hours = make(study.tree, study.today, shift(study.today, OSM_WINDOW_DAYS))
    stops = {(plan.tour.tour_id, plan.stop.stop_id): plan.stop for plan in study.plans}
    for (tour_id, stop_id), stop in stops.items():
        if study.doubts.about_tour(tour_id) or (tour_id, stop_id) in study.idle_stops:
            continue
        length = len(hours.write(tour_id, stop_id))
        if length > OSM_VALUE_LENGTH_MAX:
            yield found(
                f"{tour_id}/{stop_id}",
                stop.position,
                value=length,
                stop=stop_id,
                limit=OSM_VALUE_LENGTH_MAX,
            )


def _whole_tours(study: Study) -> Iterator[Tour]:
    """Yield the tours of which every file could be read."""
    for tour in study.tree.tours.values():
        if not study.doubts.about_tour(tour.tour_id):
            yield tour


def _waited(study: Study, plans: list[StopPlan], before: date, after: date) -> int:
    """Count the days between two passages on which the stop could have been served."""
    days = (shift(before, rank) for rank in range(1, (after - before).days + 1))
    closures = [closure.days for closure in study.tree.closures]
    return sum(
        1
        for day in days
        if not any(day in span for span in closures)
        and any(_may_serve(study, plan, day) for plan in plans)
    )


def _may_serve(study: Study, plan: StopPlan, day: date) -> bool:
    """Tell whether neither the season nor the school holidays of a stop's rule leave a day out."""
    if not plan.version.valid_from <= day <= plan.tour.last_day_of(plan.version):
        return False
    zone = study.table.school_zone
    for one in (plan.run.recurrence, plan.stop.narrowing):
        if one is None:
            continue
        if one.seasons and not any(day in season for season in one.seasons):
            return False
        if zone is None or one.school is SchoolRule.IGNORE:
            continue
        if (day in zone) is (one.school is SchoolRule.OUTSIDE):
            return False
    return True


def _as_if(before: TourVersion, after: TourVersion) -> TourVersion:
    """Return the earlier version with the dates and the reason of the later one."""
    return replace(
        before,
        valid_from=after.valid_from,
        valid_until=after.valid_until,
        replaces=after.replaces,
        reason=after.reason,
    )


def _stops(version: TourVersion) -> Iterator[Stop]:
    return (stop for run in version.runs for stop in run.stops)


SERVICE_RULES = (
    check_stop_not_served_for_weeks,
    check_week_without_pass,
    check_tour_without_current_version,
    check_tour_expired,
    check_schedule_expires_soon,
    check_version_identical_to_previous,
    check_stop_id_lost,
    check_duplicate_identifier,
    check_osm_value_too_long,
)
