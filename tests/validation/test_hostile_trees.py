"""Several faults at once are all told; whatever a tree holds, nothing is raised."""

import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.errors import Problem
from fsmobile.texts.problems import explain_problem
from fsmobile.validation.notices import format_report, make_report
from tests.validation.planted_faults import ALL_FAULTS, PARTNER
from tests.validation.schedule_trees import (
    ANEW,
    TODAY,
    Planted,
    check_files,
    clean_files,
    example_files,
)

SAID_BY_ONE_LINE = {
    "commune_unknown",
    "commune_name_mismatch",
    "insee_is_postcode",
    "coordinates_out_of_range",
    "coordinates_near_origin",
    "place_not_accessible",
    "holiday_zone_mismatch",
    "school_zone_mismatch",
    "timezone_mismatch",
}
"""Faults that no fault elsewhere can hide."""
STATIC = tuple(one for one in ALL_FAULTS if one.today == TODAY and one.edits)


def tell(problems: list[Problem]) -> None:
    """Say everything, as the command does: a sentence must not fail either."""
    format_report(make_report(problems, TODAY), explain_problem)


def test_a_fault_in_each_file_is_told_at_once() -> None:
    files = clean_files()
    files["structure.toml"] = files["structure.toml"].replace('"Europe/Paris"', '"Indian/Reunion"')
    files["lieux.toml"] = files["lieux.toml"].replace('"23075"', '"23999"', 1)
    files["vehicules.toml"] = files["vehicules.toml"].replace("2027-03-15", "2026-03-15")
    first = "tournees/nord/2026-09-01.toml"
    files[first] = files[first].replace("09:15-12:15", "9h15-12h15")
    files["surcharges/2026/2026-11-25-nord-dun.toml"] = 'format = "surcharge/1"\naction = "annule"'
    files["tournees/voisins/2026-09-01.toml"] = PARTNER
    told = {one.code for one in check_files(files)}
    assert told >= {
        "timezone_mismatch",
        "commune_unknown",
        "vehicle_unavailable",
        "invalid_time_span",
        "overlay_target_missing",
        "cancellation_without_notice",
    }


def _meet(planted: list[Planted]) -> bool:
    """Tell whether two faults touch one text, so that one may undo the other."""
    spots = [(path, old) for one in planted for path, old, _ in one.edits if old != ANEW]
    made = [path for one in planted for path, old, _ in one.edits if old == ANEW]
    lines = [(path, line) for path, old in spots for line in set(old.splitlines())]
    return len(set(lines)) < len(lines) or len(set(made)) < len(made)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STATIC), min_size=3, max_size=3, unique_by=lambda one: one.code))
def test_three_faults_together_never_stop_the_check(planted: list[Planted]) -> None:
    files = clean_files()
    for one in planted:
        for path, old, new in one.edits:
            files[path] = new if old == ANEW else files[path].replace(old, new, 1)
    problems = check_files(files)
    tell(problems)
    told = {one.code for one in problems}
    assert told
    if not _meet(planted):
        assert {one.code for one in planted} & SAID_BY_ONE_LINE <= told


VALUES = r"""
"00:00-23:59"
"23:58-23:59"
["08:00-09:00", "08:30-10:00"]
"matin"
[]
0001-01-01
9999-12-31
[9999-12-31, 0001-01-01]
1440
0
-1
99999999999999
{ longueur = 1000, debut = 0001-01-01 }
{ longueur = 1, debut = 9999-12-31, compte = "hors-vacances" }
[53]
[1, -1]
"12-31..01-01"
"02-29..02-29"
"paires"
"avec"
"seulement"
["lundi", "dimanche"]
"agent-a"
true
nan
inf
91.0
-180.0
""
"\u0000"
["0001-01-01..9999-12-31"]
["dimanche 00:00-23:59"]
"Pacific/Kiritimati"
["paques+999"]
"""
PIECES = st.sampled_from(VALUES.strip().splitlines())
VALUE = re.compile(r"(?m)^([a-z_]+\s*= )(.*)$")


@settings(max_examples=80, deadline=None)
@given(
    data=st.data(),
    today=st.sampled_from([TODAY, date.min, date.max, date(2026, 12, 31), date(2032, 12, 27)]),
)
def test_random_values_never_stop_the_check(data: st.DataObject, today: date) -> None:
    files = example_files()
    for _ in range(data.draw(st.integers(1, 6))):
        path = data.draw(st.sampled_from(sorted(files)))
        spots = list(VALUE.finditer(files[path]))
        spot = data.draw(st.sampled_from(spots))
        value = data.draw(PIECES)
        files[path] = files[path][: spot.start(2)] + value + files[path][spot.end(2) :]
    tell(check_files(files, today))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_lost_and_doubled_lines_never_stop_the_check(data: st.DataObject) -> None:
    files = example_files()
    path = data.draw(st.sampled_from(sorted(files)))
    lines = files[path].splitlines(keepends=True)
    kept = data.draw(st.lists(st.sampled_from(range(len(lines))), max_size=len(lines)))
    files[path] = "".join(lines[rank] for rank in kept)
    tell(check_files(files))


def test_a_tree_of_nothing_but_a_structure_is_checked() -> None:
    files = {"structure.toml": example_files()["structure.toml"]}
    assert {one.code for one in check_files(files)} <= {"weekly_hours_below_label"}
