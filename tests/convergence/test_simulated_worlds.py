"""Random days in small worlds: whatever strikes, nothing is lost and all agree."""

import pytest
from convergence.faults import Faults
from convergence.mutants import MUTANTS
from convergence.simulator import InvariantBroken, World, run_seed

SEEDS = 150
BATCH = 10
MUTANT_SEEDS = 50
SITUATIONS = {
    "poison",
    "replay",
    "gap",
    "fork",
    "late copy",
    "laptop crashed",
    "registry crashed",
    "laptop cloned",
    "laptop restored",
    "registry restored",
}


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_worlds_with_faults_lose_nothing_and_agree(first: int) -> None:
    _run_seeds(range(first, first + BATCH))


def test_a_world_without_faults_needs_one_round() -> None:
    world = World(7, Faults())
    for _ in range(40):
        world.step()
    for _ in range(2):
        assert all(world.sync(machine) for machine in world.machines)
    assert not world.marks - {"poison"}


def test_a_seed_gives_the_same_world_twice() -> None:
    one, other = run_seed(11), run_seed(11)
    assert one.recorded == other.recorded
    assert one.marks == other.marks
    assert len(one.recorded) > 10


def test_every_situation_comes_up_in_the_seeds_of_a_submission() -> None:
    seen: set[str] = set()
    for seed in range(60):
        seen |= run_seed(seed).marks
        if seen >= SITUATIONS:
            break
    assert seen >= SITUATIONS


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_mistake_is_found(name: str) -> None:
    mutant, first = MUTANTS[name]
    with mutant(), pytest.raises(InvariantBroken):
        _run_seeds(range(first, first + MUTANT_SEEDS))


def _run_seeds(seeds: range) -> None:
    for seed in seeds:
        run_seed(seed)
