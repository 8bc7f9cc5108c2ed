"""Taking in the ops of a laptop: who may write what, what each one becomes.

The registry judges shape, scope, role and, for a schedule, its errors. It never judges
what a visit means: an unknown stop is accepted. One refused op delays no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.messages import ErasedOp
from fsmobile.protocol.ops import Op, check_op_id, read_op
from fsmobile.protocol.records import (
    Held,
    ScheduleFilePart,
    SchedulePublication,
    read_record,
)
from fsmobile.protocol.scopes import Role, agency_scope, unit_scope
from fsmobile.registry.publications import Judgement, TreeCheck, judge_publication
from fsmobile.registry.records import DeviceRow, NewLink, NewRow
from fsmobile.registry.storage import Transaction

MERGED: Judgement = ("merged", {})
SET_ASIDE: Judgement = ("rejected", {"code": "same_id_other_content"})


@dataclass(frozen=True, slots=True)
class SentOp:
    """One op of a block, with its place in the chain."""

    link: NewLink
    op: Op | None
    """None when its body was erased."""


def read_block(first_seq: int, previous: bytes, ops: Sequence[bytes | ErasedOp]) -> list[SentOp]:
    """Read the ops of a block and compute the chain over them.

    Raises:
        ValueError: a body is no op.
    """
    sent: list[SentOp] = []
    chain = previous
    for seq, item in enumerate(ops, start=first_seq):
        if isinstance(item, ErasedOp):
            op, op_id, body_hash = None, check_op_id(item.op_id), item.hash
        else:
            op = read_op(item)
            op_id, body_hash = op.op_id, hash_body(item)
        chain = next_chain(chain, seq, op_id, body_hash)
        sent.append(SentOp(NewLink(seq, op_id, body_hash, chain), op))
    return sent


def take_in(
    transaction: Transaction,
    device: DeviceRow,
    writer: bytes,
    sent: Sequence[SentOp],
    *,
    now: int,
    check_tree: TreeCheck,
) -> None:
    """Store new ops with their outcomes and extend the writer's chain."""
    if sent:
        store_ops(transaction, device, writer, sent, now=now, check_tree=check_tree)
        transaction.add_links(writer, [one.link for one in sent])


def store_ops(
    transaction: Transaction,
    device: DeviceRow,
    writer: bytes,
    sent: Sequence[SentOp],
    *,
    now: int,
    check_tree: TreeCheck,
) -> int:
    """Store ops that are not held yet, with their outcomes; return how many are handed out."""
    op_ids = [one.link.op_id for one in sent]
    held = transaction.find_hashes(op_ids)
    # Of an op that was erased, a laptop or a stick may still bring the body: it stays outside.
    erased = transaction.find_erased(op_ids)
    rows: list[NewRow] = []
    for one in sent:
        link, op = one.link, one.op
        known = held.get(link.op_id)
        if known is not None:
            if known != link.hash:
                _set_aside(transaction, writer, one)
            continue
        code, detail = MERGED
        scope = _scope_of(device, op)
        if link.op_id in erased:
            code, op = "erased", None
        if op is not None:
            code, detail = _judge(transaction, device, op, now=now, check_tree=check_tree)
        if code != "merged":
            transaction.add_outcome(link.op_id, code, detail)
        held[link.op_id] = link.hash
        rows.append(
            _row(
                SentOp(link, op),
                writer,
                scope,
                now,
                is_forwarded=code not in ("rejected", "stale"),
            )
        )
    if rows:
        transaction.add_ops(rows)
    return sum(row.is_forwarded for row in rows)


def writable_scopes(device: DeviceRow) -> set[str]:
    """Return the scopes a laptop may write to; the schedule's for coordinators only."""
    scopes = {unit_scope(device.unit)}
    if device.role == Role.COORDINATOR:
        scopes.add(agency_scope(device.agency))
    return scopes


def _judge(
    transaction: Transaction, device: DeviceRow, op: Op, *, now: int, check_tree: TreeCheck
) -> Judgement:
    if op.scope not in writable_scopes(device):
        return "rejected", {"code": "forbidden", "scope": op.scope}
    try:
        record = read_record(op)
    except ValueError as error:
        return "rejected", {"code": "malformed", "detail": str(error)[:200]}
    if isinstance(record, Held):
        return "held", {}
    if isinstance(record, ScheduleFilePart | SchedulePublication):
        return _judge_schedule(transaction, device, op, record, now=now, check_tree=check_tree)
    if op.scope != unit_scope(device.unit):
        return "rejected", {"code": "wrong_scope", "scope": op.scope}
    return MERGED


def _judge_schedule(
    transaction: Transaction,
    device: DeviceRow,
    op: Op,
    record: ScheduleFilePart | SchedulePublication,
    *,
    now: int,
    check_tree: TreeCheck,
) -> Judgement:
    if op.scope != agency_scope(device.agency):
        return "rejected", {"code": "forbidden", "scope": op.scope}
    if isinstance(record, ScheduleFilePart):
        transaction.add_schedule_part(
            device.agency, record.sha256, record.part, record.parts, record.text
        )
        return MERGED
    if record.agency != device.agency:
        return "rejected", {"code": "forbidden", "scope": record.agency}
    return judge_publication(transaction, record, op_id=op.op_id, now=now, check_tree=check_tree)


def _set_aside(transaction: Transaction, writer: bytes, one: SentOp) -> None:
    """Same id, other content: kept aside and said aloud, never overwritten.

    No outcome is written under that id: it belongs to the op that came first.
    """
    body = b"" if one.op is None else one.op.body
    transaction.add_rejected_body(writer, one.link.seq, one.link.op_id, body)


def _scope_of(device: DeviceRow, op: Op | None) -> str:
    """Return where an op belongs; one whose body is gone, to the bus that it comes from."""
    return unit_scope(device.unit) if op is None else op.scope


def _row(one: SentOp, writer: bytes, scope: str, now: int, *, is_forwarded: bool) -> NewRow:
    op = one.op
    return NewRow(
        op_id=one.link.op_id,
        writer=writer,
        kind="" if op is None else op.kind,
        scope=scope,
        entity=one.link.op_id if op is None else op.entity,
        body=None if op is None else op.body,
        hash=one.link.hash,
        is_forwarded=is_forwarded,
        received_at=now,
    )
