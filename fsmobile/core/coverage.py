"""Coverage: how far people live from a stop that is really served, and how often it is.

Times are estimates as the crow flies, always to be shown with « ≈ »: each share is a band, from
a cautious formula (« at least ») to the likely one (« about »).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import cos, inf, radians, sqrt

from msgspec import Struct

from fsmobile.core.ids import PlaceId

KM_PER_DEGREE = 111.195
REACH_MINUTES = (10, 20, 30)
GOAL_MINUTES = 20
"""The policy's goal: a France services within twenty minutes."""
RHYTHM_WEEKS = (1, 2, 4)
RHYTHM_SHARE = 3 / 4
"""Share of the blocks of n weeks that must hold a passage: holidays and closures take some."""
MONTH_WEEKS = 4
LEFT_OUT_MAX = 10


class DriveFormula(Struct, frozen=True):
    """Driving time of residents: a fixed number of minutes, and so many per kilometre."""

    start: float
    per_km: float

    def minutes(self, kilometres: float, relief: float) -> float:
        """Estimate the minutes of a distance."""
        return relief * (self.start + self.per_km * kilometres)

    def kilometres(self, minutes: float, relief: float) -> float:
        """Return how far one gets in a number of minutes; negative: nowhere."""
        return (minutes / relief - self.start) / self.per_km


LIKELY = DriveFormula(3, 1.4)
CAUTIOUS = DriveFormula(5, 1.9)
"""Right 92 times in 100 when it says « within 20 minutes »; it leaves out half of those who are."""


class Locality(Struct, frozen=True, kw_only=True):
    """Where people live: a commune by its town hall, or a priority district."""

    code: str
    name: str
    population: int
    latitude: float
    longitude: float


class ServedPlace(Struct, frozen=True, kw_only=True):
    """A place that receives the bus in the weeks looked at."""

    place_id: PlaceId
    latitude: float
    longitude: float
    weeks: int
    """One bit for each week with a pass, the first week lowest."""
    open_minutes: int = 0
    """Of all the weeks looked at."""


class Access(Struct, frozen=True, kw_only=True):
    """How a locality reaches the bus."""

    locality: Locality
    kilometres: float
    """To the nearest place, as the crow flies; infinite beyond thirty minutes."""
    weeks: int
    """Weeks with a pass somewhere within twenty minutes, as bits."""
    place_id: PlaceId | None = None
    """The nearest."""

    def is_within(self, minutes: float, relief: float, formula: DriveFormula = LIKELY) -> bool:
        """Tell whether the nearest place is within so many minutes."""
        return self.kilometres <= formula.kilometres(minutes, relief)


class Band(Struct, frozen=True, kw_only=True):
    """Inhabitants within so many minutes."""

    minutes: int
    at_least: int
    """By the cautious formula."""
    about: int


class LeftOut(Struct, frozen=True, kw_only=True):
    """A locality farther than the goal from any stop."""

    locality: Locality
    minutes: float | None
    """To the nearest stop; None when no stop runs at all."""


class Coverage(Struct, frozen=True, kw_only=True):
    """What a plan covers of a territory."""

    inhabitants: int
    localities: int
    weeks: int
    """How many weeks were looked at."""
    bands: tuple[Band, ...]
    rhythms: tuple[tuple[int, int], ...]
    """Every so many weeks, and the inhabitants with a pass that often within twenty minutes."""
    hours_per_month: float
    """Open hours of four weeks, of all places."""
    left_out: tuple[LeftOut, ...]
    """The most populous first."""
    left_out_localities: int
    """How many there are in all."""

    @property
    def hours_per_thousand(self) -> float:
        """Return the open hours of four weeks for 1 000 inhabitants within twenty minutes."""
        near = next(band.about for band in self.bands if band.minutes == GOAL_MINUTES)
        return 1000 * self.hours_per_month / near if near else 0.0


def measure_access(
    localities: Sequence[Locality], places: Sequence[ServedPlace], relief: float = 1.0
) -> list[Access]:
    """Find the nearest place of each locality, and the weeks in which one is near enough."""
    running = sorted((one for one in places if one.weeks), key=lambda one: one.latitude)
    latitudes = [one.latitude for one in running]
    longitudes = [one.longitude for one in running]
    masks = [one.weeks for one in running]
    goal = max(0.0, LIKELY.kilometres(GOAL_MINUTES, relief)) ** 2
    farthest = max(0.0, LIKELY.kilometres(max(REACH_MINUTES), relief))
    span = farthest / KM_PER_DEGREE
    found: list[Access] = []
    for locality in localities:
        # Inlined and squared: a département is some forty thousand distances at each key.
        latitude, longitude = locality.latitude, locality.longitude
        east = KM_PER_DEGREE * cos(radians(latitude))
        best, nearest, weeks = farthest**2, -1, 0
        low, high = (
            bisect_left(latitudes, latitude - span),
            bisect_right(latitudes, latitude + span),
        )
        for rank in range(low, high):
            x = (longitudes[rank] - longitude) * east
            y = (latitudes[rank] - latitude) * KM_PER_DEGREE
            square = x * x + y * y
            if square <= best:
                best, nearest = square, rank
            if square <= goal:
                weeks |= masks[rank]
        is_near = nearest >= 0
        found.append(
            Access(
                locality=locality,
                kilometres=sqrt(best) if is_near else inf,
                weeks=weeks,
                place_id=running[nearest].place_id if is_near else None,
            )
        )
    return found


def measure_coverage(
    localities: Sequence[Locality], places: Sequence[ServedPlace], weeks: int, relief: float = 1.0
) -> Coverage:
    """Count who lives within reach of places that run, and how often they do."""
    access = measure_access(localities, places, relief)
    left_out = [one.locality for one in access if not one.is_within(GOAL_MINUTES, relief)]
    left_out.sort(key=lambda locality: (-locality.population, locality.code))
    return Coverage(
        inhabitants=sum(locality.population for locality in localities),
        localities=len(localities),
        weeks=weeks,
        bands=tuple(_band(access, minutes, relief) for minutes in REACH_MINUTES),
        rhythms=tuple((every, _count_rhythm(access, every, weeks)) for every in RHYTHM_WEEKS),
        hours_per_month=sum(one.open_minutes for one in places) / 60 * MONTH_WEEKS / max(1, weeks),
        left_out=tuple(
            LeftOut(locality=locality, minutes=_nearest_minutes(locality, places, relief))
            for locality in left_out[:LEFT_OUT_MAX]
        ),
        left_out_localities=len(left_out),
    )


def comes_every(mask: int, every: int, weeks: int) -> bool:
    """Tell whether a pass comes every so many weeks: three blocks of them in four hold one."""
    block = (1 << every) - 1
    firsts = range(0, weeks - every + 1, every)
    held = sum(bool(mask >> first & block) for first in firsts)
    return bool(firsts) and held >= RHYTHM_SHARE * len(firsts)


def _band(access: Sequence[Access], minutes: int, relief: float) -> Band:
    at_least = CAUTIOUS.kilometres(minutes, relief)
    about = LIKELY.kilometres(minutes, relief)
    return Band(
        minutes=minutes,
        at_least=sum(one.locality.population for one in access if one.kilometres <= at_least),
        about=sum(one.locality.population for one in access if one.kilometres <= about),
    )


def _count_rhythm(access: Sequence[Access], every: int, weeks: int) -> int:
    # Hundreds of localities share a handful of rhythms.
    told: dict[int, bool] = {}
    for one in access:
        if one.weeks not in told:
            told[one.weeks] = comes_every(one.weeks, every, weeks)
    return sum(one.locality.population for one in access if told[one.weeks])


def _nearest_minutes(
    locality: Locality, places: Sequence[ServedPlace], relief: float
) -> float | None:
    east = cos(radians(locality.latitude))
    squares = (
        ((one.longitude - locality.longitude) * east) ** 2 + (one.latitude - locality.latitude) ** 2
        for one in places
        if one.weeks
    )
    nearest = min(squares, default=None)
    return None if nearest is None else LIKELY.minutes(KM_PER_DEGREE * sqrt(nearest), relief)
