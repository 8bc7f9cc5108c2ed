"""Visits that come back in from a file: read, shown, then recorded; never a line twice.

A visit that this laptop holds already, by its own id or by the line that it was read from,
is left alone. Whoever imports is the author of the facts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import groupby

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
"""Visits in one transaction: a cut loses none of those that were counted aloud."""
FILE_MAX = 64 * 1024 * 1024
ORIGIN_SIZE = 16
ID_MAX = 60
Lines = Sequence[LineReader]


class ImportPlan(Struct, frozen=True, kw_only=True):
    """What a file would bring."""

    visits: Sequence[Visit]
    known: int
    """Visits of the file that are here already."""
    refused: Sequence[Problem]
    """Why lines are not taken, by line."""
    doubts: Sequence[Problem]
    """What is left out of lines that are taken."""
    ignored: Sequence[str]
    """Columns that are not read: names of people among them."""
    first: date | None
    last: date | None


def plan_import(desk: Desk, data: bytes) -> ImportPlan:
    """Read a file of visits, ours or the Coop's; nothing is recorded.

    Raises:
        InvalidInput: not such a file.
    """
    if len(data) > FILE_MAX:
        raise InvalidInput("import_file_too_large", maximum=FILE_MAX // (1024 * 1024))
    try:
        rows = read_csv(data)
    except ValueError as error:
        raise InvalidInput("import_not_a_table", detail=str(error)) from error
    found = _find_header(rows)
    if found is None:
        raise InvalidInput("import_columns_missing", columns=", ".join(_REQUIRED))
    header, start, is_coop = found
    titles = [fold(one) for one in header]
    lines = [
        LineReader(number, dict(zip(titles, cells, strict=False)))
        for number, cells in rows[start + 1 :]
    ]
    known = coop_activities.HEADER + coop_activities.PERSONAL if is_coop else tuple(Column)
    read = _read_activities(desk, lines) if is_coop else _read_lines(desk, lines)
    read_titles = {fold(one) for one in known}
    return _plan(
        desk,
        list(read),
        refused=[one for line in lines for one in line.problems],
        doubts=[one for line in lines for one in line.doubts],
        ignored=[one for one in header if one.strip() and fold(one) not in read_titles],
    )


def carry_out(
    desk: Desk, plan: ImportPlan, on_progress: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Record the visits of a plan; return how many.

    Raises:
        StoreFull, StoreBusy: those that were counted stay; the same file goes on from there.
    """
    for start in range(0, len(plan.visits), AT_ONCE):
        some = plan.visits[start : start + AT_ONCE]
        facts = [desk.fact(records.VISIT_RECORD, records.encode_visit(one)) for one in some]
        ops.append_all(desk.replica, facts)
        on_progress(start + len(some), len(plan.visits))
    return len(plan.visits)


_REQUIRED = (Column.DAY, Column.PROCEDURE)


def _find_header(rows: Sequence[tuple[int, list[str]]]) -> tuple[list[str], int, bool] | None:
    """Return the titles, which line they are, and whether they are the Coop's."""
    for place, (_number, cells) in enumerate(rows[:50]):
        if coop_activities.is_coop(cells):
            return cells, place, True
        if {fold(one) for one in _REQUIRED} <= {fold(one) for one in cells}:
            return cells, place, False
    return None


def _plan(
    desk: Desk,
    read: list[tuple[str, Visit]],
    *,
    refused: list[Problem],
    doubts: list[Problem],
    ignored: list[str],
) -> ImportPlan:
    """Leave out what is here already: by its id, or by the line that it was read from."""
    days = [visit.service_date for _origin, visit in read]
    held = _held(desk, min(days), max(days)) if days else set()
    new = [replace(visit, origin=origin) for origin, visit in read if origin not in held]
    return ImportPlan(
        visits=new,
        known=len(read) - len(new),
        refused=sorted(refused, key=lambda one: one.line or 0),
        doubts=sorted(doubts, key=lambda one: one.line or 0),
        ignored=ignored,
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _held(desk: Desk, first: date, last: date) -> set[str]:
    held: set[str] = set()
    for state in queries.list_visits_between(desk.replica, first, last):
        held |= {state.visit_id, state.visit.origin}
    return held - {""}


def _read_activities(desk: Desk, lines: Lines) -> Iterator[tuple[str, Visit]]:
    by_name = coop_activities.names_of_procedures(desk)
    seen: Counter[str] = Counter()
    for line in lines:
        visit = coop_activities.read_activity(line, by_name)
        origin = _origin_of([line], seen)
        if _is_sound(line, visit):
            yield origin, visit


def _read_lines(desk: Desk, lines: Lines) -> Iterator[tuple[str, Visit]]:
    """Put the lines of one visit together: those that name it, one after the other."""
    by_name = coop_activities.names_of_procedures(desk)
    seen: Counter[str] = Counter()
    for key, together in groupby(
        lines, key=lambda each: each.text(Column.VISIT) or str(each.number)
    ):
        group = list(together)
        head = group[0]
        origin = head.text(Column.VISIT)[:ID_MAX] or _origin_of(group, seen)
        if head.text(Column.VISIT):
            seen[key] += 1
            if seen[key] > 1:
                head.refuse("import_lines_apart", Column.VISIT, key)
        visit = _visit_of(desk, group, by_name)
        # Each line says what is wrong with it, not only the first.
        faulty = [one for one in group if not _is_sound(one, visit if one is head else None)]
        if not faulty:
            yield origin, visit


def _origin_of(group: Lines, seen: Counter[str]) -> str:
    """Name a line by what it says; the second that says the same has another name."""
    digest = sha256(repr([line.cells for line in group]).encode()).hexdigest()[:ORIGIN_SIZE]
    seen[digest] += 1
    return f"{digest}-{seen[digest]}"


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
