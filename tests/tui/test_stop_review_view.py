"""The stop review as lines: whatever a stop holds up is told whole, in a low window too."""

from datetime import date

import pytest

from fsmobile.core.stop_review import Verdict
from fsmobile.tui.views.stop_review import StopLine, StopReviewView, stop_review_lines

SENTENCES = (
    "Sous 1,3 visites par heure : hiver, printemps, été, automne.",
    "52 passages tenus, dont 0 sans visite.",
    "≈ 31 596 habitants sont à 20 min au plus de cet arrêt.",
    "Arrêts voisins : Verteuil-sur-Charente — place de la mairie (≈ 13 min), Valence — en face"
    " de la mairie (≈ 21 min).",
    "Sans lui, 9 communes (≈ 18 003 habitants) n'ont plus d'arrêt à 20 min : Champniers, Brie,"
    " La Boixe, Balzac, Asnières-sur-Nouère, Vindelle et 3 autres.",
    "Sans lui, ≈ 1 706 km et ≈ 41 h 40 de route de moins par an, pour 25 passages.",
    "Déplacé à Balzac, il mettrait ≈ 102 627 habitants de plus à 20 min d'un arrêt.",
)


@pytest.mark.parametrize(("width", "height"), [(80, 20), (100, 26), (120, 36)])
@pytest.mark.parametrize("cursor", [0, 5, 11])
def test_all_that_is_told_of_a_stop_is_seen_beside_its_line(
    width: int, height: int, cursor: int
) -> None:
    view = StopReviewView(
        first=date(2026, 1, 3),
        last=date(2028, 1, 3),
        threshold=31 / 24,
        stops=tuple(
            StopLine(name=f"Arrêt n° {number}", verdict=Verdict.BELOW, visits=16, rate=0.04)
            for number in range(12)
        ),
        cursor=cursor,
        sentences=SENTENCES,
    )
    lines = [one.text for one in stop_review_lines(view, width, height)]
    assert len(lines) == height
    told = " ".join(one.rpartition("│")[2] for one in lines)
    seen = " ".join(told.split())
    assert all(sentence in seen for sentence in SENTENCES)
    assert sum(f"Arrêt n° {cursor} " in one for one in lines) >= 2
