"""Unfinished visits: saved at every key, parked, resumed, offered again after a crash."""

from fsmobile.store import drafts
from fsmobile.store.drafts import StoredDraft
from fsmobile.usecases.desk import Desk


def new_draft_id(desk: Desk) -> str:
    """Name a new draft."""
    return drafts.new_draft_id(desk.replica)


def save_draft(desk: Desk, draft_id: str, state: str) -> None:
    """Keep a draft as it stands, durably.

    Raises:
        StoreFull, StoreBusy: the draft as it stood before is kept.
    """
    drafts.save_draft(desk.replica, draft_id, state)


def list_drafts(desk: Desk) -> list[StoredDraft]:
    """Return all drafts, the oldest first."""
    return drafts.list_drafts(desk.replica)


def drop_draft(desk: Desk, draft_id: str) -> None:
    """Throw a draft away, because the agent said so."""
    drafts.drop_draft(desk.replica, draft_id)
