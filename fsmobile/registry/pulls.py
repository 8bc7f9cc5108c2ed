"""Handing out what is new for a laptop: its scopes, a page, the cursors after it."""

from collections.abc import Collection, Iterable, Sequence

from fsmobile.protocol.messages import (
    WHY_STICK,
    ErasedOp,
    HistoryPoint,
    Pull,
    PulledOp,
    SyncRequest,
)
from fsmobile.protocol.scopes import (
    REFERENCE_SCOPE,
    Role,
    agency_scope,
    device_scope,
    office_scope,
    unit_scope,
)
from fsmobile.registry.records import DeviceRow, Position, StoredOp
from fsmobile.registry.storage import Transaction

PAGE_OPS_MAX = 2500
PAGE_BYTES_MAX = 8 * 1024 * 1024
"""Of bodies; a laptop does not decompress an answer of twice that."""
STICK_BYTES_MAX = 64 * 1024 * 1024
STICK_OPS_MAX = 100_000
"""A stick takes all that is new at once, since it cannot ask for the next page."""


def shared_point(transaction: Transaction, points: Sequence[HistoryPoint]) -> int | None:
    """Return the newest of these points that lies in this history; they come newest first."""
    here = transaction.histories_at([point.gsn for point in points])
    return next((one.gsn for one in points if here.get(one.gsn) == one.history), None)


def reading_of_epoch(transaction: Transaction, epoch: bytes | None, position: Position) -> int:
    """Return up to where the cursors of a laptop without points can be trusted."""
    if epoch == position.epoch:
        return position.gsn
    return 0 if epoch is None else transaction.cut_after(epoch)


def read_pull(
    transaction: Transaction,
    device: DeviceRow,
    request: SyncRequest,
    position: Position,
    upto: int,
    without: Collection[str] = (),
) -> Pull:
    """Return a page of what others wrote in the scopes of a laptop.

    Its cursors hold up to `upto`; beyond, it has read what this registry lacks. Cursors of scopes
    that it will load as snapshots do not move.
    """
    scopes = readable_scopes(transaction, device)
    if request.want.ops <= 0:
        return Pull(scopes=[], cursors={}, more=True)
    asked = {scope: request.cursors.get(scope, 0) for scope in scopes}
    cursors = {scope: max(0, min(cursor, upto)) for scope, cursor in asked.items()}
    page_max = STICK_OPS_MAX if request.why == WHY_STICK else PAGE_OPS_MAX
    ops_max = min(request.want.ops, page_max)
    held_back = {scope: cursors.pop(scope) for scope in without if scope in cursors}
    own = device_scope(device.device_id)
    rows = transaction.read_page(
        cursors, not_by=request.writer.writer, ops_max=ops_max + 1, first=own
    )
    page = fitting(rows[:ops_max], bytes_max_of(request))
    is_of_own = bool(page) and page[0].scope == own
    more = len(page) < len(rows) or is_of_own
    reached = page[-1].gsn if more else position.gsn
    if is_of_own:
        # What is addressed to the laptop itself comes first: it may have to work for another bus.
        held_back |= {scope: cursors.pop(scope) for scope in [*cursors] if scope != own}
    return Pull(
        scopes=scopes,
        ops=[pulled(row, scopes) for row in page],
        # Past the laptop's own ops too, or every later sync would scan them again (I8, I15).
        cursors={scope: max(gsn, reached) for scope, gsn in cursors.items()} | held_back,
        more=more or bool(held_back),
    )


def bytes_max_of(request: SyncRequest) -> int:
    """Return how many bytes of bodies an answer may hold."""
    most = STICK_BYTES_MAX if request.why == WHY_STICK else PAGE_BYTES_MAX
    return min(request.want.bytes, most)


def pulled(row: StoredOp, scopes: list[str]) -> PulledOp:
    """Return an op as it is handed to a laptop."""
    return PulledOp(
        gsn=row.gsn,
        scope=scopes.index(row.scope),
        body=row.body,
        erased=ErasedOp(op_id=row.op_id, hash=row.hash) if row.body is None else None,
    )


def readable_scopes(transaction: Transaction, device: DeviceRow) -> list[str]:
    """Return the scopes that a laptop may see."""
    if device.role != Role.COORDINATOR:
        return scopes_of(device.device_id, device.agency, [device.unit])
    units = transaction.list_units(device.agency)
    return scopes_of(device.device_id, device.agency, units, is_office=True)


def scopes_of(
    device_id: bytes, agency: str, units: Iterable[str], *, is_office: bool = False
) -> list[str]:
    """Return the scopes of a laptop, its agency and some units, and those of an office."""
    return [
        *([office_scope(agency)] if is_office else []),
        agency_scope(agency),
        device_scope(device_id),
        REFERENCE_SCOPE,
        *[unit_scope(unit) for unit in units],
    ]


def fitting(rows: Sequence[StoredOp], bytes_max: int) -> list[StoredOp]:
    """Keep as many ops as fit, at least one."""
    kept: list[StoredOp] = []
    size = 0
    for row in rows:
        size += len(row.body or b"") + 16
        if kept and size > bytes_max:
            break
        kept.append(row)
    return kept
