"""Lines of text with a role per span, measured in cells; no Textual here."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from fsmobile.texts.line_breaks import split_words


class Role(StrEnum):
    """What a span is for; the theme gives each role its colours."""

    PLAIN = "plain"
    DIM = "dim"
    TITLE = "title"
    KEY = "key"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    CURSOR = "cursor"
    ACCENT = "accent"
    FRAME = "frame"
    HEAD = "head"


class Span(NamedTuple):
    """A run of text in one role."""

    text: str
    role: Role = Role.PLAIN


Part = str | tuple[str, Role] | Span


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the screen."""

    spans: tuple[Span, ...] = ()
    press: str = ""
    """The key that a click on this row stands for; empty when a click means nothing."""

    @property
    def text(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)


def line(*parts: Part, press: str = "") -> Line:
    """Make a line of plain texts and `(text, role)` pairs; every character is made visible."""
    spans = (Span(part) if isinstance(part, str) else Span(*part) for part in parts)
    shown = tuple(Span(visible(span.text), span.role) for span in spans if span.text)
    return Line(shown, press)


def visible(text: str) -> str:
    """Draw the characters that a terminal would obey or hide: ESC is `␛`, U+202E is `‹202E›`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"‹{code:04X}›"
    return char


def cells(text: str) -> int:
    """Count the terminal cells that a text takes."""
    return cell_len(text)


def cut(text: str, width: int) -> str:
    """Shorten a text to at most `width` cells, with `…` where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def wrap_text(text: str, width: int) -> list[str]:
    """Break a text at its spaces into rows of at most `width` cells; at least one row."""
    rows = [""]
    for word in split_words(visible(text)):
        joined = f"{rows[-1]} {word}" if rows[-1] else word
        if cell_len(joined) <= width:
            rows[-1] = joined
            continue
        if rows[-1]:
            rows.append("")
        *whole, rest = chop_cells(word, width) or [""]
        rows[-1:] = [*whole, rest]
    return rows


def wrap_line(row: Line, width: int) -> list[Line]:
    """Break a row of one role at its spaces; at least one row."""
    if cells(row.text) <= width:
        return [row]
    role = row.spans[0].role
    return [line((" " + text, role)) for text in wrap_text(row.text.strip(), width - 1)]


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Cut or fill a text to exactly `width` cells; `right` pushes it to the right."""
    shown = cut(visible(text), width)
    blank = " " * (width - cell_len(shown))
    return blank + shown if right else shown + blank


def fit(row: Line, width: int) -> Line:
    """Cut or fill a line to exactly `width` cells; blanks may go without a sign."""
    whole = sum(cell_len(span.text) for span in row.spans)
    if whole > width:
        stripped = cell_len(row.text.rstrip())
        return _cut_line(row, width, has_sign=stripped > width)
    if whole == width:
        return row
    return Line((*row.spans, Span(" " * (width - whole))), row.press)


def _cut_line(row: Line, width: int, *, has_sign: bool) -> Line:
    spans: list[Span] = []
    left = width - 1 if has_sign else width
    for span in row.spans:
        size = cell_len(span.text)
        if size >= left:
            rest = set_cell_size(span.text, left)
            spans.append(Span(rest + ("…" if has_sign else ""), span.role))
            break
        spans.append(span)
        left -= size
    return Line(tuple(spans), row.press)


def select(row: Line, width: int) -> Line:
    """Show a line as the one under the cursor, over its whole width."""
    text = fit(row, width).text
    return Line((Span(text, Role.CURSOR),), row.press)


def rule(width: int, *parts: Part) -> Line:
    """Draw a horizontal rule with a title in it: `─ Title ─────`."""
    if not parts:
        return Line((Span("─" * width, Role.FRAME),))
    title = line(*(Span(p, Role.TITLE) if isinstance(p, str) else p for p in parts))
    room = max(0, width - 4)
    text = title if cells(title.text) <= room else fit(title, room)
    tail = max(0, width - 3 - cells(text.text))
    spans = (Span("─ ", Role.FRAME), *text.spans, Span(" " + "─" * tail, Role.FRAME))
    return Line(spans)


def spread(left: Line, right: Line, width: int) -> Line:
    """Put one line at the left and one at the right; the right one is never cut first."""
    room = width - cells(right.text)
    return Line((*fit(left, max(0, room)).spans, *right.spans), left.press)


def indented(rows: Sequence[Line]) -> list[Line]:
    """Put a blank cell before each line, but not before a rule."""
    return [row if _is_rule(row) else Line((Span(" "), *row.spans), row.press) for row in rows]


def beside(left: Sequence[Line], right: Sequence[Line], width: int, left_width: int) -> list[Line]:
    """Put two columns of lines side by side with a vertical rule between them."""
    rows = max(len(left), len(right))
    joined = []
    for index in range(rows):
        first = left[index] if index < len(left) else Line()
        second = right[index] if index < len(right) else Line()
        bar = Span("┤" if _is_rule(first) else "├" if _is_rule(second) else "│", Role.FRAME)
        if _is_rule(first) and _is_rule(second):
            bar = Span("┬" if index == 0 else "┼", Role.FRAME)
        spans = (*fit(first, left_width).spans, bar, *fit(second, width - left_width - 1).spans)
        joined.append(Line(spans, first.press))
    return joined


def _is_rule(row: Line) -> bool:
    return bool(row.spans) and _is_dash(row.spans[0])


def _has_rule(row: Line) -> bool:
    return any(map(_is_dash, row.spans))


def _is_dash(span: Span) -> bool:
    return span.role is Role.FRAME and span.text[:1] == "─"


def boxed(rows: Sequence[Line], width: int, title: Line, tail: Line) -> list[Line]:
    """Draw a box round some lines, a title at its top left and another at its top right."""
    dashes = max(1, width - 6 - cells(title.text) - cells(tail.text))
    top = (
        Span("╭ ", Role.FRAME),
        *title.spans,
        Span(" " + "─" * dashes + " ", Role.FRAME),
        *tail.spans,
        Span(" ╮", Role.FRAME),
    )
    side = Span("│", Role.FRAME)
    inner = []
    for row in rows:
        if _is_rule(row):
            body: tuple[Span, ...] = (Span("─" * (width - 2), Role.FRAME),)
        else:
            body = fit(Line((Span(" "), *row.spans)), width - 2).spans
        inner.append(Line((side, *body, side), row.press))
    bottom = Line((Span("╰" + "─" * (width - 2) + "╯", Role.FRAME),))
    return [fit(Line(top), width), *inner, bottom]


def laid_over(box: Sequence[Line], below: Sequence[Line]) -> list[Line]:
    """Lay a box over some lines, below the first one; the sections that it leaves still show."""
    rest = below[len(box) + 1 :]
    # Rows whose title is under the box would be read as those of the title above it.
    hidden = next((at for at, row in enumerate(rest) if _has_rule(row)), len(rest))
    return [*below[:1], *box, *[Line()] * hidden, *rest[hidden:]]


ASCII = str.maketrans(
    {
        "⏎": "<", "▶": ">", "▸": ">", "●": "*", "○": "o", "✓": "v", "✗": "x", "▏": "|",
        "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┬": "+", "┼": "+",
        "├": "+", "┤": "+", "→": ">", "←": "<", "↑": "^", "↓": "v", "↻": "~", "⌫": "<",
        "…": ".", "·": "-", "×": "x", "—": "-", "–": "-", "█": "#", "░": ".",
        "≈": "~", "≥": ">", "≤": "<",
        **{chr(0x2801 + dots): "." for dots in range(0xFF)},
    }
)  # fmt: skip
"""For consoles whose font lacks the signs; one cell for one cell."""


def plain_glyphs(row: Line) -> Line:
    """Replace the signs that an old console may not have."""
    return Line(tuple(Span(s.text.translate(ASCII), s.role) for s in row.spans), row.press)
