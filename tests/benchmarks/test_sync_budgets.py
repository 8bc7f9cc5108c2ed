"""What an exchange may weigh: requests and bytes, the same on every machine."""

from random import Random

import pytest
from worlds import UNIT, Laptop, a_laptop, a_registry

from fsmobile.protocol.compression import LAPTOP_LEVEL, REGISTRY_LEVEL, Codec
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.service import RegistryService
from tests.benchmarks.days_of_work import WorkClock, record_all, visits_of
from tests.benchmarks.registries import BenchLaptop

VISITS = 1_000
BULK_BYTES_MAX = 90
"""Up, per visit, salted, chained and signed."""
NOTHING_NEW_MAX = 700
"""Both bodies; two signatures, a receipt, chain and history values do not compress."""
THIRTY_NEW_MAX = 4_096


class Wire:
    """A registry in process, whose bodies are compressed as over HTTP, and counted."""

    def __init__(self, service: RegistryService) -> None:
        self.service = service
        self.laptop = Codec(LAPTOP_LEVEL, load_wire_dictionary())
        self.registry = Codec(REGISTRY_LEVEL, load_wire_dictionary())
        self.sent = self.received = 0

    def sync(self, envelope: bytes) -> bytes:
        answer = self.service.sync(envelope)
        self.sent += len(self.laptop.compress(envelope))
        self.received += len(self.registry.compress(answer))
        return answer


@pytest.fixture(scope="module")
def laptop() -> Laptop:
    """A laptop with a thousand varied visits that are not sent yet."""
    made = a_laptop(a_registry(), clock=WorkClock())
    record(made, VISITS)
    return made


def record(laptop: Laptop, count: int) -> None:
    bench = BenchLaptop(replica=laptop.replica, key=laptop.key, unit=UNIT)
    record_all(bench, visits_of(load_catalogue(), WorkClock(), count, Random(8)))


def test_a_visit_sent_in_bulk_weighs_less_than_ninety_bytes(laptop: Laptop) -> None:
    wire = Wire(laptop.registry)
    assert laptop.sync(wire).received == VISITS
    assert 30 < wire.sent / VISITS <= BULK_BYTES_MAX


def test_nothing_new_is_one_small_request(laptop: Laptop) -> None:
    laptop.sync()
    wire = Wire(laptop.registry)
    assert laptop.sync(wire).requests == 1
    assert wire.sent + wire.received <= NOTHING_NEW_MAX


def test_thirty_visits_are_one_request_of_four_kilobytes(laptop: Laptop) -> None:
    laptop.sync()
    record(laptop, 30)
    wire = Wire(laptop.registry)
    report = laptop.sync(wire)
    assert (report.requests, report.received) == (1, 30)
    assert wire.sent + wire.received <= THIRTY_NEW_MAX


def test_a_laptop_reads_no_history_to_find_that_nothing_waits(laptop: Laptop) -> None:
    laptop.sync()
    steps = [steps_of_a_sync(laptop)]
    record(laptop, VISITS)
    laptop.sync()
    steps.append(steps_of_a_sync(laptop))
    assert steps[0] < 500
    assert abs(steps[1] - steps[0]) < 20


def steps_of_a_sync(laptop: Laptop) -> int:
    """Count the instructions of the laptop's SQLite, in tens."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = laptop.replica.connection
    connection.set_progress_handler(step, 10)
    laptop.sync()
    connection.set_progress_handler(None, 10)
    return steps
