"""What must hold in a simulated world: after each step, and at its end (docs/sync-model.md)."""

import sqlite3
from typing import Any

from fsmobile.protocol import messages
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.messages import HistoryPoint, SyncReply
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import verify
from fsmobile.simulation.state import Machine, WorldState
from fsmobile.store import cursors, schedule_trees
from fsmobile.store.projections import rebuild

PROJECTIONS = {
    "visit": "visit_id, service_date, passage_id, starts, is_void, state",
    "enquiry": "visit_id, position, procedure, stop",
    "passage": "passage_id, service_date, state",
    "schedule_part": "sha256, part, parts, text",
    "schedule_revision": "agency, revision, op_id, agent_id, published_at, why, manifest",
}


class InvariantBroken(AssertionError):
    """A world in which something that must never happen did."""

    def __init__(self, world: WorldState, what: str) -> None:
        """Say what broke, in which world, and what strikes there."""
        super().__init__(f"{what} (seed {world.seed}; faults: {world.faults})")
        self.what = what


def check_answer(world: WorldState, answer: bytes) -> None:
    """I1, I13: a receipt covers what is committed, a page what its laptop may see."""
    payload, signature = unseal(answer)
    if not verify(world.registry.key.public, payload, signature):
        raise InvariantBroken(world, "the registry does not sign its answers")
    reply = messages.decode_answered(payload).answer
    if not isinstance(reply, SyncReply):
        return
    if world.disk.in_transaction:
        raise InvariantBroken(world, "I1: an answer left before its commit")
    receipt = reply.receipt
    held = world.disk.execute(
        "SELECT count(*), max(seq) FROM link JOIN op USING (op_id) WHERE link.writer = ?1"
        " AND seq <= ?2 AND EXISTS (SELECT 1 FROM writer WHERE writer = ?1 AND acked_seq >= ?2)",
        (receipt.writer, receipt.seq),
    ).fetchone()
    if receipt.seq and held != (receipt.seq, receipt.seq):
        raise InvariantBroken(world, f"I1: a receipt for {receipt.seq} ops, {held[0]} held")
    _check_page(world, reply)


def _check_page(world: WorldState, reply: SyncReply) -> None:
    """I13: a page holds ops of the laptop's own scopes, recorded in its own agency."""
    found = world.disk.execute(
        "SELECT device_id FROM writer WHERE writer = ?", (reply.receipt.writer,)
    ).fetchone()
    if found is None:
        raise InvariantBroken(world, "I1: a receipt for a writer that is not held")
    machine = next(one for one in world.machines if one.device_id == found[0])
    for pulled in reply.pull.ops:
        scope = reply.pull.scopes[pulled.scope]
        if scope not in machine.scopes():
            raise InvariantBroken(world, f"I13: {machine.name} is sent an op of {scope}")
        if pulled.body is not None:
            op_id = read_op(pulled.body).op_id
            if op_id not in world.recorded:
                raise InvariantBroken(world, f"I4: {machine.name} is sent {op_id}, of nobody")
            if world.recorded_in[op_id] != machine.agency:
                raise InvariantBroken(world, f"I13: {machine.name} is sent {op_id} of others")


def check_registry(world: WorldState) -> None:
    """I3, I4: one row and one outcome for an op, and nothing that nobody recorded."""
    memory = world.registry_memory
    rows = dict(world.disk.execute("SELECT op_id, hash FROM op"))
    outcomes = dict(world.disk.execute("SELECT op_id, code || detail FROM outcome"))
    for op_id, body_hash in rows.items():
        if world.recorded.get(op_id) != body_hash:
            raise InvariantBroken(world, f"I4: nobody recorded {op_id} like this")
    for seen, now, name in (
        (memory.hashes, rows, "row"),
        (memory.outcomes, outcomes, "outcome"),
    ):
        changed = [op_id for op_id, value in seen.items() if now.get(op_id) != value]
        if changed:
            raise InvariantBroken(world, f"I3: the {name} of {changed[0]} changed")
    memory.hashes, memory.outcomes = rows, outcomes
    if any(hash_body(body) != rows[op_id] for op_id, body in _bodies(world.disk)):
        raise InvariantBroken(world, "I14: a body does not match its hash")


def check_agencies(world: WorldState) -> None:
    """I13: no laptop holds an op that was recorded in another agency, under whatever scope."""
    for machine in world.machines:
        pulled = machine.replica.connection.execute("SELECT op_id, scope FROM remote")
        for op_id, scope in pulled:
            if world.recorded_in.get(op_id) != machine.agency or scope not in machine.scopes():
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
    forwarded = world.disk.execute(
        "SELECT o.gsn, o.scope, o.op_id, o.writer FROM op o JOIN link l"
        " ON l.op_id = o.op_id AND l.writer = o.writer"
        " WHERE o.is_forwarded = 1 ORDER BY o.writer, l.seq"
    ).fetchall()
    missed: set[bytes] = set()
    for _, scope, op_id, writer in forwarded:
        if scope not in scopes:
            continue
        if op_id not in known:
            missed.add(writer)
        elif writer in missed:
            raise InvariantBroken(world, f"I5: {machine.name} has {op_id} but not what precedes it")
    reading = cursors.load_reading(replica)
    if not reading.points or not _is_here(world, reading.points[0]):
        return  # it will be told that its cursors count in a history that was lost
    for gsn, scope, op_id, _ in forwarded:
        if scope in scopes and gsn <= reading.cursors.get(scope, 0) and op_id not in known:
            raise InvariantBroken(world, f"I8: {machine.name} has read past {op_id} without it")


def _is_here(world: WorldState, point: HistoryPoint) -> bool:
    """Tell whether a point is of the registry's history."""
    found = world.disk.execute("SELECT history FROM op WHERE gsn = ?", (point.gsn,)).fetchone()
    return point.gsn == 0 or found == (point.history,)


def check_end(world: WorldState) -> None:
    """I2, I6, I14: nothing lost, all agree, every chain adds up."""
    check_registry(world)
    _check_registry_chains(world)
    held = dict(world.disk.execute("SELECT op_id, hash FROM op"))
    pictures: dict[str, Any] = {}
    for machine in world.machines:
        check_laptop(world, machine)
        _check_laptop_chains(world, machine)
        for op_id, body_hash in machine.replica.connection.execute("SELECT op_id, hash FROM op"):
            if held.get(op_id) != body_hash:
                raise InvariantBroken(world, f"I2: the registry lacks {op_id} of {machine.name}")
        pictures[machine.name] = picture_of(machine.replica.connection)
        rebuild(machine.replica)
        again = picture_of(machine.replica.connection)
        _same(world, pictures[machine.name], again, f"I6: {machine.name} and its rebuild")
    for agency in {machine.agency for machine in world.machines}:
        first, *others = [one.name for one in world.machines if one.agency == agency]
        for other in others:
            _same(world, pictures[first], pictures[other], f"I6: {first} and {other}")
    check_agencies(world)
    _check_counts(world)


def picture_of(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    """Return every projection, byte for byte."""
    return {
        table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
        for table, columns in PROJECTIONS.items()
    }


def _same(world: WorldState, one: dict[str, Any], other: dict[str, Any], who: str) -> None:
    for table, rows in one.items():
        differing = [pair for pair in zip(rows, other[table], strict=False) if pair[0] != pair[1]]
        if rows != other[table]:
            sizes = f"{len(rows)} and {len(other[table])} rows"
            raise InvariantBroken(world, f"{who} differ in {table}: {sizes}, {differing[:1]}")


def _check_counts(world: WorldState) -> None:
    """I3: each visit recorded and held has one effect on every laptop."""
    for machine in world.machines:
        recorded, shown = count_visits(world, machine)
        if shown != recorded:
            raise InvariantBroken(
                world, f"I3: {recorded} visits held, {shown} shown by {machine.name}"
            )
        if schedule_trees.load_revisions(machine.replica, machine.agency):
            assert schedule_trees.load_tree(machine.replica, machine.agency) is not None


def count_visits(world: WorldState, machine: Machine) -> tuple[int, int]:
    """Return how many visits of its unit the registry holds, and how many a laptop shows."""
    (recorded,) = world.disk.execute(
        "SELECT count(*) FROM op WHERE kind = 'visit.record' AND is_forwarded = 1 AND scope = ?",
        (unit_scope(machine.unit),),
    ).fetchone()
    (shown,) = machine.replica.connection.execute("SELECT count(*) FROM visit").fetchone()
    return int(recorded), int(shown)


def _check_registry_chains(world: WorldState) -> None:
    for writer, device_id, acked in world.disk.execute(
        "SELECT writer, device_id, acked_seq FROM writer"
    ):
        links = world.disk.execute(
            "SELECT seq, op_id, hash, chain FROM link WHERE writer = ? ORDER BY seq", (writer,)
        ).fetchall()
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


def _check_chain(
    world: WorldState, chain: bytes, links: list[tuple[int, str, bytes, bytes]]
) -> None:
    for position, (seq, op_id, body_hash, stored) in enumerate(links, start=1):
        chain = next_chain(chain, seq, op_id, body_hash)
        if seq != position or chain != stored:
            raise InvariantBroken(world, "I14: a chain does not add up")


def _bodies(disk: sqlite3.Connection) -> list[tuple[str, bytes]]:
    return disk.execute("SELECT op_id, body FROM op WHERE body IS NOT NULL").fetchall()


def _own_bodies(connection: sqlite3.Connection) -> list[tuple[bytes, bytes]]:
    return connection.execute(
        "SELECT body, hash FROM op UNION ALL SELECT body, hash FROM remote"
    ).fetchall()
