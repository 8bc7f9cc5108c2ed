"""What OpenStreetMap's `opening_hours` can say of a stop's timetable, rule by rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from fsmobile.core.ids import AgencyId, StopId
from fsmobile.core.planned_passages import Call, calls_of
from fsmobile.core.recurrence import (
    DayTable,
    HolidayRule,
    Recurrence,
    SchoolRule,
    expand_recurrence,
)
from fsmobile.core.spans import DateSpan, HalfDay, TimeSpan
from fsmobile.core.tours import Access, Run, Stop, Tour
from fsmobile.formats.opening_hours_selectors import (
    date_ranges,
    format_dates,
    format_season,
    format_weekdays,
    format_weeks,
)

EVERY_WEEK = frozenset(range(1, 54))
HALF_DAYS = {
    HalfDay.MORNING: TimeSpan(starts=time(8), ends=time(12)),
    HalfDay.AFTERNOON: TimeSpan(starts=time(14), ends=time(18)),
}
"""The hours written, as `unknown`, for an opening announced only as a half-day."""
COMMENTS = {
    Access.APPOINTMENT: "by appointment",
    Access.ON_REQUEST: "on request",
    Access.PRIVATE: "private",
    HalfDay.MORNING: "in the morning",
    HalfDay.AFTERNOON: "in the afternoon",
}
"""In English, as the mappers of all countries write them."""

Hours = tuple[str, ...]
"""The openings of one day: `09:30-12:00,14:00-16:00`, one text for each kind of opening."""


def format_hours(calls: Iterable[Call]) -> Hours:
    """Write the openings of one day, those of one kind together."""
    kinds: defaultdict[str, set[TimeSpan]] = defaultdict(set)
    for call in calls:
        kinds[_modifier_of(call)].add(call.hours or HALF_DAYS[call.period])
    return tuple(
        ",".join(f"{one.starts:%H:%M}-{one.ends:%H:%M}" for one in sorted(spans)) + modifier
        for modifier, spans in sorted(kinds.items())
    )


def _modifier_of(call: Call) -> str:
    """Write how sure an opening is, and for whom."""
    without_hours = (call.period,) if call.hours is None else ()
    comments = [COMMENTS[one] for one in (call.access, *without_hours) if one in COMMENTS]
    comment = f' "{", ".join(comments)}"' if comments else ""
    if call.is_tentative or call.hours is None:
        return f" unknown{comment}"
    # A comment alone means `unknown` to one of the libraries.
    return f" open{comment}" if comment else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRule:
    """A part of the timetable that OSM can say."""

    selector: str
    days: frozenset[date]
    """The days of the window that the selector holds."""
    hours: Hours
    skips_holidays: bool


def stated_rules(
    agency_id: AgencyId, tour: Tour, stop_id: StopId, table: DayTable
) -> list[StatedRule]:
    """Return the rules of a stop's versions, one for all the versions that say the same."""
    spans: defaultdict[tuple[Recurrence, Hours], list[DateSpan]] = defaultdict(list)
    skipping: set[Recurrence] = set()
    for version in tour.versions:
        in_force = DateSpan(first=version.valid_from, last=tour.last_day_of(version))
        for run in version.runs:
            for stop in run.stops:
                pattern = _sayable_pattern(run, stop) if stop.stop_id == stop_id else None
                if pattern is None:
                    continue
                hours = format_hours(calls_of(agency_id, tour.tour_id, run, stop))
                spans[pattern, hours].append(in_force)
                if run.recurrence.holidays is HolidayRule.SKIP:
                    skipping.add(pattern)
    rules = (
        _make_rule(pattern, hours, own, table, skips_holidays=pattern in skipping)
        for (pattern, hours), own in spans.items()
    )
    return [rule for rule in rules if rule.days and rule.hours]


def _sayable_pattern(run: Run, stop: Stop) -> Recurrence | None:
    """Return what OSM can say of the days of a stop, or None: a cycle, two ranks at once…

    The parity is turned into weeks; holidays and listed dates are left to what follows.
    """
    rule, own = run.recurrence, stop.narrowing or Recurrence()
    both_rank, both_season = rule.ranks and own.ranks, rule.seasons and own.seasons
    is_exception = rule.school is SchoolRule.DURING
    if rule.cycle or own.cycle or both_rank or both_season or is_exception:
        return None
    weekdays = rule.weekdays & own.weekdays if own.weekdays else rule.weekdays
    weeks = frozenset(one for one in EVERY_WEEK if rule.counts_week(one) and own.counts_week(one))
    if not weekdays or not weeks:
        return None
    return Recurrence(
        weekdays=weekdays,
        weeks=frozenset() if weeks == EVERY_WEEK else weeks,
        ranks=rule.ranks | own.ranks,
        seasons=rule.seasons or own.seasons,
        holidays=HolidayRule.SERVE,
    )


def _make_rule(
    pattern: Recurrence,
    hours: Hours,
    spans: Sequence[DateSpan],
    table: DayTable,
    *,
    skips_holidays: bool,
) -> StatedRule:
    always = _cover(spans, table)
    seasons = ",".join(map(format_season, pattern.seasons))
    bounds = seasons if always else _bounds_of(pattern, spans, table)
    weeks = format_weeks(pattern.weeks) if pattern.weeks else ""
    weekdays = format_weekdays(pattern.weekdays, pattern.ranks)
    days = expand_recurrence(pattern, table)
    return StatedRule(
        selector=" ".join(part for part in (bounds, weeks, weekdays) if part),
        days=frozenset(day for day in days if always or any(day in span for span in spans)),
        hours=hours,
        skips_holidays=skips_holidays,
    )


def _cover(spans: Sequence[DateSpan], table: DayTable) -> bool:
    """Tell whether spans, given in order, hold every day of the window."""
    next_day, last = table.first.toordinal(), table.last.toordinal()
    for span in spans:
        if span.first.toordinal() <= next_day:
            next_day = max(next_day, span.last.toordinal() + 1)
    return next_day > last


def _bounds_of(pattern: Recurrence, spans: Sequence[DateSpan], table: DayTable) -> str:
    """Write between which dates a pattern holds, when it does not all through the window.

    OSM has no « both »: a season within a version that begins or ends is written as dates. They
    go on to the end of the year, so that the string is not another one each day.
    """
    begin, end = date(table.first.year, 1, 1), date(table.last.year, 12, 31)
    days = map(date.fromordinal, range(begin.toordinal(), end.toordinal() + 1))
    kept = (day for day in days if any(day in span for span in spans))
    in_season = (day for day in kept if any(day in one for one in pattern.seasons))
    held = in_season if pattern.seasons else kept
    return ",".join(format_dates(*one) for one in date_ranges(held) if one[1] >= table.first)
