"""People booked at a passage that the coordinator changed: who must be told, of what."""

from collections.abc import Mapping
from datetime import time, timedelta

import pytest

from fsmobile.core.appointments import Appointment, AppointmentChange
from fsmobile.core.ids import AppointmentId, PlaceId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.appointments import (
    ExpectedAppointment,
    book_appointment,
    cancel_appointment,
    coming_passages,
    list_expected,
    list_to_tell,
    move_appointment,
    tell_appointment,
)
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.undo import undo_last
from tests.tui.day_samples import TREE
from tests.worlds import a_laptop, a_registry

LUXE = PlaceId("luxe")


@pytest.fixture
def desk() -> Desk:
    desk = a_laptop(a_registry()).desk
    publish(desk, TREE)
    return desk


def publish(desk: Desk, files: Mapping[str, str]) -> None:
    """Give the bus a timetable."""
    reading = read_schedule(dict(files))
    assert reading.tree is not None
    assert not reading.tree.overrides or reading.tree.overrides[0].override_id
    desk.tree = reading.tree


def except_for(one: PlannedPassage, text: str) -> dict[str, str]:
    """Return the timetable with one exception for a passage."""
    name = f"{one.original_date}-{one.tour_id}-{one.stop_id}"
    head = 'format = "surcharge/1"\n'
    return {**TREE, f"surcharges/{one.original_date.year}/{name}.toml": head + text}


def booked(desk: Desk) -> tuple[PlannedPassage, AppointmentId]:
    """Book an hour at the second next passage of Luxé."""
    passages = [one for one in coming_passages(desk, place_id=LUXE) if not one.span]
    assert passages[1].starts is not None
    appointment = Appointment(
        passage_id=passages[1].passage_id, starts=passages[1].starts, minutes=30
    )
    return passages[1], book_appointment(desk, appointment)


def only(desk: Desk) -> ExpectedAppointment:
    (one,) = list_expected(desk)
    return one


def test_nobody_is_told_anything_while_the_passage_is_as_it_was(desk: Desk) -> None:
    booked(desk)
    assert list_to_tell(desk) == []
    assert only(desk).next_passages == ()


def test_a_cancelled_passage_shows_its_person_with_the_next_real_dates(desk: Desk) -> None:
    passage, appointment_id = booked(desk)
    publish(desk, except_for(passage, 'action = "annule"\nmotif = "panne"\n'))
    (one,) = list_to_tell(desk)
    assert one.changes == {AppointmentChange.OFF}
    assert one.is_passage_off
    days = [x.service_date for x in one.next_passages]
    assert len(days) == 3
    assert passage.service_date not in days
    assert {x.place_id for x in one.next_passages} == {LUXE}
    with pytest.raises(InvalidInput, match="passage_is_off"):
        tell_appointment(desk, appointment_id)


def test_once_it_is_moved_to_a_real_passage_or_called_off_nobody_is_left_to_tell(
    desk: Desk,
) -> None:
    passage, appointment_id = booked(desk)
    publish(desk, except_for(passage, 'action = "annule"\nmotif = "panne"\n'))
    (one,) = list_to_tell(desk)
    other = one.next_passages[0]
    assert other.starts is not None
    move_appointment(desk, appointment_id, other.passage_id, other.starts)
    assert list_to_tell(desk) == []
    assert only(desk).day == other.service_date
    undo_last(desk)
    assert len(list_to_tell(desk)) == 1
    cancel_appointment(desk, appointment_id, by_the_service=True)
    assert list_to_tell(desk) == []


def test_an_appointment_moves_with_its_passage_and_the_person_is_told_of_the_new_day(
    desk: Desk,
) -> None:
    passage, appointment_id = booked(desk)
    to = passage.service_date + timedelta(days=1)
    publish(desk, except_for(passage, f'action = "deplace"\nvers = {to}\n'))
    (one,) = list_to_tell(desk)
    assert (one.day, one.changes) == (to, {AppointmentChange.DAY})
    told = tell_appointment(desk, appointment_id)
    assert told.appointment.told_day == to
    assert list_to_tell(desk) == []
    assert only(desk).day == to


def test_a_passage_put_back_after_the_person_was_told_is_told_again(desk: Desk) -> None:
    passage, appointment_id = booked(desk)
    to = passage.service_date + timedelta(days=1)
    publish(desk, except_for(passage, f'action = "deplace"\nvers = {to}\n'))
    tell_appointment(desk, appointment_id)
    publish(desk, TREE)
    (one,) = list_to_tell(desk)
    assert (one.day, one.changes) == (passage.service_date, {AppointmentChange.DAY})


def test_who_books_at_a_passage_that_was_moved_already_is_told_nothing(desk: Desk) -> None:
    passages = [one for one in coming_passages(desk, place_id=LUXE) if not one.span]
    to = passages[1].service_date + timedelta(days=1)
    publish(desk, except_for(passages[1], f'action = "deplace"\nvers = {to}\n'))
    moved = next(one for one in coming_passages(desk) if one.service_date == to)
    assert moved.starts is not None
    book_appointment(
        desk, Appointment(passage_id=moved.passage_id, starts=moved.starts, minutes=30)
    )
    assert list_to_tell(desk) == []


def test_other_hours_and_another_place_are_told_too(desk: Desk) -> None:
    passage, _appointment = booked(desk)
    publish(desk, except_for(passage, 'action = "horaire"\nouvert = "16:00-17:00"\n'))
    assert only(desk).changes == {AppointmentChange.HOURS}
    assert only(desk).line.state.appointment.starts < time(16)
    publish(desk, except_for(passage, 'action = "lieu"\nlieu = "verdille"\n'))
    assert only(desk).changes == {AppointmentChange.PLACE}


def test_a_stop_that_left_the_timetable_is_off_and_its_place_still_known(desk: Desk) -> None:
    passage, _appointment = booked(desk)
    gone = {
        path: text.replace(f".arrets.{passage.stop_id}]", ".arrets.ailleurs]")
        for path, text in TREE.items()
    }
    publish(desk, gone)
    (one,) = list_to_tell(desk)
    assert one.is_passage_off
    assert one.place_id == LUXE
    assert one.next_passages
