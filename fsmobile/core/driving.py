"""Drive times between places: typed, observed, imported or estimated, with their source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from fsmobile.core.coverage import DriveFormula
from fsmobile.core.distances import distance_km
from fsmobile.core.ids import PlaceId

UNIT_DRIVE = DriveFormula(3, 1.5)
"""Minutes of a minibus over kilometres as the crow flies, in the plain."""
ROAD_PER_CROW_KM = 1.3
"""Published and measured detours agree on 1.3 to 1.45."""
OBSERVED_TIMES_MIN = 3
"""Drives after which what was driven replaces what was estimated."""
NEWEST_WEIGHT = 0.3
"""Weight of each new drive in the mean of those observed."""

Pair = tuple[PlaceId, PlaceId]
"""From a place to another."""


class DriveSource(StrEnum):
    """Where the minutes of a drive come from, the best first."""

    TYPED = "typed"
    """Somebody wrote `trajet`."""
    OBSERVED = "observed"
    """Agents recorded their departures and arrivals."""
    MATRIX = "matrix"
    """A road router's table was imported."""
    ESTIMATE = "estimate"
    """From the distance; always shown with « ≈ »."""


class DriveTime(Struct, frozen=True, kw_only=True):
    """How long a drive takes, and who says so."""

    minutes: float
    source: DriveSource
    kilometres: float | None = None
    """By road; None when nobody knows."""

    @property
    def is_estimate(self) -> bool:
        """Tell whether it must be shown with « ≈ »."""
        return self.source is DriveSource.ESTIMATE


class RecordedDrive(Struct, frozen=True, kw_only=True):
    """One drive that an agent recorded: closed here, opened there."""

    origin: PlaceId
    target: PlaceId
    minutes: int


class TravelTimes(Struct, frozen=True, kw_only=True):
    """What is known of the drives of a schedule, from every source."""

    typed: Mapping[Pair, int] = field(default_factory=dict)
    observed: Mapping[Pair, float] = field(default_factory=dict)
    matrix: Mapping[Pair, DriveTime] = field(default_factory=dict)
    points: Mapping[PlaceId, tuple[float, float]] = field(default_factory=dict)
    """Latitude and longitude of the places whose point can be trusted."""
    relief: float = 1.0

    def drive(self, origin: PlaceId, target: PlaceId) -> DriveTime | None:
        """Return the best known drive; None when nobody knows and a point is missing."""
        if origin == target:
            return DriveTime(minutes=0, source=DriveSource.TYPED, kilometres=0)
        pair = (origin, target)
        kilometres = self.kilometres(origin, target)
        for minutes, source in (
            (self.typed.get(pair), DriveSource.TYPED),
            (self.observed.get(pair), DriveSource.OBSERVED),
        ):
            if minutes is not None:
                return DriveTime(minutes=minutes, source=source, kilometres=kilometres)
        if pair in self.matrix:
            return self.matrix[pair]
        crow = self._crow_km(origin, target)
        if crow is None:
            return None
        minutes = UNIT_DRIVE.minutes(crow, self.relief)
        return DriveTime(minutes=minutes, source=DriveSource.ESTIMATE, kilometres=kilometres)

    def kilometres(self, origin: PlaceId, target: PlaceId) -> float | None:
        """Return the kilometres by road: imported, or the crow's with the usual detour."""
        if origin == target:
            return 0.0
        found = self.matrix.get((origin, target))
        if found is not None and found.kilometres is not None:
            return found.kilometres
        crow = self._crow_km(origin, target)
        return None if crow is None else crow * ROAD_PER_CROW_KM

    def _crow_km(self, origin: PlaceId, target: PlaceId) -> float | None:
        start, end = self.points.get(origin), self.points.get(target)
        return None if start is None or end is None else distance_km(start, end)


def both_ways(drives: Mapping[Pair, int]) -> dict[Pair, int]:
    """Use a drive for the way back too, unless that has its own."""
    found = dict(drives)
    for (origin, target), minutes in drives.items():
        found.setdefault((target, origin), minutes)
    return found


def observe_drives(recorded: Iterable[RecordedDrive], estimates: TravelTimes) -> dict[Pair, float]:
    """Average the recorded drives, given by date, where there are enough of them.

    Between closing here and opening there may lie a meal or a wait: a drive of more than twice the
    estimate plus ten minutes says nothing about the road.
    """
    means: dict[Pair, float] = {}
    counts: defaultdict[Pair, int] = defaultdict(int)
    for one in recorded:
        estimate = estimates.drive(one.origin, one.target)
        is_drive = one.minutes > 0 and one.origin != one.target
        if not is_drive or estimate is None or one.minutes > 2 * estimate.minutes + 10:
            continue
        pair = (one.origin, one.target)
        known = means.get(pair, float(one.minutes))
        means[pair] = known + NEWEST_WEIGHT * (one.minutes - known)
        counts[pair] += 1
    return {pair: mean for pair, mean in means.items() if counts[pair] >= OBSERVED_TIMES_MIN}
