"""Following the registry from one signing key to the next; both keys sign the handover.

A laptop that knows any of them so finds its way to the last and believes no other; one that
knows the last may still take what those before it signed in their time.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.signatures import SigningKey, verify


def hand_over(old: SigningKey, new: SigningKey, at: int) -> Handover:
    """Sign that a key gives way to another."""
    plain = Handover(old.public, new.public, new.box.public, at)
    message = plain.message()
    return replace(plain, by_old=old.sign(message), by_new=new.sign(message))


def steps_from(key: bytes, succession: Iterable[Handover]) -> Iterator[Handover]:
    """Yield the handovers of a succession that lead on from a key, oldest first."""
    for one in succession:
        if one.old == key and _is_signed(one):
            key = one.new
            yield one


def follow(key: bytes, succession: Iterable[Handover]) -> Handover | None:
    """Return the last handover of the succession that starts at a key; None if there is none."""
    return next(reversed([*steps_from(key, succession)]), None)


def past_of(key: bytes, succession: Sequence[Handover]) -> tuple[Handover, ...]:
    """Return the handovers that led to a key, oldest first."""
    found: list[Handover] = []
    for one in reversed(succession):
        if one.new == key and _is_signed(one):
            key = one.old
            found.append(one)
    return tuple(reversed(found))


def _is_signed(one: Handover) -> bool:
    message = one.message()
    return verify(one.old, message, one.by_old) and verify(one.new, message, one.by_new)
