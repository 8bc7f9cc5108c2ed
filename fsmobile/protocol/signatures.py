"""Ed25519 keys of laptops and of the registry; signing is pure, making a key needs randomness."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from fsmobile.protocol.boxes import BoxKey, box_key_of

SEED_SIZE = 32


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A private key; its `repr` shows nothing of it."""

    seed: bytes = field(repr=False)
    """32 random bytes."""

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes_raw()

    @cached_property
    def box(self) -> BoxKey:
        """The key that opens what is sealed to its owner."""
        return box_key_of(self.seed)

    def sign(self, message: bytes) -> bytes:
        """Sign the SHA-256 of a message (64 bytes)."""
        return self._private.sign(sha256(message).digest())


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature of the SHA-256 of `message` is by that key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, sha256(message).digest())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signed_by(keys: Iterable[bytes], message: bytes, signature: bytes) -> bool:
    """Tell whether the signature is by one of these keys."""
    return any(verify(key, message, signature) for key in keys)
