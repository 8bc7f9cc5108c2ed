"""Next year made from this one: new versions, closures and school holidays, and what to decide.

What can be carried over is written; what a person must look at is listed. Exceptions of the old
year stay where they are: they were for its days.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, field

from fsmobile.core.documents import Table, Value, with_value
from fsmobile.core.folding import fold
from fsmobile.core.holidays import SchoolPeriod, public_holidays_between
from fsmobile.core.ids import TourId
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.core.schedules import Closure, ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.core.tours import Tour, TourVersion
from fsmobile.core.week_parity import long_new_year
from fsmobile.errors import InvalidInput, Param
from fsmobile.formats.schedule_edits import (
    put_closure,
    read_document,
    redate_comments,
    version_path,
)
from fsmobile.formats.schedule_toml import SCHOOL_FILE
from fsmobile.formats.schedule_writing import edit_document
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.texts.public_notices import closed_notice
from fsmobile.usecases.planning_versions import Sheets, Texts

YEAR = timedelta(weeks=52)
"""Keeps the day of the week."""
FORTNIGHT = timedelta(weeks=2)
WEEK_53 = 53
MONDAY = 0
ENDED_DAYS_MAX = 62
"""A tour that ended a summer ago is carried on; one that ended before is over."""


class Decision(Struct, frozen=True, kw_only=True):
    """Something of the new year that a person must look at."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


class NextYear(Struct, frozen=True, kw_only=True):
    """What making the next year writes, and what it leaves to decide."""

    days: DateSpan
    texts: dict[str, str | None]
    decisions: tuple[Decision, ...]


def propose_effect(tree: ScheduleTree, today: date) -> date:
    """Return when the next year begins: a year after the newest version, a Monday if that was one.

    Raises:
        InvalidInput: there is no version at all.
    """
    begun = [one.valid_from for tour in tree.tours.values() for one in tour.versions]
    if not begun:
        raise InvalidInput("next_year_nothing")
    effect = _a_year_later(max(begun))
    while effect <= today:
        effect = _a_year_later(effect)
    return effect


def make_next_year(sheets: Sheets, effect: date) -> NextYear:
    """Carry this year over into the one that begins on a day.

    Raises:
        InvalidInput: a version takes effect on that day or later, or no tour is in force.
    """
    tree = sheets.tree
    days = DateSpan(first=effect, last=_same_day(effect, 1) - timedelta(days=1))
    texts: Texts = {}
    decisions: list[Decision] = []
    if any(one.valid_from >= effect for tour in tree.tours.values() for one in tour.versions):
        raise InvalidInput("next_year_exists", value=effect.isoformat())
    for tour in tree.tours.values():
        version = _carried(tour, effect)
        if version is None:
            decisions.append(Decision(code="tour_ended", params={"tour": tour.tour_id}))
            continue
        path = f"tournees/{tour.tour_id}/{effect.isoformat()}.toml"
        texts[path], found = _next_version(sheets, version, days)
        decisions += found
    if not texts:
        raise InvalidInput("next_year_nothing", value=effect.isoformat())
    school_texts, found = _next_school_calendar(sheets, days)
    texts |= school_texts
    decisions += [*found, *_dates_due(tree, days)]
    texts, found = _next_closures(sheets, texts, days)
    decisions += found
    left = sum(one.original_date < effect for one in tree.overrides)
    if left:
        decisions.append(Decision(code="exceptions_left", params={"n": left}))
    return NextYear(days=days, texts=texts, decisions=tuple(decisions))


def _a_year_later(day: date) -> date:
    """Return the same day of the next year; of a Monday, the nearest Monday."""
    later = _same_day(day, 1)
    if day.weekday() != MONDAY:
        return later
    return later - timedelta(days=(later.weekday() + 3) % 7 - 3)


def _same_day(day: date, years: int) -> date:
    """Return a day of another year; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _carried(tour: Tour, effect: date) -> TourVersion | None:
    """Return the version that the new year is made from; None when the tour is over."""
    latest = tour.versions[-1]
    ends = latest.valid_until
    is_over = ends is not None and (effect - ends).days > ENDED_DAYS_MAX
    return None if is_over else latest


def _next_version(
    sheets: Sheets, version: TourVersion, days: DateSpan
) -> tuple[str, list[Decision]]:
    """Write the version of the new year, with what is to be decided about it."""
    effect, tour_id = days.first, version.tour_id
    text = sheets.files[version_path(version)]
    table = read_document(sheets.files, version_path(version))
    wanted: dict[str, Value] = {**table, "effet": effect, "remplace": version.valid_from}
    wanted.pop("motif", None)
    decisions: list[Decision] = []
    if version.valid_until is not None:
        ends = _same_day(version.valid_until, 1) if version.valid_until < effect else days.last
        wanted["fin"] = ends
        params = {"tour": tour_id, "date": ends.isoformat()}
        decisions.append(Decision(code="end_moved", params=params))
    for run in version.runs:
        moved, found = _next_dates(sheets.tree, tour_id, run.run_id, run.recurrence, days)
        decisions += found
        if run.recurrence.dates:
            wanted = with_value(wanted, ("sorties", run.run_id, "dates"), list(moved) or None)
    decisions += _week_decisions(version, days)
    same = {key: value for key, value in wanted.items() if key not in ("effet", "remplace")}
    before = {key: table[key] for key in table if key not in ("effet", "remplace", "motif")}
    if same == before:
        decisions.append(Decision(code="tour_unchanged", params={"tour": tour_id}))
    return edit_document(redate_comments(text, version.valid_from, effect), wanted), decisions


def _next_dates(
    tree: ScheduleTree, tour_id: TourId, run_id: str, rule: Recurrence, days: DateSpan
) -> tuple[list[date], list[Decision]]:
    """Carry listed dates over, on the same day of the week; holidays are left out and told."""
    if not rule.dates:
        return [], []
    agency = tree.agency
    holidays = public_holidays_between(
        days.first, days.last, agency.territory, agency.local_holidays
    )
    last_year = DateSpan(first=days.first - YEAR, last=days.last - YEAR)
    shifted = [one + YEAR for one in rule.dates if one in last_year]
    kept = [one for one in shifted if one not in holidays]
    where: dict[str, Param] = {"tour": tour_id, "run": run_id}
    told = where | {"dates": ", ".join(one.isoformat() for one in kept) or "—"}
    decisions = [Decision(code="dates_moved", params=told)]
    decisions += [
        Decision(code="date_on_holiday", params=where | {"date": one.isoformat()})
        for one in shifted
        if one in holidays
    ]
    return kept, decisions


def _week_decisions(version: TourVersion, days: DateSpan) -> Iterator[Decision]:
    """Say what a 53rd week, in the new year or just before it, does to rules of weeks."""
    monday = long_new_year(days.first - FORTNIGHT)
    rules = [run.recurrence for run in version.runs]
    rules += [stop.narrowing for run in version.runs for stop in run.stops if stop.narrowing]
    if monday <= days.last and any(one.parity is not WeekParity.EVERY for one in rules):
        params = {"tour": version.tour_id, "date": monday.isoformat()}
        yield Decision(code="parity_break", params=params)
    if any(WEEK_53 in one.weeks for one in rules):
        yield Decision(code="week_53", params={"tour": version.tour_id})


def _next_school_calendar(sheets: Sheets, days: DateSpan) -> tuple[Texts, list[Decision]]:
    """Bring the tree's own school holidays up to the new year, from those of the program."""
    tree, bundled = sheets.tree, load_school_calendar()
    zone = bundled.replaced_by(tree.school_calendar).zone(tree.agency.school_zone)
    own = tree.school_calendar.zones
    texts: Texts = {}
    decisions: list[Decision] = []
    horizon = None if zone is None else zone.horizon
    if own and SCHOOL_FILE in sheets.files and all(code in bundled.zones for code in own):
        table: Table = read_document(sheets.files, SCHOOL_FILE)
        added = 0
        for code, known in own.items():
            begins = min((one.first for one in known.periods), default=days.first)
            news = [
                one
                for one in bundled.zones[code].periods
                if begins < one.first <= days.last and not _is_known(one, known.periods)
            ]
            added += len(news)
            for one in news:
                path = (code, f"{one.first.year}-{_slug(one.name)}")
                table = with_value(table, path, {"du": one.first, "au": one.last})
        horizon = max([horizon or days.first, *(bundled.zones[code].horizon for code in own)])
        table = with_value(table, ("horizon",), horizon)
        text = edit_document(sheets.files[SCHOOL_FILE], table)
        if text != sheets.files[SCHOOL_FILE]:
            texts[SCHOOL_FILE] = text
            params: dict[str, Param] = {"n": added, "date": horizon.isoformat()}
            decisions.append(Decision(code="school_calendar_extended", params=params))
    if horizon is not None and horizon < days.last:
        until = {"date": horizon.isoformat()}
        decisions.append(Decision(code="school_calendar_short", params=until))
    return texts, decisions


def _is_known(period: SchoolPeriod, known: Sequence[SchoolPeriod]) -> bool:
    return any(one.first <= period.last and period.first <= one.last for one in known)


def _slug(name: str) -> str:
    """Name a period by its last word: « Vacances d'hiver » is `hiver`."""
    return fold(name).split()[-1]


def _next_closures(sheets: Sheets, texts: Texts, days: DateSpan) -> tuple[Texts, list[Decision]]:
    """Carry the closures of the year over by 52 weeks, each to be confirmed."""
    decisions: list[Decision] = []
    files = dict(sheets.files)
    for one in sheets.tree.closures:
        moved = DateSpan(first=one.days.first + YEAR, last=one.days.last + YEAR)
        is_taken = any(
            other.days.first <= moved.last and moved.first <= other.days.last
            for other in sheets.tree.closures
        )
        if moved.first not in days or is_taken:
            continue
        closure = Closure(
            closure_id=f"du-{moved.first.isoformat()}",
            days=moved,
            reason=one.reason,
            notice=closed_notice(moved.first, moved.last),
        )
        for path, text in put_closure(files, closure).items():
            texts = {**texts, path: text}
            files = {**files, path: text or ""}
        params = {"first": moved.first.isoformat(), "last": moved.last.isoformat()}
        decisions.append(Decision(code="closure_moved", params=params))
    return texts, decisions


def _dates_due(tree: ScheduleTree, days: DateSpan) -> Iterator[Decision]:
    """Name what runs out before the new year is over: inspections, permits, acknowledgements."""
    for vehicle in tree.vehicles.values():
        if vehicle.inspection_on is not None and vehicle.inspection_on <= days.last:
            params = {"id": vehicle.vehicle_id, "date": vehicle.inspection_on.isoformat()}
            yield Decision(code="inspection_due", params=params)
    for place in tree.places.values():
        if place.permit_until is not None and place.permit_until < days.last:
            params = {"id": place.place_id, "date": place.permit_until.isoformat()}
            yield Decision(code="permit_ends", params=params)
    for one in tree.acknowledgements:
        if one.until < days.last:
            params = {"id": f"{one.code} {one.subject}", "date": one.until.isoformat()}
            yield Decision(code="acknowledgement_ends", params=params)
