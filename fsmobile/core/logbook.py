"""Logbook of a bus: what crews leave to the next ones, incidents, messages; folded from facts."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.facts import Fact, FactUndone, standing_facts
from fsmobile.core.ids import AgentId, EntryId, PassageId, PlaceId, UnitId
from fsmobile.errors import InvalidInput

TEXT_MAX = 500


class EntryKind(StrEnum):
    """What an entry is about; French codes, as in the overlays."""

    NOTE = "note"
    """Left by one crew to the next: keys, a dog, ice, what the mayor asked."""
    SOCKET = "prise"
    """Of the sheet of a stop: the newest entry of each kind stands for it."""
    PARKING = "stationnement"
    NETWORK = "reseau"
    CONTACT = "mairie"
    """Whom to call at the town hall."""
    ACCESS = "acces"
    INCIDENT = "incident"
    MESSAGE = "message"
    """From the coordinator to the crews; read, and said to be read."""


SHEET = (
    EntryKind.SOCKET,
    EntryKind.PARKING,
    EntryKind.NETWORK,
    EntryKind.CONTACT,
    EntryKind.ACCESS,
)
"""What the sheet of a stop holds."""


class IncidentCause(StrEnum):
    """What happened."""

    NETWORK = "reseau"
    BREAKDOWN = "panne"
    ROAD = "route"
    WEATHER = "meteo"
    ABSENCE = "absence"
    OPERATOR_SITE = "operateur"
    """The site of an operator does not answer: nobody's file failed."""
    OTHER = "autre"


class LogEntry(Struct, frozen=True, kw_only=True):
    """What was written."""

    kind: EntryKind
    text: str = ""
    place_id: PlaceId | None = None
    """None: about the bus."""
    cause: IncidentCause | None = None
    """Of an incident."""
    cancels: PassageId | None = None
    """The passage that an incident proposes to cancel: the coordinator decides."""
    unit: UnitId | None = None
    """Whom a message is for; None: every bus of the structure."""


class LogWritten(Fact, frozen=True, kw_only=True):
    """Fact: an entry was written."""

    entry: LogEntry


class LogClosed(Fact, frozen=True, kw_only=True):
    """Fact: it is settled, or no longer true."""

    text: str = ""
    """How it ended."""


class LogRead(Fact, frozen=True, kw_only=True):
    """Fact: a person has read it; a publication of the timetable can be read too."""


class LogFactUndone(FactUndone, frozen=True, kw_only=True):
    """Fact: an earlier fact of the entry is withdrawn."""


LogFact = LogWritten | LogClosed | LogRead | LogFactUndone


class LogState(Struct, frozen=True, kw_only=True):
    """An entry as all its known facts leave it."""

    entry_id: EntryId
    entry: LogEntry
    agent_id: AgentId
    written_at: int
    """Milliseconds since 1970, by the writer's clock."""
    is_open: bool = True
    closed_by: AgentId | None = None
    closed_at: int | None = None
    ending: str = ""


def fold_log_entry(facts: Iterable[LogFact]) -> LogState | None:
    """Fold the facts of one entry, in (hlc, op_id) order whatever order they came in.

    Returns None while it has not arrived, or once it was withdrawn.
    """
    valid = standing_facts(facts)
    written = next((fact for fact in valid if isinstance(fact, LogWritten)), None)
    if written is None:
        return None
    state = LogState(
        entry_id=EntryId(written.op_id),
        entry=written.entry,
        agent_id=written.agent_id,
        written_at=_instant(written.hlc),
    )
    for fact in valid:
        # The first to settle it did; a second one, from another laptop, changes nothing.
        if isinstance(fact, LogClosed) and state.is_open:
            state = replace(
                state,
                is_open=False,
                closed_by=fact.agent_id,
                closed_at=_instant(fact.hlc),
                ending=fact.text,
            )
    return state


def check_log_entry(entry: LogEntry) -> LogEntry:
    """Return the entry if it may be written.

    Raises:
        InvalidInput: it says nothing or too much, or what it says does not go together.
    """
    is_incident = entry.kind is EntryKind.INCIDENT
    if not entry.text.strip() and not is_incident:
        raise InvalidInput("log_entry_empty")
    if len(entry.text) > TEXT_MAX:
        raise InvalidInput("note_too_long", length=len(entry.text), maximum=TEXT_MAX)
    if is_incident != (entry.cause is not None) or (entry.cancels and not is_incident):
        raise InvalidInput("log_entry_mismatched", value=entry.kind)
    if entry.kind in SHEET and entry.place_id is None:
        raise InvalidInput("log_entry_without_place", value=entry.kind)
    return entry


def _instant(hlc: str) -> int:
    return int(hlc[:12], 16)
