"""Unfinished visits: one row each, written at every key, several at once."""

from msgspec import Struct

from fsmobile.core.ids import make_uuid7
from fsmobile.store.replica import Replica


class StoredDraft(Struct, frozen=True, kw_only=True):
    """A draft as the store keeps it; only the entry form understands `state`."""

    draft_id: str
    started_at: int
    updated_at: int
    state: str
    """JSON."""


def new_draft_id(replica: Replica) -> str:
    """Name a new draft."""
    return make_uuid7(replica.clock.now_ms(), replica.chance.token(10))


def save_draft(replica: Replica, draft_id: str, state: str) -> None:
    """Write a draft, durably."""
    now = replica.clock.now_ms()
    with replica.write() as connection:
        connection.execute(
            "INSERT INTO draft (draft_id, started_at, updated_at, state) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (draft_id) DO UPDATE SET updated_at = excluded.updated_at,"
            " state = excluded.state",
            (draft_id, now, now, state),
        )


def list_drafts(replica: Replica) -> list[StoredDraft]:
    """Return all drafts, the oldest first."""
    return [
        StoredDraft(draft_id=draft_id, started_at=started, updated_at=updated, state=state)
        for draft_id, started, updated, state in replica.connection.execute(
            "SELECT draft_id, started_at, updated_at, state FROM draft ORDER BY started_at"
        )
    ]


def drop_draft(replica: Replica, draft_id: str) -> None:
    """Delete a draft that the agent discards."""
    with replica.write() as connection:
        connection.execute("DELETE FROM draft WHERE draft_id = ?", (draft_id,))
