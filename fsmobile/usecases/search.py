"""Search over all that was recorded: words and typed filters, turned into codes and days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.periods import Period, read_period
from fsmobile.core.reports import stop_key
from fsmobile.core.visits import Outcome, VisitState
from fsmobile.errors import InvalidInput
from fsmobile.store import queries, search
from fsmobile.store.search import PREFIX_MAX, CodeKind, Found, code_word, is_code
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk

PAGE = 200
WORDS_MAX = 12
_KINDS: Mapping[str, CodeKind | None] = {
    "lieu": CodeKind.PLACE,
    "demarche": CodeKind.PROCEDURE,
    "operateur": CodeKind.OPERATOR,
    "agent": CodeKind.AGENT,
    "issue": CodeKind.OUTCOME,
    "note": None,
}
FILTERS = ("lieu", "démarche", "opérateur", "agent", "issue", "note", "depuis", "jusque", "le")
"""What may stand before a colon."""


class SearchQuery(Struct, frozen=True, kw_only=True):
    """What was typed, understood."""

    words: tuple[str, ...] = ()
    """Folded."""
    filters: tuple[tuple[CodeKind | None, str], ...] = ()
    """(what it is a name of, what was typed); None is a word of a note."""
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
    """The next page goes on below the last rank."""


def read_query(text: str) -> SearchQuery:
    """Read words and filters: `retr champ lieu:luxé depuis:2025`; never fails."""
    words: list[str] = []
    filters: list[tuple[CodeKind | None, str]] = []
    unknown: list[str] = []
    first, last = None, None
    for part in text.split()[:WORDS_MAX]:
        name, colon, value = part.partition(":")
        key = fold(name)
        if not colon:
            words += fold(part).split()
        elif not value:
            continue  # still being typed
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
        words=tuple(words), filters=tuple(filters), first=first, last=last, unknown=tuple(unknown)
    )


def _period(value: str) -> Period | None:
    try:
        return read_period(value)
    except InvalidInput:
        return None


class Finder:
    """Searches for one desk; the names of its codes are folded once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
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
                    ("void", _("annulée")),
                )
            ),
        }

    def find(
        self, query: SearchQuery, *, below: int | None = None, limit: int = PAGE
    ) -> SearchPage:
        """Return a page of what a query finds, the newest first."""
        found = search.find(
            self._desk.replica,
            self.expression(query),
            first=query.first,
            last=query.last,
            below=below,
            limit=limit + 1,
        )
        return SearchPage(found=tuple(found[:limit]), has_more=len(found) > limit)

    def expression(self, query: SearchQuery) -> str:
        """Return a query as FTS5 reads it: every word, and one of the filters of each kind."""
        parts = [self._anywhere(word) for word in query.words]
        for kind in dict.fromkeys(kind for kind, _value in query.filters):
            same = [self._as_filter(kind, value) for one, value in query.filters if one is kind]
            # Of two places, either will do; of two words of a note, both must be there.
            parts.append((" AND " if kind is None else " OR ").join(f"({part})" for part in same))
        return " AND ".join(f"({part})" for part in parts if part)

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


def _folded(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {code: " " + fold(name) for code, name in names if is_code(code)}


def _agent_names(desk: Desk) -> Iterable[tuple[str, str]]:
    known = {} if desk.tree is None else dict.fromkeys(desk.tree.agents, "")
    return ((code, f"{name} {code}") for code, name in (known | dict(desk.names)).items())


def _place_names(desk: Desk) -> Iterable[tuple[str, str]]:
    """Give the stops that were ever served, and those of the timetable with their places."""
    for passage_id in queries.list_passage_ids(desk.replica):
        key = stop_key(passage_id)
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
