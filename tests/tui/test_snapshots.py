"""Text snapshots of the screens: three sizes, three languages, a clock that stands still.

After a wanted change: `FSMOBILE_SNAPSHOTS=write pytest tests/tui/test_snapshots.py`, then read
the difference as any other.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from fsmobile.core.ids import AgentId
from fsmobile.core.logbook import EntryKind, LogEntry
from fsmobile.texts.translation import set_language
from fsmobile.tui.lines import cells
from fsmobile.tui.shell import Shell
from fsmobile.usecases import day_checks
from fsmobile.usecases.logbook import write_entry
from fsmobile.usecases.timetable import load_timetable
from tests.tui.app_samples import running, screen_text
from tests.tui.day_samples import Terminal, a_day, a_shell, press, shown
from tests.tui.planning_samples import a_planning_shell, page_of, settle
from tests.usecases.coordinators import an_office
from tests.worlds import Laptop, a_laptop

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (100, 30), (120, 40))
LANGUAGES = ("fr", "en", "pseudo")

MORNING = "a n r e t enter r enter n c a f enter p enter i enter n c a r enter o 3 1 2 enter p p o"


@pytest.fixture(autouse=True)
def french_afterwards() -> Iterator[None]:
    yield
    set_language("fr")


@pytest.fixture(autouse=True)
def a_machine_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=41 << 30))
    monkeypatch.setattr(day_checks, "_batteries", lambda _folder: [])


def no_timetable() -> Laptop:
    laptop = a_day()
    laptop.desk.tree = None
    return laptop


def keys(pressed: str) -> Callable[[], Shell]:
    def make() -> Shell:
        shell, _terminal = a_shell()
        press(shell, pressed)
        return shell

    return make


def empty() -> Shell:
    return a_shell(no_timetable())[0]


def huge() -> Shell:
    shell, _terminal = a_shell()
    press(shell, "a " + "i enter " * 60 + "end up up")
    return shell


def synced() -> Shell:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{MORNING} right i enter 6")
    shell.end_sync(laptop.sync())
    press(shell, "1 left d enter 6")
    return shell


def logbook() -> Shell:
    shell, _terminal = a_shell()
    for pressed, text in (
        ("c t 1", "borne bleue derrière la halle, la clé est au café"),
        ("t 4", "accueil 05 45 00 00 00, le matin"),
        ("n", "le chien du voisin est gentil"),
        ("b", "pneu avant à regonfler avant l'hiver"),
        ("e 2", "freins qui chauffent dans la descente"),
    ):
        press(shell, pressed)
        shell.end_note(text)
    press(shell, "2 up")
    return shell


def departure() -> Shell:
    laptop = a_day()
    office = a_laptop(laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9)
    office.desk.agent_id = AgentId("claire")
    text = "Le marché de Mansle commence à 13 h : garez-vous derrière la mairie."
    write_entry(office.desk, LogEntry(kind=EntryKind.MESSAGE, text=text))
    office.sync()
    laptop.sync()
    shell, _terminal = a_shell(laptop)
    press(shell, "m")
    return shell


def forgotten() -> Shell:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "g a i enter")
    laptop.replica.clock.ms += 5 * 3_600_000 + 25 * 60_000
    press(shell, "right a")
    return shell


def planning(pressed: str) -> Callable[[], Shell]:
    def make() -> Shell:
        with TemporaryDirectory() as folder:
            shell = a_planning_shell(Path(folder) / "creuse")
            page = page_of(shell)
            page.planning.published = page.planning.files
            for key in pressed.split("+"):
                shell.press({"espace": " "}.get(key, key))
            settle(shell)
            return shell

    return make


def communes() -> Shell:
    """Two communes to be told of, one that was told."""
    with TemporaryDirectory() as folder:
        office = an_office(Path(folder))
        desk = office.nadia.laptop.desk
        desk.names = {"agent-nadia": "Nadia B."}
        load_timetable(desk)
        shell = Shell(desk, Terminal(), planning_path=office.nadia.folder)
        press(shell, "5 x 1 1 right x 1 1 right right right h 1 1 5 p enter")
        office.nadia.laptop.sync()
        load_timetable(desk)
        press(shell, "f4 down p 2 l escape up")
        return shell


def promised(pressed: str = "") -> Callable[[], Shell]:
    """Follow-ups and appointments, one of them named; the screen Suites, then more keys."""

    def make() -> Shell:
        laptop = a_day()
        laptop.desk.keeps_names = True
        shell, _terminal = a_shell(laptop)
        press(shell, f"{MORNING} s 1 1 v 1 3 2 down s 3 2 down v 1 3 1 2 down down c 2")
        assert shell.end_note("Mme Lucas-Desmoulins, 05 45 00 00 00")
        press(shell, pressed)
        return shell

    return make


def promised_huge() -> Shell:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a n c a f enter o 1 2 enter" + " s 2 1" * 40 + " 2" + " down" * 25)
    laptop.replica.clock.ms += 30 * 86_400_000
    press(shell, "f5")
    return shell


def busy(pressed: str) -> Callable[[], Shell]:
    """A day of two hundred visits, on another screen."""

    def make() -> Shell:
        shell, _terminal = a_shell()
        press(shell, "a " + "i enter n c a f enter p enter h enter " * 66 + pressed)
        return shell

    return make


SCREENS: dict[str, Callable[[], Shell]] = {
    "follow_ups_empty": keys("2"),
    "follow_ups": promised(),
    "follow_ups_named": promised("*"),
    "follow_ups_huge": promised_huge,
    "consent": promised("c"),
    "tour_promises": promised("1"),
    "slots": promised("1 v 2"),
    "paper": keys("w 1 9 h 3 5"),
    "entry_referral": keys(f"{MORNING} n r e t enter r , c a f enter b o 2"),
    "entry_referred": keys(f"{MORNING} n r e t enter r , c a f enter b o 2 2"),
    "road": keys("t r e t"),
    "sync_empty": keys("6"),
    "sync_huge": busy("6"),
    "report_empty": keys("7"),
    "report_huge": busy("7"),
    "communes": communes,
    "planning_cancel": planning("x"),
    "planning": planning("x+1+1"),
    "planning_week": planning("down+down+w"),
    "planning_coverage": planning("f6"),
    "planning_drives": planning("f7"),
    "planning_absences": planning("f9+1+2+8+enter+1+f9"),
    "planning_trial": planning("f8+1+j+e+u+d+i+enter+x+5+f8+1"),
    "planning_trial_edited": planning("f8+1+j+e+u+d+i+enter+x+5"),
    "planning_rule": planning("left+left+e"),
    "planning_review": planning("x+1+1+tab+h+1+1+5+p"),
    "tour_empty": empty,
    "tour_morning": keys("x 2 right"),
    "tour": keys(MORNING),
    "tour_huge": huge,
    "entry_procedure": keys(f"{MORNING} n r e t"),
    "entry_facts": keys(f"{MORNING} n r e t enter r"),
    "entry_many": keys(f"{MORNING} n r e t enter r , c a f enter g"),
    "parked": keys(f"{MORNING} n r e t enter escape"),
    "visit": keys(f"{MORNING} enter e 4 enter enter"),
    "sync": keys(f"{MORNING} 6"),
    "search": keys(f"{MORNING} 4 l u x e"),
    "search_nothing": keys("4 z z z z"),
    "report": keys(f"{MORNING} 7"),
    "report_by_stop": keys(f"{MORNING} 7 v m"),
    "report_figure": keys(f"{MORNING} 7 m tab {'down ' * 14}"),
    "report_list": keys(f"{MORNING} 7 tab {'down ' * 5} enter down"),
    "report_list_hours": keys(f"{MORNING} 7 tab {'down ' * 16} enter"),
    "report_stop_review": keys(f"{MORNING} 7 r"),
    "synced": synced,
    "logbook_empty": keys("c"),
    "logbook": logbook,
    "departure": departure,
    "day_end": keys(f"{MORNING} g right x 1 f"),
    "forgotten": forgotten,
    "reasons": keys("a x"),
    "palette": keys("ctrl+p p a s"),
    "help": keys("?"),
}


@pytest.mark.parametrize(("name", "language"), list(product(SCREENS, LANGUAGES)))
def test_the_screen_is_what_it_was(name: str, language: str) -> None:
    set_language(language)
    shell = SCREENS[name]()
    parts = []
    for width, height in SIZES:
        text = shown(shell, width, height)
        assert len(text.splitlines()) <= height
        assert max(map(cells, text.splitlines())) <= width
        parts.append(f"=== {width}x{height}\n{text}\n")
    snapshot = FOLDER / f"{name}.{language}.txt"
    drawn = "\n".join(parts)
    if os.environ.get("FSMOBILE_SNAPSHOTS") == "write":
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(drawn, encoding="utf-8")
    assert snapshot.read_text(encoding="utf-8") == drawn


def test_every_snapshot_belongs_to_a_screen() -> None:
    names = {f"{name}.{language}.txt" for name, language in product(SCREENS, LANGUAGES)}
    assert {path.name for path in FOLDER.iterdir()} == names


@pytest.mark.parametrize("size", SIZES)
def test_the_terminal_shows_what_the_shell_says(size: tuple[int, int]) -> None:
    async def compare() -> None:
        async with running(size=size) as (app, pilot):
            await pilot.press("a", "i", "enter", "n", "r")
            assert await screen_text(pilot) == shown(app.shell, *size)

    asyncio.run(compare())


@pytest.mark.parametrize("name", SCREENS)
def test_no_word_of_a_french_screen_is_left_in_english_mode(name: str) -> None:
    """The untranslated words show as words that both languages draw alike."""
    set_language("en")
    text = shown(SCREENS[name]())
    for word in ("Visites ici", "Enregistrer", "Démarche", "À envoyer", "Aide", "Durée"):
        assert word not in text
