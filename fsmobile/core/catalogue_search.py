"""Search of procedures by a few letters, in the order a counter needs."""

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from msgspec import Struct

from fsmobile.core.catalogue import Catalogue, Procedure
from fsmobile.core.folding import fold
from fsmobile.core.ids import ProcedureId

MOST_FREQUENT_MAX = 9
"""Length of the list for an empty query: as many as one digit can choose."""

NEAREST_MAX = 3
"""How many codes are proposed instead of an unknown one."""
LIKENESS_MIN = 0.5

NO_HISTORY: Mapping[ProcedureId, int] = {}


class SearchableProcedure(Struct, frozen=True, kw_only=True):
    """A procedure with the folded texts it is found by, a space before each word."""

    label_words: str
    all_words: str
    """Label, synonyms, and the names of the operator: old ones and nicknames included."""
    procedure: Procedure


class CatalogueIndex(Struct, frozen=True, kw_only=True):
    """The procedures offered on a day, folded once so that each key press is fast."""

    entries: tuple[SearchableProcedure, ...]
    """The greatest weight first."""


def build_index(catalogue: Catalogue, today: date) -> CatalogueIndex:
    """Prepare the procedures offered today; retired ones keep their label in the catalogue."""
    offered = [
        procedure
        for procedure in catalogue.procedures.values()
        if (procedure.valid_from is None or procedure.valid_from <= today)
        and (procedure.valid_until is None or today <= procedure.valid_until)
    ]
    offered.sort(key=lambda procedure: (-procedure.weight, fold(procedure.label)))
    return CatalogueIndex(
        entries=tuple(_make_searchable(procedure, catalogue) for procedure in offered)
    )


def _make_searchable(procedure: Procedure, catalogue: Catalogue) -> SearchableProcedure:
    texts = [procedure.label, *procedure.synonyms]
    if procedure.operator is not None and procedure.operator in catalogue.operators:
        operator = catalogue.operators[procedure.operator]
        texts += [operator.short_name, *operator.former_names, *operator.nicknames]
    return SearchableProcedure(
        label_words=" " + fold(procedure.label),
        all_words=" " + fold(" ".join(texts)),
        procedure=procedure,
    )


def rank_procedures(
    index: CatalogueIndex,
    query: str,
    *,
    here: Mapping[ProcedureId, int] = NO_HISTORY,
    everywhere: Mapping[ProcedureId, int] = NO_HISTORY,
) -> list[Procedure]:
    """Rank what the query finds; each of its words must be found, in any order.

    First the procedures whose label has words that begin so, then those whose synonyms or
    operator have, then those that only contain it. Within each, the most frequent here, then
    everywhere, then by prior weight. An empty query gives the most frequent nine.
    """
    words = fold(query).split()
    grades: tuple[list[Procedure], ...] = ([], [], [])
    for entry in index.entries:
        grade = _grade(entry, words)
        if grade is not None:
            grades[grade].append(entry.procedure)

    def rarity(procedure: Procedure) -> tuple[int, int]:
        code = procedure.procedure_id
        return -here.get(code, 0), -everywhere.get(code, 0)

    # The sort is stable and the entries come by weight: the weight decides the last ties.
    ranked = [procedure for found in grades for procedure in sorted(found, key=rarity)]
    return ranked if words else ranked[:MOST_FREQUENT_MAX]


def nearest_codes(index: CatalogueIndex, code: str) -> list[ProcedureId]:
    """Return the codes most like an unknown one, or of procedures that its words find."""
    codes = [entry.procedure.procedure_id for entry in index.entries]
    alike = get_close_matches(fold(code).replace(" ", "-"), codes, NEAREST_MAX, LIKENESS_MIN)
    words = code.replace("-", " ")
    found = [one.procedure_id for one in rank_procedures(index, words)] if fold(words) else []
    return list(dict.fromkeys(ProcedureId(one) for one in (*found[:2], *alike)))[:NEAREST_MAX]


def _grade(entry: SearchableProcedure, words: Sequence[str]) -> int | None:
    if not all(word in entry.all_words for word in words):
        return None
    if all(f" {word}" in entry.label_words for word in words):
        return 0
    return 1 if all(f" {word}" in entry.all_words for word in words) else 2
