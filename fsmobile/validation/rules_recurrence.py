"""Rules of recurrences: which days a run or a stop is really served, and why not."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from fsmobile.core.agenda import stop_days
from fsmobile.core.recurrence import DayTable, HolidayRule
from fsmobile.core.tours import Run, Tour, TourVersion
from fsmobile.errors import Severity
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import StopPlan, Study, days_without_holidays, shift

FAR_AHEAD_DAYS = 2 * 365


@rule("recurrence_never_fires", Severity.ERROR)
def check_recurrence_never_fires(study: Study) -> Iterator[Finding]:
    """A run has no date in the whole life of its version.

    Example: week 53 in a version that lives from 2027 to 2031.
    """
    for tour, version, run in _runs_without_doubt(study):
        if run.recurrence.lacks_weekdays or study.days_of_run(tour, version, run):
            continue
        table = study.life_of(tour, version)
        listed = any(version.valid_from <= day for day in run.recurrence.dates)
        if not listed and not days_without_holidays(tour, version, run, table):
            yield found(f"{tour.tour_id}/{run.run_id}", run.position, value=run.run_id)


@rule("recurrence_without_day", Severity.ERROR)
def check_recurrence_without_day(study: Study) -> Iterator[Finding]:
    """`semaines`, `rang` or `cycle` choose among weekdays, and no weekday is given.

    Example: `semaines = "paires"` without `jours`.
    """
    for tour, _, run in _runs_without_doubt(study):
        if run.recurrence.lacks_weekdays:
            keys = ("semaines", "rang", "cycle")
            key = next((one for one in keys if run.position.has(one)), "semaines")
            yield found(f"{tour.tour_id}/{run.run_id}", run.position.of(key), value=key)


@rule("recurrence_contradiction", Severity.ERROR)
def check_recurrence_contradiction(study: Study) -> Iterator[Finding]:
    """The selectors of a stop exclude every day of its run.

    Example: a run in `paires` weeks with a stop in `impaires` weeks.
    """
    for plan in _never_served_plans(study):
        table = study.life_of(plan.tour, plan.version)
        days = days_without_holidays(plan.tour, plan.version, plan.run, table)
        if days and not _days_of_stop_without_holidays(plan, days, table):
            yield found(plan.subject, plan.stop.position, value=plan.stop.stop_id)


@rule("stop_never_served", Severity.WARNING)
def check_stop_never_served(study: Study) -> Iterator[Finding]:
    """A stop has no passage in the life of its version: public holidays take all of them away.

    Example: a stop whose only day is 25 December.
    """
    for plan in _never_served_plans(study):
        table = study.life_of(plan.tour, plan.version)
        days = days_without_holidays(plan.tour, plan.version, plan.run, table)
        if _days_of_stop_without_holidays(plan, days, table):
            yield found(plan.subject, plan.stop.position, value=plan.stop.stop_id)


@rule("date_not_on_declared_weekday", Severity.WARNING)
def check_date_not_on_declared_weekday(study: Study) -> Iterator[Finding]:
    """A listed date is not on one of the days that `jours` declares: one of the two is wrong.

    Example: 24 November 2022, a Thursday, in a list of Wednesdays.
    """
    for tour, _, run in study.runs:
        weekdays = run.recurrence.weekdays
        for rank, day in enumerate(run.recurrence.dates):
            if weekdays and day.weekday() not in weekdays:
                yield found(
                    f"{tour.tour_id}/{run.run_id}",
                    run.position.of(f"dates.{rank}"),
                    value=day.isoformat(),
                    weekday=day.weekday(),
                )


@rule("date_outside_version", Severity.WARNING)
def check_date_outside_version(study: Study) -> Iterator[Finding]:
    """A listed date is before the version takes effect, or after it has ended: it never serves.

    Example: `dates = [2026-08-25]` in a version with `effet = 2026-09-01`.
    """
    for tour, version, run in study.runs:
        for rank, day in enumerate(run.recurrence.dates):
            if not version.valid_from <= day <= (version.valid_until or date.max):
                yield found(
                    f"{tour.tour_id}/{run.run_id}",
                    run.position.of(f"dates.{rank}"),
                    value=day.isoformat(),
                )


@rule("date_duplicated", Severity.WARNING)
def check_date_duplicated(study: Study) -> Iterator[Finding]:
    """A date is listed twice in one run; another one was probably meant.

    Example: `dates = [2026-11-27, 2026-11-27]`.
    """
    for tour, _, run in study.runs:
        seen: set[date] = set()
        for rank, day in enumerate(run.recurrence.dates):
            if day in seen:
                yield found(
                    f"{tour.tour_id}/{run.run_id}",
                    run.position.of(f"dates.{rank}"),
                    value=day.isoformat(),
                )
            seen.add(day)


@rule("date_in_the_past", Severity.INFO)
def check_date_in_the_past(study: Study) -> Iterator[Finding]:
    """A version that is not yet in force lists a date that has already gone by.

    Example: last year's list, copied into next year's version.
    """
    for tour, version, run in study.runs:
        for rank, day in enumerate(run.recurrence.dates):
            if day < study.today < version.valid_from:
                yield found(
                    f"{tour.tour_id}/{run.run_id}",
                    run.position.of(f"dates.{rank}"),
                    value=day.isoformat(),
                )


@rule("schedule_extends_far", Severity.INFO)
def check_schedule_extends_far(study: Study) -> Iterator[Finding]:
    """A date is listed more than two years ahead: a year may be mistyped.

    Example: `dates = [2036-11-27]`.
    """
    limit = shift(study.today, FAR_AHEAD_DAYS)
    for tour, _, run in study.runs:
        for rank, day in enumerate(run.recurrence.dates):
            if day > limit:
                yield found(
                    f"{tour.tour_id}/{run.run_id}",
                    run.position.of(f"dates.{rank}"),
                    value=day.isoformat(),
                )


@rule("season_wraps_year", Severity.INFO)
def check_season_wraps_year(study: Study) -> Iterator[Finding]:
    """A season goes over new year; told so that it is seen.

    Example: `saison = "11-01..03-31"`.
    """
    for tour, _, run in study.runs:
        for season in run.recurrence.seasons:
            if season.wraps:
                value = "..".join(
                    f"{month:02}-{day:02}" for month, day in (season.first, season.last)
                )
                subject = f"{tour.tour_id}/{run.run_id}"
                yield found(subject, run.position.of("saison"), value=value)


def _runs_without_doubt(study: Study) -> Iterator[tuple[Tour, TourVersion, Run]]:
    """Yield the runs whose keys of days have no fault that is already told."""
    for tour, version, run in study.runs:
        if not study.doubts.about_days(version, run):
            yield tour, version, run


def _never_served_plans(study: Study) -> Iterator[StopPlan]:
    """Yield the stops without any day whose keys of days have no fault that is already told."""
    for plan in study.never_served:
        if not study.doubts.about_days(plan.version, plan.run):
            yield plan


def _days_of_stop_without_holidays(plan: StopPlan, days: list[date], table: DayTable) -> list[date]:
    if plan.stop.narrowing is None:
        return days
    narrowing = replace(plan.stop.narrowing, holidays=HolidayRule.SERVE)
    return stop_days(days, plan.run, replace(plan.stop, narrowing=narrowing), table)


RECURRENCE_RULES = (
    check_recurrence_never_fires,
    check_recurrence_without_day,
    check_recurrence_contradiction,
    check_stop_never_served,
    check_date_not_on_declared_weekday,
    check_date_outside_version,
    check_date_duplicated,
    check_date_in_the_past,
    check_schedule_extends_far,
    check_season_wraps_year,
)
