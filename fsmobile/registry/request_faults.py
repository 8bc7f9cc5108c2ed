"""What a well-formed message may still not hold, because no database could take it.

Looked for before any SQL: PostgreSQL takes no NUL in a text, and no database of ours takes
a number beyond 63 bits.
"""

from collections.abc import Iterable
from itertools import pairwise

from fsmobile.protocol.digests import LEVELS, ids_between, span_of
from fsmobile.protocol.envelope import PROTOCOL
from fsmobile.protocol.hand_in import HandInRequest
from fsmobile.protocol.handovers import HANDOVERS_MAX, Handover
from fsmobile.protocol.messages import (
    CERTIFICATES_MAX,
    EnrolRequest,
    PulledOp,
    SyncRequest,
    Verify,
    WriterBlock,
)
from fsmobile.protocol.ops import check_op_id, read_op
from fsmobile.protocol.snapshots import SnapshotRequest
from fsmobile.registry.day_comparison import UNPROVEN
from fsmobile.registry.erasure_rows import OWN_WRITER
from fsmobile.registry.records import KEY_SIZE

NUMBER_MAX = (1 << 63) - 1
TEXT_MAX = 200
WRITER_SIZE = 16
EPOCH_SIZE = 16
DEVICE_SIZE = 16
HASH_SIZE = 32
POINTS_MAX = 65
"""Of a history: one for each power of two that a number can be, and 0."""
PERIODS_MAX = 5_000
"""Periods, or ops given back, in one request."""


def fault_of_sync(request: SyncRequest) -> str | None:
    """Name what cannot be taken in a request, or return None."""
    if not _is_text(request.app):
        return "app"
    if len(request.device_id) != DEVICE_SIZE:
        return "device"
    if not _are_numbers(request.counter):
        return "counter out of range"
    if len(request.points) > POINTS_MAX:
        return "points"
    if len(request.certificates) > CERTIFICATES_MAX:
        return "certificates"
    if len(request.handovers) > HANDOVERS_MAX or not all(map(_is_handover, request.handovers)):
        return "handovers"
    if not _are_numbers(*[point.gsn for point in request.points]):
        return "point out of range"
    if not _are_numbers(*request.cursors.values()):
        return "cursor out of range"
    if request.epoch is not None and len(request.epoch) != EPOCH_SIZE:
        return "epoch"
    if request.verify is not None and (fault := _fault_of_verify(request.verify)) is not None:
        return fault
    return _fault_of_block(request.writer)


def fault_of_enrolment(request: EnrolRequest) -> str | None:
    """Name what cannot be taken in a request to be known, or return None."""
    if not (_is_text(request.app) and _is_text(request.name)):
        return "name"
    return None


def fault_of_snapshot(request: SnapshotRequest) -> str | None:
    """Name what cannot be taken in a request for a snapshot, or return None."""
    if request.protocol != PROTOCOL or len(request.device_id) != DEVICE_SIZE:
        return "device"
    if not (_is_text(request.app) and _is_text(request.scope)):
        return "scope"
    return None if _are_numbers(request.counter, request.gsn) else "number out of range"


def fault_of_hand_in(request: HandInRequest) -> str | None:
    """Name what cannot be taken in a request to hand a file in, or return None."""
    if len(request.device_id) != DEVICE_SIZE or len(request.sha256) != HASH_SIZE:
        return "device"
    return None if _is_text(request.app) else "app"


def _fault_of_block(block: WriterBlock) -> str | None:
    parent = block.parent
    if len(block.writer) != WRITER_SIZE or (parent and len(parent.writer) != WRITER_SIZE):
        return "writer"
    if block.writer in (OWN_WRITER, UNPROVEN):
        return "writer of the registry"
    if not _are_numbers(block.first_seq + len(block.ops), block.last_seq):
        return "sequence out of range"
    if parent is not None and not _are_numbers(parent.seq):
        return "sequence out of range"
    return None


def _fault_of_verify(verify: Verify) -> str | None:
    sizes = (len(verify.spans), len(verify.claims), len(verify.listings), len(verify.ops))
    if max(sizes) > PERIODS_MAX or verify.level not in LEVELS:
        return "more to compare than is possible"
    if not all(map(_is_text, verify.scopes)) or len({*verify.scopes}) < len(verify.scopes):
        return "scopes"
    places = [one.scope for one in verify.spans]
    places += [one.scope for one in verify.claims]
    places += [one.scope for one in verify.listings]
    places += [one.scope for one in verify.ops]
    if not all(0 <= place < len(verify.scopes) for place in places):
        return "scope of a period"
    try:
        spans = [(one.scope, *ids_between(one.first, one.last)) for one in verify.spans]
        listed = [(one.scope, *ids_between(*span_of(one.day))) for one in verify.listings]
        if _overlap(spans) or _overlap(listed):
            return "days that are asked for twice"
        for op in verify.ops:
            _read_returned(op)
    except ValueError as error:
        return str(error)[:200]
    return None


def _overlap(stretches: Iterable[tuple[int, str, str]]) -> bool:
    """Tell whether a day is in two stretches of one scope: each is read as often as named."""
    return any((before[0], before[2]) >= after[:2] for before, after in pairwise(sorted(stretches)))


def _read_returned(op: PulledOp) -> None:
    if op.body is not None:
        read_op(op.body)
    elif op.erased is None or len(op.erased.hash) != HASH_SIZE:
        raise ValueError("an op without a body")
    else:
        check_op_id(op.erased.op_id)


def _is_handover(one: Handover) -> bool:
    """Tell whether its keys are keys: its own laptop may have signed anything."""
    return {len(one.old), len(one.new), len(one.new_box)} == {KEY_SIZE}


def _is_text(text: str) -> bool:
    return 0 < len(text) <= TEXT_MAX and text.isprintable()


def _are_numbers(*numbers: int) -> bool:
    return all(0 <= number <= NUMBER_MAX for number in numbers)
