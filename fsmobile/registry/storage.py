"""The registry's database: one transaction at a time, several requests in each."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from fsmobile.errors import StoreBusy
from fsmobile.registry.database import READ_ONLY
from fsmobile.registry.device_rows import DeviceRows
from fsmobile.registry.digest_rows import DigestRows
from fsmobile.registry.erasure_rows import ErasureRows
from fsmobile.registry.event_rows import EventRows
from fsmobile.registry.op_rows import OpRows
from fsmobile.registry.schedule_rows import ScheduleRows
from fsmobile.registry.snapshot_rows import SnapshotRows

LOCK = 0x66736D6F
"""Advisory lock of PostgreSQL: « assign a gsn and commit » is one writer at a time, so that
the order of gsn is the order of visibility."""
_TAKE_LOCK = text(f"SELECT pg_advisory_xact_lock({LOCK})")
GROUP_MAX = 64
"""Requests in one transaction at most."""
TRIES_MAX = 5
RETRIED = {"40001", "40P01"}
"""SQLSTATE of a transaction that the database asks to begin again."""

WITH_BODIES = ("op", "outcome", "rejected_body", "quarantine")
"""Tables that hold what people wrote."""

T = TypeVar("T")


class Transaction(
    DeviceRows, OpRows, DigestRows, SnapshotRows, ScheduleRows, EventRows, ErasureRows
):
    """What can be asked and written inside one transaction."""

    __slots__ = ()


class Act(Generic[T]):
    """Something to do in a transaction, alone or with others, and its outcome."""

    __slots__ = ("_error", "_result", "do", "is_done", "turn")

    def __init__(self, do: Callable[[Transaction], T]) -> None:
        """Take what to do; it may be called again when its transaction fails."""
        self.do = do
        self.is_done = False
        self.turn = Event()
        """Set when it is done, or when its own thread has to take the lead."""
        self._result: T | None = None
        self._error: BaseException | None = None

    def settle(self, result: T | None, error: BaseException | None = None) -> None:
        """Keep the outcome."""
        self._result, self._error, self.is_done = result, error, True

    def outcome(self) -> T:
        """Return what it returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return cast("T", self._result)


class Storage:
    """The database of a registry."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose schema is up to date."""
        self._engine = engine
        self._waiting: deque[Act[Any]] = deque()
        self._guard = Lock()
        self._is_led = False

    @property
    def engine(self) -> Engine:
        """The engine, for backups and checks that are not a transaction of ours."""
        return self._engine

    @property
    def waiting(self) -> int:
        """How many acts wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run a block as one durable transaction of its own."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_TAKE_LOCK)
            transaction = Transaction(connection)
            yield transaction
            transaction.write_new()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Run a block that only reads, concurrently with writers."""
        with (
            self._engine.connect().execution_options(**{READ_ONLY: True}) as connection,
            connection.begin(),
        ):
            yield Transaction(connection)

    def scrub(self) -> None:
        """Rewrite the database files without the erased bytes that deletion leaves in them.

        Neither `secure_delete` nor a plain VACUUM is enough: rows that move inside a page leave
        copies of their bytes. Writers wait meanwhile.

        Raises:
            StoreBusy: somebody still reads an older snapshot of the database; scrub again.
        """
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execute(text(f"VACUUM (FULL) {', '.join(WITH_BODIES)}"))
                return
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA temp_store = MEMORY")
            driver.execute("VACUUM")
            (is_busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if is_busy:
                raise StoreBusy("registry_not_scrubbed")

    def run(self, do: Callable[[Transaction], T]) -> T:
        """Do something in a durable transaction, shared with the acts that wait at this moment.

        One commit, and one wait for the disk, serves them all. When this returns, the act is
        durable. `do` may be called again after a failure, so it must have no other effects.
        """
        act = Act(do)
        with self._guard:
            self._waiting.append(act)
            leads, self._is_led = not self._is_led, True
        if not leads:
            act.turn.wait()
        if not act.is_done:
            self._lead()
        return act.outcome()

    def _lead(self) -> None:
        """Do the waiting acts, oldest first, then hand the lead to one that came meanwhile.

        Nobody queues for a lock: a finished act returns at once, and none is overtaken.
        """
        with self._guard:
            group = [self._waiting.popleft() for _ in range(min(GROUP_MAX, len(self._waiting)))]
        try:
            self._do_group(group)
        finally:
            for act in group:
                act.turn.set()
            with self._guard:
                if self._waiting:
                    self._waiting[0].turn.set()
                else:
                    self._is_led = False

    def _do_group(self, group: list[Act[Any]]) -> None:
        try:
            if not self._try_together(group) and len(group) > 1:
                # Nothing was committed. One act failed, and the others must not pay for it.
                for act in group:
                    self._try_together([act])
        except BaseException as error:
            for act in group:
                act.settle(None, error)
            raise

    def _try_together(self, group: list[Act[Any]]) -> bool:
        try:
            self._run_together(group)
        except Exception as error:  # noqa: BLE001  # each act raises it again, to who asked
            for act in group:
                act.settle(None, error)
            return False
        return True

    def _run_together(self, group: list[Act[Any]]) -> None:
        for remaining in reversed(range(TRIES_MAX)):
            try:
                with self.transaction() as transaction:
                    results = [act.do(transaction) for act in group]
            except DBAPIError as error:
                if remaining and getattr(error.orig, "sqlstate", None) in RETRIED:
                    continue
                raise
            for act, result in zip(group, results, strict=True):
                act.settle(result)
            return
