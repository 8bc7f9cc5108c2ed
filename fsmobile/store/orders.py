"""Orders of the registry: each carried out here once, then confirmed."""

from fsmobile.protocol.ops import Op
from fsmobile.protocol.orders import (
    KEY_REVOKE,
    SCOPE_DROP,
    DropOrder,
    EraseOrder,
    RetentionOrder,
    RevokeOrder,
    read_order,
)
from fsmobile.store import assignment, erasure, retention
from fsmobile.store.replica import Connection, Replica


def apply_order(connection: Connection, op: Op, gsn: int) -> None:
    """Carry out an order and note it; doing so twice changes nothing more."""
    try:
        order = read_order(op)
    except ValueError:
        return  # from a newer registry: kept unconfirmed until a later program can read it
    match order:
        case EraseOrder(targets=targets):
            erasure.erase_here(connection, targets, gsn)
        case RetentionOrder():
            retention.drop_old(connection, order, op.scope, gsn)
        case DropOrder() if not _is_applied(connection, op):
            assignment.move_to(connection, order, op, gsn)
        case DropOrder():
            pass  # what was handed out again since is its bus's of today
        case RevokeOrder(device_id=device_id, issued_before=issued_before):
            # max() with NULL is NULL: a key revoked without a date stays so.
            connection.execute(
                "INSERT INTO revoked_key (device_id, issued_before) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE"
                " SET issued_before = max(issued_before, excluded.issued_before)",
                (device_id, issued_before),
            )
    connection.execute(
        "INSERT OR REPLACE INTO applied_order (op_id, kind, gsn) VALUES (?, ?, ?)",
        (op.op_id, op.kind, gsn),
    )


def is_key_revoked(replica: Replica, device_id: bytes, issued_at: int) -> bool:
    """Tell whether the registry has revoked a certificate."""
    found = replica.connection.execute(
        "SELECT 1 FROM revoked_key WHERE device_id = ?"
        " AND (issued_before IS NULL OR issued_before > ?)",
        (device_id, issued_at),
    )
    return found.fetchone() is not None


def load_done(replica: Replica) -> dict[str, int]:
    """Return kind → gsn of the newest order carried out, for the registry.

    Every older order has been carried out too: pages come in the order of gsn, and this laptop's
    cursors bound what it can claim. Leaving a bus is done once nothing recorded in it waits to be
    sent; until then the registry accepts it.
    """
    connection = replica.connection
    (read,) = connection.execute("SELECT coalesce(min(gsn), 0) FROM cursor").fetchone()
    due = erasure.unscrubbed_since(connection)
    upto = read if due is None else min(read, due - 1)
    done: dict[str, int] = dict(
        connection.execute(
            "SELECT kind, max(gsn) FROM applied_order WHERE gsn <= ? AND kind <> ? GROUP BY kind",
            (upto, KEY_REVOKE),
        ).fetchall()
    )
    if SCOPE_DROP in done and assignment.sends_for_others(connection):
        del done[SCOPE_DROP]
    return done


def _is_applied(connection: Connection, op: Op) -> bool:
    found = connection.execute("SELECT 1 FROM applied_order WHERE op_id = ?", (op.op_id,))
    return found.fetchone() is not None
