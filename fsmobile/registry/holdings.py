"""What a registry holds: counted, or exported with its contents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.registry import schema
from fsmobile.registry.event_rows import DROPPED
from fsmobile.registry.storage import Storage

PAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHoldings:
    """What is held of one scope."""

    scope: str
    ops: int
    visits: int
    last_received_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a registry holds, by numbers alone."""

    database: str
    ops: int
    devices: int
    units: list[UnitHoldings]
    events: dict[str, int]
    quarantined: dict[str, int]
    """Ops kept apart, by id of the revoked laptop."""
    erased: int
    epochs: int


def load_holdings(storage: Storage) -> Holdings:
    """Count what is held."""
    o = schema.op.c
    visits = func.sum((o.kind == VISIT_RECORD).cast(schema.op.c.is_forwarded.type))
    query = (
        select(o.scope, func.count(), visits, func.max(o.received_at))
        .group_by(o.scope)
        .order_by(o.scope)
    )
    with storage.reading() as transaction:
        units = [
            UnitHoldings(scope=scope, ops=ops, visits=int(count), last_received_ms=last)
            for scope, ops, count, last in transaction.connection.execute(query)
        ]
        epochs = transaction.connection.execute(select(func.count()).select_from(schema.epoch))
        return Holdings(
            database=transaction.connection.dialect.name,
            ops=sum(unit.ops for unit in units),
            devices=transaction.count_devices(),
            units=units,
            events=transaction.count_events(),
            quarantined={
                device.hex(): count for device, count in transaction.list_quarantined().items()
            },
            erased=len(transaction.list_erased()),
            epochs=int(epochs.scalar_one()),
        )


def export_ops(storage: Storage) -> Iterator[str]:
    """Yield every op as a line of JSON, in the order of gsn; bodies as they were recorded."""
    o, last = schema.op.c, 0
    query = select(o.gsn, o.op_id, o.scope, o.writer, o.received_at, o.hash, o.body)
    with storage.reading() as transaction:
        while rows := transaction.connection.execute(
            query.where(o.gsn > last).order_by(o.gsn).limit(PAGE)
        ).all():
            for row in rows:
                yield _line(gsn=row.gsn, received_at=row.received_at, op_id=row.op_id,
                            scope=row.scope, writer=row.writer.hex(), hash=row.hash.hex(),
                            body=row.body)  # fmt: skip
            last = rows[-1].gsn


def export_quarantine(storage: Storage) -> Iterator[str]:
    """Yield the quarantined ops as lines of JSON, laptop by laptop."""
    q = schema.quarantine.c
    kept = select(schema.quarantine).where(q.body != DROPPED)
    query = kept.order_by(q.device_id, q.writer, q.seq)
    with storage.reading() as transaction:
        for row in transaction.connection.execute(query):
            yield _line(device=row.device_id.hex(), writer=row.writer.hex(), seq=row.seq,
                        op_id=row.op_id, received_at=row.received_at, hash=row.hash.hex(),
                        body=row.body)  # fmt: skip


def _line(*, body: bytes | None, **fields: object) -> str:
    content = None if body is None else body.decode("utf-8", "replace")
    return json.dumps({**fields, "body": content}, ensure_ascii=False)
