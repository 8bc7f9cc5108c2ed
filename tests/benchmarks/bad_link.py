"""A slow link in the way of a laptop: so many milliseconds, so many bits a second."""

import contextlib
import queue
import socket
import time
from dataclasses import dataclass

from tests.benchmarks.proxy import Proxy


@dataclass(slots=True, kw_only=True)
class SlowLink(Proxy):
    """A relay where each byte takes its time, and each connection one round trip more."""

    round_trip: float
    """Seconds."""
    up: float
    """Bits a second from the laptop."""
    down: float

    def _relay(self, source: socket.socket, target: socket.socket, is_sent: bool) -> None:
        pieces: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._start(self._deliver, pieces, target)
        rate = self.up if is_sent else self.down
        # The connection itself: the laptop's first byte leaves after one round trip.
        free_at = time.monotonic() + (self.round_trip if is_sent else 0)
        with contextlib.suppress(OSError):
            while piece := source.recv(1460):
                self._count(piece, is_sent)
                free_at = max(free_at, time.monotonic()) + len(piece) * 8 / rate
                pieces.put((free_at + self.round_trip / 2, piece))
        pieces.put((free_at + self.round_trip / 2, b""))

    def _deliver(
        self, pieces: "queue.SimpleQueue[tuple[float, bytes]]", target: socket.socket
    ) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, piece = pieces.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not piece:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(piece)
