"""`fsmobile passage` on a day without the stop: what is said, and when the stop comes."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from worlds import Laptop, a_laptop, a_registry

from fsmobile.cli import passage as passage_command
from fsmobile.cli.main import run
from fsmobile.reference.sample_schedules import CHARENTE, find_sample_schedule
from fsmobile.texts.dates import format_date
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.schedules import load_schedule_folders, require_trees

EMPTY_DAY = date(2026, 11, 29)
"""A Sunday."""


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """A laptop of the Charente bus, whose desk every command sits down at."""
    made = a_laptop(a_registry())
    (made.desk.tree,) = require_trees(load_schedule_folders(find_sample_schedule(CHARENTE)))

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    monkeypatch.setattr(passage_command, "working_desk", sit_down)
    return made


def _stop_of_next_days(desk: Desk) -> tuple[str, date]:
    for offset in range(1, 30):
        day = EMPTY_DAY + timedelta(days=offset)
        for line in load_day(desk, day).lines:
            if not line.is_cancelled:
                return line.passage_id.split("/")[2], day
    raise AssertionError("the sample has no stop in December")


def test_a_stop_that_is_not_there_that_day_is_told_with_its_next_day(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    stop, comes = _stop_of_next_days(laptop.desk)
    assert run(["passage", "open", stop, "--date", EMPTY_DAY.isoformat()]) == 3
    told = capsys.readouterr().err
    assert f"« {stop} » le {format_date(EMPTY_DAY)}" in told
    assert f"prévu le {format_date(date.fromisoformat(str(comes)))}" in told


def test_a_stop_to_close_on_another_day_is_told_with_the_day_to_give_and_nothing_about_opening(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    stop, comes = _stop_of_next_days(laptop.desk)
    assert run(["passage", "close", stop, "--date", EMPTY_DAY.isoformat()]) == 3
    told = capsys.readouterr().err
    assert "--unplanned" not in told
    assert f"« --date {comes} »" in told
    assert f"passage list --date {EMPTY_DAY}" in told


def test_a_name_that_no_day_knows_is_told_with_the_next_day_of_the_bus(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    _stop, comes = _stop_of_next_days(laptop.desk)
    assert run(["passage", "open", "nulle-part", "--date", EMPTY_DAY.isoformat()]) == 3
    told = capsys.readouterr().err
    assert f"Prochain jour de passage : {comes}" in told
    assert ": ." not in told


def test_without_a_timetable_one_is_told_how_to_get_it(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop.desk.tree = None
    assert run(["passage", "open", "charme"]) == 3
    assert "fsmobile sync" in capsys.readouterr().err


def test_a_name_unknown_on_a_day_of_service_is_told_with_that_days_stops(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    stop, comes = _stop_of_next_days(laptop.desk)
    assert run(["passage", "open", "nulle-part", "--date", comes.isoformat()]) == 3
    assert stop in capsys.readouterr().err
