"""Rules of calendars: public and school holidays, week 53, time zones."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fsmobile.core.overrides import OverrideAction
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.positions import Position
from fsmobile.core.recurrence import CycleCount, Recurrence, WeekParity
from fsmobile.errors import Severity
from fsmobile.validation.context import DepartmentFacts
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import StopPlan, Study, shift

FORTNIGHT_DAYS = 14
MOVED_DAYS = 3
"""A passage moved by a few days neither makes nor hides a break of parity."""
SCHOOL_AHEAD_DAYS = 365
"""A version without end is compared with the school calendar over one year."""
CHANGE_BEGINS, CHANGE_ENDS = time(1), time(4)


@rule("parity_break_week53", Severity.WARNING)
def check_parity_break_week53(study: Study) -> Iterator[Finding]:
    """Around a 53rd week, even and odd weeks no longer alternate: a stop waits, or is served twice.

    Two odd weeks follow each other (53, then 1). What counts is the real passages, versions and
    overlays applied. Example: 24 December 2026, then 14 January 2027: 21 days.
    """
    parity = _parity_plans(study)
    for boundary in _boundaries(study):
        for (tour_id, stop_id), plan in parity.items():
            days = study.days_by_stop.get((plan.tour.tour_id, plan.stop.stop_id), [])
            before = [day for day in days if day < boundary]
            after = [day for day in days if day >= boundary]
            if not before or not after or after[0] < study.today:
                continue
            gap, usual = (after[0] - before[-1]).days, _usual_gap(days)
            if usual < FORTNIGHT_DAYS or _is_usual(gap, usual):
                continue
            yield found(
                f"{tour_id}/{stop_id}",
                plan.stop.position.of("semaines")
                if plan.stop.position.has("semaines")
                else plan.run.position.of("semaines"),
                value=gap,
                stop=stop_id,
                before=before[-1].isoformat(),
                after=after[0].isoformat(),
            )


@rule("stop_on_public_holiday", Severity.WARNING)
def check_stop_on_public_holiday(study: Study) -> Iterator[Finding]:
    """A passage is planned on a public holiday, and nobody has said that it is meant.

    ERROR on 1 May, even when an overlay keeps it. Example: `dates` holds 2026-05-08.
    """
    for tour, version, run in study.runs:
        for rank, day in enumerate(run.recurrence.dates):
            is_in_force = version.valid_from <= day <= tour.last_day_of(version)
            if is_in_force and study.is_public_holiday(day):
                position = run.position.of(f"dates.{rank}")
                yield _on_holiday(f"{tour.tour_id}/{run.run_id}", position, day)
    listed = {
        (tour.tour_id, run.run_id, day)
        for tour, _, run in study.runs
        for day in run.recurrence.dates
    }
    told: set[object] = set()
    for passage in study.upcoming:
        day = passage.service_date
        if day not in study.table.public_holidays or _is_meant(passage):
            continue
        key = (passage.tour_id, passage.run_id or passage.stop_id, day)
        if key not in told and key not in listed:
            told.add(key)
            position = study.position_of(passage)
            yield _on_holiday(f"{passage.tour_id}/{passage.stop_id}", position, day)


@rule("pass_lost_to_holiday", Severity.INFO)
def check_pass_lost_to_holiday(study: Study) -> Iterator[Finding]:
    """Passages fall on a public holiday and are skipped; is one to be put off?

    Example: the first Friday of May 2026 is 1 May.
    """
    for plan in study.plans:
        lost = [day for day in study.lost_days(plan) if day >= study.today]
        if lost:
            yield found(
                plan.subject,
                plan.stop.position,
                value=len(lost),
                stop=plan.stop.stop_id,
                date=lost[0].isoformat(),
                dates=", ".join(day.isoformat() for day in lost),
            )


@rule("monthly_pass_lost", Severity.WARNING)
def check_monthly_pass_lost(study: Study) -> Iterator[Finding]:
    """The only passage of a month at a stop falls on a public holiday, and nothing replaces it.

    Example: a stop served each second Tuesday, in a month where it is 14 July.
    """
    for plan in study.plans:
        served = study.days_by_stop.get((plan.tour.tour_id, plan.stop.stop_id), [])
        months = {(day.year, day.month) for day in served}
        for day in study.lost_days(plan):
            is_near = any(abs((other - day).days) < FORTNIGHT_DAYS for other in served)
            if day >= study.today and (day.year, day.month) not in months and not is_near:
                yield found(
                    plan.subject,
                    plan.stop.position,
                    value=day.isoformat(),
                    stop=plan.stop.stop_id,
                )


@rule("fifth_weekday_gap", Severity.INFO)
def check_fifth_weekday_gap(study: Study) -> Iterator[Finding]:
    """Ranks such as the first and third leave three weeks in a month that has five of the day.

    Example: `rang = [1, 3]`.
    """
    for tour, _, run in study.runs:
        ranks = run.recurrence.ranks
        if ranks in ({1, 3}, {2, 4}):
            value = ", ".join(map(str, sorted(ranks)))
            yield found(f"{tour.tour_id}/{run.run_id}", run.position.of("rang"), value=value)


@rule("pass_in_school_holidays", Severity.INFO)
def check_pass_in_school_holidays(study: Study) -> Iterator[Finding]:
    """A run passes in the school holidays, and its file does not say that it is meant.

    Example: `vacances` left out, passages in August.
    """
    for tour, version, run in study.runs:
        if run.position.has("vacances") or version.position.has("vacances"):
            continue
        origin, flags = study.table.first.toordinal(), study.table.are_school_holidays
        days = study.days_of_run(tour, version, run)
        inside = [day for day in days if flags[day.toordinal() - origin] and day >= study.today]
        if inside:
            yield found(
                f"{tour.tour_id}/{run.run_id}",
                run.position,
                value=len(inside),
                run=run.run_id,
                date=inside[0].isoformat(),
            )


@rule("school_calendar_horizon", Severity.WARNING)
def check_school_calendar_horizon(study: Study) -> Iterator[Finding]:
    """A rule needs the school holidays of a zone or of a year that nobody has.

    ERROR with `compte = "hors-vacances"`: from there on the rotation itself would be wrong.
    Example: a version until 2029 with a calendar that ends on 31 August 2028.
    """
    zone = study.table.school_zone
    told: set[object] = set()
    for tour, version, run in study.runs:
        rules = [run.recurrence, *(stop.narrowing for stop in run.stops if stop.narrowing)]
        needs = [one for one in rules if one.needs_school_calendar]
        soon = shift(max(study.today, version.valid_from), SCHOOL_AHEAD_DAYS)
        last = min(tour.last_day_of(version), version.valid_until or soon)
        key = (tour.tour_id, version.valid_from, any(map(_counts_school, needs)))
        if not needs or key in told or (zone is not None and zone.horizon >= last):
            continue
        told.add(key)
        yield found(
            f"{tour.tour_id}/{run.run_id}",
            run.position.of("vacances"),
            severity=Severity.ERROR if any(map(_counts_school, needs)) else None,
            value=zone.horizon.isoformat() if zone else None,
            zone=study.tree.agency.school_zone,
        )


@rule("holiday_zone_mismatch", Severity.WARNING)
def check_holiday_zone_mismatch(study: Study) -> Iterator[Finding]:
    """`feries` names another territory than that of the département.

    Example: `feries = "metropole"` in the Bas-Rhin (67), which keeps Good Friday.
    """
    agency, facts = study.tree.agency, _department(study)
    if facts is not None and facts.territory is not None and facts.territory != agency.territory:
        yield found(
            agency.agency_id,
            agency.position.of("feries"),
            value=agency.territory,
            expected=facts.territory,
        )


@rule("school_zone_mismatch", Severity.WARNING)
def check_school_zone_mismatch(study: Study) -> Iterator[Finding]:
    """`zone_scolaire` is not the zone of the département.

    Example: `zone_scolaire = "C"` in the Creuse, which is in zone A.
    """
    agency, facts = study.tree.agency, _department(study)
    if facts is None or facts.school_zone is None or agency.school_zone is None:
        return
    if facts.school_zone != agency.school_zone:
        yield found(
            agency.agency_id,
            agency.position.of("zone_scolaire"),
            value=agency.school_zone,
            expected=facts.school_zone,
        )


@rule("timezone_mismatch", Severity.ERROR)
def check_timezone_mismatch(study: Study) -> Iterator[Finding]:
    """`fuseau` keeps another time than the département does.

    Two names of one time are the same to us. Example: La Réunion (974) with Europe/Paris.
    """
    agency, facts = study.tree.agency, _department(study)
    if facts is None:
        return
    own, expected = (_offsets(name, study.today) for name in (agency.timezone, facts.time_zone))
    if own is not None and expected is not None and own != expected:
        yield found(
            agency.agency_id,
            agency.position.of("fuseau"),
            value=agency.timezone,
            expected=facts.time_zone,
        )


@rule("dst_transition_span", Severity.ERROR)
def check_dst_transition_span(study: Study) -> Iterator[Finding]:
    """A span touches 01:00 to 04:00 on a day when the clocks change: its length is not certain.

    Example: a night market, on the last Sunday of October.
    """
    told: set[object] = set()
    for passage in study.upcoming:
        hours = passage.call.hours
        if hours is None or hours.starts >= CHANGE_ENDS or hours.ends <= CHANGE_BEGINS:
            continue
        key = (passage.tour_id, passage.stop_id)
        if key not in told and _clocks_change(study.tree.agency.timezone, passage.service_date):
            told.add(key)
            yield found(
                f"{passage.tour_id}/{passage.stop_id}",
                study.position_of(passage),
                value=f"{hours.starts:%H:%M}-{hours.ends:%H:%M}",
                date=passage.service_date.isoformat(),
            )


def _boundaries(study: Study) -> Iterator[date]:
    """Yield the Mondays of the window that follow a 53rd week."""
    first, last = study.window
    for year in range(first.year, min(last.year, date.max.year - 1) + 1):
        if date(year, 12, 28).isocalendar().week == 53:
            yield date.fromisocalendar(year + 1, 1, 1)


def _parity_plans(study: Study) -> dict[tuple[str, str], StopPlan]:
    """Return a stop that goes by parity for each stop id of each tour."""
    plans: dict[tuple[str, str], StopPlan] = {}
    doubtful: set[tuple[str, str]] = set(study.idle_stops)
    for plan in study.plans:
        rules = [plan.run.recurrence, plan.stop.narrowing or plan.run.recurrence]
        key = (plan.tour.tour_id, plan.stop.stop_id)
        if study.doubts.about_days(plan.version, plan.run):
            doubtful.add(key)
        if any(one.parity is not WeekParity.EVERY for one in rules):
            # The latest version comes last: it is the one to mend.
            plans[key] = plan
    return {key: plan for key, plan in plans.items() if key not in doubtful}


def _usual_gap(days: list[date]) -> int:
    gaps = Counter((b - a).days for a, b in pairwise(days))
    (gap, _), *_ = gaps.most_common(1) or [(FORTNIGHT_DAYS, 0)]
    return gap


def _is_usual(gap: int, usual: int) -> bool:
    """Tell whether a wait is neither half nor one and a half of the usual one, give or take."""
    return usual / 2 + MOVED_DAYS < gap < usual * 1.5 - MOVED_DAYS


def _on_holiday(subject: str, position: Position, day: date) -> Finding:
    labour_day = (day.month, day.day) == (5, 1)
    severity = Severity.ERROR if labour_day else None
    return found(subject, position, severity=severity, value=day.isoformat())


def _is_meant(passage: PlannedPassage) -> bool:
    """Tell whether an overlay says that the passage takes place all the same."""
    day = passage.service_date
    if (day.month, day.day) == (5, 1):
        return False
    is_kept = OverrideAction.KEEP in passage.change.changes
    # A move onto a holiday is told by `moved_onto_holiday`.
    return is_kept or passage.change.status is PlannedStatus.MOVED


def _counts_school(one: Recurrence) -> bool:
    cycle = one.cycle
    return cycle is not None and cycle.count is CycleCount.OUTSIDE_SCHOOL_HOLIDAYS


def _department(study: Study) -> DepartmentFacts | None:
    code = study.tree.agency.department
    return None if code is None else study.context.departments.get(code)


def _offsets(name: str, today: date) -> tuple[object, ...] | None:
    """Return the time kept in winter and in summer; None when nobody knows the zone."""
    zone = _zone(name)
    if zone is None:
        return None
    days = (date(today.year, month, 15) for month in (1, 4, 7, 10))
    return tuple(datetime.combine(day, time(12), tzinfo=zone).utcoffset() for day in days)


def _clocks_change(name: str, day: date) -> bool:
    zone = _zone(name)
    if zone is None or day in (date.min, date.max):
        return False
    night, noon = (datetime.combine(day, hour, tzinfo=zone) for hour in (time(0), time(12)))
    return night.utcoffset() != noon.utcoffset()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


CALENDAR_RULES = (
    check_parity_break_week53,
    check_stop_on_public_holiday,
    check_pass_lost_to_holiday,
    check_monthly_pass_lost,
    check_fifth_weekday_gap,
    check_pass_in_school_holidays,
    check_school_calendar_horizon,
    check_holiday_zone_mismatch,
    check_school_zone_mismatch,
    check_timezone_mismatch,
    check_dst_transition_span,
)
