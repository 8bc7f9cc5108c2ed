"""X25519 boxes: sealing what travels on a stick to a single reader.

The box key of a laptop or registry is derived from its signing seed (HKDF), so that there is one
secret to keep. The sender makes a key for each box; only the reader can open it.
"""

from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_SIZE = 12


@dataclass(frozen=True, kw_only=True)
class BoxKey:
    """A private key that opens boxes; its `repr` shows nothing of it."""

    secret: bytes = field(repr=False)
    """32 bytes."""

    @cached_property
    def _private(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.secret)

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes_raw()

    def agree(self, other: bytes, context: bytes) -> "FrameCipher":
        """Return the cipher shared with the holder of another public key, for one context.

        Raises:
            ValueError: the bytes are no public key.
        """
        shared = self._private.exchange(X25519PublicKey.from_public_bytes(other))
        return FrameCipher(_derive(shared, b"fsmobile box" + context))


def box_key_of(seed: bytes) -> BoxKey:
    """Derive the box key that goes with a signing seed."""
    return BoxKey(secret=_derive(seed, b"fsmobile box key"))


class FrameCipher:
    """Seals and opens numbered frames; a frame out of order does not open."""

    def __init__(self, key: bytes) -> None:
        """Take a key that is used for one file only, since the nonces are frame numbers."""
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, number: int, plain: bytes, *, is_last: bool) -> bytes:
        """Seal a frame."""
        return self._cipher.encrypt(_nonce(number), plain, _place(number, is_last=is_last))

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        """Open a frame.

        Raises:
            ValueError: altered, out of order, or sealed to somebody else.
        """
        try:
            return self._cipher.decrypt(_nonce(number), sealed, _place(number, is_last=is_last))
        except InvalidTag as error:
            raise ValueError(f"frame {number} does not open") from error


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_SIZE, "big")


def _place(number: int, *, is_last: bool) -> bytes:
    return b"%d %s" % (number, b"last" if is_last else b"more")
