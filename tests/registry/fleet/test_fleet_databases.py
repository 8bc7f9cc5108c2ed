"""The fleet pages on each database: what they ask, and what they cost when there is much."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fleet_worlds import a_signed_in_browser, add_account
from sqlalchemy import Engine, event
from worlds import FakeClock, a_laptop, a_registry, a_visit

from fsmobile.registry.schema import metadata
from fsmobile.usecases import visits
from fsmobile.usecases.schedule_publishing import publish_schedule

CHARENTE = "/flotte/structure/bus-charente"
SCHEDULE = Path(__file__).parents[3] / "schedules" / "bus-charente"


def test_the_migrations_make_the_tables_of_the_program(engine: Engine) -> None:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_every_page_is_read_from_each_database(engine: Engine) -> None:
    registry = a_registry(FakeClock(), engine=engine)
    add_account(registry, "ana")
    coordinator = a_laptop(registry, role="coordinator", name="coordination")
    publish_schedule(coordinator.desk, SCHEDULE, why="")
    coordinator.sync()
    bus = a_laptop(registry, name="portable", seed=3)
    visits.record_visit(bus.desk, a_visit(people=2))
    bus.desk.record("visit.record", b"{}")
    bus.sync()
    browser = a_signed_in_browser(registry, "ana")
    assert "bus-charente" in browser.get("/flotte").text
    page = browser.get(CHARENTE)
    assert page.status_code == 200
    assert "Journée du jeudi 26 novembre 2026" in page.text
    assert "actes refusés" in page.text
    device = page.text.split("/flotte/poste/")[2].split('"')[0]
    assert "Le contenu n&#39;a pas la forme attendue" in browser.get(f"/flotte/poste/{device}").text
    assert str(browser.sign_out().url).endswith("/flotte/connexion")


def test_a_page_asks_as_many_questions_for_much_work_as_for_little(sqlite_engine: Engine) -> None:
    registry = a_registry(FakeClock(), engine=sqlite_engine)
    add_account(registry, "ana")
    bus = a_laptop(registry)
    browser = a_signed_in_browser(registry, "ana")
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for visits_more in (1, 200):
        for _ in range(visits_more):
            visits.record_visit(bus.desk, a_visit())
        bus.sync()
        asked.clear()
        assert browser.get(CHARENTE).status_code == 200
        # Halving finds the first op of the day: a question more when there is twice as much.
        counts.append(sum("LIMIT" not in one or "op.gsn >=" not in one for one in asked))
    assert counts[0] == counts[1]
    assert counts[0] < 40
