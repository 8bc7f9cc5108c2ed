"""A table that leaves the program, whatever the form of its file."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field

Cell = str | int | float | None
Row = tuple[Cell, ...]


class Tone(StrEnum):
    """How a word of a table is to be taken; drawn where colours are, never instead of the word."""

    GOOD = "good"
    OPEN = "open"
    POOR = "poor"


class Meter(Struct, frozen=True, kw_only=True):
    """Numbers of one column that are drawn as bars, where bars can be drawn."""

    column: int
    mark: float
    """What they are held against."""


class Table(Struct, frozen=True, kw_only=True):
    """One sheet of a workbook, one section of a page."""

    name: str
    """Short: the tab of a sheet, the heading of a section."""
    lead: tuple[Row, ...] = ()
    """What it is of, each with its name: the day, the bus."""
    notes: tuple[str, ...] = ()
    """What a reader must know of its figures."""
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    """The first cell names the line."""
    tones: Mapping[str, Tone] = field(default_factory=dict)
    """Of the words that are a judgement."""
    meter: Meter | None = None


def count_rows(tables: tuple[Table, ...]) -> int:
    """Return how many lines leave the program."""
    return sum(len(table.rows) for table in tables)


def sheet_rows(table: Table) -> Iterator[Row]:
    """Give a table as one sheet: what it is of, what to know, its titles, its lines."""
    yield from table.lead
    yield from ((note,) for note in table.notes)
    yield table.header
    yield from table.rows


def title_row(table: Table) -> int:
    """Return which row of its sheet, from 0, holds the titles."""
    return len(table.lead) + len(table.notes)
