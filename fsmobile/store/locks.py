"""Locks that die with their program: an exclusive SQLite transaction on a small file.

It works alike on every system, and kill -9 leaves no stale lock.
"""

import sqlite3
from pathlib import Path

from fsmobile.store.database import translated


class Lock:
    """A lock held until `release`, or until the program ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Keep the connection that holds the lock."""
        self._connection = connection

    def release(self) -> None:
        """Release the lock."""
        self._connection.close()


def try_lock(path: Path, *, wait: float = 0) -> Lock | None:
    """Take a lock; return None if another program still holds it after `wait` seconds.

    Raises:
        StoreFull: the folder cannot be written.
    """
    with translated():
        connection = sqlite3.connect(
            path, timeout=wait, isolation_level=None, check_same_thread=False
        )
    try:
        # Nothing is ever written, so the lock works on a full disk too.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            with translated():
                raise
        return None
    return Lock(connection)
