"""Signatures that cost nothing, for worlds by the thousand: checked like the real ones.

Ed25519 takes a sixth of a world's time and nothing of its meaning. These cannot be forged by
a bit that flips on the way, which is all that a simulated network does; an attacker is the
business of `tests/protocol/` and of worlds with everything real.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b, sha256
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature

from fsmobile.protocol import signatures
from fsmobile.simulation.replacing import replaced


class CheapPublicKey:
    """The stand-in for a public key."""

    def __init__(self, public: bytes) -> None:
        """Take its 32 bytes."""
        self._public = public

    @classmethod
    def from_public_bytes(cls, public: bytes) -> "CheapPublicKey":
        """Read a public key.

        Raises:
            ValueError: not 32 bytes.
        """
        if len(public) != signatures.SEED_SIZE:
            raise ValueError("a public key has 32 bytes")
        return cls(public)

    def public_bytes_raw(self) -> bytes:
        """Return its 32 bytes."""
        return self._public

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check a signature.

        Raises:
            InvalidSignature: not of this message by this key.
        """
        if not compare_digest(_sign(self._public, message), signature):
            raise InvalidSignature


class CheapPrivateKey:
    """The stand-in for a private key."""

    def __init__(self, seed: bytes) -> None:
        """Take the seed."""
        self._public = sha256(seed).digest()

    @classmethod
    def from_private_bytes(cls, seed: bytes) -> "CheapPrivateKey":
        """Make the key of a seed."""
        return cls(seed)

    def public_key(self) -> CheapPublicKey:
        """Return the key that checks its signatures."""
        return CheapPublicKey(self._public)

    def sign(self, message: bytes) -> bytes:
        """Sign a message (64 bytes)."""
        return _sign(self._public, message)


def _sign(public: bytes, message: bytes) -> bytes:
    return blake2b(message, key=public).digest()


@contextmanager
def cheap_keys() -> Iterator[None]:
    """Let `protocol.signatures` work with these as long as the block lasts."""
    with (
        replaced(signatures, "Ed25519PrivateKey", CheapPrivateKey),
        replaced(signatures, "Ed25519PublicKey", CheapPublicKey),
    ):
        yield
