"""The hash chain of a writer: 32 bytes that prove what was recorded, and in which order.

    hash    = SHA-256(body)
    chain_n = SHA-256(chain_(n-1) || n (8 bytes) || op_id (16 bytes) || hash)
    chain_0 = SHA-256("v1" || device || writer)

The chain covers hashes, so it can still be checked after a body is erased.
"""

from hashlib import sha256


def hash_body(body: bytes) -> bytes:
    """Hash the verbatim bytes of an op's body."""
    return sha256(body).digest()


def first_chain(device_id: bytes, writer: bytes) -> bytes:
    """Return the chain value before the first op of a writer."""
    return sha256(b"v1" + device_id + writer).digest()


def next_chain(previous: bytes, seq: int, op_id: str, body_hash: bytes) -> bytes:
    """Return the chain value after one more op."""
    id_bytes = bytes.fromhex(op_id.replace("-", ""))
    return sha256(previous + seq.to_bytes(8, "big") + id_bytes + body_hash).digest()
