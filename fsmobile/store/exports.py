"""The journal of what was exported from this laptop: when, by whom, what, how many lines."""

from msgspec import Struct

from fsmobile.core.ids import AgentId
from fsmobile.store.replica import Replica


class Export(Struct, frozen=True, kw_only=True):
    """One export."""

    made_at: int
    """Milliseconds since 1970."""
    agent_id: AgentId
    what: str
    rows: int


def log_export(replica: Replica, agent_id: AgentId, what: str, rows: int) -> None:
    """Write an export down, before it is given."""
    with replica.write() as connection:
        connection.execute(
            "INSERT INTO export (made_at, agent_id, what, rows) VALUES (?, ?, ?, ?)",
            (replica.clock.now_ms(), agent_id, what, rows),
        )


def list_exports(replica: Replica) -> list[Export]:
    """Return what was exported, the oldest first."""
    return [
        Export(made_at=made_at, agent_id=AgentId(agent_id), what=what, rows=rows)
        for made_at, agent_id, what, rows in replica.connection.execute(
            "SELECT made_at, agent_id, what, rows FROM export ORDER BY rowid"
        )
    ]
