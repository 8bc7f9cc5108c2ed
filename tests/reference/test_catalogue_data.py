"""The shipped catalogue: complete, well formed, reached by three letters and a digit."""

import csv
import hashlib
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from fsmobile.core.catalogue import Theme
from fsmobile.core.catalogue_search import build_index, rank_procedures
from fsmobile.core.folding import fold
from fsmobile.core.ids import ProcedureId, is_plain_act, is_slug
from fsmobile.core.visits import HelpKind
from fsmobile.reference.catalogue import load_catalogue

LETTERS_MAX = 3
DIGIT_MAX = 9
CATALOGUE = load_catalogue()
PROCEDURES = tuple(CATALOGUE.procedures.values())
with (Path(__file__).parent / "data" / "demarches_officielles.csv").open(encoding="utf-8") as rows:
    OFFICIAL = {row["code"]: row["operateur"] for row in csv.DictReader(rows)}
"""Operator of each procedure as its publisher names it."""
INDEX = build_index(CATALOGUE, date(2026, 11, 21))


def first_labels(query: str) -> list[str]:
    return [procedure.label for procedure in rank_procedures(INDEX, query)]


def test_each_official_row_is_covered_by_exactly_one_label() -> None:
    covered = Counter(code for procedure in PROCEDURES for code in procedure.official)
    assert len(OFFICIAL) == 210
    assert covered == dict.fromkeys(OFFICIAL, 1)


def test_a_label_has_the_operator_of_the_rows_it_covers() -> None:
    for procedure in PROCEDURES:
        assert {OFFICIAL[code] for code in procedure.official} <= {procedure.operator}


def test_codes_are_slugs_and_unique_in_the_file() -> None:
    assert 150 <= len(PROCEDURES) <= 190
    assert all(is_slug(procedure.procedure_id) for procedure in PROCEDURES)
    assert all(is_slug(operator_id) for operator_id in CATALOGUE.operators)


def test_the_numbers_written_on_paper_are_all_different_and_stay() -> None:
    numbers = {procedure.number: procedure.procedure_id for procedure in PROCEDURES}
    assert len(numbers) == len(PROCEDURES)
    # A sheet that was printed with the first catalogue is still read right.
    first = {number: code for number, code in numbers.items() if number <= 183}
    text = "".join(f"{number} {first[number]}\n" for number in sorted(first))
    assert len(first) == 183
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "4a95646a6b00f872"


def test_labels_are_short_and_unique() -> None:
    labels = [procedure.label for procedure in PROCEDURES]
    assert max(map(len, labels)) <= 34
    assert len(set(labels)) == len(labels)


def test_durations_are_multiples_of_five_and_weights_positive() -> None:
    for procedure in PROCEDURES:
        assert procedure.minutes in range(5, 65, 5), procedure.label
        assert 0 < procedure.weight < 0.1, procedure.label


def test_acts_have_no_operator_and_no_theme_and_all_others_have_both() -> None:
    for procedure in PROCEDURES:
        is_act = is_plain_act(procedure.procedure_id)
        assert (procedure.operator is None) is is_act, procedure.label
        assert (procedure.theme is None) is is_act, procedure.label
        assert not (is_act and procedure.official), procedure.label


@pytest.mark.parametrize(
    "code",
    [
        "acte-impression", "acte-numerisation", "acte-boite-mel", "acte-appel",
        "acte-libre-acces", "acte-renseignement", "acte-orientation", "acte-non-couverte",
        "acte-cv",
    ],
)  # fmt: skip
def test_acts_that_are_no_procedure_can_be_counted(code: str) -> None:
    assert ProcedureId(code) in CATALOGUE.procedures


def test_every_operator_named_by_a_procedure_exists() -> None:
    named = {procedure.operator for procedure in PROCEDURES if procedure.operator}
    assert named <= set(CATALOGUE.operators)


def test_all_themes_and_kinds_of_help_are_in_use() -> None:
    assert {procedure.theme for procedure in PROCEDURES} == {*Theme, None}
    assert {procedure.help for procedure in PROCEDURES} == set(HelpKind)


def test_weights_spread_the_published_shares() -> None:
    published = [operator for operator in CATALOGUE.operators.values() if operator.share]
    assert {operator.operator_id for operator in published} == {
        "caf", "cnam", "dgfip", "france-titres",
    }  # fmt: skip
    for operator in published:
        weights = [p.weight for p in PROCEDURES if p.operator == operator.operator_id]
        assert sum(weights) == pytest.approx(operator.share, abs=0.002)


def test_old_names_of_operators_still_find_them() -> None:
    assert first_labels("pole emploi")[0] == "France Travail · inscription"
    assert first_labels("ants")[0] == "ANTS · carte grise"


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("ret", "Retraite · dossier"),
        ("rev", "Retraite · réversion"),
        ("rsa", "CAF · RSA"),
        ("apl", "CAF · APL, aide au logement"),
        ("css", "CPAM · complémentaire santé (CSS)"),
        ("ame", "CPAM · compte ameli"),
        ("vit", "CPAM · carte Vitale"),
        ("gri", "ANTS · carte grise"),
        ("scan", "Numérisation, scan"),
        ("impr", "Impression, photocopie"),
        ("ener", "Chèque énergie"),
    ],
)
def test_the_usual_letters_find_the_usual_procedure_first(query: str, label: str) -> None:
    assert first_labels(query)[0] == label


def test_a_forgotten_password_is_found_under_each_operator() -> None:
    assert set(first_labels("mdp")) >= {
        "CAF · espace Mon Compte",
        "CPAM · compte ameli",
        "Impôts · espace particulier",
        "Boîte mél · création, accès",
    }


def test_every_procedure_is_reached_by_three_letters_and_a_digit() -> None:
    """The letters start one of the procedure's own words; no history helps."""
    unreached = []
    for entry in INDEX.entries:
        words = fold(" ".join((entry.procedure.label, *entry.procedure.synonyms))).split()
        queries = {word[:length] for word in words for length in range(1, LETTERS_MAX + 1)}
        if not any(entry.procedure in rank_procedures(INDEX, q)[:DIGIT_MAX] for q in queries):
            unreached.append(entry.procedure.label)
    assert unreached == []


def test_most_procedures_are_reached_by_the_letters_of_their_label() -> None:
    """Synonyms are a second chance: nearly all are found by what the screen shows."""
    unreached = []
    for entry in INDEX.entries:
        queries = {word[:LETTERS_MAX] for word in entry.label_words.split()}
        if not any(entry.procedure in rank_procedures(INDEX, q)[:DIGIT_MAX] for q in queries):
            unreached.append(entry.procedure.label)
    assert len(unreached) <= len(PROCEDURES) // 20, unreached


def test_a_key_is_answered_in_a_millisecond() -> None:
    history = {procedure.procedure_id: 3 for procedure in PROCEDURES}
    durations = []
    for query in ("", "r", "ret", "mot de passe", "zzz") * 20:
        begin = time.perf_counter()
        rank_procedures(INDEX, query, here=history, everywhere=history)
        durations.append(time.perf_counter() - begin)
    assert sorted(durations)[len(durations) // 2] < 0.001
