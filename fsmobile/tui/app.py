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
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets._input import Input

from fsmobile.core.visits import NOTE_MAX
from fsmobile.errors import FsmobileError
from fsmobile.sync.progress import OnProgress, Progress, SyncReport
from fsmobile.texts.translation import _, n_
from fsmobile.tui.background_copy import BackgroundCopy
from fsmobile.tui.bindings import command
from fsmobile.tui.keys import name_keys
from fsmobile.tui.lines import Line
from fsmobile.tui.lock import Gate, LockScreen
from fsmobile.tui.palette import Extra
from fsmobile.tui.shell import Shell
from fsmobile.tui.themes import ROLE_DEFAULTS, THEMES
from fsmobile.tui.widgets.key_bar import KeyBar
from fsmobile.tui.widgets.line_view import LineView, MessageLine
from fsmobile.tui.widgets.note_field import NoteField
from fsmobile.usecases.desk import Desk

RunSync = Callable[[OnProgress, str], SyncReport]
"""Exchanges once with the registry, on a connection of its own; the text says why."""


LOCK_KEY = command("app.lock").keys[0]


class Counter(Screen[None], inherit_bindings=False):
    """The one screen: nobody has the focus, so every key comes here, in order."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Counter { layout: vertical; background: $background; }
    """

    class Idle(Message):
        """Nobody has pressed a key for long enough."""

    def __init__(
        self, shell: Shell, copy: BackgroundCopy, *, ascii_only: bool, idle_minutes: int = 0
    ) -> None:
        super().__init__()
        self._shell = shell
        self._copy = copy
        self._idle_ms = idle_minutes * 60_000
        self._last_key_ms = self._now()
        self._ascii_only = ascii_only
        self._is_settling = False

    def compose(self) -> ComposeResult:
        """Lay out the body, the message line (or the text field), the key bar."""
        yield LineView(self._shell.body, id="body", ascii_only=self._ascii_only)
        yield MessageLine(self._message, id="message", ascii_only=self._ascii_only)
        yield NoteField(lambda: self._shell.is_too_small)
        yield KeyBar(self._shell.hints, ascii_only=self._ascii_only)

    def on_mount(self) -> None:
        """Follow the clock and what other programs write."""
        self.set_interval(1.0, self._tick)
        self.set_interval(5.0, self._copy.tick)

    def on_resize(self) -> None:
        """Draw the bar again once the body has found whether there is room for it."""
        self.call_after_refresh(self.redraw)

    def on_key(self, event: events.Key) -> None:
        """Take a key that no text field took; every one is handled before the next is read."""
        self._last_key_ms = self._now()
        names = name_keys(event.key, event.character)
        if self._shell.note.is_open and names and not _is_ours(names[0]):
            return  # the field's own bindings: arrows, backspace, home, end
        event.stop()
        event.prevent_default()
        for key in names:
            self._press(key)
        self.redraw()
        self._settle_later()

    def redraw(self) -> None:
        """Draw everything again, once, however many keys have come."""
        for view in self.query(LineView):
            view.redraw()

    def open_note(self, text: str) -> None:
        """Show the text field in the place of the message line."""
        self.query_one("#message").display = False
        self.query_one(NoteField).open_with(text, _("Note, sans n° de sécu, fiscal, IBAN ni carte"))

    @on(Input.Changed)
    def _look_at_note(self, event: Input.Changed) -> None:
        """Say at once that a number is refused, not only at the end."""
        event.stop()
        self._shell.note.length = len(event.value)
        refusal = self._shell.scan(event.value)
        self._show_refusal(refusal)

    @on(NoteField.TextCut)
    def _tell_cut(self, event: NoteField.TextCut) -> None:
        event.stop()
        cut = n_(
            "Une note a {most} caractères au plus : {n} n'est pas gardé",
            "Une note a {most} caractères au plus : {n} ne sont pas gardés",
            event.count,
        )
        self._show_refusal(cut.format(most=NOTE_MAX, n=event.count))

    @on(LineView.RowClicked)
    def _press_clicked(self, event: LineView.RowClicked) -> None:
        event.stop()
        self._last_key_ms = self._now()
        self._press(event.key)
        self.redraw()

    def _press(self, key: str) -> None:
        is_hidden = self._shell.is_too_small and key != "ctrl+q"
        if not self._shell.note.is_open or is_hidden or key == LOCK_KEY:
            self._shell.press(key)
            return
        field = self.query_one(NoteField)
        if key == "escape":
            self._end_note(None)
        elif key in ("enter", "ctrl+s"):
            self._end_note(field.value)
        elif key == "ctrl+q":
            if self._end_note(field.value):
                self._shell.press(key)
        elif len(key) == 1:
            field.take_early(key)

    def _end_note(self, text: str | None) -> bool:
        field = self.query_one(NoteField)
        if not self._shell.end_note(text):
            field.go_on()
            self._show_refusal(self._shell.scan(text or ""))
            return False
        field.close_up()
        self.query_one("#message").display = True
        self.set_focus(None)
        self.redraw()
        return True

    def _show_refusal(self, refusal: str) -> None:
        """Say above the field why its text cannot be kept, for as long as it cannot."""
        if refusal:
            self._shell.note.refuse(refusal)
        self.query_one("#message").display = bool(refusal) or not self._shell.note.is_open
        self.redraw()

    def _message(self, width: int, height: int) -> Sequence[Line]:
        return [self._shell.message_line(width)]

    def on_paste(self, event: events.Paste) -> None:
        """Take a pasted text where a line is being typed, and nowhere else."""
        event.stop()
        self._shell.paste(event.text)
        self.redraw()

    def _settle_later(self) -> None:
        """Go on with the checks once the screen is drawn, a rule at a time: a key comes first."""
        if not self._is_settling:
            self._is_settling = True
            self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        self._is_settling = False
        if self._shell.settle():
            self._settle_later()
        else:
            self.redraw()

    def take_early(self, keys: Sequence[str]) -> None:
        """Go on with the keys that were pressed while the store was being opened."""
        self._last_key_ms = self._now()
        for key in keys:
            self._press(key)
        self.redraw()

    def _now(self) -> int:
        # By the clock, not by counted seconds: a lid that was closed counts too.
        return self._shell.desk.replica.clock.now_ms()

    def _tick(self) -> None:
        if self._idle_ms and self._now() - self._last_key_ms >= self._idle_ms:
            self.post_message(self.Idle())
        if self._shell.tick():
            self.redraw()
            self._settle_later()


def _is_ours(key: str) -> bool:
    """Tell whether a key ends the note, leaves, or was typed before the field was ready."""
    return len(key) == 1 or key in ("enter", "escape", "ctrl+s", "ctrl+q", LOCK_KEY)


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
        return LockScreen(self._gate, ascii_only=self._ascii_only)

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
            self.push_screen(LockScreen(self._gate, ascii_only=self._ascii_only))
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
