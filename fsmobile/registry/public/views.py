"""What each public page shows, in words, from the published timetables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fsmobile.core.ids import TourId
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.public_feeds import Selection
from fsmobile.core.publications import Publication
from fsmobile.reference.communes import Commune
from fsmobile.reference.departments import department_code, load_departments
from fsmobile.registry.public.maps import MapPoint, draw_map
from fsmobile.registry.public.services import NearStop, PublicServices, Service
from fsmobile.texts.dates import format_day, format_day_without_year, format_number
from fsmobile.texts.public_words import (
    explain_access,
    explain_change,
    explain_usual_days,
    format_opening,
    format_phone,
)
from fsmobile.texts.translation import _

ROWS_MAX = 12
CHANGES_DAYS = 60
"""How far ahead a change is told before everything else."""
NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageLine:
    """One opening on a page."""

    day: str
    hours: str
    place: str
    remark: str
    """For whom, or subject to what; or empty."""
    is_cancelled: bool
    is_moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A place where the bus stops, with where its calendar is."""

    name: str
    where: str
    is_accessible: bool
    insee_code: str
    next_day: str
    """Empty when no passage is planned within the year."""
    feeds: tuple[str, ...]
    """Tour and stop of each calendar, as in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One bus that comes to a commune."""

    agency_id: str
    name: str
    phone: str
    phone_link: str
    changes: tuple[str, ...]
    begins: str
    """Day of the first passage where the service has not begun yet, or empty."""
    usual: tuple[str, ...]
    places: tuple[StopLine, ...]
    passages: tuple[PassageLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearLine:
    """Where the bus comes near a commune."""

    commune: str
    insee_code: str
    place: str
    km: str
    next_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneView:
    """The page of a commune."""

    name: str
    insee_code: str
    department: str
    services: tuple[ServiceLine, ...]
    left: tuple[str, ...]
    """Who came here before and does not any more."""
    nearest: tuple[NearLine, ...]
    map_svg: str

    @property
    def has_passages(self) -> bool:
        """Tell whether a bus is still to come, cancelled or not."""
        return any(one.passages for one in self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """The page of a service: every stop, every feed."""

    agency_id: str
    name: str
    phone: str
    phone_link: str
    stops: tuple[StopLine, ...]
    tours: tuple[tuple[str, str], ...]
    """Id and name."""
    vehicles: tuple[tuple[str, str], ...]
    published: str
    map_svg: str


def view_commune(services: PublicServices, commune: Commune) -> CommuneView:
    """Gather the page of a commune."""
    code = commune.insee_code
    here = services.serving(code)
    lines = tuple(_service_line(one, code) for one in here)
    is_served = any(one.passages for one in lines)
    nearest: Sequence[NearStop] = ()
    if not is_served and commune.latitude is not None and commune.longitude is not None:
        nearest = services.nearest(commune.latitude, commune.longitude, NEAREST)
    shown = here or list({one.service.agency_id: one.service for one in nearest}.values())
    department = load_departments().get(commune.department)
    return CommuneView(
        name=commune.name,
        insee_code=code,
        department=commune.department if department is None else department.name,
        services=lines,
        left=() if is_served else _left(services, commune),
        nearest=tuple(map(_near_line, nearest)),
        map_svg=_map_of(shown, commune) if shown else "",
    )


def view_service(service: Service) -> ServiceView:
    """Gather the page of a service."""
    publication = service.publication
    tree = publication.tree
    departments = [
        one
        for one in dict.fromkeys(map(department_code, service.communes))
        if one in load_departments()
    ]
    title = _("Carte des arrêts de {name}").format(name=tree.agency.name)
    tours = tree.tours.items()
    return ServiceView(
        agency_id=service.agency_id,
        name=tree.agency.name,
        phone=format_phone(tree.agency.phone or ""),
        phone_link=tree.agency.phone or "",
        stops=tuple(_stop_line(service, place) for place in _by_name(service.places)),
        tours=tuple((tour_id, tour.versions[-1].name) for tour_id, tour in tours),
        vehicles=tuple((one, vehicle.name) for one, vehicle in tree.vehicles.items()),
        published=format_day(publication.state.revised_at.date()),
        map_svg=draw_map(departments, _points([service], ""), title),
    )


def _service_line(service: Service, insee_code: str) -> ServiceLine:
    publication = service.publication
    tree, today = publication.tree, publication.today
    passages = publication.select(Selection(insee_code=insee_code))
    here = [one for one in service.places if one.insee_code == insee_code]
    limit = today + timedelta(days=CHANGES_DAYS)
    told = (explain_change(tree, one) for one in passages if one.service_date <= limit)
    begins = _begins(publication, passages)
    return ServiceLine(
        agency_id=service.agency_id,
        name=tree.agency.name,
        phone=format_phone(tree.agency.phone or ""),
        phone_link=tree.agency.phone or "",
        changes=tuple(dict.fromkeys(filter(None, told))),
        begins="" if begins is None else format_day(begins),
        usual=tuple(explain_usual_days(tree, here, today)) if passages else (),
        places=tuple(_stop_line(service, place) for place in here),
        passages=tuple(_passage_line(publication, one) for one in passages[:ROWS_MAX]),
    )


def _begins(publication: Publication, passages: Sequence[PlannedPassage]) -> date | None:
    """Return the first passage of tours that are announced and none of which has begun."""
    tours = [publication.tree.tours[one] for one in _tours_of(passages)]
    if not passages or any(
        version.valid_from <= publication.today for tour in tours for version in tour.versions
    ):
        return None
    return passages[0].service_date


def _tours_of(passages: Iterable[PlannedPassage]) -> list[TourId]:
    return list(dict.fromkeys(one.tour_id for one in passages))


def _passage_line(publication: Publication, passage: PlannedPassage) -> PassageLine:
    return PassageLine(
        day=format_day(passage.service_date),
        hours=format_opening(passage.call),
        place=publication.place_of(passage).name,
        remark=explain_access(passage.call),
        is_cancelled=passage.is_cancelled,
        is_moved=passage.service_date != passage.original_date,
    )


def _stop_line(service: Service, place: Place) -> StopLine:
    stops = service.publication.usual_places.items()
    next_day = service.next_days.get(place.place_id)
    return StopLine(
        name=place.name,
        where=", ".join(filter(None, (place.spot, place.address))),
        is_accessible=bool(place.is_accessible),
        insee_code=place.insee_code or "",
        next_day="" if next_day is None else format_day_without_year(next_day),
        feeds=tuple(
            f"{tour_id}/{stop_id}"
            for (tour_id, stop_id), places in stops
            if places[0].place_id == place.place_id
        ),
    )


def _near_line(near: NearStop) -> NearLine:
    place = near.place
    return NearLine(
        commune=place.commune or place.name,
        insee_code=place.insee_code or "",
        place=place.name,
        km=format_number(max(1, round(near.km))),
        next_day=format_day(near.next_day),
    )


def _left(services: PublicServices, commune: Commune) -> tuple[str, ...]:
    """Name who had a stop here, in an earlier revision or in a version that has ended."""
    names = [
        one.publication.tree.agency.name
        for one in services.all()
        if commune.insee_code in one.communes or commune.insee_code in one.left_communes
    ]
    return tuple(dict.fromkeys(names))


def _map_of(services: Sequence[Service], commune: Commune) -> str:
    points = _points(services, commune.insee_code)
    has_stop = any(point.is_here for point in points)
    if not has_stop and commune.latitude is not None and commune.longitude is not None:
        points.append(
            MapPoint(
                latitude=commune.latitude,
                longitude=commune.longitude,
                label=commune.name,
                is_here=True,
                is_stop=False,
            )
        )
    title = _("Carte : les arrêts du bus autour de {commune}").format(commune=commune.name)
    return draw_map([commune.department], points, title)


def _points(services: Iterable[Service], insee_code: str) -> list[MapPoint]:
    return [
        MapPoint(
            latitude=place.latitude,
            longitude=place.longitude,
            label=place.commune or place.name,
            is_here=place.insee_code == insee_code,
        )
        for service in services
        for place in service.places
        if place.latitude is not None
        and place.longitude is not None
        and place.place_id in service.next_days
    ]


def _by_name(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: place.name)
