"""« Quand passe le bus ? » over HTTP: pages and feeds without account, script or cookie."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from fsmobile.core.ids import StopId, TourId, VehicleId
from fsmobile.core.public_feeds import Selection
from fsmobile.core.publications import PUBLIC_ROOT
from fsmobile.reference.communes import (
    Commune,
    CommuneHit,
    find_commune,
    find_successor,
    search_communes,
)
from fsmobile.reference.departments import load_departments
from fsmobile.registry.public import feeds
from fsmobile.registry.public.answers import FEED_SECONDS, Answer, Answers
from fsmobile.registry.public.rendering import PublicRenderer
from fsmobile.registry.public.services import PublicServices, Service
from fsmobile.registry.public.views import view_commune, view_service
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.texts.translation import _

QUERY_MAX = 80
"""Characters of a name that is looked for; the longest commune has 45."""
ASSET_SECONDS = 3600


@dataclass(frozen=True)
class PublicPages:
    """The handlers, around the published timetables of one registry."""

    service: RegistryService
    replica: Storage | None = None
    """A copy of the database that the pages are read from."""
    address: str = ""
    """Where the public finds this registry: for calendars, and the codes of the notices."""

    def routes(self) -> list[BaseRoute]:
        """Return where each page and each feed is."""
        routes = [
            Route("/", self.home),
            Route("/recherche", self.search),
            Route("/commune/{insee}.ics", self.commune_calendar),
            Route("/commune/{insee}", self.commune),
            Route("/affiche/{agency}/{insee}", self.notice),
            Route("/service/{agency}", self.agency),
            Route("/service/{agency}/{file}", self.file),
            Route("/arret/{agency}/{tour}/{stop}.ics", self.calendar),
            Route("/arret/{agency}/{tour}/{stop}", self.stop),
            Route("/tournee/{agency}/{tour}.ics", self.calendar),
            Route("/vehicule/{agency}/{vehicle}.ics", self.calendar),
            Route("/style.css", partial(self.asset, "public", "style.css", "text/css")),
            Route("/icone.svg", partial(self.asset, "fleet", "icone.svg", "image/svg+xml")),
            Route("/{rest:path}", self.nothing),
        ]
        return [Mount(PUBLIC_ROOT, routes=routes), Route(PUBLIC_ROOT, self.home)]

    @cached_property
    def services(self) -> PublicServices:
        """What is told."""
        storage = self.replica or self.service.storage
        return PublicServices(storage=storage, clock=self.service.clock, address=self.address)

    @cached_property
    def answers(self) -> Answers:
        """How it is given."""
        return Answers(services=self.services)

    @cached_property
    def render(self) -> PublicRenderer:
        """What turns values into HTML."""
        return PublicRenderer()

    async def home(self, request: Request) -> Response:
        """Show the search, and who runs a bus."""
        return await self.answers.give(request, self._home)

    async def search(self, request: Request) -> Response:
        """Look for a commune by a few letters, its postcode or the name it had before."""
        query = " ".join(request.query_params.get("q", "")[:QUERY_MAX].split())
        return await self.answers.give(request, partial(self._search, query))

    async def commune(self, request: Request) -> Response:
        """Show when the bus comes to a commune, or where it comes nearby."""
        insee = request.path_params["insee"]
        return await self.answers.give(request, partial(self._commune, insee))

    async def commune_calendar(self, request: Request) -> Response:
        """Give the calendar of a commune."""
        insee = request.path_params["insee"]

        def make() -> Answer:
            if find_commune(insee) is None and not self.services.serving(insee):
                return self._absent()
            return feeds.give_commune_calendar(
                self.services, insee, keeps_cancelled=_keeps_cancelled(request)
            )

        return await self.answers.give(request, make, seconds=FEED_SECONDS)

    async def notice(self, request: Request) -> Response:
        """Show the sheet that a town hall prints."""
        insee = request.path_params["insee"]
        return await self._of_service(request, lambda one: feeds.give_notice(one, insee))

    async def agency(self, request: Request) -> Response:
        """Show every stop and every feed of a service."""
        return await self._of_service(
            request, lambda one: self._page("service.html", view=view_service(one))
        )

    async def file(self, request: Request) -> Response:
        """Give a file of data of a service."""
        name = request.path_params["file"]
        return await self._of_service(
            request, lambda one: feeds.give_file(one, name), seconds=FEED_SECONDS
        )

    async def calendar(self, request: Request) -> Response:
        """Give the calendar of a stop, a tour or a bus."""
        given = request.path_params
        selection = Selection(
            tour_id=TourId(given["tour"]) if "tour" in given else None,
            stop_id=StopId(given["stop"]) if "stop" in given else None,
            vehicle_id=VehicleId(given["vehicle"]) if "vehicle" in given else None,
        )
        give = partial(
            feeds.give_calendar, selection=selection, keeps_cancelled=_keeps_cancelled(request)
        )
        return await self._of_service(request, give, seconds=FEED_SECONDS)

    async def stop(self, request: Request) -> Response:
        """Lead to the commune of a stop, or say that the bus does not stop there any more."""
        stop = TourId(request.path_params["tour"]), StopId(request.path_params["stop"])
        return await self._of_service(request, partial(self._stop, stop))

    async def asset(self, wing: str, name: str, media_type: str, request: Request) -> Response:
        """Give the style sheet or the icon."""

        def make() -> Answer:
            content = (files(f"fsmobile.registry.{wing}") / "templates" / name).read_bytes()
            return Answer(body=content, media_type=media_type)

        return await self.answers.give(request, make, seconds=ASSET_SECONDS)

    async def nothing(self, request: Request) -> Response:
        """Say that there is no such page."""
        return await self.answers.give(request, self._absent)

    async def _of_service(
        self,
        request: Request,
        make: Callable[[Service], Answer | None],
        *,
        seconds: int | None = None,
    ) -> Response:
        agency = request.path_params["agency"]

        def find() -> Answer:
            service = self.services.find(agency)
            return (None if service is None else make(service)) or self._absent()

        if seconds is None:
            return await self.answers.give(request, find)
        return await self.answers.give(request, find, seconds=seconds)

    def _home(self) -> Answer:
        agencies = [one.publication.tree.agency for one in self.services.all()]
        departments = load_departments()
        listed = sorted(
            (
                departments[code].name if (code := one.department or "") in departments else "",
                one.name,
                one.agency_id,
            )
            for one in agencies
        )
        return self._page("home.html", services=listed, query="")

    def _search(self, query: str) -> Answer:
        hits = search_communes(query) if query else []
        if len(hits) == 1:
            return _go_to(f"{PUBLIC_ROOT}/commune/{hits[0].commune.insee_code}")
        departments = load_departments()
        listed = [
            (hit, departments[hit.commune.department].name, self._has_bus(hit)) for hit in hits
        ]
        # Where a bus comes first; the others stay in the order of the search.
        listed.sort(key=lambda one: not one[2])
        return self._page("search.html", query=query, hits=listed)

    def _has_bus(self, hit: CommuneHit) -> bool:
        return bool(self.services.serving(hit.commune.insee_code))

    def _commune(self, insee: str) -> Answer:
        commune = find_commune(insee)
        if commune is None:
            successor = find_successor(insee)
            if successor is None:
                return self._absent()
            return _go_to(f"{PUBLIC_ROOT}/commune/{successor.insee_code}")
        return self._page("commune.html", view=view_commune(self.services, commune))

    def _stop(self, stop: tuple[TourId, StopId], service: Service) -> Answer | None:
        usual = service.publication.usual_places.get(stop)
        place = usual[0] if usual else service.gone.get(stop)
        if place is None:
            return None
        known = find_commune(place.insee_code or "")
        if usual:
            page = f"commune/{known.insee_code}" if known else f"service/{service.agency_id}"
            return _go_to(f"{PUBLIC_ROOT}/{page}")
        sentence = _("{place} : le bus ne s'y arrête plus.").format(place=place.name)
        return self._message(_("Arrêt supprimé"), sentence, known, status=410)

    def _absent(self) -> Answer:
        sentence = _("Cette page n'existe pas, ou n'existe plus.")
        return self._message(_("Page introuvable"), sentence, None, status=404)

    def _message(
        self, title: str, sentence: str, commune: Commune | None, *, status: int
    ) -> Answer:
        return self._page(
            "message.html",
            status=status,
            title=title,
            sentence=sentence,
            commune=commune,
        )

    def _page(self, template: str, *, status: int = 200, **values: object) -> Answer:
        return Answer(body=self.render(template, **values).encode(), status=status)


def _keeps_cancelled(request: Request) -> bool:
    """Tell whether a calendar is for a program that removes cancelled events."""
    return request.query_params.get("annules") == "visibles"


def _go_to(path: str) -> Answer:
    return Answer(body=b"", status=303, location=path)
