"""Loading a history as one file: resumed where the link was cut, proven before it is read."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import file_digest
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
from fsmobile.store.database import PARTIAL_HISTORIES
from fsmobile.store.replica import Replica

TRIES_MAX = 4
"""Cuts in a row without one more byte; then the next sync goes on where this one stopped."""
OnLoading = Callable[[str, int, int], None]
"""Told `bytes` or `ops`, how many, of how many."""


class SnapshotSource(Protocol):
    """Where snapshots come from: the registry over HTTP, or a double."""

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        """Yield the bytes of a snapshot from a place on; None when it is refused or gone.

        Raises:
            RegistryUnreachable: the link was cut; what was yielded is good.
        """
        ...


class SnapshotLoader:
    """Loads what the registry offers into a store."""

    def __init__(
        self, replica: Replica, source: SnapshotSource, key: SigningKey, folder: Path
    ) -> None:
        """Take a folder for the file while it arrives; it is deleted once it was read."""
        self._replica = replica
        self._source = source
        self._key = key
        self._folder = folder

    def load(self, offer: SnapshotOffer, tell: OnLoading) -> bool:
        """Load a history; return False when it has to be pulled instead.

        Raises:
            RegistryUnreachable: the link was cut too often; what has arrived is kept.
        """
        path = self._folder / f"historique-{offer.sha256[:8].hex()}.part"
        for other in self._folder.glob(PARTIAL_HISTORIES):
            if other != path:
                other.unlink()
        try:
            has_come = self._fetch(offer, path, tell)
        except OSError:
            # No room for a file beside the store: pages need less, and say it if there is none.
            has_come = False
        if not has_come:
            path.unlink(missing_ok=True)
            return False
        try:
            self._apply(offer, path, tell)
        except ValueError:
            return False
        finally:
            path.unlink()
        return True

    def _fetch(self, offer: SnapshotOffer, path: Path, tell: OnLoading) -> bool:
        """Bring the file here whole; tell whether it is the one that was offered."""
        path.touch(mode=0o600)
        tries = 0
        while (start := path.stat().st_size) < offer.size:
            try:
                pieces = self._source.read_snapshot(offer.scope, self._authorise(offer), start)
                if pieces is None:
                    return False
                self._write(path, pieces, offer.size, tell)
            except RegistryUnreachable:
                if tries == TRIES_MAX:
                    raise
            tries = tries + 1 if path.stat().st_size == start else 0
            if tries > TRIES_MAX:
                return False
        with path.open("rb") as file:
            return file_digest(file, "sha256").digest() == offer.sha256

    def _write(self, path: Path, pieces: Iterator[bytes], size: int, tell: OnLoading) -> None:
        with path.open("ab") as file:
            for piece in pieces:
                file.write(piece)
                tell("bytes", file.tell(), size)
                if file.tell() > size:
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

    def _apply(self, offer: SnapshotOffer, path: Path, tell: OnLoading) -> None:
        """Store its ops, a page in a transaction; the cursor moves after the last."""
        done = 0
        with path.open("rb") as file:
            for page in read_snapshot(file, offer):
                pages.take_lost(self._replica, [_pulled(op) for op in page], [offer.scope])
                done += len(page)
                tell("ops", done, offer.ops)
        cursors.pass_snapshot(self._replica, offer.scope, offer.gsn)


def _pulled(op: SnapshotOp) -> PulledOp:
    erased = ErasedOp(op.op_id, op.hash) if op.body is None else None
    return PulledOp(gsn=op.gsn, scope=0, body=op.body, erased=erased)
