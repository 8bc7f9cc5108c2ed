"""The logbook: write for the next crew, tell an incident, send a message, read, settle."""

from datetime import datetime

from msgspec import Struct

from fsmobile.core.ids import AgentId, EntryId, PlaceId, UnitId, unit_id
from fsmobile.core.logbook import SHEET, EntryKind, LogEntry, LogState, check_log_entry
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.errors import InvalidInput, NotAllowed
from fsmobile.protocol import logbook_records as kinds
from fsmobile.protocol.logbook_records import LogData
from fsmobile.store import logbook, ops
from fsmobile.usecases.desk import Desk, UndoStep, is_coordinator

CLOSED_SHOWN = 20


class LogLine(Struct, frozen=True, kw_only=True):
    """An entry as a list shows it."""

    state: LogState
    written_at: datetime
    """In the structure's time, by the writer's clock."""
    is_here: bool
    """About the place that was asked about."""
    readers: tuple[tuple[AgentId, str, datetime], ...] = ()
    """Of a message: who has read it, in which bus, when."""


def write_entry(desk: Desk, entry: LogEntry) -> EntryId:
    """Write for the other crews of this bus; a message is for every bus, or for one.

    Raises:
        InvalidInput: it says nothing or too much, or does not go together.
        PersonalDataRefused: the text holds a number that names a person.
        NotAllowed: a message is written by a coordinator.
    """
    check_log_entry(entry)
    refuse_forbidden_numbers(entry.text, "note")
    data = kinds.encode_log(entry)
    if entry.kind is EntryKind.MESSAGE:
        if not is_coordinator(desk):
            raise NotAllowed("message_by_coordinator")
        op = ops.append(desk.replica, desk.agency_op(kinds.LOGBOOK_WRITE, data))
        undo = desk.agency_op(kinds.LOGBOOK_UNDO, _undo(op.op_id), entity=op.op_id)
    else:
        op = desk.record(kinds.LOGBOOK_WRITE, data)
        undo = desk.fact(kinds.LOGBOOK_UNDO, _undo(op.op_id), entity=op.op_id)
    desk.undo_steps.append(UndoStep(what="log_written", reverse=(undo,)))
    return EntryId(op.op_id)


def close_entry(desk: Desk, entry_id: EntryId, text: str = "") -> LogState:
    """Say that an entry is settled, or no longer true.

    Raises:
        NotFound: no such entry here.
        PersonalDataRefused: the text holds a number that names a person.
        NotAllowed: a message is its coordinator's to close.
    """
    state = logbook.load_entry(desk.replica, entry_id)
    refuse_forbidden_numbers(text, "note")
    if state.entry.kind is EntryKind.MESSAGE and not is_coordinator(desk):
        raise NotAllowed("message_by_coordinator")
    # A coordinator's own laptop rides in no bus: what it settles is told to all of them.
    new = desk.agency_op if is_coordinator(desk) else desk.fact
    data = kinds.encode_log(LogData(text=text))
    op = ops.append(desk.replica, new(kinds.LOGBOOK_CLOSE, data, entity=entry_id))
    undo = new(kinds.LOGBOOK_UNDO, _undo(op.op_id), entity=entry_id)
    desk.undo_steps.append(UndoStep(what="log_closed", reverse=(undo,)))
    return logbook.load_entry(desk.replica, entry_id)


def note_reading(desk: Desk, entity: str) -> None:
    """Say that the person who works has read a message, or a revision of the timetable."""
    if not has_read(desk, entity):
        desk.record(kinds.LOGBOOK_READ, kinds.encode_log(LogData()), entity=entity)


def has_read(desk: Desk, entity: str) -> bool:
    """Tell whether the person who works has said, in this bus, that they have read it."""
    readings = logbook.list_readings(desk.replica, [entity])
    return any(one.agent_id == desk.agent_id and one.unit == desk.unit_id for one in readings)


def list_logbook(desk: Desk, place_id: PlaceId | None = None) -> list[LogLine]:
    """Return the open entries but for those of sheets: of the bus, and of one place or of all."""
    wanted = (EntryKind.NOTE, EntryKind.INCIDENT)
    states = [
        state
        for state in logbook.list_open_entries(desk.replica, wanted)
        if place_id in (None, state.entry.place_id) or state.entry.place_id is None
    ]
    lines = [_line(desk, state, place_id) for state in states]
    return sorted(lines, key=lambda line: not line.is_here)


def list_closed(desk: Desk) -> list[LogLine]:
    """Return the last entries that were settled."""
    states = logbook.list_closed_entries(desk.replica, CLOSED_SHOWN)
    return [_line(desk, state, None) for state in states if _is_ours(desk, state)]


def read_sheet(desk: Desk, place_id: PlaceId) -> dict[EntryKind, LogLine]:
    """Return what crews have added to the sheet of a stop: the newest word on each kind."""
    sheet: dict[EntryKind, LogLine] = {}
    for state in logbook.list_open_entries(desk.replica, SHEET):
        if state.entry.place_id == place_id:
            sheet.setdefault(state.entry.kind, _line(desk, state, place_id))
    return sheet


def list_messages(desk: Desk) -> list[LogLine]:
    """Return the open messages for this bus, or for all of them on a coordinator's laptop."""
    states = [
        state
        for state in logbook.list_open_entries(desk.replica, (EntryKind.MESSAGE,))
        if _is_ours(desk, state)
    ]
    return [_line(desk, state, None) for state in states]


def list_unread(desk: Desk) -> list[LogLine]:
    """Return the messages that the person who works has not said to have read."""
    return [line for line in list_messages(desk) if not has_read(desk, line.state.entry_id)]


def list_proposals(desk: Desk) -> list[LogLine]:
    """Return the open incidents that propose to cancel a passage."""
    states = logbook.list_open_entries(desk.replica, (EntryKind.INCIDENT,))
    return [_line(desk, state, None) for state in states if state.entry.cancels is not None]


def find_entry(desk: Desk, text: str) -> LogState:
    """Return an open entry by its id, or by the end of it.

    Raises:
        InvalidInput: none, or several.
    """
    found = [
        state
        for state in logbook.list_open_entries(desk.replica)
        if _is_ours(desk, state) and state.entry_id.endswith(text.strip().lower())
    ]
    if len(found) != 1 or not text.strip():
        raise InvalidInput("log_entry_unclear", value=text, found=len(found))
    return found[0]


def find_unit(desk: Desk, text: str) -> UnitId:
    """Return a bus of the structure by the name of its vehicle.

    Raises:
        InvalidInput: the timetable has no such vehicle.
    """
    vehicles = [] if desk.tree is None else sorted(desk.tree.vehicles)
    found = next((one for one in vehicles if text in (one, unit_id(desk.agency_id, one))), None)
    if found is None:
        raise InvalidInput("vehicle_unlisted", value=text, known=", ".join(vehicles))
    return unit_id(desk.agency_id, found)


def _line(desk: Desk, state: LogState, place_id: PlaceId | None) -> LogLine:
    readers: tuple[tuple[AgentId, str, datetime], ...] = ()
    if state.entry.kind is EntryKind.MESSAGE:
        readers = readers_of(desk, state.entry_id)
    return LogLine(
        state=state,
        written_at=desk.at(state.written_at),
        is_here=place_id is not None and state.entry.place_id == place_id,
        readers=readers,
    )


def readers_of(desk: Desk, entity: str) -> tuple[tuple[AgentId, str, datetime], ...]:
    """Return who has read a message or a revision: (agent, bus, when), the first first."""
    return tuple(
        (one.agent_id, one.unit, desk.at(one.read_at))
        for one in logbook.list_readings(desk.replica, [entity])
    )


def _is_ours(desk: Desk, state: LogState) -> bool:
    return is_coordinator(desk) or state.entry.unit in (None, desk.unit_id)


def _undo(op_id: str) -> bytes:
    return kinds.encode_log(LogData(undo=op_id))
