"""Requests over HTTP in one process: the laptop's own client, the registry's own application.

Only the cable is simulated: what is lost, cut short, changed or answered by somebody else on
the way is drawn here, under the compression and the signatures.
"""

import asyncio

import httpx
from starlette.applications import Starlette

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.faults import Faults
from fsmobile.sync.http_registry import HttpRegistry

URL = "http://127.0.0.1:8080"
PORTAL = b"<!doctype html><title>Wi-Fi de la gare</title><p>Acceptez les conditions."
PROXY_ANSWERS: tuple[tuple[int, dict[str, str]], ...] = (
    (429, {"Retry-After": "30"}),
    (502, {}),
    (503, {"Retry-After": "5"}),
    (504, {}),
)


class Cable(httpx.BaseTransport):
    """What lies between a laptop's HTTP client and the registry's application."""

    def __init__(self, app: Starlette, faults: Faults) -> None:
        """Take the application at the other end."""
        # An exception of the application reaches us: a machine that dies answers nobody.
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=True)
        self._faults = faults

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request there and its answer back, or what stands in for it."""
        faults = self._faults
        if faults.strikes("captive_portal"):
            return _answer(200, {"Content-Type": "text/html"}, PORTAL)
        if faults.strikes("proxy_error"):
            status, headers = faults.random("proxy_error").choice(PROXY_ANSWERS)
            return _answer(status, headers, b"<h1>Proxy</h1>")
        body = self._spoil(request.read())
        headers = {**request.headers, "content-length": str(len(body))}
        sent = httpx.Request(request.method, request.url, headers=headers, content=body)
        return _answer(*asyncio.run(self._exchange(sent)))

    async def _exchange(self, request: httpx.Request) -> tuple[int, dict[str, str], bytes]:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        kept = ("content-type", "retry-after")
        headers = {name: response.headers[name] for name in kept if name in response.headers}
        return response.status_code, headers, self._spoil(body)

    def _spoil(self, body: bytes) -> bytes:
        faults = self._faults
        if body and faults.strikes("cut_short"):
            body = body[: faults.random("cut_short").randrange(len(body))]
        if body and faults.strikes("byte_changed"):
            changed = bytearray(body)
            changed[faults.random("byte_changed").randrange(len(body))] ^= 0xFF
            body = bytes(changed)
        return body


def _answer(status: int, headers: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def open_wire(service: RegistryService, faults: Faults) -> HttpRegistry:
    """Return the registry as a laptop of everyday sees it."""
    app = make_app(service, load_wire_dictionary(), DICTIONARY_ID)
    return HttpRegistry(URL, load_wire_dictionary(), DICTIONARY_ID, transport=Cable(app, faults))
