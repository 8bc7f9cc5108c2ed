"""Appointments and follow-ups on real stores: two laptops, a sync, undo, names only when sealed."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.follow_ups import FollowUp, NamedPart, Referral, ReferralChannel
from fsmobile.core.ids import PlaceId
from fsmobile.core.passages import PassageReason
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import InvalidInput, NotAllowed, NotFound, PersonalDataRefused
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.store import promises
from fsmobile.store.projections import rebuild
from fsmobile.usecases.appointments import (
    book_appointment,
    cancel_appointment,
    coming_passages,
    free_slots,
    list_appointments,
    move_appointment,
    note_presence,
)
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import (
    close_follow_up,
    list_open,
    load_follow_up,
    name_person,
    open_follow_up,
    take_step,
)
from fsmobile.usecases.passages import cancel_passage
from fsmobile.usecases.undo import undo_last
from tests.tui.day_samples import TREE
from tests.worlds import Laptop, a_laptop, a_registry

LUXE = PlaceId("luxe")


def _crew() -> tuple[Laptop, Laptop]:
    registry = a_registry()
    crew = tuple(a_laptop(registry, seed=seed, name=f"porte-{seed}") for seed in (2, 3))
    for laptop in crew:
        laptop.desk.tree = read_schedule(TREE).tree
    return crew


def _next_at_luxe(desk: Desk) -> PlannedPassage:
    return coming_passages(desk, place_id=LUXE)[0]


def _at(passage: PlannedPassage, starts: time = time(10)) -> Appointment:
    return Appointment(passage_id=passage.passage_id, starts=starts, minutes=30)


def test_a_slot_given_twice_by_two_laptops_is_shown_to_both() -> None:
    one, other = _crew()
    passage = _next_at_luxe(one.desk)
    book_appointment(one.desk, _at(passage))
    one.replica.clock.ms += 1000
    later = book_appointment(other.desk, _at(passage, time(10, 15)))
    assert not any(line.is_double for line in list_appointments(one.desk))
    for laptop in (one, other, one):
        laptop.sync()
    for laptop in (one, other):
        lines = list_appointments(laptop.desk, passage_id=passage.passage_id)
        assert [line.state.appointment_id for line in lines if line.is_double] == [later]
        assert len(lines) == 2
        assert all(line.is_received for line in lines)


def test_slots_are_offered_where_nobody_is_expected() -> None:
    desk = _crew()[0].desk
    passage = _next_at_luxe(desk)
    before = free_slots(desk, passage)
    assert before == [time(9, 30), time(10), time(10, 30), time(11), time(11, 30)]
    booked = book_appointment(desk, _at(passage))
    assert free_slots(desk, passage) == [time(9, 30), time(10, 30), time(11), time(11, 30)]
    cancel_appointment(desk, booked)
    assert free_slots(desk, passage) == before


def test_an_hour_that_has_gone_by_is_not_offered() -> None:
    laptop = _crew()[0]
    passage = _next_at_luxe(laptop.desk)
    now = laptop.desk.now()
    assert passage.service_date == now.date()
    late = now.replace(hour=10, minute=15)
    laptop.replica.clock.ms += int((late - now).total_seconds()) * 1000
    assert free_slots(laptop.desk, passage) == [time(10, 30), time(11), time(11, 30)]


def test_each_act_on_an_appointment_can_be_undone() -> None:
    desk = _crew()[0].desk
    passage = _next_at_luxe(desk)
    booked = book_appointment(desk, _at(passage))
    start = promises.load_appointment(desk.replica, booked)
    assert note_presence(desk, booked, Presence.NOSHOW).presence is Presence.NOSHOW
    undo_last(desk)
    moved = move_appointment(desk, booked, passage.passage_id, time(11))
    assert (moved.appointment.starts, moved.moves) == (time(11), 1)
    undo_last(desk)
    assert promises.load_appointment(desk.replica, booked) == start
    undo_last(desk)
    assert list_appointments(desk) == []
    with pytest.raises(NotFound):
        cancel_appointment(desk, booked)


def test_a_promise_waits_at_its_place_and_is_found_anywhere() -> None:
    desk = _crew()[0].desk
    passage = _next_at_luxe(desk)
    here = open_follow_up(
        desk, FollowUp(opened_on=desk.today(), task="rendre l'avis", place_id=LUXE)
    )
    dated = open_follow_up(
        desk, FollowUp(opened_on=desk.today(), task="rappeler la CAF", due=date(2020, 1, 1))
    )
    everywhere = list_open(desk)
    assert [line.state.follow_up_id for line in everywhere.lines] == [dated, here]
    assert everywhere.late == 1
    at_luxe = list_open(desk, at=LUXE)
    assert [line.state.follow_up_id for line in at_luxe.lines] == [here, dated]
    # It is a Thursday, the bus is there: the promise is for the Thursday after.
    assert passage.service_date == desk.today()
    assert at_luxe.lines[0].due == desk.today() + timedelta(days=7)
    close_follow_up(desk, dated)
    assert [line.state.follow_up_id for line in list_open(desk).lines] == [here]
    undo_last(desk)
    assert list_open(desk).late == 1


def test_a_step_is_dated_and_moves_the_date() -> None:
    desk = _crew()[0].desk
    referral = Referral(to="caf", channel=ReferralChannel.DIRECT_LINE)
    opened = open_follow_up(
        desk,
        FollowUp(opened_on=desk.today(), task="rappeler", place_id=LUXE, referral=referral),
    )
    desk.replica.clock.ms += 8 * 86_400_000
    assert list_open(desk).lines[0].reminders == 1
    state = take_step(desk, opened, "caisse appelée", due=date(2030, 1, 2))
    assert (state.steps[0].text, state.follow_up.due) == ("caisse appelée", date(2030, 1, 2))
    assert list_open(desk).lines[0].reminders == 0


def test_no_name_is_kept_in_a_store_that_is_not_encrypted() -> None:
    desk = _crew()[0].desk
    follow_up = FollowUp(opened_on=desk.today(), task="rappeler", place_id=LUXE)
    named = NamedPart(
        name="Mme R.",
        consented_on=desk.today(),
        consent_text="suite-1",
        erase_on=desk.today().replace(year=desk.today().year + 1),
    )
    with pytest.raises(NotAllowed) as caught:
        open_follow_up(desk, follow_up, named)
    assert caught.value.code == "names_need_a_locked_store"
    assert list_open(desk).lines == ()
    desk.keeps_names = True
    opened = open_follow_up(desk, follow_up, named)
    assert load_follow_up(desk, opened).named == named
    undo_last(desk)
    assert list_open(desk).lines == ()


def test_a_number_that_names_a_person_is_refused_in_every_text() -> None:
    desk = _crew()[0].desk
    desk.keeps_names = True
    nir = "1 84 12 76 451 089 46"
    today = desk.today()
    opened = open_follow_up(desk, FollowUp(opened_on=today, task="rappeler", place_id=LUXE))
    named = NamedPart(
        name="Mme R.",
        contact=nir,
        consented_on=today,
        consent_text="suite-1",
        erase_on=today.replace(year=today.year + 1),
    )
    with pytest.raises(PersonalDataRefused):
        take_step(desk, opened, task=nir)
    with pytest.raises(PersonalDataRefused):
        take_step(desk, opened, nir)
    with pytest.raises(PersonalDataRefused):
        name_person(desk, opened, named)
    assert load_follow_up(desk, opened).steps == ()


def test_promises_are_the_same_after_a_rebuild_and_on_the_other_laptop(tmp_path: Path) -> None:
    one, other = _crew()
    passage = _next_at_luxe(one.desk)
    booked = book_appointment(one.desk, _at(passage))
    note_presence(one.desk, booked, Presence.SEEN)
    opened = open_follow_up(
        one.desk, FollowUp(opened_on=one.desk.today(), task="rappeler", place_id=LUXE)
    )
    take_step(one.desk, opened, "appelé")
    one.sync()
    other.sync()
    expected = (
        promises.list_appointments(one.replica),
        promises.load_follow_up(one.replica, opened),
    )
    for laptop in (one, other):
        rebuild(laptop.replica)
        assert promises.list_appointments(laptop.replica) == expected[0]
        assert promises.load_follow_up(laptop.replica, opened) == expected[1]


def test_an_invalid_promise_is_not_recorded() -> None:
    desk = _crew()[0].desk
    with pytest.raises(InvalidInput):
        open_follow_up(desk, FollowUp(opened_on=desk.today(), task="", place_id=LUXE))
    assert list_open(desk).lines == ()


def test_no_hour_is_offered_at_a_passage_that_the_crew_has_called_off() -> None:
    desk = _crew()[0].desk
    passage = _next_at_luxe(desk)
    cancel_passage(desk, passage.passage_id, PassageReason.BREAKDOWN)
    assert _next_at_luxe(desk).service_date > passage.service_date
    undo_last(desk)
    assert _next_at_luxe(desk) == passage
