"""Deadline: cuts the connection of a request that takes too long as a whole.

httpx bounds each reading: a server that sends its headers byte by byte is never late.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

import httpx

_OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
"""Events of httpcore that hand out the stream of a new connection."""


class Deadline:
    """Watches the requests of one client, one after another."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._has_passed = False

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        """Remember the connection that a request opens; the next ones go over it too."""
        if event in _OPENED:
            self._socket = about["return_value"].get_extra_info("socket")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Bound what is done inside.

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
            # Whoever reads is woken by the end of the stream. Not the socket's own method: that
            # of TLS would take its object from under the reader.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
