"""What must hold of appointments once a world has healed: each is shown, and each clash too."""

from collections.abc import Iterable

from fsmobile.core.appointments import AppointmentFact, AppointmentState, fold_appointment
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import read_record
from fsmobile.protocol.scopes import unit_scope
from fsmobile.simulation.invariants import is_revoked
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.state import UNITS, Machine, WorldState
from fsmobile.usecases.appointments import list_appointments


def check_appointments(world: WorldState) -> None:
    """I21: every appointment stands on every laptop of its bus, and the later of two is flagged."""
    facts: dict[str, dict[str, list[AppointmentFact]]] = {}
    for scope, entity, body in world.disk.rows(
        "SELECT scope, entity, body FROM op WHERE is_forwarded = 1 AND body IS NOT NULL"
        " AND kind LIKE 'appointment.%'"
    ):
        record = read_record(read_op(bytes(body)))
        if isinstance(record, AppointmentFact):
            facts.setdefault(scope, {}).setdefault(entity, []).append(record)
    for machine in world.machines:
        if not is_revoked(world, machine):
            _check_shown(world, machine, facts)


def _check_shown(
    world: WorldState, machine: Machine, facts: dict[str, dict[str, list[AppointmentFact]]]
) -> None:
    scopes = {unit_scope(unit) for unit in UNITS} & machine.scopes()
    # What is written of an appointment in another bus than its own, its bus would never see.
    folded = (fold_appointment(some) for scope in scopes for some in facts.get(scope, {}).values())
    states = [state for state in folded if state is not None]
    lines = list_appointments(machine.desk)
    shown = {line.state.appointment_id for line in lines}
    booked = {state.appointment_id for state in states}
    if shown != booked:
        what = f"shows {len(shown)} of {len(booked)} appointments"
        raise InvariantBroken(world, f"I21: {machine.name} {what}")
    flagged = {line.state.appointment_id for line in lines if line.is_double}
    double = set(_later_ones(states))
    if flagged != double:
        what = f"flags {len(flagged)} of {len(double)} double bookings"
        raise InvariantBroken(world, f"I21: {machine.name} {what}")
    authors = {state.agent_id for state in states if state.appointment_id in double}
    world.marks["double booking"] += len(authors - {machine.desk.agent_id})


def _later_ones(states: list[AppointmentState]) -> Iterable[str]:
    """Name each appointment that stands at an hour which another one was given before."""
    standing = [state for state in states if state.is_on]
    for one in standing:
        for other in standing:
            is_later = (one.placed_at, one.appointment_id) > (other.placed_at, other.appointment_id)
            if is_later and _clash(one, other):
                yield one.appointment_id
                break


def _clash(one: AppointmentState, other: AppointmentState) -> bool:
    if one.appointment.passage_id != other.appointment.passage_id:
        return False
    first, second = (
        range(start, start + state.appointment.minutes)
        for state in (one, other)
        for start in (state.appointment.starts.hour * 60 + state.appointment.starts.minute,)
    )
    return bool(set(first) & set(second))
