"""Rows of writers, chains, ops and outcomes."""

import json
from collections.abc import Collection, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.protocol.messages import NOT_HANDED_OUT
from fsmobile.protocol.orders import SCOPE_DROP
from fsmobile.registry import schema
from fsmobile.registry.erasure_rows import ERASED
from fsmobile.registry.id_lists import is_one_of
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
_EPOCH = select(schema.epoch.c.epoch).order_by(schema.epoch.c.rank.desc()).limit(1).subquery()
_POSITION = select(_EPOCH.c.epoch, _o.gsn, _o.history).select_from(
    _EPOCH.outerjoin(schema.op, _o.gsn == _LAST_GSN.scalar_subquery())
)
_HISTORIES = select(_o.gsn, _o.history).where(_o.gsn.in_(bindparam("gsns", expanding=True)))
_FIND_HASHES = select(_o.op_id, _o.hash).where(is_one_of(_o.op_id, "ids"))
_OUTCOMES_BETWEEN = union_all(
    select(_k.seq, _out.code, _out.detail).where(
        _k.writer == bindparam("id"),
        _k.seq.between(bindparam("first"), bindparam("last")),
        _out.op_id == _k.op_id,
    ),
    # Last, because an op that was set aside shares its id, and thus the outcome, with another.
    select(
        _r.seq,
        case((func.length(_r.body) == 0, literal(ERASED)), else_=null()),
        literal(json.dumps(NOT_HANDED_OUT)),
    ).where(_r.writer == bindparam("id"), _r.seq.between(bindparam("first"), bindparam("last"))),
)


class OpRows(Rows):
    """What was recorded, in the order in which it is handed out."""

    __slots__ = ()

    def find_writer(self, writer: bytes) -> WriterRow | None:
        """Return a writer."""
        row = self._of_chain(writer).execute(_FIND_WRITER, {"id": writer}).one_or_none()
        return None if row is None else WriterRow(*row)

    def add_writer(self, row: WriterRow, parent: tuple[bytes, int] | None, now: int) -> None:
        """Make a writer known."""
        from_writer, from_seq = parent or (None, None)
        values = (row.writer, row.device_id, 0, from_writer, from_seq, now)
        add_rows(self.beside, schema.writer, [values])

    def newest_writer_of(self, device_id: bytes) -> bytes | None:
        """Return the writer that a laptop opened last."""
        query = select(_w.writer).where(_w.device_id == device_id).order_by(_w.opened_at.desc())
        return self.beside.execute(query.limit(1)).scalar_one_or_none()

    def _of_chain(self, writer: bytes) -> Connection:
        """Return where to ask about a chain; its waiting links, if any, are written first."""
        return self.connection if writer in self.new.chains else self.beside

    def chain_after(self, writer: bytes, seq: int) -> bytes | None:
        """Return the chain value held after a sequence."""
        values = {"id": writer, "n": seq}
        return self._of_chain(writer).execute(_CHAIN_AFTER, values).scalar_one_or_none()

    def add_links(self, writer: bytes, links: Sequence[NewLink]) -> None:
        """Extend a writer's chain."""
        rows = [(writer, link.seq, link.op_id, link.hash, link.chain) for link in links]
        self.new.rows.setdefault(schema.link, []).extend(rows)
        self.new.chains.setdefault(writer, links[0].seq)
        if any(one.op_id not in self.new.hashes or one.op_id in self._judged for one in links):
            self.new.told.add(writer)
        self.beside.execute(_MOVE_WRITER, {"id": writer, "n": links[-1].seq})

    def last_gsn(self) -> int:
        """Return the greatest gsn given so far."""
        return int(self.connection.execute(_LAST_GSN).scalar_one() or 0)

    def position(self) -> Position:
        """Return the epoch being written and the greatest gsn given so far."""
        if self._position is None:
            epoch, gsn, history = self.connection.execute(_POSITION).one()
            self._position = Position(bytes(epoch), gsn or 0, bytes(history or FIRST_HISTORY))
        return self._position

    def histories_at(self, gsns: Sequence[int]) -> dict[int, bytes]:
        """Return gsn → history of those that were given; at 0 all histories are one."""
        new = self.new.rows.get(schema.op)
        is_affected = new is not None and max(gsns, default=0) >= new[0][0]
        connection = self.connection if is_affected else self.beside
        rows = connection.execute(_HISTORIES, {"gsns": gsns})
        return {0: FIRST_HISTORY} | {int(gsn): bytes(history) for gsn, history in rows}

    def last_gsn_of(self, writer: bytes) -> int:
        """Return the greatest gsn of the ops in a writer's chain; 0 for none."""
        return int(self.connection.execute(_LAST_GSN_OF, {"id": writer}).scalar_one() or 0)

    def find_hashes(self, op_ids: Sequence[str]) -> dict[str, bytes]:
        """Return op_id → hash of those that are held."""
        new = self.new.hashes
        rows = self.beside.execute(_FIND_HASHES, {"ids": op_ids})
        held = {str(op_id): bytes(body_hash) for op_id, body_hash in rows}
        return held | {op_id: new[op_id] for op_id in op_ids if op_id in new}

    def find_scopes(self, op_ids: Collection[str]) -> dict[str, str]:
        """Return op_id → scope of those that are held."""
        query = select(_o.op_id, _o.scope).where(_o.op_id.in_(op_ids))
        return {str(op_id): str(scope) for op_id, scope in self.connection.execute(query)}

    def add_ops(self, rows: Sequence[NewRow]) -> None:
        """Store ops under the next numbers."""
        position = self.position()
        gsn, history = position.gsn, position.history
        values = []
        for row in rows:
            gsn += 1
            scope = row.scope if row.is_forwarded else ""
            history = next_history(history, gsn, row.op_id, row.hash, scope)
            values.append(_op_values(gsn, row, history))
            self.new.hashes[row.op_id] = row.hash
            self.new.sources.add((row.scope, row.writer))
        self.new.rows.setdefault(schema.op, []).extend(values)
        self._position = Position(position.epoch, gsn, history)

    def add_rejected_body(self, writer: bytes, seq: int, op_id: str, body: bytes) -> None:
        """Keep the body of an op whose id is taken by other content."""
        self._judged.add(op_id)
        add_rows(self.beside, schema.rejected_body, [(writer, seq, op_id, body)])

    def find_rejected_body(self, writer: bytes, seq: int) -> bytes:
        """Return the body that was set aside at a place in a chain."""
        query = select(_r.body).where(_r.writer == writer, _r.seq == seq)
        return bytes(self.connection.execute(query).scalar_one())

    def add_outcome(self, op_id: str, code: str, detail: dict[str, Any]) -> None:
        """Keep what became of an op, once."""
        self._judged.add(op_id)
        known = select(_out.op_id).where(_out.op_id == op_id)
        if self.beside.execute(known).first() is None:
            add_rows(self.beside, schema.outcome, [(op_id, code, json.dumps(detail))])

    def outcomes_between(
        self, writer: bytes, first: int, last: int
    ) -> dict[int, tuple[str, dict[str, Any]] | None]:
        """Return seq → (code, detail) of a stretch of a chain.

        An absent op was merged; None stands for one that was set aside and not erased.
        """
        is_new = writer in self.new.chains and self.new.chains[writer] <= first
        if is_new and writer not in self.new.told:
            return {}
        values = {"id": writer, "first": first, "last": last}
        rows = self._of_chain(writer).execute(_OUTCOMES_BETWEEN, values)
        return {
            int(seq): None if code is None else (str(code), json.loads(detail))
            for seq, code, detail in rows
        }

    def codes_of(self, op_ids: Sequence[str]) -> dict[str, str]:
        """Return op_id → outcome code, for the ops that were not simply merged."""
        query = select(_out.op_id, _out.code).where(_out.op_id.in_(op_ids))
        return {str(op_id): str(code) for op_id, code in self.connection.execute(query)}

    def read_page(
        self, cursors: dict[str, int], *, not_by: bytes, ops_max: int, first: str = ""
    ) -> list[StoredOp]:
        """Return the ops that follow the cursors, except one writer's own, in order of gsn.

        While anything follows in the scope `first`, nothing else is returned: a laptop may be told
        there to work elsewhere, and then no longer hold what it wrote before.
        """
        values: dict[str, object] = {"writer": not_by, "n": ops_max, "told": first}
        for place, (scope, gsn) in enumerate(cursors.items()):
            values[f"scope_{place}"], values[f"gsn_{place}"] = scope, gsn
        is_affected = any(scope in cursors and by != not_by for scope, by in self.new.sources)
        connection = self.connection if is_affected else self.beside
        rows = connection.execute(_page_query(len(cursors)), values)
        ops = [StoredOp(*row) for row in rows]
        ops = [op for op in ops if op.scope == first] or ops
        return sorted(ops, key=attrgetter("gsn"))[:ops_max]

    def count_kinds(self, unit_scope: str | None = None) -> dict[str, int]:
        """Return how many ops of each kind are held, of one scope or of all."""
        query = select(_o.kind, func.count()).group_by(_o.kind)
        if unit_scope is not None:
            query = query.where(_o.scope == unit_scope)
        return {str(kind): int(count) for kind, count in self.connection.execute(query)}


@cache
def _page_query(scopes: int) -> Select[Any]:
    """Return the query for a page of a number of scopes.

    Each scope walks its own index and stops at the limit: one `OR` over all of them would
    read and sort a whole history for the first page of a new laptop.
    """
    told = schema.op.alias().c
    moved = (
        select(func.coalesce(func.max(told.gsn), 0))
        .where(told.scope == bindparam("told"), told.kind == SCOPE_DROP)
        .scalar_subquery()
    )
    parts = [
        select(_o.gsn, _o.scope, _o.op_id, _o.body, _o.hash)
        .where(
            and_(_o.scope == bindparam(f"scope_{place}"), _o.gsn > bindparam(f"gsn_{place}")),
            or_(_o.writer != bindparam("writer"), _o.gsn <= moved),
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
