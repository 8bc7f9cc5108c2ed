"""Journeys: what one vehicle and its crew do on a day, stop after stop."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter

from fsmobile.core.ids import AgentId, PlaceId, RunId, TourId, VehicleId
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import minutes_of
from fsmobile.core.tours import Run, TourVersion

Opening = tuple[PlannedPassage, int, int]
"""A passage with the minutes of the day at which it opens and closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A drive from one point to the next."""

    origin: PlaceId | None
    target: PlaceId | None
    leaves: int
    """Minute of the day at which the vehicle is free to go."""
    due: int
    """Minute of the day at which it must be there."""
    drive_minutes: int | None = None
    """As declared; None when nobody has said."""
    is_missing: bool = False
    """Whether the file should have said how long the drive takes."""
    passage: PlannedPassage | None = None
    """The passage that the leg leads to; None on the way back."""

    @property
    def gap(self) -> int:
        """Return the minutes between leaving and being due."""
        return self.due - self.leaves

    @property
    def key(self) -> object:
        """Return what two legs of the same timetable share, the date and the places apart."""
        call = self.passage.call if self.passage else None
        stop = (call.tour_id, call.stop_id, call.span) if call else None
        return (stop, self.leaves, self.due, self.drive_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One run of one day, or one added passage, with one vehicle and one crew."""

    day: date
    tour_id: TourId
    run: Run | None
    vehicle_id: VehicleId | None
    crew: tuple[AgentId, ...]
    base_id: PlaceId | None
    leaves: int | None
    """Minute of the day of the departure from the base, when it is known and still holds."""
    returns: int | None
    passages: tuple[PlannedPassage, ...]
    """In order of hours; those announced as a half-day only have none and come in between."""
    timed: tuple[Opening, ...]
    """The passages with hours."""
    follows: tuple[bool, ...]
    """For each passage, whether the point before it is the one of the timetable."""
    is_changed: bool
    """Whether an override touched a passage or moved the journey."""
    under_partner: bool = False
    away: tuple[AgentId, ...] = ()
    """Those of its crew who are on leave that day, and so not in `crew`."""

    @property
    def pattern(self) -> object:
        """Return what two journeys of the same timetable share, the date apart."""
        run = (self.run.run_id, self.run.position.file) if self.run else self.day
        # The days that nothing changes share their calls: names are enough, values are slow.
        calls = tuple(id(passage.call) for passage in self.passages)
        moved = self.day if self.is_changed else None
        return (self.tour_id, run, calls, self.leaves, self.returns, moved)

    @property
    def subject(self) -> str:
        """Return the id of the run, or of the added passage."""
        if self.run is not None:
            return f"{self.tour_id}/{self.run.run_id}"
        return f"{self.tour_id}/{self.passages[0].stop_id}"

    @property
    def starts(self) -> int | None:
        """Return the first minute that is known to be worked."""
        openings = [opening for _, opening, _ in self.timed]
        return min((*openings, *(() if self.leaves is None else (self.leaves,))), default=None)

    @property
    def ends(self) -> int | None:
        """Return the last minute that is known to be worked."""
        closings = [closing for _, _, closing in self.timed]
        return max((*closings, *(() if self.returns is None else (self.returns,))), default=None)

    def legs(self) -> Iterator[Leg]:
        """Yield each drive whose two ends have an hour, in order."""
        before: tuple[PlaceId | None, int] | None = None
        if self.leaves is not None:
            before = (self.base_id, self.leaves)
        for passage, follows in zip(self.passages, self.follows, strict=True):
            hours = passage.call.hours
            if hours is None:
                before = None
                continue
            if before is not None:
                yield _leg_to(passage, follows, before, minutes_of(hours.starts))
            before = (passage.place_id, minutes_of(hours.ends))
        if before is not None and self.returns is not None and self.passages:
            origin, leaves = before
            yield Leg(origin=origin, target=self.base_id, leaves=leaves, due=self.returns)

    def pauses(self) -> Iterator[tuple[int, int]]:
        """Yield the stretches of the day with neither driving nor reception, setting up apart.

        A drive that nobody has timed is taken for no time at all: what is told is certain.
        """
        for leg in self.legs():
            if leg.passage is None or leg.leaves == self.leaves:
                continue
            starts = leg.leaves + (leg.drive_minutes or 0)
            ends = leg.due - leg.passage.call.setup_minutes
            if starts < ends:
                yield starts, ends


def _leg_to(
    passage: PlannedPassage, follows: bool, before: tuple[PlaceId | None, int], due: int
) -> Leg:
    origin, leaves = before
    stays = origin == passage.place_id
    declared = passage.call.drive_minutes if follows and passage.call.span == 0 else None
    return Leg(
        origin=origin,
        target=passage.place_id,
        leaves=leaves,
        due=due,
        drive_minutes=0 if stays and declared is None else declared,
        is_missing=follows and declared is None and not stays,
        passage=passage,
    )


def make_journeys(
    tree: ScheduleTree,
    passages: Iterable[PlannedPassage],
    today: date,
    holes: Set[tuple[str, RunId]] = frozenset(),
) -> tuple[Journey, ...]:
    """Group the passages that are to take place from today on into journeys.

    In a run that has a hole (by file and id) no stop is known to follow another.
    """
    planned: defaultdict[object, list[PlannedPassage]] = defaultdict(list)
    groups: defaultdict[object, list[PlannedPassage]] = defaultdict(list)
    for one in passages:
        call = one.call
        run_key = (call.tour_id, call.run_id, one.original_date)
        planned[run_key].append(one)
        if one.service_date < today or one.is_cancelled:
            continue
        alone = one.passage_id if call.run_id is None else None
        groups[run_key, one.service_date, call.vehicle_id, call.crew, alone].append(one)
    make = _JourneyMaker(tree, holes).make
    journeys = (
        make(group, planned[group[0].tour_id, group[0].run_id, group[0].original_date])
        for group in groups.values()
    )
    return tuple(sorted(journeys, key=lambda one: (one.day, one.starts or 0, one.subject)))


class _JourneyMaker:
    """Makes journeys of one schedule, looking each run up once."""

    def __init__(self, tree: ScheduleTree, holes: Set[tuple[str, RunId]]) -> None:
        self._tree = tree
        self._holes = holes
        self._versions: dict[tuple[TourId, date], TourVersion | None] = {}

    def make(self, group: list[PlannedPassage], planned: list[PlannedPassage]) -> Journey:
        """Make a journey; an hour or a drive holds only while its neighbour is still there."""
        group, planned = _in_order(group), _in_order(planned)
        first = group[0]
        version = self._version_of(first)
        run = _run_of(version, first)
        is_whole = run is None or (run.position.file, run.run_id) not in self._holes
        keeps_start = is_whole and group[0] is planned[0]
        keeps_end = is_whole and group[-1] is planned[-1]
        follows = _follows(group, planned, run) if is_whole else (False,) * len(group)
        return Journey(
            day=first.service_date,
            tour_id=first.tour_id,
            run=run,
            vehicle_id=first.vehicle_id,
            crew=first.crew,
            base_id=_base_of(self._tree, run, first),
            leaves=minutes_of(run.leaves) if run and run.leaves and keeps_start else None,
            returns=minutes_of(run.returns) if run and run.returns and keeps_end else None,
            passages=tuple(group),
            timed=tuple(_openings(group)),
            follows=follows,
            is_changed=run is None or any(_is_changed(one) for one in group),
            under_partner=version is not None and version.partner is not None,
        )

    def _version_of(self, passage: PlannedPassage) -> TourVersion | None:
        key = (passage.tour_id, passage.original_date)
        if key not in self._versions:
            self._versions[key] = self._tree.tours[passage.tour_id].version_on(key[1])
        return self._versions[key]


def _in_order(passages: list[PlannedPassage]) -> list[PlannedPassage]:
    return passages if len(passages) == 1 else sorted(passages, key=attrgetter("call.order"))


def _openings(passages: Iterable[PlannedPassage]) -> Iterator[Opening]:
    for one in passages:
        hours = one.call.hours
        if hours is not None:
            yield one, minutes_of(hours.starts), minutes_of(hours.ends)


def _follows(
    group: list[PlannedPassage], planned: list[PlannedPassage], run: Run | None
) -> tuple[bool, ...]:
    """Tell for each passage whether what came before it in the timetable still does."""
    if run is None:
        # An overlay says how long the drive takes from wherever the bus is.
        return tuple(passage.call.drive_minutes is not None for passage in group)
    befores = {id(after): before for before, after in pairwise(planned)}
    pairs = pairwise(group)
    return (
        group[0] is planned[0],
        *(befores.get(id(after)) is before for before, after in pairs),
    )


def _is_changed(passage: PlannedPassage) -> bool:
    return bool(passage.change.override_ids) or passage.change.status is not PlannedStatus.PLANNED


def _run_of(version: TourVersion | None, passage: PlannedPassage) -> Run | None:
    runs = version.runs if version else ()
    return next((run for run in runs if run.run_id == passage.run_id), None)


def _base_of(tree: ScheduleTree, run: Run | None, passage: PlannedPassage) -> PlaceId | None:
    if run is not None and run.base_id is not None:
        return run.base_id
    vehicle = tree.vehicles.get(passage.vehicle_id) if passage.vehicle_id else None
    return vehicle.base_id if vehicle else None
