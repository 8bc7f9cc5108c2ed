"""An enrolled laptop that means harm: it forges, it overreaches, and it reaches nobody else."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, delete, func, select
from worlds import UNIT, FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.ids import AgentId, make_uuid7
from fsmobile.protocol import messages
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.clock import ZERO
from fsmobile.protocol.digests import DAY, Listing, Span
from fsmobile.protocol.envelope import seal
from fsmobile.protocol.messages import (
    Busy,
    ErasedOp,
    Malformed,
    PulledOp,
    SyncAnswer,
    SyncReply,
    SyncRequest,
    Verify,
    Want,
    WriterBlock,
)
from fsmobile.protocol.ops import SALT_SIZE, Op, make_op, read_op
from fsmobile.protocol.orders import ERASE, EraseOrder, encode_order
from fsmobile.protocol.scopes import agency_scope, unit_scope
from fsmobile.registry import schema
from fsmobile.registry.administration import open_registry
from fsmobile.registry.confirmations import list_unconfirmed
from fsmobile.registry.lost_histories import PROOFS_A_DAY
from fsmobile.registry.pulls import PAGE_BYTES_MAX
from fsmobile.registry.quarantine import show_quarantine, take_quarantine_in
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.simulation.ports import DAY_MS
from fsmobile.store import identity
from fsmobile.store.ops import NewOp, append
from fsmobile.usecases import visits

SCOPE = unit_scope(UNIT)
ELSEWHERE = "bus-creuse/bus-1"


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


@pytest.fixture
def victim(registry: RegistryService) -> Laptop:
    return a_laptop(registry, name="un", clock=FakeClock())


@pytest.fixture
def attacker(registry: RegistryService) -> Laptop:
    return a_laptop(registry, name="deux", seed=3, clock=FakeClock())


def forge(
    laptop: Laptop, *items: bytes | ErasedOp, writer: bytes = b"w" * 16, **changes: Any
) -> SyncAnswer:
    """Send a request with a good signature and whatever else one likes."""
    enrolment = identity.load_enrolment(laptop.replica)
    assert enrolment is not None
    start = head = first_chain(enrolment.device_id, writer)
    for seq, item in enumerate(items, start=1):
        op_id, body_hash = (
            (item.op_id, item.hash)
            if isinstance(item, ErasedOp)
            else (read_op(item).op_id, hash_body(item))
        )
        head = next_chain(head, seq, op_id, body_hash)
    block = WriterBlock(
        writer=writer, first_seq=1, previous=start, head=head, last_seq=len(items),
        ops=list(items),
    )  # fmt: skip
    request = SyncRequest(
        protocol=1, app="essai", device_id=enrolment.device_id,
        counter=identity.next_counter(laptop.replica), now=0, writer=block, want=Want(1000, 100),
    )  # fmt: skip
    envelope = seal(messages.encode(replace(request, **changes)), laptop.key.sign)
    return laptop.registry.answer(envelope)[1]


def an_order(target: str, scope: str = SCOPE) -> Op:
    return make_op(
        kind=ERASE, schema=1, op_id=make_uuid7(1_800_000_000_000, b"forged!!!!"), scope=scope,
        hlc=ZERO, agent_id=AgentId("x"), salt=bytes(SALT_SIZE), entity=None,
        data=encode_order(EraseOrder(targets=(target,), ground="")),
    )  # fmt: skip


def last_op(laptop: Laptop) -> tuple[str, bytes, bytes]:
    return laptop.replica.connection.execute(
        "SELECT op_id, hash, body FROM op ORDER BY seq DESC LIMIT 1"
    ).fetchone()


def lose(registry: RegistryService, op_id: str) -> None:
    with registry.storage.transaction() as transaction:
        transaction.connection.execute(delete(schema.op).where(schema.op.c.op_id == op_id))


def minutes(laptop: Laptop) -> list[int]:
    return [row.state.visit.minutes for row in visits.list_visits(laptop.desk)]


@pytest.mark.parametrize("writer", [bytes(16), b"\xff" * 16])
def test_nobody_speaks_in_the_name_of_the_registry(registry, victim, attacker, writer):
    other = a_laptop(registry, unit=ELSEWHERE, seed=9, clock=FakeClock())
    order = an_order("x", unit_scope(ELSEWHERE))
    assert isinstance(forge(attacker, order.body, writer=writer), Malformed)
    assert list_unconfirmed(registry.storage) == []
    assert other.sync().pulled == 0


def test_nobody_erases_what_another_laptop_has_not_sent_yet(registry, victim, attacker):
    """It learnt the id and the hash from the other laptop of the bus, and is first to speak."""
    visit_id = visits.record_visit(victim.desk, a_visit())
    third = a_laptop(registry, name="trois", seed=4, clock=FakeClock())
    op_id, body_hash, _ = last_op(victim)
    answer = forge(attacker, ErasedOp(op_id, body_hash))
    assert isinstance(answer, SyncReply)
    assert [one.code for one in answer.outcomes] == ["erased"]
    victim.sync()
    third.sync()
    assert [row.state.visit_id for row in visits.list_visits(victim.desk)] == [visit_id]
    assert [row.state.visit_id for row in visits.list_visits(third.desk)] == [visit_id]
    assert verify_registry(registry.storage).faults == []


def test_nobody_erases_what_the_registry_lost(registry, victim, attacker):
    visits.record_visit(victim.desk, a_visit())
    victim.sync()
    attacker.sync()
    op_id, body_hash, body = last_op(victim)
    lose(registry, op_id)
    bare = PulledOp(gsn=0, scope=0, body=None, erased=ErasedOp(op_id, body_hash))
    answer = forge(attacker, verify=Verify(scopes=[SCOPE], ops=[bare]))
    assert isinstance(answer, SyncReply)
    assert answer.verified is not None
    assert answer.verified.taken == 0
    whole = PulledOp(gsn=0, scope=0, body=body)
    answer = forge(attacker, verify=Verify(scopes=[SCOPE], ops=[whole]), writer=b"v" * 16)
    assert isinstance(answer, SyncReply)
    assert answer.verified is not None
    assert answer.verified.taken == 1
    attacker.sync()
    victim.sync()
    assert len(minutes(victim)) == len(minutes(attacker)) == 1


def test_what_was_refused_once_is_not_handed_out_by_being_given_back(registry, victim, attacker):
    visits.record_visit(victim.desk, a_visit())
    victim.sync()
    order = an_order(last_op(victim)[0])
    answer = forge(attacker, order.body)
    assert isinstance(answer, SyncReply)
    assert [one.code for one in answer.outcomes] == ["rejected"]
    lose(registry, order.op_id)
    given = PulledOp(gsn=0, scope=0, body=order.body)
    forge(attacker, order.body, verify=Verify(scopes=[SCOPE], ops=[given]))
    victim.sync()
    assert len(minutes(victim)) == 1


def test_a_place_in_a_chain_proves_no_body(registry, victim, attacker):
    """Announced as erased, then given back as lost: an order, and a visit of another day."""
    visits.record_visit(victim.desk, a_visit())
    victim.sync()
    order = an_order(last_op(victim)[0])
    forge(attacker, ErasedOp(order.op_id, hash_body(order.body)))
    given = PulledOp(gsn=0, scope=0, body=order.body)
    answer = forge(attacker, verify=Verify(scopes=[SCOPE], ops=[given]), writer=b"v" * 16)
    assert isinstance(answer, SyncReply)
    assert answer.verified is not None
    assert (answer.verified.taken, answer.verified.aside) == (0, 1)
    victim.sync()
    assert len(minutes(victim)) == 1


def test_what_a_laptop_said_was_erased_can_still_be_taken_in(registry, victim, attacker):
    """By whoever has it: and the laptop that said so has it again."""
    visits.record_visit(victim.desk, a_visit())
    op_id, body_hash, _ = last_op(victim)
    forge(attacker, ErasedOp(op_id, body_hash))
    victim.sync()
    attacker.sync()
    assert len(minutes(attacker)) == 1


def test_forgeries_that_a_person_takes_in_stay_apart(registry, victim, attacker):
    """Two visits, given back with other words before their laptop has sent them."""
    for _ in range(2):
        visits.record_visit(victim.desk, a_visit(minutes=15))
    bodies = [row[0] for row in victim.replica.connection.execute("SELECT body FROM op")]
    given = [
        PulledOp(gsn=0, scope=0, body=body.replace(b'"minutes":15', b'"minutes":55'))
        for body in bodies
    ]
    answer = forge(attacker, verify=Verify(scopes=[SCOPE], ops=given))
    assert isinstance(answer, SyncReply)
    assert answer.verified is not None
    assert answer.verified.aside == 2
    victim.sync()
    assert take_quarantine_in(registry, "deux", by="Nadia", reason="").handed_out == 0
    attacker.sync()
    assert minutes(attacker) == [15, 15]
    assert len(show_quarantine(registry, "deux")) == 2
    assert verify_registry(registry.storage).faults == []


@pytest.mark.parametrize(
    "changes",
    [
        {"cursors": {SCOPE: 2**64 - 1}},
        {"cursors": {SCOPE: -(2**63)}},
        {"epoch": b"e" * 5_000},
        {"epoch": b""},
        {"verify": Verify(scopes=["unit:\0"], spans=[Span(0, "2026-11-26", "2026-11-26")])},
        {"verify": Verify(scopes=["x" * 300])},
    ],
    ids=["cursor", "negative", "epoch", "no epoch", "nul", "long"],
)
def test_what_no_database_could_take_is_named(attacker, changes):
    wanted = {"verify": Verify(scopes=[SCOPE], spans=[Span(0, "2026-11-26", "2026-11-26")])}
    assert isinstance(forge(attacker, **wanted | changes), Malformed)


@pytest.mark.parametrize(
    "verify",
    [
        Verify(scopes=[SCOPE, SCOPE]),
        Verify(scopes=[SCOPE], spans=[Span(0, "1970-01-01", "9999-12-31")] * 2),
        Verify(
            scopes=[SCOPE],
            spans=[Span(0, "2026-11-26", "2026-11-27"), Span(0, "2026-11-27", "2026-11-28")],
        ),
        Verify(scopes=[SCOPE], listings=[Listing(0, "2026-11-26", b"")] * 2),
        Verify(scopes=[SCOPE], listings=[Listing(0, "2026-11-26", b""), Listing(0, "2026", b"")]),
    ],
    ids=["scope", "span", "overlap", "listing", "year"],
)
def test_no_day_is_read_twice_for_one_request(attacker, verify):
    """5,000 times the whole history, in one small request, would keep a registry busy for hours."""
    assert isinstance(forge(attacker, verify=verify), Malformed)


def test_days_side_by_side_are_compared(attacker):
    spans = [Span(0, "2026-11-26", "2026-11-26"), Span(1, "2026-11-26", "2026-11-27")]
    spans.append(Span(0, "2026-11-27", "2026-11-28"))
    verify = Verify(
        scopes=[SCOPE, agency_scope("bus-charente")], spans=spans, level=DAY,
        listings=[Listing(1, "2026-11-26", b""), Listing(0, "2026-11-26", b"")],
    )  # fmt: skip
    assert isinstance(forge(attacker, verify=verify), SyncReply)


def test_a_page_is_no_longer_than_a_laptop_can_read(registry, victim, attacker):
    for _ in range(160):
        new = NewOp(
            kind="meteo.observe", schema=1, scope=SCOPE, agent_id=AgentId("a"),
            data=b'{"text":"%s"}' % (b"x" * 60_000),
        )  # fmt: skip
        append(victim.replica, new)
    victim.sync()
    answer = forge(attacker, want=Want(bytes=2**60, ops=2**60))
    assert isinstance(answer, SyncReply)
    assert sum(len(op.body or b"") for op in answer.pull.ops) <= PAGE_BYTES_MAX
    assert answer.pull.more
    assert attacker.sync().pulled == 160


def test_a_laptop_that_invents_lost_histories_opens_so_many_epochs_and_no_more(
    registry, victim, attacker
):
    victim.sync()

    def epochs() -> int:
        with registry.storage.reading() as transaction:
            return transaction.connection.execute(
                select(func.count()).select_from(schema.epoch)
            ).scalar_one()

    before = epochs()
    answers = [
        forge(
            attacker, writer=bytes([number]) * 16, epoch=bytes([number]) * 16,
            cursors={"ref": 1 << 40},
        )
        for number in range(1, PROOFS_A_DAY + 6)
    ]  # fmt: skip
    assert [type(one) for one in answers[-5:]] == [Busy] * 5
    assert epochs() == before + 2 * PROOFS_A_DAY
    assert victim.sync().is_complete
    registry.clock.ms += DAY_MS + 1
    again = forge(attacker, writer=b"z" * 16, epoch=b"y" * 16, cursors={"ref": 1 << 40})
    assert not isinstance(again, Busy)
