"""What a laptop shows: every projection, byte for byte."""

import sqlite3
from typing import Any

from fsmobile.simulation.state import WorldState

SHOWN = {
    "visit": "visit_id, service_date, passage_id, starts, is_void, state",
    "enquiry": "visit_id, position, procedure, stop",
    "passage": "passage_id, service_date, state",
    "appointment": "appointment_id, passage_id, service_date, state",
    # Who it is about, each laptop keeps or lets go by itself.
    "follow_up": "follow_up_id, is_open, place_id, due, json_remove(state, '$.named')",
    "log_entry": "entry_id, kind, place_id, is_open, state",
    "log_read": "entity, agent_id, unit, read_at",
    "search": "entity, kind, rowid, words",
    "schedule_part": "sha256, part, parts, text",
    "schedule_revision": "agency, revision, op_id, agent_id, published_at, why, manifest",
}

_SHA = "json_extract(CAST(body AS TEXT), '$.d.sha256')"
_REFUSED_PARTS = (
    f"SELECT {_SHA} FROM op JOIN outcome USING (op_id)"
    " WHERE op.kind = 'schedule.file' AND code = 'rejected' AND body IS NOT NULL"
    f" EXCEPT SELECT {_SHA} FROM op LEFT JOIN outcome USING (op_id)"
    " WHERE op.kind = 'schedule.file' AND code IS NOT 'rejected' AND body IS NOT NULL"
    f" EXCEPT SELECT {_SHA} FROM remote WHERE kind = 'schedule.file' AND body IS NOT NULL"
)
"""What an office wrote for a structure that it had left, unknowing: handed to nobody, and kept
where it was written, for nothing names it."""

_REFUSED_ENTRIES = (
    "SELECT entity FROM op JOIN outcome USING (op_id)"
    " WHERE op.kind LIKE 'logbook.%' AND code = 'rejected'"
)

Picture = dict[str, list[Any]]


class InvariantBroken(AssertionError):
    """A world in which something that must never happen did."""

    def __init__(self, world: WorldState, what: str) -> None:
        """Say what broke, in which world, and what strikes there."""
        super().__init__(f"{what} (seed {world.seed}; faults: {world.faults})")
        self.what = what


def picture_of(connection: sqlite3.Connection) -> Picture:
    """Return every projection."""
    shown: Picture = {
        table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
        for table, columns in SHOWN.items()
    }
    refused = {sha for (sha,) in connection.execute(_REFUSED_PARTS)}
    return shown | {
        "schedule_part": [row for row in shown["schedule_part"] if row[0] not in refused]
    }


def refused_entries(connection: sqlite3.Connection) -> set[str]:
    """Return the logbook entries of which an office wrote what was refused.

    It had left the structure, unknowing: its own laptop goes on showing what it wrote, and
    tells that it was refused; nobody else has it. Of a bus, nothing is refused so.
    """
    return {entity for (entity,) in connection.execute(_REFUSED_ENTRIES)}


def without_entries(picture: Picture, entries: set[str]) -> Picture:
    """Leave some entries of the logbook out of a picture."""
    kept = [row for row in picture["log_entry"] if row[0] not in entries]
    return picture | {"log_entry": kept}


def same_pictures(world: WorldState, one: Picture, other: Picture, who: str) -> None:
    """I6: two pictures are the same."""
    for table, rows in one.items():
        if rows != other[table]:
            differing = [
                pair for pair in zip(rows, other[table], strict=False) if pair[0] != pair[1]
            ]
            sizes = f"{len(rows)} and {len(other[table])} rows"
            raise InvariantBroken(world, f"I6: {who} differ in {table}: {sizes}, {differing[:1]}")
