"""The dead-man rule: a laptop that has long been silent shows no name, until its next sync.

A bus that lies in a yard, or in somebody's garage, keeps its timetable and its figures usable;
the names of people are shown again once the registry has been heard, which is when a stolen
laptop learns that it was revoked. It is a rule of the program: whoever has the passphrase and
another program reads the store as it is.
"""

from msgspec.structs import replace

from fsmobile.core.follow_ups import FollowUpState
from fsmobile.errors import NotAllowed
from fsmobile.store.exchanges import last_contact, last_instant
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk

DAY_MS = 86_400_000


def are_names_locked(desk: Desk) -> bool:
    """Tell whether this laptop has been silent for longer than its settings allow."""
    if desk.silence_days == 0:
        return False
    # A clock that is set back opens nothing by itself; an act recorded under it does.
    now = last_instant(desk.replica)
    return now - last_contact(desk.replica) > desk.silence_days * DAY_MS


def refuse_locked_names(desk: Desk) -> None:
    """Refuse what reads or writes a name while names are locked.

    Raises:
        NotAllowed: they are.
    """
    if are_names_locked(desk):
        raise NotAllowed("names_locked", days=desk.silence_days)


def hide_name(state: FollowUpState) -> FollowUpState:
    """Return a follow-up as it is shown while names are locked: with what opens them."""
    if state.named is None:
        return state
    locked = replace(
        state.named, name=_("nom verrouillé"), contact=_("une synchronisation le rouvre")
    )
    return replace(state, named=locked)
