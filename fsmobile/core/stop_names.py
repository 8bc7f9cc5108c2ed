"""Where the stop of a report's key is: in the newest version of its tour that has it."""

from fsmobile.core.ids import PlaceId, StopId, TourId
from fsmobile.core.schedules import ScheduleTree


def place_of_stop(tree: ScheduleTree | None, key: str) -> PlaceId | None:
    """Return the place of a stop, by its key (`reports.stop_key`)."""
    if key.startswith("@"):
        return PlaceId(key[1:])
    tour_id, _slash, stop_id = key.partition("/")
    tour = None if tree is None else tree.tours.get(TourId(tour_id))
    if tour is None:
        return None
    for version in reversed(tour.versions):
        for run in version.runs:
            for stop in run.stops:
                if stop.stop_id == StopId(stop_id):
                    return stop.place_id
    return None
