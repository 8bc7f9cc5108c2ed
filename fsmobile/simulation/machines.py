"""Machines of a simulated world: started, struck by a power cut, put back, cloned, replaced."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from random import Random

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId
from fsmobile.errors import FsmobileError
from fsmobile.protocol.scopes import Role
from fsmobile.protocol.signatures import SigningKey
from fsmobile.simulation.derived import check_journal
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.fleets import NewLaptop, enrol_laptop
from fsmobile.simulation.ports import SeededChance, VirtualClock
from fsmobile.simulation.state import Machine, WorldState
from fsmobile.store import identity
from fsmobile.usecases.desk import open_desk

MACHINES_MAX = 7


def start(world: WorldState, new: NewLaptop, disk: sqlite3.Connection) -> None:
    """Give an enrolled laptop to the bus that it was enrolled for."""
    clock = VirtualClock(world.registry_clock.ms)
    world.machines.append(_boot(world, new.name, disk, new.key, clock))


def reboot(world: WorldState, machine: Machine) -> None:
    """Start the program again on the same disk: whatever was in memory is gone."""
    _boot_again(world, machine, world.hardware.reopen(machine.replica.connection))


def lose_power(world: WorldState, machine: Machine) -> None:
    """Let a machine die where it stands, and start it again."""
    world.marks["laptop crashed"] += 1
    reboot(world, machine)
    check_journal(world, machine)


def let(world: WorldState, machine: Machine, act: Callable[[], object]) -> None:
    """Let something happen on a laptop, whose power or disk may fail meanwhile."""
    try:
        act()
    except Crash:
        lose_power(world, machine)
    except FsmobileError:
        pass  # a person is told


def start_again_if_moved(world: WorldState, machine: Machine) -> None:
    """Do what a laptop asks of its person once it works for another bus."""
    known = identity.load_enrolment(machine.replica)
    if known is not None and known.certificate != machine.desk.enrolment.certificate:
        world.marks["laptop moved"] += 1
        reboot(world, machine)


def image_if_torn(world: WorldState, machine: Machine) -> sqlite3.Connection | None:
    """Keep what a disk holds now, if it is about to lose the end of its log."""
    if not world.faults.strikes("wal_torn"):
        return None
    return world.hardware.copy(machine.replica.connection)


def tear(world: WorldState, machine: Machine, image: sqlite3.Connection) -> None:
    """Cut the end off a disk's log: the last commits are gone, those before are whole."""
    if any(one is machine for one in world.machines):
        world.marks["log torn"] += 1
        random = world.faults.random("wal_torn")
        _boot_again(world, machine, world.hardware.tear(machine.replica.connection, image, random))
        check_journal(world, machine)


def put_back(world: WorldState, machine: Machine) -> None:
    """Put one of the images of a laptop's disk back."""
    world.marks["laptop restored"] += 1
    image = world.faults.random("laptop_restored").choice(machine.copies)
    image.backup(machine.replica.connection)
    reboot(world, machine)


def clone(world: WorldState, machine: Machine) -> None:
    """Go on twice from one disk and one key."""
    world.marks["laptop cloned"] += 1
    name = f"{machine.name}-{len(world.machines)}"
    disk = world.hardware.copy(machine.replica.connection)
    clock = VirtualClock(machine.clock.ms, machine.clock.pace)
    twin = _boot(world, name, disk, machine.key, clock)
    world.machines.append(replace(twin, by_hand=set(machine.by_hand)))


def reinstall(world: WorldState, machine: Machine) -> None:
    """Lose a laptop's disk with what was not sent; give its bus a new one under its name."""
    world.marks["laptop reinstalled"] += 1
    world.machines.remove(machine)
    role, name = Role(machine.desk.enrolment.role), f"{machine.name}n"
    calm, world.faults.healed = world.faults.healed, True
    new = enrol_laptop(world.hardware, world.registry, world.link, name, machine.unit, role)
    world.faults.healed = calm
    start(world, new, new.disk)


def _boot_again(world: WorldState, machine: Machine, disk: sqlite3.Connection) -> None:
    fresh = _boot(world, machine.name, disk, machine.key, machine.clock)
    machine.replica, machine.desk = fresh.replica, fresh.desk


def _boot(
    world: WorldState,
    name: str,
    disk: sqlite3.Connection,
    key: SigningKey,
    clock: VirtualClock,
) -> Machine:
    world.boots += 1
    chance = SeededChance(Random(f"{world.seed} {name} {world.boots}").getrandbits(32))
    replica = world.replica_type(
        connection=disk, clock=clock, chance=chance, is_encrypted=_is_encrypted(world, key)
    )
    desk = open_desk(replica, Catalogue(), {})
    desk.agent_id = AgentId(f"agent-{name[-1]}")
    return Machine(name=name, replica=replica, desk=desk, key=key, clock=clock)


def _is_encrypted(world: WorldState, key: SigningKey) -> bool:
    """Tell whether a laptop passes for encrypted: it may keep names then; a clone does too."""
    return Random(f"{world.seed} {key.public.hex()} encrypted").random() < 0.5
