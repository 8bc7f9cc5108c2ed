"""The store is looked into beside the keys: the newest question wins, and no key waits for one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from fsmobile.core.visits import AgeBand
from fsmobile.errors import FsmobileError, StoreBusy
from fsmobile.store.replica import open_store
from fsmobile.tui.app import FsmobileApp
from fsmobile.tui.background_search import BackgroundSearch
from fsmobile.tui.shell import Shell
from fsmobile.usecases import search
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import record_visit
from tests.tui.app_samples import no_network
from tests.tui.day_samples import Terminal, a_day, press, shown
from tests.worlds import a_visit

ENDLESS = """
WITH RECURSIVE c (x) AS (SELECT begun() UNION ALL SELECT x FROM c) SELECT count(*) FROM c
"""
VISITS = "a n r e t enter r enter n c a f enter p enter"
WAIT = 20.0


class Asked:
    """The thread's answers, taken out one by one as the app does between two keys."""

    def __init__(self, desk: Desk, open_beside: Callable[[Desk], Desk]) -> None:
        self._ends: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.found: list[Any] = []
        self.search = BackgroundSearch(desk, open_beside, self._ends.put)

    def ask(self, look: Callable[[Desk], Any]) -> None:
        self.search.ask(look, self.found.append)

    def end_one(self) -> None:
        self._ends.get(timeout=WAIT)()


@contextmanager
def asking(folder: Path, key: bytes | None = None) -> Iterator[Asked]:
    laptop = a_day()
    clock, chance = laptop.replica.clock, laptop.replica.chance
    path = folder / "fsmobile.db"
    asked = Asked(
        laptop.desk, lambda desk: replace(desk, replica=open_store(path, clock, chance, key))
    )
    try:
        yield asked
    finally:
        asked.search.close()


def test_an_answer_that_comes_after_a_newer_question_is_dropped(tmp_path: Path) -> None:
    with asking(tmp_path) as asked:
        asked.ask(lambda _desk: "old")
        asked.ask(lambda _desk: "new")
        asked.end_one()
        assert asked.found in ([], ["new"])
        if not asked.found:
            asked.end_one()
        assert asked.found == ["new"]


def test_a_key_does_not_wait_for_the_search_before_it(tmp_path: Path) -> None:
    has_begun, may_end = Event(), Event()

    def slow(_desk: Desk) -> str:
        has_begun.set()
        assert may_end.wait(WAIT)
        return "slow"

    with asking(tmp_path) as asked:
        asked.ask(slow)
        assert has_begun.wait(WAIT)
        for number in range(5):
            asked.ask(lambda _desk, number=number: number)
        may_end.set()
        asked.end_one()
        asked.end_one()
        # Of five letters typed meanwhile, the last alone was looked for.
        assert asked.found == [4]


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["plain", "encrypted"])
def test_a_newer_question_stops_what_is_being_read(tmp_path: Path, key: bytes | None) -> None:
    has_begun = Event()

    def endless(desk: Desk) -> None:
        desk.replica.connection.create_function("begun", 0, has_begun.set)
        desk.replica.connection.execute(ENDLESS).fetchone()

    with asking(tmp_path, key) as asked:
        asked.ask(lambda desk: desk.replica.connection.execute("SELECT 1").fetchone())
        asked.end_one()
        asked.ask(endless)
        assert has_begun.wait(WAIT)
        asked.ask(lambda _desk: "newest")
        asked.end_one()
        asked.end_one()
        assert asked.found == [(1,), "newest"]


def test_a_store_that_does_not_open_is_told_to_who_asked(tmp_path: Path) -> None:
    def refuse(_desk: Desk) -> Desk:
        raise StoreBusy("store_busy")

    with asking(tmp_path) as asked:
        asked.search = BackgroundSearch(a_day().desk, refuse, asked._ends.put)
        asked.ask(lambda _desk: "never")
        asked.end_one()
        assert isinstance(asked.found[0], FsmobileError)


class SlowTerminal(Terminal):
    """A terminal whose store answers when it is told to; only the newest question counts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk=desk)
        self._asked: Callable[[], None] | None = None
        self.refusal: FsmobileError | None = None

    def look_up(self, look: Callable[[Desk], Any], then: Callable[[Any], None]) -> None:
        assert self.desk is not None
        desk = self.desk
        self._asked = lambda: then(self.refusal or look(desk))

    def answer(self) -> None:
        assert self._asked is not None, "nothing was asked"
        asked, self._asked = self._asked, None
        asked()


def slow_search() -> tuple[Shell, SlowTerminal]:
    desk = a_day().desk
    terminal = SlowTerminal(desk)
    shell = Shell(desk, terminal)
    press(shell, f"{VISITS} 4")
    return shell, terminal


def test_what_was_typed_shows_before_it_is_found_and_rows_before_they_are_counted() -> None:
    shell, terminal = slow_search()
    assert "Rien" not in shown(shell)
    terminal.answer()
    assert "2 résultats" in shown(shell)
    assert "sur ce portable" not in shown(shell)
    terminal.answer()
    assert "2 visites sur ce portable" in shown(shell)
    press(shell, "r e t")
    assert "ret▏" in shown(shell)
    assert "2 résultats" not in shown(shell)
    terminal.answer()
    assert "1 résultat " in shown(shell)


def test_a_key_that_acts_on_what_is_found_waits_for_it_and_those_after_it_too() -> None:
    shell, terminal = slow_search()
    terminal.answer()
    press(shell, "c a f enter")
    assert shell.page.where.value == "search"
    terminal.answer()
    assert "CAF" in shown(shell)
    assert shell.page.where.value == "visit"
    press(shell, "escape backspace down escape")
    assert shell.page.where.value == "search"
    terminal.answer()
    assert shell.screen_id == "tour"


def test_what_no_index_holds_is_looked_for_to_the_end_and_no_key_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "SIFT_LINES", 2)
    monkeypatch.setattr(search, "SIFT_ROUNDS", 1)
    laptop = a_day()
    for number in range(7):
        band = AgeBand.FROM_70 if number == 0 else AgeBand.FROM_25
        at = time(9, number)
        record_visit(laptop.desk, a_visit(note=f"fiche {number}", age_band=band, starts=at))
    terminal = SlowTerminal(laptop.desk)
    shell = Shell(laptop.desk, terminal)
    press(shell, "4 â g e : 7 0 + enter")
    terminal.answer()
    assert "2 lignes lues…" in shown(shell)
    assert "Rien" not in shown(shell)
    press(shell, "backspace +")
    for _step in range(4):
        assert "résultat" not in shown(shell)
        terminal.answer()
    assert "1 résultat " in shown(shell)
    assert shell.page.where.value == "search"
    press(shell, "enter")
    assert shell.page.where.value == "visit"


def test_the_search_goes_on_after_the_store_refused_to_be_read() -> None:
    shell, terminal = slow_search()
    terminal.answer()
    terminal.refusal = StoreBusy("store_busy")
    press(shell, "r enter")
    terminal.answer()
    assert shell.message.text.strip()
    terminal.refusal = None
    press(shell, "e")
    terminal.answer()
    press(shell, "enter")
    assert shell.page.where.value == "visit"


def test_the_app_searches_a_store_on_the_disk_beside_its_keys(tmp_path: Path) -> None:
    asyncio.run(_search_in_the_app(tmp_path))


async def _search_in_the_app(tmp_path: Path) -> None:
    path = tmp_path / "fsmobile.db"
    laptop = a_day(str(path))
    for number in range(90):
        record_visit(laptop.desk, a_visit(note=f"fiche {number}"))
    opened: list[Desk] = []

    def open_beside(desk: Desk) -> Desk:
        replica = open_store(path, laptop.replica.clock, laptop.replica.chance)
        opened.append(replace(desk, replica=replica))
        return opened[-1]

    app = FsmobileApp(laptop.desk, no_network, open_beside=open_beside)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4", *"fiche", "end", "end", "enter")
        for _turn in range(200):
            await pilot.pause(0.02)
            if app.shell.page.where.value == "visit":
                break
        assert app.shell.page.where.value == "visit"
        await pilot.press("escape")
        assert "sur 90 · 90 visites" in "\n".join(row.text for row in app.shell.body(80, 22))
    assert len(opened) == 1
