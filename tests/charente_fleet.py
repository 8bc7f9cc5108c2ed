"""A Thursday of the bus of the Charente, as its registry sees it at a quarter to five."""

from datetime import time
from pathlib import Path

from fleet_worlds import a_fleet_registry, add_account
from worlds import FakeClock, Laptop, a_laptop, a_visit

from fsmobile.core.passages import PassageReason
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.registry.administration import revoke
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import passages, visits
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.timetable import load_timetable

SCHEDULE = Path(__file__).parents[1] / "schedules" / "bus-charente"
MORNING_MS = 1_795_681_800_000
"""2026-11-26 09:30 in the Charente, a Thursday of an even week: Verdille, then Luxé."""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def live_a_thursday(folder: Path) -> RegistryService:
    """Make the registry, its laptops and what they sent; the clock stands at 16:45."""
    clock = FakeClock(MORNING_MS - 12 * DAY_MS)
    registry = a_fleet_registry(folder, clock)
    add_account(registry, "nadia")
    add_account(registry, "carole", "coordinator", "bus-charente")
    old = a_laptop(registry, name="ancien portable", seed=5)
    old.sync()
    revoke(registry, "ancien portable")
    spare = a_laptop(registry, name="portable de secours", seed=6)
    spare.sync()
    clock.ms = MORNING_MS - 2 * HOUR_MS
    coordinator = a_laptop(registry, role="coordinator", name="coordination", seed=3)
    publish_schedule(coordinator.desk, SCHEDULE, why="")
    coordinator.sync()
    slow = FakeClock(clock.ms - 7 * 60_000)
    bus = a_laptop(registry, name="portable du bus", seed=4, clock=slow)
    bus.sync()
    _live_the_day(bus, clock, slow)
    clock.ms = MORNING_MS + 7 * HOUR_MS + 15 * 60_000
    return registry


def _live_the_day(bus: Laptop, clock: FakeClock, slow: FakeClock) -> None:
    desk = bus.desk
    desk.catalogue = load_catalogue()
    desk.tree = load_timetable(desk)
    first, second = (line for line in passages.load_day(desk, desk.today()).lines)
    clock.ms = MORNING_MS
    slow.ms = clock.ms - 7 * 60_000
    passages.open_passage(desk, first.passage_id)
    for number in range(11):
        starts = time(9 + number // 5, number % 5 * 12)
        passage = first.passage_id
        visits.record_visit(
            desk, a_visit(passage_id=passage, starts=starts, people=1 + number % 3 // 2)
        )
    passages.close_passage(desk, first.passage_id)
    passages.cancel_passage(desk, second.passage_id, PassageReason.BREAKDOWN)
    desk.record("visit.record", b'{"note": ""}')
    clock.ms += 3 * HOUR_MS
    slow.ms = clock.ms - 7 * 60_000
    bus.sync()
