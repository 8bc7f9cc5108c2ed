"""Rules of driving: whether a run can be driven between its stops, on time."""

from collections.abc import Iterator
from itertools import pairwise

from fsmobile.core.distances import distance_km
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.errors import Severity
from fsmobile.validation.journeys import Journey, Leg, Opening
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study

SUSPICIOUS_KM_PER_HOUR = 60.0
"""In a straight line: some 80 on the road, which no minibus keeps up between villages."""
IMPOSSIBLE_KM_PER_HOUR = 110.0
MARGIN_MINUTES = 10
SHORT_DRIVE_KM = 1.0
"""Below, minutes are too coarse to make a speed."""
DWELL_MIN_MINUTES = 30
DWELL_MAX_MINUTES = 240
LUNCH_MINUTES = 45
LUNCH_FROM, LUNCH_UNTIL = 11 * 60, 15 * 60


@rule("stop_times_overlap", Severity.ERROR)
def check_stop_times_overlap(study: Study) -> Iterator[Finding]:
    """Two stops of one run, or two spans of one stop, are open at the same time.

    Example: Dun until 12:30, La Celle from 12:15.
    """
    for journey in study.timetable:
        for (before, _, closing), (after, opening, _) in _pairs(journey):
            if opening < closing:
                yield found(
                    f"{after.tour_id}/{after.stop_id}",
                    study.position_of(after).of("ouvert"),
                    value=after.stop_id,
                    other=before.stop_id,
                    date=journey.day.isoformat(),
                )


@rule("arrival_after_opening", Severity.ERROR)
def check_arrival_after_opening(study: Study) -> Iterator[Finding]:
    """The vehicle leaves, drives, and arrives after the stop should have opened.

    Example: departure at 08:30, 35 minutes to Dun, open at 08:50: 15 minutes late.
    """
    for leg, _ in _timed_legs(study):
        late = leg.leaves + (leg.drive_minutes or 0) - leg.due
        if leg.passage and leg.gap >= 0 and leg.drive_minutes is not None and late > 0:
            passage = leg.passage
            yield found(
                f"{passage.tour_id}/{passage.stop_id}",
                study.position_of(passage).of("ouvert"),
                value=late,
                stop=passage.stop_id,
                drive=leg.drive_minutes,
            )


@rule("no_setup_margin", Severity.WARNING)
def check_no_setup_margin(study: Study) -> Iterator[Finding]:
    """Less than 10 minutes are left between the arrival and the opening.

    Example: 5 minutes at Gouzon.
    """
    for leg, _ in _timed_legs(study):
        if leg.passage is None or not leg.drive_minutes:
            continue
        margin = leg.due - leg.leaves - leg.drive_minutes
        if 0 <= margin < MARGIN_MINUTES:
            yield found(
                f"{leg.passage.tour_id}/{leg.passage.stop_id}",
                study.position_of(leg.passage).of("ouvert"),
                value=margin,
                stop=leg.passage.stop_id,
            )


@rule("drive_time_missing", Severity.WARNING)
def check_drive_time_missing(study: Study) -> Iterator[Finding]:
    """Nobody has said how long the drive takes, or no time at all is left for it.

    Example: a stop without `trajet`, the second of its run.
    """
    for leg, _ in _timed_legs(study):
        if leg.passage is not None and leg.is_missing and not _is_said(study, leg.passage):
            yield found(
                f"{leg.passage.tour_id}/{leg.passage.stop_id}",
                study.position_of(leg.passage),
                value=leg.passage.stop_id,
                minutes=max(leg.gap, 0),
            )


@rule("drive_too_fast", Severity.WARNING)
def check_drive_too_fast(study: Study) -> Iterator[Finding]:
    """A drive needs more than 60 km/h in a straight line; ERROR above 110.

    Example: La Souterraine in 20 minutes is 91 km/h.
    """
    for leg, journey in _timed_legs(study):
        kilometres = _length_km(study, leg)
        minutes = leg.gap if leg.drive_minutes is None else leg.drive_minutes
        if kilometres is None or kilometres < SHORT_DRIVE_KM or leg.gap < 0:
            continue
        if leg.passage is None and _is_too_short(study, leg):
            continue
        if leg.is_missing and leg.gap == 0:
            continue
        speed = kilometres * 60 / minutes if minutes else float("inf")
        if speed <= SUSPICIOUS_KM_PER_HOUR:
            continue
        passage = leg.passage
        yield found(
            f"{passage.tour_id}/{passage.stop_id}" if passage else journey.subject,
            study.position_of(passage).of("trajet") if passage else _position_of_return(journey),
            severity=Severity.ERROR if speed > IMPOSSIBLE_KM_PER_HOUR else None,
            value=round(min(speed, 999)),
            km=round(kilometres, 1),
            minutes=minutes,
            stop=passage.stop_id if passage else journey.base_id,
        )


@rule("return_infeasible", Severity.ERROR)
def check_return_infeasible(study: Study) -> Iterator[Finding]:
    """The vehicle cannot be back at the base at the hour of its return.

    Example: a stop open until 16:15, half an hour away, with `retour = "16:30"`.
    """
    told: set[object] = set()
    for leg, journey in _timed_legs(study):
        if leg.passage is not None or journey.run is None or not _is_too_short(study, leg):
            continue
        position = journey.run.position.of("retour")
        key = (position.file, journey.subject)
        if key not in told:
            told.add(key)
            yield found(journey.subject, position, value=journey.run.run_id, minutes=leg.gap)


@rule("dwell_too_short", Severity.WARNING)
def check_dwell_too_short(study: Study) -> Iterator[Finding]:
    """A stop is open for less than half an hour.

    Example: `ouvert = "09:30-09:45"`.
    """
    for plan in study.plans:
        minutes = sum(span.minutes for span in plan.stop.spans)
        if plan.stop.spans and minutes < DWELL_MIN_MINUTES:
            yield found(
                plan.subject,
                plan.stop.position.of("ouvert"),
                value=minutes,
                stop=plan.stop.stop_id,
            )


@rule("dwell_too_long", Severity.INFO)
def check_dwell_too_long(study: Study) -> Iterator[Finding]:
    """A stop is open for more than four hours on end.

    Example: `ouvert = "09:00-17:00"`.
    """
    for plan in study.plans:
        for span in plan.stop.spans:
            if span.minutes > DWELL_MAX_MINUTES:
                yield found(
                    plan.subject,
                    plan.stop.position.of("ouvert"),
                    value=span.minutes,
                    stop=plan.stop.stop_id,
                )


@rule("lunch_break_short", Severity.INFO)
def check_lunch_break_short(study: Study) -> Iterator[Finding]:
    """A day that goes over midday leaves less than 45 minutes for lunch.

    Example: a stop until 12:30, the next one half an hour away from 13:15.
    """
    for journey in study.timetable:
        starts, ends = journey.starts, journey.ends
        if starts is None or ends is None or starts > LUNCH_FROM or ends < LUNCH_UNTIL:
            continue
        pauses = [
            min(pause_end, LUNCH_UNTIL) - max(pause_start, LUNCH_FROM)
            for pause_start, pause_end in journey.pauses()
        ]
        longest = max(pauses, default=0)
        if longest < LUNCH_MINUTES and journey.run is not None:
            yield found(
                journey.subject,
                journey.run.position,
                value=max(longest, 0),
                run=journey.run.run_id,
            )


def _timed_legs(study: Study) -> Iterator[tuple[Leg, Journey]]:
    """Yield each different leg of the timetable once."""
    told: set[object] = set()
    for journey in study.timetable:
        for leg in journey.legs():
            file = journey.run.position.file if journey.run else ""
            key = (leg.key, leg.origin, leg.target, journey.subject, file)
            if key not in told:
                told.add(key)
                yield leg, journey


def _position_of_return(journey: Journey) -> Position:
    return journey.run.position.of("retour") if journey.run else NOWHERE


def _is_said(study: Study, passage: PlannedPassage) -> bool:
    """Tell whether a drive was given in a way that is refused already."""
    plan = study.plan_of(passage)
    return plan is not None and study.doubts.about_drive(plan.version, passage.stop_id)


def _pairs(journey: Journey) -> Iterator[tuple[Opening, Opening]]:
    timed = journey.timed
    return pairwise(timed)


def _length_km(study: Study, leg: Leg) -> float | None:
    ends = [study.points.get(one) for one in (leg.origin, leg.target) if one is not None]
    origin, target = ends if len(ends) == 2 else (None, None)
    return None if origin is None or target is None else distance_km(origin, target)


def _is_too_short(study: Study, leg: Leg) -> bool:
    """Tell whether the way back takes longer than what is left for it."""
    if leg.gap < 0:
        return True
    return leg.gap < study.drives.least_minutes(leg.origin, leg.target)


DRIVING_RULES = (
    check_stop_times_overlap,
    check_arrival_after_opening,
    check_no_setup_margin,
    check_drive_time_missing,
    check_drive_too_fast,
    check_return_infeasible,
    check_dwell_too_short,
    check_dwell_too_long,
    check_lunch_break_short,
)
