"""The fleet that a world begins with: a registry and its laptops, enrolled once for many worlds."""

import sqlite3
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.protocol.scopes import Role
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import make_code
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.simulation.disks import Hardware, image_of
from fsmobile.simulation.ports import SeededChance, VirtualClock, no_problems
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT
from fsmobile.store.replica import Replica
from fsmobile.sync.enrolment import enrol

REGISTRY_SEED = sha256(b"registry of the simulator").digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLaptop:
    """A laptop that was enrolled, and nothing else."""

    name: str
    unit: str
    key: SigningKey
    disk: sqlite3.Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A registry and its laptops before anything happened."""

    registry: Any
    """Image of its disk."""
    laptops: tuple[NewLaptop, ...]


def make_fleet(hardware: Hardware, laptops: int, *, has_coordinator: bool) -> Fleet:
    """Enrol so many laptops of the first agency and one of its neighbour."""
    return _make_fleet(hardware, SigningKey(seed=REGISTRY_SEED).public, laptops, has_coordinator)


@lru_cache(maxsize=32)
def _make_fleet(
    hardware: Hardware, registry_key: bytes, laptops: int, has_coordinator: bool
) -> Fleet:
    """Keep fleets apart by the registry's public key too: cheap keys and real ones differ in it."""
    disk = hardware.registry()
    service = RegistryService(
        storage=Storage(disk.engine),
        clock=VirtualClock(),
        chance=SeededChance(1),
        key=SigningKey(seed=REGISTRY_SEED),
        check_tree=no_problems,
    )
    wanted = [(f"portable-{position}", UNIT, Role.AGENT) for position in range(laptops)]
    wanted += [("coordination", UNIT, Role.COORDINATOR)] if has_coordinator else []
    wanted += [("voisin", NEIGHBOUR_UNIT, Role.COORDINATOR)]
    enrolled = tuple(
        replace(new, disk=image_of(new.disk))
        for new in (
            enrol_laptop(hardware, service, service, name, unit, role)
            for name, unit, role in wanted
        )
    )
    hardware.clear()
    return Fleet(registry=disk.copy(), laptops=enrolled)


def enrol_laptop(
    hardware: Hardware,
    service: RegistryService,
    link: RegistryApi,
    name: str,
    unit: str,
    role: Role,
) -> NewLaptop:
    """Enrol a laptop whose key depends on its name only."""
    chance = SeededChance(int.from_bytes(sha256(name.encode()).digest()[:4]))
    clock = VirtualClock(service.clock.now_ms())
    replica = Replica(connection=hardware.laptop(), clock=clock, chance=chance)
    key = SigningKey(seed=chance.token(32))
    code = make_code(service, unit, role)
    enrol(replica, link, key, url="http://registry", code=code, name=name)
    return NewLaptop(name=name, unit=unit, key=key, disk=replica.connection)
