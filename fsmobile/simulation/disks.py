"""Disks of simulated machines: SQLite in memory, copied from one that was just made.

Those of worlds with everything real are in `real_disks.py`; a world sees a `Hardware` only.
"""

import atexit
import sqlite3
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Protocol

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from fsmobile.registry.administration import make_registry
from fsmobile.simulation.lean_engine import LeanEngine
from fsmobile.simulation.ports import SeededChance, VirtualClock
from fsmobile.store.replica import open_store

Row = tuple[Any, ...]


class RegistryDisk(Protocol):
    """The registry's database, as its program and an observer see it."""

    @property
    def engine(self) -> Engine:
        """What the registry's program works with."""

    @property
    def is_writing(self) -> bool:
        """Tell whether a transaction is open that an observer would see through."""

    def rows(self, question: str, **values: object) -> list[Row]:
        """Ask a question in SQL, its values as `:name`."""

    def copy(self) -> Any:
        """Return an image of the disk."""

    def put_back(self, image: Any) -> None:
        """Make the disk what an image of it says."""


class Hardware(Hashable, Protocol):
    """What the machines of a world are made of."""

    def registry(self) -> RegistryDisk:
        """Return the disk of a registry just made."""

    def laptop(self) -> sqlite3.Connection:
        """Return the store of a laptop just made."""

    def copy(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Return an image of a laptop's disk, which a laptop may go on from."""

    def reopen(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Open a laptop's disk again after its program died."""

    def tear(
        self, disk: sqlite3.Connection, image: sqlite3.Connection, random: Random
    ) -> sqlite3.Connection:
        """Cut the end off a laptop's log and open what is left; `image` is from a moment before."""

    def folder(self) -> Path:
        """Return a new folder, for what is no database."""

    def clear(self) -> None:
        """Throw away every disk, image and folder of laptops."""


class MemoryDisk:
    """A registry's database in memory, on one connection."""

    def __init__(self, disk: sqlite3.Connection) -> None:
        """Take a database with its tables."""
        self._disk = disk
        self.engine = LeanEngine(disk)

    @property
    def is_writing(self) -> bool:
        """Tell whether a transaction is open: the observer shares its connection."""
        return self._disk.in_transaction

    def rows(self, question: str, **values: object) -> list[Row]:
        """Ask a question in SQL."""
        return self._disk.execute(question, values).fetchall()

    def copy(self) -> sqlite3.Connection:
        """Return an image of the disk."""
        return _copy(self._disk)

    def put_back(self, image: sqlite3.Connection) -> None:
        """Make the disk what an image of it says."""
        image.backup(self._disk)


class MemoryHardware:
    """Everything in memory: nothing is written down, and a crash loses only what was open."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._folders: list[Path] = []

    def registry(self) -> MemoryDisk:
        """Return the disk of a registry just made."""
        return MemoryDisk(_copy(_empty_registry()))

    def laptop(self) -> sqlite3.Connection:
        """Return the store of a laptop just made."""
        return _copy(_empty_laptop())

    def copy(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Return an image of a laptop's disk."""
        return _copy(disk)

    def reopen(self, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Go on with the same connection: what was open was rolled back as the crash went by."""
        return disk

    def tear(
        self, disk: sqlite3.Connection, image: sqlite3.Connection, random: Random
    ) -> sqlite3.Connection:
        """Go on from the image: the commits since are gone, those before are whole."""
        image.backup(disk)
        return disk

    def folder(self) -> Path:
        """Return a new folder; it is the only thing that is not in memory."""
        self._folders.append(Path(mkdtemp(prefix="fsmobile-world-")))
        atexit.register(rmtree, self._folders[-1], ignore_errors=True)
        return self._folders[-1]

    def clear(self) -> None:
        """Remove the folders: memory goes by itself."""
        while self._folders:
            rmtree(self._folders.pop())


def image_of(disk: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of a disk in memory, good for being copied from again."""
    return _copy(disk)


MEMORY = MemoryHardware()


@cache
def _empty_registry() -> sqlite3.Connection:
    """Return a registry's database just made; migrations are slow, so once."""
    disk = _connect()
    engine = create_engine("sqlite://", creator=lambda: disk, poolclass=StaticPool)
    make_registry(engine, VirtualClock(), SeededChance(1))
    return disk


@cache
def _empty_laptop() -> sqlite3.Connection:
    return open_store(":memory:", VirtualClock(), SeededChance(1)).connection


def _copy(disk: sqlite3.Connection) -> sqlite3.Connection:
    copy = _connect()
    disk.backup(copy)
    return copy


def _connect() -> sqlite3.Connection:
    disk = sqlite3.connect(
        ":memory:", isolation_level=None, check_same_thread=False, cached_statements=256
    )
    disk.execute("PRAGMA secure_delete = ON")
    return disk
