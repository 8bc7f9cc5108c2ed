"""The laptop's own ops: one log per writer, chained, kept after the receipt.

The outbox is a view of it: the ops of each writer after its `acked_seq`.
"""

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ids import AgentId, make_uuid7
from fsmobile.errors import NotAllowed
from fsmobile.protocol import clock as hlc_clock
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.messages import ErasedOp, Parent, Receipt, decode_receipt
from fsmobile.protocol.ops import BODY_MAX, SALT_SIZE, Op, make_op, read_op
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.projections import is_shown, project
from fsmobile.store.replica import Connection, Replica


class NewOp(Struct, frozen=True, kw_only=True):
    """What is to be recorded; the store gives it its id, clock and place in the chain."""

    kind: str
    schema: int
    scope: str
    agent_id: AgentId
    data: bytes
    """JSON."""
    entity: str | None = None
    """None when the op creates its entity."""
    is_of_first: bool = False
    """Its entity is the one that the first op of the same act creates."""


class Writer(Struct, frozen=True, kw_only=True):
    """One life of this installation's log."""

    writer: bytes
    acked_seq: int
    last_seq: int
    is_current: bool
    must_verify: bool
    parent: Parent | None
    receipt: Receipt | None


class Chunk(Struct, frozen=True, kw_only=True):
    """A contiguous run of ops of one writer, ready to be sent."""

    first_seq: int
    previous: bytes
    head: bytes
    last_seq: int
    items: list[bytes | ErasedOp]
    """Bodies, or what is left of those that were erased."""
    size: int
    """Of the bodies, before compression."""


def scope_of(replica: Replica, op_id: str) -> str | None:
    """Return where an op was written; None when it is not here."""
    row = replica.connection.execute(
        "SELECT scope FROM op WHERE op_id = ?1 UNION SELECT scope FROM remote WHERE op_id = ?1",
        (op_id,),
    ).fetchone()
    return None if row is None else str(row[0])


def scopes_about(replica: Replica, entity: str) -> set[str]:
    """Return where something was written about what no op created, such as a passage."""
    rows = replica.connection.execute(
        "SELECT scope FROM op WHERE entity = ?1 AND entity <> op_id"
        " UNION SELECT scope FROM remote WHERE entity = ?1 AND entity <> op_id",
        (entity,),
    )
    return {scope for (scope,) in rows}


def append(replica: Replica, new: NewOp, *, drop_draft: str | None = None) -> Op:
    """Record one op and its projection, durably, in one transaction.

    Raises:
        NotAllowed: the laptop is not enrolled.
        StoreFull, StoreBusy: nothing was recorded; the draft is still there.
    """
    return append_all(replica, [new], drop_draft=drop_draft)[0]


def append_all(replica: Replica, news: list[NewOp], *, drop_draft: str | None = None) -> list[Op]:
    """Record several ops as one act: all or none."""
    with replica.write() as connection:
        ops: list[Op] = []
        for new in news:
            of_first = replace(new, entity=ops[0].op_id) if new.is_of_first else new
            ops.append(_append(replica, connection, of_first))
        if drop_draft is not None:
            connection.execute("DELETE FROM draft WHERE draft_id = ?", (drop_draft,))
    return ops


def _append(replica: Replica, connection: Connection, new: NewOp) -> Op:
    writer, seq, chain, last_hlc = _head(connection)
    now = replica.clock.now_ms()
    hlc = hlc_clock.tick(max(last_hlc, _hlc_seen(connection)), now)
    op = make_op(
        kind=new.kind,
        schema=new.schema,
        op_id=make_uuid7(now, replica.chance.token(10)),
        scope=new.scope,
        hlc=hlc,
        agent_id=new.agent_id,
        salt=replica.chance.token(SALT_SIZE),
        entity=new.entity,
        data=new.data,
    )
    body_hash = hash_body(op.body)
    connection.execute(
        "INSERT INTO op (writer, seq, op_id, kind, entity, scope, hlc, recorded_at,"
        " body, hash, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            writer,
            seq + 1,
            op.op_id,
            op.kind,
            op.entity,
            op.scope,
            hlc,
            now,
            op.body,
            body_hash,
            next_chain(chain, seq + 1, op.op_id, body_hash),
        ),
    )
    if is_shown(connection, op.op_id):
        project(connection, op, is_new=new.entity is None)
    return op


def _head(connection: Connection) -> tuple[bytes, int, bytes, str]:
    row = connection.execute("SELECT writer FROM writer WHERE is_current = 1").fetchone()
    if row is None:
        raise NotAllowed("not_enrolled")
    (writer,) = row
    last = connection.execute(
        "SELECT seq, chain, hlc FROM op WHERE writer = ? ORDER BY seq DESC LIMIT 1", (writer,)
    ).fetchone()
    if last is not None:
        return writer, *last
    return writer, 0, chain_start(connection, writer), hlc_clock.ZERO


def _hlc_seen(connection: Connection) -> str:
    return str(get_meta(connection, "hlc_seen") or hlc_clock.ZERO)


def _keep_clock(connection: Connection) -> None:
    # A new writer has no op to go on from, and the machine's clock may have jumped back.
    *_, last_hlc = _head(connection)
    set_meta(connection, "hlc_seen", max(last_hlc, _hlc_seen(connection)))


def chain_start(connection: Connection, writer: bytes) -> bytes:
    """Return the chain value before the first op of a writer of this laptop."""
    device_id = get_meta(connection, "enrol.device_id")
    if not isinstance(device_id, bytes):
        raise NotAllowed("not_enrolled")
    return first_chain(device_id, writer)


def list_writers(replica: Replica) -> list[Writer]:
    """Return all writers, oldest first; the last one is current."""
    rows = replica.connection.execute(
        "SELECT w.writer, w.acked_seq,"
        " coalesce((SELECT max(seq) FROM op WHERE op.writer = w.writer), 0),"
        " w.is_current, w.must_verify, w.parent, w.parent_seq, w.receipt"
        " FROM writer w ORDER BY w.is_current, w.opened_at"
    ).fetchall()
    return [
        Writer(
            writer=writer,
            acked_seq=acked,
            # Ops moved to a later writer leave a hole at the end, never before `acked`.
            last_seq=max(last, acked),
            is_current=bool(current),
            must_verify=bool(verify),
            parent=None if parent is None else Parent(writer=parent, seq=parent_seq),
            receipt=None if receipt is None else decode_receipt(receipt),
        )
        for writer, acked, last, current, verify, parent, parent_seq, receipt in rows
    ]


def read_chunk(replica: Replica, writer: Writer, *, ops_max: int, bytes_max: int) -> Chunk:
    """Read the next run of unacknowledged ops: at least one if there is any."""
    connection = replica.connection
    previous = chain_at(replica, writer.writer, writer.acked_seq)
    head, last_seq, size = previous, writer.acked_seq, 0
    items: list[bytes | ErasedOp] = []
    for seq, op_id, body, body_hash, chain in connection.execute(
        "SELECT seq, op_id, body, hash, chain FROM op WHERE writer = ? AND seq > ?"
        " ORDER BY seq LIMIT ?",
        (writer.writer, writer.acked_seq, ops_max),
    ):
        if items and size + len(body or b"") > bytes_max:
            break
        size += len(body or b"")
        items.append(_item(op_id, body, body_hash))
        head, last_seq = chain, seq
    return Chunk(
        first_seq=writer.acked_seq + 1,
        previous=previous,
        head=head,
        last_seq=last_seq,
        items=items,
        size=size,
    )


def _item(op_id: str, body: bytes | None, body_hash: bytes) -> bytes | ErasedOp:
    """Return an op as it is sent; one that the disk has spoilt delays no other."""
    if body is None:
        return ErasedOp(op_id, body_hash)
    try:
        is_whole = hash_body(body) == body_hash and read_op(body).op_id == op_id
    except ValueError:
        is_whole = False
    return body if is_whole else ErasedOp(op_id, body_hash, spoilt=body[:BODY_MAX])


def chain_at(replica: Replica, writer: bytes, seq: int) -> bytes:
    """Return the chain value after the op `seq` of a writer."""
    if seq == 0:
        return chain_start(replica.connection, writer)
    row = replica.connection.execute(
        "SELECT chain FROM op WHERE writer = ? AND seq = ?", (writer, seq)
    ).fetchone()
    return bytes(row[0]) if row is not None else b""


def set_acked(replica: Replica, writer: bytes, acked_seq: int) -> None:
    """Believe the registry when it says that it holds less than we thought.

    It may have lost as much of the writers that this one goes on from; they go first, for what
    is built on them (a publication on the one before) is judged by what is there.
    """
    with replica.write() as connection:
        connection.execute(
            "UPDATE writer SET acked_seq = min(acked_seq, ?) WHERE writer = ?", (acked_seq, writer)
        )
        connection.execute(
            "WITH RECURSIVE before (writer) AS (SELECT parent FROM writer WHERE writer = ?"
            " UNION SELECT parent FROM writer JOIN before USING (writer))"
            " UPDATE writer SET must_verify = 1 WHERE writer IN (SELECT writer FROM before)",
            (writer,),
        )


def set_verified(replica: Replica, writer: bytes) -> None:
    """Note that the registry still holds what it signed for of a writer."""
    with replica.write() as connection:
        connection.execute("UPDATE writer SET must_verify = 0 WHERE writer = ?", (writer,))


def open_writer(replica: Replica, writer: bytes, common: int, why: str) -> None:
    """Go on under a new writer; the ops without a receipt move to it with their ids.

    Those that the registry holds already up to `common`, but never signed for, move too: the
    receipt of the new writer is then their proof, and the old writer has nothing left to say.
    """
    with replica.write() as connection:
        (acked,) = connection.execute(
            "SELECT acked_seq FROM writer WHERE writer = ?", (writer,)
        ).fetchone()
        common = min(common, acked)
        _keep_clock(connection)
        fresh = replica.chance.token(16)
        _move_ops(connection, writer, common, fresh)
        connection.execute("UPDATE writer SET is_current = 0 WHERE is_current = 1")
        # A fork says what both sides have. A replay says nothing of it: what must be asked of a
        # writer, because the registry's history was cut, must still be asked.
        connection.execute(
            "UPDATE writer SET acked_seq = ?1, must_verify = must_verify AND ?2 <> 'fork'"
            " WHERE writer = ?3",
            (common, why, writer),
        )
        # Those that went on from it would ask the registry for ever for what has left it.
        connection.execute(
            "UPDATE writer SET parent_seq = min(parent_seq, ?) WHERE parent = ?", (common, writer)
        )
        connection.execute(
            "INSERT INTO writer (writer, opened_at, why, parent, parent_seq)"
            " VALUES (?, ?, ?, ?, ?)",
            (fresh, replica.clock.now_ms(), why, writer, common),
        )


def _move_ops(connection: Connection, writer: bytes, after: int, fresh: bytes) -> None:
    """Move the ops after a sequence number to another writer, which has none yet."""
    chain = chain_start(connection, fresh)
    moved = connection.execute(
        "SELECT seq, op_id, hash FROM op WHERE writer = ? AND seq > ? ORDER BY seq",
        (writer, after),
    ).fetchall()
    for position, (seq, op_id, body_hash) in enumerate(moved, start=1):
        chain = next_chain(chain, position, op_id, body_hash)
        connection.execute(
            "UPDATE op SET writer = ?, seq = ?, chain = ? WHERE writer = ? AND seq = ?",
            (fresh, position, chain, writer, seq),
        )
