"""A widget that draws lines: no markup is ever read, and nothing is kept between two draws."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fsmobile.tui.lines import Line, Role, fit, plain_glyphs

Source = Callable[[int, int], Sequence[Line]]


class LineView(Widget):
    """Rows of text asked of a function when they must be drawn, once per draw."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{role.value}" for role in Role}
    DEFAULT_CSS = """
    LineView {
        width: 1fr; height: 1fr;
        & > .line--plain { color: $role-plain; }
        & > .line--dim { color: $role-dim; }
        & > .line--title { color: $role-title; text-style: bold; }
        & > .line--key { color: $role-key; text-style: bold; }
        & > .line--good { color: $role-good; }
        & > .line--warn { color: $role-warn; text-style: bold; }
        & > .line--bad { color: $role-bad; text-style: bold reverse; }
        & > .line--cursor { color: $role-cursor; background: $role-cursor-back; }
        & > .line--accent { color: $role-key; }
        & > .line--frame { color: $role-frame; }
        & > .line--head { color: $role-plain; text-style: bold; }
    }
    """

    class RowClicked(Message):
        """A row that stands for a key was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, source: Source, *, id: str, ascii_only: bool = False) -> None:
        super().__init__(id=id)
        self._source = source
        self._ascii_only = ascii_only
        self._rows: Sequence[Line] | None = None
        self._drawn_for = Size(0, 0)

    def redraw(self) -> None:
        """Ask for the rows again at the next draw; many calls make one draw."""
        self._rows = None
        self.refresh()

    def rows(self) -> Sequence[Line]:
        """Return the rows as they stand."""
        if self._rows is None or self._drawn_for != self.size:
            self._drawn_for = self.size
            self._rows = self._source(self.size.width, self.size.height)
        return self._rows

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the rows of a region."""
        self.rows()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        rows = self.rows()
        width = self.size.width
        row = fit(rows[y], width) if y < len(rows) else fit(Line(), width)
        if self._ascii_only:
            row = plain_glyphs(row)
        return Strip([Segment(span.text, self._style(span.role)) for span in row.spans], width)

    def _style(self, role: Role) -> Style:
        return self.get_component_rich_style(f"line--{role.value}")

    async def _on_click(self, event: events.Click) -> None:
        rows = self.rows()
        if event.y < len(rows) and rows[event.y].press:
            self.post_message(self.RowClicked(rows[event.y].press))


class MessageLine(LineView):
    """The one row in which the program speaks."""

    DEFAULT_CSS = """
    MessageLine { height: 1; }
    """
