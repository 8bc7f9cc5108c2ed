"""How many SQL statements a sync costs: a few, and the same whatever the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ

import pytest
from sqlalchemy import Engine, event, insert
from worlds import UNIT, FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import schema
from fsmobile.registry.administration import open_registry
from fsmobile.registry.records import NewRow
from fsmobile.registry.rows import add_rows
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits

NO_OP_MAX = 12
PUSH_MAX = 60
LARGE = int(environ.get("FSMOBILE_TEST_HISTORY", "20000"))
"""1,000,000 outside CI; the plans are read as well, so that size is not the only witness."""
BATCH = 10_000


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


@contextmanager
def counted(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Collect the statements sent in a block, with their parameters."""
    sent: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many):
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def grow(registry: RegistryService, upto: int) -> None:
    """Fill the history of the laptop's unit, and a writer's chain, up to so many ops."""
    body, device = b"{}", b"d" * 16
    with registry.storage.transaction() as transaction:
        first = transaction.last_gsn() + 1
    for start in range(first, upto + 1, BATCH):
        with registry.storage.transaction() as transaction:
            numbers = range(start, min(start + BATCH, upto + 1))
            ids = [make_uuid7(gsn, gsn.to_bytes(10, "big")) for gsn in numbers]
            transaction.add_ops([_an_op(op_id, device, body) for op_id in ids])
            links = [
                (device, gsn, op_id, body, body) for gsn, op_id in zip(numbers, ids, strict=True)
            ]
            add_rows(transaction.connection, schema.link, links)
            outcomes = [{"op_id": op_id, "code": "held", "detail": "{}"} for op_id in ids[::10]]
            if outcomes:
                transaction.connection.execute(insert(schema.outcome), outcomes)


def _an_op(op_id: str, writer: bytes, body: bytes) -> NewRow:
    return NewRow(
        op_id=op_id,
        writer=writer,
        kind="visit.record",
        scope=unit_scope(UNIT),
        entity="e",
        body=body,
        hash=body,
        is_forwarded=True,
        received_at=0,
    )


def catch_up(registry: RegistryService, laptop: Laptop) -> None:
    """Make the laptop believe that it has read everything; reading it is not the point."""
    with registry.storage.reading() as transaction:
        position = transaction.position()
    with laptop.replica.write() as connection:
        connection.execute("UPDATE cursor SET gsn = ?", (position.gsn,))
        connection.execute("INSERT INTO history VALUES (?, ?)", (position.gsn, position.history))


def statements_of_a_sync(engine: Engine, laptop: Laptop) -> list[tuple[str, object]]:
    with counted(engine) as sent:
        report = laptop.sync()
    assert report.requests == 1
    return sent


def test_a_sync_costs_the_same_whatever_the_history(
    engine: Engine, registry: RegistryService
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    laptop.sync()
    costs = []
    for size in (1_000, LARGE):
        grow(registry, size)
        catch_up(registry, laptop)
        nothing_new = len(statements_of_a_sync(engine, laptop))
        for _ in range(40):
            visits.record_visit(laptop.desk, a_visit())
        costs.append((nothing_new, len(statements_of_a_sync(engine, laptop))))
    assert costs[0] == costs[1]
    assert costs[0][0] <= NO_OP_MAX
    assert costs[0][1] <= PUSH_MAX


def test_a_sync_of_nothing_does_the_same_work_on_any_history(sqlite_engine: Engine) -> None:
    """Counts the instructions of SQLite's own machine: no row is read that need not be."""
    registry = open_registry(sqlite_engine, FakeClock(), SeededChance(5), no_problems)
    laptop = a_laptop(registry, clock=FakeClock())
    laptop.sync()
    instructions = []
    for size in (1_000, LARGE):
        grow(registry, size)
        catch_up(registry, laptop)
        with counted_instructions(sqlite_engine) as count:
            laptop.sync()
        instructions.append(count[0])
    assert 100 < instructions[0] < 5_000
    assert abs(instructions[1] - instructions[0]) < 50


@contextmanager
def counted_instructions(engine: Engine) -> Iterator[list[int]]:
    """Count the instructions that SQLite runs in a block, in tens."""
    count = [0]

    def step() -> int:
        count[0] += 10
        return 0

    def watch(connection):
        connection.connection.driver_connection.set_progress_handler(step, 10)

    event.listen(engine, "begin", watch)
    yield count
    event.remove(engine, "begin", watch)


def test_no_question_of_a_sync_walks_through_a_table(
    engine: Engine, registry: RegistryService
) -> None:
    laptop = a_laptop(registry, role="coordinator", clock=FakeClock())
    laptop.sync()
    grow(registry, 5_000)
    catch_up(registry, laptop)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    visits.record_visit(laptop.desk, a_visit())
    with counted(engine) as sent:
        laptop.sync()
    walks = []
    with engine.begin() as connection:
        walk = explain(connection, "SELECT count(*) FROM op WHERE entity = 'x'", ())
        assert any(is_walk(engine.dialect.name, line, "op") for line in walk)
        for statement, parameters in sent:
            if not statement.startswith(("SELECT", "UPDATE")) or "advisory" in statement:
                continue
            plan = explain(connection, statement, parameters)
            walks += [
                line
                for table in ("op", "link", "outcome")
                for line in plan
                if is_walk(engine.dialect.name, line, table)
            ]
    assert walks == []


def explain(connection, statement: str, parameters: object) -> list[str]:
    """Return the lines of a plan."""
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{word} {statement}", parameters)
    return [str(row[-1]) for row in rows]


def is_walk(dialect: str, line: str, table: str) -> bool:
    """Tell whether a line of a plan reads a whole table."""
    if dialect == "sqlite":
        # `max(gsn)` is a SEARCH; any other read of an index from end to end is a SCAN.
        return line.startswith(f"SCAN {table}") and not line.startswith(f"SCAN {table}_")
    return f"Seq Scan on {table} " in line
