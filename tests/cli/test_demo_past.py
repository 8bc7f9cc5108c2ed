"""The demo's past: made up, before the day, whole, and the same at each run."""

from fsmobile.cli.demo_past import record_past
from fsmobile.core.passages import PassageStatus
from fsmobile.usecases.passage_times import list_left_open
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.visits import list_visits
from tests.tui.day_samples import a_day, a_shell, press, shown
from tests.worlds import Laptop


def with_a_past() -> Laptop:
    laptop = a_day()
    tree = laptop.desk.tree
    assert tree is not None
    record_past(laptop.desk, tree, laptop.desk.today())
    return laptop


def test_two_months_of_visits_are_before_the_day_and_the_registry_takes_them() -> None:
    laptop = with_a_past()
    visits = [row.state.visit for row in list_visits(laptop.desk)]
    assert len(visits) > 50
    assert all(visit.service_date < laptop.desk.today() and not visit.note for visit in visits)
    assert list_left_open(laptop.desk) == []
    report = laptop.sync()
    assert report.is_complete
    assert not report.refused
    days = {visit.service_date for visit in visits}
    statuses = {line.passage.status for day in days for line in load_day(laptop.desk, day).lines}
    assert statuses <= {PassageStatus.CLOSED, PassageStatus.CANCELLED}


def test_the_past_is_the_same_at_each_run() -> None:
    first, second = (
        [row.state.visit for row in list_visits(with_a_past().desk)] for _run in range(2)
    )
    assert sorted(map(repr, first)) == sorted(map(repr, second))


def test_reports_and_search_have_something_to_say() -> None:
    shell, _terminal = a_shell(with_a_past())
    press(shell, "7")
    assert "· avant : 0" not in shown(shell)
    press(shell, "4 l u x e")
    assert "0 résultat" not in shown(shell)
