"""The accounts of the fleet pages, from the terminal of the registry."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from fsmobile.cli import questions, registry_accounts
from fsmobile.cli.main import run

PASSPHRASE = "cheval agrafe pile correcte"


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Where a new registry is."""
    where = ["--data", str(tmp_path / "registre")]
    assert run(["registry", "init", *where]) == 0
    return where


@pytest.fixture
def passphrase_file(tmp_path: Path) -> list[str]:
    """A passphrase in a file."""
    path = tmp_path / "phrase"
    path.write_text(f"{PASSPHRASE}\nune autre ligne\n", encoding="utf-8")
    return ["--passphrase-file", str(path)]


def listed(capsys: pytest.CaptureFixture[str], data: list[str]) -> list[dict[str, object]]:
    """Return the accounts as the command lists them."""
    capsys.readouterr()
    assert run(["registry", "account", "list", "--format", "json", *data]) == 0
    accounts: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return accounts


def test_an_account_is_made_listed_and_removed(
    capsys: pytest.CaptureFixture[str], data: list[str], passphrase_file: list[str]
) -> None:
    account = ["registry", "account"]
    assert run([*account, "list", *data]) == 0
    assert "Aucun compte." in capsys.readouterr().out
    role = ["--role", "coordinator", "--agency", "bus-charente"]
    assert run([*account, "add", "carole", *role, *passphrase_file, *data]) == 0
    expected = {"name": "carole", "role": "coordinator", "agency": "bus-charente"}
    assert listed(capsys, data) == [expected | {"commune": None, "second_factor": False}]
    assert run([*account, "list", *data]) == 0
    assert re.search(r"carole +coordination +bus-charente +non", capsys.readouterr().out)
    assert run([*account, "passphrase", "carole", *passphrase_file, *data]) == 0
    assert run([*account, "remove", "carole", *data]) == 0
    assert listed(capsys, data) == []
    assert run([*account, "remove", "carole", *data]) == 4
    assert "Aucun compte « carole »" in capsys.readouterr().err
    assert run(["registry", "journal", "show", *data]) == 0
    journal = capsys.readouterr().out
    acts = ("add carole (coordinator bus-charente)", "passphrase carole", "remove carole")
    assert [journal.count(act) for act in acts] == [1, 1, 1]
    assert run(["registry", "journal", "verify", *data]) == 0


def test_a_second_factor_is_shown_and_confirmed_by_a_first_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: list[str],
    passphrase_file: list[str],
) -> None:
    role = ["--role", "administrator"]
    assert run(["registry", "account", "add", "ana", *role, *passphrase_file, *data]) == 0

    class Telephone(io.StringIO):
        def readline(self, _size: int = -1) -> str:
            secret = re.findall(r"secret=(\w+)", capsys.readouterr().out)[0]
            return pyotp.TOTP(secret).at(datetime.now(tz=UTC)) + "\n"

    monkeypatch.setattr("sys.stdin", Telephone())
    assert run(["registry", "account", "second-factor", "ana", *data]) == 0
    assert listed(capsys, data)[0]["second_factor"] is True
    assert run(["registry", "account", "second-factor", "ana", "--remove", *data]) == 0
    assert listed(capsys, data)[0]["second_factor"] is False


def test_a_wrong_code_puts_no_second_factor_in_place(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data: list[str],
    passphrase_file: list[str],
) -> None:
    role = ["--role", "administrator"]
    assert run(["registry", "account", "add", "ana", *role, *passphrase_file, *data]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("abc\n"))
    assert run(["registry", "account", "second-factor", "ana", *data]) == 3
    assert listed(capsys, data)[0]["second_factor"] is False


def test_a_passphrase_is_typed_twice_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: list[str]
) -> None:
    typed = ["courte", "carole-2026-x", PASSPHRASE, "autre chose ici", PASSPHRASE, PASSPHRASE]
    monkeypatch.setattr(registry_accounts, "has_terminal", lambda: True)
    monkeypatch.setattr(questions, "getpass", lambda _asked: typed.pop(0))
    role = ["--role", "reader"]
    assert run(["registry", "account", "add", "carole", *role, *data]) == 0
    assert not typed
    written = capsys.readouterr()
    assert PASSPHRASE not in written.out + written.err
    assert "de 12 à 1000 caractères" in written.err


def test_without_a_terminal_a_file_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    add = ["registry", "account", "add", "ana", "--role", "administrator"]
    assert run([*add, *data]) == 3
    assert "--passphrase-file" in capsys.readouterr().err
    assert run([*add, "--passphrase-file", "nulle-part", *data]) == 3
    assert "nulle-part" in capsys.readouterr().err
