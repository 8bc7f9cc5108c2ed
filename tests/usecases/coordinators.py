"""Two coordinators of one structure, each with a folder, on a registry in process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import copytree

from sqlalchemy import Engine

from fsmobile.core.ids import AgentId
from fsmobile.errors import Problem
from fsmobile.registry.service import RegistryService
from fsmobile.store.schedule_trees import find_outcome
from fsmobile.usecases.conflicts import PendingMerge
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedule_checkouts import checkout_schedule
from fsmobile.usecases.schedule_publishing import Publication, publish_schedule
from tests.worlds import FakeClock, Laptop, a_laptop, a_registry, memory_engine

SAMPLE = Path(__file__).parents[1] / "validation/exemple-creuse"
UNIT = "fsi-exemple-23/bus-1"
NORTH = "tournees/nord/2026-09-01.toml"
TODAY = date(2026, 11, 26)


@dataclass
class Coordinator:
    """A person, a laptop, a folder."""

    laptop: Laptop
    folder: Path

    def write(self, file: str, text: str | None) -> None:
        path = self.folder / file
        if text is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def read(self, file: str = NORTH) -> str:
        return (self.folder / file).read_bytes().decode()

    def edit(self, before: str, after: str, file: str = NORTH) -> None:
        """Replace one piece of a file, found once."""
        text = self.read(file)
        assert text.count(before) == 1, (before, text.count(before))
        self.write(file, text.replace(before, after))

    def prepare(self, why: str = "") -> Publication | PendingMerge:
        return publish_schedule(self.laptop.desk, self.folder, why)

    def publish(self, why: str = "") -> tuple[str, Publication]:
        """Publish and sync; return what the registry said."""
        prepared = self.prepare(why)
        assert isinstance(prepared, Publication), prepared
        self.laptop.sync()
        outcome = find_outcome(self.laptop.replica, prepared.op_id)
        assert outcome is not None
        return outcome[0], prepared

    def pending(self, why: str = "") -> PendingMerge:
        """Try to publish; return what has to be settled."""
        prepared = self.prepare(why)
        assert isinstance(prepared, PendingMerge), prepared
        return prepared

    def tree(self) -> dict[str, str]:
        """Every file of the folder."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes().decode()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@dataclass
class Office:
    """Two coordinators who took the same revision out."""

    registry: RegistryService
    clock: FakeClock
    nadia: Coordinator
    paul: Coordinator


def an_office(
    folder: Path,
    check: Callable[[Mapping[str, str]], Sequence[Problem]] | None = None,
    engine: Engine | None = None,
) -> Office:
    """Nadia has published the example of the Creuse; both have it in a folder."""
    clock = FakeClock()
    registry = replace(
        a_registry(clock, engine=engine or memory_engine()),
        check_tree=check or (lambda files: check_files(files, TODAY)),
    )
    copytree(SAMPLE, folder / "nadia")
    nadia = a_coordinator(registry, folder / "nadia", "nadia", 2)
    code, _ = nadia.publish("première version")
    assert code == "published"
    paul = a_coordinator(registry, folder / "paul", "paul", 3)
    paul.laptop.sync()
    checkout_schedule(paul.laptop.desk, paul.folder)
    return Office(registry, clock, nadia, paul)


def a_coordinator(registry: RegistryService, folder: Path, name: str, seed: int) -> Coordinator:
    laptop = a_laptop(registry, unit=UNIT, role="coordinator", name=name, seed=seed)
    laptop.desk.agent_id = AgentId(f"agent-{name}")
    return Coordinator(laptop, folder)
