"""Encrypted SQLite files: the only module that knows SQLCipher.

Same calls as `sqlite3`, other classes of exceptions: `database.translated` knows both.
"""

import sqlite3
from pathlib import Path
from typing import Any, cast

from sqlcipher3 import dbapi2


def connect(path: Path | str, key: bytes | None, **options: Any) -> sqlite3.Connection:
    """Open a file with its key (32 bytes, no derivation); without one, a plain file."""
    connection = dbapi2.connect(path, **options)
    # Before the key: a wrong one would write over the screen.
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key is not None:
        connection.execute(f'PRAGMA key = "{raw_key(key)}"')
    return cast(sqlite3.Connection, connection)


def raw_key(key: bytes) -> str:
    """Write a key as SQLCipher takes one that needs no derivation."""
    return f"x'{key.hex()}'"
