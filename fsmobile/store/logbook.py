"""Questions on the logbook: entries by place and kind, and who has read what."""

import json
from collections.abc import Iterable, Sequence

from msgspec import Struct

from fsmobile.core.ids import AgentId, EntryId
from fsmobile.core.logbook import EntryKind, LogState
from fsmobile.errors import NotFound
from fsmobile.store.projected_rows import decode_log_state
from fsmobile.store.replica import Replica


class Reading(Struct, frozen=True, kw_only=True):
    """A person who has read an entry, or a revision of the timetable."""

    entity: str
    """Id of the entry, or of the publication."""
    agent_id: AgentId
    unit: str
    """The bus in which they said so; empty on a coordinator's own desk."""
    read_at: int


def list_open_entries(
    replica: Replica, kinds: Iterable[EntryKind] = tuple(EntryKind)
) -> list[LogState]:
    """Return the open entries on some kinds, the newest first."""
    rows = replica.connection.execute(
        "SELECT state FROM log_entry WHERE is_open = 1"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY entry_id DESC",
        (json.dumps([kind.value for kind in kinds]),),
    )
    return [decode_log_state(state) for (state,) in rows]


def list_closed_entries(replica: Replica, limit: int) -> list[LogState]:
    """Return the entries written last among those that are closed."""
    rows = replica.connection.execute(
        "SELECT state FROM log_entry WHERE is_open = 0 ORDER BY entry_id DESC LIMIT ?", (limit,)
    )
    return [decode_log_state(state) for (state,) in rows]


def load_entry(replica: Replica, entry_id: EntryId) -> LogState:
    """Return one entry.

    Raises:
        NotFound: no such entry here.
    """
    row = replica.connection.execute(
        "SELECT state FROM log_entry WHERE entry_id = ?", (entry_id,)
    ).fetchone()
    if row is None:
        raise NotFound("log_entry", entry_id)
    return decode_log_state(row[0])


def list_readings(replica: Replica, entities: Sequence[str]) -> list[Reading]:
    """Return who has read some entries or publications, the first reader first."""
    rows = replica.connection.execute(
        "SELECT entity, agent_id, unit, read_at FROM log_read"
        " WHERE entity IN (SELECT value FROM json_each(?)) ORDER BY read_at, agent_id",
        (json.dumps(list(entities)),),
    )
    return [
        Reading(entity=entity, agent_id=AgentId(agent_id), unit=unit, read_at=read_at)
        for entity, agent_id, unit, read_at in rows
    ]
