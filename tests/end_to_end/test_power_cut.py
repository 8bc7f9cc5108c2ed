"""The plug pulled at every moment of a laptop's life: what was shown as recorded is there.

A real laptop is enrolled, records, corrects and syncs under strace; then each image that a
power cut could have left of its folder is opened and synced (see `power_cut`). Some hundred
images here; the long run, some minutes:

    FSMOBILE_TEST_POWER_CUTS=5000 python -m pytest tests/end_to_end/test_power_cut.py -s
"""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from power_cut import Disk, Step, trace, write_image
from worlds import SeededChance, no_problems

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.cli.wiring import open_laptop
from fsmobile.config import Settings
from fsmobile.registry.administration import make_code, open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.service import RegistryService
from fsmobile.store import identity
from fsmobile.store.device_keys import load_key, make_key
from fsmobile.store.instance import check_instance
from fsmobile.store.integrity import check_store
from fsmobile.store.queries import list_visits
from fsmobile.store.replica import Replica
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from tests.end_to_end.bus_world import UNIT, BusWorld
from tests.end_to_end.killed_processes import held_ids

CUTS = int(os.environ.get("FSMOBILE_TEST_POWER_CUTS", "250"))
VISITS = 130
"""In one process: enough for SQLite to empty its log into the database while it runs."""
ID = re.compile(rb"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")
A_DAY = """
import sys
from argparse import Namespace
from pathlib import Path
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import AgentId
from fsmobile.usecases import visits
from worlds import a_visit
with working_desk(Namespace(home=Path(sys.argv[1]))) as desk:
    for pragma in sys.argv[3:]:
        desk.replica.connection.execute(f"PRAGMA {pragma}")
    desk.agent_id = AgentId("agent-a")
    for number in range(int(sys.argv[2])):
        visit_id = visits.record_visit(desk, a_visit())
        if number % 10 == 0:
            visits.correct_visit(desk, visit_id, {"minutes": 40})
        sys.stdout.write(visit_id + "\\n")
        sys.stdout.flush()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One process of the laptop's life, and the registry before and after it."""

    steps: list[Step]
    before: Path
    after: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a power cut left, and what had been promised by then."""

    image: dict[str, bytes]
    confirmed: frozenset[str]
    is_enrolled: bool
    registry: Path
    """As it was at that moment."""

    @property
    def digest(self) -> bytes:
        """Two cuts of one digest are the same."""
        parts = [f"{name} {len(data)} ".encode() + data for name, data in self.image.items()]
        return hashlib.sha256(b"".join(sorted(parts)) + str(self.registry).encode()).digest()


def live(world: BusWorld) -> list[Chapter]:
    """Let a laptop be enrolled, work and sync, traced; the registry is copied between."""
    home = world.home
    shutil.rmtree(home)
    world.start_registry()
    code = world.code()
    chapters: list[Chapter] = []
    before = world.folder / "registre-0"
    shutil.copytree(world.folder / "registre", before)
    for command in (
        world.command("enrol", world.url, *code, "--plain", "--name", "portable du bus"),
        world.command("sync"),
        world.command("visit", "add", "--road", "--procedure", "retraite-dossier"),
        [sys.executable, "-c", A_DAY, str(home), str(VISITS)],
        world.command("sync"),
        [sys.executable, "-c", A_DAY, str(home), "3"],
        world.command("sync"),
    ):
        steps = trace(command, environment_of(world), world.folder / "trace")
        after = world.folder / f"registre-{len(chapters) + 1}"
        shutil.copytree(world.folder / "registre", after)
        chapters.append(Chapter(steps=steps, before=before, after=after))
        before = after
    world.stop_registry()
    return chapters


def environment_of(world: BusWorld) -> dict[str, str]:
    """Return an environment in which a script finds the modules of tests."""
    return world.environment | {"PYTHONPATH": os.pathsep.join(sys.path)}


def cuts_of(chapters: list[Chapter], home: Path, random: Random, count: int) -> Iterator[Cut]:
    """Yield about so many moments of that life by lot, more of them right before a flush."""
    steps = [step for chapter in chapters for step in chapter.steps]
    flushes = sum(step.act == "flush" for step in steps)
    disk, confirmed, is_enrolled = Disk(str(home)), frozenset[str](), False
    for number, chapter in enumerate(chapters):
        registry = chapter.before
        for step in chapter.steps:
            if step.path.startswith(str(home)):
                share = count / 2 / (flushes if step.act == "flush" else len(steps) - flushes)
                for _ in range(int(share + random.random())):
                    image = random.choice((disk.most, disk.least, disk.any, disk.any))
                    yield Cut(
                        image=image(random),
                        confirmed=confirmed,
                        is_enrolled=is_enrolled,
                        registry=registry,
                    )
            disk.take(step)
            if step.act == "tell":
                confirmed |= {one.decode() for one in ID.findall(step.data)}
            if step.act == "send":
                registry = chapter.after
        is_enrolled = is_enrolled or number == 0


def check_cut(cut: Cut, folder: Path, seen: set[tuple[object, ...]]) -> None:
    """Open what a cut left and see that it holds what was promised; sync what is new of it."""
    settings = Settings(home=folder / "portable")
    write_image(cut.image, settings.home)
    replica = open_laptop(settings)
    try:
        health = check_store(replica)
        assert health.is_sound, health.faults
        shown = {row.state.visit_id: row for row in list_visits(replica)}
        assert cut.confirmed <= set(shown), "a confirmed visit is lost"
        is_enrolled = identity.load_enrolment(replica) is not None
        assert is_enrolled or not cut.is_enrolled
        state = logical_state(replica, settings)
        if state not in seen:
            seen.add(state)
            shutil.copytree(cut.registry, folder / "registre")
            sync_cut(replica, settings, folder / "registre")
    finally:
        replica.close()


def logical_state(replica: Replica, settings: Settings) -> tuple[object, ...]:
    """Return what makes one cut another than the next for a sync."""
    files = [
        path.read_bytes() if path.exists() else None
        for path in (settings.key_path, settings.instance_path)
    ]
    tables = [
        tuple(replica.connection.execute(f"SELECT * FROM {table}"))
        for table in ("writer", "meta", "cursor")
    ]
    heads = replica.connection.execute("SELECT writer, max(seq), count(*) FROM op GROUP BY 1")
    return (*files, *tables, tuple(heads))


def sync_cut(replica: Replica, settings: Settings, registry_folder: Path) -> None:
    """Go on after a cut: enrol if need be, sync, and find everything on the registry once."""
    engine = open_engine(sqlite_url(registry_folder))
    registry = open_registry(engine, SystemClock(), SeededChance(3), no_problems)
    try:
        key = make_key(settings.key_path, SystemChance())
        if identity.load_enrolment(replica) is None:
            code = make_code(registry, UNIT, "agent")
            enrol(replica, registry, key, url="http://registre", code=code, name="portable")
        check_received(replica, registry)
        check_instance(replica, settings.instance_path)
        assert SyncEngine(replica, registry, load_key(settings.key_path)).run().is_complete
        own = {op_id for (op_id,) in replica.connection.execute("SELECT op_id FROM op")}
        held = held_ids(registry)
        assert own <= set(held)
        assert len(held) == len(set(held))
        assert all(row.is_received for row in list_visits(replica))
    finally:
        engine.dispose()


def check_received(replica: Replica, registry: RegistryService) -> None:
    """See that nothing is shown as received that the registry does not hold."""
    ticked = {row.state.visit_id for row in list_visits(replica) if row.is_received}
    assert ticked <= set(held_ids(registry))


def test_a_store_that_does_not_flush_each_visit_is_caught(world: BusWorld) -> None:
    disk = Disk(str(world.home))
    for path in world.home.iterdir():
        disk.put(path.name, path.read_bytes())
    command = [sys.executable, "-c", A_DAY, str(world.home), "3", "synchronous = NORMAL"]
    left, confirmed = world.folder / "coupure", set[str]()
    for step in trace(command, environment_of(world), world.folder / "trace"):
        disk.take(step)
        confirmed |= {one.decode() for one in ID.findall(step.data) if step.act == "tell"}
        if len(confirmed) == 3:
            break
    write_image(disk.least(Random(1)), left)
    replica = open_laptop(Settings(home=left))
    kept = {row.state.visit_id for row in list_visits(replica)}
    replica.close()
    assert not confirmed <= kept


def test_whatever_a_power_cut_leaves_holds_every_confirmed_visit_and_syncs(
    world: BusWorld, tmp_path: Path
) -> None:
    chapters = live(world)
    random = Random(CUTS)
    images: set[bytes] = set()
    seen: set[tuple[object, ...]] = set()
    confirmed: frozenset[str] = frozenset()
    for number, cut in enumerate(cuts_of(chapters, world.home, random, CUTS)):
        confirmed = cut.confirmed
        if cut.digest in images:
            continue
        images.add(cut.digest)
        folder = tmp_path / "coupure"
        try:
            check_cut(cut, folder, seen)
        except BaseException as error:
            error.add_note(f"cut {number}; what it left is in {folder}")
            raise
        shutil.rmtree(folder)
    assert len(confirmed) == VISITS + 4
    assert len(images) > CUTS / 3
    print(  # noqa: T201
        f"{sum(len(one.steps) for one in chapters)} steps, {len(images)} different images,"
        f" {len(seen)} of them synced as different states; {len(confirmed)} visits, 0 lost"
    )
