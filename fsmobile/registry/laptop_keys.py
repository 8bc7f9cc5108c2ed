"""Who signed a request: a laptop, its next key that it hands over to, or one that it had before."""

from dataclasses import replace

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.handovers import HANDOVERS_MAX, Handover
from fsmobile.protocol.key_succession import steps_from
from fsmobile.protocol.messages import SyncRequest
from fsmobile.protocol.orders import KEY_REVOKE, RevokeOrder, encode_order
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import is_signed_by, verify
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.records import DeviceRow, Event, EventKind


def recognise(
    book: OrderBook, device: DeviceRow, request: SyncRequest, payload: bytes, signature: bytes
) -> DeviceRow | None:
    """Return the laptop that signed a request; None if it did not.

    A key that the laptop's own hands over to is its key from here on. One that it had before is
    good for what that of a revoked laptop is: to hand in what nobody has, for a person to judge.
    """
    if verify(device.public_key, payload, signature):
        return device
    if is_signed_by(device.former_keys, payload, signature):
        return replace(device, revoked_at=book.clock.now_ms())
    # Nobody has proved anything yet: what is verified for a stranger has an end.
    for step in steps_from(device.public_key, request.handovers[:HANDOVERS_MAX]):
        if verify(step.new, payload, signature):
            return _renew(book, device, step)
    return None


def _renew(book: OrderBook, device: DeviceRow, last: Handover) -> DeviceRow:
    """Make a key the laptop's own; its bus believes no certificate of the one before."""
    now, former = book.clock.now_ms(), device.public_key + (device.former or b"")
    renewed = replace(device, public_key=last.new, box_key=last.new_box, former=former)
    book.transaction.renew_device_key(renewed)
    gone = RevokeOrder(device_id=device.device_id, issued_before=now)
    book.write(KEY_REVOKE, unit_scope(device.unit), encode_order(gone))
    event = Event(now, EventKind.LAPTOP_KEY_RENEWED, device.device_id, last.label)
    book.transaction.add_event(make_uuid7(now, book.chance.token(10)), event)
    return renewed
