"""What a step of the demo says when it fails: its last words, whole, never half a traceback."""

import os
import sys

import pytest

from fsmobile.cli import main
from fsmobile.cli.demo_world import SAID_MAX, _ask, last_words
from fsmobile.errors import TryLater
from fsmobile.texts.sentences import explain_error

MISSING = f"""Traceback (most recent call last):
  File "{"a" * 200}.py", line 12, in _run
    import tomlkit
  File "<frozen importlib._bootstrap>", line 1138, in _find_and_load_unlocked
ModuleNotFoundError: No module named 'tomlkit'
"""


def test_of_a_traceback_only_the_fault_is_told() -> None:
    assert last_words(MISSING) == "ModuleNotFoundError: No module named 'tomlkit'"


def test_of_a_long_speech_the_last_lines_are_told_whole() -> None:
    told = last_words("\n".join(f"ligne {n} de ce que le programme a dit" for n in range(50)))
    assert told.endswith(
        "ligne 48 de ce que le programme a dit / ligne 49 de ce que le programme a dit"
    )
    assert told.startswith("ligne ")
    assert len(told) <= SAID_MAX


def test_a_failed_step_names_itself_and_what_it_said() -> None:
    command = [sys.executable, "-m", "fsmobile", "agenda", "--to", "demain"]
    with pytest.raises(TryLater) as failed:
        _ask(command, dict(os.environ), command[3:])
    told = str(explain_error(failed.value))
    assert "« agenda »" in told
    assert "AAAA-MM-JJ : demain" in told
    assert "<000A>" not in told


def test_a_missing_library_is_named_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def miss(_arguments: object) -> int:
        raise ModuleNotFoundError("No module named 'tomlkit'", name="tomlkit")

    monkeypatch.setattr(main, "_run", miss)
    assert main.run(["about"]) == 4
    told = capsys.readouterr().err
    assert "tomlkit" in told
    assert "pip install fsmobile" in told
    assert "Traceback" not in told


def test_a_missing_part_of_the_program_itself_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def miss(_arguments: object) -> int:
        raise ModuleNotFoundError("No module named 'fsmobile.x'", name="fsmobile.x")

    monkeypatch.setattr(main, "_run", miss)
    with pytest.raises(ModuleNotFoundError):
        main.run(["about"])
