"""What a simulated world is made of: laptops, a registry, and what was seen of them."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fsmobile.core.ids import AgencyId
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.protocol.scopes import (
    REFERENCE_SCOPE,
    Role,
    agency_scope,
    device_scope,
    office_scope,
    unit_scope,
)
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.erasure_rows import OWN_WRITER
from fsmobile.registry.fleet.ledgers import Ledgers
from fsmobile.registry.records import Erasure
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.disks import Hardware, RegistryDisk, Row
from fsmobile.simulation.faults import Faults
from fsmobile.simulation.ports import VirtualClock
from fsmobile.store.replica import Replica
from fsmobile.usecases.desk import Desk

UNIT = "bus-charente/bus-1"
SECOND_UNIT = "bus-charente/bus-2"
"""Of the same agency; no laptop rides in it until one is given to it."""
NEIGHBOUR_UNIT = "bus-creuse/bus-1"
"""Of another agency, on the same registry: neither may ever see a fact of the other."""
UNITS = (UNIT, SECOND_UNIT, NEIGHBOUR_UNIT)


@dataclass(kw_only=True)
class Machine:
    """A simulated laptop: its disk, its key, its clock."""

    name: str
    replica: Replica
    desk: Desk
    key: SigningKey
    clock: VirtualClock
    copies: list[sqlite3.Connection] = field(default_factory=list)
    """Images of its disk that can be put back."""
    folder: Path | None = None
    """Where histories are while they arrive."""
    by_hand: set[str] = field(default_factory=set)
    """Ops that it had from a stick or from the other laptop, in whatever order."""

    @property
    def unit(self) -> str:
        """The bus it works for, as far as it knows."""
        return self.desk.unit_id

    @property
    def agency(self) -> AgencyId:
        """The agency it works for, as far as it knows."""
        return self.desk.agency_id

    @property
    def device_id(self) -> bytes:
        """What the registry knows it by; a clone has the same."""
        return self.desk.enrolment.device_id

    def scopes(self) -> set[str]:
        """Return what it may be told of, as far as it knows."""
        return readable(self.device_id, self.unit, self.desk.enrolment.role)


def readable(device_id: bytes, unit: str, role: str) -> set[str]:
    """Return what a laptop of a bus may be told of; a coordinator reads the other bus too."""
    agency = agency_of(unit)
    units = [one for one in UNITS if agency_of(one) == agency]
    return {
        *map(unit_scope, units if role == Role.COORDINATOR else [unit]),
        *([office_scope(agency)] if role == Role.COORDINATOR else []),
        agency_scope(agency),
        device_scope(device_id),
        REFERENCE_SCOPE,
    }


@dataclass
class RegistryMemory:
    """What the registry was seen to hold; it may only grow until its disk is put back."""

    rows: dict[str, Row] = field(default_factory=dict)
    outcomes: dict[str, Row] = field(default_factory=dict)
    ledgers: Ledgers = field(default_factory=Ledgers)
    """Of its program, which dies with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A file that a courier carries to the registry, as often and as late as it likes."""

    machine: Machine
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StickAnswer:
    """A file that the registry wrote for a laptop."""

    machine: Machine
    data: bytes


@dataclass(kw_only=True)
class WorldState:
    """A world at one instant, and what came up in it so far."""

    seed: int
    random: Random
    faults: Faults
    hardware: Hardware
    disk: RegistryDisk
    """The registry's."""
    registry: RegistryService
    link: RegistryApi
    """The registry as seen through a network that works."""
    registry_clock: VirtualClock
    replica_type: type[Replica]
    """How its laptops store: on disks that fail."""
    boots: int = 0
    """How often a program was started."""
    machines: list[Machine] = field(default_factory=list)
    recorded: dict[str, bytes] = field(default_factory=dict)
    """op_id → hash of everything that a person recorded, on any machine."""
    recorded_in: dict[str, AgencyId] = field(default_factory=dict)
    """op_id → agency of the machine it was recorded on."""
    minds: dict[str, Op] = field(default_factory=dict)
    """op_id → what was recorded, even after every machine has forgotten it."""
    received_at: dict[str, int] = field(default_factory=dict)
    """op_id → when the registry was first seen to hold it, by the true clock."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Of the ops that were recorded."""
    acts: Counter[str] = field(default_factory=Counter)
    """What people did."""
    marks: Counter[str] = field(default_factory=Counter)
    """Situations that came up, so that a simulator that sees nothing is noticed."""
    late: list[bytes] = field(default_factory=list)
    """Requests that a network may deliver again."""
    erased: dict[str, bytes] = field(default_factory=dict)
    """op_id → body of what must be held by nobody."""
    rules: dict[tuple[str, str], int] = field(default_factory=dict)
    """(structure, family) → months that its contents are kept."""
    kept_since: dict[tuple[str, str], int] = field(default_factory=dict)
    """The same → first instant (ms) kept when a rule was carried out, maybe a former one."""
    purged: dict[str, bytes] = field(default_factory=dict)
    """op_id → body of what the registry dropped at its date."""
    slept_ms: int = 0
    """Of the true time that passed, weeks in which nobody did anything."""
    erasures: list[Erasure] = field(default_factory=list)
    """What is written down outside the registry's database."""
    sticks: list[Stick] = field(default_factory=list)
    stick_answers: list[StickAnswer] = field(default_factory=list)
    registry_copies: list[Any] = field(default_factory=list)
    registry_memory: RegistryMemory = field(default_factory=RegistryMemory)
    has_news: bool = False
    has_agreed: bool = False
    """Set once all syncs of the healed world went through."""

    def remember(self, machine: Machine) -> None:
        """Note what the log of a laptop holds: it was recorded, and here."""
        connection = machine.replica.connection
        for op_id, body_hash in connection.execute("SELECT op_id, hash FROM op").fetchall():
            if op_id not in self.recorded:
                self.recorded[op_id] = body_hash
                self.recorded_in[op_id] = machine.agency
                body = connection.execute("SELECT body FROM op WHERE op_id = ?", (op_id,))
                self.keep_in_mind(op_id, body.fetchone()[0])

    def keep_in_mind(self, op_id: str, body: bytes | None) -> None:
        """Remember what somebody just recorded."""
        if body is not None:
            self.minds[op_id] = read_op(body)
            self.kinds[self.minds[op_id].kind] += 1


def agency_of(unit: str) -> AgencyId:
    """Return the agency of a unit."""
    return AgencyId(unit.partition("/")[0])


def remember_orders(world: WorldState) -> None:
    """Note what the registry itself wrote: nobody else recorded it."""
    agencies = {f"dev:{one.device_id.hex()}": one.agency for one in world.machines}
    for op_id, body_hash, scope, body in world.disk.rows(
        "SELECT op_id, hash, scope, body FROM op WHERE writer = :writer", writer=OWN_WRITER
    ):
        if op_id not in world.recorded:
            world.keep_in_mind(op_id, None if body is None else bytes(body))
        world.recorded[op_id] = bytes(body_hash)
        world.recorded_in[op_id] = agencies.get(scope) or agency_of(scope.partition(":")[2])


def some_known(world: WorldState, known: Iterable[str], random: Random) -> str | None:
    """Choose among things known on a laptop, in the order in which people recorded them.

    Sorted by id, the choice would depend on the clocks that made the ids (I16).
    """
    order = {op_id: place for place, op_id in enumerate(world.recorded)}
    ordered = sorted(known, key=lambda op_id: order.get(op_id, -1))
    return random.choice(ordered) if ordered else None
