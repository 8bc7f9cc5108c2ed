"""Backup and restoration of the embedded database, by SQLite's own online copy."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from fsmobile.errors import InvalidInput
from fsmobile.registry import schema


def back_up_sqlite(engine: Engine, target: Path) -> dict[str, int]:
    """Copy one moment of the database to a file, even while it is served.

    The copy is synced to the disk, opened again and counted before it takes its name.

    Raises:
        InvalidInput: the copy does not hold what the database held.
    """
    draft = target.with_name(target.name + ".en-cours")
    draft.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(_path_of(engine), isolation_level=None)) as source,
        closing(sqlite3.connect(draft)) as copy,
    ):
        # A transaction that reads: counts and pages are those of one moment.
        source.execute("BEGIN")
        expected = _counts(source)
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    if check_sqlite_file(draft) != expected:
        raise InvalidInput("registry_backup_differs", path=str(target))
    draft.replace(target)
    return expected


def check_sqlite_file(path: Path) -> dict[str, int]:
    """Open a backup, have SQLite check each of its pages, and count its rows.

    Raises:
        InvalidInput: it is no registry, or it is damaged.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            counts = _counts(copy)
    except sqlite3.DatabaseError as error:
        raise InvalidInput("registry_backup_unreadable", path=str(path)) from error
    if verdict != "ok":
        raise InvalidInput("registry_backup_unreadable", path=str(path))
    return counts


def put_back_sqlite(prepared: Path, engine: Engine) -> None:
    """Replace the whole content of the database by that of a file, as one transaction.

    Nothing is renamed under a registry that runs: it sees either all of it or nothing.
    """
    with (
        closing(sqlite3.connect(prepared)) as source,
        closing(sqlite3.connect(_path_of(engine), timeout=30)) as target,
    ):
        source.backup(target)


def _path_of(engine: Engine) -> str:
    path = engine.url.database
    assert path is not None
    return path


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    names = [table.name for table in schema.metadata.sorted_tables if table.name in known]
    if "op" not in names:
        raise sqlite3.DatabaseError("no registry")
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        for name in names
    }
