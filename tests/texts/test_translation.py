"""Languages: the rules of each, the catalogue complete and compiled."""

import ast
import io
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from fsmobile.texts import translation
from fsmobile.texts.translation import _, n_, set_language, speaking
from tools import translations as catalogue_tool

PACKAGE = Path(translation.__file__).parents[1]


@pytest.fixture(autouse=True)
def french_afterwards() -> Iterator[None]:
    yield
    set_language("fr")


def test_french_counts_zero_as_singular_and_english_as_plural() -> None:
    assert [n_("{n} visite", "{n} visites", n) for n in (0, 1, 2)] == [
        "{n} visite",
        "{n} visite",
        "{n} visites",
    ]
    set_language("en")
    assert n_("an unknown one", "unknown ones", 0) == "unknown ones"


def test_an_empty_text_stays_empty_in_every_language() -> None:
    for language in (*translation.LANGUAGES, translation.PSEUDO):
        with speaking(language):
            assert _("") == ""


def test_the_pseudo_language_is_a_third_longer_and_keeps_the_fields() -> None:
    set_language("pseudo")
    longer = _("Bonjour {name}, bienvenue")
    assert longer.startswith("Bonjour {name}, bienvenue")
    assert len(longer) == len("Bonjour {name}, bienvenue") + 6


def test_speaking_gives_the_language_back_even_after_an_error() -> None:
    def fail_in_english() -> None:
        with speaking("en"):
            assert translation.current_language() == "en"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_english()
    assert translation.current_language() == "fr"


@pytest.fixture(scope="module")
def english() -> Catalog:
    return catalogue_tool.load_english()


def test_every_literal_of_the_package_has_an_english_text(english: Catalog) -> None:
    messages = catalogue_tool.extract_messages()
    assert len(messages) > 100
    merged = catalogue_tool.merge_messages(english, messages)
    assert catalogue_tool.list_missing(merged) == [], "run: python -m tools.translations"


def test_no_english_text_is_left_for_a_literal_that_is_gone(english: Catalog) -> None:
    messages = catalogue_tool.extract_messages()
    gone = [message.id for message in english if message.id and message.id not in messages]
    assert gone == [], "run: python -m tools.translations"


def test_the_compiled_catalogue_is_the_committed_text(english: Catalog) -> None:
    fresh = GNUTranslations(io.BytesIO(catalogue_tool.compile_catalogue(english)))
    with catalogue_tool.MO.open("rb") as file:
        committed = GNUTranslations(file)
    for message in english:
        if isinstance(message.id, tuple):
            one, many = message.id
            for n in (1, 2):
                assert committed.ngettext(one, many, n) == fresh.ngettext(one, many, n)
        elif message.id:
            assert committed.gettext(message.id) == fresh.gettext(message.id)


def _fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def test_english_texts_have_the_fields_of_the_french_ones(english: Catalog) -> None:
    for message in english:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        known = set().union(*(_fields(text) for text in ids))
        for text in texts:
            assert _fields(text or "") <= known, message.id
        if texts[-1]:
            assert _fields(texts[-1]) == _fields(ids[-1]), message.id


def test_only_literals_are_translated_since_the_tool_reads_nothing_else() -> None:
    """A variable may go through `_()` only if its literals are marked: then it is a plain name."""
    wrong = []
    for file in PACKAGE.rglob("*.py"):
        for call in _translations(ast.parse(file.read_text(encoding="utf-8"))):
            if any(isinstance(text, ast.JoinedStr | ast.BinOp) for text in call.args[:2]):
                wrong.append(f"{file.relative_to(PACKAGE)}:{call.lineno}")
    assert wrong == []


def _translations(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_" | "n_" | "mark")):
                yield node


def test_a_literal_inside_an_f_string_is_found() -> None:
    source = b"say(f\"p {_('venues')} {n_('{n} acte', '{n} actes', count)}\")"
    found = catalogue_tool.extract_literals(io.BytesIO(source), {"_", "n_"}, (), {})
    assert [texts for _line, _name, texts, _comments in found] == [
        ("venues",),
        ("{n} acte", "{n} actes", None),
    ]
