"""Random days in small worlds: whatever strikes, nothing is lost and all agree."""

import pytest

from fsmobile.simulation.campaign import SITUATIONS, run_worlds
from fsmobile.simulation.faults import STRENGTHS, Faults
from fsmobile.simulation.mistakes import CANARY, MISTAKES
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT
from fsmobile.simulation.world import World, run_world

BATCH = 40
BATCHES = 3
MUTANT_SEEDS = 50
FAILED_ONCE = {
    1008: "a clone's writer asked for ever for ops that had left its parent in a fork",
    10210: "a second silent rollback left cursors beyond numbers that were given again",
    20215: "a registry put back to before an epoch did not know the epoch of its laptops",
    30540: "a laptop that only reads kept a cursor into a history that was lost in silence",
    1672: "a clone was given a receipt for ops of the other one, which it had not shown yet",
    255: "a clock that jumped back had a child ask for ever for the ops of its parent",
}
"""Seeds that found a mistake of ours, each with its story."""


@pytest.mark.parametrize("first", [BATCH * batch for batch in range(BATCHES)])
def test_worlds_with_faults_lose_nothing_and_meet_every_situation(first: int) -> None:
    """Red too when a situation never arose: such worlds would prove nothing of it."""
    with MISTAKES[CANARY].plant():
        assert run_worlds(range(first, first + 5)).violation is not None
    tally = run_worlds(range(first, first + BATCH))
    assert tally.violation is None, f"seed {tally.seed}: {tally.violation}"
    assert (tally.lost, tally.doubled) == (0, 0)
    assert tally.worlds == BATCH
    assert tally.missing == []
    assert set(tally.faults) == set(STRENGTHS)


@pytest.mark.parametrize("seed", FAILED_ONCE)
def test_a_seed_that_failed_once_holds(seed: int) -> None:
    tally = run_worlds([seed])
    assert tally.violation is None, FAILED_ONCE[seed]


def test_a_world_without_faults_needs_one_round() -> None:
    world = World(7, Faults())
    for _ in range(40):
        world.step()
    for _ in range(2):
        assert all(world.sync(machine) for machine in world.state.machines)
    assert not world.state.marks.keys() - {"poison"}


def test_a_seed_gives_the_same_world_twice() -> None:
    worlds = [World(11), World(11)]
    for world in worlds:
        run_world(world)
    one, other = worlds
    assert one.state.recorded == other.state.recorded
    assert one.state.marks == other.state.marks
    assert one.state.faults.struck == other.state.faults.struck
    assert len(one.state.recorded) > 10


def test_each_world_has_two_agencies_that_both_work_and_never_meet() -> None:
    agencies = {UNIT.split("/")[0], NEIGHBOUR_UNIT.split("/")[0]}
    for seed in range(5):
        world = World(seed)
        run_world(world)
        assert {machine.agency for machine in world.state.machines} == agencies
        assert set(world.state.recorded_in.values()) == agencies
        for machine in world.state.machines:
            seen = machine.replica.connection.execute(
                "SELECT op_id FROM op UNION SELECT op_id FROM remote"
            ).fetchall()
            assert {world.state.recorded_in[op_id] for (op_id,) in seen} <= {machine.agency}


def test_a_situation_that_never_arose_is_named() -> None:
    tally = run_worlds(range(1))
    assert tally.missing
    assert set(tally.missing) < set(SITUATIONS)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found_and_replayed(name: str) -> None:
    mistake = MISTAKES[name]
    with mistake.plant():
        tally = run_worlds(range(mistake.first, mistake.first + MUTANT_SEEDS))
        assert tally.violation is not None
        assert tally.seed is not None
        again = run_worlds([tally.seed])
    assert again.violation == tally.violation
    assert run_worlds([tally.seed]).violation is None
