"""The threat model names tests that exist, and a test for each threat."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
THREATS = PAGE.partition("\n## Threats\n")[2].partition("\n## Who may do what\n")[0]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
ROWS = [
    line
    for line in THREATS.splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_model_has_threats() -> None:
    assert len(ROWS) > 40


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _path, name in NAMED])
def test_a_named_test_exists(path: str, name: str) -> None:
    assert name in _tests_in(path)


@pytest.mark.parametrize("row", ROWS)
def test_each_threat_names_the_test_that_carries_it_out(row: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::test_\w+` \|$", row), row
