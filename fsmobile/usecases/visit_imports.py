"""Visits read from the lines of a table, ours or the Coop's: nothing is guessed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import groupby

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
from fsmobile.errors import InvalidVisit, Problem
from fsmobile.store import queries
from fsmobile.usecases import coop_activities
from fsmobile.usecases.coop_activities import NOON
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visit_values import LineReader

REQUIRED = (Column.DAY, Column.PROCEDURE)
ORIGIN_SIZE = 16
ID_MAX = 60
Lines = Sequence[LineReader]
ReadVisit = tuple[Lines, str, Visit | None]
"""Lines of one visit, the name by which it is known again, and the visit if it is sound."""


def held_visits(desk: Desk) -> set[str]:
    """Return the names of all visits that are here, the cancelled ones too."""
    held: set[str] = set()
    for state in queries.list_visits_between(desk.replica, date.min, date.max):
        held |= {state.visit_id, state.visit.origin}
    return held - {""}


def read_activities(desk: Desk, lines: Iterator[LineReader]) -> Iterator[ReadVisit]:
    """Give the Coop's activities, a visit for each line."""
    by_name = coop_activities.names_of_procedures(desk)
    seen: Counter[bytes] = Counter()
    for line in lines:
        visit = coop_activities.read_activity(line, by_name)
        origin = _origin_of([line], seen)
        yield [line], origin, visit if _is_sound(line, visit) else None


def read_lines(desk: Desk, lines: Iterator[LineReader]) -> Iterator[ReadVisit]:
    """Give our own visits: a visit is the lines that name it, one after the other."""
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
        age_band=head.age(Column.AGE, {}),
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
