"""Mistakes planted on purpose: a simulator that does not find them has stopped looking."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import msgspec
from convergence.faults import FragileStorage

from fsmobile.core.ids import make_uuid7
from fsmobile.core.visits import fold_visit
from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.comparison import Continues, Forked, Missing, compare
from fsmobile.protocol.ops import OpHeader
from fsmobile.registry import exchange
from fsmobile.registry.exchange import Exchange
from fsmobile.registry.intake import take_in
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.store import ops, pages
from fsmobile.store.replica import Replica


@contextmanager
def acknowledge_before_commit() -> Iterator[None]:
    """The answer is signed and sent; the commit may never come."""

    class RolledBack(Exception):
        pass

    @contextmanager
    def transaction(self: FragileStorage) -> Iterator[Transaction]:
        dies = self.faults.strikes("registry_crash", self.random)
        try:
            with Storage.transaction(self) as one:
                yield one
                if dies:
                    raise RolledBack
        except RolledBack:
            pass

    with patch.object(FragileStorage, "transaction", transaction):
        yield


@contextmanager
def cursor_before_rows() -> Iterator[None]:
    """The cursors of a page are saved by themselves, then the page."""
    original = pages.apply_reply

    def apply_reply(replica: Replica, reply: Any) -> Any:
        with replica.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO cursor (scope, gsn) VALUES (?, ?)",
                list(reply.pull.cursors.items()),
            )
        return original(replica, reply)

    with patch.object(pages, "apply_reply", apply_reply):
        yield


def _compare_without(kind: type) -> Callable[..., Any]:
    def wrong(**arguments: Any) -> Any:
        answer = compare(**arguments)
        if isinstance(answer, kind):
            known = max(0, arguments["acked"] - arguments["first_seq"] + 1)
            return Continues(known=min(known, len(arguments["chains"])))
        return answer

    return wrong


def no_fork_check() -> AbstractContextManager[Any]:
    """Two histories of one writer are taken for one."""
    return patch.object(exchange, "compare", _compare_without(Forked))


def gap_accepted() -> AbstractContextManager[Any]:
    """Ops are taken in though those before them are missing."""
    return patch.object(exchange, "compare", _compare_without(Missing))


@contextmanager
def new_ids_after_fork() -> Iterator[None]:
    """Ops that move to a new writer get new ids, so the same act exists twice."""
    original = ops.open_writer

    def open_writer(replica: Replica, writer: bytes, common: int, why: str) -> None:
        original(replica, writer, common, why)
        with replica.write() as connection:
            (fresh,) = connection.execute("SELECT writer FROM writer WHERE is_current").fetchone()
            chain = ops.chain_start(connection, fresh)
            for seq, body in connection.execute(
                "SELECT seq, body FROM op WHERE writer = ? ORDER BY seq", (fresh,)
            ).fetchall():
                header = msgspec.json.decode(body, type=OpHeader)
                header.id = make_uuid7(replica.clock.now_ms(), replica.chance.token(10))
                body = msgspec.json.encode(header)
                chain = next_chain(chain, seq, header.id, hash_body(body))
                connection.execute(
                    "UPDATE op SET op_id = ?, body = ?, hash = ?, chain = ?"
                    " WHERE writer = ? AND seq = ?",
                    (header.id, body, hash_body(body), chain, fresh, seq),
                )

    with patch.object(ops, "open_writer", open_writer):
        yield


@contextmanager
def forgets_what_was_acknowledged() -> Iterator[None]:
    """The laptop throws away what the registry has signed for, all but the last op."""
    original = pages.apply_reply

    def apply_reply(replica: Replica, reply: Any) -> Any:
        applied = original(replica, reply)
        with replica.write() as connection:
            connection.execute(
                "DELETE FROM op WHERE writer = ? AND seq < ?",
                (reply.receipt.writer, reply.receipt.seq),
            )
        return applied

    with patch.object(pages, "apply_reply", apply_reply):
        yield


@contextmanager
def bad_op_stops_the_queue() -> Iterator[None]:
    """What follows an op that cannot be read waits behind it for ever."""

    def stopping(transaction: Any, device: Any, writer: Any, sent: Any, **rest: Any) -> None:
        good = [one for one in sent if b'"minutes":"many"' not in one.op.body]
        take_in(transaction, device, writer, sent if good == list(sent) else [], **rest)

    with patch.object(exchange, "take_in", stopping):
        yield


def rollback_unnoticed() -> AbstractContextManager[Any]:
    """A registry put back from a backup goes on as if nothing had been."""
    return patch.object(Exchange, "_notice_rollback", lambda *arguments: None)


@contextmanager
def fold_by_arrival() -> Iterator[None]:
    """The facts of a visit are folded in the order in which they came."""

    def unsorted(facts: Any) -> Any:
        with patch("fsmobile.core.visits.sorted", lambda items, key: list(items), create=True):
            return fold_visit(facts)

    with patch("fsmobile.store.projections.fold_visit", unsorted):
        yield


MUTANTS: dict[str, tuple[Callable[[], AbstractContextManager[Any]], int]] = {
    "acknowledge before commit": (acknowledge_before_commit, 4),
    "cursor before rows": (cursor_before_rows, 19),
    "no fork check": (no_fork_check, 3),
    "gap accepted": (gap_accepted, 0),
    "new ids after fork": (new_ids_after_fork, 0),
    "forgets what was acknowledged": (forgets_what_was_acknowledged, 0),
    "bad op stops the queue": (bad_op_stops_the_queue, 0),
    "rollback unnoticed": (rollback_unnoticed, 5),
    "fold by arrival": (fold_by_arrival, 0),
}
"""Each with the seed from which the search starts: where it was found last, to spare time."""
