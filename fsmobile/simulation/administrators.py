"""What is done at a simulated registry: keys revoked, buses given, things erased and booked."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from fsmobile.core.ids import AgentId
from fsmobile.errors import FsmobileError, InvalidInput, NotAllowed
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import KEY_REVOKE, RevokeOrder, read_order
from fsmobile.protocol.promise_records import APPOINTMENT_BOOK, encode_promise
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.administration import revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.erasure import erase, erase_again
from fsmobile.registry.orders import OrderBook
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.promises import some_appointment
from fsmobile.simulation.state import (
    NEIGHBOUR_UNIT,
    UNIT,
    UNITS,
    Machine,
    WorldState,
    agency_of,
    remember_orders,
)
from fsmobile.sync.peer import check_peer, own_certificate

TOWN_HALL = AgentId("mairie:luxe")


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


def erase_one(world: WorldState, fault: str, kinds: Sequence[str]) -> None:
    """Erase one of the things that the registry holds, with all that was said of it."""
    held = [
        (op_id, body)
        for kind, op_id, body in world.disk.rows(
            "SELECT kind, op_id, body FROM op WHERE is_forwarded = 1 AND body IS NOT NULL"
            " ORDER BY gsn"
        )
        if kind in kinds
    ]
    if not held:
        return
    op_id, body = world.faults.random(fault).choice(held)
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


def book_for_someone(world: WorldState) -> None:
    """Let a town hall book an hour, which nobody asked the bus about."""
    random = world.faults.random("town_hall_books")
    unit = random.choice([UNIT, NEIGHBOUR_UNIT])
    data = encode_promise(some_appointment(agency_of(unit), random))
    registry = world.registry
    with suppress(Crash, SQLAlchemyError), registry.storage.transaction() as transaction:
        book = OrderBook(transaction=transaction, clock=registry.clock, chance=registry.chance)
        book.write(APPOINTMENT_BOOK, unit_scope(unit), data, agent_id=TOWN_HALL)
    world.acts["town_hall_books"] += 1
    remember_orders(world)
