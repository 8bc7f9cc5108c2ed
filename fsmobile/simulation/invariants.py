"""What must hold in a simulated world at each answer, step and sync (docs/sync-model.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from fsmobile.protocol import messages
from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.messages import HistoryPoint, SyncReply, SyncRequest
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import device_scope
from fsmobile.protocol.signatures import verify
from fsmobile.simulation.faults import WIRE_STRENGTHS
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.state import Machine, WorldState, agency_of, readable, remember_orders
from fsmobile.store import cursors, ops
from fsmobile.sync.progress import SyncReport

REQUESTS_MAX = 8
"""Of one sync, besides those that small chunks and pages take."""
REST_STATEMENTS_MAX = 14
"""On the registry, for a sync in which nothing is new; whatever the history."""


def check_answer(world: WorldState, answer: bytes, asked: bytes | None = None) -> None:
    """I1, I9, I13: a receipt covers what is committed, a page all that its laptop may see."""
    try:
        payload, signature = unseal(answer)
    except ValueError:
        payload, signature = b"", b""
    if not verify(world.registry.key.public, payload, signature):
        if world.faults.struck.keys() & WIRE_STRENGTHS.keys():
            return  # changed on the wire, under all else: the laptop's to refuse
        raise InvariantBroken(world, "I1: the registry does not sign its answers")
    reply = messages.decode_answered(payload).answer
    if not isinstance(reply, SyncReply):
        return
    if world.disk.is_writing:
        raise InvariantBroken(world, "I1: an answer left before its commit")
    receipt = reply.receipt
    ((count, last),) = world.disk.rows(
        # Of an op that its laptop had erased already, only the place in the chain is held.
        "SELECT count(*), max(link.seq) FROM link LEFT JOIN op USING (op_id)"
        " LEFT JOIN rejected_body r ON r.writer = link.writer AND r.seq = link.seq"
        " WHERE link.writer = :writer AND link.seq <= :seq"
        " AND (op.op_id IS NOT NULL OR length(r.body) = 0) AND EXISTS"
        " (SELECT 1 FROM writer WHERE writer = :writer AND acked_seq >= :seq)",
        writer=receipt.writer,
        seq=receipt.seq,
    )
    if receipt.seq and (count, last) != (receipt.seq, receipt.seq):
        raise InvariantBroken(world, f"I1: a receipt for {receipt.seq} ops, {count} held")
    _check_page(world, reply)
    if asked is not None:
        _check_whole(world, reply, messages.decode_request(unseal(asked)[0]))


def _check_page(world: WorldState, reply: SyncReply) -> None:
    """I13: a page holds ops of the laptop's own scopes, recorded in its own agency."""
    found = world.disk.rows(
        "SELECT device_id, revoked_at, unit, role FROM writer JOIN device USING (device_id)"
        " WHERE writer = :writer",
        writer=reply.receipt.writer,
    )
    if not found:
        raise InvariantBroken(world, "I1: a receipt for a writer that is not held")
    if found[0][1] is not None:
        raise InvariantBroken(world, "I13: a revoked laptop is sent a page")
    device_id, _, unit, role = found[0]
    own, scopes = device_scope(bytes(device_id)), readable(bytes(device_id), unit, role)
    for pulled in reply.pull.ops:
        scope = reply.pull.scopes[pulled.scope]
        if scope not in scopes:
            raise InvariantBroken(world, f"I13: a laptop of {unit} is sent an op of {scope}")
        if pulled.body is not None:
            op_id = read_op(pulled.body).op_id
            if op_id not in world.recorded:
                remember_orders(world)  # a laptop's word about itself is answered by one
            if op_id not in world.recorded:
                raise InvariantBroken(world, f"I4: a laptop of {unit} is sent {op_id}, of nobody")
            if scope != own and world.recorded_in[op_id] != agency_of(unit):
                raise InvariantBroken(world, f"I13: a laptop of {unit} is sent {op_id} of others")


def _check_whole(world: WorldState, reply: SyncReply, request: SyncRequest) -> None:
    """I9: between where a cursor may be believed and where it moves to, a page has every op.

    A cursor is good up to the newest point shown that is of the registry's history.
    """
    if request.want.ops <= 0:
        return
    reached = reply.pull.cursors
    good = next((point.gsn for point in request.points if _is_here(world, point)), 0)
    start = {scope: min(request.cursors.get(scope, 0), good) for scope in reached}
    sent = {
        pulled.erased.op_id if pulled.erased is not None else read_op(pulled.body or b"").op_id
        for pulled in reply.pull.ops
    }
    for op_id, gsn, scope in world.disk.rows(
        "SELECT op_id, gsn, scope FROM op"
        " WHERE gsn > :low AND is_forwarded = 1 AND writer <> :writer",
        low=min(start.values()),
        writer=request.writer.writer,
    ):
        if scope in start and start[scope] < gsn <= reached[scope] and op_id not in sent:
            raise InvariantBroken(
                world, f"I9: a page moves a cursor past {op_id} and leaves it out"
            )


def check_registry(world: WorldState) -> None:
    """I3, I4, I14: one row and one outcome for an op, and nothing that nobody recorded.

    What is erased, by itself or with what it is about, is told as erased whatever it was before.
    """
    memory = world.registry_memory
    rows = {
        row[0]: row
        for row in world.disk.rows("SELECT op_id, hash, gsn, writer, is_forwarded FROM op")
    }
    outcomes = {row[0]: row for row in world.disk.rows("SELECT op_id, code, detail FROM outcome")}
    erased = {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM erased")}
    if not world.recorded.keys() >= rows.keys():
        remember_orders(world)
    for op_id, body_hash, *_ in rows.values():
        if world.recorded.get(op_id) != bytes(body_hash):
            raise InvariantBroken(world, f"I4: nobody recorded {op_id} like this")
    for seen, now, name in ((memory.rows, rows, "row"), (memory.outcomes, outcomes, "outcome")):
        changed = [
            op_id
            for op_id, value in seen.items()
            if now.get(op_id) != value and op_id not in erased
        ]
        if changed:
            raise InvariantBroken(world, f"I3: the {name} of {changed[0]} changed")
    memory.rows, memory.outcomes = rows, outcomes
    for op_id in rows:
        world.received_at.setdefault(op_id, world.registry_clock.ms)


def check_requests(
    world: WorldState, machine: Machine, report: SyncReport, chunk_ops: int, pull_ops: int
) -> None:
    """I12: a sync is over within as many requests as it has chunks and pages, and a few."""
    # After a rollback it sends again what had been received, and reads again what it knows;
    # for each writer that lacks something, those that it goes on from are asked about again.
    writers = len(ops.list_writers(machine.replica))
    ((held,),) = world.disk.rows("SELECT count(*) FROM op")
    chunks, pages_ = max(report.to_send, report.received) // chunk_ops, held // pull_ops
    again = len(report.healed) * (writers + chunks)
    if report.requests > REQUESTS_MAX + chunks + pages_ + again:
        raise InvariantBroken(world, f"I12: {report.requests} requests in one sync")


@contextmanager
def checked_rest(world: WorldState, machine: Machine) -> Iterator[None]:
    """I8, I15: cursors are past everything, and a sync asks the database few questions."""
    (last,) = world.disk.rows("SELECT max(gsn) FROM op")[0]
    behind = [
        scope for scope, gsn in cursors.load_reading(machine.replica).cursors.items() if gsn != last
    ]
    if last is not None and behind:
        raise InvariantBroken(world, f"I8: {machine.name} scans {behind[0]} again at each sync")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(world.disk.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(world.disk.engine, "before_cursor_execute", note)
    if len(asked) > REST_STATEMENTS_MAX:
        raise InvariantBroken(world, f"I15: {len(asked)} questions to say that nothing is new")


def is_revoked(world: WorldState, machine: Machine) -> bool:
    """Tell whether the registry took a laptop's right to speak."""
    return bool(
        world.disk.rows(
            "SELECT 1 FROM device WHERE device_id = :id AND revoked_at IS NOT NULL",
            id=machine.device_id,
        )
    )


def check_agencies(world: WorldState) -> None:
    """I13: no laptop holds an op that was recorded in another agency, or another bus's."""
    for machine in world.machines:
        own, scopes = device_scope(machine.device_id), machine.scopes()
        pulled = machine.replica.connection.execute("SELECT op_id, scope FROM remote")
        for op_id, scope in pulled:
            is_of_others = scope != own and world.recorded_in.get(op_id) != machine.agency
            if is_of_others or scope not in scopes:
                raise InvariantBroken(world, f"I13: {machine.name} holds {op_id} of {scope}")


def check_laptop(world: WorldState, machine: Machine) -> None:
    """I5, I8: behind its cursors a laptop has everything, and every writer's ops in order."""
    if "registry restored" in world.marks and not world.has_agreed:
        return  # the registry lacks what it handed out; the end of the world judges
    replica, scopes = machine.replica, machine.scopes()
    known = {
        op_id
        for (op_id,) in replica.connection.execute(
            "SELECT op_id FROM op UNION SELECT op_id FROM remote"
        )
    }
    forwarded = world.disk.rows(
        "SELECT o.gsn, o.scope, o.op_id, o.writer FROM op o JOIN link l"
        " ON l.op_id = o.op_id AND l.writer = o.writer"
        " WHERE o.is_forwarded = 1 ORDER BY o.writer, l.seq"
    )
    reading = cursors.load_reading(replica)
    # A history that is loaded as a file goes ahead of the other scopes, or lags behind them.
    is_even = len(set(reading.cursors.values())) <= 1
    missed: set[tuple[bytes, str]] = set()
    for _, scope, op_id, writer in forwarded:
        if scope not in scopes:
            continue
        run = (writer, "" if is_even else scope)
        if op_id not in known:
            missed.add(run)
        elif run in missed and op_id not in machine.by_hand:
            raise InvariantBroken(world, f"I5: {machine.name} has {op_id} but not what precedes it")
    if not reading.points or not _is_here(world, reading.points[0]):
        return  # it will be told that its cursors count in a history that was lost
    for gsn, scope, op_id, _ in forwarded:
        if scope in scopes and gsn <= reading.cursors.get(scope, 0) and op_id not in known:
            raise InvariantBroken(world, f"I8: {machine.name} has read past {op_id} without it")


def _is_here(world: WorldState, point: HistoryPoint) -> bool:
    """Tell whether a point is of the registry's history."""
    found = world.disk.rows("SELECT history FROM op WHERE gsn = :gsn", gsn=point.gsn)
    return point.gsn == 0 or [bytes(history) for (history,) in found] == [point.history]
