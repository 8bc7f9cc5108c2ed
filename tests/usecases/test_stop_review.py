"""The stop review of two plausible years over the real timetable of the Charente."""

import pytest
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_laptop, a_registry

from fsmobile.core.periods import read_period
from fsmobile.core.reports import Dimension
from fsmobile.core.stop_review import Verdict
from fsmobile.errors import InvalidInput
from fsmobile.texts.stop_review_words import format_rate
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.report_exports import list_exports
from fsmobile.usecases.reports import break_down, make_report
from fsmobile.usecases.stop_review import StopReview, review_period, review_stops
from fsmobile.usecases.stop_review_exports import describe_stop, export_review, review_tables


@pytest.fixture(scope="module")
def bus() -> Laptop:
    clock = FakeClock()
    return live_two_years(a_registry(clock), clock)


@pytest.fixture(scope="module")
def review(bus: Laptop) -> StopReview:
    return review_stops(bus.desk, review_period(bus.desk.today()))


def test_the_visits_of_the_stops_are_those_of_the_report(bus: Laptop, review: StopReview) -> None:
    report = make_report(bus.desk, review.period)
    counted = {row.name: row.count.visits for row in break_down(bus.desk, report, Dimension.STOP)}
    assert {stop.name: stop.total.visits for stop in review.stops} == counted
    assert len(counted) == 12
    assert all(sum(stop.hours.values()) == stop.total.visits for stop in review.stops)
    assert sum(stop.total.passages for stop in review.stops) == report.passages.done
    assert sum(s.total.without_visit for s in review.stops) == report.passages.without_visit


def test_the_nearly_empty_stop_comes_first_with_what_it_costs(review: StopReview) -> None:
    first = review.stops[0]
    assert (first.code, first.verdict) == ("tusson", Verdict.BELOW)
    # Alone on its day: without it the bus stays at the base.
    assert first.road.kilometres == pytest.approx(2 * 19.6 * first.passages_per_year, rel=0.02)
    assert first.effect is not None
    assert first.effect.lost == ()
    sentences = "\n".join(describe_stop(review, first))
    assert "aucune commune" in sentences
    assert "Charmé — place de la mairie" in sentences


def test_a_threshold_can_be_asked_for(bus: Laptop, review: StopReview) -> None:
    lower = review_stops(bus.desk, review.period, 0.01)
    assert {stop.verdict for stop in lower.stops} == {Verdict.ABOVE}


def test_no_small_count_leaves_the_laptop(bus: Laptop, review: StopReview) -> None:
    stops, _changes, seasons, hours = review_tables(bus.desk, review)
    given = [row[3] for row in stops.rows]
    given += [one for row in seasons.rows for one in row[1::2]]
    given += [one for row in hours.rows for one in row[1:]]
    assert "< 5" in given
    assert not set(given) & {1, 2, 3, 4}
    for row in seasons.rows:
        rates = dict(zip(row[1::2], row[2::2], strict=True))
        assert rates.get("< 5", "—") == "—"


def test_what_a_spreadsheet_adds_up_are_numbers(bus: Laptop, review: StopReview) -> None:
    stops = review_tables(bus.desk, review)[0]
    assert sum(row[3] for row in stops.rows if isinstance(row[3], int)) == sum(
        stop.total.visits for stop in review.stops
    )
    assert all(isinstance(row[6], float) for row in stops.rows)
    page = export_review(bus.desk, review, Form.HTML).decode()
    assert '<span class="chip poor">sous le repère</span>' in page
    assert page.count('class="bar"') == len(review.stops)


def test_somebody_who_came_is_not_nobody() -> None:
    assert [format_rate(one) for one in (None, 0.0, 0.04, 0.05, 1.25)] == [
        *("—", "0,0", "<\N{NO-BREAK SPACE}0,1", "0,1", "1,2"),
    ]


def test_each_form_is_written_and_logged(bus: Laptop, review: StopReview) -> None:
    before = len(list_exports(bus.desk))
    for form in Form:
        assert export_review(bus.desk, review, form)
    assert len(list_exports(bus.desk)) == before + len(Form)
    page = export_review(bus.desk, review, Form.HTML).decode()
    assert "Tusson" in page
    assert "estimés à vol d&#x27;oiseau" in page


def test_without_a_timetable_nothing_is_reviewed() -> None:
    laptop = a_laptop(a_registry())
    with pytest.raises(InvalidInput, match="no_timetable_yet"):
        review_stops(laptop.desk, review_period(laptop.desk.today()))


def test_a_period_without_a_fact_is_reviewed_too(bus: Laptop, review: StopReview) -> None:
    empty = review_stops(bus.desk, read_period("2019"))
    assert {stop.verdict for stop in empty.stops} == {Verdict.UNTOLD}
    assert review_tables(bus.desk, empty)
