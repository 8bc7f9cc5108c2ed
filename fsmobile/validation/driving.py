"""Drives: the least time between two places, as the files declare it or as the globe allows."""

from collections.abc import Iterable, Mapping
from math import ceil

from fsmobile.core.distances import distance_km
from fsmobile.core.ids import PlaceId
from fsmobile.validation.journeys import Journey

FASTEST_KM_PER_HOUR = 110.0
"""In a straight line; whatever is declared, no vehicle goes faster."""


class Drives:
    """The shortest drives that the files declare, and the points of the places."""

    def __init__(
        self,
        journeys: Iterable[Journey],
        points: Mapping[PlaceId, tuple[float, float]],
    ) -> None:
        """Gather the drives declared between two places, whatever their direction."""
        self._points = points
        self._declared: dict[frozenset[PlaceId], int] = {}
        for journey in journeys:
            for leg in journey.legs():
                if leg.origin is None or leg.target is None or leg.drive_minutes is None:
                    continue
                key = frozenset((leg.origin, leg.target))
                known = self._declared.get(key, leg.drive_minutes)
                self._declared[key] = min(known, leg.drive_minutes)

    def least_minutes(self, origin: PlaceId | None, target: PlaceId | None) -> int:
        """Return the minutes below which nobody gets from one place to the other."""
        if origin is None or target is None or origin == target:
            return 0
        declared = self._declared.get(frozenset((origin, target)))
        if declared is not None:
            return declared
        start, end = self._points.get(origin), self._points.get(target)
        if start is None or end is None:
            return 0
        return ceil(distance_km(start, end) * 60 / FASTEST_KM_PER_HOUR)
