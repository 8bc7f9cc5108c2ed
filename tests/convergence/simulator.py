"""A small world from one seed: three laptops, sometimes a coordinator, a registry, a bad network.

Deterministic: one source of chance, virtual clocks, no thread; the modules are the
program's own. `run_seed(n)` raises `InvariantBroken` with what is needed to replay it.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from random import Random
from unittest.mock import patch

from convergence import invariants
from convergence.faults import Crash, Faults, FragileReplica, FragileStorage
from convergence.invariants import InvariantBroken
from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool
from worlds import PASSAGE, START_MS, UNIT, FakeClock, SeededChance, a_visit, no_problems

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId, PassageId
from fsmobile.core.passages import PassageReason
from fsmobile.errors import FsmobileError, InvalidInput, RegistryUnreachable
from fsmobile.protocol import records
from fsmobile.protocol.messages import EnrolAnswer, EnrolRequest
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import make_code, make_registry
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.store import ops, queries, schedule_trees
from fsmobile.store.ops import NewOp
from fsmobile.store.replica import Replica, open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.usecases import passages, undo, visits
from fsmobile.usecases.desk import Desk, open_desk

HEALED_ROUNDS = 6
"""Rounds of one sync for each laptop after which a healed world has nothing left to say."""
OTHER_PASSAGE = PassageId("bus-charente/semaine-paire/aigre/2026-11-26")
COPIES_MAX = 3


@dataclass
class Machine:
    """A simulated laptop: its disk, its key, its clock."""

    name: str
    replica: Replica
    desk: Desk
    key: SigningKey
    clock: FakeClock
    copies: list[sqlite3.Connection] = field(default_factory=list)
    """Images of its disk that can be put back."""


class World:
    """Everything that happens in one run."""

    def __init__(self, seed: int, faults: Faults | None = None) -> None:
        self.random = Random(seed)
        self.seed = seed
        self.faults = faults or Faults.draw(self.random)
        self.steps = self.random.randint(20, 60)
        self.limits = {
            "CHUNK_OPS": self.random.choice([2, 1000]),
            "PULL_OPS": self.random.choice([3, 2500]),
        }
        """Small ones make a day's work travel in several requests."""
        self.recorded: dict[str, bytes] = {}
        """op_id → hash of everything that a person recorded, on any machine."""
        self.has_news = False
        self.has_agreed = False
        """Set once all syncs of the healed world went through."""
        self.marks: set[str] = set()
        """Situations that came up, so that a simulator that sees nothing is noticed."""
        self.late: list[bytes] = []
        self.disk, self.registry = self._make_registry()
        self.registry_copies: list[sqlite3.Connection] = []
        self.registry_memory = invariants.RegistryMemory()
        self.machines: list[Machine] = []
        for position in range(3):
            self._enrol(f"portable-{position}", "agent")
        if self.random.random() < 0.5:
            self._enrol("coordination", "coordinator")

    def run(self) -> None:
        """Let things happen, heal everything, and see that all agree."""
        for _ in range(self.steps):
            self.step()
            invariants.check_registry(self)
        self._heal()
        invariants.check_end(self)

    def step(self) -> None:
        """Let one thing happen."""
        machine = self.random.choice(self.machines)
        machine.clock.ms += self.random.randint(0, 600_000)
        self.registry.clock.ms += 60_000  # type: ignore[attr-defined]
        self._accidents(machine)
        if self.random.random() < 0.45:
            self.sync(machine)
        else:
            self._act(machine)
        if self.late and self.faults.strikes("late_copy", self.random):
            self.marks.add("late copy")
            with suppress(RegistryUnreachable):
                self.deliver(self.random.choice(self.late))

    # Machines

    def _make_registry(self) -> tuple[sqlite3.Connection, RegistryService]:
        disk = _copy(_empty_registry())
        engine = create_engine("sqlite://", creator=lambda: disk, poolclass=StaticPool)
        event.listen(engine, "begin", lambda one: one.exec_driver_sql("BEGIN IMMEDIATE"))
        storage = FragileStorage(engine, self.faults, self.random)
        return disk, RegistryService(
            storage=storage,
            clock=FakeClock(),
            chance=SeededChance(self.random.getrandbits(32)),
            key=_REGISTRY_KEY,
            check_tree=no_problems,
        )

    def _enrol(self, name: str, role: str) -> None:
        calm, self.faults.healed = self.faults.healed, True
        chance = SeededChance(self.random.getrandbits(32))
        clock = FakeClock()
        disk = _copy(_empty_laptop())
        replica = Replica(connection=disk, clock=clock, chance=chance)
        key = SigningKey(seed=chance.token(32))
        code = make_code(self.registry, UNIT, role)
        enrol(replica, self.registry, key, url="http://registry", code=code, name=name)
        self.machines.append(self._boot(name, disk, key, clock, chance))
        self.faults.healed = calm

    def _boot(
        self,
        name: str,
        disk: sqlite3.Connection,
        key: SigningKey,
        clock: FakeClock,
        chance: SeededChance,
    ) -> Machine:
        replica = FragileReplica(
            connection=disk, clock=clock, chance=chance, faults=self.faults, random=self.random
        )
        desk = open_desk(replica, Catalogue(), {})
        desk.agent_id = AgentId(f"agent-{name[-1]}")
        return Machine(name=name, replica=replica, desk=desk, key=key, clock=clock)

    def _reboot(self, machine: Machine) -> None:
        """Start the program again on the same disk: whatever was in memory is gone."""
        chance = SeededChance(self.random.getrandbits(32))
        fresh = self._boot(
            machine.name, machine.replica.connection, machine.key, machine.clock, chance
        )
        machine.replica, machine.desk = fresh.replica, fresh.desk

    def _accidents(self, machine: Machine) -> None:
        if self.random.random() < 0.1:
            machine.copies = [*machine.copies, _copy(machine.replica.connection)][-COPIES_MAX:]
        if self.random.random() < 0.1:
            self.registry_copies = [*self.registry_copies, _copy(self.disk)][-COPIES_MAX:]
        if self.faults.strikes("clock_wrong", self.random):
            wrong = [0, START_MS - 86_400_000 * 400, START_MS + 86_400_000 * 4000, START_MS]
            machine.clock.ms = self.random.choice(wrong)
        if self.faults.strikes("laptop_restored", self.random) and machine.copies:
            self.marks.add("laptop restored")
            self.random.choice(machine.copies).backup(machine.replica.connection)
            self._reboot(machine)
        if self.faults.strikes("laptop_cloned", self.random) and len(self.machines) < 6:
            self.marks.add("laptop cloned")
            disk = _copy(machine.replica.connection)
            chance = SeededChance(self.random.getrandbits(32))
            clock = FakeClock(machine.clock.ms)
            self.machines.append(
                self._boot(f"{machine.name}-{len(self.machines)}", disk, machine.key, clock, chance)
            )
        for fault in ("registry_restored", "registry_rolled_back"):
            if self.faults.strikes(fault, self.random) and self.registry_copies:
                self.marks.add("registry restored")
                self._restore_registry(announced=fault == "registry_restored")

    def _restore_registry(self, *, announced: bool) -> None:
        self.random.choice(self.registry_copies).backup(self.disk)
        self.registry_memory = invariants.RegistryMemory()
        if announced:
            epoch = self.registry.chance.token(16)
            with Storage.transaction(self.registry.storage) as transaction:
                transaction.open_epoch(epoch, transaction.last_gsn(), 0, "restored")

    # What people do

    def _act(self, machine: Machine) -> None:
        acts = [self._record] * 5 + [self._correct, self._void, self._undo, self._poison]
        acts += [self._passage] * 3
        if machine.desk.enrolment.role == "coordinator":
            acts += [self._publish] * 4
        try:
            self.random.choice(acts)(machine)
        except Crash:
            self.marks.add("laptop crashed")
            self._reboot(machine)
        except InvalidInput:
            pass  # such as closing what was never opened: a person is told
        for op_id, body_hash in machine.replica.connection.execute("SELECT op_id, hash FROM op"):
            self.recorded.setdefault(op_id, body_hash)

    def _record(self, machine: Machine) -> None:
        visits.record_visit(machine.desk, a_visit(minutes=self.random.randint(1, 60)))

    def _correct(self, machine: Machine) -> None:
        if (visit_id := self._some_visit(machine)) is not None:
            minutes = self.random.randint(1, 60)
            visits.correct_visit(machine.desk, visit_id, {"minutes": minutes})

    def _void(self, machine: Machine) -> None:
        if (visit_id := self._some_visit(machine)) is not None:
            if self.random.random() < 0.5:
                visits.void_visit(machine.desk, visit_id, "doublon")
            else:
                visits.unvoid_visit(machine.desk, visit_id)

    def _some_visit(self, machine: Machine):  # type: ignore[no-untyped-def]
        rows = sorted(row.state.visit_id for row in queries.list_visits(machine.replica))
        return self.random.choice(rows) if rows else None

    def _undo(self, machine: Machine) -> None:
        undo.undo_last(machine.desk)

    def _passage(self, machine: Machine) -> None:
        passage_id = self.random.choice([PASSAGE, OTHER_PASSAGE])
        act = self.random.randrange(5)
        if act == 0:
            passages.open_passage(machine.desk, passage_id)
        elif act == 1:
            passages.close_passage(machine.desk, passage_id)
        elif act == 2:
            passages.cancel_passage(machine.desk, passage_id, PassageReason.BREAKDOWN)
        elif act == 3:
            passages.note_passage(machine.desk, passage_id, f"note {self.random.randint(0, 99)}")
        else:
            passages.tally_passage(machine.desk, passage_id, met=self.random.randint(1, 3))

    def _poison(self, machine: Machine) -> None:
        """Record what a broken or a newer program might: it may delay nothing else."""
        self.marks.add("poison")
        kind, scope, data = self.random.choice(
            [
                (records.VISIT_RECORD, f"unit:{UNIT}", b'{"minutes":"many"}'),
                ("meteo.observe", "unit:elsewhere/bus-9", b"{}"),
                ("meteo.observe", f"unit:{UNIT}", b'{"sky":["grey"]}'),
            ]
        )
        agent = machine.desk.agent_id
        ops.append(
            machine.replica, NewOp(kind=kind, schema=1, scope=scope, agent_id=agent, data=data)
        )

    def _publish(self, machine: Machine) -> None:
        """Publish a small tree on top of the newest revision that this laptop knows."""
        desk = machine.desk
        files = {"structure.toml": f"nom = 'n{self.random.randint(0, 9)}'\n", "lieux.toml": "# \n"}
        known = schedule_trees.load_revisions(machine.replica, desk.agency_id)
        manifest = {path: sha256(text.encode()).hexdigest() for path, text in files.items()}
        parts = [
            ScheduleFilePart(sha256=manifest[path], part=0, parts=1, text=text)
            for path, text in files.items()
        ]
        base = known[0].revision if known else 0
        whole = SchedulePublication(agency=desk.agency_id, base=base, manifest=manifest)
        news = [desk.schedule_op(records.SCHEDULE_FILE, records.encode_schedule(p)) for p in parts]
        last = desk.schedule_op(records.SCHEDULE_PUBLISH, records.encode_schedule(whole))
        ops.append_all(machine.replica, [*news, last])

    # The network

    def sync(self, machine: Machine) -> bool:
        """Let a laptop sync; tell whether it went through to the end."""
        try:
            with patch.multiple("fsmobile.sync.engine", **self.limits):
                network = Network(self, machine)
                report = SyncEngine(machine.replica, network, machine.key).run()
        except Crash:
            self.marks.add("laptop crashed")
            self._reboot(machine)
            return False
        except FsmobileError as error:
            self._expect(error)
            return False
        finally:
            invariants.check_laptop(self, machine)
        self.marks.update(report.healed)
        # Two machines with one key never stop answering for one another's counter.
        healed = [what for what in report.healed if what != "replay"]
        self.has_news |= bool(report.received or report.pulled or healed)
        return report.is_complete

    def _expect(self, error: FsmobileError) -> None:
        """A person may be told of these only while faults strike; see the engine's docstring."""
        if self.faults.healed:
            raise InvariantBroken(self, f"I12: a healed world answered {error!r}") from error

    def deliver(self, envelope: bytes) -> bytes:
        """Hand a request to the registry, which may die of it, and check what it says."""
        try:
            answer = self.registry.sync(envelope)
        except Crash as crash:
            self.marks.add("registry crashed")
            raise RegistryUnreachable("registry_unreachable") from crash
        invariants.check_answer(self, answer)
        return answer

    def _heal(self) -> None:
        self.faults.healed = True
        for machine in self.machines:
            machine.clock.ms = self.registry.clock.ms  # type: ignore[attr-defined]
        for _ in range(HEALED_ROUNDS):
            self.has_news = False
            done = [self.sync(machine) for machine in self.machines]
            if not all(done):
                raise InvariantBroken(self, "I12: a sync of a healed world left something waiting")
            if not self.has_news:
                self.has_agreed = True
                return
        raise InvariantBroken(self, f"I12: still news after {HEALED_ROUNDS} rounds")


@dataclass
class Network:
    """The registry as a laptop sees it through a bad link."""

    world: World
    machine: Machine

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        return self.world.registry.enrol(request)

    def sync(self, envelope: bytes) -> bytes:
        world, random = self.world, self.world.random
        strikes = world.faults.strikes
        if strikes("request_lost", random):
            raise RegistryUnreachable("registry_unreachable")
        world.late = [*world.late, envelope][-5:]
        sent = _altered(envelope, random) if strikes("altered", random) else envelope
        answer = world.deliver(sent)
        if strikes("doubled", random):
            second = world.deliver(sent)
            answer = random.choice([answer, second])
        if strikes("reply_lost", random):
            raise RegistryUnreachable("registry_too_slow")
        return _altered(answer, random) if strikes("altered", random) else answer


def _altered(message: bytes, random: Random) -> bytes:
    """Flip one bit."""
    changed = bytearray(message)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


_REGISTRY_KEY = SigningKey(seed=sha256(b"registry of the simulator").digest())


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def _copy(disk: sqlite3.Connection) -> sqlite3.Connection:
    copy = _connect()
    disk.backup(copy)
    return copy


@cache
def _empty_registry() -> sqlite3.Connection:
    """Return a registry's database just made; migrations are slow, so once."""
    disk = _connect()
    engine = create_engine("sqlite://", creator=lambda: disk, poolclass=StaticPool)
    event.listen(engine, "begin", lambda one: one.exec_driver_sql("BEGIN IMMEDIATE"))
    make_registry(engine, FakeClock(), SeededChance(1))
    return disk


@cache
def _empty_laptop() -> sqlite3.Connection:
    return open_store(":memory:", FakeClock(), SeededChance(1)).connection


def run_seed(seed: int, faults: Faults | None = None) -> World:
    """Run one world to its end.

    Raises:
        InvariantBroken: with the seed and the faults that replay it.
    """
    world = World(seed, faults)
    try:
        world.run()
    except InvariantBroken:
        raise
    except Exception as error:
        raise InvariantBroken(world, f"crashed: {error!r}") from error
    return world
