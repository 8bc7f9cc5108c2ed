"""What must hold of what is derived from facts: figures, reports, the index, the journal."""

from datetime import date

import msgspec

from fsmobile.core.reports import Figures, add_figures, count_visits
from fsmobile.protocol.journal_checks import verify_journal
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.fleet.ledgers import Ledgers
from fsmobile.registry.storage import Storage
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.state import UNITS, Machine, WorldState
from fsmobile.store.figures import load_figures
from fsmobile.store.journal import read_journal
from fsmobile.store.projected_rows import decode_visit_state

_decode_figures = msgspec.json.Decoder(Figures).decode
_NOT_INDEXED = (
    "SELECT 'visit', visit_id FROM visit UNION ALL SELECT 'follow_up', follow_up_id FROM follow_up"
    " EXCEPT SELECT kind, entity FROM search"
)
_NO_MORE = (
    "SELECT kind, entity FROM search EXCEPT SELECT 'visit', visit_id FROM visit"
    " EXCEPT SELECT 'follow_up', follow_up_id FROM follow_up"
)


def check_derived(world: WorldState, machine: Machine) -> None:
    """I17, I18: the figures kept are those of a recount, the index knows what there is."""
    connection = machine.replica.connection
    for day, kept in connection.execute("SELECT day, figures FROM figure_day").fetchall():
        rows = connection.execute("SELECT state FROM visit WHERE service_date = ?", (day,))
        if _decode_figures(kept) != count_visits(decode_visit_state(state) for (state,) in rows):
            raise InvariantBroken(world, f"I17: {machine.name} keeps wrong figures of {day}")
    for question, what in ((_NOT_INDEXED, "does not find"), (_NO_MORE, "still finds")):
        found = connection.execute(question).fetchone()
        if found is not None:
            raise InvariantBroken(world, f"I18: {machine.name} {what} {' '.join(found)}")


def check_journal(world: WorldState, machine: Machine) -> None:
    """I14: whatever its machine went through, a laptop's journal proves itself."""
    journal = read_journal(machine.replica, machine.desk.enrolment.certificate)
    found = verify_journal(journal, world.registry.key.public)
    if found.faults:
        raise InvariantBroken(world, f"I14: the journal of {machine.name}: {found.faults[0]}")


def check_ledgers(world: WorldState) -> None:
    """I17: a report of the registry is the same whether its figures were kept or counted anew."""
    with Storage(world.disk.engine).reading() as transaction:
        for unit in UNITS:
            kept = world.registry_memory.ledgers.load(transaction, unit)
            if kept != Ledgers().load(transaction, unit):
                raise InvariantBroken(world, f"I17: the registry keeps wrong figures of {unit}")
    world.acts["report_read"] += 1


def check_reports(world: WorldState, machine: Machine) -> None:
    """I17: a laptop counts what the registry counts of the buses that it reads."""
    counted: dict[date, list[Figures]] = {}
    with Storage(world.disk.engine).reading() as transaction:
        for unit in UNITS:
            if unit_scope(unit) in machine.scopes():
                for day, figures in Ledgers().load(transaction, unit).days.items():
                    counted.setdefault(day, []).append(figures)
    shown = machine.replica.connection.execute("SELECT DISTINCT service_date FROM visit")
    for day in {*counted, *(date.fromisoformat(day) for (day,) in shown.fetchall())}:
        if load_figures(machine.replica, day, day) != add_figures(counted.get(day, [])):
            raise InvariantBroken(world, f"I17: {machine.name} counts {day} otherwise")
