"""What a coordinator reads of another bus is changed by a laptop of that bus only."""

from datetime import date, time

import pytest

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.follow_ups import FollowUp
from fsmobile.core.ids import PassageId
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.errors import NotAllowed
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.texts.sentences import explain_error
from fsmobile.usecases import appointments, follow_ups, passage_times, passages, undo, visits
from tests.tui.day_samples import TREE
from tests.worlds import PASSAGE, UNIT, Laptop, a_laptop, a_registry, a_visit

DAY = date(2026, 11, 26)
HOUR = Appointment(passage_id=PASSAGE, starts=time(14), minutes=30)


@pytest.fixture
def bus_and_office() -> tuple[Laptop, Laptop]:
    registry = a_registry()
    bus = a_laptop(registry)
    office = a_laptop(
        registry, unit="bus-charente/bus-2", role="coordinator", name="bureau", seed=3
    )
    return bus, office


def presence_on(laptop: Laptop) -> Presence:
    (line,) = appointments.list_appointments(laptop.desk)
    return line.state.presence


def test_an_appointment_of_another_bus_is_called_off_by_that_bus_only(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, office = bus_and_office
    booked = appointments.book_appointment(bus.desk, HOUR)
    bus.sync()
    office.sync()
    acts = (
        lambda: appointments.cancel_appointment(office.desk, booked),
        lambda: appointments.note_presence(office.desk, booked, Presence.SEEN),
        lambda: appointments.move_appointment(office.desk, booked, PASSAGE, time(15)),
    )
    for act in acts:
        with pytest.raises(NotAllowed, match="of_another_bus") as refused:
            act()
    assert UNIT in explain_error(refused.value).what
    assert office.desk.undo_steps == []
    assert presence_on(office) is Presence.UNKNOWN
    appointments.cancel_appointment(bus.desk, booked)
    bus.sync()
    office.sync()
    assert presence_on(office) is presence_on(bus) is Presence.EXCUSED


def test_what_the_office_calls_off_of_its_own_unit_every_laptop_of_it_sees(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, _office = bus_and_office
    office = a_laptop(bus.registry, role="coordinator", name="bureau-1", seed=4)
    booked = appointments.book_appointment(bus.desk, HOUR)
    bus.sync()
    office.sync()
    appointments.cancel_appointment(office.desk, booked)
    office.sync()
    bus.sync()
    assert presence_on(bus) is Presence.EXCUSED
    undo.undo_last(office.desk)
    office.sync()
    bus.sync()
    assert presence_on(bus) is Presence.UNKNOWN


def test_a_visit_and_a_follow_up_of_another_bus_are_not_changed_here(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, office = bus_and_office
    visit_id = visits.record_visit(bus.desk, a_visit())
    promised = FollowUp(opened_on=date(2026, 11, 22), task="rappeler", due=date(2026, 12, 1))
    follow_up_id = follow_ups.open_follow_up(bus.desk, promised)
    bus.sync()
    office.sync()
    acts = (
        lambda: visits.void_visit(office.desk, visit_id, "doublon"),
        lambda: follow_ups.take_step(office.desk, follow_up_id, "attente"),
        lambda: follow_ups.close_follow_up(office.desk, follow_up_id),
    )
    for act in acts:
        with pytest.raises(NotAllowed, match="of_another_bus"):
            act()
    assert office.desk.undo_steps == []


def test_a_passage_of_another_bus_is_told_by_that_bus_only(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, office = bus_and_office
    passages.open_passage(bus.desk, PASSAGE)
    bus.sync()
    office.sync()
    acts = (
        lambda: passages.close_passage(office.desk, PASSAGE, reason=PassageReason.BREAKDOWN),
        lambda: passages.tally_passage(office.desk, PASSAGE, met=1),
        lambda: passages.note_passage(office.desk, PASSAGE, "vu de loin"),
        lambda: passage_times.leave(office.desk, PASSAGE),
    )
    for act in acts:
        with pytest.raises(NotAllowed, match="of_another_bus") as refused:
            act()
    assert UNIT in explain_error(refused.value).what
    assert office.desk.undo_steps == []
    assert passages.load_day(office.desk, DAY).line(PASSAGE) is not None
    assert passage_times.list_left_open(office.desk) == []
    assert [line.passage_id for line in passage_times.list_left_open(bus.desk)] == [PASSAGE]


def test_a_coordinator_tells_of_passages_of_its_own_bus_and_of_those_where_nobody_was(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, office = bus_and_office
    beside = a_laptop(bus.registry, role="coordinator", name="bureau-1", seed=4)
    passages.open_passage(bus.desk, PASSAGE)
    bus.sync()
    beside.sync()
    assert passages.close_passage(beside.desk, PASSAGE).status is PassageStatus.CLOSED
    elsewhere = PassageId(PASSAGE.replace("luxe", "aigre"))
    assert passages.open_passage(office.desk, elsewhere).status is PassageStatus.OPEN


def test_a_bus_that_takes_a_tour_over_tells_of_a_passage_of_which_the_other_told(
    bus_and_office: tuple[Laptop, Laptop],
) -> None:
    bus, office = bus_and_office
    passages.cancel_passage(bus.desk, PASSAGE, PassageReason.BREAKDOWN)
    bus.sync()
    office.sync()
    office.desk.tree = read_schedule(TREE).tree
    with pytest.raises(NotAllowed, match="of_another_bus"):
        passages.open_passage(office.desk, PASSAGE)
    lent = {path: text.replace("bus-1", "bus-2") for path, text in TREE.items()}
    office.desk.tree = read_schedule(lent).tree
    assert passages.open_passage(office.desk, PASSAGE).status is PassageStatus.OPEN
