"""Publish a folder as the structure's next revision; write a revision out as a folder.

A publication is two kinds of ops: the parts of the files that the registry lacks, then one
small `schedule.publish` that names every file by its hash. All or nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fsmobile.errors import (
    ChangedMeanwhile,
    InvalidInput,
    InvalidSchedule,
    NotAllowed,
    Severity,
)
from fsmobile.formats.schedule_toml import is_schedule_file
from fsmobile.protocol import records
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication
from fsmobile.protocol.scopes import Role
from fsmobile.store import ops, queries, schedule_trees
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedules import ScheduleFolder, errors_of, load_schedule_folders

PART_BYTES_MAX = 60 * 1024
"""Of JSON; with its header an op stays under 64 KiB."""
PART_CHARACTERS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was put on its way to the registry."""

    base: int
    revision: int
    """`base + 1`, once the registry says so."""
    files: int
    changed: int
    """Files whose text the registry did not have."""


def publish_schedule(desk: Desk, path: Path, why: str) -> Publication:
    """Record a publication on top of the current revision; the next sync hands it over.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        InvalidSchedule: not one tree, another structure's, or faults: all of them.
        ChangedMeanwhile: somebody published since this folder was taken out.
        InvalidInput: nothing changed, or a publication waits already.
    """
    if desk.enrolment.role != Role.COORDINATOR:
        raise NotAllowed("coordinator_only")
    folder = _one_folder(path, desk)
    files = {
        name: text.decode("utf-8-sig", "replace")
        for name, text in folder.files.items()
        if is_schedule_file(name)
    }
    errors = errors_of(folder.reading) or [
        problem
        for problem in check_files(files, desk.today())
        if problem.severity is Severity.ERROR
    ]
    if errors:
        raise InvalidSchedule("schedule_invalid", errors)
    if any(line.kind == records.SCHEDULE_PUBLISH for line in queries.list_waiting(desk.replica)):
        raise InvalidInput("publication_waiting")
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    current = revisions[0].revision if revisions else 0
    base = checkout_base(desk, path)
    if base is not None and base != current:
        raise ChangedMeanwhile("schedule_stale", base=base, revision=current)
    manifest = {name: sha256(text.encode()).hexdigest() for name, text in files.items()}
    if revisions and manifest == revisions[0].manifest:
        raise InvalidInput("schedule_unchanged", revision=current)
    missing = {
        digest: files[name]
        for name, digest in manifest.items()
        if digest not in schedule_trees.known_files(desk.replica)
    }
    news = [
        desk.schedule_op(records.SCHEDULE_FILE, records.encode_schedule(part))
        for digest, text in missing.items()
        for part in _parts(digest, text)
    ]
    publication = SchedulePublication(
        agency=desk.agency_id, base=current, manifest=manifest, why=why
    )
    data = records.encode_schedule(publication)
    ops.append_all(desk.replica, [*news, desk.schedule_op(records.SCHEDULE_PUBLISH, data)])
    return Publication(base=current, revision=current + 1, files=len(files), changed=len(missing))


def checkout_schedule(desk: Desk, path: Path) -> int:
    """Write the published timetable out as files; return its revision.

    Raises:
        InvalidInput: no timetable here yet, or a folder that is not empty.
    """
    files = schedule_trees.load_tree(desk.replica, desk.agency_id)
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    if files is None or not revisions:
        raise InvalidInput("no_timetable_yet")
    if path.exists() and any(path.iterdir()):
        raise InvalidInput("folder_not_empty", path=str(path))
    for name, text in files.items():
        target = path / name
        if not target.resolve().is_relative_to(path.resolve()):
            raise InvalidInput("path_outside_folder", path=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    remember_base(desk, path, revisions[0].revision)
    return revisions[0].revision


def checkout_base(desk: Desk, path: Path) -> int | None:
    """Return the revision that a folder was taken out from, or None."""
    base = get_meta(desk.replica.connection, _key(path))
    return base if isinstance(base, int) else None


def remember_base(desk: Desk, path: Path, revision: int) -> None:
    """Remember that a folder holds a revision."""
    with desk.replica.write() as connection:
        set_meta(connection, _key(path), revision)


def _key(path: Path) -> str:
    return f"checkout:{path.resolve()}"


def _one_folder(path: Path, desk: Desk) -> ScheduleFolder:
    folders = load_schedule_folders(path)
    if len(folders) != 1:
        names = ", ".join(folder.name for folder in folders)
        raise InvalidSchedule("schedule_not_one_tree", path=str(path), names=names)
    (folder,) = folders
    tree = folder.reading.tree
    if tree is not None and tree.agency.agency_id != desk.agency_id:
        raise InvalidSchedule(
            "schedule_of_another_agency", value=tree.agency.agency_id, expected=desk.agency_id
        )
    return folder


def _parts(digest: str, text: str) -> Iterator[ScheduleFilePart]:
    pieces = _pieces(text, PART_CHARACTERS)
    for position, piece in enumerate(pieces):
        yield ScheduleFilePart(sha256=digest, part=position, parts=len(pieces), text=piece)


def _pieces(text: str, size: int) -> list[str]:
    """Cut a text so that each piece, written as JSON, fits one op."""
    pieces = [text[start : start + size] for start in range(0, len(text), size)] or [""]
    fits = all(
        len(records.encode_schedule(ScheduleFilePart(sha256="", part=0, parts=1, text=piece)))
        <= PART_BYTES_MAX
        for piece in pieces
    )
    return pieces if fits else _pieces(text, size // 2)
