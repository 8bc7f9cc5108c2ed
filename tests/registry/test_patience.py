"""Requests that never end to come in, against a real server on a socket."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from worlds import a_registry

from fsmobile.registry.app import make_app
from fsmobile.registry.patience import HEADERS_MAX, PatientProtocol

HEADER = b"POST /v1/sync HTTP/1.1\r\nHost: x\r\n"


class Hurried(PatientProtocol):
    """Waits less, so that a test does not wait long."""

    receive_seconds = 0.8


@pytest.fixture
def port() -> Iterator[int]:
    """A registry served in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = make_app(a_registry(), b"", "d0")
    config = uvicorn.Config(
        app,
        http=Hurried,
        h11_max_incomplete_event_size=HEADERS_MAX,
        log_config=None,
        lifespan="off",
        timeout_keep_alive=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listener.close()


def seconds_until_closed(connection: socket.socket, pieces: list[bytes]) -> float:
    """Send pieces slowly until the other side closes; return how long that took."""
    begun = time.monotonic()
    connection.settimeout(0.1)
    for piece in pieces:
        try:
            connection.sendall(piece)
            if connection.recv(65536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    else:
        pytest.fail("never closed")
    return time.monotonic() - begun


def health(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        connection.settimeout(5)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (HEADER, b"X-A: b\r\n"),
        (HEADER + b"Content-Length: 1000\r\n\r\n", b"x"),
        (HEADER + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["nothing", "header", "body", "chunks"],
)
def test_a_request_that_never_ends_is_cut_off(port: int, first: bytes, then: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        assert 0.5 < seconds_until_closed(connection, [first, *[then] * 60]) < 3
    assert b"200 OK" in health(port)


def test_a_second_request_that_never_ends_on_one_connection_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in connection.recv(65536)
        assert seconds_until_closed(connection, [HEADER, *[b"X-A: b\r\n"] * 60]) < 3


def test_headers_that_are_too_long_are_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(HEADER + b"X-Long: " + b"a" * (HEADERS_MAX + 1000))
        connection.settimeout(5)
        assert b" 400 " in connection.recv(65536)
    assert b"200 OK" in health(port)


def test_a_hundred_slow_connections_leave_room_for_a_quick_one(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    for connection in slow:
        connection.sendall(HEADER)
    assert b"200 OK" in health(port)
    for connection in slow:
        connection.settimeout(5)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
        connection.close()
