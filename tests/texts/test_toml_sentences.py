"""What is wrong with a file's syntax is told in French, whatever Python's reader says of it."""

import tomllib

import pytest

from fsmobile.errors import Problem
from fsmobile.formats.toml_files import parse_toml_file
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.toml_sentences import explain_toml

BROKEN = [
    "a = 2026-02-30\n",
    "a =\n",
    'a = "x\n',
    'a = """x',
    "a = 'x\n",
    "a 1\n",
    "[a\n",
    "[[a]\n",
    "a = 1 b = 2\n",
    "a = [1\n",
    "a = {b = 1\n",
    "= 1\n",
    "a = 09:30\n",
    'a = "\\q"\n',
    'a = "\x01"\n',
    'a = "\\ud800"\n',
    "a = Mardi\n",
    "a = 01004\n",
    'a = "\\u00"\n',
    "a = [1 2]\n",
    "été = 1\n",
    "a.é = 1\n",
]


@pytest.mark.parametrize("text", BROKEN)
def test_no_english_of_the_reader_is_shown(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    _file, (problem,) = parse_toml_file("x.toml", text)
    told = explain_problem(problem)
    english = ("Invalid", "Expected", "Un", "Illegal", "Escaped", "Found", "Cannot", "statement")
    assert not any(word in told for word in english), told


def test_a_long_sentence_is_told_to_its_end() -> None:
    problem = Problem(code="file_unreadable", params={"value": "Invalid value"})
    assert explain_problem(problem) == (
        "Le fichier ne se lit pas : cette valeur ne va pas ; un texte ou une heure veut des"
        " guillemets."
    )


def test_what_is_no_message_of_the_reader_is_shown_as_it_is() -> None:
    assert explain_toml("0xE9") == "0xE9"
