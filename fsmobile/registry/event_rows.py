"""Rows of events, of what revoked laptops handed in, and of what was erased."""

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, insert, select, update

from fsmobile.registry import schema
from fsmobile.registry.records import Event, NewLink
from fsmobile.registry.rows import Rows, add_rows

log = logging.getLogger("fsmobile.registry")

QUARANTINE_MAX = 20_000
"""Ops kept apart of one laptop: years of work, and no way to fill the disk."""

UNDECIDED = (None, None, None, None)
"""The last columns of what is kept apart, until a person has looked."""
_q = schema.quarantine.c
_v = schema.event.c
_x = schema.erased.c
_o = schema.op.c

# Asked for each push: SQLAlchemy spends more on building a statement than SQLite on running it.
_FIND_ERASED = select(_x.op_id).where(_x.op_id.in_(bindparam("ids", expanding=True)))


class EventRows(Rows):
    """What an administrator looks at."""

    __slots__ = ()

    def add_event(self, event_id: str, event: Event) -> None:
        """Keep an event, and say it in the log."""
        device = None if event.device_id is None else event.device_id.hex()[:8]
        log.warning("%s", event.kind, extra={"device": device, "detail": event.detail})
        self.connection.execute(
            insert(schema.event).values(
                event_id=event_id,
                at=event.at,
                kind=event.kind,
                device_id=event.device_id,
                detail=event.detail,
            )
        )

    def list_events(self, limit: int) -> list[Event]:
        """Return the newest events, newest first."""
        query = select(_v.at, _v.kind, _v.device_id, _v.detail).order_by(_v.event_id.desc())
        return [Event(*row) for row in self.connection.execute(query.limit(limit))]

    def count_events(self) -> dict[str, int]:
        """Return how many events of each kind there were."""
        query = select(_v.kind, func.count()).group_by(_v.kind)
        return {str(kind): int(count) for kind, count in self.connection.execute(query)}

    def count_quarantined(self, device_id: bytes) -> int:
        """Return how many ops of a revoked laptop are kept apart."""
        query = select(func.count()).where(_q.device_id == device_id)
        return int(self.connection.execute(query).scalar_one())

    def list_quarantined(self) -> dict[bytes, int]:
        """Return how many ops of each laptop are kept apart and wait for a decision."""
        query = (
            select(_q.device_id, func.count()).where(_q.decision.is_(None)).group_by(_q.device_id)
        )
        return {bytes(device): int(count) for device, count in self.connection.execute(query)}

    def add_quarantined(
        self, device_id: bytes, writer: bytes, items: Iterable[tuple[NewLink, bytes]], now: int
    ) -> int:
        """Keep apart what is not there yet; return how many ops are new."""
        wanted = {(link.seq, link.hash): (link, body) for link, body in items}
        if not wanted:
            return 0
        first, last = min(seq for seq, _ in wanted), max(seq for seq, _ in wanted)
        known = self.connection.execute(
            select(_q.seq, _q.hash).where(_q.writer == writer, _q.seq.between(first, last))
        )
        for seq, body_hash in known:
            wanted.pop((seq, bytes(body_hash)), None)
        rows = [
            (writer, link.seq, link.hash, device_id, link.op_id, body, now, *UNDECIDED)
            for link, body in wanted.values()
        ]
        add_rows(self.connection, schema.quarantine, rows)
        return len(rows)

    def erase_bodies(self, op_ids: Sequence[str], now: int, ground: str) -> list[str]:
        """Take the bodies away, keep ids and hashes; return which ops were held."""
        held = list(
            self.connection.execute(
                select(_o.op_id).where(_o.op_id.in_(op_ids)).order_by(_o.gsn)
            ).scalars()
        )
        known = set(self.connection.execute(select(_x.op_id).where(_x.op_id.in_(op_ids))).scalars())
        add_rows(
            self.connection,
            schema.erased,
            [(op_id, now, ground) for op_id in dict.fromkeys(op_ids) if op_id not in known],
        )
        self.connection.execute(update(schema.op).where(_o.op_id.in_(op_ids)).values(body=None))
        self.connection.execute(
            schema.rejected_body.delete().where(schema.rejected_body.c.op_id.in_(op_ids))
        )
        self.connection.execute(schema.quarantine.delete().where(_q.op_id.in_(op_ids)))
        # A snapshot was made of bodies that are gone: the next laptop that needs one makes one.
        self.connection.execute(schema.snapshot.delete())
        self.connection.execute(schema.snapshot_piece.delete())
        return held

    def find_erased(self, op_ids: Sequence[str]) -> set[str]:
        """Return which of these ops were erased."""
        return set(self.beside.execute(_FIND_ERASED, {"ids": op_ids}).scalars())

    def list_erased(self) -> list[tuple[str, int, str]]:
        """Return every erasure: op_id, when, on which ground."""
        query = select(_x.op_id, _x.erased_at, _x.ground).order_by(_x.op_id)
        rows = self.connection.execute(query)
        return [(str(op_id), int(at), str(why)) for op_id, at, why in rows]
