"""The demo's small world: a registry process, a published timetable, an enrolled laptop."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from fsmobile.cli.demo_past import record_past
from fsmobile.cli.system import SystemClock
from fsmobile.cli.wiring import make_desk
from fsmobile.config import load_settings
from fsmobile.core.agenda import expand_agenda
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import FsmobileError, InvalidInput, TryLater
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.reference.sample_schedules import CHARENTE, find_sample_schedule
from fsmobile.usecases.schedules import load_schedule_folders, require_trees

BEFORE_OPENING = timedelta(minutes=10)
HORIZON_DAYS = 120
SAID_MAX = 290
"""Of what a failed step said: what one sentence can quote."""
NAMES = 'synchro = "manuelle"\n[noms]\nagent-a = "Nadia B."\nagent-b = "Paul M."\n'


@dataclass(slots=True)
class RegistryProcess:
    """A real registry on loopback, started and stopped like a network comes and goes."""

    command: list[str]
    environment: dict[str, str]
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return its address, the same at each start."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return once it listens.

        Raises:
            TryLater: it did not come up.
        """
        if self.process is not None:
            return
        self.process = subprocess.Popen(
            [*self.command, "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            _, errors = self.process.communicate()
            self.process = None
            raise TryLater("demo_registry_failed", detail=last_words(errors))
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process is not None:
            self.process.terminate()
            self.process.communicate()
            self.process = None

    def follow(self, *, wanted: bool) -> None:
        """Start or stop it as the network's switch says."""
        if wanted:
            self.start()
        else:
            self.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWorld:
    """Where the demo lives, and how to run commands in it."""

    workspace: Path
    day: date
    environment: dict[str, str]
    registry: RegistryProcess

    @property
    def home(self) -> Path:
        """Return the home of the laptop in the bus."""
        return self.workspace / "portable"

    def command(self, *words: str, home: Path | None = None) -> list[str]:
        """Return a command of the program, on the bus's laptop unless another is named."""
        return [*_PROGRAM, "--home", str(home or self.home), *words]

    def registry_command(self, *words: str) -> list[str]:
        """Return a command on the demo's registry."""
        return [*_PROGRAM, "registry", *words, "--data", str(self.workspace / "registre")]

    def ask(self, *words: str, home: Path | None = None) -> str:
        """Run a command of the laptop and return what it wrote.

        Raises:
            TryLater: the command failed; what it said is in `detail`.
        """
        return _ask(self.command(*words, home=home), self.environment, words)

    def ask_registry(self, *words: str) -> str:
        """Run a command of the registry and return what it wrote.

        Raises:
            TryLater: the command failed; what it said is in `detail`.
        """
        return _ask(self.registry_command(*words), self.environment, ("registry", *words))

    def enrol(self, home: Path, role: str, name: str) -> None:
        """Enrol one more laptop of the same unit."""
        made = self.ask_registry(
            "enrol-code", "--unit", f"{CHARENTE}/bus-1", "--role", role, "--format", "json"
        )
        code = json.loads(made)["code"]
        self.ask("enrol", self.registry.url, *code.split(), "--plain", "--name", name, home=home)


_STEP_WORD = re.compile(r"[a-z][a-z-]*")
_PROGRAM = [sys.executable, "-m", "fsmobile"]


def build_world(workspace: Path, day: date | None, *, has_past: bool) -> DemoWorld:
    """Make the registry, publish the timetable, enrol the laptop and give it the timetable.

    With a past, the laptop has two made-up months of work behind it, which the registry has.

    Raises:
        InvalidInput: no day with two stops where one was asked for.
        TryLater: a step failed.
    """
    folder = find_sample_schedule(CHARENTE)
    (tree,) = require_trees(load_schedule_folders(folder))
    start = _day_and_opening(tree, day)
    offset = int((start - BEFORE_OPENING - _now()).total_seconds())
    environment = os.environ | {
        "FSMOBILE_DECALAGE_HORLOGE": str(offset),
        "PYTHONIOENCODING": "utf-8",
    }
    environment.pop("FSMOBILE_HOME", None)
    serve = [*_PROGRAM, "registry", "serve", "--data", str(workspace / "registre")]
    registry = RegistryProcess(serve, environment)
    world = DemoWorld(
        workspace=workspace,
        day=start.astimezone(ZoneInfo(tree.agency.timezone)).date(),
        environment=environment,
        registry=registry,
    )
    try:
        registry.start()
        coordinator = workspace / "coordination"
        world.enrol(coordinator, "coordinator", "coordination")
        world.ask("schedule", "publish", str(folder), home=coordinator)
        _furnish_home(world, tree, has_past=has_past)
    except FsmobileError:
        registry.stop()
        raise
    return world


def _furnish_home(world: DemoWorld, tree: ScheduleTree, *, has_past: bool) -> None:
    """Enrol the laptop of the bus, and give it its past and the timetable."""
    world.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (world.home / "config.toml").write_text(NAMES, encoding="utf-8")
    world.enrol(world.home, "agent", "portable du bus")
    if has_past:
        desk = make_desk(load_settings(world.home, world.environment))
        record_past(desk, tree, world.day)
        desk.replica.close()
    world.ask("sync")


def _day_and_opening(tree: ScheduleTree, asked: date | None) -> datetime:
    """Return when the first stop opens, on the day asked for or the next one with two stops."""
    today = _now().astimezone(ZoneInfo(tree.agency.timezone)).date()
    first = asked or today
    last = asked or today + timedelta(days=HORIZON_DAYS)
    agenda = expand_agenda(tree, first, last, bundled=load_school_calendar())
    days: dict[date, dict[str, time]] = {}
    for one in agenda.passages:
        if not one.is_cancelled and one.starts is not None:
            days.setdefault(one.service_date, {}).setdefault(one.stop_id, one.starts)
    wanted = 1 if asked else 2
    for day, stops in sorted(days.items()):
        if len(stops) >= wanted:
            opening = datetime.combine(day, min(stops.values()))
            return opening.replace(tzinfo=ZoneInfo(tree.agency.timezone))
    raise InvalidInput("demo_day_without_stop", day=first.isoformat())


def _now() -> datetime:
    return datetime.fromtimestamp(SystemClock().now_ms() / 1000, tz=UTC)


def _ask(command: list[str], environment: dict[str, str], words: Sequence[str]) -> str:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        # What follows the names of the step may be a path, or the words of a code.
        step = " ".join(takewhile(_STEP_WORD.fullmatch, words))
        raise TryLater("demo_step_failed", step=step, detail=last_words(done.stderr or done.stdout))
    return done.stdout


def last_words(said: str) -> str:
    """Return the last lines of what a program said, on one line, its end always whole.

    Of an unexpected fault only what it says is kept, not the way Python got there.
    """
    lines = [line for line in said.splitlines() if line.strip()]
    if any(line.startswith("Traceback ") for line in lines):
        lines = [line for line in lines if not line.startswith((" ", "Traceback "))]
    told = ""
    for line in reversed(lines):
        longer = f"{line.strip()} / {told}" if told else line.strip()
        if told and len(longer) > SAID_MAX:
            break
        told = longer
    return told
