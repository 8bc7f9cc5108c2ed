"""What people call the things of a schedule: the names behind its identifiers."""

from collections.abc import Mapping

from fsmobile.core.schedules import ScheduleTree


def names_of(tree: ScheduleTree) -> Mapping[str, str]:
    """Return the name of each tour, vehicle, stop and place by its identifier.

    A stop is called as its place, in the latest version that has it. Agents have no name here.
    """
    names = {str(key): tour.versions[-1].name for key, tour in tree.tours.items()}
    names |= {str(key): one.name for key, one in tree.vehicles.items() if one.name}
    names |= {str(key): one.name for key, one in tree.places.items()}
    for tour in tree.tours.values():
        for version in tour.versions:
            for run in version.runs:
                for stop in run.stops:
                    place = tree.places.get(stop.place_id)
                    if place is not None:
                        names[str(stop.stop_id)] = place.name
    return names
