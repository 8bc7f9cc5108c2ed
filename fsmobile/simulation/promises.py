"""What is promised to people in a simulated world: appointments, follow-ups, and their names."""

from datetime import time, timedelta
from random import Random

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import AgencyId, AppointmentId, FollowUpId, PlaceId
from fsmobile.protocol.promise_records import APPOINTMENT_TELL, TellData, encode_promise
from fsmobile.simulation.people import VILLAGES, passage_id_of
from fsmobile.simulation.state import Machine, WorldState, some_known
from fsmobile.store import promises
from fsmobile.usecases import appointments, follow_ups, undo

HOURS = (time(14), time(14, 30), time(14, 45))
"""So few that two laptops without a network give the same one."""
NAME = "Mme Untel"


def some_appointment(agency: AgencyId, random: Random) -> Appointment:
    """Return an hour that a person wants; whoever writes it down cannot know whether it is free."""
    return Appointment(
        passage_id=passage_id_of(agency, random.choice(list(VILLAGES))),
        starts=random.choice(HOURS),
        minutes=30,
        needs_transport=random.random() < 0.3,
    )


def _book(_world: WorldState, machine: Machine, random: Random) -> None:
    appointments.book_appointment(machine.desk, some_appointment(machine.agency, random))


def _change(world: WorldState, machine: Machine, random: Random) -> None:
    """Move an appointment, call it off, say who came, or tell a person of another day."""
    desk = machine.desk
    booked = [state.appointment_id for state, _ in promises.list_appointments(machine.replica)]
    chosen = some_known(world, booked, random)
    if chosen is None:
        return
    appointment_id, which = AppointmentId(chosen), random.randrange(4)
    if which == 0:
        wanted = some_appointment(machine.agency, random)
        appointments.move_appointment(desk, appointment_id, wanted.passage_id, wanted.starts)
    elif which == 1:
        appointments.cancel_appointment(desk, appointment_id)
    elif which == 2:
        appointments.note_presence(desk, appointment_id, random.choice(list(Presence)))
    else:
        told = encode_promise(TellData(day=desk.today() + timedelta(days=random.randint(1, 9))))
        desk.record_about(APPOINTMENT_TELL, told, appointment_id)


def _promise(_world: WorldState, machine: Machine, random: Random) -> None:
    follow_up = FollowUp(
        opened_on=machine.desk.today(),
        task=f"rappeler la caisse {random.randint(0, 99)}",
        place_id=PlaceId(random.choice(list(VILLAGES))),
    )
    is_named = machine.desk.keeps_names and random.random() < 0.5
    named = _name(machine, random) if is_named else None
    follow_ups.open_follow_up(machine.desk, follow_up, named)


def _go_on(world: WorldState, machine: Machine, random: Random) -> None:
    """Take a step in a follow-up, close it, or write down who it is about."""
    desk = machine.desk
    promised = [state.follow_up_id for state, _ in promises.list_open_follow_ups(machine.replica)]
    chosen = some_known(world, promised, random)
    if chosen is None:
        return
    follow_up_id, which = FollowUpId(chosen), random.randrange(3)
    if which == 0:
        follow_ups.take_step(desk, follow_up_id, f"attente {random.randint(0, 99)}")
    elif which == 1:
        follow_ups.close_follow_up(desk, follow_up_id)
    else:
        follow_ups.name_person(desk, follow_up_id, _name(machine, random))


def _name(machine: Machine, random: Random) -> NamedPart:
    today = machine.desk.today()
    return NamedPart(
        name=f"{NAME} {random.randint(0, 999_999)}",
        consented_on=today,
        consent_text="oral",
        erase_on=today + timedelta(days=random.choice([1, 20, 300])),
    )


def _undo(_world: WorldState, machine: Machine, _random: Random) -> None:
    undo.undo_last(machine.desk)


ACTS = (_book, _book, _change, _change, _promise, _promise, _go_on, _go_on, _undo)
