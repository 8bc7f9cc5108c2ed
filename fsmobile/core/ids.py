"""Typed identifiers: slugs for schedule things, UUIDv7 for facts, names of passages."""

import re
from datetime import date
from functools import lru_cache
from typing import NewType
from uuid import UUID

from msgspec import Struct

AgencyId = NewType("AgencyId", str)
"""Slug of a structure."""
VehicleId = NewType("VehicleId", str)
PlaceId = NewType("PlaceId", str)
TourId = NewType("TourId", str)
RunId = NewType("RunId", str)
StopId = NewType("StopId", str)
AgentId = NewType("AgentId", str)
OperatorId = NewType("OperatorId", str)
ProcedureId = NewType("ProcedureId", str)
UnitId = NewType("UnitId", str)
"""`<structure>/<vehicule>`: the bus with its crew, the scope of a sync."""
VisitId = NewType("VisitId", str)
"""UUIDv7, the id of the op that recorded the visit."""
AppointmentId = NewType("AppointmentId", str)
"""UUIDv7, the id of the op that booked it."""
FollowUpId = NewType("FollowUpId", str)
"""UUIDv7, the id of the op that opened it."""
EntryId = NewType("EntryId", str)
"""UUIDv7, the id of the op that wrote an entry of the logbook."""
OpId = NewType("OpId", str)
"""UUIDv7 as text, lower case with hyphens."""
PassageId = NewType("PassageId", str)
"""Made by `planned_passage_id` or `unplanned_passage_id`."""

SLUG = re.compile(r"[a-z0-9-]{1,40}")


def is_slug(text: str) -> bool:
    """Tell whether the text is an identifier of schedule files: `[a-z0-9-]`, 1 to 40."""
    return SLUG.fullmatch(text) is not None


def is_plain_act(procedure_id: ProcedureId) -> bool:
    """Tell whether a code is of an act that is no procedure and has no operator: a print, a call.

    The code says so for good: a laptop whose catalogue lacks it judges it the same.
    """
    return procedure_id.startswith("acte-")


def make_uuid7(now_ms: int, token: bytes) -> str:
    """Make a UUIDv7 (RFC 9562) from a time in ms and 10 random bytes.

    Uniqueness rests on the 74 random bits, never on the clock being right.
    """
    value = (now_ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(token[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def unit_id(agency_id: AgencyId, vehicle_id: VehicleId) -> UnitId:
    """Name the unit of a vehicle."""
    return UnitId(f"{agency_id}/{vehicle_id}")


class PassageName(Struct, frozen=True, kw_only=True):
    """The parts of a passage's id: planned (tour and stop) or unplanned (place and token)."""

    agency_id: AgencyId
    service_date: date
    """The original date of a planned passage, kept when it moves."""
    tour_id: TourId | None = None
    stop_id: StopId | None = None
    place_id: PlaceId | None = None
    token: str | None = None
    """UUIDv7 of an unplanned passage."""


def planned_passage_id(
    agency_id: AgencyId, tour_id: TourId, stop_id: StopId, original_date: date
) -> PassageId:
    """Name a planned passage; the name survives moves and new versions of the tour."""
    return PassageId(f"{agency_id}/{tour_id}/{stop_id}/{original_date.isoformat()}")


def unplanned_passage_id(
    agency_id: AgencyId, place_id: PlaceId, service_date: date, token: str
) -> PassageId:
    """Name a passage that no schedule planned."""
    return PassageId(f"{agency_id}/@{place_id}/{service_date.isoformat()}/{token}")


@lru_cache(maxsize=1024)  # a day names few passages, and each of its visits names one
def parse_passage_id(text: str) -> PassageName:
    """Read a passage's id back into its parts.

    Raises:
        ValueError: the text is not the name of a passage.
    """
    parts = text.split("/")
    if len(parts) != 4:
        raise ValueError(text)
    agency, second, third, last = parts
    if second.startswith("@"):
        name = PassageName(
            agency_id=AgencyId(agency),
            place_id=PlaceId(second[1:]),
            service_date=date.fromisoformat(third),
            token=str(UUID(last)),
        )
        slugs, again = [agency, second[1:]], f"{name.service_date}/{name.token}"
    else:
        name = PassageName(
            agency_id=AgencyId(agency),
            tour_id=TourId(second),
            stop_id=StopId(third),
            service_date=date.fromisoformat(last),
        )
        slugs, again = [agency, second, third], f"{third}/{name.service_date}"
    # One way to write a name: `20261126` is a date too, and would be another passage.
    if not all(map(is_slug, slugs)) or f"{third}/{last}" != again:
        raise ValueError(text)
    return name
