"""A request is over within its time, whatever part of the answer comes byte by byte."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from fsmobile.errors import RegistryUnreachable
from fsmobile.protocol.snapshots import SNAPSHOT_TYPE
from fsmobile.sync import http_registry
from fsmobile.sync.deadline import Deadline
from fsmobile.sync.http_registry import STRETCH_MIN, HttpRegistry

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def a_server(*answers: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer the requests of one connection, each in its own way."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = door.accept()
        with connection:
            for answer in answers:
                connection.recv(65536)
                try:
                    answer(connection)
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        door.close()
        thread.join(10)


def reply(connection: socket.socket) -> None:
    connection.sendall(GOOD)


def dribble(connection: socket.socket) -> None:
    """Send the headers one byte at a time: no single reading is ever late."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def ask(client: httpx.Client, deadline: Deadline) -> bytes:
    extensions = {"trace": deadline.trace}
    with (
        deadline.running(),
        client.stream("GET", "/", extensions=extensions) as response,
    ):
        return b"".join(response.iter_raw())


def test_headers_that_dribble_are_cut_off() -> None:
    deadline = Deadline(0.5)
    with a_server(dribble) as url, httpx.Client(base_url=url, timeout=5) as client:
        begun = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            ask(client, deadline)
        assert 0.4 < time.monotonic() - begun < 3


def test_headers_that_dribble_on_a_connection_kept_alive_are_cut_off_too() -> None:
    deadline = Deadline(0.5)
    with a_server(reply, dribble) as url, httpx.Client(base_url=url, timeout=5) as client:
        assert ask(client, deadline) == b"ok"
        begun = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            ask(client, deadline)
        assert time.monotonic() - begun < 3


def test_an_answer_in_time_leaves_the_connection_alone() -> None:
    deadline = Deadline(0.5)
    with a_server(reply, reply) as url, httpx.Client(base_url=url, timeout=5) as client:
        assert ask(client, deadline) == b"ok"
        time.sleep(0.8)
        assert ask(client, deadline) == b"ok"


def dribble_a_history(connection: socket.socket) -> None:
    """Send good headers at once, then the file byte by byte, each within any reading's limit."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: "
        + SNAPSHOT_TYPE.encode()
        + b"\r\nContent-Length: 1000000\r\n\r\n"
    )
    connection.sendall(b"x" * STRETCH_MIN)
    for _ in range(160):
        connection.sendall(b"x")
        time.sleep(0.05)


def test_a_history_that_dribbles_is_cut_off_and_what_came_before_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_registry, "DEADLINE_SECONDS", 0.5)
    with a_server(dribble_a_history) as url, HttpRegistry(url, b"", "d") as registry:
        begun = time.monotonic()
        pieces = registry.read_snapshot("unit:a/b", "Sealed x", 0)
        assert pieces is not None
        assert len(next(pieces)) >= STRETCH_MIN
        with pytest.raises(RegistryUnreachable, match="registry_too_slow"):
            list(pieces)
        assert time.monotonic() - begun < 5
