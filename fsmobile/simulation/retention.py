"""What is kept for how long in a simulated world: rules, names and their day, what may be gone."""

from contextlib import suppress
from datetime import UTC, date, datetime

from sqlalchemy.exc import SQLAlchemyError

from fsmobile.core.follow_ups import FollowUpNamed
from fsmobile.core.ids import AgencyId
from fsmobile.core.personal_data import FAMILIES
from fsmobile.errors import FsmobileError
from fsmobile.protocol.digests import FIRST_DAY, LAST_DAY
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.protocol.records import read_record
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.expiry import erase_expired
from fsmobile.registry.retention import drop_old, keep_for
from fsmobile.simulation import machines
from fsmobile.simulation.faults import Crash
from fsmobile.simulation.invariants import is_revoked
from fsmobile.simulation.pictures import InvariantBroken
from fsmobile.simulation.ports import DAY_MS
from fsmobile.simulation.state import UNITS, Machine, WorldState, agency_of, remember_orders
from fsmobile.store.held_days import read_held
from fsmobile.store.names import list_held_names
from fsmobile.usecases.names import erase_expired_names

_GONE = (
    "SELECT op_id FROM op WHERE body IS NULL UNION ALL SELECT op_id FROM remote WHERE body IS NULL"
)


def let_weeks_pass(world: WorldState) -> None:
    """Let nobody do anything for some weeks; then every laptop is opened again."""
    world.marks["weeks passed"] += 1
    sleep(world, world.faults.random("weeks_pass").randint(10, 80))


def sleep(world: WorldState, days: int) -> None:
    """Let so many days pass, and every laptop be opened on the last one."""
    world.slept_ms += days * DAY_MS
    world.registry_clock.ms += days * DAY_MS
    for machine in list(world.machines):
        machine.clock.let_pass(days * DAY_MS)
        open_again(world, machine)


def open_again(world: WorldState, machine: Machine) -> None:
    """Let a person open a laptop: names whose day has come go."""
    machines.let(world, machine, lambda: _open(world, machine))


def _open(world: WorldState, machine: Machine) -> None:
    try:
        world.marks["name expired"] += erase_expired_names(machine.desk)
    finally:
        world.remember(machine)


def decide_or_apply(world: WorldState) -> None:
    """Decide how long a structure keeps a family of facts, or carry all rules out."""
    random = world.faults.random("retention")
    if world.rules and random.random() < 0.6:
        apply_rules(world)
        return
    agency = agency_of(random.choice(UNITS))
    _decide(world, agency, random.choice(FAMILIES), random.choice([1, 1, 2]))


def apply_all(world: WorldState) -> None:
    """Do what the nightly job of a registry does; decide again what a lost database had known."""
    for (agency, family), months in world.rules.items():
        _decide(world, AgencyId(agency), family, months)
    apply_rules(world)


def apply_rules(world: WorldState) -> None:
    """Drop what is past its date, and the names whose day has come."""
    before = _held(world)
    # By the rules that its database knows: one that was put back has a former rule.
    for agency, family, months in world.disk.rows("SELECT agency, family, months FROM retention"):
        first = _first_kept(world.registry_clock.ms, months)
        rule = (agency, family)
        world.kept_since[rule] = max(first, world.kept_since.get(rule, 0))
    with suppress(Crash, SQLAlchemyError, FsmobileError):
        drop_old(world.registry)
    purged = before.keys() - _held(world).keys()
    world.purged |= {op_id: before[op_id] for op_id in purged}
    world.marks["purged"] += len(purged)
    with suppress(Crash, SQLAlchemyError, FsmobileError):
        today = _day(world.registry_clock.ms)
        erase_expired(world.registry, today, write_down=world.erasures.extend)
    names = {
        one.op_id for one in world.erasures if before.get(one.op_id) and one.op_id not in purged
    }
    world.erased |= {op_id: before[op_id] for op_id in names - world.erased.keys()}
    remember_orders(world)


def _decide(world: WorldState, agency: AgencyId, family: str, months: int) -> None:
    world.rules[agency, family] = months
    with suppress(Crash, SQLAlchemyError):
        keep_for(world.registry, agency, family, months)


def lacks_places_only(world: WorldState, machine: Machine) -> bool:
    """Tell whether all that the registry lacks of a laptop's days are places of own acts.

    Their bodies went before the registry had them (again), and nobody ordered it: it believes
    no laptop's word alone that an op is to be nothing more than its place.
    """
    rows = world.disk.rows("SELECT op_id, scope FROM op WHERE is_forwarded = 1")
    for scope in machine.scopes():
        there = {op_id for op_id, where in rows if where == scope}
        here = {op_id for op_id, _ in read_held(machine.replica, scope, FIRST_DAY, LAST_DAY)}
        if there - here or not _without_body(machine, here - there):
            return False
    return True


def _without_body(machine: Machine, op_ids: set[str]) -> bool:
    gone = {
        op_id
        for (op_id,) in machine.replica.connection.execute(
            "SELECT op_id FROM op WHERE body IS NULL"
        )
    }
    return op_ids <= gone


def _held(world: WorldState) -> dict[str, bytes]:
    return {
        op_id: read_op(bytes(body)).body
        for op_id, body in world.disk.rows("SELECT op_id, body FROM op WHERE body IS NOT NULL")
    }


def check_gone(world: WorldState) -> None:
    """I19: a body is gone where it was erased, or is past its date and was received; no other."""
    gone = {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM op WHERE body IS NULL")}
    _refuse(world, "the registry", gone)
    for machine in world.machines:
        here = {op_id for (op_id,) in machine.replica.connection.execute(_GONE)}
        _refuse(world, machine.name, {one for one in here if not _lets_go(world, machine, one)})


def _lets_go(world: WorldState, machine: Machine, op_id: str) -> bool:
    """Tell whether a laptop lets a body go by itself.

    Names have their day, and a plain one keeps none that it receives; what it recorded in a bus
    that it has left goes some time after the registry has it, and is read again if it returns,
    but for what was refused there, which is handed out to nobody. What another one gave goes
    with the thing that it is about: its author keeps it and sends it.
    """
    op = world.minds.get(op_id)
    if op is None or op.kind == FOLLOW_UP_NAME:
        return True
    is_on_gone = op.entity in world.minds and _may_be_gone(world, op.entity)
    if is_on_gone and not _is_own(machine, op_id):
        return True
    if "registry restored" in world.marks and not world.has_agreed and op_id in world.received_at:
        # It may go by the number that it had in a history that was lost; the end judges.
        return True
    is_left = op.scope not in machine.scopes()
    comes_back = "laptop assigned" in world.marks and (
        not world.has_agreed or op_id in _handed_to_nobody(world)
    )
    return (is_left or comes_back) and op_id in world.received_at


def _handed_to_nobody(world: WorldState) -> set[str]:
    return {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM op WHERE is_forwarded = 0")}


def _is_own(machine: Machine, op_id: str) -> bool:
    found = machine.replica.connection.execute("SELECT 1 FROM op WHERE op_id = ?", (op_id,))
    return found.fetchone() is not None


def _refuse(world: WorldState, who: str, gone: set[str]) -> None:
    for op_id in gone:
        if not _may_be_gone(world, op_id):
            raise InvariantBroken(world, f"I19: {who} dropped {op_id}, which is to be kept")


def _may_be_gone(world: WorldState, op_id: str) -> bool:
    written_down = {one.op_id for one in world.erasures}
    op = world.minds.get(op_id)
    if op is None or {op_id, op.entity} & (world.erased.keys() | written_down):
        return True
    return op_id in world.received_at and (
        _is_past(world, op)
        or (op.entity in world.minds and _is_past(world, world.minds[op.entity]))
    )


def _is_past(world: WorldState, op: Op) -> bool:
    """Tell whether a rule said that an op is too old, by its own clock and the registry's."""
    for (agency, family), first in world.kept_since.items():
        if (
            op.kind.startswith(f"{family}.")
            and op.scope.startswith(unit_scope(f"{agency}/"))
            and int(op.hlc[:12], 16) < first
            and world.received_at.get(op.op_id, first) < first
        ):
            return True
    return False


def _first_kept(now_ms: int, months: int) -> int:
    today = _day(now_ms)
    whole = today.year * 12 + today.month - 1 - months
    return int(datetime(whole // 12, whole % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)


def _day(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, tz=UTC).date()


def check_nowhere(world: WorldState) -> None:
    """I10: of what was erased or is past its date, no machine that may be told has a byte."""
    nowhere = world.erased | world.purged
    if not nowhere:
        return
    rows = world.disk.rows("SELECT op_id, entity FROM op WHERE body IS NOT NULL")
    held = {op_id for op_id, _ in rows}
    # An erasure goes for all that is said of a thing later; a date goes for what is as old.
    for op_id in (world.erased.keys() & {name for row in rows for name in row}) | (
        world.purged.keys() & held
    ):
        raise InvariantBroken(world, f"I10: the registry holds {op_id}, which must be gone")
    for machine in world.machines:
        if is_revoked(world, machine):
            continue
        image = machine.replica.connection.serialize()
        for op_id, body in nowhere.items():
            if body in image:
                raise InvariantBroken(world, f"I10: {machine.name} holds {op_id}, which is gone")


def check_days_of_names(world: WorldState) -> None:
    """I20: no machine that may be told holds a name whose day has come."""
    today = _day(world.registry_clock.ms)
    over = {
        op_id
        for op_id, op in world.minds.items()
        if op.kind == FOLLOW_UP_NAME
        and isinstance(record := read_record(op), FollowUpNamed)
        and record.named.erase_on <= today
    }
    held = {op_id for (op_id,) in world.disk.rows("SELECT op_id FROM op WHERE body IS NOT NULL")}
    for op_id in over & held:
        raise InvariantBroken(world, f"I20: the registry holds name {op_id} after its day")
    for machine in world.machines:
        if is_revoked(world, machine):
            continue
        for one in list_held_names(machine.replica):
            if one.op_id in over:
                raise InvariantBroken(world, f"I20: {machine.name} holds name {one.op_id}")


def check_names(world: WorldState) -> None:
    """I20: a plain laptop keeps the name of nobody that another one wrote down."""
    for machine in world.machines:
        if machine.replica.is_encrypted:
            continue
        found = machine.replica.connection.execute(
            "SELECT op_id FROM remote WHERE kind = ? AND body IS NOT NULL", (FOLLOW_UP_NAME,)
        ).fetchone()
        if found is not None:
            raise InvariantBroken(world, f"I20: {machine.name} is plain, and holds name {found[0]}")
