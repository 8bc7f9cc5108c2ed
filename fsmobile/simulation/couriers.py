"""What passes by hand in a simulated world: sticks to the registry, one laptop to another."""

from sqlalchemy.exc import SQLAlchemyError

from fsmobile.errors import InvalidInput
from fsmobile.protocol.bundle import read_bundle
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.sticks import import_stick
from fsmobile.simulation import invariants, machines
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.network import Network, altered
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.state import UNIT, Machine, Stick, StickAnswer, WorldState
from fsmobile.store import carried
from fsmobile.store.replica import Replica
from fsmobile.sync.peer import check_peer, hand_over, make_offer, own_certificate, take_offer
from fsmobile.sync.stick import export_stick, import_answer

STICKS_MAX = 4
_DICTIONARY = load_wire_dictionary()


def go_round(world: WorldState) -> None:
    """Let the courier and the people of one bus do what needs no network."""
    random = world.faults.random("stick")
    if world.faults.strikes("stick"):
        machine = random.choice(world.machines)
        machines.let(world, machine, lambda: write_stick(world, machine))
    if world.sticks and world.faults.strikes("stick"):
        take_to_registry(world)
    if world.stick_answers and world.faults.strikes("stick"):
        answer = random.choice(world.stick_answers)
        if any(one is answer.machine for one in world.machines):
            machines.let(world, answer.machine, lambda: take_to_laptop(world, answer))
    if world.faults.strikes("peers_met"):
        here = [one for one in world.machines if one.unit == UNIT]
        if len(here) > 1:
            one, other = world.faults.random("peers_met").sample(here, 2)
            machines.let(world, one, lambda: meet(world, one, other))


def write_stick(world: WorldState, machine: Machine) -> None:
    """Let a laptop write a stick; the courier keeps the last few."""
    exported = export_stick(machine.replica, machine.key, _DICTIONARY)
    world.sticks = [*world.sticks, Stick(machine=machine, data=exported.data)][-STICKS_MAX:]


def take_to_registry(world: WorldState) -> None:
    """Hand the registry one of the sticks, maybe not for the first time, maybe spoilt."""
    stick = world.faults.random("stick").choice(world.sticks)
    data = _carried(world, stick.data)
    try:
        imported = import_stick(world.registry, data, _DICTIONARY)
    except Crash:
        world.marks["registry crashed"] += 1
        return
    except SQLAlchemyError:
        return  # the disk is full: who runs the registry is told, and does it again
    except InvalidInput as error:
        if data == stick.data:
            raise InvariantBroken(world, f"I12: a good stick was refused: {error!r}") from error
        return
    if data != stick.data:
        raise InvariantBroken(world, "I4: the registry took a spoilt stick in")
    world.marks["stick taken in"] += 1
    answer = StickAnswer(machine=stick.machine, data=imported.answer)
    world.stick_answers = [*world.stick_answers, answer][-STICKS_MAX:]
    codec = Codec(LAPTOP_LEVEL, _DICTIONARY)
    for envelope in read_bundle(imported.answer, stick.machine.key.box, codec).envelopes:
        invariants.check_answer(world, envelope)


def take_to_laptop(world: WorldState, answer: StickAnswer) -> None:
    """Bring one of the registry's answers to its laptop, maybe not for the first time."""
    machine = answer.machine
    data, before = _carried(world, answer.data), _pulled(machine.replica)
    try:
        import_answer(machine.replica, machine.key, data, _DICTIONARY)
    finally:
        machine.by_hand |= _pulled(machine.replica) - before
    if data != answer.data:
        raise InvariantBroken(world, f"I4: {machine.name} took a spoilt stick in")
    world.marks["stick answered"] += 1


def meet(world: WorldState, one: Machine, other: Machine) -> None:
    """Let two laptops of a bus give each other what they have."""
    for giver, taker in ((one, other), (other, one)):
        to = check_peer(giver.replica, own_certificate(taker.replica))
        by = check_peer(taker.replica, own_certificate(giver.replica))
        offer = make_offer(giver.replica, giver.key, to, _DICTIONARY)
        before = _pulled(taker.replica)
        try:
            take_offer(taker.replica, taker.key, by, offer, _DICTIONARY)
        finally:
            taker.by_hand |= _pulled(taker.replica) - before
    world.marks["laptops met"] += 1


def hand_over_carried(world: WorldState, machine: Machine) -> int:
    """Give the registry what a laptop carries for the other one of its bus; return how much."""
    if not carried.list_carried(machine.replica):
        return 0
    return hand_over(machine.replica, Network(world), world.registry.key.public)


def _carried(world: WorldState, data: bytes) -> bytes:
    """Return a file as it arrives: whole, cut short, or with a bit changed."""
    random = world.faults.random("stick_spoilt")
    if not world.faults.strikes("stick_spoilt"):
        return data
    return altered(data, random) if random.random() < 0.5 else data[: random.randrange(len(data))]


def _pulled(replica: Replica) -> set[str]:
    return {op_id for (op_id,) in replica.connection.execute("SELECT op_id FROM remote")}
