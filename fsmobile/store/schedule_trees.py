"""The published schedule tree of an agency, put together from its parts."""

import json
from dataclasses import dataclass

from fsmobile.store.replica import Connection, Replica


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One published revision of an agency's schedule tree."""

    agency: str
    revision: int
    agent_id: str
    published_at: int
    """Milliseconds since 1970, by the publisher's clock."""
    why: str
    manifest: dict[str, str]
    """Path to SHA-256."""


def load_revisions(replica: Replica, agency: str) -> list[Revision]:
    """Return the revisions known here, the newest first."""
    return [
        Revision(
            agency=agency,
            revision=revision,
            agent_id=agent_id,
            published_at=published_at,
            why=why,
            manifest=json.loads(manifest),
        )
        for revision, agent_id, published_at, why, manifest in replica.connection.execute(
            "SELECT revision, agent_id, published_at, why, manifest FROM schedule_revision"
            " WHERE agency = ? ORDER BY revision DESC",
            (agency,),
        )
    ]


def load_tree(replica: Replica, agency: str) -> dict[str, str] | None:
    """Return path → text of the newest revision whose files are all here, or None."""
    for revision in load_revisions(replica, agency):
        files = _load_files(replica.connection, revision.manifest)
        if files is not None:
            return files
    return None


def known_files(replica: Replica) -> set[str]:
    """Return the SHA-256 of every file that is whole here."""
    return {
        sha
        for (sha,) in replica.connection.execute(
            "SELECT sha256 FROM schedule_part GROUP BY sha256 HAVING count(*) = max(parts)"
        )
    }


def _load_files(connection: Connection, manifest: dict[str, str]) -> dict[str, str] | None:
    files: dict[str, str] = {}
    for path, sha in manifest.items():
        parts = connection.execute(
            "SELECT parts, text FROM schedule_part WHERE sha256 = ? ORDER BY part", (sha,)
        ).fetchall()
        if not parts or len(parts) != parts[0][0]:
            return None
        files[path] = "".join(text for _, text in parts)
    return files
