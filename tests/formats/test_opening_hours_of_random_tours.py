"""Tours made at random: what a library reads in their strings is what the agenda opens."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.opening_hours import OSM_VALUE_LENGTH_MAX, OpeningHoursWriter
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.opening_hours_reader import (
    WINDOW_DAYS,
    Opening,
    planned_openings,
    reread,
)
from tests.formats.random_tours import FIRSTS, STOP, TOUR, trees

NO_LIMIT = 1_000_000
CALENDAR = load_school_calendar()


def write(tree: ScheduleTree, first: date, length_max: int) -> str:
    last = first + timedelta(days=WINDOW_DAYS - 1)
    return OpeningHoursWriter(tree, first, last, bundled=CALENDAR, length_max=length_max).write(
        TOUR, STOP
    )


def expected_openings(tree: ScheduleTree, first: date) -> list[Opening]:
    """Return what the string must say; hours that are sure and unsure at once are left out."""
    openings = planned_openings(tree, TOUR, STOP, first, CALENDAR)
    for before, after in pairwise(openings):
        assume(before.ends <= after.starts)
    return openings


def without_exceptions(tree: ScheduleTree) -> ScheduleTree:
    return ScheduleTree(agency=tree.agency, tours=tree.tours)


@settings(max_examples=80, deadline=None)
@given(st.data(), FIRSTS)
def test_a_string_without_limit_gives_exactly_the_agenda(data: st.DataObject, first: date) -> None:
    tree = data.draw(trees(first))
    text = write(tree, first, NO_LIMIT)
    assert reread(text, first) == expected_openings(tree, first), text


@settings(max_examples=50, deadline=None)
@given(st.data(), FIRSTS)
def test_the_shortest_string_gives_exactly_the_rules(data: st.DataObject, first: date) -> None:
    tree = data.draw(trees(first))
    text = write(tree, first, 0)
    assert reread(text, first) == expected_openings(without_exceptions(tree), first), text


@settings(max_examples=50, deadline=None)
@given(st.data(), FIRSTS)
def test_a_string_within_the_limit_leaves_the_last_exceptions_out(
    data: st.DataObject, first: date
) -> None:
    tree = data.draw(trees(first))
    text = write(tree, first, OSM_VALUE_LENGTH_MAX)
    actual = expected_openings(tree, first)
    rules = expected_openings(without_exceptions(tree), first)
    told = reread(text, first)
    if len(text) > OSM_VALUE_LENGTH_MAX:
        assert told == rules
        return
    days = {first + timedelta(days=count) for count in range(WINDOW_DAYS)}
    agrees = [_on(told, day) == _on(actual, day) for day in sorted(days)]
    until = agrees.index(False) if False in agrees else WINDOW_DAYS
    limit = first + timedelta(days=until)
    assert all(_on(told, day) == _on(rules, day) for day in days if day >= limit)


def _on(openings: list[Opening], day: date) -> list[Opening]:
    return [one for one in openings if one.starts.date() == day]
