"""Mistakes planted in what is kept for how long, and in what is derived from it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from fsmobile.core.appointments import AppointmentFact, fold_appointment
from fsmobile.protocol.journal_records import JOURNAL_NOTE
from fsmobile.registry import expiry
from fsmobile.registry import retention as registry_retention
from fsmobile.registry.fleet import ledgers
from fsmobile.registry.rows import Rows
from fsmobile.simulation.replacing import replaced
from fsmobile.store import (
    arrivals,
    erasure,
    figures,
    projected_rows,
    projections,
    retention,
    search,
)
from fsmobile.store.replica import Connection, Replica
from fsmobile.usecases import appointments


@contextmanager
def dropped_before_its_receipt() -> Iterator[None]:
    """What is too old goes from a laptop, whether the registry has it or not."""
    any_receipt = vars(retention)["_OLD"].partition("AND EXISTS")[0] + "AND ?3 >= 0"
    with (
        replaced(retention, "_OLD", any_receipt),
        replaced(retention, "_UNSENT", "SELECT 1 WHERE ? IS NULL"),
    ):
        yield


def date_unheeded() -> AbstractContextManager[Any]:
    """A laptop is told that something is too old, and keeps it."""
    return replaced(retention, "drop_old", lambda *arguments: None)


def dropped_too_young() -> AbstractContextManager[Any]:
    """The registry drops what is of yesterday."""
    return replaced(registry_retention, "first_kept", lambda now, _months: now)


def carried_when_erased() -> AbstractContextManager[Any]:
    """A laptop goes on carrying, for another one, what was erased since."""
    return replaced(erasure, "_drop_carried", lambda *arguments: None)


def received_name_kept() -> AbstractContextManager[Any]:
    """A laptop that is not encrypted keeps the names that it receives."""
    return replaced(arrivals, "is_name", lambda _op: False)


def name_outlives_its_day() -> AbstractContextManager[Any]:
    """The registry keeps names whose day has come."""
    return replaced(expiry, "_expired", lambda *arguments: "")


def left_bus_not_read_again() -> AbstractContextManager[Any]:
    """A laptop that comes back to a bus lacks what it recorded there itself."""
    return replaced(arrivals, "_read_own_again", lambda *arguments: None)


def later_booking_dropped() -> AbstractContextManager[Any]:
    """Of two appointments at one hour, a laptop keeps the one that it knew first."""
    save = projected_rows.save_appointment
    taken = (
        "SELECT 1 FROM appointment WHERE passage_id = ? AND appointment_id <> ?"
        " AND state ->> '$.appointment.starts' = ?"
    )

    def first_come(connection: Connection, appointment_id: str, facts: list[Any]) -> None:
        state = fold_appointment([fact for fact in facts if isinstance(fact, AppointmentFact)])
        hour = None if state is None else state.appointment.starts.isoformat()
        values = (state and state.appointment.passage_id, appointment_id, hour)
        if state is None or connection.execute(taken, values).fetchone() is None:
            save(connection, appointment_id, facts)

    return replaced(projected_rows, "save_appointment", first_come)


def double_booking_unsaid() -> AbstractContextManager[Any]:
    """Two appointments stand at one hour, and nobody is told."""
    return replaced(appointments, "find_double_bookings", lambda _states: set())


def figures_not_forgotten() -> AbstractContextManager[Any]:
    """A correction leaves the figures of its day as they were."""
    return replaced(figures, "forget_day_of", lambda *arguments: None)


def index_not_forgotten() -> AbstractContextManager[Any]:
    """What was corrected or erased is still found by its old words."""
    return replaced(search, "drop", lambda *arguments: None)


def ledger_by_its_last_number() -> AbstractContextManager[Any]:
    """The registry counts again when something comes, and not when something goes."""
    original = vars(ledgers)["_read_state"]

    def last_only(rows: Rows, unit: str) -> tuple[int, int]:
        return original(rows, unit)[0], 0

    return replaced(ledgers, "_read_state", last_only)


def journal_reworded() -> AbstractContextManager[Any]:
    """A laptop that starts again writes the last line of its journal otherwise."""
    original = projections.rebuild_if_older

    def rebuild_if_older(replica: Replica, *rest: Any) -> None:
        original(replica, *rest)
        replica.connection.execute(
            "UPDATE op SET body = CAST(replace(CAST(body AS TEXT), 'visites', 'rien') AS BLOB)"
            " WHERE kind = ? AND body IS NOT NULL",
            (JOURNAL_NOTE,),
        )

    return replaced(projections, "rebuild_if_older", rebuild_if_older)
