"""What a group of requests brings is written at once, and seen before by whoever asks."""

import pytest
from sqlalchemy import Engine
from worlds import UNIT, FakeClock, SeededChance, no_problems

from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.administration import open_registry
from fsmobile.registry.records import NewLink, NewRow
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction
from tests.benchmarks.history import counted_statements

SCOPE = unit_scope(UNIT)


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def take(transaction: Transaction, writer: bytes, seq: int) -> str:
    """Add one op of a writer, as a request does."""
    op_id, body_hash = f"op-{writer.hex()}-{seq}", bytes([seq]) * 32
    row = NewRow(op_id, writer, "visit.record", SCOPE, op_id, b"{}", body_hash, True, 0)
    transaction.add_ops([row])
    transaction.add_links(writer, [NewLink(seq, op_id, body_hash, b"c" * 32)])
    return op_id


def test_ops_of_many_requests_are_one_statement(engine: Engine, registry: RegistryService) -> None:
    with counted_statements(engine) as sent, registry.storage.transaction() as transaction:
        for number in range(1, 6):
            take(transaction, bytes([number]) * 16, 1)
    inserts = [one for one in sent if one.startswith("INSERT")]
    assert len(inserts) == (2 if engine.dialect.name == "sqlite" else 0)  # PostgreSQL copies
    with registry.storage.reading() as transaction:
        assert transaction.last_gsn() == 5


def test_what_waits_is_seen_by_who_asks(registry: RegistryService) -> None:
    first, second = b"1" * 16, b"2" * 16
    with registry.storage.transaction() as transaction:
        op_id = take(transaction, first, 1)
        assert transaction.position().gsn == 1
        assert transaction.find_hashes([op_id]) == {op_id: b"\1" * 32}
        assert transaction.chain_after(first, 1) == b"c" * 32
        take(transaction, second, 1)
        page = transaction.read_page({SCOPE: 0}, not_by=second, ops_max=9)
        assert [one.op_id for one in page] == [op_id]
        assert transaction.last_gsn_of(second) == 2


def test_an_outcome_is_told_though_its_op_waits(registry: RegistryService) -> None:
    writer = b"1" * 16
    with registry.storage.transaction() as transaction:
        transaction.add_outcome(f"op-{writer.hex()}-2", "held", {})
        take(transaction, writer, 1)
        assert transaction.outcomes_between(writer, 1, 1) == {}
        take(transaction, writer, 2)
        assert transaction.outcomes_between(writer, 1, 2) == {2: ("held", {})}
