"""Projections: what the known ops say, as tables that can be rebuilt at will.

They are a pure function of the set of ops known here, so any order and any repetition of
arrivals gives the same rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from fsmobile.core.absences import AbsenceFact
from fsmobile.core.appointments import AppointmentFact
from fsmobile.core.commune_notices import CommuneFact
from fsmobile.core.follow_ups import FollowUpFact
from fsmobile.core.ids import PassageId
from fsmobile.core.journal import JournalNoted
from fsmobile.core.logbook import LogFact, LogRead
from fsmobile.core.visits import VisitCorrected, VisitRecorded, VisitState, VisitVoided, fold_visit
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.records import (
    Held,
    Record,
    ScheduleFilePart,
    SchedulePublication,
    read_record,
)
from fsmobile.store import projected_rows, schedule_trees
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.replica import Connection, Replica

PROJECTION_VERSION = 4
"""Raised when the projections change their meaning: they are then rebuilt from the ops."""

_VERSION_KEY = "projection_version"
_BATCH = 1000
"""Ops that are read at a time."""

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
"""Own ops that are shown: those of a bus that this laptop has left wait, hidden, for a receipt.

Those of the bus that it works in are shown, even if an earlier order dropped its scope.
"""

OnRebuild = Callable[[int, int], None]
"""Called with the number of ops read so far, and of ops in all."""


def say_nothing(_done: int, _of: int) -> None:
    """Ignore the progress."""


def is_shown(connection: Connection, op_id: str) -> bool:
    """Tell whether an own op is shown here.

    A program left open through a move may still write one for the bus that the laptop has left:
    it is sent, and that bus shows it.
    """
    found = connection.execute(f"SELECT 1 FROM op WHERE op_id = ? AND {_SEEN}", (op_id,))
    return found.fetchone() is not None


def project(connection: Connection, op: Op, *, is_new: bool) -> None:
    """Bring the projections up to date after one op was stored."""
    record = _read_or_tell(connection, op)
    if record is not None:
        _project(connection, op, record, is_new=is_new)


def project_all(connection: Connection, ops: Sequence[Op]) -> None:
    """Bring the projections up to date after new ops were stored.

    Nearly all are visits without a correction: these are saved in bulk.
    """
    followed = _find_followed(connection, [op.op_id for op in ops])
    states: list[VisitState | None] = []
    for op in ops:
        record = _read_or_tell(connection, op)
        if isinstance(record, VisitRecorded) and op.op_id not in followed:
            states.append(fold_visit([record]))
        elif record is not None:
            _project(connection, op, record, is_new=False)
    projected_rows.save_visits(connection, [state for state in states if state is not None])


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
            # Most visits are never corrected: a new one needs no look for later facts.
            later = [] if is_new else _records_after(connection, op.op_id)
            projected_rows.save_visit(connection, [record, *later], is_new=is_new)
        case VisitCorrected() | VisitVoided():
            facts = _records(connection, op.entity)
            projected_rows.save_visit(connection, facts, is_new=False)
        case ScheduleFilePart() | SchedulePublication():
            schedule_trees.save(connection, op, record)
        case LogRead():
            projected_rows.save_reading(connection, op)
        case Held() | JournalNoted():
            pass
        case _ if isinstance(record, CommuneFact | AbsenceFact):
            pass  # A handful of each: folded when they are looked at.
        case _:
            _project_entity(connection, op.entity, record)


def _project_entity(connection: Connection, entity: str, record: Record) -> None:
    """Save an entity again from all its facts, of which one is `record`."""
    facts = _records(connection, entity)
    if isinstance(record, AppointmentFact):
        projected_rows.save_appointment(connection, entity, facts)
    elif isinstance(record, FollowUpFact):
        projected_rows.save_follow_up(connection, entity, facts)
    elif isinstance(record, LogFact):
        projected_rows.save_log_entry(connection, entity, facts)
    else:
        projected_rows.save_passage(connection, PassageId(entity), facts)


def refold(connection: Connection, entity: str) -> None:
    """Rebuild the rows of one entity from the facts that are left."""
    projected_rows.forget_derived(connection, entity)
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
    """Rebuild every projection from the ops; return how many ops were read."""
    with replica.write() as connection:
        return rebuild_in(connection, on_rebuild)


def rebuild_in(connection: Connection, on_rebuild: OnRebuild = say_nothing) -> int:
    """Rebuild every projection, inside a transaction."""
    count = 0
    (most,) = connection.execute(
        "SELECT (SELECT count(*) FROM op) + (SELECT count(*) FROM remote)"
    ).fetchone()
    # Emptying the search index of several years takes a while too.
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
    # Ops without a body were counted but not read.
    on_rebuild(most, most)
    set_meta(connection, _VERSION_KEY, PROJECTION_VERSION)
    return count


def _read_ops(connection: Connection, rows: Iterable[tuple[str, bytes]]) -> Iterator[Op]:
    """Read ops, skipping those that are damaged on the disk."""
    for op_id, body in rows:
        try:
            yield read_op(body)
        except ValueError as error:
            _note_unreadable(connection, op_id, error)


def rebuild_if_older(replica: Replica, on_rebuild: OnRebuild = say_nothing) -> None:
    """Rebuild every projection if another release made the present ones."""
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
    """Read the known facts of an entity except the one that created it."""
    bodies = connection.execute(
        f"SELECT body FROM op WHERE entity = ?1 AND entity <> op_id AND {_SEEN}"
        " UNION ALL"
        " SELECT body FROM remote WHERE entity = ?1 AND entity <> op_id AND body IS NOT NULL",
        (entity,),
    ).fetchall()
    return _readable(bodies)


def _readable(rows: Iterable[tuple[bytes]]) -> list[Record]:
    """Read facts; those that this program cannot read are skipped, and reported elsewhere."""
    records = []
    for (body,) in rows:
        with suppress(ValueError):
            records.append(read_record(read_op(body)))
    return records


def _note_unreadable(connection: Connection, op_id: str, error: ValueError) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO unreadable (op_id, why) VALUES (?, ?)", (op_id, str(error)[:500])
    )
