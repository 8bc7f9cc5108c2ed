"""A list to choose from: reasons, places, agents, passages, drafts, commands."""

from collections.abc import Callable, Sequence

from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where
from fsmobile.tui.lines import Line, Role, boxed, cells, laid_over, line, rule, wrap_text
from fsmobile.tui.picker import Choice, Picked, Picker, press_picker
from fsmobile.tui.stage import Page, Question
from fsmobile.tui.views.entry import picker_lines
from fsmobile.tui.views.frame import Hint

MARGIN = 6
"""The cursor, the digit, and a blank before what stands at the right."""


class ChooserPage:
    """Shows a question over the page that asked it."""

    where = Where.PICK

    def __init__(self, question: Question, below: Page, close: Callable[[], None]) -> None:
        self._question = question
        self._below = below
        self._close = close
        self._picker = Picker(takes_text=question.takes_text)

    def press(self, key: str) -> bool:
        """Take a key; every key is for the list while it shows."""
        choices = self._question.find(self._picker.query)
        found = press_picker(self._picker, key, choices)
        if isinstance(found, Picked):
            self._close()
            self._question.then(found.choice)
        elif isinstance(found, Picker):
            self._picker = found
        elif key in ("escape", "backspace"):
            self._close()
        return key not in ("ctrl+q", "f1", "f2")

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the list in a box above what was there."""
        below = self._below.lines(width, height)
        choices = self._question.find(self._picker.query)
        inner = min(width - 4, 76)
        rows = picker_lines(self._question.title, self._picker, choices, inner, 10)
        rows = rows[: len(choices) + 2] if not self._question.takes_text else rows
        rows += _whole(choices[self._picker.cursor : self._picker.cursor + 1], inner)
        if self._question.text:
            said = [line(text) for text in wrap_text(self._question.text, inner)]
            rows = [*said, rule(inner), *rows]
        box = boxed(rows, inner + 4, line((_("Choisir"), Role.TITLE)), line(("1…9", Role.KEY)))
        return laid_over(box, below)[:height]

    def hints(self) -> Sequence[Hint]:
        """Say how to choose and how to leave."""
        return (
            Hint(command_id="pick.choose"),
            Hint(command_id="pick.move"),
            Hint(command_id="pick.leave", label=_("Revenir")),
        )


def _whole(chosen: Sequence[Choice], width: int) -> list[Line]:
    """Say the whole of the chosen line, once its row cuts it."""
    return [row for one in chosen if (told := _told(one, width)) for row in (rule(width), *told)]


def _told(choice: Choice, width: int) -> list[Line]:
    is_cut = cells(choice.label) + cells(choice.detail) + MARGIN > width
    label = map(line, wrap_text(choice.label, width)) if is_cut else ()
    dim = (choice.detail if is_cut else "", choice.more)
    below = [text for one in dim if one for text in wrap_text(one, width)]
    return [*label, *(line((text, Role.DIM)) for text in below)]
