"""Recording forbidden attempts in the journal, a limited number of times a day."""

from collections.abc import Iterable

from fsmobile.core.ids import make_uuid7
from fsmobile.core.ports import Chance
from fsmobile.registry.intake import SentOp
from fsmobile.registry.op_rights import name_forbidden
from fsmobile.registry.records import DeviceRow, Event, EventKind
from fsmobile.registry.storage import Transaction

NOTED_A_DAY = 50
"""Per laptop or account: a journal that an attacker can fill is of no use."""
DAY_MS = 86_400_000


def note_forbidden(
    transaction: Transaction,
    chance: Chance,
    now: int,
    *,
    act: str,
    device_id: bytes | None = None,
    account: str = "",
) -> None:
    """Record who tried what, within today's limit."""
    author = f"{account} : " if account else ""
    since = now - DAY_MS
    if device_id is not None and not account:
        noted = transaction.count_events_of(device_id, EventKind.FORBIDDEN, since=since)
    else:
        noted = transaction.count_events_by(author, EventKind.FORBIDDEN, since=since)
    if noted < NOTED_A_DAY:
        event = Event(now, EventKind.FORBIDDEN, device_id, f"{author}{act}")
        transaction.add_event(make_uuid7(now, chance.token(10)), event)


def note_forbidden_ops(
    transaction: Transaction, chance: Chance, now: int, device: DeviceRow, sent: Iterable[SentOp]
) -> None:
    """Record which kinds a laptop wrote where it may not."""
    if act := name_forbidden(device, (one.op for one in sent)):
        note_forbidden(transaction, chance, now, act=act, device_id=device.device_id)
