"""SecurityHeaders: what each answer to a browser says, whoever wrote the page.

A page that says something of its own keeps it. What laptops read says nothing of this: a
laptop is no browser, and pays for each byte by the kilometre.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.protocol.snapshots import SNAPSHOT_TYPE

OF_LAPTOPS = frozenset({MEDIA_TYPE, SNAPSHOT_TYPE})
YEAR_SECONDS = 31_536_000
USUAL = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # For browsers that know no `frame-ancestors`.
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and add to its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), is_tls=scope["scheme"] == "https")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _complete(headers: MutableHeaders, *, is_tls: bool) -> None:
    if headers.get("Content-Type") in OF_LAPTOPS:
        return
    for name, value in USUAL.items():
        headers.setdefault(name, value)
    if is_tls:
        # Not `includeSubDomains`: the other names of a town hall are not ours to decide.
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
