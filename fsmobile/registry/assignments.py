"""Giving a laptop to another bus, or another role: it keeps its key, its log and its work."""

from dataclasses import dataclass, replace

from fsmobile.core.ids import is_slug
from fsmobile.errors import InvalidInput
from fsmobile.protocol.certificates import encode_certificate
from fsmobile.protocol.orders import SCOPE_DROP, DropOrder, encode_order
from fsmobile.protocol.scopes import Role, device_scope, unit_scope
from fsmobile.registry.administration import find_laptop, note_event
from fsmobile.registry.erasure import tell_author
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.records import DeviceRow, EventKind
from fsmobile.registry.service import RegistryService, free_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a laptop was, and what it is from now on."""

    before: DeviceRow
    after: DeviceRow
    dropped: tuple[str, ...]
    """Scopes that it may not see any more."""


def assign(
    service: RegistryService,
    start: str,
    *,
    unit: str | None = None,
    role: str | None = None,
    by: str = "",
) -> Assignment:
    """Make a laptop one of another bus; its next exchange tells it so.

    What it recorded for the old one and has not sent is taken in as before, until it says
    that nothing is left.

    Raises:
        NotFound, InvalidInput: as `administration.find_laptop`; or it is revoked, the unit is
            none, or it is what it would become already.
    """
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        new = _moved(device, unit or device.unit, role or device.role)
        taken = transaction.list_names(new.unit, besides=new.device_id)
        new = replace(new, name=free_name(new.name, taken))
        seen = readable_scopes(transaction, device)
        transaction.assign_device(new)
        readable = readable_scopes(transaction, new)
        dropped = tuple(sorted(set(seen) - set(readable)))
        certificate = encode_certificate(service.certify(new, service.clock.now_ms()))
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        tell_author(book, device)
        order = DropOrder(scopes=dropped, certificate=certificate)
        book.write(SCOPE_DROP, device_scope(new.device_id), encode_order(order))
        # An office reads buses in which it may not write: only its own is its own again.
        transaction.return_to_scopes(new.device_id, [unit_scope(new.unit)])
        if new.unit != device.unit:
            left = [unit_scope(device.unit)]
            transaction.leave_scopes(new.device_id, left, transaction.position().gsn)
        detail = f"{device.unit} → {new.unit} ({new.role}) {by}".rstrip()
        note_event(service, transaction, EventKind.LAPTOP_ASSIGNED, new.device_id, detail)
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
