"""The journal: ops of their own kind in the laptop's log, chained, sent and receipted alike."""

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from fsmobile.core.ids import AgentId
from fsmobile.core.journal import JournalAct, JournalNote, JournalNoted
from fsmobile.errors import NotAllowed
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.journal_files import JournalFile, JournalLink, JournalWriter
from fsmobile.protocol.journal_records import JOURNAL_NOTE, encode_note
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import read_record
from fsmobile.protocol.scopes import unit_scope
from fsmobile.store import identity, ops
from fsmobile.store.ops import NewOp
from fsmobile.store.replica import Replica


class JournalLine(Struct, frozen=True, kw_only=True):
    """One thing that was done, as the journal tells it."""

    at_ms: int
    who: str
    """The agent; `registre` for what the registry ordered; empty for what the program did."""
    unit: str
    """The bus."""
    act: str
    """A `JournalAct`, the kind of an order, or `writer.` and why a new log was begun."""
    detail: str = ""
    count: int = 0


def note(
    replica: Replica, agent_id: AgentId, act: JournalAct, detail: str = "", count: int = 0
) -> None:
    """Write a line into the journal, durably, before the data it is about is given away.

    Raises:
        NotAllowed: the laptop is not enrolled.
        StoreFull, StoreBusy: nothing was written.
    """
    enrolment = identity.load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    ops.append(
        replica,
        NewOp(
            kind=JOURNAL_NOTE,
            schema=1,
            scope=unit_scope(enrolment.unit_id),
            agent_id=agent_id,
            data=encode_note(JournalNote(act=act, detail=detail, count=count)),
        ),
    )


def list_lines(replica: Replica) -> list[JournalLine]:
    """Return what was done here, and on laptops whose journal is known here, the oldest first."""
    found = (_notes, _orders, _writers, _keys, _earlier)
    lines = [line for lines_of in found for line in lines_of(replica)]
    return sorted(lines, key=lambda one: one.at_ms)


def read_journal(
    replica: Replica, certificate: bytes, succession: tuple[Handover, ...] = ()
) -> JournalFile:
    """Return this laptop's journal as a file holds it."""
    connection = replica.connection
    writers = connection.execute(
        "SELECT writer, why, parent, coalesce(parent_seq, 0), receipt FROM writer"
        " ORDER BY opened_at, is_current"
    ).fetchall()
    return JournalFile(
        certificate=certificate,
        made_at=replica.clock.now_ms(),
        writers=tuple(
            JournalWriter(
                writer=writer,
                why=why,
                parent=parent,
                parent_seq=parent_seq,
                receipt=receipt,
                links=tuple(
                    JournalLink(*row)
                    for row in connection.execute(
                        "SELECT op_id, hash, CASE WHEN kind = ? THEN body END FROM op"
                        " WHERE writer = ? ORDER BY seq",
                        (JOURNAL_NOTE, writer),
                    )
                ),
            )
            for writer, why, parent, parent_seq, receipt in writers
        ),
        succession=succession,
    )


def line_of(op: Op) -> JournalLine | None:
    """Return what an op of the journal tells; None if it cannot be read."""
    with suppress(ValueError):
        record = read_record(op)
        if isinstance(record, JournalNoted):
            said = record.note
            return JournalLine(
                at_ms=_instant(op),
                who=op.agent_id,
                unit=op.scope.partition(":")[2],
                act=said.act,
                detail=said.detail,
                count=said.count,
            )
    return None


def load_act(replica: Replica, op_id: str) -> str:
    """Return what a line that this laptop wrote tells of; nothing of another kind of act."""
    row = replica.connection.execute(
        "SELECT body FROM op WHERE op_id = ? AND kind = ? AND body IS NOT NULL",
        (op_id, JOURNAL_NOTE),
    ).fetchone()
    line = None if row is None else line_of(read_op(row[0]))
    return "" if line is None else line.act


def _notes(replica: Replica) -> Iterator[JournalLine]:
    for table in ("op", "remote"):
        for (body,) in replica.connection.execute(
            f"SELECT body FROM {table} WHERE kind = ? AND body IS NOT NULL", (JOURNAL_NOTE,)
        ):
            line = line_of(read_op(body))
            if line is not None:
                yield line


def _orders(replica: Replica) -> Iterator[JournalLine]:
    marks = ", ".join("?" for _kind in ORDERS)
    for (body,) in replica.connection.execute(
        f"SELECT body FROM remote WHERE kind IN ({marks}) AND body IS NOT NULL", tuple(ORDERS)
    ):
        op = read_op(body)
        unit = op.scope.partition(":")[2]
        yield JournalLine(at_ms=_instant(op), who=op.agent_id, unit=unit, act=op.kind)


def _writers(replica: Replica) -> Iterator[JournalLine]:
    for opened_at, why in replica.connection.execute("SELECT opened_at, why FROM writer"):
        yield JournalLine(at_ms=opened_at, who="", unit="", act=f"writer.{why}")


def _keys(replica: Replica) -> Iterator[JournalLine]:
    enrolment = identity.load_enrolment(replica)
    by_registry = () if enrolment is None else enrolment.succession
    own = identity.list_handovers(replica)
    for who, act, handovers in (("registre", "registry.key", by_registry), ("", "device.key", own)):
        for one in handovers:
            yield JournalLine(at_ms=one.at, who=who, unit="", act=act, detail=one.label)


def _earlier(replica: Replica) -> Iterator[JournalLine]:
    """Yield the exports of the time before they were in the log: in a table, not chained."""
    for made_at, agent_id, what, rows in replica.connection.execute(
        "SELECT made_at, agent_id, what, rows FROM export"
    ):
        yield JournalLine(
            at_ms=made_at,
            who=agent_id,
            unit="",
            act=JournalAct.EXPORTED,
            detail=what,
            count=rows,
        )


def _instant(op: Op) -> int:
    return int(op.hlc[:12], 16)
