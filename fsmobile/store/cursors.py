"""How far each scope was read, and in which history of the registry's numbers.

In any history that holds its newest point, this laptop has all that its cursors have passed.
The older points are of the same history; they tell, when the registry has lost its newest
ones, up to where the rest is still good (docs/decisions/0014).
"""

from msgspec import Struct

from fsmobile.protocol.history import FIRST_HISTORY
from fsmobile.protocol.messages import HistoryPoint, SyncReply
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.store.replica import Connection, Replica

_ORDER_MARKS = ", ".join("?" for _ in ORDERS)


class Reading(Struct, frozen=True, kw_only=True):
    """Where a laptop stands in what the registry hands out."""

    cursors: dict[str, int]
    """By scope."""
    points: tuple[HistoryPoint, ...] = ()
    """Newest first, down to 0; none before the first page, or after that of a registry that
    knows nothing of them."""


def load_reading(replica: Replica) -> Reading:
    """Return where this laptop stands."""
    return _load_reading(replica.connection)


def doubt_the_lost(connection: Connection, reply: SyncReply, asked: Reading | None) -> None:
    """Take no publication for current that was read in a history the registry has lost since.

    It counts again once it is handed out again; otherwise another one has its revision now.
    Orders are carried out, and those that the registry lost it gives anew.
    """
    if reply.shared is None or not _stands_at(connection, asked):
        return
    connection.execute(
        "UPDATE remote SET gsn = 0 WHERE gsn > ? AND kind = ?", (reply.shared, SCHEDULE_PUBLISH)
    )
    connection.execute(
        f"DELETE FROM remote WHERE gsn > ? AND kind IN ({_ORDER_MARKS})", (reply.shared, *ORDERS)
    )
    forget_doubted(connection)


def forget_doubted(connection: Connection) -> None:
    """Let nothing that has no number here count as published, or as an order that is kept.

    It came by hand, from where this laptop does not stand or out of a history that is lost:
    true, but numbered in a past of which nothing more is known. What is of today is handed out
    again, and an order that was carried out already is then carried out again.
    """
    connection.execute(
        "DELETE FROM schedule_revision WHERE op_id IN (SELECT op_id FROM remote WHERE gsn = 0)"
    )
    connection.execute(f"DELETE FROM remote WHERE gsn = 0 AND kind IN ({_ORDER_MARKS})", (*ORDERS,))


def leads_on(connection: Connection, reply: SyncReply, asked: Reading | None) -> bool:
    """Tell whether a page begins where this laptop stands.

    Another sync, or a stick, may have moved it since it asked. The ops of the page are good in
    any case; but two replies of two histories must not make one reading.
    """
    return bool(reply.pull.cursors) and _stands_at(connection, asked)


def move_on(connection: Connection, reply: SyncReply) -> None:
    """Stand where a page that leads on from here ends."""
    connection.execute("DELETE FROM cursor")
    connection.executemany(
        "INSERT INTO cursor (scope, gsn) VALUES (?, ?)", reply.pull.cursors.items()
    )
    if not reply.history:
        connection.execute("DELETE FROM history")
        return
    if reply.shared is not None:
        connection.execute("DELETE FROM history WHERE gsn > ?", (reply.shared,))
    connection.executemany(
        "INSERT OR REPLACE INTO history (gsn, history) VALUES (?, ?)",
        [(0, FIRST_HISTORY), (reply.receipt.gsn, reply.history)],
    )
    _thin_out(connection)


def _stands_at(connection: Connection, asked: Reading | None) -> bool:
    if asked is None:
        return False
    here = _load_reading(connection)
    return (asked.cursors, asked.points[:1]) == (here.cursors, here.points[:1])


def pass_snapshot(replica: Replica, scope: str, gsn: int) -> None:
    """Stand where a loaded snapshot ends, if that is in the history that was read last.

    Beyond its newest point, nothing says that the history is the same: the rest is pulled.
    """
    with replica.write() as connection:
        connection.execute(
            "UPDATE cursor SET gsn = max(gsn, min(?, (SELECT coalesce(max(gsn), 0) FROM history)))"
            " WHERE scope = ?",
            (gsn, scope),
        )


def _load_reading(connection: Connection) -> Reading:
    """Read both tables by one question: another program may write beside."""
    cursors: dict[str, int] = {}
    points: list[HistoryPoint] = []
    for scope, gsn, history in connection.execute(
        "SELECT scope, gsn, NULL FROM cursor UNION ALL SELECT NULL, gsn, history FROM history"
        " ORDER BY gsn DESC"
    ):
        if scope is None:
            points.append(HistoryPoint(gsn, history))
        else:
            cursors[scope] = gsn
    return Reading(cursors=cursors, points=tuple(points))


def _thin_out(connection: Connection) -> None:
    """Keep one point for each power of two behind the newest: the oldest, or none would age."""
    gsns = [gsn for (gsn,) in connection.execute("SELECT gsn FROM history ORDER BY gsn")]
    kept: dict[int, int] = {}
    for gsn in gsns:
        kept.setdefault((gsns[-1] - gsn).bit_length(), gsn)
    connection.executemany(
        "DELETE FROM history WHERE gsn = ?", [(gsn,) for gsn in {*gsns} - {*kept.values()}]
    )
