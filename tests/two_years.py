"""Two years of the bus of the Charente, made up but plausible: the same at every run.

The passages are those of the published timetable. Each stop has its own attendance, busier in
autumn (taxes, school) than in summer, busier in the morning; a few passages are cancelled, some
are not closed in the program, one stop is nearly empty.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import PassageId, ProcedureId
from fsmobile.core.passages import PassageReason
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.visits import AgeBand, Channel, Enquiry, FirstContact, HelpKind, Outcome
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import passages, visits
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.timetable import load_timetable
from tests.worlds import FakeClock, Laptop, a_laptop, a_visit

SCHEDULE = Path(__file__).parents[1] / "schedules" / "bus-charente"
FIRST = date(2026, 1, 5)
"""From here on the published timetable holds."""
DAYS = 2 * 364
PARIS = ZoneInfo("Europe/Paris")
PER_HOUR = {"tusson": 0.08, "fouqueure": 0.9, "luxe": 2.6, "valence": 3.1}
"""Visits of an open hour; the other stops get the usual."""
USUAL = 1.7
SEASONS = (1.0, 1.1, 0.6, 1.3)
"""Winter, spring, summer, autumn."""


def live_two_years(
    registry: RegistryService, clock: FakeClock, *, path: Path | str = ":memory:", days: int = DAYS
) -> Laptop:
    """Live the days of the timetable; the clock stands at the morning after the last one."""
    clock.ms = _ms(FIRST, time(7))
    office = a_laptop(registry, role="coordinator", name="coordination", seed=3)
    publish_schedule(office.desk, SCHEDULE, why="")
    office.sync()
    bus = a_laptop(registry, name="portable du bus", seed=4, path=path)
    bus.sync()
    desk = bus.desk
    desk.catalogue = load_catalogue()
    tree = load_timetable(desk)
    assert tree is not None
    last = FIRST + timedelta(days=days - 1)
    planned: dict[PassageId, list[PlannedPassage]] = {}
    for one in expand_agenda(tree, FIRST, last, bundled=load_school_calendar()).passages:
        if not one.is_cancelled:
            planned.setdefault(one.passage_id, []).append(one)
    chance = Random(7)
    codes = [str(code) for code, one in desk.catalogue.procedures.items() if one.operator]
    for passage_id, openings in planned.items():
        insee = tree.places[openings[0].place_id].insee_code
        _live_a_passage(bus, clock, chance, passage_id, openings, insee, codes)
        desk.undo_steps.clear()
    clock.ms = _ms(last + timedelta(days=1), time(7))
    return bus


def _live_a_passage(
    bus: Laptop, clock: FakeClock, chance: Random, passage_id, openings, insee, codes
) -> None:
    day, place = openings[0].service_date, str(openings[0].place_id)
    clock.ms = _ms(day, openings[0].starts)
    if chance.random() < 0.02:
        passages.cancel_passage(bus.desk, passage_id, PassageReason.BREAKDOWN)
        return
    passages.open_passage(bus.desk, passage_id)
    rate = PER_HOUR.get(place, USUAL) * SEASONS[day.month % 12 // 3]
    for opening in openings:
        for hour in range(opening.starts.hour, opening.ends.hour):
            for _visit in range(_draw(chance, rate * (1.3 if hour < 12 else 0.6))):
                starts = max(opening.starts, time(hour, chance.randrange(60)))
                clock.ms = _ms(day, starts)
                visits.record_visit(bus.desk, _visit_of(chance, passage_id, insee, starts, codes))
    if chance.random() < 0.95:
        clock.ms = _ms(day, openings[-1].ends)
        passages.tally_passage(bus.desk, passage_id, met=3, turned_away=_draw(chance, 0.2))
        passages.close_passage(bus.desk, passage_id)


def _visit_of(chance: Random, passage_id, insee, starts: time, codes: list[str]):
    day = passage_id.rpartition("/")[2]
    enquiries = tuple(
        Enquiry(
            procedure=ProcedureId(code),
            operator=load_catalogue().procedures[ProcedureId(code)].operator,
            help=chance.choice(list(HelpKind)),
            outcome=chance.choice((Outcome.RESOLVED, Outcome.RESOLVED, Outcome.TO_FOLLOW_UP)),
        )
        for code in chance.sample(codes, chance.choice((1, 1, 1, 2)))
    )
    return a_visit(
        passage_id=passage_id,
        insee_code=insee,
        service_date=date.fromisoformat(day),
        starts=starts,
        minutes=chance.choice((10, 15, 20, 30, 45)),
        people=chance.choice((1, 1, 1, 1, 2)),
        age_band=chance.choice((AgeBand.FROM_60, AgeBand.FROM_70, AgeBand.FROM_40)),
        residence=chance.choice((insee, insee, None, "16292")),
        first_contact=chance.choice((FirstContact.FIRST, FirstContact.AGAIN)),
        channel=chance.choices((Channel.WALK_IN, Channel.APPOINTMENT, Channel.VIDEO), (80, 18, 2))[
            0
        ],
        enquiries=enquiries,
    )


def _draw(chance: Random, mean: float) -> int:
    """Draw a count around a mean."""
    return sum(chance.random() < mean / 8 for _ in range(8))


def _ms(day: date, at: time) -> int:
    return int(datetime.combine(day, at, PARIS).astimezone(UTC).timestamp() * 1000)
