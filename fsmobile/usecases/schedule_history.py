"""What was published, by whom and why: the revisions, their differences, the way back."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fsmobile.errors import InvalidSchedule, NotFound
from fsmobile.formats.schedule_toml import is_schedule_file
from fsmobile.protocol.records import ScheduleResolution
from fsmobile.store import schedule_trees
from fsmobile.store.schedule_trees import Revision
from fsmobile.usecases.conflicts import author_of, errors_among, require_files
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_merging import Files
from fsmobile.usecases.schedule_publishing import (
    Publication,
    record_publication,
    require_coordinator,
    require_none_waiting,
)
from fsmobile.usecases.schedules import load_schedule_folders


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that differs between two trees."""

    path: str
    change: str
    """`added`, `modified` or `removed`."""
    lines: tuple[str, ...] = ()
    """As a unified difference, without line ends; empty where it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One revision of the history."""

    revision: int
    author: str
    """An agent, or the name of a laptop on which nobody was chosen."""
    at: datetime
    """By the publisher's clock, in the structure's zone."""
    why: str
    changes: tuple[FileChange, ...]
    """Against the revision before it."""
    resolved: tuple[ScheduleResolution, ...]
    """Conflicts settled in it: whose value, over whose edit."""


def list_revisions(desk: Desk, file: str | None = None) -> list[RevisionLine]:
    """Return the history, the newest first; only what touched a file when one is named."""
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    lines: list[RevisionLine] = []
    for rank, revision in enumerate(revisions):
        before = revisions[rank + 1].manifest if rank + 1 < len(revisions) else {}
        line = _line(desk, revision, before)
        touched = {change.path for change in line.changes} | {one.file for one in line.resolved}
        if file is None or file in touched:
            lines.append(line)
    return lines


def load_revision(desk: Desk, number: int) -> tuple[RevisionLine, dict[str, str]]:
    """Return one revision with its files.

    Raises:
        NotFound: there is no such revision here.
    """
    revision, before = _find(desk, number)
    return _line(desk, revision, {} if before is None else before.manifest), require_files(
        desk, revision
    )


def load_sides(desk: Desk, before: int | None, after: int | Path | None) -> tuple[Files, Files]:
    """Return the files of two revisions, or of one and a folder; the current one by default.

    Raises:
        NotFound: there is no such revision here.
        InvalidSchedule: the folder is no schedule.
    """
    current = _find(desk, None)[0].revision
    old = load_revision(desk, current if before is None else before)[1]
    if isinstance(after, Path):
        return old, _read_folder(after)
    return old, load_revision(desk, current if after is None else after)[1]


def load_last_sides(desk: Desk) -> tuple[Files, Files]:
    """Return the files of the revision before the current one, then of the current one."""
    revision, before = _find(desk, None)
    return {} if before is None else require_files(desk, before), require_files(desk, revision)


def diff_files(before: Files, after: Files) -> list[FileChange]:
    """Return the difference of each file, as text."""
    return [
        FileChange(
            path=path,
            change=_change(path, before, after),
            lines=tuple(
                difflib.unified_diff(
                    before.get(path, "").splitlines(),
                    after.get(path, "").splitlines(),
                    f"a/{path}",
                    f"b/{path}",
                    lineterm="",
                )
            ),
        )
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def revert_schedule(desk: Desk, number: int, why: str) -> Publication:
    """Publish the tree of an earlier revision as the next one, through the same checks.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        NotFound: there is no such revision here.
        InvalidSchedule: that tree no longer passes the rules.
        InvalidInput: it is the current one, or a publication waits already.
    """
    require_coordinator(desk)
    revision, _before = _find(desk, number)
    files = require_files(desk, revision)
    errors = errors_among(files, desk.today())
    if errors:
        raise InvalidSchedule("schedule_invalid", errors)
    require_none_waiting(desk)
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    return record_publication(desk, files, revisions, why)


def _find(desk: Desk, number: int | None) -> tuple[Revision, Revision | None]:
    """Return a revision, the newest when no number is given, and the one before it."""
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    for rank, revision in enumerate(revisions):
        if number is None or revision.revision == number:
            return revision, revisions[rank + 1] if rank + 1 < len(revisions) else None
    raise NotFound("revision", "0" if number is None else str(number))


def _line(desk: Desk, revision: Revision, before: Mapping[str, str]) -> RevisionLine:
    publication = schedule_trees.load_publication(desk.replica, revision)
    return RevisionLine(
        revision=revision.revision,
        author=author_of(desk, revision),
        at=desk.at(revision.published_at),
        why=revision.why,
        changes=tuple(
            FileChange(path=path, change=_change(path, before, revision.manifest))
            for path in sorted({*before, *revision.manifest})
            if before.get(path) != revision.manifest.get(path)
        ),
        resolved=() if publication is None else publication.resolved,
    )


def _change(path: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if path not in before:
        return "added"
    return "modified" if path in after else "removed"


def _read_folder(path: Path) -> dict[str, str]:
    folders = load_schedule_folders(path)
    if len(folders) != 1:
        names = ", ".join(folder.name for folder in folders)
        raise InvalidSchedule("schedule_not_one_tree", path=str(path), names=names)
    return {
        name: content.decode("utf-8-sig", "replace")
        for name, content in folders[0].files.items()
        if is_schedule_file(name)
    }
