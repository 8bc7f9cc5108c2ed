"""Passages as JSON: the openings of a window, and the next one of each commune."""

from collections.abc import Iterable
from datetime import UTC

import msgspec
from msgspec import Struct

from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.publications import Publication

FORMAT = "passages/1"


class Opening(Struct, frozen=True, kw_only=True):
    """One opening of a stop on a day: ids wherever a name could change."""

    structure: str
    unit: str | None
    """`<structure>/<vehicule>`, or null when nobody has said."""
    passage: str = msgspec.field(name="pass")
    """Name of the passage: it survives moves and new versions."""
    tour: str
    stop: str
    place: str
    place_name: str
    date: str
    """The day on which the bus comes."""
    span: int
    """Rank of the opening among those of the passage, from 0."""
    starts: str | None
    """Local, `09:30`; null when only a half-day is announced, in `period`."""
    ends: str | None
    period: str | None
    status: str
    """`prevu`, `annule`, `deplace` or `ajoute`."""
    original_date: str
    """The day that the timetable gives."""
    changes: tuple[str, ...]
    reason: str | None
    notice: str | None
    """What the public is told."""


class PublicOpening(Opening, frozen=True, kw_only=True):
    """An opening with all that a page needs to show it."""

    commune: str | None
    insee: str | None
    lat: float | None
    lon: float | None
    access: str
    """`libre`, `rdv`, `demande` or `prive`."""
    tentative: bool
    """Subject to confirmation."""


class NextPassage(Struct, frozen=True, kw_only=True):
    """The next passage of a commune that is not cancelled."""

    insee: str
    commune: str
    passage: str = msgspec.field(name="pass")
    date: str


class Structure(Struct, frozen=True, kw_only=True):
    """Who runs the bus."""

    id: str
    name: str
    phone: str | None
    timezone: str
    """Every hour is local to it."""


class PassagesFile(Struct, frozen=True, kw_only=True):
    """The passages of one structure over a window."""

    format: str
    structure: Structure
    revision: int
    mis_a_jour: str
    """Instant of the publication, in UTC."""
    first: str
    last: str
    next: tuple[NextPassage, ...]
    passages: tuple[PublicOpening, ...]


def write_passages_json(publication: Publication) -> str:
    """Write the passages of a publication."""
    openings = tuple(_public_opening(publication, one) for one in publication.passages)
    agency, state, window = publication.tree.agency, publication.state, publication.window
    file = PassagesFile(
        format=FORMAT,
        structure=Structure(
            id=agency.agency_id, name=agency.name, phone=agency.phone, timezone=agency.timezone
        ),
        revision=state.number,
        mis_a_jour=f"{state.revised_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        first=window.first.isoformat(),
        last=window.last.isoformat(),
        next=_next_of_communes(openings),
        passages=openings,
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1).decode() + "\n"


def opening_of(passage: PlannedPassage, place_name: str) -> Opening:
    """Return an opening as programs read it."""
    return Opening(
        structure=passage.agency_id,
        unit=passage.unit,
        passage=passage.passage_id,
        tour=passage.tour_id,
        stop=passage.stop_id,
        place=passage.place_id,
        place_name=place_name,
        date=passage.service_date.isoformat(),
        span=passage.span,
        starts=None if passage.starts is None else f"{passage.starts:%H:%M}",
        ends=None if passage.ends is None else f"{passage.ends:%H:%M}",
        period=passage.period if passage.starts is None else None,
        status=passage.status,
        original_date=passage.original_date.isoformat(),
        changes=tuple(passage.changes),
        reason=passage.reason or None,
        notice=passage.notice or None,
    )


def _public_opening(publication: Publication, passage: PlannedPassage) -> PublicOpening:
    place = publication.place_of(passage)
    return PublicOpening(
        **msgspec.structs.asdict(opening_of(passage, place.name)),
        commune=place.commune or None,
        insee=place.insee_code,
        lat=place.latitude,
        lon=place.longitude,
        access=passage.access,
        tentative=passage.call.is_tentative,
    )


def _next_of_communes(openings: Iterable[PublicOpening]) -> tuple[NextPassage, ...]:
    firsts: dict[str, NextPassage] = {}
    for one in openings:
        if one.insee is not None and one.status != "annule":
            firsts.setdefault(
                one.insee,
                NextPassage(
                    insee=one.insee, commune=one.commune or "", passage=one.passage, date=one.date
                ),
            )
    return tuple(firsts[insee] for insee in sorted(firsts))
