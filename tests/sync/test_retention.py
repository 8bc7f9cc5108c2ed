"""Retention: what is past its age goes on every machine by one rule, and nothing else does."""

from datetime import UTC, datetime

import pytest
from worlds import PASSAGE, Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, RegistryUnreachable
from fsmobile.protocol.orders import POLICY
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.confirmations import list_unconfirmed
from fsmobile.registry.retention import drop_old, first_kept, keep_for, list_retention
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick
from fsmobile.registry.verification import verify_registry
from fsmobile.simulation.ports import DAY_MS, VirtualClock
from fsmobile.store import orders, queries
from fsmobile.store.integrity import check_store
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import passages, visits

AGENCY = "bus-charente"
DICTIONARY = load_wire_dictionary()
NOTE = "clé chez Mme Durand"


@pytest.fixture
def registry() -> RegistryService:
    registry = a_registry()
    keep_for(registry, AGENCY, "visit", 12)
    return registry


@pytest.fixture
def pair(registry: RegistryService) -> tuple[Laptop, Laptop]:
    return a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")


def record(laptop: Laptop, note: str = NOTE) -> str:
    return visits.record_visit(laptop.desk, a_visit(note=note))


def shown(laptop: Laptop) -> set[str]:
    return {row.state.visit_id for row in queries.list_visits(laptop.replica)}


def years_pass(registry: RegistryService, *laptops: Laptop) -> None:
    registry.clock.ms += 500 * DAY_MS
    for laptop in laptops:
        assert laptop.replica.clock.now_ms() >= registry.clock.ms


def held(registry: RegistryService) -> dict[str, bool]:
    with registry.storage.reading() as transaction:
        found = transaction.connection.exec_driver_sql("SELECT op_id, body FROM op")
        return {op_id: body is not None for op_id, body in found}


def test_old_visits_go_everywhere_with_their_corrections_and_young_ones_stay(registry, pair):
    one, other = pair
    old = record(one)
    passages.open_passage(one.desk, PASSAGE)
    for laptop in pair:
        laptop.sync()
    years_pass(registry, one, other)
    visits.correct_visit(one.desk, old, {"minutes": 40})
    young = record(other, "hier")
    for laptop in pair:
        laptop.sync()
    (done,) = drop_old(registry)
    assert done.ops == 2
    assert [one.device.name for one in list_unconfirmed(registry.storage)] == ["a", "b"]
    for laptop in pair:
        laptop.sync()
        assert shown(laptop) == {young}
        assert NOTE.encode() not in laptop.replica.connection.serialize()
        assert queries.load_passage(laptop.replica, PASSAGE) is not None
        assert check_store(laptop.replica).is_sound
        assert POLICY in orders.load_done(laptop.replica)
    assert list_unconfirmed(registry.storage) == []
    assert held(registry)[young]
    assert not held(registry)[old]
    assert verify_registry(registry.storage).faults == []
    newcomer = a_laptop(registry, seed=5, name="c")
    newcomer.sync()
    assert shown(newcomer) == {young}


def test_carrying_it_out_again_does_and_tells_nothing(registry, pair):
    one, _ = pair
    record(one)
    one.sync()
    years_pass(registry, one)
    assert [done.ops for done in drop_old(registry)] == [1]
    orders_before = len(held(registry))
    assert [done.ops for done in drop_old(registry)] == [0]
    assert len(held(registry)) == orders_before


def test_what_was_never_sent_is_sent_first_however_old(registry, pair):
    one, other = pair
    sent = record(other)
    other.sync()
    late = record(one, "jamais envoyée")
    years_pass(registry, one)
    drop_old(registry)
    report = one.sync()
    assert report.is_complete
    assert held(registry)[late]
    assert not held(registry)[sent]
    assert late in shown(one)


class _LostReplies:
    """A link on which everything arrives and no answer comes back."""

    def __init__(self, registry: RegistryService) -> None:
        self._registry = registry

    def sync(self, envelope: bytes) -> bytes:
        self._registry.sync(envelope)
        raise RegistryUnreachable("registry_too_slow")


def test_a_receipt_that_comes_too_late_keeps_a_body_until_the_order_of_another_month(
    registry, pair
):
    one, _ = pair
    visit = record(one)
    with pytest.raises(RegistryUnreachable):
        one.sync(_LostReplies(registry))
    years_pass(registry, one)
    assert [done.ops for done in drop_old(registry)] == [1]
    one.sync()
    assert shown(one) == {visit}
    years_pass(registry, one)
    assert [done.ops for done in drop_old(registry)] == [0]
    one.sync()
    assert shown(one) == set()
    assert NOTE.encode() not in one.replica.connection.serialize()


def test_a_correction_that_waits_keeps_its_visit_until_it_is_sent(registry, pair):
    one, other = pair
    visit = record(one)
    one.sync()
    years_pass(registry, one)
    drop_old(registry)
    visits.correct_visit(one.desk, visit, {"minutes": 50})
    correction = max(op for op in _own_ops(one))
    other.sync()
    one.sync()
    assert held(registry)[correction]


def test_a_correction_that_waits_is_sent_though_its_visit_is_read_again_without_a_body(
    registry, pair
):
    one, other = pair
    visit = record(other)
    other.sync()
    one.sync()
    with one.replica.write() as connection:
        connection.execute("DELETE FROM cursor")
        connection.execute("DELETE FROM history")
    stick = export_stick(one.replica, one.key, DICTIONARY).data
    years_pass(registry, one)
    drop_old(registry)
    answer = import_stick(registry, stick, DICTIONARY).answer
    visits.correct_visit(one.desk, visit, {"minutes": 50})
    correction = max(op for op in _own_ops(one))
    import_answer(one.replica, one.key, answer, DICTIONARY)
    assert shown(one) == set()
    one.sync()
    assert held(registry)[correction]


def _own_ops(laptop: Laptop) -> list[str]:
    return [op_id for (op_id,) in laptop.replica.connection.execute("SELECT op_id FROM op")]


def test_a_laptop_that_believes_it_is_1970_loses_nothing_of_this_year(registry):
    clock = VirtualClock(0)
    lost = a_laptop(registry, name="a", clock=clock)
    other = a_laptop(registry, seed=3, name="b")
    mine = record(lost)
    lost.sync()
    drop_old(registry)
    for laptop in (lost, other):
        laptop.sync()
        laptop.sync()
        assert shown(laptop) == {mine}
    assert held(registry)[mine]


def test_another_structure_keeps_its_own(registry):
    neighbour = a_laptop(registry, seed=7, name="v", unit="bus-charente-sud/bus-1")
    visit = record(neighbour)
    neighbour.sync()
    years_pass(registry)
    drop_old(registry)
    neighbour.sync()
    assert shown(neighbour) == {visit}


def test_a_rule_ends_at_a_month_and_can_be_taken_back(registry):
    now = int(datetime(2026, 11, 26, tzinfo=UTC).timestamp() * 1000)
    assert datetime.fromtimestamp(first_kept(now, 11) / 1000, tz=UTC).date().isoformat() == (
        "2025-12-01"
    )
    assert [(one.family, one.months) for one in list_retention(registry.storage)] == [("visit", 12)]
    keep_for(registry, AGENCY, "visit", 0)
    assert list_retention(registry.storage) == []
    for code, words in (
        ("agency_malformed", ("Bus !", "visit", 3)),
        ("family_unknown", (AGENCY, "schedule", 3)),
        ("months_out_of_range", (AGENCY, "visit", -1)),
    ):
        with pytest.raises(InvalidInput, match=code):
            keep_for(registry, *words)
