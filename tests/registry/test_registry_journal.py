"""The registry's journal: whatever is done to it by hand is found."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from worlds import FakeClock, SeededChance, no_problems

from fsmobile.registry.administration import note_event, open_registry
from fsmobile.registry.journal import JournalHealth, verify_journal
from fsmobile.registry.records import EventKind
from fsmobile.registry.service import RegistryService


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    service = open_registry(engine, FakeClock(), SeededChance(5), no_problems)
    with service.storage.transaction() as transaction:
        for number in range(1, 7):
            note_event(service, transaction, EventKind.ERASED, bytes([number]) * 32, f"{number}")
    return service


def after(registry: RegistryService, *statements: str) -> JournalHealth:
    with registry.storage.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    return verify_journal(registry.storage)


def test_a_journal_that_nobody_touched_is_sound(registry: RegistryService) -> None:
    health = verify_journal(registry.storage)
    assert (health.faults, health.events, health.seq) == ([], 6, 6)


@pytest.mark.parametrize(
    "change",
    ["detail = '0'", "at = at + 1", "kind = 'retention'", "device_id = NULL", "event_id = 'x'"],
)
def test_a_changed_event_is_found(registry: RegistryService, change: str) -> None:
    assert after(registry, f"UPDATE event SET {change} WHERE seq = 3").faults == ["changed 3"]


def test_an_event_taken_out_of_the_middle_is_found(registry: RegistryService) -> None:
    found = after(registry, "DELETE FROM event WHERE seq = 4").faults
    assert found == ["missing 4", "changed 5"]


def test_an_event_taken_out_and_the_rest_numbered_anew_is_found(registry: RegistryService) -> None:
    numbered = (f"UPDATE event SET seq = {seq - 1} WHERE seq = {seq}" for seq in (5, 6))
    assert after(registry, "DELETE FROM event WHERE seq = 4", *numbered).faults == [
        "changed 4",
        "changed 5",
    ]


def test_two_events_that_changed_places_are_found(registry: RegistryService) -> None:
    found = after(
        registry,
        "UPDATE event SET seq = 100 WHERE seq = 2",
        "UPDATE event SET seq = 2 WHERE seq = 3",
        "UPDATE event SET seq = 3 WHERE seq = 100",
    ).faults
    assert found == ["changed 2", "changed 3", "changed 4"]


def test_an_event_written_beside_the_journal_is_found(registry: RegistryService) -> None:
    statement = "INSERT INTO event (event_id, at, kind, detail) VALUES ('x', 0, 'erased', '')"
    assert after(registry, statement).faults == ["stray x"]


def test_a_tail_that_was_cut_is_found_by_a_head_kept_elsewhere_and_only_so(
    registry: RegistryService, known: Callable[[], tuple[int, bytes]]
) -> None:
    head = known()
    assert after(registry, "DELETE FROM event WHERE seq > 4").faults == []
    assert verify_journal(registry.storage, head).faults == ["head 6"]
    with registry.storage.transaction() as transaction:
        for _ in range(3):
            note_event(registry, transaction, EventKind.ERASED)
    assert verify_journal(registry.storage, head).faults == ["head 6"]


@pytest.fixture
def known(registry: RegistryService) -> Callable[[], tuple[int, bytes]]:
    def head() -> tuple[int, bytes]:
        health = verify_journal(registry.storage)
        return health.seq, health.chain

    return head


def test_a_head_noted_earlier_is_still_in_a_journal_that_went_on(
    registry: RegistryService, known: Callable[[], tuple[int, bytes]]
) -> None:
    head = known()
    with registry.storage.transaction() as transaction:
        note_event(registry, transaction, EventKind.RETENTION)
    health = verify_journal(registry.storage, head)
    assert (health.faults, health.seq) == ([], 7)
