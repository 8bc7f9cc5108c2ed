"""The app on a terminal: keys in order, hostile text, the text field, the sync, the memory."""

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual import events

from fsmobile.sync.progress import OnProgress, SyncReport
from fsmobile.tui.app import FsmobileApp
from fsmobile.usecases.drafts import list_drafts
from fsmobile.usecases.visits import list_visits
from tests.tui.app_samples import no_network, running, screen_text
from tests.tui.day_samples import a_day

HOSTILE = "[/ [@click=app.quit]x [b] fait \x1b[31mrouge \u202eenvers"


def run(coroutine: Any) -> None:
    """Run a test's coroutine to its end."""
    asyncio.run(coroutine)


def test_seven_keys_arriving_at_once_are_recorded_right_thirty_times() -> None:
    async def burst() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            for _turn in range(30):
                for key in ("n", "r", "e", "t"):
                    app.post_message(events.Key(key, key))
                for key, character in (("enter", "\r"), ("r", "r"), ("enter", "\r")):
                    app.post_message(events.Key(key, character))
                laptop.desk.replica.clock.ms += 1
            await pilot.pause()
            visits = [row.state.visit for row in list_visits(laptop.desk)]
            assert len(visits) == 30
            assert {visit.enquiries[0].procedure for visit in visits} == {"retraite-dossier"}
            assert {visit.enquiries[0].outcome.value for visit in visits} == {"resolved"}
            assert list_drafts(laptop.desk) == []

    run(burst())


def test_a_note_is_typed_in_a_real_field_and_its_hostile_text_is_shown_as_typed() -> None:
    async def write() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            await pilot.press("n", "enter", "e")
            field = app.screen.query_one("#note")
            field.value = HOSTILE
            await pilot.press("enter")
            await pilot.press("r", "enter", "*")
            text = await screen_text(pilot)
            (row,) = list_visits(laptop.desk)
            assert row.state.visit.note == HOSTILE
            assert "[/ [@click=app.quit]x [b] fait ␛[31mrouge ‹202E›envers" in text
            await pilot.press("enter")
            assert "[@click=app.quit]x" in await screen_text(pilot)
            assert app.is_running

    run(write())


def test_keys_typed_before_the_field_is_ready_go_into_it() -> None:
    async def write() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            for key in ("n", "enter", "e", "b", "o", "n", "enter", "r", "enter"):
                app.post_message(events.Key(key, "\r" if key == "enter" else key))
            await pilot.pause()
            await pilot.pause()
            (row,) = list_visits(laptop.desk)
            assert row.state.visit.note == "bon"

    run(write())


def test_a_forbidden_number_keeps_the_field_open_and_says_why() -> None:
    async def write() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            await pilot.press("n", "enter", "e", *"18505780060849", "1", "enter")
            assert app.shell.note.is_open
            assert "numéro" in await screen_text(pilot)
            assert "18505" not in "".join(draft.state for draft in list_drafts(laptop.desk))
            await pilot.press("escape")
            assert not app.shell.note.is_open
            await pilot.press("r", "enter")
            (row,) = list_visits(laptop.desk)
            assert row.state.visit.note == ""

    run(write())


def test_a_sync_without_network_says_so_and_work_goes_on() -> None:
    async def sync() -> None:
        laptop = a_day()
        async with running(laptop) as (_app, pilot):
            await pilot.press("i", "enter", "6", "s")
            await pilot.pause(0.2)
            text = await screen_text(pilot)
            assert "Le registre ne répond pas" in text
            assert "hors ligne" in text
            await pilot.press("1", "d", "enter")
            assert len(list_visits(laptop.desk)) == 2

    run(sync())


def test_a_defect_in_a_sync_is_written_down_and_work_goes_on() -> None:
    async def sync() -> None:
        laptop = a_day()
        crashes: list[str] = []

        def broken(_on_progress: OnProgress, _why: str) -> SyncReport:
            raise ZeroDivisionError

        app = FsmobileApp(laptop.desk, broken, on_crash=crashes.append)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("6", "s")
            await pilot.pause(0.2)
            assert "Rien n'est perdu" in await screen_text(pilot)
            await pilot.press("1", "i", "enter")
            assert len(list_visits(laptop.desk)) == 1
        assert "ZeroDivisionError" in crashes[0]

    run(sync())


def test_a_crash_of_the_screens_prints_a_sentence_and_nobody_s_data() -> None:
    crashes: list[str] = []

    def broken(_key: str) -> None:
        secret = "Dupont"
        raise ZeroDivisionError(len(secret))

    async def crash() -> None:
        app = FsmobileApp(a_day().desk, no_network, on_crash=crashes.append)
        async with app.run_test(size=(80, 24)) as pilot:
            app.shell.press = broken
            await pilot.press("n")
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        run(crash())
    (written,) = crashes
    assert "ZeroDivisionError" in written
    assert "Dupont\n" not in written.replace('secret = "Dupont"\n', "")


def test_f2_speaks_english_at_once() -> None:
    async def switch() -> None:
        from fsmobile.texts.translation import set_language

        try:
            async with running() as (_app, pilot):
                await pilot.press("f2")
                assert "n Visit " in await screen_text(pilot)
                await pilot.press("f2")
                assert "n Visite" in await screen_text(pilot)
        finally:
            set_language("fr")

    run(switch())


def test_a_window_that_is_too_small_says_so_and_comes_back() -> None:
    async def resize() -> None:
        async with running(size=(79, 24)) as (_app, pilot):
            assert "Agrandir à 80×20" in await screen_text(pilot)
            await pilot.resize_terminal(80, 20)
            assert "Luxé" in await screen_text(pilot)

    run(resize())


def test_a_click_on_the_key_bar_presses_its_key() -> None:
    async def click() -> None:
        async with running() as (app, pilot):
            await pilot.click("#keys", offset=(2, 0))
            assert "Démarche" in await screen_text(pilot)
            assert app.focused is None

    run(click())


def test_ctrl_q_leaves_and_the_draft_stays() -> None:
    async def leave() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            await pilot.press("n", "r", "e", "t", "enter", "ctrl+q")
            await pilot.pause()
            assert not app.is_running or app._exit
        assert len(list_drafts(laptop.desk)) == 1

    run(leave())


def resident_bytes() -> int:
    """Return how much memory the process holds, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted from /proc")
def test_three_thousand_changes_of_screen_and_field_keep_the_memory() -> None:
    async def day() -> None:
        async with running() as (app, pilot):
            keys = ("6", "1", "question_mark", "escape", "n", "escape", "right", "left")

            async def change(times: int) -> None:
                for turn in range(times):
                    key = keys[turn % len(keys)]
                    character = "?" if key == "question_mark" else key if len(key) == 1 else None
                    app.post_message(events.Key(key, character))
                    if turn % 40 == 39:
                        app.screen.query_one("#note").focus()
                        app.screen.set_focus(None)
                        await pilot.pause()

            await change(800)
            gc.collect()
            before = resident_bytes()
            await change(3000)
            gc.collect()
            assert resident_bytes() - before <= 5 * 1024 * 1024

    run(day())


@pytest.mark.parametrize("theme", ["sombre", "clair", "contraste", "ansi-dark"])
def test_every_theme_draws_the_screens(theme: str) -> None:
    async def draw() -> None:
        async with running(theme=theme) as (_app, pilot):
            await pilot.press("i", "enter", "n")
            assert "Renseignement simple" in await screen_text(pilot)

    run(draw())


def test_no_colour_and_plain_signs_lose_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw() -> None:
        async with running(ascii_only=True) as (app, pilot):
            await pilot.press("a", "i", "enter")
            text = await screen_text(pilot)
            assert "* ici depuis 09:00" in text
            assert "à env." in text
            assert app.no_color

    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    run(draw())


def test_nothing_of_the_network_is_loaded_by_the_screens() -> None:
    code = (
        "import sys, fsmobile.tui.app;"
        "print([name for name in ('httpx', 'sqlite_utils', 'zstandard', 'tree_sitter', 'numpy')"
        " if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_app_binds_no_key_of_its_own() -> None:
    assert FsmobileApp.BINDINGS == []


def test_a_paste_too_long_keeps_its_start_and_says_what_was_cut() -> None:
    async def paste() -> None:
        laptop = a_day()
        async with running(laptop) as (app, pilot):
            await pilot.press("n", "enter", "e", "a")
            app.post_message(events.Paste("b" * 2_000))
            await pilot.pause()
            text = await screen_text(pilot)
            assert "500 caractères au plus : 1501 ne sont pas gardés" in text
            assert "(500/500)" in text
            await pilot.press("c")
            assert "1 n'est pas gardé" in await screen_text(pilot)
            await pilot.press("enter", "r", "enter")
            (row,) = list_visits(laptop.desk)
            assert row.state.visit.note == "a" + "b" * 499

    run(paste())


@pytest.mark.parametrize("last", ["escape", "enter"])
def test_the_refusal_of_a_note_goes_with_its_cause(last: str) -> None:
    async def write() -> None:
        async with running() as (app, pilot):
            await pilot.press("n", "enter", "e", *"185057800608491", "enter")
            refusal = "Retirez un numéro de sécurité sociale : la note n'est pas gardée"
            assert refusal in await screen_text(pilot)
            if last == "enter":
                app.screen.query_one("#note").value = "dossier complet"
            await pilot.press(last)
            assert not app.shell.note.is_open
            assert "Retirez" not in await screen_text(pilot)

    run(write())


def test_a_note_begins_under_the_text_of_the_screen_and_its_prompt_is_legible() -> None:
    async def look() -> None:
        async with running() as (app, pilot):
            await pilot.press("a", "n", "r", "e", "t", "enter", "e")
            row = (await screen_text(pilot)).splitlines()[-2]
            assert row.startswith(" Note, sans n° de sécu")
            field = app.screen.query_one("#note")
            shown = field.get_component_rich_style("input--placeholder").color
            assert shown is not None
            assert shown.name == "#93a1b3"

    asyncio.run(look())
