"""The key that signs for this laptop; a module of its own, for those who send something."""

from fsmobile.cli.unlocking import data_key
from fsmobile.config import Settings
from fsmobile.protocol.signatures import SigningKey
from fsmobile.store.device_keys import load_key


def device_key(settings: Settings) -> SigningKey:
    """Return the key that signs for this laptop.

    Raises:
        NotFound: it is not there, or does not open.
    """
    return load_key(settings.key_path, data_key(settings))
