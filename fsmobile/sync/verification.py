"""`sync --verify`: compares what both sides hold for each day, and repairs differences.

Digests find the days, listings find the ops, and each side gives what the other lacks. Nothing is
deleted: a difference only ever adds ops, here or on the registry.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from fsmobile.protocol.digests import (
    DAY,
    FIRST_DAY,
    ITEM_SIZE,
    LAST_DAY,
    LEVELS,
    Claim,
    Difference,
    Listing,
    Span,
    day_at,
    item_of,
    span_of,
    split_items,
    summarise,
)
from fsmobile.protocol.messages import PulledOp, Verified, Verify
from fsmobile.store import cursors, held_days, pages, queries
from fsmobile.store.replica import Replica
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import DayDifference, Verification

DAYS = 45
SPANS_MAX = 100
"""Per request: a coordinator compares the days of each bus."""
ITEMS_MAX = 4_000
"""Listed items per request: 32 KiB."""
GIVEN_BACK_BYTES = 256 * 1024
GIVEN_BACK_OPS = 1_000


def verify_days(replica: Replica, engine: SyncEngine, found: Verification) -> None:
    """Compare the last 45 days, or the whole history, with the registry, and repair both sides.

    The result is updated as differences are found.

    Raises:
        RegistryUnreachable, NotAllowed, OutOfStep: as a sync; what was mended stays mended.
    """
    _Verifier(replica, engine, found).run()


class _Verifier:
    """One verification."""

    def __init__(self, replica: Replica, engine: SyncEngine, found: Verification) -> None:
        self._replica = replica
        self._engine = engine
        self._scopes = sorted(cursors.load_reading(replica).cursors)
        self._found = found
        self._claimed = 0
        """Ops in the claims of the last comparison."""

    def _first_day(self) -> str:
        """Return the first day of the window by the registry's clock, since ours may be wrong."""
        offset = queries.load_sync_state(self._replica).clock_offset_ms or 0
        today = date.fromisoformat(day_at(self._replica.clock.now_ms() + offset))
        return (today - timedelta(days=DAYS - 1)).isoformat()

    def run(self) -> None:
        found = self._found
        found.first_day = FIRST_DAY if found.is_whole else self._first_day()
        requests = self._engine.report.requests
        levels = LEVELS if found.is_whole else (DAY,)
        spans = [Span(index, found.first_day, LAST_DAY) for index in range(len(self._scopes))]
        differs: list[Difference] = []
        for level in levels:
            differs = self._compare(spans, level)
            found.ops = found.ops or self._claimed
            spans = [Span(one.scope, *span_of(one.period)) for one in differs]
            if not spans:
                break
        found.differed = self._describe(differs)
        for batch in self._batches(differs):
            self._mend(batch)
        if spans:
            found.remaining = self._describe(self._compare(spans, DAY))
        found.requests = self._engine.report.requests - requests

    # Finding days

    def _compare(self, spans: Sequence[Span], level: int) -> list[Difference]:
        differs: list[Difference] = []
        claimed = 0
        for start in range(0, len(spans), SPANS_MAX):
            some = spans[start : start + SPANS_MAX]
            differs += self._engine.compare(partial(self._claim, some, level)).differs
            claimed += self._claimed
        self._claimed = claimed
        return differs

    def _claim(self, spans: Sequence[Span], level: int) -> Verify:
        """Describe what is held for some days."""
        claims = []
        for span in spans:
            held = held_days.read_held(
                self._replica, self._scopes[span.scope], span.first, span.last
            )
            claims += [
                Claim(span.scope, period, digest.count, digest.short())
                for period, digest in sorted(summarise(held, level).items())
            ]
        self._claimed = sum(claim.count for claim in claims)
        return Verify(scopes=self._scopes, spans=list(spans), level=level, claims=claims)

    def _describe(self, differs: Sequence[Difference]) -> list[DayDifference]:
        return [
            DayDifference(
                scope=self._scopes[one.scope],
                day=one.period,
                here=len(self._items(one)),
                there=one.count,
            )
            for one in differs
        ]

    # Mending days

    def _items(self, day: Difference) -> dict[bytes, str]:
        held = held_days.read_held(self._replica, self._scopes[day.scope], *span_of(day.period))
        return {item_of(op_id, body_hash)[:ITEM_SIZE]: op_id for op_id, body_hash in held}

    def _batches(self, differs: Sequence[Difference]) -> list[list[Difference]]:
        """Split the days into batches that each fit one request."""
        batches: list[list[Difference]] = []
        room = 0
        for one in differs:
            # A day of which nothing is left here takes room in the request too.
            size = max(1, len(self._items(one)))
            if not batches or size > room:
                batches.append([])
                room = ITEMS_MAX
            batches[-1].append(one)
            room -= size
        return batches

    def _mend(self, days: Sequence[Difference]) -> None:
        """List some days; take what is missing here, give what is missing there."""
        while True:
            verified = self._engine.compare(
                lambda: Verify(scopes=self._scopes, listings=[self._list(day) for day in days])
            )
            new = pages.take_lost(self._replica, verified.ops, self._scopes)
            self._found.taken += new
            if not (verified.more and new):
                break
        self._give_back(days, verified)

    def _list(self, day: Difference) -> Listing:
        return Listing(day.scope, day.period, b"".join(self._items(day)))

    def _give_back(self, days: Sequence[Difference], verified: Verified) -> None:
        asked: dict[tuple[int, str], list[bytes]] = {
            (one.scope, one.day): split_items(one.items) for one in verified.lacking
        }
        ops: list[PulledOp] = []
        lacking: list[str] = []
        for day in days:
            items = self._items(day)
            wanted = [
                items[item] for item in asked.get((day.scope, day.period), ()) if item in items
            ]
            lacking += wanted
            ops += held_days.read_given_back(self._replica, wanted, day.scope)
        for chunk in _chunks(ops):
            answer = self._engine.compare(partial(Verify, scopes=self._scopes, ops=chunk))
            self._found.given += answer.taken
            self._found.aside += answer.aside
        held_days.doubt_places(self._replica, lacking)


def _chunks(ops: Sequence[PulledOp]) -> list[list[PulledOp]]:
    """Split ops into chunks that each fit one request."""
    chunks: list[list[PulledOp]] = []
    room = 0
    for op in ops:
        size = len(op.body or b"")
        if not chunks or size > room or len(chunks[-1]) == GIVEN_BACK_OPS:
            chunks.append([])
            room = GIVEN_BACK_BYTES
        chunks[-1].append(op)
        room -= size
    return chunks
