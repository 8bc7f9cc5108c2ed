"""Following the registry to its new signing key: along handovers, from the key that is pinned."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

from fsmobile.errors import BadSignature, RegistryUnreachable
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.key_succession import follow, past_of
from fsmobile.store.identity import load_enrolment, save_registry_key
from fsmobile.store.replica import Replica

Done = TypeVar("Done")


class KeyDoor(Protocol):
    """Where the registry tells the succession of its keys."""

    def read_succession(self) -> tuple[Handover, ...]:
        """Return handovers, not verified.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        ...


def follow_registry(replica: Replica, succession: Sequence[Handover]) -> bool:
    """Pin the key that the pinned one handed over to; return whether there is one.

    It does not matter who brings the handovers: the trusted key has signed them.
    """
    enrolment = load_enrolment(replica)
    last = None if enrolment is None else follow(enrolment.registry_key, succession)
    if last is None:
        return False
    save_registry_key(replica, past_of(last.new, succession))
    return True


def following(replica: Replica, door: KeyDoor, exchange: Callable[[], Done]) -> Done:
    """Exchange; try once more if the registry has a new key to which the known one hands over.

    Raises:
        BadSignature: who answers has a key that the known one does not lead to.
    """
    try:
        return exchange()
    except BadSignature:
        succession: tuple[Handover, ...] = ()
        # Whoever answered is not trusted: if it tells no succession either, nothing changes.
        with suppress(RegistryUnreachable):
            succession = door.read_succession()
        if not follow_registry(replica, succession):
            raise
    return exchange()
