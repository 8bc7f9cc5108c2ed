"""Erasing ops: the bodies go, ids, hashes and chains stay, and every laptop is told."""

from collections.abc import Callable, Iterable, Sequence

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.orders import ERASE, ORDERS, EraseOrder, encode_order
from fsmobile.protocol.records import SCHEDULE_FILE, SCHEDULE_PUBLISH
from fsmobile.protocol.scopes import device_scope
from fsmobile.registry.administration import note_event
from fsmobile.registry.erasure_rows import IDS_AT_ONCE, HeldTarget
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.records import DeviceRow, Erasure, EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction

ORDER_TARGETS_MAX = 1000
"""Of one order: 40 bytes each, in a body of at most 64 KiB."""
PUBLIC = (SCHEDULE_FILE, SCHEDULE_PUBLISH)
"""Kinds that are public files: a word is taken out by publishing again, history stays."""


def erase(
    service: RegistryService,
    ids: Sequence[str],
    ground: str,
    *,
    write_down: Callable[[Sequence[Erasure]], None] = lambda _erasures: None,
    by: str = "",
) -> list[str]:
    """Erase here and order it everywhere; return the ops that were held.

    An id is that of an op, or of what ops are about: a visit goes with its corrections, a
    passage with its notes. `write_down` keeps the erasures outside the database, and is
    called before anything is changed: one that is done twice harms nobody, one forgotten does.

    Raises:
        NotFound: none of them is held.
        InvalidInput: some are parts of a published schedule.
        StoreBusy: all is erased, but an older picture of the database is still being read.
    """
    now = service.clock.now_ms()
    with service.storage.transaction() as transaction:
        targets = [one for one in transaction.find_targets(ids) if one.kind not in ORDERS]
        aside = transaction.find_aside(ids) - {one.op_id for one in targets}
        if not targets and not aside:
            raise NotFound("op", ", ".join(ids))
        public = [one.op_id for one in targets if one.kind in PUBLIC]
        if public:
            raise InvalidInput("erase_of_a_schedule", value=", ".join(public))
        erasures = [Erasure(one.op_id, now, ground, one.scope) for one in targets]
        erasures += [Erasure(op_id, now, ground) for op_id in sorted(aside)]
        write_down(erasures)
        transaction.erase_bodies(erasures)
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        _tell(book, erasures, targets)
        note_event(service, transaction, EventKind.ERASED, detail=f"{len(erasures)} {by}".rstrip())
    service.storage.scrub()
    return [one.op_id for one in targets]


def erase_again(service: RegistryService, erasures: Iterable[Erasure]) -> int:
    """Do the erasures that this database has forgotten, before anybody asks; return how many.

    Raises:
        StoreBusy: as `erase`.
    """
    with service.storage.transaction() as transaction:
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        count = renew_erasures(book, erasures)
    if count:
        service.storage.scrub()
    return count


def renew_erasures(book: OrderBook, erasures: Iterable[Erasure]) -> int:
    """Do the erasures that a database has forgotten, and order them again; return how many.

    A backup knows neither what was erased after it nor the orders that told it, and some
    laptops may not have heard of them yet.
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
    # Of the others, the laptops that hold them will send them: they must find the order.
    held = {one.op_id for one in targets}
    renewed += [one for op_id, one in missing.items() if op_id not in held]
    transaction.erase_bodies(renewed)
    _tell(book, renewed, targets)
    return len(missing)


def tell_author(book: OrderBook, device: DeviceRow) -> None:
    """Order again, to a laptop alone, what was erased of its own acts.

    It may not have heard of it where it worked, and does not listen there any more.
    """
    told: dict[str, list[str]] = {}
    for one in book.transaction.list_erased_of(device.device_id):
        told.setdefault(one.ground, []).append(one.op_id)
    for ground, op_ids in told.items():
        _write(book, device_scope(device.device_id), ground, op_ids)


def _tell(book: OrderBook, erasures: Iterable[Erasure], targets: Iterable[HeldTarget]) -> None:
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
    """Return where an op was handed out, and its author's own when that does not reach it."""
    scopes = [target.scope] if target.is_forwarded else []
    author = target.device_id
    if author is not None:
        if author not in readable:
            device = transaction.find_device(author)
            readable[author] = [] if device is None else readable_scopes(transaction, device)
        if not set(scopes) & set(readable[author]):
            scopes.append(device_scope(author))
    return scopes
