"""The gazetteer: communes by INSEE code, by postcode, and by a few letters of their name."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from typing import NamedTuple

from msgspec import Struct

from fsmobile.core.folding import fold, fold_lines
from fsmobile.reference.resources import read_text

HITS_MAX = 20
"""Length of the list of a search, unless told otherwise."""

_SHORT_FORMS = {"st": ("st", "saint"), "ste": ("ste", "sainte")}
_END_OF_NAME = "\t"


class Commune(Struct, frozen=True, kw_only=True):
    """A commune of today (Code officiel géographique 2026)."""

    insee_code: str
    name: str
    department: str
    """Code of its département: `16`, `2A`, `974`."""
    postcodes: tuple[str, ...]
    population: int
    """0 in the uninhabited territories."""
    latitude: float | None
    """Of the town hall, WGS 84; None overseas where no position is published."""
    longitude: float | None


class CommuneHit(Struct, frozen=True, kw_only=True):
    """What a search found: a commune, perhaps by the name of a village it absorbed."""

    commune: Commune
    former_name: str | None = None
    """Name of the delegated or associated commune that matched; None for its own name."""


def find_commune(insee_code: str) -> Commune | None:
    """Return the commune of an INSEE code, or None when no commune of today has it."""
    line = _find_line(_load_lines("communes.csv.gz"), insee_code)
    return _parse_commune(line) if line else None


def load_communes() -> tuple[Commune, ...]:
    """Read every commune of today, in the order of INSEE codes: half a second, for tools."""
    return tuple(map(_parse_commune, _load_lines("communes.csv.gz")))


def communes_of_department(department: str) -> tuple[Commune, ...]:
    """Return the communes of a département by its code, in the order of INSEE codes."""
    lines = _load_lines("communes.csv.gz")
    # No code of a commune goes on with a letter after its département: `:` follows the digits.
    first, last = bisect_left(lines, department), bisect_left(lines, f"{department}:")
    return tuple(map(_parse_commune, lines[first:last]))


def find_successor(insee_code: str) -> Commune | None:
    """Return the commune of today to which a delegated or associated commune belongs."""
    line = _find_line(_load_lines("anciennes_communes.csv.gz"), insee_code)
    return find_commune(line.split(",")[2]) if line else None


def find_postcode(insee_code: str) -> str:
    """Return the first postcode of a commune, or nothing when no commune of today has the code."""
    commune = find_commune(insee_code)
    return commune.postcodes[0] if commune is not None and commune.postcodes else ""


def find_communes_of_postcode(postcode: str) -> tuple[Commune, ...]:
    """Return the communes that a postcode serves, the most populous first."""
    index = _load_index()
    named = (index.names[number] for number in index.find_numbers(postcode))
    communes = [_parse_commune(name.line) for name in named if name.former_name is None]
    return tuple(commune for commune in communes if postcode in commune.postcodes)


def search_communes(
    query: str, *, own_department: str | None = None, hits_max: int = HITS_MAX
) -> list[CommuneHit]:
    """Find communes by the starts of words of their name, their postcode or INSEE code.

    `st flou` finds Saint-Flour, `yeu` L'Île-d'Yeu. A name typed in full comes first, then the
    own département, then the most populous. Villages absorbed since are found by their name.
    """
    words = fold(query).split()
    if not words:
        return []
    index = _load_index()
    # The longest word is the rarest: it leaves few names in which to look for the others.
    first, *others = sorted(words, key=len, reverse=True)
    numbers = [
        number
        for number in index.find_numbers(first)
        if all(_contains(index.line_at(number), word) for word in others)
    ]
    whole_name = f" {' '.join(words)} {_END_OF_NAME}"
    numbers.sort(
        key=lambda number: (
            not index.text.startswith(whole_name, index.starts[number]),
            index.names[number].department != own_department,
        )
    )
    # A dict keeps a commune once, by the first of its names in this order.
    firsts: dict[str, _Name] = {}
    for number in numbers:
        firsts.setdefault(index.names[number].line, index.names[number])
    return [
        CommuneHit(commune=_parse_commune(name.line), former_name=name.former_name)
        for name in islice(firsts.values(), hits_max)
    ]


class _Name(NamedTuple):
    department: str
    line: str
    """Line of the commune in its file."""
    former_name: str | None


@dataclass(frozen=True, slots=True)
class _Index:
    """Every name in one text, a line each, the most populous first: `str.find` reads it all."""

    text: str
    """Lines of folded words with a space before each: name, postcodes, INSEE code."""
    starts: Sequence[int]
    """Where each line starts; one more for the end."""
    names: Sequence[_Name]

    def line_at(self, number: int) -> str:
        """Return a line, by its number."""
        return self.text[self.starts[number] : self.starts[number + 1]]

    def find_numbers(self, word: str) -> list[int]:
        """Number the lines in which a word starts so, in their order."""
        numbers: list[int] = []
        for spelling in _spellings(word):
            place = self.text.find(spelling)
            while place >= 0:
                number = bisect_right(self.starts, place)
                numbers.append(number - 1)
                place = self.text.find(spelling, self.starts[number])
        return sorted(set(numbers))


def _spellings(word: str) -> list[str]:
    return [f" {spelling}" for spelling in _SHORT_FORMS.get(word, (word,))]


def _contains(line: str, word: str) -> bool:
    return any(spelling in line for spelling in _spellings(word))


@cache
def _load_index() -> _Index:
    """Fold every name of today and of before, once: a fifth of a second at the first search."""
    communes = {line[:5]: line for line in _load_lines("communes.csv.gz")}
    named: list[tuple[str, str, str | None]] = [
        (line.split(",", 2)[1], line, None) for line in communes.values()
    ]
    for line in _load_lines("anciennes_communes.csv.gz"):
        _insee, name, chief, _rest = line.split(",", 3)
        if not communes[chief].startswith(f"{chief},{name},"):
            named.append((name, communes[chief], name))
    folded = fold_lines("\n".join(name for name, _line, _former in named))
    entries: list[tuple[int, str, _Name]] = []
    for words, (_name, line, former_name) in zip(folded, named, strict=True):
        insee_code, _, department, postcodes, population, _ = line.split(",", 5)
        searched = f" {words} {_END_OF_NAME} {postcodes} {insee_code.lower()}\n"
        entries.append((int(population or 0), searched, _Name(department, line, former_name)))
    # The sort is stable: at equal population a commune's own name stays before its old ones.
    entries.sort(key=lambda entry: -entry[0])
    lengths = (len(searched) for _population, searched, _named in entries)
    return _Index(
        text="".join(searched for _population, searched, _named in entries),
        starts=tuple(accumulate(lengths, initial=0)),
        names=tuple(name for _population, _searched, name in entries),
    )


@cache
def _load_lines(name: str) -> tuple[str, ...]:
    """Read the lines of a file that is sorted by INSEE code, without its heading."""
    return tuple(read_text(name).splitlines()[1:])


def _find_line(lines: Sequence[str], insee_code: str) -> str | None:
    # Lines stay text until one is wanted: parsing 35,000 of them would cost more than the read.
    wanted = f"{insee_code},"
    place = bisect_left(lines, wanted)
    if place < len(lines) and lines[place].startswith(wanted):
        return lines[place]
    return None


def _parse_commune(line: str) -> Commune:
    insee_code, name, department, postcodes, population, latitude, longitude, *_ = line.split(",")
    return Commune(
        insee_code=insee_code,
        name=name,
        department=department,
        postcodes=tuple(postcodes.split()),
        population=int(population or 0),
        latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None,
    )
