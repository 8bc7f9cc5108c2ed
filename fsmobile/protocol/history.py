"""The chain over the registry's own numbers: one value names all that came before it.

    history_0 = 16 zero bytes
    history_n = first 16 bytes of SHA-256(history_(n-1) || n (8 bytes) || op id || hash || scope)

It covers what a laptop reads: two registries with one value at a number have handed out the
same ops up to there. An op that nobody is handed counts with no scope, and an erased one with
its hash, so that erasing changes no value.
"""

from hashlib import sha256

HISTORY_SIZE = 16
"""Bytes; nobody gains by two histories that look the same, chance alone must not make them."""
FIRST_HISTORY = bytes(HISTORY_SIZE)


def next_history(previous: bytes, gsn: int, op_id: str, body_hash: bytes, scope: str) -> bytes:
    """Return the value after one more op, given the scope in which laptops read it, if any."""
    content = previous + gsn.to_bytes(8, "big") + op_id.encode() + body_hash + scope.encode()
    return sha256(content).digest()[:HISTORY_SIZE]
