"""A history that is being downloaded: a file beside the store, encrypted by a key in the store.

The download is as well protected as the rest: if the store is encrypted, what a killed program
leaves behind, or what flash memory keeps of a removed file, is noise.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

from fsmobile.store.database import PARTIAL_HISTORIES
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.replica import Replica

_KEY = "history.key"
_NAME_SIZE = 8
_KEY_SIZE = 32
_BLOCK = 16
_BINARY = getattr(os, "O_BINARY", 0)


class PartialHistory:
    """The beginning of a history, up to all of it."""

    def __init__(self, replica: Replica, path: Path, key: bytes) -> None:
        """Take a file that is there, and its key."""
        self._replica = replica
        self._path = path
        self._key = key

    @classmethod
    def open(cls, replica: Replica, folder: Path, digest: bytes) -> Self:
        """Return what has arrived of a history, maybe nothing yet; remove any other.

        Raises:
            OSError: no room.
        """
        name = digest[:_NAME_SIZE]
        path = folder / PARTIAL_HISTORIES.replace("*", name.hex())
        for other in folder.glob(PARTIAL_HISTORIES):
            if other != path:
                other.unlink()
        known = get_meta(replica.connection, _KEY)
        if isinstance(known, bytes) and known.startswith(name) and _is_there(path):
            return cls(replica, path, known[_NAME_SIZE:])
        path.unlink(missing_ok=True)
        key = replica.chance.token(_KEY_SIZE)
        with replica.write() as connection:
            set_meta(connection, _KEY, name + key)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600))
        return cls(replica, path, key)

    def size(self) -> int:
        """Return how many bytes are here."""
        return self._path.stat().st_size

    @contextmanager
    def appending(self) -> Iterator["_Writer"]:
        """Add bytes at the end."""
        with self._path.open("ab") as file:
            yield _Writer(file, self._key)

    @contextmanager
    def reading(self) -> Iterator["_Reader"]:
        """Read from the beginning."""
        with self._path.open("rb") as file:
            yield _Reader(file, self._key)

    def is_that_of(self, digest: bytes) -> bool:
        """Tell whether the history is complete and unaltered."""
        found = sha256()
        with self.reading() as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        return found.digest() == digest

    def remove(self) -> None:
        """Remove the file and its key."""
        self._path.unlink(missing_ok=True)
        with self._replica.write() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (_KEY,))


class _Writer:
    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._stream = _Stream(key, file.tell())

    def write(self, piece: bytes) -> int:
        """Add bytes; return how many there are now."""
        self._file.write(self._stream.apply(piece))
        return self._file.tell()


class _Reader:
    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._stream = _Stream(key, file.tell())

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        return self._stream.apply(self._file.read(size))


class _Stream:
    """AES-CTR from an offset on; integrity is proved by the hash of the whole file."""

    def __init__(self, key: bytes, start: int) -> None:
        # Deferred: only a new laptop downloads a history.
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import CTR

        block = (start // _BLOCK).to_bytes(_BLOCK, "big")
        self._stream = Cipher(AES(key), CTR(block)).encryptor()
        self._stream.update(bytes(start % _BLOCK))

    def apply(self, piece: bytes) -> bytes:
        return self._stream.update(piece)


def _is_there(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
