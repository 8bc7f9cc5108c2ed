"""Runs every check of the project: `python -m tools.check [--coverage]`.

All of them run even when one fails; the exit code tells. pytest comes last, so that its own
closing line is the last thing printed.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = (sys.executable, "-m")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CHECKS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("compileall", (*PYTHON, "compileall", "-q", "fsmobile", "tools")),
    ("ruff check", (*PYTHON, "ruff", "check", "--quiet", ".")),
    ("ruff format", (*PYTHON, "ruff", "format", "--check", "--quiet", ".")),
    ("mypy --strict", (*PYTHON, "mypy", "--no-error-summary")),
    (
        "lint-imports",
        (sys.executable, "-c", LINT_IMPORTS, "--no-logo"),
    ),
)
TESTS = (*PYTHON, "pytest", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider")
WITH_COVERAGE = (*PYTHON, "coverage", "run", "-m", "pytest")


def run_check(name: str, command: Sequence[str]) -> bool:
    """Run one check, show what it says only when it fails, and tell its time."""
    begun = time.monotonic()
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = result.returncode == 0
    word = "ok" if passed else "FAILED"
    print(f"{name:<14} {word:<6} {time.monotonic() - begun:6.1f} s", flush=True)
    if not passed:
        print(result.stdout + result.stderr, flush=True)
    return passed


def main() -> int:
    """Run all checks, the tests last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coverage", action="store_true", help="measure branches; slower")
    arguments = parser.parse_args()
    passed = [run_check(name, command) for name, command in CHECKS]
    tests = WITH_COVERAGE if arguments.coverage else TESTS
    passed.append(subprocess.run(tests, cwd=ROOT, check=False).returncode == 0)
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
