"""Two doors, two agents, one bus, no registry: the laptops meet, then each finds the network."""

from pathlib import Path

import pytest

from tests.end_to_end.bus_world import BusWorld

STOP = "charme"


@pytest.fixture
def doors(world: BusWorld) -> tuple[Path, Path]:
    """The two laptops of the bus, both with the timetable; the registry is stopped."""
    second = world.folder / "second"
    world.start_registry()
    world.enrol(second, name="porte arrière")
    world.sync(second)
    world.stop_registry()
    return world.home, second


def meet(world: BusWorld, doors: tuple[Path, Path]) -> str:
    """Let both laptops give each other what they have; return what the caller was told."""
    with world.waiting_laptop(doors[0]) as address:
        met = world.run("sync", "--peer", address, home=doors[1])
    assert met.code == 0, met.said
    return met.out


def openings(world: BusWorld, home: Path) -> int:
    (line,) = [
        line
        for line in world.run("passage", "list", "--format", "json", home=home).json
        if line["place"] == STOP
    ]
    count: int = line["openings"]
    return count


def test_two_laptops_share_a_day_without_a_registry_and_it_arrives_once(
    world: BusWorld, doors: tuple[Path, Path]
) -> None:
    for home, count in zip(doors, (3, 2), strict=True):
        assert world.run("passage", "open", STOP, home=home).code == 0
        world.record(home=home, count=count)
    told = meet(world, doors)
    assert "portable du bus : 4 actes nouveaux ici, dont 3 visites." in told
    assert "Ce portable les portera aussi au registre." in told
    for home in doors:
        assert len(world.visits(home)) == 5
        assert not any(visit["received"] for visit in world.visits(home))
        assert openings(world, home) == 2
    with world.open_screens(doors[1]) as screens:
        screens.wait_for("ouvert 2 fois")
    assert ": 0 acte nouveau ici" in meet(world, doors)

    world.start_registry()
    world.sync(doors[1])
    # The second laptop brought its own day and the first one's, which has sent nothing yet.
    assert world.held()["visit.record"] == 5
    world.sync(doors[0])
    world.sync(doors[1])
    assert (world.held()["visit.record"], world.held()["passage.open"]) == (5, 2)
    exported = world.exported()
    assert len(exported) == len({op["op_id"] for op in exported})
    for home in doors:
        assert [visit["received"] for visit in world.visits(home)] == [True] * 5
        assert openings(world, home) == 2
    assert world.run_registry("verify").code == 0
