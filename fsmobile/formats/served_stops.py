"""The stops that a timetable serves over a window, each with its `opening_hours`, and as CSV."""

import csv
import io
from collections.abc import Iterable

from msgspec import Struct

from fsmobile.core.ids import StopId, TourId
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.publications import Publication
from fsmobile.core.tours import Access
from fsmobile.formats.opening_hours import OpeningHoursWriter

COLUMNS = ("tour", "stop", "name", "commune", "insee", "lat", "lon", "osm", "opening_hours")


class ServedStop(Struct, frozen=True, kw_only=True):
    """A stop with at least one passage in the window."""

    tour_id: TourId
    stop_id: StopId
    place: Place
    """Where it usually is."""
    access: Access
    hours: str
    """OpenStreetMap's `opening_hours` over the window."""


def list_served_stops(publication: Publication) -> list[ServedStop]:
    """List the stops of a publication, by their first passage that is not cancelled."""
    window = publication.window
    writer = OpeningHoursWriter(
        publication.tree, window.first, window.last, bundled=publication.bundled
    )
    firsts: dict[tuple[TourId, StopId], PlannedPassage] = {}
    for passage in publication.passages:
        if not passage.is_cancelled:
            firsts.setdefault((passage.tour_id, passage.stop_id), passage)
    usual = publication.usual_places
    return [
        ServedStop(
            tour_id=tour_id,
            stop_id=stop_id,
            place=(*usual.get((tour_id, stop_id), ()), publication.place_of(passage))[0],
            access=passage.access,
            hours=writer.write(tour_id, stop_id),
        )
        for (tour_id, stop_id), passage in firsts.items()
    ]


def write_opening_hours_csv(stops: Iterable[ServedStop]) -> str:
    """Write what a mapper copies into OpenStreetMap, a line for each stop."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in stops:
        place = one.place
        where = (place.name, place.commune, place.insee_code)
        point = (place.latitude, place.longitude, place.osm_node)
        writer.writerow((one.tour_id, one.stop_id, *where, *point, one.hours))
    return written.getvalue()
