"""The registry's process killed again and again while laptops sync: nothing acknowledged is lost.

Ten kills on each database here. The long run, some eight minutes for each database:

    FSMOBILE_TEST_KILLS=500 python -m pytest tests/end_to_end/test_registry_kills.py
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from worlds import SeededChance, a_laptop, a_visit, no_problems

from fsmobile.cli.system import SystemClock
from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId
from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import make_registry, open_registry
from fsmobile.registry.database import open_engine
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.store.replica import open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.usecases import visits
from fsmobile.usecases.desk import open_desk
from tests.end_to_end.killed_processes import (
    START_SECONDS,
    KilledRegistry,
    check_promises,
    held_ids,
)

KILLS = int(os.environ.get("FSMOBILE_TEST_KILLS", "10"))
LAPTOPS = 3


@dataclass
class Busy:
    """A laptop that records and syncs in a thread of its own until it is told to stop."""

    path: Path
    key: SigningKey
    url: str
    number: int
    stop: threading.Event
    receipts: dict[bytes, int] = field(default_factory=dict)
    """Writer → the greatest sequence that a receipt covers."""
    syncs: int = 0
    interrupted: int = 0
    error: BaseException | None = None

    def run(self) -> None:
        """Record and sync."""
        try:
            self._run()
        except BaseException as error:
            self.error = error
            raise

    def _run(self) -> None:
        replica = open_store(self.path, SystemClock(), SeededChance(self.number + 100))
        desk = open_desk(replica, Catalogue(), {})
        desk.agent_id = AgentId(f"agent-{self.number}")
        random = Random(self.number)
        with HttpRegistry(self.url, load_wire_dictionary(), DICTIONARY_ID) as registry:
            while not self.stop.is_set():
                for _ in range(random.randint(1, 20)):
                    visits.record_visit(desk, a_visit())
                try:
                    SyncEngine(replica, registry, self.key).run()
                    self.syncs += 1
                except RegistryUnreachable:
                    self.interrupted += 1
                    self.stop.wait(random.uniform(0.01, 0.1))
                rows = replica.connection.execute("SELECT writer, acked_seq FROM writer")
                self.receipts = dict(rows.fetchall())
            replica.connection.close()


def test_killing_the_registry_loses_and_doubles_nothing(
    address: str, port: int, tmp_path: Path
) -> None:
    engine = open_engine(address)
    make_registry(engine, SystemClock(), SeededChance(1))
    registry = open_registry(engine, SystemClock(), SeededChance(2), no_problems)
    stop = threading.Event()
    laptops = [make_laptop(registry, tmp_path, port, number, stop) for number in range(LAPTOPS)]
    threads = [threading.Thread(target=laptop.run) for laptop in laptops]
    server = KilledRegistry(address, port)
    random = Random(4)
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            server.start()
            wait_for_syncs(laptops, random.randint(0, 4))
            time.sleep(random.uniform(0, 0.05))
            server.kill()
            promised = [laptop.receipts for laptop in laptops]
            check_promises(registry, promised)
            assert [laptop.error for laptop in laptops] == [None] * LAPTOPS
        server.start()
        wait_for_syncs(laptops, LAPTOPS)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    try:
        recorded = [finish(laptop) for laptop in laptops]
    finally:
        server.kill()
    held = held_ids(registry)
    assert len(held) == len(set(held))
    assert set(held) == set().union(*recorded)
    assert verify_registry(registry.storage).faults == []
    # The kills struck, and laptops got through between them.
    assert sum(laptop.interrupted for laptop in laptops) > KILLS
    assert sum(laptop.syncs for laptop in laptops) > KILLS
    engine.dispose()


def make_laptop(
    registry: RegistryService, folder: Path, port: int, number: int, stop: threading.Event
) -> Busy:
    """Enrol a laptop; its store is opened again by its own thread."""
    path = folder / f"portable-{number}.db"
    laptop = a_laptop(registry, path=path, name=path.stem, seed=number + 10, clock=None)
    laptop.replica.connection.close()
    url = f"http://127.0.0.1:{port}"
    return Busy(path=path, key=laptop.key, url=url, number=number, stop=stop)


def wait_for_syncs(laptops: list[Busy], count: int) -> None:
    """Wait until the laptops have got through so many times more."""
    wanted = sum(laptop.syncs for laptop in laptops) + count
    deadline = time.monotonic() + START_SECONDS
    while sum(laptop.syncs for laptop in laptops) < wanted:
        assert time.monotonic() < deadline, "no laptop gets through"
        time.sleep(0.002)


def finish(laptop: Busy) -> set[str]:
    """Sync until all has a receipt; return everything that was recorded."""
    replica = open_store(laptop.path, SystemClock(), SeededChance(laptop.number + 200))
    with HttpRegistry(laptop.url, load_wire_dictionary(), DICTIONARY_ID) as registry:
        for _ in range(10):
            with suppress(RegistryUnreachable):
                if SyncEngine(replica, registry, laptop.key).run().is_complete:
                    break
        else:
            raise AssertionError("a laptop could not finish")
    recorded = {op_id for (op_id,) in replica.connection.execute("SELECT op_id FROM op")}
    replica.connection.close()
    return recorded
