"""How far each scope was read, and in which history of the registry's numbers.

If a history contains the newest point, this laptop has all that its cursors have passed in it.
Older points of the same history tell, when the registry has lost its latest numbers, up to where
the cursors still hold (docs/decisions/0014).
"""

from msgspec import Struct

from fsmobile.protocol.history import FIRST_HISTORY
from fsmobile.protocol.messages import HistoryPoint, SyncReply
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.store.replica import Connection, Replica

_ORDER_MARKS = ", ".join("?" for _ in ORDERS)


class Reading(Struct, frozen=True, kw_only=True):
    """How far a laptop has read what the registry hands out."""

    cursors: dict[str, int]
    """By scope."""
    points: tuple[HistoryPoint, ...] = ()
    """Newest first, down to 0; empty before the first page, or when the registry sends none."""


def load_reading(replica: Replica) -> Reading:
    """Return how far this laptop has read."""
    return _load_reading(replica.connection)


def doubt_the_lost(connection: Connection, reply: SyncReply, asked: Reading | None) -> None:
    """Stop trusting publications and orders read in a history that the registry has lost.

    A publication counts again once it is handed out again; if it is not, another one has taken its
    revision. Orders have been carried out; the registry issues again those that it lost.
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
    """Stop counting publications and orders that have no number.

    They came on a page that does not follow on, or from a lost history: authentic, but numbered in
    a past that cannot be checked any more. Those that still hold are handed out again, and orders
    are then carried out again.
    """
    connection.execute(
        "DELETE FROM schedule_revision WHERE op_id IN (SELECT op_id FROM remote WHERE gsn = 0)"
    )
    connection.execute(f"DELETE FROM remote WHERE gsn = 0 AND kind IN ({_ORDER_MARKS})", (*ORDERS,))


def leads_on(connection: Connection, reply: SyncReply, asked: Reading | None) -> bool:
    """Tell whether a page begins where this laptop stopped reading.

    Another sync, or a stick, may have moved the cursors since the question was asked. The ops of
    the page are valid in any case, but replies from two histories must not be mixed into one
    reading.
    """
    return bool(reply.pull.cursors) and _stands_at(connection, asked)


def move_on(connection: Connection, reply: SyncReply) -> None:
    """Move the cursors to the end of a page that leads on from here."""
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
    """Move a cursor to the end of a loaded snapshot, if that lies in the history read last.

    Beyond the newest point nothing proves that the history is the same: the rest is pulled.
    """
    with replica.write() as connection:
        connection.execute(
            "UPDATE cursor SET gsn = max(gsn, min(?, (SELECT coalesce(max(gsn), 0) FROM history)))"
            " WHERE scope = ?",
            (gsn, scope),
        )


def _load_reading(connection: Connection) -> Reading:
    """Read both tables in one query: another program may be writing."""
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
    """Keep one point, the oldest, for each power of two behind the newest."""
    gsns = [gsn for (gsn,) in connection.execute("SELECT gsn FROM history ORDER BY gsn")]
    kept: dict[int, int] = {}
    for gsn in gsns:
        kept.setdefault((gsns[-1] - gsn).bit_length(), gsn)
    connection.executemany(
        "DELETE FROM history WHERE gsn = ?", [(gsn,) for gsn in {*gsns} - {*kept.values()}]
    )
