"""Drive times: the best source wins, an estimate is known as one, recorded ones become means."""

import pytest

from fsmobile.core.driving import (
    DriveSource,
    DriveTime,
    RecordedDrive,
    TravelTimes,
    both_ways,
    observe_drives,
)
from fsmobile.core.ids import PlaceId

DUN, BONNAT, NOWHERE = PlaceId("dun"), PlaceId("bonnat"), PlaceId("nowhere")
POINTS = {DUN: (46.305, 1.668), BONNAT: (46.327, 1.901)}


def test_the_best_source_wins() -> None:
    estimate = TravelTimes(points=POINTS)
    table = {(DUN, BONNAT): DriveTime(minutes=26, source=DriveSource.MATRIX, kilometres=21)}
    imported = TravelTimes(points=POINTS, matrix=table)
    observed = TravelTimes(points=POINTS, matrix=table, observed={(DUN, BONNAT): 28.4})
    typed = TravelTimes(
        points=POINTS, matrix=table, observed={(DUN, BONNAT): 28.4}, typed={(DUN, BONNAT): 25}
    )
    found = [one.drive(DUN, BONNAT) for one in (estimate, imported, observed, typed)]
    assert [one and one.source for one in found] == [
        DriveSource.ESTIMATE,
        DriveSource.MATRIX,
        DriveSource.OBSERVED,
        DriveSource.TYPED,
    ]
    assert [one and one.is_estimate for one in found] == [True, False, False, False]
    assert [one and round(one.minutes, 1) for one in found[1:]] == [26, 28.4, 25]
    assert [one and one.kilometres for one in found[1:]] == [21, 21, 21]


def test_the_estimate_is_three_minutes_and_one_and_a_half_a_kilometre() -> None:
    plain = TravelTimes(points=POINTS).drive(DUN, BONNAT)
    mountain = TravelTimes(points=POINTS, relief=1.3).drive(DUN, BONNAT)
    assert plain is not None
    assert mountain is not None
    assert plain.minutes == pytest.approx(3 + 1.5 * 18.06, abs=0.1)
    assert mountain.minutes == pytest.approx(1.3 * plain.minutes)


def test_nobody_knows_the_way_to_a_place_without_a_point() -> None:
    assert TravelTimes(points=POINTS).drive(DUN, NOWHERE) is None
    stays = TravelTimes().drive(NOWHERE, NOWHERE)
    assert stays is not None
    assert stays.minutes == 0


def test_a_typed_drive_stands_for_the_way_back_unless_that_is_typed_too() -> None:
    assert both_ways({(DUN, BONNAT): 25}) == {(DUN, BONNAT): 25, (BONNAT, DUN): 25}
    known = {(DUN, BONNAT): 25, (BONNAT, DUN): 30}
    assert both_ways(known) == known


def recorded(*minutes: int) -> list[RecordedDrive]:
    return [RecordedDrive(origin=DUN, target=BONNAT, minutes=one) for one in minutes]


def test_three_trips_replace_the_estimate_and_the_newest_weighs_most() -> None:
    times = TravelTimes(points=POINTS)
    assert observe_drives(recorded(30, 30), times) == {}
    assert observe_drives(recorded(30, 30, 40), times) == {(DUN, BONNAT): 33}
    assert observe_drives(recorded(40, 30, 30), times)[DUN, BONNAT] == pytest.approx(34.9)


def test_a_meal_on_the_way_says_nothing_of_the_road() -> None:
    times = TravelTimes(points=POINTS)
    assert observe_drives(recorded(30, 30, 110, 30, -5, 0), times) == {(DUN, BONNAT): 30}
    assert observe_drives(recorded(30, 30, 110), times) == {}
    assert observe_drives(recorded(30, 30, 30), TravelTimes()) == {}
