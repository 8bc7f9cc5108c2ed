"""Retention: bodies that the registry says are too old to be kept, by its own rule."""

from fsmobile.protocol.orders import RetentionOrder
from fsmobile.store.erasure import erase_here
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
_UNSENT = """
    SELECT 1 FROM writer w JOIN op o ON o.writer = w.writer AND o.seq > w.acked_seq
    WHERE o.entity = ?
"""


def drop_old(connection: Connection, order: RetentionOrder, scope: str, gsn: int) -> None:
    """Erase what a structure keeps no longer; what has no receipt is sent first.

    `scope` is the structure's, in which it is told.
    """
    agency = scope.partition(":")[2]
    targets = [
        op_id
        for family in order.families
        for op_id, entity in connection.execute(
            _OLD, (f"{family}.%", order.before, order.upto, f"unit:{agency}/%")
        ).fetchall()
        if connection.execute(_UNSENT, (entity,)).fetchone() is None
    ]
    erase_here(connection, targets, gsn)
