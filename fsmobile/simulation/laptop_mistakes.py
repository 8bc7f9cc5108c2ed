"""Mistakes planted in the laptop's part, one function for each."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import msgspec
from msgspec.structs import replace

from fsmobile.core import visits as core_visits
from fsmobile.core.ids import make_uuid7
from fsmobile.core.visits import fold_visit
from fsmobile.errors import StoreFull
from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.ops import OpHeader
from fsmobile.protocol.orders import DropOrder
from fsmobile.simulation import people
from fsmobile.simulation.replacing import replaced
from fsmobile.store import (
    arrivals,
    assignment,
    cursors,
    database,
    erasure,
    held_days,
    ops,
    orders,
    pages,
    projected_rows,
)
from fsmobile.store.identity import get_meta
from fsmobile.store.ops import Writer
from fsmobile.store.projections import rebuild
from fsmobile.store.replica import Connection, Replica
from fsmobile.sync import engine


@contextmanager
def cursor_before_rows() -> Iterator[None]:
    """The cursors of a page are saved by themselves, then the page."""
    original = pages.apply_reply

    def apply_reply(replica: Replica, reply: Any, asked: Any) -> Any:
        with replica.write() as connection:
            if cursors.leads_on(connection, reply, asked):
                cursors.move_on(connection, reply)
        return original(replica, reply, asked)

    with replaced(pages, "apply_reply", apply_reply):
        yield


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

    with replaced(ops, "open_writer", open_writer):
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

    with replaced(pages, "apply_reply", apply_reply):
        yield


@contextmanager
def cursors_never_go_back() -> Iterator[None]:
    """A laptop that read a lost history takes the new one's value, and stands where it stood."""
    original = cursors.move_on

    def move_on(connection: Any, reply: Any) -> None:
        before = dict(connection.execute("SELECT scope, gsn FROM cursor").fetchall())
        original(connection, reply)
        for scope, gsn in before.items():
            connection.execute("UPDATE cursor SET gsn = max(gsn, ?) WHERE scope = ?", (gsn, scope))

    with replaced(pages, "move_on", move_on):
        yield


@contextmanager
def fold_by_arrival() -> Iterator[None]:
    """The facts of a visit are folded in the order in which they came."""

    def unsorted(facts: Any) -> Any:
        with replaced(core_visits, "sort_facts", list):
            return fold_visit(facts)

    with replaced(projected_rows, "fold_visit", unsorted):
        yield


def gap_unheeded() -> AbstractContextManager[Any]:
    """A laptop is told what the registry lacks, and does not go back to it."""
    return replaced(ops, "set_acked", lambda *arguments: None)


def pulled_not_projected() -> AbstractContextManager[Any]:
    """What others wrote is kept, and shown only after a rebuild."""
    return replaced(arrivals, "project_all", lambda *arguments: None)


def unknown_kind_dropped() -> AbstractContextManager[Any]:
    """An op of a newer program is thrown away by a laptop that cannot read it."""
    original = arrivals.store_arrived

    def choosy(connection: Any, items: Any, **options: Any) -> Any:
        readable = [one for one in items if b"meteo.observe" not in (one[0].body or b"")]
        return original(connection, readable, **options)

    return replaced(pages, "store_arrived", choosy)


def answer_unverified() -> AbstractContextManager[Any]:
    """A laptop believes an answer without looking at its signature."""
    return replaced(engine, "verify", lambda *arguments: True)


@contextmanager
def full_disk_swallowed() -> Iterator[None]:
    """A disk that is full is not said: what was to be recorded is lost in silence."""
    original = database.write

    @contextmanager
    def write(connection: Connection) -> Iterator[Connection]:
        with suppress(StoreFull), original(connection) as one:
            yield one

    with replaced(database, "write", write):
        yield


def upgrade_forgets_others() -> AbstractContextManager[Any]:
    """A newer program makes its projections again from its own ops only."""

    def own_only(replica: Replica) -> int:
        count = rebuild(replica)
        with replica.write() as connection:
            connection.execute("DELETE FROM visit WHERE visit_id IN (SELECT op_id FROM remote)")
        return count

    return replaced(people, "rebuild", own_only)


def cut_history_not_asked_again() -> AbstractContextManager[Any]:
    """After a rollback, a laptop does not ask what became of its older writers."""
    original = vars(pages)["_apply_receipt"]

    def apply_receipt(connection: Any, reply: Any) -> Any:
        kinds = original(connection, reply)
        connection.execute("UPDATE writer SET must_verify = 0")
        return kinds

    return replaced(pages, "_apply_receipt", apply_receipt)


def erasure_not_done() -> AbstractContextManager[Any]:
    """A laptop is told to erase, and keeps what it has."""
    return replaced(erasure, "_erase_bodies", lambda *arguments: None)


def bus_left_and_kept() -> AbstractContextManager[Any]:
    """A laptop that works for another bus keeps what the old one recorded."""
    original = assignment.move_to

    def move_to(connection: Connection, order: DropOrder, op: Any, gsn: int) -> None:
        original(connection, replace(order, scopes=()), op, gsn)

    return replaced(assignment, "move_to", move_to)


def stolen_key_trusted() -> AbstractContextManager[Any]:
    """A laptop goes on giving its visits to one whose key was revoked."""
    return replaced(orders, "is_key_revoked", lambda *arguments: False)


def sent_by_the_clock() -> AbstractContextManager[Any]:
    """What was recorded before the last exchange, by the machine's clock, passes for sent."""
    original = ops.list_writers

    def list_writers(replica: Replica) -> list[Writer]:
        return [_by_the_clock(replica, one) for one in original(replica)]

    return replaced(ops, "list_writers", list_writers)


def _by_the_clock(replica: Replica, writer: Writer) -> Writer:
    synced_at = get_meta(replica.connection, "synced_at") or 0
    newer = replica.connection.execute(
        "SELECT 1 FROM op WHERE writer = ? AND seq > ? AND recorded_at >= ?",
        (writer.writer, writer.acked_seq, synced_at),
    ).fetchone()
    return writer if newer else replace(writer, last_seq=writer.acked_seq)


def days_without_the_erased() -> AbstractContextManager[Any]:
    """A laptop leaves what was erased out of the days that it compares."""
    held = vars(held_days)["_HELD"].replace("AND gsn > 0", "AND gsn > 0 AND body IS NOT NULL")
    return replaced(held_days, "_HELD", held)
