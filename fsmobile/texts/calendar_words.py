"""Calendars for the public, in words: their names, and what each event says."""

from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.public_feeds import CalendarEvent, CalendarFeed, Selection
from fsmobile.core.publications import Publication
from fsmobile.texts.public_words import explain_access, explain_change, format_opening, format_phone
from fsmobile.texts.translation import _

UID_DOMAIN = "fsmobile"


def describe_feed(
    publication: Publication, selection: Selection, *, keeps_cancelled: bool = False
) -> CalendarFeed:
    """Tell the passages of a stop, a tour, a bus, a commune or all as a calendar."""
    insee_code = selection.insee_code
    path = ("commune", insee_code) if insee_code is not None else ()
    return CalendarFeed(
        name=_name(publication, selection),
        timezone=publication.tree.agency.timezone,
        events=tuple(_event(publication, one) for one in publication.select(selection)),
        page=publication.page_of(*path),
        keeps_cancelled=keeps_cancelled,
    )


def _name(publication: Publication, selection: Selection) -> str:
    """Name a calendar by what it is about."""
    tree, about = publication.tree, ""
    if selection.stop_id is not None and selection.tour_id is not None:
        places = publication.usual_places.get((selection.tour_id, selection.stop_id), ())
        about = places[0].name if places else selection.stop_id
    elif selection.tour_id is not None:
        about = tree.tours[selection.tour_id].versions[-1].name
    elif selection.vehicle_id is not None:
        about = tree.vehicles[selection.vehicle_id].name
    elif selection.insee_code is not None:
        about = publication.communes.get(selection.insee_code, selection.insee_code)
    return f"{tree.agency.name} · {about}" if about else tree.agency.name


def _event(publication: Publication, passage: PlannedPassage) -> CalendarEvent:
    tree, place = publication.tree, publication.place_of(passage)
    summary = f"{place.name} · {tree.agency.name}"
    if passage.call.hours is None:
        summary = f"{summary} ({format_opening(passage.call)})"
    if passage.is_cancelled:
        summary = _("ANNULÉ — {what}").format(what=summary)
    phone = tree.agency.phone
    told = (
        explain_change(tree, passage),
        explain_access(passage.call),
        passage.call.note,
        _("Téléphone : {phone}").format(phone=format_phone(phone)) if phone else "",
    )
    rank = f"/{passage.span + 1}" if passage.span else ""
    return CalendarEvent(
        uid=f"{passage.passage_id}{rank}@{UID_DOMAIN}",
        state=publication.state,
        day=passage.service_date,
        starts=passage.starts,
        ends=passage.ends,
        summary=summary,
        description="\n".join(filter(None, told)),
        where=", ".join(filter(None, (place.spot, place.address, place.commune))) or place.name,
        latitude=place.latitude,
        longitude=place.longitude,
        is_cancelled=passage.is_cancelled,
        is_tentative=passage.call.is_tentative,
    )
