"""What the registry does about revoked, restored and cloned laptops, and about itself."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from worlds import FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId
from fsmobile.errors import NotAllowed
from fsmobile.protocol.orders import KEY_REVOKE
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry import schema
from fsmobile.registry.administration import open_registry, revoke
from fsmobile.registry.service import RegistryService
from fsmobile.store.replica import open_store
from fsmobile.usecases import visits
from fsmobile.usecases.desk import open_desk


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def record(laptop: Laptop, count: int = 1) -> None:
    for _ in range(count):
        laptop.desk.replica.clock.ms += 60_000
        visits.record_visit(laptop.desk, a_visit())


def copy_of(laptop: Laptop, path: Path, to: Path, seed: int) -> Laptop:
    """The same disk in another machine, or the same machine some days ago."""
    source, target = sqlite3.connect(path), sqlite3.connect(to)
    with target:
        source.backup(target)
    source.close()
    target.close()
    clock = FakeClock(laptop.desk.replica.clock.now_ms())
    desk = open_desk(open_store(to, clock, SeededChance(seed)), Catalogue(), {})
    desk.agent_id = AgentId("agent-b")
    return Laptop(desk, SigningKey(seed=laptop.key.seed), laptop.registry)


def held(registry: RegistryService) -> list[str]:
    with registry.storage.reading() as transaction:
        acts = select(schema.op.c.op_id).where(schema.op.c.kind != KEY_REVOKE)
        return list(transaction.connection.execute(acts).scalars())


def events(registry: RegistryService) -> dict[str, int]:
    with registry.storage.reading() as transaction:
        return transaction.count_events()


def test_unsent_work_of_a_revoked_laptop_is_kept_apart(
    registry: RegistryService, caplog: pytest.LogCaptureFixture
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 2)
    laptop.sync()
    revoke(registry, "portable")
    record(laptop, 3)
    for _ in range(2):
        with pytest.raises(NotAllowed):
            laptop.sync()
    assert len(held(registry)) == 2
    with registry.storage.reading() as transaction:
        assert list(transaction.list_quarantined().values()) == [3]
    assert events(registry) == {"laptop_revoked": 1, "quarantined": 1}
    assert [record.message for record in caplog.records] == ["laptop_revoked", "quarantined"]
    assert laptop.replica.connection.execute(
        "SELECT count(*) FROM op, writer w WHERE op.writer = w.writer AND seq > acked_seq"
    ).fetchone() == (3,)


def test_a_long_unsent_log_of_a_revoked_laptop_is_handed_in_whole(
    registry: RegistryService,
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 700)
    revoke(registry, "portable")
    with pytest.raises(NotAllowed):
        laptop.sync()
    with registry.storage.reading() as transaction:
        assert list(transaction.list_quarantined().values()) == [700]


def test_a_restored_laptop_is_named(registry: RegistryService, tmp_path: Path) -> None:
    laptop = a_laptop(registry, path=tmp_path / "a.db", clock=FakeClock())
    record(laptop, 3)
    laptop.sync()
    restored = copy_of(laptop, tmp_path / "a.db", tmp_path / "b.db", seed=8)
    record(laptop, 2)
    laptop.sync()
    record(restored, 2)
    restored.sync()
    assert events(registry) == {"laptop_restored": 1}
    assert len(held(registry)) == len(set(held(registry))) == 7


def test_a_cloned_laptop_is_named_and_both_go_on(registry: RegistryService, tmp_path: Path) -> None:
    laptop = a_laptop(registry, path=tmp_path / "a.db", clock=FakeClock())
    record(laptop, 3)
    laptop.sync()
    clone = copy_of(laptop, tmp_path / "a.db", tmp_path / "b.db", seed=8)
    for _ in range(3):
        for one in (laptop, clone):
            record(one, 2)
            one.sync()
    assert events(registry)["laptop_cloned"] >= 1
    assert len(held(registry)) == len(set(held(registry))) == 15
    for one in (laptop, clone):
        one.sync()
        (seen,) = one.replica.connection.execute("SELECT count(*) FROM visit").fetchone()
        assert seen == 15
