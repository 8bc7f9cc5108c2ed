"""What those who run a simulated registry do: revoke a key, erase what must not be held."""

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from fsmobile.errors import FsmobileError, InvalidInput, NotAllowed
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import KEY_REVOKE, RevokeOrder, read_order
from fsmobile.registry.administration import revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.erasure import erase, erase_again
from fsmobile.registry.erasure_rows import OWN_WRITER
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.state import UNITS, Machine, WorldState, agency_of
from fsmobile.sync.peer import check_peer, own_certificate


def revoke_key(world: WorldState, machine: Machine) -> None:
    """Take a laptop's right to speak."""
    world.marks["key revoked"] += 1
    with suppress(Crash, SQLAlchemyError):
        revoke(world.registry, machine.device_id.hex())
    remember_orders(world)


def try_stolen_keys(world: WorldState) -> None:
    """I13: who was told that a key is revoked gives its holder nothing, whatever it shows."""
    for stolen in world.machines:
        for other in world.machines:
            told = other.replica.connection.execute(
                "SELECT body FROM remote WHERE kind = ? AND gsn > 0", (KEY_REVOKE,)
            ).fetchall()
            names = [read_order(read_op(body)) for (body,) in told if body is not None]
            if RevokeOrder(device_id=stolen.device_id) not in names:
                continue
            with suppress(InvalidInput, NotAllowed):
                check_peer(other.replica, own_certificate(stolen.replica))
                what = f"I13: {other.name} would give its visits to {stolen.name}, revoked"
                raise InvariantBroken(world, what)
            world.marks["stolen key refused"] += 1


def assign_laptop(world: WorldState, machine: Machine) -> None:
    """Give a laptop to another bus, of its own agency or of the neighbour."""
    random = world.faults.random("laptop_assigned")
    unit = random.choice([one for one in UNITS if one != machine.unit])
    with suppress(Crash, SQLAlchemyError, InvalidInput):
        assign(world.registry, machine.device_id.hex(), unit=unit)
        world.marks["laptop assigned"] += 1
    remember_orders(world)


def erase_visit(world: WorldState) -> None:
    """Erase one of the visits that the registry holds, with all that was said of it."""
    held = world.disk.rows(
        "SELECT op_id, body FROM op WHERE kind = 'visit.record' AND is_forwarded = 1"
        " AND body IS NOT NULL ORDER BY gsn"
    )
    if not held:
        return
    op_id, body = world.faults.random("erased").choice(held)
    world.erased[op_id] = read_op(bytes(body)).body
    world.marks["erased"] += 1
    with suppress(Crash, SQLAlchemyError, FsmobileError):
        erase(world.registry, [op_id], "demande", write_down=world.erasures.extend)
    remember_orders(world)


def repeat_erasures(world: WorldState) -> None:
    """Do what a registry does as it starts: erase again what its database has forgotten."""
    with suppress(Crash, SQLAlchemyError, FsmobileError):
        erase_again(world.registry, world.erasures)
    remember_orders(world)


def remember_orders(world: WorldState) -> None:
    """Note what the registry itself wrote: nobody else recorded it."""
    agencies = {f"dev:{one.device_id.hex()}": one.agency for one in world.machines}
    for op_id, body_hash, scope in world.disk.rows(
        "SELECT op_id, hash, scope FROM op WHERE writer = :writer", writer=OWN_WRITER
    ):
        world.recorded[op_id] = bytes(body_hash)
        world.recorded_in[op_id] = agencies.get(scope) or agency_of(scope.partition(":")[2])
