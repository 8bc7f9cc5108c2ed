"""Handing a sealed file in over the network, on behalf of the laptop that wrote it.

`POST /v1/bundle` (docs/protocol.md): the body is the file, as it would go on a stick; who
hands it in says so in a header. The file needs no trust in them: it is signed by its own
laptop and sealed to the registry.
"""

import msgspec

from fsmobile.protocol.messages import Busy, ChunkTooLarge, Malformed, Revoked, UnknownDevice


class HandInRequest(msgspec.Struct, kw_only=True):
    """Who hands in which file; sealed by the laptop that does."""

    protocol: int = msgspec.field(name="p")
    app: str
    device_id: bytes = msgspec.field(name="dev")
    sha256: bytes
    """Of the file."""


class HandedIn(msgspec.Struct, tag="handed_in", kw_only=True):
    """The file was read; what it held is held by the registry."""

    name: str
    """What people call the laptop that wrote it."""
    unit: str
    applied: int
    """Ops that were new at the registry."""
    aside: int
    """Those of its ops that are kept apart for a person, as a revoked laptop's are."""
    missing: int
    """Those that the registry has nowhere: the file is still needed."""


HandInAnswer = HandedIn | Malformed | UnknownDevice | Revoked | ChunkTooLarge | Busy


class HandInAnswered(msgspec.Struct, kw_only=True):
    """An answer tied to its file; the registry signs it."""

    sha256: bytes
    answer: HandInAnswer = msgspec.field(name="a")


encode = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(HandInRequest).decode
decode_answered = msgspec.msgpack.Decoder(HandInAnswered).decode
