"""Record, correct, cancel, move and list visits."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec.structs import fields

from fsmobile.core.ids import AgentId, PassageId, ProcedureId, VisitId
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.visits import (
    AgeBand,
    FirstContact,
    Mandate,
    Visit,
    VisitState,
    Whereabouts,
    check_visit,
)
from fsmobile.errors import InvalidInput, InvalidVisit, NotFound
from fsmobile.protocol import records
from fsmobile.store import queries
from fsmobile.store.queries import HistoryLine, VisitRow
from fsmobile.texts.labels import agent_label
from fsmobile.usecases.desk import Desk, UndoStep

DAYS_BACK_MAX = 366
CANDIDATES_MAX = 6
"""Visits that an unclear id is answered by."""
SEASON_DAYS = 15
"""On either side of the same day of an earlier year."""
SEASON_YEARS = 2
CORRECTABLE = {field.name for field in fields(Visit)}


def record_visit(desk: Desk, visit: Visit, *, draft_id: str | None = None) -> VisitId:
    """Record a visit, and drop the draft it comes from, in one transaction.

    Raises:
        InvalidVisit: with every fault, each naming its field.
        PersonalDataRefused: the note holds a number that names a person.
        StoreFull, StoreBusy: nothing was recorded, the draft is kept.
    """
    check_visit(visit)
    _scan(visit)
    op = desk.record(records.VISIT_RECORD, records.encode_visit(visit), drop_draft=draft_id)
    undo = desk.fact(records.VISIT_VOID, records.encode_void("annulation"), entity=op.op_id)
    desk.undo_steps.append(UndoStep(what="visit_recorded", reverse=(undo,)))
    return VisitId(op.op_id)


def check_visit_day(desk: Desk, day: date) -> int:
    """Return how many days ago a visit was; what is typed may have a wrong year.

    Raises:
        InvalidInput: that day is still to come, or is more than a year ago.
    """
    days = (desk.today() - day).days
    if days < 0:
        raise InvalidInput("visit_not_yet", day=day.isoformat())
    if days > DAYS_BACK_MAX:
        raise InvalidInput("visit_too_long_ago", day=day.isoformat(), days=days)
    return days


def correct_visit(desk: Desk, visit_id: VisitId, changes: Mapping[str, object]) -> VisitState:
    """Put some fields of a visit right; a new fact, the history stays.

    Raises:
        NotFound: no such visit here.
        InvalidVisit: an unknown field, or the visit would not be valid.
        PersonalDataRefused: the note holds a number that names a person.
    """
    state = queries.load_visit(desk.replica, visit_id)
    unknown = changes.keys() - CORRECTABLE
    if unknown:
        raise InvalidVisit("unknown_visit_field", field=min(unknown))
    corrected = _with(state.visit, changes)
    check_visit(corrected)
    _scan(corrected)
    before_after = {
        name: (getattr(state.visit, name), getattr(corrected, name))
        for name in changes
        if getattr(state.visit, name) != getattr(corrected, name)
    }
    if before_after:
        _correct(desk, visit_id, before_after, what="visit_corrected")
    return queries.load_visit(desk.replica, visit_id)


def reassign_visit(
    desk: Desk, visit_id: VisitId, passage_id: PassageId, day: date, insee_code: str | None
) -> VisitState:
    """Move a visit to the passage where it really took place."""
    return correct_visit(
        desk,
        visit_id,
        {
            "whereabouts": Whereabouts.PASSAGE,
            "passage_id": passage_id,
            "service_date": day,
            "insee_code": insee_code,
        },
    )


def void_visit(desk: Desk, visit_id: VisitId, reason: str) -> None:
    """Cancel a visit, with a reason; a correction can bring it back.

    Raises:
        NotFound: no such visit here.
        PersonalDataRefused: the reason holds a number that names a person.
    """
    state = queries.load_visit(desk.replica, visit_id)
    if state.is_void:
        return
    refuse_forbidden_numbers(reason, "reason")
    desk.record_about(records.VISIT_VOID, records.encode_void(reason), visit_id)
    back = desk.fact(
        records.VISIT_CORRECT,
        records.encode_correction({"void": (True, False)}),
        entity=visit_id,
    )
    desk.undo_steps.append(UndoStep(what="visit_voided", reverse=(back,)))


def unvoid_visit(desk: Desk, visit_id: VisitId) -> None:
    """Bring a cancelled visit back."""
    state = queries.load_visit(desk.replica, visit_id)
    if state.is_void:
        _correct(desk, visit_id, {"void": (True, False)}, what="visit_unvoided")


def same_again(desk: Desk, passage_id: PassageId | None, now: datetime) -> Visit | None:
    """Return the last visit recorded by this laptop's unit as a new one, or None.

    Age, commune, first contact, mandate, note and number of people are never copied.
    """
    day = now.date()
    rows = [
        row
        for row in queries.list_visits(desk.replica, day=day)
        if not row.state.is_void and row.state.visit.passage_id == passage_id
    ]
    if not rows:
        return None
    latest = max(rows, key=lambda row: row.state.visit_id)
    return _with(
        latest.state.visit,
        {
            "service_date": day,
            "starts": now.time().replace(second=0, microsecond=0, tzinfo=None),
            "people": 1,
            "first_contact": FirstContact.UNKNOWN,
            "age_band": AgeBand.UNKNOWN,
            "residence": None,
            "mandate": Mandate.NONE,
            "note": "",
        },
    )


def list_visits(
    desk: Desk, *, day: date | None = None, passage_id: PassageId | None = None
) -> list[VisitRow]:
    """Return visits, the latest first, cancelled ones included."""
    return queries.list_visits(desk.replica, day=day, passage_id=passage_id)


def load_visit(desk: Desk, visit_id: VisitId) -> VisitState:
    """Return one visit.

    Raises:
        NotFound: no such visit here.
    """
    return queries.load_visit(desk.replica, visit_id)


def find_visit(desk: Desk, start: str) -> VisitId:
    """Return the visit whose id starts (or ends) with a text.

    Raises:
        NotFound: none.
        InvalidInput: several; `names` tells them apart.
    """
    found = [
        row.state
        for row in queries.list_visits(desk.replica)
        if row.state.visit_id.startswith(start) or row.state.visit_id.endswith(start)
    ]
    if not found:
        raise NotFound("visit", start)
    if len(found) > 1:
        names = [_name_visit(state) for state in found[:CANDIDATES_MAX]]
        names += ["…"] if len(found) > CANDIDATES_MAX else []
        raise InvalidInput("visit_ambiguous", value=start, names=", ".join(names))
    return found[0].visit_id


def _name_visit(state: VisitState) -> str:
    """Return what tells a visit from others: `4f3a… (2026-11-26 09:00, retraite-dossier)`."""
    visit = state.visit
    about = f"{visit.service_date.isoformat()} {visit.starts:%H:%M}, {visit.enquiries[0].procedure}"
    return f"{state.visit_id} ({about})"


def visit_history(desk: Desk, visit_id: VisitId) -> list[HistoryLine]:
    """Return every fact of a visit, the oldest first."""
    return queries.load_history(desk.replica, visit_id)


def count_procedures(
    desk: Desk, passage_id: PassageId | None
) -> tuple[dict[ProcedureId, int], dict[ProcedureId, int]]:
    """Return how often each procedure came lately: (at this stop, everywhere)."""
    return queries.count_procedures(desk.replica, passage_id)


def count_season(
    desk: Desk, passage_id: PassageId | None
) -> tuple[Counter[ProcedureId], Counter[ProcedureId]]:
    """Return how often each came at this season of the last years: (at this stop, everywhere).

    Taxes in spring, study grants in summer: what came lately does not announce them.
    """
    around = timedelta(days=SEASON_DAYS)
    middles = [desk.today() - timedelta(days=365 * years) for years in range(1, SEASON_YEARS + 1)]
    return queries.count_season(
        desk.replica, passage_id, [(middle - around, middle + around) for middle in middles]
    )


def agent_name(desk: Desk, agent_id: AgentId) -> str:
    """Return how an agent is shown."""
    return agent_label(desk.names, agent_id)


def known_name(desk: Desk, agent_id: AgentId) -> str:
    """Return the name of an agent; empty when nobody was chosen, or this laptop has no name."""
    return desk.names.get(agent_id, "")


def _correct(
    desk: Desk, visit_id: VisitId, changes: dict[str, tuple[object, object]], *, what: str
) -> None:
    desk.record_about(records.VISIT_CORRECT, records.encode_correction(changes), visit_id)
    reverse = {name: (after, before) for name, (before, after) in changes.items()}
    back = desk.fact(records.VISIT_CORRECT, records.encode_correction(reverse), entity=visit_id)
    desk.undo_steps.append(UndoStep(what=what, reverse=(back,)))


def _with(visit: Visit, changes: Mapping[str, object]) -> Visit:
    values = {field.name: getattr(visit, field.name) for field in fields(Visit)}
    return Visit(**{**values, **changes})


def _scan(visit: Visit) -> None:
    """Refuse a number that names a person, in whatever was typed."""
    refuse_forbidden_numbers(visit.note, "note")
    for enquiry in visit.enquiries:
        refuse_forbidden_numbers(enquiry.reference, "reference")
