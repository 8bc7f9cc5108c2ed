"""`fsmobile schedule import`: shown, approved, written; nothing is written otherwise."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fsmobile.cli.main import run
from fsmobile.formats.schedule_toml import read_schedule

TUESDAYS = "\n".join(
    f"{day}/{month}/2026, 10h-12h, Place de la Mairie, Flayosc"
    for month, days in ((3, (3, 10, 17, 24, 31)), (4, (7, 14, 28)))
    for day in days
)


@pytest.fixture
def pasted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let what is pasted come from the standard input."""

    def paste(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return paste


def import_(*arguments: str, folder: Path) -> int:
    given = ("--into", str(folder), "--department", "83", *arguments)
    return run(["schedule", "import", "-", *given])


def test_a_pasted_list_is_shown_and_written_only_when_it_is_said_so(
    pasted: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bus"
    for arguments, status in ((("--dry-run",), 0), ((), 1)):
        pasted(TUESDAYS)
        assert import_(*arguments, folder=folder) == status
        told = capsys.readouterr().out
        assert "1 règle, 1 exception redonnent 8 passages publiés sur 8." in told
        assert "Les mardis, hors jours fériés (9 jours)" in told
        assert "mardi 21 avril, Flayosc — Place de la Mairie : annulé" in told
        assert "Rien n'a été écrit." in told
        assert not folder.exists()
    pasted(TUESDAYS)
    assert import_("--yes", folder=folder) == 0
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.toml")
    }
    assert not read_schedule(files).has_errors
    assert "surcharges/2026/2026-04-21-tournee-flayosc.toml" in files
    assert run(["schedule", "check", str(folder), "--date", "2026-03-01"]) == 0


def test_doubtful_lines_stop_the_import_unless_they_are_left_out(
    pasted: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{TUESDAYS}\nmercredi 24 novembre 2022, 10h-12h, Ampus"
    pasted(text)
    folder = tmp_path / "bus"
    assert import_("--yes", folder=folder) == 3
    told = capsys.readouterr()
    assert "liste:9" in told.out
    assert "(24 novembre 2022)" in told.out or "jeudi 24 novembre 2022" in told.out
    assert "--leave-out" in told.err
    assert not folder.exists()
    pasted(text)
    assert import_("--yes", "--leave-out", folder=folder) == 0
    assert folder.exists()


def test_what_cannot_be_imported_is_refused_with_what_to_do(
    pasted: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted("bonjour")
    assert import_("--yes", folder=tmp_path / "bus") == 3
    assert "Il faut une date, des heures et un lieu." in capsys.readouterr().err
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"x")
    pasted(TUESDAYS)
    assert import_("--yes", folder=tmp_path / "photos") == 3
    assert sorted(path.name for path in (tmp_path / "photos").iterdir()) == ["a.jpg"]
    source = str(tmp_path / "nulle-part")
    assert run(["schedule", "import", source, "--into", str(tmp_path / "b")]) == 3


def test_a_folder_of_files_of_several_kinds_is_one_timetable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "dates"
    source.mkdir()
    # As Excel writes on Windows.
    (source / "ampus.csv").write_bytes(
        "Date;Début;Fin;Commune;Lieu\r\n04/03/2026;14h;16h;Ampus;École\r\n".encode("cp1252")
    )
    (source / "flayosc.txt").write_text(TUESDAYS, encoding="utf-8")
    (source / "photo.jpg").write_bytes(b"\xff\xd8")
    assert run(["schedule", "import", str(source), "--into", str(tmp_path / "bus"),
                "--department", "83", "--dry-run"]) == 0  # fmt: skip
    told = capsys.readouterr().out
    assert "9 passages publiés sur 9" in told
    assert "Windows-1252" in told
    assert "Ampus — École" in told
