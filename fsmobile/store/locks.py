"""Locks that die with their program: an exclusive SQLite transaction on a small file.

The same on every system, and nothing is left behind by kill -9.
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
        """Let others in."""
        self._connection.close()


def try_lock(path: Path, *, wait: float = 0) -> Lock | None:
    """Take a lock, or return None when another program holds it, at once or after `wait` seconds.

    Raises:
        StoreFull: the folder cannot be written.
    """
    with translated():
        connection = sqlite3.connect(
            path, timeout=wait, isolation_level=None, check_same_thread=False
        )
    try:
        # Nothing is ever written: the lock is to be had on a full disk too.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            with translated():
                raise
        return None
    return Lock(connection)
