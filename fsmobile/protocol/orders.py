"""Orders: what the registry tells laptops to do, as ops that it writes itself.

A laptop may never write one: the registry refuses it, and so does the other laptop.
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
"""Kinds that only the registry may write."""
CONFIRMED = (ERASE, POLICY, SCOPE_DROP)
"""Those that take something away: a person must be able to see where this is not done yet."""


class EraseOrder(Struct, frozen=True, kw_only=True):
    """Data of `erase`: bodies to be removed, on every machine."""

    targets: tuple[str, ...]
    """Ids of ops; one that creates an entity stands for every op on that entity."""
    ground: str


class RetentionOrder(Struct, frozen=True, kw_only=True):
    """Data of `policy`: bodies that are too old to keep, by one rule for every machine."""

    families: tuple[str, ...]
    """First parts of kinds: `visit` is `visit.record`, `visit.correct`, `visit.void`."""
    before: str
    """Hybrid clock; ops from this instant on stay."""
    upto: int
    """Gsn of the last op that the registry had at that time: later ones stay, whatever their clock
    says."""


class DropOrder(Struct, frozen=True, kw_only=True):
    """Data of `scope.drop`: a laptop works elsewhere, and may no longer see these scopes."""

    scopes: tuple[str, ...]
    certificate: bytes
    """Encoded `certificates.Certificate`: the laptop's new assignment."""


class RevokeOrder(Struct, frozen=True, kw_only=True):
    """Data of `key.revoke`: a laptop whose key is no longer valid in this bus."""

    device_id: bytes
    issued_before: int | None = None
    """If set, the laptop works elsewhere, and a certificate issued since is valid should it come
    back. None: it was revoked for good."""


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
        ValueError: it does not have the shape of its kind.
    """
    try:
        return _DECODERS[op.kind](op.data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{op.kind}: {error}") from error
