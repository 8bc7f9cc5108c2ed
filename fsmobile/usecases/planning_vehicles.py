"""Vehicles of a plan: one more in `vehicules.toml`, and where it may sleep."""

from fsmobile.core.agencies import Vehicle
from fsmobile.core.ids import PlaceId, VehicleId
from fsmobile.core.places import Place, PlaceKind
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_edits import put_vehicle
from fsmobile.usecases.planning_places import free_slug
from fsmobile.usecases.planning_versions import Sheets, Texts


def list_bases(tree: ScheduleTree) -> list[Place]:
    """List the places where a vehicle sleeps or could, those in use first."""
    used = dict.fromkeys(x.base_id for x in tree.vehicles.values() if x.base_id is not None)
    meant = (one.place_id for one in tree.places.values() if one.kind is PlaceKind.BASE)
    return [tree.places[one] for one in dict.fromkeys((*used, *meant)) if one in tree.places]


def vehicle_named(tree: ScheduleTree, name: str, base_id: PlaceId | None) -> Vehicle:
    """Make a new vehicle, with an identifier that no other has."""
    return Vehicle(
        vehicle_id=VehicleId(free_slug(name, tree.vehicles)), name=name.strip(), base_id=base_id
    )


def add_vehicle(sheets: Sheets, vehicle: Vehicle) -> Texts:
    """Write a vehicle that no file has yet."""
    return dict(put_vehicle(sheets.files, vehicle))
