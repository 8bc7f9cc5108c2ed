"""Meeting another laptop over a cable or the local network: one listens, the other calls."""

import re
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx

from fsmobile.errors import FsmobileError, RegistryUnreachable

PORT = 8732
PATH = "/v1/peer"
MEDIA_TYPE = "application/vnd.fsmobile.peer.v1"
BODY_MAX = 32 * 1024 * 1024
CALL_SECONDS = 20.0
SIZE = 4
DIGITS = re.compile(r"[0-9]{1,10}")

Meet = Callable[[bytes, bytes], bytes]
"""(the caller's certificate, its offer) → our offer to it."""


def listen(certificate: bytes, meet: Meet, port: int = PORT) -> "PeerListener":
    """Listen on every address of this laptop; see `PeerListener.serve`."""
    return PeerListener(certificate, meet, port)


class PeerListener:
    """Waits for the other laptop, for a single exchange."""

    def __init__(self, certificate: bytes, meet: Meet, port: int) -> None:
        """Take the port (0: any that is free)."""
        self.failure: FsmobileError | None = None
        self.has_met = False
        self.certificate = certificate
        self._meet = meet
        self._server = _Server(port, self)

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._server.server_address[1])

    def serve(self, seconds: float) -> bool:
        """Wait for an exchange; return whether there was one in time."""
        self._server.timeout = 0.5
        for _ in range(max(1, int(seconds / self._server.timeout))):
            self._server.handle_request()
            if self.has_met or self.failure is not None:
                break
        self._server.server_close()
        if self.failure is not None:
            raise self.failure
        return self.has_met

    def answer(self, packed: bytes) -> bytes:
        """Take the caller's offer, give ours.

        Raises:
            FsmobileError, ValueError: not a laptop that we may exchange with.
        """
        certificate, offer = unpack(packed)
        return pack(self.certificate, self._meet(certificate, offer))


class _Server(HTTPServer):
    """A server that prints nothing about broken links."""

    def __init__(self, port: int, listener: PeerListener) -> None:
        super().__init__(("", port), _Handler)
        self.listener = listener

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a broken link; anything else is a bug and must show."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers the two requests of an exchange, and nothing else."""

    timeout = CALL_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Say who this laptop is."""
        if self.path == PATH:
            self._send(200, self.server.listener.certificate)
        else:
            self._send(404, b"")

    def do_POST(self) -> None:
        """Take the caller's offer, give ours."""
        given = self.headers.get("Content-Length") or ""
        size = int(given) if DIGITS.fullmatch(given) else 0
        if self.path != PATH or not 0 < size <= BODY_MAX:
            self._send(413, b"")
            return
        try:
            answer = self.server.listener.answer(self.rfile.read(size))
        except (FsmobileError, ValueError):
            # Somebody else on the network: ignored, and the wait goes on.
            self._send(403, b"")
            return
        self._send(200, answer)
        self.server.listener.has_met = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the waiting command speaks for us."""

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", MEDIA_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def fetch_certificate(address: str) -> bytes:
    """Ask the laptop that waits who it is.

    Raises:
        RegistryUnreachable: nobody waits there.
    """
    return _call("GET", address, None)


def exchange(address: str, certificate: bytes, offer: bytes) -> bytes:
    """Send our offer; return the other laptop's.

    Raises:
        RegistryUnreachable: nobody waits there, or it does not take our offer.
    """
    answer = _call("POST", address, pack(certificate, offer))
    try:
        return unpack(answer)[1]
    except ValueError as error:
        raise RegistryUnreachable("peer_unreachable", address=address) from error


def pack(certificate: bytes, offer: bytes) -> bytes:
    """Put a certificate before an offer."""
    return len(certificate).to_bytes(SIZE, "big") + certificate + offer


def unpack(body: bytes) -> tuple[bytes, bytes]:
    """Return (certificate, offer).

    Raises:
        ValueError: cut short.
    """
    size = int.from_bytes(body[:SIZE], "big")
    if len(body) < SIZE + size:
        raise ValueError("cut short")
    return body[SIZE : SIZE + size], body[SIZE + size :]


def own_address() -> str:
    """Return this laptop's address on its local network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _call(method: str, address: str, body: bytes | None) -> bytes:
    host, _, port = address.partition(":")
    url = f"http://{host}:{port or PORT}{PATH}"
    try:
        answer = httpx.request(method, url, content=body, timeout=CALL_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RegistryUnreachable("peer_unreachable", address=address) from error
    if answer.status_code != 200 or answer.headers.get("Content-Type") != MEDIA_TYPE:
        raise RegistryUnreachable("peer_unreachable", address=address)
    return answer.content
