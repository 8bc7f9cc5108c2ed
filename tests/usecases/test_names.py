"""Names end on their day: on each laptop by itself, in the registry by one command."""

from datetime import timedelta

import pytest

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import PlaceId
from fsmobile.errors import NotAllowed
from fsmobile.registry.expiry import erase_expired
from fsmobile.store.names import list_held_names
from fsmobile.usecases.follow_ups import (
    list_open,
    load_follow_up,
    name_person,
    open_follow_up,
)
from fsmobile.usecases.names import count_names, erase_expired_names
from fsmobile.usecases.person_answers import answer_person
from fsmobile.usecases.undo import undo_last
from fsmobile.usecases.visits import record_visit
from tests.worlds import FakeClock, Laptop, a_laptop, a_registry, a_visit

LUXE = PlaceId("luxe")
DAY_MS = 86_400_000


def crew() -> tuple[Laptop, Laptop]:
    registry = a_registry(FakeClock())
    return a_laptop(registry, data_key=bytes(32)), a_laptop(registry, seed=9, data_key=bytes(32))


def promise(laptop: Laptop, name: str, days: int) -> str:
    desk = laptop.desk
    return open_follow_up(
        desk,
        FollowUp(opened_on=desk.today(), task="rappeler", place_id=LUXE),
        a_name(laptop, name, days),
    )


def a_name(laptop: Laptop, name: str, days: int) -> NamedPart:
    today = laptop.desk.today()
    return NamedPart(
        name=name,
        consented_on=today,
        consent_text="suite-1",
        erase_on=today + timedelta(days=days),
    )


def let_days_pass(laptop: Laptop, days: int) -> None:
    laptop.replica.clock.ms += days * DAY_MS


def bodies(laptop: Laptop) -> str:
    rows = laptop.replica.connection.execute(
        "SELECT body FROM op WHERE body IS NOT NULL"
        " UNION ALL SELECT body FROM remote WHERE body IS NOT NULL"
        " UNION ALL SELECT state FROM follow_up"
    )
    return " ".join(bytes(body).decode() for (body,) in rows)


def test_a_name_goes_on_its_day_and_the_promise_stays() -> None:
    one, _other = crew()
    kept = promise(one, "Mme Longue", 90)
    short = promise(one, "M. Bref", 10)
    assert count_names(one.desk) == (2, one.desk.today() + timedelta(days=10))
    let_days_pass(one, 9)
    assert erase_expired_names(one.desk) == 0
    let_days_pass(one, 1)
    assert erase_expired_names(one.desk) == 1
    assert "M. Bref" not in bodies(one)
    state = load_follow_up(one.desk, short)
    assert (state.named, state.follow_up.task) == (None, "rappeler")
    named = load_follow_up(one.desk, kept).named
    assert named is not None
    assert named.name == "Mme Longue"
    assert erase_expired_names(one.desk) == 0


def test_a_name_that_was_replaced_goes_as_well() -> None:
    one, _other = crew()
    opened = promise(one, "M. Bref", 10)
    name_person(one.desk, opened, a_name(one, "M. Bref, autre numéro", 300))
    let_days_pass(one, 10)
    assert erase_expired_names(one.desk) == 1
    named = load_follow_up(one.desk, opened).named
    assert named is not None
    assert named.name == "M. Bref, autre numéro"


def test_a_name_that_is_taken_back_goes_everywhere() -> None:
    one, other = crew()
    opened = promise(one, "Mme Longue", 300)
    name_person(one.desk, opened, a_name(one, "M. Erreur", 300))
    one.sync()
    other.sync()
    undo_last(one.desk)
    one.sync()
    other.sync()
    for laptop in (one, other):
        assert erase_expired_names(laptop.desk) == 1
        assert "M. Erreur" not in bodies(laptop)
        named = load_follow_up(laptop.desk, opened).named
        assert named is not None
        assert named.name == "Mme Longue"


def test_a_name_that_expires_before_it_was_ever_sent_stops_no_sync() -> None:
    one, other = crew()
    promise(one, "M. Bref", 10)
    let_days_pass(one, 11)
    assert erase_expired_names(one.desk) == 1
    one.sync()
    promise(one, "Mme Longue", 90)
    one.sync()
    other.sync()
    assert "M. Bref" not in bodies(other)
    assert "Mme Longue" in bodies(other)


def test_each_laptop_forgets_by_itself_and_nothing_brings_the_name_back() -> None:
    one, other = crew()
    opened = promise(one, "M. Bref", 10)
    one.sync()
    other.sync()
    assert "M. Bref" in bodies(other)
    let_days_pass(one, 10)
    for laptop in (one, other):
        assert erase_expired_names(laptop.desk) == 1
    one.sync()
    other.sync()
    for laptop in (one, other):
        assert list_held_names(laptop.replica) == []
        assert "M. Bref" not in bodies(laptop)
        assert load_follow_up(laptop.desk, opened).follow_up.task == "rappeler"


def test_the_registry_forgets_by_one_command_and_orders_it_everywhere() -> None:
    one, other = crew()
    promise(one, "M. Bref", 10)
    promise(one, "Mme Longue", 90)
    one.sync()
    other.sync()
    let_days_pass(one, 10)
    today = one.desk.today()
    assert len(erase_expired(one.registry, today)) == 1
    assert erase_expired(one.registry, today) == []
    for laptop in (one, other):
        laptop.sync()
        assert "M. Bref" not in bodies(laptop)
        assert "Mme Longue" in bodies(laptop)
    late = a_laptop(one.registry, seed=12)
    late.sync()
    assert "M. Bref" not in bodies(late)


def test_a_laptop_that_is_silent_for_too_long_shows_no_name_until_it_has_synced() -> None:
    one, _other = crew()
    one.desk.silence_days = 30
    kept = promise(one, "Mme Longue", 200)
    one.sync()
    let_days_pass(one, 30)
    assert "Mme Longue" in repr((list_open(one.desk), load_follow_up(one.desk, kept)))
    let_days_pass(one, 1)
    shown = repr((list_open(one.desk), load_follow_up(one.desk, kept)))
    assert "Mme Longue" not in shown
    assert "rappeler" in shown, "what was promised is still there"
    assert "une synchronisation le rouvre" in shown
    with pytest.raises(NotAllowed, match="names_locked"):
        answer_person(one.desk, kept)
    with pytest.raises(NotAllowed, match="names_locked"):
        promise(one, "M. Neuf", 10)
    record_visit(one.desk, a_visit())

    # Setting the clock back opens nothing: an act was recorded since.
    let_days_pass(one, -20)
    assert "Mme Longue" not in repr(list_open(one.desk))
    let_days_pass(one, 20)
    one.sync()
    assert "Mme Longue" in repr((list_open(one.desk), load_follow_up(one.desk, kept)))
    assert answer_person(one.desk, kept)


def test_a_laptop_that_never_synced_is_silent_from_its_enrolment_on_and_zero_is_never() -> None:
    one, _other = crew()
    promise(one, "Mme Longue", 200)
    let_days_pass(one, 31)
    assert "Mme Longue" in repr(list_open(one.desk))
    one.desk.silence_days = 30
    assert "Mme Longue" not in repr(list_open(one.desk))
