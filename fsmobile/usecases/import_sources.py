"""Files of another service's timetable: read whatever their kind, as published entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fsmobile.core.published_dates import PublishedEntry, PublishedReading
from fsmobile.core.spans import DateSpan
from fsmobile.errors import InvalidInput, Problem, Severity
from fsmobile.formats.published_ics import read_published_calendar
from fsmobile.formats.published_tables import read_published_csv, read_published_json
from fsmobile.formats.published_text import read_published_text

SUFFIXES = frozenset({".csv", ".tsv", ".ics", ".txt", ".md", ".json"})
FILE_BYTES_MAX = 4 * 1024 * 1024
FILES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What all the files of a source say."""

    entries: tuple[PublishedEntry, ...]
    problems: tuple[Problem, ...]
    name: str = ""
    """Of the service, when a file says it."""


def load_sources(path: Path, timezone: str, window: DateSpan) -> Sources:
    """Read a file, or every known file of a folder.

    Raises:
        InvalidInput: there is nothing to read, or too much.
    """
    readings: list[PublishedReading] = []
    problems: list[Problem] = []
    for file in _files_of(path):
        text, found = _decode(file)
        problems += found
        readings.append(read_source(file.name, text, timezone, window))
    return gather(readings, problems)


def gather(readings: list[PublishedReading], problems: list[Problem]) -> Sources:
    """Put what several files say together."""
    return Sources(
        entries=tuple(entry for one in readings for entry in one.entries),
        problems=(*problems, *(problem for one in readings for problem in one.problems)),
        name=next((one.name for one in readings if one.name), ""),
    )


def read_source(name: str, text: str, timezone: str, window: DateSpan) -> PublishedReading:
    """Read one file by what it holds: a calendar, JSON, a table, or else lines of text."""
    head = text.lstrip("\ufeff \t\r\n")
    if head[:15].upper() == "BEGIN:VCALENDAR":
        return read_published_calendar(name, head, timezone, window)
    reading = read_published_json(name, head) if head[:1] in ("[", "{") else None
    if reading is None:
        reading = read_published_csv(name, text.lstrip("\ufeff"), window)
    return read_published_text(name, text) if reading is None else reading


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise InvalidInput("import_source_missing", path=str(path))
    files = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
    if not files:
        raise InvalidInput("import_source_empty", path=str(path), known=", ".join(sorted(SUFFIXES)))
    if len(files) > FILES_MAX:
        raise InvalidInput("import_source_too_large", path=str(path))
    yield from files


def _decode(file: Path) -> tuple[str, list[Problem]]:
    """Read a file's text: UTF-8, or what Excel writes on Windows, which is then said."""
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InvalidInput("import_source_missing", path=str(file)) from error
    if len(content) > FILE_BYTES_MAX:
        raise InvalidInput("import_source_too_large", path=str(file))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        told = Problem(
            code="import_encoding",
            severity=Severity.INFO,
            file=file.name,
            params={"value": "Windows-1252"},
        )
        return content.decode("cp1252", "replace"), [told]
