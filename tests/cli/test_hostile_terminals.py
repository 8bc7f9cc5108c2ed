"""What the machine around a command may do to it: closed or full outputs, other encodings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fsmobile.cli.main import run

COMMAND = f"{sys.executable} -m fsmobile"


def run_shell(tmp_path: Path, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FSMOBILE_HOME": str(tmp_path), **variables}
    return subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [["--home"], ["--home", "sync"], ["sync", "--home"]])
def test_a_command_whose_only_word_is_taken_for_a_folder_is_asked_for(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run(arguments)
    assert left.value.code == 64
    assert "--help" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here: run it on Linux")
@pytest.mark.parametrize("words", ["about", "catalogue retraite --format json"])
def test_a_full_output_is_said_in_words(tmp_path: Path, words: str) -> None:
    done = run_shell(tmp_path, f"{COMMAND} {words} > /dev/full")
    assert (done.returncode, done.stderr.splitlines()) == (
        7, ["La sortie est pleine : tout n'est pas écrit. Faites de la place."],
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX shell here: run it on Linux or macOS")
@pytest.mark.parametrize("closing", [">&-", "2>&- >&-", "<&-"])
def test_a_closed_stream_ends_no_command(tmp_path: Path, closing: str) -> None:
    done = run_shell(tmp_path, f"{COMMAND} about {closing}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_sign_that_the_encoding_lacks_is_a_question_mark(tmp_path: Path) -> None:
    done = run_shell(tmp_path, f"{COMMAND} agenda", PYTHONIOENCODING="ascii")
    assert done.returncode == 5
    assert "Ce poste n'est pas encore inscrit : il n'appartient ? aucun bus." in done.stderr


def test_json_loses_no_sign_in_an_encoding_that_lacks_it(tmp_path: Path) -> None:
    line = f"{COMMAND} catalogue identité --format json"
    plain = run_shell(tmp_path, line, PYTHONIOENCODING="utf-8")
    narrow = run_shell(tmp_path, line, PYTHONIOENCODING="ascii")
    assert json.loads(narrow.stdout) == json.loads(plain.stdout)
    assert "identité" in plain.stdout


def test_the_words_of_a_code_may_follow_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FSMOBILE_HOME", str(tmp_path))
    assert run(["enrol", "http://127.0.0.1:9", "--plain", "un", "deux"]) == 3
    assert "2 ont été donnés" in capsys.readouterr().err
