"""What a screen may ask of the shell around it; screens never see the app."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from fsmobile.core.ids import PlaceId, VisitId
from fsmobile.errors import FsmobileError
from fsmobile.tui.background_sync import BackgroundSync
from fsmobile.tui.bindings import Where
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.views.entry import EntryNames
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.visit_entry_state import Entry, EntryBook
from fsmobile.usecases.desk import Desk


class Page(Protocol):
    """A screen: keys in, lines out, in order and at once."""

    @property
    def where(self) -> Where:
        """Say which keys of the catalogue mean something here."""
        ...

    def press(self, key: str) -> bool:
        """Take a key; False leaves it to the keys that work everywhere."""
        ...

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the body of the screen."""
        ...

    def hints(self) -> Sequence[Hint]:
        """Say which keys the bar shows, the most useful first."""
        ...


class Question(Struct, frozen=True, kw_only=True):
    """A list to choose from."""

    title: str
    find: Callable[[str], Sequence[Choice]]
    """The lines for what was typed; a short list ignores it."""
    then: Callable[[Choice], None]
    takes_text: bool = True
    text: str = ""
    """What is to be read first."""


class PromptReading(Struct, frozen=True, kw_only=True):
    """What a typed text means so far."""

    rows: tuple[Line, ...] = ()
    is_ready: bool = False
    """Enter takes it."""
    other: str = ""
    """Another text that Tab puts in its place, when there is one."""
    other_label: str = ""


class Prompt(Struct, frozen=True, kw_only=True):
    """A line to be typed."""

    title: str
    read: Callable[[str], PromptReading]
    then: Callable[[str], None]
    text: str = ""
    keeps_text: bool = False
    """What stands there is gone on with; otherwise the first character takes its place."""
    help: str = ""
    """One row of examples."""


class EntrySetting(Struct, frozen=True, kw_only=True):
    """What surrounds the form of a visit: its look-ups, its names, who is told when it is done."""

    book: EntryBook
    names: EntryNames
    is_done: Callable[[], None]
    """Called once the visit is recorded or the draft parked."""


class Stage(Protocol):
    """The shell, as its screens see it."""

    desk: Desk
    message: Line
    """The message line."""
    background: BackgroundSync
    """When the screens exchange by themselves."""

    def say(self, text: str, role: Role = Role.GOOD) -> None:
        """Write the message line; it stays until the next key that says something."""
        ...

    def ask(self, question: Question) -> None:
        """Show a list; the answer comes through `question.then`."""
        ...

    def open_entry(self, entry: Entry, setting: EntrySetting) -> None:
        """Open the form of a visit above the tour."""
        ...

    def open_visit(self, visit_id: VisitId) -> None:
        """Open a recorded visit above the tour."""
        ...

    def open_logbook(self, place_id: PlaceId | None) -> None:
        """Show the sheet of a stop and the logbook above the page."""
        ...

    def ask_closing(self) -> None:
        """Ask when a passage that was left open closed."""
        ...

    def open_prompt(self, prompt: Prompt) -> None:
        """Show a line to be typed above the page."""
        ...

    def close_page(self) -> None:
        """Take the page above away."""
        ...

    def refuse(self, error: FsmobileError) -> None:
        """Say what an error means and what to do next."""
        ...

    def write_note(
        self, text: str, then: Callable[[str], str], *, is_of_person: bool = False
    ) -> None:
        """Open the text field; `then` returns why the text is refused, or nothing."""
        ...

    def start_sync(self, why: str) -> None:
        """Send and receive in the background."""
        ...

    def sync_now(self) -> None:
        """Do what the key of the screen Synchro does, from another screen."""
        ...

    def press(self, key: str) -> None:
        """Go on with a key, as if it had just been pressed."""
        ...

    def scan(self, text: str) -> str:
        """Return why a free text may not be kept, or nothing."""
        ...
