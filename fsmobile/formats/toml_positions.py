"""Where each key of a TOML text stands: a locator beside tomllib, which tells only values."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

KeyPath = tuple[str, ...]
"""Keys from the root; the elements of an array count as `0`, `1`…"""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""+', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'''+", re.DOTALL)
_HEADER_START = re.compile(r"\[{1,2}")
_HEADER_END = re.compile(r"\]{1,2}")
_SEPARATOR = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPositions:
    """Lines and columns, from 1, of what a TOML text holds."""

    tables: Mapping[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """Of the header of each table."""
    values: Mapping[KeyPath, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    """By table (or array), then by key (or rank): of the value."""

    def of(self, path: KeyPath) -> tuple[int, int] | None:
        """Return the place of a table or of a value, or None."""
        if not path:
            return (1, 1)
        return self.values.get(path[:-1], {}).get(path[-1]) or self.tables.get(path)

    def inside(self, path: KeyPath) -> dict[str, tuple[int, int]]:
        """Return the place of each value of a table, those of inline tables as `key.inner`."""
        found: dict[str, tuple[int, int]] = {}
        for key, place in self.values.get(path, {}).items():
            found[key] = place
            for inner, inner_place in self.values.get((*path, key), {}).items():
                found[f"{key}.{inner}"] = inner_place
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A header, or a key with its value, as offsets in the text."""

    path: KeyPath
    """From the root."""
    is_header: bool
    starts: int
    value_starts: int
    """Of a header: its end."""
    ends: int


def locate_statements(text: str) -> list[Statement]:
    """Return what a text that tomllib has accepted says, in its order."""
    locator = _Locator(text)
    locator.run()
    return locator.statements


def locate_keys(text: str) -> KeyPositions:
    """Locate every key of a text that tomllib has accepted."""
    return _Locator(text).run()


class _Locator:
    """One pass over a valid text; what is not valid TOML must have been refused before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.tables: dict[KeyPath, tuple[int, int]] = {}
        self.values: dict[KeyPath, dict[str, tuple[int, int]]] = {}
        self.statements: list[Statement] = []

    def run(self) -> KeyPositions:
        prefix: KeyPath = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            starts, is_header = self.at, self.text[self.at] == "["
            if is_header:
                place = self.place()
                self.skip(_HEADER_START)
                path = prefix = self.key_path()
                self.tables.setdefault(prefix, place)
                self.skip(_HEADER_END)
                value_starts = self.at
            else:
                path, value_starts = self.pair(prefix)
            self.statements.append(
                Statement(
                    path=path,
                    is_header=is_header,
                    starts=starts,
                    value_starts=value_starts,
                    ends=value_starts + len(self.text[value_starts : self.at].rstrip()),
                )
            )
            self.skip(_BLANK)
        return KeyPositions(tables=self.tables, values=self.values)

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(self.at)
        self.at = match.end()
        return match.group()

    def place(self) -> tuple[int, int]:
        line = bisect_right(self.line_starts, self.at)
        return (line, self.at - self.line_starts[line - 1] + 1)

    def pair(self, prefix: KeyPath) -> tuple[KeyPath, int]:
        """Read a key and its value; return the path and where the value starts."""
        path = prefix + self.key_path()
        self.at += 1  # the equals sign
        self.skip(_SPACES)
        starts = self.at
        self.value(path)
        return path, starts

    def key_path(self) -> KeyPath:
        keys: list[str] = []
        while True:
            self.skip(_SPACES)
            keys.append(self.key())
            self.skip(_SPACES)
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            self.at += 1

    def key(self) -> str:
        match self.text[self.at]:
            case '"':
                raw = self.skip(_BASIC)
                return str(tomllib.loads(f"key = {raw}")["key"]) if "\\" in raw else raw[1:-1]
            case "'":
                return self.skip(_LITERAL)[1:-1]
        return self.skip(_BARE_KEY)

    def value(self, path: KeyPath) -> None:
        self.values.setdefault(path[:-1], {})[path[-1]] = self.place()
        match self.text[self.at]:
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case '"':
                self.skip(_LONG_BASIC if self.text.startswith('"""', self.at) else _BASIC)
            case "'":
                self.skip(_LONG_LITERAL if self.text.startswith("'''", self.at) else _LITERAL)
            case _:
                self.skip(_SCALAR)

    def array(self, path: KeyPath) -> None:
        self.at += 1
        self.skip(_BLANK)
        rank = 0
        while self.text[self.at] != "]":
            self.value((*path, str(rank)))
            rank += 1
            self.skip(_SEPARATOR)
        self.at += 1

    def inline_table(self, path: KeyPath) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "}":
            self.pair(path)
            self.skip(_SEPARATOR)
        self.at += 1
