"""Conflicts of two coordinators: shown with both values, settled here, when one likes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from fsmobile.core.documents import KeyPath, Value, is_same
from fsmobile.errors import InvalidInput, NotFound, Problem, Severity
from fsmobile.formats.toml_editing import parse_toml_value
from fsmobile.protocol.merge import Conflict
from fsmobile.protocol.records import ScheduleResolution
from fsmobile.store import schedule_merges, schedule_trees
from fsmobile.store.schedule_merges import Kept, Settlement, StoredMerge
from fsmobile.store.schedule_trees import Revision
from fsmobile.usecases.desk import NOBODY, Desk
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedule_merging import (
    Files,
    MergedFiles,
    Sides,
    merge_files,
    read_value,
    settle,
)

SHOWN_MAX = 300
"""Characters of a value kept in the history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Who published the last change of a value, and when."""

    revision: int
    author: str
    """An agent, or the name of a laptop on which nobody was chosen."""
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """A conflict as a person settles it."""

    conflict: Conflict
    theirs: Edit
    settlement: Settlement | None
    """None while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMerge:
    """A folder that cannot be published yet, and why."""

    folder: str
    base: int
    theirs: int
    """Revision it is merged with."""
    mine_at: datetime
    """When the folder was read."""
    conflicts: tuple[ConflictView, ...]
    refusals: tuple[Problem, ...]
    """What the rules say of the merged schedule, once no conflict is open."""
    both_changed: tuple[str, ...]
    """Files of which a whole side may be kept."""

    @property
    def open(self) -> tuple[ConflictView, ...]:
        """Return the conflicts still to be settled."""
        return tuple(one for one in self.conflicts if one.settlement is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMerge:
    """A merge computed: either ready, or the reasons why it is not."""

    stored: StoredMerge
    sides: Sides
    merged: MergedFiles
    refusals: tuple[Problem, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether the merged files may be published."""
        return not self.merged.open and not self.refusals


def merge_folder(
    desk: Desk, folder: str, mine: Files, base: int, revisions: Sequence[Revision]
) -> FolderMerge:
    """Merge a folder with the newest revision; keep the merge when a person must look."""
    before = schedule_merges.load_merge(desk.replica, desk.agency_id, folder)
    stored = StoredMerge(
        agency=desk.agency_id,
        folder=folder,
        base=base,
        theirs=revisions[0].revision,
        started_at=desk.replica.clock.now_ms(),
        mine=dict(mine),
        settlements=() if before is None else before.settlements,
    )
    merge = _compute(desk, stored, revisions)
    if not merge.is_ready:
        schedule_merges.save_merge(desk.replica, stored)
    return merge


def load_conflicts(desk: Desk) -> PendingMerge | None:
    """Return the merge that waits, with what has been published since, or None."""
    stored = schedule_merges.load_merge(desk.replica, desk.agency_id)
    if stored is None:
        return None
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    stored = replace(stored, theirs=revisions[0].revision)
    return describe_merge(desk, _compute(desk, stored, revisions), revisions)


def forget_conflicts(desk: Desk) -> bool:
    """Give up the merge that waits; its folder stays as it is. Tell whether there was one."""
    stored = schedule_merges.load_merge(desk.replica, desk.agency_id)
    if stored is not None:
        schedule_merges.drop_merge(desk.replica, desk.agency_id, stored.folder)
    return stored is not None


def settle_conflict(
    desk: Desk, file: str, key: str, kept: Kept, value: str | None = None
) -> PendingMerge:
    """Choose a side, or a third value, for one key or for a whole file.

    Raises:
        NotFound: nothing waits, or there is no such conflict.
        InvalidInput: a third value for something that is no single value.
    """
    stored = schedule_merges.load_merge(desk.replica, desk.agency_id)
    if stored is None:
        raise NotFound("conflict", file)
    revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
    stored = replace(stored, theirs=revisions[0].revision)
    merge = _compute(desk, stored, revisions)
    conflict = _find_conflict(merge, file, key)
    choice = settle(conflict, kept, _third_value(conflict, value) if value is not None else None)
    others = [one for one in stored.settlements if one.path != conflict.path]
    stored = replace(stored, settlements=(*others, choice))
    schedule_merges.save_merge(desk.replica, stored)
    return describe_merge(desk, _compute(desk, stored, revisions), revisions)


def settle_side(desk: Desk, view: ConflictView, *, is_mine: bool) -> PendingMerge:
    """Keep one side of a conflict, as `settle_conflict` does."""
    conflict = view.conflict
    kept = Kept.MINE if is_mine else Kept.THEIRS
    return settle_conflict(desk, conflict.file, conflict.key, kept)


def describe_merge(desk: Desk, merge: FolderMerge, revisions: Sequence[Revision]) -> PendingMerge:
    """Return a merge as a person reads it: each conflict with both sides and their author."""
    trees = _trees_since(desk, merge.stored.base, revisions)
    pairs: list[tuple[Conflict, Settlement | None]] = [
        *((conflict, None) for conflict in merge.merged.open),
        *merge.merged.settled,
    ]
    return PendingMerge(
        folder=merge.stored.folder,
        base=merge.stored.base,
        theirs=merge.stored.theirs,
        mine_at=desk.at(merge.stored.started_at),
        conflicts=tuple(
            ConflictView(
                conflict=conflict,
                theirs=_author(desk, conflict.path, merge.stored.base, trees),
                settlement=choice,
            )
            for conflict, choice in sorted(pairs, key=lambda pair: pair[0].path)
        ),
        refusals=merge.refusals,
        both_changed=tuple(
            file
            for file in sorted({*merge.sides.mine, *merge.sides.theirs})
            if merge.sides.differ_on(file)
        ),
    )


def list_resolutions(
    desk: Desk, merge: FolderMerge, revisions: Sequence[Revision]
) -> tuple[ScheduleResolution, ...]:
    """Return what was settled, as the published revision remembers it."""
    trees = _trees_since(desk, merge.stored.base, revisions)
    found: list[ScheduleResolution] = []
    for conflict, choice in merge.merged.settled:
        edit = _author(desk, conflict.path, merge.stored.base, trees)
        is_value = bool(conflict.key)
        found.append(
            ScheduleResolution(
                file=conflict.file,
                key=conflict.key,
                kept=choice.kept,
                mine=_shorten(choice.mine) if is_value else None,
                theirs=_shorten(choice.theirs) if is_value else None,
                value=_shorten(choice.value),
                revision=edit.revision,
                author=edit.author,
            )
        )
    return tuple(found)


def errors_among(files: Files, today: date) -> tuple[Problem, ...]:
    """Return what forbids publishing a tree."""
    return tuple(one for one in check_files(files, today) if one.severity is Severity.ERROR)


def author_of(desk: Desk, revision: Revision) -> str:
    """Return who published a revision: an agent, or else the name of the laptop."""
    if revision.agent_id != NOBODY:
        return revision.agent_id
    publication = schedule_trees.load_publication(desk.replica, revision)
    return revision.agent_id if publication is None else publication.laptop or NOBODY


def require_files(desk: Desk, revision: Revision) -> dict[str, str]:
    """Return the files of a revision.

    Raises:
        NotFound: a part of it has not arrived yet.
    """
    files = schedule_trees.load_revision_files(desk.replica, revision)
    if files is None:
        raise NotFound("revision", str(revision.revision))
    return files


def _compute(desk: Desk, stored: StoredMerge, revisions: Sequence[Revision]) -> FolderMerge:
    by_number = {one.revision: one for one in revisions}
    base = require_files(desk, by_number[stored.base]) if stored.base in by_number else {}
    theirs = require_files(desk, by_number[stored.theirs])
    sides = Sides(base=base, mine=stored.mine, theirs=theirs)
    merged = merge_files(sides, stored.settlements)
    # A merge with open conflicts is no tree yet: the rules would judge what nobody wrote.
    refusals = () if merged.open else errors_among(merged.files, desk.today())
    return FolderMerge(stored=stored, sides=sides, merged=merged, refusals=refusals)


def _find_conflict(merge: FolderMerge, file: str, key: str) -> Conflict:
    known = [*merge.merged.open, *(conflict for conflict, _choice in merge.merged.settled)]
    for conflict in known:
        if (conflict.file, conflict.key) == (file, key) and key:
            return conflict
    # A whole file may be chosen even where its keys do not clash: the rules may refuse the sum.
    if not key and merge.sides.differ_on(file):
        return merge.sides.file_conflict(file)
    raise NotFound("conflict", f"{file} {key}".strip())


def _third_value(conflict: Conflict, text: str) -> Value:
    """Read a value as the file would hold it; texts may be given without their quotes."""
    sides = (conflict.base, conflict.mine, conflict.theirs)
    if not conflict.key or any(isinstance(side, dict) for side in sides):
        raise InvalidInput("settled_value_not_single", value=conflict.file)
    try:
        value = parse_toml_value(text)
    except ValueError:
        return text
    is_text = any(isinstance(side, str) for side in sides)
    return text if is_text and not isinstance(value, str) else value


def _trees_since(
    desk: Desk, base: int, revisions: Sequence[Revision]
) -> list[tuple[Revision, Files]]:
    """Return the revisions from a base on, oldest first, with their files."""
    return [(one, require_files(desk, one)) for one in reversed(revisions) if one.revision >= base]


def _author(desk: Desk, path: KeyPath, base: int, trees: Sequence[tuple[Revision, Files]]) -> Edit:
    """Find the last revision after a base that changed the value at a path."""
    last = trees[-1][0]
    old: Files = {}
    for revision, new in trees:
        if revision.revision > base and not is_same(read_value(old, path), read_value(new, path)):
            last = revision
        old = new
    return Edit(
        revision=last.revision,
        author=author_of(desk, last),
        at=desk.at(last.published_at),
        why=last.why,
    )


def _shorten(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
