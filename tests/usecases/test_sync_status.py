"""What the agent is told of the exchange: one key on two machines, refusals in words."""

import shutil
from dataclasses import replace
from pathlib import Path

from worlds import FakeClock, Laptop, a_laptop, a_registry, a_visit

from fsmobile.simulation.ports import SeededChance
from fsmobile.store.replica import open_store
from fsmobile.usecases.doctor import examine
from fsmobile.usecases.sync_status import is_key_shared
from fsmobile.usecases.visits import record_visit

DAY_MS = 24 * 3600 * 1000


def twin_of(laptop: Laptop, source: Path, target: Path) -> Laptop:
    """Copy a laptop to another machine, its key too."""
    laptop.replica.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(source, target)
    replica = open_store(target, laptop.replica.clock, SeededChance(77))
    return replace(laptop, desk=replace(laptop.desk, replica=replica))


def test_two_machines_with_one_key_are_told_on_both_what_to_do(tmp_path: Path) -> None:
    laptop = a_laptop(a_registry(), path=tmp_path / "a.db", clock=FakeClock())
    laptop.sync()
    twin = twin_of(laptop, tmp_path / "a.db", tmp_path / "b.db")
    for _day in range(4):
        for one in (laptop, twin):
            record_visit(one.desk, a_visit())
            one.sync()
        laptop.replica.clock.ms += DAY_MS
    for one in (laptop, twin):
        assert is_key_shared(one.replica)
        assert "key_shared" in [found.code for found in examine(one.replica, tmp_path)]
    # Once there is one machine again, the sentence goes.
    laptop.replica.clock.ms += 8 * DAY_MS
    assert not is_key_shared(laptop.replica)


def test_a_laptop_put_back_from_a_copy_once_is_not_taken_for_two(tmp_path: Path) -> None:
    laptop = a_laptop(a_registry(), path=tmp_path / "a.db", clock=FakeClock())
    laptop.sync()
    copy = twin_of(laptop, tmp_path / "a.db", tmp_path / "b.db")
    record_visit(laptop.desk, a_visit())
    laptop.sync()
    for _day in range(5):
        record_visit(copy.desk, a_visit())
        copy.sync()
    assert not is_key_shared(copy.replica)
