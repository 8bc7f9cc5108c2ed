"""`fsmobile agenda` as a program would call it: JSON, table, exit codes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fsmobile.cli.main import run
from tests.formats.schedule_files import TOUR, override_file, schedule_files
from tests.usecases.test_schedule_folders import write

SHIPPED = Path(__file__).parents[2] / "schedules"
KEYS = [
    "structure",
    "unit",
    "pass",
    "tour",
    "stop",
    "place",
    "place_name",
    "date",
    "span",
    "starts",
    "ends",
    "period",
    "status",
    "original_date",
    "changes",
    "reason",
    "notice",
]


def agenda(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> list[dict[str, Any]]:
    code = run(["agenda", "--schedules", str(folder), *options, "--format", "json"])
    output = capsys.readouterr()
    assert (code, output.err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(output.out)
    return rows


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSMOBILE_HOME", str(tmp_path / "home"))


def test_json_rows_have_every_field(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    move = override_file("2026-11-24-nord-bonnat", 'action = "deplace"\nvers = 2026-11-27')
    folder = write(tmp_path / "essai", schedule_files(move))
    rows = agenda(capsys, folder, "--from", "2026-11-24", "--to", "2026-11-27")
    assert all(list(row) == KEYS for row in rows)
    assert rows[1] == {
        "structure": "essai",
        "unit": "essai/bus-1",
        "pass": "essai/nord/dun/2026-11-24",
        "tour": "nord",
        "stop": "dun",
        "place": "dun-mairie",
        "place_name": "Dun — mairie",
        "date": "2026-11-24",
        "span": 1,
        "starts": "13:30",
        "ends": "16:00",
        "period": None,
        "status": "prevu",
        "original_date": "2026-11-24",
        "changes": [],
        "reason": None,
        "notice": None,
    }
    assert [(row["status"], row["date"], row["original_date"]) for row in rows[2:]] == [
        ("prevu", "2026-11-27", "2026-11-27"),
        ("deplace", "2026-11-27", "2026-11-24"),
    ]
    assert (rows[2]["starts"], rows[2]["ends"], rows[2]["period"]) == (None, None, "matin")


def test_a_folder_of_folders_gives_the_passages_of_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = agenda(capsys, SHIPPED, "--from", "2026-01-05", "--to", "2026-12-31")
    assert Counter(row["structure"] for row in rows if row["status"] != "annule") == {
        "bus-charente": 402,
        "mediabus-dracenie": 218,
    }
    only = agenda(capsys, SHIPPED, "--tour", "mediabus", "--from", "2026-01-05")
    assert {row["tour"] for row in only} == {"mediabus"}


def test_the_table_says_what_changed_and_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    body = 'action = "deplace"\nvers = 2026-11-25\nlieu = "dun-salle"\nmotif = "travaux"'
    folder = write(tmp_path / "essai", schedule_files(override_file("2026-11-24-nord-dun", body)))
    dates = ("--from", "2026-11-25", "--to", "2026-11-25")
    assert run(["agenda", "--schedules", str(folder), *dates]) == 0
    output = capsys.readouterr().out
    assert "Dun — salle" in output
    assert "déplacé (autre lieu, au lieu du mardi 24 novembre 2026, travaux sur place)" in output


def test_a_json_row_tells_the_public_notice_of_an_overlay(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    body = 'action = "annule"\nmotif = "panne"\navis = "Le bus est au garage."'
    folder = write(tmp_path / "essai", schedule_files(override_file("2026-11-24-nord-dun", body)))
    rows = agenda(capsys, folder, "--from", "2026-11-24", "--to", "2026-11-24")
    told = {row["stop"]: (row["status"], row["notice"]) for row in rows}
    assert told["dun"] == ("annule", "Le bus est au garage.")
    assert {notice for stop, (_status, notice) in told.items() if stop != "dun"} <= {None}


def test_an_empty_window_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = write(tmp_path / "essai", schedule_files())
    dates = ("--from", "2020-01-01", "--to", "2020-01-31")
    assert run(["agenda", "--schedules", str(folder), *dates]) == 0
    assert capsys.readouterr().out == "Aucun passage prévu dans cette période.\n"
    assert agenda(capsys, folder, *dates) == []


def test_faults_are_told_at_their_place_with_code_3(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = {"tournees/nord/2026-09-01.toml": TOUR.replace('"mardi"', '"mardy"')}
    folder = write(tmp_path / "essai", schedule_files(broken))
    assert run(["agenda", "--schedules", str(folder)]) == 3
    output = capsys.readouterr()
    assert output.out == ""
    assert "tournees/nord/2026-09-01.toml:10:9" in output.err
    assert "« mardi »" in output.err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--schedules", "nulle-part"], 3),
        (["--schedules", str(SHIPPED), "--tour", "sud"], 4),
        (["--schedules", str(SHIPPED), "--from", "2027-01-01", "--to", "2026-01-01"], 3),
        ([], 5),
    ],
)
def test_what_cannot_be_done_has_the_code_of_its_category(options: list[str], code: int) -> None:
    assert run(["agenda", *options]) == code


def test_a_date_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as left:
        run(["agenda", "--from", "2026-02-30"])
    assert left.value.code == 64
