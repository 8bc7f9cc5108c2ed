"""`sync --verify`: a loss on either side is found by its day, and mended from the other."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import delete, select
from worlds import UNIT, FakeClock, Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.ids import AgentId
from fsmobile.errors import ProtocolMismatch
from fsmobile.protocol.messages import Verify
from fsmobile.protocol.scopes import agency_scope, unit_scope
from fsmobile.registry import request_faults, schema
from fsmobile.registry.erasure import erase
from fsmobile.registry.records import EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.store.ops import NewOp, append
from fsmobile.sync import verification
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import Verification
from fsmobile.sync.verification import verify_days
from fsmobile.usecases import visits

DAY_MS = 24 * 3600 * 1000


class World:
    """A registry and two laptops of one bus; the days go by."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.registry = a_registry(self.clock)
        self.first = a_laptop(self.registry, clock=self.clock, name="un", seed=2)
        self.second = a_laptop(self.registry, clock=self.clock, name="deux", seed=3)

    def work(self, laptop: Laptop, days: int, each: int = 3) -> list[str]:
        """Record visits on the next days; return their ids."""
        ids = []
        for _ in range(days):
            for _ in range(each):
                self.clock.ms += 60_000
                ids.append(visits.record_visit(laptop.desk, a_visit()))
            self.clock.ms += DAY_MS
        return ids

    def settle(self) -> None:
        """Sync until both laptops have all."""
        for laptop in (self.first, self.second, self.first):
            laptop.sync()

    def lose_on_registry(self, *op_ids: str, with_links: bool = False) -> None:
        """Delete rows by hand, as somebody at a prompt would."""
        with self.registry.storage.transaction() as transaction:
            for table in (schema.op, *([schema.link] if with_links else [])):
                transaction.connection.execute(delete(table).where(table.c.op_id.in_(op_ids)))

    def held(self) -> set[str]:
        with self.registry.storage.reading() as transaction:
            return set(transaction.connection.execute(select(schema.op.c.op_id)).scalars())


@pytest.fixture
def world() -> World:
    return World()


def verify(laptop: Laptop, registry: RegistryService, *, is_whole: bool = False) -> Verification:
    engine = SyncEngine(laptop.replica, registry, laptop.key)
    engine.run()
    return compared(laptop, engine, is_whole=is_whole)


def compared(laptop: Laptop, engine: SyncEngine, *, is_whole: bool = False) -> Verification:
    found = Verification(is_whole=is_whole)
    verify_days(laptop.replica, engine, found)
    return found


def forget_pulled(laptop: Laptop, *op_ids: str) -> None:
    with laptop.replica.write() as connection:
        for op_id in op_ids:
            connection.execute("DELETE FROM remote WHERE op_id = ?", (op_id,))
            connection.execute("DELETE FROM visit WHERE visit_id = ?", (op_id,))


def test_two_sides_that_hold_the_same_differ_in_nothing(world: World) -> None:
    world.work(world.first, 5)
    world.work(world.second, 5)
    world.settle()
    found = verify(world.first, world.registry)
    assert found.is_same
    assert (found.ops, found.differed, found.requests) == (30, [], 1)


def test_ops_that_are_on_their_way_are_no_difference(world: World) -> None:
    world.work(world.first, 2)
    world.settle()
    world.work(world.second, 2)
    world.second.sync()
    engine = SyncEngine(world.first.replica, world.registry, world.first.key)
    # Its cursors are behind what the other laptop has just handed over.
    assert compared(world.first, engine).differed == []
    visits.record_visit(world.first.desk, a_visit())
    assert compared(world.first, engine).differed == []


@pytest.mark.parametrize("witness", ["first", "second"])
def test_what_the_registry_lost_comes_back_from_whoever_has_it(world: World, witness: str) -> None:
    ids = world.work(world.first, 4)
    world.settle()
    world.lose_on_registry(ids[4], ids[5], ids[9])
    found = verify(getattr(world, witness), world.registry)
    assert [(one.scope, one.here, one.there) for one in found.differed] == [
        (unit_scope(UNIT), 3, 1),
        (unit_scope(UNIT), 3, 2),
    ]
    assert (found.given, found.taken, found.aside) == (3, 0, 0)
    assert found.is_same
    assert set(ids) <= world.held()
    with world.registry.storage.reading() as transaction:
        assert transaction.count_events()[EventKind.PUT_BACK] == 1
    assert verify(world.second, world.registry).differed == []


def test_what_was_put_back_reaches_a_laptop_that_had_missed_it(world: World) -> None:
    ids = world.work(world.first, 1)
    world.first.sync()
    world.lose_on_registry(ids[1])
    world.second.sync()
    verify(world.first, world.registry)
    world.second.sync()
    seen = {row[0] for row in world.second.replica.connection.execute("SELECT op_id FROM remote")}
    assert set(ids) <= seen


def test_what_the_laptop_lost_comes_back_from_the_registry(world: World) -> None:
    ids = world.work(world.second, 3)
    world.settle()
    forget_pulled(world.first, ids[0], ids[7])
    found = verify(world.first, world.registry)
    assert (found.given, found.taken) == (0, 2)
    assert found.is_same
    rows = world.first.replica.connection.execute("SELECT visit_id FROM visit").fetchall()
    assert {visit_id for (visit_id,) in rows} == set(ids)


def test_losses_on_both_sides_of_one_day_are_mended_at_once(world: World) -> None:
    mine, theirs = world.work(world.first, 1), world.work(world.second, 1)
    world.settle()
    world.lose_on_registry(mine[0])
    forget_pulled(world.first, theirs[0])
    found = verify(world.first, world.registry)
    assert (found.given, found.taken, found.is_same) == (1, 1, True)


def test_an_old_loss_is_beyond_the_window_and_found_in_the_whole_history(world: World) -> None:
    ids = world.work(world.first, 400, each=1)
    world.settle()
    world.lose_on_registry(ids[3], ids[200])
    assert verify(world.first, world.registry).differed == []
    found = verify(world.first, world.registry, is_whole=True)
    assert (found.ops, found.given, found.is_same) == (400, 2, True)
    # Years, months, days; the listing; what is given back; the proof.
    assert found.requests == 6


def test_an_op_that_nothing_proves_is_kept_apart_for_a_person(world: World) -> None:
    ids = world.work(world.first, 1)
    world.settle()
    world.lose_on_registry(ids[1], with_links=True)
    found = verify(world.second, world.registry)
    assert (found.given, found.aside, found.is_same) == (0, 1, False)
    assert ids[1] not in world.held()
    with world.registry.storage.reading() as transaction:
        assert list(transaction.list_quarantined().values()) == [1]
    again = verify(world.second, world.registry)
    assert (again.aside, again.is_same) == (0, False)


def test_many_losses_take_several_requests_and_all_come_back(world: World) -> None:
    ids = world.work(world.second, 3, each=900)
    world.settle()
    forget_pulled(world.first, *ids)
    found = verify(world.first, world.registry)
    assert (found.taken, found.is_same) == (2700, True)
    world.lose_on_registry(*ids)
    found = verify(world.first, world.registry)
    assert (found.given, found.is_same) == (2700, True)


def test_a_refused_op_is_counted_on_neither_side(world: World) -> None:
    world.work(world.first, 1)
    elsewhere = NewOp(
        kind="visit.void", schema=1, scope=agency_scope("bus-charente"),
        agent_id=AgentId("agent-a"), data=b'{"reason":"doublon"}', entity=str(UUID(int=7)),
    )  # fmt: skip
    append(world.first.replica, elsewhere)
    assert [code for _, code in world.first.sync().refused] == ["rejected"]
    world.settle()
    for laptop in (world.first, world.second):
        found = verify(laptop, world.registry)
        assert (found.ops, found.differed) == (3, [])


def test_a_refused_op_that_was_erased_since_is_counted_on_neither_side(world: World) -> None:
    elsewhere = NewOp(
        kind="meteo.observe", schema=1, scope=unit_scope("ailleurs/bus-9"),
        agent_id=AgentId("agent-a"), data=b"{}",
    )  # fmt: skip
    mine = NewOp(
        kind="visit.void", schema=1, scope=unit_scope(UNIT),
        agent_id=AgentId("agent-a"), data=b'{"reason":[]}', entity=str(UUID(int=7)),
    )  # fmt: skip
    refused = [append(world.first.replica, one).op_id for one in (elsewhere, mine)]
    assert len(world.first.sync().refused) == 2
    copy = type(world.first.replica.connection)(":memory:", isolation_level=None)
    world.first.replica.connection.backup(copy)
    erase(world.registry, refused, "demande")
    world.settle()
    assert verify(world.first, world.registry).is_same
    # A laptop that is put back hears of it by an outcome.
    copy.execute("UPDATE writer SET acked_seq = 0")
    copy.execute("DELETE FROM outcome")
    copy.backup(world.first.replica.connection)
    assert verify(world.first, world.registry).is_same


def test_a_coordinator_of_many_buses_compares_them_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verification.SPANS_MAX * verification.DAYS <= request_faults.PERIODS_MAX
    monkeypatch.setattr(verification, "SPANS_MAX", verification.SPANS_MAX // 20)
    monkeypatch.setattr(verification, "ITEMS_MAX", verification.ITEMS_MAX // 20)
    monkeypatch.setattr(request_faults, "PERIODS_MAX", request_faults.PERIODS_MAX // 20)
    units = [f"bus-charente/bus-{number}" for number in range(10, 19)]
    for seed, unit in enumerate(units, start=100):
        laptop = a_laptop(world.registry, clock=world.clock, unit=unit, seed=seed)
        for _ in range(45):
            world.clock.ms += DAY_MS
            visits.record_visit(laptop.desk, a_visit())
        world.clock.ms -= 45 * DAY_MS
        laptop.sync()
    world.clock.ms += 45 * DAY_MS
    chief = a_laptop(world.registry, role="coordinator", clock=world.clock, seed=9)
    engine = SyncEngine(chief.replica, world.registry, chief.key, pull_ops=2_500)
    engine.run()
    found = compared(chief, engine)
    assert (found.ops, found.differed) == (45 * len(units), [])
    lost = [op_id for (op_id,) in chief.replica.connection.execute("SELECT op_id FROM remote")]
    forget_pulled(chief, *lost)
    found = compared(chief, SyncEngine(chief.replica, world.registry, chief.key))
    assert (len(found.differed), found.taken) == (45 * len(units), 45 * len(units))
    assert found.is_same


def test_an_erasure_changes_no_digest(world: World) -> None:
    ids = world.work(world.first, 2)
    world.settle()
    before = verify(world.second, world.registry)
    erase(world.registry, [ids[1]], "demande")
    world.settle()
    after = verify(world.second, world.registry)
    assert before.is_same
    assert after.is_same
    # The order of erasure is an op as any other.
    assert after.ops == before.ops + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 5},
        {"spans": [[0, "hier", "demain"]]},
        {"spans": [[3, "2026-11-24", "2026-11-24"]]},
        {"listings": [[0, "2026-11-31", b""]]},
        {"ops": [[0, 0, b"{}"]]},
        {"ops": [[0, 0, None]]},
        {"ops": [[0, 0, None, ["x", b"court"]]]},
        {"spans": [[0, "2026-11-24", "2026-11-24"]] * 5001},
    ],
)
def test_what_cannot_be_compared_is_malformed(world: World, changes: dict[str, Any]) -> None:
    engine = SyncEngine(world.first.replica, world.registry, world.first.key)
    claim = msgspec.convert({"scopes": [unit_scope(UNIT)], **changes}, Verify)
    with pytest.raises(ProtocolMismatch) as told:
        engine.compare(lambda: claim)
    assert told.value.code == "request_malformed"
