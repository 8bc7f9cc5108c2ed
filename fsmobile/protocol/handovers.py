"""Handover: the registry's signed word that one of its signing keys gave way to another.

Signing and following are in `key_succession`: the screens know handovers, and load no
cryptography.
"""

import msgspec
from msgspec import Struct

SHORT_KEY = 8
"""Hexadecimal digits of a public key that people compare."""
HANDOVERS_MAX = 64
"""More than a registry will ever need."""


class Handover(Struct, frozen=True, array_like=True):
    """One key hands over to another; both sign it."""

    old: bytes
    new: bytes
    """Ed25519, as `old`."""
    new_box: bytes
    """X25519, to which sticks are sealed from then on."""
    at: int
    by_old: bytes = b""
    by_new: bytes = b""

    @property
    def label(self) -> str:
        """The beginnings of both keys, for people to compare."""
        return f"{self.old.hex()[:SHORT_KEY]} → {self.new.hex()[:SHORT_KEY]}"

    def message(self) -> bytes:
        """Return the bytes that both keys sign."""
        return msgspec.msgpack.encode(["handover", self.old, self.new, self.new_box, self.at])


_decode = msgspec.msgpack.Decoder(tuple[Handover, ...]).decode
encode_succession = msgspec.msgpack.Encoder().encode


def decode_succession(data: bytes) -> tuple[Handover, ...]:
    """Read a succession of handovers, oldest first, not verified yet.

    Raises:
        ValueError: it is none, or endless.
    """
    try:
        found = _decode(data)
    except msgspec.DecodeError as error:
        raise ValueError(f"no succession: {error}") from error
    if len(found) > HANDOVERS_MAX:
        raise ValueError("a succession without end")
    return found
