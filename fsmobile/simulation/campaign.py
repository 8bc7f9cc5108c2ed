"""Many worlds one after the other, and a tally of what came up in them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fsmobile.simulation.faults import Faults
from fsmobile.simulation.final_invariants import count_visits
from fsmobile.simulation.invariants import is_revoked
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.profiles import IN_MEMORY, Profile
from fsmobile.simulation.world import Cut, World, run_world

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
    "laptop reinstalled",
    "laptop crashed",
    "key revoked",
    "stolen key refused",
    "laptop assigned",
    "laptop moved",
    "log torn",
    "clock jumped",
    "clock drifted",
    "days compared",
    "history loaded",
    "erased",
    "late copy",
    "stick taken in",
    "stick answered",
    "laptops met",
    "poison",
    "weeks passed",
    "purged",
    "name expired",
    "double booking",
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
    kinds: Counter[str] = field(default_factory=Counter)
    """Of what was recorded, by people or by the registry."""
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

    def add(self, other: "Tally") -> None:
        """Count what came up in other worlds too."""
        for name in ("worlds", "days", "ops", "lost", "doubled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("acts", "kinds", "faults", "situations"):
            getattr(self, name).update(getattr(other, name))
        if self.violation is None:
            self.seed, self.violation = other.seed, other.violation


OnWorld = Callable[[Tally], None]


def run_worlds(
    seeds: Iterable[int],
    *,
    days: float | None = None,
    on_world: OnWorld | None = None,
    profile: Profile = IN_MEMORY,
    cut: Cut | None = None,
) -> Tally:
    """Run worlds until the seeds or the days are over, or one breaks."""
    tally = Tally()
    for seed in seeds:
        if not tally.worlds:
            tally.first = seed
        world = World(seed, profile=profile, cut=cut)
        try:
            run_world(world)
        except InvariantBroken as broken:
            tally.seed, tally.violation = seed, broken.what
        tally.add(_count(world, is_broken=tally.violation is not None))
        profile.hardware.clear()
        if on_world is not None:
            on_world(tally)
        if tally.violation is not None or (days is not None and tally.days >= days):
            break
    return tally


def minimise(seed: int, violation: str, profile: Profile) -> tuple[Cut, str]:
    """Return the smallest world that still breaks in the same way, and what breaks there.

    Faults, steps and laptops are left out one after the other as long as it does.
    """
    drawn = Faults.draw(seed, profile.strengths).chances
    best, what = Cut(faults=frozenset(drawn)), violation

    def keeps(cut: Cut) -> bool:
        nonlocal best, what
        found = run_worlds([seed], profile=profile, cut=cut).violation
        if found is None or _kind(found) != _kind(violation):
            return False
        best, what = cut, found
        return True

    for name in sorted(drawn):
        keeps(best.without_fault(name))
    steps = World(seed, profile=profile, cut=best).steps
    while any(keeps(best.with_steps(fewer)) for fewer in {steps // 2, steps * 3 // 4, steps - 1}):
        assert best.steps is not None
        steps = best.steps
    while best.laptops > 1 and keeps(best.with_laptops(best.laptops - 1)):
        pass
    for name in sorted(best.faults or ()):
        keeps(best.without_fault(name))
    return best, what


def _kind(violation: str) -> str:
    """Return what tells one way of breaking from another: `I8`, or `crashed`."""
    return violation.partition(":")[0]


def _count(world: World, *, is_broken: bool) -> Tally:
    state = world.state
    tally = Tally(
        worlds=1,
        days=world.days,
        acts=state.acts,
        kinds=state.kinds,
        faults=state.faults.struck,
        situations=state.marks,
        ops=len(state.recorded),
    )
    if state.has_agreed or is_broken:
        tally.lost = _count_lost(world)
        tally.doubled = _count_doubled(world)
    return tally


def _count_lost(world: World) -> int:
    """Return how many ops a laptop holds a receipt for, and the registry does not hold.

    What was erased is not lost: its place in the chain is all that is left, and I2 looks at it.
    """
    held = {op_id for (op_id,) in world.state.disk.rows("SELECT op_id FROM op")}
    held |= {op_id for (op_id,) in world.state.disk.rows("SELECT op_id FROM quarantine")}
    erased = {op_id for (op_id,) in world.state.disk.rows("SELECT op_id FROM erased")}
    receipted = {
        op_id
        for machine in world.state.machines
        for op_id, entity in machine.replica.connection.execute(
            "SELECT op_id, entity FROM op JOIN writer USING (writer)"
            " WHERE (seq <= acked_seq OR ?1) AND body IS NOT NULL",
            (world.state.has_agreed,),
        )
        if not {op_id, entity} & erased
    }
    return len(receipted - held)


def _count_doubled(world: World) -> int:
    """Return how many ops the registry holds that nobody recorded, or laptops show too often."""
    state = world.state
    known = [op_id for (op_id,) in state.disk.rows("SELECT op_id FROM op")]
    twice = len(known) - len(set(known) & state.recorded.keys())
    for machine in state.machines if state.has_agreed else ():
        if is_revoked(state, machine):
            continue  # it shows what it could not hand in
        recorded, shown = count_visits(state, machine)
        twice += max(0, shown - recorded)
    return twice
