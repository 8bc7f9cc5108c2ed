"""Rows of ops by scope and day, and the links that prove what an op was."""

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, func, insert, select

from fsmobile.registry import schema
from fsmobile.registry.records import HistoryRow, StoredOp
from fsmobile.registry.rows import Rows

_o = schema.op.c
_k = schema.link.c
_r = schema.rejected_body.c
BATCH = 500


class DigestRows(Rows):
    """What is compared with a laptop: always the rows themselves, never a stored sum.

    A stored sum would still vouch for a row that is gone.
    """

    __slots__ = ()

    def read_hashes(
        self, scope: str, low: str, high: str, upto: int
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (op id, hash) of what is handed out in a scope, by id, up to a gsn."""
        query = select(_o.op_id, _o.hash).where(
            _o.scope == scope,
            _o.op_id.between(low, high),
            _o.gsn <= upto,
            _o.is_forwarded == 1,
        )
        for op_id, body_hash in self.connection.execute(query):
            yield str(op_id), bytes(body_hash)

    def read_ops(self, op_ids: Sequence[str]) -> list[StoredOp]:
        """Return ops by their ids, in order of gsn."""
        query = select(_o.gsn, _o.scope, _o.op_id, _o.body, _o.hash).where(_o.op_id.in_(op_ids))
        return [StoredOp(*row) for row in self.connection.execute(query.order_by(_o.gsn))]

    def list_holes(self) -> list[tuple[int, int]]:
        """Return (first, last) of each run of numbers that no op has; reads the whole table."""
        before = _o.gsn - func.lag(_o.gsn, 1, 0).over(order_by=_o.gsn)
        numbered = select(_o.gsn, before.label("step")).subquery()
        query = select(numbered.c.gsn, numbered.c.step).where(numbered.c.step > 1)
        known = set(self.list_moved())
        rows = self.connection.execute(query.order_by(numbered.c.gsn))
        return [(gsn - step + 1, gsn - 1) for gsn, step in rows if gsn - 1 not in known]

    def read_history_row(self, gsn: int) -> HistoryRow | None:
        """Return what the chain over the numbers holds at one of them."""
        row = self.connection.execute(
            select(_o.gsn, _o.op_id, _o.hash, _o.scope, _o.is_forwarded, _o.history).where(
                _o.gsn == gsn
            )
        ).one_or_none()
        if row is None:
            return None
        scope = row.scope if row.is_forwarded else ""
        return HistoryRow(row.gsn, row.op_id, bytes(row.hash), scope, bytes(row.history))

    def add_moved(self, gsn: int, op_id: str, body_hash: bytes, scope: str) -> None:
        """Record what stood at a number."""
        self.connection.execute(
            insert(schema.moved).values(gsn=gsn, op_id=op_id, hash=body_hash, scope=scope)
        )

    def list_moved(self) -> dict[int, tuple[str, bytes, str]]:
        """Return gsn → (op id, hash, scope) of ops whose row is gone."""
        return {
            int(gsn): (str(op_id), bytes(body_hash), str(scope))
            for gsn, op_id, body_hash, scope in self.connection.execute(select(schema.moved))
        }

    def find_links(self, op_ids: Sequence[str]) -> dict[tuple[str, bytes], tuple[bytes, int, bool]]:
        """Return (op id, hash) → (writer, sequence, was accepted) of ops that were acknowledged.

        Reads all chains, so it is only for repairs, which are rare.
        """
        found = {}
        is_taken = _r.seq.is_(None)
        query = (
            select(_k.op_id, _k.hash, _k.writer, _k.seq, is_taken)
            .outerjoin_from(
                schema.link,
                schema.rejected_body,
                and_(_r.writer == _k.writer, _r.seq == _k.seq),
            )
            # An accepted op takes precedence over one that was set aside.
            .order_by(is_taken)
        )
        for start in range(0, len(op_ids), BATCH):
            some = query.where(_k.op_id.in_(op_ids[start : start + BATCH]))
            for op_id, body_hash, writer, seq, was_taken in self.connection.execute(some):
                found[str(op_id), bytes(body_hash)] = bytes(writer), int(seq), bool(was_taken)
        return found
