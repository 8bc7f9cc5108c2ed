"""Places: where the bus can stop; commune, spot, constraints."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.ids import PlaceId
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.spans import WeeklySpan


class PlaceKind(StrEnum):
    """What a place is for; French codes, as in the files."""

    STOP = "arret"
    BASE = "base"
    FALLBACK = "repli"


class Place(Struct, frozen=True, kw_only=True):
    """Where one can stop."""

    place_id: PlaceId
    name: str
    """What the public reads: the commune and the spot."""
    commune: str = ""
    """Official name; empty when the file does not say."""
    insee_code: str | None = None
    spot: str = ""
    """The precise spot (« derrière la mairie »), when it is apart from the name."""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: PlaceKind = PlaceKind.STOP
    is_accessible: bool | None = None
    """To a person in a wheelchair; None when nobody knows."""
    has_socket: bool | None = None
    network: str | None = None
    """What is known of the mobile network, in the file's own words (`oui`, `non`, `4G`)."""
    unavailable: tuple[WeeklySpan, ...] = ()
    """Hours of the week when the place is taken: market, school."""
    fallback_id: PlaceId | None = None
    permit_until: date | None = None
    """Last day of the permission to park."""
    osm_node: str | None = None
    position: Position = NOWHERE
