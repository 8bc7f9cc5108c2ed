"""Expiry of names: erased on their date, in the registry and on every laptop."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date

from fsmobile.core.follow_ups import FollowUpNamed
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.protocol.records import read_record
from fsmobile.registry.erasure import erase
from fsmobile.registry.records import Erasure
from fsmobile.registry.service import RegistryService

EXPIRED = "échéance de la conservation"
"""The ground of erasure that is recorded; it names nobody."""


def erase_expired(
    service: RegistryService,
    today: date,
    *,
    write_down: Callable[[Sequence[Erasure]], None] = lambda _erasures: None,
) -> list[str]:
    """Erase the expired names and order it everywhere; return the ops that held them.

    Raises:
        StoreBusy: as `erase`.
    """
    with service.storage.transaction() as transaction:
        bodies = transaction.list_bodies(FOLLOW_UP_NAME)
    expired = [op_id for op_id in (_expired(body, today) for body in bodies) if op_id]
    return erase(service, expired, EXPIRED, write_down=write_down) if expired else []


def _expired(body: bytes, today: date) -> str:
    """Return the id of an op whose name has expired, or nothing."""
    op = read_op(body)
    with suppress(ValueError):
        record = read_record(op)
        if isinstance(record, FollowUpNamed) and record.named.erase_on <= today:
            return op.op_id
    return ""
