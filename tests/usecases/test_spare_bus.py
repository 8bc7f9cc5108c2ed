"""A spare bus for a day: every tour of the bus that is off, and no stop of another bus."""

from datetime import date
from pathlib import Path

from fsmobile.core.ids import VehicleId
from fsmobile.core.overrides import OverrideReason
from fsmobile.usecases.planning import apply_edit, look_again
from fsmobile.usecases.planning_acts import Telling, lend_vehicle
from tests.usecases.planning_samples import a_planning, passage

SOUTH = """format = "tournee/1"
tournee = "sud"
nom = "Tournée Sud"
effet = 2026-09-01

[sorties.soir]
jours = "mardi"
vehicule = "bus-1"

[sorties.soir.arrets.bonnat]
lieu = "bonnat"
ouvert = "17:00-18:00"

[sorties.autre]
jours = "mardi"
vehicule = "bus-3"

[sorties.autre.arrets.gouzon]
lieu = "gouzon"
ouvert = "17:00-18:00"
"""


def test_a_spare_bus_takes_every_tour_of_the_bus_and_leaves_another_bus_its_stops(
    tmp_path: Path,
) -> None:
    planning = a_planning(tmp_path)
    folder = planning.path / "tournees" / "sud"
    folder.mkdir()
    (folder / "2026-09-01.toml").write_text(SOUTH, encoding="utf-8")
    look_again(planning)
    dun = passage(planning, "2026-12-08", "dun")
    telling = Telling(reason=OverrideReason.BREAKDOWN)
    day = date(2026, 12, 8)
    texts = lend_vehicle(planning.sheets, dun, VehicleId("bus-2"), [day], telling)
    assert set(texts) == {
        "surcharges/2026/2026-12-08-nord-journee.toml",
        "surcharges/2026/2026-12-08-sud-bonnat.toml",
    }
    apply_edit(planning, "essai", texts)
    assert passage(planning, "2026-12-08", "bonnat").vehicle_id == "bus-2"
    assert passage(planning, "2026-12-08", "gouzon").vehicle_id == "bus-3"
