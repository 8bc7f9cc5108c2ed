"""What a simulated world is made of: laptops, a registry, and what was seen of them."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fsmobile.core.ids import AgencyId
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
    acts: Counter[str] = field(default_factory=Counter)
    """What people did."""
    marks: Counter[str] = field(default_factory=Counter)
    """Situations that came up, so that a simulator that sees nothing is noticed."""
    late: list[bytes] = field(default_factory=list)
    """Requests that a network may deliver again."""
    erased: dict[str, bytes] = field(default_factory=dict)
    """op_id → body of the visits that must be held by nobody."""
    erasures: list[Erasure] = field(default_factory=list)
    """What is written down outside the registry's database."""
    sticks: list[Stick] = field(default_factory=list)
    stick_answers: list[StickAnswer] = field(default_factory=list)
    registry_copies: list[Any] = field(default_factory=list)
    registry_memory: RegistryMemory = field(default_factory=RegistryMemory)
    has_news: bool = False
    has_agreed: bool = False
    """Set once all syncs of the healed world went through."""


def agency_of(unit: str) -> AgencyId:
    """Return the agency of a unit."""
    return AgencyId(unit.partition("/")[0])
