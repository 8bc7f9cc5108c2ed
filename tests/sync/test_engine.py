"""One sync of one laptop: what it sends, heals, reports, and what it refuses to believe."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pytest
from worlds import FakeClock, Laptop, SeededChance, a_laptop, a_registry, a_visit

from fsmobile.core.catalogue import Catalogue
from fsmobile.errors import (
    BadSignature,
    InvalidInput,
    NotAllowed,
    ProtocolMismatch,
    RegistryUnreachable,
    RepeatedFork,
)
from fsmobile.protocol import messages
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Answered, SyncAnswer, SyncReply
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import make_code, revoke
from fsmobile.registry.service import RegistryService
from fsmobile.store import identity, ops, queries
from fsmobile.store.cursors import load_reading
from fsmobile.store.replica import Replica, open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.usecases import passages, undo, visits
from fsmobile.usecases.desk import open_desk

PASSAGE = "bus-charente/semaine-paire/luxe/2026-11-26"


@dataclass
class Wire:
    """A registry whose answers can be changed on their way; counts the requests."""

    registry: RegistryService
    change: Callable[[SyncAnswer], SyncAnswer] | None = None
    key: SigningKey | None = None
    counter: int | None = None
    seen: list[bytes] = field(default_factory=list)

    def enrol(self, request: messages.EnrolRequest) -> messages.EnrolAnswer:
        return self.registry.enrol(request)

    def sync(self, envelope: bytes) -> bytes:
        self.seen.append(envelope)
        counter, answer = self.registry.answer(envelope)
        if self.change is not None:
            answer = self.change(answer)
        number = counter if self.counter is None else self.counter
        payload = messages.encode(Answered(counter=number, answer=answer))
        return seal(payload, (self.key or self.registry.key).sign)


def _record(machine: Laptop, count: int = 1) -> None:
    for _ in range(count):
        visits.record_visit(machine.desk, a_visit())


def test_a_day_is_one_request_and_the_report_comes_from_receipts() -> None:
    mine = a_laptop(a_registry())
    _record(mine, 38)
    passages.open_passage(mine.desk, PASSAGE)
    report = mine.sync()
    assert (report.requests, report.to_send, report.received) == (1, 39, 39)
    assert (report.to_send_visits, report.received_visits, report.waiting) == (38, 38, 0)
    again = mine.sync()
    assert (again.requests, again.received, again.pulled) == (1, 0, 0)


def test_a_second_laptop_sees_the_day_once() -> None:
    registry = a_registry()
    mine, other = a_laptop(registry, seed=2), a_laptop(registry, seed=3)
    _record(mine, 20)
    mine.sync()
    report = other.sync()
    assert (report.pulled, report.pulled_visits) == (20, 20)
    assert other.sync().pulled == 0
    assert queries.list_visits(other.replica) == queries.list_visits(mine.replica)


def test_nothing_is_received_when_only_the_reply_is_lost_and_all_is_next_time() -> None:
    mine = a_laptop(a_registry())
    _record(mine, 3)

    def lose(answer: SyncAnswer) -> SyncAnswer:
        raise RegistryUnreachable("registry_too_slow")

    with pytest.raises(RegistryUnreachable):
        mine.sync(Wire(mine.registry, lose))
    assert queries.load_sync_state(mine.replica).waiting == 3
    report = mine.sync()
    assert (report.received, report.healed) == (3, [])


def test_a_registry_that_lost_ops_gets_them_again_after_a_gap() -> None:
    registry = a_registry()
    mine, other = a_laptop(registry, seed=2), a_laptop(registry, seed=3)
    _record(mine, 2)
    mine.sync()
    backup = registry.storage.engine.raw_connection().driver_connection
    image = _image_of(backup)
    _record(mine, 3)
    mine.sync()
    other.sync()
    image.backup(backup)
    report = mine.sync()
    assert report.healed == ["lost_history", "gap"]
    assert report.received == 3
    with registry.storage.transaction() as transaction:
        assert transaction.last_gsn() == 5
    # Numbers were used twice, and what they stand for now is not missed.
    _record(mine)
    mine.sync()
    other.sync()
    assert len(queries.list_visits(other.replica)) == 6


def _image_of(connection):
    image = sqlite3.connect(":memory:")
    connection.backup(image)
    return image


def test_a_new_writer_does_not_hide_that_the_registry_lost_ops_of_its_parent() -> None:
    registry = a_registry()
    mine = a_laptop(registry)
    _record(mine, 2)
    mine.sync()
    disk = registry.storage.engine.raw_connection().driver_connection
    image = _image_of(disk)
    _record(mine, 3)
    mine.sync()
    (writer,) = ops.list_writers(mine.replica)
    ops.open_writer(mine.replica, writer.writer, writer.acked_seq, "replay")
    image.backup(disk)
    _record(mine)
    report = mine.sync()
    assert report.healed == ["lost_history", "gap"]
    with registry.storage.transaction() as transaction:
        assert transaction.last_gsn() == 6


def test_a_parent_is_sent_before_its_children_whatever_the_clock_said() -> None:
    """Seed 255: with a clock that jumped back, a child asked for its parent's ops for ever."""
    registry = a_registry()
    mine = a_laptop(registry)
    disk = registry.storage.engine.raw_connection().driver_connection
    image = _image_of(disk)
    _record(mine, 3)
    mine.sync()
    mine.replica.clock.ms = 0
    for _ in range(2):
        newest = ops.list_writers(mine.replica)[-1]
        ops.open_writer(mine.replica, newest.writer, newest.acked_seq, "replay")
        _record(mine)
        mine.sync()
    image.backup(disk)
    report = mine.sync()
    assert report.healed == ["lost_history", "gap", "gap", "gap"]
    with registry.storage.transaction() as transaction:
        assert transaction.last_gsn() == 5


def test_an_empty_writer_does_not_hide_what_it_goes_on_from() -> None:
    """Seed 100704: a publication came back before the one it was made on, and was too late."""
    registry = a_registry()
    mine = a_laptop(registry)
    disk = registry.storage.engine.raw_connection().driver_connection
    image = _image_of(disk)
    _record(mine, 2)
    mine.sync()
    for _ in range(2):
        newest = ops.list_writers(mine.replica)[-1]
        ops.open_writer(mine.replica, newest.writer, newest.acked_seq, "replay")
    _record(mine)
    mine.sync()
    image.backup(disk)
    mine.sync()
    recorded = mine.replica.connection.execute("SELECT op_id FROM op ORDER BY hlc").fetchall()
    assert disk.execute("SELECT op_id FROM op ORDER BY gsn").fetchall() == recorded
    assert len(recorded) == 3


def test_a_clone_that_begins_alike_is_a_fork_and_misses_nothing() -> None:
    """Seed 1672: what the registry holds of this writer goes further than what it was shown."""
    registry = a_registry()
    mine = a_laptop(registry)
    _record(mine, 2)
    clone = Laptop(open_desk(_copy_of(mine.replica), Catalogue(), {}), mine.key, registry)
    clone.desk.agent_id = mine.desk.agent_id
    _record(mine, 3)
    _record(clone, 4)
    mine.sync()
    identity.next_counter(clone.replica, at_least=50)  # the counter alone would betray it
    engine = SyncEngine(clone.replica, registry, clone.key, chunk_ops=2)
    assert engine.run().healed == ["fork"]
    assert len(queries.list_visits(clone.replica)) == 9
    mine.sync()
    assert len(queries.list_visits(mine.replica)) == 9


def _copy_of(replica: Replica) -> Replica:
    copy = open_store(":memory:", replica.clock, SeededChance(9))
    replica.connection.backup(copy.connection)
    return copy


def test_a_restored_laptop_gets_its_lost_visits_back_and_keeps_its_new_ones() -> None:
    mine = a_laptop(a_registry())
    _record(mine, 2)
    mine.sync()
    image = _image_of(mine.replica.connection)
    _record(mine, 3)
    mine.sync()
    image.backup(mine.replica.connection)
    _record(mine)
    report = mine.sync()
    assert report.healed == ["replay"]
    assert (report.received_visits, report.pulled_visits) == (1, 3)
    assert len(queries.list_visits(mine.replica)) == 6


def test_a_restored_laptop_with_nothing_to_send_still_pulls() -> None:
    mine = a_laptop(a_registry())
    image = _image_of(mine.replica.connection)
    _record(mine, 3)
    mine.sync()
    image.backup(mine.replica.connection)
    assert mine.sync().pulled_visits == 3


def test_ops_held_before_the_fork_but_never_signed_for_move_with_the_others() -> None:
    """What once forked for ever: the old writer kept ops that nobody acknowledged."""
    mine = a_laptop(a_registry())
    _record(mine, 2)

    def lose(answer: SyncAnswer) -> SyncAnswer:
        raise RegistryUnreachable("registry_too_slow")

    with pytest.raises(RegistryUnreachable):
        mine.sync(Wire(mine.registry, lose))
    (writer,) = ops.list_writers(mine.replica)
    ops.open_writer(mine.replica, writer.writer, 2, "fork")
    report = mine.sync()
    assert (report.received, report.healed, report.waiting) == (2, [], 0)


def _always(answer: SyncAnswer) -> Callable[[SyncAnswer], SyncAnswer]:
    return lambda _: answer


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (messages.Busy(after=5), RegistryUnreachable, "registry_busy"),
        (messages.UnknownDevice(), NotAllowed, "device_unknown"),
        (messages.Revoked(), NotAllowed, "device_revoked"),
        (messages.UpgradeNeeded(minimum_app="9"), ProtocolMismatch, "program_too_old"),
        (messages.Malformed(reason="?"), ProtocolMismatch, "request_malformed"),
        (messages.StaleCursor(scopes=[]), ProtocolMismatch, "unexpected_answer"),
        (messages.UnknownDictionary(), ProtocolMismatch, "unexpected_answer"),
        (messages.ChunkTooLarge(maximum=1), ProtocolMismatch, "op_too_large"),
        (messages.Replay(counter=0), RepeatedFork, "repeated_fork"),
        (
            messages.Fork(writer=b"?" * 16, common=0, epoch=b""),
            RegistryUnreachable,
            "answer_to_another_request",
        ),
        (messages.Gap(writer=b"?" * 16, acked=0, epoch=b""), RepeatedFork, "repeated_fork"),
    ],
)
def test_each_refusal_has_its_error_and_loses_nothing(
    answer: SyncAnswer, error: type[Exception], code: str
) -> None:
    mine = a_laptop(a_registry())
    _record(mine, 2)
    with pytest.raises(error, match=code):
        mine.sync(Wire(mine.registry, _always(answer)))
    assert queries.load_sync_state(mine.replica).waiting == 2
    assert mine.sync().received == 2


def _shrunk(answer: SyncAnswer) -> SyncAnswer:
    assert isinstance(answer, SyncReply)
    receipt = msgspec.structs.replace(answer.receipt, seq=0)
    return msgspec.structs.replace(answer, receipt=receipt)


def _unsigned(answer: SyncAnswer) -> SyncAnswer:
    assert isinstance(answer, SyncReply)
    receipt = msgspec.structs.replace(answer.receipt, signature=b"")
    return msgspec.structs.replace(answer, receipt=receipt)


def test_an_answer_that_proves_nothing_is_not_believed() -> None:
    mine = a_laptop(a_registry())
    _record(mine, 2)
    stranger = SigningKey(seed=bytes(32))
    for wire, error in (
        (Wire(mine.registry, key=stranger), BadSignature),
        (Wire(mine.registry, _unsigned), BadSignature),
        (Wire(mine.registry, _shrunk), BadSignature),
        (Wire(mine.registry, counter=999), RegistryUnreachable),
        (Wire(mine.registry, counter=0), RegistryUnreachable),
    ):
        with pytest.raises(error):
            mine.sync(wire)
        assert queries.load_sync_state(mine.replica).waiting == 2
    assert mine.sync().received == 2


def test_an_op_that_cannot_be_read_keeps_neither_the_receipt_nor_the_others_away() -> None:
    registry = a_registry()
    mine, other = a_laptop(registry, seed=2), a_laptop(registry, seed=3)
    _record(other, 2)
    other.sync()
    _record(mine)

    def spoil(answer: SyncAnswer) -> SyncAnswer:
        assert isinstance(answer, SyncReply)
        first, *rest = answer.pull.ops
        spoilt = [messages.PulledOp(first.gsn, first.scope, b"{}"), *rest]
        pull = msgspec.structs.replace(answer.pull, ops=spoilt)
        return msgspec.structs.replace(answer, pull=pull)

    report = mine.sync(Wire(registry, spoil))
    assert (report.received, report.pulled) == (1, 1)
    assert load_reading(mine.replica).cursors
    assert mine.replica.connection.execute("SELECT count(*) FROM unreadable").fetchone() == (1,)


def test_a_revoked_laptop_is_told_so() -> None:
    mine = a_laptop(a_registry(), name="portable-7")
    revoke(mine.registry, "portable-7")
    with pytest.raises(NotAllowed, match="device_revoked"):
        mine.sync()


def test_a_laptop_in_1970_corrects_after_what_it_has_received() -> None:
    registry = a_registry(FakeClock())
    mine = a_laptop(registry, seed=2, clock=FakeClock())
    late = a_laptop(registry, seed=3, clock=FakeClock(ms=0))
    visit_id = visits.record_visit(mine.desk, a_visit(minutes=10))
    visits.correct_visit(mine.desk, visit_id, {"minutes": 20})
    mine.sync()
    late.sync()
    assert visits.correct_visit(late.desk, visit_id, {"minutes": 30}).visit.minutes == 30


def test_a_count_at_the_door_that_was_taken_back_stays_taken_back() -> None:
    mine = a_laptop(a_registry())
    passages.open_passage(mine.desk, PASSAGE)
    passages.tally_passage(mine.desk, PASSAGE, met=1)
    passages.tally_passage(mine.desk, PASSAGE, met=5)
    undo.undo_last(mine.desk)
    passage = passages.tally_passage(mine.desk, PASSAGE, met=2)
    assert passage.tally.met == 3


# Enrolment


def _fresh(registry: RegistryService, seed: int = 8):
    chance = SeededChance(seed)
    replica = open_store(":memory:", registry.clock, chance)
    return replica, SigningKey(seed=chance.token(32))


def _try(registry, replica, key, code, api=None):
    return enrol(replica, api or registry, key, url="http://r", code=code, name="poste")


def test_wrong_used_and_expired_codes_are_three_different_errors() -> None:
    clock = FakeClock()
    registry = a_registry(clock)
    unit = "bus-charente/bus-1"
    used, old = make_code(registry, unit, "agent"), make_code(registry, unit, "agent")
    _try(registry, *_fresh(registry, 8), used)
    for code, wait, expected in (
        (bytes(16), 0, "enrolment_code_unknown"),
        (used, 0, "enrolment_code_used"),
        (old, 73, "enrolment_code_expired"),
    ):
        clock.ms += wait * 3_600_000
        with pytest.raises(InvalidInput, match=expected):
            _try(registry, *_fresh(registry, 9), code)


class LosesTheFirstAnswer:
    """A registry whose first answer to an enrolment never arrives."""

    def __init__(self, registry: RegistryService) -> None:
        self.registry = registry
        self.count = 0

    def enrol(self, request: messages.EnrolRequest) -> messages.EnrolAnswer:
        answer = self.registry.enrol(request)
        self.count += 1
        if self.count == 1:
            raise RegistryUnreachable("registry_too_slow")
        return answer


def test_an_enrolment_whose_answer_was_lost_goes_through_the_second_time() -> None:
    registry = a_registry()
    code = make_code(registry, "bus-charente/bus-1", "agent")
    replica, key = _fresh(registry)
    link = LosesTheFirstAnswer(registry)
    with pytest.raises(RegistryUnreachable):
        _try(registry, replica, key, code, link)
    assert _try(registry, replica, key, code, link).unit_id == "bus-charente/bus-1"
    SyncEngine(replica, registry, key).run()


def test_the_same_laptop_may_come_back_with_a_new_code() -> None:
    registry = a_registry()
    replica, key = _fresh(registry)
    _try(registry, replica, key, make_code(registry, "bus-charente/bus-1", "agent"))
    wiped = open_store(":memory:", registry.clock, registry.chance)
    code = make_code(registry, "bus-charente/bus-2", "coordinator")
    enrolment = _try(registry, wiped, key, code)
    assert (enrolment.unit_id, enrolment.role) == ("bus-charente/bus-2", "coordinator")
    assert unseal(registry.sync(b""))[0]


def test_a_revoked_key_does_not_come_back_by_a_code() -> None:
    registry = a_registry()
    replica, key = _fresh(registry)
    device = _try(registry, replica, key, make_code(registry, "a/b", "agent")).device_id
    revoke(registry, device.hex())
    wiped = open_store(":memory:", registry.clock, registry.chance)
    with pytest.raises(ProtocolMismatch, match="request_malformed"):
        _try(registry, wiped, key, make_code(registry, "a/b", "agent"))
