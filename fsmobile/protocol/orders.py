"""Orders: what the registry tells laptops to do, as ops that it writes itself.

A laptop may never write one: the registry refuses it, and a peer's is not heard.
"""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from fsmobile.protocol.ops import Op

ERASE = "erase"
POLICY = "policy"
SCOPE_DROP = "scope.drop"
KEY_REVOKE = "key.revoke"
ORDERS = frozenset({ERASE, POLICY, SCOPE_DROP, KEY_REVOKE})
"""Kinds of which only the registry is the author."""
CONFIRMED = (ERASE, POLICY, SCOPE_DROP)
"""Those that take something away: a person must be able to see where it is not done yet."""


class EraseOrder(Struct, frozen=True, kw_only=True):
    """Data of `erase`: bodies that must go, on every machine."""

    targets: tuple[str, ...]
    """Ids of ops; with an op that creates an entity goes every op on that entity."""
    ground: str


class RetentionOrder(Struct, frozen=True, kw_only=True):
    """Data of `policy`: bodies that are too old to be kept, by one rule for every machine."""

    families: tuple[str, ...]
    """First parts of kinds: `visit` is `visit.record`, `visit.correct`, `visit.void`."""
    before: str
    """Clock of ops: those from then on stay."""
    upto: int
    """Gsn of the last op that the registry had then: what came later stays, whatever its
    laptop's clock said."""


class DropOrder(Struct, frozen=True, kw_only=True):
    """Data of `scope.drop`: a laptop works elsewhere now, and may not see this any more."""

    scopes: tuple[str, ...]
    certificate: bytes
    """Encoded `certificates.Certificate`: what the laptop is from now on."""


class RevokeOrder(Struct, frozen=True, kw_only=True):
    """Data of `key.revoke`: a laptop whose key is good for nothing in this bus any more."""

    device_id: bytes
    issued_before: int | None = None
    """It works elsewhere: a certificate made since is good, should it come back. None: it was
    revoked, whatever it shows."""


Order = EraseOrder | RetentionOrder | DropOrder | RevokeOrder
_encode = msgspec.json.Encoder().encode
_DECODERS: dict[str, Callable[[bytes], Order]] = {
    ERASE: msgspec.json.Decoder(EraseOrder).decode,
    POLICY: msgspec.json.Decoder(RetentionOrder).decode,
    SCOPE_DROP: msgspec.json.Decoder(DropOrder).decode,
    KEY_REVOKE: msgspec.json.Decoder(RevokeOrder).decode,
}


def encode_order(order: Order) -> bytes:
    """Write the data of an order."""
    return _encode(order)


def read_order(op: Op) -> Order:
    """Read the data of an order.

    Raises:
        ValueError: it has not the shape of its kind.
    """
    try:
        return _DECODERS[op.kind](op.data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{op.kind}: {error}") from error
