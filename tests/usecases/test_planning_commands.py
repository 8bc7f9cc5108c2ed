"""The acts by command: each action writes what the screen writes, with its notice."""

from datetime import date, time
from pathlib import Path

import pytest

from fsmobile.core.ids import PlaceId, TourId, VehicleId
from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.reach import Reach
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import NotFound
from fsmobile.usecases.planning import Planning, undo_edit
from fsmobile.usecases.planning_commands import PassageChange, make_change
from tests.usecases.planning_samples import FIRST, a_planning, folder_bytes

DAY = date(2026, 12, 8)
FOLDER = "surcharges/2026/2026-12-08-nord"


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def asked(action: OverrideAction, scope: str = "dun", **words: object) -> PassageChange:
    return PassageChange(day=DAY, tour_id=TourId("nord"), scope=scope, action=action, **words)


@pytest.mark.parametrize(
    ("change", "path", "avis"),
    [
        (
            asked(OverrideAction.CANCEL, reason=OverrideReason.STRIKE),
            f"{FOLDER}-dun.toml",
            "En raison d'une grève, pas de passage à Dun-le-Palestel le mardi 8 décembre.",
        ),
        (
            asked(OverrideAction.CANCEL, "journee"),
            f"{FOLDER}-journee.toml",
            "Tournée Nord : aucun passage le mardi 8 décembre.",
        ),
        (
            asked(OverrideAction.CANCEL, "apres-midi"),
            f"{FOLDER}-apres-midi.toml",
            "Tournée Nord : aucun passage l'après-midi du mardi 8 décembre.",
        ),
        (
            asked(OverrideAction.MOVE, moved_to=date(2026, 12, 9)),
            f"{FOLDER}-dun.toml",
            "À Dun-le-Palestel, le bus vient le mercredi 9 décembre au lieu du mardi 8 décembre.",
        ),
        (
            asked(OverrideAction.PLACE, place_id=PlaceId("dun-salle")),
            f"{FOLDER}-dun.toml",
            "Le mardi 8 décembre, le bus s'installe ailleurs : Dun-le-Palestel — salle"
            " polyvalente au lieu de Dun-le-Palestel — place de la mairie.",
        ),
        (
            asked(OverrideAction.HOURS, spans=(TimeSpan(starts=time(10), ends=time(11, 30)),)),
            f"{FOLDER}-dun.toml",
            "Le mardi 8 décembre, le bus est ouvert à Dun-le-Palestel de 10 h à 11 h 30.",
        ),
        (
            asked(OverrideAction.ADD, "souterraine"),
            f"{FOLDER}-souterraine.toml",
            "Passage supplémentaire à La Souterraine le mardi 8 décembre .",
        ),
    ],
    ids=lambda value: value.rpartition("-")[2] if isinstance(value, str) else "",
)
def test_each_action_writes_its_file_and_its_notice(
    planning: Planning, change: PassageChange, path: str, avis: str
) -> None:
    before = folder_bytes(planning.path)
    edit = make_change(planning, change)
    assert f'"{avis.replace(" .", ".")}"' in (edit.after[path] or "")
    undo_edit(planning)
    assert folder_bytes(planning.path) == before


def test_another_bus_and_another_crew_need_no_notice(planning: Planning) -> None:
    edit = make_change(planning, asked(OverrideAction.VEHICLE, vehicle_id=VehicleId("bus-1")))
    assert "avis" not in (edit.after[f"{FOLDER}-dun.toml"] or "")


def test_a_change_of_the_rule_is_asked_by_its_reach(planning: Planning) -> None:
    hours = (TimeSpan(starts=time(10), ends=time(12)),)
    edit = make_change(planning, asked(OverrideAction.HOURS, spans=hours, reach=Reach.ALWAYS))
    assert FIRST in edit.after


@pytest.mark.parametrize(
    ("tour", "stop"), [("sud", "dun"), ("nord", "jarnages"), ("nord", "nulle-part")]
)
def test_what_is_not_there_is_said(planning: Planning, tour: str, stop: str) -> None:
    change = PassageChange(day=DAY, tour_id=TourId(tour), scope=stop, action=OverrideAction.CANCEL)
    with pytest.raises(NotFound):
        make_change(planning, change)
