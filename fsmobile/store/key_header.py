"""The key header: a file that says, from the first day, how the store is encrypted."""

import json
from pathlib import Path

from fsmobile.store.files import write_durably


def make_header(path: Path) -> None:
    """Write the key header: from the start a file says how the store is encrypted."""
    if not path.exists():
        header = json.dumps({"version": 1, "cipher": "none"}) + "\n"
        write_durably(path, header.encode("ascii"))
