"""The registry over HTTP: bodies are bounded, and so is the number of requests at a time.

`/v1/sync` and `/v1/enrol` speak the media type of `protocol.envelope`, compressed with
zstd; `/v1/bundle` takes a sealed file in; `/v1/snapshot` gives a history out as one file;
`/v1/keys` tells how the registry came to its key;
`/healthz`, `/readyz`, `/metrics` and `/openapi.json` are for probes and programs.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from hmac import compare_digest

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from fsmobile.errors import FsmobileError
from fsmobile.protocol import messages
from fsmobile.protocol.compression import (
    DICTIONARY_HEADER,
    REGISTRY_LEVEL,
    BadCompression,
    Codec,
)
from fsmobile.protocol.envelope import MEDIA_TYPE, seal
from fsmobile.protocol.handovers import encode_succession
from fsmobile.protocol.messages import (
    Answered,
    Busy,
    ChunkTooLarge,
    EnrolAnswer,
    Malformed,
    SyncAnswer,
    UnknownDictionary,
)
from fsmobile.registry.admission import RETRY_SECONDS, Door
from fsmobile.registry.database import check_schema, free_bytes
from fsmobile.registry.hand_in_endpoint import HandInEndpoint
from fsmobile.registry.metrics import Metrics
from fsmobile.registry.openapi import describe_registry
from fsmobile.registry.pace import LaptopPaces, address_of, is_here
from fsmobile.registry.problems import TOO_MANY, status_of
from fsmobile.registry.security_headers import SecurityHeaders
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshot_endpoint import SnapshotEndpoint
from fsmobile.registry.storage import GROUP_MAX

BODY_MAX = 2 * 1024 * 1024
"""Compressed; a chunk of a laptop is a hundred times smaller."""
IN_FLIGHT_MAX = 256
DISK_MIN = 200 * 1024 * 1024
"""With less, a probe warns while there is still time to make room before work is refused."""

log = logging.getLogger("fsmobile.registry")


class RegistryEndpoints:
    """The handlers, around one service; each admitted request runs in a thread."""

    def __init__(
        self,
        service: RegistryService,
        dictionary: bytes,
        dictionary_id: str,
        in_flight_max: int,
        watch_token: str,
    ) -> None:
        """Take the service and the compression dictionary of this release."""
        self.service = service
        self.watch_token = watch_token
        self.dictionary = dictionary
        self.dictionary_id = dictionary_id
        self.metrics = Metrics()
        self._succession = encode_succession(service.past.succession)
        self.door = Door(in_flight_max)
        self.paces = LaptopPaces(time.monotonic)
        # As many threads as one commit can serve; more would only wait.
        self._threads = CapacityLimiter(GROUP_MAX)

    async def sync(self, request: Request) -> Response:
        """Answer a sealed request."""
        dictionary_id = request.headers.get(DICTIONARY_HEADER)
        body = await _bounded_body(request, BODY_MAX)
        address = address_of(request)
        return await self.admit(
            request,
            lambda: self._sync(body, dictionary_id, partial(self.paces.wait_of_exchange, address)),
            lambda busy: self._sealed(0, busy, None),
        )

    async def enrol(self, request: Request) -> Response:
        """Answer an enrolment."""
        body = await _bounded_body(request, BODY_MAX)
        return await self.admit(request, lambda: self._enrol(body), _enrol_response)

    async def keys(self, request: Request) -> Response:
        """Give the handovers of the registry's keys, to laptops that know an older one."""
        return Response(self._succession, media_type=MEDIA_TYPE)

    async def health(self, request: Request) -> Response:
        """Say that the process answers, without telling its version."""
        return JSONResponse({"service": "fsmobile-registry"})

    async def ready(self, request: Request) -> Response:
        """Say whether the database answers, at the schema of this program, with room to write."""
        why = await to_thread.run_sync(_trouble_of, self.service.storage.engine)
        if not why:
            return JSONResponse({"ready": True})
        log.error("not ready", extra={"detail": why})
        told = {"ready": False} | ({"why": why} if self._may_watch(request) else {})
        return JSONResponse(told, status_code=503)

    async def show_metrics(self, request: Request) -> Response:
        """Give the figures to Prometheus, on this machine or with the token."""
        if not self._may_watch(request):
            return PlainTextResponse("", status_code=403)
        storage, in_flight = self.service.storage, self.door.inside
        now = self.service.clock.now_ms()
        lines = await to_thread.run_sync(lambda: list(self.metrics.lines(storage, in_flight, now)))
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    def _may_watch(self, request: Request) -> bool:
        """Tell whether whoever asks may know how this registry is."""
        if is_here(address_of(request)):
            return True
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = self.watch_token
        return bool(token) and compare_digest(shown.encode(), token.encode())

    async def openapi(self, request: Request) -> Response:
        """Describe the routes."""
        return JSONResponse(describe_registry())

    async def admit(
        self,
        request: Request,
        answer: Callable[[], tuple[Response, str]],
        send_away: Callable[[Busy], tuple[Response, str]],
    ) -> Response:
        """Answer in a thread; or refuse at once, for lack of room or too many requests."""
        begun = time.perf_counter()
        path, address = request.url.path, address_of(request)
        after = self.paces.wait_of_address(address)
        if not after and not self.door.has_room():
            after = self.door.come_back_after(self.service.chance.token(1))
        if after:
            response, name = send_away(Busy(after=after))
            response.status_code = TOO_MANY
        else:
            self.door.enter(begun)
            try:
                response, name = await to_thread.run_sync(answer, limiter=self._threads)
            finally:
                self.door.leave(time.perf_counter())
        self.paces.note(address, name)
        seconds = time.perf_counter() - begun
        self.metrics.note(path, name, seconds)
        log.info(
            "%s %s",
            path,
            name,
            extra={"status": response.status_code, "ms": round(seconds * 1000, 1)},
        )
        return response

    def _sync(
        self, body: bytes | None, dictionary_id: str | None, wait_of: Callable[[bytes], int]
    ) -> tuple[Response, str]:
        if body is None:
            return self._sealed(0, ChunkTooLarge(maximum=BODY_MAX), None)
        if dictionary_id not in (None, self.dictionary_id):
            return self._sealed(0, UnknownDictionary(), None)
        try:
            envelope = self._codec(dictionary_id).decompress(body)
        except BadCompression as error:
            return self._sealed(0, Malformed(reason=str(error)[:200]), None)
        try:
            counter, answer = self.service.answer(envelope, wait_of)
        except SQLAlchemyError:
            # The disk is full, or the database away or broken: nothing was acknowledged.
            log.exception("database unavailable")
            counter, answer = 0, Busy(after=RETRY_SECONDS)
        return self._sealed(counter, answer, dictionary_id)

    def _sealed(
        self, counter: int, answer: SyncAnswer, dictionary_id: str | None
    ) -> tuple[Response, str]:
        payload = messages.encode(Answered(counter=counter, answer=answer))
        sealed = seal(payload, self.service.key.sign)
        return _response(self._codec(dictionary_id).compress(sealed), answer)

    def _enrol(self, body: bytes | None) -> tuple[Response, str]:
        answer: EnrolAnswer
        try:
            if body is None:
                raise BadCompression("too long")
            plain = Codec(REGISTRY_LEVEL).decompress(body)
            answer = self.service.enrol(messages.decode_enrol_request(plain))
        except (ValueError, RecursionError) as error:
            answer = Malformed(reason=str(error)[:200])
        except SQLAlchemyError:
            log.exception("database unavailable")
            answer = Busy(after=RETRY_SECONDS)
        return _enrol_response(answer)

    def _codec(self, dictionary_id: str | None) -> Codec:
        return Codec(REGISTRY_LEVEL, None if dictionary_id is None else self.dictionary)


def make_app(
    service: RegistryService,
    dictionary: bytes,
    dictionary_id: str,
    *,
    in_flight_max: int = IN_FLIGHT_MAX,
    watch_token: str = "",
    more_routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Build the ASGI application of a registry; `watch_token` opens its figures."""
    endpoints = RegistryEndpoints(service, dictionary, dictionary_id, in_flight_max, watch_token)
    hand_in = HandInEndpoint(service, dictionary, endpoints.admit, endpoints.paces, _bounded_body)
    app = Starlette(
        routes=[
            Route("/v1/sync", endpoints.sync, methods=["POST"]),
            Route("/v1/enrol", endpoints.enrol, methods=["POST"]),
            Route("/v1/bundle", hand_in.post, methods=["POST"]),
            Route("/v1/snapshot/{scope:path}", SnapshotEndpoint(service).get, methods=["GET"]),
            Route("/v1/keys", endpoints.keys, methods=["GET"]),
            Route("/v1/health", endpoints.health, methods=["GET"]),
            Route("/healthz", endpoints.health, methods=["GET"]),
            Route("/readyz", endpoints.ready, methods=["GET"]),
            Route("/metrics", endpoints.show_metrics, methods=["GET"]),
            Route("/openapi.json", endpoints.openapi, methods=["GET"]),
            *more_routes,
        ],
        middleware=[Middleware(SecurityHeaders)],
    )
    # A redirect would lead to whatever host the request itself names.
    app.router.redirect_slashes = False
    return app


def _trouble_of(engine: Engine) -> str:
    """Return what prevents the registry from working: `schema`, `disk`, `database`, or nothing."""
    try:
        check_schema(engine)
        free = free_bytes(engine)
    except FsmobileError:
        return "schema"
    except (SQLAlchemyError, OSError):
        return "database"
    return "disk" if free is not None and free < DISK_MIN else ""


async def _bounded_body(request: Request, most: int) -> bytes | None:
    """Read a body, or None as soon as it is too long."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                return None
    except ClientDisconnect:
        # The link broke: nobody is left to be answered, and nothing is wrong.
        return None
    return bytes(body)


def _enrol_response(answer: EnrolAnswer) -> tuple[Response, str]:
    return _response(Codec(REGISTRY_LEVEL).compress(messages.encode(answer)), answer)


def _response(body: bytes, answer: SyncAnswer | EnrolAnswer) -> tuple[Response, str]:
    headers = {"Retry-After": str(answer.after)} if isinstance(answer, Busy) else None
    response = Response(body, status_code=status_of(answer), media_type=MEDIA_TYPE, headers=headers)
    return response, type(answer).__name__
