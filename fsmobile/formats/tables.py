"""A table that leaves the program, whatever the form of its file."""

from msgspec import Struct

Cell = str | int | None
Row = tuple[Cell, ...]


class Table(Struct, frozen=True, kw_only=True):
    """One sheet of a workbook, one section of a page."""

    name: str
    """Short: the tab of a sheet, the heading of a section."""
    lead: tuple[Row, ...] = ()
    """What stands above it: of when, of whom, what is counted."""
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def count_rows(tables: tuple[Table, ...]) -> int:
    """Return how many lines leave the program."""
    return sum(len(table.rows) for table in tables)
