"""Rows of events and of quarantined ops."""

import logging
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import func, insert, select

from fsmobile.protocol.event_chain import FIRST_EVENT_CHAIN, next_event_chain
from fsmobile.registry import schema
from fsmobile.registry.records import Event, JournalRow, NewLink
from fsmobile.registry.rows import Rows, add_rows

log = logging.getLogger("fsmobile.registry")

QUARANTINE_MAX = 20_000
"""Quarantined ops per laptop: room for years of work, but not to fill the disk."""

DROPPED = b""
"""Body of a quarantined op past its age: the row still says that it came, and keeps it out."""

UNDECIDED = (None, None, None, None)
"""The last columns of what is kept apart, until a person has looked."""
_q = schema.quarantine.c
_v = schema.event.c


class EventRows(Rows):
    """What an administrator looks at."""

    __slots__ = ()

    def count_events_of(self, device_id: bytes, kind: str, *, since: int) -> int:
        """Return how many events of a kind a laptop has caused since an instant."""
        query = select(func.count()).where(
            _v.device_id == device_id, _v.kind == kind, _v.at >= since
        )
        return int(self.connection.execute(query).scalar_one())

    def newest_event_of(self, device_id: bytes, kind: str) -> int:
        """Return when the newest event of a kind about a laptop was; 0 for none."""
        query = select(func.max(_v.at)).where(_v.device_id == device_id, _v.kind == kind)
        return int(self.connection.execute(query).scalar_one() or 0)

    def count_events_by(self, author: str, kind: str, *, since: int) -> int:
        """Count the events of a kind since an instant whose detail has a prefix."""
        query = select(func.count()).where(
            _v.at >= since, _v.kind == kind, _v.detail.startswith(author, autoescape=True)
        )
        return int(self.connection.execute(query).scalar_one())

    def add_event(self, event_id: str, event: Event) -> None:
        """Append an event to the journal, and log it."""
        device = None if event.device_id is None else event.device_id.hex()[:8]
        log.warning("%s", event.kind, extra={"device": device, "detail": event.detail})
        last, chain = self.journal_head()
        self.connection.execute(
            insert(schema.event).values(
                event_id=event_id,
                at=event.at,
                kind=event.kind,
                device_id=event.device_id,
                detail=event.detail,
                seq=last + 1,
                chain=next_event_chain(
                    chain,
                    last + 1,
                    event_id,
                    event.at,
                    event.kind,
                    event.device_id,
                    event.detail,
                ),
            )
        )

    def journal_head(self) -> tuple[int, bytes]:
        """Return how many events the journal holds, and its chain up to there."""
        query = select(_v.seq, _v.chain).where(_v.seq.is_not(None))
        head = self.connection.execute(query.order_by(_v.seq.desc()).limit(1)).first()
        return (0, FIRST_EVENT_CHAIN) if head is None else (head.seq, bytes(head.chain))

    def read_journal(self) -> Iterator[JournalRow]:
        """Yield every event, the oldest first; those without a place come last."""
        query = select(schema.event).order_by(_v.seq.is_(None), _v.seq, _v.event_id)
        for row in self.connection.execute(query.execution_options(yield_per=1000)):
            event = Event(row.at, row.kind, row.device_id, row.detail)
            yield JournalRow(seq=row.seq, event_id=row.event_id, event=event, chain=row.chain)

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

    def find_quarantined(self, device_id: bytes, op_ids: Collection[str]) -> set[str]:
        """Return which of these ops of a laptop are quarantined, decided upon or not."""
        query = select(_q.op_id).where(_q.device_id == device_id, _q.op_id.in_(list(op_ids)))
        return set(self.connection.execute(query).scalars())

    def list_quarantined(self) -> dict[bytes, int]:
        """Return how many ops of each laptop are kept apart and wait for a decision."""
        query = (
            select(_q.device_id, func.count())
            .where(_q.decision.is_(None), _q.body != DROPPED)
            .group_by(_q.device_id)
        )
        return {bytes(device): int(count) for device, count in self.connection.execute(query)}

    def add_quarantined(
        self, device_id: bytes, writer: bytes, items: Iterable[tuple[NewLink, bytes]], now: int
    ) -> int:
        """Quarantine the ops that are not there yet; return how many are new."""
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
