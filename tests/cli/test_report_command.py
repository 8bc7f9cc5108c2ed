"""`fsmobile report` and `search`: the twins of screens 4 and 7, by command."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fsmobile.cli import report, search
from fsmobile.cli.main import run
from fsmobile.store.journal import list_lines
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import record_visit
from tests.tui.day_samples import a_day
from tests.worlds import Laptop, a_visit


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    made = a_day()
    record_visit(made.desk, a_visit(people=2, note="relevé de carrière"))

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    for command in (report, search):
        monkeypatch.setattr(command, "working_desk", sit_down)
    return made


def test_a_month_is_told_in_words_and_in_json_and_each_export_is_logged(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "--period", "2026-11", "--by", "operateur", "--by", "arret"]) == 0
    told = capsys.readouterr().out
    assert "personnes" in told
    assert "Luxé" in told
    assert [one.act for one in list_lines(laptop.replica)] == ["writer.enrolment"]
    words = ["--from", "2026-11-01", "--to", "2026-11-30", "--by", "age", "--format", "json"]
    assert run(["report", *words]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["figures"]["people"] == 2
    assert answer["by"]["age"][0]["visits"] == "< 5"
    assert run(["report", "--exports"]) == 0
    assert "report json 2026-11-01..2026-11-30" in capsys.readouterr().out


def test_a_csv_begins_as_a_spreadsheet_expects(
    laptop: Laptop, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["report", "--period", "2026-W48", "--format", "csv"]) == 0
    assert capfdbinary.readouterr().out.startswith("\ufeffBilan du bus;".encode())


@pytest.mark.parametrize(
    "words", [["--period", "hier"], ["--period", "2026", "--from", "2026-01-01"]]
)
def test_an_unclear_period_is_refused(
    laptop: Laptop, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", *words]) != 0
    assert "ériode" in capsys.readouterr().err


def test_words_and_filters_find_a_visit(laptop: Laptop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "carriere", "--lieu", "luxé", "--depuis", "2026"]) == 0
    assert "Retraite · dossier" in capsys.readouterr().out
    assert run(["search", "carriere", "--jusque", "2025"]) == 0
    assert "Rien de tel" in capsys.readouterr().out
