"""One more vehicle in a plan's files: its table alone, and an identifier of its own."""

from pathlib import Path

import pytest

from fsmobile.core.ids import VehicleId
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import VEHICLES_FILE
from fsmobile.usecases.planning import Planning, apply_edit, undo_edit
from fsmobile.usecases.planning_vehicles import add_vehicle, list_bases, vehicle_named
from tests.usecases.planning_samples import a_planning


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def test_a_vehicle_is_one_table_more_and_is_taken_back(planning: Planning) -> None:
    before = planning.files[VEHICLES_FILE]
    (base,) = list_bases(planning.tree)
    vehicle = vehicle_named(planning.tree, " Minibus de secours ", base.place_id)
    apply_edit(planning, "un bus", add_vehicle(planning.sheets, vehicle))
    added = (
        f'[vehicules.minibus-de-secours]\nnom  = "Minibus de secours"\nbase = "{base.place_id}"\n\n'
    )
    text = planning.files[VEHICLES_FILE]
    assert text.count(added) == 1
    assert text.replace(added, "") == before
    read = planning.tree.vehicles[vehicle.vehicle_id]
    assert (read.name, read.base_id) == ("Minibus de secours", base.place_id)
    assert [one for one in planning.check() if one.severity is Severity.ERROR] == []
    undo_edit(planning)
    assert planning.files[VEHICLES_FILE] == before


def test_a_file_that_is_missing_is_begun(planning: Planning) -> None:
    sheets = planning.sheets
    files = {path: text for path, text in sheets.files.items() if path != VEHICLES_FILE}
    vehicle = vehicle_named(sheets.tree, "Relais", None)
    texts = add_vehicle(type(sheets)(files=files, tree=sheets.tree), vehicle)
    assert texts == {
        VEHICLES_FILE: 'format = "vehicules/1"\n\n[vehicules.relais]\nnom = "Relais"\n'
    }


def test_an_identifier_is_never_taken_twice(planning: Planning) -> None:
    assert vehicle_named(planning.tree, "bus 1", None).vehicle_id == VehicleId("bus-1-2")
