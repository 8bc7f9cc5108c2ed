"""`fsmobile schedule diff`: villages, dates and hours in sentences, then the lines of the files."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fsmobile.cli import schedule_diff
from fsmobile.cli.main import run
from fsmobile.usecases.desk import Desk
from tests.usecases.coordinators import NORTH, Office, an_office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = an_office(tmp_path)

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.nadia.laptop.desk

    monkeypatch.setattr(schedule_diff, "working_desk", sit_down)
    return made


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["schedule", "diff", *words]) == 0
    return capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")


def test_the_last_revision_is_told_by_village_date_and_hours(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'format = "surcharge/1"\naction = "horaire"\nouvert = "10:00-11:00"\n'
    office.nadia.write("surcharges/2026/2026-12-08-nord-dun.toml", text)
    office.nadia.publish("école")
    told = said(capsys)
    assert "Dun-le-Palestel : 14 passages, autant qu'avant" in told
    assert "  mar. 8 déc. : ouvert 10:00-11:00, et non plus 09:30-12:00" in told
    assert '+ouvert = "10:00-11:00"' in told
    assert "+ouvert" not in said(capsys, "--brief")


def test_a_folder_is_compared_and_a_new_version_is_announced(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    text = office.nadia.read(NORTH).replace("2026-09-01", "2026-12-14")
    later = text.replace('"mardi"', '"mercredi"')
    office.nadia.write("tournees/nord/2026-12-14.toml", later)
    told = said(capsys, str(office.nadia.folder), "--brief")
    assert "plus de passage" in told
    assert "un passage en plus" in told
    assert "Tournée Nord : horaires valables à partir du lundi 14 décembre 2026" in told


def test_a_comment_alone_changes_no_passage(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.nadia.edit("# Tournée Nord", "# Tournée nord")
    told = said(capsys, str(office.nadia.folder))
    assert told.startswith("Aucun passage ne change dans les six mois.")
    assert "+# Tournée nord" in told
