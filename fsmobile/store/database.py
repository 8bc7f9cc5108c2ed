"""Opening the laptop's SQLite file: durability, transactions, refusals.

WAL and synchronous=FULL: a recorded visit survives a power cut, not only a crash. `sqlite_utils` is
imported only when a migration is pending: it would add a third to the program's start-up time.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from fsmobile.errors import FsmobileError, OutOfStep, StoreBusy, StoreFull, StoreTooNew
from fsmobile.store.migrations import MIGRATIONS

BUSY_MS = 5000
Connection = sqlite3.Connection
OnCopied = Callable[[int, int], None]
"""Called with the bytes copied so far and the bytes in all."""
_COPIED_PAGES = 2560
"""Pages per step: 10 MiB."""
PARTIAL_HISTORIES = "historique-*.part"

_ALONE = "PRAGMA locking_mode = EXCLUSIVE"
"""For a full disk: the shared-memory file of WAL takes 32 KiB, which a lone connection can do
without."""


def open_database(
    path: Path | str, key: bytes | None = None, on_copied: OnCopied | None = None
) -> sqlite3.Connection:
    """Open a store, encrypted if a key is given; create or migrate it as needed.

    The store is copied before a migration, which takes a moment once it holds years of work.

    Raises:
        StoreTooNew: a newer program wrote it; nothing was touched.
        StoreBusy: another program holds it.
        OutOfStep: the file is not a store, or is damaged; nothing was touched.
    """
    try:
        return _open(path, key, on_copied, is_alone=False)
    except StoreFull:
        return _open(path, key, on_copied, is_alone=True)


def _open(
    path: Path | str, key: bytes | None, on_copied: OnCopied | None, *, is_alone: bool
) -> sqlite3.Connection:
    applied = _applied_migrations(path, key, is_alone=is_alone)
    unknown = [name for name in applied if name not in MIGRATIONS]
    if unknown:
        raise StoreTooNew("store_too_new", path=str(path), migration=unknown[0])
    connection = _connect(path, key, is_alone=is_alone)
    if len(applied) < len(MIGRATIONS):
        with translated():
            if applied and isinstance(path, Path):
                _copy(connection, path, key, on_copied)
            _migrate(connection)
    return connection


def connect(path: Path | str, key: bytes | None, **options: Any) -> sqlite3.Connection:
    """Open a file as it is: without a key, or with its key."""
    if key is None:
        return cast(Connection, sqlite3.connect(path, **options))
    # Deferred: a plain store loads no second SQLite.
    from fsmobile.store import cipher

    return cipher.connect(path, key, **options)


def _connect(path: Path | str, key: bytes | None, *, is_alone: bool) -> sqlite3.Connection:
    with translated(), ExitStack() as on_error:
        connection = connect(
            path, key, isolation_level=None, timeout=BUSY_MS / 1000, cached_statements=256
        )
        on_error.callback(connection.close)
        if is_alone:
            connection.execute(_ALONE)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        # What people wrote must never reach the system's folder of temporary files.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA foreign_keys = ON")
        on_error.pop_all()
    return connection


def _applied_migrations(path: Path | str, key: bytes | None, *, is_alone: bool) -> list[str]:
    if isinstance(path, str) or not path.exists():
        return []
    with translated():
        # Read-only: a store that is refused must not change by a byte. Without a log beside it, not
        # even the two small files of WAL may appear.
        wal = path.with_name(f"{path.name}-wal")
        mode = "mode=ro" if wal.exists() else "mode=ro&immutable=1"
        if is_alone or path.with_name(f"{path.name}-journal").exists():
            # The power failed while the file was created: SQLite must be able to roll it back.
            mode = "mode=rw"
        connection = connect(f"{path.absolute().as_uri()}?{mode}", key, uri=True)
        try:
            if is_alone:
                connection.execute(_ALONE)
            rows = connection.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = 'fsmobile'"
            ).fetchall()
        except _errors("OperationalError") as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            connection.close()
    return [name for (name,) in rows]


def _copy(
    connection: sqlite3.Connection, path: Path, key: bytes | None, on_copied: OnCopied | None
) -> None:
    """Copy the store into a file beside it, encrypted with the same key if it has one."""
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    page = int(size)  # SQLCipher answers with text

    def tell(_status: int, left: int, total: int) -> None:
        if on_copied is not None:
            on_copied((total - left) * page, total * page)

    with connect(backup_of(path), key) as copy:
        connection.backup(copy, pages=_COPIED_PAGES, progress=tell)
    copy.close()


def _migrate(connection: sqlite3.Connection) -> None:
    # Deferred: only a new store or a new release should pay for this import.
    from sqlite_utils.db import Database
    from sqlite_utils.migrations import Migrations

    laptop = Migrations("fsmobile")
    for name, statements in MIGRATIONS.items():

        @laptop(name=name)
        def run(db: Database, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                db.execute(statement)

    # Immediate, so that two programs that open a new home together take turns.
    connection.execute("BEGIN IMMEDIATE")
    try:
        laptop.apply(Database(connection, execute_plugins=False))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def backup_of(path: Path) -> Path:
    """Return the path to which the store is copied before a migration."""
    return path.with_suffix(".before-migration.db")


def remove_copies(connection: sqlite3.Connection) -> None:
    """Remove what stands beside the store: its copy before a migration, unfinished downloads."""
    (_, _, name) = connection.execute("PRAGMA database_list").fetchone()
    if name:
        path = Path(name)
        for copy in (backup_of(path), *path.parent.glob(PARTIAL_HISTORIES)):
            copy.unlink(missing_ok=True)


def truncate_log(connection: sqlite3.Connection) -> bool:
    """Fold the log into the file and empty it; return False while another reader still needs it."""
    (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


def is_alone(connection: sqlite3.Connection) -> bool:
    """Tell whether the disk was too full to allow a second connection."""
    (mode,) = connection.execute("PRAGMA locking_mode").fetchone()
    return bool(mode == "exclusive")


@contextmanager
def write(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one durable transaction.

    `BEGIN IMMEDIATE`: nobody else can write between a read and a write inside the block.

    Raises:
        StoreFull: the disk is full; nothing of the block remains.
        StoreBusy: another program held the store too long.
    """
    with translated():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's exceptions into errors of the tree, here and nowhere else."""
    try:
        yield
    except _errors("OperationalError") as error:
        raise _translate(cast(sqlite3.OperationalError, error)) from error
    except _errors("DatabaseError") as error:
        code = cast(sqlite3.DatabaseError, error).sqlite_errorcode & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise OutOfStep("store_cannot_open") from error
        raise


def _errors(name: str) -> tuple[type[Exception], ...]:
    """Return an exception class from each SQLite library that is loaded."""
    modules = (sqlite3, sys.modules.get("sqlcipher3.dbapi2"))
    return tuple(getattr(module, name) for module in modules if module is not None)


def _translate(error: sqlite3.OperationalError) -> FsmobileError | sqlite3.OperationalError:
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return StoreFull("store_full")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy("store_busy")
        case sqlite3.SQLITE_READONLY:
            return StoreFull("store_read_only")
        case sqlite3.SQLITE_CANTOPEN:
            return StoreFull("store_cannot_open")
    return error
