"""Leave and training of agents: recorded by coordinators, told to coordinators, no one else."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from fsmobile.core.absences import Absence, AbsenceRecorded, check_absence, days_away
from fsmobile.core.ids import AgentId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.absence_records import AGENT_ABSENCE, AbsenceData, encode_absence
from fsmobile.protocol.scopes import office_scope
from fsmobile.store import ops
from fsmobile.store.absences import load_absences
from fsmobile.store.ops import NewOp
from fsmobile.usecases.desk import Desk, is_coordinator
from fsmobile.usecases.schedule_publishing import require_coordinator


class AbsenceLine(Struct, frozen=True, kw_only=True):
    """An absence as a coordinator sees it."""

    absence_id: str
    absence: Absence
    is_received: bool
    """The registry, and so the other coordinators, hold it."""


def list_absences(desk: Desk, since: date | None = None) -> list[AbsenceLine]:
    """List the absences that end on a day or later, by first day.

    Raises:
        NotAllowed: this laptop is no coordinator's.
    """
    require_coordinator(desk)
    return [
        _line(found, is_received)
        for found, is_received in load_absences(desk.replica, office_scope(desk.agency_id))
        if since is None or found.absence.last >= since
    ]


def absences_of(desk: Desk) -> Mapping[AgentId, tuple[DateSpan, ...]]:
    """Return the days on which each agent is away, for the rules of crews.

    Nothing on a laptop that is no coordinator's.
    """
    if not is_coordinator(desk):
        return {}
    held = load_absences(desk.replica, office_scope(desk.agency_id))
    return days_away(found for found, _is_received in held)


def record_absence(desk: Desk, absence: Absence, tree: ScheduleTree | None = None) -> AbsenceLine:
    """Record that an agent of a plan, or of the published one, will be away.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        InvalidInput: an agent who is not in the plan, or days that cannot be.
    """
    require_coordinator(desk)
    tree = tree or desk.tree
    if tree is None:
        raise InvalidInput("no_timetable_yet")
    check_absence(absence, tree.agents)
    data = AbsenceData(who=absence.who, first=absence.first, last=absence.last, kind=absence.kind)
    op = ops.append(desk.replica, _new_op(desk, data))
    return AbsenceLine(absence_id=op.op_id, absence=absence, is_received=False)


def withdraw_absence(desk: Desk, absence_id: str) -> AbsenceLine:
    """Take an absence back; its id may be cut short as long as it is clear.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        NotFound: no absence has this id, or several do.
    """
    found = [one for one in list_absences(desk) if one.absence_id.startswith(absence_id)]
    if len(found) != 1 or not absence_id:
        raise NotFound("absence", absence_id)
    (line,) = found
    ops.append(desk.replica, _new_op(desk, AbsenceData(withdrawn=True), entity=line.absence_id))
    return line


def _new_op(desk: Desk, data: AbsenceData, entity: str | None = None) -> NewOp:
    return NewOp(
        kind=AGENT_ABSENCE,
        schema=1,
        scope=office_scope(desk.agency_id),
        agent_id=desk.agent_id,
        data=encode_absence(data),
        entity=entity,
    )


def _line(found: AbsenceRecorded, is_received: bool) -> AbsenceLine:
    return AbsenceLine(absence_id=found.op_id, absence=found.absence, is_received=is_received)
