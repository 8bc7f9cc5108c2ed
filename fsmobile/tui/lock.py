"""The lock: a page that shows nothing of anybody until a passphrase opens it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from fsmobile.errors import FsmobileError
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _
from fsmobile.tui.keys import is_text, name_keys
from fsmobile.tui.lines import Line, Role, line, wrap_text
from fsmobile.tui.widgets.line_view import LineView
from fsmobile.usecases.desk import Desk

SHOWN_MAX = 40
"""Dots that the page shows; a passphrase may be longer."""


class Gate(Struct, frozen=True, kw_only=True):
    """How an encrypted store is opened from the screens."""

    check: Callable[[str], None]
    """Takes a passphrase or raises; slow on purpose, it is called in a thread."""
    open_desk: Callable[[], Desk]
    """Sits down, once a passphrase was taken."""
    renew: Callable[[Callable[[str], None]], None] = lambda _tell: None
    """Brings the store of another release up to date, telling how far it is; in the thread too."""
    prepare: Callable[[], None] = lambda: None
    """Loads what needs no key, while the passphrase is typed."""
    idle_minutes: int = 0
    """Without a key for so long, the screens lock; 0: never."""


class LockScreen(Screen[None], inherit_bindings=False):
    """Asks for the passphrase; what was typed after Enter is kept for the page behind."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    LockScreen { layout: vertical; background: $background; }
    """

    class Opened(Message):
        """The passphrase was right."""

        def __init__(self, early: list[str]) -> None:
            super().__init__()
            self.early = early
            """Keys pressed since Enter."""

    class Left(Message):
        """The person leaves without opening."""

    class Tried(Message):
        """The thread says what came of a passphrase."""

        def __init__(self, error: FsmobileError | None) -> None:
            super().__init__()
            self.error = error

    class Renewing(Message):
        """The thread says how far the store is."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, gate: Gate, *, is_first: bool, ascii_only: bool) -> None:
        super().__init__()
        self._gate = gate
        self._is_first = is_first
        """Nothing was opened yet: the store may be that of another release."""
        self._ascii_only = ascii_only
        self._progress = ""
        self._typed = ""
        self._refusal = ""
        self._early: list[str] | None = None
        """None while nothing is being tried."""

    def compose(self) -> ComposeResult:
        """Lay out one body, without a header: it would say who works and where."""
        yield LineView(self._rows, id="lock", ascii_only=self._ascii_only)

    def on_mount(self) -> None:
        """Load what needs no key once the page is drawn."""
        self.call_after_refresh(self._gate.prepare)

    def on_key(self, event: events.Key) -> None:
        """Take a key, in order."""
        event.stop()
        event.prevent_default()
        for key in name_keys(event.key, event.character):
            self._press(key)
        self.query_one(LineView).redraw()

    def on_paste(self, event: events.Paste) -> None:
        """Take a pasted passphrase."""
        event.stop()
        if self._early is None:
            self._typed += event.text.splitlines()[0] if event.text else ""
            self.query_one(LineView).redraw()

    def _press(self, key: str) -> None:
        if key == "ctrl+q":
            self.post_message(self.Left())
        elif self._early is not None:
            self._early.append(key)
        elif key == "enter":
            self._try()
        elif key == "backspace":
            self._typed = self._typed[:-1]
        elif key in ("escape", "ctrl+u"):
            self._typed = ""
        elif is_text(key):
            self._typed += key

    def _try(self) -> None:
        if not self._typed:
            return
        self._early, self._refusal = [], ""
        typed, self._typed = self._typed, ""
        # The derivation takes a third of a second: the page stays alive meanwhile.
        Thread(target=self._check, args=(typed,), name="unlock", daemon=True).start()

    def _check(self, passphrase: str) -> None:
        error: FsmobileError | None = None
        try:
            self._gate.check(passphrase)
        except FsmobileError as refused:
            error = refused
        with suppress(RuntimeError):
            if self._is_first and error is None:
                # What is wrong with the store is said when it is opened.
                with suppress(FsmobileError):
                    self._gate.renew(self._tell_renewing)
            self.post_message(self.Tried(error))

    def _tell_renewing(self, text: str) -> None:
        self.post_message(self.Renewing(text))

    @on(Renewing)
    def _show_renewing(self, event: Renewing) -> None:
        event.stop()
        self._progress = event.text
        self.query_one(LineView).redraw()

    @on(Tried)
    def _end_try(self, event: Tried) -> None:
        event.stop()
        early, self._early = self._early or [], None
        if event.error is None:
            self.post_message(self.Opened(early))
            return
        sentence = explain_error(event.error)
        self._refusal = f"{sentence.what} {sentence.next}"
        self.query_one(LineView).redraw()

    def _rows(self, width: int, height: int) -> Sequence[Line]:
        dots = "•" * min(len(self._typed), SHOWN_MAX)
        rows = [
            Line(),
            line(("  " + _("Poste verrouillé"), Role.TITLE)),
            Line(),
            line("  " + _("Phrase de passe : "), (dots, Role.KEY)),
            Line(),
        ]
        if self._early is not None:
            rows.append(line(("  " + (self._progress or _("Ouverture…")), Role.DIM)))
        rows += [line(("  " + one, Role.WARN)) for one in wrap_text(self._refusal, width - 4)]
        rows += [Line()] * (height - len(rows) - 1)
        help_text = _("⏎ ouvrir   Échap effacer   ^q quitter (rien n'est perdu)")
        return [*rows[: height - 1], line(("  " + help_text, Role.DIM))]
