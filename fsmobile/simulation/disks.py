"""Disks of simulated machines: SQLite in memory, copied from one that was just made."""

import sqlite3
from functools import cache

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from fsmobile.registry.administration import make_registry
from fsmobile.simulation.ports import SeededChance, VirtualClock
from fsmobile.store.replica import open_store


def copy_disk(disk: sqlite3.Connection) -> sqlite3.Connection:
    """Return an image of a disk."""
    copy = _connect()
    disk.backup(copy)
    return copy


def open_engine(disk: sqlite3.Connection) -> Engine:
    """Return the engine of a registry on that disk."""
    engine = create_engine("sqlite://", creator=lambda: disk, poolclass=StaticPool)
    event.listen(engine, "begin", lambda one: one.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@cache
def empty_registry() -> sqlite3.Connection:
    """Return a registry's database just made; migrations are slow, so once."""
    disk = _connect()
    make_registry(open_engine(disk), VirtualClock(), SeededChance(1))
    return disk


@cache
def empty_laptop() -> sqlite3.Connection:
    """Return a laptop's store just made."""
    return open_store(":memory:", VirtualClock(), SeededChance(1)).connection


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
