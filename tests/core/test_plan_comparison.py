"""Two plans set side by side: one beside itself changes nothing, the other way round undoes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.plan_comparison import (
    Difference,
    VillageChange,
    compare_plans,
    passages_in,
)
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar

EXAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"
FIRST = "tournees/nord/2026-09-01.toml"
DAYS = DateSpan(first=date(2026, 11, 24), last=date(2027, 5, 25))
FILES = {
    path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
    for path in EXAMPLE.rglob("*.toml")
}
EXCEPTIONS = (
    'action = "annule"\nmotif = "panne"\n',
    'action = "deplace"\nvers = 2026-12-12\n',
    'action = "horaire"\nouvert = "10:00-11:30"\n',
    'action = "lieu"\nlieu = "bonnat"\n',
    'action = "equipage"\nequipage = ["agent-c"]\n',
)
STOPS = ("2026-12-08-nord-dun", "2026-12-03-nord-souterraine", "2026-12-09-nord-jarnages")


def tree_of(files: dict[str, str]) -> ScheduleTree:
    tree = read_schedule(files).tree
    assert tree is not None
    return tree


def with_exceptions(chosen: dict[str, str]) -> ScheduleTree:
    texts = {
        f"surcharges/2026/{name}.toml": f'format = "surcharge/1"\n{text}'
        for name, text in chosen.items()
    }
    return tree_of({**FILES, **texts})


def compare(old: ScheduleTree | None, new: ScheduleTree) -> tuple[VillageChange, ...]:
    return compare_plans(old, new, DAYS, load_school_calendar())


def test_a_plan_beside_itself_changes_nothing() -> None:
    assert compare(tree_of(FILES), tree_of(FILES)) == ()


def test_without_a_plan_before_every_passage_is_new() -> None:
    found = compare(None, tree_of(FILES))
    assert all(one.before == 0 < one.after for one in found)
    kinds = {kind for village in found for one in village.changes for kind in one.differences}
    assert kinds == {Difference.NEW, Difference.CANCELLED}


@pytest.mark.parametrize(
    ("text", "kind"),
    list(zip(EXCEPTIONS, ("cancelled", "day", "hours", "place", "crew"), strict=True)),
)
def test_an_exception_is_one_difference_of_one_passage(text: str, kind: str) -> None:
    found = compare(tree_of(FILES), with_exceptions({STOPS[0]: text}))
    (dun,) = [one for one in found if one.village.code == "23075"]
    (change,) = dun.changes
    assert change.differences == {Difference(kind)}
    assert change.day == date(2026, 12, 8)
    assert change.is_public is (kind != "crew")


def test_another_commune_is_told_that_the_bus_comes_to_it() -> None:
    found = compare(tree_of(FILES), with_exceptions({STOPS[0]: EXCEPTIONS[3]}))
    balance = {one.village.name: one.after - one.before for one in found}
    assert balance == {"Dun-le-Palestel": -1, "Bonnat": 1}


def test_a_passage_moved_out_of_the_days_compared_is_moved_and_not_lost() -> None:
    days = DateSpan(first=date(2026, 12, 7), last=date(2026, 12, 11))
    new = with_exceptions({STOPS[0]: EXCEPTIONS[1]})
    (dun,) = compare_plans(tree_of(FILES), new, days, load_school_calendar())
    (change,) = dun.changes
    assert change.differences == {Difference.DAY}
    assert change.after[0].service_date == date(2026, 12, 12)
    assert (dun.before, dun.after) == (1, 0)


def test_a_commune_that_is_spelt_otherwise_is_the_same_one() -> None:
    places = FILES["lieux.toml"].replace('"Dun-le-Palestel"', '"Dun le Palestel"')
    assert compare(tree_of(FILES), tree_of({**FILES, "lieux.toml": places})) == ()


def test_the_passages_of_a_village_are_those_that_are_held_there() -> None:
    tree = with_exceptions({STOPS[0]: EXCEPTIONS[0]})
    (dun,) = [one for one in compare(None, tree) if one.village.code == "23075"]
    held = passages_in(tree, dun.village, DAYS, load_school_calendar())
    assert len(held) == dun.after
    assert date(2026, 12, 8) not in [one[0].service_date for one in held]


_CHOSEN = st.dictionaries(st.sampled_from(STOPS), st.sampled_from(EXCEPTIONS))


@settings(deadline=None, max_examples=25)
@given(_CHOSEN, _CHOSEN)
def test_the_other_way_round_each_village_gains_what_it_lost(
    one: dict[str, str], other: dict[str, str]
) -> None:
    old, new = with_exceptions(one), with_exceptions(other)
    there = {x.village.code: (x.before, x.after) for x in compare(old, new)}
    back = {x.village.code: (x.after, x.before) for x in compare(new, old)}
    assert there.keys() == back.keys()
    assert there == back
