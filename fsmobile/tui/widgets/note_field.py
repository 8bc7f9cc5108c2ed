"""The one real text field of the fast entry: a note, typed with accents and pasted into."""

from textual.widgets._input import Input

from fsmobile.core.visits import NOTE_MAX


class NoteField(Input):
    """A one-line field that takes the place of the message line."""

    DEFAULT_CSS = """
    NoteField { height: 1; border: none; padding: 0 1; background: $surface; display: none; }
    NoteField:focus { border: none; background-tint: $foreground 0%; }
    NoteField.open { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="note", max_length=NOTE_MAX, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def open_with(self, text: str, prompt: str) -> None:
        """Show the field with a text, the cursor at its end."""
        self.placeholder = prompt
        self.value = text
        self.cursor_position = len(text)
        self.add_class("open")
        self.focus()

    def take_early(self, character: str) -> None:
        """Take a character typed before the field had the keyboard."""
        self.insert_text_at_cursor(character)

    def close_up(self) -> None:
        """Hide the field and forget its text."""
        self.remove_class("open")
        self.value = ""
