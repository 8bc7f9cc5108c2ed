"""Opens the bundled data files, wherever the package is installed."""

import gzip
from importlib.resources import files


def read_text(name: str) -> str:
    """Read a data file as UTF-8 text; a name that ends in `.gz` is unpacked."""
    content = (files("fsmobile.reference") / "data" / name).read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    return content.decode("utf-8")
