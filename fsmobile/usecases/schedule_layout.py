"""Putting a schedule's files in canonical layout: the same values, every comment kept."""

from dataclasses import dataclass
from pathlib import Path

from fsmobile.errors import Problem, Severity
from fsmobile.formats.canonical_layout import format_layout
from fsmobile.formats.schedule_toml import is_schedule_file
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedules import ScheduleFolder, load_schedule_folders


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """What formatting a folder of files came to."""

    folder: Path
    changed: tuple[str, ...]
    """Files that are, or would be, written otherwise."""
    problems: tuple[Problem, ...]
    """Files that cannot be read: they are left as they are."""


def format_folders(path: Path, *, write: bool) -> list[LaidOut]:
    """Put the files of one schedule, or of several, in canonical layout.

    Raises:
        InvalidSchedule: there is no such folder, or no schedule in it.
        ChangedMeanwhile: somebody else wrote one of these files; it was left as it is.
    """
    return [_format_folder(folder, write=write) for folder in load_schedule_folders(path)]


def _format_folder(folder: ScheduleFolder, *, write: bool) -> LaidOut:
    before: dict[str, bytes] = {}
    after: dict[str, str] = {}
    problems: list[Problem] = []
    for name, content in folder.files.items():
        if not is_schedule_file(name):
            continue
        text = _laid_out(content)
        if text is None:
            own = (one for one in folder.reading.problems if one.file == name)
            problems += [one for one in own if one.severity is Severity.ERROR]
        elif text.encode() != content:
            before[name], after[name] = content, text
    if write:
        write_folder(folder.path, before, after)
    return LaidOut(folder=folder.path, changed=tuple(after), problems=tuple(problems))


def _laid_out(content: bytes) -> str | None:
    try:
        return format_layout(content.decode())
    except UnicodeDecodeError:
        return None
