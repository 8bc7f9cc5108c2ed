"""A coordinator's working folder on the example of the Creuse, and its passages by name."""

from datetime import date
from pathlib import Path
from shutil import copytree

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.planning import Planning, open_planning
from tests.worlds import FakeClock, Laptop, a_laptop, a_registry

EXAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"
FIRST = "tournees/nord/2026-09-01.toml"
SECOND = "tournees/nord/2027-01-04.toml"
UNIT = "fsi-exemple-23/bus-1"


def a_coordinator_laptop() -> Laptop:
    """A laptop of the example's structure, with the role of a coordinator."""
    return a_laptop(a_registry(FakeClock()), unit=UNIT, role="coordinator")


def a_planning(folder: Path, laptop: Laptop | None = None) -> Planning:
    """Open a copy of the example in an empty folder."""
    copytree(EXAMPLE, folder, dirs_exist_ok=True)
    return open_planning((laptop or a_coordinator_laptop()).desk, folder)


def passages(tree: ScheduleTree, first: date, last: date | None = None) -> list[PlannedPassage]:
    """Return the passages between two days."""
    calendar = load_school_calendar()
    return list(expand_agenda(tree, first, last or first, bundled=calendar).passages)


def passage(planning: Planning, day: str, stop: str) -> PlannedPassage:
    """Return one passage by its day and stop."""
    wanted = date.fromisoformat(day)
    (found, *_) = [one for one in passages(planning.tree, wanted) if one.stop_id == stop]
    return found


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
