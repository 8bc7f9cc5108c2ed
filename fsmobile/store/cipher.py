"""Encrypted SQLite files: the only module that knows SQLCipher.

It has the calls of `sqlite3` but its own exceptions: `database.translated` knows both.
"""

import sqlite3
from pathlib import Path
from typing import Any, cast

from sqlcipher3 import dbapi2


def connect(path: Path | str, key: bytes | None, **options: Any) -> sqlite3.Connection:
    """Open a file with its key (32 bytes, no derivation); without one, a plain file."""
    connection = dbapi2.connect(path, **options)
    # Before the key is given: with a wrong one, SQLCipher would write over the screen.
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key is not None:
        connection.execute(f'PRAGMA key = "{raw_key(key)}"')
    return cast(sqlite3.Connection, connection)


def raw_key(key: bytes) -> str:
    """Write a raw key the way SQLCipher expects one that needs no derivation."""
    return f"x'{key.hex()}'"
