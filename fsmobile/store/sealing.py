"""Small secrets and passing files sealed by keys that are derived from the store's data key."""

from hashlib import blake2b

from fsmobile.core.ports import Chance

_NONCE_SIZE = 12


def derive(data_key: bytes, about: bytes) -> bytes:
    """Return a key of its own: the data key itself encrypts nothing but the database."""
    return blake2b(about, key=data_key, digest_size=32).digest()


def seal(plain: bytes, data_key: bytes, about: bytes, chance: Chance) -> bytes:
    """Seal a few bytes for who has the data key, and for one purpose."""
    # Deferred, as below: where the store is plain, the start pays for no cipher.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = chance.token(_NONCE_SIZE)
    return nonce + AESGCM(derive(data_key, about)).encrypt(nonce, plain, about)


def unseal(sealed: bytes, data_key: bytes, about: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        ValueError: altered, or sealed by another key or for another purpose.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, box = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
    try:
        return AESGCM(derive(data_key, about)).decrypt(nonce, box, about)
    except InvalidTag as error:
        raise ValueError("sealed by another key") from error
