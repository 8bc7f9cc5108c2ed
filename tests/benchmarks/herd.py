"""The 17:30 herd: N laptops with a day's visits each, one registry process, nothing lost.

    python -m tests.benchmarks.herd --laptops 5000 --database sqlite --at-once 128

The registry is a real process over HTTP on loopback; requests are made and sealed before.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from sqlalchemy import func, select

from fsmobile.core.ids import make_uuid7
from fsmobile.core.visits import Visit
from fsmobile.protocol import messages
from fsmobile.protocol.certificates import device_id_of
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.clock import format_hlc
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.envelope import PROTOCOL, seal, unseal
from fsmobile.protocol.messages import SyncReply, SyncRequest, Want, WriterBlock
from fsmobile.protocol.ops import make_op
from fsmobile.protocol.records import VISIT_RECORD, encode_visit
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry import schema
from fsmobile.registry.records import DeviceRow
from fsmobile.simulation.ports import START_MS
from tests.benchmarks.days_of_work import WorkClock, visits_of
from tests.benchmarks.lean_client import send_all
from tests.benchmarks.registries import DATABASES, Registry, serving


@dataclass(frozen=True, slots=True)
class Bus:
    """A laptop that has its request ready."""

    device: DeviceRow
    packed: bytes
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Herd:
    """What serving them all cost."""

    wall: float
    p50: float
    p99: float
    """Of an admitted request, seconds."""
    longest: float
    """From the start to the last laptop's receipt."""
    sent_away: int
    client_cpu: float
    registry_cpu: float


def make_buses(laptops: int, visits: int) -> list[Bus]:
    """Record a day in each of many unknown laptops, and seal its one request."""
    random = Random(1)
    codec = Codec(LAPTOP_LEVEL, load_wire_dictionary())
    days = visits_of(load_catalogue(), WorkClock(), visits, random)
    return [_make_bus(number, days, random, codec) for number in range(laptops)]


def _make_bus(number: int, visits: Sequence[Visit], random: Random, codec: Codec) -> Bus:
    key = SigningKey(seed=random.randbytes(32))
    device_id, writer = device_id_of(key.public), random.randbytes(16)
    agency = f"structure-{number // 20}"
    unit = f"{agency}/bus-{number % 20}"
    chain = previous = first_chain(device_id, writer)
    bodies = []
    for seq, visit in enumerate(visits, start=1):
        op = make_op(
            kind=VISIT_RECORD, schema=1, op_id=make_uuid7(START_MS + seq, random.randbytes(10)),
            scope=unit_scope(unit), hlc=format_hlc(START_MS + seq, 0), agent_id="agent-a",
            salt=random.randbytes(8), entity=None, data=encode_visit(visit),
        )  # fmt: skip
        chain = next_chain(chain, seq, op.op_id, hash_body(op.body))
        bodies.append(op.body)
    request = SyncRequest(
        protocol=PROTOCOL, app="0.1", device_id=device_id, counter=1, now=START_MS,
        writer=WriterBlock(
            writer=writer, first_seq=1, previous=previous, head=chain, last_seq=len(visits),
            ops=list(bodies),
        ),
        want=Want(bytes=1 << 20, ops=2500),
    )  # fmt: skip
    device = DeviceRow(device_id, key.public, f"portable-{number}", agency, unit, "agent")
    return Bus(device, codec.compress(seal(messages.encode(request), key.sign)), len(visits))


def measure_herd(registry: Registry, buses: Sequence[Bus], at_once: int) -> Herd:
    """Let them all send at once; check that each has its receipt and each visit is held once."""
    with registry.service.storage.transaction() as transaction:
        for bus in buses:
            transaction.add_device(bus.device, "0.1", START_MS)
    registry_cpu, client_cpu = registry.cpu(), time.process_time()
    begun = time.perf_counter()
    crowd = send_all(registry.host, registry.port, [bus.packed for bus in buses], at_once)
    wall = time.perf_counter() - begun
    registry_cpu, client_cpu = registry.cpu() - registry_cpu, time.process_time() - client_cpu
    _check(registry, buses, crowd.answers)
    return Herd(
        wall=wall,
        p50=median(crowd.seconds),
        p99=crowd.seconds[int(len(crowd.seconds) * 0.99)],
        longest=max(crowd.waited),
        sent_away=crowd.sent_away,
        client_cpu=client_cpu,
        registry_cpu=registry_cpu,
    )


def _check(registry: Registry, buses: Sequence[Bus], answers: dict[int, bytes]) -> None:
    codec = Codec(LAPTOP_LEVEL, load_wire_dictionary())
    for number, bus in enumerate(buses):
        payload, _signature = unseal(codec.decompress(answers[number]))
        answer = messages.decode_answered(payload).answer
        assert isinstance(answer, SyncReply), answer
        assert answer.receipt.seq == bus.visits
    with registry.service.storage.reading() as transaction:
        held = transaction.connection.execute(
            select(func.count(), func.count(func.distinct(schema.op.c.op_id)))
        ).one()
    assert tuple(held) == (sum(bus.visits for bus in buses),) * 2, held


def main() -> None:
    """Measure one herd."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--laptops", type=int, default=5000)
    parser.add_argument("--visits", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=128)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    asked = parser.parse_args()
    buses = make_buses(asked.laptops, asked.visits)
    with serving(asked.database) as registry:
        herd = measure_herd(registry, buses, asked.at_once)
    sys.stdout.write(
        f"{asked.database} {asked.laptops} x {asked.visits}, {asked.at_once} at once:"
        f" {herd.wall:.1f} s, {asked.laptops / herd.wall:.0f} syncs/s,"
        f" p50 {herd.p50:.3f} s, p99 {herd.p99:.3f} s, sent away {herd.sent_away},"
        f" registry CPU {herd.registry_cpu / asked.laptops * 1000:.2f} ms a sync,"
        f" client {herd.client_cpu / asked.laptops * 1000:.2f} ms\n"
    )


if __name__ == "__main__":
    main()
