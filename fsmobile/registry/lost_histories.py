"""A laptop has read what this registry lacks: proof that it was restored unannounced.

What a laptop claims to have read cannot be checked, so the number of such proofs is limited.
"""

from fsmobile.protocol.messages import HistoryPoint, SyncRequest
from fsmobile.registry.records import EventKind
from fsmobile.registry.storage import Transaction

PROOFS_A_DAY = 10
"""Lost histories that one laptop may prove in a day: each makes every laptop ask again."""
PROOFS_WAIT_SECONDS = 3600
_DAY_MS = 86_400_000
_WHY = "history lost, proven by what a laptop has read"


def is_explained(transaction: Transaction, request: SyncRequest, lost: list[HistoryPoint]) -> bool:
    """Tell whether a known cut explains every point that is not of this history.

    Nothing tells how much a laptop without points has validly read, so it reads from the start:
    that costs bytes, but an op missed for ever would cost more.
    """
    epoch, position = request.epoch, transaction.position()
    if epoch is None:
        return True
    if epoch == position.epoch:
        return not lost and all(gsn <= position.gsn for gsn in request.cursors.values())
    if not transaction.knows_epoch(epoch):
        return False
    cut = transaction.cut_after(epoch)
    return all(point.gsn > cut for point in lost)


def has_proven_too_much(transaction: Transaction, device_id: bytes, now: int) -> bool:
    """Tell whether a laptop has used up its proofs for today."""
    proven = transaction.count_events_of(
        device_id, EventKind.REGISTRY_ROLLED_BACK, since=now - _DAY_MS
    )
    return proven >= PROOFS_A_DAY


def cut_history(
    transaction: Transaction, request: SyncRequest, fresh_epoch: bytes, now: int
) -> None:
    """Begin a new epoch that shares nothing with what the laptop has read."""
    if request.epoch is not None and not transaction.knows_epoch(request.epoch):
        # Recorded, so that other laptops that show the same history do not prove it again.
        transaction.open_epoch(request.epoch, 0, now, _WHY)
    transaction.open_epoch(fresh_epoch, 0, now, _WHY)
