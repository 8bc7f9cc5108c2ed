"""Every code of the domain has a name, long and short, in every language."""

import inspect
from enum import StrEnum
from types import ModuleType

import pytest

from fsmobile import errors
from fsmobile.core import (
    appointments,
    catalogue,
    follow_ups,
    overrides,
    passages,
    planned_passages,
    privacy,
    spans,
    tours,
    visits,
)
from fsmobile.texts.labels import label, label_field, label_short
from fsmobile.texts.translation import speaking

_MODULES: tuple[ModuleType, ...] = (
    visits,
    passages,
    appointments,
    follow_ups,
    catalogue,
    errors,
    planned_passages,
    overrides,
    privacy,
    spans,
    tours,
)
CODES = [
    code
    for module in _MODULES
    for _name, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, StrEnum) and kind.__module__ == module.__name__
    if kind.__name__ != "WholeDay"
    for code in kind
]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_a_name_that_fits_its_column(language: str) -> None:
    assert len(CODES) > 50
    with speaking(language):
        for code in CODES:
            assert label(code)
            assert 0 < len(label_short(code)) <= 10, code


def test_two_codes_of_one_list_never_read_the_same() -> None:
    for language in ("fr", "en"):
        with speaking(language):
            for kind in {type(code) for code in CODES}:
                assert len({label(code) for code in kind}) == len(kind), kind
                assert len({label_short(code) for code in kind}) == len(kind), kind


def test_a_field_of_a_form_has_a_name_and_a_key_of_a_file_keeps_its_own() -> None:
    assert label_field("minutes") == "durée"
    assert label_field("sorties.mardi.jours") == "sorties.mardi.jours"
