"""Who has not confirmed an order yet, since when, and the risks that people accepted.

Orders are erasures, bodies past their age, and buses that a laptop has left.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fsmobile.errors import InvalidInput
from fsmobile.protocol.scopes import Role
from fsmobile.registry.administration import find_laptop, note_event
from fsmobile.registry.erasure_rows import OrderRow
from fsmobile.registry.pulls import scopes_of
from fsmobile.registry.records import DeviceRow, EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage, Transaction

DAY_MS = 86_400_000
LATE_DAYS = (7, 14, 30)
"""Ages of an order (days) at which a person is reminded of it, more urgently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A laptop that has not confirmed all its orders."""

    device: DeviceRow
    last_seen_at: int | None
    orders: int
    """How many orders wait for its confirmation."""
    since: int
    """When the oldest of them was written, ms."""

    def days(self, now: int) -> int:
        """Return for how many whole days it has not confirmed."""
        return max(0, now - self.since) // DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRisk:
    """A revoked laptop whose confirmation nobody expects any more."""

    device: DeviceRow
    closed_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of each scope and kind, in the order of gsn."""

    of_scope: Mapping[tuple[str, str], Sequence[OrderRow]]

    def waiting(
        self, scopes: Iterable[str], confirmed: Mapping[str, int], enrolled_at: int
    ) -> list[OrderRow]:
        """Return the orders that a laptop has not confirmed; `confirmed` is by kind.

        A laptop that was enrolled after an order never saw what it erased.
        """
        return [
            order
            for scope in scopes
            for kind, upto in confirmed.items()
            for order in self._after(scope, kind, upto)
            if order.at >= enrolled_at
        ]

    def _after(self, scope: str, kind: str, gsn: int) -> Sequence[OrderRow]:
        orders = self.of_scope.get((scope, kind), ())
        return orders[bisect_right(orders, gsn, key=lambda order: order.gsn) :]


def load_orders(transaction: Transaction) -> Orders:
    """Read all orders that take something away; there are few."""
    of_scope: dict[tuple[str, str], list[OrderRow]] = {}
    for order in transaction.list_orders():
        of_scope.setdefault((order.scope, order.kind), []).append(order)
    return Orders(of_scope)


def list_unconfirmed(storage: Storage) -> list[Unconfirmed]:
    """Return who has not confirmed, the oldest first; revoked laptops until they are closed."""
    with storage.reading() as transaction:
        orders = load_orders(transaction)
        closed = transaction.list_closed_risks()
        devices = transaction.list_devices()
    units: dict[str, set[str]] = {}
    for device, _ in devices:
        units.setdefault(device.agency, set()).add(device.unit)
    found = []
    for device, seen in devices:
        if device.device_id in closed:
            continue
        is_office = device.role == Role.COORDINATOR
        read = units[device.agency] if is_office else {device.unit}
        scopes = scopes_of(device.device_id, device.agency, read, is_office=is_office)
        waiting = orders.waiting(scopes, device.confirmed, device.enrolled_at)
        if waiting:
            since = min(order.at for order in waiting)
            found.append(
                Unconfirmed(device=device, last_seen_at=seen, orders=len(waiting), since=since)
            )
    return sorted(found, key=lambda one: one.since)


def list_closed(storage: Storage) -> list[ClosedRisk]:
    """Return the risks that a person accepted, the newest first."""
    with storage.reading() as transaction:
        devices = {device.device_id: device for device, _ in transaction.list_devices()}
        closed = transaction.list_closed_risks()
    risks = [
        ClosedRisk(device=devices[device_id], closed_at=at, reason=reason)
        for device_id, (at, reason) in closed.items()
        if device_id in devices
    ]
    return sorted(risks, key=lambda one: -one.closed_at)


def close_risk(service: RegistryService, start: str, reason: str) -> DeviceRow:
    """Stop waiting for a revoked laptop's confirmation; the reason is kept with its name.

    Raises:
        NotFound, InvalidInput: as `administration.find_laptop`; or it is not revoked.
    """
    with service.storage.transaction() as transaction:
        device = find_laptop(transaction, start)
        if device.revoked_at is None:
            raise InvalidInput("risk_of_a_laptop_in_use", name=device.name)
        transaction.close_risk(device.device_id, service.clock.now_ms(), reason)
        note_event(service, transaction, EventKind.RISK_CLOSED, device.device_id)
    return device


def count_late(unconfirmed: Sequence[Unconfirmed], now: int) -> dict[int, int]:
    """Return days → how many laptops have been silent for at least so long."""
    return {days: sum(one.days(now) >= days for one in unconfirmed) for days in (0, *LATE_DAYS)}
