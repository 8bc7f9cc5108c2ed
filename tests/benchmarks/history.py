"""A sync of nothing on a short and on a long history: requests, bytes, statements, rows read.

python -m tests.benchmarks.history --long 1000000
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event, insert, text

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.history import FIRST_HISTORY
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry import schema
from fsmobile.registry.administration import make_code
from fsmobile.registry.rows import add_rows
from fsmobile.registry.service import RegistryService
from fsmobile.store.replica import open_store
from fsmobile.sync.enrolment import enrol
from tests.benchmarks.registries import DATABASES, BenchLaptop, opened

UNIT = "bus-charente/bus-1"
BATCH = 20_000
ROUNDS = 15
ROWS_READ = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingNew:
    """What one sync of nothing costs the registry."""

    history: int
    requests: int
    sent: int
    received: int
    statements: int
    work: int
    """SQLite: instructions of its machine. PostgreSQL: rows read."""
    milliseconds: float


class _Counting:
    """A registry in process that counts the bytes of what goes through, not compressed."""

    def __init__(self, service: RegistryService) -> None:
        self.service = service
        self.sent = self.received = 0

    def sync(self, envelope: bytes) -> bytes:
        answer = self.service.sync(envelope)
        self.sent, self.received = len(envelope), len(answer)
        return answer


def measure_history(kind: str, sizes: tuple[int, ...]) -> list[NothingNew]:
    """Measure a sync of nothing at each size of the history, on one database."""
    found = []
    with opened(kind) as (_, engine, service), tempfile.TemporaryDirectory() as folder:
        replica = open_store(Path(folder) / "laptop.db", SystemClock(), SystemChance())
        key = SigningKey(seed=SystemChance().token(32))
        code = make_code(service, UNIT, "agent")
        enrol(replica, service, key, url="http://registry", code=code, name="portable")
        laptop = BenchLaptop(replica=replica, key=key, unit=UNIT)
        for size in sizes:
            grow(service, size)
            catch_up(service, laptop)
            found.append(_measure(engine, service, laptop, size))
        replica.close()
    return found


def grow(service: RegistryService, upto: int) -> None:
    """Fill the history of the laptop's unit, and another writer's chain, up to so many ops."""
    body, device = b"{}", b"d" * 16
    with service.storage.transaction() as transaction:
        first = transaction.last_gsn() + 1
    names = [column.name for column in schema.op.columns]
    for start in range(first, upto + 1, BATCH):
        numbers = range(start, min(start + BATCH, upto + 1))
        ids = [make_uuid7(gsn, gsn.to_bytes(10, "big")) for gsn in numbers]
        fields = {
            "writer": device, "kind": "visit.record", "scope": unit_scope(UNIT), "entity": "e",
            "body": body, "hash": body, "is_forwarded": 1, "received_at": 0,
            "history": FIRST_HISTORY,
        }  # fmt: skip
        rows = [
            tuple({**fields, "gsn": gsn, "op_id": op_id}[name] for name in names)
            for gsn, op_id in zip(numbers, ids, strict=True)
        ]
        links = [(device, gsn, op_id, body, body) for gsn, op_id in zip(numbers, ids, strict=True)]
        with service.storage.transaction() as transaction:
            add_rows(transaction.connection, schema.op, rows)
            add_rows(transaction.connection, schema.link, links)
            outcomes = [{"op_id": op_id, "code": "held", "detail": "{}"} for op_id in ids[::10]]
            if outcomes:
                transaction.connection.execute(insert(schema.outcome), outcomes)
    with service.storage.transaction() as transaction:
        # As the database's own maintenance does within minutes.
        transaction.connection.exec_driver_sql("ANALYZE")


def catch_up(service: RegistryService, laptop: BenchLaptop) -> None:
    """Make the laptop believe that it has read everything, then let it sync once."""
    with service.storage.reading() as transaction:
        gsn = transaction.last_gsn()
    laptop.sync(service) if gsn == 0 else None
    with laptop.replica.write() as connection:
        connection.execute("UPDATE cursor SET gsn = ?", (gsn,))


@contextmanager
def counted_statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements sent in a block."""
    sent: list[str] = []

    def note(connection, cursor, statement, parameters, context, many):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def counted_work(engine: Engine) -> Iterator[list[int]]:
    """Count SQLite's instructions, in tens, or the rows that PostgreSQL reads, in a block."""
    count = [0]

    def step() -> int:
        count[0] += 10
        return 0

    def watch(connection) -> None:
        connection.connection.driver_connection.set_progress_handler(step, 10)

    def read(connection) -> None:
        count[0] += connection.execute(text(ROWS_READ)).scalar_one() or 0

    name, act = ("begin", watch) if engine.dialect.name == "sqlite" else ("commit", read)
    event.listen(engine, name, act)
    yield count
    event.remove(engine, name, act)


def _measure(
    engine: Engine, service: RegistryService, laptop: BenchLaptop, size: int
) -> NothingNew:
    counting = _Counting(service)
    laptop.sync(counting)  # the first one on this history: statements are prepared
    with counted_statements(engine) as statements:
        report = laptop.sync(counting)
    if engine.dialect.name == "postgresql":
        # Its counters hold what the transactions of the last second read, unless told.
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with counted_work(engine) as work:
        laptop.sync(counting)
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        laptop.sync(counting)
        seconds.append(time.perf_counter() - begun)
    return NothingNew(
        history=size,
        requests=report.requests,
        sent=counting.sent,
        received=counting.received,
        statements=len(statements),
        work=work[0],
        milliseconds=median(seconds) * 1000,
    )


def main() -> int:
    """Print a line for each size on each database; 1 when the work grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", type=int, default=1_000)
    parser.add_argument("--long", type=int, default=1_000_000)
    parser.add_argument("--database", choices=DATABASES, action="append")
    asked = parser.parse_args()
    grew = 0
    for kind in asked.database or DATABASES:
        short, long = measure_history(kind, (asked.short, asked.long))
        for one in (short, long):
            unit = "instructions" if kind == "sqlite" else "rows read"
            sys.stdout.write(
                f"{kind:10} {one.history:9,} ops: {one.requests} request, {one.sent} B up,"
                f" {one.received} B down, {one.statements} statements, {one.work} {unit},"
                f" {one.milliseconds:.1f} ms\n"
            )
        grew += (short.requests, short.statements) != (long.requests, long.statements)
        grew += long.work > short.work + 50
    return 1 if grew else 0


if __name__ == "__main__":
    sys.exit(main())
