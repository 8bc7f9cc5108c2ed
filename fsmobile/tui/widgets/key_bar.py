"""The key bar: one widget, one row; it keeps nothing, unlike Textual's own Footer."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from textual import events

from fsmobile.tui.bindings import command
from fsmobile.tui.lines import Line
from fsmobile.tui.views.frame import Hint, key_bar_line
from fsmobile.tui.widgets.line_view import LineView


class KeyBar(LineView):
    """The keys that are useful now; a click presses them."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $role-bar; }
    """

    def __init__(self, hints: Callable[[], Sequence[Hint]], *, ascii_only: bool) -> None:
        super().__init__(self._draw, id="keys", ascii_only=ascii_only)
        self._hints = hints
        self._spots: list[tuple[int, str]] = []

    def _draw(self, width: int, height: int) -> Sequence[Line]:
        hints = self._hints()
        row, starts = key_bar_line(hints, width)
        shown = zip(starts, hints, strict=True)
        self._spots = [
            (start, command(hint.command_id).keys[0]) for start, hint in shown if start >= 0
        ]
        return [row]

    async def _on_click(self, event: events.Click) -> None:
        for (start, key), (end, _key) in pairwise([*self._spots, (self.size.width, "")]):
            if start <= event.x < end:
                self.post_message(self.RowClicked(key))
