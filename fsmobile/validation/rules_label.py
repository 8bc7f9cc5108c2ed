"""Rules of the label: open hours and days of a week, against what the structure answers for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from math import lcm

from fsmobile.core.recurrence import Recurrence, SchoolRule, WeekParity
from fsmobile.errors import Severity
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import WEEKS_LOOKED_AT, Study, shift


@rule("weekly_hours_below_label", Severity.WARNING)
def check_weekly_hours_below_label(study: Study) -> Iterator[Finding]:
    """The service is open for fewer hours a week than the label asks for.

    Measured on normal weeks (no public holiday, closure or overlay): the mean over the shortest
    full rotation, and the worst week. Weeks with a holiday are told apart, as INFO, when they are
    the only ones below. Example: 25 h 30 in odd weeks, 20 h 30 in even ones, 23 h on average.
    """
    wanted = study.tree.agency.label.hours_per_week_min
    weeks = study.open_minutes_by_week
    if wanted is None or not weeks or study.lacks_passages:
        return
    minimum = round(wanted * 60)
    normal = [minutes for monday, minutes in weeks.items() if _is_normal(study, monday)]
    position = study.tree.agency.label.position.of("heures_semaine_min")
    rotation = normal[: _rotation_weeks(study)] or normal
    if rotation and (min(normal) < minimum or sum(rotation) < minimum * len(rotation)):
        yield found(
            study.tree.agency.agency_id,
            position,
            value=_hours(sum(rotation) / len(rotation)),
            worst=_hours(min(normal)),
            best=_hours(max(normal)),
            expected=_hours(minimum),
            weeks=len(rotation),
        )
        return
    short = [monday for monday, minutes in weeks.items() if minutes < minimum]
    if short:
        yield found(
            study.tree.agency.agency_id,
            position,
            severity=Severity.INFO,
            value=_hours(min(weeks[monday] for monday in short)),
            worst=_hours(min(weeks.values())),
            best=_hours(max(weeks.values())),
            expected=_hours(minimum),
            weeks=len(short),
        )


@rule("weekly_days_below_label", Severity.WARNING)
def check_weekly_days_below_label(study: Study) -> Iterator[Finding]:
    """In some normal week the service is open on fewer days than the label asks for.

    Where the hours are too few as well, the same weeks are told once as a warning, and their days
    as INFO. Example: four days in even weeks, five in odd ones, and `jours_semaine_min = 5`.
    """
    wanted = study.tree.agency.label.days_per_week_min
    if wanted is None or study.lacks_passages:
        return
    days = _open_days_by_week(study)
    normal = [count for monday, count in days.items() if _is_normal(study, monday)]
    if not normal or min(normal) >= wanted:
        return
    is_told = any(one.severity is None for one in check_weekly_hours_below_label.check(study))
    yield found(
        study.tree.agency.agency_id,
        study.tree.agency.label.position.of("jours_semaine_min"),
        severity=Severity.INFO if is_told else None,
        value=min(normal),
        best=max(normal),
        expected=wanted,
    )


def _open_days_by_week(study: Study) -> Mapping[date, int]:
    """Count the days with a passage in each whole week of a year, by its Monday."""
    days: defaultdict[date, set[date]] = defaultdict(set)
    for passage in study.upcoming:
        days[shift(passage.service_date, -passage.service_date.weekday())].add(passage.service_date)
    return {monday: len(days[monday]) for monday in study.open_minutes_by_week}


def _is_normal(study: Study, monday: date) -> bool:
    """Tell whether nothing but the timetable makes a week what it is."""
    days = [shift(monday, rank) for rank in range(7)]
    weekdays = days[:6]
    if any(day in study.table.public_holidays for day in weekdays) or is_closed_week(study, monday):
        return False
    if monday in study.weeks_with_overrides:
        return False
    starts = {version.valid_from for _, version in study.live_versions}
    ends = {version.valid_until for _, version in study.live_versions}
    return not starts & set(days[1:]) and not ends & set(days[:6])


def is_closed_week(study: Study, monday: date) -> bool:
    """Tell whether the service or a vehicle is off on some day of a week."""
    days = [shift(monday, rank) for rank in range(7)]
    spans = [closure.days for closure in study.tree.closures]
    spans += [span for vehicle in study.tree.vehicles.values() for span in vehicle.unavailable]
    return any(day in span for day in days for span in spans)


def _rotation_weeks(study: Study) -> int:
    """Return the weeks after which the timetable in force repeats itself, 53 when it does not."""
    lengths = [1]
    for tour, version, run in study.runs:
        if not version.valid_from <= study.today <= tour.last_day_of(version):
            continue
        rules = [run.recurrence, *(stop.narrowing for stop in run.stops if stop.narrowing)]
        lengths += [_weeks_of(one) for one in rules]
    return min(lcm(*lengths), WEEKS_LOOKED_AT)


def _weeks_of(one: Recurrence) -> int:
    if one.ranks or one.weeks or one.seasons or one.dates or one.school is not SchoolRule.IGNORE:
        return WEEKS_LOOKED_AT
    parity = 1 if one.parity is WeekParity.EVERY else 2
    return lcm(parity, one.cycle.length if one.cycle else 1)


def _hours(minutes: float) -> str:
    whole = round(minutes)
    return f"{whole // 60} h {whole % 60:02}" if whole % 60 else f"{whole // 60} h"


LABEL_RULES = (check_weekly_hours_below_label, check_weekly_days_below_label)
