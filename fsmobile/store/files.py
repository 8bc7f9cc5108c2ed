"""Writing a file so that it is either complete or absent, and durable."""

import os
from pathlib import Path

from fsmobile.errors import NotFound, StoreFull

_BINARY = getattr(os, "O_BINARY", 0)  # without it, Windows would turn each \n into two bytes


def write_durably(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write to a temporary file, flush it, read it back, then rename it into place.

    The umask applies to `mode`, as it does to any new file.

    Raises:
        NotFound: the folder does not exist (the stick is not plugged in).
        StoreFull: the medium cannot take it; the previous file is unchanged.
    """
    if not path.parent.is_dir():
        raise NotFound("folder", str(path.parent))
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if partial.read_bytes() != data:
            raise StoreFull("medium_unreliable", path=str(path))
        os.replace(partial, path)
        flush_folder(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreFull("medium_full", path=str(path)) from error


def flush_folder(folder: Path) -> None:
    """Make a new name durable, on systems that let a folder be opened (not Windows)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
