"""The device's signing key, in a file of its own that only its owner can read."""

from pathlib import Path

from fsmobile.core.ports import Chance
from fsmobile.errors import NotFound
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey
from fsmobile.store.files import write_durably


def make_key(path: Path, chance: Chance) -> SigningKey:
    """Return the device's key, made and written down if there is none."""
    if path.exists():
        return load_key(path)
    key = SigningKey(seed=chance.token(SEED_SIZE))
    # Before the registry hears of it: a key lost to a power cut is a laptop to enrol again.
    write_durably(path, key.seed.hex().encode("ascii"), mode=0o600)
    return key


def load_key(path: Path) -> SigningKey:
    """Return the device's key.

    Raises:
        NotFound: no key, or a file that holds none.
    """
    try:
        seed = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise NotFound("device_key", str(path)) from error
    if len(seed) != SEED_SIZE:
        raise NotFound("device_key", str(path))
    return SigningKey(seed=seed)
