"""Schedules read from folders of files; the published one is in `timetable`."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import InvalidSchedule, Problem, Severity
from fsmobile.formats.schedule_toml import STRUCTURE_FILE, ScheduleReading, read_schedule
from fsmobile.formats.toml_files import FILE_CHARACTERS_MAX

READ_BYTES_MAX = 4 * FILE_CHARACTERS_MAX + 1
"""Enough to know that a file is too great, never all of it: a character is 4 bytes at most."""
FOLDER_FILES_MAX = 20_000
"""A schedule of ten years has some thousands of overlays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFolder:
    """One structure's files in a folder, and what they say."""

    path: Path
    files: dict[str, bytes]
    """By path inside the folder, with `/`."""
    reading: ScheduleReading

    @property
    def name(self) -> str:
        """Return the name of the folder."""
        return self.path.name


def load_schedule_folders(path: Path) -> tuple[ScheduleFolder, ...]:
    """Read a folder that is one tree (it holds `structure.toml`), or else each child that is.

    Raises:
        InvalidSchedule: there is no such folder, or no tree in it.
    """
    if (path / STRUCTURE_FILE).is_file():
        return (_load_folder(path),)
    try:
        children = sorted(child for child in path.iterdir() if child.is_dir())
    except OSError as error:
        raise InvalidSchedule("schedule_folder_missing", path=str(path)) from error
    folders = tuple(_load_folder(child) for child in children if (child / STRUCTURE_FILE).is_file())
    if not folders:
        raise InvalidSchedule("schedule_folder_empty", path=str(path))
    return folders


def require_trees(folders: tuple[ScheduleFolder, ...]) -> tuple[ScheduleTree, ...]:
    """Return the trees of folders without a file-level fault.

    Raises:
        InvalidSchedule: with the faults of all the folders.
    """
    problems: list[Problem] = []
    trees: list[ScheduleTree] = []
    for folder in folders:
        prefix = f"{folder.name}/" if len(folders) > 1 else ""
        problems += errors_of(folder.reading, prefix)
        if folder.reading.tree is not None:
            trees.append(folder.reading.tree)
    if problems:
        raise InvalidSchedule("schedule_invalid", problems)
    return tuple(trees)


def errors_of(reading: ScheduleReading, prefix: str = "") -> list[Problem]:
    """Return the faults that forbid using a schedule, their files under a folder's name."""
    return [
        replace(problem, file=f"{prefix}{problem.file or ''}")
        for problem in reading.problems
        if problem.severity is Severity.ERROR
    ]


def stamp_folder(path: Path) -> dict[str, tuple[int, int]]:
    """Return when each file of a folder was last written and how long it is: cheap to compare."""
    stamps: dict[str, tuple[int, int]] = {}
    for name, file in _files_of(path):
        with suppress(OSError):
            found = file.stat()
            stamps[name] = (found.st_mtime_ns, found.st_size)
    return stamps


def _load_folder(path: Path) -> ScheduleFolder:
    files = {name: _read_bytes(file) for name, file in _files_of(path)}
    return ScheduleFolder(path=path, files=files, reading=read_schedule(files))


def _files_of(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield each visible file of a folder by its path inside it; links to folders are not followed.

    Raises:
        InvalidSchedule: the folder holds far too many files to be a schedule.
    """
    pending, count = [path], 0
    while pending:
        folder = pending.pop()
        for child in sorted(folder.iterdir()):
            if child.name.startswith("."):
                continue
            if child.is_dir():
                pending += [] if child.is_symlink() else [child]
                continue
            count += 1
            if count > FOLDER_FILES_MAX:
                raise InvalidSchedule("schedule_folder_too_large", path=str(path))
            if child.is_file():
                yield child.relative_to(path).as_posix(), child


def _read_bytes(file: Path) -> bytes:
    """Read a file; one that the system refuses counts as bytes that are no text.

    Its fault is then told with those of all the others, at its own place.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(READ_BYTES_MAX)
    except OSError:
        return b"\xff"
