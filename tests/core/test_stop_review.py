"""The stop review: seasons, threshold, who loses what, against an independent measure."""

from datetime import date, time

from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.coverage import (
    GOAL_MINUTES,
    LIKELY,
    Locality,
    ServedPlace,
    measure_access,
    measure_coverage,
)
from fsmobile.core.driving import DriveSource, DriveTime, TravelTimes
from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.passage_reports import PassageOfReport
from fsmobile.core.passages import Passage, PassageStatus
from fsmobile.core.reports import MASKED
from fsmobile.core.stop_effects import measure_effects, measure_road
from fsmobile.core.stop_review import (
    Attendance,
    Season,
    Verdict,
    count_attendance,
    judge,
    mask_total,
    mask_visits,
    season_of,
)

spots = st.tuples(st.floats(45.5, 46.5), st.floats(-0.4, 0.9))


def an_attendance(visits: int, passages: int = 10) -> Attendance:
    return Attendance(passages=passages, visits=visits, open_minutes=60 * passages)


def a_row(day: date, visits: int, *, closed: bool = True, held: bool = True) -> PassageOfReport:
    passage_id = PassageId(f"bus/tour/luxe/{day.isoformat()}")
    facts = Passage(passage_id=passage_id)
    if held:
        facts = Passage(
            passage_id=passage_id,
            status=PassageStatus.OPEN,
            opened_at=time(9),
            closed_at=time(11) if closed else None,
        )
    return PassageOfReport(
        passage_id=passage_id,
        service_date=day,
        is_planned=True,
        planned_minutes=180,
        passage=facts,
        visits=visits,
    )


def test_december_belongs_to_the_winter_that_follows() -> None:
    assert season_of(date(2026, 12, 1)) is season_of(date(2027, 2, 28)) is Season.WINTER
    assert season_of(date(2026, 3, 1)) is Season.SPRING
    assert season_of(date(2026, 11, 30)) is Season.AUTUMN


def test_hours_are_those_told_or_else_those_planned() -> None:
    rows = [
        a_row(date(2026, 1, 8), 4),
        a_row(date(2026, 1, 15), 0, closed=False),
        a_row(date(2026, 1, 22), 0, held=False),
    ]
    counted = count_attendance(rows, lambda _passage: "luxe")
    assert counted == {
        "luxe": {Season.WINTER: Attendance(passages=2, without_visit=1, visits=4, open_minutes=300)}
    }


def test_a_stop_is_judged_season_by_season() -> None:
    busy, quiet = an_attendance(30), an_attendance(5)
    assert judge({Season.WINTER: busy, Season.SUMMER: busy}, 1.3) is Verdict.ABOVE
    assert judge({Season.WINTER: busy, Season.SUMMER: quiet}, 1.3) is Verdict.SEASONAL
    assert judge({Season.WINTER: quiet}, 1.3) is Verdict.BELOW
    assert judge({Season.WINTER: an_attendance(0, passages=3)}, 1.3) is Verdict.UNTOLD
    assert judge({}) is Verdict.UNTOLD


def test_a_small_count_cannot_be_found_from_the_others() -> None:
    shown = mask_visits({"hiver": 3, "ete": 9, "automne": 40})
    assert shown == {"hiver": MASKED, "ete": MASKED, "automne": 40}
    assert mask_total(4) == MASKED
    assert mask_total(0) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(spots, st.integers(1, 5000)), min_size=1, max_size=15),
    st.lists(spots, min_size=1, max_size=6, unique=True),
)
def test_who_is_lost_is_what_the_coverage_without_the_stop_says(found, points) -> None:
    localities = [
        Locality(code=str(n), name=str(n), population=people, latitude=at[0], longitude=at[1])
        for n, (at, people) in enumerate(found)
    ]
    places = [
        ServedPlace(place_id=PlaceId(f"p{n}"), latitude=at[0], longitude=at[1], weeks=1)
        for n, at in enumerate(points)
    ]

    def near(places: list[ServedPlace]) -> int:
        bands = measure_coverage(localities, places, 1).bands
        return next(band.about for band in bands if band.minutes == GOAL_MINUTES)

    effects = measure_effects(localities, places)
    for place in places:
        rest = [one for one in places if one is not place]
        effect = effects[place.place_id]
        # The two measure a distance from its two ends: metres apart, at the very limit.
        assert abs(near(places) - near(rest) - effect.lost_inhabitants) <= _at_limit(
            localities, places
        )
        if effect.move is not None:
            moved = ServedPlace(
                place_id=place.place_id,
                latitude=effect.move.locality.latitude,
                longitude=effect.move.locality.longitude,
                weeks=1,
            )
            gained = near([*rest, moved]) - near(places)
            limit = _at_limit(localities, [*places, moved])
            assert abs(gained - effect.move.gained) <= 2 * limit
            assert effect.move.gained > 0


def _at_limit(localities: list[Locality], places: list[ServedPlace]) -> int:
    """Count those who live within a few metres of the limit of twenty minutes."""
    goal = LIKELY.kilometres(GOAL_MINUTES, 1.0)
    total = 0
    for place in places:
        for access in measure_access(localities, [place]):
            total += access.locality.population * (abs(access.kilometres - goal) < 0.15)
    return total


def test_a_road_adds_its_drives_and_forgets_what_nobody_can_tell() -> None:
    a, b, c = PlaceId("a"), PlaceId("b"), PlaceId("c")

    times = TravelTimes(
        matrix={(a, b): DriveTime(minutes=20, source=DriveSource.MATRIX, kilometres=15)}
    )
    road = measure_road(times, [a, b, c, None])
    assert (road.kilometres, road.minutes) == (15, 20)
