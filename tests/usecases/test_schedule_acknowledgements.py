"""What is accepted is said no more until its end, then again; an error never is."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.usecases.schedule_acknowledgements import acknowledge
from fsmobile.usecases.schedule_check import check_folders
from fsmobile.usecases.schedules import ScheduleFolder, load_schedule_folders
from tests.validation.schedule_trees import EXAMPLE, TODAY

UNTIL = date(2026, 12, 15)
CODE = "parity_break_week53"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "creuse"))


def opened(path: Path) -> ScheduleFolder:
    (folder,) = load_schedule_folders(path)
    return folder


def told(path: Path, today: date) -> tuple[int, int]:
    """Return how often the code is said, and how many notices are accepted."""
    report = check_folders(load_schedule_folders(path), today)
    return sum(one.total for one in report.notices if one.code == CODE), report.acknowledged


def test_one_notice_is_accepted_until_its_end_and_comes_back(path: Path) -> None:
    assert told(path, TODAY) == (2, 0)
    done = acknowledge(opened(path), CODE, "nord/benevent", until=UNTIL, why="prévenu", today=TODAY)
    assert done == ["nord/benevent"]
    assert told(path, TODAY) == (1, 1)
    assert told(path, UNTIL) == (1, 1)
    assert told(path, date(2026, 12, 16)) == (2, 0)


def test_all_of_a_code_are_accepted_at_once_and_prolonged_in_place(path: Path) -> None:
    for until in (UNTIL, date(2026, 12, 20)):
        done = acknowledge(opened(path), CODE, None, until=until, why="prévenus", today=TODAY)
        assert done == ["nord/benevent", "nord/fursac"]
    assert told(path, date(2026, 12, 20)) == (0, 2)
    text = (path / "acquittements.toml").read_text(encoding="utf-8")
    assert text.count("[acquittements.") == 2
    assert "2026-12-15" not in text


def test_what_is_not_said_cannot_be_accepted_nor_without_an_end_or_a_reason(path: Path) -> None:
    folder = opened(path)
    with pytest.raises(NotFound):
        acknowledge(folder, CODE, "nord/dun", until=UNTIL, why="x", today=TODAY)
    for until in (date(2026, 11, 21), date(2028, 1, 1)):
        with pytest.raises(InvalidInput, match="acknowledgement_end"):
            acknowledge(folder, CODE, None, until=until, why="x", today=TODAY)
    with pytest.raises(InvalidInput, match="acknowledgement_without_reason"):
        acknowledge(folder, CODE, None, until=UNTIL, why="  ", today=TODAY)
    assert not (path / "acquittements.toml").exists()


def test_an_error_is_never_accepted(path: Path) -> None:
    file = path / "lieux.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("23075", "23999"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="acknowledgement_of_error"):
        acknowledge(opened(path), "commune_unknown", None, until=UNTIL, why="x", today=TODAY)
