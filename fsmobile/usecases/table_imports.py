"""Tables that come back in: read, shown, then recorded; never a line twice.

A visit that this laptop holds already, by its own id or by the line that it was read from, is
left alone; so is a passage of which anything is known. Whoever imports is the author of the facts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.folding import fold
from fsmobile.core.ids import parse_passage_id
from fsmobile.core.passages import Passage
from fsmobile.core.visit_lines import Column, PassageColumn
from fsmobile.core.visits import Visit
from fsmobile.errors import InvalidInput, Problem
from fsmobile.formats.csv_reading import read_csv
from fsmobile.protocol import records
from fsmobile.store import ops
from fsmobile.store.ops import NewOp
from fsmobile.usecases import coop_activities, passage_lines, visit_imports
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visit_values import LineReader

AT_ONCE = 200
"""Visits in one transaction; lines between two counts that are told."""
FILE_MAX = 256 * 1024 * 1024
"""A million lines with all their columns."""
HEADER_LINES = 50
"""Among which the titles stand."""
TOLD_MAX = 1000
OnProgress = Callable[[int, int], None]
"""Told the lines that were read, and of how many."""


def _say_nothing(_done: int, _total: int) -> None:
    """Report to nobody."""


class Contents(StrEnum):
    """What the lines of a table are."""

    VISITS = "visits"
    ACTIVITIES = "activities"
    """Visits, as the Coop's export of activities tells them."""
    PASSAGES = "passages"


_COLUMNS = {
    Contents.VISITS: tuple(Column),
    Contents.ACTIVITIES: coop_activities.READ,
    Contents.PASSAGES: tuple(PassageColumn),
}
_REQUIRED = {
    Contents.ACTIVITIES: coop_activities.REQUIRED,
    Contents.VISITS: visit_imports.REQUIRED,
    Contents.PASSAGES: passage_lines.REQUIRED,
}
Told = tuple[Sequence[LineReader], str, Visit | Passage | None]
"""Lines, the name of what they tell of, and that if it is sound."""


class Faults(Struct, frozen=True, kw_only=True):
    """What was not understood, told one by one as far as anybody reads."""

    count: int = 0
    told: tuple[Problem, ...] = ()
    """The first ones, by line."""


class ImportReport(Struct, frozen=True, kw_only=True):
    """What a file brings, or has brought."""

    contents: Contents
    new: int
    """Visits or passages of the file that were not here."""
    known: int
    """Those that were here already."""
    refused: Faults
    """Why lines are not taken."""
    doubts: Faults
    """What is left out of lines that are taken."""
    ignored: tuple[str, ...]
    """Columns that are not read: names of people among them."""
    first: date | None
    last: date | None


def plan_import(desk: Desk, data: bytes, on_progress: OnProgress = _say_nothing) -> ImportReport:
    """Read a table of ours, or the Coop's; nothing is recorded.

    Raises:
        InvalidInput: not such a file.
    """
    return _go_through(desk, data, lambda _told: None, on_progress)


def carry_out(desk: Desk, data: bytes, on_progress: OnProgress = _say_nothing) -> ImportReport:
    """Record what a file tells of and is not here yet.

    Raises:
        InvalidInput: not such a file.
        StoreFull, StoreBusy: what was recorded stays; the same file goes on from there.
    """

    def record(told: Sequence[Visit | Passage]) -> None:
        ops.append_all(desk.replica, [fact for one in told for fact in _facts(desk, one)])

    return _go_through(desk, data, record, on_progress)


def _facts(desk: Desk, one: Visit | Passage) -> list[NewOp]:
    if isinstance(one, Passage):
        return passage_lines.facts_of(desk, one)
    return [desk.fact(records.VISIT_RECORD, records.encode_visit(one))]


def _go_through(
    desk: Desk,
    data: bytes,
    take: Callable[[Sequence[Visit | Passage]], None],
    on_progress: OnProgress,
) -> ImportReport:
    """Read a file line by line and hand on what is not here, some at once."""
    if len(data) > FILE_MAX:
        raise InvalidInput("import_file_too_large", maximum=FILE_MAX // (1024 * 1024))
    total = data.count(b"\n")
    try:
        reading = _Reading(desk, data, lambda line: on_progress(min(line, total), total))
        told = reading.new()
        while some := list(islice(told, AT_ONCE)):
            take(some)
    except ValueError as error:
        raise InvalidInput("import_not_a_table", detail=str(error)) from error
    on_progress(total, total)
    return reading.report()


class _Reading:
    """One reading of a file: what is here already is left out, what is wrong is counted."""

    def __init__(self, desk: Desk, data: bytes, on_line: Callable[[int], None]) -> None:
        """Find the titles.

        Raises:
            InvalidInput, ValueError: the file has none of ours; it is no table.
        """
        rows = read_csv(data)
        found = _find_header(rows)
        if found is None:
            columns = ", ".join(_REQUIRED[Contents.VISITS])
            raise InvalidInput("import_columns_missing", columns=columns)
        header, self._contents = found
        self._desk, self._rows, self._on_line = desk, rows, on_line
        self._titles = [_fold_title(one) for one in header]
        read = {fold(one) for one in _COLUMNS[self._contents]}
        self._ignored = tuple(one for one in header if one.strip() and _fold_title(one) not in read)
        self._refused, self._doubts = Faults(), Faults()
        self._new = self._known = 0
        self._first: date | None = None
        self._last: date | None = None

    def new(self) -> Iterator[Visit | Passage]:
        """Give what is not here yet."""
        held, told = self._tell()
        for group, name, one in told:
            for line in group:
                self._refused = _plus(self._refused, line.problems)
                self._doubts = _plus(self._doubts, line.doubts)
            if one is None:
                continue
            self._note(_day_of(one))
            if name in held:
                self._known += 1
            else:
                self._new += 1
                yield one if isinstance(one, Passage) else replace(one, origin=name)

    def report(self) -> ImportReport:
        """Return what was read."""
        return ImportReport(
            contents=self._contents,
            new=self._new,
            known=self._known,
            refused=self._refused,
            doubts=self._doubts,
            ignored=self._ignored,
            first=self._first,
            last=self._last,
        )

    def _tell(self) -> tuple[set[str], Iterator[Told]]:
        """Return the names of what is here, and what the lines tell of."""
        desk, lines = self._desk, self._lines()
        match self._contents:
            case Contents.PASSAGES:
                return passage_lines.held_passages(desk), passage_lines.read_passages(lines)
            case Contents.ACTIVITIES:
                return visit_imports.held_visits(desk), visit_imports.read_activities(desk, lines)
            case Contents.VISITS:
                return visit_imports.held_visits(desk), visit_imports.read_lines(desk, lines)

    def _lines(self) -> Iterator[LineReader]:
        for count, (number, cells) in enumerate(self._rows, start=1):
            if count % AT_ONCE == 0:
                self._on_line(number)
            yield LineReader(number, dict(zip(self._titles, cells, strict=False)))

    def _note(self, day: date) -> None:
        self._first = day if self._first is None else min(self._first, day)
        self._last = day if self._last is None else max(self._last, day)


def _day_of(one: Visit | Passage) -> date:
    if isinstance(one, Visit):
        return one.service_date
    return parse_passage_id(one.passage_id).service_date


def _plus(faults: Faults, more: Sequence[Problem]) -> Faults:
    if not more:
        return faults
    told = (*faults.told, *more)[:TOLD_MAX] if len(faults.told) < TOLD_MAX else faults.told
    return Faults(count=faults.count + len(more), told=told)


def _find_header(rows: Iterable[tuple[int, list[str]]]) -> tuple[list[str], Contents] | None:
    """Return the titles, and what they are of; the rows after them are left."""
    for _number, cells in islice(rows, HEADER_LINES):
        titles = {_fold_title(one) for one in cells}
        for contents, required in _REQUIRED.items():
            if {fold(one) for one in required} <= titles:
                return cells, contents
    return None


def _fold_title(title: str) -> str:
    folded = fold(title)
    return coop_activities.FORMER_TITLES.get(folded, folded)
