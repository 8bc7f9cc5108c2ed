"""Easter, public holidays by territory, customary days, school calendars."""

from datetime import date

import pytest
from dateutil.easter import easter as dateutil_easter

from fsmobile.core.holidays import (
    LocalHoliday,
    SchoolCalendar,
    SchoolPeriod,
    SchoolZone,
    Territory,
    easter,
    public_holidays,
    public_holidays_between,
)

MAINLAND = set(public_holidays(2026, Territory.METROPOLE))


def test_easter_agrees_with_dateutil_over_five_centuries() -> None:
    assert all(easter(year) == dateutil_easter(year) for year in range(1700, 2200))


def test_mainland_france_has_eleven_holidays() -> None:
    assert sorted(day.isoformat() for day in MAINLAND) == [
        "2026-01-01",
        "2026-04-06",
        "2026-05-01",
        "2026-05-08",
        "2026-05-14",
        "2026-05-25",
        "2026-07-14",
        "2026-08-15",
        "2026-11-01",
        "2026-11-11",
        "2026-12-25",
    ]


@pytest.mark.parametrize(
    ("territory", "own_days"),
    [
        (Territory.METROPOLE, []),
        (Territory.ALSACE_MOSELLE, ["2026-04-03", "2026-12-26"]),
        (Territory.MAYOTTE, ["2026-04-27"]),
        (Territory.MARTINIQUE, ["2026-05-22"]),
        (Territory.GUADELOUPE, ["2026-05-27"]),
        (Territory.SAINT_MARTIN, ["2026-05-28"]),
        (Territory.GUYANE, ["2026-06-10"]),
        (Territory.SAINT_BARTHELEMY, ["2026-10-09"]),
        (Territory.LA_REUNION, ["2026-12-20"]),
        (Territory.SAINT_PIERRE_ET_MIQUELON, []),
    ],
)
def test_each_territory_adds_its_own_days(territory: Territory, own_days: list[str]) -> None:
    own = set(public_holidays(2026, territory)) - MAINLAND
    assert sorted(day.isoformat() for day in own) == own_days


def test_every_territory_is_known() -> None:
    assert len(Territory) == 10


def test_two_holidays_on_one_day_are_one() -> None:
    # In 2008 Ascension fell on 1 May.
    assert len(public_holidays(2008, Territory.METROPOLE)) == 10


def test_customary_days_are_fixed_or_follow_easter() -> None:
    local = (
        LocalHoliday(month=7, day=21),
        LocalHoliday(easter_offset=-47),
        LocalHoliday(month=2, day=29),
    )
    assert date(2026, 7, 21) in public_holidays(2026, Territory.GUADELOUPE, local)
    assert date(2026, 2, 17) in public_holidays(2026, Territory.GUADELOUPE, local)
    assert date(2028, 2, 29) in public_holidays(2028, Territory.GUADELOUPE, local)
    assert len(public_holidays(2026, Territory.GUADELOUPE, local)) == 14


def test_a_customary_day_may_lie_in_another_year_than_its_easter() -> None:
    local = (LocalHoliday(easter_offset=300),)
    found = public_holidays_between(
        date(2027, 1, 1), date(2027, 12, 31), Territory.METROPOLE, local
    )
    assert date(2027, 1, 30) in found


def test_holidays_are_listed_between_two_days_of_any_year() -> None:
    for first, last in ((date.min, date(2, 1, 1)), (date(9998, 1, 1), date.max)):
        found = public_holidays_between(first, last, Territory.METROPOLE)
        assert all(first <= day <= last for day in found)


def a_zone(name: str, first: date, last: date) -> SchoolZone:
    return SchoolZone(
        zone=name, periods=(SchoolPeriod(first=first, last=last),), horizon=date(2028, 8, 31)
    )


def test_a_tree_replaces_the_zones_it_holds_and_no_other() -> None:
    bundled = SchoolCalendar(
        zones={
            "A": a_zone("A", date(2026, 10, 18), date(2026, 11, 1)),
            "B": a_zone("B", date(2026, 10, 18), date(2026, 11, 1)),
        }
    )
    own = SchoolCalendar(zones={"A": a_zone("A", date(2026, 10, 20), date(2026, 10, 21))})
    merged = bundled.replaced_by(own)
    zone_a, zone_b = merged.zone("A"), merged.zone("B")
    assert zone_a is not None
    assert zone_b is not None
    assert date(2026, 10, 19) not in zone_a
    assert date(2026, 10, 19) in zone_b
    assert merged.zone("guadeloupe") is None
    assert merged.zone(None) is None


def test_a_calendar_knows_nothing_beyond_its_horizon() -> None:
    zone = SchoolZone(zone="A", periods=(), horizon=date(2028, 8, 31), known_from=date(2025, 9, 1))
    assert zone.knows(date(2028, 8, 31))
    assert not zone.knows(date(2028, 9, 1))
    assert not zone.knows(date(2025, 8, 31))
