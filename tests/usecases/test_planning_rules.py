"""The repair of a 53rd week: parities exchanged for a whole tour, from the right Monday."""

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from fsmobile.core.ids import TourId
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.errors import InvalidInput
from fsmobile.usecases.planning import apply_edit, open_planning
from fsmobile.usecases.planning_rules import ask_parity, list_next_dates, swap_parities
from tests.usecases.planning_samples import a_planning
from tests.worlds import FakeClock, a_laptop, a_registry

CHARENTE = Path(__file__).parents[2] / "schedules" / "bus-charente"


def test_the_swap_repairs_the_new_year_of_the_charente(tmp_path: Path) -> None:
    copytree(CHARENTE, tmp_path / "charente")
    laptop = a_laptop(a_registry(FakeClock()), role="coordinator")
    planning = open_planning(laptop.desk, tmp_path / "charente")
    codes = [one.code for one in planning.check()]
    assert codes.count("parity_break_week53") > 5
    texts = swap_parities(planning.sheets, TourId("charente"), date(2027, 1, 4))
    assert list(texts) == ["tournees/charente/2027-01-04.toml"]
    apply_edit(planning, "échange", texts)
    left = [one for one in planning.check() if one.code == "parity_break_week53"]
    # What is left are Fridays: 25 December and 1 January are holidays, no exchange helps.
    fridays = {"fouqueure", "val-de-bonnieure", "verteuil-sur-charente"}
    assert {one.params["stop"] for one in left} == fridays


def test_a_swap_on_the_day_of_a_version_is_made_in_it(tmp_path: Path) -> None:
    planning = a_planning(tmp_path / "creuse")
    texts = swap_parities(planning.sheets, TourId("nord"), date(2027, 1, 4))
    assert list(texts) == ["tournees/nord/2027-01-04.toml"]
    with pytest.raises(InvalidInput, match="version_not_in_force"):
        swap_parities(planning.sheets, TourId("nord"), date(2026, 8, 3))


def test_the_next_dates_know_the_holidays_of_the_structure(tmp_path: Path) -> None:
    tree = a_planning(tmp_path / "creuse").tree
    fridays = Recurrence(weekdays=frozenset({4}))
    dates = list_next_dates(tree, fridays, date(2026, 12, 14))
    assert dates[:3] == [date(2026, 12, 18), date(2027, 1, 8), date(2027, 1, 15)]
    assert len(dates) == 12
    even = Recurrence(weekdays=frozenset({1}), parity=WeekParity.EVEN)
    choice = ask_parity(tree, even, date(2026, 11, 24))
    assert choice is not None
    assert choice.new_year == date(2027, 1, 4)
