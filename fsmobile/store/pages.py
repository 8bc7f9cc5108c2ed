"""Applying the registry's answer in one transaction: receipt, outcomes, page, cursors."""

import json
from collections.abc import Sequence

from fsmobile.protocol import clock as hlc_clock
from fsmobile.protocol.messages import PulledOp, SyncReply, encode
from fsmobile.protocol.ops import Op, read_op
from fsmobile.store import assignment, erasure
from fsmobile.store.applied import Applied
from fsmobile.store.arrivals import store_arrived
from fsmobile.store.cursors import (
    Reading,
    doubt_the_lost,
    forget_doubted,
    leads_on,
    move_on,
)
from fsmobile.store.identity import get_meta, keep_certificate, set_meta
from fsmobile.store.projections import project
from fsmobile.store.replica import Connection, Replica


def apply_reply(replica: Replica, reply: SyncReply, asked: Reading) -> Applied:
    """Apply a verified answer; doing it twice changes nothing more.

    `asked` is how far this laptop had read when it asked.
    """
    with replica.write() as connection:
        doubt_the_lost(connection, reply, asked)
        received = _apply_receipt(connection, reply)
        refused = _apply_outcomes(connection, reply)
        pulled = _store_page(replica, connection, reply, asked)
        assignment.settle(connection, reply)
        _keep_certificate(connection, reply)
        _apply_clock(replica, connection, reply, pulled)
    return _finish(replica, reply, received, refused, pulled)


def apply_late_reply(replica: Replica, reply: SyncReply, asked: Reading | None) -> Applied:
    """Apply an answer that came by hand, maybe after newer ones: nothing moves backwards.

    `asked` is how far this laptop had read when it asked. When that is not known (None), the page
    is stored and the cursors stay.
    """
    with replica.write() as connection:
        is_current = get_meta(connection, "epoch") == reply.epoch
        if is_current:
            doubt_the_lost(connection, reply, asked)
        received = _apply_receipt(connection, reply) if _is_news(connection, reply) else []
        refused = _apply_outcomes(connection, reply)
        pulled = _store_page(replica, connection, reply, asked if is_current else None)
        assignment.settle(connection, reply, is_current=is_current)
        _keep_certificate(connection, reply)
        _keep_greatest_clock(connection, pulled, max(replica.clock.now_ms(), reply.now))
    return _finish(replica, reply, received, refused, pulled)


def _keep_certificate(connection: Connection, reply: SyncReply) -> None:
    if reply.certificate is not None:
        keep_certificate(connection, reply.certificate)


def _finish(
    replica: Replica,
    reply: SyncReply,
    received: list[str],
    refused: list[tuple[str, str]],
    pulled: list[Op],
) -> Applied:
    """Remove the bytes of erased bodies, once the erasure is durable; return what changed."""
    erasure.scrub(replica)
    return Applied(
        received_kinds=received,
        pulled_kinds=[op.kind for op in pulled],
        refused=refused,
        published=any(outcome.code == "published" for outcome in reply.outcomes),
    )


def _is_news(connection: Connection, reply: SyncReply) -> bool:
    """Tell whether a receipt belongs to this history and covers more than the stored one."""
    row = connection.execute(
        "SELECT acked_seq FROM writer WHERE writer = ?", (reply.receipt.writer,)
    ).fetchone()
    known = connection.execute(
        "SELECT 1 FROM op WHERE writer = ? AND seq = ? AND chain = ?",
        (reply.receipt.writer, reply.receipt.seq, reply.receipt.chain),
    ).fetchone()
    of_today = get_meta(connection, "epoch") == reply.epoch
    return row is not None and known is not None and of_today and reply.receipt.seq > row[0]


def store_from_peer(replica: Replica, bodies: Sequence[bytes], scope: str) -> list[str]:
    """Store ops of the other laptop of the bus; return the kinds of those that were new.

    Their gsn is 0 until the registry numbers them: a later pull recognises them.
    """
    with replica.write() as connection:
        items = [(PulledOp(gsn=0, scope=0, body=body), scope) for body in bodies]
        new = store_arrived(connection, items, keeps_names=replica.is_encrypted, are_numbered=False)
        _keep_greatest_clock(connection, new, replica.clock.now_ms())
    return [op.kind for op in new]


def take_lost(replica: Replica, ops: Sequence[PulledOp], scopes: Sequence[str]) -> int:
    """Store ops that were lost here and that the registry still holds; return how many are new."""
    with replica.write() as connection:
        items = [(item, scopes[item.scope]) for item in ops]
        new = store_arrived(connection, items, keeps_names=replica.is_encrypted, are_numbered=True)
        _keep_greatest_clock(connection, new, replica.clock.now_ms())
    return len(new)


def schedule_revision(replica: Replica, agency: str) -> int | None:
    """Return the newest revision of a structure's schedule known here."""
    (revision,) = replica.connection.execute(
        "SELECT max(revision) FROM schedule_revision WHERE agency = ?", (agency,)
    ).fetchone()
    return None if revision is None else int(revision)


def _apply_receipt(connection: Connection, reply: SyncReply) -> list[str]:
    receipt = reply.receipt
    kinds = [
        kind
        for (kind,) in connection.execute(
            "SELECT kind FROM op WHERE writer = ?1 AND seq <= ?2 AND seq >"
            " (SELECT acked_seq FROM writer WHERE writer = ?1)",
            (receipt.writer, receipt.seq),
        )
    ]
    connection.execute(
        "UPDATE writer SET acked_seq = ?, receipt = ?, must_verify = 0 WHERE writer = ?",
        (receipt.seq, encode(receipt), receipt.writer),
    )
    if kinds:
        connection.execute(
            "INSERT OR IGNORE INTO receipted (writer, seq, gsn) VALUES (?, ?, ?)",
            (receipt.writer, receipt.seq, receipt.gsn),
        )
    if get_meta(connection, "epoch") != reply.epoch:
        # The registry has lost part of its history: what it acknowledged must be verified again.
        connection.execute("UPDATE writer SET must_verify = 1 WHERE writer <> ?", (receipt.writer,))
        set_meta(connection, "epoch", reply.epoch)
    return kinds


def _apply_outcomes(connection: Connection, reply: SyncReply) -> list[tuple[str, str]]:
    refused = []
    for outcome in reply.outcomes:
        row = connection.execute(
            # Ops of a bus that this laptop has left stay hidden, whatever their outcome.
            "SELECT op_id, CASE WHEN scope IN (SELECT scope FROM dropped_scope) THEN NULL"
            " ELSE body END FROM op WHERE writer = ? AND seq = ?",
            (reply.receipt.writer, outcome.seq),
        ).fetchone()
        if row is None:
            continue
        op_id, body = row
        if outcome.code == "erased":
            # This laptop was restored from a copy that still had the body.
            erasure.erase_here(connection, [op_id])
        connection.execute(
            "INSERT OR REPLACE INTO outcome (op_id, code, detail) VALUES (?, ?, ?)",
            (op_id, outcome.code, json.dumps(outcome.detail)),
        )
        # A restored registry judges again: what was published before may now be too late.
        connection.execute("DELETE FROM schedule_revision WHERE op_id = ?", (op_id,))
        if outcome.code == "published" and body is not None:
            project(connection, read_op(body), is_new=False)
        if outcome.code in ("rejected", "stale"):
            refused.append((op_id, outcome.code))
    return refused


def _store_page(
    replica: Replica, connection: Connection, reply: SyncReply, asked: Reading | None
) -> list[Op]:
    """Store the ops of a page and move to its end; return those that are new and readable."""
    is_next = leads_on(connection, reply, asked)
    gone = assignment.gone_scopes(connection, reply)
    scopes = reply.pull.scopes
    new = store_arrived(
        connection,
        [(item, scopes[item.scope]) for item in reply.pull.ops if scopes[item.scope] not in gone],
        keeps_names=replica.is_encrypted,
        are_numbered=is_next,
    )
    if is_next:
        move_on(connection, reply)
    else:
        forget_doubted(connection)
    return new


def _apply_clock(
    replica: Replica, connection: Connection, reply: SyncReply, pulled: list[Op]
) -> None:
    now = replica.clock.now_ms()
    _keep_greatest_clock(connection, pulled, max(now, reply.now))
    set_meta(connection, "clock_offset_ms", reply.now - now)
    set_meta(connection, "synced_at", now)


def _keep_greatest_clock(connection: Connection, pulled: list[Op], now: int) -> None:
    """Remember the greatest clock seen, ignoring any that is far ahead of `now`.

    A laptop whose clock says 1970 must still order its corrections after those it received.
    """
    seen = str(get_meta(connection, "hlc_seen") or hlc_clock.ZERO)
    greatest = seen
    for op in pulled:
        greatest = hlc_clock.receive(greatest, op.hlc, now)
    if greatest != seen:
        set_meta(connection, "hlc_seen", greatest)
