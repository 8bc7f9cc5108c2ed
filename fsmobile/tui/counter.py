"""The counter: the one screen; keys to the shell in order, its lines to the terminal."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets._input import Input

from fsmobile.core.visits import NOTE_MAX
from fsmobile.texts.translation import n_
from fsmobile.tui.background_copy import BackgroundCopy
from fsmobile.tui.bindings import command
from fsmobile.tui.keys import name_keys
from fsmobile.tui.lines import Line
from fsmobile.tui.shell import Shell
from fsmobile.tui.widgets.key_bar import KeyBar
from fsmobile.tui.widgets.line_view import LineView, MessageLine
from fsmobile.tui.widgets.note_field import NoteField

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
        self.query_one(NoteField).open_with(text, self._shell.note.prompt)

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
