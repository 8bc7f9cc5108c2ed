"""The keys that the pictures of the guides press lead where the guides say."""

import pytest

from fsmobile.tui.keys import name_keys
from fsmobile.tui.shell import Shell
from tests.tui.day_samples import Terminal, shown
from tests.worlds import FakeClock
from tools.pictures import MORNING, PICTURES, START_MS, make_desk


def press_as_a_terminal(shell: Shell, keys: str) -> None:
    for key in keys.split():
        for name in name_keys(key, key if len(key) == 1 else None):
            shell.press(name)


@pytest.fixture
def shell() -> Shell:
    return Shell(make_desk(FakeClock(START_MS)), Terminal())


def test_the_morning_of_the_pictures_is_six_visits_and_three_signs_at_the_door(
    shell: Shell,
) -> None:
    press_as_a_terminal(shell, MORNING)
    assert "Visites ici · 6" in shown(shell)
    assert "p venues 4  o orientées 1" in shown(shell)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("visite-demarche", "Démarche ▸ ret▏"),
        ("visite-faits", "[r Résolu]"),
        ("visite-ouverte", "personnes 1 → 2"),
        ("synchro", "À envoyer ·"),
        ("aide", "Aide · Tournée"),
    ],
)
def test_a_picture_shows_what_its_name_says(shell: Shell, name: str, words: str) -> None:
    press_as_a_terminal(shell, PICTURES[name])
    assert words in shown(shell)
