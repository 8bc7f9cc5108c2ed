"""Folders that hold a revision: written out, brought up to date, and which one they hold."""

import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from fsmobile.errors import ChangedMeanwhile, InvalidInput
from fsmobile.protocol.records import ScheduleResolution
from fsmobile.store import schedule_trees
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.schedule_trees import Revision
from fsmobile.usecases.desk import Desk

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[ScheduleResolution, ...]).decode


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
    write_folder(path, {}, files)
    remember_base(desk, path, revisions[0].revision)
    return revisions[0].revision


def write_folder(path: Path, before: Mapping[str, bytes], after: Mapping[str, str]) -> int:
    """Bring a folder from the files that were read to others; return how many were written.

    Each file is replaced whole or not at all, and none that changed since it was read.

    Raises:
        ChangedMeanwhile: somebody else wrote one of these files; it was left as it is.
        InvalidInput: a path that leads out of the folder.
    """
    changes = {
        name: after[name].encode() if name in after else None
        for name in sorted({*before, *after})
        if name not in after or before.get(name) != after[name].encode()
    }
    for name in changes:
        if not (path / name).resolve().is_relative_to(path.resolve()):
            raise InvalidInput("path_outside_folder", path=name)
        _require_unchanged(path, name, before.get(name))
    for name, content in changes.items():
        _require_unchanged(path, name, before.get(name))
        target = path / name
        if content is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    return len(changes)


def folder_base(
    desk: Desk, path: Path, files: Mapping[str, str], revisions: Sequence[Revision]
) -> int:
    """Return the revision that a folder comes from; 0 when it comes from none.

    Of a folder that was copied here, it is the revision with which it shares most files; of
    several, the oldest: a conflict too many is better than an edit undone without a word.
    """
    base = get_meta(desk.replica.connection, _base_key(path))
    handed = get_meta(desk.replica.connection, _handed_key(path))
    known = {revision.revision for revision in revisions}
    published = [one.revision for one in revisions if one.op_id == handed]
    if isinstance(base, int) and (base in known or base == 0):
        return max(base, *published) if published else base
    if published:
        return published[0]
    hashes = {(name, sha256(text.encode()).hexdigest()) for name, text in files.items()}
    shared = {one.revision: len(hashes & one.manifest.items()) for one in reversed(revisions)}
    best = max(shared, key=lambda revision: shared[revision], default=0)
    return best if shared.get(best) else 0


def remember_base(desk: Desk, path: Path, revision: int) -> None:
    """Remember that a folder holds a revision."""
    with desk.replica.write() as connection:
        set_meta(connection, _base_key(path), revision)


def remember_handed(
    desk: Desk, path: Path, op_id: str, resolved: tuple[ScheduleResolution, ...]
) -> None:
    """Remember what was published from a folder: the revision it becomes is then its base."""
    with desk.replica.write() as connection:
        set_meta(connection, _handed_key(path), op_id)
        set_meta(connection, _resolved_key(path), _encode(resolved).decode())


def carried_resolutions(
    desk: Desk, path: Path, revisions: Sequence[Revision]
) -> tuple[ScheduleResolution, ...]:
    """Return what was settled for a folder and is in no published revision yet.

    A publication may come too late: what was settled for it goes into the next one.
    """
    handed = get_meta(desk.replica.connection, _handed_key(path))
    kept = get_meta(desk.replica.connection, _resolved_key(path))
    if not isinstance(kept, str) or any(one.op_id == handed for one in revisions):
        return ()
    return _decode(kept)


def remember_resolutions(
    desk: Desk, path: Path, resolutions: tuple[ScheduleResolution, ...]
) -> None:
    """Remember what was settled, until a publication of the folder is taken."""
    with desk.replica.write() as connection:
        set_meta(connection, _resolved_key(path), _encode(resolutions).decode())
        set_meta(connection, _handed_key(path), None)


def _require_unchanged(path: Path, name: str, before: bytes | None) -> None:
    try:
        now = (path / name).read_bytes()
    except FileNotFoundError:
        now = None
    if now != before:
        raise ChangedMeanwhile("schedule_file_changed", path=name)


def _base_key(path: Path) -> str:
    return f"checkout:{path.resolve()}"


def _resolved_key(path: Path) -> str:
    return f"resolved:{path.resolve()}"


def _handed_key(path: Path) -> str:
    return f"handed:{path.resolve()}"
