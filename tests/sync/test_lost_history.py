"""A registry put back in silence: what was read of the lost history is read again."""

import sqlite3

import pytest
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.records import EventKind
from fsmobile.registry.retention import drop_old, keep_for
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick
from fsmobile.simulation.ports import DAY_MS
from fsmobile.store import ops, queries
from fsmobile.store.cursors import load_reading
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import visits

DICTIONARY = load_wire_dictionary()


class Fleet:
    """A registry that can be put back, a laptop that writes, and one that only reads."""

    def __init__(self) -> None:
        self.registry: RegistryService = a_registry()
        self.writer = a_laptop(self.registry, seed=2, name="a")
        self.other = a_laptop(self.registry, seed=3, name="b")
        self.reader = a_laptop(self.registry, seed=4, name="c")
        self.disk = self.registry.storage.engine.raw_connection().driver_connection

    def record(self, laptop: Laptop, count: int = 1) -> None:
        for _ in range(count):
            visits.record_visit(laptop.desk, a_visit())

    def image(self) -> sqlite3.Connection:
        image = sqlite3.connect(":memory:")
        self.disk.backup(image)
        return image

    def put_back(self, image: sqlite3.Connection) -> None:
        image.backup(self.disk)

    def events(self) -> dict[str, int]:
        with self.registry.storage.reading() as transaction:
            return transaction.count_events()

    def epochs(self) -> int:
        return int(self.disk.execute("SELECT count(*) FROM epoch").fetchone()[0])


@pytest.fixture
def fleet() -> Fleet:
    """Everybody has read two visits, then one more that the registry is about to lose."""
    fleet = Fleet()
    fleet.record(fleet.writer, 2)
    for laptop in (fleet.writer, fleet.other, fleet.reader):
        laptop.sync()
    return fleet


def shown(laptop: Laptop) -> int:
    return len(queries.list_visits(laptop.replica))


def forget_points(laptop: Laptop) -> None:
    """Make it a laptop of the first release, or one whose last reply came by hand."""
    with laptop.replica.write() as connection:
        connection.execute("DELETE FROM history")


def lose_and_replace(fleet: Fleet) -> None:
    """Lose a visit that the reader has read; give its number to another, in silence."""
    image = fleet.image()
    fleet.record(fleet.writer)
    fleet.writer.sync()
    fleet.reader.sync()
    fleet.put_back(image)
    fleet.record(fleet.other)
    fleet.other.sync()


def test_a_laptop_that_only_reads_misses_nothing(fleet: Fleet) -> None:
    lose_and_replace(fleet)
    assert fleet.events() == {}
    report = fleet.reader.sync()
    assert (report.healed, report.pulled) == (["lost_history"], 1)
    fleet.writer.sync()
    for laptop in (fleet.reader, fleet.other):
        laptop.sync()
        assert shown(laptop) == 4


def test_only_what_was_lost_is_read_again(fleet: Fleet) -> None:
    before = load_reading(fleet.reader.replica)
    lose_and_replace(fleet)
    assert load_reading(fleet.reader.replica).points[1] == before.points[0]
    fleet.reader.sync()
    points = load_reading(fleet.reader.replica).points
    assert [point.gsn for point in points] == [3, 2, 0]
    assert fleet.reader.sync().healed == []


def test_a_rollback_is_told_once_whoever_proves_it_again(fleet: Fleet) -> None:
    lose_and_replace(fleet)
    for laptop in (fleet.reader, fleet.writer, fleet.reader, fleet.other, fleet.writer):
        laptop.sync()
    assert fleet.events() == {EventKind.REGISTRY_ROLLED_BACK: 1}
    assert fleet.epochs() == 2


def test_the_same_ops_again_are_the_same_history(fleet: Fleet) -> None:
    image = fleet.image()
    fleet.record(fleet.writer, 3)
    fleet.writer.sync()
    fleet.reader.sync()
    fleet.put_back(image)
    assert fleet.writer.sync().healed == ["lost_history", "gap"]
    report = fleet.reader.sync()
    assert (report.healed, report.pulled, report.requests) == ([], 0, 1)


def test_an_announced_restoration_is_no_rollback(fleet: Fleet) -> None:
    image = fleet.image()
    fleet.record(fleet.writer)
    fleet.writer.sync()
    fleet.reader.sync()
    fleet.put_back(image)
    with fleet.registry.storage.transaction() as transaction:
        transaction.open_epoch(b"e" * 16, transaction.last_gsn(), 0, "restored")
    for laptop in (fleet.reader, fleet.writer, fleet.reader):
        laptop.sync()
    assert fleet.events() == {}
    assert shown(fleet.reader) == 3


def test_a_silent_rollback_before_an_announced_one_is_found(fleet: Fleet) -> None:
    """The cut of the announced one covers numbers that were given twice before it."""
    lose_and_replace(fleet)
    with fleet.registry.storage.transaction() as transaction:
        transaction.open_epoch(b"e" * 16, transaction.last_gsn(), 0, "restored")
    fleet.reader.sync()
    assert shown(fleet.reader) == 4
    assert fleet.events() == {EventKind.REGISTRY_ROLLED_BACK: 1}


def test_an_epoch_lost_with_its_history_is_told_once(fleet: Fleet) -> None:
    image = fleet.image()
    with fleet.registry.storage.transaction() as transaction:
        transaction.open_epoch(b"e" * 16, transaction.last_gsn(), 0, "restored")
    fleet.record(fleet.writer)
    for laptop in (fleet.writer, fleet.reader, fleet.other):
        laptop.sync()
    fleet.put_back(image)
    for laptop in (fleet.reader, fleet.other, fleet.writer):
        laptop.sync()
    assert fleet.events() == {EventKind.REGISTRY_ROLLED_BACK: 1}


def test_a_program_without_points_follows_the_cut_of_its_epoch(fleet: Fleet) -> None:
    image = fleet.image()
    fleet.record(fleet.writer)
    fleet.writer.sync()
    fleet.reader.sync()
    fleet.put_back(image)
    with fleet.registry.storage.transaction() as transaction:
        transaction.open_epoch(b"e" * 16, transaction.last_gsn(), 0, "restored")
    fleet.record(fleet.other)
    fleet.other.sync()
    forget_points(fleet.reader)
    report = fleet.reader.sync()
    assert (report.healed, report.pulled) == ([], 1)


def test_a_receipt_without_a_point_still_has_its_parent_looked_at() -> None:
    """By hand, receipts come without a reading; a new writer would fit by itself."""
    fleet = Fleet()
    mine = fleet.writer
    image = fleet.image()
    fleet.record(mine, 3)
    mine.sync()
    (writer,) = ops.list_writers(mine.replica)
    ops.open_writer(mine.replica, writer.writer, writer.acked_seq, "replay")
    fleet.put_back(image)
    fleet.record(mine)
    forget_points(mine)
    with mine.replica.write() as connection:
        connection.execute("DELETE FROM cursor")
    assert mine.sync().healed == ["gap"]
    with fleet.registry.storage.transaction() as transaction:
        assert transaction.last_gsn() == 4


def test_a_stick_of_a_lost_history_is_taken_in_and_answered_from_where_both_agree(
    fleet: Fleet,
) -> None:
    lose_and_replace(fleet)
    fleet.record(fleet.reader)
    data = export_stick(fleet.reader.replica, fleet.reader.key, DICTIONARY).data
    imported = import_stick(fleet.registry, data, DICTIONARY)
    assert (imported.applied, imported.handed, imported.refused) == (1, 1, ())
    import_answer(fleet.reader.replica, fleet.reader.key, imported.answer, DICTIONARY)
    fleet.writer.sync()
    fleet.reader.sync()
    assert shown(fleet.reader) == 5


def test_a_registry_put_back_to_nothing_is_read_from_the_start() -> None:
    fleet = Fleet()
    empty = fleet.image()
    fleet.record(fleet.writer, 2)
    fleet.writer.sync()
    fleet.reader.sync()
    fleet.put_back(empty)
    fleet.record(fleet.other)
    fleet.other.sync()
    fleet.reader.sync()
    assert shown(fleet.reader) == 3
    assert [point.gsn for point in load_reading(fleet.reader.replica).points] == [1, 0]


def test_a_laptop_put_back_is_of_the_same_history(fleet: Fleet) -> None:
    copy = sqlite3.connect(":memory:")
    fleet.reader.replica.connection.backup(copy)
    fleet.record(fleet.writer)
    fleet.writer.sync()
    fleet.reader.sync()
    copy.backup(fleet.reader.replica.connection)
    report = fleet.reader.sync()
    assert (report.healed, report.pulled) == (["replay"], 1)
    assert fleet.events() == {EventKind.LAPTOP_RESTORED: 1}


def test_a_date_of_a_lost_history_says_nothing_of_the_numbers_of_this_one() -> None:
    """What the lost registry had long held has the number of what this one received today."""
    fleet = Fleet()
    keep_for(fleet.registry, "bus-charente", "visit", 12)
    image = fleet.image()
    fleet.record(fleet.other)
    fleet.record(fleet.writer)
    fleet.other.sync()
    stick = export_stick(fleet.reader.replica, fleet.reader.key, DICTIONARY).data
    fleet.registry.clock.ms += 500 * DAY_MS
    drop_old(fleet.registry)
    late = import_stick(fleet.registry, stick, DICTIONARY).answer
    fleet.put_back(image)
    fleet.writer.sync()
    fleet.reader.sync()
    import_answer(fleet.reader.replica, fleet.reader.key, late, DICTIONARY)
    assert shown(fleet.reader) == 1
    fleet.reader.sync()
    assert shown(fleet.reader) == 1
