"""The app: the terminal around the shell; keys in order, a thread for the sync, nothing else."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from traceback import format_exception
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from fsmobile.errors import FsmobileError
from fsmobile.sync.progress import OnProgress, Progress, SyncReport
from fsmobile.texts.translation import _
from fsmobile.tui.background_copy import BackgroundCopy
from fsmobile.tui.background_search import BackgroundSearch, Found
from fsmobile.tui.counter import Counter
from fsmobile.tui.lock import Gate, LockScreen
from fsmobile.tui.palette import Extra
from fsmobile.tui.shell import Shell
from fsmobile.tui.themes import ROLE_DEFAULTS, THEMES
from fsmobile.usecases.desk import Desk

RunSync = Callable[[OnProgress, str], SyncReport]
"""Exchanges once with the registry, on a connection of its own; the text says why."""


class FsmobileApp(App[None], inherit_bindings=False):
    """fsmobile's screens."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    TITLE = "fsmobile"

    class SyncAdvanced(Message):
        """The thread of the sync tells how far it is."""

        def __init__(self, progress: Progress) -> None:
            super().__init__()
            self.progress = progress

    class SyncEnded(Message):
        """The thread of the sync tells what came of it."""

        def __init__(self, outcome: SyncReport | FsmobileError) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(
        self,
        desk: Desk | None,
        run_sync: RunSync,
        *,
        make_copy: Callable[[], bool] = lambda: True,
        open_beside: Callable[[Desk], Desk] | None = None,
        gate: Gate | None = None,
        extras: Sequence[Extra] = (),
        notice: Callable[[Desk], str] = lambda _desk: "",
        theme: str = THEMES[0].name,
        ascii_only: bool = False,
        planning_path: Path | None = None,
        syncs_by_itself: bool = False,
        on_crash: Callable[[str], None] = lambda _text: None,
    ) -> None:
        super().__init__()
        self._on_crash = on_crash
        self.animation_level = "none"
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self._run_sync = run_sync
        self._make_copy = make_copy
        self._open_beside = open_beside
        self._gate = gate
        self._ascii_only = ascii_only
        self._notice = notice
        self._make_shell = partial(
            Shell,
            outside=self,
            extras=extras,
            syncs_by_itself=syncs_by_itself,
            planning_path=planning_path,
        )
        self._counter: Counter | None = None
        self.trouble: FsmobileError | None = None
        """Why the store could not be opened, once unlocked; the screens have ended."""
        if desk is not None:
            self._sit_down(desk)

    def _sit_down(self, desk: Desk) -> Counter:
        self._search = BackgroundSearch(desk, self._open_beside, self._end_look_later)
        self.shell = self._make_shell(desk, notice=self._notice(desk))
        idle_minutes = 0 if self._gate is None else self._gate.idle_minutes
        self._counter = Counter(
            self.shell,
            BackgroundCopy(desk, self._make_copy),
            ascii_only=self._ascii_only,
            idle_minutes=idle_minutes,
        )
        return self._counter

    @property
    def is_open(self) -> bool:
        """Whether the store was opened: not when a person left at the passphrase."""
        return self._counter is not None

    def get_default_screen(self) -> Screen[None]:
        """Show the counter, or what asks for the passphrase before it."""
        if self._counter is not None:
            return self._counter
        assert self._gate is not None, "without a desk, a gate opens one"
        return LockScreen(self._gate, is_first=True, ascii_only=self._ascii_only)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give colours to the roles in themes that are not ours."""
        return ROLE_DEFAULTS

    def open_note(self, text: str) -> None:
        """Show the text field."""
        if self._counter is not None:
            self._counter.open_note(text)

    def lock(self) -> bool:
        """Hide everything behind the passphrase; False where the store has none."""
        if self._gate is None:
            return False
        if not isinstance(self.screen, LockScreen):
            self.push_screen(LockScreen(self._gate, is_first=False, ascii_only=self._ascii_only))
        return True

    @on(Counter.Idle)
    def _lock_idle(self) -> None:
        self.lock()

    @on(LockScreen.Left)
    def _leave_locked(self) -> None:
        if self._counter is None:
            self.exit()
        else:
            self.shell.run_command("app.quit")

    @on(LockScreen.Opened)
    async def _unlock(self, event: LockScreen.Opened) -> None:
        if self._counter is not None:
            await self.pop_screen()
            self._counter.take_early(event.early)
            return
        assert self._gate is not None
        try:
            counter = self._sit_down(self._gate.open_desk())
        except FsmobileError as error:
            self.trouble = error
            self.exit()
            return
        await self.push_screen(counter)
        counter.take_early(event.early)

    def leave(self) -> None:
        """End the program; everything is recorded already."""
        self.exit()

    def look_up(
        self, look: Callable[[Desk], Found], then: Callable[[Found | FsmobileError], None]
    ) -> None:
        """Look into the store beside the keys."""
        self._search.ask(look, then)

    def _end_look_later(self, answer: Callable[[], None]) -> None:
        self._post(events.Callback(callback=partial(self._end_look, answer)))

    def _end_look(self, answer: Callable[[], None]) -> None:
        answer()
        self._redraw()

    def on_unmount(self) -> None:
        """Close what was opened beside."""
        if self.is_open:
            self._search.close()

    def start_sync(self, why: str) -> None:
        """Exchange with the registry in a thread, while work goes on.

        Not a worker of Textual's: the program would wait for it, thus for the network, when
        the agent leaves. What was received is durable; what was not is sent another time.
        """
        Thread(target=self._sync_in_thread, args=(why,), name="sync", daemon=True).start()

    def _sync_in_thread(self, why: str) -> None:
        try:
            outcome: SyncReport | FsmobileError = self._run_sync(self._tell, why)
        except FsmobileError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001  # a defect of a sync must not end the work
            self._on_crash("".join(format_exception(error)))
            outcome = FsmobileError("sync_crashed")
        self._post(self.SyncEnded(outcome))

    def _tell(self, progress: Progress) -> None:
        self._post(self.SyncAdvanced(progress))

    def _post(self, message: Message) -> None:
        """Tell the screens from the thread; they may be gone, and then nobody is to be told."""
        with suppress(RuntimeError):
            self.post_message(message)

    def _fatal_error(self) -> None:
        """Write the crash down without anybody's data; Textual would print local variables."""
        if self._exception is not None:
            self._on_crash("".join(format_exception(self._exception)))
        sentence = _("fsmobile s'est arrêté sur un défaut. Rien n'est perdu : relancez-le.")
        self.panic(Text(sentence))

    @on(SyncAdvanced)
    def _show_progress(self, event: SyncAdvanced) -> None:
        self.shell.tell_progress(event.progress)
        self._redraw()

    @on(SyncEnded)
    def _end_sync(self, event: SyncEnded) -> None:
        self.shell.end_sync(event.outcome)
        self._redraw()

    def _redraw(self) -> None:
        if self._counter is not None:
            self._counter.redraw()
