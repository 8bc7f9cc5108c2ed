"""The registry over HTTP: three routes, every body bounded, every answer ours.

`/v1/sync` and `/v1/enrol` speak the media type of `protocol.envelope`, compressed with
zstd; `/v1/health` is for people and probes.
"""

import logging

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fsmobile import __version__
from fsmobile.protocol import messages
from fsmobile.protocol.compression import (
    DICTIONARY_HEADER,
    REGISTRY_LEVEL,
    BadCompression,
    Codec,
)
from fsmobile.protocol.envelope import MEDIA_TYPE, seal
from fsmobile.protocol.messages import (
    Answered,
    Busy,
    ChunkTooLarge,
    EnrolAnswer,
    Malformed,
    SyncAnswer,
    UnknownDictionary,
)
from fsmobile.registry.problems import status_of
from fsmobile.registry.service import RegistryService

BODY_MAX = 2 * 1024 * 1024
"""Compressed; a chunk of a laptop is a hundred times smaller."""
RETRY_SECONDS = 20

log = logging.getLogger("fsmobile.registry")


class RegistryEndpoints:
    """The handlers, around one service; each request runs in a thread of the pool."""

    def __init__(self, service: RegistryService, dictionary: bytes, dictionary_id: str) -> None:
        """Take the service and the compression dictionary of this release."""
        self.service = service
        self.dictionary = dictionary
        self.dictionary_id = dictionary_id

    async def sync(self, request: Request) -> Response:
        """Answer a sealed request."""
        body = await _bounded_body(request)
        return await run_in_threadpool(self._sync, body, request.headers.get(DICTIONARY_HEADER))

    async def enrol(self, request: Request) -> Response:
        """Answer a laptop that wants to be known."""
        body = await _bounded_body(request)
        return await run_in_threadpool(self._enrol, body)

    async def health(self, request: Request) -> Response:
        """Say that the registry is up, and which program it is."""
        return JSONResponse({"service": "fsmobile-registry", "version": __version__})

    def _sync(self, body: bytes | None, dictionary_id: str | None) -> Response:
        if body is None:
            return self._sealed(0, ChunkTooLarge(maximum=BODY_MAX), None)
        if dictionary_id not in (None, self.dictionary_id):
            return self._sealed(0, UnknownDictionary(), None)
        try:
            envelope = self._codec(dictionary_id).decompress(body)
        except BadCompression as error:
            return self._sealed(0, Malformed(reason=str(error)[:200]), None)
        try:
            counter, answer = self.service.answer(envelope)
        except OperationalError:
            # The disk is full or the database is away: nothing was acknowledged.
            log.exception("database unavailable")
            counter, answer = 0, Busy(after=RETRY_SECONDS)
        return self._sealed(counter, answer, dictionary_id)

    def _sealed(self, counter: int, answer: SyncAnswer, dictionary_id: str | None) -> Response:
        payload = messages.encode(Answered(counter=counter, answer=answer))
        sealed = seal(payload, self.service.key.sign)
        return _response(self._codec(dictionary_id).compress(sealed), status_of(answer))

    def _enrol(self, body: bytes | None) -> Response:
        answer: EnrolAnswer
        try:
            if body is None:
                raise BadCompression("too long")
            plain = Codec(REGISTRY_LEVEL).decompress(body)
            answer = self.service.enrol(messages.decode_enrol_request(plain))
        except (ValueError, RecursionError) as error:
            answer = Malformed(reason=str(error)[:200])
        except OperationalError:
            log.exception("database unavailable")
            answer = Busy(after=RETRY_SECONDS)
        packed = Codec(REGISTRY_LEVEL).compress(messages.encode(answer))
        return _response(packed, status_of(answer))

    def _codec(self, dictionary_id: str | None) -> Codec:
        return Codec(REGISTRY_LEVEL, None if dictionary_id is None else self.dictionary)


def make_app(service: RegistryService, dictionary: bytes, dictionary_id: str) -> Starlette:
    """Build the ASGI application of a registry."""
    endpoints = RegistryEndpoints(service, dictionary, dictionary_id)
    return Starlette(
        routes=[
            Route("/v1/sync", endpoints.sync, methods=["POST"]),
            Route("/v1/enrol", endpoints.enrol, methods=["POST"]),
            Route("/v1/health", endpoints.health, methods=["GET"]),
        ]
    )


async def _bounded_body(request: Request) -> bytes | None:
    """Read a body, or None as soon as it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            return None
    return bytes(body)


def _response(body: bytes, status: int) -> Response:
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)
