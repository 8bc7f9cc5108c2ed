"""The ledger of sticks: what each one carried, and whether its answer came back."""

import json

from msgspec import Struct

from fsmobile.protocol.messages import HistoryPoint
from fsmobile.store.cursors import Reading
from fsmobile.store.replica import Replica


class StickEntry(Struct, frozen=True, kw_only=True):
    """One file written for a stick."""

    file_id: bytes
    made_at: int
    """Milliseconds since 1970, by this laptop's clock."""
    ops: int
    visits: int
    size: int
    """Bytes."""
    reading: Reading
    """Where this laptop stood when it asked for what is new."""
    first_at: int | None = None
    """When the oldest act on it was recorded; None for a file that only asks for news."""
    last_at: int | None = None
    acked_at: int | None = None
    """When its answer was read here."""


def add_stick(replica: Replica, entry: StickEntry) -> None:
    """Note that a file was written."""
    point = entry.reading.points[0] if entry.reading.points else None
    with replica.write() as connection:
        connection.execute(
            "INSERT INTO stick (file_id, made_at, ops, visits, size, cursors, gsn, history,"
            " first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.file_id,
                entry.made_at,
                entry.ops,
                entry.visits,
                entry.size,
                json.dumps(entry.reading.cursors),
                None if point is None else point.gsn,
                None if point is None else point.history,
                entry.first_at,
                entry.last_at,
            ),
        )


def note_answer(replica: Replica, file_id: bytes) -> None:
    """Note that the answer to a file was read."""
    with replica.write() as connection:
        connection.execute(
            "UPDATE stick SET acked_at = ? WHERE file_id = ?",
            (replica.clock.now_ms(), file_id),
        )


def list_sticks(replica: Replica) -> list[StickEntry]:
    """Return the files written here, the newest first."""
    rows = replica.connection.execute(
        "SELECT file_id, made_at, ops, visits, size, cursors, gsn, history, first_at, last_at,"
        " acked_at FROM stick ORDER BY made_at DESC, file_id"
    )
    return [
        StickEntry(
            file_id=file_id,
            made_at=made_at,
            ops=ops,
            visits=visits,
            size=size,
            reading=Reading(
                cursors=json.loads(cursors),
                points=() if history is None else (HistoryPoint(gsn, history),),
            ),
            first_at=first_at,
            last_at=last_at,
            acked_at=acked_at,
        )
        for (
            file_id,
            made_at,
            ops,
            visits,
            size,
            cursors,
            gsn,
            history,
            first_at,
            last_at,
            acked_at,
        ) in rows
    ]


def find_stick(replica: Replica, file_id: bytes) -> StickEntry | None:
    """Return one file of the ledger; None when this laptop was restored since it wrote it."""
    return next((one for one in list_sticks(replica) if one.file_id == file_id), None)
