"""Work of a revoked laptop, taken in or left outside by a person: once, and on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from worlds import FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.protocol.orders import KEY_REVOKE
from fsmobile.registry import schema
from fsmobile.registry.administration import open_registry, revoke
from fsmobile.registry.erasure import erase
from fsmobile.registry.expiry import erase_expired
from fsmobile.registry.holdings import export_quarantine
from fsmobile.registry.quarantine import (
    list_quarantine,
    refuse_quarantine,
    show_quarantine,
    take_quarantine_in,
)
from fsmobile.registry.retention import drop_old, keep_for
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.simulation.ports import DAY_MS
from fsmobile.usecases import visits
from fsmobile.usecases.follow_ups import open_follow_up

NOTE, NAME = "clé chez Mme Marque", "Mme Roselyne Marque"
WHO = {"by": "Claire D.", "reason": "journée du 26 vue avec Paul"}


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


@pytest.fixture
def revoked(registry: RegistryService) -> Laptop:
    """A laptop with one visit received, then revoked, then three more handed in."""
    laptop = a_laptop(registry, clock=FakeClock(), name="perdu")
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    revoke(registry, "perdu")
    for _ in range(3):
        laptop.replica.clock.ms += 60_000
        visits.record_visit(laptop.desk, a_visit())
    hand_in(laptop)
    return laptop


def hand_in(laptop: Laptop) -> None:
    with pytest.raises(NotAllowed):
        laptop.sync()


def held(registry: RegistryService) -> list[str]:
    with registry.storage.reading() as transaction:
        acts = select(schema.op.c.op_id).where(schema.op.c.kind != KEY_REVOKE)
        return list(transaction.connection.execute(acts).scalars())


def events(registry: RegistryService) -> list[tuple[str, str]]:
    with registry.storage.reading() as transaction:
        return [(one.kind, one.detail) for one in transaction.list_events(20)]


def test_work_taken_in_reaches_the_laptops_of_the_bus_once(
    registry: RegistryService, revoked: Laptop
) -> None:
    other = a_laptop(registry, clock=FakeClock(), name="neuf", seed=7)
    other.sync()
    assert len(visits.list_visits(other.desk)) == 1
    done = take_quarantine_in(registry, "perdu", **WHO)
    assert (done.decided, done.handed_out) == (3, 3)
    again = take_quarantine_in(registry, "perdu", **WHO)
    assert (again.decided, again.handed_out) == (0, 0)
    other.sync()
    assert len(visits.list_visits(other.desk)) == 4
    assert len(held(registry)) == len(set(held(registry))) == 4
    assert events(registry).count(("taken_in", "3 · Claire D.")) == 1
    assert verify_registry(registry.storage).faults == []


def test_the_decision_is_kept_with_who_and_why(registry: RegistryService, revoked: Laptop) -> None:
    first, *_rest = show_quarantine(registry, "perdu")
    take_quarantine_in(registry, "perdu", op_ids=[first.op.op_id], **WHO)
    refuse_quarantine(registry, "perdu", by="Claire D.", reason="essais")
    (line,) = list_quarantine(registry)
    assert (line.waiting, line.taken_in, line.refused) == (0, 1, 2)
    decided = show_quarantine(registry, "perdu")
    assert [one.decision for one in decided] == ["taken_in", "refused", "refused"]
    assert {one.decided_by for one in decided} == {"Claire D."}
    assert [one.reason for one in decided] == ["journée du 26 vue avec Paul", "essais", "essais"]
    with registry.storage.reading() as transaction:
        assert transaction.list_quarantined() == {}
    assert {("taken_in", "1 · Claire D."), ("turned_down", "2 · Claire D.")} < set(events(registry))


def test_what_was_refused_stays_and_can_be_taken_in_by_its_id(
    registry: RegistryService, revoked: Laptop
) -> None:
    refuse_quarantine(registry, "perdu", **WHO)
    assert len(held(registry)) == 1
    assert take_quarantine_in(registry, "perdu", **WHO).decided == 0
    first, *_rest = show_quarantine(registry, "perdu")
    assert take_quarantine_in(registry, "perdu", op_ids=[first.op.op_id], **WHO).handed_out == 1
    with pytest.raises(NotFound):
        refuse_quarantine(registry, "perdu", op_ids=[first.op.op_id], **WHO)


def test_a_laptop_that_hands_in_again_after_the_decision_brings_nothing_new(
    registry: RegistryService, revoked: Laptop
) -> None:
    take_quarantine_in(registry, "perdu", **WHO)
    hand_in(revoked)
    (line,) = list_quarantine(registry)
    assert (line.waiting, line.taken_in) == (0, 3)
    assert len(held(registry)) == 4


def test_a_visit_taken_in_by_mistake_is_cancelled_like_any_visit(
    registry: RegistryService, revoked: Laptop
) -> None:
    take_quarantine_in(registry, "perdu", **WHO)
    other = a_laptop(registry, clock=FakeClock(), name="neuf", seed=7)
    other.sync()
    last = visits.list_visits(other.desk)[0].state
    visits.void_visit(other.desk, last.visit_id, "reprise par erreur")
    other.sync()
    third = a_laptop(registry, clock=FakeClock(), name="autre", seed=8)
    third.sync()
    rows = visits.list_visits(third.desk)
    assert [row.state.visit_id for row in rows if row.state.is_void] == [last.visit_id]


def test_an_act_that_was_erased_meanwhile_does_not_come_back(
    registry: RegistryService, revoked: Laptop
) -> None:
    first, *_rest = show_quarantine(registry, "perdu")
    take_quarantine_in(registry, "perdu", **WHO)
    erase(registry, [first.op.op_id], "demande")
    assert first.op.op_id not in [one.op.op_id for one in show_quarantine(registry, "perdu")]


@pytest.mark.parametrize("by", ["", "   ", "x" * 101])
def test_nobody_decides_without_a_name(registry: RegistryService, revoked: Laptop, by: str) -> None:
    with pytest.raises(InvalidInput):
        take_quarantine_in(registry, "perdu", by=by, reason="")
    assert len(held(registry)) == 1


def test_an_unknown_act_stops_the_whole_decision(
    registry: RegistryService, revoked: Laptop
) -> None:
    first, *_rest = show_quarantine(registry, "perdu")
    with pytest.raises(NotFound):
        take_quarantine_in(registry, "perdu", op_ids=[first.op.op_id, "rien"], **WHO)
    assert len(held(registry)) == 1


def files_of(engine: Engine) -> bytes:
    """Return every byte of an embedded database; nothing of a server's."""
    if engine.dialect.name != "sqlite":
        return b""
    file = Path(str(engine.url.database))
    return b"".join(one.read_bytes() for one in file.parent.glob(file.name + "*"))


def test_what_is_kept_apart_goes_at_its_date_and_does_not_come_back(
    registry: RegistryService, engine: Engine
) -> None:
    laptop = a_laptop(registry, clock=FakeClock(), name="perdu")
    revoke(registry, "perdu")
    visits.record_visit(laptop.desk, a_visit(note=NOTE))
    hand_in(laptop)
    refuse_quarantine(registry, "perdu", **WHO)
    registry.clock.ms += 500 * DAY_MS
    laptop.replica.clock.ms = registry.clock.ms
    visits.record_visit(laptop.desk, a_visit(note="de cette année"))
    hand_in(laptop)
    keep_for(registry, "bus-creuse", "visit", 12)
    keep_for(registry, "bus-charente", "passage", 12)
    assert [done.ops for done in drop_old(registry)] == [0, 0]
    keep_for(registry, "bus-charente", "visit", 12)
    assert sum(done.ops for done in drop_old(registry)) == 1
    (kept,) = show_quarantine(registry, "perdu")
    assert b"de cette ann" in kept.op.data
    assert NOTE.encode() not in files_of(engine)
    with registry.storage.reading() as transaction:
        bodies = transaction.connection.execute(select(schema.quarantine.c.body)).scalars()
        assert not any(NOTE.encode() in bytes(body) for body in bodies)
    hand_in(laptop)
    assert [one.waiting for one in list_quarantine(registry)] == [1]
    assert len(list(export_quarantine(registry.storage))) == 1
    assert take_quarantine_in(registry, "perdu", **WHO).decided == 1
    with pytest.raises(NotFound):
        erase(registry, ["01a00000-0000-7000-8000-000000000000"], "essai")


def test_a_name_kept_apart_goes_on_the_day_that_its_person_chose(
    registry: RegistryService, engine: Engine
) -> None:
    laptop = a_laptop(registry, clock=FakeClock(), name="perdu", data_key=b"k" * 32)
    revoke(registry, "perdu")
    desk = laptop.desk
    day = desk.today() + timedelta(days=30)
    named = NamedPart(name=NAME, consented_on=desk.today(), consent_text="suite-1", erase_on=day)
    follow_up = FollowUp(opened_on=desk.today(), task="rappeler", due=desk.today())
    open_follow_up(desk, follow_up, named)
    hand_in(laptop)
    assert NAME in str(list(export_quarantine(registry.storage)))
    assert erase_expired(registry, day - timedelta(days=1)) == []
    assert NAME in str(list(export_quarantine(registry.storage)))
    assert erase_expired(registry, day) == []
    assert NAME not in str(list(export_quarantine(registry.storage)))
    assert NAME.encode() not in files_of(engine)
    hand_in(laptop)
    assert NAME not in str(list(export_quarantine(registry.storage)))
