"""Bundled school holidays and départements agree with the convention of schedules."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fsmobile.core.holidays import SchoolZone, Territory
from fsmobile.reference.departments import department_code, load_departments
from fsmobile.reference.holidays import load_school_calendar


def the_zone(code: str) -> SchoolZone:
    zone = load_school_calendar().zone(code)
    assert zone is not None
    return zone


@pytest.mark.parametrize("code", ["A", "B", "C"])
def test_each_zone_has_its_periods_in_order_up_to_the_horizon(code: str) -> None:
    zone = the_zone(code)
    assert len(zone.periods) == 17
    assert all(period.first <= period.last for period in zone.periods)
    assert all(before.last < after.first for before, after in pairwise(zone.periods))
    assert zone.horizon == date(2028, 8, 31) == zone.periods[-1].last
    assert zone.knows(date(2028, 8, 31))
    assert not zone.knows(date(2028, 9, 1))
    assert not zone.knows(date(2025, 8, 31))


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("A", date(2026, 2, 8), date(2026, 2, 22)),
        ("B", date(2026, 2, 15), date(2026, 3, 1)),
        ("C", date(2026, 2, 22), date(2026, 3, 8)),
        ("A", date(2026, 4, 5), date(2026, 4, 19)),
        ("B", date(2026, 4, 12), date(2026, 4, 26)),
        ("C", date(2026, 4, 19), date(2026, 5, 3)),
        ("A", date(2026, 7, 5), date(2026, 8, 31)),
        ("A", date(2026, 10, 18), date(2026, 11, 1)),
        ("A", date(2026, 12, 20), date(2027, 1, 3)),
        ("A", date(2027, 5, 6), date(2027, 5, 9)),
    ],
)
def test_periods_are_those_of_the_published_vectors(code: str, first: date, last: date) -> None:
    assert (first, last) in {(period.first, period.last) for period in the_zone(code).periods}


@pytest.mark.parametrize("code", ["A", "B", "C"])
def test_the_saturday_of_the_last_class_is_not_yet_a_holiday(code: str) -> None:
    for period in the_zone(code).periods:
        if not period.name.startswith("Pont"):
            assert period.first.weekday() != 5, period
            assert period.first - timedelta(days=1) not in the_zone(code)


def test_corsica_and_overseas_have_no_zone() -> None:
    without = {d.code for d in load_departments().values() if d.school_zone is None}
    assert without == {
        "2A", "2B", "971", "972", "973", "974", "975", "976", "977", "978",
        "984", "986", "987", "988", "989",
    }  # fmt: skip
    assert load_school_calendar().zone(None) is None


def test_the_other_départements_have_a_zone_that_is_bundled() -> None:
    zones = [d.school_zone for d in load_departments().values() if d.school_zone]
    assert len(zones) == 94
    assert set(zones) == set(load_school_calendar().zones) == {"A", "B", "C"}


def test_départements_say_their_zone_time_and_holidays() -> None:
    departments = load_departments()
    assert departments["16"].name == "Charente"
    assert departments["16"].school_zone == "A"
    assert departments["57"].territory is Territory.ALSACE_MOSELLE
    assert departments["2A"].territory is Territory.METROPOLE
    assert departments["974"].territory is Territory.LA_REUNION
    assert departments["987"].territory is None
    reached = {department.territory for department in departments.values()}
    assert reached == {*Territory, None}


def test_every_time_zone_exists() -> None:
    for department in load_departments().values():
        assert ZoneInfo(department.time_zone).key == department.time_zone


def test_the_département_is_read_from_an_insee_code() -> None:
    assert [department_code(code) for code in ("16192", "2A004", "97424")] == ["16", "2A", "974"]
