"""The whole timetable of the Charente entered from nothing at the keyboard, keys counted."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from fsmobile.core.folding import fold
from fsmobile.core.ids import AgentId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.tours import Run
from fsmobile.texts.recurrence_words import describe_recurrence
from fsmobile.tui.shell import Shell
from fsmobile.usecases.schedules import load_schedule_folders
from tests.tui.day_samples import Terminal
from tests.tui.planning_samples import page_of
from tests.usecases.planning_samples import passages
from tests.worlds import FakeClock, a_laptop, a_registry

CHARENTE = Path(__file__).parents[2] / "schedules" / "bus-charente"
YEAR = (date(2026, 1, 5), date(2027, 1, 4))
KEYS_MAX = 1_100
"""1,066 when this was written, most of them the names of the places."""


class Keyboard:
    """Presses keys on a shell and counts them."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.shell.press(key)
            self.count += 1

    def type_in(self, text: str) -> None:
        self.press(*text)


def published() -> ScheduleTree:
    (folder,) = load_schedule_folders(CHARENTE)
    assert folder.reading.tree is not None
    return folder.reading.tree


def short(run: Run) -> str:
    """Write a rule as a coordinator would: the parity and the holidays as they are usual."""
    words = describe_recurrence(run.recurrence)
    return words.removeprefix("les ").replace(" des semaines ", " ").replace(
        ", hors jours fériés", "")  # fmt: skip


def hours(run: Run, rank: int) -> str:
    spans = run.stops[rank].spans
    return ", ".join(
        f"{one.starts:%H:%M}-{one.ends:%H:%M}".replace(":00", "h").replace(":", "h")
        for one in spans
    )


def add_place(keyboard: Keyboard, tree: ScheduleTree, run: Run, rank: int) -> None:
    """Choose a stop's commune in the gazetteer, name the spot, give the hours."""
    place = tree.places[run.stops[rank].place_id]
    keyboard.type_in(fold(place.commune))
    keyboard.press("enter", "ctrl+u")
    keyboard.type_in(place.name)
    keyboard.press("enter")
    keyboard.type_in(hours(run, rank))
    keyboard.press("enter")


def facts(tree: ScheduleTree) -> Iterator[tuple[object, ...]]:
    """Yield what the public sees of a year: the day, the hours, the place, its commune."""
    for one in passages(tree, *YEAR):
        place = tree.places[one.place_id]
        yield one.service_date, one.call.hours, place.name, place.insee_code, one.vehicle_id


def test_the_charente_is_entered_from_nothing_and_equals_its_file(tmp_path: Path) -> None:
    tree = published()
    for name in ("structure.toml", "vehicules.toml"):
        text = (CHARENTE / name).read_text(encoding="utf-8")
        if name == "vehicules.toml":
            # The base is a place that is not there yet.
            text = "\n".join(x for x in text.splitlines() if not x.startswith("base"))
        (tmp_path / name).write_text(text, encoding="utf-8")
    desk = a_laptop(a_registry(FakeClock()), role="coordinator").desk
    desk.agent_id = AgentId("agent-a")
    keyboard = Keyboard(Shell(desk, Terminal(), planning_path=tmp_path))
    keyboard.press("5", "g")
    keyboard.type_in("5/1/2026")
    keyboard.press("enter")
    (tour,) = tree.tours.values()
    (version,) = tour.versions
    first, *others = version.runs
    keyboard.press("y", "enter")
    keyboard.type_in(version.name)
    keyboard.press("enter")
    keyboard.type_in(short(first))
    keyboard.press("enter")
    add_place(keyboard, tree, first, 0)
    for run in others:
        keyboard.press("y", "1")
        keyboard.type_in(short(run))
        keyboard.press("enter")
        add_place(keyboard, tree, run, 0)
        keyboard.press("2")
        if len(run.stops) > 1:
            page = page_of(keyboard.shell)
            here = _place_id(page.planning.tree, tree.places[run.stops[0].place_id].name)
            added = next(x for x in passages(page.planning.tree, *YEAR) if x.place_id == here)
            keyboard.press("g")
            keyboard.type_in(f"{added.service_date:%d/%m/%Y}")
            keyboard.press("enter", "ctrl+n")
            add_place(keyboard, tree, run, 1)
            keyboard.press("2", "g")
            keyboard.type_in("5/1/2026")
            keyboard.press("enter")
    entered = page_of(keyboard.shell).planning.tree
    assert sorted(facts(entered), key=repr) == sorted(facts(tree), key=repr)
    assert keyboard.count <= KEYS_MAX, keyboard.count
    written = (tmp_path / "tournees").rglob("*.toml")
    documents = [tomllib.loads(path.read_text(encoding="utf-8")) for path in written]
    assert len(documents) == 1


def _place_id(entered: ScheduleTree, name: str) -> str:
    return next(key for key, place in entered.places.items() if place.name == name)
