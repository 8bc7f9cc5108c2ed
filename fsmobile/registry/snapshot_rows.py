"""Rows of snapshots: one for each scope at most, kept in pieces so that any part can be read."""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, func, insert, select

from fsmobile.protocol.snapshot_files import PIECE, SnapshotOp
from fsmobile.protocol.snapshots import SnapshotOffer
from fsmobile.registry import schema
from fsmobile.registry.rows import Rows, add_rows

_o = schema.op.c
_s = schema.snapshot.c
_p = schema.snapshot_piece.c
PAGE = 2_000


class SnapshotRows(Rows):
    """The history of a scope, made once for many."""

    __slots__ = ()

    def has_more_than(self, count: int, scope: str, after: int = 0) -> bool:
        """Tell whether more ops than that follow a gsn in a scope; counts no further."""
        query = select(_o.gsn).where(_o.scope == scope, _o.gsn > after, _o.is_forwarded == 1)
        found = self.connection.execute(query.order_by(_o.gsn).offset(count).limit(1)).first()
        return found is not None

    def read_history(self, scope: str) -> Iterator[SnapshotOp]:
        """Yield what is handed out in a scope, in order of gsn."""
        columns, last = (_o.gsn, _o.body, _o.op_id, _o.hash), 0
        query = select(*columns).where(_o.scope == scope, _o.is_forwarded == 1).order_by(_o.gsn)
        while rows := self.connection.execute(query.where(_o.gsn > last).limit(PAGE)).all():
            for gsn, body, op_id, body_hash in rows:
                yield SnapshotOp(gsn, body) if body else SnapshotOp(gsn, None, op_id, body_hash)
            last = rows[-1].gsn

    def count_erased(self) -> int:
        """Return how many ops were ever erased."""
        query = select(func.count()).select_from(schema.erased)
        return int(self.connection.execute(query).scalar_one())

    def find_snapshot(self, scope: str) -> SnapshotOffer | None:
        """Return the snapshot of a scope."""
        row = self.connection.execute(
            select(_s.gsn, _s.ops, _s.size, _s.plain, _s.sha256).where(_s.scope == scope)
        ).one_or_none()
        if row is None:
            return None
        return SnapshotOffer(
            scope=scope, gsn=row.gsn, ops=row.ops, size=row.size, plain=row.plain, sha256=row.sha256
        )

    def add_snapshot(self, offer: SnapshotOffer, pieces: Sequence[bytes], now: int) -> None:
        """Keep a snapshot in the place of the one before."""
        self.drop_snapshots(offer.scope)
        self.connection.execute(
            insert(schema.snapshot).values(
                scope=offer.scope, gsn=offer.gsn, ops=offer.ops, size=offer.size,
                plain=offer.plain, sha256=offer.sha256, made_at=now,
            )
        )  # fmt: skip
        add_rows(
            self.connection,
            schema.snapshot_piece,
            [(offer.scope, offer.gsn, place, piece) for place, piece in enumerate(pieces)],
        )

    def read_piece(self, scope: str, gsn: int, start: int) -> bytes | None:
        """Return bytes of a snapshot from a place to the end of a piece; None: it is gone."""
        body = self.connection.execute(
            select(_p.body).where(_p.scope == scope, _p.gsn == gsn, _p.piece == start // PIECE)
        ).scalar_one_or_none()
        return None if body is None else bytes(body)[start % PIECE :]

    def drop_snapshots(self, scope: str | None = None) -> None:
        """Delete the snapshot of a scope, or all."""
        for table in (schema.snapshot, schema.snapshot_piece):
            statement = delete(table)
            self.connection.execute(
                statement if scope is None else statement.where(table.c.scope == scope)
            )
