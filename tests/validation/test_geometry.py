"""Distances and borders, against figures that can be checked on a map."""

import pytest

from fsmobile.core.distances import distance_km
from fsmobile.reference.outlines import find_outline
from fsmobile.validation.geometry import distance_outside_km

GUERET = (46.1710, 1.8710)
SQUARE = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)


def test_a_distance_is_the_one_of_the_map() -> None:
    assert distance_km(GUERET, (46.2370, 1.4870)) == pytest.approx(30.4, abs=0.2)
    assert distance_km(GUERET, GUERET) == 0
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=2)


def test_a_point_inside_is_at_no_distance() -> None:
    assert distance_outside_km((0.5, 0.5), SQUARE) == 0
    assert distance_outside_km((0.5, 1.5), SQUARE) == pytest.approx(55.6, abs=0.3)
    assert distance_outside_km((2.0, 2.0), SQUARE) == pytest.approx(157, abs=1)


def test_a_hole_in_a_territory_is_outside_it() -> None:
    hole = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
    assert distance_outside_km((0.5, 0.5), (*SQUARE, hole)) > 5


def test_a_chief_town_is_inside_its_departement_and_far_from_another() -> None:
    assert distance_outside_km(GUERET, tuple(find_outline("23"))) == 0
    assert distance_outside_km((43.4513, 5.4119), tuple(find_outline("16"))) > 300
    assert distance_outside_km(GUERET, tuple(find_outline("99"))) == 0
