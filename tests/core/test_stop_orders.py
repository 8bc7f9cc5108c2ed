"""The order of stops: as good as the best of all orders tried one by one."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.stop_orders import STOPS_MAX, Cost, LegCost, best_order, cost_of

Table = dict[tuple[int, int | None, int | None], Cost | None]

legs = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 5).map(float), st.integers(0, 40).map(float)),
)


@st.composite
def a_day(draw: st.DrawFn) -> tuple[int, Table]:
    """Draw what each leg costs at each position, some of them forbidden."""
    count = draw(st.integers(1, 5))
    stops = range(count)
    table: Table = {(0, None, j): draw(legs) for j in stops}
    table |= {(count, i, None): draw(legs) for i in stops}
    table |= {
        (place, i, j): draw(legs)
        for place in range(1, count)
        for i in stops
        for j in stops
        if i != j
    }
    return count, table


def costs(table: Table) -> LegCost:
    return lambda place, before, after: table.get((place, before, after))


@settings(max_examples=300)
@given(a_day())
def test_no_order_is_better_than_the_one_that_is_found(day: tuple[int, Table]) -> None:
    count, table = day
    cost = costs(table)
    possible = [
        (found, order)
        for order in permutations(range(count))
        if (found := cost_of(order, cost)) is not None
    ]
    best = best_order(count, cost)
    if not possible:
        assert best is None
        return
    assert best is not None
    order, found = best
    assert sorted(order) == list(range(count))
    assert cost_of(order, cost) == found == min(possible)[0]


def test_being_late_weighs_more_than_driving() -> None:
    table: Table = {
        (0, None, 0): (0.0, 50.0),
        (0, None, 1): (1.0, 1.0),
        (1, 0, 1): (0.0, 50.0),
        (1, 1, 0): (0.0, 1.0),
        (2, 0, None): (0.0, 1.0),
        (2, 1, None): (0.0, 50.0),
    }
    assert best_order(2, costs(table)) == ((0, 1), (0.0, 150.0))


def test_twelve_stops_are_ordered_exactly_and_no_more_is_promised() -> None:
    line = [5 * place % STOPS_MAX for place in range(STOPS_MAX)]

    def cost(place: int, before: int | None, after: int | None) -> Cost:
        here = 0 if before is None else line[before] + 1
        there = 0 if after is None else line[after] + 1
        return 0.0, float(abs(here - there))

    found = best_order(STOPS_MAX, cost)
    assert found is not None
    assert found[1] == (0.0, 2.0 * STOPS_MAX)
    with pytest.raises(ValueError, match="13 stops"):
        best_order(STOPS_MAX + 1, cost)
