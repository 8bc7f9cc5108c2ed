"""Merges that wait: the coordinator's own files, and what was settled so far.

The conflicts themselves are not kept: they are computed again from the base, theirs and
mine, so that nothing here can disagree with the trees.
"""

import json
from enum import StrEnum

import msgspec
from msgspec import Struct

from fsmobile.core.documents import KeyPath
from fsmobile.store.replica import Replica


class Kept(StrEnum):
    """Which value of a conflict was chosen."""

    MINE = "mine"
    THEIRS = "theirs"
    VALUE = "value"


class Settlement(Struct, frozen=True, kw_only=True):
    """A choice made on one conflict; it holds while both sides still say what they said."""

    path: KeyPath
    """The file, then the key inside it."""
    kept: Kept
    value: str | None = None
    """The third value, as written in TOML."""
    mine: str | None
    """As written in TOML when it was settled; the hash of a whole file."""
    theirs: str | None


class StoredMerge(Struct, frozen=True, kw_only=True):
    """A folder to be merged with a revision."""

    agency: str
    folder: str
    base: int
    """Revision that the folder was taken from; 0 for none."""
    theirs: int
    """Revision to merge it with."""
    started_at: int
    """Milliseconds since 1970."""
    mine: dict[str, str]
    """Path → text of the folder, as it was read."""
    settlements: tuple[Settlement, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Settlement, ...]).decode


def save_merge(replica: Replica, merge: StoredMerge) -> None:
    """Keep a merge for later; it replaces that of the same folder."""
    with replica.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO schedule_merge"
            " (agency, folder, base, theirs, started_at, mine, settlements)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                merge.agency,
                merge.folder,
                merge.base,
                merge.theirs,
                merge.started_at,
                json.dumps(merge.mine),
                _encode(merge.settlements).decode(),
            ),
        )


def load_merge(replica: Replica, agency: str, folder: str | None = None) -> StoredMerge | None:
    """Return the merge of a folder, or the latest one, or None."""
    row = replica.connection.execute(
        "SELECT folder, base, theirs, started_at, mine, settlements FROM schedule_merge"
        " WHERE agency = ?1 AND (?2 IS NULL OR folder = ?2) ORDER BY started_at DESC LIMIT 1",
        (agency, folder),
    ).fetchone()
    if row is None:
        return None
    found, base, theirs, started_at, mine, settlements = row
    return StoredMerge(
        agency=agency,
        folder=found,
        base=base,
        theirs=theirs,
        started_at=started_at,
        mine=json.loads(mine),
        settlements=_decode(settlements),
    )


def drop_merge(replica: Replica, agency: str, folder: str) -> None:
    """Forget the merge of a folder: it is done, or given up."""
    with replica.write() as connection:
        connection.execute(
            "DELETE FROM schedule_merge WHERE agency = ? AND folder = ?", (agency, folder)
        )
