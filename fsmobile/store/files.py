"""Writing a file so that it is either whole or not there, and really on the medium."""

import os
from pathlib import Path

from fsmobile.errors import NotFound, StoreFull

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn each \n into two bytes


def write_durably(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write beside, flush to the medium, read back, then put in place.

    The umask is taken from `mode`, as it is from any new file's.

    Raises:
        NotFound: the folder is not there (the stick is not in).
        StoreFull: the medium cannot take it; what was there before is still there.
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
    """Make the new name durable where the system lets a folder be opened (not Windows)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
