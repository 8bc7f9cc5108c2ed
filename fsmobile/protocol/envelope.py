"""The envelope of every request and reply: msgpack `[payload, signature]`.

The payload's bytes are signed and kept as they came; nothing is ever re-encoded, so
there is no canonical form to get wrong.
"""

from collections.abc import Callable

import msgspec

MEDIA_TYPE = "application/vnd.fsmobile.sync.v1"
PROTOCOL = 1

_decoder = msgspec.msgpack.Decoder(tuple[bytes, bytes])
_encode = msgspec.msgpack.Encoder().encode


def seal(payload: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Wrap a payload with its signature."""
    return _encode((payload, sign(payload)))


def unseal(envelope: bytes) -> tuple[bytes, bytes]:
    """Return (payload, signature), not verified yet.

    Raises:
        ValueError: the bytes are no envelope.
    """
    try:
        return _decoder.decode(envelope)
    except msgspec.DecodeError as error:
        raise ValueError("not an envelope") from error
