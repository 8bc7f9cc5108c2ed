"""What the package imports from others, pyproject declares: in the base or in the right extra."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import fsmobile

PACKAGE = Path(fsmobile.__file__).parent
PYPROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

IMPORTED_AS = {"argon2-cffi": "argon2", "sqlcipher3-wheels": "sqlcipher3"}
"""Only the names that do not follow from that of the project."""

REGISTRY_ROOMS = ("registry/", "cli/registry", "cli/prove", "simulation/")
"""The rooms that only run where the extra `registry` is installed."""


def _declared(requirements: list[str]) -> set[str]:
    """Return the modules that requirements bring, by the name one imports."""
    names = {re.match(r"[A-Za-z0-9._-]+", one)[0] for one in requirements}
    return {IMPORTED_AS.get(name, name).replace("-", "_") for name in names} - {"fsmobile"}


BASE = _declared(PROJECT["dependencies"])
REGISTRY = BASE | _declared(PROJECT["optional-dependencies"]["registry"])
PDF = BASE | _declared(PROJECT["optional-dependencies"]["pdf"])
OF_AN_EXTRA = {"formats/notice_pdf.py": PDF}
"""Files of the base that say what to install where the library of their extra is lacking."""
POSTGRESQL = REGISTRY | _declared(PROJECT["optional-dependencies"]["postgresql"])


def third_parties(tree: ast.AST) -> Iterator[str]:
    """Yield the packages of other people that a file imports, at its head or inside a function."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        for module in modules:
            top = module.partition(".")[0]
            if top != "fsmobile" and top not in sys.stdlib_module_names:
                yield top


def _imports_of_files() -> dict[str, set[str]]:
    return {
        file.relative_to(PACKAGE).as_posix(): set(
            third_parties(ast.parse(file.read_text(encoding="utf-8")))
        )
        for file in sorted(PACKAGE.rglob("*.py"))
    }


FILES = _imports_of_files()


def _is_of_the_registry(name: str) -> bool:
    return name.startswith(REGISTRY_ROOMS)


@pytest.mark.parametrize("name", [name for name in FILES if not _is_of_the_registry(name)])
def test_a_file_of_the_base_imports_what_the_base_declares(name: str) -> None:
    allowed = OF_AN_EXTRA.get(name, BASE)
    assert FILES[name] <= allowed, f"{name} imports {FILES[name] - allowed}"


@pytest.mark.parametrize("name", [name for name in FILES if _is_of_the_registry(name)])
def test_a_file_of_the_registry_imports_what_its_extra_declares(name: str) -> None:
    assert FILES[name] <= REGISTRY, f"{name} imports {FILES[name] - REGISTRY}"


def test_a_base_file_reaches_no_registry_room_when_it_is_imported() -> None:
    """Follows imports at the head of files: an import in a function waits for its command."""
    reached: dict[str, set[str]] = {}
    for name in FILES:
        if not _is_of_the_registry(name):
            reached[name] = {
                other for other in _heads(name) if FILES[other] - OF_AN_EXTRA.get(other, BASE)
            }
    assert {name: found for name, found in reached.items() if found} == {}


def _heads(name: str) -> set[str]:
    """Return the files that importing one file imports, however far."""
    seen: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            tree = ast.parse((PACKAGE / one).read_text(encoding="utf-8"))
            pending += list(_own_files(tree.body))
    return seen - {name}


def _own_files(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fsmobile"):
            base = "/".join((node.module or "").split(".")[1:])
            candidates = [f"{base}.py", *(f"{base}/{alias.name}.py" for alias in node.names)]
            yield from (one.lstrip("/") for one in candidates if one.lstrip("/") in FILES)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                path = "/".join(alias.name.split(".")[1:]) + ".py"
                if alias.name.startswith("fsmobile.") and path in FILES:
                    yield path


@pytest.mark.parametrize("name", OF_AN_EXTRA)
def test_the_library_of_an_extra_is_imported_only_where_it_is_used(name: str) -> None:
    head = ast.Module(
        body=[
            node
            for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body
            if isinstance(node, ast.Import | ast.ImportFrom)
        ],
        type_ignores=[],
    )
    assert set(third_parties(head)) <= BASE


def test_each_declared_library_serves_the_package() -> None:
    """What no file imports is loaded by name: time zones by Python, PostgreSQL by SQLAlchemy."""
    imported = set().union(*FILES.values())
    assert POSTGRESQL - imported == {"tzdata", "psycopg"}


def test_an_import_in_a_function_counts() -> None:
    tree = ast.parse("def f():\n    import yaml\n    from toml.x import y\n    import json\n")
    assert set(third_parties(tree)) == {"yaml", "toml"}
