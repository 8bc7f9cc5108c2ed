"""Loading a history as one file: resumed after a cut, verified before it is read."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from fsmobile import __version__
from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol.envelope import PROTOCOL, seal
from fsmobile.protocol.messages import ErasedOp, PulledOp
from fsmobile.protocol.signatures import SigningKey
from fsmobile.protocol.snapshot_files import SnapshotOp, read_snapshot
from fsmobile.protocol.snapshots import (
    AUTHORISATION,
    SnapshotOffer,
    SnapshotRequest,
    encode_request,
)
from fsmobile.store import cursors, identity, pages
from fsmobile.store.partial_history import PartialHistory
from fsmobile.store.replica import Replica

TRIES_MAX = 4
"""Consecutive cuts without one more byte; the next sync then resumes where this one stopped."""
OnLoading = Callable[[str, int, int], None]
"""Called with (`bytes` or `ops`, so far, in all)."""


class SnapshotSource(Protocol):
    """Where snapshots come from: the registry over HTTP, or a double."""

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        """Return the pieces of a snapshot from an offset on; None if it is refused or gone.

        Raises:
            RegistryUnreachable: the link was cut; what was yielded is good.
        """
        ...


class SnapshotLoader:
    """Loads what the registry offers into a store."""

    def __init__(
        self, replica: Replica, source: SnapshotSource, key: SigningKey, folder: Path
    ) -> None:
        """Take a folder for the file while it arrives; it is deleted after it is read."""
        self._replica = replica
        self._source = source
        self._key = key
        self._folder = folder

    def load(self, offer: SnapshotOffer, tell: OnLoading) -> bool:
        """Load a history; return False when it has to be pulled instead.

        Raises:
            RegistryUnreachable: the link was cut too often; what has arrived is kept.
        """
        try:
            part = PartialHistory.open(self._replica, self._folder, offer.sha256)
        except OSError:
            return False
        try:
            has_come = self._fetch(offer, part, tell)
        except OSError:
            # No room for a file beside the store: pages need less, and report it if that is missing
            # too.
            has_come = False
        if not has_come:
            part.remove()
            return False
        try:
            self._apply(offer, part, tell)
        except ValueError:
            return False
        finally:
            part.remove()
        return True

    def _fetch(self, offer: SnapshotOffer, part: PartialHistory, tell: OnLoading) -> bool:
        """Download the whole file; return whether it is the one that was offered."""
        tries = 0
        while (start := part.size()) < offer.size:
            try:
                pieces = self._source.read_snapshot(offer.scope, self._authorise(offer), start)
                if pieces is None:
                    return False
                self._write(part, pieces, offer.size, tell)
            except RegistryUnreachable:
                if tries == TRIES_MAX:
                    raise
            tries = tries + 1 if part.size() == start else 0
            if tries > TRIES_MAX:
                return False
        return part.is_that_of(offer.sha256)

    def _write(
        self, part: PartialHistory, pieces: Iterator[bytes], size: int, tell: OnLoading
    ) -> None:
        with part.appending() as file:
            for piece in pieces:
                done = file.write(piece)
                tell("bytes", done, size)
                if done > size:
                    return

    def _authorise(self, offer: SnapshotOffer) -> str:
        enrolment = identity.load_enrolment(self._replica)
        assert enrolment is not None
        request = SnapshotRequest(
            protocol=PROTOCOL,
            app=__version__,
            device_id=enrolment.device_id,
            counter=identity.next_counter(self._replica),
            scope=offer.scope,
            gsn=offer.gsn,
        )
        sealed = seal(encode_request(request), self._key.sign)
        return f"{AUTHORISATION} {b64encode(sealed).decode()}"

    def _apply(self, offer: SnapshotOffer, part: PartialHistory, tell: OnLoading) -> None:
        """Store its ops, one page per transaction; the cursor moves after the last."""
        done = 0
        with part.reading() as file:
            for page in read_snapshot(file, offer):
                pages.take_lost(self._replica, [_pulled(op) for op in page], [offer.scope])
                done += len(page)
                tell("ops", done, offer.ops)
        cursors.pass_snapshot(self._replica, offer.scope, offer.gsn)


def _pulled(op: SnapshotOp) -> PulledOp:
    erased = ErasedOp(op.op_id, op.hash) if op.body is None else None
    return PulledOp(gsn=op.gsn, scope=0, body=op.body, erased=erased)
