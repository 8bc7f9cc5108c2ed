"""`fsmobile appointment`, `followup` and `day`: the twins of the screens, by command."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from fsmobile.cli import appointment, day, followup
from fsmobile.cli.main import run
from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import open_follow_up
from tests.tui.day_samples import a_day
from tests.worlds import Laptop

Say = Callable[..., object]


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch) -> Laptop:
    made = a_day()

    @contextmanager
    def sit_down(_arguments: Namespace) -> Iterator[Desk]:
        yield made.desk

    for command in (appointment, followup, day):
        monkeypatch.setattr(command, "working_desk", sit_down)
    return made


@pytest.fixture
def say(laptop: Laptop, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command; return what it said, read from JSON."""

    def said(*words: str) -> object:
        assert run([*words, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return said


def test_an_hour_is_found_given_moved_and_told(say: Say) -> None:
    slots = say("appointment", "slots", "luxe")
    assert slots["slots"][:2] == ["09:30", "10:00"]
    booked = say("appointment", "book", "luxe", "--at", "10:00", "--transport")
    assert booked["needs_transport"]
    name = booked["appointment"]
    again = say("appointment", "book", "luxe", "--at", "10:15")
    assert again["double"]
    moved = say("appointment", "move", name, "luxe", "--at", "11:00")
    assert (moved["starts"], moved["double"]) == ("11:00", False)
    assert say("appointment", "presence", name, "noshow")["presence"] == "noshow"
    assert len(say("appointment", "list")) == 2


def test_a_promise_is_opened_stepped_and_closed(
    say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    name = say("followup", "open", "apporter les pièces", "--place", "luxe")["follow_up"]
    assert run(["followup", "step", name[-8:], "appelée", "--due", "2026-12-03"]) == 0
    capsys.readouterr()
    (row,) = say("followup", "list", "--place", "luxe")
    assert (row["due"], row["steps"][0]["text"]) == ("2026-12-03", "appelée")
    assert run(["followup", "close", name[-8:], "--useful", "yes"]) == 0
    capsys.readouterr()
    assert say("followup", "list") == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["appointment", "book", "nulle-part", "--at", "10:00"], "À venir : luxe, mansle"),
        (["appointment", "cancel", "xyz"], "Introuvable"),
        (["followup", "open", "rappeler"], "Choisir une date"),
        (["followup", "open", "rappeler le 1 84 12 76 451 089 46", "--place", "luxe"], "sécu"),
        (["followup", "close", "xyz"], "Introuvable"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_recorded(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    assert run(words) != 0
    assert code in capsys.readouterr().err
    assert laptop.replica.connection.execute("SELECT count(*) FROM op").fetchone() == (0,)


@pytest.mark.parametrize("hour", ["midi", "10:00Z", "10:00+02:00", "25:00", "٠٩:30"])
def test_an_hour_is_one_of_the_wall_clock(
    laptop: Laptop, capsys: pytest.CaptureFixture[str], hour: str
) -> None:
    with pytest.raises(SystemExit):
        run(["appointment", "book", "luxe", "--at", hour])
    assert "n'est pas une heure" in capsys.readouterr().err


def test_the_answer_of_the_evening_is_an_exit_code_too(
    laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["day", "end"]) == 8
    assert "non" in capsys.readouterr().out
    laptop.sync()
    assert run(["day", "start"]) == 0
    assert "oui" in capsys.readouterr().out


def test_names_that_have_expired_are_erased_and_the_next_one_is_told(
    laptop: Laptop, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say("followup", "expire") == {"erased": 0, "held": 0, "next": None}
    desk = laptop.desk
    desk.keeps_names = True
    for days in (5, 60):
        named = NamedPart(
            name="Mme R.",
            consented_on=desk.today(),
            consent_text="suite-1",
            erase_on=desk.today() + timedelta(days=days),
        )
        open_follow_up(desk, FollowUp(opened_on=desk.today(), task="x", due=desk.today()), named)
    laptop.replica.clock.ms += 6 * 86_400_000
    assert say("followup", "expire") == {"erased": 1, "held": 1, "next": "2027-01-25"}
    assert run(["followup", "expire"]) == 0
    assert "1 nom est gardé sur ce poste ; il s'efface le" in capsys.readouterr().out
