"""The chain over the registry's own numbers: one value identifies all ops up to a number.

    history_0 = 16 zero bytes
    history_n = first 16 bytes of SHA-256(history_(n-1) || n (8 bytes) || op id || hash || scope)

It covers what laptops read: two registries with the same value at a number have handed out the same
ops up to there. An op that is handed to nobody counts without a scope, and an erased one with its
hash, so that erasing changes no value.
"""

from hashlib import sha256

HISTORY_SIZE = 16
"""In bytes. Enough against chance collisions; nobody gains anything by forging one."""
FIRST_HISTORY = bytes(HISTORY_SIZE)


def next_history(previous: bytes, gsn: int, op_id: str, body_hash: bytes, scope: str) -> bytes:
    """Return the value after one more op; `scope` is where laptops read it, or empty."""
    content = previous + gsn.to_bytes(8, "big") + op_id.encode() + body_hash + scope.encode()
    return sha256(content).digest()[:HISTORY_SIZE]
