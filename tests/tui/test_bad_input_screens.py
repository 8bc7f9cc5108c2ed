"""Bad input through the real screens: nothing lost, a sentence, a way on."""

import asyncio
import shutil
from datetime import date
from pathlib import Path

import pytest
from textual import events

from fsmobile.core.ids import AgentId
from fsmobile.core.passages import PassageStatus
from fsmobile.errors import StoreFull
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.replica import Replica, open_store
from fsmobile.tui.shell import Shell
from fsmobile.usecases.day_checks import check_departure
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.drafts import list_drafts
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.timetable import load_timetable
from fsmobile.usecases.visits import list_visits
from tests.tui.app_samples import running, screen_text
from tests.tui.day_samples import NAMES, TREE, Terminal, a_day, a_shell, press
from tests.tui.day_samples import shown as rows_shown
from tests.village_world import publish
from tests.worlds import Laptop, a_laptop

DAY_MS = 24 * 3_600_000
VISIT = "n r e t enter 2 r enter"


def shown(shell: Shell) -> str:
    """What is on the screen, with every space an ordinary one."""
    return str(rows_shown(shell)).replace("\N{NO-BREAK SPACE}", " ")


def clock_of(laptop: Laptop):
    return laptop.replica.clock


def after_a_power_cut(laptop: Laptop, folder: Path, times: list[int]) -> Shell:
    """Open what the disk holds at this moment, as the machine would after the cut."""
    times.append(0)
    there = folder / f"cut-{len(times)}"
    there.mkdir()
    for file in folder.glob("store.db*"):
        shutil.copy(file, there / file.name)
    replica = open_store(there / "store.db", laptop.replica.clock, laptop.replica.chance)
    desk = open_desk(replica, load_catalogue(), NAMES)
    desk.tree, desk.agent_id = laptop.desk.tree, AgentId("agent-a")
    return Shell(desk, Terminal())


def test_a_power_cut_at_any_key_of_a_visit_keeps_what_was_typed(tmp_path: Path) -> None:
    laptop = a_day(str(tmp_path / "store.db"))
    shell, _terminal = a_shell(laptop)
    press(shell, "a")
    keys = VISIT.split()
    cuts: list[int] = []
    for count, key in enumerate(keys, start=1):
        press(shell, key)
        again = after_a_power_cut(laptop, tmp_path, cuts)
        if count < len(keys):
            # The first key opens an empty form: it leaves nothing to keep.
            press(again, " ".join(keys[count:] if count > 1 else keys))
        (visit,) = [row.state.visit for row in list_visits(again.desk)]
        assert (visit.people, visit.enquiries[0].outcome) == (2, "resolved"), key
        assert list_drafts(again.desk) == []


@pytest.mark.parametrize("keys", ["g", "a y 1", "x 2", "l m o u enter", "a i enter s 1 1", "e 2"])
def test_a_power_cut_at_any_key_of_an_act_leaves_it_done_or_not_begun(
    tmp_path: Path, keys: str
) -> None:
    laptop = a_day(str(tmp_path / "store.db"))
    clock_of(laptop).ms += 2 * 3_600_000
    shell, _terminal = a_shell(laptop)
    cuts: list[int] = []
    for key in keys.split():
        press(shell, key)
        again = after_a_power_cut(laptop, tmp_path, cuts)
        assert "Tournée" in shown(again)
        mine = load_day(shell.desk, shell.desk.today())
        assert load_day(again.desk, again.desk.today()) == mine
        again.desk.replica.close()


def test_two_agents_on_one_case_leave_both_words_in_its_history() -> None:
    one = a_day()
    other = a_laptop(one.registry, seed=8, name="porte-2", catalogue=load_catalogue())
    other.desk.tree, other.desk.names = one.desk.tree, NAMES
    other.desk.agent_id = AgentId("agent-b")
    first, _terminal = a_shell(one)
    press(first, "a i enter s 1 1")
    one.sync()
    other.sync()
    second, _terminal = a_shell(other)
    press(first, "2 e")
    first.end_note("la caisse a promis de rappeler")
    press(second, "2 e")
    second.end_note("loyer reçu, à relancer")
    for laptop in (one, other, one):
        assert laptop.sync().refused == []
    for shell in (first, second):
        press(shell, "f5 2")
        assert "la caisse a promis de rappeler" in shown(shell)
        assert "loyer reçu, à relancer" in shown(shell)


def test_a_visit_of_tomorrow_or_of_two_years_ago_is_refused_and_of_last_year_questioned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from contextlib import contextmanager

    from fsmobile.cli import visit
    from fsmobile.cli.main import run

    laptop = a_day()

    @contextmanager
    def sit_down(_arguments):
        yield laptop.desk

    monkeypatch.setattr(visit, "working_desk", sit_down)
    add = ["visit", "add", "--base", "--procedure", "retraite-dossier:resolved", "--date"]
    for day, said in (("2026-11-27", "n'est pas encore venu"), ("2024-11-26", "Vérifiez l'année")):
        assert run([*add, day]) == 3
        assert said in capsys.readouterr().err
    assert list_visits(laptop.desk) == []
    assert run([*add, "2025-11-26"]) == 0
    assert "si l'année est fausse, fsmobile visit void" in capsys.readouterr().err
    assert run([*add, "2026-11-25"]) == 0
    assert capsys.readouterr().err == ""
    assert len(list_visits(laptop.desk)) == 2


def test_a_draft_begun_while_the_clock_was_a_day_ahead_is_recorded_today() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    clock_of(laptop).ms += DAY_MS
    shell.tick()
    press(shell, "n r e t enter escape")
    clock_of(laptop).ms -= DAY_MS
    shell.tick()
    press(shell, "b")
    assert "l'horloge avançait, il est daté de maintenant" in shown(shell)
    press(shell, "r enter")
    (row,) = list_visits(shell.desk)
    assert row.state.visit.service_date == date(2026, 11, 26)


def test_a_clock_at_1970_is_told_and_what_is_done_under_it_reaches_the_registry() -> None:
    laptop = a_day()
    laptop.sync()
    right = clock_of(laptop).ms
    clock_of(laptop).ms = 0
    shell, _terminal = a_shell(laptop)
    assert "L'horloge dit le 1er janvier 1970" in shown(shell)
    assert "horloge ?" in shown(shell).splitlines()[0]
    codes = [one.code for one in check_departure(laptop.desk).findings]
    assert "clock_behind" in codes
    assert "clock_right" not in codes
    press(shell, "l m o u enter i enter")
    assert len(list_visits(shell.desk)) == 1
    clock_of(laptop).ms = right + 60_000
    shell.tick()
    press(shell, "a i enter")
    assert "horloge ?" not in shown(shell)
    assert laptop.sync().is_complete
    assert len(list_visits(shell.desk)) == 2


def test_a_passage_that_is_not_in_the_timetable_is_opened_worked_at_and_told() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "l m o u enter i enter a f")
    text = shown(shell)
    assert "Mouton" in text
    assert "1 visite" in text
    lines = load_day(shell.desk, shell.desk.today()).lines
    (unplanned,) = [line for line in lines if not line.is_planned]
    assert (unplanned.visits, unplanned.passage.status) == (1, PassageStatus.CLOSED)


@pytest.mark.parametrize("change", ["gone", "moved", "renamed"])
def test_a_tour_republished_while_its_passage_is_open_leaves_it_open_with_its_visits(
    change: str,
) -> None:
    laptop = a_day()
    office = a_laptop(laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9)
    publish(office, TREE)
    laptop.sync()
    load_timetable(laptop.desk)
    shell, _terminal = a_shell(laptop)
    press(shell, "a i enter")
    path = "tournees/semaine-paire/2026-09-01.toml"
    text = TREE[path]
    if change == "gone":
        start = text.index("[sorties.jeudi.arrets.luxe]")
        text = text[:start] + text[text.index("[sorties.jeudi.arrets.mansle]") :]
    elif change == "moved":
        text = text.replace('jours = "jeudi"', 'jours = "vendredi"')
    files = {**TREE, path: text}
    if change == "renamed":
        files["lieux.toml"] = TREE["lieux.toml"].replace("Luxé, place de la mairie", "Luxé, école")
    publish(office, files, base=1)
    report = laptop.sync()
    assert report.schedule_revision is not None
    shell.end_sync(report)
    press(shell, "f5")
    opened = [
        line
        for line in load_day(shell.desk, shell.desk.today()).lines
        if line.passage.status is PassageStatus.OPEN
    ]
    assert [(line.place_id, line.visits) for line in opened] == [("luxe", 1)]
    here = shell.tour.context.find_line(shell.tour.passage_id)
    assert here is not None
    assert here.passage_id == opened[0].passage_id
    press(shell, "i enter a")
    (closed,) = [
        line
        for line in load_day(shell.desk, shell.desk.today()).lines
        if line.passage_id == opened[0].passage_id
    ]
    assert (closed.visits, closed.passage.status) == (2, PassageStatus.CLOSED)
    assert laptop.sync().is_complete


def test_midnight_passes_over_an_open_form_and_the_visit_keeps_its_day() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a n r e t enter")
    clock_of(laptop).ms += 16 * 3_600_000
    shell.tick()
    press(shell, "r enter")
    (row,) = list_visits(shell.desk)
    assert (row.state.visit.service_date, row.state.visit.starts.hour) == (date(2026, 11, 26), 9)
    assert row.state.visit.passage_id is not None
    assert "/luxe/2026-11-26" in row.state.visit.passage_id


@pytest.mark.parametrize("keys", ["", "n", "4", "2", "c", "f", "m", "n r e t enter e", "c n"])
def test_twenty_thousand_characters_pasted_anywhere_record_nothing_by_themselves(
    keys: str,
) -> None:
    async def paste() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            await pilot.press(*keys.split())
            await pilot.pause()
            app.screen.post_message(events.Paste("x i n a l e\n" * 1667))
            await pilot.pause(0.3)
            assert list_visits(laptop.desk) == []
            assert all(
                line.passage.status is PassageStatus.EXPECTED
                for line in load_day(laptop.desk, laptop.desk.today()).lines
            )
            await pilot.press("escape", "escape", "1", "i", "enter")
            await pilot.pause()
            assert "Bus 1" in await screen_text(pilot)
            assert len(list_visits(laptop.desk)) == 1

    asyncio.run(paste())


@pytest.mark.parametrize("keys", ["a", "a n r e t enter 2", "c", "m", "x", "a i enter enter"])
def test_a_terminal_at_40_by_12_and_back_shows_what_it_showed(keys: str) -> None:
    async def shrink() -> None:
        laptop = a_day()
        async with running(laptop) as (_app, pilot):
            await pilot.press(*keys.split())
            before = await screen_text(pilot)
            await pilot.resize_terminal(40, 12)
            assert "Agrandir à 80×20" in await screen_text(pilot)
            # A key in the dark acts on nothing that it cannot show.
            visits = len(list_visits(laptop.desk))
            await pilot.press("enter", "i", "enter")
            assert len(list_visits(laptop.desk)) == visits
            await pilot.resize_terminal(80, 24)
            assert await screen_text(pilot) == before

    asyncio.run(shrink())


@pytest.mark.parametrize(
    "keys", ["a", "g", "x 1", "p p f", "i enter", "l m o u enter", "a i enter s 1 1", "m l"]
)
def test_a_full_disk_is_told_on_every_screen_and_work_goes_on_once_there_is_room(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    *first, last = keys.split()
    press(shell, " ".join(first))
    with monkeypatch.context() as full:

        def no_room(_replica: Replica) -> None:
            raise StoreFull("store_full")

        full.setattr(Replica, "write", no_room)
        press(shell, last)
        if keys != "m l":
            assert "ENREGISTREMENT IMPOSSIBLE" in shown(shell).splitlines()[0]
            assert "Le disque est plein" in shown(shell)
    press(shell, "escape escape 1 i enter")
    assert len(list_visits(shell.desk)) >= 1
    assert "ENREGISTREMENT IMPOSSIBLE" not in shown(shell)


def test_a_full_disk_keeps_the_word_for_the_next_crew_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "c n")
    with monkeypatch.context() as full:
        full.setattr(Replica, "write", _refuse_to_write)
        assert not shell.end_note("la clé est au café")
        assert "Le disque est plein" in shown(shell)
    assert shell.end_note("la clé est au café")
    assert "la clé est au café" in shown(shell)


def test_a_full_disk_keeps_an_incident_that_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "e 2")
    assert shell.end_note("freins")
    with monkeypatch.context() as full:
        full.setattr(Replica, "write", _refuse_to_write)
        press(shell, "1")
        assert "Que proposer à la coordination ?" in shown(shell)
    press(shell, "1 c")
    assert "panne · freins" in shown(shell)


def _refuse_to_write(_replica: Replica) -> None:
    raise StoreFull("store_full")
