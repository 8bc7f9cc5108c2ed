"""A laptop's own key gives way to another: noted first, shown to the registry until it knows."""

from collections.abc import Callable
from typing import TypeVar

from fsmobile.errors import ProtocolMismatch
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.key_succession import past_of
from fsmobile.store import identity
from fsmobile.store.replica import Replica

Done = TypeVar("Done")


def note_handover(replica: Replica, handover: Handover) -> None:
    """Note that the key gives way to another, before the other takes its place.

    Of handovers that were noted and whose key never took its place, none is kept.
    """
    led_here = past_of(handover.old, identity.list_handovers(replica))
    identity.save_handovers(replica, (*led_here, handover))


def showing_handovers(replica: Replica, exchange: Callable[[], Done]) -> Done:
    """Exchange; once more if the registry has forgotten how this laptop came to its key.

    Raises:
        ProtocolMismatch: it does not believe that either.
    """
    try:
        return exchange()
    except ProtocolMismatch as error:
        is_unknown = error.params.get("detail") == "signature"
        if not (is_unknown and identity.show_handovers_again(replica)):
            raise
    return exchange()
