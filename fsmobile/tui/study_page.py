"""A study of the plan above the planning: drawn at any size, scrolled, closed by one key."""

from collections.abc import Callable, Sequence

from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.keys import SCROLL_STEPS, TWINS
from fsmobile.tui.lines import Line
from fsmobile.tui.views.frame import Hint

Draw = Callable[[int, int], list[Line]]
"""The rows at a width and a height; more rows than the height are scrolled."""


class StudyPage:
    """What a plan comes to: its coverage, the drives of a day, a trial beside the published."""

    where = Where.STUDY

    def __init__(
        self,
        draw: Draw,
        close: Callable[[], None],
        proposals: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._draw = draw
        self._close = close
        self._proposals = proposals
        self._scroll = 0

    def press(self, key: str) -> bool:
        """Scroll, or go back to the planning."""
        found = find_command(Where.STUDY, key)
        if found is None or found.where is not Where.STUDY:
            return False
        if found.id == "study.close":
            self._close()
        elif found.id == "study.take":
            self._take(int(TWINS.get(key, key)))
        else:
            self._scroll = max(0, self._scroll + SCROLL_STEPS[key])
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the rows from where they were scrolled to; the title stays."""
        title, *rows = self._draw(width, height)
        self._scroll = min(self._scroll, max(0, len(rows) - height + 1))
        return [title, *rows[self._scroll : self._scroll + height - 1]]

    def hints(self) -> Sequence[Hint]:
        """Say how to scroll and how to go back."""
        return (
            *([Hint(command_id="study.take")] if self._proposals else []),
            Hint(command_id="study.move"),
            Hint(command_id="study.close"),
            Hint(command_id="app.help"),
        )

    def _take(self, number: int) -> None:
        if number <= len(self._proposals):
            self._close()
            self._proposals[number - 1]()
