"""Rules of days as they are typed: their next dates, and what a 53rd week does to them."""

from datetime import date

from fsmobile.core.agenda import day_table
from fsmobile.core.documents import KeyPath, Table, Value, value_at
from fsmobile.core.ids import TourId
from fsmobile.core.recurrence import DayTable, Recurrence, WeekParity
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import TourVersion
from fsmobile.core.week_parity import (
    OTHER_PARITY,
    LayOut,
    ParityChoice,
    compare_parity,
    next_days,
)
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_edits import KeyChange, change_from, version_table
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
    served_runs,
)

NEXT_DATES = 12


def list_next_dates(
    tree: ScheduleTree, rule: Recurrence, first: date, count: int = NEXT_DATES
) -> list[date]:
    """List the next dates of a rule under a structure's calendars."""
    return next_days(rule, first, count, _layer(tree))


def ask_parity(tree: ScheduleTree, rule: Recurrence, first: date) -> ParityChoice | None:
    """Set even or odd weeks beside every other week, at the next new year with a week 53."""
    return compare_parity(rule, first, _layer(tree))


def swap_parities(sheets: Sheets, tour_id: TourId, monday: date) -> Texts:
    """Exchange even and odd weeks of a whole tour from the Monday after a week 53.

    Raises:
        InvalidInput: the tour has no version on that day, or no rule of even or odd weeks.
    """
    version = sheets.tree.tours[tour_id].version_on(monday)
    if version is None:
        raise InvalidInput("version_not_in_force", value=monday.isoformat())
    changes = _swaps(version, version_table(sheets.files, version))
    if not changes:
        raise InvalidInput("nothing_changes")
    served = served_runs(sheets.tree, version, monday)
    return change_from(sheets.files, sheets.tree, version, changes, monday, served.__contains__)


def _swaps(version: TourVersion, table: Table) -> list[KeyChange]:
    """List the exchange of each parity that a version writes, of runs and of stops."""
    changes: list[KeyChange] = []
    for run in version.runs:
        path: KeyPath = ("sorties", run.run_id)
        for owner in (path, *((*path, "arrets", stop.stop_id) for stop in run.stops)):
            here = (*owner, "semaines")
            before = value_at(table, here)
            after = _other(before)
            if after is not None:
                changes.append(KeyChange(path=here, before=before, after=after))
    return changes


def _other(value: Value) -> Value:
    is_parity = value in (WeekParity.EVEN.value, WeekParity.ODD.value)
    return OTHER_PARITY[WeekParity(str(value))].value if is_parity else None


def _layer(tree: ScheduleTree) -> LayOut:
    bundled = load_school_calendar()

    def lay_out(first: date, last: date) -> DayTable:
        return day_table(tree, first, last, bundled)

    return lay_out
