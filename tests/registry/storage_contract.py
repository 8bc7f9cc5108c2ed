"""What every database of a registry must do: one class, run on SQLite and on PostgreSQL."""

import threading
import time

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.registry import schema
from fsmobile.registry.records import (
    DeviceRow,
    Erasure,
    Event,
    EventKind,
    NewLink,
    NewRow,
    Position,
    Revision,
    WriterRow,
)
from fsmobile.registry.storage import Storage, Transaction

DEVICE = DeviceRow(b"d" * 16, b"k" * 32, "portable", "agence", "agence/bus", "agent")
WRITER = WriterRow(b"w" * 16, DEVICE.device_id, 0)
SCOPE = "unit:agence/bus"
NOW = 1_795_680_000_000


def an_op(gsn: int, **changes: object) -> NewRow:
    """An op to store, made from a number; one field at a time."""
    values: dict[str, object] = {
        "op_id": make_uuid7(NOW, gsn.to_bytes(10, "big")),
        "writer": WRITER.writer,
        "kind": "visit.record",
        "scope": SCOPE,
        "entity": "e",
        "body": '{"note":"œuvre à l\'église"}'.encode(),
        "hash": gsn.to_bytes(32, "big"),
        "is_forwarded": True,
        "received_at": NOW,
    }
    return NewRow(**(values | changes))


def add_ops(transaction: Transaction, first: int, count: int, **changes: object) -> None:
    """Store several ops."""
    transaction.add_ops([an_op(gsn, **changes) for gsn in range(first, first + count)])


class StorageContract:
    """A subclass gives the fixture `storage`, on an empty registry."""

    @pytest.fixture
    def storage(self) -> Storage:
        raise NotImplementedError

    def test_what_is_written_is_read_by_the_next_transaction(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            transaction.add_device(DEVICE, "0.1", NOW)
            transaction.touch_device(DEVICE.device_id, 7, "0.2", NOW)
        with storage.transaction() as transaction:
            found = transaction.find_device(DEVICE.device_id)
            assert found is not None
            assert (found.name, found.counter, found.revoked_at) == ("portable", 7, None)
            assert transaction.list_devices() == [(found, NOW)]
            assert transaction.list_units("agence") == ["agence/bus"]
            assert transaction.find_device(b"x" * 16) is None

    def test_what_raises_leaves_nothing(self, storage: Storage) -> None:
        with pytest.raises(IntegrityError), storage.transaction() as transaction:
            _add_device_twice(transaction)
        with storage.transaction() as transaction:
            assert transaction.find_device(DEVICE.device_id) is None

    def test_a_chain_is_held_up_to_its_last_link(self, storage: Storage) -> None:
        links = [NewLink(seq, f"op-{seq}", b"h%d" % seq, b"c%d" % seq) for seq in (1, 2, 3)]
        with storage.transaction() as transaction:
            transaction.add_writer(WRITER, None, NOW)
            transaction.add_links(WRITER.writer, links)
        with storage.transaction() as transaction:
            found = transaction.find_writer(WRITER.writer)
            assert found == WriterRow(WRITER.writer, DEVICE.device_id, 3, b"c3")
            assert transaction.chain_after(WRITER.writer, 2) == b"c2"
            assert transaction.chain_after(WRITER.writer, 4) is None
            assert transaction.newest_writer_of(DEVICE.device_id) == WRITER.writer

    @pytest.mark.parametrize("count", [1, 40, 2500])
    def test_groups_of_every_size_are_stored_whole(self, storage: Storage, count: int) -> None:
        with storage.transaction() as transaction:
            add_ops(transaction, 1, count)
        with storage.transaction() as transaction:
            assert transaction.last_gsn() == count
            assert transaction.count_kinds() == {"visit.record": count}
            ids = [an_op(gsn).op_id for gsn in range(1, count + 1)]
            hashes = transaction.find_hashes([*ids, "absent"])
            assert hashes == {op_id: n.to_bytes(32, "big") for n, op_id in enumerate(ids, start=1)}
            page = transaction.read_page({SCOPE: 0}, not_by=b"", ops_max=count)
            assert [op.body for op in page] == [an_op(1).body] * count

    def test_an_erased_body_stays_erased(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            transaction.add_ops([an_op(1, body=None)])
        with storage.transaction() as transaction:
            (op,) = transaction.read_page({SCOPE: 0}, not_by=b"", ops_max=9)
            assert op.body is None
            assert op.hash == an_op(1).hash

    def test_one_id_has_one_row(self, storage: Storage) -> None:
        with pytest.raises(IntegrityError), storage.transaction() as transaction:
            transaction.add_ops([an_op(1), an_op(2, op_id=an_op(1).op_id)])
        with storage.transaction() as transaction:
            assert transaction.last_gsn() == 0

    def test_a_page_follows_the_cursors_of_its_scopes_only(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            add_ops(transaction, 1, 3)
            add_ops(transaction, 4, 3, scope="ref")
            add_ops(transaction, 7, 3, scope="unit:ailleurs/bus")
            add_ops(transaction, 10, 2, is_forwarded=False)
            add_ops(transaction, 12, 2, writer=b"m" * 16)
        with storage.reading() as transaction:
            page = transaction.read_page({SCOPE: 1, "ref": 4}, not_by=b"m" * 16, ops_max=9)
            assert [(op.gsn, op.scope) for op in page] == [
                (2, SCOPE), (3, SCOPE), (5, "ref"), (6, "ref"),
            ]  # fmt: skip
            page = transaction.read_page({"ref": 0, SCOPE: 0}, not_by=b"", ops_max=4)
            assert [op.gsn for op in page] == [1, 2, 3, 4]

    def test_an_outcome_is_kept_once_and_given_by_sequence(self, storage: Storage) -> None:
        links = [NewLink(seq, f"op-{seq}", b"h", b"c") for seq in (1, 2, 3, 4)]
        with storage.transaction() as transaction:
            transaction.add_writer(WRITER, None, NOW)
            transaction.add_links(WRITER.writer, links)
            transaction.add_outcome("op-2", "rejected", {"code": "forbidden"})
            transaction.add_outcome("op-2", "merged", {})
            transaction.add_rejected_body(WRITER.writer, 3, "op-3", b"{}")
        with storage.transaction() as transaction:
            assert transaction.outcomes_between(WRITER.writer, 1, 4) == {
                2: ("rejected", {"code": "forbidden"}),
                3: None,
            }
            assert transaction.outcomes_between(WRITER.writer, 4, 4) == {}

    def test_a_cursor_of_an_older_epoch_is_good_up_to_the_least_cut(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            first = transaction.current_epoch()
            transaction.open_epoch(b"2" * 16, 50, NOW, "restored")
            transaction.open_epoch(b"3" * 16, 30, NOW, "restored")
        with storage.transaction() as transaction:
            assert transaction.current_epoch() == b"3" * 16
            assert transaction.cut_after(first) == 30
            assert transaction.cut_after(b"2" * 16) == 30
            assert transaction.cut_after(b"x" * 16) == 0

    def test_a_schedule_file_is_read_when_all_its_parts_are_here(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            transaction.add_schedule_part("agence", "ab", 1, 2, "monde")
            assert transaction.read_schedule_file("agence", "ab") is None
            transaction.add_schedule_part("agence", "ab", 0, 2, "bonjour ")
            transaction.add_schedule_part("agence", "ab", 0, 2, "autre")
            assert transaction.read_schedule_file("agence", "ab") == "bonjour monde"
            revision = Revision(revision=1, op_id="op", manifest={"lieux.toml": "ab"})
            transaction.add_revision("agence", revision, NOW)
        with storage.transaction() as transaction:
            assert transaction.current_revision("agence") == revision
            assert transaction.current_revision("ailleurs") is None

    def test_the_position_is_the_epoch_and_the_last_gsn(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            epoch = transaction.current_epoch()
            assert transaction.position() == Position(epoch, 0, FIRST_HISTORY)
            add_ops(transaction, 1, 3)
            transaction.open_epoch(b"2" * 16, 2, NOW, "restored")
            history = transaction.histories_at([3])[3]
            assert transaction.position() == Position(b"2" * 16, 3, history)

    @pytest.mark.parametrize("groups", [[5], [1, 4], [2, 2, 1], [1, 1, 1, 1, 1]])
    def test_a_history_does_not_tell_how_its_ops_were_grouped(
        self, storage: Storage, groups: list[int]
    ) -> None:
        for place, count in enumerate(groups):
            with storage.transaction() as transaction:
                add_ops(transaction, sum(groups[:place]) + 1, count)
        history = FIRST_HISTORY
        for gsn in range(1, 6):
            one = an_op(gsn)
            history = next_history(history, gsn, one.op_id, one.hash, SCOPE)
        with storage.reading() as transaction:
            found = transaction.histories_at([0, 5, 6])
            assert found == {0: FIRST_HISTORY, 5: history}

    def test_erasing_changes_no_history(self, storage: Storage) -> None:
        with storage.transaction() as transaction:
            add_ops(transaction, 1, 3)
            before = transaction.histories_at([1, 2, 3])
            transaction.erase_bodies([Erasure(an_op(2).op_id, NOW, "demande")])
            add_ops(transaction, 4, 1)
        with storage.reading() as transaction:
            after = transaction.histories_at([1, 2, 3, 4])
            assert before.items() < after.items()
            assert len(set(after.values())) == 5

    def test_quarantine_keeps_each_op_once(self, storage: Storage) -> None:
        links = [NewLink(seq, f"op-{seq}", b"h%d" % seq, b"c") for seq in (1, 2, 3)]
        items = [(link, b"{}") for link in links]
        with storage.transaction() as transaction:
            for some, added in ((items[:2], 2), (items, 1), ([], 0)):
                found = transaction.add_quarantined(DEVICE.device_id, b"w" * 16, some, NOW)
                assert found == added
            other = [(NewLink(2, "op-2", b"other", b"c"), b"{}")]
            assert transaction.add_quarantined(DEVICE.device_id, b"w" * 16, other, NOW) == 1
        with storage.transaction() as transaction:
            assert transaction.count_quarantined(DEVICE.device_id) == 4
            assert transaction.list_quarantined() == {DEVICE.device_id: 4}

    def test_events_are_listed_newest_first_and_counted(self, storage: Storage) -> None:
        first = Event(NOW, EventKind.LAPTOP_CLONED, DEVICE.device_id, "")
        second = Event(NOW + 1, EventKind.REGISTRY_RESTORED, None, "12")
        with storage.transaction() as transaction:
            for one in (first, second):
                transaction.add_event(make_uuid7(one.at, b"0" * 10), one)
        with storage.reading() as transaction:
            assert transaction.list_events(1) == [second]
            assert transaction.list_events(9) == [second, first]
            assert transaction.count_events() == {"laptop_cloned": 1, "registry_restored": 1}

    def test_erasing_takes_the_body_and_leaves_the_hash(self, storage: Storage) -> None:
        ids = [an_op(1).op_id, an_op(2).op_id]
        with storage.transaction() as transaction:
            add_ops(transaction, 1, 3)
            erasures = [Erasure(ids[0], NOW, "demande", SCOPE), Erasure("absent", NOW, "demande")]
            for _ in range(2):
                transaction.erase_bodies(erasures)
        with storage.transaction() as transaction:
            assert transaction.find_erased([*ids, "absent"]) == {ids[0], "absent"}
            assert sorted(transaction.list_erased(), key=lambda one: one.op_id) == erasures
            page = transaction.read_page({SCOPE: 0}, not_by=b"", ops_max=9)
            assert [op.body is None for op in page] == [True, False, False]
            assert page[0].hash == an_op(1).hash

    def test_the_order_of_gsn_is_the_order_of_visibility(self, storage: Storage) -> None:
        """I8: writers that dawdle before their commit never let a reader see a hole."""
        holes: list[set[int]] = []
        done = threading.Event()

        def write(number: int) -> None:
            for turn in range(8):
                with storage.transaction() as transaction:
                    gsn = transaction.last_gsn() + 1
                    time.sleep(0.001 * ((number + turn) % 3))
                    op_id = make_uuid7(NOW, bytes([number, turn]) * 5)
                    transaction.add_ops([an_op(gsn, op_id=op_id)])

        def read() -> None:
            while not done.is_set():
                with storage.reading() as transaction:
                    seen = set(transaction.connection.execute(select(schema.op.c.gsn)).scalars())
                missing = set(range(1, max(seen, default=0))) - seen
                if missing:
                    holes.append(missing)

        reader = threading.Thread(target=read)
        writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        reader.start()
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        done.set()
        reader.join()
        assert holes == []
        with storage.reading() as transaction:
            assert transaction.last_gsn() == 32

    def test_acts_that_wait_share_one_commit(self, storage: Storage) -> None:
        commits: list[object] = []
        event.listen(storage.engine, "commit", commits.append)
        results = run_beside(storage, [_add_outcome(number) for number in range(20)])
        assert results == list(range(20))
        assert 1 <= len(commits) < 20

    def test_an_act_that_fails_spoils_no_other(self, storage: Storage) -> None:
        acts = [_add_outcome(number) for number in range(10)]
        acts[4] = _break_the_transaction
        results = run_beside(storage, acts)
        assert isinstance(results[4], DBAPIError)
        assert [one for one in results if one is not results[4]] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
        with storage.reading() as transaction:
            query = select(schema.outcome.c.op_id).order_by(schema.outcome.c.op_id)
            held = list(transaction.connection.execute(query).scalars())
            assert held == [f"op-{number}" for number in range(10) if number != 4]

    def test_a_transaction_that_must_begin_again_does(self, storage: Storage) -> None:
        tries: list[int] = []

        def fail_twice(transaction: Transaction) -> str:
            tries.append(1)
            transaction.add_outcome("op-1", "merged", {})
            if len(tries) < 3:
                raise DBAPIError("SELECT 1", None, SerialisationFailure())
            return "done"

        assert storage.run(fail_twice) == "done"
        assert len(tries) == 3

    def test_one_that_never_goes_through_is_given_up(self, storage: Storage) -> None:
        def fail(transaction: Transaction) -> None:
            raise DBAPIError("SELECT 1", None, SerialisationFailure())

        with pytest.raises(DBAPIError):
            storage.run(fail)


class SerialisationFailure(Exception):
    """What a driver raises when the database asks to begin again."""

    sqlstate = "40001"


def run_beside(storage: Storage, acts: list) -> list:
    """Run acts in threads that all wait for the same turn; return what each gave or raised."""
    results: list[object] = [None] * len(acts)
    begun, gate = threading.Event(), threading.Event()

    def hold(transaction: Transaction) -> None:
        begun.set()
        gate.wait(10)

    def work(number: int) -> None:
        try:
            results[number] = storage.run(acts[number])
        except DBAPIError as error:
            results[number] = error

    holder = threading.Thread(target=storage.run, args=(hold,))
    holder.start()
    begun.wait(10)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for one in threads:
        one.start()
    while storage.waiting < len(acts):
        time.sleep(0.001)
    gate.set()
    for one in (holder, *threads):
        one.join()
    return results


def _add_device_twice(transaction: Transaction) -> None:
    for _ in range(2):
        transaction.add_device(DEVICE, "0.1", NOW)


def _add_outcome(number: int):
    def act(transaction: Transaction) -> int:
        transaction.add_outcome(f"op-{number}", "merged", {})
        return number

    return act


def _break_the_transaction(transaction: Transaction) -> None:
    transaction.add_outcome("op-broken", "merged", {})
    transaction.connection.exec_driver_sql("SELECT * FROM no_such_table")
