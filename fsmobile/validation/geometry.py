"""Points and borders on the globe, good enough for a département."""

from math import cos, hypot, radians

from fsmobile.core.places import Place
from fsmobile.validation.context import Ring

KM_PER_DEGREE = 111.2
NEAR_ORIGIN_DEGREES = 1.0


def point_of(place: Place) -> tuple[float, float] | None:
    """Return the latitude and longitude of a place, if it has both and they are on the globe."""
    if place.latitude is None or place.longitude is None:
        return None
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return None
    return place.latitude, place.longitude


def is_near_origin(point: tuple[float, float]) -> bool:
    """Tell whether a point is in the Gulf of Guinea, where tools that found nothing put it."""
    return max(map(abs, point)) < NEAR_ORIGIN_DEGREES


def distance_outside_km(point: tuple[float, float], rings: tuple[Ring, ...]) -> float:
    """Return how far a point lies outside a territory: 0 inside, else to its nearest border."""
    latitude, longitude = point
    if sum(_is_crossed(longitude, latitude, ring) for ring in rings) % 2:
        return 0.0
    return min(
        (
            _distance_to_segment_km(latitude, longitude, start, end)
            for ring in rings
            for start, end in zip(ring, (*ring[1:], ring[0]), strict=True)
        ),
        default=0.0,
    )


def _is_crossed(longitude: float, latitude: float, ring: Ring) -> bool:
    """Tell whether a line going east from the point crosses the ring an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) * (x2 - x1) / (
            y2 - y1
        ):
            inside = not inside
    return inside


def _distance_to_segment_km(
    latitude: float, longitude: float, start: tuple[float, float], end: tuple[float, float]
) -> float:
    east = KM_PER_DEGREE * cos(radians(latitude))
    x1, y1 = (start[0] - longitude) * east, (start[1] - latitude) * KM_PER_DEGREE
    x2, y2 = (end[0] - longitude) * east, (end[1] - latitude) * KM_PER_DEGREE
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length))
    return hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))
