"""A small world from one seed: two agencies, four to seven laptops, a registry, a bad network.

Deterministic: every source of chance comes from the seed, the clocks are virtual; the modules
are the program's own. `run_world(World(n))` raises `InvariantBroken` with what replays it.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

from fsmobile.errors import FsmobileError, NotAllowed, RegistryUnreachable
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshots import OPS_MIN
from fsmobile.simulation import (
    accidents,
    administrators,
    couriers,
    final_invariants,
    invariants,
    machines,
    people,
    retention,
    work,
)
from fsmobile.simulation.derived import check_derived
from fsmobile.simulation.faults import Crash, Faults, FragileStorage, fragile_replica
from fsmobile.simulation.fleets import REGISTRY_SEED, make_fleet
from fsmobile.simulation.network import Network
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.ports import DAY_MS, START_MS, SeededChance, VirtualClock, no_problems
from fsmobile.simulation.profiles import IN_MEMORY, Profile
from fsmobile.simulation.state import Machine, WorldState
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import Verification
from fsmobile.sync.snapshots import SnapshotLoader
from fsmobile.sync.verification import verify_days

HEALED_ROUNDS = 6
"""Rounds of one sync for each laptop after which a healed world has nothing left to say."""
STEP_MS_MAX = 3_600_000
"""Of virtual time between two steps."""
MONTHS_DAYS = 100
"""Longer than anything is kept in a world where a rule was decided."""
LAPTOPS = 3
"""Of the first agency's bus, besides what a clone adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is left of a world; less than all of it, to find the smallest that still breaks."""

    faults: frozenset[str] | None = None
    """Those that stay, of the ones that the seed draws."""
    steps: int | None = None
    laptops: int = LAPTOPS

    def without_fault(self, name: str) -> "Cut":
        """Return the same without one of the faults that stay."""
        return replace(self, faults=(self.faults or frozenset()) - {name})

    def with_steps(self, steps: int) -> "Cut":
        """Return the same with so many steps."""
        return replace(self, steps=steps)

    def with_laptops(self, laptops: int) -> "Cut":
        """Return the same with so many laptops of the first bus."""
        return replace(self, laptops=laptops)


class World:
    """Everything that happens in one run."""

    def __init__(
        self,
        seed: int,
        faults: Faults | None = None,
        *,
        profile: Profile = IN_MEMORY,
        cut: Cut | None = None,
    ) -> None:
        """Make the machines and draw what will strike them."""
        random, cut = Random(seed), cut or Cut()
        faults = faults or Faults.draw(seed, profile.strengths, cut.faults)
        hardware = profile.hardware
        # Of its own: older worlds draw what they drew before.
        random_of_snapshots = Random(f"{seed} snapshots")
        drawn = random.randint(20, 60)
        self.steps = drawn if cut.steps is None else cut.steps
        # Small ones make a day's work travel in several requests.
        self.chunk_ops = random.choice([1, 2, 1000, 1000])
        self.pull_ops = random.choice([1, 3, 2500, 2500])
        fleet = make_fleet(hardware, cut.laptops, has_coordinator=random.random() < 0.5)
        disk, clock = hardware.registry(), VirtualClock()
        disk.put_back(fleet.registry)
        registry = RegistryService(
            storage=FragileStorage(disk.engine, faults),
            clock=clock,
            chance=SeededChance(random.getrandbits(32)),
            key=SigningKey(seed=REGISTRY_SEED),
            check_tree=no_problems,
            # So few that a new laptop of a small world loads a history as a file.
            snapshot_ops_min=random_of_snapshots.choice([3, OPS_MIN]),
        )
        self.state = WorldState(
            seed=seed,
            random=random,
            faults=faults,
            hardware=hardware,
            disk=disk,
            registry=registry,
            link=profile.open_link(registry, faults),
            registry_clock=clock,
            replica_type=fragile_replica(faults),
        )
        for new in fleet.laptops:
            machines.start(self.state, new, hardware.copy(new.disk))

    @property
    def days(self) -> float:
        """Virtual days since the world began, but for the weeks in which nothing was done."""
        return (self.state.registry_clock.ms - START_MS - self.state.slept_ms) / DAY_MS

    def run(self) -> None:
        """Let things happen, heal everything, and see that all agree."""
        for _ in range(self.steps):
            self.step()
            invariants.check_registry(self.state)
            invariants.check_agencies(self.state)
            retention.check_gone(self.state)
            retention.check_names(self.state)
        self._heal()
        final_invariants.check_end(self.state)

    def step(self) -> None:
        """Let one thing happen."""
        state, random = self.state, self.state.random
        elapsed = random.randint(0, STEP_MS_MAX)
        state.registry_clock.ms += elapsed
        for clock in {id(one.clock): one.clock for one in state.machines}.values():
            clock.let_pass(elapsed)
        machine = random.choice(state.machines)
        accidents.strike(state, machine)
        image = machines.image_if_torn(state, machine)
        if random.random() < 0.45:
            self.sync(machine)
        else:
            self._act(machine)
        if image is not None:
            machines.tear(state, machine, image)
        if state.faults.strikes("days_compared"):
            self._compare_days(machine)
        if state.late and state.faults.strikes("late_copy"):
            state.marks["late copy"] += 1
            with suppress(RegistryUnreachable):
                Network(state).deliver(state.faults.random("late_copy").choice(state.late))
        couriers.go_round(state)
        work.go_on(state)
        for one in state.machines:
            machines.start_again_if_moved(state, one)

    def sync(self, machine: Machine) -> bool:
        """Let a laptop sync; tell whether it went through to the end."""
        state = self.state
        try:
            handed = couriers.hand_over_carried(state, machine)
            report = self._engine(machine).run()
        except Crash:
            machines.lose_power(self.state, machine)
            return False
        except FsmobileError as error:
            # A person may be told of these only while faults strike; see the engine's docstring.
            if state.faults.healed and not self._is_refused(machine, error):
                raise InvariantBroken(state, f"I12: a healed world answered {error!r}") from error
            return state.faults.healed
        finally:
            machines.start_again_if_moved(state, machine)
            invariants.check_laptop(state, machine)
            check_derived(state, machine)
        invariants.check_requests(state, machine, report, self.chunk_ops, self.pull_ops)
        state.marks.update(report.healed)
        # Two machines with one key never stop answering for one another's counter.
        healed = [what for what in report.healed if what != "replay"]
        state.has_news |= bool(handed or report.received or report.pulled or healed)
        return report.is_complete

    def _engine(self, machine: Machine) -> SyncEngine:
        network = Network(self.state)
        loader = None
        if self.state.registry.snapshot_ops_min < OPS_MIN:
            folder = machine.folder = machine.folder or self.state.hardware.folder()
            loader = SnapshotLoader(machine.replica, network, machine.key, folder)
        return SyncEngine(
            machine.replica,
            network,
            machine.key,
            chunk_ops=self.chunk_ops,
            pull_ops=self.pull_ops,
            snapshots=loader,
        )

    def _compare_days(self, machine: Machine) -> Verification | None:
        """Let a person ask whether both sides hold the same; None if something struck."""
        found = Verification(is_whole=True)
        try:
            verify_days(machine.replica, self._engine(machine), found)
        except Crash:
            machines.lose_power(self.state, machine)
            return None
        except FsmobileError:
            return None
        self.state.marks["days compared"] += 1
        return found

    def _is_refused(self, machine: Machine, error: FsmobileError) -> bool:
        """Tell whether the registry rightly refuses a laptop."""
        return isinstance(error, NotAllowed) and invariants.is_revoked(self.state, machine)

    def _act(self, machine: Machine) -> None:
        machines.let(self.state, machine, lambda: people.act(self.state, machine))
        self.state.remember(machine)
        check_derived(self.state, machine)

    def _heal(self) -> None:
        """Stop every fault, set every clock right, and sync until nobody has news."""
        state = self.state
        state.faults.healed = True
        administrators.repeat_erasures(state)
        retention.apply_all(state)
        for machine in state.machines:
            machine.clock.ms, machine.clock.pace = state.registry_clock.ms, 1.0
            retention.open_again(state, machine)
        self._agree()
        if state.rules:
            # What a laptop got its receipt for too late goes with the order of a later month.
            retention.sleep(state, MONTHS_DAYS)
            retention.apply_all(state)
            self._agree()
        self._rest()
        self._compare_all()

    def _agree(self) -> None:
        state = self.state
        for _ in range(HEALED_ROUNDS):
            state.has_news = False
            done = [self.sync(machine) for machine in state.machines]
            if not all(done):
                raise InvariantBroken(state, "I12: a sync of a healed world left something waiting")
            invariants.check_registry(state)
            if not state.has_news:
                state.has_agreed = True
                return
        raise InvariantBroken(state, f"I12: still news after {HEALED_ROUNDS} rounds")

    def _rest(self) -> None:
        """See what it costs to sync when nothing is new."""
        for machine in self.state.machines:
            if self._is_alone(machine) and not invariants.is_revoked(self.state, machine):
                with invariants.checked_rest(self.state, machine):
                    self.sync(machine)
                return

    def _compare_all(self) -> None:
        """I14: once all agree, the days of every laptop are those of the registry.

        But for an op that a registry that was put back has lost, and of which the author has
        only the place: it was erased, or of a bus that the author has left. Comparing gives it
        back, from an order or from another laptop; if neither is left, it stays a place. What
        was given back then goes to all, after what had followed it.
        """
        given = 0
        for machine in self.state.machines:
            if self._is_alone(machine) and not invariants.is_revoked(self.state, machine):
                found = self._compare_days(machine)
                if found is not None and found.differed:
                    given += found.given
                    found = self._compare_days(machine)
                is_same = found is not None and not found.differed
                if not is_same and not (found and retention.lacks_places_only(self.state, machine)):
                    what = f"I14: days of {machine.name} differ: {found and found.differed}"
                    raise InvariantBroken(self.state, what)
        if given:
            self.state.has_agreed = False
            self._agree()

    def _is_alone(self, machine: Machine) -> bool:
        """Tell whether no other machine has the same key."""
        return [one.device_id for one in self.state.machines].count(machine.device_id) == 1


def run_world(world: World) -> None:
    """Run one world to its end.

    Raises:
        InvariantBroken: with the seed and the faults that replay it.
    """
    try:
        world.run()
    except InvariantBroken:
        raise
    except Exception as error:
        raise InvariantBroken(world.state, f"crashed: {error!r}") from error
