"""The territory of a plan: where its places are, and how long the drives between them take."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from msgspec.structs import replace

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.driving import Pair, RecordedDrive, TravelTimes, both_ways, observe_drives
from fsmobile.core.ids import PlaceId
from fsmobile.core.passages import Passage
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import minutes_of
from fsmobile.formats.schedule_toml import MATRIX_FILE
from fsmobile.formats.territory_tables import read_drive_matrix
from fsmobile.reference.communes import find_commune
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store.queries import load_passages_between
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_check import validation_context
from fsmobile.validation.journeys import Journey
from fsmobile.validation.study import Study

OBSERVED_DAYS = 365
"""How far back the drives of the agents are looked at."""


def locate_places(tree: ScheduleTree, today: date) -> dict[PlaceId, tuple[float, float]]:
    """Return the point of each place: its own when it can be trusted, or its commune's."""
    points = dict(Study(tree, validation_context(today)).points)
    for place_id, place in tree.places.items():
        commune = find_commune(place.insee_code) if place.insee_code else None
        if place_id in points or commune is None:
            continue
        if commune.latitude is not None and commune.longitude is not None:
            points[place_id] = (commune.latitude, commune.longitude)
    return points


def travel_times(
    tree: ScheduleTree, files: Mapping[str, bytes], today: date, desk: Desk | None = None
) -> TravelTimes:
    """Gather what is known of the drives: typed, driven by the agents, imported, estimated.

    Raises:
        InvalidSchedule: the imported table cannot be read.
    """
    study = Study(tree, validation_context(today))
    matrix = files.get(MATRIX_FILE)
    times = TravelTimes(
        typed=both_ways(_typed_drives(study.timetable)),
        matrix={} if matrix is None else read_drive_matrix(matrix),
        points=locate_places(tree, today),
        relief=tree.agency.relief,
    )
    if desk is None:
        return times
    bare = replace(times, typed={})
    return replace(times, observed=observe_drives(load_recorded_drives(desk, tree, today), bare))


def load_recorded_drives(desk: Desk, tree: ScheduleTree, today: date) -> list[RecordedDrive]:
    """List the drives that the agents recorded, by date: left there, arrived here."""
    first = today - timedelta(days=OBSERVED_DAYS)
    held = load_passages_between(desk.replica, first, today)
    planned = expand_agenda(tree, first, today, bundled=load_school_calendar()).passages
    days: defaultdict[tuple[date, str], dict[str, tuple[PlaceId, Passage]]] = defaultdict(dict)
    for one in planned:
        passage = held.get(one.passage_id)
        if passage is not None and passage.opened_at is not None:
            key = (one.service_date, one.vehicle_id or "")
            days[key][one.passage_id] = (one.place_id, passage)
    return [one for _day, stops in sorted(days.items()) for one in _drives_of(stops.values())]


def passages_between(tree: ScheduleTree, first: date, last: date) -> list[PlannedPassage]:
    """List the passages that are to take place between two days."""
    agenda = expand_agenda(tree, first, last, bundled=load_school_calendar())
    return [one for one in agenda.passages if not one.is_cancelled]


def _drives_of(stops: Iterable[tuple[PlaceId, Passage]]) -> list[RecordedDrive]:
    """Make a drive of each two passages that follow each other."""
    recorded: list[RecordedDrive] = []
    ordered = sorted(stops, key=lambda one: _arrival(one[1]))
    for (origin, before), (target, after) in pairwise(ordered):
        left = before.left_at or before.closed_at
        if left is not None:
            minutes = _arrival(after) - minutes_of(left)
            recorded.append(RecordedDrive(origin=origin, target=target, minutes=minutes))
    return recorded


def _arrival(passage: Passage) -> int:
    arrived = passage.arrived_at or passage.opened_at
    return 0 if arrived is None else minutes_of(arrived)


def _typed_drives(journeys: Iterable[Journey]) -> dict[Pair, int]:
    """Return what the files say of each drive; of several, the shortest, as the checks take it."""
    found: dict[Pair, int] = {}
    for journey in journeys:
        for leg in journey.legs():
            if leg.origin is None or leg.target is None or leg.drive_minutes is None:
                continue
            if leg.origin != leg.target:
                pair = (leg.origin, leg.target)
                found[pair] = min(found.get(pair, leg.drive_minutes), leg.drive_minutes)
    return found
