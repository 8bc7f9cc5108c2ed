"""Making snapshots when a new laptop needs one, and giving them out piece by piece."""

from collections.abc import Sequence
from hashlib import sha256
from threading import Lock

import msgspec

from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.signatures import verify
from fsmobile.protocol.snapshot_files import PIECE, SnapshotPacker
from fsmobile.protocol.snapshots import SnapshotOffer, SnapshotRequest, decode_request
from fsmobile.registry.erasure_rows import OrderRow
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.request_faults import fault_of_snapshot
from fsmobile.registry.storage import Storage, Transaction

OPS_MIN = 5_000
"""A shorter history is pulled: two pages cost less than one more request."""
STALE_SHARE = 0.25
"""A snapshot is made again once its history has grown by this share."""


class SnapshotShelf:
    """The snapshots of a registry; one is made at a time, and no request waits for it."""

    def __init__(self, storage: Storage, ops_min: int = OPS_MIN) -> None:
        """Take the storage that they are made from and kept in."""
        self._storage = storage
        self._ops_min = ops_min
        self._making = Lock()

    def offer(self, scopes: Sequence[str], now: int) -> list[SnapshotOffer]:
        """Return a fresh snapshot of each of these scopes whose history is long.

        A scope whose snapshot another request is making is left out: it is pulled.
        """
        offers = []
        for scope in scopes:
            with self._storage.reading() as transaction:
                if not transaction.has_more_than(self._ops_min, scope):
                    continue
                found = transaction.find_snapshot(scope)
                is_fresh = found is not None and not transaction.has_more_than(
                    max(self._ops_min, int(found.ops * STALE_SHARE)), scope, found.gsn
                )
            if not is_fresh:
                found = self._make(scope, now)
            if found is not None:
                offers.append(found)
        return offers

    def _make(self, scope: str, now: int) -> SnapshotOffer | None:
        if not self._making.acquire(blocking=False):
            return None
        try:
            pieces: list[bytes] = []
            with self._storage.reading() as transaction:
                gone = _gone(transaction)
                offer = _pack(transaction, scope, pieces)
            return self._storage.run(
                # What was just read may hold bodies that were removed meanwhile.
                lambda again: None if _gone(again) != gone else _keep(again, offer, pieces, now)
            )
        finally:
            self._making.release()


def _gone(transaction: Transaction) -> tuple[int, list[OrderRow]]:
    """Return a value that changes whenever bodies are removed."""
    return transaction.count_erased(), transaction.list_orders()


def _pack(transaction: Transaction, scope: str, pieces: list[bytes]) -> SnapshotOffer:
    """Write the history of a scope into pieces of one length, but for the last."""
    gsn, digest, packer, rest = transaction.last_gsn(), sha256(), SnapshotPacker(), b""
    for part in packer.pack(transaction.read_history(scope)):
        digest.update(part)
        rest += part
        while len(rest) >= PIECE:
            pieces.append(rest[:PIECE])
            rest = rest[PIECE:]
    if rest:
        pieces.append(rest)
    return SnapshotOffer(
        scope=scope,
        gsn=gsn,
        ops=packer.ops,
        size=sum(map(len, pieces)),
        plain=packer.plain,
        sha256=digest.digest(),
    )


def _keep(
    transaction: Transaction, offer: SnapshotOffer, pieces: Sequence[bytes], now: int
) -> SnapshotOffer:
    transaction.add_snapshot(offer, pieces, now)
    return offer


def admit(storage: Storage, envelope: bytes, now: int) -> SnapshotOffer | int:
    """Return the snapshot that a sealed request may read, or the HTTP status of its refusal."""
    try:
        payload, signature = unseal(envelope)
        request = decode_request(payload)
    except (ValueError, msgspec.DecodeError):
        return 400
    if fault_of_snapshot(request) is not None:
        return 400
    return storage.run(lambda transaction: _admit(transaction, request, payload, signature, now))


def _admit(
    transaction: Transaction, request: SnapshotRequest, payload: bytes, signature: bytes, now: int
) -> SnapshotOffer | int:
    device = transaction.find_device(request.device_id)
    if device is None or not verify(device.public_key, payload, signature):
        return 401
    if device.revoked_at is not None or request.scope not in readable_scopes(transaction, device):
        return 403
    if request.counter <= device.counter:
        return 409
    transaction.touch_device(
        device.device_id, request.counter, request.app, now, confirmed=device.confirmed
    )
    found = transaction.find_snapshot(request.scope)
    return 404 if found is None or found.gsn != request.gsn else found
