"""Where commands write: sentences and tables for people, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from fsmobile.texts.line_breaks import split_words

KEPT = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""Not printable by Python's table, and harmless: French numbers hold the last two."""
_HANGING = re.compile(r" *(?:[^\w\s«] +)?")
"""What stands before the words of a line: its indent, and the sign of a list."""
_TABLE_INDENT = 4
"""Where the rest of a row stands that is wider than the terminal."""
_NARROWEST = 20


def say(text: str = "") -> None:
    """Write a sentence for the person; a terminal gets it in rows that end at a blank."""
    _write(sys.stdout, text)


def complain(text: str) -> None:
    """Write a sentence on the error output, in rows as `say`."""
    _write(sys.stderr, text)


def say_text(content: str) -> None:
    """Write the content of a file in UTF-8, each line as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{printable(content)}\n".encode())
    sys.stdout.buffer.flush()


def count_up(text: str, is_done: bool) -> None:
    """Write counts in place, on the error output; only where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text} " + ("\n" if is_done else ""))
        sys.stderr.flush()


def say_json(value: Any) -> None:
    """Write a value as JSON."""
    is_unicode = sys.stdout.encoding.lower().startswith("utf")
    sys.stdout.write(json.dumps(value, ensure_ascii=not is_unicode, indent=2) + "\n")


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write columns aligned by spaces, for eyes and for screen readers alike."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        _write(sys.stdout, "  ".join(cells).rstrip(), _TABLE_INDENT)


def printable(text: str) -> str:
    """Show control characters instead of letting a note drive the terminal."""
    return "".join(
        char if char.isprintable() or char in KEPT else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def wrap(text: str, width: int, indent: int | None = None) -> str:
    """Break the lines of a text at their blanks; a longer word, a path, stays whole.

    The rest of a line stands under its first word, or where `indent` says.
    """
    return "\n".join(_wrap_line(line, width, indent) for line in text.split("\n"))


def _wrap_line(line: str, width: int, indent: int | None) -> str:
    if len(line) <= width:
        return line
    hanging = _HANGING.match(line)
    start = hanging.end() if hanging else 0
    indent = start if indent is None else indent
    first, *others = split_words(line[start:])
    rows = [line[:start] + first]
    for word in others:
        if len(rows[-1]) + 1 + len(word.rstrip()) <= width:
            rows[-1] += f" {word}"
        elif word:
            rows.append(" " * indent + word)
    return "\n".join(map(str.rstrip, rows))


def _write(stream: TextIO, text: str, indent: int | None = None) -> None:
    width = _width(stream)
    # A sign that this machine's encoding lacks is a question mark, not the end of the command.
    encoding = stream.encoding or "utf-8"
    text = printable(text).encode(encoding, "replace").decode(encoding)
    stream.write(f"{wrap(text, width, indent) if width else text}\n")
    stream.flush()


def _width(stream: TextIO) -> int:
    """Return the columns of the terminal that a stream is; 0 where it is none."""
    if not stream.isatty():
        return 0
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
    return max(columns, _NARROWEST) if columns else 0
