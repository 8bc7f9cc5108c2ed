"""What is written down beside visits in a simulated world: by the crews, and by the office."""

from datetime import date, time, timedelta
from random import Random

from fsmobile.core.absences import AbsenceKind
from fsmobile.core.commune_notices import CommuneContact
from fsmobile.core.ids import EntryId, PlaceId, ProcedureId
from fsmobile.core.journal import JournalAct
from fsmobile.core.logbook import EntryKind, IncidentCause, LogEntry
from fsmobile.core.passages import PassageReason
from fsmobile.core.plan_comparison import Village
from fsmobile.core.visits import Enquiry, HelpKind, Outcome, Visit, Whereabouts
from fsmobile.protocol.absence_records import AGENT_ABSENCE, AbsenceData, encode_absence
from fsmobile.protocol.scopes import office_scope
from fsmobile.simulation.people import VILLAGES, passage_id_of, some_visit
from fsmobile.simulation.state import Machine, WorldState, some_known
from fsmobile.store import absences, figures, journal, logbook, ops
from fsmobile.store.ops import NewOp
from fsmobile.usecases import commune_notices, passage_times, undo, visits
from fsmobile.usecases.logbook import close_entry, note_reading, write_entry

FIRST_DAY = date(2026, 11, 1)
DAYS = 26


def _write(_world: WorldState, machine: Machine, random: Random) -> None:
    kind = random.choice([EntryKind.NOTE, EntryKind.SOCKET, EntryKind.INCIDENT])
    entry = LogEntry(
        kind=kind,
        text=f"la clé est au {random.randint(0, 99)}",
        place_id=PlaceId(random.choice(list(VILLAGES))),
        cause=IncidentCause.ROAD if kind is EntryKind.INCIDENT else None,
    )
    write_entry(machine.desk, entry)


def _settle(world: WorldState, machine: Machine, random: Random) -> None:
    """Close an entry of the logbook, or say that it was read."""
    written = [state.entry_id for state in logbook.list_open_entries(machine.replica)]
    chosen = some_known(world, written, random)
    if chosen is None:
        return
    if random.random() < 0.5:
        note_reading(machine.desk, chosen)
    else:
        close_entry(machine.desk, EntryId(chosen), "fait")


def _drive(_world: WorldState, machine: Machine, random: Random) -> None:
    """Note the times of a passage."""
    passage_id = passage_id_of(machine.agency, random.choice(list(VILLAGES)))
    which = random.randrange(3)
    if which == 0:
        passage_times.arrive(machine.desk, passage_id)
    elif which == 1:
        passage_times.leave(machine.desk, passage_id)
    else:
        passage_times.explain_delay(machine.desk, passage_id, PassageReason.WEATHER)


def _answer_call(_world: WorldState, machine: Machine, random: Random) -> None:
    """Record a call taken at the base on one of the last days, with a note."""
    enquiry = Enquiry(
        procedure=ProcedureId("retraite-dossier"),
        help=HelpKind.INFORMATION,
        outcome=Outcome.RESOLVED,
    )
    call = Visit(
        whereabouts=Whereabouts.BASE,
        passage_id=None,
        insee_code=None,
        service_date=FIRST_DAY + timedelta(days=random.randrange(DAYS)),
        starts=time(9, random.randrange(60)),
        minutes=random.randint(1, 30),
        note=f"a appelé du {random.randint(0, 99)}",
        enquiries=(enquiry,),
    )
    visits.record_visit(machine.desk, call)


def _reword(world: WorldState, machine: Machine, random: Random) -> None:
    visit_id = some_visit(world, machine, random)
    if visit_id is not None:
        visits.correct_visit(machine.desk, visit_id, {"note": f"mot {random.randint(0, 99)}"})


def _add_up(_world: WorldState, machine: Machine, _random: Random) -> None:
    figures.load_figures(machine.replica, FIRST_DAY, FIRST_DAY + timedelta(days=DAYS))


def _export(_world: WorldState, machine: Machine, random: Random) -> None:
    """Take data out of the laptop: the journal tells of it."""
    desk = machine.desk
    journal.note(
        desk.replica, desk.agent_id, JournalAct.EXPORTED, "visites.csv", random.randint(1, 99)
    )


def _undo(_world: WorldState, machine: Machine, _random: Random) -> None:
    undo.undo_last(machine.desk)


OF_CREWS = (_write, _settle, _drive, _answer_call, _reword, _add_up, _export, _undo)


def _be_away(world: WorldState, machine: Machine, random: Random) -> None:
    """Record that an agent is away, or that one is not."""
    desk, scope = machine.desk, office_scope(machine.agency)
    known = [found.op_id for found, _ in absences.load_absences(machine.replica, scope)]
    withdrawn = some_known(world, known, random) if random.random() < 0.3 else None
    first = FIRST_DAY + timedelta(days=random.randrange(DAYS))
    data = AbsenceData(who=desk.agent_id, first=first, last=first, kind=AbsenceKind.TRAINING)
    if withdrawn is not None:
        data = AbsenceData(withdrawn=True)
    new = NewOp(
        kind=AGENT_ABSENCE,
        schema=1,
        scope=scope,
        agent_id=desk.agent_id,
        data=encode_absence(data),
        entity=withdrawn,
    )
    ops.append(machine.replica, new)


def _reach(_world: WorldState, machine: Machine, random: Random) -> None:
    contact = CommuneContact(phone=f"05 45 00 00 {random.randint(10, 99)}")
    commune_notices.set_contact(machine.desk, Village(name="Luxé", code="16196"), contact)


def _send_message(_world: WorldState, machine: Machine, random: Random) -> None:
    text = f"réunion à {random.randint(8, 18)} h"
    write_entry(machine.desk, LogEntry(kind=EntryKind.MESSAGE, text=text))


OF_OFFICES = (_be_away, _reach, _send_message, _settle, _undo)
