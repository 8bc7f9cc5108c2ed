"""Visits and passages as their facts leave them; made again from the ops at will.

The state is a pure function of the set of ops known here, so any order and any
repetition of arrivals gives the same rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

import msgspec

from fsmobile.core.absences import AbsenceFact
from fsmobile.core.appointments import AppointmentFact, AppointmentState, fold_appointment
from fsmobile.core.commune_notices import CommuneFact
from fsmobile.core.follow_ups import FollowUpFact, FollowUpState, fold_follow_up
from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.journal import JournalNoted
from fsmobile.core.logbook import LogFact, LogRead, LogState, fold_log_entry
from fsmobile.core.passages import Passage, PassageFact, fold_passage
from fsmobile.core.reports import stop_key
from fsmobile.core.visits import (
    VisitCorrected,
    VisitFact,
    VisitRecorded,
    VisitState,
    VisitVoided,
    fold_visit,
)
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.records import (
    Held,
    Record,
    ScheduleFilePart,
    SchedulePublication,
    read_record,
)
from fsmobile.protocol.scopes import unit_of_scope
from fsmobile.store import figures, schedule_trees, search
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.replica import Connection, Replica

PROJECTION_VERSION = 4
"""Raised when the projections change their meaning: they are then made again from the ops."""

_VERSION_KEY = "projection_version"
_BATCH = 1000
"""Ops that are read again at once."""

PROJECTIONS = (
    "visit",
    "enquiry",
    "passage",
    "appointment",
    "follow_up",
    "log_entry",
    "log_read",
    "search",
    "figure_day",
    "unreadable",
    "schedule_part",
    "schedule_revision",
)
"""Tables that hold nothing but what the ops say."""

ENTITY_TABLES = {
    "visit": "visit_id",
    "enquiry": "visit_id",
    "passage": "passage_id",
    "appointment": "appointment_id",
    "follow_up": "follow_up_id",
    "log_entry": "entry_id",
    "log_read": "entity",
}
"""Tables of what the facts of one entity say, and the column that names it."""

_SEEN = (
    "body IS NOT NULL AND scope NOT IN (SELECT scope FROM dropped_scope WHERE scope NOT IN"
    " (SELECT 'unit:' || value FROM meta WHERE key = 'enrol.unit' UNION ALL"
    " SELECT 'agency:' || value FROM meta WHERE key = 'enrol.agency'))"
)
"""Own acts that count: those of a bus that this laptop has left wait unseen for their receipt.

Not those of the bus to which an order sent it back, whatever the next one says.
"""

OnRebuild = Callable[[int, int], None]
"""Told how many ops were read again, of how many."""


def say_nothing(_done: int, _of: int) -> None:
    """Serve who tells nobody."""


_encode = msgspec.json.Encoder().encode
decode_visit_state = msgspec.json.Decoder(VisitState).decode
decode_appointment_state = msgspec.json.Decoder(AppointmentState).decode
decode_follow_up_state = msgspec.json.Decoder(FollowUpState).decode
decode_log_state = msgspec.json.Decoder(LogState).decode
decode_passage = msgspec.json.Decoder(Passage).decode


def project(connection: Connection, op: Op, *, is_new: bool) -> None:
    """Bring the projections up to date after one op was stored."""
    record = _read_or_tell(connection, op)
    if record is not None:
        _project(connection, op, record, is_new=is_new)


def project_all(connection: Connection, ops: Sequence[Op]) -> None:
    """Bring the projections up to date after ops were stored that were not here before.

    Nearly all are visits of which nothing else is known: they are saved all at once.
    """
    followed = _find_followed(connection, [op.op_id for op in ops])
    states: list[VisitState | None] = []
    for op in ops:
        record = _read_or_tell(connection, op)
        if isinstance(record, VisitRecorded) and op.op_id not in followed:
            states.append(fold_visit([record]))
        elif record is not None:
            _project(connection, op, record, is_new=False)
    _save_visits(connection, [state for state in states if state is not None])


def _read_or_tell(connection: Connection, op: Op) -> Record | None:
    """Read a fact; note why one cannot be read."""
    try:
        return read_record(op)
    except ValueError as error:
        _note_unreadable(connection, op.op_id, error)
        return None


def _find_followed(connection: Connection, entities: Sequence[str]) -> set[str]:
    """Return the entities of which more is known than the fact that created them."""
    rows = connection.execute(
        "SELECT entity FROM op WHERE entity <> op_id"
        " AND entity IN (SELECT value FROM json_each(?1)) UNION ALL"
        " SELECT entity FROM remote WHERE entity <> op_id"
        " AND entity IN (SELECT value FROM json_each(?1))",
        (json.dumps(entities),),
    )
    return {entity for (entity,) in rows}


def _project(connection: Connection, op: Op, record: Record, *, is_new: bool) -> None:
    match record:
        case VisitRecorded():
            # Most visits are never corrected: what is at hand is not read again.
            later = () if is_new else _records_after(connection, op.op_id)
            visit_facts = [fact for fact in later if isinstance(fact, VisitFact)]
            _save_visit(connection, fold_visit([record, *visit_facts]), is_new=is_new)
        case VisitCorrected() | VisitVoided():
            visit_facts = [
                fact for fact in _records(connection, op.entity) if isinstance(fact, VisitFact)
            ]
            _save_visit(connection, fold_visit(visit_facts), is_new=False)
        case ScheduleFilePart() | SchedulePublication():
            schedule_trees.save(connection, op, record)
        case _ if isinstance(record, AppointmentFact):
            bookings = [
                fact
                for fact in _records(connection, op.entity)
                if isinstance(fact, AppointmentFact)
            ]
            _save_appointment(connection, op.entity, fold_appointment(bookings))
        case _ if isinstance(record, FollowUpFact):
            promises = [
                fact for fact in _records(connection, op.entity) if isinstance(fact, FollowUpFact)
            ]
            _save_follow_up(connection, op.entity, fold_follow_up(promises))
        case LogRead():
            _save_reading(connection, op)
        case _ if isinstance(record, LogFact):
            entries = [
                fact for fact in _records(connection, op.entity) if isinstance(fact, LogFact)
            ]
            _save_log_entry(connection, op.entity, fold_log_entry(entries))
        case Held() | JournalNoted():
            pass
        case _ if isinstance(record, CommuneFact | AbsenceFact):
            pass  # A handful of each: folded when they are looked at.
        case _:
            facts = [
                fact for fact in _records(connection, op.entity) if isinstance(fact, PassageFact)
            ]
            _save_passage(connection, fold_passage(PassageId(op.entity), facts))


def refold(connection: Connection, entity: str) -> None:
    """Make the rows of one entity again from the facts that are left of it."""
    _forget_derived(connection, entity)
    for table, column in ENTITY_TABLES.items():
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (entity,))
    bodies = connection.execute(
        f"SELECT body FROM op WHERE op_id = ?1 AND {_SEEN}"
        " UNION ALL SELECT body FROM remote WHERE op_id = ?1 AND body IS NOT NULL"
        f" UNION ALL SELECT body FROM op WHERE entity = ?1 AND entity <> op_id AND {_SEEN}"
        " UNION ALL SELECT body FROM remote WHERE entity = ?1 AND entity <> op_id"
        " AND body IS NOT NULL",
        (entity,),
    ).fetchall()
    for (body,) in bodies:
        project(connection, read_op(body), is_new=False)


def rebuild(replica: Replica, on_rebuild: OnRebuild = say_nothing) -> int:
    """Make every projection again from the ops; return how many ops were read."""
    with replica.write() as connection:
        return rebuild_in(connection, on_rebuild)


def rebuild_in(connection: Connection, on_rebuild: OnRebuild = say_nothing) -> int:
    """Make every projection again, inside a transaction."""
    count = 0
    (most,) = connection.execute(
        "SELECT (SELECT count(*) FROM op) + (SELECT count(*) FROM remote)"
    ).fetchone()
    # Emptying the index of years takes a while too.
    on_rebuild(0, most)
    for table in PROJECTIONS:
        connection.execute(f"DELETE FROM {table}")
    rows = connection.execute(
        f"SELECT op_id, body FROM op WHERE {_SEEN}"
        " UNION ALL SELECT op_id, body FROM remote WHERE body IS NOT NULL"
    )
    while some := rows.fetchmany(_BATCH):
        project_all(connection, list(_read_ops(connection, some)))
        count += len(some)
        if count < most:
            on_rebuild(count, most)
    # Of those without a body nothing is made.
    on_rebuild(most, most)
    set_meta(connection, _VERSION_KEY, PROJECTION_VERSION)
    return count


def _read_ops(connection: Connection, rows: Iterable[tuple[str, bytes]]) -> Iterator[Op]:
    """Read ops; one that is spoilt on the disk hides no other."""
    for op_id, body in rows:
        try:
            yield read_op(body)
        except ValueError as error:
            _note_unreadable(connection, op_id, error)


def rebuild_if_older(replica: Replica, on_rebuild: OnRebuild = say_nothing) -> None:
    """Make every projection again if another release made those that are here."""
    if get_meta(replica.connection, _VERSION_KEY) != PROJECTION_VERSION:
        rebuild(replica, on_rebuild)


def _records(connection: Connection, entity: str) -> list[Record]:
    """Read all known facts of an entity, whichever laptop they come from."""
    bodies = connection.execute(
        f"SELECT body FROM op WHERE op_id = ?1 AND {_SEEN}"
        " UNION ALL SELECT body FROM remote WHERE op_id = ?1 AND body IS NOT NULL",
        (entity,),
    ).fetchall()
    return [*_readable(bodies), *_records_after(connection, entity)]


def _records_after(connection: Connection, entity: str) -> list[Record]:
    """Read the known facts of an entity but for the one that created it."""
    bodies = connection.execute(
        f"SELECT body FROM op WHERE entity = ?1 AND entity <> op_id AND {_SEEN}"
        " UNION ALL"
        " SELECT body FROM remote WHERE entity = ?1 AND entity <> op_id AND body IS NOT NULL",
        (entity,),
    ).fetchall()
    return _readable(bodies)


def _readable(rows: Iterable[tuple[bytes]]) -> list[Record]:
    """Read facts; what this program cannot take is left out, and is told elsewhere."""
    records = []
    for (body,) in rows:
        with suppress(ValueError):
            records.append(read_record(read_op(body)))
    return records


def _note_unreadable(connection: Connection, op_id: str, error: ValueError) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO unreadable (op_id, why) VALUES (?, ?)", (op_id, str(error)[:500])
    )


def _forget_derived(connection: Connection, entity: str) -> None:
    """Take an entity out of the index, and the figures of its day, while its rows still stand."""
    search.drop(connection, entity)
    figures.forget_day_of(connection, entity)


def _save_visit(connection: Connection, state: VisitState | None, *, is_new: bool) -> None:
    if state is None:
        return
    if not is_new:
        _forget_derived(connection, state.visit_id)
        connection.execute("DELETE FROM enquiry WHERE visit_id = ?", (state.visit_id,))
    _save_visits(connection, [state])


def _save_visits(connection: Connection, states: Sequence[VisitState]) -> None:
    """Save visits of which nothing derived stands any more."""
    search.index_visits(connection, states)
    figures.add_new(connection, states)
    connection.executemany(
        "INSERT OR REPLACE INTO visit (visit_id, service_date, passage_id, starts, is_void, state)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                state.visit_id,
                state.visit.service_date.isoformat(),
                state.visit.passage_id,
                state.visit.starts.isoformat("minutes"),
                state.is_void,
                _encode(state),
            )
            for state in states
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO enquiry (visit_id, position, procedure, stop) VALUES (?, ?, ?, ?)",
        [
            (state.visit_id, position, enquiry.procedure, stop_key(state.visit.passage_id))
            for state in states
            if not state.is_void
            for position, enquiry in enumerate(state.visit.enquiries)
        ],
    )


def _save_passage(connection: Connection, passage: Passage) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO passage (passage_id, service_date, state) VALUES (?, ?, ?)",
        (
            passage.passage_id,
            parse_passage_id(passage.passage_id).service_date.isoformat(),
            _encode(passage),
        ),
    )


def _save_appointment(
    connection: Connection, appointment_id: str, state: AppointmentState | None
) -> None:
    if state is None:
        connection.execute("DELETE FROM appointment WHERE appointment_id = ?", (appointment_id,))
        return
    appointment = state.appointment
    connection.execute(
        "INSERT OR REPLACE INTO appointment (appointment_id, passage_id, service_date, state)"
        " VALUES (?, ?, ?, ?)",
        (
            appointment_id,
            appointment.passage_id,
            parse_passage_id(appointment.passage_id).service_date.isoformat(),
            _encode(state),
        ),
    )


def _save_follow_up(connection: Connection, follow_up_id: str, state: FollowUpState | None) -> None:
    search.drop(connection, follow_up_id)
    if state is None:
        connection.execute("DELETE FROM follow_up WHERE follow_up_id = ?", (follow_up_id,))
        return
    search.index_follow_up(connection, state)
    connection.execute(
        "INSERT OR REPLACE INTO follow_up (follow_up_id, is_open, place_id, due, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            follow_up_id,
            state.is_open,
            state.follow_up.place_id,
            None if state.follow_up.due is None else state.follow_up.due.isoformat(),
            _encode(state),
        ),
    )


def _save_log_entry(connection: Connection, entry_id: str, state: LogState | None) -> None:
    if state is None:
        connection.execute("DELETE FROM log_entry WHERE entry_id = ?", (entry_id,))
        return
    connection.execute(
        "INSERT OR REPLACE INTO log_entry (entry_id, kind, place_id, is_open, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (entry_id, state.entry.kind, state.entry.place_id, state.is_open, _encode(state)),
    )


def _save_reading(connection: Connection, op: Op) -> None:
    """Keep when a person first said that they had read something, and in which bus."""
    connection.execute(
        "INSERT INTO log_read (entity, agent_id, unit, read_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET read_at = min(read_at, excluded.read_at)",
        (op.entity, op.agent_id, unit_of_scope(op.scope), int(op.hlc[:12], 16)),
    )
