"""Accepting the ops of a laptop: who may write what, and the outcome of each op.

The registry judges shape, scope, role and, for a schedule, its errors. It never judges what a visit
means: an unknown stop is accepted. A refused op delays no other.
"""

from collections.abc import Sequence
from functools import cache, partial

from msgspec import Struct

from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.messages import NOT_HANDED_OUT, ErasedOp
from fsmobile.protocol.ops import BODY_MAX, Op, check_op_id, read_op
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import (
    VISIT_CORRECT,
    VISIT_VOID,
    Held,
    ScheduleFilePart,
    SchedulePublication,
    read_record,
)
from fsmobile.protocol.scopes import Role, agency_scope, office_scope, unit_scope
from fsmobile.registry.erasure_rows import ERASED
from fsmobile.registry.op_rights import may_write
from fsmobile.registry.publications import Judgement, TreeCheck, judge_publication
from fsmobile.registry.records import DeviceRow, Erasure, NewLink, NewRow
from fsmobile.registry.storage import Transaction

MERGED: Judgement = ("merged", {})
UNTAKEN = ("rejected", "stale")
"""Outcomes of ops that are kept but handed to nobody."""
_CHANGES = (VISIT_CORRECT, VISIT_VOID)
SPOILT: Judgement = ("rejected", {"code": "spoilt"})
SET_ASIDE: Judgement = ("rejected", {"code": "same_id_other_content"})


class SentOp(Struct, frozen=True, gc=False):
    """One op of a block, with its place in the chain."""

    link: NewLink
    op: Op | None
    """None when its body was erased, or is spoilt."""
    spoilt: bytes = b""


def read_block(first_seq: int, previous: bytes, ops: Sequence[bytes | ErasedOp]) -> list[SentOp]:
    """Read the ops of a block and compute the chain over them.

    Raises:
        ValueError: a body is no op.
    """
    sent: list[SentOp] = []
    chain = previous
    for seq, item in enumerate(ops, start=first_seq):
        spoilt = b""
        if isinstance(item, ErasedOp):
            op, op_id, body_hash = None, check_op_id(item.op_id), item.hash
            spoilt = item.spoilt
            if len(spoilt) > BODY_MAX:
                raise ValueError(f"op of {len(spoilt)} bytes")
        else:
            op = read_op(item)
            op_id, body_hash = op.op_id, hash_body(item)
        chain = next_chain(chain, seq, op_id, body_hash)
        sent.append(SentOp(NewLink(seq, op_id, body_hash, chain), op, spoilt))
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
    """Store ops that are not held yet, with their outcomes; return how many will be handed out."""
    op_ids = [one.link.op_id for one in sent]
    held = transaction.find_hashes(op_ids)
    # A laptop or a stick may still bring the body of an erased op: it must not be stored.
    erasures = _erasures_of(transaction, sent, now)
    astray = _astray(transaction, device, sent)
    refusal_of = cache(partial(_refusal_of, device))
    rows: list[NewRow] = []
    for one in sent:
        link, op = one.link, one.op
        erasure = erasures.get(link.op_id)
        known = held.get(link.op_id)
        if known is not None:
            if known != link.hash:
                _set_aside(transaction, writer, one, is_erased=erasure is not None)
            continue
        if op is None and erasure is None:
            # No erasure is known here, and a laptop's word alone must not take the op from the
            # others. What is left of a spoilt op is kept for a person to look at.
            _set_aside(transaction, writer, one, is_erased=not one.spoilt)
            continue
        held[link.op_id] = link.hash
        if op is None or erasure is not None:
            row = _erased_row(one, erasure, writer, now, device)
            transaction.add_outcome(link.op_id, ERASED, {} if row.is_forwarded else NOT_HANDED_OUT)
            rows.append(row)
            continue
        if op.op_id in astray:
            code, detail = "rejected", {"code": "wrong_scope", "scope": op.scope}
        else:
            refusal = refusal_of(op.kind, op.scope)
            code, detail = _judge(transaction, device, op, refusal, now=now, check_tree=check_tree)
        if code != "merged":
            transaction.add_outcome(link.op_id, code, detail)
        rows.append(_row(one.link, op, writer, now, is_forwarded=code not in UNTAKEN))
    if rows:
        transaction.add_ops(rows)
    return sum(row.is_forwarded for row in rows)


def _astray(transaction: Transaction, device: DeviceRow, sent: Sequence[SentOp]) -> set[str]:
    """Return the ops that change a visit of another bus, which an agent cannot see.

    An office may change them, in its own structure: it reads every bus.
    """
    changes = [one.op for one in sent if one.op is not None and one.op.kind in _CHANGES]
    if not changes:
        return set()
    scopes = transaction.find_scopes({op.entity for op in changes})
    units = unit_scope(f"{device.agency}/")
    return {
        op.op_id
        for op in changes
        if (scope := scopes.get(op.entity, op.scope)) != op.scope
        and not (device.role == Role.COORDINATOR and scope.startswith(units))
    }


def writable_scopes(device: DeviceRow) -> set[str]:
    """Return the scopes a laptop may write to; the schedule's for coordinators only."""
    scopes = {unit_scope(device.unit), *device.former_scopes}
    if device.role == Role.COORDINATOR:
        scopes |= {agency_scope(device.agency), office_scope(device.agency)}
    return scopes


def _refusal_of(device: DeviceRow, kind: str, scope: str) -> str:
    """Return why a laptop may not write an op of a kind there, or nothing."""
    if scope not in writable_scopes(device) or kind in ORDERS:
        return "forbidden"
    return "" if may_write(device, kind, scope) else "wrong_scope"


def _judge(
    transaction: Transaction,
    device: DeviceRow,
    op: Op,
    refusal: str,
    *,
    now: int,
    check_tree: TreeCheck,
) -> Judgement:
    if refusal == "forbidden":
        return "rejected", {"code": refusal, "scope": op.scope}
    try:
        record = read_record(op)
    except ValueError as error:
        return "rejected", {"code": "malformed", "detail": str(error)[:200]}
    if isinstance(record, ScheduleFilePart | SchedulePublication):
        if refusal:
            return "rejected", {"code": "forbidden", "scope": op.scope}
        return _judge_schedule(transaction, device, op, record, now=now, check_tree=check_tree)
    if refusal:
        return "rejected", {"code": refusal, "scope": op.scope}
    return ("held", {}) if isinstance(record, Held) else MERGED


def _judge_schedule(
    transaction: Transaction,
    device: DeviceRow,
    op: Op,
    record: ScheduleFilePart | SchedulePublication,
    *,
    now: int,
    check_tree: TreeCheck,
) -> Judgement:
    if isinstance(record, ScheduleFilePart):
        transaction.add_schedule_part(
            device.agency, record.sha256, record.part, record.parts, record.text
        )
        return MERGED
    if record.agency != device.agency:
        return "rejected", {"code": "forbidden", "scope": record.agency}
    return judge_publication(transaction, record, op_id=op.op_id, now=now, check_tree=check_tree)


def _erasures_of(transaction: Transaction, sent: Sequence[SentOp], now: int) -> dict[str, Erasure]:
    """Return op id → erasure of the ops that were erased, by themselves or with their entity.

    An op recorded on an erased entity, before its laptop knew, is erased on arrival.
    """
    entities = {one.link.op_id: one.op.entity for one in sent if one.op is not None}
    ids = {one.link.op_id for one in sent} | set(entities.values())
    known = transaction.find_erasures(ids)
    with_entity = [
        Erasure(op_id, now, known[entity].ground, known[entity].scope)
        for op_id, entity in entities.items()
        if op_id not in known and entity in known
    ]
    transaction.erase_bodies(with_entity)
    return known | {one.op_id: one for one in with_entity}


def _set_aside(transaction: Transaction, writer: bytes, one: SentOp, *, is_erased: bool) -> None:
    """Set aside an op whose id is taken by other content, or which has none; overwrite nothing.

    No outcome is recorded for that id: it belongs to the op that has, or will have, it.
    """
    if not one.link.chain:
        return  # Without a chain it comes from quarantine, and stays there.
    body = one.spoilt if one.op is None else one.op.body
    body = b"" if is_erased else body
    transaction.add_rejected_body(writer, one.link.seq, one.link.op_id, body)


def _row(link: NewLink, op: Op, writer: bytes, now: int, *, is_forwarded: bool) -> NewRow:
    return NewRow(
        op_id=link.op_id,
        writer=writer,
        kind=op.kind,
        scope=op.scope,
        entity=op.entity,
        body=op.body,
        hash=link.hash,
        is_forwarded=is_forwarded,
        received_at=now,
    )


def _erased_row(
    one: SentOp, erasure: Erasure | None, writer: bytes, now: int, device: DeviceRow
) -> NewRow:
    """Return the row of an op of which only the place in the chain is kept."""
    op = one.op
    if op is not None:
        scope = op.scope
    else:
        # Nobody can read its scope any more: use that of the bus it comes from.
        scope = (erasure.scope if erasure else "") or unit_scope(device.unit)
    return NewRow(
        op_id=one.link.op_id,
        writer=writer,
        kind="" if op is None else op.kind,
        scope=scope,
        entity=one.link.op_id if op is None else op.entity,
        body=None,
        hash=one.link.hash,
        is_forwarded=scope in writable_scopes(device),
        received_at=now,
    )
