"""Erasure on this laptop: bodies are removed from every row and every byte of its files.

Ids, hashes and chains stay, so the log can still be proved and sent. Erased ids are remembered, so
that neither a peer nor a stick can bring the bodies back.
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
"""Gsn of the first order whose bytes may still be in a file; 0 when it came from no order."""
_COPY_DUE = "erase.copied_since"
"""The same for the second copy, which may have been written before the order."""

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
    """Remove the bodies of ops, and of all ops on the entities they created, in a transaction.

    With `takes_unsent`, own ops on those entities that still wait to be sent go too.
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
    """Forget ops of the other laptop that the registry has not handed out, in a transaction.

    They are not erased: the registry will hand out those that it keeps. An op that is carried here
    for its author, or is about the same entity as one, is forgotten after it was handed over.
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
    """Tell whether a sealed request of the other laptop holds an op that was erased here."""
    return bool(find_erased(connection, _ids_in(envelope)))


def holds_name(envelope: bytes) -> bool:
    """Tell whether a sealed request of the other laptop holds the name of a person."""
    return any(is_name(op) for op in _ops_in(envelope)[0])


def withhold_names(replica: Replica) -> int:
    """Remove the received names that an unencrypted store may not keep; return how many.

    They came while it was encrypted, or under an older program. This is no erasure: nobody ordered
    one, and the other laptops keep the names.
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
    """Rewrite the store's files so that no erased byte is left; return whether that was possible.

    `secure_delete` wipes a deleted row, but not the copies that rows leave when they move inside a
    page; hence the file is written again. While another program reads an older snapshot of the
    store, the log cannot be emptied: the next sync tries again.
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
    """Note that the second copy has been rewritten or removed since."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_COPY_DUE,))


def must_scrub(connection: Connection, gsn: int) -> None:
    """Note that an order removed bytes which may still be in a file."""
    _note_due(connection, _DUE, gsn)


def _must_scrub_all(connection: Connection, gsn: int) -> None:
    """Note it for the store, and for its second copy if there is one."""
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
            # The registry's outcome may quote the op; a refused op is handed to nobody.
            connection.execute(
                "UPDATE outcome SET code = 'erased',"
                " detail = CASE WHEN code IN ('rejected', 'stale') THEN ? ELSE '{}' END"
                " WHERE op_id = ?",
                (json.dumps(NOT_HANDED_OUT), op_id),
            )
    for entity in entities:
        refold(connection, entity)


def _drop_drafts(connection: Connection, target: str) -> None:
    """Drop drafts of corrections: such a draft holds the whole visit."""
    connection.execute("DELETE FROM draft WHERE instr(state, ?) > 0", (target,))


def _drop_carried(connection: Connection, erased: Collection[str]) -> None:
    """Stop carrying requests of the other laptop that hold an erased op.

    A request goes as a whole: its author signed it, and without one op its chain would not verify.
    Nothing is lost, because the author sends the rest from its own log.
    """
    for digest, envelope in connection.execute("SELECT digest, envelope FROM carried").fetchall():
        if not _ids_in(envelope).isdisjoint(erased):
            connection.execute("DELETE FROM carried WHERE digest = ?", (digest,))


def _ids_in(envelope: bytes) -> set[str]:
    """Return the ids of the ops in a sealed request, and of the entities they are about."""
    found, spoilt = _ops_in(envelope)
    return spoilt | {name for op in found for name in (op.op_id, op.entity)}


def _ops_in(envelope: bytes) -> tuple[list[Op], set[str]]:
    """Return the ops in a sealed request, and the ids of the spoilt ones."""
    try:
        items = decode_request(unseal(envelope)[0]).writer.ops
        found = [read_op(item) for item in items if isinstance(item, bytes)]
    except (ValueError, msgspec.DecodeError):
        return [], set()
    return found, {item.op_id for item in items if not isinstance(item, bytes) and item.spoilt}
