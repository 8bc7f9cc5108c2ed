"""Who may write what, by kind of op, role and place: one table, which `intake` enforces."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from fsmobile.protocol.absence_records import ABSENCE_READERS
from fsmobile.protocol.logbook_records import LOGBOOK_READERS
from fsmobile.protocol.notice_records import NOTICE_READERS
from fsmobile.protocol.ops import Op
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEDULE_FILE, SCHEDULE_PUBLISH, SCHEMAS
from fsmobile.protocol.scopes import Role, agency_scope, office_scope, unit_scope
from fsmobile.registry.records import DeviceRow


class Place(StrEnum):
    """What a scope is to a laptop."""

    BUS = "bus"
    """Its own bus, or one that it has left and for which it still has acts to send."""
    AGENCY = "agency"
    """What every laptop of its structure reads."""
    OFFICE = "office"
    """What only its structure's coordinators read."""


Places = Mapping[Role, frozenset[Place]]
NOBODY: Places = {role: frozenset() for role in Role}
"""Only the registry itself writes these."""
IN_ITS_BUS: Places = dict.fromkeys(Role, frozenset({Place.BUS}))
TOLD_TO_ALL: Places = {
    Role.AGENT: frozenset({Place.BUS}),
    Role.COORDINATOR: frozenset({Place.BUS, Place.AGENCY}),
}
OF_THE_SCHEDULE: Places = {
    Role.AGENT: frozenset(),
    Role.COORDINATOR: frozenset({Place.AGENCY}),
}
OF_THE_OFFICE: Places = {
    Role.AGENT: frozenset(),
    Role.COORDINATOR: frozenset({Place.OFFICE}),
}
UNKNOWN: Places = {
    Role.AGENT: frozenset({Place.BUS}),
    Role.COORDINATOR: frozenset(Place),
}
"""A kind of a newer program: accepted from whoever may write to the scope at all."""
PLACES_OF_KIND: Mapping[str, Places] = {
    **dict.fromkeys(SCHEMAS, IN_ITS_BUS),
    **dict.fromkeys((*LOGBOOK_READERS, *NOTICE_READERS), TOLD_TO_ALL),
    **dict.fromkeys((SCHEDULE_FILE, SCHEDULE_PUBLISH), OF_THE_SCHEDULE),
    **dict.fromkeys(ABSENCE_READERS, OF_THE_OFFICE),
    **dict.fromkeys(sorted(ORDERS), NOBODY),
}


def place_of(device: DeviceRow, scope: str) -> Place | None:
    """Return what a scope is to a laptop; None if it has no part in it."""
    if scope == unit_scope(device.unit) or scope in device.former_scopes:
        return Place.BUS
    if scope == agency_scope(device.agency):
        return Place.AGENCY
    return Place.OFFICE if scope == office_scope(device.agency) else None


def may_write(device: DeviceRow, kind: str, scope: str) -> bool:
    """Tell whether a laptop may write an op of a kind there."""
    places = PLACES_OF_KIND.get(kind, UNKNOWN)
    return place_of(device, scope) in places[Role(device.role)]


def name_forbidden(device: DeviceRow, ops: Iterable[Op | None]) -> str:
    """Name the kinds of the ops that a laptop may not write: `schedule.publish, visit.record`."""
    written = {(op.kind, op.scope) for op in ops if op}
    kinds = {kind for kind, scope in written if not may_write(device, kind, scope)}
    known = sorted(kinds & PLACES_OF_KIND.keys())
    # An unknown kind is arbitrary text from the laptop: it is not repeated.
    return ", ".join([*known, *(["…"] if kinds - PLACES_OF_KIND.keys() else [])])
