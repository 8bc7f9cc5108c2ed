"""Mistakes planted on purpose: a simulator that does not find them has stopped looking."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from fsmobile.core import visits as core_visits
from fsmobile.core.ids import make_uuid7
from fsmobile.core.visits import fold_visit
from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.comparison import Continues, Forked, Missing, compare
from fsmobile.protocol.history import HISTORY_SIZE
from fsmobile.protocol.ops import OpHeader
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import exchange, intake, op_rows, pulls
from fsmobile.registry.intake import take_in, writable_scopes
from fsmobile.registry.pulls import read_pull
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.simulation.faults import FragileStorage
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT
from fsmobile.store import cursors, ops, pages, projections
from fsmobile.store.replica import Replica
from fsmobile.sync import engine


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give a module or a class another value under a name, and take it back."""
    had_one = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if had_one:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


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

    with _replaced(FragileStorage, "transaction", transaction):
        yield


@contextmanager
def cursor_before_rows() -> Iterator[None]:
    """The cursors of a page are saved by themselves, then the page."""
    original = pages.apply_reply

    def apply_reply(replica: Replica, reply: Any, asked: Any) -> Any:
        with replica.write() as connection:
            cursors.move_on(connection, reply, asked)
        return original(replica, reply, asked)

    with _replaced(pages, "apply_reply", apply_reply):
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
    return _replaced(exchange, "compare", _compare_without(Forked))


def gap_accepted() -> AbstractContextManager[Any]:
    """Ops are taken in though those before them are missing."""
    return _replaced(exchange, "compare", _compare_without(Missing))


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

    with _replaced(ops, "open_writer", open_writer):
        yield


@contextmanager
def forgets_what_was_acknowledged() -> Iterator[None]:
    """The laptop throws away what the registry has signed for, all but the last op."""
    original = pages.apply_reply

    def apply_reply(replica: Replica, reply: Any, asked: Any) -> Any:
        applied = original(replica, reply, asked)
        with replica.write() as connection:
            connection.execute(
                "DELETE FROM op WHERE writer = ? AND seq < ?",
                (reply.receipt.writer, reply.receipt.seq),
            )
        return applied

    with _replaced(pages, "apply_reply", apply_reply):
        yield


@contextmanager
def bad_op_stops_the_queue() -> Iterator[None]:
    """What follows an op that cannot be read waits behind it for ever."""

    def stopping(transaction: Any, device: Any, writer: Any, sent: Any, **rest: Any) -> None:
        good = [one for one in sent if b'"minutes":"many"' not in one.op.body]
        take_in(transaction, device, writer, sent if good == list(sent) else [], **rest)

    with _replaced(exchange, "take_in", stopping):
        yield


def history_not_compared() -> AbstractContextManager[Any]:
    """A registry put back from a backup takes any cursor for one of its own history."""
    return _replaced(exchange, "shared_point", lambda _, points: points[0].gsn)


def history_of_numbers_only() -> AbstractContextManager[Any]:
    """The value of a history says how many ops there were, not which."""
    return _replaced(
        op_rows, "next_history", lambda _before, gsn, *_rest: gsn.to_bytes(HISTORY_SIZE, "big")
    )


@contextmanager
def cursors_never_go_back() -> Iterator[None]:
    """A laptop that read a lost history takes the new one's value, and stands where it stood."""
    original = cursors.move_on

    def move_on(connection: Any, reply: Any, asked: Any) -> None:
        before = dict(connection.execute("SELECT scope, gsn FROM cursor").fetchall())
        original(connection, reply, asked)
        for scope, gsn in before.items():
            connection.execute("UPDATE cursor SET gsn = max(gsn, ?) WHERE scope = ?", (gsn, scope))

    with _replaced(pages, "move_on", move_on):
        yield


@contextmanager
def fold_by_arrival() -> Iterator[None]:
    """The facts of a visit are folded in the order in which they came."""

    def unsorted(facts: Any) -> Any:
        with _replaced(core_visits, "sorted", lambda items, key: list(items)):
            return fold_visit(facts)

    with _replaced(projections, "fold_visit", unsorted):
        yield


def receipt_without_storing() -> AbstractContextManager[Any]:
    """The registry signs for ops that it threw away: the canary, seen in any world."""
    return _replaced(exchange, "take_in", lambda *arguments, **named: None)


def agencies_mixed() -> AbstractContextManager[Any]:
    """A laptop is handed what another agency recorded."""
    original = pulls.readable_scopes
    units = [unit_scope(unit) for unit in (UNIT, NEIGHBOUR_UNIT)]

    def mixed(*arguments: Any) -> list[str]:
        return list(dict.fromkeys([*original(*arguments), *units]))

    return _replaced(pulls, "readable_scopes", mixed)


def foreign_scope_accepted() -> AbstractContextManager[Any]:
    """A laptop may write into the facts of another agency's bus."""
    everywhere = {unit_scope(unit) for unit in (UNIT, NEIGHBOUR_UNIT)}
    return _replaced(intake, "writable_scopes", lambda device: writable_scopes(device) | everywhere)


def refused_op_forwarded() -> AbstractContextManager[Any]:
    """What the registry refused is handed to other laptops all the same."""
    original = vars(intake)["_row"]

    def row(*arguments: Any, is_forwarded: bool) -> Any:
        return original(*arguments, is_forwarded=True)

    return _replaced(intake, "_row", row)


def cursor_skips_the_rest() -> AbstractContextManager[Any]:
    """The cursors of a first page say that all pages were read."""

    def skipping(*arguments: Any, **named: Any) -> Any:
        page, position = read_pull(*arguments, **named), arguments[3]
        cursors = {scope: max(gsn, position.gsn) for scope, gsn in page.cursors.items()}
        return msgspec.structs.replace(page, cursors=cursors, more=False)

    return _replaced(exchange, "read_pull", skipping)


def gap_unheeded() -> AbstractContextManager[Any]:
    """A laptop is told what the registry lacks, and does not go back to it."""
    return _replaced(ops, "set_acked", lambda *arguments: None)


def pulled_not_projected() -> AbstractContextManager[Any]:
    """What others wrote is kept, and shown only after a rebuild."""
    return _replaced(pages, "project", lambda *arguments, **named: None)


def unknown_kind_dropped() -> AbstractContextManager[Any]:
    """An op of a newer program is thrown away by a laptop that cannot read it."""
    original = vars(pages)["_store_pulled"]

    def choosy(connection: Any, item: Any, scope: str) -> Any:
        if item.body is not None and b"meteo.observe" in item.body:
            return None
        return original(connection, item, scope)

    return _replaced(pages, "_store_pulled", choosy)


def answer_unverified() -> AbstractContextManager[Any]:
    """A laptop believes an answer without looking at its signature."""
    return _replaced(engine, "verify", lambda *arguments: True)


def duplicate_taken_in() -> AbstractContextManager[Any]:
    """An op that comes again is taken for a new one."""
    return _replaced(Transaction, "find_hashes", lambda *arguments: {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake that a simulator must find."""

    plant: Callable[[], AbstractContextManager[Any]]
    first: int = 0
    """The seed from which the search starts: near where it was found last, to spare time."""


MISTAKES: dict[str, Mistake] = {
    plant.__name__.replace("_", "-"): Mistake(plant=plant, first=first)
    for plant, first in (
        (receipt_without_storing, 0),
        (acknowledge_before_commit, 0),
        (cursor_before_rows, 0),
        (no_fork_check, 36),
        (gap_accepted, 5),
        (new_ids_after_fork, 0),
        (forgets_what_was_acknowledged, 0),
        (bad_op_stops_the_queue, 0),
        (history_not_compared, 0),
        (history_of_numbers_only, 0),
        (cursors_never_go_back, 0),
        (fold_by_arrival, 8),
        (agencies_mixed, 0),
        (foreign_scope_accepted, 0),
        (refused_op_forwarded, 0),
        (cursor_skips_the_rest, 0),
        (gap_unheeded, 5),
        (pulled_not_projected, 0),
        (unknown_kind_dropped, 0),
        (answer_unverified, 24),
        (duplicate_taken_in, 6),
    )
}
"""By the name that `fsmobile prove --plant` takes; the first is the canary."""
CANARY = "receipt-without-storing"
