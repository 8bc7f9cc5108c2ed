"""Each error says what happened and what to do next; nothing a file holds can hurt a terminal."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile import errors
from fsmobile.errors import FsmobileError, InvalidInput, InvalidVisit, NotFound, Problem
from fsmobile.texts import sentences
from fsmobile.texts.filling import SHOWN_MAX, fill
from fsmobile.texts.problems import describe_problem, explain_problem
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import speaking


def _tree(kind: type[FsmobileError]) -> Iterator[type[FsmobileError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


CLASSES = sorted(set(_tree(FsmobileError)), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_class_of_error_has_its_own_sentence(kind: type[FsmobileError]) -> None:
    if kind.__module__ == errors.__name__:
        assert kind in sentences._CLASS_SENTENCES
    error = NotFound("tour", "nord") if kind is NotFound else kind("a_code_nobody_knows")
    french = explain_error(error)
    with speaking("en"):
        english = explain_error(error)
    for text in (french.what, french.next, english.what, english.next):
        assert text.endswith((".", "*."))
        assert len(text) <= 100, "a sentence must fit 80 columns on two lines"
    assert str(english) != str(french)


def test_an_error_without_a_table_entry_speaks_as_its_category() -> None:
    class Unheard(errors.TryLater):
        """A class that a test made."""

    unheard, later = explain_error(Unheard("anything")), explain_error(errors.TryLater("x"))
    assert unheard == later


def test_what_was_looked_for_is_named() -> None:
    assert "« nord »" in explain_error(NotFound("tour", "nord")).what


def test_all_faults_are_told_not_only_the_first() -> None:
    problems = [
        Problem(code="visit_without_enquiry", field="enquiries"),
        Problem(code="duration_out_of_range", field="minutes", params={"value": 0, "maximum": 600}),
    ]
    sentence = explain_error(InvalidVisit("invalid_visit", problems))
    assert sentence.details == (
        "demandes: erreur : Il faut au moins une demande. [visit_without_enquiry]",
        "durée: erreur : Une durée va de 1 à 600 minutes, et non 0. [duration_out_of_range]",
    )
    assert str(sentence).count("\n") == 2


def test_a_fault_of_a_file_gives_its_line_its_column_and_the_nearest_word() -> None:
    problem = Problem(
        code="unknown_key",
        file="tournees/nord.toml",
        line=12,
        column=5,
        field="sorties.mardi",
        params={"value": "semaine", "nearest": "semaines", "expected": None},
    )
    told = describe_problem(problem)
    assert told.startswith("tournees/nord.toml:12:5 sorties.mardi: erreur : ")
    assert "« semaine »" in told
    assert "Vouliez-vous écrire « semaines » ?" in told
    assert "Attendu" not in told


def test_what_was_expected_is_told_once() -> None:
    wrong = Problem(code="wrong_type", params={"value": "23075", "expected": "un texte"})
    assert explain_problem(wrong).count("un texte") == 1
    renamed = Problem(
        code="commune_name_mismatch", params={"value": "Fursac-le-Vieux", "expected": "Fursac"}
    )
    assert explain_problem(renamed).count("« Fursac »") == 1


def test_an_unknown_fault_still_reads_as_a_sentence() -> None:
    assert explain_problem(Problem(code="brand_new")) == "Règle non respectée : brand_new."


def test_a_sentence_without_its_parameters_is_still_shown() -> None:
    assert fill("De {first} à {last}", {"first": None}) == "De … à …"


def test_a_parameter_that_looks_like_a_field_is_shown_as_typed() -> None:
    assert fill("« {value} »", {"value": "{code} {0} %s"}) == "« {code} {0} %s »"


@given(st.text())
def test_no_text_of_a_person_reaches_the_terminal_as_a_command(text: str) -> None:
    shown = fill("{value}", {"value": text})
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    assert not {"\u202e", "\u2066", "\u200f"} & set(shown)
    assert 0 < len(shown) <= SHOWN_MAX


def test_an_error_with_problems_is_an_invalid_input() -> None:
    told = explain_error(InvalidInput("anything", [Problem(code="file_unreadable")]))
    assert len(told.details) == 1


def test_a_day_is_written_as_a_person_says_it() -> None:
    assert fill("le {day}", {"day": "2026-11-22"}) == "le 22 novembre 2026"
    assert fill("le {day}", {"day": "demain"}) == "le demain"
