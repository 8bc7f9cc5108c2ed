"""One more stop: its commune from the gazetteer, its place written, its run grown by a table."""

import difflib
from datetime import date, time
from pathlib import Path

import pytest

from fsmobile.core.reach import Reach
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import InvalidInput, Severity
from fsmobile.usecases.planning import Planning, apply_edit
from fsmobile.usecases.planning_places import add_stop, find_communes, find_places, place_in
from tests.usecases.planning_samples import FIRST, SECOND, a_planning, passage, passages

LATE = (TimeSpan(starts=time(16, 30), ends=time(17, 30)),)


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def test_communes_are_found_by_a_few_letters_the_own_departement_first(
    planning: Planning,
) -> None:
    assert find_communes(planning.tree, "st vaury")[0].insee_code == "23247"
    assert find_communes(planning.tree, "23800")[0].department == "23"
    assert find_communes(planning.tree, "") == []


def test_places_are_found_without_accents(planning: Planning) -> None:
    assert [one.place_id for one in find_places(planning.tree, "chatelus")] == ["chatelus"]
    assert [one.place_id for one in find_places(planning.tree, "eglise dunoise")] == [
        "celle-dunoise"
    ]


def test_a_stop_in_a_new_village_writes_its_place_and_a_table(planning: Planning) -> None:
    jarnages = passage(planning, "2026-12-09", "jarnages")
    (commune, *_) = find_communes(planning.tree, "champagnat")
    place = place_in(planning.tree, commune.insee_code, "Champagnat — salle des fêtes")
    assert (place.commune, place.place_id) == ("Champagnat", "champagnat-salle-des-fetes")
    texts = add_stop(planning.sheets, jarnages, place, LATE, Reach.ALWAYS)
    assert set(texts) == {"lieux.toml", FIRST, SECOND}
    after = texts[FIRST] or ""
    lines = difflib.ndiff(planning.files[FIRST].splitlines(), after.splitlines())
    assert sorted(one for one in lines if one[0] in "+-") == [
        "+ ",
        "+ [sorties.mercredi.arrets.champagnat]",
        '+ lieu   = "champagnat-salle-des-fetes"',
        '+ ouvert = "16:30-17:30"',
    ]
    apply_edit(planning, "arrêt", texts)
    errors = [one for one in planning.check() if one.severity is Severity.ERROR]
    assert [one.code for one in errors if one.code.startswith(("foreign", "commune"))] == []
    day = passages(planning.tree, date(2026, 12, 9))
    assert [one.stop_id for one in day] == ["jarnages", "champagnat"]
    assert passages(planning.tree, date(2027, 1, 13))[-1].stop_id == "champagnat"


def test_identifiers_are_never_taken_twice(planning: Planning) -> None:
    first = place_in(planning.tree, "23075", "Dun-Mairie")
    assert first.place_id == "dun-mairie-2"
    jarnages = passage(planning, "2026-12-09", "jarnages")
    place = planning.tree.places[jarnages.place_id]
    texts = add_stop(planning.sheets, jarnages, place, LATE, Reach.ONWARDS)
    assert "[sorties.mercredi.arrets.jarnages-2]" in (texts["tournees/nord/2026-12-09.toml"] or "")


def test_a_commune_that_is_no_more_is_refused(planning: Planning) -> None:
    with pytest.raises(InvalidInput, match="commune_not_found"):
        place_in(planning.tree, "23999", "Nulle part")
    jarnages = passage(planning, "2026-12-09", "jarnages")
    place = planning.tree.places[jarnages.place_id]
    with pytest.raises(InvalidInput, match="rule_is_not_once"):
        add_stop(planning.sheets, jarnages, place, LATE, Reach.ONCE)
