"""What must hold in a simulated world: after each step, and at its end (docs/sync-model.md)."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from fsmobile.protocol import messages
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.messages import HistoryPoint, SyncReply, SyncRequest
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import device_scope, unit_scope
from fsmobile.protocol.signatures import verify
from fsmobile.simulation.disks import Row
from fsmobile.simulation.faults import WIRE_STRENGTHS
from fsmobile.simulation.pictures import InvariantBroken, Picture, picture_of, same_pictures
from fsmobile.simulation.state import UNITS, Machine, WorldState, agency_of, readable
from fsmobile.store import cursors, schedule_trees
from fsmobile.store.projections import rebuild
from fsmobile.sync.progress import SyncReport

_WITH_BODY = "SELECT 1 FROM op WHERE body IS NOT NULL AND ("
_HELD = "SELECT op_id, hash FROM op"
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
    """I3, I4, I14: one row and one outcome for an op, and nothing that nobody recorded."""
    memory = world.registry_memory
    rows = {
        row[0]: row
        for row in world.disk.rows("SELECT op_id, hash, gsn, writer, is_forwarded FROM op")
    }
    outcomes = {row[0]: row for row in world.disk.rows("SELECT op_id, code, detail FROM outcome")}
    for op_id, body_hash, *_ in rows.values():
        if world.recorded.get(op_id) != bytes(body_hash):
            raise InvariantBroken(world, f"I4: nobody recorded {op_id} like this")
    for seen, now, name in ((memory.rows, rows, "row"), (memory.outcomes, outcomes, "outcome")):
        changed = [
            op_id
            for op_id, value in seen.items()
            if now.get(op_id) != value and op_id not in world.erased
        ]
        if changed:
            raise InvariantBroken(world, f"I3: the {name} of {changed[0]} changed")
    memory.rows, memory.outcomes = rows, outcomes


def check_requests(world: WorldState, report: SyncReport, chunk_ops: int, pull_ops: int) -> None:
    """I12: a sync is over within as many requests as it has chunks and pages, and a few."""
    # After a rollback it sends again what had been received, and reads again what it knows.
    ((held,),) = world.disk.rows("SELECT count(*) FROM op")
    chunks, pages_ = max(report.to_send, report.received) // chunk_ops, held // pull_ops
    again = len(report.healed) * (1 + chunks)
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


def check_end(world: WorldState) -> None:
    """I2, I6, I7, I14: nothing lost, all agree, every chain adds up."""
    check_registry(world)
    _check_registry_chains(world)
    _check_publications(world)
    _check_nothing_lost(world)
    _check_taken_in(world)
    pictures: dict[str, Picture] = {}
    for machine in world.machines:
        check_laptop(world, machine)
        _check_laptop_chains(world, machine)
        picture = picture_of(machine.replica.connection)
        rebuild(machine.replica)
        again = picture_of(machine.replica.connection)
        same_pictures(world, picture, again, f"{machine.name} and its rebuild")
        if not is_revoked(world, machine):
            pictures[machine.name] = picture
            _check_counts(world, machine)
    alike: dict[frozenset[str], list[str]] = {}
    for machine in world.machines:
        if machine.name in pictures:
            alike.setdefault(_units_read(world, machine), []).append(machine.name)
    for first, *others in alike.values():
        for other in others:
            same_pictures(world, pictures[first], pictures[other], f"{first} and {other}")
    check_agencies(world)
    _check_erased(world)


def _units_read(world: WorldState, machine: Machine) -> frozenset[str]:
    """Return the scopes of the buses that a laptop reads and something was recorded in."""
    held = {scope for (scope,) in world.disk.rows("SELECT DISTINCT scope FROM op")}
    units = {unit_scope(unit) for unit in UNITS} & machine.scopes()
    return frozenset(units & (held | {unit_scope(machine.unit)}))


def _check_erased(world: WorldState) -> None:
    """I10: of what was erased, no machine that may be told has a byte, but for ids and hashes."""
    for op_id, body in world.erased.items():
        if world.disk.rows(_WITH_BODY + "op_id = :id OR entity = :id)", id=op_id):
            raise InvariantBroken(world, f"I10: the registry holds {op_id}, which was erased")
        for machine in world.machines:
            if is_revoked(world, machine):
                continue
            connection = machine.replica.connection
            if body in connection.serialize():
                raise InvariantBroken(world, f"I10: {machine.name} holds {op_id}, erased")
            if connection.execute("SELECT 1 FROM visit WHERE visit_id = ?", (op_id,)).fetchone():
                raise InvariantBroken(world, f"I10: {machine.name} shows {op_id}, erased")


def _check_nothing_lost(world: WorldState) -> None:
    """I2: the registry holds what every laptop recorded, or keeps it apart if it is revoked."""
    held = {op_id: bytes(body_hash) for op_id, body_hash in world.disk.rows(_HELD)}
    apart = {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM quarantine")}
    erased = {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM erased")}
    for machine in world.machines:
        may_wait = is_revoked(world, machine)
        for op_id, entity, body_hash, is_received, is_erased in machine.replica.connection.execute(
            "SELECT op_id, entity, hash, seq <= acked_seq, body IS NULL"
            " FROM op JOIN writer USING (writer)"
        ):
            if held.get(op_id) == body_hash or (may_wait and (is_received or op_id in apart)):
                continue
            if may_wait and {op_id, entity} & erased:
                continue  # not kept apart either, and nobody tells a revoked laptop
            if is_erased and is_received and op_id not in held:
                continue  # its place in the chain is all that is left, and that is held
            raise InvariantBroken(world, f"I2: the registry lacks {op_id} of {machine.name}")


def _check_taken_in(world: WorldState) -> None:
    """I2: what was recorded in a bus is taken in, wherever its laptop works by then."""
    if "laptop assigned" not in world.marks:
        return
    for op_id, scope, detail in world.disk.rows(
        "SELECT op_id, scope, detail FROM op JOIN outcome USING (op_id) WHERE code = 'rejected'"
    ):
        is_of_a_bus = scope in map(unit_scope, UNITS)
        if is_of_a_bus and json.loads(detail).get("code") in ("forbidden", "wrong_scope"):
            raise InvariantBroken(world, f"I2: {op_id} of {scope} was refused")


def _check_publications(world: WorldState) -> None:
    """I7: each publication was published, or refused with a reason; revisions have no hole."""
    for op_id, code in world.disk.rows(
        "SELECT op.op_id, outcome.code FROM op LEFT JOIN outcome ON outcome.op_id = op.op_id"
        " WHERE kind = 'schedule.publish' AND body IS NOT NULL"
    ):
        if code not in ("published", "stale", "rejected"):
            raise InvariantBroken(world, f"I7: {op_id} was {code or 'silently dropped'}")
    revisions: dict[str, list[int]] = {}
    for agency, revision in world.disk.rows(
        "SELECT agency, revision FROM schedule_revision ORDER BY agency, revision"
    ):
        revisions.setdefault(agency, []).append(revision)
    for agency, numbers in revisions.items():
        if numbers != list(range(1, len(numbers) + 1)):
            raise InvariantBroken(world, f"I7: the revisions of {agency} are {numbers}")


def _check_counts(world: WorldState, machine: Machine) -> None:
    """I3: each visit recorded and held has one effect on a laptop."""
    recorded, shown = count_visits(world, machine)
    if shown != recorded:
        raise InvariantBroken(world, f"I3: {recorded} visits held, {shown} shown by {machine.name}")
    if schedule_trees.load_revisions(machine.replica, machine.agency):
        assert schedule_trees.load_tree(machine.replica, machine.agency) is not None


def count_visits(world: WorldState, machine: Machine) -> tuple[int, int]:
    """Return how many visits of its units the registry holds, and how many a laptop shows."""
    counts = world.disk.rows(
        "SELECT scope, count(*) FROM op WHERE kind = 'visit.record' AND is_forwarded = 1"
        " AND body IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM outcome WHERE outcome.op_id = op.op_id AND code = 'held')"
        " GROUP BY scope"
    )
    scopes = machine.scopes()
    recorded = sum(count for scope, count in counts if scope in scopes)
    (shown,) = machine.replica.connection.execute("SELECT count(*) FROM visit").fetchone()
    return int(recorded), int(shown)


def _check_registry_chains(world: WorldState) -> None:
    """I14: bodies match their hashes, and the hashes add up to each writer's chain."""
    for op_id, body, body_hash in world.disk.rows(
        "SELECT op_id, body, hash FROM op WHERE body IS NOT NULL"
    ):
        if hash_body(body) != bytes(body_hash):
            raise InvariantBroken(world, f"I14: the body of {op_id} does not match its hash")
    for writer, device_id, acked in world.disk.rows(
        "SELECT writer, device_id, acked_seq FROM writer"
    ):
        links = world.disk.rows(
            "SELECT seq, op_id, hash, chain FROM link WHERE writer = :writer ORDER BY seq",
            writer=writer,
        )
        if [seq for seq, *_ in links] != list(range(1, acked + 1)):
            raise InvariantBroken(world, "I14: a writer's chain has a hole")
        _check_chain(world, first_chain(device_id, writer), links)


def _check_laptop_chains(world: WorldState, machine: Machine) -> None:
    connection = machine.replica.connection
    if any(hash_body(body) != body_hash for body, body_hash in _own_bodies(connection)):
        raise InvariantBroken(world, f"I14: a body of {machine.name} does not match its hash")
    device_id = machine.device_id
    for (writer,) in connection.execute("SELECT writer FROM writer").fetchall():
        links = connection.execute(
            "SELECT seq, op_id, hash, chain FROM op WHERE writer = ? ORDER BY seq", (writer,)
        ).fetchall()
        _check_chain(world, first_chain(device_id, writer), links)


def _check_chain(world: WorldState, chain: bytes, links: list[Row]) -> None:
    for position, (seq, op_id, body_hash, stored) in enumerate(links, start=1):
        chain = next_chain(chain, seq, op_id, bytes(body_hash))
        if seq != position or chain != bytes(stored):
            raise InvariantBroken(world, "I14: a chain does not add up")


def _own_bodies(connection: sqlite3.Connection) -> list[tuple[bytes, bytes]]:
    return connection.execute(
        "SELECT body, hash FROM op WHERE body IS NOT NULL"
        " UNION ALL SELECT body, hash FROM remote WHERE body IS NOT NULL"
    ).fetchall()
