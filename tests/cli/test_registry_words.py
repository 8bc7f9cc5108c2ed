"""What an administrator reads at the terminal: words, never codes nor lines of a log."""

import sys
from pathlib import Path
from subprocess import run as run_program

import pytest

from fsmobile.cli.main import run
from fsmobile.texts.findings import describe_finding


def test_a_role_is_said_in_words() -> None:
    params = {"unit": "bus-charente/bus-1", "role": "coordinator", "url": "https://registre.fr"}
    assert "rôle coordination," in describe_finding("enrolled", params)


def test_no_line_of_the_log_is_mixed_with_what_an_act_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "registre")
    assert run(["registry", "init", "--data", data]) == 0
    script = (
        "import logging; from fsmobile.cli.main import run;"
        f"run(['registry', 'status', '--data', {data!r}]);"
        "logging.getLogger('fsmobile.registry').warning('laptop_revoked')"
    )
    done = run_program([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "Visites tenues" in done.stdout
    capfd.readouterr()


def test_a_code_is_given_with_what_to_do_on_the_laptop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "registre")
    assert run(["registry", "init", "--data", data]) == 0
    assert run(["registry", "enrol-code", "--data", data, "--unit", "bus-charente/bus-1"]) == 0
    told = capsys.readouterr().out
    assert "fsmobile enrol URL, puis ces mots" in told
    assert "…" not in told
