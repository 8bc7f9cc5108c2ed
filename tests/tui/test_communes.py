"""The screen of the communes: the letter, who told whom, what the town hall answered."""

import re
from pathlib import Path

import pytest

from fsmobile.texts.translation import set_language
from fsmobile.tui.lines import cells
from fsmobile.tui.shell import Shell
from fsmobile.usecases.timetable import load_timetable
from tests.tui.day_samples import Terminal, press, shown
from tests.tui.planning_samples import settle
from tests.usecases.coordinators import Office, an_office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    # A store in memory has no home: letters go into the folder of the program.
    monkeypatch.chdir(tmp_path)
    return an_office(tmp_path)


@pytest.fixture
def shell(office: Office) -> Shell:
    """Two communes lose a passage: La Souterraine on Thursday 26 November, Gouzon on Friday."""
    desk = office.nadia.laptop.desk
    desk.names = {"agent-nadia": "Nadia B."}
    load_timetable(desk)
    shell = Shell(desk, Terminal(), planning_path=office.nadia.folder)
    press(shell, "5 x 1 1 right x 1 1 p enter")
    settle(shell)
    office.nadia.laptop.sync()
    load_timetable(desk)
    press(shell, "f4")
    return shell


def text_of(shell: Shell) -> str:
    return shown(shell, 120, 40).replace("\N{NO-BREAK SPACE}", " ")


def test_each_commune_is_there_once_with_what_is_to_be_told(shell: Shell) -> None:
    text = text_of(shell)
    assert "révision 2 · 2 à prévenir" in text
    assert "annulé (panne du véhicule)" in text
    assert "« Le bus est en panne : pas de passage à" in text
    assert "inconnu : c l'écrit" in text
    for width, height in ((80, 24), (120, 40)):
        rows = shown(shell, width, height).splitlines()
        assert len(rows) <= height
        assert max(map(cells, rows)) <= width


def test_a_letter_is_written_in_two_keys_and_addressed_once_the_contact_is_known(
    shell: Shell, tmp_path: Path
) -> None:
    press(shell, "c")
    for key in "mairie@village.example 0555010203":
        shell.press(key)
    assert "courriel mairie@village.example · téléphone 0555010203" in shown(shell)
    press(shell, "enter l 1")
    folder = tmp_path / "courriers"
    (draft,) = folder.glob("*.eml")
    assert b"To: mairie@village.example" in draft.read_bytes()
    press(shell, "l 2")
    (page,) = folder.glob("*.html")
    assert page.stem == draft.stem
    assert "<h1>Bus France services" in page.read_text(encoding="utf-8")


def test_telling_takes_two_keys_each_and_the_next_commune_comes_under_the_cursor(
    shell: Shell, office: Office
) -> None:
    press(shell, "p 2")
    assert "1 à prévenir · 1 prévenue" in text_of(shell)
    assert "prévenue · u défaire" in shell.message.text
    press(shell, "p 1")
    assert "2 prévenues" in text_of(shell)
    assert "✓" not in text_of(shell).split("Communes")[1]
    office.nadia.laptop.sync()
    press(shell, "escape f4 r 2")
    assert "1 a répondu" in text_of(shell)
    press(shell, "u")
    assert "2 prévenues" in text_of(shell)


def test_nobody_is_named_when_nobody_was_chosen(shell: Shell) -> None:
    shell.desk.names = {}
    press(shell, "p 1 p 1")
    told = text_of(shell).split("Suivi")[1]
    assert "prévenue le" in told
    assert "par agent" not in told


def test_all_that_are_left_are_told_at_once(shell: Shell) -> None:
    press(shell, "p 5")
    assert "2 communes prévenues" in shell.message.text
    press(shell, "u")
    assert "2 à prévenir" in text_of(shell)


def test_an_answer_before_anybody_was_told_is_refused_with_the_key_to_press(shell: Shell) -> None:
    press(shell, "r")
    assert "prévenue (p)" in shell.message.text


def test_a_list_that_concerns_nobody_says_so(office: Office) -> None:
    office.nadia.write("lieux.toml", office.nadia.read("lieux.toml") + "\n# relu\n")
    desk = office.nadia.laptop.desk
    office.nadia.publish("relu")
    load_timetable(desk)
    shell = Shell(desk, Terminal(), planning_path=office.nadia.folder)
    press(shell, "5 f4 p")
    assert "Personne à prévenir" in shown(shell)


def test_who_was_told_never_touches_the_state_in_either_language(shell: Shell) -> None:
    press(shell, "p 2")
    assert re.search(r"à env\. 26/11 · Nadia", shown(shell))
    set_language("en")
    try:
        assert re.search(r"to send 26/11 · ", shown(shell))
    finally:
        set_language("fr")
