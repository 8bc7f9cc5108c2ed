"""Laptops killed while they record and sync, the registry and PostgreSQL too: nothing is lost.

Twelve kills on each database here. The long run, some minutes for each database:

    FSMOBILE_TEST_KILLS=500 python -m pytest tests/end_to_end/test_kills_on_all_sides.py -s
"""

import os
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from postgresql_server import PostgresqlServer
from warm_processes import run_warm
from worlds import SeededChance, no_problems

from fsmobile.cli.system import SystemClock
from fsmobile.protocol.enrolment import format_code
from fsmobile.reference.enrolment_words import words
from fsmobile.registry.administration import make_code, make_registry, open_registry
from fsmobile.registry.database import open_engine
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.store.integrity import check_store
from fsmobile.store.replica import open_store
from tests.end_to_end.bus_world import UNIT
from tests.end_to_end.killed_processes import (
    KilledLaptop,
    KilledRegistry,
    check_promises,
    held_ids,
)

KILLS = int(os.environ.get("FSMOBILE_TEST_KILLS", "12"))
LAPTOPS = 3
VICTIMS = {"laptop": 6, "registry": 2, "postmaster": 1}
"""How often each is struck."""


def enrol(registry: RegistryService, port: int, home: Path) -> None:
    """Enrol a laptop by its own command."""
    code = format_code(make_code(registry, UNIT, "agent"), words()).split()
    url, name = f"http://127.0.0.1:{port}", home.name
    given = ["--home", str(home), "enrol", url, *code, "--plain", "--name", name]
    enrolled = run_warm(given, dict(os.environ))
    assert enrolled.code == 0, enrolled.said


def test_killing_laptops_registry_and_database_loses_and_doubles_nothing(
    address: str, port: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = open_engine(address)
    make_registry(engine, SystemClock(), SeededChance(1))
    registry = open_registry(engine, SystemClock(), SeededChance(2), no_problems)
    random = Random(KILLS)
    server = KilledRegistry(address, port)
    server.start()
    laptops = [KilledLaptop(tmp_path / f"portable-{n}", seed=1000 * n) for n in range(LAPTOPS)]
    victims = dict(VICTIMS)
    crash = None
    if engine.dialect.name == "postgresql":
        postgresql: PostgresqlServer = request.getfixturevalue("postgresql")
        crash = postgresql.crash
    if crash is None:
        del victims["postmaster"]
    for laptop in laptops:
        enrol(registry, port, laptop.home)
        laptop.start()
    struck: Counter[str] = Counter()
    try:
        drawn = random.choices(list(victims), list(victims.values()), k=KILLS - len(victims))
        for victim in (*victims, *drawn):
            time.sleep(random.uniform(0.05, 0.3))
            struck[victim] += 1
            if victim == "laptop":
                laptop = random.choice(laptops)
                laptop.kill()
                check_promises(registry, [laptop.receipts()])
                laptop.start()
            elif victim == "registry":
                server.kill()
                server.start()
            elif crash is not None:
                crash()
                engine.dispose()
    finally:
        for laptop in laptops:
            laptop.kill()
    for laptop in laptops:
        laptop.finish()
    server.kill()

    check_promises(registry, [laptop.receipts() for laptop in laptops])
    held = held_ids(registry)
    assert len(held) == len(set(held)), "an op was doubled"
    for laptop in laptops:
        recorded = laptop.recorded()
        assert laptop.confirmed <= recorded, "a confirmed visit was lost by the laptop"
        assert recorded <= set(held), "a visit was lost on the way"
        replica = open_store(laptop.settings.store_path, SystemClock(), SeededChance(9))
        assert check_store(replica).faults == ()
        replica.close()
    assert set(held) == set().union(*(laptop.recorded() for laptop in laptops))
    assert verify_registry(registry.storage).faults == []
    # The kills struck where it hurts, and work was done between them.
    assert struck["laptop"] >= KILLS / 3
    assert sum(laptop.struck for laptop in laptops) >= struck["laptop"] / 4
    assert sum(len(laptop.confirmed) for laptop in laptops) > KILLS
    print(  # noqa: T201
        f"{engine.dialect.name}: kills {dict(struck)}, of laptops in the middle of a sync"
        f" {sum(laptop.struck for laptop in laptops)}; {len(held)} ops, 0 lost, 0 doubled"
    )
    engine.dispose()
