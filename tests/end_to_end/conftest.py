"""Worlds of processes: one is built for each worker, each test has a copy of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
