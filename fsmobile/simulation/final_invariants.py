"""What must hold once a simulated world has healed: nothing lost, all agree, chains add up."""

import json
import sqlite3

from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.scopes import unit_scope
from fsmobile.simulation.derived import check_derived, check_journal, check_reports
from fsmobile.simulation.disks import Row
from fsmobile.simulation.double_bookings import check_appointments
from fsmobile.simulation.invariants import (
    check_agencies,
    check_laptop,
    check_registry,
    is_revoked,
)
from fsmobile.simulation.pictures import (
    InvariantBroken,
    Picture,
    picture_of,
    refused_entries,
    same_pictures,
    without_entries,
)
from fsmobile.simulation.retention import (
    check_days_of_names,
    check_gone,
    check_names,
    check_nowhere,
)
from fsmobile.simulation.state import UNITS, Machine, WorldState
from fsmobile.store import schedule_trees
from fsmobile.store.projections import rebuild

_HELD = "SELECT op_id, hash FROM op"


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
            check_reports(world, machine)
        check_derived(world, machine)
        check_journal(world, machine)
    _check_alike(world, pictures)
    check_agencies(world)
    check_gone(world)
    check_names(world)
    check_days_of_names(world)
    check_nowhere(world)
    check_appointments(world)


def _check_alike(world: WorldState, pictures: dict[str, Picture]) -> None:
    """I6: laptops that read the same buses show the same, but for what an office had refused."""
    refused = {
        entry for machine in world.machines for entry in refused_entries(machine.replica.connection)
    }
    alike: dict[frozenset[str], list[str]] = {}
    for machine in world.machines:
        if machine.name in pictures:
            alike.setdefault(_units_read(world, machine), []).append(machine.name)
    for first, *others in alike.values():
        shown = without_entries(pictures[first], refused)
        for other in others:
            same = without_entries(pictures[other], refused)
            same_pictures(world, shown, same, f"{first} and {other}")


def _units_read(world: WorldState, machine: Machine) -> frozenset[str]:
    """Return the scopes of the buses that a laptop reads and something was recorded in."""
    held = {scope for (scope,) in world.disk.rows("SELECT DISTINCT scope FROM op")}
    units = {unit_scope(unit) for unit in UNITS} & machine.scopes()
    return frozenset(units & (held | {unit_scope(machine.unit)}))


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
            if may_wait and (is_erased or {op_id, entity} & erased):
                continue  # not kept apart either; I19 judges what this laptop let go by itself
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
