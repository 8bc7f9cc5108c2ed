"""Answers of the public pages: bounded, kept until a timetable changes, asked again cheaply."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from fsmobile.registry.pace import Pace, house_of
from fsmobile.registry.public.services import PublicServices, Version

AT_ONCE = 2
"""Threads that public pages may take: laptops and the fleet pages keep the others."""
WAITING_MAX = 64
RETRY_SECONDS = 5
KEPT_MAX = 400
KEPT_BYTES_MAX = 512 * 1024
"""Longer answers are made each time."""
PAGE_SECONDS, FEED_SECONDS = 60, 900
"""How long a browser, a calendar or a relay need not ask again."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; style-src 'self'{style}; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HTML = "text/html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body and what a browser must know of it."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    location: str = ""
    """Of the page to go to instead, or empty."""
    style_hash: str = ""
    """SHA-256 of the page's own style, as a content security policy names it."""


@dataclass(slots=True, kw_only=True)
class Answers:
    """Gives answers; what was made for one visitor serves the next until something changes."""

    services: PublicServices
    pace: Pace = field(default_factory=lambda: Pace(now=time.monotonic))
    _threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    _waiting: int = 0
    _version: Version | None = None
    _kept: OrderedDict[str, Answer] = field(default_factory=OrderedDict)

    async def give(
        self, request: Request, make: Callable[[], Answer], *, seconds: int = PAGE_SECONDS
    ) -> Response:
        """Answer a request, in a thread when it has to be made anew."""
        address = "" if request.client is None else request.client.host
        wait = self.pace.wait(house_of(address))
        if wait:
            return _come_back(429, wait)
        if self._waiting >= WAITING_MAX:
            return _come_back(503, RETRY_SECONDS)
        self._waiting += 1
        try:
            key = f"{request.url.path}?{request.url.query}"
            answer = await anyio.to_thread.run_sync(self._find, key, make, limiter=self._threads)
        except SQLAlchemyError:
            return _come_back(503, RETRY_SECONDS)
        finally:
            self._waiting -= 1
        return _respond(request, answer, seconds)

    def _find(self, key: str, make: Callable[[], Answer]) -> Answer:
        version = self.services.version()
        if version != self._version:
            self._version, self._kept = version, OrderedDict()
        kept = self._kept
        answer = kept.get(key)
        if answer is None:
            answer = make()
            if answer.status == 200 and len(answer.body) <= KEPT_BYTES_MAX:
                kept[key] = answer
                while len(kept) > KEPT_MAX:
                    kept.popitem(last=False)
        return answer


def _respond(request: Request, answer: Answer, seconds: int) -> Response:
    style = f" 'sha256-{answer.style_hash}'" if answer.style_hash else ""
    headers = {**HEADERS, "Cache-Control": f"public, max-age={seconds}"}
    if answer.media_type == HTML:
        headers["Content-Security-Policy"] = POLICY.format(style=style)
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    else:
        # The site of a town hall may show what its visitors may read here.
        headers["Access-Control-Allow-Origin"] = "*"
    if answer.location:
        headers["Location"] = answer.location
    if answer.status != 200:
        return Response(answer.body, answer.status, headers, answer.media_type)
    tag = f'"{sha256(answer.body).hexdigest()[:20]}"'
    headers["ETag"] = tag
    known = request.headers.get("If-None-Match", "")
    if tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(answer.body, 200, headers, answer.media_type)


def _come_back(status: int, seconds: int) -> Response:
    headers = {**HEADERS, "Retry-After": str(seconds), "Cache-Control": "no-store"}
    return Response(b"", status, headers)
