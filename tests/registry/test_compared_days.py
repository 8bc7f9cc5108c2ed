"""Comparing days on both databases, and the examples of docs/protocol.md."""

import re
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine
from worlds import UNIT, FakeClock, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.chain import first_chain, hash_body
from fsmobile.protocol.digests import DAY, day_of, item_of, summarise
from fsmobile.protocol.messages import SyncRequest, Verified, Verify, Want, WriterBlock
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import Role, unit_scope
from fsmobile.registry.administration import open_registry
from fsmobile.registry.day_comparison import compare_days
from fsmobile.registry.records import DeviceRow, NewRow
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import Verification
from fsmobile.sync.verification import verify_days
from fsmobile.usecases import visits

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
DEVICE = DeviceRow(b"d" * 16, b"", "un", "bus-charente", UNIT, Role.AGENT)
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def example(name: str) -> list[tuple[str, str]]:
    block = re.search(rf"```{name}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    return [tuple(line.split(maxsplit=1)) for line in block[1].splitlines()]


def put(registry: RegistryService, op_id: str, body: bytes, scope: str = unit_scope(UNIT)) -> None:
    row = NewRow(
        op_id=op_id,
        writer=b"w" * 16,
        kind="visit.void",
        scope=scope,
        entity=op_id,
        body=body,
        hash=hash_body(body),
        is_forwarded=True,
        received_at=0,
    )
    with registry.storage.transaction() as transaction:
        transaction.add_ops([row])


def request_for(verify: Verify, upto: int) -> SyncRequest:
    start = first_chain(b"d" * 16, b"w" * 16)
    block = WriterBlock(writer=b"w" * 16, first_seq=1, previous=start, head=start, last_seq=0)
    return SyncRequest(
        protocol=1, app="essai", device_id=b"d" * 16, counter=1, now=0, writer=block,
        cursors=dict.fromkeys(verify.scopes, upto), want=Want(1_000_000, 2_500), verify=verify,
    )  # fmt: skip


def test_the_examples_of_the_page_are_what_a_registry_answers(registry: RegistryService) -> None:
    body = dict(example("worked-example"))["body"].encode()
    op = read_op(body)
    put(registry, op.op_id, body)
    lines = example("compared-days")
    told = dict(lines)
    assert item_of(op.op_id, hash_body(body)).hex() == told["item"]
    assert day_of(op.op_id) == told["day"]
    (digest,) = summarise([(op.op_id, hash_body(body))], DAY).values()
    assert f"{digest.count} {digest.short().hex()}" == told["digest"]
    requests = [text for name, text in lines if name == "request"]
    answers = [text for name, text in lines if name == "answer"]
    assert len(requests) == len(answers) == 3
    for asked, answer in zip(requests, answers, strict=True):
        request = request_for(msgspec.json.decode(asked, type=Verify), upto=1)
        with registry.storage.reading() as transaction:
            found = compare_days(transaction, DEVICE, request)
        assert found == msgspec.json.decode(answer, type=Verified)


def test_a_day_is_a_range_of_ids_whatever_the_collation(registry: RegistryService) -> None:
    """Ids of all hexadecimal digits, at both ends of a day, sorted by the database's own rules."""
    start = 1_793_750_400_000
    for ms in (start - 1, start, start + DAY_MS - 1, start + DAY_MS):
        for token in (bytes(10), b"\xff" * 10, b"\x9a\xbc\xde\xf0\x12" * 2):
            put(registry, make_uuid7(ms, token), b"{}%d" % ms)
    put(registry, make_uuid7(start + 5, b"elsewhere!"), b"{}", "unit:bus-creuse/bus-1")
    day = day_of(make_uuid7(start, bytes(10)))
    verify = Verify(scopes=[unit_scope(UNIT)], spans=[], listings=[])
    verify = msgspec.convert(
        {"scopes": verify.scopes, "spans": [[0, day, day]], "listings": [[0, day, b""]]}, Verify
    )
    with registry.storage.reading() as transaction:
        found = compare_days(transaction, DEVICE, request_for(verify, upto=99))
        behind = compare_days(transaction, DEVICE, request_for(verify, upto=4))
    assert [(one.period, one.count) for one in found.differs] == [(day, 6)]
    assert len(found.ops) == 6
    assert [one.count for one in behind.differs] == [1]


def test_a_loss_is_mended_on_both_databases(engine: Engine, registry: RegistryService) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    ids = [visits.record_visit(laptop.desk, a_visit()) for _ in range(9)]
    sync = SyncEngine(laptop.replica, registry, laptop.key)
    sync.run()
    lost = [ids[0], ids[2], ids[3], ids[4], ids[7]]
    with engine.begin() as connection:
        for op_id in lost:
            connection.exec_driver_sql(f"DELETE FROM op WHERE op_id = '{op_id}'")
    named = [fault.code for fault in verify_registry(registry.storage).faults]
    assert (named.count("gsn_missing"), named.count("op_missing")) == (3, 5)
    found = Verification()
    verify_days(laptop.replica, sync, found)
    assert (found.given, found.is_same) == (5, True)
    # Each hole is explained by the chain over the numbers: the nightly check is content again.
    assert verify_registry(registry.storage).faults == []


def test_a_hole_that_nothing_explains_is_still_named(
    engine: Engine, registry: RegistryService
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    ids = [visits.record_visit(laptop.desk, a_visit()) for _ in range(5)]
    sync = SyncEngine(laptop.replica, registry, laptop.key)
    sync.run()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM op WHERE op_id IN ('{ids[1]}', '{ids[3]}')")
        connection.exec_driver_sql(f"DELETE FROM link WHERE op_id = '{ids[3]}'")
    found = Verification()
    verify_days(laptop.replica, sync, found)
    assert (found.given, found.aside) == (1, 1)
    assert "gsn_missing" in {fault.code for fault in verify_registry(registry.storage).faults}
