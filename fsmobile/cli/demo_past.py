"""The demo's past: two made-up months of work, so that figures and search have something to say.

Drawn from one seed, with the catalogue's own shares of procedures; nobody's visits.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import AgentId
from fsmobile.core.passages import PassageReason
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.protocol import records
from fsmobile.protocol.records import PassageData
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store.ops import NewOp, append_all
from fsmobile.usecases.desk import Desk

Drawn = TypeVar("Drawn")

PAST_DAYS = 63
SEED = 1_951
VISITS_MAX = 7
OUTCOMES = {
    Outcome.RESOLVED: 62,
    Outcome.AWAITING_DOCUMENTS: 18,
    Outcome.TO_FOLLOW_UP: 13,
    Outcome.DROPPED: 4,
    Outcome.NOT_APPLICABLE: 3,
}
CONTACTS = {FirstContact.UNKNOWN: 5, FirstContact.FIRST: 3, FirstContact.AGAIN: 6}
CHANNELS = {Channel.WALK_IN: 8, Channel.APPOINTMENT: 3}


def record_past(desk: Desk, tree: ScheduleTree, day: date) -> None:
    """Record what the bus did before a day, in one transaction."""
    append_all(desk.replica, list(_draw_facts(desk, tree, day)))


def _draw_facts(desk: Desk, tree: ScheduleTree, day: date) -> Iterator[NewOp]:
    chance, agents = Random(SEED), sorted(tree.agents)
    first = day - timedelta(days=PAST_DAYS)
    agenda = expand_agenda(tree, first, day - timedelta(days=1), bundled=load_school_calendar())
    for passage in agenda.passages:
        if passage.is_cancelled or passage.starts is None or passage.call.span:
            continue
        desk.agent_id = AgentId(chance.choice(agents))
        if chance.random() < 0.04:
            data = PassageData(reason=PassageReason.BREAKDOWN)
            yield _fact_of(desk, records.PASSAGE_CANCEL, passage, data)
            continue
        yield _fact_of(desk, records.PASSAGE_OPEN, passage, PassageData(at=passage.starts))
        at = _later(passage.starts, 5)
        for _number in range(chance.randint(1, VISITS_MAX)):
            visit = _draw_visit(desk, tree, passage, at, chance)
            yield desk.fact(records.VISIT_RECORD, records.encode_visit(visit))
            at = _later(visit.starts, visit.minutes)
        data = PassageData(at=max(at, passage.ends or at))
        yield _fact_of(desk, records.PASSAGE_CLOSE, passage, data)


def _fact_of(desk: Desk, kind: str, passage: PlannedPassage, data: PassageData) -> NewOp:
    return desk.fact(kind, records.encode_passage(data), entity=passage.passage_id)


def _draw_visit(
    desk: Desk, tree: ScheduleTree, passage: PlannedPassage, at: time, chance: Random
) -> Visit:
    known = list(desk.catalogue.procedures.values())
    (procedure,) = chance.choices(known, [one.weight for one in known])
    enquiry = Enquiry(
        procedure=procedure.procedure_id,
        operator=procedure.operator,
        help=procedure.help,
        outcome=_draw(OUTCOMES, chance),
    )
    return Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=passage.passage_id,
        insee_code=tree.places[passage.place_id].insee_code,
        service_date=passage.service_date,
        starts=at,
        minutes=max(5, procedure.minutes + chance.choice((-10, -5, 0, 0, 5, 10))),
        people=2 if chance.random() < 0.1 else 1,
        channel=_draw(CHANNELS, chance),
        first_contact=_draw(CONTACTS, chance),
        age_band=chance.choice(list(AgeBand)),
        enquiries=(enquiry,),
    )


def _draw(shares: Mapping[Drawn, int], chance: Random) -> Drawn:
    (found,) = chance.choices(list(shares), list(shares.values()))
    return found


def _later(at: time, minutes: int) -> time:
    return (datetime.combine(date.min, at) + timedelta(minutes=minutes)).time()
