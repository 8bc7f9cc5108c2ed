"""`sync --verify` between real processes: rows lost by hand on either side, found and mended."""

import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.bus_world import BusWorld

SAME = "Tout est pareil des deux côtés."
MENDED = "Réparé : tout est pareil des deux côtés."


def record(world: BusWorld, count: int, home: Path | None = None) -> list[str]:
    """Record visits; return the ids of all that this laptop holds."""
    for _ in range(count):
        done = world.run("visit", "add", "--procedure", "retraite-dossier", "--base", home=home)
        assert done.code == 0, done.said
    return [str(visit["id"]) for visit in world.visits(home)]


def change(database: Path, statement: str, *values: object) -> None:
    """Write into a database by hand, as somebody at a prompt would."""
    connection = sqlite3.connect(database)
    assert connection.execute(statement, values).rowcount == 1
    connection.commit()
    connection.close()


@pytest.fixture
def second(world: BusWorld) -> Path:
    """Another laptop of the same bus."""
    home = world.folder / "second"
    world.start_registry()
    world.enrol(home, name="second")
    return home


def test_a_row_deleted_on_the_registry_comes_back_from_the_laptop(
    world: BusWorld, second: Path
) -> None:
    visits = record(world, 3)
    told = world.run("sync", "--verify")
    assert told.code == 0, told.said
    assert "Aujourd'hui : 3 visites sur 3 reçues par le registre à 09:" in told.out
    assert SAME in told.out
    change(world.folder / "registre" / "registry.db", "DELETE FROM op WHERE op_id = ?", visits[0])
    assert world.run("sync").code == 0
    assert "op_missing" in world.run_registry("verify").out
    told = world.run("sync", "--verify")
    assert told.code == 0, told.said
    assert "24/11/2026  bus-charente/bus-1 : 3 ici, 2 au registre" in told.out
    assert "1 acte rendu au registre, qui l'avait perdu." in told.out
    assert MENDED in told.out
    assert world.run_registry("verify").code == 0
    assert world.run("sync", home=second).code == 0
    assert {visit["id"] for visit in world.visits(second)} == set(visits)


def test_a_row_deleted_on_the_laptop_comes_back_from_the_registry(
    world: BusWorld, second: Path
) -> None:
    visits = record(world, 2, second)
    for home in (second, world.home):
        assert world.run("sync", home=home).code == 0
    store = world.home / "fsmobile.db"
    change(store, "DELETE FROM remote WHERE op_id = ?", visits[1])
    change(store, "DELETE FROM visit WHERE visit_id = ?", visits[1])
    told = world.run("sync", "--verify", "--all", "--format", "json")
    assert told.code == 0, told.said
    found = told.json["verification"]
    assert (found["given"], found["taken"], found["same"]) == (0, 1, True)
    assert [(day["day"], day["here"], day["there"]) for day in found["differed"]] == [
        ("2026-11-24", 1, 2)
    ]
    assert {visit["id"] for visit in world.visits()} == set(visits)
    assert SAME in world.run("sync", "--verify", "--all").out


def test_a_flipped_bit_is_named_by_the_registry(world: BusWorld) -> None:
    world.start_registry()
    visits = record(world, 2)
    assert world.run("sync").code == 0
    assert world.run_registry("verify").code == 0
    change(
        world.folder / "registre" / "registry.db",
        "UPDATE op SET body = CAST(replace(body, 'retraite-dossier', 'retraite-dossies') AS BLOB)"
        " WHERE op_id = ?",
        visits[0],
    )
    told = world.run_registry("verify")
    assert told.code == 8
    assert f"body_altered  {visits[0]}" in told.out
