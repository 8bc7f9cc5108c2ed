"""The hash chain of a registry's journal: 32 bytes that fix all events up to one.

    chain_n = SHA-256(chain_(n-1) || JSON of [n, event_id, at, kind, device, detail])
    chain_0 = SHA-256("journal v1")

Somebody who has noted `n` and `chain_n` outside the registry can later tell whether its first n
events are unchanged. Without such a note, nobody can tell whether the newest were cut off.
"""

from hashlib import sha256

import msgspec

FIRST_EVENT_CHAIN = sha256(b"journal v1").digest()
_encode = msgspec.json.Encoder().encode


def next_event_chain(
    previous: bytes,
    seq: int,
    event_id: str,
    at: int,
    kind: str,
    device_id: bytes | None,
    detail: str,
) -> bytes:
    """Return the chain value after one more event."""
    device = None if device_id is None else device_id.hex()
    return sha256(previous + _encode([seq, event_id, at, kind, device, detail])).digest()
