"""What is loaded when: nothing heavy to say a version, nothing that only POSIX has on a laptop."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fsmobile

PACKAGE = Path(fsmobile.__file__).parent
HEAVY = ("textual", "httpx", "starlette", "uvicorn", "sqlalchemy", "alembic", "sqlite_utils")
HEAVY_TOO = ("cryptography", "zstandard", "msgspec", "tomlkit")
POSIX_ONLY = frozenset(
    {"curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios"}
    | {"tty"}
)
POSIX_ATTRIBUTES = frozenset(
    {"SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "fork", "geteuid", "getpgid", "getuid"}
    | {"killpg", "mkfifo", "setsid", "statvfs", "uname"}
)

LOADED = """
import sys
from fsmobile.__main__ import main
sys.argv = ["fsmobile", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""

WITHOUT_POSIX = """
import builtins, importlib, sys
blocked = set(sys.argv[1].split(","))
really_import = builtins.__import__

def import_as_on_windows(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if importer.startswith("fsmobile") and name.partition(".")[0] in blocked:
        raise ImportError(f"{importer} imports {name}, which Windows does not have")
    return really_import(name, globals, locals, fromlist, level)

builtins.__import__ = import_as_on_windows
for name in sys.argv[2:]:
    importlib.import_module(name)
print(len(sys.argv) - 2)
"""


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )


def _modules(*, client_only: bool) -> list[str]:
    names = []
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = list(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if "__main__" not in parts and not (client_only and "registry" in parts[1:2]):
            names.append(".".join(parts))
    return names


def test_saying_the_version_loads_nothing_heavy() -> None:
    result = _run(LOADED, "--version")
    assert fsmobile.__version__ in result.stdout
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert "fsmobile" in loaded
    assert loaded.isdisjoint({*HEAVY, *HEAVY_TOO, "argparse", "sqlite3"}), loaded


def test_showing_the_help_loads_neither_screens_nor_server() -> None:
    result = _run(LOADED, "--help")
    assert "usage" in result.stdout.lower()
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_the_laptops_side_imports_no_module_that_windows_lacks() -> None:
    modules = _modules(client_only=True)
    result = _run(WITHOUT_POSIX, ",".join(POSIX_ONLY), *modules)
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.split()[-1:] == [str(len(modules))]


def test_the_block_sees_an_import_that_windows_lacks(tmp_path: Path) -> None:
    planted = tmp_path / "fsmobile_planted.py"
    planted.write_text("import fcntl\n", encoding="utf-8")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WITHOUT_POSIX}"
    result = _run(script, ",".join(POSIX_ONLY), "fsmobile_planted")
    assert "which Windows does not have" in result.stderr


@pytest.mark.parametrize("name", _modules(client_only=True))
def test_no_module_names_what_only_posix_has(name: str) -> None:
    """Reads the source too: an import inside a function is not run by importing its module.

    What is tried, and left out where it does not exist, is allowed.
    """
    path = PACKAGE.parent.joinpath(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    optional = {id(one) for body in _guarded_bodies(tree) for one in body}
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if id(node) not in optional:
                found |= {alias.name for alias in names} & POSIX_ONLY
            case ast.ImportFrom(module=str(module)) if module in POSIX_ONLY:
                found.add(module)
            case ast.Attribute(value=ast.Name(id="os" | "signal"), attr=attribute):
                found |= {attribute} & POSIX_ATTRIBUTES
    assert found == set()


def _guarded_bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the statements that are tried by `try: … except ImportError:`."""
    for node in ast.walk(tree):
        match node:
            case ast.Try(body=body, handlers=[ast.ExceptHandler(type=ast.Name(id="ImportError"))]):
                yield body
