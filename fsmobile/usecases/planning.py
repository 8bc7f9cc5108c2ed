"""Planning: a coordinator's working folder; edits that are undone and redone until published.

The files on the disk are the truth. What somebody else writes in them is noticed, and no edit,
undo or redo ever goes over it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec import Struct

from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import ChangedMeanwhile, InvalidInput, InvalidSchedule, Problem
from fsmobile.formats.schedule_toml import (
    STRUCTURE_FILE,
    ParseMemory,
    ScheduleReading,
    is_schedule_file,
    read_schedule,
)
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.queries import list_waiting
from fsmobile.usecases.absences import absences_of
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.planning_versions import (
    Sheets,
)
from fsmobile.usecases.schedule_check import check_in_steps, check_reading
from fsmobile.usecases.schedule_checkouts import checkout_schedule, write_folder
from fsmobile.usecases.schedules import ScheduleFolder, load_schedule_folders, stamp_folder
from fsmobile.usecases.timetable import load_timetable_files

EDITS_MAX = 500
"""How many edits can be taken back; older ones stay in the files."""


class Edit(Struct, frozen=True, kw_only=True):
    """One act of the coordinator: the files it touched, before and after."""

    label: str
    """In words, as it was told when it was done."""
    before: dict[str, str | None]
    """By path; None: there was no such file."""
    after: dict[str, str | None]

    def reversed(self) -> "Edit":
        """Return the edit that takes this one back."""
        return Edit(label=self.label, before=self.after, after=self.before)


class _Journal(Struct, frozen=True, kw_only=True):
    """What can be undone and redone, as the store keeps it."""

    done: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()


_decode = msgspec.json.Decoder(_Journal).decode
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True, kw_only=True)
class Planning:
    """A folder being edited."""

    desk: Desk
    path: Path
    contents: dict[str, bytes]
    """Every file as it was read, by path."""
    reading: ScheduleReading
    stamp: dict[str, tuple[int, int]]
    published: Mapping[str, str]
    """The files of the revision in force."""
    memory: ParseMemory = field(default_factory=dict)
    """The files as they were last parsed: an edit parses again what it touched."""
    done: list[Edit] = field(default_factory=list)
    undone: list[Edit] = field(default_factory=list)

    @property
    def tree(self) -> ScheduleTree:
        """Return what the files say.

        Raises:
            InvalidSchedule: the structure's own file cannot be read.
        """
        if self.reading.tree is None:
            raise InvalidSchedule("schedule_invalid", self.reading.problems)
        return self.reading.tree

    @property
    def files(self) -> dict[str, str]:
        """Return the text of each file; bytes that are no text are marked as such."""
        return {path: content.decode("utf-8", "replace") for path, content in self.contents.items()}

    @property
    def sheets(self) -> Sheets:
        """Return what an act starts from."""
        return Sheets(files=self.files, tree=self.tree)

    @property
    def unpublished(self) -> list[str]:
        """List the files that differ from the revision in force; what is never published apart."""
        files = self.files
        names = {*filter(is_schedule_file, files), *self.published}
        return sorted(name for name in names if files.get(name) != self.published.get(name))

    def check(self) -> tuple[Problem, ...]:
        """Return all that reading and the rules have to say of the files."""
        return check_reading(self.reading, self.files, self.desk.today(), absences_of(self.desk))

    def check_in_steps(self) -> Iterator[tuple[Problem, ...]]:
        """Check a rule at a time; what the steps find is what `check` returns."""
        return check_in_steps(self.reading, self.files, self.desk.today(), absences_of(self.desk))


def open_planning(desk: Desk, path: Path) -> Planning:
    """Open a working folder; an empty one is filled with the published timetable first.

    Raises:
        InvalidInput: the folder is empty and nothing was published yet.
        InvalidSchedule: it is not one structure's folder, or another structure's.
    """
    if not path.exists() or not any(path.iterdir()):
        checkout_schedule(desk, path)
    folder = _load(desk, path)
    planning = Planning(
        desk=desk,
        path=path,
        contents=folder.files,
        reading=folder.reading,
        stamp=stamp_folder(path),
        published=load_timetable_files(desk),
    )
    kept = get_meta(desk.replica.connection, _key(path))
    if isinstance(kept, str):
        journal = _decode(kept)
        planning.done, planning.undone = list(journal.done), list(journal.undone)
    return planning


def apply_edit(planning: Planning, label: str, texts: Mapping[str, str | None]) -> Edit:
    """Write an edit into the folder; it can be taken back.

    Raises:
        InvalidInput: nothing changes.
        ChangedMeanwhile: somebody else wrote one of these files; nothing was touched.
    """
    files = planning.files
    changes = {path: text for path, text in texts.items() if files.get(path) != text}
    if not changes:
        raise InvalidInput("nothing_changes")
    edit = Edit(label=label, before={path: files.get(path) for path in changes}, after=changes)
    _write(planning, edit)
    planning.done = [*planning.done, edit][-EDITS_MAX:]
    planning.undone = []
    _keep(planning)
    return edit


def undo_edit(planning: Planning) -> Edit | None:
    """Take back the last edit; None when there is none.

    Raises:
        ChangedMeanwhile: a file of it was written since; it stays as it is.
    """
    if not planning.done:
        return None
    edit = planning.done[-1]
    _write(planning, edit.reversed())
    planning.done.pop()
    planning.undone.append(edit)
    _keep(planning)
    return edit


def redo_edit(planning: Planning) -> Edit | None:
    """Do again the last edit taken back; None when there is none.

    Raises:
        ChangedMeanwhile: a file of it was written since; it stays as it is.
    """
    if not planning.undone:
        return None
    edit = planning.undone[-1]
    _write(planning, edit)
    planning.undone.pop()
    planning.done.append(edit)
    _keep(planning)
    return edit


def look_again(planning: Planning) -> list[str]:
    """Read what somebody else wrote in the folder; return the paths that changed."""
    stamp = stamp_folder(planning.path)
    if stamp == planning.stamp:
        return []
    before = planning.contents
    folder = _load(planning.desk, planning.path)
    planning.contents, planning.reading, planning.stamp = folder.files, folder.reading, stamp
    names = {*before, *folder.files}
    return sorted(name for name in names if before.get(name) != folder.files.get(name))


def end_edits(planning: Planning) -> None:
    """Forget what could be undone: it is published, as far as this laptop can tell."""
    planning.done, planning.undone = [], []
    planning.published = planning.files
    _keep(planning)


def look_at_published(planning: Planning) -> None:
    """Compare with the newest revision from now on; a publication on its way counts as one."""
    waiting = list_waiting(planning.desk.replica)
    if not any(line.kind == SCHEDULE_PUBLISH for line in waiting):
        planning.published = load_timetable_files(planning.desk)


def _write(planning: Planning, edit: Edit) -> None:
    """Bring the files of an edit from their text before to that after, or touch none."""
    contents = planning.contents
    for path, text in edit.before.items():
        if contents.get(path) != (None if text is None else text.encode()):
            raise ChangedMeanwhile("schedule_file_changed", path=path)
    before = {path: text.encode() for path, text in edit.before.items() if text is not None}
    after = {path: text for path, text in edit.after.items() if text is not None}
    write_folder(planning.path, before, after)
    left = {path: content for path, content in contents.items() if path not in edit.after}
    planning.contents = {**left, **{path: text.encode() for path, text in after.items()}}
    planning.reading = read_schedule(planning.contents, planning.memory)
    known = planning.stamp
    now = stamp_folder(planning.path)
    # Only what was just written is known to be ours; the rest is looked at by `look_again`.
    planning.stamp = {
        **{path: one for path, one in known.items() if path not in edit.after},
        **{path: now[path] for path in edit.after if path in now},
    }


def _load(desk: Desk, path: Path) -> ScheduleFolder:
    if not (path / STRUCTURE_FILE).is_file():
        raise InvalidSchedule("schedule_folder_empty", path=str(path))
    (folder,) = load_schedule_folders(path)
    tree = folder.reading.tree
    if tree is not None and tree.agency.agency_id != desk.agency_id:
        raise InvalidSchedule(
            "schedule_of_another_agency", value=tree.agency.agency_id, expected=desk.agency_id
        )
    return folder


def _keep(planning: Planning) -> None:
    journal = _Journal(done=tuple(planning.done), undone=tuple(planning.undone))
    with planning.desk.replica.write() as connection:
        set_meta(connection, _key(planning.path), _encode(journal).decode())


def _key(path: Path) -> str:
    return f"edits:{path.resolve()}"
