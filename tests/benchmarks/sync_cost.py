"""What a sync costs on the wire: every byte of the socket, both ways, headers included."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Self

from fsmobile.core.catalogue import Procedure
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.replica import open_store
from fsmobile.usecases import passages
from fsmobile.usecases.desk import Desk, open_desk
from fsmobile.usecases.passages import DayLine
from fsmobile.usecases.timetable import load_timetable
from fsmobile.usecases.visits import record_visit
from tests.end_to_end.bus_world import MORNING, BusWorld, offset_to
from tests.worlds import FakeClock, SeededChance

VISITS = 40
EVENING = MORNING.replace(hour=17, minute=30)


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

    def _start(self, act, *arguments) -> None:  # type: ignore[no-untyped-def]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCost:
    """What one sync of a day put on the wire."""

    sent: int
    received: int
    requests: int
    heads: tuple[bytes, ...]

    @property
    def total(self) -> int:
        return self.sent + self.received


def measure_sync(world: BusWorld) -> SyncCost:
    """Record a day of 40 visits on a laptop enrolled through the proxy, sync it, count."""
    world.environment["FSMOBILE_DECALAGE_HORLOGE"] = str(offset_to(EVENING))
    world.start_registry()
    home = world.folder / "compte"
    with Proxy(target=world.port) as proxy:
        enrolled = world.run("enrol", proxy.url, *world.code(), "--name", "compte", home=home)
        assert enrolled.code == 0, enrolled.said
        assert world.run("sync", home=home).code == 0
        record_a_day(home / "fsmobile.db")
        proxy.forget()
        synced = world.run("sync", "--format", "json", home=home)
    world.stop_registry()
    assert synced.code == 0, synced.said
    assert synced.json["received_visits"] == VISITS
    return SyncCost(
        sent=proxy.sent,
        received=proxy.received,
        requests=proxy.requests,
        heads=tuple(proxy.heads),
    )


def record_a_day(store: Path, visits: int = VISITS, seed: int = 40) -> None:
    """Record a day as a bus has it: its stops opened and closed, visits of all kinds."""
    clock = FakeClock(int((MORNING - timedelta(minutes=1)).timestamp() * 1000))
    replica = open_store(store, clock, SeededChance(seed))
    try:
        desk = open_desk(replica, load_catalogue(), {})
        load_timetable(desk)
        random = Random(seed)
        lines = passages.load_day(desk, desk.today()).lines
        for rank, line in enumerate(lines):
            passages.open_passage(desk, line.passage_id)
            for _ in range(visits // len(lines) + (rank < visits % len(lines))):
                clock.ms += random.randint(4 * 60_000, 13 * 60_000)
                record_visit(desk, _visit(desk, line, random))
            passages.close_passage(desk, line.passage_id)
    finally:
        replica.close()


def _visit(desk: Desk, line: DayLine, random: Random) -> Visit:
    procedures = list(desk.catalogue.procedures.values())
    weights = [procedure.weight + 0.001 for procedure in procedures]
    chosen = random.choices(procedures, weights, k=random.choice((1, 1, 1, 1, 2)))
    now = desk.now()
    return Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=line.passage_id,
        insee_code=line.insee_code,
        service_date=now.date(),
        starts=now.time().replace(second=0, microsecond=0, tzinfo=None),
        minutes=sum(procedure.minutes for procedure in chosen) + random.choice((0, 0, 0, 5)),
        people=random.choice((1, 1, 1, 1, 2)),
        channel=random.choice((*[Channel.WALK_IN] * 6, Channel.APPOINTMENT)),
        first_contact=random.choice((*[FirstContact.UNKNOWN] * 5, *FirstContact)),
        age_band=random.choice((*[AgeBand.UNKNOWN] * 20, *AgeBand)),
        enquiries=tuple(_enquiry(procedure, random) for procedure in chosen),
    )


def _enquiry(procedure: Procedure, random: Random) -> Enquiry:
    outcomes = (*[Outcome.RESOLVED] * 5, Outcome.TO_FOLLOW_UP, Outcome.AWAITING_DOCUMENTS)
    return Enquiry(
        procedure=procedure.procedure_id,
        operator=procedure.operator,
        help=procedure.help,
        outcome=random.choice(outcomes),
    )
