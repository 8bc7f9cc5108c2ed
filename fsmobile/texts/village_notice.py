"""The notice of a village's board, in words: one A4 sheet that says when the bus comes."""

from collections import Counter
from collections.abc import Sequence

from fsmobile.core.ids import PlaceId
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.public_feeds import Notice, NoticePart, NoticeRow, Selection
from fsmobile.core.publications import Publication
from fsmobile.texts.dates import format_date, format_day_without_year
from fsmobile.texts.public_words import (
    explain_access,
    explain_change,
    explain_usual_days,
    format_opening,
    format_phone,
)
from fsmobile.texts.translation import _

ROWS_MIN, ROWS_MAX = 3, 10
"""Openings on the sheet: more would not be read from a pace away."""
LINES_MAX, LINE_CHARACTERS = 20, 58
"""What one A4 sheet holds under its title, in the letters it is written in."""
CHANGES_MAX = 3
RULES_MAX = 4
PLACES_MAX = 3


def describe_notice(publication: Publication, insee_code: str) -> Notice:
    """Say what the board of a commune shows: what changes, what is usual, what comes next."""
    tree, today = publication.tree, publication.today
    coming = publication.select(Selection(insee_code=insee_code))
    places = _places_of(publication, coming)
    main = places[0].place_id if places else None
    commune = publication.communes.get(insee_code, insee_code)
    told = (explain_change(tree, one) for one in coming[:ROWS_MAX])
    changes = list(dict.fromkeys(filter(None, told)))[:CHANGES_MAX]
    usual = explain_usual_days(tree, places, today)[:RULES_MAX]
    where = [_place(place) for place in places[:PLACES_MAX]]
    shown = coming[: _rows_left([*where, *changes, *usual])]
    return Notice(
        title=_("Quand passe le bus à {commune} ?").format(commune=commune),
        agency=tree.agency.name,
        places=tuple(where),
        changes=_part(_("Attention"), changes),
        usual=_part(_("D'habitude"), usual),
        passages=_("Prochains passages"),
        heads=(_("Jour"), _("Heures")),
        rows=tuple(_row(publication, one, main) for one in shown),
        nothing=_("Aucun passage n'est prévu pour le moment."),
        phone=_phone(tree.agency.phone),
        code=_("Code à photographier : le calendrier des passages"),
        foot=_foot(publication, insee_code),
    )


def _places_of(publication: Publication, passages: Sequence[PlannedPassage]) -> list[Place]:
    """Return where the bus comes, the most usual place first."""
    counts = Counter(one.place_id for one in passages if not one.is_cancelled)
    places = {one.place_id: publication.place_of(one) for one in passages}
    return sorted(places.values(), key=lambda place: -counts[place.place_id])


def _rows_left(texts: Sequence[str]) -> int:
    """Count the openings for which the sheet has room beside these sentences."""
    lines = sum(-(-len(text) // LINE_CHARACTERS) for text in texts)
    return max(ROWS_MIN, min(ROWS_MAX, LINES_MAX - lines))


def _phone(phone: str | None) -> str:
    if not phone:
        return ""
    return _("Un doute ? Téléphonez : {phone}").format(phone=format_phone(phone))


def _part(title: str, texts: Sequence[str]) -> NoticePart | None:
    return NoticePart(title=title, texts=tuple(texts)) if texts else None


def _place(place: Place) -> str:
    where = ", ".join(filter(None, (place.spot, place.address)))
    told = f"{place.name} ({where})" if where else place.name
    if place.is_accessible:
        return _("{place}, accessible en fauteuil roulant").format(place=told)
    return told


def _row(publication: Publication, passage: PlannedPassage, main: PlaceId | None) -> NoticeRow:
    hours = (format_opening(passage.call), explain_access(passage.call))
    return NoticeRow(
        day=format_day_without_year(passage.service_date),
        hours=" · ".join(filter(None, hours)),
        place="" if passage.place_id == main else publication.place_of(passage).name,
        remark=_("ANNULÉ") if passage.is_cancelled else "",
    )


def _foot(publication: Publication, insee_code: str) -> tuple[str, ...]:
    page = publication.page_of("commune", insee_code)
    told = []
    if page:
        told.append(_("Photographiez ce code : les passages se mettent dans votre agenda."))
        told.append(_("Toujours à jour : {page}").format(page=page))
    told.append(_("Affiche établie le {day}.").format(day=format_date(publication.today)))
    return tuple(told)
