"""Worlds of processes: one is built for each worker, each test has a copy of it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_server import PostgresqlServer, postgresql_server

from fsmobile.registry.database import sqlite_url
from tests.end_to_end.bus_world import BusWorld, copy_world, make_world, publish_charente


@pytest.fixture(scope="session")
def published_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusWorld]:
    """The Charente timetable published, a laptop enrolled, the registry stopped."""
    world = make_world(tmp_path_factory.mktemp("monde"))
    try:
        publish_charente(world)
        yield world
    finally:
        world.close()


@pytest.fixture
def world(published_world: BusWorld, tmp_path: Path) -> Iterator[BusWorld]:
    """A copy of that world; its registry is stopped."""
    copy = copy_world(published_world, tmp_path / "monde")
    try:
        yield copy
    finally:
        copy.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server for this worker that keeps what it commits, stopped at its end."""
    with postgresql_server(durable=True) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each of the two."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.url(server.create())


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else gets."""
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
        yield reservation.getsockname()[1]
