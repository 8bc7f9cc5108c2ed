"""`fsmobile prove`: what it says, what it leaves with, and what replays a world."""

import builtins
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from fsmobile.cli.main import run
from fsmobile.simulation.campaign import SITUATIONS as SITUATION_NAMES
from fsmobile.simulation.faults import STRENGTHS, WIRE_STRENGTHS
from fsmobile.simulation.mistakes import CANARY, MISTAKES
from fsmobile.texts.proof_words import ACTS, FAULTS, PLANTED_MISTAKES, SITUATIONS


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_worlds_that_hold_leave_with_0_and_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--worlds", "4", "--seed", "3", "--format", "json"]) == 0
    counted = _json(capsys)
    assert (counted["worlds"], counted["first_seed"]) == (4, 3)
    assert (counted["lost"], counted["doubled"], counted["violation"]) == (0, 0, None)
    assert counted["ops"] > 20
    assert counted["acts"]["record"] > 10
    assert counted["days"] > 1
    assert set(counted["acts"]) <= set(ACTS)


def test_days_end_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--days", "2", "--format", "json"]) == 0
    counted = _json(capsys)
    assert 2 <= counted["days"] < 5


def test_a_planted_mistake_is_red_and_its_command_replays_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["prove", "--plant", "gap-accepted"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("VIOLATION, graine ") for line in lines)
    command = shlex.split(lines[-1].partition(" : ")[2])
    assert command[:2] == ["fsmobile", "prove"]
    assert run(command[1:]) == 1
    again = capsys.readouterr().out.splitlines()
    assert again[-2:] == lines[-2:]


def test_without_the_mistake_the_same_world_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--plant", CANARY, "--format", "json"]) == 1
    seed = _json(capsys)["seed"]
    assert run(["prove", "--seed", str(seed), "--worlds", "1"]) == 0
    assert "Rien n'a été violé." in capsys.readouterr().out


def test_every_mistake_act_fault_and_situation_has_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert set(PLANTED_MISTAKES) == set(MISTAKES)
    assert set(FAULTS) == {*STRENGTHS, *WIRE_STRENGTHS}
    assert set(SITUATIONS) == set(SITUATION_NAMES)
    assert run(["prove", "--list-plants"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in MISTAKES)


def test_one_of_each_is_said_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--worlds", "1"]) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("1 monde, ")
    assert "0 perdue, 0 doublée, " in line


def test_two_processes_count_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    counted = []
    for jobs in ("1", "2"):
        assert run(["prove", "--worlds", "6", "--jobs", jobs, "--format", "json"]) == 0
        counted.append(_json(capsys))
    assert counted[0] == counted[1]


def test_everything_real_is_one_word_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--profile", "full", "--worlds", "1", "--format", "json"]) == 0
    counted = _json(capsys)
    assert (counted["worlds"], counted["violation"]) == (1, None)


def test_a_database_that_is_not_postgresql_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    assert run(["prove", "--profile", "full", "--database", url]) == 3
    assert "PostgreSQL" in capsys.readouterr().err
    assert not (tmp_path / "registry.db").exists()


def test_an_unknown_fault_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left:
        run(["prove", "--faults", "earthquake"])
    assert left.value.code == 64
    assert "reply_lost" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--days", "--worlds"])
def test_none_at_all_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(["prove", option, "0"])
    assert left.value.code == 64
    assert "à partir de 1" in capsys.readouterr().err


def test_without_the_libraries_of_a_registry_a_sentence_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    really_import = builtins.__import__

    def refuse(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("fsmobile.simulation"):
            raise ModuleNotFoundError("No module named 'sqlalchemy'", name="sqlalchemy")
        return really_import(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert run(["prove"]) == 4
    assert "pip install 'fsmobile[registry]'" in capsys.readouterr().err
