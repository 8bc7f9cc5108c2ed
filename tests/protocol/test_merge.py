"""The merge of schedule trees: nothing is lost, nothing is chosen, no side comes first."""

import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.documents import is_same, value_at, with_value
from fsmobile.protocol.merge import SET_KEYS, Merge, merge_trees
from tests.tree_changes import list_changes

KEYS = st.sampled_from(["a", "b", "lundi", "dates", "rang"])
SCALARS = st.one_of(
    st.integers(-2, 3),
    st.booleans(),
    st.sampled_from(["paires", "impaires", ""]),
    st.sampled_from([date(2026, 11, 24), date(2026, 12, 8)]),
)
LISTS = st.lists(SCALARS, max_size=3)
VALUES = st.recursive(
    st.one_of(SCALARS, LISTS),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
TREES = st.dictionaries(
    st.sampled_from(["lieux.toml", "tournees/n/1.toml", "surcharges/x.toml"]),
    st.dictionaries(KEYS, VALUES, max_size=4),
    max_size=3,
)


@st.composite
def edited(draw: st.DrawFn, tree: dict[str, Any]) -> dict[str, Any]:
    """A tree with a few of its entries changed, removed or added."""
    for _ in range(draw(st.integers(0, 4))):
        paths = [path for path, _pair in list_changes({}, tree).items()]
        for path in list(paths):
            value = value_at(tree, path)
            if isinstance(value, dict):
                paths += [(*path, key) for key in value]
        paths.append(("lieux.toml", draw(KEYS)))
        path = draw(st.sampled_from(sorted(paths)))
        change = draw(st.sampled_from(["remove", "set", "add"]))
        if change == "add" and isinstance(value_at(tree, path), dict):
            path = (*path, draw(KEYS))
        value = None if change == "remove" else draw(SCALARS if len(path) > 1 else st.just({}))
        tree = with_value(tree, path, value)
    return tree


@st.composite
def three_trees(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    base = draw(TREES)
    return base, draw(edited(base)), draw(edited(base))


def leaves(tree: object, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """Every value that is no table, an empty table counted, by its path."""
    if isinstance(tree, dict) and tree:
        return {
            inner: value for key in tree for inner, value in leaves(tree[key], (*path, key)).items()
        }
    return {path: tree} if path else {}


def is_told(merge: Merge, path: tuple[str, ...]) -> bool:
    """Tell whether a path lies in, or around, a conflict."""
    return any(
        path[: len(one.path)] == one.path or one.path[: len(path)] == path
        for one in merge.conflicts
    )


@given(TREES)
def test_merging_a_tree_with_itself_changes_nothing(tree: dict[str, Any]) -> None:
    merge = merge_trees(tree, tree, tree)
    assert merge.conflicts == ()
    assert is_same(merge.values, tree)


@given(three_trees())
def test_what_one_side_alone_changed_is_taken_whole(trees: Any) -> None:
    base, mine, _theirs = trees
    for merge in (merge_trees(base, mine, base), merge_trees(base, base, mine)):
        assert merge.conflicts == ()
        assert is_same(merge.values, mine)


@given(three_trees())
def test_the_same_edits_on_both_sides_are_no_conflict(trees: Any) -> None:
    base, mine, _theirs = trees
    merge = merge_trees(base, mine, mine)
    assert merge.conflicts == ()
    assert is_same(merge.values, mine)


@given(three_trees())
def test_who_came_first_changes_only_the_names(trees: Any) -> None:
    base, mine, theirs = trees
    one, other = merge_trees(base, mine, theirs), merge_trees(base, theirs, mine)
    assert is_same(one.values, other.values)
    mirrored = [(c.path, c.base, c.theirs, c.mine) for c in other.conflicts]
    assert [(c.path, c.base, c.mine, c.theirs) for c in one.conflicts] == mirrored


@given(three_trees())
def test_merging_a_second_time_changes_nothing_more(trees: Any) -> None:
    base, mine, theirs = trees
    first = merge_trees(base, mine, theirs)
    if not first.conflicts:
        again = merge_trees(theirs, first.values, theirs)
        assert again.conflicts == ()
        assert is_same(again.values, first.values)


@given(three_trees())
def test_every_edit_is_in_the_result_or_in_a_conflict(trees: Any) -> None:
    base, mine, theirs = trees
    merge = merge_trees(base, mine, theirs)
    for side in (mine, theirs):
        for path, (before, after) in list_changes(base, side).items():
            if is_told(merge, path):
                continue
            found = value_at(merge.values, path)
            if path[-1] in SET_KEYS and isinstance(after, list):
                known = before if isinstance(before, list) else []
                added = [one for one in after if not any(is_same(one, old) for old in known)]
                assert isinstance(found, list)
                assert all(any(is_same(one, new) for new in found) for one in added)
            else:
                assert is_same(found, after) or isinstance(after, dict)


@given(three_trees())
def test_nothing_in_the_result_comes_from_nowhere(trees: Any) -> None:
    base, mine, theirs = trees
    merge = merge_trees(base, mine, theirs)
    for path, value in leaves(merge.values).items():
        sources = [value_at(side, path) for side in (mine, theirs, base)]
        if path[-1] in SET_KEYS and isinstance(value, list):
            pool = [one for source in sources if isinstance(source, list) for one in source]
            assert all(any(is_same(one, other) for other in pool) for one in value)
        elif value == {}:
            # Each side emptied another part of a table.
            assert any(isinstance(source, dict) for source in sources)
        else:
            assert any(is_same(value, source) for source in sources)


@given(three_trees())
def test_a_conflict_shows_both_values_and_two_sides_that_differ(trees: Any) -> None:
    base, mine, theirs = trees
    for conflict in merge_trees(base, mine, theirs).conflicts:
        assert is_same(conflict.mine, value_at(mine, conflict.path))
        assert is_same(conflict.theirs, value_at(theirs, conflict.path))
        assert not is_same(conflict.mine, conflict.theirs)
        assert not is_same(conflict.mine, conflict.base)
        assert not is_same(conflict.theirs, conflict.base)


def exceptions(**records: str) -> dict[str, Any]:
    """A tree with one file for each dated exception."""
    return {f"surcharges/2026/{name}.toml": tomllib.loads(text) for name, text in records.items()}


CANCELLED = 'action = "annule"\nmotif = "panne"'
MOVED = 'action = "deplace"\nvers = 2026-12-23'
ELSEWHERE = 'action = "lieu"\nlieu = "celle-salle"'
NOTICED = f'{CANCELLED}\navis = "Pas de passage."'
BASE = exceptions(d05=CANCELLED, d12=CANCELLED, d19=ELSEWHERE)

SCENARIOS = {
    "two additions, distant dates": (
        BASE | exceptions(d01=CANCELLED),
        BASE | exceptions(d28=MOVED),
        0,
    ),
    "two additions, same gap": (BASE | exceptions(d08=CANCELLED), BASE | exceptions(d09=MOVED), 0),
    "two additions at the end": (BASE | exceptions(d26=CANCELLED), BASE | exceptions(d27=MOVED), 0),
    "same addition on both sides": (
        BASE | exceptions(d08=CANCELLED),
        BASE | exceptions(d08=CANCELLED),
        0,
    ),
    "same pass cancelled and moved": (
        BASE | exceptions(d08=CANCELLED),
        BASE | exceptions(d08=MOVED),
        1,
    ),
    "different fields of one record": (
        BASE | exceptions(d05=NOTICED),
        BASE | exceptions(d05=f"{CANCELLED}\npublie = 2026-11-23"),
        0,
    ),
    "same field, two values": (
        BASE | exceptions(d19='action = "lieu"\nlieu = "dun-salle"'),
        BASE | exceptions(d19='action = "lieu"\nlieu = "celle-dunoise"'),
        1,
    ),
    "deleted and modified": (
        {name: one for name, one in BASE.items() if "d05" not in name},
        BASE | exceptions(d05=NOTICED),
        1,
    ),
    "deletion and neighbouring addition": (
        {name: one for name, one in BASE.items() if "d12" not in name},
        BASE | exceptions(d13=CANCELLED),
        0,
    ),
    "two deletions": (
        {name: one for name, one in BASE.items() if "d05" not in name},
        {name: one for name, one in BASE.items() if "d12" not in name},
        0,
    ),
    "neighbouring records modified": (
        BASE | exceptions(d05=NOTICED),
        BASE | exceptions(d12=NOTICED),
        0,
    ),
    "three against three interleaved additions": (
        BASE | exceptions(d01=CANCELLED, d07=CANCELLED, d14=MOVED),
        BASE | exceptions(d03=CANCELLED, d09=MOVED, d21=CANCELLED),
        0,
    ),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_only_a_true_conflict_of_two_coordinators_is_one(scenario: str) -> None:
    mine, theirs, conflicts = SCENARIOS[scenario]
    merge = merge_trees(BASE, mine, theirs)
    assert len(merge.conflicts) == conflicts
    if not conflicts:
        expected = {
            path: {**BASE.get(path, {}), **mine.get(path, {}), **theirs.get(path, {})}
            for path in mine.keys() | theirs.keys()
            if (path in mine and path in theirs) or path not in BASE
        }
        assert merge.values == expected


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_scenario_in_one_file_gives_the_same_conflicts(scenario: str) -> None:
    """As `[surcharges.<id>]` tables of one file instead of files."""
    mine, theirs, conflicts = SCENARIOS[scenario]
    merge = merge_trees({"f.toml": BASE}, {"f.toml": mine}, {"f.toml": theirs})
    assert len(merge.conflicts) == conflicts


def test_three_of_the_twelve_scenarios_are_true_conflicts() -> None:
    assert len(SCENARIOS) == 12
    assert sum(conflicts for _mine, _theirs, conflicts in SCENARIOS.values()) == 3


def one_file(text: str) -> dict[str, Any]:
    return {"t.toml": tomllib.loads(text)}


def test_dates_added_and_taken_out_on_both_sides_are_all_done() -> None:
    merge = merge_trees(
        one_file("dates = [2026-11-27, 2026-12-11]"),
        one_file("dates = [2026-12-11, 2026-12-18]"),
        one_file("dates = [2026-11-27, 2026-12-11, 2026-12-04]"),
    )
    assert merge.conflicts == ()
    assert merge.values["t.toml"] == {
        "dates": [date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)]
    }


def test_another_list_is_one_value() -> None:
    merge = merge_trees(
        one_file('equipage = ["a", "b"]'),
        one_file('equipage = ["a", "c"]'),
        one_file('equipage = ["b", "d"]'),
    )
    assert [(one.file, one.key) for one in merge.conflicts] == [("t.toml", "equipage")]
    assert merge.values == one_file('equipage = ["a", "b"]')


def test_a_deleted_run_against_a_changed_stop_is_one_conflict_on_the_run() -> None:
    base = one_file('[s.lundi]\njours = "lundi"\n[s.lundi.arrets.dun]\nouvert = "09:00-12:00"')
    theirs = one_file('[s.lundi]\njours = "lundi"\n[s.lundi.arrets.dun]\nouvert = "10:00-12:00"')
    merge = merge_trees(base, one_file("[s]"), theirs)
    (conflict,) = merge.conflicts
    assert conflict.key == "s.lundi"
    assert conflict.mine is None
    assert merge.values == base


def test_a_deleted_file_against_a_changed_one_is_a_conflict_on_the_file() -> None:
    (conflict,) = merge_trees(one_file("a = 1"), {}, one_file("a = 2")).conflicts
    assert (conflict.file, conflict.key) == ("t.toml", "")


def test_a_number_and_a_truth_value_are_not_taken_for_each_other() -> None:
    assert merge_trees(one_file("a = 1"), one_file("a = true"), one_file("a = 1")).values == {
        "t.toml": {"a": True}
    }
    assert len(merge_trees({}, one_file("a = 1"), one_file("a = true")).conflicts) == 1
