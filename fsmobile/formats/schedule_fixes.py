"""Faults of a schedule that have one remedy: what would be written instead, as patches.

Only what leaves no choice is here. The nearest known word is told with its fault, and chosen by
a person.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fsmobile.core.documents import KeyPath, Table, Value, is_same, value_at, with_value
from fsmobile.errors import Problem
from fsmobile.formats.schedule_toml import PLACES_FILE, STRUCTURE_FILE
from fsmobile.formats.schedule_values import suggest_time_span
from fsmobile.formats.schedule_writing import edit_document

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One value of a file, and what it should be."""

    problem: Problem
    file: str
    path: KeyPath
    """Empty for the layout of the whole file."""
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFiles:
    """What fixing came to."""

    texts: Mapping[str, str]
    """New text of each file that changes."""
    fixes: tuple[Fix, ...]


def fix_files(files: Mapping[str, str], problems: Iterable[Problem]) -> FixedFiles:
    """Apply every patch that the problems have to the texts of a schedule."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        file = problem.file
        if file is not None and file in files and problem.code in _FIXES:
            by_file.setdefault(file, []).append(problem)
    texts: dict[str, str] = {}
    done: list[Fix] = []
    for file, own in by_file.items():
        text, fixes = _fix_file(file, files[file], own)
        if text != files[file]:
            texts[file] = text
            done += fixes
    return FixedFiles(texts=texts, fixes=tuple(done))


def _fix_file(file: str, text: str, problems: Sequence[Problem]) -> tuple[str, list[Fix]]:
    fixes: list[Fix] = []
    plain = text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n")
    try:
        table: Table = tomllib.loads(plain)
    except (tomllib.TOMLDecodeError, RecursionError):
        return text, []
    wanted = dict(table)
    for problem in problems:
        for path, after in _FIXES[problem.code](problem, wanted):
            before = value_at(wanted, path) if path else None
            if path and (before is None or is_same(before, after)):
                continue
            if path:
                wanted = with_value(wanted, path, after)
            fixes.append(Fix(problem=problem, file=file, path=path, before=before, after=after))
    return edit_document(plain, wanted), fixes


_Change = tuple[KeyPath, Value]
_Find = Callable[[Problem, Table], Iterable[_Change]]


def _path(problem: Problem) -> KeyPath:
    return tuple((problem.field or "").split("."))


def _stripped(problem: Problem, table: Table) -> Iterable[_Change]:
    value = value_at(table, _path(problem))
    if isinstance(value, str):
        yield _path(problem), value.strip()


def _span(problem: Problem, table: Table) -> Iterable[_Change]:
    value = value_at(table, _path(problem))
    if isinstance(value, str):
        meant = suggest_time_span(value)
        if meant is not None:
            yield _path(problem), meant
    elif isinstance(value, list):
        spans = [(suggest_time_span(one) or one) if isinstance(one, str) else one for one in value]
        yield _path(problem), spans


def _quoted(problem: Problem, table: Table) -> Iterable[_Change]:
    """A code of figures that lost its quotes; one that begins with 0 is refused by TOML."""
    value, path = value_at(table, _path(problem)), _path(problem)
    if isinstance(value, int) and not isinstance(value, bool) and path[-1] in ("insee", "siret"):
        yield path, str(value)


def _of_place(key: str) -> _Find:
    def find(problem: Problem, table: Table) -> Iterable[_Change]:
        if problem.file == PLACES_FILE and problem.params.get("expected"):
            yield ("lieux", str(problem.params["id"]), key), str(problem.params["expected"])

    return find


def _swapped(problem: Problem, table: Table) -> Iterable[_Change]:
    place = ("lieux", str(problem.params["id"]))
    latitude, longitude = value_at(table, (*place, "lat")), value_at(table, (*place, "lon"))
    yield (*place, "lat"), longitude
    yield (*place, "lon"), latitude


def _once(problem: Problem, table: Table) -> Iterable[_Change]:
    run = str(problem.params["id"]).partition("/")[2]
    days = value_at(table, ("sorties", run, "dates"))
    if isinstance(days, list):
        yield ("sorties", run, "dates"), list(dict.fromkeys(days))


def _of_structure(key: str) -> _Find:
    def find(problem: Problem, table: Table) -> Iterable[_Change]:
        if problem.file == STRUCTURE_FILE and problem.params.get("expected"):
            yield (key,), str(problem.params["expected"])

    return find


def _laid_out(_problem: Problem, _table: Table) -> Iterable[_Change]:
    yield (), None


_FIXES: Mapping[str, _Find] = {
    "non_canonical_layout": _laid_out,
    "leading_or_trailing_whitespace": _stripped,
    "invalid_time_span": _span,
    "wrong_type": _quoted,
    "insee_is_postcode": _of_place("insee"),
    "commune_name_mismatch": _of_place("commune"),
    "coordinates_swapped": _swapped,
    "date_duplicated": _once,
    "holiday_zone_mismatch": _of_structure("feries"),
    "school_zone_mismatch": _of_structure("zone_scolaire"),
    "timezone_mismatch": _of_structure("fuseau"),
}
FIXED_CODES = frozenset(_FIXES)
"""Codes of the faults that may be fixed without a choice."""
