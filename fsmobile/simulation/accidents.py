"""What strikes a simulated world outside an exchange: disks put back, clocks, keys, moves."""

from fsmobile.protocol.logbook_records import LOGBOOK_WRITE
from fsmobile.protocol.promise_records import APPOINTMENT_BOOK, FOLLOW_UP_NAME, FOLLOW_UP_OPEN
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.registry.storage import Storage
from fsmobile.simulation import administrators, machines, retention
from fsmobile.simulation.machines import MACHINES_MAX
from fsmobile.simulation.ports import DAY_MS, START_MS
from fsmobile.simulation.state import Machine, RegistryMemory, WorldState

COPIES_MAX = 3
OF_PEOPLE = (APPOINTMENT_BOOK, FOLLOW_UP_OPEN, FOLLOW_UP_NAME, LOGBOOK_WRITE)
"""Kinds besides visits of which a person may ask that nothing be kept."""


def strike(world: WorldState, machine: Machine) -> None:
    """Copy disks, and let whatever this step draws happen."""
    _copy_disks(world, machine)
    _strike_clock(world, machine)
    _strike_machine(world, machine)
    _administer(world, machine)
    for fault in ("registry_restored", "registry_rolled_back"):
        if world.registry_copies and world.faults.strikes(fault):
            _restore_registry(world, fault)


def _copy_disks(world: WorldState, machine: Machine) -> None:
    if world.random.random() < 0.1:
        image = world.hardware.copy(machine.replica.connection)
        machine.copies = [*machine.copies, image][-COPIES_MAX:]
    if world.random.random() < 0.1:
        world.registry_copies = [*world.registry_copies, world.disk.copy()][-COPIES_MAX:]


def _strike_clock(world: WorldState, machine: Machine) -> None:
    faults = world.faults
    if faults.strikes("clock_wrong"):
        wrong = [0, START_MS - DAY_MS * 400, START_MS + DAY_MS * 4000, START_MS]
        machine.clock.ms = faults.random("clock_wrong").choice(wrong)
        world.marks["clock jumped"] += 1
    if faults.strikes("clock_drifts"):
        machine.clock.pace = faults.random("clock_drifts").choice([0, 0.9, 1.1, 3])
        world.marks["clock drifted"] += 1


def _strike_machine(world: WorldState, machine: Machine) -> None:
    faults = world.faults
    if machine.copies and faults.strikes("laptop_restored"):
        machines.put_back(world, machine)
    if len(world.machines) < MACHINES_MAX and faults.strikes("laptop_cloned"):
        machines.clone(world, machine)
    if len(world.machines) < MACHINES_MAX and faults.strikes("laptop_reinstalled"):
        machines.reinstall(world, machine)


def _administer(world: WorldState, machine: Machine) -> None:
    faults = world.faults
    if faults.strikes("key_revoked"):
        administrators.revoke_key(world, machine)
    if "key_revoked" in faults.struck:
        administrators.try_stolen_keys(world)
    if faults.strikes("laptop_assigned"):
        administrators.assign_laptop(world, machine)
    if faults.strikes("erased"):
        administrators.erase_one(world, "erased", (VISIT_RECORD,))
    if faults.strikes("file_erased"):
        administrators.erase_one(world, "file_erased", OF_PEOPLE)
    if faults.strikes("weeks_pass"):
        retention.let_weeks_pass(world)
    if faults.strikes("retention"):
        retention.decide_or_apply(world)


def _restore_registry(world: WorldState, fault: str) -> None:
    world.marks["registry restored"] += 1
    world.disk.put_back(world.faults.random(fault).choice(world.registry_copies))
    world.registry_memory = RegistryMemory()
    if fault == "registry_restored":
        world.marks["epoch cut"] += 1
        epoch = world.registry.chance.token(16)
        with Storage.transaction(world.registry.storage) as transaction:
            transaction.open_epoch(epoch, transaction.last_gsn(), 0, "restored")
        administrators.repeat_erasures(world)
