"""Assigning a laptop to another bus or role: it keeps its key, its log and its work."""

from dataclasses import dataclass, replace

from fsmobile.core.ids import is_slug
from fsmobile.errors import InvalidInput
from fsmobile.protocol.scopes import Role
from fsmobile.registry.administration import find_laptop
from fsmobile.registry.moves import move
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.records import DeviceRow
from fsmobile.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a laptop was, and what it has become."""

    before: DeviceRow
    after: DeviceRow
    dropped: tuple[str, ...]
    """Scopes that it may no longer see."""


def assign(
    service: RegistryService,
    start: str,
    *,
    unit: str | None = None,
    role: str | None = None,
    by: str = "",
) -> Assignment:
    """Assign a laptop to another bus or role; its next exchange tells it so.

    What it recorded for the old one and has not sent yet is accepted until it says that nothing is
    left.

    Raises:
        NotFound, InvalidInput: as `administration.find_laptop`; or it is revoked, the unit is
            malformed, or nothing would change.
    """
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        wanted = _moved(device, unit or device.unit, role or device.role)
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        new, dropped = move(book, service.key, device, wanted, now=service.clock.now_ms(), by=by)
    return Assignment(before=device, after=new, dropped=dropped)


def _moved(device: DeviceRow, unit: str, role: str) -> DeviceRow:
    agency, _, vehicle = unit.partition("/")
    if not (is_slug(agency) and is_slug(vehicle)):
        raise InvalidInput("unit_malformed", value=unit)
    if role not in set(Role):
        raise InvalidInput("role_unknown", value=role, expected=", ".join(Role))
    if device.revoked_at is not None:
        raise InvalidInput("assignment_of_a_revoked_laptop", name=device.name)
    if (unit, role) == (device.unit, device.role):
        raise InvalidInput("assignment_unchanged", name=device.name, unit=unit)
    return replace(device, agency=agency, unit=unit, role=role)
