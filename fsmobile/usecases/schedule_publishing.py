"""Publish a folder as the structure's next revision, merged with what others published.

A publication is two kinds of ops: the parts of the files that the registry lacks, then one
small `schedule.publish` that names every file by its hash, or names the file that does when
they are too many. All or nothing.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.errors import InvalidInput, InvalidSchedule, NotAllowed, Problem
from fsmobile.formats.schedule_toml import TRIAL_FILE, is_schedule_file
from fsmobile.protocol import records
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication, ScheduleResolution
from fsmobile.store import ops, queries, schedule_merges, schedule_trees
from fsmobile.store.ops import NewOp
from fsmobile.store.schedule_trees import Revision
from fsmobile.usecases.conflicts import (
    FolderMerge,
    PendingMerge,
    describe_merge,
    errors_among,
    list_resolutions,
    merge_folder,
)
from fsmobile.usecases.desk import Desk, is_coordinator
from fsmobile.usecases.schedule_checkouts import (
    carried_resolutions,
    folder_base,
    remember_base,
    remember_handed,
    remember_resolutions,
    write_folder,
)
from fsmobile.usecases.schedule_merging import Files
from fsmobile.usecases.schedules import ScheduleFolder, errors_of, load_schedule_folders

PART_BYTES_MAX = 60 * 1024
"""Of JSON; with its header an op stays under 64 KiB."""
PART_CHARACTERS = 30_000


class Publication(Struct, frozen=True, kw_only=True):
    """What was put on its way to the registry."""

    op_id: str
    base: int
    revision: int
    """`base + 1`, once the registry says so."""
    files: int
    changed: int
    """Files whose text the registry did not have."""
    merged_from: int | None = None
    """Revision that the folder came from, when it was merged with a newer one."""


class BroughtUpToDate(Struct, frozen=True, kw_only=True):
    """A folder that now holds the newest revision and its own changes."""

    revision: int
    written: int
    """Files of the folder that changed."""
    refusals: tuple[Problem, ...] = ()
    """What the rules say of the sum of both: to be mended before it can be published."""


class _Work(Struct, frozen=True, kw_only=True):
    """A folder ready to be compared with what is published."""

    folder: ScheduleFolder
    files: dict[str, str]
    revisions: list[Revision]
    base: int

    @property
    def current(self) -> int:
        return self.revisions[0].revision if self.revisions else 0


def publish_schedule(desk: Desk, path: Path, why: str) -> Publication | PendingMerge:
    """Record a publication on top of the current revision; the next sync hands it over.

    What others published since the folder was taken out is merged into it first. When the
    merge needs a person, nothing is published and nothing is written.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        InvalidSchedule: not one tree, another structure's, or faults: all of them.
        InvalidInput: nothing changed, or a publication waits already.
        ChangedMeanwhile: a file to be merged was written by somebody else just now.
    """
    require_coordinator(desk)
    work = _read_folder(desk, path)
    errors = errors_of(work.folder.reading)
    # All at once: a file that does not read hides nothing of what is wrong in the others.
    errors += [fault for fault in errors_among(work.files, desk.today()) if fault not in errors]
    if errors:
        raise InvalidSchedule("schedule_invalid", errors)
    require_none_waiting(desk)
    if work.base == work.current:
        return _publish_folder(desk, path, work, why)
    merge = merge_folder(desk, str(path.resolve()), work.files, work.base, work.revisions)
    if not merge.is_ready:
        return describe_merge(desk, merge, work.revisions)
    merged = _write_merged(desk, path, work, merge)
    return _publish_folder(desk, path, merged, why, merged_from=work.base)


def pull_schedule(desk: Desk, path: Path) -> BroughtUpToDate | PendingMerge:
    """Merge what others published into a folder, without publishing.

    Raises:
        InvalidSchedule, ChangedMeanwhile: as `publish_schedule`.
        InvalidInput: no timetable here yet.
    """
    work = _read_folder(desk, path)
    if not work.revisions:
        raise InvalidInput("no_timetable_yet")
    if work.base == work.current:
        return BroughtUpToDate(revision=work.current, written=0)
    merge = merge_folder(desk, str(path.resolve()), work.files, work.base, work.revisions)
    if merge.merged.open:
        return describe_merge(desk, merge, work.revisions)
    merged = _write_merged(desk, path, work, merge)
    written = sum(
        merged.files.get(name) != work.files.get(name) for name in {*merged.files, *work.files}
    )
    return BroughtUpToDate(revision=work.current, written=written, refusals=merge.refusals)


def record_publication(
    desk: Desk,
    files: Files,
    revisions: list[Revision],
    why: str,
    resolved: tuple[ScheduleResolution, ...] = (),
) -> Publication:
    """Record a whole tree as the next revision.

    Raises:
        InvalidInput: it is the current one.
        InvalidSchedule: more conflicts were settled than one publication can tell.
    """
    current = revisions[0].revision if revisions else 0
    manifest = {name: sha256(text.encode()).hexdigest() for name, text in files.items()}
    if revisions and manifest == revisions[0].manifest:
        raise InvalidInput("schedule_unchanged", revision=current)
    known = schedule_trees.known_files(desk.replica)
    missing = {digest: files[name] for name, digest in manifest.items() if digest not in known}
    news = _file_ops(desk, missing)
    publication = SchedulePublication(
        agency=desk.agency_id,
        base=current,
        manifest=manifest,
        why=why,
        laptop=desk.enrolment.name,
        resolved=resolved,
    )
    news += _publication_ops(desk, publication, known)
    recorded = ops.append_all(desk.replica, news)
    schedule_trees.forget_stale(desk.replica)
    return Publication(
        op_id=recorded[-1].op_id,
        base=current,
        revision=current + 1,
        files=len(files),
        changed=len(missing),
    )


def _publication_ops(desk: Desk, publication: SchedulePublication, known: set[str]) -> list[NewOp]:
    """Describe a publication; a manifest too large for one op travels in parts, as a file does.

    Raises:
        InvalidSchedule: more was settled than one op can tell.
    """
    data = records.encode_schedule(publication)
    if len(data) <= PART_BYTES_MAX:
        return [desk.agency_op(records.SCHEDULE_PUBLISH, data)]
    text = records.encode_manifest(publication.manifest)
    digest = sha256(text.encode()).hexdigest()
    light = replace(publication, manifest={}, manifest_file=digest)
    data = records.encode_schedule(light)
    if len(data) > PART_BYTES_MAX:
        # The values that were settled give way; who settled what over whom stays.
        bare = tuple(replace(one, mine=None, theirs=None, value=None) for one in light.resolved)
        data = records.encode_schedule(replace(light, resolved=bare))
    if len(data) > PART_BYTES_MAX:
        raise InvalidSchedule("publication_too_large", count=len(publication.resolved))
    return [
        *_file_ops(desk, {} if digest in known else {digest: text}),
        desk.agency_op(records.SCHEDULE_PUBLISH, data, schema=2),
    ]


def _file_ops(desk: Desk, texts: Mapping[str, str]) -> list[NewOp]:
    """Describe the parts of files, by their SHA-256."""
    return [
        desk.agency_op(records.SCHEDULE_FILE, records.encode_schedule(part))
        for digest, text in texts.items()
        for part in _parts(digest, text)
    ]


def require_coordinator(desk: Desk) -> None:
    """Refuse a laptop that may not publish.

    Raises:
        NotAllowed: this laptop is no coordinator's.
    """
    if not is_coordinator(desk):
        raise NotAllowed("coordinator_only")


def require_none_waiting(desk: Desk) -> None:
    """Refuse a second publication before the registry has judged the first one.

    Raises:
        InvalidInput: a publication waits already.
    """
    if any(line.kind == records.SCHEDULE_PUBLISH for line in queries.list_waiting(desk.replica)):
        raise InvalidInput("publication_waiting")


def _publish_folder(
    desk: Desk, path: Path, work: _Work, why: str, merged_from: int | None = None
) -> Publication:
    resolved = carried_resolutions(desk, path, work.revisions)
    publication = record_publication(desk, work.files, work.revisions, why, resolved)
    remember_handed(desk, path, publication.op_id, resolved)
    schedule_merges.drop_merge(desk.replica, desk.agency_id, str(path.resolve()))
    return replace(publication, merged_from=merged_from)


def _write_merged(desk: Desk, path: Path, work: _Work, merge: FolderMerge) -> _Work:
    """Bring the folder to the merged files; what was settled is kept for the publication."""
    merged = merge.merged.files
    changed = {name for name in {*work.files, *merged} if work.files.get(name) != merged.get(name)}
    before = {name: work.folder.files[name] for name in changed & work.files.keys()}
    carried = carried_resolutions(desk, path, work.revisions)
    news = list_resolutions(desk, merge, work.revisions)
    write_folder(path, before, {name: merged[name] for name in changed & merged.keys()})
    remember_resolutions(desk, path, tuple(dict.fromkeys((*carried, *news))))
    remember_base(desk, path, work.current)
    schedule_merges.drop_merge(desk.replica, desk.agency_id, merge.stored.folder)
    return replace(work, files=merged, base=work.current)


def _read_folder(desk: Desk, path: Path) -> _Work:
    folder = _one_folder(path, desk)
    files = {
        name: text.decode("utf-8-sig", "replace")
        for name, text in folder.files.items()
        if is_schedule_file(name)
    }
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    return _Work(
        folder=folder,
        files=files,
        revisions=revisions,
        base=folder_base(desk, path, files, revisions),
    )


def _one_folder(path: Path, desk: Desk) -> ScheduleFolder:
    if (path / TRIAL_FILE).exists():
        raise NotAllowed("trial_never_published")
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
