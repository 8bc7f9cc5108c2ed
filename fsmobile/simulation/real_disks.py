"""Disks of worlds with everything real: files that are synced, SQLite or PostgreSQL behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any

from sqlalchemy import Engine, insert, inspect, select, text

from fsmobile.errors import InvalidInput
from fsmobile.registry import schema
from fsmobile.registry.administration import make_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.simulation.disks import RegistryDisk, Row
from fsmobile.simulation.ports import SeededChance, VirtualClock
from fsmobile.store.database import open_database

VERSION_TABLE = "alembic_version"


class FileDisk:
    """A registry's database in a file, opened as `fsmobile registry serve` opens it."""

    is_writing = False
    """The observer has a connection of its own: it sees what is committed, and nothing else."""

    def __init__(self, folder: Path) -> None:
        """Take a folder with a registry in it."""
        self.engine = open_engine(sqlite_url(folder))
        self._path = folder / "registry.db"

    def rows(self, question: str, **values: object) -> list[Row]:
        """Ask a question in SQL."""
        with closing(sqlite3.connect(self._path)) as observer:
            return observer.execute(question, values).fetchall()

    def copy(self) -> sqlite3.Connection:
        """Return an image of the disk."""
        image = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._path)) as disk:
            disk.backup(image)
        return image

    def put_back(self, image: sqlite3.Connection) -> None:
        """Make the disk what an image of it says."""
        self.engine.dispose()
        with closing(sqlite3.connect(self._path)) as disk:
            image.backup(disk)


class PostgresqlDisk:
    """A registry's tables in a PostgreSQL database that is the simulator's alone."""

    is_writing = False

    def __init__(self, engine: Engine) -> None:
        """Take the engine of a database with its tables."""
        self.engine = engine

    def rows(self, question: str, **values: object) -> list[Row]:
        """Ask a question in SQL."""
        with self.engine.connect() as observer:
            return [tuple(row) for row in observer.execute(text(question), values)]

    def copy(self) -> dict[str, list[Row]]:
        """Return an image of the disk: the rows of each table."""
        with self.engine.connect() as observer:
            return {
                table.name: [tuple(row) for row in observer.execute(select(table))]
                for table in schema.metadata.sorted_tables
            }

    def put_back(self, image: dict[str, list[Row]]) -> None:
        """Make the disk what an image of it says."""
        with self.engine.begin() as connection:
            names = ", ".join(f'"{name}"' for name in image)
            connection.execute(text(f"TRUNCATE {names}"))
            for table in schema.metadata.sorted_tables:
                columns = [column.name for column in table.columns]
                rows = [dict(zip(columns, row, strict=True)) for row in image[table.name]]
                if rows:
                    connection.execute(insert(table), rows)


class RealHardware:
    """Files in a folder; the registry's in PostgreSQL where an engine is given."""

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        """Take an empty folder, and an empty database of PostgreSQL if there is one."""
        self._folder = folder
        self._engine = engine
        self._numbers = count()
        self._opened: list[tuple[Path, sqlite3.Connection]] = []
        self._disk: RegistryDisk | None = None
        self._empty: Any = None

    def registry(self) -> RegistryDisk:
        """Return the disk of a registry just made; the one before is put away."""
        if self._disk is None:
            self._disk = self._make_registry()
            self._empty = self._disk.copy()
        self._disk.put_back(self._empty)
        return self._disk

    def _make_registry(self) -> RegistryDisk:
        disk: RegistryDisk
        if self._engine is None:
            folder = self._folder / "registry"
            folder.mkdir()
            disk = FileDisk(folder)
        else:
            disk = PostgresqlDisk(self._engine)
        make_registry(disk.engine, VirtualClock(), SeededChance(1))
        return disk

    def laptop(self) -> sqlite3.Connection:
        """Return the store of a laptop just made."""
        return self._open(self._new_path())

    def copy(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Return an image of a laptop's disk."""
        path = self._new_path()
        with closing(sqlite3.connect(path)) as copy:
            disk.backup(copy)
        return self._open(path)

    def reopen(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Open a laptop's file again."""
        ((_, _, path),) = disk.execute("PRAGMA database_list").fetchall()
        disk.close()
        return self._open(Path(path))

    def tear(
        self, disk: sqlite3.Connection, image: sqlite3.Connection, random: Random
    ) -> sqlite3.Connection:
        """Open the file with a part only of its write-ahead log, anywhere in a frame."""
        ((_, _, path),) = disk.execute("PRAGMA database_list").fetchall()
        torn = self._new_path()
        log = Path(f"{path}-wal").read_bytes()
        copyfile(path, torn)
        Path(f"{torn}-wal").write_bytes(log[: random.randint(len(log) // 2, len(log))])
        disk.close()
        return self._open(torn)

    def folder(self) -> Path:
        """Return a new folder."""
        path = self._folder / f"files-{next(self._numbers)}"
        path.mkdir()
        return path

    def clear(self) -> None:
        """Close and remove the files of laptops."""
        for path, connection in self._opened:
            connection.close()
            path.unlink(missing_ok=True)
        self._opened.clear()

    def close(self) -> None:
        """Let everything go but the folder."""
        self.clear()
        if self._disk is not None:
            self._disk.engine.dispose()

    def _open(self, path: Path) -> sqlite3.Connection:
        connection = open_database(path)
        self._opened.append((path, connection))
        return connection

    def _new_path(self) -> Path:
        return self._folder / f"laptop-{next(self._numbers)}.db"


@contextmanager
def borrowed_database(url: str) -> Iterator[Engine]:
    """Use an empty database of PostgreSQL as long as the block lasts, and leave it empty.

    Raises:
        InvalidInput: it is not PostgreSQL's, or there is something in it: it might be somebody's.
    """
    engine = open_engine(url)
    if engine.dialect.name != "postgresql":
        raise InvalidInput("prove_database", value=engine.url.render_as_string())
    if inspect(engine).get_table_names():
        raise InvalidInput("prove_database_not_empty", value=engine.url.render_as_string())
    try:
        yield engine
    finally:
        with engine.begin() as connection:
            for name in inspect(connection).get_table_names():
                connection.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
        engine.dispose()
