"""Changes of a tour's rules: in a version and the later ones, or in a new version from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from fsmobile.core.agenda import day_table, expand_agenda, run_days
from fsmobile.core.ids import TourId
from fsmobile.core.override_effects import is_aimed_at
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.recurrence import HolidayRule, SchoolRule
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import TourVersion
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.formats.schedule_edits import KeyChange, change_from, change_rule, drop_overrides
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar

LOOK_AHEAD_YEARS = 7
"""Two weeks 53 are six years apart at most: a run without a day until then has none."""

Texts = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The files of a schedule and what they say, as an act finds them."""

    files: dict[str, str]
    tree: ScheduleTree


def require_version(tree: ScheduleTree, passage: PlannedPassage) -> TourVersion:
    """Return the version whose rule gives a passage.

    Raises:
        InvalidInput: the passage comes from no rule, but from an exception.
    """
    version = tree.tours[passage.tour_id].version_on(passage.original_date)
    if version is None or passage.run_id is None:
        raise InvalidInput("passage_without_rule")
    return version


def change_version(
    sheets: Sheets,
    version: TourVersion,
    changes: Sequence[KeyChange],
    reach: Reach,
    day: date,
) -> Texts:
    if reach is Reach.ALWAYS:
        texts = change_rule(sheets.files, sheets.tree, version, changes)
    else:
        served = served_runs(sheets.tree, version, day)
        texts = change_from(sheets.files, sheets.tree, version, changes, day, served.__contains__)
    orphans = _orphans(sheets, version.tour_id, texts)
    return {**texts, **drop_overrides(sheets.files, orphans)}


def served_runs(tree: ScheduleTree, version: TourVersion, day: date) -> set[str]:
    """Return the runs that have a day between this one and the end of a version."""
    tour = tree.tours[version.tour_id]
    last = min(tour.last_day_of(version), date(day.year + LOOK_AHEAD_YEARS, 12, 31))
    table = day_table(tree, day, last, load_school_calendar())
    return {run.run_id for run in version.runs if run_days(tour, version, run, table)}


def _orphans(sheets: Sheets, tour_id: TourId, texts: Texts) -> list[Override]:
    """List the exceptions whose passage the new rule no longer gives."""
    files = {path: text for path, text in {**sheets.files, **texts}.items() if text is not None}
    tree = read_schedule(files).tree
    if tree is None:
        raise NotFound("schedule", tour_id)
    return [
        one
        for one in sheets.tree.overrides
        if one.tour_id == tour_id
        and one.action is not OverrideAction.ADD
        and _has_target(sheets.tree, one)
        and not _has_target(tree, one)
    ]


def _has_target(tree: ScheduleTree, override: Override) -> bool:
    day, tours = override.original_date, {override.tour_id}
    kept = replace(override, action=OverrideAction.KEEP, scope=WholeDay.DAY)
    bare = replace(tree, overrides=(kept,), closures=())
    passages = expand_agenda(bare, day, day, bundled=load_school_calendar(), tour_ids=tours)
    return any(is_aimed_at(override, one) for one in passages.passages)


def version_defaults(table: object) -> tuple[HolidayRule, SchoolRule]:
    """Return what a version says for all its runs of holidays, public and school."""
    values = table if isinstance(table, dict) else {}
    return (
        HolidayRule(str(values.get("feries", HolidayRule.SKIP.value))),
        SchoolRule(str(values.get("vacances", SchoolRule.IGNORE.value))),
    )
