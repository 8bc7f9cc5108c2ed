"""What waits, since when, and what the registry has signed for."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from fsmobile.store import held_days, journal, queries, sticks
from fsmobile.store.queries import SyncState, Waiting
from fsmobile.store.replica import Replica
from fsmobile.usecases.desk import Desk

SHARED_DAYS = 7
SHARED_RESTARTS = 3
"""A laptop put back from a copy begins one new log; a key on two machines, one at each sync."""


class Stick(Struct, frozen=True, kw_only=True):
    """The last file written for a stick, in the structure's wall time."""

    ops: int
    visits: int
    made_at: datetime
    first_at: datetime | None
    """When the oldest act on it was recorded, if it carries any."""
    last_at: datetime | None
    answered_at: datetime | None
    """When the registry's answer to it was read here."""
    last_answer_at: datetime | None
    """When the answer to any stick was last read here."""


class SyncStatus(Struct, frozen=True, kw_only=True):
    """The state of the sync in the structure's wall time."""

    state: SyncState
    oldest_at: datetime | None
    synced_at: datetime | None
    receipt_at: datetime | None
    """When the registry signed its last receipt, by the registry's clock."""


def load_sync_status(desk: Desk) -> SyncStatus:
    """Return what waits and what is held."""
    state = queries.load_sync_state(desk.replica)
    receipt = state.last_receipt
    return SyncStatus(
        state=state,
        oldest_at=None if state.oldest_at is None else desk.at(state.oldest_at),
        synced_at=None if state.synced_at is None else desk.at(state.synced_at),
        receipt_at=None if receipt is None else desk.at(receipt.now),
    )


def is_key_shared(replica: Replica) -> bool:
    """Tell whether another machine seems to exchange under this laptop's enrolment."""
    since = replica.clock.now_ms() - SHARED_DAYS * 24 * 3600 * 1000
    return queries.count_restarts(replica, since) >= SHARED_RESTARTS


class DayReceipt(Struct, frozen=True, kw_only=True):
    """What receipts say of today's visits recorded on this laptop."""

    received: int
    total: int
    at: datetime | None
    """When the registry signed the last one, by its own clock; None before the first."""


def load_day_receipt(desk: Desk) -> DayReceipt:
    """Return how many of today's visits the registry has signed for."""
    received, total = held_days.count_received_visits(desk.replica, desk.today())
    receipt = queries.load_sync_state(desk.replica).last_receipt
    return DayReceipt(
        received=received, total=total, at=None if receipt is None else desk.at(receipt.now)
    )


def load_stick(desk: Desk) -> Stick | None:
    """Return what the last stick carries, or None when none was ever written."""
    entries = sticks.list_sticks(desk.replica)
    if not entries:
        return None

    def at(instant: int | None) -> datetime | None:
        return None if instant is None else desk.at(instant)

    last = entries[0]
    answers = [one.acked_at for one in entries if one.acked_at is not None]
    return Stick(
        ops=last.ops,
        visits=last.visits,
        made_at=desk.at(last.made_at),
        first_at=at(last.first_at),
        last_at=at(last.last_at),
        answered_at=at(last.acked_at),
        last_answer_at=at(max(answers, default=None)),
    )


def list_waiting(desk: Desk) -> list[Waiting]:
    """Return own ops without a receipt, the oldest first."""
    return queries.list_waiting(desk.replica)


def load_noted_act(desk: Desk, op_id: str) -> str:
    """Return what a waiting line of the journal tells of; nothing of another kind of act."""
    return journal.load_act(desk.replica, op_id)


def list_refusals(desk: Desk) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return (op_id, kind, code, detail) of own ops that the registry refused."""
    return queries.list_refusals(desk.replica)


def has_changed(desk: Desk, since: int) -> tuple[bool, int]:
    """Tell whether another program wrote to the store since a version; return the new one."""
    version = desk.replica.data_version()
    return version != since, version
