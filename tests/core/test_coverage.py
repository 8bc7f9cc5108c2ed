"""Coverage: bands and rhythms against a count by hand, place by place, locality by locality."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.coverage import (
    CAUTIOUS,
    GOAL_MINUTES,
    LIKELY,
    Locality,
    ServedPlace,
    comes_every,
    measure_access,
    measure_coverage,
)
from fsmobile.core.distances import distance_km
from fsmobile.core.ids import PlaceId

WEEKS = 52
EVERY_WEEK = (1 << WEEKS) - 1
EVEN_WEEKS = sum(1 << week for week in range(1, WEEKS, 2))


def a_locality(
    latitude: float, longitude: float, population: int = 1000, name: str = "A"
) -> Locality:
    return Locality(
        code=name, name=name, population=population, latitude=latitude, longitude=longitude
    )


def a_place(
    latitude: float, longitude: float, weeks: int = EVERY_WEEK, minutes: int = 0
) -> ServedPlace:
    return ServedPlace(
        place_id=PlaceId(f"{latitude}-{longitude}"),
        latitude=latitude,
        longitude=longitude,
        weeks=weeks,
        open_minutes=minutes,
    )


points = st.tuples(st.floats(44.0, 45.5), st.floats(2.0, 3.8))


@given(
    st.lists(st.tuples(points, st.integers(1, 9000)), min_size=1, max_size=20),
    st.lists(st.tuples(points, st.integers(0, EVERY_WEEK)), max_size=12),
    st.sampled_from((1.0, 1.15, 1.3, 1.7)),
)
def test_each_share_is_what_counting_town_by_town_gives(
    localities: list[tuple[tuple[float, float], int]],
    served: list[tuple[tuple[float, float], int]],
    relief: float,
) -> None:
    people = [a_locality(*point, population) for point, population in localities]
    places = [a_place(*point, weeks) for point, weeks in served]
    found = measure_coverage(people, places, WEEKS, relief)
    running = [one for one in places if one.weeks]
    for band in found.bands:
        for share, formula in ((band.at_least, CAUTIOUS), (band.about, LIKELY)):
            # A flat département against the globe: one within 1 % of the border may be either.
            sure, possible = (
                sum(
                    locality.population
                    for locality in people
                    if any(
                        formula.minutes(
                            distance_km(
                                (locality.latitude, locality.longitude),
                                (one.latitude, one.longitude),
                            )
                            * slack,
                            relief,
                        )
                        <= band.minutes
                        for one in running
                    )
                )
                for slack in (1.01, 0.99)
            )
            assert sure <= share <= possible
        assert band.at_least <= band.about <= found.inhabitants
    rhythms = [count for _every, count in found.rhythms]
    assert rhythms == sorted(rhythms)
    near = sum(locality.population for locality in people) - sum(
        one.locality.population for one in found.left_out
    )
    assert found.left_out_localities > 10 or near == found.bands[1].about


def test_the_nearest_place_that_runs_is_found_and_one_that_never_runs_counts_for_nothing() -> None:
    locality = a_locality(46.0, 1.5)
    near, far = a_place(46.01, 1.5, weeks=0), a_place(46.05, 1.5)
    (access,) = measure_access([locality], [near, far])
    assert access.place_id == far.place_id
    assert access.kilometres == pytest.approx(5.56, abs=0.01)
    (nobody,) = measure_access([locality], [near])
    assert (nobody.kilometres, nobody.place_id, nobody.weeks) == (inf, None, 0)


def test_two_places_in_turn_make_a_pass_every_week() -> None:
    locality = a_locality(46.0, 1.5, 800)
    odd = a_place(46.02, 1.5, EVERY_WEEK & ~EVEN_WEEKS)
    even = a_place(45.98, 1.5, EVEN_WEEKS)
    assert measure_coverage([locality], [odd], WEEKS).rhythms == ((1, 0), (2, 800), (4, 800))
    assert measure_coverage([locality], [odd, even], WEEKS).rhythms[0] == (1, 800)


@pytest.mark.parametrize(
    ("mask", "rhythms"),
    [
        (EVERY_WEEK, [True, True, True]),
        (EVERY_WEEK & ~(0b11 << 30) & ~(1 << 18), [True, True, True]),
        (EVEN_WEEKS, [False, True, True]),
        (sum(1 << week for week in range(0, WEEKS, 3)), [False, False, True]),
        (sum(1 << week for week in range(0, WEEKS, 4)), [False, False, True]),
        ((1 << 13) - 1, [False, False, False]),
        (0, [False, False, False]),
    ],
    ids=["weekly", "weekly, three lost", "even", "of 3", "of 4", "one summer", "never"],
)
def test_a_rhythm_holds_when_three_blocks_in_four_have_a_pass(
    mask: int, rhythms: list[bool]
) -> None:
    assert [comes_every(mask, every, WEEKS) for every in (1, 2, 4)] == rhythms


def test_the_largest_towns_left_out_come_first_with_their_minutes() -> None:
    near, small, large = (
        a_locality(46.0, 1.5, 900, "near"),
        a_locality(46.5, 1.5, 10, "small"),
        a_locality(46.4, 1.5, 700, "large"),
    )
    found = measure_coverage([near, small, large], [a_place(46.0, 1.5, minutes=52 * 180)], WEEKS)
    assert [one.locality.name for one in found.left_out] == ["large", "small"]
    assert found.left_out[0].minutes == pytest.approx(3 + 1.4 * 44.48, abs=0.1)
    assert found.left_out_localities == 2
    assert found.hours_per_month == 12
    assert found.hours_per_thousand == pytest.approx(12 / 0.9)
    assert measure_coverage([near], [], WEEKS).left_out[0].minutes is None


def test_relief_makes_every_drive_longer() -> None:
    locality, place = a_locality(46.1, 1.5), a_place(46.0, 1.5)
    plain = measure_coverage([locality], [place], WEEKS)
    mountain = measure_coverage([locality], [place], WEEKS, 1.7)
    by_minutes = {band.minutes: band.about for band in plain.bands}
    assert by_minutes[GOAL_MINUTES] == 1000
    assert {band.minutes: band.about for band in mountain.bands}[GOAL_MINUTES] == 0
