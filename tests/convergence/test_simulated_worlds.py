"""Random days in small worlds: whatever strikes, nothing is lost and all agree."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from postgresql_server import postgresql_server

from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEMAS
from fsmobile.simulation.campaign import SITUATIONS, minimise, run_worlds
from fsmobile.simulation.cheap_keys import cheap_keys
from fsmobile.simulation.faults import STRENGTHS, WIRE_STRENGTHS, WORK, Faults
from fsmobile.simulation.machines import lose_power
from fsmobile.simulation.mistakes import CANARY, MISTAKES
from fsmobile.simulation.pictures import picture_of
from fsmobile.simulation.ports import DAY_MS
from fsmobile.simulation.profiles import FULL, IN_MEMORY, LITE, open_profile
from fsmobile.simulation.real_disks import RealHardware
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT
from fsmobile.simulation.world import Cut, World, run_world
from fsmobile.store.cursors import load_reading

WORLDS = 100
FULL_WORLDS = 3
MUTANT_SEEDS = 50
FAILED_ONCE: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("failed_once.toml").read_text(encoding="utf-8")
)["world"]
YEAR_MS = 365 * DAY_MS


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with postgresql_server() as server:
        name = server.create()
        yield server.url(name)
        server.drop(name)


def test_worlds_with_faults_lose_nothing_and_meet_every_situation() -> None:
    """Red too when a situation never arose: such worlds would prove nothing of it."""
    with open_profile(LITE) as lite:
        with MISTAKES[CANARY].plant():
            assert run_worlds(range(5), profile=lite).violation is not None
        tally = run_worlds(range(WORLDS), profile=lite)
    assert tally.violation is None, f"seed {tally.seed}: {tally.violation}"
    assert (tally.worlds, tally.lost, tally.doubled) == (WORLDS, 0, 0)
    assert tally.missing == []
    assert set(+tally.faults) == set(STRENGTHS) - WORK
    assert set(tally.acts) >= WORK
    assert {*SCHEMAS, *ORDERS} - set(tally.kinds) == set(), "a kind of op that no world draws"


def test_worlds_with_everything_real_lose_nothing() -> None:
    with open_profile(FULL) as full:
        tally = run_worlds(range(FULL_WORLDS), profile=full)
    assert tally.violation is None, f"seed {tally.seed}: {tally.violation}"
    assert (tally.worlds, tally.lost, tally.doubled) == (FULL_WORLDS, 0, 0)
    assert set(tally.faults) & set(WIRE_STRENGTHS)


def test_worlds_whose_registry_is_on_postgresql_lose_nothing(postgresql_url: str) -> None:
    with open_profile(FULL, postgresql_url) as full:
        tally = run_worlds(range(FULL_WORLDS), profile=full)
    assert tally.violation is None, f"seed {tally.seed}: {tally.violation}"
    assert (tally.worlds, tally.lost, tally.doubled) == (FULL_WORLDS, 0, 0)


def test_a_world_without_faults_needs_one_round() -> None:
    world = World(7, Faults())
    for _ in range(40):
        world.step()
    for _ in range(2):
        assert all(world.sync(machine) for machine in world.state.machines)
    assert not (+world.state.marks).keys() - {"poison", "history loaded"}


def test_a_seed_gives_the_same_world_twice() -> None:
    worlds = [World(11), World(11)]
    for world in worlds:
        run_world(world)
    one, other = worlds
    assert one.state.recorded == other.state.recorded
    assert one.state.marks == other.state.marks
    assert one.state.faults.struck == other.state.faults.struck
    assert len(one.state.recorded) > 10


def test_a_fault_strikes_as_before_when_another_is_left_out() -> None:
    one = Faults(5, {"reply_lost": 0.5, "stick": 0.5})
    other = Faults(5, {"reply_lost": 0.5})
    seen = []
    for faults in (one, other):
        faults.strikes("stick")
        seen.append([faults.strikes("reply_lost") for _ in range(50)])
    assert seen[0] == seen[1]
    assert 0 < sum(seen[0]) < 50


def test_each_world_has_two_agencies_that_both_work_and_never_meet() -> None:
    agencies = {UNIT.split("/")[0], NEIGHBOUR_UNIT.split("/")[0]}
    for seed in range(5):
        world = World(seed)
        run_world(world)
        assert {machine.agency for machine in world.state.machines} == agencies
        assert set(world.state.recorded_in.values()) == agencies
        for machine in world.state.machines:
            # Of an agency that it has left, its own acts and the order to go stay in its log.
            seen = machine.replica.connection.execute(
                "SELECT op_id FROM op WHERE scope LIKE ?1"
                " UNION SELECT op_id FROM remote WHERE scope NOT LIKE 'dev:%'",
                (f"%:{machine.agency}%",),
            ).fetchall()
            assert {world.state.recorded_in[op_id] for (op_id,) in seen} <= {machine.agency}


def test_other_clocks_give_the_same_ops_outcomes_and_cursors() -> None:
    """I16: what is synced is decided by counters and chains, never by a clock."""
    for seed in range(6):
        shapes = []
        for years in (0, 3, -30):
            # On which day a name goes, and what is past its date, a clock says by definition.
            kept = frozenset(STRENGTHS) - {"clock_wrong", "promised", "retention", "weeks_pass"}
            world = World(seed, cut=Cut(faults=kept))
            for place, machine in enumerate(world.state.machines):
                machine.clock.ms += years * YEAR_MS * (place - 1)
            run_world(world)
            shapes.append(_shape(world))
        assert shapes[0] == shapes[1] == shapes[2], seed
        assert len(shapes[0]["ops"]) > 5


def _shape(world: World) -> dict[str, Any]:
    """Return what a world came to, without what a clock may name or order."""
    rows = world.state.disk.rows
    return {
        "ops": rows("SELECT gsn, kind, scope, is_forwarded FROM op ORDER BY gsn"),
        "outcomes": rows("SELECT gsn, code FROM op JOIN outcome USING (op_id) ORDER BY gsn"),
        "cursors": {
            machine.name: load_reading(machine.replica).cursors for machine in world.state.machines
        },
    }


@pytest.mark.parametrize("known", FAILED_ONCE, ids=lambda known: str(known["seed"]))
def test_a_world_that_failed_once_holds_and_would_fail_again(known: dict[str, Any]) -> None:
    faults = frozenset(known["faults"])
    cut = Cut(faults=faults, steps=known["steps"], laptops=known["laptops"])
    with open_profile(LITE) as lite:
        held = run_worlds([known["seed"]], profile=lite, cut=cut)
        assert held.violation is None, known["story"]
        if "plant" in known:
            with MISTAKES[known["plant"]].plant():
                broken = run_worlds([known["seed"]], profile=lite, cut=cut)
            assert broken.violation is not None, known["story"]


def test_a_situation_that_never_arose_is_named() -> None:
    tally = run_worlds(range(1))
    assert tally.missing
    assert set(tally.missing) < set(SITUATIONS)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found_and_replayed(name: str) -> None:
    mistake = MISTAKES[name]
    with open_profile(LITE) as lite:
        with mistake.plant():
            seeds = range(mistake.first, mistake.first + MUTANT_SEEDS)
            tally = run_worlds(seeds, profile=lite)
            assert tally.violation is not None
            assert tally.seed is not None
            again = run_worlds([tally.seed], profile=lite)
        assert again.violation == tally.violation
        assert run_worlds([tally.seed], profile=lite).violation is None


def test_the_smallest_world_that_breaks_is_found() -> None:
    with cheap_keys(), MISTAKES["gap-accepted"].plant():
        first = MISTAKES["gap-accepted"].first
        tally = run_worlds(range(first, first + MUTANT_SEEDS))
        assert tally.seed is not None
        assert tally.violation is not None
        cut, what = minimise(tally.seed, tally.violation, IN_MEMORY)
        assert run_worlds([tally.seed], cut=cut).violation == what
        for name in cut.faults or ():
            assert run_worlds([tally.seed], cut=cut.without_fault(name)).violation != what
    assert cut.steps is not None
    assert cut.steps < World(tally.seed).steps
    assert run_worlds([tally.seed], cut=cut).violation is None


def test_a_world_cut_short_has_what_is_left() -> None:
    world = World(3, cut=Cut(faults=frozenset({"stick"}), steps=4, laptops=1))
    assert world.steps == 4
    assert set(world.state.faults.chances) <= {"stick"}
    assert [one.unit for one in world.state.machines].count(UNIT) <= 2


def test_a_laptop_of_a_real_world_is_a_file_that_a_reboot_opens_again(tmp_path: Path) -> None:
    with open_profile(FULL) as full:
        world = World(2, profile=full)
        machine = world.state.machines[0]
        before = picture_of(machine.replica.connection)
        ((_, _, path),) = machine.replica.connection.execute("PRAGMA database_list").fetchall()
        lose_power(world.state, machine)
        ((_, _, again),) = machine.replica.connection.execute("PRAGMA database_list").fetchall()
        assert Path(path).exists()
        assert (again, picture_of(machine.replica.connection)) == (path, before)
        full.hardware.clear()
        assert not Path(path).exists()


def test_a_real_log_that_is_torn_loses_its_last_commits_and_no_other(tmp_path: Path) -> None:
    hardware = RealHardware(tmp_path)
    disk = hardware.laptop()
    before = disk.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for number in range(200):
        disk.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (f"k{number:03}", b"x" * 500))
    torn = hardware.tear(disk, hardware.copy(disk), Random(1))
    kept = [key for (key,) in torn.execute("SELECT key FROM meta WHERE key LIKE 'k%'")]
    assert kept == [f"k{number:03}" for number in range(len(kept))]
    assert 0 < len(kept) < 200
    assert torn.execute("SELECT count(*) FROM sqlite_master").fetchone() == before
    assert torn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    hardware.close()
