"""Verifying the registry's journal: every event in its place, none changed or removed."""

from dataclasses import dataclass

from fsmobile.protocol.event_chain import FIRST_EVENT_CHAIN, next_event_chain
from fsmobile.registry.records import JournalRow
from fsmobile.registry.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalHealth:
    """What the journal holds, and what is wrong with it."""

    events: int
    seq: int
    """The head: noted elsewhere, with its chain, it reveals later whether the tail was cut."""
    chain: bytes
    faults: list[str]
    """`changed N`, `missing N`, `stray ID`, and `head N` for a head that is not in it."""


def verify_journal(storage: Storage, known: tuple[int, bytes] | None = None) -> JournalHealth:
    """Recompute the chain; `known` is a head that was noted earlier, elsewhere.

    Without one, it cannot be told whether the newest events were cut off.
    """
    faults: list[str] = []
    seq, chain, events = 0, FIRST_EVENT_CHAIN, 0
    is_known = known is None or known == (0, FIRST_EVENT_CHAIN)
    with storage.reading() as transaction:
        for row in transaction.read_journal():
            events += 1
            if row.seq is None or row.chain is None:
                faults.append(f"stray {row.event_id}")
                continue
            faults += [f"missing {gone}" for gone in range(seq + 1, row.seq)]
            seq = row.seq
            if _chain_of(chain, row, seq) != row.chain:
                faults.append(f"changed {seq}")
            # Continue from the stored value, so that one changed event is reported once.
            chain = row.chain
            is_known = is_known or (seq, chain) == known
    if known is not None and not is_known:
        faults.append(f"head {known[0]}")
    return JournalHealth(events=events, seq=seq, chain=chain, faults=faults)


def list_journal(storage: Storage) -> list[JournalRow]:
    """Return every event, the oldest first."""
    with storage.reading() as transaction:
        return list(transaction.read_journal())


def _chain_of(previous: bytes, row: JournalRow, seq: int) -> bytes:
    event = row.event
    return next_event_chain(
        previous, seq, row.event_id, event.at, event.kind, event.device_id, event.detail
    )
