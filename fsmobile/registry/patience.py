"""PatientProtocol: HTTP requests that must arrive within a time and a size.

uvicorn bounds the wait between two requests. This bounds the wait inside one, so that a client that
sends byte by byte holds a connection for a minute, not for ever.
"""

import asyncio
import logging
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

RECEIVE_SECONDS = 75.0
"""For a whole request: longer than a laptop waits, so that the laptop gives up first."""
HEADERS_MAX = 16 * 1024
"""Bytes of the first line and the headers of a request."""

log = logging.getLogger("fsmobile.registry")


class PatientProtocol(H11Protocol):
    """A connection that closes when a request takes too long to come in."""

    receive_seconds = RECEIVE_SECONDS
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the clock for the first request."""
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Take the bytes; once a request is complete, the clock stops."""
        self._begin()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.receive_seconds, self._give_up)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        log.info("request too slow to come in")
        self.transport.abort()
