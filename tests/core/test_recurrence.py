"""The day predicate against the words of its definition, and against python-dateutil."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.holidays import SchoolPeriod, SchoolZone, Territory, public_holidays_between
from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    DayTable,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
    expand_recurrence,
    narrow_days,
)

TUESDAY, WEDNESDAY, FRIDAY = 1, 2, 4
ZONE = SchoolZone(
    zone="B",
    periods=(
        SchoolPeriod(first=date(2026, 10, 18), last=date(2026, 11, 1)),
        SchoolPeriod(first=date(2026, 12, 20), last=date(2027, 1, 3)),
    ),
    horizon=date(2027, 8, 31),
)


def a_rule(**keys: object) -> Recurrence:
    given_keys: dict[str, object] = {"holidays": HolidayRule.SERVE, **keys}
    return Recurrence(**given_keys)


def days(rule: Recurrence, first: str, last: str, zone: SchoolZone | None = ZONE) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    holidays = public_holidays_between(start, end, Territory.METROPOLE)
    table = DayTable(start, end, holidays, zone)
    return [day.isoformat() for day in expand_recurrence(rule, table)]


def in_season(day: date, season: Season) -> bool:
    key = (day.month, day.day)
    if season.first <= season.last:
        return season.first <= key <= season.last
    return key >= season.first or key <= season.last


def is_week_of(week: int, rule: Recurrence) -> bool:
    wanted = {WeekParity.EVERY: {0, 1}, WeekParity.EVEN: {0}, WeekParity.ODD: {1}}[rule.parity]
    return week % 2 in wanted and (not rule.weeks or week in rule.weeks)


def is_kept(day: date, rule: Recurrence, holidays: set[date], zone: SchoolZone) -> bool:
    """The definition, day by day, written apart from the code."""
    if day in rule.dates:
        return True
    week = day.isocalendar().week
    if day.weekday() not in rule.weekdays:
        return False
    if not is_week_of(week, rule):
        return False
    from_start = (day.day - 1) // 7 + 1
    from_end = -((monthrange(day.year, day.month)[1] - day.day) // 7 + 1)
    if rule.ranks and not rule.ranks & {from_start, from_end}:
        return False
    if rule.cycle and not is_in_cycle(day, rule, rule.cycle, zone):
        return False
    if rule.seasons and not any(in_season(day, season) for season in rule.seasons):
        return False
    in_school_holidays = any(period.first <= day <= period.last for period in zone.periods)
    if rule.school is SchoolRule.OUTSIDE and in_school_holidays:
        return False
    if rule.school is SchoolRule.DURING and not in_school_holidays:
        return False
    return rule.holidays is HolidayRule.SERVE or day not in holidays


def is_in_cycle(day: date, rule: Recurrence, cycle: Cycle, zone: SchoolZone) -> bool:
    monday = day - timedelta(days=day.weekday())
    start = cycle.starts_on - timedelta(days=cycle.starts_on.weekday())
    if monday < start:
        return False
    count = (monday - start).days // 7
    if cycle.count is CycleCount.OUTSIDE_SCHOOL_HOLIDAYS:
        weeks = [start + timedelta(weeks=k) for k in range(count + 1)]
        counted = [one for one in weeks if is_counted(one, rule, zone)]
        if monday not in counted:
            return False
        count = counted.index(monday)
    return count % cycle.length + 1 in cycle.ranks


def is_counted(monday: date, rule: Recurrence, zone: SchoolZone) -> bool:
    week, wednesday = monday.isocalendar().week, monday + timedelta(days=2)
    if not is_week_of(week, rule):
        return False
    return not any(period.first <= wednesday <= period.last for period in zone.periods)


some_days = st.dates(date(2019, 1, 1), date(2033, 12, 31))
month_days = some_days.map(lambda day: (day.month, day.day))
cycles = st.builds(
    lambda length, starts_on, ranks, count: Cycle(
        length=length,
        starts_on=starts_on,
        ranks=frozenset(rank % length + 1 for rank in ranks),
        count=count,
    ),
    st.integers(1, 6),
    some_days,
    st.sets(st.integers(0, 5), min_size=1),
    st.sampled_from(CycleCount),
)
rules = st.builds(
    Recurrence,
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    parity=st.sampled_from(WeekParity),
    weeks=st.one_of(st.just(frozenset()), st.frozensets(st.integers(1, 53), max_size=30)),
    ranks=st.frozensets(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5]), max_size=3),
    cycle=st.none() | cycles,
    seasons=st.lists(
        st.builds(lambda a, b: Season(first=a, last=b), month_days, month_days), max_size=2
    ).map(tuple),
    school=st.sampled_from(SchoolRule),
    holidays=st.sampled_from(HolidayRule),
    dates=st.lists(some_days, max_size=3).map(tuple),
)
periods = st.lists(
    st.builds(
        lambda first, length: SchoolPeriod(first=first, last=first + timedelta(days=length)),
        some_days,
        st.integers(0, 60),
    ),
    max_size=4,
).map(tuple)


@given(rule=rules, first=some_days, length=st.integers(-3, 500), school=periods)
@settings(max_examples=300, deadline=None)
def test_the_expansion_keeps_the_days_that_the_definition_keeps(
    rule: Recurrence, first: date, length: int, school: tuple[SchoolPeriod, ...]
) -> None:
    last = first + timedelta(days=length)
    zone = SchoolZone(zone="B", periods=school, horizon=date(2034, 1, 1))
    holidays = set(public_holidays_between(first, max(first, last), Territory.LA_REUNION))
    table = DayTable(first, last, holidays, zone)
    window = [first + timedelta(days=n) for n in range(length + 1)]
    expected = [day for day in window if is_kept(day, rule, holidays, zone)]
    assert expand_recurrence(rule, table) == expected


DATEUTIL_DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


def dateutil_days(rule: rrule.rrule) -> list[date]:
    return [moment.date() for moment in rule]


@given(weekday=st.integers(0, 6), year=st.integers(2015, 2045), odd=st.booleans())
@settings(max_examples=60, deadline=None)
def test_parity_agrees_with_dateutil_away_from_early_january(
    weekday: int, year: int, odd: bool
) -> None:
    # dateutil loses weekends of early January that belong to the previous ISO year.
    first, last = date(year, 1, 5), date(year + 1, 12, 31)
    parity = WeekParity.ODD if odd else WeekParity.EVEN
    found = expand_recurrence(
        a_rule(weekdays=frozenset({weekday}), parity=parity), DayTable(first, last)
    )
    oracle = rrule.rrule(
        rrule.YEARLY,
        dtstart=datetime.combine(first, time()),
        until=datetime.combine(last, time()),
        byweekno=list(range(1 if odd else 2, 54, 2)),
        byweekday=DATEUTIL_DAYS[weekday],
    )
    january = {date(year + 1, 1, day) for day in range(1, 5)}
    assert set(found) - january == set(dateutil_days(oracle)) - january


@given(weekday=st.integers(0, 6), ranks=st.sets(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -4])))
@settings(max_examples=60, deadline=None)
def test_nth_weekdays_agree_with_dateutil(weekday: int, ranks: set[int]) -> None:
    first, last = date(2026, 1, 1), date(2029, 12, 31)
    found = expand_recurrence(
        a_rule(weekdays=frozenset({weekday}), ranks=frozenset(ranks)), DayTable(first, last)
    )
    day = DATEUTIL_DAYS[weekday]
    oracle = rrule.rrule(
        rrule.MONTHLY,
        dtstart=datetime.combine(first, time()),
        until=datetime.combine(last, time()),
        byweekday=[day(rank) for rank in ranks] or day,
    )
    assert found == sorted(set(dateutil_days(oracle)))


@given(weekdays=st.sets(st.integers(0, 6), min_size=1), start=some_days, length=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_cycles_agree_with_dateutil(weekdays: set[int], start: date, length: int) -> None:
    last = start + timedelta(days=800)
    cycle = Cycle(length=length, starts_on=start)
    found = expand_recurrence(
        a_rule(weekdays=frozenset(weekdays), cycle=cycle), DayTable(start, last)
    )
    oracle = rrule.rrule(
        rrule.WEEKLY,
        interval=length,
        dtstart=datetime.combine(start, time()),
        until=datetime.combine(last, time()),
        byweekday=[DATEUTIL_DAYS[day] for day in weekdays],
        wkst=rrule.MO,
    )
    assert found == dateutil_days(oracle)


def test_two_weeks_out_of_three_are_a_cycle_with_two_ranks() -> None:
    rule = a_rule(
        weekdays=frozenset({TUESDAY}),
        cycle=Cycle(length=3, starts_on=date(2026, 9, 8), ranks=frozenset({1, 2})),
    )
    assert days(rule, "2026-09-01", "2026-10-13") == [
        "2026-09-08",
        "2026-09-15",
        "2026-09-29",
        "2026-10-06",
    ]


def test_weeks_of_school_holidays_are_neither_counted_nor_served() -> None:
    """Two circuits alternate over odd weeks outside the holidays, as in Arles."""
    served = {
        rank: days(
            a_rule(
                weekdays=frozenset({WEDNESDAY}),
                parity=WeekParity.ODD,
                cycle=Cycle(
                    length=2,
                    starts_on=date(2026, 9, 7),
                    ranks=frozenset({rank}),
                    count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS,
                ),
            ),
            "2026-09-01",
            "2027-01-31",
        )
        for rank in (1, 2)
    }
    # Odd weeks: 37 39 41 45 47 49 51, then 1 and 3 of 2027; 43 and 53 are in the holidays.
    assert served[1] == ["2026-09-09", "2026-10-07", "2026-11-18", "2026-12-16", "2027-01-20"]
    assert served[2] == ["2026-09-23", "2026-11-04", "2026-12-02", "2027-01-06"]


def test_the_friday_of_a_bridge_is_served_when_its_wednesday_has_class() -> None:
    bridge = SchoolPeriod(first=date(2022, 5, 26), last=date(2022, 5, 29))
    zone = SchoolZone(zone="B", periods=(bridge,), horizon=date(2022, 8, 31))
    rule = a_rule(
        weekdays=frozenset({FRIDAY}),
        parity=WeekParity.ODD,
        cycle=Cycle(
            length=1,
            starts_on=date(2022, 5, 9),
            count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS,
        ),
    )
    assert days(rule, "2022-05-20", "2022-06-05", zone) == ["2022-05-27"]


def test_a_season_over_new_year_holds_the_29th_of_february() -> None:
    rule = a_rule(weekdays=frozenset(range(7)), seasons=(Season(first=(12, 31), last=(2, 29)),))
    found = days(rule, "2027-12-30", "2028-03-02")
    assert (found[0], found[-1], len(found)) == ("2027-12-31", "2028-02-29", 61)
    assert days(rule, "2027-02-27", "2027-03-02") == ["2027-02-27", "2027-02-28"]


def test_a_season_from_the_29th_of_february_starts_in_march_of_other_years() -> None:
    rule = a_rule(weekdays=frozenset(range(7)), seasons=(Season(first=(2, 29), last=(3, 1)),))
    assert days(rule, "2027-02-25", "2027-03-05") == ["2027-03-01"]
    assert days(rule, "2028-02-25", "2028-03-05") == ["2028-02-29", "2028-03-01"]


def test_listed_dates_are_added_to_weekdays_and_win_over_holidays() -> None:
    rule = Recurrence(
        weekdays=frozenset({TUESDAY}), parity=WeekParity.EVEN, dates=(date(2026, 12, 25),)
    )
    assert days(rule, "2026-12-15", "2026-12-31") == ["2026-12-22", "2026-12-25"]


def test_listed_dates_alone_are_the_only_ones_once_each() -> None:
    rule = Recurrence(dates=(date(2026, 12, 11), date(2026, 11, 27), date(2026, 12, 11)))
    assert days(rule, "2026-11-01", "2026-12-31") == ["2026-11-27", "2026-12-11"]


@pytest.mark.parametrize("year", [2015, 2020, 2026, 2032, 2037, 2043, 2048])
def test_a_week_53_is_followed_by_another_odd_week(year: int) -> None:
    rule = a_rule(weekdays=frozenset({TUESDAY}), parity=WeekParity.ODD)
    first, last = f"{year}-12-20", f"{year + 1}-01-10"
    found = [date.fromisoformat(day) for day in days(rule, first, last)]
    assert [(later - sooner).days for sooner, later in pairwise(found)] == [7]


def test_a_stop_narrows_its_run_and_never_widens_it() -> None:
    run = Recurrence(weekdays=frozenset({TUESDAY}), dates=(date(2026, 11, 27),))
    table = DayTable(date(2026, 11, 1), date(2026, 12, 31))
    served = expand_recurrence(run, table)
    narrowed = narrow_days(served, a_rule(parity=WeekParity.EVEN), run, table)
    assert set(narrowed) < set(served)
    assert all(day.isocalendar().week % 2 == 0 for day in narrowed)
    assert date(2026, 11, 27) in narrowed
    assert narrow_days(served, a_rule(weekdays=frozenset({FRIDAY})), run, table) == [
        date(2026, 11, 27)
    ]


def test_a_cycle_of_a_stop_counts_only_weeks_of_its_run() -> None:
    run = a_rule(weekdays=frozenset({TUESDAY}), parity=WeekParity.EVEN)
    table = DayTable(date(2026, 1, 1), date(2026, 3, 31))
    cycle = Cycle(
        length=2,
        starts_on=date(2026, 1, 5),
        count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS,
    )
    served = narrow_days(expand_recurrence(run, table), a_rule(cycle=cycle), run, table)
    assert [day.isocalendar().week for day in served] == [2, 6, 10, 14]


def test_a_window_whose_ends_are_reversed_holds_nothing() -> None:
    table = DayTable(date(2026, 2, 1), date(2026, 1, 1))
    assert expand_recurrence(a_rule(weekdays=frozenset({1}), ranks=frozenset({-1})), table) == []


def test_the_ends_of_the_calendar_are_days_like_others() -> None:
    for first, last in ((date.min, date(1, 1, 31)), (date(9999, 12, 1), date.max)):
        rule = a_rule(
            weekdays=frozenset(range(7)),
            ranks=frozenset({1, -1}),
            cycle=Cycle(length=1, starts_on=date.min, count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS),
        )
        assert len(expand_recurrence(rule, DayTable(first, last))) == 14
