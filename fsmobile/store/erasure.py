"""Erasing on this laptop: the bodies go from every row and every byte of its files.

Ids, hashes and chains stay, so the log can still be proven and sent. What was erased is
remembered: neither a peer nor a stick can bring it back.
"""

import json
from collections.abc import Collection

import msgspec

from fsmobile.errors import StoreBusy, StoreFull
from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.messages import NOT_HANDED_OUT, decode_request
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.store import database, search
from fsmobile.store.identity import SECOND_COPY, get_meta, set_meta
from fsmobile.store.names import is_name
from fsmobile.store.projections import refold
from fsmobile.store.replica import Connection, Replica

_DUE = "erase.unscrubbed_since"
"""Gsn of the first order whose bytes may still be in a file; 0 when no order is known."""
_COPY_DUE = "erase.copied_since"
"""The same of the second copy: it may hold what it was made before."""

_BUT_UNSENT = " AND seq <= (SELECT acked_seq FROM writer WHERE writer.writer = op.writer)"
_RECEIVED_NAMES = (
    "SELECT op_id, entity FROM remote INDEXED BY remote_named"
    f" WHERE kind = '{FOLLOW_UP_NAME}' AND body IS NOT NULL"
)


def erase_here(
    connection: Connection,
    targets: Collection[str],
    gsn: int = 0,
    *,
    takes_unsent: bool = True,
) -> None:
    """Take away the bodies of ops, and of all ops on what they created, inside a transaction.

    `takes_unsent`: also of own ops that wait to be sent on what these created.
    """
    before = connection.total_changes
    for target in targets:
        _erase_bodies(connection, target, takes_unsent=takes_unsent)
        _drop_drafts(connection, target)
    _drop_carried(connection, targets)
    if connection.total_changes > before:
        _must_scrub_all(connection, gsn)
    connection.executemany(
        "INSERT OR IGNORE INTO erased (op_id) VALUES (?)", [(target,) for target in targets]
    )


def let_go(connection: Connection, targets: Collection[str], gsn: int) -> None:
    """Forget ops of the other laptop that the registry has not handed out, inside a transaction.

    They are not erased: what the registry keeps, it hands out yet. What waits here to be
    handed over for its author, or is on the same thing, is forgotten once it was.
    """
    waiting: set[str] = set()
    for (envelope,) in connection.execute("SELECT envelope FROM carried WHERE answer IS NULL"):
        waiting |= _ids_in(envelope)
    gone = [target for target in targets if target not in waiting]
    for target in gone:
        ((entity,),) = connection.execute(
            "DELETE FROM remote WHERE op_id = ? RETURNING entity", (target,)
        ).fetchall()
        connection.execute("DELETE FROM unreadable WHERE op_id = ?", (target,))
        _drop_drafts(connection, target)
        refold(connection, entity)
    if gone:
        _drop_carried(connection, gone)
        _must_scrub_all(connection, gsn)


def find_erased(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these ops and entities were erased."""
    rows = connection.execute(
        "SELECT op_id FROM erased WHERE op_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {op_id for (op_id,) in rows}


def holds_erased(connection: Connection, envelope: bytes) -> bool:
    """Tell whether a sealed request of the other laptop holds what was erased here."""
    return bool(find_erased(connection, _ids_in(envelope)))


def holds_name(envelope: bytes) -> bool:
    """Tell whether a sealed request of the other laptop holds the name of a person."""
    return any(is_name(op) for op in _ops_in(envelope)[0])


def withhold_names(replica: Replica) -> int:
    """Keep no received name in a plain store, as if it came today; count those that went.

    It was encrypted when they came, or of an older program. Not erased: nobody ordered it, and
    the other laptops keep them.
    """
    if replica.is_encrypted:
        return 0
    named = replica.connection.execute(_RECEIVED_NAMES).fetchall()
    relayed = [
        digest
        for digest, envelope in replica.connection.execute("SELECT digest, envelope FROM carried")
        if holds_name(envelope)
    ]
    if not named and not relayed:
        return 0
    with replica.write() as connection:
        for op_id, entity in named:
            connection.execute("UPDATE remote SET body = NULL WHERE op_id = ?", (op_id,))
            connection.execute("DELETE FROM unreadable WHERE op_id = ?", (op_id,))
            refold(connection, entity)
        for digest in relayed:
            connection.execute("DELETE FROM carried WHERE digest = ?", (digest,))
        _must_scrub_all(connection, 0)
    scrub(replica)
    return len(named)


def scrub(replica: Replica) -> bool:
    """Leave no byte of what was erased in the store's files; tell whether that is so.

    `secure_delete` wipes what a row leaves behind, but not the copies that rows leave when
    they move inside a page: the file is written anew. Another program that is reading an
    older picture of the store holds the log; the next sync tries again.
    """
    connection = replica.connection
    if get_meta(connection, _DUE) is None:
        return True
    try:
        with database.translated():
            search.purge(connection)
            connection.execute("VACUUM")
            database.remove_copies(connection)
            if not database.truncate_log(connection):
                return False
    except (StoreBusy, StoreFull):
        return False
    with replica.write():
        connection.execute("DELETE FROM meta WHERE key = ?", (_DUE,))
    return True


def unscrubbed_since(connection: Connection) -> int | None:
    """Return the gsn of the first order whose bytes may still be in a file, if there is one."""
    due = [get_meta(connection, key) for key in (_DUE, _COPY_DUE)]
    return min((int(one) for one in due if one is not None), default=None)


def is_copy_due(replica: Replica) -> bool:
    """Tell whether an order waits for the second copy to be written again."""
    return get_meta(replica.connection, _COPY_DUE) is not None


def forget_copy(connection: Connection) -> None:
    """Note that the second copy was written again since, or taken away."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_COPY_DUE,))


def must_scrub(connection: Connection, gsn: int) -> None:
    """Note that an order took bytes away that may still be in a file."""
    _note_due(connection, _DUE, gsn)


def _must_scrub_all(connection: Connection, gsn: int) -> None:
    """Note it of the store, and of its second copy if there is one."""
    must_scrub(connection, gsn)
    if get_meta(connection, SECOND_COPY) is not None:
        _note_due(connection, _COPY_DUE, gsn)


def _note_due(connection: Connection, key: str, gsn: int) -> None:
    due = get_meta(connection, key)
    set_meta(connection, key, gsn if due is None else min(gsn, int(due)))


def _erase_bodies(connection: Connection, target: str, *, takes_unsent: bool) -> None:
    entities: set[str] = set()
    for table, kept in (("op", "" if takes_unsent else _BUT_UNSENT), ("remote", "")):
        rows = connection.execute(
            f"SELECT op_id, entity FROM {table} WHERE op_id = ?1 AND body IS NOT NULL"
            f" UNION SELECT op_id, entity FROM {table}"
            f" WHERE entity = ?1 AND entity <> op_id AND body IS NOT NULL{kept}",
            (target,),
        ).fetchall()
        for op_id, entity in rows:
            entities.add(entity)
            connection.execute(f"UPDATE {table} SET body = NULL WHERE op_id = ?", (op_id,))
            connection.execute("DELETE FROM unreadable WHERE op_id = ?", (op_id,))
            # What the registry said of it may quote it; what it refused, it hands to nobody.
            connection.execute(
                "UPDATE outcome SET code = 'erased',"
                " detail = CASE WHEN code IN ('rejected', 'stale') THEN ? ELSE '{}' END"
                " WHERE op_id = ?",
                (json.dumps(NOT_HANDED_OUT), op_id),
            )
    for entity in entities:
        refold(connection, entity)


def _drop_drafts(connection: Connection, target: str) -> None:
    """Drop a correction that is being typed: it holds the whole visit."""
    connection.execute("DELETE FROM draft WHERE instr(state, ?) > 0", (target,))


def _drop_carried(connection: Connection, erased: Collection[str]) -> None:
    """Stop carrying the requests of the other laptop that hold what was erased.

    Each whole: its author signed it so, and without one op its chain does not add up. Nothing
    is lost: the author has its own log, and sends the rest itself.
    """
    for digest, envelope in connection.execute("SELECT digest, envelope FROM carried").fetchall():
        if not _ids_in(envelope).isdisjoint(erased):
            connection.execute("DELETE FROM carried WHERE digest = ?", (digest,))


def _ids_in(envelope: bytes) -> set[str]:
    """Return the ops that a sealed request holds, and what they are about."""
    found, spoilt = _ops_in(envelope)
    return spoilt | {name for op in found for name in (op.op_id, op.entity)}


def _ops_in(envelope: bytes) -> tuple[list[Op], set[str]]:
    """Return the ops that a sealed request holds, and the ids of the spoilt ones."""
    try:
        items = decode_request(unseal(envelope)[0]).writer.ops
        found = [read_op(item) for item in items if isinstance(item, bytes)]
    except (ValueError, msgspec.DecodeError):
        return [], set()
    return found, {item.op_id for item in items if not isinstance(item, bytes) and item.spoilt}
