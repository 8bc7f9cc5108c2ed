"""A timetable pasted as French text, or as any lines that hold a date, hours and a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from fsmobile.core.folding import fold
from fsmobile.core.plan_finding import Opening
from fsmobile.core.published_dates import PublishedEntry, PublishedReading, WrittenDay
from fsmobile.errors import Problem, Severity
from fsmobile.formats.french_dates import FoundDates, find_dates, plain_text

_CUTS = re.compile(r"[|,;:•·()\t]|\s[-–—>]+\s|^\s*[-–—*>]+\s|\s[-–—]+\s*$")
_NO_PASSAGE = re.compile(
    r"\b(?:feriee?s?|fermee?s?|annulee?s?|supprimee?s?|pas de (?:bus|passage|tournee)"
    r"|ne passe pas)\b"
)
"""A date on which there is no bus is no passage; it is told, in case it was one."""
_WORDS_OF_NOTHING = frozenset(
    ("le", "la", "les", "l", "de", "d", "du", "des", "a", "au", "aux", "et", "en", "un", "une",
     "passage", "passages", "date", "dates", "jour", "jours", "planning", "calendrier", "horaire",
     "horaires", "tournee", "tournees", "annee", "mois", "heure", "heures", "h", "lieu",
     "puis", "ou")
)  # fmt: skip


@dataclass(slots=True)
class _Titles:
    """What the lines above say, until others do."""

    parts: tuple[str, ...] = ()
    opening: Opening = field(default_factory=Opening)
    year: int | None = None
    month: int | None = None
    unused: tuple[int, str] | None = None
    """The line of a title that nothing has used yet."""


def read_published_text(file: str, text: str) -> PublishedReading:
    """Read lines; a title holds for the lines under it that do not say the same themselves."""
    titles = _Titles()
    entries: list[PublishedEntry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = find_dates(line, titles.month)
        problems += (
            Problem(code="import_hours_wrong", file=file, line=number, params={"value": one})
            for one in found.faults
        )
        if found.days and _NO_PASSAGE.search(plain_text(found.rest)):
            problems.append(_nothing_taken(file, number, line))
        elif found.is_rule:
            problems.append(_not_a_list(file, number, line, found, titles))
        elif found.days and any(place_parts(one) for one in found.between_hours):
            params = {"value": line.strip()[:80]}
            problems.append(
                Problem(code="import_places_mixed", file=file, line=number, params=params)
            )
        elif found.days:
            entries += _entries(file, number, found, titles)
        else:
            above = titles.unused
            is_under = above is not None and above[0] == number - 1
            # A commune, then its spot on the line under it: one title.
            problems += () if is_under else _unused(file, titles)
            _take_title(titles, number, line, found, is_under=is_under)
    problems += _unused(file, titles)
    return PublishedReading(entries=tuple(entries), problems=tuple(problems))


def _entries(
    file: str, number: int, found: FoundDates, titles: _Titles
) -> Iterator[PublishedEntry]:
    parts = place_parts(found.rest)
    titles.unused = None
    for day, hours in zip(found.days, found.hours, strict=True):
        yield PublishedEntry(
            file=file,
            line=number,
            written=_with_year(day, titles.year),
            opening=hours if hours != Opening() else titles.opening,
            parts=parts,
            heading=titles.parts,
        )


def _with_year(day: WrittenDay, year: int | None) -> WrittenDay:
    return replace(day, year=year) if day.year is None and year is not None else day


def _take_title(
    titles: _Titles, number: int, line: str, found: FoundDates, *, is_under: bool
) -> None:
    """Keep what a line without a date says: a place, hours, a year, a month."""
    parts = place_parts(found.rest)
    if found.year is not None:
        titles.year = found.year
    if found.month is not None:
        titles.month = found.month
    if parts and is_under:
        titles.parts = (*titles.parts, *parts)
        titles.opening = found.opening if found.opening != Opening() else titles.opening
        titles.unused = (number, line.strip())
    elif parts:
        titles.parts, titles.opening = parts, found.opening
        titles.unused = (number, line.strip())
    elif found.opening != Opening():
        titles.opening = found.opening


def _unused(file: str, titles: _Titles) -> Iterator[Problem]:
    """Say which line was taken for a title of nothing: no line is dropped without a word."""
    if titles.unused is not None:
        number, line = titles.unused
        titles.unused = None
        yield _nothing_taken(file, number, line)


def _nothing_taken(file: str, number: int, line: str) -> Problem:
    return Problem(
        code="import_line_unused",
        severity=Severity.INFO,
        file=file,
        line=number,
        params={"value": line.strip()[:80]},
    )


def _not_a_list(file: str, number: int, line: str, found: FoundDates, titles: _Titles) -> Problem:
    """Say that a line gives a rule; without any hours, it may only speak of the list."""
    if found.opening == titles.opening == Opening():
        return _nothing_taken(file, number, line)
    params = {"value": line.strip()[:80]}
    return Problem(code="import_rule_unknown", file=file, line=number, params=params)


def place_parts(text: str) -> tuple[str, ...]:
    """Cut the words of a place at commas, bars and brackets; what says nothing is left out."""
    parts = (part.strip(" .'’\"-–—") for part in _CUTS.split(text))
    return tuple(part for part in parts if set(fold(part).split()) - _WORDS_OF_NOTHING)
