"""Visits as a bus records them: procedures by their weight, minutes apart, all kinds of outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from fsmobile.core.catalogue import Catalogue, Procedure
from fsmobile.core.ids import PassageId
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.protocol.records import VISIT_RECORD, encode_visit
from fsmobile.protocol.scopes import unit_scope
from fsmobile.simulation.ports import DAY_MS, START_MS
from fsmobile.store.ops import NewOp, append_all
from fsmobile.usecases.desk import local_time
from tests.benchmarks.registries import BenchLaptop

BATCH = 5_000
STOPS = ("luxe", "aigre", "mansle", "ruffec", "confolens", "chabanais", "montbron", "villebois")
COMMUNES = ("16196", "16005", "16206", "16292", "16106", "16070", "16223", "16408")


@dataclass(slots=True)
class WorkClock:
    """A clock that moves by some minutes each time it is read: another person has come."""

    ms: int = START_MS - 700 * DAY_MS
    random: Random = field(default_factory=lambda: Random(11))

    def now_ms(self) -> int:
        self.ms += self.random.randint(4 * 60_000, 13 * 60_000)
        return self.ms


def make_visit(
    catalogue: Catalogue,
    passage_id: PassageId | None,
    insee_code: str | None,
    now: datetime,
    random: Random,
) -> Visit:
    """Return what an agent would have typed now."""
    procedures = list(catalogue.procedures.values())
    weights = [procedure.weight + 0.001 for procedure in procedures]
    chosen = random.choices(procedures, weights, k=random.choice((1, 1, 1, 1, 2)))
    return Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=passage_id,
        insee_code=insee_code,
        service_date=now.date(),
        starts=now.time().replace(second=0, microsecond=0, tzinfo=None),
        minutes=sum(procedure.minutes for procedure in chosen) + random.choice((0, 0, 0, 5)),
        people=random.choice((1, 1, 1, 1, 2)),
        channel=random.choice((*[Channel.WALK_IN] * 6, Channel.APPOINTMENT)),
        first_contact=random.choice((*[FirstContact.UNKNOWN] * 5, *FirstContact)),
        age_band=random.choice((*[AgeBand.UNKNOWN] * 20, *AgeBand)),
        enquiries=tuple(_enquiry(procedure, random) for procedure in chosen),
    )


def visits_of(catalogue: Catalogue, clock: WorkClock, count: int, random: Random) -> list[Visit]:
    """Return visits over months of passages, in order."""
    visits = []
    for _ in range(count):
        now = local_time(clock.now_ms(), "Europe/Paris")
        stop = now.toordinal() % len(STOPS)
        passage = PassageId(f"bus-charente/semaine-paire/{STOPS[stop]}/{now.date()}")
        visits.append(make_visit(catalogue, passage, COMMUNES[stop], now, random))
    return visits


def record_all(laptop: BenchLaptop, visits: Sequence[Visit]) -> None:
    """Record many visits on a laptop, some thousands in one transaction."""
    news = [
        NewOp(
            kind=VISIT_RECORD,
            schema=1,
            scope=unit_scope(laptop.unit),
            agent_id="agent-a",
            data=encode_visit(visit),
        )
        for visit in visits
    ]
    for start in range(0, len(news), BATCH):
        append_all(laptop.replica, news[start : start + BATCH])


def _enquiry(procedure: Procedure, random: Random) -> Enquiry:
    outcomes = (*[Outcome.RESOLVED] * 5, Outcome.TO_FOLLOW_UP, Outcome.AWAITING_DOCUMENTS)
    return Enquiry(
        procedure=procedure.procedure_id,
        operator=procedure.operator,
        help=procedure.help,
        outcome=random.choice(outcomes),
    )
