"""TableReader: typed reading of one TOML table, all its faults kept together."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from typing import TypeVar

from fsmobile.core.ids import is_slug
from fsmobile.core.positions import Position
from fsmobile.errors import Param, Problem, Severity
from fsmobile.formats.toml_files import TomlFile
from fsmobile.formats.toml_positions import KeyPath

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)
Report = list[Problem]

NAME_CHARACTERS_MAX = 60
NOTE_CHARACTERS_MAX = 280


class TableReader:
    """One table of a file: each getter returns a value or None, and reports what is wrong."""

    def __init__(self, file: TomlFile, path: KeyPath, data: object, report: Report) -> None:
        self.file = file
        self.path = path
        self.report = report
        self.data: Mapping[str, object] = data if isinstance(data, dict) else {}
        self.position: Position = file.position(path)
        self._known: set[str] = set()
        if not isinstance(data, dict):
            self._wrong(self.path, data, "[…]")

    def problem(
        self,
        code: str,
        key: str | None = None,
        *,
        severity: Severity = Severity.ERROR,
        rank: int | None = None,
        **params: Param,
    ) -> None:
        """Report a fault of the table, of one of its keys, or of one element of a list."""
        path = self.path if key is None else (*self.path, key)
        at = None if rank is None else self.file.positions.of((*path, str(rank)))
        line, column = at or self.file.positions.of(path) or (None, None)
        if line is None:
            line, column = self.position.line, self.position.column
        self.report.append(
            Problem(
                code=code,
                severity=severity,
                file=self.file.name,
                line=line,
                column=column,
                field=".".join(path) or None,
                params=params,
            )
        )

    def _wrong(self, path: KeyPath, value: object, expected: str, rank: int | None = None) -> None:
        key = path[-1] if len(path) > len(self.path) else None
        self.problem("wrong_type", key, rank=rank, value=show(value), expected=expected)

    def take(self, key: str, *, required: bool = False) -> object:
        """Return the raw value of a key, or None; report a required one that is missing."""
        self._known.add(key)
        value = self.data.get(key)
        if value is None and required:
            self.problem("missing_required_key", value=key)
        return value

    def text(
        self, key: str, *, required: bool = False, characters_max: int | None = None
    ) -> str | None:
        """Read a text; odd spaces, odd characters and lengths are warnings."""
        value = self.take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            self._wrong((*self.path, key), value, f'"{show(value)}"')
            return None
        self._look_at(key, value, characters_max)
        return value

    def _look_at(self, key: str, value: str, characters_max: int | None) -> None:
        warn = Severity.WARNING
        if value != value.strip():
            self.problem("leading_or_trailing_whitespace", key, severity=warn, value=value)
        odd = [one for one in value if is_suspicious(one)]
        if odd:
            shown = f"U+{ord(odd[0]):04X}"
            self.problem("suspicious_character", key, severity=warn, value=shown)
        if characters_max is not None and len(value) > characters_max:
            expected = f"<= {characters_max}"
            shown = str(len(value))
            self.problem("text_too_long", key, severity=warn, value=shown, expected=expected)

    def slug(self, key: str, *, required: bool = False) -> str | None:
        """Read an identifier."""
        value = self.text(key, required=required)
        if value is None or is_slug(value):
            return value
        self.problem("invalid_identifier", key, value=value, nearest=suggest_slug(value))
        return None

    def slugs(self, key: str) -> tuple[str, ...] | None:
        """Read a list of identifiers."""
        values = self.parsed_list(key, lambda text: text if is_slug(text) else None, '"agent-a"')
        return None if values is None else tuple(values)

    def choice(self, key: str, words: type[Word]) -> Word | None:
        """Read one word of a closed vocabulary."""
        value = self.text(key)
        if value is None:
            return None
        known = [str(word) for word in words]
        if value not in known:
            self.unexpected(key, value, known)
            return None
        return words(value)

    def unexpected(
        self, key: str, value: object, known: Iterable[str], rank: int | None = None
    ) -> None:
        """Report a value outside a closed vocabulary, with the nearest word."""
        known = list(known)
        self.problem(
            "unexpected_value",
            key,
            rank=rank,
            value=show(value),
            expected=", ".join(known),
            nearest=nearest(str(value), known) if isinstance(value, str) else None,
        )

    def parsed(
        self,
        key: str,
        parse: Callable[[str], Value | None],
        expected: str,
        *,
        code: str = "unexpected_value",
        required: bool = False,
    ) -> Value | None:
        """Read a text that has a form of its own (`"HH:MM"`)."""
        text = self.text(key, required=required)
        if text is None:
            return None
        value = parse(text)
        if value is None:
            self.problem(code, key, value=text, expected=expected)
        return value

    def parsed_list(
        self, key: str, parse: Callable[[str], Value | None], expected: str
    ) -> list[Value] | None:
        """Read a list of texts that have a form of their own; one text alone counts as a list."""
        raw = self.take(key)
        if raw is None:
            return None
        values: list[Value] = []
        for rank, item in enumerate(raw if isinstance(raw, list) else [raw]):
            value = parse(item) if isinstance(item, str) else None
            if not isinstance(item, str):
                self._wrong((*self.path, key), item, expected, rank)
            elif value is None:
                self.problem("unexpected_value", key, rank=rank, value=item, expected=expected)
            else:
                values.append(value)
        return values

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Read a native TOML date."""
        value = self.take(key, required=required)
        if value is None or is_day(value):
            return value if isinstance(value, date) else None
        self._wrong((*self.path, key), value, "2026-09-01")
        return None

    def days(self, key: str) -> tuple[date, ...]:
        """Read a list of native TOML dates."""
        raw = self.take(key)
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self._wrong((*self.path, key), raw, "[2026-09-01]")
            return ()
        for rank, item in enumerate(raw):
            if not is_day(item):
                self._wrong((*self.path, key), item, "2026-09-01", rank)
        return tuple(item for item in raw if is_day(item))

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong((*self.path, key), value, "true, false")
        return None

    def whole(self, key: str, low: int, high: int, *, required: bool = False) -> int | None:
        """Read a whole number between two bounds, both included."""
        value = self.take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong((*self.path, key), value, str(max(low, 1)))
            return None
        if not low <= value <= high:
            self.problem("unexpected_value", key, value=show(value), expected=f"{low}..{high}")
            return None
        return value

    def wholes(self, key: str, allowed: Iterable[int], expected: str) -> frozenset[int]:
        """Read a list of whole numbers, each one of those allowed."""
        raw, allowed = self.take(key), frozenset(allowed)
        if raw is None:
            return frozenset()
        if not isinstance(raw, list):
            self._wrong((*self.path, key), raw, f"[{show(raw)}]")
            return frozenset()
        kept: set[int] = set()
        for rank, item in enumerate(raw):
            if not isinstance(item, int) or isinstance(item, bool):
                self._wrong((*self.path, key), item, expected, rank)
            elif item not in allowed:
                value = show(item)
                self.problem("unexpected_value", key, rank=rank, value=value, expected=expected)
            else:
                kept.add(item)
        return frozenset(kept)

    def number(self, key: str) -> float | None:
        """Read a number, with or without decimals."""
        value = self.take(key)
        if value is None or isinstance(value, bool) or not isinstance(value, int | float):
            if value is not None:
                self._wrong((*self.path, key), value, "46.17")
            return None
        # A whole number too great for a float, like nan and inf, is no measure.
        if (isinstance(value, float) and not isfinite(value)) or abs(value) > 1e15:
            self.problem("unexpected_value", key, value=show(value), expected="46.17")
            return None
        return float(value)

    def table(self, key: str) -> "TableReader | None":
        """Read a table inside this one; None when it is not there, or is no table."""
        value = self.take(key)
        if value is None:
            return None
        reader = TableReader(self.file, (*self.path, key), value, self.report)
        return reader if isinstance(value, dict) else None

    def tables(self, key: str) -> "dict[str, TableReader]":
        """Read a table of tables, whose keys are identifiers."""
        group = self.table(key)
        return {} if group is None else group.every_table()

    def every_table(self) -> "dict[str, TableReader]":
        """Read each table of this one that no getter has taken."""
        found: dict[str, TableReader] = {}
        for key, value in self.data.items():
            if key in self._known:
                continue
            self._known.add(key)
            if not is_slug(key):
                self.problem("invalid_identifier", key, value=key, nearest=suggest_slug(key))
            found[key] = TableReader(self.file, (*self.path, key), value, self.report)
        return found

    def finish(self, also: Iterable[str] = ()) -> None:
        """Report each key that no getter has asked for, with the nearest known one."""
        known = self._known | set(also)
        for key in self.data:
            if key not in known:
                self.problem(
                    "unknown_key",
                    key,
                    severity=Severity.WARNING,
                    value=key,
                    nearest=nearest(key, known),
                )


def is_day(value: object) -> bool:
    """Tell whether a TOML value is a date without hours."""
    return isinstance(value, date) and not isinstance(value, datetime)


def show(value: object) -> str:
    """Return a value in short, never the inside of what is nested."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if isinstance(value, bool):
        return "true" if value else "false"
    # A number of thousands of digits is refused by str() itself.
    if isinstance(value, int) and abs(value) >= 10**18:
        return "…"
    return str(value)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like this one, or None."""
    found = get_close_matches(word[:80], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def suggest_slug(text: str) -> str | None:
    """Make an identifier of what somebody typed, or return None."""
    plain = unicodedata.normalize("NFD", text.lower())
    kept = "".join(
        one if one.isascii() and one.isalnum() else "-"
        for one in plain
        if not unicodedata.combining(one)
    )
    slug = "-".join(filter(None, kept.split("-")))[:40]
    return slug or None


def is_suspicious(character: str) -> bool:
    """Tell whether a character has no business in a public text."""
    if character == "\n":
        return False
    return character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}
