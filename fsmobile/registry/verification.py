"""Verifying the registry's contents: hashes, headers and chains, recomputed from bodies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select

from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.protocol.ops import read_op
from fsmobile.registry import schema
from fsmobile.registry.storage import Storage, Transaction

PAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that differs from what was acknowledged."""

    code: str
    where: str
    """An op_id, or a writer and a sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was recomputed, and what is wrong."""

    ops: int
    links: int
    faults: list[Fault]


def verify_registry(storage: Storage, faults_max: int = 1000) -> Verification:
    """Recompute everything from the bodies, while others may write."""
    faults: list[Fault] = []
    ops = links = 0
    with storage.reading() as transaction:
        for found in _check_ops(transaction):
            ops += 1
            faults += found
        for found in _check_chains(transaction):
            links += 1
            faults += found
        faults += _check_ends(transaction)
    return Verification(ops=ops, links=links, faults=faults[:faults_max])


def _check_ops(transaction: Transaction) -> Iterator[list[Fault]]:
    """Yield the faults of each op, in the order of gsn."""
    o = schema.op.c
    last, history = 0, FIRST_HISTORY
    moved = transaction.list_moved()
    columns = (
        *(o.gsn, o.op_id, o.kind, o.scope, o.entity, o.body, o.hash),
        *(o.is_forwarded, o.history),
    )
    while rows := transaction.connection.execute(
        select(*columns).where(o.gsn > last).order_by(o.gsn).limit(PAGE)
    ).all():
        for row in rows:
            # An op that was lost and given back under another number leaves no hole.
            while (stood := moved.get(last + 1)) is not None and last + 1 < row.gsn:
                last += 1
                history = next_history(history, last, *stood)
            found = [] if row.gsn == last + 1 else [Fault(code="gsn_missing", where=row.op_id)]
            scope = row.scope if row.is_forwarded else ""
            if next_history(history, row.gsn, row.op_id, row.hash, scope) != row.history:
                found.append(Fault(code="history_broken", where=row.op_id))
            yield found + _faults_of_op(row)
            # Continue from here, so that one break is one fault, not one for each later op.
            last, history = row.gsn, row.history


def _faults_of_op(row: Row[*tuple[Any, ...]]) -> list[Fault]:
    if row.body is None:
        return []
    if hash_body(row.body) != row.hash:
        return [Fault(code="body_altered", where=row.op_id)]
    try:
        op = read_op(row.body)
    except ValueError:
        return [Fault(code="body_unreadable", where=row.op_id)]
    if (op.op_id, op.kind, op.scope, op.entity) != (row.op_id, row.kind, row.scope, row.entity):
        return [Fault(code="header_altered", where=row.op_id)]
    return []


def _check_chains(transaction: Transaction) -> Iterator[list[Fault]]:
    """Yield the faults of each link: its chain value, and the op that it stands for."""
    k, o, r, w = schema.link.c, schema.op.c, schema.rejected_body.c, schema.writer.c
    for writer, device_id in transaction.connection.execute(select(w.writer, w.device_id)).all():
        chain, last = first_chain(device_id, writer), 0
        query = (
            select(k.seq, k.op_id, k.hash, k.chain, o.hash.label("held"), r.seq.label("aside"))
            .select_from(
                schema.link.outerjoin(schema.op, o.op_id == k.op_id).outerjoin(
                    schema.rejected_body, and_(r.writer == k.writer, r.seq == k.seq)
                )
            )
            .where(k.writer == writer)
            .order_by(k.seq)
        )
        while rows := transaction.connection.execute(query.where(k.seq > last).limit(PAGE)).all():
            for row in rows:
                where = f"{bytes(writer).hex()}/{row.seq}"
                found = []
                chain = next_chain(chain, row.seq, row.op_id, row.hash)
                if row.seq != last + 1 or chain != row.chain:
                    found.append(Fault(code="chain_broken", where=where))
                    # Continue from here, so that one break is one fault, not one for each later op.
                    chain = row.chain
                if row.aside is None and row.held != row.hash:
                    found.append(Fault(code="op_missing", where=where))
                last = row.seq
                yield found


def _check_ends(transaction: Transaction) -> list[Fault]:
    """Compare what each writer was acknowledged with the end of its chain."""
    k, w = schema.link.c, schema.writer.c
    query = (
        select(w.writer, w.acked_seq, func.coalesce(func.max(k.seq), 0))
        .select_from(schema.writer.outerjoin(schema.link, k.writer == w.writer))
        .group_by(w.writer, w.acked_seq)
    )
    return [
        Fault(code="acknowledged_missing", where=f"{bytes(writer).hex()}/{acked}")
        for writer, acked, last in transaction.connection.execute(query)
        if acked != last
    ]
