"""Rules of overlays (surcharges): what they aim at, what they contradict, what they tell."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import permutations

from msgspec.structs import replace

from fsmobile.core.agenda import stop_days
from fsmobile.core.ids import StopId
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.recurrence import DayTable
from fsmobile.core.spans import HalfDay
from fsmobile.core.tours import Run, Stop, Tour, TourVersion
from fsmobile.errors import Severity
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study, days_without_holidays

REPEATED_TIMES = 4
REPEATED_DAYS = 56

NEEDS_A_PASSAGE = frozenset(
    {
        OverrideAction.MOVE,
        OverrideAction.PLACE,
        OverrideAction.HOURS,
        OverrideAction.CREW,
        OverrideAction.VEHICLE,
    }
)
"""What makes no sense for a passage that a wider overlay cancels."""


@rule("overlay_target_missing", Severity.ERROR)
def check_overlay_target_missing(study: Study) -> Iterator[Finding]:
    """No passage of the timetable is there that day for the overlay to act upon.

    Example: `2026-11-25-nord-dun`, a Wednesday, where Dun is served on Tuesdays.
    """
    for override, tour in _changing(study):
        version = tour.version_on(override.original_date)
        if not _targets(study, override, tour, version) and not _is_orphaned(study, override, tour):
            yield found(override.override_id, override.position, value=override.override_id)


@rule("overlay_orphaned", Severity.ERROR)
def check_overlay_orphaned(study: Study) -> Iterator[Finding]:
    """A newer version removed the passage that an overlay acts upon.

    Example: a stop moved to Wednesdays, with an overlay left for one of its Tuesdays.
    """
    for override, tour in _changing(study):
        version = tour.version_on(override.original_date)
        if not _targets(study, override, tour, version) and _is_orphaned(study, override, tour):
            latest = max(
                one.valid_from for one in tour.versions if one.valid_from <= override.original_date
            )
            yield found(
                override.override_id,
                override.position,
                value=override.override_id,
                version=latest.isoformat(),
            )


@rule("overlay_conflict", Severity.ERROR)
def check_overlay_conflict(study: Study) -> Iterator[Finding]:
    """Two overlays of a day contradict each other, or one brings a stop that is open already.

    Example: the day is cancelled, and one of its stops moved.
    """
    by_day: defaultdict[object, list[Override]] = defaultdict(list)
    for override in study.tree.overrides:
        by_day[override.tour_id, override.original_date].append(override)
    for overrides in by_day.values():
        for narrow in overrides:
            wider = (one for one in overrides if _width(one) > _width(narrow))
            for wide in wider:
                if _contradict(wide, narrow) and _overlap(study, wide, narrow):
                    yield found(
                        narrow.override_id,
                        narrow.position.of("action"),
                        value=narrow.override_id,
                        other=wide.override_id,
                    )
    for override in study.tree.overrides:
        tour = study.tree.tours.get(override.tour_id)
        if tour is None or override.action is not OverrideAction.ADD:
            continue
        version = tour.version_on(override.original_date)
        if _targets(study, override, tour, version, kept_by_holidays=True):
            yield found(
                override.override_id,
                override.position.of("action"),
                value=override.override_id,
                other=override.tour_id,
            )
    for override in _moved_onto_another(study):
        yield found(
            override.override_id,
            override.position.of("vers"),
            value=override.override_id,
            other=override.tour_id,
        )


@rule("cancellation_without_notice", Severity.WARNING)
def check_cancellation_without_notice(study: Study) -> Iterator[Finding]:
    """A passage is cancelled and nothing is said to those who wait for it (`avis`).

    Example: `action = "annule"` with `motif = "panne"` only.
    """
    for override in _upcoming(study):
        if override.action is OverrideAction.CANCEL and not override.notice.strip():
            yield found(override.override_id, override.position, value=override.override_id)


@rule("late_cancellation", Severity.INFO)
def check_late_cancellation(study: Study) -> Iterator[Finding]:
    """A cancellation is published on the very day, less than 24 hours before.

    Example: `publie = 2026-11-24` for the passage of 24 November.
    """
    for override in _upcoming(study):
        published = override.published_on
        is_cancelled = override.action is OverrideAction.CANCEL
        if is_cancelled and published is not None and published >= override.original_date:
            yield found(
                override.override_id,
                override.position.of("publie"),
                value=override.override_id,
                date=published.isoformat(),
            )


@rule("moved_onto_holiday", Severity.WARNING)
def check_moved_onto_holiday(study: Study) -> Iterator[Finding]:
    """A passage is moved onto a public holiday, or into a closure of the service.

    Example: `vers = 2026-12-25`.
    """
    for override in study.tree.overrides:
        day = override.moved_to
        if day is None:
            continue
        is_closed = any(day in closure.days for closure in study.tree.closures)
        if is_closed or study.is_public_holiday(day):
            yield found(override.override_id, override.position.of("vers"), value=day.isoformat())


@rule("moved_out_of_order", Severity.INFO)
def check_moved_out_of_order(study: Study) -> Iterator[Finding]:
    """A moved passage comes after the next one of its stop, or before the one that precedes it.

    Example: the passage of 8 December is moved to the 23rd, when the next one is on the 22nd.
    """
    moves = {
        (one.tour_id, one.stop_id, one.original_date): one
        for one in study.upcoming
        if one.service_date != one.original_date
    }
    told: set[str] = set()
    for (tour_id, stop_id, original), passage in moves.items():
        low, high = sorted((original, passage.service_date))
        days = study.days_by_stop.get((tour_id, stop_id), [])
        between = [day for day in days if low <= day <= high and day != passage.service_date]
        override_id = passage.change.override_ids[-1]
        if between and override_id not in told:
            told.add(override_id)
            yield found(
                override_id,
                study.position_of(passage).of("vers"),
                value=passage.service_date.isoformat(),
                other=between[0].isoformat(),
                stop=stop_id,
            )


@rule("repeated_exception", Severity.INFO)
def check_repeated_exception(study: Study) -> Iterator[Finding]:
    """The same exception comes four times in eight weeks: a new version would say it once.

    Example: the place of a stop changed by four overlays, because of works.
    """
    series: defaultdict[object, list[Override]] = defaultdict(list)
    for override in _upcoming(study):
        series[override.tour_id, override.scope, override.action].append(override)
    for overrides in series.values():
        overrides.sort(key=lambda one: one.original_date)
        for first, last in zip(overrides, overrides[REPEATED_TIMES - 1 :], strict=False):
            if (last.original_date - first.original_date).days <= REPEATED_DAYS:
                yield found(
                    last.override_id,
                    last.position,
                    value=len(overrides),
                    tour=last.tour_id,
                    scope=str(last.scope),
                )
                break


def _changing(study: Study) -> Iterator[tuple[Override, Tour]]:
    """Yield each overlay that needs a passage, unless a fault may hide that passage."""
    for override in study.tree.overrides:
        tour = study.tree.tours.get(override.tour_id)
        if tour is None or override.action is OverrideAction.ADD:
            continue
        is_idle = (tour.tour_id, override.scope) in study.idle_stops
        if not is_idle and not study.doubts.about_target(tour, override):
            yield override, tour


def _moved_onto_another(study: Study) -> Iterator[Override]:
    """Yield the overlays that move a passage to hours at which its stop is open already."""
    by_day: defaultdict[object, list[PlannedPassage]] = defaultdict(list)
    for passage in study.upcoming:
        by_day[passage.tour_id, passage.stop_id, passage.service_date].append(passage)
    told: set[str] = set()
    for one, other in (pair for day in by_day.values() for pair in permutations(day, 2)):
        is_moved = one.status is PlannedStatus.MOVED and one.original_date != other.original_date
        override = study.overrides_by_id.get(one.change.override_ids[-1]) if is_moved else None
        if override is not None and override.override_id not in told and _share_hours(one, other):
            told.add(override.override_id)
            yield override


def _share_hours(one: PlannedPassage, other: PlannedPassage) -> bool:
    if one.call.hours is None or other.call.hours is None:
        return one.period is other.period
    return one.call.hours.overlaps(other.call.hours)


def _upcoming(study: Study) -> Iterator[Override]:
    return (one for one in study.tree.overrides if one.original_date >= study.today)


def _targets(
    study: Study,
    override: Override,
    tour: Tour,
    version: TourVersion | None,
    kept_by_holidays: bool = False,
) -> list[StopId]:
    """List the stops of a version that pass on an overlay's day and are in its scope.

    A passage that a public holiday takes away can still be kept, moved or cancelled aloud.
    """
    if version is None:
        return []
    day = override.original_date
    table = study.table_of(day, day)
    return [
        stop.stop_id
        for run in version.runs
        for days in [_days(study, tour, version, run, table, kept_by_holidays)]
        for stop in run.stops
        if days and stop_days(days, run, stop, table) and _is_in_scope(override, stop)
    ]


def _days(
    study: Study,
    tour: Tour,
    version: TourVersion,
    run: Run,
    table: DayTable,
    kept_by_holidays: bool,
) -> list[date]:
    days = days_without_holidays(tour, version, run, table)
    if not kept_by_holidays:
        return days
    listed = run.recurrence.dates
    return [day for day in days if day in listed or day not in table.public_holidays]


def _is_orphaned(study: Study, override: Override, tour: Tour) -> bool:
    """Tell whether an older version, were it still in force, would have had the passage."""
    begun = [one for one in tour.versions if one.valid_from <= override.original_date]
    for version in begun[:-1]:
        alone = replace(version, valid_until=None)
        if _targets(study, override, replace(tour, versions=(alone,)), alone):
            return True
    return False


def _is_in_scope(override: Override, stop: Stop) -> bool:
    match override.scope:
        case WholeDay():
            return True
        case HalfDay() as half_day:
            halves = {span.half_day for span in stop.spans} | {stop.half_day}
            return half_day in halves
        case stop_id:
            return stop.stop_id == stop_id


def _width(override: Override) -> int:
    match override.scope:
        case WholeDay():
            return 2
        case HalfDay():
            return 1
    return 0


def _contradict(wide: Override, narrow: Override) -> bool:
    if wide.action is OverrideAction.CANCEL:
        return narrow.action in NEEDS_A_PASSAGE
    if wide.action is OverrideAction.MOVE and narrow.action is OverrideAction.MOVE:
        return wide.moved_to != narrow.moved_to
    return False


def _overlap(study: Study, wide: Override, narrow: Override) -> bool:
    """Tell whether two overlays of one day are about one stop."""
    tour = study.tree.tours.get(wide.tour_id)
    version = tour.version_on(wide.original_date) if tour else None
    if tour is None or version is None:
        return False
    stops = Counter(_targets(study, wide, tour, version))
    return any(stop_id in stops for stop_id in _targets(study, narrow, tour, version))


OVERRIDE_RULES = (
    check_overlay_target_missing,
    check_overlay_orphaned,
    check_overlay_conflict,
    check_cancellation_without_notice,
    check_late_cancellation,
    check_moved_onto_holiday,
    check_moved_out_of_order,
    check_repeated_exception,
)
