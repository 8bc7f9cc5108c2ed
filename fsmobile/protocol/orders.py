"""Orders: what the registry tells laptops to do, as ops that it writes itself.

A laptop may never write one: the registry refuses it, and a peer's is not heard.
"""

import msgspec
from msgspec import Struct

from fsmobile.protocol.ops import Op

ERASE = "erase"
POLICY = "policy"
SCOPE_DROP = "scope.drop"
KEY_REVOKE = "key.revoke"
ORDERS = frozenset({ERASE, POLICY, SCOPE_DROP, KEY_REVOKE})
"""Kinds of which only the registry is the author."""


class EraseOrder(Struct, frozen=True, kw_only=True):
    """Data of `erase`: bodies that must go, on every machine."""

    targets: tuple[str, ...]
    """Ids of ops; with an op that creates an entity goes every op on that entity."""
    ground: str


_encode = msgspec.json.Encoder().encode
_decode_erase = msgspec.json.Decoder(EraseOrder).decode


def encode_order(order: EraseOrder) -> bytes:
    """Write the data of an order."""
    return _encode(order)


def read_erase(op: Op) -> EraseOrder:
    """Read the data of an `erase`.

    Raises:
        ValueError: it has not their shape.
    """
    try:
        return _decode_erase(op.data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{op.kind}: {error}") from error
