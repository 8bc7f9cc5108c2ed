"""A new laptop of an old bus, over a link that is cut: its history comes as one file."""

import contextlib
import socket
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fsmobile.registry.administration import open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.usecases import visits
from tests.end_to_end.bus_world import UNIT, BusWorld
from tests.worlds import FakeClock, SeededChance, a_laptop, a_visit, no_problems

VISITS = 5_200
"""More than a registry lets a new laptop pull."""


@dataclass
class CuttingRelay:
    """A relay to the registry that cuts the link after so many bytes, so many times."""

    target: int
    cuts: int
    cut_after: int
    dies: bool = False
    """The last cut is the end of it."""
    ranges: list[str] = field(default_factory=list)
    """The Range of each request for a snapshot; empty for the first."""

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                laptop, _ = self.listener.accept()
                registry = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._up, args=(laptop, registry), daemon=True).start()
                threading.Thread(target=self._down, args=(laptop, registry), daemon=True).start()

    def _up(self, laptop: socket.socket, registry: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := laptop.recv(65536):
                if piece.startswith(b"GET /v1/snapshot/"):
                    lines = piece.decode("latin-1").splitlines()
                    asked = [line for line in lines if line.lower().startswith("range:")]
                    self.ranges.append(asked[0].split("=")[1] if asked else "")
                registry.sendall(piece)
            registry.shutdown(socket.SHUT_WR)

    def _down(self, laptop: socket.socket, registry: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while piece := registry.recv(16384):
                passed += len(piece)
                laptop.sendall(piece)
                if self.cuts and passed > self.cut_after:
                    self.cuts -= 1
                    if self.dies and not self.cuts:
                        self.listener.shutdown(socket.SHUT_RDWR)
                        self.listener.close()
                    break
        for end in (laptop, registry):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def old_bus(world: BusWorld) -> BusWorld:
    """A registry that holds two years of a bus."""
    engine = open_engine(sqlite_url(world.folder / "registre"))
    clock = FakeClock()
    registry = open_registry(engine, clock, SeededChance(8), no_problems)
    laptop = a_laptop(registry, unit=UNIT, name="ancien", clock=clock, seed=9)
    for number in range(VISITS):
        clock.ms += 600_000
        visits.record_visit(laptop.desk, a_visit(minutes=1 + number % 50))
    assert laptop.sync().received_visits == VISITS
    engine.dispose()
    world.start_registry()
    return world


def test_a_history_arrives_through_a_link_that_is_cut(old_bus: BusWorld) -> None:
    world, home = old_bus, old_bus.folder / "neuf"
    relay = CuttingRelay(target=world.port, cuts=2, cut_after=60_000)
    enrolled = world.run("enrol", relay.url, *world.code(), "--plain", "--name", "neuf", home=home)
    assert enrolled.code == 0, enrolled.said
    told = world.run("sync", "--format", "json", home=home)
    assert told.code == 0, told.said
    assert told.json["loaded"] >= VISITS
    assert told.json["pulled_visits"] == 0
    first, *others = relay.ranges
    assert first == ""
    assert len(others) == 2
    starts = [int(asked.rstrip("-")) for asked in others]
    assert 0 < starts[0] < starts[1]
    assert len(world.visits(home)) == VISITS
    assert not [path for path in home.iterdir() if path.suffix == ".part"]
    checked = world.run("sync", "--verify", "--all", home=home)
    assert checked.code == 0, checked.said
    assert "Tout est pareil des deux côtés." in checked.out


def test_what_had_arrived_is_not_asked_for_again_at_the_next_sync(old_bus: BusWorld) -> None:
    world, home = old_bus, old_bus.folder / "neuf"
    relay = CuttingRelay(target=world.port, cuts=1, cut_after=60_000, dies=True)
    enrolled = world.run("enrol", relay.url, *world.code(), "--plain", "--name", "neuf", home=home)
    assert enrolled.code == 0, enrolled.said
    assert world.run("sync", home=home).code == 7
    (kept,) = home.glob("historique-*.part")
    arrived = kept.stat().st_size
    assert arrived > 30_000
    assert not world.visits(home)
    again = CuttingRelay(target=world.port, cuts=0, cut_after=0)
    change_address(home, again.url)
    told = world.run("sync", home=home)
    assert told.code == 0, told.said
    assert "Historique chargé d'un bloc" in told.out
    assert again.ranges == [f"{arrived}-"]
    assert len(world.visits(home)) == VISITS


def change_address(home: Path, url: str) -> None:
    """Send a laptop through another link."""
    connection = sqlite3.connect(home / "fsmobile.db")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'enrol.url'", (url,))
    connection.commit()
    connection.close()
