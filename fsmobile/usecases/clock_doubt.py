"""Whether this laptop's clock can be right: it cannot be before what was signed or recorded."""

from datetime import datetime

from fsmobile.store import queries
from fsmobile.usecases.desk import Desk

SLACK_MS = 3_600_000
"""A clock an hour behind puts no visit on a wrong day; the registry's drift line tells of it."""


def find_clock_doubt(desk: Desk) -> datetime | None:
    """Return a moment that is surely past, if the clock says that it is still to come.

    The registry's own clock holds over this laptop's: acts recorded while the clock was ahead
    cast no doubt on one that was put right since.
    """
    receipt = queries.load_sync_state(desk.replica).last_receipt
    known = queries.last_recorded_at(desk.replica) if receipt is None else receipt.now
    if known is None or desk.replica.clock.now_ms() >= known - SLACK_MS:
        return None
    return desk.at(known)
