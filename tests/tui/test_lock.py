"""The lock of the screens: nothing shown, nothing lost, nothing acted on until it opens."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

from fsmobile.errors import NotAllowed, StoreTooNew
from fsmobile.tui.app import FsmobileApp
from fsmobile.tui.lock import Gate, LockScreen
from fsmobile.usecases.drafts import list_drafts
from fsmobile.usecases.visits import list_visits
from tests.tui.app_samples import no_network, running, screen_text
from tests.tui.day_samples import a_day

RIGHT = "sesame"


def check(passphrase: str) -> None:
    if passphrase != RIGHT:
        raise NotAllowed("wrong_passphrase")


def a_gate(open_desk: Callable[[], Any] = a_day, **changes: Any) -> Gate:
    return Gate(**{"check": check, "open_desk": open_desk, **changes})


def run(coroutine: Any) -> None:
    asyncio.run(coroutine)


async def settled(pilot: Any, app: FsmobileApp, *, locked: bool) -> None:
    """Wait for the thread that tries a passphrase."""
    for _turn in range(200):
        await pilot.pause(0.01)
        if isinstance(app.screen, LockScreen) == locked:
            return
    raise AssertionError("the lock did not change")


def test_the_first_screen_asks_for_the_passphrase_and_keys_typed_since_enter_are_kept() -> None:
    async def start() -> None:
        laptop, tried = a_day(), Event()

        def slow(passphrase: str) -> None:
            assert tried.wait(5)
            check(passphrase)

        app = FsmobileApp(None, no_network, gate=a_gate(lambda: laptop.desk, check=slow))
        async with app.run_test(size=(80, 24)) as pilot:
            assert "Poste verrouillé" in await screen_text(pilot)
            await pilot.press(*RIGHT)
            shown = await screen_text(pilot)
            assert "••••••" in shown
            assert RIGHT not in shown
            await pilot.press("enter", "n", "r", "e", "t")
            tried.set()
            await settled(pilot, app, locked=False)
            await pilot.press("enter", "r", "enter")
            await pilot.pause()
            (visit,) = list_visits(laptop.desk)
            assert visit.state.visit.enquiries[0].procedure == "retraite-dossier"

    run(start())


def test_a_wrong_passphrase_is_said_and_opens_nothing() -> None:
    async def refuse() -> None:
        def never() -> Any:
            raise AssertionError("opened")

        app = FsmobileApp(None, no_network, gate=a_gate(never))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*"sesamo", "enter")
            for _turn in range(200):
                if "n'ouvre pas ce poste" in await screen_text(pilot):
                    break
            assert isinstance(app.screen, LockScreen)
            assert "n'ouvre pas ce poste" in await screen_text(pilot)

    run(refuse())


def test_a_store_that_does_not_open_ends_the_screens_with_its_reason() -> None:
    async def fail() -> None:
        def too_new() -> Any:
            raise StoreTooNew("store_too_new")

        app = FsmobileApp(None, no_network, gate=a_gate(too_new))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*RIGHT, "enter")
            for _turn in range(200):
                await pilot.pause(0.01)
                if app.trouble is not None:
                    break
            assert isinstance(app.trouble, StoreTooNew)

    run(fail())


def test_one_key_hides_everything_and_the_draft_goes_on_where_it_was() -> None:
    async def lock() -> None:
        laptop = a_day()
        async with running(laptop, gate=a_gate()) as (app, pilot):
            await pilot.press("n", "r", "e", "t", "enter")
            before = await screen_text(pilot)
            await pilot.press("ctrl+l")
            hidden = await screen_text(pilot)
            assert "Poste verrouillé" in hidden
            assert len(hidden.split()) < 20, hidden
            await pilot.press("r", "enter", "escape")
            await settled(pilot, app, locked=True)
            assert list_visits(laptop.desk) == []
            await pilot.press(*RIGHT, "enter")
            await settled(pilot, app, locked=False)
            assert await screen_text(pilot) == before
            assert len(list_drafts(laptop.desk)) == 1

    run(lock())


def test_a_note_being_written_is_still_there_after_the_lock() -> None:
    async def write() -> None:
        laptop = a_day()
        async with running(laptop, gate=a_gate()) as (app, pilot):
            await pilot.press("n", "enter", "e", *"attend")
            await pilot.press("ctrl+l")
            assert "attend" not in await screen_text(pilot)
            await pilot.press(*RIGHT, "enter")
            await settled(pilot, app, locked=False)
            await pilot.press(*"re", "enter", "r", "enter")
            await pilot.pause()
            (row,) = list_visits(laptop.desk)
            assert row.state.visit.note == "attendre"

    run(write())


def test_the_screens_lock_when_nobody_has_pressed_a_key_for_long() -> None:
    async def idle() -> None:
        laptop = a_day()
        async with running(laptop, gate=a_gate(idle_minutes=10)) as (app, pilot):
            clock = laptop.desk.replica.clock
            clock.ms += 9 * 60_000
            await pilot.pause(1.1)
            assert not isinstance(app.screen, LockScreen)
            await pilot.press("j")
            clock.ms += 9 * 60_000
            await pilot.pause(1.1)
            assert not isinstance(app.screen, LockScreen)
            clock.ms += 2 * 60_000
            await settled(pilot, app, locked=True)

    run(idle())


def test_a_plain_store_has_nothing_to_lock_and_says_so() -> None:
    async def say() -> None:
        async with running() as (app, pilot):
            await pilot.press("ctrl+l")
            assert "non chiffrées" in await screen_text(pilot)
            assert not isinstance(app.screen, LockScreen)
            await pilot.press("6")
            assert "non chiffré" in await screen_text(pilot)

    run(say())


def test_a_store_of_another_release_is_brought_up_to_date_with_counts() -> None:
    async def start() -> None:
        laptop, seen = a_day(), Event()
        calls = 0

        def renew(tell: Callable[[str], None]) -> None:
            nonlocal calls
            calls += 1
            tell("12 000 actes sur 90 000")
            assert seen.wait(20)

        app = FsmobileApp(None, no_network, gate=a_gate(lambda: laptop.desk, renew=renew))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*RIGHT, "enter", "n", "r", "e", "t")
            for _turn in range(500):
                if "12 000 actes sur" in await screen_text(pilot):
                    break
                await pilot.pause(0.01)
            else:
                raise AssertionError("no count was shown")
            seen.set()
            await settled(pilot, app, locked=False)
            assert "ret" in await screen_text(pilot)
            # Unlocked again, there is nothing to make again.
            app.lock()
            await settled(pilot, app, locked=True)
            await pilot.press(*RIGHT, "enter")
            await settled(pilot, app, locked=False)
            assert calls == 1

    run(start())
