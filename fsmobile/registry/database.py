"""Opening the registry's database: an embedded SQLite file, or PostgreSQL at a URL."""

import shutil
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from fsmobile.errors import NotFound, OutOfStep, StoreTooNew

BUSY_MS = 10_000
READ_ONLY_STATE = "25006"
"""PostgreSQL's SQLSTATE for a write where only reads are possible."""
AWAY_STATES = ("08", "28", "3D", "53", "57")
"""Classes of SQLSTATE: connection, authorisation, no such database, no resources, shut down."""
READ_ONLY = "fsmobile_read_only"
"""Execution option of a connection that only reads, and so waits for no writer."""


def sqlite_url(data: Path) -> str:
    """Return the address of the embedded database in a folder."""
    return f"sqlite:///{data.absolute() / 'registry.db'}"


def open_engine(url: str) -> Engine:
    """Open a database by its SQLAlchemy address."""
    # A failed statement is logged without its values, which may be what people wrote.
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the schema up to date.

    Raises:
        StoreTooNew: a newer program wrote this database.
    """
    config = _alembic()
    with engine.begin() as connection:
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_schema(engine: Engine, *, may_be_older: bool = False) -> None:
    """Check that there is a registry, and that it has the schema of this program.

    Raises:
        NotFound: no registry yet.
        StoreTooNew: a newer program wrote this database.
        OutOfStep: an older program wrote it, and nobody has migrated it.
    """
    config = _alembic()
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        current = _refuse_newer(connection, config)
    if current is None:
        raise NotFound("registry", engine.url.render_as_string())
    if not may_be_older and current != ScriptDirectory.from_config(config).get_current_head():
        raise OutOfStep("registry_too_old", migration=current)


def free_bytes(engine: Engine) -> int | None:
    """Return the bytes free on the disk of an embedded database; None for a server's."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return shutil.disk_usage(Path(engine.url.database).parent).free


def is_replica(engine: Engine) -> bool:
    """Tell whether a database is a replica, which cannot be written to."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one())


def is_refused_writing(error: DBAPIError) -> bool:
    """Tell whether a database refused to write because it can only be read."""
    return getattr(error.orig, "sqlstate", None) == READ_ONLY_STATE


def is_away(error: DBAPIError) -> bool:
    """Tell whether a server is unreachable, is stopping, or refuses the login."""
    state = getattr(error.orig, "sqlstate", "")
    return isinstance(error, OperationalError) and (state is None or state[:2] in AWAY_STATES)


def _refuse_newer(connection: Connection, config: Config) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreTooNew("registry_too_new", migration=current)
    return current


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins transactions itself, through the event below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_MS}",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
