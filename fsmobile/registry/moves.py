"""What the registry makes of a laptop: its certificate, its bus, and its own word of them again.

A registry put back from a backup has forgotten where it sent laptops since. They have it in
writing: a certificate is signed by the registry, and each but the first has its event in the
journal, so one without its event was forgotten, and cannot be an old one shown again.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import count
from operator import attrgetter

import msgspec

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.certificates import Certificate, device_of, encode_certificate
from fsmobile.protocol.orders import (
    KEY_REVOKE,
    SCOPE_DROP,
    DropOrder,
    RevokeOrder,
    encode_order,
)
from fsmobile.protocol.scopes import device_scope, unit_scope
from fsmobile.protocol.signatures import SigningKey, is_signed_by
from fsmobile.registry.erasure_orders import tell_author
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.records import DeviceRow, Event, EventKind
from fsmobile.registry.signing_keys import KeyRing

WORD = "certificate"
"""In the journal: who said where a laptop works."""


def certify(key: SigningKey, device: DeviceRow, now: int) -> Certificate:
    """Sign who a laptop is."""
    certificate = Certificate(
        public_key=device.public_key,
        box_key=device.box_key,
        name=device.name,
        agency=device.agency,
        unit=device.unit,
        role=device.role,
        issued_at=now,
        device_id=device.device_id if device.former else b"",
    )
    return msgspec.structs.replace(certificate, signature=key.sign(certificate.message()))


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, or the name with a number: two laptops of a bus never share one."""
    if name not in taken:
        return name
    return next(free for n in count(2) if (free := f"{name}-{n}") not in taken)


def move(
    book: OrderBook,
    key: SigningKey,
    device: DeviceRow,
    new: DeviceRow,
    *,
    now: int,
    by: str = "",
    between: Collection[str] = (),
) -> tuple[DeviceRow, tuple[str, ...]]:
    """Give a laptop its new assignment and tell it; return it, and the scopes it loses.

    What it has not sent of the bus that it leaves, and of those `between`, is taken in until it
    says that nothing is left.
    """
    transaction = book.transaction
    # The newest order must have the latest date, even if the registry's clock was put back.
    now = max(now, transaction.newest_event_of(device.device_id, EventKind.LAPTOP_ASSIGNED) + 1)
    taken = transaction.list_names(new.unit, besides=new.device_id)
    new = replace(new, name=free_name(new.name, taken))
    seen = readable_scopes(transaction, device)
    transaction.assign_device(new)
    readable = readable_scopes(transaction, new)
    dropped = tuple(sorted(set(seen) - set(readable)))
    tell_author(book, device)
    certificate = encode_certificate(certify(key, new, now))
    order = DropOrder(scopes=dropped, certificate=certificate)
    book.write(SCOPE_DROP, device_scope(new.device_id), encode_order(order), at=now)
    # An office also reads buses in which it may not write: only its own counts as returned to.
    transaction.return_to_scopes(new.device_id, [unit_scope(new.unit)])
    left = sorted({device.unit, *between} - {new.unit})
    scopes = [unit_scope(unit) for unit in left]
    transaction.leave_scopes(new.device_id, scopes, transaction.position().gsn)
    if new.unit != device.unit:
        gone = RevokeOrder(device_id=new.device_id, issued_before=now)
        book.write(KEY_REVOKE, unit_scope(device.unit), encode_order(gone))
    note_move(book, device, new, now=now, by=by)
    return new, dropped


def take_word_from(book: OrderBook, device: DeviceRow, at: int, by: str = "") -> None:
    """Revoke a laptop, and tell its bus."""
    transaction, now = book.transaction, book.clock.now_ms()
    event = Event(now, EventKind.LAPTOP_REVOKED, device.device_id, by)
    transaction.add_event(make_uuid7(now, book.chance.token(10)), event)
    transaction.revoke_device(device.device_id, at)
    order = RevokeOrder(device_id=device.device_id)
    book.write(KEY_REVOKE, unit_scope(device.unit), encode_order(order))


def note_move(
    book: OrderBook, device: DeviceRow, new: DeviceRow, *, now: int, by: str = ""
) -> None:
    """Record in the journal that a laptop has another bus or role."""
    detail = f"{device.unit} → {new.unit} ({new.role}) {by}".rstrip()
    event = Event(now, EventKind.LAPTOP_ASSIGNED, new.device_id, detail)
    book.transaction.add_event(make_uuid7(now, book.chance.token(10)), event)


def believe(
    book: OrderBook, keys: KeyRing, device: DeviceRow, shown: Iterable[Certificate]
) -> DeviceRow:
    """Return who a laptop is, given certificates that this registry issued and has forgotten.

    What it recorded for a bus in between is accepted like what it recorded for the last one.
    """
    forgotten = sorted(
        (one for one in shown if _is_forgotten(book, keys, device, one)),
        key=attrgetter("issued_at"),
    )
    if not forgotten or device.revoked_at is not None:
        return device
    last = forgotten[-1]
    now = max(book.clock.now_ms(), last.issued_at)
    wanted = replace(device, name=last.name, agency=last.agency, unit=last.unit, role=last.role)
    between = {one.unit for one in forgotten}
    new, _ = move(book, keys.current, device, wanted, now=now, by=WORD, between=between)
    return new


def _is_forgotten(book: OrderBook, keys: KeyRing, device: DeviceRow, one: Certificate) -> bool:
    """Tell whether this registry issued a certificate after all that it remembers."""
    if device_of(one) != device.device_id or one.issued_at <= device.enrolled_at:
        return False
    if not is_signed_by(keys.public, one.message(), one.signature):
        return False
    newest = book.transaction.newest_event_of(device.device_id, EventKind.LAPTOP_ASSIGNED)
    return one.issued_at > newest
