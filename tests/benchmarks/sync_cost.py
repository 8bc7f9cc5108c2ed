"""What a sync costs on the wire: every byte of the socket, both ways, headers included."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.replica import open_store
from fsmobile.usecases import passages
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.timetable import load_timetable
from fsmobile.usecases.visits import record_visit
from tests.benchmarks.days_of_work import make_visit
from tests.benchmarks.proxy import Proxy
from tests.end_to_end.bus_world import MORNING, BusWorld, offset_to
from tests.worlds import FakeClock, SeededChance

VISITS = 40
EVENING = MORNING.replace(hour=17, minute=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCost:
    """What one sync of a day put on the wire."""

    sent: int
    received: int
    requests: int
    heads: tuple[bytes, ...]

    @property
    def total(self) -> int:
        return self.sent + self.received


def measure_sync(world: BusWorld) -> SyncCost:
    """Record a day of 40 visits on a laptop enrolled through the proxy, sync it, count."""
    world.environment["FSMOBILE_DECALAGE_HORLOGE"] = str(offset_to(EVENING))
    world.start_registry()
    home = world.folder / "compte"
    with Proxy(target=world.port) as proxy:
        enrolled = world.run(
            "enrol", proxy.url, *world.code(), "--plain", "--name", "compte", home=home
        )
        assert enrolled.code == 0, enrolled.said
        assert world.run("sync", home=home).code == 0
        record_a_day(home / "fsmobile.db")
        proxy.forget()
        synced = world.run("sync", "--format", "json", home=home)
    world.stop_registry()
    assert synced.code == 0, synced.said
    assert synced.json["received_visits"] == VISITS
    return SyncCost(
        sent=proxy.sent,
        received=proxy.received,
        requests=proxy.requests,
        heads=tuple(proxy.heads),
    )


def record_a_day(store: Path, visits: int = VISITS, seed: int = 40) -> None:
    """Record a day as a bus has it: its stops opened and closed, visits of all kinds."""
    clock = FakeClock(int((MORNING - timedelta(minutes=1)).timestamp() * 1000))
    replica = open_store(store, clock, SeededChance(seed))
    try:
        desk = open_desk(replica, load_catalogue(), {})
        load_timetable(desk)
        random = Random(seed)
        lines = passages.load_day(desk, desk.today()).lines
        for rank, line in enumerate(lines):
            passages.open_passage(desk, line.passage_id)
            for _ in range(visits // len(lines) + (rank < visits % len(lines))):
                clock.ms += random.randint(4 * 60_000, 13 * 60_000)
                visit = make_visit(
                    desk.catalogue, line.passage_id, line.insee_code, desk.now(), random
                )
                record_visit(desk, visit)
            passages.close_passage(desk, line.passage_id)
    finally:
        replica.close()
