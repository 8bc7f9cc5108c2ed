"""Rows of visits, passages, promises and the logbook, folded from facts."""

from collections.abc import Iterable, Sequence

import msgspec

from fsmobile.core.appointments import AppointmentFact, AppointmentState, fold_appointment
from fsmobile.core.follow_ups import FollowUpFact, FollowUpState, fold_follow_up
from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.logbook import LogFact, LogState, fold_log_entry
from fsmobile.core.passages import Passage, PassageFact, fold_passage
from fsmobile.core.reports import stop_key
from fsmobile.core.visits import VisitFact, VisitState, fold_visit
from fsmobile.protocol.ops import Op
from fsmobile.protocol.records import Record
from fsmobile.protocol.scopes import unit_of_scope
from fsmobile.store import figures, search
from fsmobile.store.replica import Connection

_encode = msgspec.json.Encoder().encode
decode_visit_state = msgspec.json.Decoder(VisitState).decode
decode_appointment_state = msgspec.json.Decoder(AppointmentState).decode
decode_follow_up_state = msgspec.json.Decoder(FollowUpState).decode
decode_log_state = msgspec.json.Decoder(LogState).decode
decode_passage = msgspec.json.Decoder(Passage).decode


def forget_derived(connection: Connection, entity: str) -> None:
    """Remove an entity from the search index, and the figures of its day, before its rows go."""
    search.drop(connection, entity)
    figures.forget_day_of(connection, entity)


def save_visit(connection: Connection, facts: Iterable[Record], *, is_new: bool) -> None:
    """Save a visit; one whose first fact has not arrived has no row."""
    state = fold_visit([fact for fact in facts if isinstance(fact, VisitFact)])
    if state is None:
        return
    if not is_new:
        forget_derived(connection, state.visit_id)
        connection.execute("DELETE FROM enquiry WHERE visit_id = ?", (state.visit_id,))
    save_visits(connection, [state])


def save_visits(connection: Connection, states: Sequence[VisitState]) -> None:
    """Save visits that are in neither the search index nor the figures."""
    search.index_visits(connection, states)
    figures.add_new(connection, states)
    connection.executemany(
        "INSERT OR REPLACE INTO visit (visit_id, service_date, passage_id, starts, is_void, state)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                state.visit_id,
                state.visit.service_date.isoformat(),
                state.visit.passage_id,
                state.visit.starts.isoformat("minutes"),
                state.is_void,
                _encode(state),
            )
            for state in states
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO enquiry (visit_id, position, procedure, stop) VALUES (?, ?, ?, ?)",
        [
            (state.visit_id, position, enquiry.procedure, stop_key(state.visit.passage_id))
            for state in states
            if not state.is_void
            for position, enquiry in enumerate(state.visit.enquiries)
        ],
    )


def save_passage(connection: Connection, passage_id: PassageId, facts: Iterable[Record]) -> None:
    """Save what happened at a passage."""
    passage = fold_passage(passage_id, [fact for fact in facts if isinstance(fact, PassageFact)])
    connection.execute(
        "INSERT OR REPLACE INTO passage (passage_id, service_date, state) VALUES (?, ?, ?)",
        (
            passage_id,
            parse_passage_id(passage_id).service_date.isoformat(),
            _encode(passage),
        ),
    )


def save_appointment(connection: Connection, appointment_id: str, facts: Iterable[Record]) -> None:
    """Save an appointment, or remove it when it was withdrawn."""
    state = fold_appointment([fact for fact in facts if isinstance(fact, AppointmentFact)])
    if state is None:
        connection.execute("DELETE FROM appointment WHERE appointment_id = ?", (appointment_id,))
        return
    appointment = state.appointment
    connection.execute(
        "INSERT OR REPLACE INTO appointment (appointment_id, passage_id, service_date, state)"
        " VALUES (?, ?, ?, ?)",
        (
            appointment_id,
            appointment.passage_id,
            parse_passage_id(appointment.passage_id).service_date.isoformat(),
            _encode(state),
        ),
    )


def save_follow_up(connection: Connection, follow_up_id: str, facts: Iterable[Record]) -> None:
    """Save a follow-up, or remove it when it was withdrawn."""
    state = fold_follow_up([fact for fact in facts if isinstance(fact, FollowUpFact)])
    search.drop(connection, follow_up_id)
    if state is None:
        connection.execute("DELETE FROM follow_up WHERE follow_up_id = ?", (follow_up_id,))
        return
    search.index_follow_up(connection, state)
    connection.execute(
        "INSERT OR REPLACE INTO follow_up (follow_up_id, is_open, place_id, due, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            follow_up_id,
            state.is_open,
            state.follow_up.place_id,
            None if state.follow_up.due is None else state.follow_up.due.isoformat(),
            _encode(state),
        ),
    )


def save_log_entry(connection: Connection, entry_id: str, facts: Iterable[Record]) -> None:
    """Save an entry of the logbook, or remove it when it was withdrawn."""
    state = fold_log_entry([fact for fact in facts if isinstance(fact, LogFact)])
    if state is None:
        connection.execute("DELETE FROM log_entry WHERE entry_id = ?", (entry_id,))
        return
    connection.execute(
        "INSERT OR REPLACE INTO log_entry (entry_id, kind, place_id, is_open, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (entry_id, state.entry.kind, state.entry.place_id, state.is_open, _encode(state)),
    )


def save_reading(connection: Connection, op: Op) -> None:
    """Keep when a person first said that they had read something, and in which bus."""
    connection.execute(
        "INSERT INTO log_read (entity, agent_id, unit, read_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET read_at = min(read_at, excluded.read_at)",
        (op.entity, op.agent_id, unit_of_scope(op.scope), int(op.hlc[:12], 16)),
    )
