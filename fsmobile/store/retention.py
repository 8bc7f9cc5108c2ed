"""Retention: bodies that the registry says are too old to be kept, by its own rule."""

from collections.abc import Iterable

from fsmobile.protocol.orders import RetentionOrder
from fsmobile.store.erasure import erase_here, let_go
from fsmobile.store.replica import Connection

_OLD = """
    SELECT op_id, entity FROM remote
    WHERE kind LIKE ?1 AND hlc < ?2 AND gsn BETWEEN 1 AND ?3 AND scope LIKE ?4
      AND body IS NOT NULL
    UNION ALL
    SELECT o.op_id, o.entity FROM op o
    WHERE o.kind LIKE ?1 AND o.hlc < ?2 AND o.scope LIKE ?4 AND o.body IS NOT NULL
      AND EXISTS (SELECT 1 FROM receipted r
                  WHERE r.writer = o.writer AND r.seq >= o.seq AND r.gsn <= ?3)
"""
"""Own acts have no number here; the receipt that covers one has no smaller one."""
_GIVEN = """
    SELECT op_id, entity FROM remote
    WHERE kind LIKE ?1 AND hlc < ?2 AND gsn = 0 AND scope LIKE ?3 AND body IS NOT NULL
"""
"""What the other laptop gave, and the registry has not handed out: some of it, it never will."""
_UNSENT = """
    SELECT 1 FROM writer w JOIN op o ON o.writer = w.writer AND o.seq > w.acked_seq
    WHERE o.entity = ?
"""


def drop_old(connection: Connection, order: RetentionOrder, scope: str, gsn: int) -> None:
    """Erase what a structure keeps no longer; what has no receipt is sent first.

    `scope` is the structure's, in which it is told.
    """
    bus = f"unit:{scope.partition(':')[2]}/%"
    for family in order.families:
        rule = (f"{family}.%", order.before)
        old = connection.execute(_OLD, (*rule, order.upto, bus)).fetchall()
        erase_here(connection, _sent(connection, old), gsn)
        given = connection.execute(_GIVEN, (*rule, bus)).fetchall()
        let_go(connection, _sent(connection, given), gsn)


def _sent(connection: Connection, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return those of these ops on whose entity nothing of this laptop waits to be sent."""
    return [
        op_id for op_id, entity in rows if connection.execute(_UNSENT, (entity,)).fetchone() is None
    ]
