"""10,000 visits up, and down into a second laptop: seconds, CPU, bytes, beside the floors."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fsmobile.core.visits import Visit
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.sync.progress import SyncReport
from tests.benchmarks import floors
from tests.benchmarks.days_of_work import WorkClock, record_all
from tests.benchmarks.registries import BenchLaptop, Registry, connect, enrol_laptop


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one exchange cost."""

    wall: float
    laptop_cpu: float
    registry_cpu: float
    requests: int
    sent: int
    """Bytes of bodies on the wire, compressed."""
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Each round's costs and floors, interleaved, so that a ratio is of one moment."""

    visits: int
    pushes: list[Cost]
    pulls: list[Cost]
    database_floor: list[float]
    """The acts alone, in the registry's database."""
    rows_floor: list[float]
    """Every row that a pull leaves in the laptop's store, and nothing else."""
    post_floor: list[float]


def measure_bulk(registry: Registry, visits: Sequence[Visit], rounds: int) -> Bulk:
    """Push and pull the same visits in as many units as there are rounds."""
    pushes, pulls, database, rows_alone, posts = [], [], [], [], []
    with tempfile.TemporaryDirectory() as name, floors.sink() as port:
        folder = Path(name)
        for number in range(rounds):
            unit = f"structure-1/bus-{number}"
            first = enrol_laptop(registry, folder, unit, f"first-{number}", WorkClock())
            record_all(first, visits)
            rows = first.replica.connection.execute("SELECT op_id, body FROM op").fetchall()
            database.append(_insert(registry, folder, rows))
            with connect(registry.address) as link:
                cost = cost_of(registry, first, link, lambda done: done.received == len(visits))
            pushes.append(cost)
            pieces = [Random(1).randbytes(cost.sent // cost.requests)] * cost.requests
            posts.append(floors.post(port, pieces))
            second = enrol_laptop(registry, folder, unit, f"second-{number}", WorkClock())
            with connect(registry.address) as link:
                cost = cost_of(registry, second, link, lambda done: done.pulled == len(visits))
            pulls.append(cost)
            rows_alone.append(floors.write_what_was_pulled(folder, second.replica))
            first.replica.close()
            second.replica.close()
    return Bulk(
        visits=len(visits),
        pushes=pushes,
        pulls=pulls,
        database_floor=database,
        rows_floor=rows_alone,
        post_floor=posts,
    )


def cost_of(
    registry: Registry,
    laptop: BenchLaptop,
    connection: HttpRegistry,
    is_done: Callable[[SyncReport], bool],
) -> Cost:
    """Sync a laptop once over its connection."""
    sent, received = connection.sent_bytes, connection.received_bytes
    laptop_cpu, registry_cpu = time.process_time(), registry.cpu()
    begun = time.perf_counter()
    report = laptop.sync(connection)
    wall = time.perf_counter() - begun
    assert is_done(report), report
    return Cost(
        wall=wall,
        laptop_cpu=time.process_time() - laptop_cpu,
        registry_cpu=registry.cpu() - registry_cpu,
        requests=report.requests,
        sent=connection.sent_bytes - sent,
        received=connection.received_bytes - received,
    )


def _insert(registry: Registry, folder: Path, rows: Sequence[tuple[str, bytes]]) -> float:
    if registry.engine.dialect.name == "postgresql":
        return floors.copy_into_postgresql(registry.url, rows)
    return floors.insert_into_sqlite(folder, rows)
