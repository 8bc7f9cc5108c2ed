"""Laptops moved and old bodies dropped, on each of the two databases."""

import pytest
from sqlalchemy import Engine
from worlds import FakeClock, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.logbook import EntryKind, LogEntry
from fsmobile.registry.administration import open_registry
from fsmobile.registry.assignments import assign
from fsmobile.registry.confirmations import list_unconfirmed
from fsmobile.registry.erasure import erase
from fsmobile.registry.retention import drop_old, keep_for, list_retention
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.simulation.ports import DAY_MS
from fsmobile.store import queries
from fsmobile.usecases import logbook, visits


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def test_a_laptop_moves_with_its_unsent_work_and_the_office_reads_both_buses(registry):
    office = a_laptop(registry, name="bureau", unit="bus-charente/bus-2", role="coordinator")
    mine = a_laptop(registry, seed=3, name="a")
    erased = visits.record_visit(mine.desk, a_visit())
    mine.sync()
    erase(registry, [erased], "demande")
    unsent = visits.record_visit(mine.desk, a_visit())
    assign(registry, "a", unit="bus-charente/bus-2")
    assert {one.device.name for one in list_unconfirmed(registry.storage)} == {"a"}
    assert mine.sync().moved_to == "bus-charente/bus-2"
    office.sync()
    assert [row.state.visit_id for row in queries.list_visits(office.replica)] == [unsent]
    assert list_unconfirmed(registry.storage) == []
    assert verify_registry(registry.storage).faults == []


def test_a_laptop_hears_of_its_newest_bus_from_a_registry_whose_clock_was_put_back(registry):
    mine = a_laptop(registry, name="a")
    assign(registry, "a", unit="bus-charente/bus-2")
    mine.sync()
    registry.clock.ms -= DAY_MS
    assign(registry, "a", unit="bus-charente/bus-3")
    assert mine.sync().moved_to == "bus-charente/bus-3"


def test_old_bodies_go_and_young_ones_stay(registry):
    mine = a_laptop(registry, name="a")
    visits.record_visit(mine.desk, a_visit(note="clé chez Mme Durand"))
    mine.sync()
    registry.clock.ms += 500 * DAY_MS
    mine.replica.clock.ms = registry.clock.ms
    young = visits.record_visit(mine.desk, a_visit())
    mine.sync()
    keep_for(registry, "bus-charente", "visit", 12)
    assert [done.ops for done in drop_old(registry)] == [1]
    assert list_retention(registry.storage)[0].done_before > 0
    mine.sync()
    assert [row.state.visit_id for row in queries.list_visits(mine.replica)] == [young]
    assert [done.ops for done in drop_old(registry)] == [0]
    assert verify_registry(registry.storage).faults == []


def test_what_the_office_wrote_on_an_old_entry_of_one_bus_goes_from_the_other_bus_too(registry):
    mine = a_laptop(registry, name="a")
    other = a_laptop(registry, seed=3, name="b", unit="bus-charente/bus-2")
    office = a_laptop(registry, seed=4, name="bureau", role="coordinator")
    fleet = (mine, office, other)
    entry_id = logbook.write_entry(mine.desk, LogEntry(kind=EntryKind.NOTE, text="clé à rendre"))
    mine.sync()
    office.sync()
    logbook.close_entry(office.desk, entry_id, "rendue à Mme Durand")
    for laptop in (office, mine, other):
        laptop.sync()
    assert b"Durand" in other.replica.connection.serialize()
    registry.clock.ms += 500 * DAY_MS
    keep_for(registry, "bus-charente", "logbook", 12)
    assert [done.ops for done in drop_old(registry)] == [2]
    for laptop in fleet:
        laptop.sync()
        assert b"Durand" not in laptop.replica.connection.serialize()
    assert list_unconfirmed(registry.storage) == []
    assert verify_registry(registry.storage).faults == []
