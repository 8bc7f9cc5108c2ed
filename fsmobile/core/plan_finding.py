"""Plan finding: published passages as rules of days, lists of dates and dated exceptions.

What is found gives exactly the passages that were published. Why a passage is missing or moved is
not known, and no reason is invented.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.overrides import OverrideAction
from fsmobile.core.recurrence import DayTable, Recurrence, Season
from fsmobile.core.rule_finding import Finding, FoundRule, RuleFinder
from fsmobile.core.season_finding import shared_seasons
from fsmobile.core.spans import DateSpan, HalfDay, TimeSpan

MOVE_DAYS_MAX = 6
"""A passage lost and one gained at a place within a week count as one that moved."""
CLOSURE_MIN = 3
"""This many exceptions in a row without a passage between them are a closure."""
OVERLAYS_MAX = 2
"""More dates than this, without a rule, are a list of dates rather than exceptions."""


class Opening(Struct, frozen=True, kw_only=True, order=True):
    """The hours of one place on one day, or the half-day alone."""

    spans: tuple[TimeSpan, ...] = ()
    half_day: HalfDay | None = None


class PublishedPassage(Struct, frozen=True, kw_only=True):
    """One pass of a bus at a place, as another service has published it."""

    place: str
    """Any key of the place."""
    day: date
    opening: Opening


class FoundRun(Struct, frozen=True, kw_only=True):
    """A rule or a list of dates, and the places served on all of its days."""

    rule: Recurrence
    stops: tuple[tuple[str, Opening], ...]
    """Keys of places with their hours, by hour."""
    days: tuple[date, ...]


class FoundOverride(Struct, frozen=True, kw_only=True):
    """One dated exception; `place` is None for the whole day."""

    action: OverrideAction
    place: str | None
    day: date
    moved_to: date | None = None
    opening: Opening | None = None


class FoundPlan(Struct, frozen=True, kw_only=True):
    """The rules, lists and exceptions that give published passages."""

    runs: tuple[FoundRun, ...]
    overrides: tuple[FoundOverride, ...]
    closures: tuple[DateSpan, ...]
    """Days without any passage, in the place of exceptions."""
    rules: int
    """Rules of places; several places that share one are counted each."""
    lists: int
    """Places and hours for which no rule was found, whose dates are written out."""


class _Series(Struct, frozen=True, kw_only=True):
    """One place at the same hours."""

    place: str
    opening: Opening
    days: frozenset[date]


def find_plan(
    passages: Iterable[PublishedPassage],
    table: DayTable,
    *,
    parity: bool = True,
    may_close: bool = True,
) -> FoundPlan:
    """Find the rules, lists and exceptions of passages that lie in the window of a table.

    Without `parity`, every other week is never said as even or odd weeks. Without `may_close`,
    no days are closed: the service has other tours, which run.
    """
    passages = tuple(passages)
    finder = RuleFinder(table, parity=parity)
    findings = _find_series(_merge_openings(passages), finder)
    rules, listed, overrides = _settle(findings)
    seasons = shared_seasons(one.season for _series, one in rules if one.season is not None)
    runs = _runs(
        [
            (series, found if found.season is None else _in_season(found, seasons[found.season]))
            for series, found in rules
        ],
        listed,
    )
    told = sorted(_whole_days(overrides, runs), key=lambda one: (one.day, one.place or ""))
    closures = _closures(told, {one.day for one in passages}) if may_close else ()
    return FoundPlan(
        runs=runs,
        overrides=tuple(one for one in told if not any(one.day in days for days in closures)),
        closures=closures,
        rules=len(rules),
        lists=len(listed),
    )


def _in_season(found: FoundRule, season: Season) -> FoundRule:
    return replace(found, rule=replace(found.rule, seasons=(season,)))


def _merge_openings(passages: Iterable[PublishedPassage]) -> list[_Series]:
    """Group passages by place and hours; all the hours of a day at a place are one opening."""
    openings: defaultdict[tuple[str, date], list[Opening]] = defaultdict(list)
    for one in passages:
        openings[one.place, one.day].append(one.opening)
    series: defaultdict[tuple[str, Opening], set[date]] = defaultdict(set)
    for (place, day), told in openings.items():
        spans = tuple(sorted({span for one in told for span in one.spans}))
        half_day = None if spans else told[0].half_day
        series[place, Opening(spans=spans, half_day=half_day)].add(day)
    found = (
        _Series(place=place, opening=opening, days=frozenset(days))
        for (place, opening), days in series.items()
    )
    return sorted(found, key=lambda one: (one.place, -len(one.days), _hours_key(one.opening)))


def _find_series(series: Iterable[_Series], finder: RuleFinder) -> list[tuple[_Series, Finding]]:
    """Find each series, the longest of a place first; a place is served once a day."""
    taken: defaultdict[str, set[date]] = defaultdict(set)
    findings: list[tuple[_Series, Finding]] = []
    for one in series:
        found = finder.find(one.days, taken[one.place])
        taken[one.place].update(day for rule in found.rules for day in rule.days)
        findings.append((one, found))
    return findings


_Rules = list[tuple[_Series, FoundRule]]
_Lists = list[tuple[_Series, tuple[date, ...]]]


def _settle(
    findings: Iterable[tuple[_Series, Finding]],
) -> tuple[_Rules, _Lists, list[FoundOverride]]:
    """Separate what rules give, what is listed, and what is an exception at each place."""
    by_place: defaultdict[str, list[tuple[_Series, Finding]]] = defaultdict(list)
    for series, found in findings:
        by_place[series.place].append((series, found))
    rules: _Rules = []
    lists: _Lists = []
    overrides: list[FoundOverride] = []
    for place, own in by_place.items():
        rules += [(series, rule) for series, found in own for rule in found.rules]
        has_rule = any(found.rules for _series, found in own)
        missing = {day: series.opening for series, found in own for day in found.missing}
        extra: dict[date, Opening] = {}
        for series, found in own:
            free = [day for day in found.extra if day not in missing]
            if free and (not has_rule or len(free) > OVERLAYS_MAX):
                lists.append((series, tuple(free)))
                extra |= {day: series.opening for day in found.extra if day in missing}
            else:
                extra |= dict.fromkeys(found.extra, series.opening)
        overrides += _overrides(place, missing, extra)
    return rules, lists, overrides


def _overrides(
    place: str, missing: Mapping[date, Opening], extra: Mapping[date, Opening]
) -> Iterator[FoundOverride]:
    """Yield the fewest exceptions that take days out of a place's rules and put others in."""
    lost = dict(missing)
    gained = dict(extra)
    for day in sorted(lost.keys() & gained.keys()):
        yield FoundOverride(
            action=OverrideAction.HOURS, place=place, day=day, opening=gained.pop(day)
        )
        del lost[day]
    for day, target in _moves(lost, gained):
        opening = gained.pop(target)
        yield FoundOverride(
            action=OverrideAction.MOVE,
            place=place,
            day=day,
            moved_to=target,
            opening=None if opening == lost[day] else opening,
        )
        del lost[day]
    for day in sorted(lost):
        yield FoundOverride(action=OverrideAction.CANCEL, place=place, day=day)
    for day in sorted(gained):
        yield FoundOverride(action=OverrideAction.ADD, place=place, day=day, opening=gained[day])


def _moves(lost: Mapping[date, Opening], gained: Mapping[date, Opening]) -> list[tuple[date, date]]:
    """Pair days lost with days gained within a week, the nearest and the same hours first."""
    pairs = sorted(
        (abs((target - day).days), lost[day] != gained[target], day, target)
        for day in lost
        for target in gained
        if abs((target - day).days) <= MOVE_DAYS_MAX
    )
    used: set[tuple[str, date]] = set()
    kept: list[tuple[date, date]] = []
    for _distance, _differs, day, target in pairs:
        if ("lost", day) not in used and ("gained", target) not in used:
            used |= {("lost", day), ("gained", target)}
            kept.append((day, target))
    return kept


def _runs(rules: _Rules, lists: _Lists) -> tuple[FoundRun, ...]:
    """Put the places that share a rule in one run."""
    shared: defaultdict[Recurrence, list[_Series]] = defaultdict(list)
    days: dict[Recurrence, tuple[date, ...]] = {}
    for series, found in rules:
        rule = found.rule
        shared[rule].append(series)
        days[rule] = found.days
    for series, dates in lists:
        rule = Recurrence(dates=dates)
        shared[rule].append(series)
        days[rule] = dates
    runs = [FoundRun(rule=rule, stops=_stops(own), days=days[rule]) for rule, own in shared.items()]
    return tuple(sorted(runs, key=_run_key))


def _stops(series: Iterable[_Series]) -> tuple[tuple[str, Opening], ...]:
    stops = ((one.place, one.opening) for one in series)
    return tuple(sorted(stops, key=lambda stop: (_hours_key(stop[1]), stop[0])))


def _run_key(run: FoundRun) -> tuple[int, str, str, date]:
    first_place, first_opening = run.stops[0]
    weekday = min(run.rule.weekdays, default=7)
    return (weekday, _hours_key(first_opening), first_place, run.days[0])


def _hours_key(opening: Opening) -> str:
    if opening.spans:
        return f"{opening.spans[0].starts}"
    return "08:00" if opening.half_day is HalfDay.MORNING else "14:00"


def _whole_days(
    overrides: Iterable[FoundOverride], runs: Iterable[FoundRun]
) -> Iterator[FoundOverride]:
    """Merge the exceptions that apply alike to all the passages of a day."""
    served: defaultdict[date, set[str]] = defaultdict(set)
    for run in runs:
        for day in run.days:
            served[day].update(place for place, _opening in run.stops)
    by_day: defaultdict[date, list[FoundOverride]] = defaultdict(list)
    for one in overrides:
        by_day[one.day].append(one)
    for day, own in by_day.items():
        alike = {(one.action, one.moved_to, one.opening) for one in own}
        is_shared = len(own) > 1 and len(alike) == 1
        is_whole = is_shared and {one.place for one in own} == served[day]
        if is_whole and own[0].action in (OverrideAction.CANCEL, OverrideAction.MOVE):
            yield replace(own[0], place=None)
        else:
            yield from own


def _closures(told: Iterable[FoundOverride], served: Collection[date]) -> tuple[DateSpan, ...]:
    """Find the days in a row on which all that the rules give is off."""
    groups: list[list[date]] = [[]]
    for one in told:
        is_off = one.action is OverrideAction.CANCEL
        last = groups[-1][-1] if groups[-1] else one.day
        if not is_off or any(last <= day <= one.day for day in served):
            groups.append([])
        if is_off and one.day not in served:
            groups[-1].append(one.day)
    return tuple(
        DateSpan(first=days[0], last=days[-1]) for days in groups if len(days) >= CLOSURE_MIN
    )
