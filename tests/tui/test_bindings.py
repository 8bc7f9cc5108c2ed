"""The catalogue of keys: none twice, none forbidden, labels that fit in both languages."""

from itertools import product

import pytest

from fsmobile.core.visits import OUTCOME_LETTERS
from fsmobile.texts.translation import _, speaking
from fsmobile.tui.bindings import COMMANDS, FORBIDDEN, Where, command, find_command
from fsmobile.tui.keys import TWINS, name_keys
from fsmobile.tui.lines import cells
from fsmobile.tui.screens.help import help_lines
from fsmobile.tui.views.frame import SCREENS, Hint, key_bar_line, show_key_name
from tests.tui.day_samples import a_shell, press


def test_no_key_is_bound_twice_in_one_place() -> None:
    pairs = [(found.where, key) for found in COMMANDS for key in found.keys]
    assert len(pairs) == len(set(pairs))


def test_a_key_that_works_everywhere_means_nothing_else_on_a_screen() -> None:
    everywhere = {key for one in COMMANDS if one.where is Where.EVERYWHERE for key in one.keys}
    for found in COMMANDS:
        if found.where in (Where.TOUR, Where.VISIT, Where.SYNC):
            assert not everywhere & set(found.keys), found.id


def test_no_forbidden_key_is_bound() -> None:
    for found in COMMANDS:
        assert not FORBIDDEN & set(found.keys), found.id
        assert not [key for key in found.keys if key.startswith(("alt+", "ctrl+shift+"))]


def test_every_digit_has_its_azerty_twin() -> None:
    for found in COMMANDS:
        for key in found.keys:
            twins = [twin for twin, number in TWINS.items() if number == key]
            assert set(twins) <= set(found.keys), found.id


def test_ids_are_unique_and_a_screen_of_each_tab_exists() -> None:
    assert len({found.id for found in COMMANDS}) == len(COMMANDS)
    for screen_id, number, _name in SCREENS:
        assert command(f"screen.{screen_id}").keys[0] == number


@pytest.mark.parametrize("language", ["fr", "en"])
def test_labels_are_short_and_helps_fit_a_row(language: str) -> None:
    with speaking(language):
        for found in COMMANDS:
            assert cells(_(found.label)) <= 26, found.id
            assert 0 < cells(_(found.help)) <= 62, found.id


@pytest.mark.parametrize(("language", "place"), list(product(["fr", "en", "pseudo"], Where)))
def test_the_help_never_passes_80_columns(language: str, place: Where) -> None:
    with speaking(language):
        for row in help_lines(place, 80):
            assert cells(row.text) <= 80 or language == "pseudo", row.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "keys", ["", "i enter", "a i enter", "n", "n enter", "6", "?", "i enter enter", "l", "x"]
)
def test_every_hint_of_every_bar_fits_80_columns(language: str, keys: str) -> None:
    with speaking(language):
        shell, _terminal = a_shell()
        press(shell, keys)
        hints = shell.hints()
        row, starts = key_bar_line(hints, 80)
        assert -1 not in starts
        assert cells(row.text) == 80


def test_a_bar_that_is_too_narrow_leaves_hints_out_whole_and_keeps_the_last() -> None:
    hints = [Hint(command_id=one) for one in ("visit.new", "pick.leave", "entry.save", "app.help")]
    row, starts = key_bar_line(hints, 30)
    assert row.text.rstrip().endswith("Aide")
    assert -1 in starts


def test_a_key_finds_its_command_with_caps_lock_and_by_its_twin() -> None:
    for key in ("n", "N", "ctrl+n"):
        found = find_command(Where.TOUR, key)
        assert found is not None
        assert found.id == "visit.new"
    sync = find_command(Where.TOUR, "-")
    assert sync is not None
    assert sync.id == "screen.sync"
    assert find_command(Where.TOUR, "ù") is None


def test_outcome_keys_are_no_digit_and_no_field_of_the_form() -> None:
    assert not set(OUTCOME_LETTERS) & set("0123456789tmcghjlefbdn,")
    assert not set(OUTCOME_LETTERS) & set(TWINS)


@pytest.mark.parametrize(
    ("key", "character", "names"),
    [
        ("n", "n", ("n",)),
        ("ampersand", "&", ("&",)),
        ("quotation_mark", '"', ('"',)),
        ("é", "é", ("é",)),
        ("enter", "\r", ("enter",)),
        ("ctrl+m", "\r", ("enter",)),
        ("ctrl+h", "\x08", ("backspace",)),
        ("space", " ", (" ",)),
        ("alt+x", None, ("escape", "x")),
        ("alt+left_parenthesis", None, ("escape", "(")),
        ("alt+left", None, ()),
        ("ctrl+n", "\x0e", ("ctrl+n",)),
        ("f3", None, ("f3",)),
    ],
)
def test_keys_are_named_by_what_they_type(
    key: str, character: str | None, names: tuple[str, ...]
) -> None:
    assert name_keys(key, character) == names


def test_keys_are_written_as_on_a_keyboard() -> None:
    shown = [show_key_name(key) for key in ("enter", "escape", "ctrl+n", "f1", "x", " ")]
    assert shown == ["⏎", "Échap", "^n", "F1", "x", "Espace"]
