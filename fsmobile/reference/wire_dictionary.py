"""The compression dictionary of requests and replies: a committed file with an id.

Trained on generated visits only, by `tools/train_dictionary.py`. A new dictionary gets a
new id and a new file; the old one stays readable.
"""

from functools import cache
from importlib.resources import files

DICTIONARY_ID = "d1"


@cache
def load_wire_dictionary() -> bytes:
    """Return the bytes of the dictionary named `DICTIONARY_ID`."""
    return files("fsmobile.reference").joinpath(f"data/sync-{DICTIONARY_ID}.zdict").read_bytes()
