"""Worlds for tests: a clock and a chance that obey, a registry in process, enrolled laptops."""

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId, PassageId, ProcedureId
from fsmobile.core.visits import Enquiry, HelpKind, Outcome, Visit, Whereabouts
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import make_code, make_registry, open_registry
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.ports import SeededChance, VirtualClock, no_problems
from fsmobile.store.replica import Replica, open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.sync.progress import SyncReport
from fsmobile.usecases.desk import Desk, open_desk

FakeClock = VirtualClock
UNIT = "bus-charente/bus-1"


def memory_engine():
    """A registry's database in memory, on one connection."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def a_registry(clock: FakeClock | None = None, seed: int = 1, engine=None) -> RegistryService:
    """A registry in memory, ready to enrol."""
    engine = engine or memory_engine()
    clock, chance = clock or FakeClock(), SeededChance(seed)
    make_registry(engine, clock, chance)
    return open_registry(engine, clock, chance, no_problems)


@dataclass
class Laptop:
    """An enrolled laptop of a test."""

    desk: Desk
    key: SigningKey
    registry: RegistryService

    @property
    def replica(self) -> Replica:
        return self.desk.replica

    def sync(self, registry=None) -> SyncReport:
        return SyncEngine(self.replica, registry or self.registry, self.key).run()


def a_laptop(
    registry: RegistryService,
    *,
    path: Path | str = ":memory:",
    unit: str = UNIT,
    role: str = "agent",
    name: str = "portable",
    clock: FakeClock | None = None,
    seed: int = 2,
    catalogue: Catalogue | None = None,
    data_key: bytes | None = None,
) -> Laptop:
    """Enrol a new laptop; with a key, its store is encrypted and keeps names."""
    chance = SeededChance(seed)
    replica = open_store(path, clock or registry.clock, chance, data_key)
    key = SigningKey(seed=chance.token(32))
    code = make_code(registry, unit, role)
    enrol(replica, registry, key, url="http://registry", code=code, name=name)
    desk = open_desk(replica, catalogue or Catalogue(), {})
    desk.agent_id = AgentId("agent-a")
    return Laptop(desk, key, registry)


PASSAGE = PassageId("bus-charente/semaine-paire/luxe/2026-11-26")


def a_visit(**changes: object) -> Visit:
    """A valid visit; one field at a time."""
    values: dict[str, object] = {
        "whereabouts": Whereabouts.PASSAGE,
        "passage_id": PASSAGE,
        "insee_code": "16196",
        "service_date": date(2026, 11, 26),
        "starts": time(14, 5),
        "minutes": 15,
        "enquiries": (
            Enquiry(
                procedure=ProcedureId("retraite-dossier"),
                operator="cnav",
                help=HelpKind.ASSISTANCE,
                outcome=Outcome.RESOLVED,
            ),
        ),
    }
    return Visit(**{**values, **changes})
