"""Handing a sealed file in over the network, on behalf of the laptop that wrote it.

`POST /v1/bundle` (docs/protocol.md): the body is the file, as it would go on a stick; the laptop
that hands it in names itself in a header. It need not be trusted with the file, which is signed by
its own laptop and sealed to the registry.
"""

import msgspec

from fsmobile.protocol.messages import Busy, ChunkTooLarge, Malformed, Revoked, UnknownDevice


class HandInRequest(msgspec.Struct, kw_only=True):
    """Who hands in which file; signed by the laptop that does."""

    protocol: int = msgspec.field(name="p")
    app: str
    device_id: bytes = msgspec.field(name="dev")
    sha256: bytes
    """Of the file."""


class HandedIn(msgspec.Struct, tag="handed_in", kw_only=True):
    """The file was read, and the registry holds its ops."""

    name: str
    """What people call the laptop that wrote it."""
    unit: str
    applied: int
    """Ops that were new at the registry."""
    aside: int
    """Those of its ops that are quarantined for a person, as a revoked laptop's are."""
    missing: int
    """Those of its ops that the registry lacks: the file is still needed."""


HandInAnswer = HandedIn | Malformed | UnknownDevice | Revoked | ChunkTooLarge | Busy


class HandInAnswered(msgspec.Struct, kw_only=True):
    """An answer tied to its file; the registry signs it."""

    sha256: bytes
    answer: HandInAnswer = msgspec.field(name="a")


encode = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(HandInRequest).decode
decode_answered = msgspec.msgpack.Decoder(HandInAnswered).decode
