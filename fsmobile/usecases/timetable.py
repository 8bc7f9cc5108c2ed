"""The published timetable of this laptop, read from its store."""

from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.store import schedule_trees
from fsmobile.store.schedule_trees import Revision
from fsmobile.usecases.desk import Desk


def load_timetable(desk: Desk) -> ScheduleTree | None:
    """Give the desk the newest timetable that is whole here, if there is one."""
    files = schedule_trees.load_tree(desk.replica, desk.agency_id)
    desk.tree = None if files is None else read_schedule(files).tree
    return desk.tree


def load_timetable_files(desk: Desk) -> dict[str, str]:
    """Return path → text of the newest timetable that is whole here; empty without one."""
    return schedule_trees.load_tree(desk.replica, desk.agency_id) or {}


def load_revisions(desk: Desk) -> list[Revision]:
    """Return the published revisions known here, the newest first."""
    return schedule_trees.load_revisions(desk.replica, desk.agency_id)
