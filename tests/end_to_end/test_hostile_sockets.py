"""Bytes that are no HTTP, on the real ports: the registry and a laptop that waits go on."""

import socket
import time
from contextlib import suppress

import pytest

from tests.end_to_end.bus_world import BusWorld

NOISE = (
    b"\0" * 4096,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nshort",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\n",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell",
    b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    b"POST /v1/peer HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
    b"POST /v1/peer HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    b"POST /v1/peer HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n\xff\xff\xff\xff\0\0\0\0",
    b"GET /v1/peer HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /healthz HTTP/9.9\r\n\r\n",
    b"FSMOBILE-BUNDLE-1\n",
)


def throw(port: int, noise: bytes) -> bytes:
    """Send bytes, hang up on the sending side, return what comes back."""
    answered = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(noise)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            answered += piece
    return answered


def test_noise_on_the_registry_s_port_gets_no_500_and_the_next_sync_goes_through(
    world: BusWorld,
) -> None:
    world.record()
    world.start_registry()
    before = world.held()
    for noise in NOISE:
        assert b" 500 " not in throw(world.port, noise).partition(b"\r\n")[0]
    assert world.held() == before
    report = world.sync()
    assert (report["received_visits"], report["waiting"]) == (1, 0)
    assert "Traceback" not in world.stop_registry()


def test_noise_at_a_laptop_that_waits_for_the_other_one_does_not_end_its_wait(
    world: BusWorld,
) -> None:
    second = world.folder / "second"
    world.start_registry()
    world.enrol(second, name="porte arrière")
    world.stop_registry()
    world.record()
    with world.waiting_laptop(world.home) as address:
        begun = time.monotonic()
        for noise in NOISE:
            throw(int(address.rpartition(":")[2]), noise)
        assert time.monotonic() - begun < 20
        met = world.run("sync", "--peer", address, home=second)
    assert met.code == 0, met.said
    assert len(world.visits(second)) == 1


@pytest.mark.parametrize("noise", [b"", b"\0" * 100, b"<html>Bienvenue</html>"])
def test_a_file_that_is_no_stick_is_said_to_be_none_on_both_sides(
    world: BusWorld, noise: bytes
) -> None:
    file = world.folder / "cle.fsbundle"
    file.write_bytes(noise)
    for refused in (
        world.run("bundle", "import", str(file)),
        world.run_registry("import", str(file)),
    ):
        assert refused.code == 3
        assert refused.err
