"""Quarantine: ops kept apart until a person decides to accept or refuse them.

Neither decision deletes anything, and no act is accepted twice: one that is already held is only
marked. An act accepted by mistake is undone like any other: by a cancellation recorded on a laptop
of the bus.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, case, func, select, tuple_, update

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.ops import Op, read_op
from fsmobile.registry import schema
from fsmobile.registry.administration import find_laptop, note_event
from fsmobile.registry.event_rows import DROPPED
from fsmobile.registry.intake import SentOp, store_ops
from fsmobile.registry.records import DeviceRow, EventKind, NewLink
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction

NAME_MAX = 100
_q = schema.quarantine.c


class Decision(StrEnum):
    """What was decided about a quarantined act."""

    TAKEN_IN = "taken_in"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLine:
    """The quarantined acts of one laptop, counted."""

    device: DeviceRow
    waiting: int
    taken_in: int
    refused: int
    last_received_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """One quarantined act."""

    op: Op
    received_ms: int
    decision: str | None
    decided_ms: int | None
    decided_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The result of accepting acts."""

    decided: int
    handed_out: int
    """Acts that are new here, and that the laptops of the bus will receive."""


def list_quarantine(service: RegistryService) -> list[QuarantineLine]:
    """Return the laptops with acts that are or were in quarantine."""
    of = {one: func.sum(case((_q.decision == one, 1), else_=0)) for one in Decision}
    query = select(
        _q.device_id,
        func.count(),
        of[Decision.TAKEN_IN],
        of[Decision.REFUSED],
        func.max(_q.received_at),
    )
    query = query.where(_q.body != DROPPED).group_by(_q.device_id)
    with service.storage.reading() as transaction:
        devices = {device.device_id: device for device, _ in transaction.list_devices()}
        rows = transaction.connection.execute(query).all()
    return [
        QuarantineLine(
            device=devices[bytes(device_id)],
            waiting=count - int(taken) - int(refused),
            taken_in=int(taken),
            refused=int(refused),
            last_received_ms=last,
        )
        for device_id, count, taken, refused, last in rows
        if bytes(device_id) in devices
    ]


def show_quarantine(service: RegistryService, start: str) -> list[KeptApart]:
    """Return the quarantined acts of one laptop, in the order in which they were recorded.

    Raises:
        NotFound, InvalidInput: see `administration.find_laptop`.
    """
    with service.storage.reading() as transaction:
        device = find_laptop(transaction, start)
        return [
            KeptApart(
                op=read_op(row.body),
                received_ms=row.received_at,
                decision=row.decision,
                decided_ms=row.decided_at,
                decided_by=row.decided_by,
                reason=row.reason,
            )
            for row in _rows(transaction, device)
        ]


def take_quarantine_in(
    service: RegistryService, start: str, *, by: str, reason: str, op_ids: Sequence[str] = ()
) -> TakenIn:
    """Accept acts of a laptop, in a person's name: those named, or all that wait.

    Each is judged as if the laptop had sent it while it was allowed to; an act that is not simply
    merged keeps its outcome, like any other.

    Raises:
        NotFound: no such laptop, or an act that is not kept apart.
        InvalidInput: nobody's name, or several laptops of that name.
    """
    name, now = _named(by), service.clock.now_ms()
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        former = transaction.find_former_scopes(device.device_id, 0)
        device = replace(device, former_scopes=former)
        rows = _chosen(transaction, device, op_ids, besides=Decision.TAKEN_IN)
        handed_out = 0
        for writer in dict.fromkeys(bytes(row.writer) for row in rows):
            sent = [_sent(row) for row in rows if bytes(row.writer) == writer]
            handed_out += store_ops(
                transaction, device, writer, sent, now=now, check_tree=service.check_tree
            )
        _decide(transaction, rows, Decision.TAKEN_IN, now=now, by=name, reason=reason)
        if rows:
            note_event(
                service, transaction, EventKind.TAKEN_IN, device.device_id, f"{len(rows)} · {name}"
            )
    return TakenIn(decided=len(rows), handed_out=handed_out)


def refuse_quarantine(
    service: RegistryService, start: str, *, by: str, reason: str, op_ids: Sequence[str] = ()
) -> int:
    """Refuse acts of a laptop, in a person's name; return how many.

    They stay in quarantine, and can still be accepted by their ids.

    Raises:
        NotFound: no such laptop, or an act that is not kept apart or was taken in.
        InvalidInput: nobody's name, or several laptops of that name.
    """
    name, now = _named(by), service.clock.now_ms()
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        rows = _chosen(transaction, device, op_ids, besides=Decision.REFUSED)
        if taken := [row.op_id for row in rows if row.decision == Decision.TAKEN_IN]:
            raise NotFound("quarantined_op", ", ".join(taken))
        _decide(transaction, rows, Decision.REFUSED, now=now, by=name, reason=reason)
        if rows:
            detail = f"{len(rows)} · {name}"
            note_event(service, transaction, EventKind.TURNED_DOWN, device.device_id, detail)
    return len(rows)


def _named(by: str) -> str:
    name = " ".join(by.split())
    if not name or len(name) > NAME_MAX:
        raise InvalidInput("decision_without_name")
    return name


def _rows(transaction: Transaction, device: DeviceRow) -> list[Row[Any]]:
    of_laptop = (_q.device_id == device.device_id, _q.body != DROPPED)
    query = select(schema.quarantine).where(*of_laptop)
    return list(transaction.connection.execute(query.order_by(_q.op_id, _q.writer, _q.seq)))


def _chosen(
    transaction: Transaction, device: DeviceRow, op_ids: Sequence[str], *, besides: Decision
) -> list[Row[Any]]:
    """Return the acts named, except those already decided so; if none is named, all that wait."""
    rows = _rows(transaction, device)
    if not op_ids:
        return [row for row in rows if row.decision is None]
    known = {row.op_id for row in rows}
    if lacking := [one for one in dict.fromkeys(op_ids) if one not in known]:
        raise NotFound("quarantined_op", ", ".join(lacking))
    return [row for row in rows if row.op_id in op_ids and row.decision != besides]


def _sent(row: Row[Any]) -> SentOp:
    # Without a chain value: the writer's chain ended when its laptop was revoked.
    return SentOp(NewLink(row.seq, row.op_id, bytes(row.hash), b""), read_op(bytes(row.body)))


def _decide(
    transaction: Transaction,
    rows: Sequence[Row[Any]],
    decision: Decision,
    *,
    now: int,
    by: str,
    reason: str,
) -> None:
    values = {"decision": decision, "decided_at": now, "decided_by": by, "reason": reason}
    for row in rows:
        transaction.connection.execute(
            update(schema.quarantine)
            .where(tuple_(_q.writer, _q.seq, _q.hash) == (row.writer, row.seq, row.hash))
            .values(**values)
        )
