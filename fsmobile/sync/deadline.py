"""Deadline: cuts the connection of a request that takes too long as a whole.

httpx only bounds each read: a server that sends its headers byte by byte never times out.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

import httpx

_OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
"""Trace events of httpcore that carry the stream of a new connection."""


class Deadline:
    """Watches the requests of one client, one after another."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._has_passed = False

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        """Remember the connection that a request opens; later requests reuse it."""
        if event in _OPENED:
            self._socket = about["return_value"].get_extra_info("socket")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Limit how long the block may take.

        Raises:
            httpx.ReadTimeout: it took longer.
        """
        self._has_passed = False
        timer = Timer(self._seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except httpx.TransportError as error:
            if self._has_passed:
                raise httpx.ReadTimeout("deadline") from error
            raise
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._has_passed = True
        if self._socket is not None:
            # The end of the stream wakes the reader. Not by the TLS socket's own method, which
            # would destroy its object under the reader.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
