"""Search of procedures: matching, order, retirement; on a small catalogue of our own."""

from datetime import date

import pytest

from fsmobile.core.catalogue import Catalogue, Operator, Procedure, Theme
from fsmobile.core.catalogue_search import build_index, rank_procedures
from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visits import HelpKind

TODAY = date(2026, 11, 21)


def a_procedure(
    code: str,
    label: str,
    *,
    weight: float = 0.0,
    operator: str | None = None,
    synonyms: tuple[str, ...] = (),
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Procedure:
    return Procedure(
        procedure_id=ProcedureId(code),
        label=label,
        operator=OperatorId(operator) if operator else None,
        theme=Theme.BUDGET,
        help=HelpKind.ASSISTANCE,
        minutes=10,
        synonyms=synonyms,
        weight=weight,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def a_catalogue(*procedures: Procedure) -> Catalogue:
    travail = Operator(
        operator_id=OperatorId("travail"),
        name="France Travail",
        short_name="France Travail",
        former_names=("Pôle emploi",),
        nicknames=("le chômage",),
    )
    return Catalogue(
        operators={travail.operator_id: travail},
        procedures={procedure.procedure_id: procedure for procedure in procedures},
    )


CATALOGUE = a_catalogue(
    a_procedure("dossier", "Retraite · dossier", weight=0.4),
    a_procedure("reversion", "Retraite · réversion", weight=0.2, synonyms=("veuve",)),
    a_procedure("inscription", "Inscription", weight=0.1, operator="travail"),
    a_procedure("impression", "Impression", weight=0.3, synonyms=("traitement de texte",)),
)
INDEX = build_index(CATALOGUE, TODAY)


def found(query: str, **history: dict[ProcedureId, int]) -> list[str]:
    return [procedure.procedure_id for procedure in rank_procedures(INDEX, query, **history)]


def test_words_are_found_by_their_start_without_accents() -> None:
    assert found("rev") == ["reversion"]
    assert found("RÉV") == ["reversion"]


def test_a_synonym_finds_its_procedure() -> None:
    assert found("veu") == ["reversion"]


@pytest.mark.parametrize("query", ["france tr", "pole", "Pôle emploi", "chom"])
def test_the_names_of_an_operator_find_its_procedures(query: str) -> None:
    assert found(query) == ["inscription"]


def test_all_words_must_match_in_any_order() -> None:
    assert found("rev ret") == ["reversion"]
    assert found("ret inscription") == []


def test_starts_of_words_come_before_what_only_contains_the_query() -> None:
    # « trait » is the start of a rare synonym and the middle of the most frequent « Retraite ».
    assert found("trait") == ["impression", "dossier", "reversion"]


def test_words_of_the_label_come_before_synonyms_and_operators() -> None:
    index = build_index(
        a_catalogue(
            a_procedure("operator", "Inscription", weight=0.9, operator="travail"),
            a_procedure("synonym", "Impôts", weight=0.5, synonyms=("travaux",)),
            a_procedure("label", "Travaux", weight=0.1),
        ),
        TODAY,
    )
    ranked = [procedure.procedure_id for procedure in rank_procedures(index, "trava")]
    assert ranked == ["label", "operator", "synonym"]


def test_frequency_here_then_everywhere_then_weight_decide() -> None:
    reversion, dossier = ProcedureId("reversion"), ProcedureId("dossier")
    assert found("ret") == ["dossier", "reversion"]
    assert found("ret", everywhere={reversion: 1}) == ["reversion", "dossier"]
    assert found("ret", here={dossier: 1}, everywhere={reversion: 50}) == ["dossier", "reversion"]


def test_an_empty_query_gives_the_nine_most_frequent() -> None:
    many = build_index(
        a_catalogue(*(a_procedure(f"p{n}", f"Label {n}", weight=n / 100) for n in range(20))),
        TODAY,
    )
    listed = rank_procedures(many, "  ", here={ProcedureId("p3"): 2})
    assert [p.procedure_id for p in listed] == [
        "p3", "p19", "p18", "p17", "p16", "p15", "p14", "p13", "p12",
    ]  # fmt: skip


def test_a_query_of_signs_only_is_an_empty_query() -> None:
    assert found("·") == found("")


def test_a_retired_procedure_is_no_longer_offered_but_keeps_its_label() -> None:
    catalogue = a_catalogue(
        a_procedure("last-day", "Dernier jour", valid_until=TODAY),
        a_procedure("retired", "Retirée", valid_until=date(2026, 11, 20)),
        a_procedure("future", "Future", valid_from=date(2026, 11, 22)),
    )
    offered = rank_procedures(build_index(catalogue, TODAY), "")
    assert [p.procedure_id for p in offered] == ["last-day"]
    assert catalogue.procedures[ProcedureId("retired")].label == "Retirée"
