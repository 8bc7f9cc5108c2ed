"""Processes of the program that start warm: forked by a server that has imported its modules.

Each is a process of its own, with its own memory, files and end; only the imports, which
take longer than most commands, were done before.
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fsmobile.cli.main import COMMANDS, run

SECONDS_MAX = 120
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "warm_processes",
        *(f"fsmobile.cli.{name}" for name in COMMANDS if name not in ("open", "demo")),
        "fsmobile.cli.registry_serve",
        "fsmobile.cli.registry_site",
        "fsmobile.cli.registry_backup",
        "fsmobile.cli.registry_devices",
        "fsmobile.cli.registry_holdings",
        "fsmobile.cli.registry_import",
        "fsmobile.cli.schedule_publish",
        "fsmobile.sync.engine",
        "fsmobile.sync.http_registry",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """What it wrote for programs."""
        return json.loads(self.out)


def run_warm(words: Sequence[str], environment: Mapping[str, str], times: int = 1) -> Ended:
    """Run a command of the program in a process of its own, so many times; wait for its end."""
    with tempfile.TemporaryDirectory(prefix="fsmobile-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = FORKS.Process(
            target=_run, args=(list(words), dict(environment), times, str(out), str(err))
        )
        process.start()
        process.join(SECONDS_MAX)
        if process.exitcode is None:
            process.kill()
            process.join()
        read = [one.read_text(encoding="utf-8") if one.exists() else "" for one in (out, err)]
        assert process.exitcode is not None
        return Ended(code=process.exitcode, out=read[0], err=read[1])


def _run(words: list[str], environment: dict[str, str], times: int, out: str, err: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for path, descriptor in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.exit(max(run(words) for _ in range(times)))
