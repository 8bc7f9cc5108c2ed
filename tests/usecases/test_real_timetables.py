"""Other services' rhythms, published as dates, are found again as the rules that they are."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.core.agenda import expand_agenda
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
from fsmobile.core.rule_finding import RuleFinder
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.public_exports import TREES, read_tree
from tests.usecases.imported import Row, as_csv, propose

FIRST, LAST = date(2026, 9, 1), date(2027, 6, 30)


def lay_out(first: date = FIRST, last: date = LAST, zone: str = "B") -> DayTable:
    holidays = public_holidays_between(first, last, Territory.METROPOLE)
    return DayTable(first, last, holidays, load_school_calendar().zone(zone))


RHYTHMS = {
    "Arles: odd weeks outside school holidays, two circuits in turn": Recurrence(
        weekdays=frozenset({2}),
        parity=WeekParity.ODD,
        cycle=Cycle(length=2, starts_on=date(2026, 9, 7), count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS),
    ),
    "Loiret: two weeks out of three": Recurrence(
        weekdays=frozenset({3}),
        cycle=Cycle(length=3, starts_on=date(2026, 9, 3), ranks=frozenset({1, 2})),
    ),
    "Saint-Pierre: the second Wednesday": Recurrence(weekdays=frozenset({2}), ranks=frozenset({2})),
    "Nîmes: every Wednesday but the fifth": Recurrence(
        weekdays=frozenset({2}), ranks=frozenset({1, 2, 3, 4})
    ),
    "Coutances: every five weeks": Recurrence(
        weekdays=frozenset({0}), cycle=Cycle(length=5, starts_on=date(2026, 9, 14))
    ),
    "Thiérache: the last Friday": Recurrence(weekdays=frozenset({4}), ranks=frozenset({-1})),
    "winter only, over new year": Recurrence(
        weekdays=frozenset({1}), seasons=(Season(first=(11, 1), last=(3, 31)),)
    ),
    "outside school holidays": Recurrence(weekdays=frozenset({1}), school=SchoolRule.OUTSIDE),
    "holidays served": Recurrence(
        weekdays=frozenset({4}), parity=WeekParity.EVEN, holidays=HolidayRule.SERVE
    ),
    "Monday to Thursday": Recurrence(weekdays=frozenset({0, 1, 2, 3})),
}


@pytest.mark.parametrize("name", RHYTHMS)
def test_a_rhythm_is_found_again_as_one_rule_without_an_exception(name: str) -> None:
    table = lay_out()
    days = expand_recurrence(RHYTHMS[name], table)
    found = RuleFinder(table).find(days)
    assert len(found.rules) == 1
    assert (found.missing, found.extra) == ((), ())
    (rule,) = found.rules
    assert list(rule.days) == days
    expected = RHYTHMS[name]
    assert (rule.rule.weekdays, rule.rule.parity, rule.rule.ranks, rule.rule.school) == (
        expected.weekdays, expected.parity, expected.ranks, expected.school,
    )  # fmt: skip
    assert (rule.rule.cycle is None) is (expected.cycle is None)


def test_the_charente_published_as_dates_is_its_twelve_rules_again(tmp_path: Path) -> None:
    tree = read_tree(TREES["bus-charente"])
    first, last = date(2026, 1, 5), date(2026, 12, 31)
    agenda = expand_agenda(tree, first, last, bundled=load_school_calendar())
    rows: list[Row] = [
        (one.service_date, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}",
         tree.places[one.place_id].commune, tree.places[one.place_id].name.partition(" — ")[2])
        for one in agenda.passages
    ]  # fmt: skip
    proposal = propose(as_csv(rows), tmp_path / "new", department="16")
    assert (proposal.published, proposal.reproduced) == (402, 402)
    assert (proposal.plan.rules, proposal.plan.lists, proposal.plan.overrides) == (12, 0, ())
    assert proposal.parts_on == date(2027, 1, 4)
    assert {place.insee_code for place in proposal.places.values()} == {
        place.insee_code for place in tree.places.values() if place.place_id in {
            one.place_id for one in agenda.passages}
    }  # fmt: skip
    assert len(proposal.plan.runs) == 9
