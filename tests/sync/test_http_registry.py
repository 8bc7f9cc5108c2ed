"""The registry over HTTP as a laptop meets it: portals, dead ports, dribbling servers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from loopback import serve
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.compression import Codec
from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.store import queries
from fsmobile.sync import http_registry
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.usecases import visits

DICTIONARY = load_wire_dictionary()


@contextmanager
def _server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answer each connection by hand."""
    door = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        stopped.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(timeout=10)


def _sync(machine: Laptop, url: str) -> None:
    with HttpRegistry(url, DICTIONARY, DICTIONARY_ID) as registry:
        SyncEngine(machine.replica, registry, machine.key).run()


def _reply(status: str, kind: str, body: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)

    return answer


def _dribble(connection: socket.socket) -> None:
    connection.recv(65536)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: 100000\r\n\r\n"
    connection.sendall(head.encode())
    for _ in range(100):
        connection.sendall(b"x")
        threading.Event().wait(0.05)


def _hang_up(connection: socket.socket) -> None:
    connection.recv(10)


def _say_nothing(connection: socket.socket) -> None:
    connection.recv(65536)
    threading.Event().wait(1.5)


PORTAL = b"<html><body>Bienvenue sur le Wi-Fi de la mairie</body></html>"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (_reply("200 OK", "text/html", PORTAL), "not_the_registry"),
        (_reply("302 Found", "text/html", b""), "not_the_registry"),
        (_reply("502 Bad Gateway", "text/html", PORTAL), "not_the_registry"),
        (_reply("200 OK", MEDIA_TYPE, PORTAL), "not_the_registry"),
        (_reply("200 OK", MEDIA_TYPE, b""), "not_the_registry"),
        (_reply("nonsense", "", b""), "registry_unreachable"),
        (_dribble, "registry_too_slow"),
        (_say_nothing, "registry_too_slow"),
        (_hang_up, "registry_unreachable"),
    ],
)
def test_who_is_not_the_registry_is_told_apart_and_nothing_is_lost(
    answer: Callable[[socket.socket], None], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_registry, "DEADLINE_SECONDS", 0.6)
    machine = a_laptop(a_registry())
    visits.record_visit(machine.desk, a_visit())
    with _server(answer) as url, pytest.raises(RegistryUnreachable) as caught:
        _sync(machine, url)
    assert caught.value.code == code
    assert queries.load_sync_state(machine.replica).waiting == 1
    assert machine.sync().received == 1


def test_an_answer_that_is_no_text_where_one_should_be_enrols_nobody() -> None:
    unreadable = messages.encode(messages.Malformed(reason="zz")).replace(b"zz", b"\xff\xfe")
    machine = a_laptop(a_registry())
    request = messages.EnrolRequest(
        protocol=1, app="", code_id=b"", public_key=b"", box_key=b"", name="", proof=b""
    )
    answer = _reply("200 OK", MEDIA_TYPE, Codec(3).compress(unreadable))
    with (
        _server(answer) as url,
        HttpRegistry(url, DICTIONARY, DICTIONARY_ID) as registry,
        pytest.raises(RegistryUnreachable, match="not_the_registry"),
    ):
        registry.enrol(request)
    with _server(answer) as url, pytest.raises(RegistryUnreachable, match="not_the_registry"):
        _sync(machine, url)


def test_a_dead_port_is_told_at_once() -> None:
    machine = a_laptop(a_registry())
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(RegistryUnreachable, match="registry_unreachable"):
        _sync(machine, url)


@pytest.mark.parametrize("url", ["", "registre", "ftp://x", "http://", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="registry_address"):
        HttpRegistry(url, DICTIONARY, DICTIONARY_ID)


def _real_registry(
    machine: Laptop, dictionary_id: str = DICTIONARY_ID
) -> AbstractContextManager[str]:
    return serve(make_app(machine.registry, DICTIONARY, dictionary_id))


def test_a_day_goes_through_a_real_server_in_one_small_request() -> None:
    machine = a_laptop(a_registry())
    for _ in range(40):
        visits.record_visit(machine.desk, a_visit())
    with _real_registry(machine) as url, HttpRegistry(url, DICTIONARY, DICTIONARY_ID) as registry:
        report = SyncEngine(machine.replica, registry, machine.key).run()
        assert report.received_visits == 40
        assert registry.requests == 1
        assert registry.sent_bytes + registry.received_bytes < 4300


def test_a_registry_with_another_dictionary_gets_the_request_again_without() -> None:
    machine = a_laptop(a_registry())
    visits.record_visit(machine.desk, a_visit())
    with (
        _real_registry(machine, "d-of-later") as url,
        HttpRegistry(url, DICTIONARY, DICTIONARY_ID) as registry,
    ):
        assert SyncEngine(machine.replica, registry, machine.key).run().received == 1
        assert registry.requests == 2
