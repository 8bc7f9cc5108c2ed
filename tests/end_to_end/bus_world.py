"""A real registry and real laptops for tests: processes, folders, sockets, nothing faked."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from warm_processes import Ended, run_warm

from tests.end_to_end.terminal import Terminal

SCHEDULES = Path(__file__).parents[2] / "schedules"
CHARENTE = SCHEDULES / "bus-charente"
UNIT = "bus-charente/bus-1"
MORNING = datetime(2026, 11, 24, 9, 20, tzinfo=ZoneInfo("Europe/Paris"))
"""A Tuesday with two stops, ten minutes before the first one opens."""
PROGRAM = (sys.executable, "-m", "fsmobile")
VISIT = ("visit", "add", "--road", "--procedure", "retraite-dossier")
NAMES = '[noms]\nagent-a = "Nadia B."\nagent-b = "Paul M."\n'


@dataclass(slots=True, kw_only=True)
class BusWorld:
    """A folder with a registry in `registre`, and one laptop in each other folder."""

    folder: Path
    port: int
    environment: dict[str, str]
    reservation: socket.socket | None = None
    server: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def home(self) -> Path:
        """The laptop in the bus."""
        return self.folder / "portable"

    def command(self, *words: str, home: Path | None = None) -> list[str]:
        return [*PROGRAM, "--home", str(home or self.home), *words]

    def run(self, *words: str, home: Path | None = None, **environment: str) -> Ended:
        """Run a command of a laptop; a traceback is a failure whatever the test looks for."""
        given = ["--home", str(home or self.home), *words]
        return _run(given, self.environment | environment)

    def run_registry(self, *words: str) -> Ended:
        """Run a command on the registry's machine."""
        data = str(self.folder / "registre")
        return _run(["registry", *words, "--data", data], self.environment)

    def visits(self, home: Path | None = None) -> list[dict[str, Any]]:
        """Return the visits of a laptop, as its own command lists them."""
        listed: list[dict[str, Any]] = self.run("visit", "list", "--format", "json", home=home).json
        return listed

    def record(self, *, home: Path | None = None, count: int = 1) -> None:
        """Record visits on the road by the command line, in one process."""
        words = ["--home", str(home or self.home), *VISIT]
        done = _run(words, self.environment, times=count)
        assert done.code == 0, done.said

    def sync(self, home: Path | None = None) -> dict[str, Any]:
        """Sync a laptop until everything has a receipt; return the report."""
        synced = self.run("sync", "--format", "json", home=home)
        assert synced.code == 0, synced.said
        report: dict[str, Any] = synced.json
        return report

    def let_days_pass(self, days: int = 1) -> None:
        """Move the clock of every process that starts from now on."""
        now = int(self.environment["FSMOBILE_DECALAGE_HORLOGE"])
        self.environment["FSMOBILE_DECALAGE_HORLOGE"] = str(now + days * 24 * 3600)

    def exported(self) -> list[dict[str, Any]]:
        """Return every op that the registry holds, as `registry export` writes them."""
        file = self.folder / "export.jsonl"
        file.unlink(missing_ok=True)
        written = self.run_registry("export", str(file))
        assert written.code == 0, written.said
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    def events(self) -> list[dict[str, Any]]:
        """Return what the registry tells its administrator of, the newest first."""
        told: list[dict[str, Any]] = self.run_registry("devices", "--format", "json").json["events"]
        return told

    def held(self) -> dict[str, int]:
        """Return how many ops of each kind the registry holds."""
        kinds: dict[str, int] = self.run_registry("status", "--format", "json").json["kinds"]
        return kinds

    def enrol(
        self, home: Path, *, role: str = "agent", name: str = "portable", unit: str = UNIT
    ) -> None:
        """Enrol a laptop by a fresh code."""
        words = self.code(role, unit)
        enrolled = self.run("enrol", self.url, *words, "--plain", "--name", name, home=home)
        assert enrolled.code == 0, enrolled.said

    def code(self, role: str = "agent", unit: str = UNIT) -> list[str]:
        """Return the words of a fresh enrolment code."""
        made = self.run_registry(
            "enrol-code", "--unit", unit, "--role", role, "--format", "json"
        ).json
        words: list[str] = made["code"].split()
        return words

    def start_registry(self) -> None:
        """Start the registry's process; return once it listens."""
        assert self.server is None
        self.server = subprocess.Popen(
            [
                *PROGRAM, "registry", "serve",
                "--data", str(self.folder / "registre"), "--port", str(self.port),
            ],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )  # fmt: skip
        assert self.server.stdout is not None
        line = self.server.stdout.readline()
        assert str(self.port) in line, line + self.stop_registry()

    def stop_registry(self) -> str:
        """Stop the registry's process; return what it complained about."""
        if self.server is None:
            return ""
        self.server.terminate()
        _, errors = self.server.communicate()
        self.server = None
        return errors

    @contextmanager
    def waiting_laptop(self, home: Path) -> Iterator[str]:
        """Let a laptop wait for the other one of the bus; give the address to call."""
        process = subprocess.Popen(
            self.command("peer", "--port", "0", "--seconds", "30", home=home),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert process.stdout is not None
        try:
            process.stdout.readline()
            port = process.stdout.readline().rpartition(":")[2].strip()
            yield f"127.0.0.1:{port}"
            said, _ = process.communicate(timeout=30)
            assert process.returncode == 0, said
            assert "Traceback" not in said, said
        finally:
            process.kill()
            process.communicate()

    def open_screens(self, home: Path | None = None, **size: int) -> Terminal:
        """Open the screens of a laptop in a terminal of their own."""
        return Terminal(self.command("open", home=home), self.environment, **size)

    def demo(self, *words: str) -> Terminal:
        """Start the demo in a terminal, its files in this world's folder."""
        command = [*PROGRAM, "demo", "--keep", str(self.folder / "demo"), *words]
        return Terminal(command, self.environment)

    def close(self) -> None:
        """Stop what runs, give the port back."""
        complaints = self.stop_registry()
        if self.reservation is not None:
            self.reservation.close()
        assert "Traceback" not in complaints, complaints


def make_world(folder: Path) -> BusWorld:
    """Return a world with an empty folder, and a port that nobody else gets."""
    folder.mkdir(parents=True, exist_ok=True)
    # Bound, never listening: the registry may share the port, a stranger is not given it.
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.bind(("127.0.0.1", 0))
    # An installed program has its bytecode: without it, each start compiles everything again.
    foreign = ("PYTHONDONTWRITEBYTECODE", "COVERAGE_PROCESS_START")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FSMOBILE_") and name not in foreign
    }
    environment["FSMOBILE_DECALAGE_HORLOGE"] = str(offset_to(MORNING))
    environment["PYTHONIOENCODING"] = "utf-8"
    # What waits is what a test says: the screens exchange only when a key asks them to.
    environment["FSMOBILE_SYNCHRO"] = "manuelle"
    return BusWorld(
        folder=folder,
        port=reservation.getsockname()[1],
        environment=environment,
        reservation=reservation,
    )


def publish_charente(world: BusWorld) -> None:
    """Publish the Charente timetable, enrol the laptop of the bus, give it the timetable."""
    coordinator = world.folder / "coordination"
    world.start_registry()
    world.enrol(coordinator, role="coordinator", name="coordination")
    published = world.run("schedule", "publish", str(CHARENTE), home=coordinator)
    assert published.code == 0, published.said
    world.home.mkdir()
    (world.home / "config.toml").write_text(NAMES, encoding="utf-8")
    world.enrol(world.home, name="portable du bus")
    synced = world.run("sync")
    assert synced.code == 0, synced.said
    world.stop_registry()


def copy_world(world: BusWorld, folder: Path) -> BusWorld:
    """Return the same world in another folder; the registry keeps its port, so one at a time."""
    shutil.copytree(world.folder, folder, dirs_exist_ok=True)
    return BusWorld(folder=folder, port=world.port, environment=dict(world.environment))


def offset_to(moment: datetime) -> int:
    """Return how far the clock must be shifted for it to be that moment now."""
    return int(moment.timestamp() - time.time())


def _run(words: Sequence[str], environment: dict[str, str], times: int = 1) -> Ended:
    done = run_warm(words, environment, times)
    assert "Traceback" not in done.said, done.said
    return done
