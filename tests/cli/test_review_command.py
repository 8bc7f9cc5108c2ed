"""`fsmobile review`: the stops and the label, in words, as data and as a page."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fsmobile.cli import review
from fsmobile.cli.main import run
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_exports import list_exports
from tests.two_years import live_two_years
from tests.worlds import FakeClock, Laptop, a_registry


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    clock = FakeClock()
    made = live_two_years(a_registry(clock), clock, days=56)

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    monkeypatch.setattr(review, "working_desk", sit_down)
    return made


def test_stops_are_reviewed_in_words_and_as_data(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["review", "stops"]) == 0
    told = capsys.readouterr().out
    assert "Tusson" in told
    assert "Sans lui" in told
    assert not list_exports(laptop.desk)
    assert run(["review", "stops", "--threshold", "0,5", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["threshold"] == 0.5
    assert len(answer["stops"]) == 12
    assert all(one["visits"] not in range(1, 5) for one in answer["stops"])
    assert len(list_exports(laptop.desk)) == 1


def test_the_label_is_told_in_words_as_data_and_as_a_page(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["review", "label"]) == 0
    assert "Deux agents à bord : tenu" in capsys.readouterr().out
    assert run(["review", "label", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {one["standing"] for one in answer["criteria"]} == {"met", "gap", "not_held"}
    page = tmp_path / "label.html"
    assert run(["review", "label", "--format", "html", "--output", str(page)]) == 0
    assert "Du constat au label" in page.read_text(encoding="utf-8")
    assert len(list_exports(laptop.desk)) == 2


@pytest.mark.parametrize("threshold", ["0", "-1", "beaucoup", "nan"])
def test_a_threshold_is_a_positive_number(laptop: Laptop, threshold: str) -> None:
    with pytest.raises(SystemExit) as left:
        run(["review", "stops", f"--threshold={threshold}"])
    assert left.value.code == 64
