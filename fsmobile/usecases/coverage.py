"""Coverage of a plan: the communes of its départements against the places that really run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from fsmobile.core.coverage import Coverage, Locality, ServedPlace, measure_coverage
from fsmobile.core.ids import PlaceId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_toml import DISTRICTS_FILE
from fsmobile.formats.territory_tables import read_districts
from fsmobile.reference.communes import communes_of_department
from fsmobile.reference.departments import department_code
from fsmobile.usecases.territory import locate_places, passages_between

WEEKS = 52
"""A year: thirteen blocks of four weeks."""


class CoverageStudy(Struct, frozen=True, kw_only=True):
    """What a plan covers, with what it was measured on."""

    departments: tuple[str, ...]
    first: date
    """Monday of the first week looked at."""
    relief: float
    localities: tuple[Locality, ...]
    places: tuple[ServedPlace, ...]
    coverage: Coverage
    districts: Coverage | None = None
    """Of the priority districts; None without a table of them."""
    unlocated: tuple[PlaceId, ...] = ()
    """Places that run and that nobody can put on a map."""


def study_coverage(
    tree: ScheduleTree, files: Mapping[str, bytes], day: date, weeks: int = WEEKS
) -> CoverageStudy:
    """Measure what a plan covers in the weeks from that of a day on.

    Raises:
        InvalidSchedule: the table of the districts cannot be read.
    """
    monday = day - timedelta(days=day.weekday())
    points = locate_places(tree, day)
    passages = passages_between(tree, monday, monday + timedelta(days=7 * weeks - 1))
    served = served_places(passages, points, monday)
    departments = departments_of(tree)
    localities = tuple(locality for code in departments for locality in load_localities(code))
    relief = tree.agency.relief
    content = files.get(DISTRICTS_FILE)
    districts = None if content is None else read_districts(content)
    return CoverageStudy(
        departments=departments,
        first=monday,
        relief=relief,
        localities=localities,
        places=served,
        coverage=measure_coverage(localities, served, weeks, relief),
        districts=None if districts is None else measure_coverage(districts, served, weeks, relief),
        unlocated=tuple(sorted({one.place_id for one in passages} - points.keys())),
    )


def served_places(
    passages: Iterable[PlannedPassage],
    points: Mapping[PlaceId, tuple[float, float]],
    monday: date,
) -> tuple[ServedPlace, ...]:
    """Gather passages by place: the weeks in which one comes, the minutes that it is open."""
    weeks: defaultdict[PlaceId, int] = defaultdict(int)
    minutes: defaultdict[PlaceId, int] = defaultdict(int)
    for one in passages:
        weeks[one.place_id] |= 1 << (one.service_date - monday).days // 7
        minutes[one.place_id] += 0 if one.call.hours is None else one.call.hours.minutes
    return tuple(
        ServedPlace(
            place_id=place_id,
            latitude=points[place_id][0],
            longitude=points[place_id][1],
            weeks=mask,
            open_minutes=minutes[place_id],
        )
        for place_id, mask in weeks.items()
        if place_id in points
    )


@cache
def load_localities(department: str) -> tuple[Locality, ...]:
    """Return the inhabited communes of a département that stand on a map."""
    return tuple(
        Locality(
            code=commune.insee_code,
            name=commune.name,
            population=commune.population,
            latitude=commune.latitude,
            longitude=commune.longitude,
        )
        for commune in communes_of_department(department)
        if commune.latitude is not None and commune.longitude is not None and commune.population
    )


def departments_of(tree: ScheduleTree) -> tuple[str, ...]:
    """Return the structure's département, or else those of its places."""
    if tree.agency.department:
        return (tree.agency.department,)
    codes = {department_code(one.insee_code) for one in tree.places.values() if one.insee_code}
    return tuple(sorted(codes))
