"""Rules found again from their days: exactly, and at no more than they cost."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fsmobile.core.holidays import Territory, public_holidays_between
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
)
from fsmobile.core.rule_finding import (
    EXCEPTION_COST,
    GAP_MIN,
    SEASON_SUPPORT_MIN,
    SUPPORT_MIN,
    RuleFinder,
    rule_cost,
)
from fsmobile.reference.holidays import load_school_calendar


def lay_out(first: date, last: date, zone: str | None = "A") -> DayTable:
    holidays = public_holidays_between(first, last, Territory.METROPOLE)
    return DayTable(first, last, holidays, load_school_calendar().zone(zone))


WINDOWS = {
    "a year with a week 53": lay_out(date(2026, 1, 5), date(2026, 12, 31)),
    "a school year": lay_out(date(2026, 9, 1), date(2027, 7, 4)),
    "two years": lay_out(date(2026, 6, 1), date(2028, 5, 31)),
    "nobody knows the school holidays": lay_out(date(2031, 1, 1), date(2032, 12, 31)),
}
FINDERS = {name: RuleFinder(table) for name, table in WINDOWS.items()}


@st.composite
def weeks(draw: st.DrawFn) -> Recurrence:
    kind = draw(st.sampled_from(["every", "parity", "ranks", "cycle", "long cycle", "counted"]))
    start = date(2026, 1, 5) - timedelta(days=draw(st.integers(0, 100)))
    match kind:
        case "parity":
            return Recurrence(parity=draw(st.sampled_from([WeekParity.EVEN, WeekParity.ODD])))
        case "ranks":
            ranks = st.one_of(
                st.sets(st.integers(1, 5), min_size=1, max_size=4),
                st.sampled_from([{-1}, {-2}, {1, -1}, {2, -1}]),
            )
            return Recurrence(ranks=frozenset(draw(ranks)))
        case "cycle":
            length = draw(st.integers(2, 6))
            ranks = st.sets(st.integers(1, length), min_size=1, max_size=length - 1)
            return Recurrence(
                cycle=Cycle(length=length, starts_on=start, ranks=frozenset(draw(ranks)))
            )
        case "long cycle":
            return Recurrence(cycle=Cycle(length=draw(st.integers(7, 13)), starts_on=start))
        case "counted":
            count = CycleCount.OUTSIDE_SCHOOL_HOLIDAYS
            cycle = Cycle(length=draw(st.integers(2, 4)), starts_on=start, count=count)
            return Recurrence(parity=draw(st.sampled_from(WeekParity)), cycle=cycle)
    return Recurrence()


@st.composite
def rules(draw: st.DrawFn) -> Recurrence:
    rule = draw(weeks())
    is_counted = rule.cycle is not None and rule.cycle.count is not CycleCount.CALENDAR
    bounds = st.tuples(st.integers(1, 12), st.integers(1, 28))
    season = st.builds(lambda first, last: Season(first=first, last=last), bounds, bounds)
    return Recurrence(
        weekdays=frozenset({draw(st.integers(0, 6))}),
        parity=rule.parity,
        ranks=rule.ranks,
        cycle=rule.cycle,
        seasons=tuple(draw(st.lists(season, max_size=1))),
        school=SchoolRule.IGNORE if is_counted else draw(st.sampled_from(SchoolRule)),
        holidays=draw(st.sampled_from(HolidayRule)),
    )


def given_by(finder_name: str, found: object) -> set[date]:
    """Expand what was found again, from the rules alone."""
    days: list[date] = []
    for one in found.rules:
        own = expand_recurrence(one.rule, WINDOWS[finder_name])
        assert own == list(one.days)
        days += own
    assert len(days) == len(set(days)), "a stop twice on a day"
    return set(days)


def is_gap_of_few_days(rule: Recurrence, table: DayTable) -> bool:
    """Tell whether a season leaves out one or two days in the middle: exceptions, to people."""
    kept = expand_recurrence(rule, table)
    whole = expand_recurrence(replace(rule, seasons=()), table)
    left_out = [day for day in whole if kept and kept[0] < day < kept[-1] and day not in kept]
    return 0 < len(left_out) < GAP_MIN


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(WINDOWS)),
    rule=rules(),
    off=st.sets(st.integers(0, 800), max_size=4),
    more=st.sets(st.integers(0, 300), max_size=3),
)
def test_a_rule_is_found_again_exactly_and_no_dearer(
    name: str, rule: Recurrence, off: set[int], more: set[int]
) -> None:
    table = WINDOWS[name]
    if table.first.year > 2030 and (
        rule.school is not SchoolRule.IGNORE
        or (rule.cycle and rule.cycle.count is not CycleCount.CALENDAR)
    ):
        return
    by_rule = expand_recurrence(rule, table)
    missing = {by_rule[rank % len(by_rule)] for rank in off} if by_rule else set()
    added = {table.days[rank % len(table.days)] for rank in more} - set(by_rule)
    days = set(by_rule) - missing | added
    found = FINDERS[name].find(days)
    assert given_by(name, found) - set(found.missing) | set(found.extra) == days
    assert found.cost <= len(days) * EXCEPTION_COST
    if is_gap_of_few_days(rule, table):
        return
    # So many more given than missing that no other season is as good around fewer days.
    support = len(by_rule) - (2 if rule.seasons else 1) * len(missing)
    if support >= (SEASON_SUPPORT_MIN if rule.seasons else SUPPORT_MIN):
        assert found.cost <= rule_cost(rule) + (len(missing) + len(added)) * EXCEPTION_COST


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(WINDOWS)), st.sets(st.integers(0, 700), max_size=60))
def test_days_at_random_are_reproduced(name: str, ranks: set[int]) -> None:
    table = WINDOWS[name]
    days = {table.days[rank % len(table.days)] for rank in ranks}
    found = FINDERS[name].find(days)
    assert given_by(name, found) - set(found.missing) | set(found.extra) == days
    assert found.cost <= len(days) * EXCEPTION_COST


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(WINDOWS)), st.sets(st.integers(0, 6), min_size=2, max_size=5), weeks()
)
def test_several_days_of_the_week_are_one_rule(
    name: str, weekdays: set[int], plain: Recurrence
) -> None:
    if plain.cycle is not None and plain.cycle.count is not CycleCount.CALENDAR:
        return
    rule = Recurrence(
        weekdays=frozenset(weekdays), parity=plain.parity, ranks=plain.ranks, cycle=plain.cycle
    )
    days = expand_recurrence(rule, WINDOWS[name])
    found = FINDERS[name].find(days)
    assert given_by(name, found) - set(found.missing) | set(found.extra) == set(days)
    assert found.cost <= rule_cost(rule)


def test_two_timetables_of_one_year_are_two_rules() -> None:
    table = WINDOWS["a year with a week 53"]
    winter = Recurrence(weekdays=frozenset({1}), parity=WeekParity.EVEN)
    summer = Recurrence(weekdays=frozenset({3}), seasons=(Season(first=(6, 15), last=(9, 15)),))
    days = {*expand_recurrence(winter, table), *expand_recurrence(summer, table)}
    found = FINDERS["a year with a week 53"].find(days)
    assert [sorted(one.rule.weekdays) for one in found.rules] == [[1], [3]]
    assert (found.missing, found.extra) == ((), ())


def test_a_day_that_another_stop_has_taken_is_given_by_no_rule() -> None:
    table = WINDOWS["a year with a week 53"]
    tuesdays = expand_recurrence(Recurrence(weekdays=frozenset({1})), table)
    found = FINDERS["a year with a week 53"].find(tuesdays, taken=tuesdays[:20])
    assert not {day for one in found.rules for day in one.days} & set(tuesdays[:20])
    assert set(tuesdays[:20]) <= set(found.extra)


def test_two_dates_are_no_rule() -> None:
    found = FINDERS["a school year"].find([date(2026, 9, 16), date(2026, 9, 23)])
    assert found.rules == ()
    assert found.extra == (date(2026, 9, 16), date(2026, 9, 23))


def test_a_list_that_ends_early_has_its_season_and_no_exception() -> None:
    table = WINDOWS["a school year"]
    days = expand_recurrence(Recurrence(weekdays=frozenset({1})), table)[:-2]
    found = FINDERS["a school year"].find(days)
    (rule,) = found.rules
    assert len(rule.rule.seasons) == 1
    assert (found.missing, found.extra) == ((), ())


def test_one_passage_off_in_the_middle_is_an_exception_and_no_season() -> None:
    table = WINDOWS["a year with a week 53"]
    days = expand_recurrence(Recurrence(weekdays=frozenset({1})), table)
    found = FINDERS["a year with a week 53"].find([*days[:20], *days[21:]])
    (rule,) = found.rules
    assert rule.rule.seasons == ()
    assert found.missing == (days[20],)
