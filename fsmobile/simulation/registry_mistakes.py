"""Mistakes planted in the registry, one function for each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import delete, select

from fsmobile.protocol.comparison import Continues, Forked, Missing, compare
from fsmobile.protocol.history import HISTORY_SIZE
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import exchange, intake, op_rows, pulls, schema
from fsmobile.registry.device_rows import DeviceRows
from fsmobile.registry.exchange import Exchange
from fsmobile.registry.intake import take_in, writable_scopes
from fsmobile.registry.op_rights import may_write
from fsmobile.registry.op_rows import OpRows
from fsmobile.registry.pulls import read_pull
from fsmobile.registry.records import DeviceRow, NewRow, WriterRow
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.simulation.faults import FragileStorage
from fsmobile.simulation.replacing import replaced
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT


@contextmanager
def acknowledge_before_commit() -> Iterator[None]:
    """The answer is signed and sent; the commit may never come."""

    class RolledBack(Exception):
        pass

    @contextmanager
    def transaction(self: FragileStorage) -> Iterator[Transaction]:
        dies = self.faults.strikes("registry_crash")
        try:
            with Storage.transaction(self) as one:
                yield one
                if dies:
                    raise RolledBack
        except RolledBack:
            pass

    with replaced(FragileStorage, "transaction", transaction):
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
    return replaced(exchange, "compare", _compare_without(Forked))


def gap_accepted() -> AbstractContextManager[Any]:
    """Ops are taken in though those before them are missing."""
    return replaced(exchange, "compare", _compare_without(Missing))


@contextmanager
def bad_op_stops_the_queue() -> Iterator[None]:
    """What follows an op that cannot be read waits behind it for ever."""

    def stopping(transaction: Any, device: Any, writer: Any, sent: Any, **rest: Any) -> None:
        good = [one for one in sent if b'"minutes":"many"' not in one.op.body]
        take_in(transaction, device, writer, sent if good == list(sent) else [], **rest)

    with replaced(exchange, "take_in", stopping):
        yield


def history_not_compared() -> AbstractContextManager[Any]:
    """A registry put back from a backup takes any cursor for one of its own history."""
    return replaced(exchange, "shared_point", lambda _, points: points[0].gsn)


def history_of_numbers_only() -> AbstractContextManager[Any]:
    """The value of a history says how many ops there were, not which."""
    return replaced(
        op_rows, "next_history", lambda _before, gsn, *_rest: gsn.to_bytes(HISTORY_SIZE, "big")
    )


def receipt_without_storing() -> AbstractContextManager[Any]:
    """The registry signs for ops that it threw away: the canary, seen in any world."""
    return replaced(exchange, "take_in", lambda *arguments, **named: None)


def agencies_mixed() -> AbstractContextManager[Any]:
    """A laptop is handed what another agency recorded."""
    original = pulls.readable_scopes
    units = [unit_scope(unit) for unit in (UNIT, NEIGHBOUR_UNIT)]
    return replaced(
        pulls,
        "readable_scopes",
        lambda *arguments: list(dict.fromkeys([*original(*arguments), *units])),
    )


@contextmanager
def foreign_scope_accepted() -> Iterator[None]:
    """A laptop may write into the facts of another agency's bus."""
    everywhere = {unit_scope(unit) for unit in (UNIT, NEIGHBOUR_UNIT)}

    def allowed(device: DeviceRow, kind: str, scope: str) -> bool:
        return scope in everywhere or may_write(device, kind, scope)

    with (
        replaced(intake, "writable_scopes", lambda device: writable_scopes(device) | everywhere),
        replaced(intake, "may_write", allowed),
    ):
        yield


def refused_op_forwarded() -> AbstractContextManager[Any]:
    """What the registry refused is handed to other laptops all the same."""
    original = vars(intake)["_row"]

    def row(*arguments: Any, is_forwarded: bool) -> Any:
        return original(*arguments, is_forwarded=True)

    return replaced(intake, "_row", row)


def cursor_skips_the_rest() -> AbstractContextManager[Any]:
    """The cursors of a first page say that all pages were read."""

    def skipping(*arguments: Any, **named: Any) -> Any:
        page, position = read_pull(*arguments, **named), arguments[3]
        cursors = {scope: max(gsn, position.gsn) for scope, gsn in page.cursors.items()}
        return msgspec.structs.replace(page, cursors=cursors, more=False)

    return replaced(exchange, "read_pull", skipping)


@contextmanager
def duplicate_taken_in() -> Iterator[None]:
    """An op that comes again takes the place of the first, under another number."""
    original = OpRows.add_ops

    def add_ops(self: Transaction, rows: Sequence[NewRow]) -> None:
        op = schema.op
        self.connection.execute(delete(op).where(op.c.op_id.in_([row.op_id for row in rows])))
        original(self, rows)

    with (
        replaced(Transaction, "find_hashes", lambda *arguments: {}),
        replaced(Transaction, "add_ops", add_ops),
    ):
        yield


def outcomes_of_what_was_sent() -> AbstractContextManager[Any]:
    """Of ops that came by stick before, a laptop is given the receipt and not the outcome."""
    original = vars(Exchange)["_outcomes"]

    def outcomes(self: Exchange, writer: WriterRow) -> Any:
        block = self.request.writer
        sent = min(writer.acked_seq, block.first_seq + len(block.ops) - 1)
        return original(self, replace(writer, acked_seq=sent))

    return replaced(Exchange, "_outcomes", outcomes)


def own_ops_scanned_again() -> AbstractContextManager[Any]:
    """A cursor moves to the last op of a page, never past the laptop's own."""

    def staying(*arguments: Any, **named: Any) -> Any:
        page, asked = read_pull(*arguments, **named), arguments[2].cursors
        reached = {scope: asked.get(scope, 0) for scope in page.cursors}
        for pulled in page.ops:
            reached[page.scopes[pulled.scope]] = pulled.gsn
        return msgspec.structs.replace(page, cursors=reached)

    return replaced(exchange, "read_pull", staying)


def quarantine_dropped() -> AbstractContextManager[Any]:
    """What a revoked laptop hands in is thrown away, and said to be kept."""
    return replaced(Transaction, "add_quarantined", lambda *arguments: 0)


def revoked_still_served() -> AbstractContextManager[Any]:
    """A revoked laptop is answered like any other."""
    original = DeviceRows.find_device

    def find_device(self: Transaction, device_id: bytes) -> DeviceRow | None:
        row = original(self, device_id)
        return None if row is None else replace(row, revoked_at=None)

    return replaced(Transaction, "find_device", find_device)


def stale_publication_dropped() -> AbstractContextManager[Any]:
    """Who publishes on an old revision is told nothing."""
    original = OpRows.add_outcome

    def add_outcome(self: Transaction, op_id: str, code: str, detail: dict[str, Any]) -> None:
        if code != "stale":
            original(self, op_id, code, detail)

    return replaced(Transaction, "add_outcome", add_outcome)


def later_ops_first() -> AbstractContextManager[Any]:
    """The ops of a request are numbered from the last to the first."""
    original = OpRows.add_ops
    return replaced(Transaction, "add_ops", lambda self, rows: original(self, list(reversed(rows))))


def own_laptop_left_out() -> AbstractContextManager[Any]:
    """A laptop is handed nothing that it wrote itself, under whatever writer."""
    original = OpRows.read_page

    def read_page(self: Transaction, cursors: Any, *, not_by: bytes, **rest: Any) -> Any:
        link, writer = schema.link.c, schema.writer.c
        device = select(writer.device_id).where(writer.writer == not_by)
        device_id = self.connection.execute(device).scalar_one_or_none()
        own = select(link.op_id).join(schema.writer, writer.writer == link.writer)
        mine = set(self.connection.execute(own.where(writer.device_id == device_id)).scalars())
        rows = original(self, cursors, not_by=not_by, **rest)
        return [row for row in rows if row.op_id not in mine]

    return replaced(Transaction, "read_page", read_page)


def snapshot_leaves_one_out() -> AbstractContextManager[Any]:
    """The file of a history lacks its last op, and says that it is whole."""
    original = Transaction.read_history
    return replaced(Transaction, "read_history", lambda *of: list(original(*of))[:-1])


def left_bus_closed_at_once() -> AbstractContextManager[Any]:
    """What a laptop had not sent when it was given to another bus is refused."""
    return replaced(Transaction, "find_former_scopes", lambda *arguments: frozenset())
