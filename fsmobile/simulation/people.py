"""What people do in a simulated world, each on a laptop of their agency."""

from collections.abc import Callable
from datetime import date, time
from hashlib import sha256
from random import Random

from fsmobile.core.ids import AgencyId, OperatorId, PassageId, ProcedureId, VisitId
from fsmobile.core.passages import PassageReason
from fsmobile.core.visits import Enquiry, HelpKind, Outcome, Visit, Whereabouts
from fsmobile.errors import InvalidInput, NotAllowed
from fsmobile.protocol import records
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication
from fsmobile.protocol.scopes import Role, unit_scope
from fsmobile.simulation.pictures import InvariantBroken, picture_of, same_pictures
from fsmobile.simulation.state import NEIGHBOUR_UNIT, UNIT, Machine, WorldState, some_known
from fsmobile.store import ops, queries, schedule_trees
from fsmobile.store.ops import NewOp
from fsmobile.store.projections import rebuild
from fsmobile.usecases import passages, undo, visits

Act = Callable[[WorldState, Machine], None]

VILLAGES = {"luxe": "2026-11-26", "aigre": "2026-11-26"}


def act(world: WorldState, machine: Machine) -> None:
    """Let the person at a laptop do one thing, and remember what it recorded."""
    acts = [act for act, weight in ACTS.items() for _ in range(weight)]
    if machine.desk.enrolment.role == Role.COORDINATOR:
        acts += [_publish] * 4
    chosen = world.random.choice(acts)
    try:
        chosen(world, machine)
        world.acts[chosen.__name__.strip("_")] += 1
    except NotAllowed as error:
        # A coordinator reads the other buses: one of their laptops has to do it.
        if error.code != "of_another_bus":
            raise
    except InvalidInput:
        pass  # such as closing what was never opened: a person is told


def _record(world: WorldState, machine: Machine) -> None:
    visit = Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=passage_id_of(machine.agency, "luxe"),
        insee_code="16196",
        service_date=date(2026, 11, 26),
        starts=time(14, 5),
        minutes=world.random.randint(1, 60),
        enquiries=(
            Enquiry(
                procedure=ProcedureId("retraite-dossier"),
                operator=OperatorId("cnav"),
                help=HelpKind.ASSISTANCE,
                outcome=Outcome.RESOLVED,
            ),
        ),
    )
    visit_id = visits.record_visit(machine.desk, visit)
    if not _is_on_disk(machine, visit_id):
        raise InvariantBroken(world, f"I1: {machine.name} confirmed a visit and does not hold it")


def _is_on_disk(machine: Machine, visit_id: VisitId) -> bool:
    found = machine.replica.connection.execute("SELECT 1 FROM op WHERE op_id = ?", (visit_id,))
    return found.fetchone() is not None


def _correct(world: WorldState, machine: Machine) -> None:
    if (visit_id := some_visit(world, machine, world.random)) is not None:
        visits.correct_visit(machine.desk, visit_id, {"minutes": world.random.randint(1, 60)})


def _void(world: WorldState, machine: Machine) -> None:
    if (visit_id := some_visit(world, machine, world.random)) is not None:
        if world.random.random() < 0.5:
            visits.void_visit(machine.desk, visit_id, "doublon")
        else:
            visits.unvoid_visit(machine.desk, visit_id)


def some_visit(world: WorldState, machine: Machine, random: Random) -> VisitId | None:
    """Choose among the visits known here."""
    known = [row.state.visit_id for row in queries.list_visits(machine.replica)]
    chosen = some_known(world, known, random)
    return None if chosen is None else VisitId(chosen)


def _upgrade(world: WorldState, machine: Machine) -> None:
    """Install a newer program, which makes every projection again from the ops."""
    before = picture_of(machine.replica.connection)
    rebuild(machine.replica)
    same_pictures(world, before, picture_of(machine.replica.connection), machine.name)


def _undo(world: WorldState, machine: Machine) -> None:
    undo.undo_last(machine.desk)


def _passage(world: WorldState, machine: Machine) -> None:
    random = world.random
    passage_id = passage_id_of(machine.agency, random.choice(list(VILLAGES)))
    desk, which = machine.desk, random.randrange(5)
    if which == 0:
        passages.open_passage(desk, passage_id)
    elif which == 1:
        passages.close_passage(desk, passage_id)
    elif which == 2:
        passages.cancel_passage(desk, passage_id, PassageReason.BREAKDOWN)
    elif which == 3:
        passages.note_passage(desk, passage_id, f"note {random.randint(0, 99)}")
    else:
        passages.tally_passage(desk, passage_id, met=random.randint(1, 3))


def passage_id_of(agency: AgencyId, village: str) -> PassageId:
    """Name the passage of an agency's bus in a village."""
    return PassageId(f"{agency}/semaine-paire/{village}/{VILLAGES[village]}")


def _poison(world: WorldState, machine: Machine) -> None:
    """Record what a broken or a newer program might: it may delay nothing else."""
    world.marks["poison"] += 1
    own = unit_scope(machine.unit)
    foreign = unit_scope(UNIT if machine.unit == NEIGHBOUR_UNIT else NEIGHBOUR_UNIT)
    if "laptop_assigned" in world.faults.chances:
        foreign = unit_scope("elsewhere/bus-8")  # it may work for the other when this arrives
    kind, scope, data = world.random.choice(
        [
            (records.VISIT_RECORD, own, b'{"minutes":"many"}'),
            ("meteo.observe", unit_scope("elsewhere/bus-9"), b"{}"),
            ("meteo.observe", foreign, b"{}"),
            ("meteo.observe", own, b'{"sky":["grey"]}'),
            (records.VISIT_RECORD, own, b'{"reception":{"of":"tomorrow"}}'),
        ]
    )
    # A newer program's visit: this one keeps it and hands it on, and does not read it.
    schema = 9 if b"tomorrow" in data else 1
    new = NewOp(kind=kind, schema=schema, scope=scope, agent_id=machine.desk.agent_id, data=data)
    ops.append(machine.replica, new)


def _publish(world: WorldState, machine: Machine) -> None:
    """Publish a small tree on top of the newest revision that this laptop knows."""
    desk = machine.desk
    name = world.random.randint(0, 9)
    files = {"structure.toml": f"nom = 'n{name}'\n", "lieux.toml": "# \n"}
    known = schedule_trees.load_revisions(machine.replica, desk.agency_id)
    manifest = {path: sha256(text.encode()).hexdigest() for path, text in files.items()}
    parts = [
        ScheduleFilePart(sha256=manifest[path], part=0, parts=1, text=text)
        for path, text in files.items()
    ]
    base = known[0].revision if known else 0
    whole = SchedulePublication(agency=desk.agency_id, base=base, manifest=manifest)
    news = [desk.agency_op(records.SCHEDULE_FILE, records.encode_schedule(p)) for p in parts]
    last = desk.agency_op(records.SCHEDULE_PUBLISH, records.encode_schedule(whole))
    ops.append_all(machine.replica, [*news, last])


ACTS: dict[Act, int] = {
    _record: 5,
    _correct: 1,
    _void: 1,
    _undo: 1,
    _poison: 1,
    _passage: 3,
    _upgrade: 1,
}
"""Each with its weight."""
