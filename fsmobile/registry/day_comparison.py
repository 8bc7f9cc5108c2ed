"""Comparing days with a laptop, and taking back ops that only the laptop still holds.

A difference makes ops travel in whichever direction they are missing; nothing is ever deleted on
either side.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.digests import (
    ITEM_SIZE,
    Difference,
    Listing,
    differences,
    ids_between,
    item_of,
    span_of,
    split_items,
    summarise,
)
from fsmobile.protocol.history import next_history
from fsmobile.protocol.messages import PulledOp, SyncRequest, Verified, Verify
from fsmobile.protocol.ops import Op, check_op_id, read_op
from fsmobile.protocol.orders import ORDERS
from fsmobile.registry.event_rows import QUARANTINE_MAX
from fsmobile.registry.intake import UNTAKEN
from fsmobile.registry.pulls import bytes_max_of, fitting, pulled, readable_scopes
from fsmobile.registry.records import DeviceRow, NewLink, NewRow
from fsmobile.registry.storage import Transaction

OPS_MAX = 2_500
"""Handed back in one answer."""
UNPROVEN = b"\xff" * 16
"""Pseudo-writer of quarantined ops that nobody can prove; no laptop can have it."""


def compare_days(transaction: Transaction, device: DeviceRow, request: SyncRequest) -> Verified:
    """Return how a laptop's claims about some days differ from what is held here."""
    verify = request.verify
    if verify is None:
        return Verified()
    scopes = set(readable_scopes(transaction, device))
    # Ops that the cursors have not passed yet are no difference: they are on their way.
    upto = {
        index: request.cursors.get(scope, 0) if scope in scopes else 0
        for index, scope in enumerate(verify.scopes)
    }
    comparison = _Comparison(transaction, verify, upto)
    lacking: list[Listing] = []
    missing: list[str] = []
    for listing in verify.listings:
        missing_there, missing_here = comparison.compare_items(listing)
        missing += missing_there
        lacking += [missing_here] if missing_here.items else []
    rows = fitting(transaction.read_ops(missing[:OPS_MAX]), bytes_max_of(request))
    return Verified(
        differs=comparison.find_differences(),
        ops=[pulled(row, verify.scopes) for row in rows],
        lacking=lacking,
        more=len(rows) < len(missing),
    )


class _Comparison:
    """One comparison, over what is held up to the cursors of the laptop."""

    def __init__(self, transaction: Transaction, verify: Verify, upto: Mapping[int, int]) -> None:
        self._transaction = transaction
        self._verify = verify
        self._upto = upto

    def _held(self, scope: int, first: str, last: str) -> Iterable[tuple[str, bytes]]:
        low, high = ids_between(first, last)
        name = self._verify.scopes[scope]
        return self._transaction.read_hashes(name, low, high, self._upto[scope])

    def find_differences(self) -> list[Difference]:
        """Return the periods of the spans that differ from the claims."""
        claimed: dict[int, dict[str, tuple[int, bytes]]] = {}
        for claim in self._verify.claims:
            claimed.setdefault(claim.scope, {})[claim.period] = (claim.count, claim.digest)
        found = []
        for span in self._verify.spans:
            held = summarise(self._held(span.scope, span.first, span.last), self._verify.level)
            first, last = (day[: self._verify.level] for day in (span.first, span.last))
            said = {
                period: claim
                for period, claim in claimed.get(span.scope, {}).items()
                if first <= period <= last
            }
            found += [
                Difference(span.scope, period, count)
                for period, count in differences(said, held).items()
            ]
        return found

    def compare_items(self, listing: Listing) -> tuple[list[str], Listing]:
        """Return the op ids of a day that the laptop lacks, and the items lacking here."""
        held = {
            item_of(op_id, body_hash)[:ITEM_SIZE]: op_id
            for op_id, body_hash in self._held(listing.scope, *span_of(listing.day))
        }
        listed = split_items(listing.items)
        missing_there = held.keys() - set(listed)
        missing_here = [item for item in listed if item not in held]
        return (
            sorted(held[item] for item in missing_there),
            Listing(listing.scope, listing.day, b"".join(missing_here)),
        )


def take_back(
    transaction: Transaction, device: DeviceRow, verify: Verify, now: int
) -> tuple[int, int]:
    """Put back ops that were acknowledged and are gone; return (put back, quarantined).

    A link of a chain proves an op, whoever brings it. An op without proof is quarantined for a
    person: it may be the last copy of the work of a laptop that no longer exists.
    """
    sent = [_read_sent(item, verify.scopes[item.scope]) for item in verify.ops]
    op_ids = [one.op_id for one in sent]
    held = transaction.find_hashes(op_ids)
    missing = [one for one in sent if one.op_id not in held]
    entities = {one.op_id: one.op.entity for one in sent if one.op is not None}
    gone = transaction.find_erased({*op_ids, *entities.values()})
    erased = {op_id for op_id in op_ids if {op_id, entities.get(op_id, op_id)} & gone}
    scopes = set(readable_scopes(transaction, device))
    missing = [
        replace(one, op=None) if one.op_id in erased else one
        for one in missing
        if one.scope in scopes
    ]
    proven = _prove(transaction, missing, erased)
    apart = [
        (NewLink(0, one.op_id, one.hash, b""), one.op.body)
        for one in missing
        if one.op is not None and one.op_id not in proven
    ]
    codes = transaction.codes_of(list(proven))
    rows = [
        _row(one, writer, now, is_forwarded=codes.get(one.op_id) not in UNTAKEN)
        for one, writer in proven.values()
    ]
    if rows:
        transaction.add_ops(rows)
        _explain_holes(transaction, rows)
    if transaction.count_quarantined(device.device_id) + len(apart) > QUARANTINE_MAX:
        apart = []
    return len(rows), transaction.add_quarantined(device.device_id, UNPROVEN, apart, now)


def _prove(
    transaction: Transaction, missing: Sequence["_Sent"], erased: Collection[str]
) -> dict[str, tuple["_Sent", bytes]]:
    """Return op id → (op, writer) of what a link proves, in the order of each chain.

    Whoever sees an op sees those before it.
    """
    links = transaction.find_links([one.op_id for one in missing])
    found = []
    for one in missing:
        link = links.get((one.op_id, one.hash))
        if link is None:
            continue
        writer, seq, was_taken_in = link
        # A laptop could announce any hash as erased, then bring whatever has that hash; or bring
        # nothing, and so take the op from all others.
        if (one.op is not None and was_taken_in) or one.op_id in erased:
            found.append((writer, seq, one))
    found.sort(key=itemgetter(0, 1))
    return {one.op_id: (one, writer) for writer, _, one in found}


def _explain_holes(transaction: Transaction, rows: Sequence[NewRow]) -> None:
    """Record what stood at missing numbers, where the chain over the numbers proves it.

    Only runs of ops in the order of their chains are tried: where two laptops wrote in turns, a
    hole remains, which `registry verify` reports.
    """
    for first, last in transaction.list_holes():
        length = last - first + 1
        before, after = (
            transaction.histories_at([first - 1]),
            transaction.read_history_row(last + 1),
        )
        for start in range(len(rows) - length + 1):
            run = rows[start : start + length]
            history = before.get(first - 1)
            if history is None or after is None:
                break
            for gsn, row in enumerate(run, start=first):
                history = next_history(history, gsn, row.op_id, row.hash, row.scope)
            if after.history == next_history(
                history, after.gsn, after.op_id, after.hash, after.scope
            ):
                for gsn, row in enumerate(run, start=first):
                    transaction.add_moved(gsn, row.op_id, row.hash, row.scope)
                break


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """An op that a laptop gives back."""

    op_id: str
    hash: bytes
    scope: str
    op: Op | None
    """None when its body was erased."""


def _read_sent(item: PulledOp, scope: str) -> _Sent:
    if item.body is not None:
        op = read_op(item.body)
        return _Sent(op_id=op.op_id, hash=hash_body(item.body), scope=op.scope, op=op)
    if item.erased is None:
        raise ValueError("op without a body")
    op_id = check_op_id(item.erased.op_id)
    return _Sent(op_id=op_id, hash=item.erased.hash, scope=scope, op=None)


def _row(one: _Sent, writer: bytes, now: int, *, is_forwarded: bool) -> NewRow:
    op = one.op
    return NewRow(
        op_id=one.op_id,
        writer=writer,
        kind="" if op is None else op.kind,
        scope=one.scope,
        entity=one.op_id if op is None else op.entity,
        body=None if op is None else op.body,
        hash=one.hash,
        is_forwarded=is_forwarded and (op is None or op.kind not in ORDERS),
        received_at=now,
    )
