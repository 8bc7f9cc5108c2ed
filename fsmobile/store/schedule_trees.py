"""The published schedule tree of an agency, put together from its parts."""

import json
from typing import Any

from msgspec import Struct

from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.records import (
    ScheduleFilePart,
    SchedulePublication,
    read_manifest,
    read_record,
)
from fsmobile.store.replica import Connection, Replica


class Revision(Struct, frozen=True, kw_only=True):
    """One published revision of an agency's schedule tree."""

    agency: str
    revision: int
    op_id: str
    """Of its publication."""
    agent_id: str
    published_at: int
    """Milliseconds since 1970, by the publisher's clock."""
    why: str
    manifest: dict[str, str]
    """Path to SHA-256."""


def save(connection: Connection, op: Op, record: ScheduleFilePart | SchedulePublication) -> None:
    """Keep a part of a file, or a publication, as a projection of its op."""
    if isinstance(record, ScheduleFilePart):
        connection.execute(
            "INSERT OR REPLACE INTO schedule_part (sha256, part, parts, text) VALUES (?, ?, ?, ?)",
            (record.sha256, record.part, record.parts, record.text),
        )
        return
    # One's own publication counts only once the registry has said that it is published,
    # another's as long as the registry gives it a number.
    waits = connection.execute(
        "SELECT 1 FROM op WHERE op_id = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM outcome WHERE op_id = ?1 AND code = 'published')"
        " UNION ALL SELECT 1 FROM remote WHERE op_id = ?1 AND gsn = 0",
        (op.op_id,),
    ).fetchone()
    if waits:
        return
    connection.execute(
        "INSERT OR REPLACE INTO schedule_revision"
        " (agency, revision, op_id, agent_id, published_at, why, manifest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            record.agency,
            record.base + 1,
            op.op_id,
            op.agent_id,
            int(op.hlc[:12], 16),
            record.why,
            # One that stands in a file of its own is looked up when it is read: its parts may
            # come after it, from a registry that had lost them.
            json.dumps(record.manifest if record.manifest else record.manifest_file or {}),
        ),
    )


def load_revisions(replica: Replica, agency: str) -> list[Revision]:
    """Return the revisions known here, the newest first."""
    return [
        Revision(
            agency=agency,
            revision=revision,
            op_id=op_id,
            agent_id=agent_id,
            published_at=published_at,
            why=why,
            manifest=manifest,
        )
        for revision, op_id, agent_id, published_at, why, stored in replica.connection.execute(
            "SELECT revision, op_id, agent_id, published_at, why, manifest FROM schedule_revision"
            " WHERE agency = ? ORDER BY revision DESC",
            (agency,),
        ).fetchall()
        if (manifest := _load_manifest(replica.connection, json.loads(stored))) is not None
    ]


def load_tree(replica: Replica, agency: str) -> dict[str, str] | None:
    """Return path → text of the newest revision whose files are all here, or None."""
    for revision in load_revisions(replica, agency):
        files = _load_files(replica.connection, revision.manifest)
        if files is not None:
            return files
    return None


def load_revision_files(replica: Replica, revision: Revision) -> dict[str, str] | None:
    """Return path → text of one revision, or None when a file of it is not here."""
    return _load_files(replica.connection, revision.manifest)


def load_publication(replica: Replica, revision: Revision) -> SchedulePublication | None:
    """Return what its author published, or None when its op is not here."""
    row = replica.connection.execute(
        "SELECT body FROM op WHERE op_id = ?1 AND body IS NOT NULL"
        " UNION ALL SELECT body FROM remote WHERE op_id = ?1 AND body IS NOT NULL",
        (revision.op_id,),
    ).fetchone()
    record = None if row is None else read_record(read_op(row[0]))
    return record if isinstance(record, SchedulePublication) else None


def find_outcome(replica: Replica, op_id: str) -> tuple[str, dict[str, Any]] | None:
    """Return (code, detail) of what became of a publication, or None while nobody knows."""
    row = replica.connection.execute(
        "SELECT code, detail FROM outcome WHERE op_id = ?", (op_id,)
    ).fetchone()
    return None if row is None else (row[0], json.loads(row[1]))


def forget_stale(replica: Replica) -> None:
    """Take publications that came too late off the list of refusals: a later one has their work."""
    with replica.write() as connection:
        connection.execute("UPDATE outcome SET seen = 1 WHERE code = 'stale'")


def known_files(replica: Replica) -> set[str]:
    """Return the SHA-256 of every file that is whole here."""
    return {
        sha
        for (sha,) in replica.connection.execute(
            "SELECT sha256 FROM schedule_part GROUP BY sha256 HAVING count(*) = max(parts)"
        )
    }


def _load_manifest(connection: Connection, stored: dict[str, str] | str) -> dict[str, str] | None:
    """Return a manifest, from the file that it stands in if it has one; None until that is here."""
    if not isinstance(stored, str):
        return stored
    text = _load_file(connection, stored)
    return None if text is None else read_manifest(text)


def _load_files(connection: Connection, manifest: dict[str, str]) -> dict[str, str] | None:
    files: dict[str, str] = {}
    for path, sha in manifest.items():
        text = _load_file(connection, sha)
        if text is None:
            return None
        files[path] = text
    return files


def _load_file(connection: Connection, sha: str) -> str | None:
    parts = connection.execute(
        "SELECT parts, text FROM schedule_part WHERE sha256 = ? ORDER BY part", (sha,)
    ).fetchall()
    if not parts or len(parts) != parts[0][0]:
        return None
    return "".join(text for _, text in parts)
