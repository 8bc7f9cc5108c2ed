"""Figures kept day by day: what is recorded needs no count; what is corrected, one."""

from collections.abc import Callable
from datetime import date

import pytest
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.reports import Figures
from fsmobile.store.figures import load_figures
from fsmobile.store.queries import list_served_stops
from fsmobile.usecases.visits import correct_visit, record_visit

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def laptop() -> Laptop:
    """A bus that received people on three days."""
    bus = a_laptop(a_registry())
    for day in (3, 3, 4, 9):
        record_visit(bus.desk, a_visit(service_date=date(2026, 11, day)))
    return bus


def figures_and_counts(laptop: Laptop) -> tuple[Figures, int]:
    """Load a year; say how many times visits were read for it."""
    statements: list[str] = []
    laptop.replica.connection.set_trace_callback(statements.append)
    found = load_figures(laptop.replica, FIRST, LAST)
    laptop.replica.connection.set_trace_callback(None)
    return found, sum("state FROM visit" in one for one in statements)


def test_a_year_of_recorded_visits_reads_none_of_them(laptop: Laptop) -> None:
    figures, counts = figures_and_counts(laptop)
    assert (figures.total.visits, counts) == (4, 0)


def test_what_another_bus_recorded_is_counted_as_it_arrives(laptop: Laptop) -> None:
    laptop.sync()
    other = a_laptop(laptop.registry, seed=3, name="autre")
    record_visit(other.desk, a_visit(service_date=date(2026, 11, 3)))
    other.sync()
    figures, counts = figures_and_counts(other)
    assert (figures.total.visits, counts) == (5, 0)


def test_a_corrected_day_is_counted_once(laptop: Laptop) -> None:
    visit = record_visit(laptop.desk, a_visit(service_date=date(2026, 11, 4)))
    correct_visit(laptop.desk, visit, {"people": 3})
    figures, counts = figures_and_counts(laptop)
    assert (figures.total.people, counts) == (7, 1)
    assert figures_and_counts(laptop) == (figures, 0)


def test_days_that_an_older_release_did_not_keep_are_counted_in_full(laptop: Laptop) -> None:
    laptop.replica.connection.execute("DELETE FROM figure_day")
    record_visit(laptop.desk, a_visit(service_date=date(2026, 11, 3)))
    figures, counts = figures_and_counts(laptop)
    assert figures.total.visits == 5
    assert counts
    assert figures_and_counts(laptop) == (figures, 0)


def steps(laptop: Laptop, act: Callable[[], object]) -> int:
    """Return how many instructions SQLite runs for something: the same on every machine."""
    count = [0]

    def step() -> int:
        count[0] += 1
        return 0

    laptop.replica.connection.set_progress_handler(step, 1)
    act()
    laptop.replica.connection.set_progress_handler(None, 1)
    return count[0]


def test_ten_times_the_visits_of_the_same_days_cost_no_more_steps(laptop: Laptop) -> None:
    def measure() -> tuple[int, int]:
        replica = laptop.replica
        return (
            steps(laptop, lambda: load_figures(replica, FIRST, LAST)),
            steps(laptop, lambda: list_served_stops(replica)),
        )

    few = measure()
    for number in range(40):
        record_visit(laptop.desk, a_visit(service_date=date(2026, 11, (3, 4, 9)[number % 3])))
    assert min(few) > 10
    assert measure() == few
