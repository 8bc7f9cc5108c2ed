"""Replica: an open laptop store, with the clock and the chance it was given.

One for each thread. The functions of the other modules of this folder take it first.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from fsmobile.core.ports import Chance, Clock
from fsmobile.store import database

Connection = sqlite3.Connection


class Replica(Struct, frozen=True, kw_only=True):
    """An open store."""

    connection: Connection
    clock: Clock
    chance: Chance
    is_encrypted: bool = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run a block as one durable transaction; see `database.write`."""
        with database.write(self.connection) as connection:
            yield connection

    def data_version(self) -> int:
        """Return a number that changes when another program writes to the store."""
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def folder(self) -> Path:
        """Return the folder of the store; that of the program when it is in memory."""
        (_number, _name, path) = self.connection.execute("PRAGMA database_list").fetchone()
        return Path(path).parent

    def interrupt(self) -> None:
        """Stop what is being read, from another thread; the reader gets an error."""
        self.connection.interrupt()

    def close(self) -> None:
        """Close the store; what was recorded is durable already."""
        self.connection.close()


def open_store(
    path: Path | str,
    clock: Clock,
    chance: Chance,
    key: bytes | None = None,
    on_copied: database.OnCopied | None = None,
) -> Replica:
    """Open the store of a laptop (`":memory:"` for the simulator); encrypted, with its key.

    Raises:
        StoreTooNew: a newer program wrote it; nothing was touched.
        StoreBusy: another program holds it.
        StoreFull: the folder cannot be written.
    """
    return Replica(
        connection=database.open_database(path, key, on_copied),
        clock=clock,
        chance=chance,
        is_encrypted=key is not None,
    )
