"""The screens exchange by themselves: never waited for, never in the way, never a false ✓."""

import asyncio
import time
from threading import Event

import pytest

from fsmobile.errors import BadSignature, FsmobileError, RegistryUnreachable, StoreBusy
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.pacing import INTERVAL_MS, MINUTE_MS
from fsmobile.sync.progress import BY_HAND, BY_TIMER, OnProgress, SyncReport
from fsmobile.tui.app import FsmobileApp
from fsmobile.tui.shell import Shell
from tests.tui.app_samples import screen_text
from tests.tui.day_samples import Terminal, a_day, press, shown
from tests.worlds import Laptop

AWAY = RegistryUnreachable("registry_unreachable")


def a_working_shell(laptop: Laptop | None = None) -> tuple[Shell, Terminal, Laptop]:
    laptop, terminal = laptop or a_day(), Terminal()
    return Shell(laptop.desk, terminal, syncs_by_itself=True), terminal, laptop


def pass_time(laptop: Laptop, milliseconds: int) -> None:
    laptop.replica.clock.ms += milliseconds


def test_the_first_exchange_goes_by_itself_within_a_minute_and_then_each_quarter() -> None:
    shell, terminal, laptop = a_working_shell()
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    assert (terminal.syncs, terminal.why) == (1, BY_TIMER)
    for expected in (2, 3):
        shell.end_sync(SyncEngine(laptop.replica, laptop.registry, laptop.key).run())
        pass_time(laptop, INTERVAL_MS - 1)
        shell.tick()
        assert terminal.syncs == expected - 1
        pass_time(laptop, MINUTE_MS)
        shell.tick()
        assert terminal.syncs == expected


def test_one_exchange_at_a_time() -> None:
    shell, terminal, laptop = a_working_shell()
    for _ in range(5):
        pass_time(laptop, INTERVAL_MS)
        shell.tick()
    assert terminal.syncs == 1


def test_turned_off_it_never_goes_and_the_screen_says_so() -> None:
    laptop, terminal = a_day(), Terminal()
    shell = Shell(laptop.desk, terminal)
    pass_time(laptop, 10 * INTERVAL_MS)
    shell.tick()
    assert terminal.syncs == 0
    press(shell, "6")
    assert "Essai suivant      seulement quand vous appuyez sur s" in shown(shell)


@pytest.mark.parametrize("error", [AWAY, RegistryUnreachable("registry_busy", after=40)])
def test_a_network_that_is_away_interrupts_nobody_and_the_next_try_is_shown(
    error: FsmobileError,
) -> None:
    shell, terminal, laptop = a_working_shell()
    press(shell, "i enter")
    said = shell.message
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    shell.end_sync(error)
    assert shell.message is said
    assert "hors ligne · 1 à envoyer" in shown(shell)
    press(shell, "6")
    assert "Essai suivant      de lui-même dans" in shown(shell) or "maintenant" in shown(shell)
    assert terminal.syncs == 1


def test_an_exchange_that_failed_is_tried_again_by_itself_for_ever() -> None:
    shell, terminal, laptop = a_working_shell()
    for tries in range(1, 40):
        pass_time(laptop, INTERVAL_MS)
        shell.tick()
        assert terminal.syncs == tries
        shell.end_sync(AWAY)
        assert "✓" not in shown(shell)


def test_a_closed_passage_goes_soon() -> None:
    shell, terminal, laptop = a_working_shell()
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    shell.end_sync(SyncEngine(laptop.replica, laptop.registry, laptop.key).run())
    press(shell, "a")
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    assert terminal.syncs == 1
    press(shell, "a")
    pass_time(laptop, MINUTE_MS // 2)
    shell.tick()
    assert terminal.syncs == 2


def test_a_press_goes_at_once_whatever_the_backoff() -> None:
    shell, terminal, laptop = a_working_shell()
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    shell.end_sync(RegistryUnreachable("registry_busy", after=1800))
    press(shell, "6 s")
    assert (terminal.syncs, terminal.why) == (2, BY_HAND)


def test_a_press_during_a_quiet_exchange_is_told_what_came_of_it() -> None:
    shell, terminal, laptop = a_working_shell()
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    press(shell, "6 s")
    assert terminal.syncs == 1
    shell.end_sync(AWAY)
    assert "Le registre ne répond pas" in shell.message.text


def test_what_only_a_person_can_mend_is_said_once() -> None:
    shell, _terminal, laptop = a_working_shell()
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    shell.end_sync(BadSignature("answer_not_signed"))
    assert "signée" in shell.message.text
    press(shell, "down")
    pass_time(laptop, 2 * 60 * MINUTE_MS)
    shell.tick()
    said = shell.message
    shell.end_sync(BadSignature("answer_not_signed"))
    assert shell.message is said


def test_the_exchange_of_another_program_is_no_failure_of_the_network() -> None:
    shell, _terminal, laptop = a_working_shell()
    shell.end_sync(SyncEngine(laptop.replica, laptop.registry, laptop.key).run())
    assert "à jour" in shown(shell)
    pass_time(laptop, INTERVAL_MS + MINUTE_MS)
    shell.tick()
    shell.end_sync(StoreBusy("sync_running"))
    assert "à jour" in shown(shell)
    assert "hors ligne" not in shown(shell)


def test_a_quiet_exchange_shows_receipts_and_says_nothing() -> None:
    shell, _terminal, laptop = a_working_shell()
    press(shell, "i enter")
    said = shell.message
    assert "à env." in shown(shell)
    pass_time(laptop, MINUTE_MS)
    shell.tick()
    shell.end_sync(SyncEngine(laptop.replica, laptop.registry, laptop.key).run())
    assert "✓" in shown(shell)
    assert shell.message is said


def test_leaving_during_an_exchange_that_hangs_waits_for_nobody() -> None:
    hangs, has_begun = Event(), Event()

    def hang(_on_progress: OnProgress, _why: str) -> SyncReport:
        has_begun.set()
        hangs.wait(30)
        raise AWAY

    async def leave() -> None:
        laptop = a_day()
        app = FsmobileApp(laptop.desk, hang, syncs_by_itself=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("6", "s")
            assert await asyncio.to_thread(has_begun.wait, 5)
            # The keyboard is as quick as ever meanwhile.
            await pilot.press("1", "i", "enter")
            assert "Visite enregistrée" in await screen_text(pilot)
            await pilot.press("ctrl+q")

    begun = time.monotonic()
    try:
        asyncio.run(leave())
        assert time.monotonic() - begun < 10
    finally:
        hangs.set()
