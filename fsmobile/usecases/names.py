"""The end of names: what a person agreed to be kept until a day is gone on that day."""

from datetime import date

from fsmobile.core.journal import JournalAct
from fsmobile.store import journal
from fsmobile.store.erasure import erase_here, scrub, withhold_names
from fsmobile.store.names import list_held_names
from fsmobile.usecases.desk import Desk


def erase_expired_names(desk: Desk) -> int:
    """Erase the names whose day has come or that were taken back, from every file; count them.

    Each laptop does it by itself, at each opening: no network, and nobody, has to be waited
    for. What is promised stays; it names nobody. A plain laptop keeps no received name at all.
    """
    withhold_names(desk.replica)
    today = desk.today()
    expired = [one.op_id for one in list_held_names(desk.replica) if one.erase_on <= today]
    if expired:
        with desk.replica.write() as connection:
            erase_here(connection, expired)
        scrub(desk.replica)
        journal.note(desk.replica, desk.agent_id, JournalAct.NAMES_ERASED, count=len(expired))
    return len(expired)


def count_names(desk: Desk) -> tuple[int, date | None]:
    """Return how many facts hold a name here, and the day on which the next one goes."""
    held = list_held_names(desk.replica)
    return len(held), held[0].erase_on if held else None
