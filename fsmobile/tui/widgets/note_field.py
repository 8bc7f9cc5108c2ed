"""The one real text field of the fast entry: a note, typed with accents and pasted into."""

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets._input import Input

from fsmobile.core.visits import NOTE_MAX


class NoteField(Input):
    """A one-line field that takes the place of the message line."""

    DEFAULT_CSS = """
    NoteField { height: 1; border: none; background: $surface; display: none; }
    NoteField.-textual-compact { padding: 0 1; }
    NoteField > .input--placeholder { color: $role-dim; }
    NoteField:focus { border: none; background-tint: $foreground 0%; }
    NoteField.open { display: block; }
    """

    def __init__(self, is_unseen: Callable[[], bool]) -> None:
        super().__init__(id="note", max_length=NOTE_MAX, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._is_unseen = is_unseen
        """Tell whether the window is too small to show what is typed."""
        self._is_done = False
        """Enter or Esc was pressed: keys already on their way are for the screen, in order."""

    def open_with(self, text: str, prompt: str) -> None:
        """Show the field with a text, the cursor at its end."""
        self._is_done = False
        self.placeholder = prompt
        self.value = text
        self.cursor_position = len(text)
        self.add_class("open")
        self.focus()

    def go_on(self) -> None:
        """Take keys again, after what was typed was refused."""
        self._is_done = False

    class TextCut(Message):
        """Some of what was typed or pasted did not fit."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count
            """How many characters were left out."""

    async def _on_key(self, event: events.Key) -> None:
        is_end = event.key in ("enter", "escape") and not self._is_unseen()
        self._is_done = self._is_done or is_end
        if self._is_done or self._is_unseen():
            event.prevent_default()
        elif event.is_printable and len(self.value) >= NOTE_MAX and self.selection.is_empty:
            event.prevent_default()
            self.post_message(self.TextCut(1))

    def _on_paste(self, event: events.Paste) -> None:
        """Keep what fits of a pasted text, its lines joined, and say what was left out."""
        event.prevent_default()
        event.stop()
        if self._is_done or self._is_unseen():
            return
        text = " ".join(event.text.split())
        start, end = sorted(self.selection)
        room = NOTE_MAX - len(self.value) + end - start
        if text[:room]:
            self.replace(text[:room], start, end)
        if len(text) > room:
            self.post_message(self.TextCut(len(text) - room))

    def take_early(self, character: str) -> None:
        """Take a character typed before the field had the keyboard."""
        self.insert_text_at_cursor(character)

    def close_up(self) -> None:
        """Hide the field and forget its text."""
        self.remove_class("open")
        self.value = ""
