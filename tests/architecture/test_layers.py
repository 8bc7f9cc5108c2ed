"""The floors hold, and each contract is seen to break when an import offends it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]

OFFENCES: dict[str, list[tuple[str, str]]] = {
    "floors": [
        ("core/planted.py", "import fsmobile.texts"),
        ("errors.py", "import fsmobile.core.ids"),
        ("usecases/planted.py", "import fsmobile.sync"),
        ("store/planted.py", "import fsmobile.registry"),
        ("texts/planted.py", "import fsmobile.formats"),
        ("tui/planted.py", "import fsmobile.cli"),
        ("sync/planted.py", "import fsmobile.simulation"),
        ("simulation/planted.py", "import fsmobile.tui"),
        ("helpers/__init__.py", ""),
    ],
    "bus": [
        ("tui/planted.py", "import fsmobile.registry"),
        ("sync/planted.py", "import fsmobile.registry"),
        ("usecases/planted.py", "import fsmobile.registry"),
    ],
    "screens-reach": [
        ("tui/screens/planted.py", "import fsmobile.store"),
        ("tui/planted.py", "import fsmobile.protocol"),
        ("tui/widgets/planted.py", "import fsmobile.config"),
    ],
    "pure": [
        ("core/planted.py", "import sqlite3"),
        ("formats/planted.py", "import sqlite_utils"),
        ("protocol/planted.py", "import httpx"),
        ("validation/planted.py", "import sqlalchemy"),
        ("texts/planted.py", "import textual"),
        ("core/planted.py", "import os"),
        ("protocol/planted.py", "import socket"),
        ("core/planted.py", "import time"),
        ("protocol/planted.py", "import random"),
        ("errors.py", "import os"),
    ],
    "textual": [
        ("cli/planted.py", "import textual"),
        ("usecases/planted.py", "import textual"),
        ("registry/planted.py", "import textual"),
    ],
    "screens": [
        ("tui/screens/planted.py", "import fsmobile.tui.screens.planted_too"),
    ],
    "siblings": [
        ("core/planted.py", "import fsmobile.core.planted_too"),
    ],
}
"""For each contract, files added to the package (or lines added to one) that must break it."""

ANSWERS = {
    "tui/screens/planted.py": ("tui/screens/planted_too.py", ""),
    "core/planted.py": ("core/planted_too.py", "import fsmobile.core.planted"),
}
"""What a planted file needs at the other end: a second screen, a way back."""


def run_contracts(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package found in a folder, with the configuration found there."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "locale")
    shutil.copytree(ROOT / "fsmobile", tmp_path / "fsmobile", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _plant(folder: Path, path: str, line: str) -> None:
    file = folder / "fsmobile" / path
    file.parent.mkdir(exist_ok=True)
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{known}\n{line}\n", encoding="utf-8")


def test_all_contracts_are_kept() -> None:
    result = run_contracts(ROOT)
    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_every_contract_has_an_import_that_breaks_it() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(OFFENCES)


@pytest.mark.parametrize(
    ("contract", "path", "line"),
    [(contract, *offence) for contract, offences in OFFENCES.items() for offence in offences],
)
def test_a_contract_breaks_when_an_import_offends_it(
    copied_package: Path, contract: str, path: str, line: str
) -> None:
    if "planted_too" in line:
        _plant(copied_package, *ANSWERS[path])
    _plant(copied_package, path, line)
    result = run_contracts(copied_package, "--contract", contract)
    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout or "not listed as layers" in result.stdout, result.stdout
    assert Path(path).stem in result.stdout or Path(path).parent.name in result.stdout
