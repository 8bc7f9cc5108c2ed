"""`fsmobile visit` and `fsmobile catalogue`: what is listed can be typed in the next command."""

import io
import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.cli import visit as visit_command
from fsmobile.cli.main import run
from fsmobile.core.visits import HelpKind, Outcome
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.usecases import visits
from fsmobile.usecases.desk import Desk
from tests.tui.day_samples import a_day


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """A laptop whose desk every command of the test sits down at."""
    made = a_laptop(a_registry(), catalogue=load_catalogue())

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    monkeypatch.setattr(visit_command, "working_desk", sit_down)
    return made


def test_the_listed_id_corrects_cancels_and_tells_a_visit(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = [visits.record_visit(laptop.desk, a_visit()) for _ in range(3)]
    assert run(["visit", "list"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.startswith("Visite")
    shown = [line.split()[0] for line in lines]
    assert sorted(shown) == sorted(one[-8:] for one in recorded)
    assert len(set(shown)) == 3
    assert run(["visit", "correct", shown[0], "--minutes", "42"]) == 0
    assert run(["visit", "void", shown[1]]) == 0
    assert run(["visit", "history", shown[0]]) == 0
    capsys.readouterr()
    rows = {row.state.visit_id[-8:]: row.state for row in visits.list_visits(laptop.desk)}
    assert [rows[shown[0]].visit.minutes, rows[shown[2]].visit.minutes] == [42, 15]
    assert [rows[one].is_void for one in shown] == [False, True, False]


def test_an_unknown_procedure_is_answered_by_the_nearest_and_the_command_that_searches(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["visit", "add", "--base", "--procedure", "retraite-revrsion"]) == 4
    told = capsys.readouterr().err
    assert "« retraite-revrsion »" in told
    assert "retraite-reversion" in told
    assert "fsmobile catalogue" in told
    assert visits.list_visits(laptop.desk) == []


def test_a_word_that_is_no_code_is_answered_by_what_the_search_finds(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["visit", "add", "--base", "--procedure", "réversion"]) == 4
    assert "Les plus proches : retraite-reversion" in capsys.readouterr().err


def test_a_word_like_no_code_still_names_the_command_that_searches(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["visit", "add", "--base", "--procedure", "£££"]) == 4
    assert "fsmobile catalogue" in capsys.readouterr().err


def test_the_help_of_add_lists_the_codes_of_outcomes_and_helps(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(["visit", "add", "--help"])
    told = capsys.readouterr().out
    assert [code for code in (*Outcome, *HelpKind) if code not in told] == []


def test_the_catalogue_lists_what_words_find_with_codes_that_add_takes(
    laptop: Laptop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ("--home", str(tmp_path))
    assert run(["catalogue", "retr", "réversion", *home]) == 0
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.split() == ["Code", "N°", "Démarche", "Opérateur", "Aide", "min"]
    assert first.split()[0] == "retraite-reversion"
    assert first.split()[-2:] == ["accompagnement", "30"]
    assert run(["visit", "add", "--base", "--procedure", first.split()[0]]) == 0


def test_the_catalogue_without_a_word_lists_every_procedure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalogue", "--format", "json", "--home", str(tmp_path)]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {one["code"] for one in listed} == set(load_catalogue().procedures)
    assert set(listed[0]) == {"code", "number", "label", "operator", "help", "minutes"}


def test_words_that_find_nothing_are_said_to_find_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["catalogue", "xyzzy", "--home", str(tmp_path)]) == 0
    assert "« xyzzy »" in capsys.readouterr().out


def test_a_sheet_is_typed_in_and_a_bad_line_stops_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = a_day()

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    monkeypatch.setattr(visit_command, "working_desk", sit_down)
    words = ["visit", "paper", "--date", "2026-11-26", "--passage", "luxe"]
    assert run([*words, "9h35 7r", "10h 7r", "10h05 6p 2"]) == 3
    told = capsys.readouterr()
    assert "2 visites saisies" in told.out
    assert "« 10h 7r » ne commence pas par une heure" in told.err
    recorded = [row.state.visit for row in visits.list_visits(made.desk)]
    assert [one.is_from_paper for one in recorded] == [True, True]
    monkeypatch.setattr("sys.stdin", io.StringIO("10h20 1r\n\n10h30 1r\n"))
    assert run(words) == 0
    assert len(visits.list_visits(made.desk)) == 4
