"""Where commands write: sentences and tables for people, JSON for programs."""

import json
import sys
from collections.abc import Sequence
from typing import Any

KEPT = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""Not printable by Python's table, and harmless: French numbers hold the last two."""


def say(text: str = "") -> None:
    """Write a line for the person."""
    sys.stdout.write(f"{printable(text)}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line on the error output."""
    sys.stderr.write(f"{printable(text)}\n")


def count_up(text: str, is_done: bool) -> None:
    """Write counts in place, on the error output; only where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text} " + ("\n" if is_done else ""))
        sys.stderr.flush()


def say_json(value: Any) -> None:
    """Write a value as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write columns aligned by spaces, for eyes and for screen readers alike."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())


def printable(text: str) -> str:
    """Show control characters instead of letting a note drive the terminal."""
    return "".join(
        char if char.isprintable() or char in KEPT else "\N{REPLACEMENT CHARACTER}" for char in text
    )
