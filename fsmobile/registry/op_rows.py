"""Rows of writers, chains, ops and outcomes."""

import json
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, null, select, union_all, update

from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.registry import schema
from fsmobile.registry.records import NewLink, NewRow, Position, StoredOp, WriterRow
from fsmobile.registry.rows import Rows, add_rows

_w = schema.writer.c
_k = schema.link.c
_o = schema.op.c
_out = schema.outcome.c
_r = schema.rejected_body.c

# Built once: SQLAlchemy spends more on building a statement than SQLite on running it.
_FIND_WRITER = (
    select(_w.writer, _w.device_id, _w.acked_seq, _k.chain)
    .select_from(
        schema.writer.outerjoin(schema.link, and_(_k.writer == _w.writer, _k.seq == _w.acked_seq))
    )
    .where(_w.writer == bindparam("id"))
)
_CHAIN_AFTER = select(_k.chain).where(_k.writer == bindparam("id"), _k.seq == bindparam("n"))
_MOVE_WRITER = (
    update(schema.writer).where(_w.writer == bindparam("id")).values(acked_seq=bindparam("n"))
)
_LAST_GSN = select(func.max(_o.gsn))
_LAST_GSN_OF = select(func.max(_o.gsn)).where(_k.writer == bindparam("id"), _o.op_id == _k.op_id)
_LAST = select(_o.gsn, _o.history).where(_o.gsn == _LAST_GSN.scalar_subquery())
_EPOCH = select(schema.epoch.c.epoch).order_by(schema.epoch.c.rank.desc()).limit(1).subquery()
_POSITION = select(_EPOCH.c.epoch, _o.gsn, _o.history).select_from(
    _EPOCH.outerjoin(schema.op, _o.gsn == _LAST_GSN.scalar_subquery())
)
_HISTORIES = select(_o.gsn, _o.history).where(_o.gsn.in_(bindparam("gsns", expanding=True)))
_FIND_HASHES = select(_o.op_id, _o.hash).where(_o.op_id.in_(bindparam("ids", expanding=True)))
_OUTCOMES_BETWEEN = union_all(
    select(_k.seq, _out.code, _out.detail).where(
        _k.writer == bindparam("id"),
        _k.seq.between(bindparam("first"), bindparam("last")),
        _out.op_id == _k.op_id,
    ),
    # After the others: an op that was set aside shares its id, and the outcome found by it.
    select(_r.seq, null(), null()).where(
        _r.writer == bindparam("id"), _r.seq.between(bindparam("first"), bindparam("last"))
    ),
)


class OpRows(Rows):
    """What was recorded, in the order in which it is handed out."""

    __slots__ = ()

    def find_writer(self, writer: bytes) -> WriterRow | None:
        """Return a writer."""
        row = self.connection.execute(_FIND_WRITER, {"id": writer}).one_or_none()
        return None if row is None else WriterRow(*row)

    def add_writer(self, row: WriterRow, parent: tuple[bytes, int] | None, now: int) -> None:
        """Make a writer known."""
        self.connection.execute(
            insert(schema.writer).values(
                writer=row.writer,
                device_id=row.device_id,
                acked_seq=0,
                parent=None if parent is None else parent[0],
                parent_seq=None if parent is None else parent[1],
                opened_at=now,
            )
        )

    def newest_writer_of(self, device_id: bytes) -> bytes | None:
        """Return the writer that a laptop opened last."""
        query = select(_w.writer).where(_w.device_id == device_id).order_by(_w.opened_at.desc())
        return self.connection.execute(query.limit(1)).scalar_one_or_none()

    def chain_after(self, writer: bytes, seq: int) -> bytes | None:
        """Return the chain value held after a sequence."""
        return self.connection.execute(_CHAIN_AFTER, {"id": writer, "n": seq}).scalar_one_or_none()

    def add_links(self, writer: bytes, links: Sequence[NewLink]) -> None:
        """Extend a writer's chain."""
        rows = [(writer, link.seq, link.op_id, link.hash, link.chain) for link in links]
        add_rows(self.connection, schema.link, rows)
        self.connection.execute(_MOVE_WRITER, {"id": writer, "n": links[-1].seq})

    def last_gsn(self) -> int:
        """Return the greatest gsn given so far."""
        return int(self.connection.execute(_LAST_GSN).scalar_one() or 0)

    def position(self) -> Position:
        """Return the epoch being written and the greatest gsn given so far."""
        epoch, gsn, history = self.connection.execute(_POSITION).one()
        if gsn is None:
            return Position(bytes(epoch), 0, FIRST_HISTORY)
        return Position(bytes(epoch), int(gsn), bytes(history))

    def histories_at(self, gsns: Sequence[int]) -> dict[int, bytes]:
        """Return gsn → history of those that were given; at 0 all histories are one."""
        rows = self.connection.execute(_HISTORIES, {"gsns": gsns})
        return {0: FIRST_HISTORY} | {int(gsn): bytes(history) for gsn, history in rows}

    def last_gsn_of(self, writer: bytes) -> int:
        """Return the greatest gsn of the ops in a writer's chain; 0 for none."""
        return int(self.connection.execute(_LAST_GSN_OF, {"id": writer}).scalar_one() or 0)

    def find_hashes(self, op_ids: Sequence[str]) -> dict[str, bytes]:
        """Return op_id → hash of those that are held."""
        rows = self.connection.execute(_FIND_HASHES, {"ids": op_ids})
        return {str(op_id): bytes(body_hash) for op_id, body_hash in rows}

    def add_ops(self, rows: Sequence[NewRow]) -> None:
        """Store ops under the next numbers."""
        last = self.connection.execute(_LAST).one_or_none()
        gsn, history = (0, FIRST_HISTORY) if last is None else (int(last[0]), bytes(last[1]))
        values = []
        for row in rows:
            gsn += 1
            scope = row.scope if row.is_forwarded else ""
            history = next_history(history, gsn, row.op_id, row.hash, scope)
            values.append(_op_values(gsn, row, history))
        add_rows(self.connection, schema.op, values)

    def add_rejected_body(self, writer: bytes, seq: int, op_id: str, body: bytes) -> None:
        """Keep the body of an op whose id is taken by another content."""
        self.connection.execute(
            insert(schema.rejected_body).values(writer=writer, seq=seq, op_id=op_id, body=body)
        )

    def add_outcome(self, op_id: str, code: str, detail: dict[str, Any]) -> None:
        """Keep what became of an op, once."""
        known = select(_out.op_id).where(_out.op_id == op_id)
        if self.connection.execute(known).first() is None:
            self.connection.execute(
                insert(schema.outcome).values(op_id=op_id, code=code, detail=json.dumps(detail))
            )

    def outcomes_between(
        self, writer: bytes, first: int, last: int
    ) -> dict[int, tuple[str, dict[str, Any]] | None]:
        """Return seq → (code, detail) of a stretch of a chain.

        An op that is absent was merged; None is one that was set aside.
        """
        values = {"id": writer, "first": first, "last": last}
        rows = self.connection.execute(_OUTCOMES_BETWEEN, values)
        return {
            int(seq): None if code is None else (str(code), json.loads(detail))
            for seq, code, detail in rows
        }

    def read_page(self, cursors: dict[str, int], *, not_by: bytes, ops_max: int) -> list[StoredOp]:
        """Return what follows the cursors, but for one writer's own, in order of gsn."""
        values: dict[str, object] = {"writer": not_by, "n": ops_max}
        for place, (scope, gsn) in enumerate(cursors.items()):
            values[f"scope_{place}"], values[f"gsn_{place}"] = scope, gsn
        rows = self.connection.execute(_page_query(len(cursors)), values)
        ops = sorted((StoredOp(*row) for row in rows), key=attrgetter("gsn"))
        return ops[:ops_max]

    def count_kinds(self, unit_scope: str | None = None) -> dict[str, int]:
        """Return how many ops of each kind are held, of one scope or of all."""
        query = select(_o.kind, func.count()).group_by(_o.kind)
        if unit_scope is not None:
            query = query.where(_o.scope == unit_scope)
        return {str(kind): int(count) for kind, count in self.connection.execute(query)}


@cache
def _page_query(scopes: int) -> Select[Any]:
    """Return the question for a page of so many scopes.

    Each scope walks its own index and stops at the limit: one `OR` over all of them would
    read and sort a whole history for the first page of a new laptop.
    """
    parts = [
        select(_o.gsn, _o.scope, _o.op_id, _o.body, _o.hash)
        .where(
            and_(_o.scope == bindparam(f"scope_{place}"), _o.gsn > bindparam(f"gsn_{place}")),
            _o.writer != bindparam("writer"),
            _o.is_forwarded == 1,
        )
        .order_by(_o.gsn)
        .limit(bindparam("n"))
        .subquery()
        for place in range(scopes)
    ]
    return select(union_all(*[select(part) for part in parts]).subquery())


def _op_values(gsn: int, row: NewRow, history: bytes) -> tuple[Any, ...]:
    return (
        gsn,
        row.op_id,
        row.writer,
        row.kind,
        row.scope,
        row.entity,
        row.body,
        row.hash,
        int(row.is_forwarded),
        row.received_at,
        history,
    )
