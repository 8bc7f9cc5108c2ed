"""A crowd of laptops in one process: one thread, one socket each in flight, no library."""

import heapq
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from fsmobile.protocol.compression import DICTIONARY_HEADER
from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.reference.wire_dictionary import DICTIONARY_ID

SENT_AWAY = (429, 503)


@dataclass(slots=True)
class Crowd:
    """What became of each laptop's request."""

    answers: dict[int, bytes] = field(default_factory=dict)
    """The registry's answer, packed, by number of the laptop."""
    seconds: list[float] = field(default_factory=list)
    """Of each admitted request."""
    waited: list[float] = field(default_factory=list)
    """From the start to its answer, of each laptop."""
    sent_away: int = 0


@dataclass(slots=True, eq=False)
class _Line:
    """One connection and the exchange on it."""

    socket: socket.socket
    number: int = -1
    begun: float = 0.0
    got: bytearray = field(default_factory=bytearray)


def send_all(host: str, port: int, bodies: Sequence[bytes], at_once: int) -> Crowd:
    """Exchange each body once, `at_once` at a time; who is sent away comes back when told."""
    crowd, start = Crowd(), time.monotonic()
    head = (
        f"POST /v1/sync HTTP/1.1\r\nHost: {host}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"{DICTIONARY_HEADER}: {DICTIONARY_ID}\r\nContent-Length: "
    ).encode()
    waiting = deque(range(len(bodies)))
    later: list[tuple[float, int]] = []
    with selectors.DefaultSelector() as selector:
        idle: list[_Line] = []
        for _ in range(at_once):
            _open(host, port, selector, idle)
        while len(crowd.answers) < len(bodies):
            now = time.monotonic()
            while later and later[0][0] <= now:
                waiting.append(heapq.heappop(later)[1])
            while waiting and idle:
                line = idle.pop()
                line.number, line.begun = waiting.popleft(), time.monotonic()
                body = bodies[line.number]
                line.socket.sendall(head + str(len(body)).encode() + b"\r\n\r\n" + body)
            for key, _ in selector.select(later[0][0] - now if later and idle else None):
                line = key.data
                piece = line.socket.recv(65536)
                if not piece:
                    # Idle for too long: the registry has closed it.
                    assert line in idle
                    idle.remove(line)
                    selector.unregister(line.socket)
                    line.socket.close()
                    _open(host, port, selector, idle)
                    continue
                line.got += piece
                if (answer := _whole(line.got)) is None:
                    continue
                status, after, packed = answer
                line.got.clear()
                idle.append(line)
                now = time.monotonic()
                if status in SENT_AWAY:
                    crowd.sent_away += 1
                    heapq.heappush(later, (now + after, line.number))
                    continue
                crowd.answers[line.number] = packed
                crowd.seconds.append(now - line.begun)
                crowd.waited.append(now - start)
        for line in idle:
            line.socket.close()
    crowd.seconds.sort()
    return crowd


def _open(host: str, port: int, selector: selectors.BaseSelector, idle: list[_Line]) -> None:
    line = _Line(socket.create_connection((host, port)))
    line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(line.socket, selectors.EVENT_READ, line)
    idle.append(line)


def _whole(got: bytearray) -> tuple[int, int, bytes] | None:
    """Return (status, Retry-After, body) once all of an answer is there."""
    head, found, body = bytes(got).partition(b"\r\n\r\n")
    if not found:
        return None
    lines = head.lower().split(b"\r\n")
    fields = dict(line.split(b": ", 1) for line in lines[1:])
    if len(body) < int(fields[b"content-length"]):
        return None
    return int(lines[0].split()[1]), int(fields.get(b"retry-after", b"0")), body
