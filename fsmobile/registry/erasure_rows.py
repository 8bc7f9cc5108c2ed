"""Rows of erasures, of the orders to carry them out, and of accepted risks."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, insert, or_, select, update

from fsmobile.protocol.messages import NOT_HANDED_OUT
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import CONFIRMED
from fsmobile.registry import schema
from fsmobile.registry.event_rows import DROPPED
from fsmobile.registry.id_lists import is_one_of
from fsmobile.registry.records import Erasure
from fsmobile.registry.rows import Rows, add_rows

OWN_WRITER = bytes(16)
"""Pseudo-writer of the registry's own ops; no laptop can have it."""
IDS_AT_ONCE = 1000
ERASED = "erased"
"""Outcome of an op whose body was erased."""

_o = schema.op.c
_w = schema.writer.c
_x = schema.erased.c
_k = schema.link.c
_r = schema.rejected_body.c
_q = schema.quarantine.c
_out = schema.outcome.c
# Asked for each push: SQLAlchemy spends more on building a statement than SQLite on running it.
_FIND_ERASURES = select(schema.erased).where(is_one_of(_x.op_id, "ids"))
_ORDERS = select(_o.gsn, _o.kind, _o.scope, _o.received_at).where(
    _o.kind.in_(CONFIRMED), _o.writer == OWN_WRITER
)


class HeldTarget(NamedTuple):
    """An op that a person asks to erase."""

    op_id: str
    kind: str
    scope: str
    entity: str
    device_id: bytes | None
    """Whose op it is; None for what the registry itself wrote."""


class OrderRow(NamedTuple):
    """An order that takes something away."""

    gsn: int
    kind: str
    scope: str
    at: int


class ErasureRows(Rows):
    """What must not be held any more, by anybody."""

    __slots__ = ()

    def find_targets(self, ids: Sequence[str]) -> list[HeldTarget]:
        """Return the ops of these ids, and those on the entities of these ids."""
        found: dict[str, HeldTarget] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            some = ids[start : start + IDS_AT_ONCE]
            query = (
                select(_o.op_id, _o.kind, _o.scope, _o.entity, _w.device_id)
                .outerjoin_from(schema.op, schema.writer, _w.writer == _o.writer)
                .where(or_(_o.op_id.in_(some), _o.entity.in_(some)))
                .order_by(_o.gsn)
            )
            found |= {row[0]: HeldTarget(*row) for row in self.connection.execute(query)}
        return list(found.values())

    def list_bodies(self, kind: str) -> list[bytes]:
        """Return the bodies of one kind that are still held, quarantined or not."""
        query = select(_o.body).where(_o.kind == kind, _o.body.is_not(None))
        aside = self.connection.execute(select(_q.body).where(_q.body != DROPPED)).scalars()
        found = self.connection.execute(query).scalars()
        return [*found, *(body for body in aside if read_op(body).kind == kind)]

    def find_aside(self, ids: Sequence[str]) -> set[str]:
        """Return the quarantined ops with these ids, or on entities with these ids."""
        known = select(_r.op_id).where(_r.op_id.in_(ids))
        found = set(self.connection.execute(known).scalars())
        kept = select(_q.op_id, _q.body).where(_q.body != DROPPED)
        for op_id, body in self.connection.execute(kept):
            if {op_id, read_op(body).entity} & set(ids):
                found.add(op_id)
        return found

    def erase_bodies(self, erasures: Sequence[Erasure]) -> None:
        """Remove the bodies wherever they are kept; ids and hashes stay."""
        for start in range(0, len(erasures), IDS_AT_ONCE):
            self._erase(erasures[start : start + IDS_AT_ONCE])

    def _erase(self, erasures: Sequence[Erasure]) -> None:
        ids = [one.op_id for one in erasures]
        known = self.find_erased(ids)
        fresh = {one.op_id: one for one in erasures if one.op_id not in known}
        rows = [(one.op_id, one.at, one.ground, one.scope) for one in fresh.values()]
        add_rows(self.connection, schema.erased, rows)
        query = select(_o.op_id, _o.is_forwarded).where(_o.op_id.in_(ids))
        held = self.connection.execute(query).all()
        for statement in (
            update(schema.op).where(_o.op_id.in_(ids)).values(body=None),
            # The row stays: it says why a link of a chain has no op of its own.
            update(schema.rejected_body).where(_r.op_id.in_(ids)).values(body=b""),
            schema.quarantine.delete().where(_q.op_id.in_(ids)),
            # The detail of an outcome may quote the op.
            schema.outcome.delete().where(_out.op_id.in_(ids)),
            # A snapshot would still hold the bodies: it is made again for the next laptop that
            # needs one.
            schema.snapshot.delete(),
            schema.snapshot_piece.delete(),
        ):
            self.connection.execute(statement)
        if held:
            values = [
                {"op_id": op_id, "code": ERASED, "detail": _detail(is_forwarded)}
                for op_id, is_forwarded in held
            ]
            self.connection.execute(insert(schema.outcome), values)

    def find_erased(self, ids: Collection[str]) -> set[str]:
        """Return which of these ops were erased."""
        return set(self.find_erasures(ids))

    def find_erasures(self, ids: Collection[str]) -> dict[str, Erasure]:
        """Return what is known of the erasure of these ops."""
        rows = self.beside.execute(_FIND_ERASURES, {"ids": list(ids)})
        return {row[0]: Erasure(*row) for row in rows}

    def list_erased_of(self, device_id: bytes) -> list[Erasure]:
        """Return every erasure of what a laptop recorded."""
        query = (
            select(schema.erased)
            .distinct()
            .join(schema.link, _k.op_id == _x.op_id)
            .join(schema.writer, _w.writer == _k.writer)
            .where(_w.device_id == device_id)
            .order_by(_x.op_id)
        )
        return [Erasure(*row) for row in self.connection.execute(query)]

    def list_erased(self) -> list[Erasure]:
        """Return every erasure."""
        query = select(schema.erased).order_by(_x.op_id)
        return [Erasure(*row) for row in self.connection.execute(query)]

    def count_erased(self) -> int:
        """Return how many ops were erased."""
        return int(
            self.connection.execute(select(func.count()).select_from(schema.erased)).scalar_one()
        )

    def list_orders(self) -> list[OrderRow]:
        """Return every order that takes something away, the oldest first."""
        rows = self.connection.execute(_ORDERS.order_by(_o.gsn))
        return [OrderRow(*row) for row in rows]

    def close_risk(self, device_id: bytes, now: int, reason: str) -> None:
        """Record why nobody waits for a laptop's confirmation any more."""
        rows = schema.closed_risk
        self.connection.execute(rows.delete().where(rows.c.device_id == device_id))
        self.connection.execute(
            insert(rows).values(device_id=device_id, closed_at=now, reason=reason)
        )

    def list_closed_risks(self) -> dict[bytes, tuple[int, str]]:
        """Return device → (when, why) of the risks that a person accepted."""
        rows = self.connection.execute(select(schema.closed_risk))
        return {bytes(device): (int(at), str(reason)) for device, at, reason in rows}


def _detail(is_forwarded: int) -> str:
    return json.dumps({} if is_forwarded else NOT_HANDED_OUT)
