"""Questions about appointments and follow-ups; nothing here writes."""

from datetime import date

from fsmobile.core.appointments import Appointment, AppointmentState
from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.ids import AppointmentId, FollowUpId, PassageId, parse_passage_id
from fsmobile.errors import NotFound
from fsmobile.store.projected_rows import decode_appointment_state, decode_follow_up_state
from fsmobile.store.queries import list_waiting
from fsmobile.store.replica import Replica


def list_appointments(
    replica: Replica, *, passage_id: PassageId | None = None, day: date | None = None
) -> list[tuple[AppointmentState, bool]]:
    """Return the appointments of a passage, of a day, or all, and whether receipts cover them."""
    conditions, values = ["1"], list[str]()
    if passage_id is not None:
        conditions.append("passage_id = ?")
        values.append(passage_id)
    if day is not None:
        conditions.append("service_date = ?")
        values.append(day.isoformat())
    rows = replica.connection.execute(
        f"SELECT state FROM appointment WHERE {' AND '.join(conditions)}", values
    ).fetchall()
    waiting = {line.entity for line in list_waiting(replica)}
    states = [decode_appointment_state(state) for (state,) in rows]
    states.sort(
        key=lambda one: (one.appointment.passage_id, one.appointment.starts, one.appointment_id)
    )
    return [(state, state.appointment_id not in waiting) for state in states]


def load_appointment(replica: Replica, appointment_id: AppointmentId) -> AppointmentState:
    """Return one appointment.

    Raises:
        NotFound: no such appointment here.
    """
    row = replica.connection.execute(
        "SELECT state FROM appointment WHERE appointment_id = ?", (appointment_id,)
    ).fetchone()
    if row is None:
        raise NotFound("appointment", appointment_id)
    return decode_appointment_state(row[0])


def list_open_follow_ups(replica: Replica) -> list[tuple[FollowUpState, bool]]:
    """Return the open follow-ups, and whether receipts cover them."""
    rows = replica.connection.execute(
        "SELECT state FROM follow_up WHERE is_open = 1 ORDER BY due, follow_up_id"
    ).fetchall()
    waiting = {line.entity for line in list_waiting(replica)}
    states = [decode_follow_up_state(state) for (state,) in rows]
    return [(state, state.follow_up_id not in waiting) for state in states]


def load_follow_up(replica: Replica, follow_up_id: FollowUpId) -> FollowUpState:
    """Return one follow-up.

    Raises:
        NotFound: no such follow-up here.
    """
    row = replica.connection.execute(
        "SELECT state FROM follow_up WHERE follow_up_id = ?", (follow_up_id,)
    ).fetchone()
    if row is None:
        raise NotFound("follow_up", follow_up_id)
    return decode_follow_up_state(row[0])


def list_transport_needs(replica: Replica, first: date, last: date) -> list[Appointment]:
    """Return two days' appointments of people who cannot come to the bus alone, by their hour."""
    rows = replica.connection.execute(
        "SELECT state FROM appointment WHERE service_date BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    )
    states = (decode_appointment_state(state) for (state,) in rows)
    needs = [one.appointment for one in states if one.appointment.needs_transport and one.is_on]
    return sorted(
        needs, key=lambda one: (parse_passage_id(one.passage_id).service_date, one.starts)
    )
