"""The 17:30 herd: N laptops, 40 visits each, one registry process; nothing lost, and its cost.

    python -m tests.benchmarks.herd --laptops 5000 --database sqlite --at-once 64

`--in-process` calls the service from threads; without it the registry is a real process over
HTTP on loopback, and the client is one process of raw sockets with sealed requests made before.
"""

import argparse
import os
import queue
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.core.ids import make_uuid7
from fsmobile.protocol import messages
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.clock import format_hlc
from fsmobile.protocol.compression import DICTIONARY_HEADER, LAPTOP_LEVEL, Codec
from fsmobile.protocol.envelope import MEDIA_TYPE, PROTOCOL, seal, unseal
from fsmobile.protocol.messages import SyncReply, SyncRequest, Want, WriterBlock
from fsmobile.protocol.ops import make_op
from fsmobile.protocol.records import VISIT_RECORD, encode_visit
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import SigningKey, device_id_of
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry import schema
from fsmobile.registry.administration import make_registry, open_registry
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.records import DeviceRow
from fsmobile.registry.storage import Storage
from fsmobile.simulation.ports import START_MS, no_problems
from tests.postgresql_server import postgresql_server
from tests.worlds import a_visit

Send = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Bus:
    """A laptop that has its request ready."""

    device: DeviceRow
    envelope: bytes


def make_bus(number: int, visits: int, random: Random) -> Bus:
    """Record a day in an unknown laptop, and seal its one request."""
    key = SigningKey(seed=random.randbytes(32))
    device_id, writer = device_id_of(key.public), random.randbytes(16)
    agency = f"structure-{number // 20}"
    unit = f"{agency}/bus-{number % 20}"
    chain = previous = first_chain(device_id, writer)
    data, bodies = encode_visit(a_visit()), []
    for seq in range(1, visits + 1):
        op = make_op(
            kind=VISIT_RECORD, schema=1, op_id=make_uuid7(START_MS + seq, random.randbytes(10)),
            scope=unit_scope(unit), hlc=format_hlc(START_MS + seq, 0), agent_id="agent-a",
            salt=random.randbytes(8), entity=None, data=data,
        )  # fmt: skip
        chain = next_chain(chain, seq, op.op_id, hash_body(op.body))
        bodies.append(op.body)
    request = SyncRequest(
        protocol=PROTOCOL, app="0.1", device_id=device_id, counter=1, now=START_MS,
        writer=WriterBlock(
            writer=writer, first_seq=1, previous=previous, head=chain, last_seq=visits,
            ops=list(bodies),
        ),
        want=Want(bytes=1 << 20, ops=2500),
    )  # fmt: skip
    device = DeviceRow(device_id, key.public, f"portable-{number}", agency, unit, "agent")
    return Bus(device, seal(messages.encode(request), key.sign))


@contextmanager
def registry_address(kind: str) -> Iterator[str]:
    """Give the address of an empty database; PostgreSQL with fsync."""
    if kind == "postgresql":
        with postgresql_server(durable=True) as server:
            yield server.url(server.create())
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield sqlite_url(Path(folder))


@contextmanager
def serving(url: str) -> Iterator[tuple[str, int, int]]:
    """Run the registry's own process; give its host, its port and its process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fsmobile", "registry", "serve", "--database", url, "--port", "0"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().rsplit("/", 1)[-1]
    host, port = address.strip().split(":")
    try:
        yield host, int(port), process.pid
    finally:
        process.terminate()
        process.wait()


class LeanClient:
    """One keep-alive connection without a library."""

    def __init__(self, host: str, port: int) -> None:
        self.codec = Codec(LAPTOP_LEVEL, load_wire_dictionary())
        self.socket = socket.create_connection((host, port))
        self.file = self.socket.makefile("rb")
        self.head = (
            f"POST /v1/sync HTTP/1.1\r\nHost: {host}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"{DICTIONARY_HEADER}: {DICTIONARY_ID}\r\nContent-Length: "
        ).encode()

    def send(self, packed: bytes) -> bytes:
        """Exchange one packed request."""
        self.socket.sendall(self.head + str(len(packed)).encode() + b"\r\n\r\n" + packed)
        size = 0
        while (line := self.file.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        return self.codec.decompress(self.file.read(size))


def run_herd(bodies: list[bytes], at_once: int, make_send: Callable[[], Send]) -> list[float]:
    """Send every request once, `at_once` at a time; return the seconds of each."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    seconds: list[float] = []
    refused: list[object] = []

    def work() -> None:
        send = make_send()
        while True:
            try:
                body = waiting.get_nowait()
            except queue.Empty:
                return
            begun = time.perf_counter()
            answer = messages.decode_answered(unseal(send(body))[0]).answer
            seconds.append(time.perf_counter() - begun)
            if not isinstance(answer, SyncReply):
                refused.append(answer)

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused, refused[:3]
    return sorted(seconds)


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of another process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure one herd."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--laptops", type=int, default=5000)
    parser.add_argument("--visits", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--in-process", action="store_true")
    asked = parser.parse_args()
    random = Random(1)
    buses = [make_bus(number, asked.visits, random) for number in range(asked.laptops)]
    with registry_address(asked.database) as url:
        engine = open_engine(url)
        clock, chance = SystemClock(), SystemChance()
        make_registry(engine, clock, chance)
        storage = Storage(engine)
        with storage.transaction() as transaction:
            for bus in buses:
                transaction.add_device(bus.device, "0.1", START_MS)
        if asked.in_process:
            service = open_registry(engine, clock, chance, no_problems)
            before = resource.getrusage(resource.RUSAGE_SELF)
            begun = time.perf_counter()
            seconds = run_herd([b.envelope for b in buses], asked.at_once, lambda: service.sync)
            wall = time.perf_counter() - begun
            after = resource.getrusage(resource.RUSAGE_SELF)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        else:
            codec = Codec(LAPTOP_LEVEL, load_wire_dictionary())
            bodies = [codec.compress(bus.envelope) for bus in buses]
            with serving(url) as (host, port, pid):
                before_cpu, begun = cpu_of(pid), time.perf_counter()
                seconds = run_herd(bodies, asked.at_once, lambda: LeanClient(host, port).send)
                wall = time.perf_counter() - begun
                cpu = cpu_of(pid) - before_cpu
        with storage.transaction() as transaction:
            held = transaction.connection.execute(
                select(func.count(), func.count(func.distinct(schema.op.c.op_id)))
            ).one()
        assert tuple(held) == (asked.laptops * asked.visits,) * 2, held
        engine.dispose()
    sys.stdout.write(
        f"{asked.database} {'in process' if asked.in_process else 'http'}"
        f" {asked.laptops} x {asked.visits}, {asked.at_once} at once:"
        f" {wall:.1f} s, {asked.laptops / wall:.0f} syncs/s,"
        f" p50 {statistics.median(seconds):.3f} s, p99 {seconds[int(len(seconds) * 0.99)]:.3f} s,"
        f" registry CPU {cpu / asked.laptops * 1000:.2f} ms a sync\n"
    )


if __name__ == "__main__":
    main()
