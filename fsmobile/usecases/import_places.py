"""Places of an imported timetable: known already, or new ones in communes of the official list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fsmobile.core.folding import fold
from fsmobile.core.ids import PlaceId
from fsmobile.core.places import Place
from fsmobile.core.published_dates import PublishedEntry
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import Problem, Severity
from fsmobile.formats.toml_tables import NAME_CHARACTERS_MAX
from fsmobile.reference.communes import (
    Commune,
    find_commune,
    find_communes_of_postcode,
    search_communes,
)
from fsmobile.usecases.planning_places import free_slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPlaces:
    """The place of each entry, and those that are new."""

    keys: tuple[str, ...]
    """Of each entry in order; empty when it names no place."""
    places: Mapping[str, Place]
    """By key."""
    new: tuple[Place, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Book:
    """The places met so far."""

    department: str | None
    known: dict[str, Place]
    """By folded name."""
    taken: set[str]
    by_key: dict[str, Place] = field(default_factory=dict)
    new: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    communes: dict[str, Commune | None] = field(default_factory=dict)
    """By folded name, as it was looked up."""


def settle_places(
    entries: Sequence[PublishedEntry], tree: ScheduleTree | None, department: str | None
) -> ImportedPlaces:
    """Find the commune and the place of each entry; a commune is recognised by its whole name."""
    known = {} if tree is None else {fold(one.name): one for one in tree.places.values()}
    taken = set() if tree is None else set(map(str, tree.places))
    book = _Book(department=department, known=known, taken=taken)
    keys = tuple(_key_of(entry, book) for entry in entries)
    return ImportedPlaces(
        keys=keys, places=book.by_key, new=tuple(book.new), problems=tuple(book.problems)
    )


def _key_of(entry: PublishedEntry, book: _Book) -> str:
    commune_text, commune, words = _read_place(entry, book)
    if not commune_text and not words:
        _add_problem(book, "import_without_place", Severity.ERROR, entry, entry.written.text)
        return ""
    spot = ", ".join(words)
    name = commune.name if commune is not None else commune_text
    key = fold(f"{name} {spot}")
    if key not in book.by_key:
        if commune is None:
            _add_problem(
                book, "import_commune_unknown", Severity.WARNING, entry, name or spot,
                nearest=_nearest((name, *words), book),
            )  # fmt: skip
        book.by_key[key] = _place(entry, name, spot, commune, book)
    return key


def _read_place(entry: PublishedEntry, book: _Book) -> tuple[str, Commune | None, tuple[str, ...]]:
    """Return the commune's name as written, the commune, and the words of the spot."""
    if entry.commune:
        commune = _by_code(entry.insee_code, entry.commune) or _named(entry.commune, book)
        return entry.commune, commune, entry.parts
    for parts in (entry.parts, entry.heading):
        for part in parts:
            commune = _named(part, book)
            if commune is not None:
                others = tuple(one for one in parts if one != part)
                spot = others if parts is entry.parts else (*others, *entry.parts)
                return part, commune, spot
    words = entry.parts or entry.heading
    return "", None, words


def _by_code(code: str | None, name: str) -> Commune | None:
    """Return the commune of a code when it bears the name too; a postcode is told apart."""
    if code is None:
        return None
    found = find_commune(code)
    candidates = (found,) if found is not None else find_communes_of_postcode(code)
    return next((one for one in candidates if fold(one.name) == fold(name)), None)


def _named(name: str, book: _Book) -> Commune | None:
    """Return the commune of the département that bears this whole name, today or before."""
    folded = _long_form(fold(name))
    if folded not in book.communes:
        hits = search_communes(name, own_department=book.department) if folded else []
        exact = [
            hit.commune
            for hit in hits
            if _long_form(fold(hit.former_name or hit.commune.name)) == folded
            and hit.commune.department == book.department
        ]
        book.communes[folded] = exact[0] if len(exact) == 1 else None
    return book.communes[folded]


def _nearest(parts: Sequence[str], book: _Book) -> str | None:
    """Return a commune of the département whose name begins like one of these words."""
    hits = (hit for part in parts for hit in search_communes(part, own_department=book.department))
    own = (hit.commune.name for hit in hits if hit.commune.department == book.department)
    return next(own, None)


_SHORT: Mapping[str, str] = {"st": "saint", "ste": "sainte"}


def _long_form(folded: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in folded.split())


def _place(
    entry: PublishedEntry, name: str, spot: str, commune: Commune | None, book: _Book
) -> Place:
    whole = f"{name} — {spot}" if name and spot else name or spot
    whole = whole if len(whole) <= NAME_CHARACTERS_MAX else whole[: NAME_CHARACTERS_MAX - 1] + "…"
    known = book.known.get(fold(whole))
    if known is not None:
        return known
    is_first = not any(one.commune == name for one in book.by_key.values())
    place_id = PlaceId(free_slug(name if name and is_first else f"{name} {spot}", book.taken))
    latitude, longitude = entry.latitude, entry.longitude
    if (latitude is None or longitude is None) and commune is not None and is_first:
        # At the town hall until somebody moves the point, as for a place made in the editor.
        latitude, longitude = commune.latitude, commune.longitude
    place = Place(
        place_id=place_id,
        name=whole,
        commune=name,
        insee_code=None if commune is None else commune.insee_code,
        latitude=latitude,
        longitude=longitude,
    )
    book.taken.add(place_id)
    book.new.append(place)
    return place


def _add_problem(
    book: _Book,
    code: str,
    severity: Severity,
    entry: PublishedEntry,
    value: str,
    *,
    nearest: str | None = None,
) -> None:
    book.problems.append(
        Problem(
            code=code,
            severity=severity,
            file=entry.file,
            line=entry.line,
            params={"value": value, "department": book.department, "nearest": nearest},
        )
    )
