"""`fsmobile schedule change`: a passage changed by a script, undone, refused in words."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from worlds import FakeClock, a_laptop, a_registry

from fsmobile.cli import schedule_change
from fsmobile.cli.main import run
from fsmobile.usecases.desk import Desk

EXAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and the coordinator's desk that every command of the test sits down at."""
    unit = "fsi-exemple-23/bus-1"
    desk = a_laptop(a_registry(FakeClock()), unit=unit, role="coordinator").desk

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield desk

    monkeypatch.setattr(schedule_change, "working_desk", sit_down)
    copytree(EXAMPLE, tmp_path / "creuse")
    return tmp_path / "creuse"


def change(folder: Path, *words: str) -> int:
    return run(["schedule", "change", str(folder), *words])


def test_a_passage_is_cancelled_and_restored(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "surcharges/2026/2026-12-08-nord-dun.toml"
    assert change(folder, "annule", "2026-12-08", "nord", "dun", "--why", "panne") == 0
    assert capsys.readouterr().out.splitlines() == [name]
    assert "Le bus est en panne" in (folder / name).read_text(encoding="utf-8")
    assert change(folder, "defaire") == 0
    assert not (folder / name).exists()
    assert change(folder, "refaire") == 0
    assert (folder / name).exists()
    assert change(folder, "defaire") == 0
    capsys.readouterr()
    assert change(folder, "defaire") == 0
    assert capsys.readouterr().out.strip() == "Rien de plus depuis la dernière publication"


def test_hours_are_read_as_people_write_them(folder: Path) -> None:
    words = ("horaire", "2026-12-08", "nord", "dun", "--hours", "9h30-11h", "--reach", "toutes")
    assert change(folder, *words) == 0
    text = (folder / "tournees/nord/2026-09-01.toml").read_text(encoding="utf-8")
    assert 'ouvert = "09:30-11:00"' in text


def test_what_the_checks_find_is_told_and_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = change(folder, "deplace", "2026-12-08", "nord", "dun", "--to", "2026-12-10")
    assert code == 2
    assert "jeudi 10 décembre 2026" in capsys.readouterr().err


def test_what_is_not_there_or_not_said_is_refused(folder: Path) -> None:
    assert change(folder, "annule", "2026-12-08", "nord", "nulle-part") == 4
    assert change(folder, "annule", "2026-12-08") == 64
    with pytest.raises(SystemExit):
        change(folder, "horaire", "2026-12-08", "nord", "dun", "--hours", "midi")
