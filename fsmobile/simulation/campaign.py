"""Many worlds one after the other, and a tally of what came up in them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fsmobile.simulation.invariants import InvariantBroken, count_visits
from fsmobile.simulation.world import World, run_world

SITUATIONS = (
    "fork",
    "gap",
    "replay",
    "lost_history",
    "epoch cut",
    "registry restored",
    "registry crashed",
    "laptop restored",
    "laptop cloned",
    "laptop crashed",
    "late copy",
    "poison",
)
"""What must come up in enough worlds: a simulator that never forks proves nothing of forks."""


@dataclass(kw_only=True)
class Tally:
    """What came up in the worlds that were run."""

    first: int = 0
    """The first seed."""
    worlds: int = 0
    days: float = 0.0
    """Simulated; a day of a world counts once, whatever the number of its laptops."""
    acts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)
    ops: int = 0
    """Recorded by people, on any laptop."""
    lost: int = 0
    doubled: int = 0
    seed: int | None = None
    """The seed of the world that broke; nothing is run after it."""
    violation: str | None = None
    """What broke there."""

    @property
    def missing(self) -> list[str]:
        """Situations that never came up."""
        return [name for name in SITUATIONS if not self.situations[name]]


OnWorld = Callable[[Tally], None]


def run_worlds(
    seeds: Iterable[int], *, days: float | None = None, on_world: OnWorld | None = None
) -> Tally:
    """Run worlds until the seeds or the days are over, or one breaks."""
    tally = Tally()
    for seed in seeds:
        if not tally.worlds:
            tally.first = seed
        world = World(seed)
        try:
            run_world(world)
        except InvariantBroken as broken:
            tally.seed, tally.violation = seed, broken.what
        _count(tally, world)
        if on_world is not None:
            on_world(tally)
        if tally.violation is not None or (days is not None and tally.days >= days):
            break
    return tally


def _count(tally: Tally, world: World) -> None:
    state = world.state
    tally.worlds += 1
    tally.days += world.days
    tally.acts.update(state.acts)
    tally.faults.update(+state.faults.struck)
    tally.situations.update(state.marks)
    tally.ops += len(state.recorded)
    if state.has_agreed or tally.violation is not None:
        tally.lost += _count_lost(world)
        tally.doubled += _count_doubled(world)


def _count_lost(world: World) -> int:
    """Return how many ops a laptop holds a receipt for, and the registry does not hold."""
    held = dict(world.state.disk.execute("SELECT op_id, hash FROM op"))
    receipted = {
        op_id
        for machine in world.state.machines
        for (op_id,) in machine.replica.connection.execute(
            "SELECT op_id FROM op JOIN writer USING (writer) WHERE seq <= acked_seq OR ?1",
            (world.state.has_agreed,),
        )
    }
    return len(receipted - held.keys())


def _count_doubled(world: World) -> int:
    """Return how many ops the registry holds that nobody recorded, or laptops show too often."""
    state = world.state
    (held,) = state.disk.execute("SELECT count(*) FROM op").fetchone()
    known = state.disk.execute("SELECT op_id FROM op").fetchall()
    twice = held - len({op_id for (op_id,) in known} & state.recorded.keys())
    for machine in state.machines if state.has_agreed else ():
        recorded, shown = count_visits(state, machine)
        twice += max(0, shown - recorded)
    return int(twice)
