"""Folders of schedules on a disk: which are trees, and what cannot be read."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.errors import InvalidInput, InvalidSchedule, NotFound
from fsmobile.usecases.agendas import list_agenda
from fsmobile.usecases.schedules import load_schedule_folders, require_trees
from tests.formats.schedule_files import TOUR, schedule_files


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_folder_with_a_structure_is_one_tree(tmp_path: Path) -> None:
    (folder,) = load_schedule_folders(write(tmp_path, schedule_files()))
    assert set(folder.files) == set(schedule_files())
    assert require_trees((folder,))[0].agency.agency_id == "essai"


def test_any_other_folder_is_each_of_its_children_that_is_a_tree(tmp_path: Path) -> None:
    write(tmp_path / "b", schedule_files())
    write(tmp_path / "a", schedule_files())
    write(tmp_path / "notes", {"lisez-moi.txt": "rien"})
    assert [folder.name for folder in load_schedule_folders(tmp_path)] == ["a", "b"]


def test_a_folder_that_is_neither_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "notes" / "a", schedule_files())
    with pytest.raises(InvalidSchedule) as empty:
        load_schedule_folders(tmp_path)
    assert empty.value.code == "schedule_folder_empty"
    with pytest.raises(InvalidSchedule) as missing:
        load_schedule_folders(tmp_path / "absent")
    assert missing.value.code == "schedule_folder_missing"


def test_all_the_faults_of_all_the_folders_are_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        broken = {"tournees/nord/2026-09-01.toml": TOUR.replace('"mardi"', '"mardy"')}
        write(tmp_path / name, schedule_files(broken))
    with pytest.raises(InvalidSchedule) as refused:
        require_trees(load_schedule_folders(tmp_path))
    assert [problem.file for problem in refused.value.problems] == [
        "a/tournees/nord/2026-09-01.toml",
        "b/tournees/nord/2026-09-01.toml",
    ]


def test_hidden_files_and_links_to_folders_are_left_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", {**schedule_files(), ".git/config": "x", ".cache": "y"})
    (folder / "boucle").symlink_to(folder, target_is_directory=True)
    (only,) = load_schedule_folders(folder)
    assert set(only.files) == set(schedule_files())


def test_a_folder_where_a_file_should_be_is_no_file(tmp_path: Path) -> None:
    folder = write(tmp_path, schedule_files())
    (folder / "calendriers" / "vacances.toml").mkdir(parents=True)
    (only,) = load_schedule_folders(folder)
    assert not only.reading.has_errors


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    folder = write(tmp_path, schedule_files())
    (folder / "lieux.toml").write_bytes(b"# x\n" * 3_000_000)
    (only,) = load_schedule_folders(folder)
    assert len(only.files["lieux.toml"]) < 5_000_000
    assert ("lieux.toml", "file_unreadable") in {
        (problem.file, problem.code) for problem in only.reading.problems
    }


def test_an_agenda_refuses_an_unknown_tour_and_reversed_days(tmp_path: Path) -> None:
    trees = require_trees(load_schedule_folders(write(tmp_path, schedule_files())))
    with pytest.raises(NotFound) as unknown:
        list_agenda(trees, date(2026, 11, 1), None, "sud")
    assert unknown.value.kind == "tour"
    for first, last in ((2027, 2026), (1000, 2026)):
        with pytest.raises(InvalidInput):
            list_agenda(trees, date(first, 1, 1), date(last, 1, 1))


def test_an_agenda_is_four_weeks_long_unless_told_otherwise(tmp_path: Path) -> None:
    trees = require_trees(load_schedule_folders(write(tmp_path, schedule_files())))
    rows = list_agenda(trees, date(2026, 11, 2), None)
    days = {row.passage.service_date for row in rows}
    assert (min(days), max(days)) == (date(2026, 11, 3), date(2026, 11, 27))
    assert {row.passage.service_date for row in list_agenda(trees, date.max, None)} == {date.max}
