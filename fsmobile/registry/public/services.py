"""PublicServices: the published timetables of a registry, and where each bus stops or stopped.

Only the tables of published schedules are read: no device, no op, nothing that a person said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from threading import Lock

from fsmobile.core.distances import distance_km
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import PassageId, PlaceId, StopId, TourId
from fsmobile.core.local_time import local_day
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.ports import Clock
from fsmobile.core.public_feeds import PublishedState
from fsmobile.core.publications import Publication, find_added, find_usual_places
from fsmobile.core.schedules import ScheduleTree
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.registry.timetables import Timetables, read_tree

FRESH_MS = 2_000
"""How long the registry waits before it looks again for a new publication."""
PAST_MAX = 20
"""Earlier revisions in which a stop or an added passage that is gone is looked for."""
Version = tuple[tuple[tuple[str, tuple[int, int]], ...], str]
"""Changes whenever a page may: the revisions in force, and the hour."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One structure's timetable as it is published, and the stops it had before."""

    publication: Publication
    gone: dict[tuple[TourId, StopId], Place]
    """Stops of earlier revisions that the one in force does not have."""

    @property
    def agency_id(self) -> str:
        """Return the structure."""
        return self.publication.tree.agency.agency_id

    @cached_property
    def places(self) -> list[Place]:
        """Return where the bus stops, in some version or by some exception."""
        tree, usual = self.publication.tree, self.publication.usual_places
        places = {one.place_id: one for own in usual.values() for one in own}
        for override in tree.overrides:
            if override.place_id is not None and override.place_id in tree.places:
                places[override.place_id] = tree.places[override.place_id]
        return list(places.values())

    @cached_property
    def communes(self) -> dict[str, str]:
        """Return the communes where the bus stops, in some version, by INSEE code."""
        return _communes_of(self.places)

    @cached_property
    def left_communes(self) -> dict[str, str]:
        """Return the communes that only an earlier revision served."""
        left = _communes_of(self.gone.values())
        return {insee: name for insee, name in left.items() if insee not in self.communes}

    @cached_property
    def next_days(self) -> dict[PlaceId, date]:
        """Return the next day on which the bus comes to each place."""
        days: dict[PlaceId, date] = {}
        for one in self.publication.passages:
            if not one.is_cancelled:
                days.setdefault(one.place_id, one.service_date)
        return days


@dataclass(frozen=True, slots=True, kw_only=True)
class NearStop:
    """A place where a bus comes, and how far it is."""

    service: Service
    place: Place
    km: float
    next_day: date


@dataclass(slots=True, kw_only=True)
class PublicServices:
    """The timetables that a registry publishes, each kept until it changes or the day does."""

    storage: Storage
    clock: Clock
    address: str = ""
    """Where the public finds this registry, or empty when nobody has said."""
    _timetables: Timetables = field(default_factory=Timetables)
    _kept: dict[str, Service] = field(default_factory=dict)
    _revisions: dict[str, tuple[int, int]] = field(default_factory=dict)
    _looked_at_ms: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def version(self) -> Version:
        """Return the version, after looking for new publications."""
        now = self.clock.now_ms()
        with self._lock:
            is_fresh = self._looked_at_ms is not None and 0 <= now - self._looked_at_ms < FRESH_MS
            if not is_fresh:
                with self.storage.reading() as transaction:
                    self._revisions = transaction.list_current_revisions()
                self._looked_at_ms = now
        # By the hour: the day begins at its own time in each time zone.
        hour = datetime.fromtimestamp(now / 1000, tz=UTC)
        return tuple(self._revisions.items()), f"{hour:%Y%m%d%H}"

    def all(self) -> list[Service]:
        """Return every timetable that can be read, by structure."""
        self.version()
        found = map(self.find, tuple(self._revisions))
        return [one for one in found if one is not None]

    def find(self, agency: str) -> Service | None:
        """Return the timetable of a structure, or None when it has published none."""
        self.version()
        known = self._revisions.get(agency)
        if known is None:
            return None
        with self._lock:
            service = self._kept.get(agency)
            if service is None or service.publication.state.number != known[0]:
                service = self._gather(agency, known[1])
            elif self._is_of_another_day(service.publication):
                today = self._today(service.publication.tree.agency.timezone)
                publication = replace(service.publication, today=today)
                service = replace(service, publication=publication)
            if service is not None:
                self._kept[agency] = service
        return service

    def serving(self, insee_code: str) -> list[Service]:
        """Return the timetables with a stop in a commune, in any of their versions."""
        return [one for one in self.all() if insee_code in one.communes]

    def nearest(self, latitude: float, longitude: float, count: int) -> list[NearStop]:
        """Return the places nearest to a point where a bus is still to come."""
        here = (latitude, longitude)
        places = [
            (distance_km(here, (place.latitude, place.longitude)), service, place)
            for service in self.all()
            for place in service.places
            if place.latitude is not None and place.longitude is not None
        ]
        found: list[NearStop] = []
        for km, service, place in sorted(places, key=lambda one: one[0]):
            next_day = service.next_days.get(place.place_id)
            if next_day is not None:
                near = NearStop(service=service, place=place, km=km, next_day=next_day)
                found.append(near)
            if len(found) == count:
                break
        return found

    def _gather(self, agency: str, published_at: int) -> Service | None:
        with self.storage.reading() as transaction:
            timetable = self._timetables.load(transaction, agency)
            if timetable.tree is None:
                return None
            past = _past_trees(transaction, agency)
        today, bundled = self._today(timetable.timezone), load_school_calendar()
        publication = Publication(
            tree=timetable.tree,
            state=PublishedState(
                number=timetable.revision,
                revised_at=datetime.fromtimestamp(published_at / 1000, tz=UTC),
            ),
            today=today,
            bundled=bundled,
            address=self.address,
            announced=_announced(past, today, bundled),
        )
        here = publication.usual_places
        return Service(
            publication=publication,
            gone={stop: place for stop, place in _past_stops(past).items() if stop not in here},
        )

    def _is_of_another_day(self, publication: Publication) -> bool:
        return publication.today != self._today(publication.tree.agency.timezone)

    def _today(self, timezone: str) -> date:
        return local_day(datetime.fromtimestamp(self.clock.now_ms() / 1000, tz=UTC), timezone)


def _past_trees(transaction: Transaction, agency: str) -> list[ScheduleTree]:
    """Return the earlier revisions that can be read, the newest first."""
    manifests = (one.manifest for one in transaction.list_past_revisions(agency, PAST_MAX))
    trees = (read_tree(transaction, agency, manifest) for manifest in manifests)
    return [tree for tree in trees if tree is not None]


def _past_stops(past: Iterable[ScheduleTree]) -> dict[tuple[TourId, StopId], Place]:
    """Return where stops were, by the newest earlier revision that has them."""
    found: dict[tuple[TourId, StopId], Place] = {}
    for tree in past:
        for stop, places in find_usual_places(tree).items():
            found.setdefault(stop, places[0])
    return found


def _announced(
    past: Iterable[ScheduleTree], today: date, bundled: SchoolCalendar
) -> tuple[PlannedPassage, ...]:
    """Return what earlier revisions added and is still to come, as the newest of them says it."""
    found: dict[tuple[PassageId, int], PlannedPassage] = {}
    for tree in past:
        for one in find_added(tree, today, bundled):
            found.setdefault((one.passage_id, one.call.span), one)
    return tuple(found.values())


def _communes_of(places: Iterable[Place]) -> dict[str, str]:
    return {
        place.insee_code: place.commune or place.name
        for place in places
        if place.insee_code is not None
    }
