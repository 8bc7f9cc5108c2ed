"""`GET /v1/snapshot/<scope>`: a snapshot over HTTP, resumed by Range where a link was cut."""

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import AsyncIterator
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fsmobile.protocol.snapshots import AUTHORISATION, SNAPSHOT_TYPE, SnapshotOffer
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshots import admit

LANE = 8
"""Threads that read pieces: those who load a history leave the others their place."""
HEADER_MAX = 4_096
_RANGE = re.compile(r"bytes=([0-9]{1,18})-")


class SnapshotEndpoint:
    """The handler, around one service."""

    def __init__(self, service: RegistryService) -> None:
        """Take the service whose snapshots are given out."""
        self._service = service
        self._lane = CapacityLimiter(LANE)

    async def get(self, request: Request) -> Response:
        """Give out a snapshot from a byte on, to a laptop that may see it."""
        try:
            found = await to_thread.run_sync(self._admit, _envelope_of(request), limiter=self._lane)
        except SQLAlchemyError:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        if isinstance(found, int):
            return Response(status_code=found)
        if found.scope != request.path_params["scope"]:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        start = _first_byte(request)
        if start is not None and start >= found.size:
            return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Length": str(found.size - (start or 0)),
            "ETag": f'"{found.sha256.hex()}"',
        }
        if start is not None:
            headers["Content-Range"] = f"bytes {start}-{found.size - 1}/{found.size}"
        return StreamingResponse(
            self._pieces(found, start or 0),
            status_code=HTTPStatus.OK if start is None else HTTPStatus.PARTIAL_CONTENT,
            media_type=SNAPSHOT_TYPE,
            headers=headers,
        )

    def _admit(self, envelope: bytes) -> SnapshotOffer | int:
        return admit(self._service.storage, envelope, self._service.clock.now_ms())

    async def _pieces(self, offer: SnapshotOffer, start: int) -> AsyncIterator[bytes]:
        while start < offer.size:
            piece = await to_thread.run_sync(self._read, offer, start, limiter=self._lane)
            if not piece:
                # An erasure deleted it under way: the connection ends here, short.
                return
            yield piece
            start += len(piece)

    def _read(self, offer: SnapshotOffer, start: int) -> bytes | None:
        with self._service.storage.reading() as transaction:
            return transaction.read_piece(offer.scope, offer.gsn, start)


def _envelope_of(request: Request) -> bytes:
    scheme, _, sealed = request.headers.get("Authorization", "").partition(" ")
    if scheme != AUTHORISATION or len(sealed) > HEADER_MAX:
        return b""
    try:
        return b64decode(sealed, validate=True)
    except (BadBase64, ValueError):
        return b""


def _first_byte(request: Request) -> int | None:
    """Return where to start; None: from the beginning, as for any range that we do not serve."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    return None if asked is None else int(asked[1])
