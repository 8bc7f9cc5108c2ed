"""New runs and tours: read back as they were asked, from an empty folder too."""

from datetime import date, time
from pathlib import Path

import pytest

from fsmobile.core.ids import TourId
from fsmobile.core.reach import Reach
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import InvalidInput
from fsmobile.usecases.planning import apply_edit, open_planning
from fsmobile.usecases.planning_places import find_communes, place_in
from fsmobile.usecases.planning_runs import NewStop, add_run, add_tour
from tests.usecases.planning_samples import EXAMPLE, a_coordinator_laptop, a_planning, passages

EVEN_WEDNESDAYS = Recurrence(weekdays=frozenset({2}), parity=WeekParity.EVEN)
HOURS = (TimeSpan(starts=time(14), ends=time(16)),)


def test_a_run_is_added_to_a_tour_at_its_place(tmp_path: Path) -> None:
    planning = a_planning(tmp_path / "creuse")
    first = NewStop(place=planning.tree.places["gouzon"], spans=HOURS)
    tour = TourId("nord")
    texts = add_run(planning.sheets, tour, EVEN_WEDNESDAYS, first, date(2026, 12, 1), Reach.ALWAYS)
    apply_edit(planning, "sortie", texts)
    text = planning.files["tournees/nord/2026-09-01.toml"]
    before, after = text.index("[sorties.mercredi]"), text.index("[sorties.jeudi]")
    assert before < text.index("[sorties.mercredi-paires]") < after
    days = [
        one.service_date
        for one in passages(planning.tree, date(2026, 12, 1), date(2026, 12, 31))
        if one.run_id == "mercredi-paires"
    ]
    assert days == [date(2026, 12, 9), date(2026, 12, 23)]
    with pytest.raises(InvalidInput, match="version_not_in_force"):
        add_run(planning.sheets, tour, EVEN_WEDNESDAYS, first, date(2026, 8, 1), Reach.ALWAYS)


def test_a_first_tour_begins_in_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "neuf"
    folder.mkdir()
    structure = (EXAMPLE / "structure.toml").read_bytes()
    (folder / "structure.toml").write_bytes(structure)
    planning = open_planning(a_coordinator_laptop().desk, folder)
    (dun, *_) = find_communes(planning.tree, "dun le palestel")
    place = place_in(planning.tree, dun.insee_code, "Dun-le-Palestel — place de la mairie")
    texts = add_tour(
        planning.sheets, "Tournée Nord", EVEN_WEDNESDAYS, place, HOURS, date(2027, 1, 4)
    )
    apply_edit(planning, "tournée", texts)
    assert planning.files["tournees/tournee-nord/2027-01-04.toml"] == (
        'format  = "tournee/1"\n'
        'tournee = "tournee-nord"\n'
        'nom     = "Tournée Nord"\n'
        "effet   = 2027-01-04\n"
        "\n"
        "[sorties.mercredi-paires]\n"
        'jours    = "mercredi"\n'
        'semaines = "paires"\n'
        "\n"
        "[sorties.mercredi-paires.arrets.dun-le-palestel]\n"
        'lieu   = "dun-le-palestel-place-de-la-mairie"\n'
        'ouvert = "14:00-16:00"\n'
    )
    found = passages(planning.tree, date(2027, 1, 4), date(2027, 1, 31))
    assert [one.service_date for one in found] == [date(2027, 1, 13), date(2027, 1, 27)]
