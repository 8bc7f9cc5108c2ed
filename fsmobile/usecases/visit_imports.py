"""Visits that come back in from a file: read, shown, then recorded; never a line twice.

A visit that this laptop holds already, by its own id or by the line that it was read from,
is left alone. Whoever imports is the author of the facts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import groupby, islice

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.catalogue import Procedure
from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import OperatorId, PassageId, ProcedureId, TourId, parse_passage_id
from fsmobile.core.privacy import find_forbidden_numbers
from fsmobile.core.visit_lines import Column
from fsmobile.core.visits import (
    Channel,
    Enquiry,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Visit,
    Whereabouts,
    check_visit,
)
from fsmobile.errors import InvalidInput, InvalidVisit, Problem
from fsmobile.formats.csv_reading import read_csv
from fsmobile.protocol import records
from fsmobile.store import ops, queries
from fsmobile.usecases import coop_activities
from fsmobile.usecases.coop_activities import NOON
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visit_values import LineReader

AT_ONCE = 200
"""Visits in one transaction; lines between two counts that are told."""
FILE_MAX = 256 * 1024 * 1024
"""A million lines with all their columns."""
HEADER_LINES = 50
"""Among which the titles stand."""
TOLD_MAX = 1000
ORIGIN_SIZE = 16
ID_MAX = 60
Lines = Sequence[LineReader]
Read = tuple[Lines, str, Visit | None]
"""Lines of one visit, the name by which it is known again, and the visit if it is sound."""
OnProgress = Callable[[int, int], None]
"""Told the lines that were read, and of how many."""


def _say_nothing(_done: int, _total: int) -> None:
    """Report to nobody."""


class Faults(Struct, frozen=True, kw_only=True):
    """What was not understood, told one by one as far as anybody reads."""

    count: int = 0
    told: tuple[Problem, ...] = ()
    """The first ones, by line."""


class ImportReport(Struct, frozen=True, kw_only=True):
    """What a file brings, or has brought."""

    visits: int
    """Visits of the file that were not here."""
    known: int
    """Visits of the file that were here already."""
    refused: Faults
    """Why lines are not taken."""
    doubts: Faults
    """What is left out of lines that are taken."""
    ignored: tuple[str, ...]
    """Columns that are not read: names of people among them."""
    first: date | None
    last: date | None


def plan_import(desk: Desk, data: bytes, on_progress: OnProgress = _say_nothing) -> ImportReport:
    """Read a file of visits, ours or the Coop's; nothing is recorded.

    Raises:
        InvalidInput: not such a file.
    """
    return _go_through(desk, data, lambda _visits: None, on_progress)


def carry_out(desk: Desk, data: bytes, on_progress: OnProgress = _say_nothing) -> ImportReport:
    """Record the visits of a file that are not here yet.

    Raises:
        InvalidInput: not such a file.
        StoreFull, StoreBusy: what was recorded stays; the same file goes on from there.
    """

    def record(visits: Sequence[Visit]) -> None:
        facts = [desk.fact(records.VISIT_RECORD, records.encode_visit(one)) for one in visits]
        ops.append_all(desk.replica, facts)

    return _go_through(desk, data, record, on_progress)


def _go_through(
    desk: Desk, data: bytes, take: Callable[[Sequence[Visit]], None], on_progress: OnProgress
) -> ImportReport:
    """Read a file visit by visit and hand on those that are not here, some at once."""
    if len(data) > FILE_MAX:
        raise InvalidInput("import_file_too_large", maximum=FILE_MAX // (1024 * 1024))
    total = data.count(b"\n")
    try:
        reading = _Reading(desk, data, lambda line: on_progress(min(line, total), total))
        visits = reading.visits()
        while some := list(islice(visits, AT_ONCE)):
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
            raise InvalidInput("import_columns_missing", columns=", ".join(_REQUIRED))
        header, self._is_coop = found
        self._desk, self._rows, self._on_line = desk, rows, on_line
        self._titles = [fold(one) for one in header]
        columns = coop_activities.COLUMNS if self._is_coop else tuple(Column)
        read = {fold(one) for one in columns}
        self._ignored = tuple(one for one in header if one.strip() and fold(one) not in read)
        self._refused, self._doubts = Faults(), Faults()
        self._visits = self._known = 0
        self._first: date | None = None
        self._last: date | None = None

    def visits(self) -> Iterator[Visit]:
        """Give the visits that are not here yet."""
        held = _held(self._desk)
        read = _read_activities if self._is_coop else _read_lines
        for group, origin, visit in read(self._desk, self._lines()):
            self._note(group)
            if visit is None:
                continue
            day = visit.service_date
            self._first = day if self._first is None else min(self._first, day)
            self._last = day if self._last is None else max(self._last, day)
            if origin in held:
                self._known += 1
            else:
                self._visits += 1
                yield replace(visit, origin=origin)

    def report(self) -> ImportReport:
        """Return what was read."""
        return ImportReport(
            visits=self._visits,
            known=self._known,
            refused=self._refused,
            doubts=self._doubts,
            ignored=self._ignored,
            first=self._first,
            last=self._last,
        )

    def _lines(self) -> Iterator[LineReader]:
        for count, (number, cells) in enumerate(self._rows, start=1):
            if count % AT_ONCE == 0:
                self._on_line(number)
            yield LineReader(number, dict(zip(self._titles, cells, strict=False)))

    def _note(self, group: Lines) -> None:
        for line in group:
            self._refused = _plus(self._refused, line.problems)
            self._doubts = _plus(self._doubts, line.doubts)


def _plus(faults: Faults, more: Sequence[Problem]) -> Faults:
    if not more:
        return faults
    told = (*faults.told, *more)[:TOLD_MAX] if len(faults.told) < TOLD_MAX else faults.told
    return Faults(count=faults.count + len(more), told=told)


_REQUIRED = (Column.DAY, Column.PROCEDURE)


def _find_header(rows: Iterable[tuple[int, list[str]]]) -> tuple[list[str], bool] | None:
    """Return the titles, and whether they are the Coop's; the rows after them are left."""
    for _number, cells in islice(rows, HEADER_LINES):
        if coop_activities.is_coop(cells):
            return cells, True
        if {fold(one) for one in _REQUIRED} <= {fold(one) for one in cells}:
            return cells, False
    return None


def _held(desk: Desk) -> set[str]:
    """Return the names of all visits that are here, the cancelled ones too."""
    held: set[str] = set()
    for state in queries.list_visits_between(desk.replica, date.min, date.max):
        held |= {state.visit_id, state.visit.origin}
    return held - {""}


def _read_activities(desk: Desk, lines: Iterator[LineReader]) -> Iterator[Read]:
    by_name = coop_activities.names_of_procedures(desk)
    seen: Counter[bytes] = Counter()
    for line in lines:
        visit = coop_activities.read_activity(line, by_name)
        origin = _origin_of([line], seen)
        yield [line], origin, visit if _is_sound(line, visit) else None


def _read_lines(desk: Desk, lines: Iterator[LineReader]) -> Iterator[Read]:
    """Put the lines of one visit together: those that name it, one after the other."""
    by_name = coop_activities.names_of_procedures(desk)
    seen: Counter[bytes] = Counter()
    for key, together in groupby(
        lines, key=lambda each: each.text(Column.VISIT) or str(each.number)
    ):
        group = list(together)
        head = group[0]
        origin = head.text(Column.VISIT)[:ID_MAX] or _origin_of(group, seen)
        if head.text(Column.VISIT):
            name = key.encode()
            seen[name] += 1
            if seen[name] > 1:
                head.refuse("import_lines_apart", Column.VISIT, key)
        visit = _visit_of(desk, group, by_name)
        # Each line says what is wrong with it, not only the first.
        faulty = [one for one in group if not _is_sound(one, visit if one is head else None)]
        yield group, origin, None if faulty else visit


def _origin_of(group: Lines, seen: Counter[bytes]) -> str:
    """Name a line by what it says; the second that says the same has another name."""
    digest = sha256(repr([line.cells for line in group]).encode()).digest()[: ORIGIN_SIZE // 2]
    seen[digest] += 1
    return f"{digest.hex()}-{seen[digest]}"


def _is_sound(line: LineReader, visit: Visit | None) -> bool:
    if line.problems or visit is None:
        return not line.problems
    try:
        check_visit(visit)
    except InvalidVisit as error:
        line.problems += [
            Problem(code=fault.code, line=line.number, field=fault.field, params=fault.params)
            for fault in error.problems
        ]
    return not line.problems


def _visit_of(desk: Desk, group: Lines, by_name: Mapping[str, Procedure]) -> Visit:
    head = group[0]
    passage = _passage(head)
    where = Whereabouts.PASSAGE if passage is not None else Whereabouts.BASE
    note = head.text(Column.NOTE)
    if find_forbidden_numbers(note):
        head.doubt("import_note_left_out", Column.NOTE, "…")
        note = ""
    return Visit(
        whereabouts=head.code(Column.WHERE, Whereabouts, where),
        passage_id=passage,
        insee_code=head.commune(Column.COMMUNE),
        service_date=head.day(Column.DAY),
        starts=head.clock(Column.STARTS, NOON),
        minutes=head.whole(Column.MINUTES, 15),
        people=head.whole(Column.PEOPLE, 1),
        channel=head.code(Column.CHANNEL, Channel, Channel.WALK_IN),
        first_contact=head.code(Column.FIRST_CONTACT, FirstContact, FirstContact.UNKNOWN),
        age_band=head.age(Column.AGE),
        residence=head.commune(Column.RESIDENCE),
        mandate=head.code(Column.MANDATE, Mandate, Mandate.NONE),
        note=note,
        enquiries=tuple(_enquiry(desk, line, by_name) for line in group),
        tour_id=TourId(head.text(Column.TOUR)) if head.text(Column.TOUR) else None,
        is_from_paper=bool(head.text(Column.FROM_PAPER)),
    )


def _passage(line: LineReader) -> PassageId | None:
    text = line.text(Column.PASSAGE)
    if not text:
        return None
    try:
        parse_passage_id(PassageId(text))
    except ValueError:
        line.refuse("import_value_unknown", Column.PASSAGE, text)
        return None
    return PassageId(text)


def _enquiry(desk: Desk, line: LineReader, by_name: Mapping[str, Procedure]) -> Enquiry:
    text = line.text(Column.PROCEDURE)
    known = desk.catalogue.procedures.get(ProcedureId(text)) or by_name.get(fold(text))
    if known is None:
        line.refuse("import_procedure_unknown", Column.PROCEDURE, text)
    operator = line.text(Column.OPERATOR)
    channel, obstacle = line.text(Column.REFERRED_BY), line.text(Column.OBSTACLE)
    return Enquiry(
        procedure=ProcedureId(text) if known is None else known.procedure_id,
        operator=OperatorId(operator) if operator else None if known is None else known.operator,
        help=line.code(
            Column.HELP, HelpKind, HelpKind.INFORMATION if known is None else known.help
        ),
        outcome=line.code(Column.OUTCOME, Outcome, Outcome.NOT_APPLICABLE),
        referred_to=line.text(Column.REFERRED_TO) or None,
        referral_channel=(
            line.code(Column.REFERRED_BY, ReferralChannel, ReferralChannel.DIRECT_LINE)
            if channel
            else None
        ),
        reference=line.text(Column.REFERENCE),
        obstacle=line.code(Column.OBSTACLE, Obstacle, Obstacle.PERSON) if obstacle else None,
    )
