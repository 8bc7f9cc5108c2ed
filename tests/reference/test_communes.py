"""The gazetteer: what a driver types, what a schedule names, what villages were called."""

import time

import pytest

from fsmobile.reference.communes import (
    find_commune,
    find_communes_of_postcode,
    find_successor,
    load_communes,
    search_communes,
)
from fsmobile.reference.departments import department_code


def names(query: str, own_department: str | None = None) -> list[str]:
    return [hit.commune.name for hit in search_communes(query, own_department=own_department)]


def test_a_commune_is_found_by_its_insee_code() -> None:
    commune = find_commune("15187")
    assert commune is not None
    assert (commune.name, commune.department) == ("Saint-Flour", "15")
    assert "15100" in commune.postcodes
    assert commune.population > 5000
    assert (commune.latitude, commune.longitude) == pytest.approx((45.03, 3.09), abs=0.02)


@pytest.mark.parametrize("code", ["01001", "2A004", "97424", "98901"])
def test_codes_of_the_ends_of_corsica_and_overseas_are_found(code: str) -> None:
    commune = find_commune(code)
    assert commune is not None
    assert commune.insee_code == code


@pytest.mark.parametrize("code", ["", "15", "99999", "00000", "1518", "151870", "insee", "15187,"])
def test_what_is_no_code_of_today_gives_none(code: str) -> None:
    assert find_commune(code) is None


def test_every_line_of_the_file_is_a_commune_found_again() -> None:
    communes = load_communes()
    assert len(communes) == 34969
    codes = [commune.insee_code for commune in communes]
    assert codes == sorted(codes)
    for commune in communes[::97]:
        assert find_commune(commune.insee_code) == commune
    assert all(department_code(c.insee_code) == c.department for c in communes)


def test_positions_lie_in_france_or_are_unknown() -> None:
    without = [commune for commune in load_communes() if commune.latitude is None]
    assert len(without) == 94
    assert {commune.department[:2] for commune in without} <= {"97", "98"}
    for commune in load_communes():
        if commune.latitude is not None and not commune.department.startswith("97"):
            assert 41 < commune.latitude < 52, commune


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("yeu", "L'Île-d'Yeu"),
        ("ile d'yeu", "L'Île-d'Yeu"),
        ("st flou", "Saint-Flour"),
        ("ste foy", "Sainte-Foy-lès-Lyon"),
        ("15100", "Saint-Flour"),
        ("15187", "Saint-Flour"),
        ("2a004", "Ajaccio"),
        ("LUXÉ", "Luxé"),
        ("luxe", "Luxé"),
        ("oeuilly", "Œuilly"),
        ("stains", "Stains"),
        ("sten", "Stenay"),
    ],
)
def test_a_few_letters_a_postcode_or_a_code_find_a_commune(query: str, name: str) -> None:
    assert names(query)[0] == name


def test_an_absorbed_village_finds_the_commune_of_today() -> None:
    hit = search_communes("Saint-Projet-Saint-Constant")[0]
    assert hit.commune.name == "La Rochefoucauld-en-Angoumois"
    assert hit.former_name == "Saint-Projet-Saint-Constant"


def test_a_commune_is_listed_once_even_when_old_names_match_too() -> None:
    codes = [hit.commune.insee_code for hit in search_communes("saint", hits_max=500)]
    assert len(codes) == len(set(codes)) == 500


def test_the_own_département_comes_first_then_the_most_populous() -> None:
    assert names("montm")[0] != "Montmoreau"
    assert names("montm", own_department="16")[0] == "Montmoreau"
    everywhere = search_communes("bord")
    populations = [hit.commune.population for hit in everywhere]
    assert populations == sorted(populations, reverse=True)


def test_a_name_typed_in_full_comes_before_greater_towns_that_begin_so() -> None:
    assert names("luxe")[:2] == ["Luxé", "Luxeuil-les-Bains"]


@pytest.mark.parametrize("query", ["", "  ", "-", "zzzz", "flour yeu"])
def test_a_search_that_means_nothing_finds_nothing(query: str) -> None:
    assert search_communes(query) == []


def test_a_postcode_lists_its_communes_and_part_of_one_lists_none() -> None:
    assert "Luxé" in {commune.name for commune in find_communes_of_postcode("16230")}
    assert find_communes_of_postcode("1623") == ()
    assert find_communes_of_postcode("") == ()


def test_the_code_of_an_absorbed_commune_leads_to_its_successor() -> None:
    successor = find_successor("01036")
    assert successor is not None
    assert successor.name == "Valromey-sur-Séran"
    assert find_successor("15187") is None


def test_look_ups_are_quick_enough_for_each_key() -> None:
    search_communes("yeu")
    durations = []
    for query in ("yeu", "st flou", "15100", "luxe", "genac") * 5:
        begin = time.perf_counter()
        search_communes(query)
        durations.append(time.perf_counter() - begin)
    assert sorted(durations)[len(durations) // 2] < 0.02
