"""Where the fast entry looks up procedures, operators and communes: choices by a few letters."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from fsmobile.core.catalogue import Catalogue, Operator
from fsmobile.core.catalogue_search import CatalogueIndex, rank_procedures
from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import ProcedureId
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.visit_entry_state import EntryBook


class Frequencies(Struct, frozen=True, kw_only=True):
    """How often each procedure was asked, lately and at this season of earlier years."""

    here: Counter[ProcedureId]
    everywhere: Counter[ProcedureId]


def make_book(
    catalogue: Catalogue,
    index: CatalogueIndex,
    frequencies: Frequencies,
    find_communes: Callable[[str], Sequence[Choice]],
    stop_commune: str | None,
) -> EntryBook:
    """Prepare the look-ups of one stop; each key asks them again, so they read no disk."""

    def find_procedures(query: str) -> Sequence[Choice]:
        found = rank_procedures(
            index, query, here=frequencies.here, everywhere=frequencies.everywhere
        )
        return [
            Choice(
                code=procedure.procedure_id,
                label=procedure.label,
                detail=_how_often(frequencies, procedure.procedure_id),
            )
            for procedure in found
        ]

    operators = sorted(catalogue.operators.values(), key=_operator_order)
    find_operators = partial(_find_operators, operators)
    return EntryBook(
        find_procedures=find_procedures,
        find_operators=find_operators,
        find_referrals=find_operators,
        find_channels=narrowing([Choice(code=one, label=label(one)) for one in ReferralChannel]),
        find_communes=find_communes,
        procedure=lambda code: catalogue.procedures[code],
        stop_commune=stop_commune,
    )


def _find_operators(operators: Sequence[Operator], query: str) -> Sequence[Choice]:
    """Return the operators with words that begin so; those whose short name does come first."""
    folded = fold(query)
    found = [
        operator
        for operator in operators
        if all(f" {word}" in " " + _searchable(operator) for word in folded.split())
    ]
    found.sort(key=lambda operator: not fold(operator.short_name).startswith(folded))
    return [
        Choice(code=operator.operator_id, label=operator.short_name, detail=operator.name)
        for operator in found
    ]


def _how_often(frequencies: Frequencies, code: ProcedureId) -> str:
    here = frequencies.here.get(code, 0)
    if here:
        return _("{n} × ici").format(n=here)
    everywhere = frequencies.everywhere.get(code, 0)
    return _("{n} ×").format(n=everywhere) if everywhere else ""


def _operator_order(operator: Operator) -> tuple[float, bool, str]:
    """Order by the published share, then the official operators before those we added."""
    return (-operator.share, operator.is_inferred, fold(operator.short_name))


def _searchable(operator: Operator) -> str:
    names = (operator.short_name, operator.name, *operator.former_names, *operator.nicknames)
    return fold(" ".join(names))
