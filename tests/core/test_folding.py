"""Folding of names: what an agent types without accents is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'Île-d'Yeu", "l ile d yeu"),
        ("Œuilly", "oeuilly"),
        ("Lætitia", "laetitia"),
        ("LUXÉ", "luxe"),
        ("Rénov' · MaPrimeRénov'", "renov maprimerenov"),
        ("  3 € / jour ", "3 jour"),
        ("·", ""),
    ],
)
def test_marks_ligatures_case_and_signs_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_composed_and_decomposed_accents_fold_alike() -> None:
    assert fold("re\N{COMBINING ACUTE ACCENT}version") == fold("réversion") == "reversion"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once.isascii()
    assert "  " not in once
