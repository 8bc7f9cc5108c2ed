"""A small world from one seed: two agencies, four to seven laptops, a registry, a bad network.

Deterministic: one source of chance, virtual clocks, no thread; the modules are the
program's own. `run_world(n)` raises `InvariantBroken` with what is needed to replay it.
"""

import sqlite3
from contextlib import suppress
from hashlib import sha256
from random import Random

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId
from fsmobile.errors import FsmobileError, RegistryUnreachable
from fsmobile.protocol.scopes import Role
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import make_code
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.simulation import invariants, people
from fsmobile.simulation.disks import copy_disk, empty_laptop, empty_registry, open_engine
from fsmobile.simulation.faults import Crash, Faults, FragileStorage, fragile_replica
from fsmobile.simulation.invariants import InvariantBroken
from fsmobile.simulation.network import Network
from fsmobile.simulation.ports import DAY_MS, START_MS, SeededChance, VirtualClock, no_problems
from fsmobile.simulation.state import (
    NEIGHBOUR_UNIT,
    UNIT,
    Machine,
    RegistryMemory,
    WorldState,
)
from fsmobile.store.replica import Replica
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.usecases.desk import open_desk

HEALED_ROUNDS = 6
"""Rounds of one sync for each laptop after which a healed world has nothing left to say."""
COPIES_MAX = 3
MACHINES_MAX = 7
STEP_MS_MAX = 3_600_000
"""Of virtual time between two steps."""


class World:
    """Everything that happens in one run."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        """Make the machines and draw what will strike them."""
        random = Random(seed)
        faults = faults or Faults.draw(random)
        self._fragile = fragile_replica(faults, random)
        self.steps = random.randint(20, 60)
        # Small ones make a day's work travel in several requests.
        self.chunk_ops = random.choice([2, 1000])
        self.pull_ops = random.choice([3, 2500])
        disk, clock = copy_disk(empty_registry()), VirtualClock()
        registry = RegistryService(
            storage=FragileStorage(open_engine(disk), faults, random),
            clock=clock,
            chance=SeededChance(random.getrandbits(32)),
            key=_REGISTRY_KEY,
            check_tree=no_problems,
        )
        self.state = WorldState(
            seed=seed,
            random=random,
            faults=faults,
            disk=disk,
            registry=registry,
            registry_clock=clock,
        )
        for position in range(3):
            self._enrol(f"portable-{position}", UNIT, Role.AGENT)
        if random.random() < 0.5:
            self._enrol("coordination", UNIT, Role.COORDINATOR)
        self._enrol("voisin", NEIGHBOUR_UNIT, Role.COORDINATOR)

    @property
    def days(self) -> float:
        """Virtual days since the world began."""
        return (self.state.registry_clock.ms - START_MS) / DAY_MS

    def run(self) -> None:
        """Let things happen, heal everything, and see that all agree."""
        for _ in range(self.steps):
            self.step()
            invariants.check_registry(self.state)
            invariants.check_agencies(self.state)
        self._heal()
        invariants.check_end(self.state)

    def step(self) -> None:
        """Let one thing happen."""
        state, random = self.state, self.state.random
        elapsed = random.randint(0, STEP_MS_MAX)
        state.registry_clock.ms += elapsed
        for clock in {id(one.clock): one.clock for one in state.machines}.values():
            clock.ms += elapsed
        machine = random.choice(state.machines)
        self._accidents(machine)
        if random.random() < 0.45:
            self.sync(machine)
        else:
            self._act(machine)
        if state.late and state.faults.strikes("late_copy", random):
            state.marks["late copy"] += 1
            with suppress(RegistryUnreachable):
                Network(state).deliver(random.choice(state.late))

    def sync(self, machine: Machine) -> bool:
        """Let a laptop sync; tell whether it went through to the end."""
        state = self.state
        try:
            report = SyncEngine(
                machine.replica,
                Network(state),
                machine.key,
                chunk_ops=self.chunk_ops,
                pull_ops=self.pull_ops,
            ).run()
        except Crash:
            self._power_lost(machine)
            return False
        except FsmobileError as error:
            # A person may be told of these only while faults strike; see the engine's docstring.
            if state.faults.healed:
                raise InvariantBroken(state, f"I12: a healed world answered {error!r}") from error
            return False
        finally:
            invariants.check_laptop(state, machine)
        state.marks.update(report.healed)
        # Two machines with one key never stop answering for one another's counter.
        healed = [what for what in report.healed if what != "replay"]
        state.has_news |= bool(report.received or report.pulled or healed)
        return report.is_complete

    def _act(self, machine: Machine) -> None:
        try:
            people.act(self.state, machine)
        except Crash:
            self._power_lost(machine)
        people.remember(self.state, machine)

    # Machines

    def _enrol(self, name: str, unit: str, role: Role) -> None:
        state = self.state
        calm, state.faults.healed = state.faults.healed, True
        chance, clock = SeededChance(state.random.getrandbits(32)), VirtualClock()
        replica = Replica(connection=copy_disk(empty_laptop()), clock=clock, chance=chance)
        key = SigningKey(seed=chance.token(32))
        code = make_code(state.registry, unit, role)
        enrol(replica, state.registry, key, url="http://registry", code=code, name=name)
        machine = self._boot(name, unit, replica.connection, key, clock, chance)
        state.machines.append(machine)
        state.faults.healed = calm

    def _boot(
        self,
        name: str,
        unit: str,
        disk: sqlite3.Connection,
        key: SigningKey,
        clock: VirtualClock,
        chance: SeededChance | None = None,
    ) -> Machine:
        state = self.state
        chance = chance or SeededChance(state.random.getrandbits(32))
        replica = self._fragile(connection=disk, clock=clock, chance=chance)
        desk = open_desk(replica, Catalogue(), {})
        desk.agent_id = AgentId(f"agent-{name[-1]}")
        return Machine(name=name, unit=unit, replica=replica, desk=desk, key=key, clock=clock)

    def _reboot(self, machine: Machine) -> None:
        """Start the program again on the same disk: whatever was in memory is gone."""
        disk = machine.replica.connection
        fresh = self._boot(machine.name, machine.unit, disk, machine.key, machine.clock)
        machine.replica, machine.desk = fresh.replica, fresh.desk

    def _power_lost(self, machine: Machine) -> None:
        self.state.marks["laptop crashed"] += 1
        self._reboot(machine)

    # What strikes outside an exchange

    def _accidents(self, machine: Machine) -> None:
        state, random = self.state, self.state.random
        if random.random() < 0.1:
            image = copy_disk(machine.replica.connection)
            machine.copies = [*machine.copies, image][-COPIES_MAX:]
        if random.random() < 0.1:
            state.registry_copies = [*state.registry_copies, copy_disk(state.disk)][-COPIES_MAX:]
        if state.faults.strikes("clock_wrong", random):
            wrong = [0, START_MS - DAY_MS * 400, START_MS + DAY_MS * 4000, START_MS]
            machine.clock.ms = random.choice(wrong)
        if state.faults.strikes("laptop_restored", random) and machine.copies:
            state.marks["laptop restored"] += 1
            random.choice(machine.copies).backup(machine.replica.connection)
            self._reboot(machine)
        if state.faults.strikes("laptop_cloned", random) and len(state.machines) < MACHINES_MAX:
            self._clone(machine)
        for fault in ("registry_restored", "registry_rolled_back"):
            if state.faults.strikes(fault, random) and state.registry_copies:
                self._restore_registry(announced=fault == "registry_restored")

    def _clone(self, machine: Machine) -> None:
        """Go on twice from one disk and one key."""
        state = self.state
        state.marks["laptop cloned"] += 1
        name = f"{machine.name}-{len(state.machines)}"
        disk, clock = copy_disk(machine.replica.connection), VirtualClock(machine.clock.ms)
        state.machines.append(self._boot(name, machine.unit, disk, machine.key, clock))

    def _restore_registry(self, *, announced: bool) -> None:
        state = self.state
        state.marks["registry restored"] += 1
        state.random.choice(state.registry_copies).backup(state.disk)
        state.registry_memory = RegistryMemory()
        if announced:
            state.marks["epoch cut"] += 1
            epoch = state.registry.chance.token(16)
            with Storage.transaction(state.registry.storage) as transaction:
                transaction.open_epoch(epoch, transaction.last_gsn(), 0, "restored")

    def _heal(self) -> None:
        """Stop every fault, set every clock right, and sync until nobody has news."""
        state = self.state
        state.faults.healed = True
        for machine in state.machines:
            machine.clock.ms = state.registry_clock.ms
        for _ in range(HEALED_ROUNDS):
            state.has_news = False
            done = [self.sync(machine) for machine in state.machines]
            if not all(done):
                raise InvariantBroken(state, "I12: a sync of a healed world left something waiting")
            if not state.has_news:
                state.has_agreed = True
                return
        raise InvariantBroken(state, f"I12: still news after {HEALED_ROUNDS} rounds")


_REGISTRY_KEY = SigningKey(seed=sha256(b"registry of the simulator").digest())


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
