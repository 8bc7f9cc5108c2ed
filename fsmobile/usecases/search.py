"""Search over all that was recorded: words and typed filters, turned into codes and days."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.ids import ProcedureId
from fsmobile.core.periods import Period, read_period
from fsmobile.core.report_codes import find_code
from fsmobile.core.reports import Dimension, codes_of
from fsmobile.core.visits import Outcome, VisitState
from fsmobile.errors import InvalidInput
from fsmobile.store import queries, search
from fsmobile.store.search import PREFIX_MAX, CodeKind, Found, code_word, is_code
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_code
from fsmobile.usecases.search_people import list_named

PAGE = 60
"""More than most windows show; the list reads the next page when its end is reached."""
WORDS_MAX = 12
_SMALL_WORDS = frozenset(
    ("au", "aux", "de", "des", "du", "en", "et", "la", "le", "les", "un", "une")
)
"""They are in nearly every name: they would cost the most and narrow nothing."""
_KINDS: Mapping[str, CodeKind | None] = {
    "lieu": CodeKind.PLACE,
    "demarche": CodeKind.PROCEDURE,
    "operateur": CodeKind.OPERATOR,
    "agent": CodeKind.AGENT,
    "issue": CodeKind.OUTCOME,
    "note": None,
}
_SIFTED: Mapping[str, Dimension] = {
    "theme": Dimension.THEME,
    "aide": Dimension.HELP,
    "blocage": Dimension.OBSTACLE,
    "age": Dimension.AGE,
    "residence": Dimension.RESIDENCE,
    "contact": Dimension.CONTACT,
    "mode": Dimension.CHANNEL,
    "heure": Dimension.HOUR,
}
"""Not in the index: the visits that the rest of the query finds are read."""
_NOTHING: Mapping[str, Dimension] = {"lieu": Dimension.STOP, "operateur": Dimension.OPERATOR}
"""What a visit may be without: `opérateur:?`."""
NOTHING = "?"
VOID = "void"
"""The outcome of a visit that was cancelled, in the index."""
FILTERS = (
    *("lieu", "démarche", "opérateur", "agent", "personne", "issue", "note"),
    *("depuis", "jusque", "le", "sauf"),
    *("thème", "aide", "blocage", "âge", "résidence", "contact", "mode", "heure"),
)
"""What may stand before a colon."""
SIFT_LINES, SIFT_ROUNDS = 1000, 10
"""Visits read at once, and how often before what was found is shown."""


class SearchQuery(Struct, frozen=True, kw_only=True):
    """What was typed, understood."""

    words: tuple[str, ...] = ()
    """Folded; small words and single letters are left out."""
    filters: tuple[tuple[CodeKind | None, str], ...] = ()
    """(what it is a name of, what was typed); None is a word of a note."""
    details: tuple[tuple[Dimension, str], ...] = ()
    """(what it is a code or a name of, what was typed), of what is not in the index."""
    people: tuple[str, ...] = ()
    """Words of the name of the person of a follow-up."""
    without: tuple[str, ...] = ()
    """Names of outcomes that are left out; `annulée` is one of them."""
    first: date | None = None
    last: date | None = None
    unknown: tuple[str, ...] = ()
    """What was not understood: an unknown filter, or no date; it filters nothing."""


class SearchHit(Struct, frozen=True, kw_only=True):
    """One line that was found."""

    rank: int
    visit: VisitState | None = None
    follow_up: FollowUpState | None = None


class SearchPage(Struct, frozen=True, kw_only=True):
    """The newest lines that a query finds, not read yet: a list reads those it shows."""

    found: tuple[Found, ...]
    has_more: bool
    below: int | None = None
    """The rank under which the next page goes on."""


def read_query(text: str) -> SearchQuery:
    """Read words and filters: `retr champ lieu:luxé depuis:2025`; never fails."""
    words: list[str] = []
    filters: list[tuple[CodeKind | None, str]] = []
    details: list[tuple[Dimension, str]] = []
    parts = text.split()
    unknown = parts[WORDS_MAX:]
    apart: dict[str, list[str]] = {"sauf": [], "personne": []}
    first, last = None, None
    for part in parts[:WORDS_MAX]:
        name, colon, value = part.partition(":")
        key = fold(name)
        if not colon:
            words += filter(_narrows, fold(part).split())
        elif not value:
            continue  # still being typed
        elif key in _SIFTED or (value == NOTHING and key in _NOTHING):
            details.append((_SIFTED.get(key) or _NOTHING[key], value))
        elif key in apart:
            apart[key].append(value)
        elif key in _KINDS:
            filters.append((_KINDS[key], value))
        elif key in ("depuis", "jusque", "le"):
            period = _period(value)
            if period is None:
                unknown.append(part)
            if period is not None and key != "jusque":
                first = period.first
            if period is not None and key != "depuis":
                last = period.last
        else:
            unknown.append(part)
    return SearchQuery(
        words=tuple(words),
        filters=tuple(filters),
        details=tuple(details),
        people=tuple(fold(" ".join(apart["personne"])).split()),
        without=tuple(apart["sauf"]),
        first=first,
        last=last,
        unknown=tuple(unknown),
    )


def _narrows(word: str) -> bool:
    """Tell whether a word is worth a look; one letter is a word begun, or what an elision left."""
    return word.isdigit() or (len(word) > 1 and word not in _SMALL_WORDS)


def _period(value: str) -> Period | None:
    try:
        return read_period(value)
    except InvalidInput:
        return None


class Finder:
    """Searches for one desk; the names of its codes are folded once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people = list_named(desk)
        self._names: Mapping[CodeKind, Mapping[str, str]] = {
            CodeKind.PLACE: dict(_place_names(desk)),
            CodeKind.PROCEDURE: _folded(
                (one.procedure_id, f"{one.label} {' '.join(one.synonyms)}")
                for one in desk.catalogue.procedures.values()
            ),
            CodeKind.OPERATOR: _folded(
                (one.operator_id, f"{one.short_name} {one.name} {' '.join(one.former_names)}")
                for one in desk.catalogue.operators.values()
            ),
            CodeKind.AGENT: _folded(_agent_names(desk)),
            CodeKind.OUTCOME: _folded(
                (
                    *((one.value, f"{label(one)} {label_short(one)}") for one in Outcome),
                    (VOID, _("annulée")),
                )
            ),
        }

    def beside(self, desk: Desk) -> "Finder":
        """Return the same finder for the desk of another thread."""
        other = copy(self)
        other._desk = desk
        return other

    def find(
        self, query: SearchQuery, *, below: int | None = None, limit: int = PAGE
    ) -> SearchPage:
        """Return a page of what a query finds, the newest first."""
        if query.details:
            return self._sift(query, below, limit)
        return _page(self._lines(query, below, limit + 1), limit)

    def _lines(self, query: SearchQuery, below: int | None, limit: int) -> list[Found]:
        named = self._named_lines(query, below)
        if query.people:
            return named[:limit]
        recorded = search.find(
            self._desk.replica,
            self.expression(query),
            first=query.first,
            last=query.last,
            below=below,
            limit=limit,
        )
        if not named:
            return recorded
        lines = {one.rank: one for one in (*recorded, *named)}
        return [lines[rank] for rank in sorted(lines, reverse=True)][:limit]

    def _named_lines(self, query: SearchQuery, below: int | None) -> list[Found]:
        """Return the follow-ups of the people who are named, if the rest of the query finds them.

        The newest first.
        """
        named = []
        for one in self._people:
            rest = tuple(word for word in query.words if not one.has(word))
            is_named = len(rest) < len(query.words) or query.people
            is_later = below is not None and one.found.rank >= below
            if is_named and not is_later and all(map(one.has, query.people)):
                found = search.find(
                    self._desk.replica,
                    self.expression(replace(query, words=rest)),
                    first=max(one.day, query.first or one.day),
                    last=min(one.day, query.last or one.day),
                    below=one.found.rank + 1,
                    limit=1,
                )
                named += [line for line in found if line.rank == one.found.rank]
        return sorted(named, key=lambda line: line.rank, reverse=True)

    def _sift(self, query: SearchQuery, below: int | None, limit: int) -> SearchPage:
        """Read what the index finds, and keep what has every detail; some thousands at a time."""
        tests = [(one, self._test(one, value)) for one, value in query.details]
        kept: list[Found] = []
        for _round in range(SIFT_ROUNDS):
            lines = self._lines(query, below, SIFT_LINES)
            visits = queries.load_visits(self._desk.replica, [one.entity for one in lines])
            kept += [
                line
                for line in lines
                if line.entity in visits
                and all(
                    any(map(has, self._codes_of(visits[line.entity], one))) for one, has in tests
                )
            ]
            if len(lines) < SIFT_LINES or len(kept) > limit:
                return _page(kept, limit)
            below = lines[-1].rank
        return SearchPage(found=tuple(kept), has_more=True, below=below)

    def _codes_of(self, state: VisitState, dimension: Dimension) -> Iterable[str]:
        if dimension is not Dimension.THEME:
            return codes_of(state, dimension)
        known = self._desk.catalogue.procedures
        found = (known.get(ProcedureId(one)) for one in codes_of(state, Dimension.PROCEDURE))
        return ["" if one is None or one.theme is None else one.theme.value for one in found]

    def _test(self, dimension: Dimension, value: str) -> Callable[[str], bool]:
        """Return what tells whether a code of a dimension is the one that was typed, or named."""
        if value == NOTHING:
            return lambda code: not code
        if find_code(dimension, value) is not None:
            return lambda code: code == value
        words = [f" {word}" for word in fold(value).split()]

        @cache
        def is_meant(code: str) -> bool:
            name = f" {code} {fold(name_code(self._desk, dimension, code))}"
            return code == value or all(word in name for word in words)

        return is_meant

    def expression(self, query: SearchQuery) -> str:
        """Return a query as FTS5 reads it: every word, and one of the filters of each kind."""
        parts = [self._anywhere(word) for word in query.words]
        for kind in dict.fromkeys(kind for kind, _value in query.filters):
            same = [self._as_filter(kind, value) for one, value in query.filters if one is kind]
            # Of two places, either will do; of two words of a note, both must be there.
            parts.append((" AND " if kind is None else " OR ").join(f"({part})" for part in same))
        wanted = " AND ".join(f"({part})" for part in parts if part)
        left_out = [self._as_filter(CodeKind.OUTCOME, value) for value in query.without]
        # FTS5 leaves out of something, never out of everything: alone, each kind is wanted.
        known = " OR ".join(f'"{kind.value}=" *' for kind in CodeKind)
        return f"({wanted or known}) NOT ({' OR '.join(left_out)})" if left_out else wanted

    def _anywhere(self, word: str) -> str:
        coded = [code for kind in self._names for code in self._codes(kind, word)]
        return " OR ".join((f'"{word}" *', *coded))

    def _as_filter(self, kind: CodeKind | None, value: str) -> str:
        words = fold(value).split()
        if kind is None:
            return " AND ".join(f'"{word}" *' for word in words)
        names = self._names[kind]
        if value in names:
            return f'"{code_word(kind, value)}"'
        found = [code for code in names if all(f" {word}" in names[code] for word in words)]
        if found:
            return " OR ".join(f'"{code_word(kind, code)}"' for code in found)
        # A code that no name is known of is found by its own beginning, if that is short.
        typed = code_word(kind, value.lower() if is_code(value.lower()) else "-".join(words))
        return f'"{typed}" *' if len(typed) <= PREFIX_MAX else f'"{typed}"'

    def _codes(self, kind: CodeKind, word: str) -> list[str]:
        """Return the codes whose names have a word that begins so."""
        names = self._names[kind].items()
        return [f'"{code_word(kind, code)}"' for code, name in names if f" {word}" in name]

    def load(self, found: Sequence[Found]) -> tuple[SearchHit, ...]:
        """Read what some lines are about."""
        replica = self._desk.replica
        visits = queries.load_visits(replica, [one.entity for one in found if one.kind == "visit"])
        promised = queries.load_follow_ups(
            replica, [one.entity for one in found if one.kind == "follow_up"]
        )
        return tuple(
            SearchHit(
                rank=one.rank,
                visit=visits.get(one.entity),
                follow_up=promised.get(one.entity),
            )
            for one in found
        )


def _page(found: Sequence[Found], limit: int) -> SearchPage:
    """Cut off what was only read to see whether there is more."""
    has_more = len(found) > limit
    return SearchPage(
        found=tuple(found[:limit]),
        has_more=has_more,
        below=found[limit - 1].rank if has_more else None,
    )


def _folded(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {code: " " + fold(name) for code, name in names if is_code(code)}


def _agent_names(desk: Desk) -> Iterable[tuple[str, str]]:
    known = {} if desk.tree is None else dict.fromkeys(desk.tree.agents, "")
    return ((code, f"{name} {code}") for code, name in (known | dict(desk.names)).items())


def _place_names(desk: Desk) -> Iterable[tuple[str, str]]:
    """Give the stops that were ever served, and those of the timetable with their places."""
    for key in queries.list_served_stops(desk.replica):
        yield key, " " + fold(key.rpartition("/")[2])
    if desk.tree is None:
        return
    words = {
        place_id: " " + fold(f"{one.name} {one.commune}")
        for place_id, one in desk.tree.places.items()
    }
    yield from ((f"@{place_id}", found) for place_id, found in words.items())
    for tour_id, tour in desk.tree.tours.items():
        for version in tour.versions:
            for run in version.runs:
                for stop in run.stops:
                    yield f"{tour_id}/{stop.stop_id}", words.get(stop.place_id, "")


def count_recorded(desk: Desk) -> int:
    """Return how many visits this laptop holds."""
    return queries.count_visits(desk.replica)
