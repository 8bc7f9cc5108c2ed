"""Coverage, drives, trials, next year and absences by command: what is said, what is refused."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from worlds import FakeClock, a_laptop, a_registry

from fsmobile.cli import schedule_absence, schedule_drives, schedule_next_year, schedule_trial
from fsmobile.cli.main import run
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.desk import Desk

EXAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"
FIRST = "tournees/nord/2026-09-01.toml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and the coordinator's desk that every command of the test sits down at."""
    unit = "fsi-exemple-23/bus-1"
    desk = a_laptop(a_registry(FakeClock()), unit=unit, role="coordinator").desk
    files = {
        path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
        for path in EXAMPLE.rglob("*.toml")
    }
    desk.tree = read_schedule(files).tree

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield desk

    for module in (schedule_absence, schedule_drives, schedule_next_year, schedule_trial):
        monkeypatch.setattr(module, "working_desk", sit_down)
    copytree(EXAMPLE, tmp_path / "creuse")
    return tmp_path / "creuse"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_coverage_is_said_and_given_to_a_program(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["schedule", "coverage", str(folder), "--date", "2026-11-22"]
    assert run(command) == 0
    told = said(capsys)
    assert "≤ 20 min  ≥ 33 %    ≈ 57 %" in told
    assert "Aubusson (3 018) : ≈ 40 min" in told
    assert run([*command, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    bands = {one["minutes"]: one for one in found["coverage"]["within"]}
    assert bands[20]["at_least"] < bands[20]["about"] < found["coverage"]["inhabitants"]


def test_priority_districts_are_counted_from_a_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "quartiers.csv").write_text(
        "code;nom;population;lat;lon\nQP1;Albatros;1800;46,2;2,0\nQP2;Loin;500;45,6;2,3\n",
        encoding="utf-8",
    )
    command = ["schedule", "coverage", str(folder), "--date", "2026-11-22"]
    assert run(command) == 0
    assert "Quartiers prioritaires à 20 min : 1 sur 2" in said(capsys)
    (folder / "quartiers.csv").write_text("code;nom\nQP1;x\n", encoding="utf-8")
    assert run(command) != 0
    told = capsys.readouterr().err
    assert "quartiers.csv" in told
    assert "population, lat, lon" in told


def test_the_drives_of_a_day_are_said_and_a_broken_one_is_an_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schedule", "drives", str(folder), "2026-12-10"]) == 0
    told = said(capsys)
    assert "Guéret → La Souterraine" in told
    assert "≈ 32 min" in told
    path = folder / FIRST
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('ouvert = "09:15-12:15"', 'ouvert = "08:45-12:15"'), "utf-8")
    assert run(["schedule", "drives", str(folder), "2026-12-10", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["legs"][0]["late"] == 20
    assert found["legs"][0]["source"] == "typed"
    assert run(["schedule", "drives", str(folder), "2026-12-10", "--take", "9"]) == 64


def test_a_trial_goes_from_new_to_deleted(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def trial(*words: str) -> int:
        return run(["schedule", "trial", words[0], str(folder), *words[1:]])

    assert trial("new", "sans-jeudi", "--note", "fermer le jeudi ?") == 0
    path = folder / ".essais" / "sans-jeudi" / FIRST
    text = path.read_text(encoding="utf-8")
    start, end = text.index("[sorties.jeudi]"), text.index("[sorties.vendredi-ete]")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    capsys.readouterr()
    assert trial("list") == 0
    assert "sans-jeudi · 26 novembre 2026 · Agent A · fermer le jeudi ?" in said(capsys)
    assert trial("compare", "sans-jeudi") == 0
    told = said(capsys)
    assert "communes perdent des passages" in told
    assert "La Souterraine" in told
    assert trial("compare", "sans-jeudi", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tried"]["passages"] < found["published"]["passages"]
    handed = tmp_path / "essai.json"
    assert trial("hand-over", "sans-jeudi", str(handed)) == 0
    assert trial("receive", str(handed)) != 0
    assert "Un essai s'appelle déjà" in capsys.readouterr().err
    assert trial("receive", str(handed), "--name", "recu") == 0
    assert trial("keep", "recu") == 0
    assert "sorties.jeudi]" not in (folder / FIRST).read_text(encoding="utf-8")
    assert trial("delete", "recu") == 0
    assert trial("delete", "recu") != 0
    assert "Aucun essai ne s'appelle" in capsys.readouterr().err


def test_next_year_is_written_and_what_is_to_decide_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schedule", "next-year", str(folder), "--trial", "annee-2028"]) == 0
    assert "À décider :" in said(capsys)
    new = "tournees/nord/2028-01-03.toml"
    assert not (folder / new).exists()
    assert (folder / ".essais" / "annee-2028" / new).is_file()
    assert run(["schedule", "next-year", str(folder), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert new in found["files"]
    assert "dates_moved" in {one["code"] for one in found["decisions"]}
    assert run(["schedule", "next-year", str(folder), "--from", "2027-01-04"]) != 0
    assert "prend déjà effet" in capsys.readouterr().err


def test_an_absence_is_noted_listed_and_withdrawn(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    add = ["schedule", "absence", "add", "agent-a", "2026-12-21", "2026-12-24"]
    assert run([*add, "--kind", "conge"]) == 0
    assert said(capsys).strip() == "Agent A · lun. 21 déc. – jeu. 24 déc. · congé"
    assert run(["schedule", "absence", "list", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["agent"], found["received"]) == ("agent-a", False)
    assert run(["schedule", "absence", "withdraw", found["id"]]) == 0
    assert run(["schedule", "absence", "add", "inconnu", "2026-12-21"]) != 0
    assert "Vérifiez l'agent" in capsys.readouterr().err
