"""What a stop contributes: who would lose it, where it could move, what its road costs."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, radians, sqrt

from msgspec import Struct

from fsmobile.core.coverage import GOAL_MINUTES, KM_PER_DEGREE, LIKELY, Locality, ServedPlace
from fsmobile.core.driving import TravelTimes
from fsmobile.core.ids import PlaceId

MOVE_KM = 12.0
"""As the crow flies; farther away it would be another stop, not this one moved."""
NEIGHBOURS_MAX = 2


class Neighbour(Struct, frozen=True, kw_only=True):
    """Another stop that runs, near one."""

    place_id: PlaceId
    minutes: float
    """Of a resident's car, estimated."""


class Move(Struct, frozen=True, kw_only=True):
    """Where a stop would reach more people."""

    locality: Locality
    gained: int
    """Inhabitants within twenty minutes of some stop, those lost by leaving taken off."""


class StopEffect(Struct, frozen=True, kw_only=True):
    """What a stop does for a territory, beside all the others that run."""

    reached: int
    """Inhabitants within twenty minutes of it."""
    lost: tuple[Locality, ...]
    """Localities that no other stop reaches within twenty minutes, the most populous first."""
    neighbours: tuple[Neighbour, ...]
    move: Move | None
    """None when no place near by reaches more people."""

    @property
    def lost_inhabitants(self) -> int:
        """Return how many live where no other stop is near enough."""
        return sum(one.population for one in self.lost)


class Road(Struct, frozen=True, kw_only=True):
    """The driving of a year."""

    kilometres: float = 0.0
    minutes: float = 0.0

    def plus(self, other: "Road") -> "Road":
        """Add two roads."""
        return Road(
            kilometres=self.kilometres + other.kilometres, minutes=self.minutes + other.minutes
        )


def measure_effects(
    localities: Sequence[Locality], places: Sequence[ServedPlace], relief: float = 1.0
) -> dict[PlaceId, StopEffect]:
    """Measure what each place that runs does for those who live around it."""
    running = [one for one in places if one.weeks]
    goal = max(0.0, LIKELY.kilometres(GOAL_MINUTES, relief))
    near = {
        locality.code: {one.place_id for one in running if _km(locality, one) <= goal}
        for locality in localities
    }
    return {
        place.place_id: StopEffect(
            reached=sum(one.population for one in localities if place.place_id in near[one.code]),
            lost=tuple(
                sorted(
                    (one for one in localities if near[one.code] == {place.place_id}),
                    key=lambda one: (-one.population, one.code),
                )
            ),
            neighbours=_neighbours(place, running, relief),
            move=_find_move(place, localities, near, goal),
        )
        for place in running
    }


def measure_road(times: TravelTimes, points: Sequence[PlaceId | None]) -> Road:
    """Measure a chain of drives; those that nobody can tell count for nothing."""
    known = [one for one in points if one is not None]
    road = Road()
    for origin, target in pairwise(known):
        drive = times.drive(origin, target)
        if drive is not None:
            road = road.plus(Road(kilometres=drive.kilometres or 0.0, minutes=drive.minutes))
    return road


def _neighbours(
    place: ServedPlace, running: Sequence[ServedPlace], relief: float
) -> tuple[Neighbour, ...]:
    others = [
        Neighbour(place_id=one.place_id, minutes=LIKELY.minutes(_km(place, one), relief))
        for one in running
        if one.place_id != place.place_id
    ]
    others.sort(key=lambda one: (one.minutes, one.place_id))
    return tuple(others[:NEIGHBOURS_MAX])


def _find_move(
    place: ServedPlace,
    localities: Sequence[Locality],
    near: Mapping[str, set[PlaceId]],
    goal: float,
) -> Move | None:
    """Find the commune near by from which most people without another stop are reached."""
    open_to_it = [one for one in localities if near[one.code] <= {place.place_id}]
    lost = sum(one.population for one in open_to_it if near[one.code])
    best: Move | None = None
    for target in localities:
        if _km(target, place) > MOVE_KM:
            continue
        reached = sum(one.population for one in open_to_it if _km(one, target) <= goal)
        if reached > lost and (best is None or reached - lost > best.gained):
            best = Move(locality=target, gained=reached - lost)
    return best


def _km(one: Locality | ServedPlace, other: Locality | ServedPlace) -> float:
    east = cos(radians(one.latitude))
    x = (other.longitude - one.longitude) * east
    y = other.latitude - one.latitude
    return KM_PER_DEGREE * sqrt(x * x + y * y)
