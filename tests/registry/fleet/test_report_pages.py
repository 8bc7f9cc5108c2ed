"""Reports on the registry: equal to the laptop's, masked, refused to who may not, noted."""

from datetime import date, timedelta

import pytest
from fleet_worlds import Browser, a_browser, a_fleet_registry, a_signed_in_browser, add_account
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.appointments import Appointment
from fsmobile.core.ids import PassageId
from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import read_period
from fsmobile.core.reports import Dimension
from fsmobile.registry.fleet.unit_reports import Reach, Subject, UnitReports
from fsmobile.registry.service import RegistryService
from fsmobile.registry.timetables import Timetables
from fsmobile.usecases.appointments import book_appointment
from fsmobile.usecases.passages import plan
from fsmobile.usecases.reports import make_report
from fsmobile.usecases.visits import correct_visit, record_visit, void_visit

UNIT = "bus-charente/bus-1"
DAYS = 56


class World:
    """Eight weeks of the bus of the Charente, sent to a registry with accounts."""

    def __init__(self, folder) -> None:
        self.clock = FakeClock()
        self.service: RegistryService = a_fleet_registry(folder, self.clock)
        self.bus: Laptop = live_two_years(self.service, self.clock, days=DAYS)
        self.bus.sync()
        a_laptop(self.service, unit="bus-creuse/bus-1", name="creuse", seed=8).sync()
        add_account(self.service, "nadia")
        add_account(self.service, "carole", "coordinator", "bus-charente")
        add_account(self.service, "ailleurs", "reader", "bus-creuse")
        self.reports = UnitReports(self.service.storage, Timetables())

    def browser(self, name: str) -> Browser:
        return a_signed_in_browser(self.service, name)

    def report(self, reach: Reach, code: str, period: str):
        subject = Subject(reach=reach, code=code)
        pair = self.reports.load(None, subject, read_period(period), self.clock.now_ms())
        assert pair is not None
        return pair.report


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("registry"))


@pytest.mark.parametrize("period", ["2026", "2026-01", "2026-02", "2026-W07", "2026-01-15", "2025"])
@pytest.mark.parametrize(
    ("reach", "code"),
    [
        (Reach.UNIT, UNIT),
        (Reach.AGENCY, "bus-charente"),
        (Reach.DEPARTMENT, "16"),
        (Reach.ALL, ""),
    ],
)
def test_the_registry_counts_what_the_laptop_counts(
    world: World, period: str, reach: Reach, code: str
) -> None:
    mine = make_report(world.bus.desk, read_period(period))
    theirs = world.report(reach, code, period)
    assert figures_of(theirs) == figures_of(mine)
    assert theirs.visits == mine.visits


def test_corrections_and_new_visits_are_counted_at_the_next_look(world: World) -> None:
    desk = world.bus.desk
    day = date(2026, 2, 26)
    passage = PassageId(f"bus-charente/charente/luxe/{day.isoformat()}")
    before = world.report(Reach.UNIT, UNIT, "2026").visits.total.visits
    visit_ids = [
        record_visit(desk, a_visit(passage_id=passage, service_date=day, people=people))
        for people in (1, 2, 3)
    ]
    void_visit(desk, visit_ids[0], "doublon")
    correct_visit(desk, visit_ids[1], {"people": 4})
    tomorrow = desk.today() + timedelta(days=1)
    planned = next(
        one
        for one in _planned(desk, tomorrow)
        if one.call.hours is not None and not one.is_cancelled
    )
    book_appointment(
        desk,
        Appointment(
            passage_id=planned.passage_id,
            starts=planned.call.hours.starts,
            minutes=30,
            needs_transport=True,
        ),
    )
    world.bus.sync()
    mine = make_report(desk, read_period("2026"))
    theirs = world.report(Reach.UNIT, UNIT, "2026")
    assert theirs.visits.total.visits == before + 2
    assert figures_of(theirs) == figures_of(mine)
    assert figures_of(theirs)["transport_needs"] == 1
    assert theirs.visits == mine.visits


def _planned(desk, first):
    return plan(desk, first, first + timedelta(days=14)).passages


def test_a_structure_of_two_units_is_the_sum_of_both(world: World) -> None:
    other = a_laptop(world.service, unit="bus-charente/bus-2", name="autre", seed=9)
    other.sync()
    day = date(2026, 2, 27)
    passage = PassageId(f"bus-charente/charente/luxe/{day.isoformat()}")
    record_visit(other.desk, a_visit(passage_id=passage, service_date=day, people=2))
    other.sync()
    whole = world.report(Reach.AGENCY, "bus-charente", "2026").visits
    units = [world.report(Reach.UNIT, one, "2026").visits for one in (UNIT, "bus-charente/bus-2")]
    assert whole.total.visits == sum(one.total.visits for one in units)
    assert whole.total.people == sum(one.total.people for one in units)


def test_the_page_shows_figures_and_a_break_down(world: World) -> None:
    page = world.browser("carole").get(f"/flotte/bilans?de=unite:{UNIT}&periode=2026&par=arret")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "Tusson — place de la poste" in page.text
    assert "accueils enregistrés et non annulés" in page.text


def test_the_data_are_the_page_s_with_small_counts_masked_and_noted(world: World) -> None:
    browser = world.browser("carole")
    answer = browser.get(f"/flotte/bilans.json?de=unite:{UNIT}&periode=2026&par=age")
    assert answer.status_code == 200
    report = world.report(Reach.UNIT, UNIT, "2026")
    found = answer.json()
    assert found["figures"] == figures_of(report)
    held = report.visits.of(Dimension.AGE)
    shown = {row["code"]: row["visits"] for row in found["by"]["age"]}
    assert set(shown) == set(held)
    assert all(not isinstance(value, int) or value >= 5 for value in shown.values())
    assert "< 5" in shown.values()
    with world.service.storage.reading() as transaction:
        events = transaction.list_events(5)
    assert events[0].kind == "report_exported"
    assert events[0].detail.startswith(f"carole unite:{UNIT} 2026-01-01..2026-12-31")


@pytest.mark.parametrize("kind", ["", ".json"])
@pytest.mark.parametrize(
    ("name", "of", "status"),
    [
        ("nadia", "tout", 200),
        ("nadia", "departement:16", 200),
        ("nadia", "departement:23", 404),
        ("nadia", "structure:personne", 404),
        ("carole", "structure:bus-charente", 200),
        ("carole", "tout", 404),
        ("carole", "departement:16", 404),
        ("ailleurs", f"unite:{UNIT}", 404),
        ("ailleurs", "structure:bus-charente", 404),
        ("nadia", "unite", 400),
        ("nadia", "autre:chose", 400),
    ],
)
def test_an_account_reads_what_is_its_own(world: World, kind, name, of, status) -> None:
    answer = world.browser(name).get(f"/flotte/bilans{kind}?de={of}&periode=2026")
    assert answer.status_code == status
    if status != 200:
        assert "Tusson" not in answer.text


@pytest.mark.parametrize("query", ["periode=hier", "par=agent", "par=passage", "periode=9999"])
def test_what_is_not_offered_is_said_or_counted_as_nothing(world: World, query: str) -> None:
    answer = world.browser("carole").get(f"/flotte/bilans?{query}")
    assert answer.status_code == (200 if "9999" in query else 400)
    assert "agent-a" not in answer.text


def test_nobody_reads_without_signing_in(world: World) -> None:
    browser = a_browser(world.service)
    assert "connexion" in str(browser.get("/flotte/bilans").url)
    assert browser.get("/flotte/bilans.json").status_code == 401


def test_a_registry_without_a_laptop_has_an_empty_report() -> None:
    service = a_registry(FakeClock())
    add_account(service, "nadia")
    assert a_signed_in_browser(service, "nadia").get("/flotte/bilans").status_code == 200
