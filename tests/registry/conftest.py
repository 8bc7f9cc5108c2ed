"""Databases of a registry for tests: SQLite in a file, and a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_server import PostgresqlServer, postgresql_server
from sqlalchemy import Engine
from worlds import FakeClock, SeededChance

from fsmobile.registry.administration import make_registry
from fsmobile.registry.database import open_engine, sqlite_url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server for this worker, stopped at its end."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgresqlServer) -> str:
    """A database with a new registry in it."""
    name = postgresql.create()
    engine = open_engine(postgresql.url(name))
    make_registry(engine, FakeClock(), SeededChance(1))
    engine.dispose()
    return name


@pytest.fixture
def postgresql_engine(postgresql: PostgresqlServer, postgresql_template: str) -> Iterator[Engine]:
    """A new registry's database on PostgreSQL."""
    name = postgresql.create(postgresql_template)
    engine = open_engine(postgresql.url(name))
    yield engine
    engine.dispose()
    postgresql.drop(name)


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A new registry's database in a SQLite file."""
    engine = open_engine(sqlite_url(tmp_path))
    make_registry(engine, FakeClock(), SeededChance(1))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A new registry's database, on each of the two."""
    made: Engine = request.getfixturevalue(f"{request.param}_engine")
    return made
