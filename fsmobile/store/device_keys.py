"""The device's signing key, in a file of its own that only its owner can read."""

import os
from pathlib import Path

from fsmobile.core.ports import Chance
from fsmobile.errors import NotFound
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey


def make_key(path: Path, chance: Chance) -> SigningKey:
    """Return the device's key, made and written down if there is none."""
    if path.exists():
        return load_key(path)
    key = SigningKey(seed=chance.token(SEED_SIZE))
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.seed.hex())
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
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
