"""Erasing ops: bodies are removed, ids, hashes and chains stay, and every laptop is told."""

from collections.abc import Callable, Iterable, Sequence

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.orders import ORDERS
from fsmobile.protocol.records import SCHEDULE_FILE, SCHEDULE_PUBLISH
from fsmobile.registry.administration import note_event
from fsmobile.registry.erasure_orders import renew_erasures, tell
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.records import Erasure, EventKind
from fsmobile.registry.service import RegistryService

PUBLIC = (SCHEDULE_FILE, SCHEDULE_PUBLISH)
"""Kinds that are public files: a word is removed by publishing again; history stays."""


def erase(
    service: RegistryService,
    ids: Sequence[str],
    ground: str,
    *,
    write_down: Callable[[Sequence[Erasure]], None] = lambda _erasures: None,
    by: str = "",
) -> list[str]:
    """Erase here and order it everywhere; return the ops that were held.

    An id names an op, or an entity: a visit goes with its corrections, a passage with its notes.
    `write_down` records the erasures outside the database and is called before any change: an
    erasure done twice harms nobody, a forgotten one does.

    Raises:
        NotFound: none of them is held.
        InvalidInput: some are parts of a published schedule.
        StoreBusy: all is erased, but somebody still reads an older snapshot of the database.
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
        tell(book, erasures, targets)
        note_event(service, transaction, EventKind.ERASED, detail=f"{len(erasures)} {by}".rstrip())
    service.storage.scrub()
    return [one.op_id for one in targets]


def erase_again(service: RegistryService, erasures: Iterable[Erasure]) -> int:
    """Repeat the erasures that this database has forgotten, before it serves; return how many.

    Raises:
        StoreBusy: as `erase`.
    """
    with service.storage.transaction() as transaction:
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        count = renew_erasures(book, erasures)
    if count:
        service.storage.scrub()
    return count
