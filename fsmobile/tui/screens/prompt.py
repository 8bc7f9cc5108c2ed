"""A line of text typed over the page that asked for it, what it means shown at each key."""

from collections.abc import Callable, Sequence

from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where
from fsmobile.tui.keys import is_text
from fsmobile.tui.lines import Line, Role, boxed, laid_over, line, rule, wrap_text
from fsmobile.tui.stage import Page, Prompt
from fsmobile.tui.views.frame import Hint

TEXT_MAX = 280


class PromptPage:
    """The line, what it means, and how to take or leave it."""

    where = Where.PROMPT

    def __init__(self, prompt: Prompt, below: Page, close: Callable[[], None]) -> None:
        self._prompt = prompt
        self._below = below
        self._close = close
        self._text = prompt.text
        self._is_fresh = bool(prompt.text) and not prompt.keeps_text
        self._reading = prompt.read(self._text)

    def press(self, key: str) -> bool:
        """Take a key: every character is for the line."""
        if key == "escape":
            self._close()
        elif key == "enter":
            if self._reading.is_ready:
                self._close()
                self._prompt.then(self._text.strip())
        elif key == "tab" and self._reading.other:
            self._write(self._reading.other)
        elif key in ("backspace", "left", "right", "end", "home"):
            self._write(self._text[:-1] if key == "backspace" else self._text)
        elif key == "ctrl+u":
            self._write("")
        elif is_text(key) and len(self._text) < TEXT_MAX:
            self._write(key if self._is_fresh else self._text + key)
        return key not in ("ctrl+q", "f1", "f2")

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the line in a box above what was there."""
        inner = min(width - 4, 110)
        rows = [line(one) for one in wrap_text(self._text + "▏", inner - 2)]
        rows[0] = line(("▸ ", Role.KEY), *rows[0].spans)
        if self._prompt.help:
            rows.append(line((self._prompt.help, Role.DIM)))
        rows += [rule(inner), *self._reading.rows]
        tail = "⏎" if self._reading.is_ready else "…"
        box = boxed(rows, inner + 4, line((self._prompt.title, Role.TITLE)), line((tail, Role.KEY)))
        below = self._below.lines(width, height)
        return laid_over(box, below)[:height]

    def hints(self) -> Sequence[Hint]:
        """Say how to take the line and how to leave it."""
        hints = [Hint(command_id="prompt.take")]
        if self._reading.other:
            hints.append(Hint(command_id="prompt.other", label=self._reading.other_label))
        return (*hints, Hint(command_id="prompt.clear"), Hint(command_id="prompt.leave",
                label=_("Revenir")))  # fmt: skip

    def _write(self, text: str) -> None:
        self._text = text
        self._is_fresh = False
        self._reading = self._prompt.read(text)
