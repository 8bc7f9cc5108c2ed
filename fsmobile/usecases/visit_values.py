"""Reading the cells of a line of visits: what is not understood is noted, never guessed."""

import re
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from fsmobile.core.folding import fold
from fsmobile.core.visits import AgeBand
from fsmobile.errors import Problem
from fsmobile.reference.communes import find_commune, find_communes_of_postcode
from fsmobile.texts.labels import find_code

E = TypeVar("E", bound=StrEnum)
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00)?)?")
_LENGTH = re.compile(r"(?:(\d{1,2}) ?h(?:eures?)?)? ?(?:(\d{1,3})(?: ?min(?:utes?)?)?)?")
_CLOCK = re.compile(r"(\d{1,2})(?::|h)(\d\d)?(?::\d\d)?")


class LineReader:
    """One line of a table, by the titles of its columns."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        """Take the cells by the folded title of their column."""
        self.number = number
        self.cells = cells
        self.problems: list[Problem] = []
        """Why the line is not taken."""
        self.doubts: list[Problem] = []
        """What was left out of a line that is taken."""

    def text(self, title: str) -> str:
        """Return a cell; empty where there is none."""
        return self.cells.get(fold(title), "").strip()

    def whole_or_none(self, title: str) -> int | None:
        """Return a whole number, None where the cell is empty."""
        text = self.text(title).replace("\u202f", "").replace("\xa0", "")
        if not text:
            return None
        whole = text.removesuffix(",0").removesuffix(".0")
        if not whole.isascii() or not whole.isdigit() or len(whole) > 6:
            self.refuse("import_number_wrong", title, text)
            return None
        return int(whole)

    def whole(self, title: str, otherwise: int) -> int:
        """Return a whole number, or what stands for an empty cell."""
        found = self.whole_or_none(title)
        return otherwise if found is None else found

    def minutes(self, title: str, otherwise: int) -> int:
        """Return a length written `45`, `30 min` or `1 h 30`."""
        found = _LENGTH.fullmatch(self.text(title).replace("\u202f", " ").replace("\xa0", " "))
        if found is None or not any(found.groups()):
            return self.whole(title, otherwise)
        return int(found[1] or 0) * 60 + int(found[2] or 0)

    def day(self, title: str) -> date:
        """Return a day written `21/11/2026` or `2026-11-21`."""
        text = self.text(title)
        french, iso = _FRENCH_DAY.match(text), _ISO_DAY.fullmatch(text)
        try:
            if french is not None:
                day, month, year = map(int, french.groups())
                return date(year, month, day)
            if iso is not None:
                return date.fromisoformat(iso[1])
        except ValueError:
            pass
        self.refuse("import_day_wrong", title, text)
        return date.min

    def clock(self, title: str, otherwise: time) -> time:
        """Return an hour written `9:05`, `9h05` or `9h`."""
        text = self.text(title)
        if not text:
            return otherwise
        found = _CLOCK.fullmatch(text.lower())
        try:
            if found is not None:
                return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            pass
        self.refuse("import_hour_wrong", title, text)
        return otherwise

    def code(self, title: str, kind: type[E], otherwise: E) -> E:
        """Return a code by its name in either language, or by itself."""
        text = self.text(title)
        found = find_code(kind, text) if text else otherwise
        if found is None:
            self.refuse("import_value_unknown", title, text)
            return otherwise
        return found

    def of_all(self, title: str) -> str:
        """Return what all the lines of a cell say; where they differ, it is of nobody."""
        told = dict.fromkeys(filter(None, map(str.strip, self.text(title).splitlines())))
        if len(told) > 1:
            self.doubt("import_value_left_out", title, " / ".join(told))
        return next(iter(told)) if len(told) == 1 else ""

    def age(self, title: str, others: Mapping[str, AgeBand]) -> AgeBand:
        """Return an age band by its name, or by one of others; one that is not ours is left out."""
        text = self.of_all(title)
        found = others.get(fold(text)) or (find_code(AgeBand, text) if text else AgeBand.UNKNOWN)
        if found is None:
            self.doubt("import_value_left_out", title, text)
        return found or AgeBand.UNKNOWN

    def commune(self, title: str) -> str | None:
        """Return the INSEE code of a commune given by it, or by postcode and name."""
        text = self.of_all(title)
        if not text or text == "-":
            return None
        if find_commune(text) is not None:
            return text
        postcode = re.search(r"\b(\d{5})\s+(.+)$", text)
        if postcode is not None:
            wanted = fold(postcode[2])
            for one in find_communes_of_postcode(postcode[1]):
                if fold(one.name) == wanted:
                    return one.insee_code
        self.doubt("import_value_left_out", title, text)
        return None

    def refuse(self, code: str, title: str, value: str) -> None:
        """Note why the line cannot be taken."""
        self.problems.append(self._problem(code, title, value))

    def doubt(self, code: str, title: str, value: str) -> None:
        """Note what is left out of the line."""
        self.doubts.append(self._problem(code, title, value))

    def _problem(self, code: str, title: str, value: str) -> Problem:
        return Problem(code=code, line=self.number, field=title, params={"value": value[:60]})
