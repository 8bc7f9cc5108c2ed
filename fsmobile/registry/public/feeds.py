"""Feeds of the public address: calendars of stops, tours, buses and communes, files of data."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from msgspec.structs import replace

from fsmobile.core.public_feeds import CalendarFeed, Selection
from fsmobile.core.publications import Publication
from fsmobile.errors import NotFound
from fsmobile.formats import ics
from fsmobile.formats.lieux_mediation import write_mediation_csv
from fsmobile.formats.mobile_library_writing import write_mobile_library_csv
from fsmobile.formats.notice_html import STYLE, write_notice_page
from fsmobile.formats.passages_json import write_passages_json
from fsmobile.formats.qr_codes import draw_qr
from fsmobile.formats.served_stops import list_served_stops, write_opening_hours_csv
from fsmobile.reference.communes import find_postcode
from fsmobile.registry.public.answers import Answer
from fsmobile.registry.public.services import PublicServices, Service
from fsmobile.texts.calendar_words import describe_feed
from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import _, current_language
from fsmobile.texts.village_notice import describe_notice

CSV, JSON = "text/csv", "application/json"
FILES: Mapping[str, tuple[str, Callable[[Publication], str]]] = {
    "passages.json": (JSON, write_passages_json),
    "opening-hours.csv": (
        CSV,
        lambda publication: write_opening_hours_csv(list_served_stops(publication)),
    ),
    "lieux-mediation-numerique.csv": (
        CSV,
        lambda publication: write_mediation_csv(
            publication, list_served_stops(publication), find_postcode
        ),
    ),
    "mobile-library.csv": (CSV, write_mobile_library_csv),
}
"""Files of a whole service: their type, and who writes them."""


def give_file(service: Service, name: str) -> Answer | None:
    """Return a file of data of a service, or None when there is no such file."""
    if name not in FILES:
        return None
    media_type, write = FILES[name]
    return Answer(body=write(service.publication).encode(), media_type=media_type)


def give_calendar(
    service: Service, selection: Selection, *, keeps_cancelled: bool
) -> Answer | None:
    """Return the calendar of a stop, a tour or a bus.

    A stop that is gone has an empty one: a telephone then forgets its passages, which it would
    keep for ever after a refusal. None is for what never was.
    """
    publication = service.publication
    try:
        publication.require(selection)
    except NotFound:
        if selection.tour_id is None or selection.stop_id is None:
            return None
        gone = service.gone.get((selection.tour_id, selection.stop_id))
        if gone is None:
            return None
        name = _("{place} : le bus ne s'y arrête plus").format(place=gone.name)
        return _calendar(
            CalendarFeed(name=name, timezone=publication.tree.agency.timezone, events=())
        )
    return _calendar(describe_feed(publication, selection, keeps_cancelled=keeps_cancelled))


def give_commune_calendar(
    services: PublicServices, insee_code: str, *, keeps_cancelled: bool
) -> Answer:
    """Return the calendar of every bus that comes to a commune; an empty one without any."""
    selection = Selection(insee_code=insee_code)
    serving = services.serving(insee_code)
    feeds = [
        describe_feed(one.publication, selection, keeps_cancelled=keeps_cancelled)
        for one in serving
    ]
    if not feeds:
        name = _("Aucun bus")
        return _calendar(CalendarFeed(name=name, timezone="Europe/Paris", events=()))
    events = tuple(event for feed in feeds for event in feed.events)
    name = feeds[0].name
    if len(feeds) > 1:
        commune = serving[0].communes[insee_code]
        name = _("Bus à {commune}").format(commune=commune)
    return _calendar(replace(feeds[0], name=name, events=events))


def give_notice(service: Service, insee_code: str) -> Answer | None:
    """Return the A4 notice of a commune, or None when the bus does not come there."""
    publication = service.publication
    if insee_code not in publication.communes:
        return None
    notice = describe_notice(publication, insee_code)
    calendar = publication.page_of("commune", f"{insee_code}.ics")
    code = draw_qr(calendar) if calendar else ""
    page = hold_signs(write_notice_page(notice, current_language(), code))
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return Answer(body=page.encode(), style_hash=digest)


def _calendar(feed: CalendarFeed) -> Answer:
    return Answer(body=ics.write_calendar(feed).encode(), media_type=ics.MEDIA_TYPE)
