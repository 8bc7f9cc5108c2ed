"""One word, one name: the glossary's names exist, the words it forbids name nothing in core."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "fsmobile"
PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _rows() -> list[list[str]]:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    section = text.split("## En service")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _defined_names(tree: ast.Module) -> Iterator[str]:
    """Yield the classes of a module, their fields, and its named types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
            for member in node.body:
                match member:
                    case ast.AnnAssign(target=ast.Name(id=name)):
                        yield name
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                yield name


def names_in(folder: Path) -> dict[str, str]:
    """Return every name that the classes of a folder define, and a file that has it."""
    names: dict[str, str] = {}
    for file in sorted(folder.rglob("*.py")):
        for name in _defined_names(ast.parse(file.read_text(encoding="utf-8"))):
            names.setdefault(name, str(file.relative_to(folder)))
    return names


IDENTIFIERS = {word for row in _rows() for word in re.findall(r"`([^`]+)`", row[1])}
FORBIDDEN = {word.strip() for row in _rows() for word in row[4].split(",") if word.strip()}


def test_the_glossary_is_read() -> None:
    assert {"Visit", "service_date", "TourVersion"} <= IDENTIFIERS
    assert {"route", "request", "server"} <= FORBIDDEN


@pytest.mark.parametrize("identifier", sorted(IDENTIFIERS))
def test_each_identifier_of_the_glossary_exists(identifier: str) -> None:
    assert identifier in names_in(PACKAGE)


def test_no_forbidden_word_names_anything_in_the_domain() -> None:
    wrong = {
        name: file
        for name, file in names_in(PACKAGE / "core").items()
        if name not in IDENTIFIERS
        and FORBIDDEN.intersection(piece.lower() for piece in PIECE.findall(name))
    }
    assert wrong == {}


def test_a_forbidden_word_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("class UserRequest:\n    tour_route: str\n")
    pieces = {piece.lower() for name in names_in(tmp_path) for piece in PIECE.findall(name)}
    assert pieces & FORBIDDEN == {"user", "request", "route"}
