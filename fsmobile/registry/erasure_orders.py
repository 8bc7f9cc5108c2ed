"""Ordering laptops to erase: wherever an op went, and again where the order was lost."""

from collections.abc import Iterable, Sequence

from fsmobile.protocol.orders import ERASE, EraseOrder, encode_order
from fsmobile.protocol.scopes import device_scope
from fsmobile.registry.erasure_rows import IDS_AT_ONCE, HeldTarget
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.records import DeviceRow, Erasure
from fsmobile.registry.storage import Transaction

ORDER_TARGETS_MAX = 1000
"""Targets per order: 40 bytes each, in a body of at most 64 KiB."""


def renew_erasures(book: OrderBook, erasures: Iterable[Erasure]) -> int:
    """Repeat the erasures that a database has forgotten, and their orders; return how many.

    A backup knows neither what was erased after it nor the orders to do so, and some laptops may
    not have received them yet.
    """
    transaction = book.transaction
    given = {one.op_id: one for one in erasures}
    ids = list(given)
    known: set[str] = set()
    for start in range(0, len(ids), IDS_AT_ONCE):
        known |= transaction.find_erased(ids[start : start + IDS_AT_ONCE])
    missing = {op_id: one for op_id, one in given.items() if op_id not in known}
    if not missing:
        return 0
    targets = transaction.find_targets(list(missing))
    # What was recorded on an erased visit goes with it, as it did the first time.
    renewed = [
        Erasure(one.op_id, source.at, source.ground, one.scope)
        for one in targets
        if (source := missing.get(one.op_id) or missing.get(one.entity)) is not None
    ]
    # The others will be sent by the laptops that hold them, which must find the order.
    held = {one.op_id for one in targets}
    renewed += [one for op_id, one in missing.items() if op_id not in held]
    transaction.erase_bodies(renewed)
    tell(book, renewed, targets)
    return len(missing)


def tell_author(book: OrderBook, device: DeviceRow) -> None:
    """Order a laptop again, by itself, to erase its own erased acts.

    It may not have received the order in its former bus, whose scope it no longer reads.
    """
    told: dict[str, list[str]] = {}
    for one in book.transaction.list_erased_of(device.device_id):
        told.setdefault(one.ground, []).append(one.op_id)
    for ground, op_ids in told.items():
        _write(book, device_scope(device.device_id), ground, op_ids)


def tell(book: OrderBook, erasures: Iterable[Erasure], targets: Iterable[HeldTarget]) -> None:
    """Order erasures wherever the ops went."""
    held = {one.op_id: one for one in targets}
    readable: dict[bytes, list[str]] = {}
    told: dict[tuple[str, str], list[str]] = {}
    for erasure in erasures:
        target = held.get(erasure.op_id)
        scopes = (
            [erasure.scope] if target is None else _scopes_of(book.transaction, target, readable)
        )
        for scope in filter(None, scopes):
            told.setdefault((scope, erasure.ground), []).append(erasure.op_id)
    for (scope, ground), op_ids in told.items():
        _write(book, scope, ground, op_ids)


def _write(book: OrderBook, scope: str, ground: str, op_ids: Sequence[str]) -> None:
    for start in range(0, len(op_ids), ORDER_TARGETS_MAX):
        some = tuple(op_ids[start : start + ORDER_TARGETS_MAX])
        book.write(ERASE, scope, encode_order(EraseOrder(targets=some, ground=ground)))


def _scopes_of(
    transaction: Transaction, target: HeldTarget, readable: dict[bytes, list[str]]
) -> list[str]:
    """Return where an op was written, and its author's own when that does not reach it.

    Also of one that was refused, and handed out to nobody: laptops give each other what they have.
    """
    scopes = [target.scope]
    author = target.device_id
    if author is not None:
        if author not in readable:
            device = transaction.find_device(author)
            readable[author] = [] if device is None else readable_scopes(transaction, device)
        if not set(scopes) & set(readable[author]):
            scopes.append(device_scope(author))
    return scopes
