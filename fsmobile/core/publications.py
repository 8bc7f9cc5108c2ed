"""Publication: one state of a timetable as the public is told of it, a year ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import PlaceId, StopId, TourId
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import Change, PlannedPassage, PlannedStatus
from fsmobile.core.public_feeds import PublishedState, Selection
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.core.tours import Tour
from fsmobile.errors import NotFound

FEED_DAYS = 365
"""Passages are promised a year ahead, the first day included."""
TAKEN_BACK = Change(status=PlannedStatus.CANCELLED)
"""An added passage that a later state has no more: told as cancelled, or somebody would wait."""
PUBLIC_ROOT = "/bus"
"""Where a registry shows its public pages."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A timetable on a day, and what is computed from it once for all its exports."""

    tree: ScheduleTree
    state: PublishedState
    today: date
    bundled: SchoolCalendar
    address: str = ""
    """Of the registry that shows the same to the public, or empty."""
    announced: tuple[PlannedPassage, ...] = ()
    """Passages that earlier states added: people expect those that this one has no more."""

    @cached_property
    def window(self) -> DateSpan:
        """Return the days that are told."""
        last = min(self.today.toordinal() + FEED_DAYS - 1, date.max.toordinal())
        return DateSpan(first=self.today, last=date.fromordinal(last))

    @cached_property
    def passages(self) -> tuple[PlannedPassage, ...]:
        """Return the passages of the window in order, cancelled ones included."""
        window = self.window
        agenda = expand_agenda(self.tree, window.first, window.last, bundled=self.bundled)
        held = {one.passage_id for one in agenda.passages}
        taken_back = [
            one._replace(change=TAKEN_BACK)
            for one in self.announced
            if one.service_date in window and one.passage_id not in held
        ]
        if not taken_back:
            return agenda.passages
        told = [*agenda.passages, *taken_back]
        return tuple(sorted(told, key=lambda one: (one.service_date, one.call.order)))

    @cached_property
    def usual_places(self) -> Mapping[tuple[TourId, StopId], tuple[Place, ...]]:
        """Return where each stop is in the versions of its tour, the latest first."""
        return find_usual_places(self.tree)

    @cached_property
    def communes(self) -> dict[str, str]:
        """Return the names of the communes that are served, or were to be, by INSEE code."""
        found: dict[str, str] = {}
        for passage in self.passages:
            for place in self.places_of(passage):
                if place.insee_code is not None:
                    found.setdefault(place.insee_code, place.commune or place.name)
        return found

    def place_of(self, passage: PlannedPassage) -> Place:
        """Return where the bus stands; a place that no file describes has its id for a name."""
        known = self.tree.places.get(passage.place_id)
        return known or Place(place_id=passage.place_id, name=passage.place_id)

    def places_of(self, passage: PlannedPassage) -> tuple[Place, ...]:
        """Return where the bus stands, then where its stop is in the versions of its tour."""
        here = self.place_of(passage)
        usual = self.usual_places.get((passage.tour_id, passage.stop_id), ())
        return (here, *(place for place in usual if place.place_id != here.place_id))

    def select(self, selection: Selection) -> list[PlannedPassage]:
        """Return the passages that a feed holds.

        What is moved to another commune stays in the feed of the commune that expects it.
        """
        return [one for one in self.passages if self._holds(selection, one)]

    def require(self, selection: Selection) -> None:
        """Check that what a feed is about exists.

        Raises:
            NotFound: the timetable has no such tour, stop, bus or commune.
        """
        tree = self.tree
        if selection.tour_id is not None and selection.tour_id not in tree.tours:
            raise NotFound("tour", selection.tour_id)
        if selection.stop_id is not None and not self._has_stop(selection):
            raise NotFound("stop", selection.stop_id)
        if selection.vehicle_id is not None and selection.vehicle_id not in tree.vehicles:
            raise NotFound("vehicle", selection.vehicle_id)
        if selection.insee_code is not None and selection.insee_code not in self.communes:
            raise NotFound("served_commune", selection.insee_code)

    def page_of(self, *path: str) -> str:
        """Return the public address of a page, or nothing when no registry shows it."""
        if not self.address:
            return ""
        return "/".join((f"{self.address.rstrip('/')}{PUBLIC_ROOT}", *path))

    def _has_stop(self, selection: Selection) -> bool:
        """Tell whether a version has the stop, or an exception adds it."""
        passages = ((one.tour_id, one.stop_id) for one in self.passages)
        return any(
            stop_id == selection.stop_id and selection.tour_id in (None, tour_id)
            for tour_id, stop_id in (*self.usual_places, *passages)
        )

    def _holds(self, selection: Selection, passage: PlannedPassage) -> bool:
        asked = (
            (selection.tour_id, passage.tour_id),
            (selection.stop_id, passage.stop_id),
            (selection.vehicle_id, passage.vehicle_id),
        )
        if any(wanted is not None and wanted != found for wanted, found in asked):
            return False
        wanted = selection.insee_code
        return wanted is None or any(one.insee_code == wanted for one in self.places_of(passage))


def find_added(
    tree: ScheduleTree, since: date, bundled: SchoolCalendar
) -> tuple[PlannedPassage, ...]:
    """Return the passages that exceptions add from a day on."""
    days = {
        one.original_date
        for one in tree.overrides
        if one.action is OverrideAction.ADD and one.original_date >= since
    }
    return tuple(
        passage
        for day in sorted(days)
        for passage in expand_agenda(tree, day, day, bundled=bundled).passages
        if passage.change.status is PlannedStatus.ADDED
    )


def find_usual_places(tree: ScheduleTree) -> dict[tuple[TourId, StopId], tuple[Place, ...]]:
    """Return where each stop is in the versions of its tour, the latest first."""
    found: defaultdict[tuple[TourId, StopId], dict[PlaceId, Place]] = defaultdict(dict)
    for tour in tree.tours.values():
        for stop_id, place_id in _places_of(tour):
            place = tree.places.get(place_id)
            if place is not None:
                found[tour.tour_id, stop_id].setdefault(place_id, place)
    return {stop: tuple(places.values()) for stop, places in found.items()}


def usual_place(tree: ScheduleTree, passage: PlannedPassage) -> Place | None:
    """Return where the stop of a passage is without an exception, on its original date."""
    tour = tree.tours.get(passage.tour_id)
    version = None if tour is None else tour.version_on(passage.original_date)
    for run in () if version is None else version.runs:
        if run.run_id == passage.run_id:
            for stop in run.stops:
                if stop.stop_id == passage.stop_id:
                    return tree.places.get(stop.place_id)
    return None


def _places_of(tour: Tour) -> Iterable[tuple[StopId, PlaceId]]:
    for version in reversed(tour.versions):
        for run in version.runs:
            for stop in run.stops:
                yield stop.stop_id, stop.place_id
