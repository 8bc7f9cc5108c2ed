"""One TOML file, decoded and parsed: values, the place of each, or why it cannot be read."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fsmobile.core.positions import Position
from fsmobile.errors import Problem, Severity
from fsmobile.formats.toml_positions import KeyPath, KeyPositions, locate_keys

FILE_CHARACTERS_MAX = 1_048_576
"""A tour of 480 lines is 12 kB; what is greater is no schedule."""
LINE_CHARACTERS_MAX = 100_000
"""A list of eight thousand dates on one line."""
KEY_DOTS_MAX = 64
"""tomllib's time grows with the square of the parts of a dotted key."""

FILE_TOO_LONG, LINE_TOO_LONG = "File too long", "Line too long"
TOO_DEEP, TOO_MANY_DIGITS, NOT_UTF_8 = "Nested too deeply", "Too many digits", "Not UTF-8"
"""Said as tomllib would: the words of a person are in `fsmobile.texts.toml_sentences`."""

BAD_DATES_MAX = 20
"""How many impossible dates of a file are read past; a file of a hand has one or two."""

_BAD_DATE = "Invalid date or datetime"
"""tomllib's words for 30 February."""
_DATE = re.compile(r"[0-9][0-9T:.+Zz-]*(?: [0-9][0-9:.+Zz-]*)?")
_MERGE_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$|^={7}$", re.MULTILINE)
_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_TWICE = re.compile(r"Cannot (?:declare|overwrite|redefine|mutate)|[Dd]uplicate")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """A file that could be parsed."""

    name: str
    """Path inside the tree, with `/`."""
    data: Mapping[str, object]
    positions: KeyPositions

    def position(self, path: KeyPath) -> Position:
        """Return the place of a table, with that of each of its values."""
        line, column = self.positions.of(path) or (None, None)
        keys = self.positions.inside(path)
        return Position(file=self.name, line=line, column=column, keys=keys)


def parse_toml_file(name: str, content: bytes | str) -> tuple[TomlFile | None, list[Problem]]:
    """Parse one file; what is wrong with it comes back as problems, never as an exception."""
    text, problems = _decode(name, content)
    if text is None:
        return None, problems
    markers = list(_MERGE_MARKER.finditer(text))
    if markers:
        problems += [_marker_problem(name, text, one) for one in markers]
        return None, problems
    refusal = _refuse_lengths(name, text)
    if refusal is not None:
        return None, [*problems, refusal]
    try:
        data = tomllib.loads(text)
        positions = locate_keys(text)
    except RecursionError:
        return None, [*problems, _unreadable(name, TOO_DEEP)]
    except tomllib.TOMLDecodeError as error:
        return None, [*problems, _syntax_problem(name, text, str(error))]
    except ValueError:
        # A number with more digits than Python takes from a text.
        return None, [*problems, _unreadable(name, TOO_MANY_DIGITS)]
    return TomlFile(name=name, data=data, positions=positions), problems


def parse_past_dates(
    name: str, content: bytes | str
) -> tuple[TomlFile | None, list[Problem], frozenset[str]]:
    """Parse one file as if its impossible dates were texts: what else is wrong is found too.

    Each of those dates is told at its place. They come back with the rest, for whoever expects
    a date will refuse the text a second time.
    """
    text, told = _decode(name, content)
    dates: list[str] = []
    lines: list[int] = []
    while text is not None and len(dates) < BAD_DATES_MAX:
        file, problems = parse_toml_file(name, text)
        last = problems[-1] if problems else None
        if file is not None or last is None or last.params.get("value") != _BAD_DATE:
            return file, [*told, *problems], frozenset(dates)
        line, column = last.line or 1, last.column or 1
        start = _offset(text, line, column)
        found = _DATE.match(text, start)
        if found is None:
            break
        # Two quotation marks more for each date before this one on its line.
        told.append(replace(last, column=column - 2 * lines.count(line)))
        text = f'{text[:start]}"{found[0]}"{text[found.end() :]}'
        dates.append(found[0])
        lines.append(line)
    return None, told or parse_toml_file(name, content)[1], frozenset(dates)


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line and column, from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _decode(name: str, content: bytes | str) -> tuple[str | None, list[Problem]]:
    """Return the text with plain line ends, and what is odd about its bytes."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        return None, [_unreadable(name, NOT_UTF_8, *_place(before, len(before)))]
    problems: list[Problem] = []
    for oddity, plain, shown in ((_BYTE_ORDER_MARK, "", "BOM"), ("\r\n", "\n", "CRLF")):
        if text.startswith(oddity) if oddity == _BYTE_ORDER_MARK else oddity in text:
            text = text.removeprefix(oddity) if not plain else text.replace(oddity, plain)
            problems.append(_layout_problem(name, shown))
    return text, problems


def _layout_problem(name: str, value: str) -> Problem:
    return Problem(
        code="non_canonical_layout",
        severity=Severity.INFO,
        file=name,
        line=1,
        column=1,
        params={"value": value, "expected": "UTF-8, LF"},
    )


def _refuse_lengths(name: str, text: str) -> Problem | None:
    if len(text) > FILE_CHARACTERS_MAX:
        return _unreadable(name, FILE_TOO_LONG)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LINE_CHARACTERS_MAX:
            return _unreadable(name, LINE_TOO_LONG, number, 1)
        if line.partition("=")[0].count(".") > KEY_DOTS_MAX:
            return _unreadable(name, TOO_DEEP, number, 1)
    return None


def _syntax_problem(name: str, text: str, message: str) -> Problem:
    """Turn tomllib's message into a problem at its place."""
    found = _AT.search(message)
    if found is not None and found[1]:
        line, column = int(found[1]), int(found[2])
    else:
        line, column = _place(text, len(text))
    if _TWICE.search(message):
        # tomllib stops after the second one; the person looks for its name.
        written = text.split("\n")[line - 1]
        key = written.split("=")[0].strip().strip("[]")
        indent = len(written) - len(written.lstrip())
        return Problem(
            code="duplicate_identifier",
            file=name,
            line=line,
            column=indent + 1,
            params={"value": key},
        )
    return _unreadable(name, _AT.sub("", message).strip(), line, column)


def _unreadable(
    name: str,
    value: str,
    line: int | None = None,
    column: int | None = None,
) -> Problem:
    params = {"value": value}
    return Problem(code="file_unreadable", file=name, line=line, column=column, params=params)


def _marker_problem(name: str, text: str, found: re.Match[str]) -> Problem:
    line, column = _place(text, found.start())
    return Problem(
        code="merge_markers_left",
        file=name,
        line=line,
        column=column,
        params={"value": found.group()[:7]},
    )


def _place(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column, from 1, of an offset."""
    line_start = text.rfind("\n", 0, offset) + 1
    return (text.count("\n", 0, offset) + 1, offset - line_start + 1)
