"""`fsmobile logbook`, `passage arrive|late|leave`, `bundle export` of nothing, by command."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fsmobile.cli import logbook, passage
from fsmobile.cli.main import run
from fsmobile.usecases.desk import Desk
from tests.tui.day_samples import a_day
from tests.worlds import Laptop, a_laptop

Say = Callable[..., object]


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    made = a_day()

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    for command in (logbook, passage):
        monkeypatch.setattr(command, "working_desk", sit_down)
    return made


@pytest.fixture
def say(laptop: Laptop, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command; return what it said, read from JSON."""

    def said(*words: str) -> object:
        assert run([*words, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return said


def test_a_word_is_left_found_by_the_end_of_its_id_and_settled(
    say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = say("logbook", "write", "--place", "luxe", "la clé est au café")["entry"]
    say("logbook", "write", "--place", "luxe", "--sheet", "prise", "borne bleue")
    say("logbook", "incident", "panne", "freins", "--cancel", "luxe")
    listed = say("logbook", "list", "--place", "luxe")
    assert [(one["kind"], one["text"]) for one in listed] == [
        ("note", "la clé est au café"),
        ("incident", "freins"),
        ("prise", "borne bleue"),
    ]
    assert run(["logbook", "close", str(entry)[-8:], "rendue"]) == 0
    capsys.readouterr()
    (closed,) = say("logbook", "list", "--closed")
    assert (closed["text"], closed["ending"], closed["open"]) == (
        "la clé est au café",
        "rendue",
        False,
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["write", "  "], 3, "Rien n'est écrit"),
        (["write", "--sheet", "prise", "bleue"], 3, "il manque le lieu"),
        (["write", "--place", "nulle-part", "x"], 4, "nulle-part"),
        (["write", "M. X 1 84 12 76 451 089 46"], 3, "sécurité sociale"),
        (["close", "zzzz"], 3, "ne désigne pas une page ouverte"),
        (["message", "à tous"], 5, "coordination"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_way_on(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert run(["logbook", *words]) == code
    assert said in capsys.readouterr().err
    assert laptop.desk.undo_steps == []


def test_a_coordinator_writes_to_one_bus_and_the_crew_says_to_have_read(
    laptop: Laptop, say: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = a_laptop(laptop.registry, unit="bus-charente/bureau", role="coordinator", seed=9)
    office.desk.tree = laptop.desk.tree

    @contextmanager
    def office_desk(_arguments: Namespace) -> Iterator[Desk]:
        yield office.desk

    with monkeypatch.context() as at_the_office:
        at_the_office.setattr(logbook, "working_desk", office_desk)
        say("logbook", "message", "--unit", "bus-1", "rappelez-moi")
        assert run(["logbook", "message", "--unit", "bus-9", "x"]) == 3
        assert "bus-1" in capsys.readouterr().err
    office.sync()
    laptop.sync()
    assert run(["logbook", "read"]) == 0
    assert capsys.readouterr().out == "- rappelez-moi\n1 nouvelle lue\n"
    assert run(["logbook", "read"]) == 0
    assert capsys.readouterr().out == "Rien de nouveau à lire\n"


def test_the_times_of_a_stop_are_told_by_command(say: Say) -> None:
    assert say("passage", "arrive", "luxe")["arrived_at"] == "09:00"
    say("passage", "open", "luxe")
    late = say("passage", "late", "luxe", "--reason", "route")
    assert late["late_because"] == "route"
    assert say("passage", "close", "luxe", "--at", "12h15")["closed_at"] == "12:15"
    assert say("passage", "leave", "luxe")["left_at"] == "09:00"
    with pytest.raises(SystemExit, match="64"):
        run(["passage", "close", "luxe", "--at", "midi"])
    assert run(["passage", "close", "luxe", "--at", "8h"]) == 3
