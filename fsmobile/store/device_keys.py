"""The device's signing key, in its own file; sealed with the data key of an encrypted store."""

from pathlib import Path

from fsmobile.core.ports import Chance
from fsmobile.errors import NotFound
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey
from fsmobile.store.files import write_durably
from fsmobile.store.sealing import seal, unseal

_SEALED = "sealed:"
_ABOUT = b"fsmobile device key"


def make_key(path: Path, chance: Chance, data_key: bytes | None = None) -> SigningKey:
    """Return the device's key, creating it if there is none."""
    if path.exists():
        return load_key(path, data_key)
    key = SigningKey(seed=chance.token(SEED_SIZE))
    # Durable before the registry hears of it: a key lost to a power cut means enrolling again.
    save_key(path, key, chance, data_key)
    return key


def load_key(path: Path, data_key: bytes | None = None) -> SigningKey:
    """Return the device's key.

    Raises:
        NotFound: there is no key, the file holds none, or it is sealed with another data key.
    """
    try:
        text = path.read_text(encoding="ascii")
        if text.startswith(_SEALED) and data_key is not None:
            seed = unseal(bytes.fromhex(text.removeprefix(_SEALED)), data_key, _ABOUT)
        else:
            seed = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise NotFound("device_key", str(path)) from error
    if len(seed) != SEED_SIZE:
        raise NotFound("device_key", str(path))
    return SigningKey(seed=seed)


def save_key(path: Path, key: SigningKey, chance: Chance, data_key: bytes | None) -> None:
    """Write the device's key, for its owner's eyes; sealed if there is a data key."""
    text = key.seed.hex()
    if data_key is not None:
        text = _SEALED + seal(key.seed, data_key, _ABOUT, chance).hex()
    write_durably(path, text.encode("ascii"), mode=0o600)


def is_sealed(path: Path) -> bool:
    """Tell whether the stored key is sealed with a data key."""
    return path.read_bytes().startswith(_SEALED.encode())
