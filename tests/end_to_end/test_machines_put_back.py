"""Registries and laptops put back from copies, laptops cloned: real processes, nothing lost."""

import shutil
from pathlib import Path

from tests.end_to_end.bus_world import BusWorld


def bodies_of(world: BusWorld) -> dict[str, str]:
    """Return what the registry holds, by id; no op may be there twice."""
    exported = world.exported()
    found = {op["op_id"]: op["body"] for op in exported}
    assert len(found) == len(exported)
    return found


def add_laptop(world: BusWorld, name: str) -> Path:
    """Enrol one more laptop of the bus; the registry runs."""
    home = world.folder / name
    world.enrol(home, name=name)
    world.sync(home)
    return home


def check_all_received(world: BusWorld, homes: list[Path], visits: int) -> None:
    """See that every laptop shows every visit, with its tick."""
    for home in homes:
        shown = world.visits(home)
        assert len(shown) == visits
        assert all(visit["received"] for visit in shown)


def test_a_registry_put_back_from_yesterday_holds_today_again_from_the_laptops(
    world: BusWorld,
) -> None:
    world.start_registry()
    homes = [world.home, add_laptop(world, "second portable")]
    for home in homes:
        world.record(home=home, count=2)
        world.sync(home)
    backup = world.folder / "sauvegarde"
    assert world.run_registry("backup", str(backup)).code == 0
    world.let_days_pass()
    for home in homes:
        world.record(home=home, count=3)
        world.sync(home)
    today = bodies_of(world)
    stats = world.run_registry("stats", "--format", "json").json
    world.stop_registry()

    restored = world.run_registry("restore", str(backup))
    assert restored.code == 0, restored.said
    assert "6 de plus" in restored.out
    assert len(bodies_of(world)) == len(today) - 6
    world.start_registry()
    for home in homes:
        report = world.sync(home)
        assert (report["to_send"], report["received"]) == (0, 3)
        assert "gap" in report["healed"]
    assert bodies_of(world) == today
    again = world.run_registry("stats", "--format", "json").json
    assert again["units"][-1]["visits"] == stats["units"][-1]["visits"] == 10
    assert again["ops"] == stats["ops"]
    assert world.run_registry("verify").code == 0
    events = [one["kind"] for one in world.events() if one["kind"] != "exported"]
    assert events[0] == "registry_restored"
    for home in homes:
        world.sync(home)
    check_all_received(world, homes, 10)


def test_a_cloned_laptop_goes_on_on_both_machines_and_the_registry_says_so(
    world: BusWorld,
) -> None:
    world.record()
    clone = world.folder / "jumeau"
    shutil.copytree(world.home, clone)
    homes = [world.home, clone]
    world.start_registry()
    for day in range(2):
        for home in homes:
            world.record(home=home, count=1 + day)
        for home in homes:
            world.sync(home)
        world.let_days_pass()
    for home in homes:
        world.sync(home)
    bodies_of(world)
    assert world.held()["visit.record"] == 7
    check_all_received(world, homes, 7)
    assert "laptop_cloned" in [event["kind"] for event in world.events()]
    assert "deux machines" in world.run_registry("devices").out
    assert world.run_registry("verify").code == 0


def test_a_laptop_put_back_from_a_copy_finds_its_visits_again_and_goes_on(
    world: BusWorld,
) -> None:
    world.record(count=2)
    copy = world.folder / "copie"
    shutil.copytree(world.home, copy)
    world.start_registry()
    world.record(count=3)
    world.sync()
    before = {visit["id"] for visit in world.visits()}
    shutil.rmtree(world.home)
    copy.rename(world.home)
    world.let_days_pass()
    world.record(count=2)
    assert len(world.visits()) == 4
    world.sync()
    shown = world.visits()
    assert before < {visit["id"] for visit in shown}
    bodies_of(world)
    assert world.held()["visit.record"] == 7
    check_all_received(world, [world.home], 7)
    assert "laptop_restored" in [event["kind"] for event in world.events()]
    assert world.run_registry("verify").code == 0
