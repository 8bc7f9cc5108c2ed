"""A relay between a laptop and the registry that counts what goes through."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Proxy:
    """A relay between a laptop and the registry that counts what goes through."""

    target: int
    sent: int = 0
    received: int = 0
    requests: int = 0
    heads: list[bytes] = field(default_factory=list)
    """The first bytes of each piece that went through, to read the headers."""
    listener: socket.socket = field(init=False)
    threads: list[threading.Thread] = field(default_factory=list)
    relayed: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join()
        for one in self.relayed:
            one.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def forget(self) -> None:
        """Count from nothing again."""
        self.sent = self.received = self.requests = 0
        self.heads.clear()

    def _start(self, act, *arguments) -> None:
        thread = threading.Thread(target=act, args=arguments)
        self.threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                laptop, _ = self.listener.accept()
                self.relayed.append(laptop)
                registry = socket.create_connection(("127.0.0.1", self.target))
                self.relayed.append(registry)
                self._start(self._relay, laptop, registry, True)
                self._start(self._relay, registry, laptop, False)

    def _relay(self, source: socket.socket, target: socket.socket, is_sent: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._count(piece, is_sent)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def _count(self, piece: bytes, is_sent: bool) -> None:
        self.heads.append(piece[:400])
        if is_sent:
            self.sent += len(piece)
            self.requests += piece.count(b"POST /v1/sync ")
        else:
            self.received += len(piece)
